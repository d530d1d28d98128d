"""grades.csv, a row a student, and the file that a learning platform imports."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from rnnlab.grading.standing import Standing

STAMP = "NOT ISOLATED"


def grades(everybody: Sequence[Standing], isolated: bool) -> str:
    """Marks and status of each question, then raw marks, late deduction, total. No marks, no number."""
    names = list(dict.fromkeys(outcome.question for one in everybody for outcome in one.outcomes))
    head = ["id", "name", "email"]
    head += [column for name in names for column in (name, f"{name} status")]
    head += ["raw", "late", "total", "of", "notes"] + ([] if isolated else ["isolation"])
    lines = [head]
    for one in everybody:
        mine = {outcome.question: outcome for outcome in one.outcomes}
        row = [one.person.id, one.person.name, one.person.email]
        for name in names:
            outcome = mine[name]
            row += ["" if outcome.marks is None else str(outcome.marks), str(outcome.result)]
        of = sum(outcome.points for outcome in one.outcomes)
        row += [str(one.raw), f"{one.late:g}", f"{one.total:g}", str(of), "; ".join(one.notes)]
        lines.append(row + ([] if isolated else [STAMP]))
    return text_of(lines)


def for_canvas(everybody: Sequence[Standing], title: str) -> str:
    """Canvas matches rows by the login id and wants the points of the assignment in its second line."""
    points = max((sum(o.points for o in one.outcomes) for one in everybody), default=0)
    lines = [["Student", "ID", "SIS User ID", "SIS Login ID", "Section", title]]
    lines += [["    Points Possible", "", "", "", "", str(points)]]
    lines += [
        [one.person.name or one.person.id, "", "", one.person.id, "", f"{one.total:g}"] for one in everybody
    ]
    return text_of(lines)


def for_moodle(everybody: Sequence[Standing], title: str) -> str:
    """Moodle matches rows by the e-mail address or the id number."""
    lines = [["ID number", "Email address", "Full name", title]]
    lines += [[o.person.id, o.person.email, o.person.name, f"{o.total:g}"] for o in everybody]
    return text_of(lines)


def text_of(lines: Sequence[Sequence[str]]) -> str:
    """CSV in which no cell is a formula: what a spreadsheet would run gets an apostrophe before it."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([[_tame(cell) for cell in line] for line in lines])
    return text.getvalue()


def _tame(cell: str) -> str:
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
