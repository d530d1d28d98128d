"""grades.csv, a row a student, and the file that a learning platform imports."""

from __future__ import annotations

from collections.abc import Sequence

from rnnlab.grading.spreadsheet import text_of
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
    """The five columns that Canvas demands before those of assignments, and the line that gives their points.

    A row is whose SIS user id or else whose login id it gives, so the id stands in both places; only where
    neither is known does Canvas go by the name. An empty cell is no score.
    """
    points = max((sum(o.points for o in one.outcomes) for one in everybody), default=0)
    lines = [["Student", "ID", "SIS User ID", "SIS Login ID", "Section", title]]
    lines += [["    Points Possible", "", "", "", "", str(points)]]
    lines += [
        [one.person.name or one.person.id, "", one.person.id, one.person.id, "", _mark(one, "")]
        for one in everybody
    ]
    return text_of(lines)


def for_moodle(everybody: Sequence[Standing], title: str) -> str:
    """Whoever imports it tells Moodle to go by the id number, or by the address where everybody has one.

    An empty address would give its marks to the student of the row before. A dash is no grade.
    """
    addresses = all(one.person.email for one in everybody)
    lines = [["ID number", *(["Email address"] if addresses else []), "Full name", title]]
    for one in everybody:
        who = [one.person.id, *([one.person.email] if addresses else []), one.person.name]
        lines.append([*who, _mark(one, "-")])
    return text_of(lines)


def _mark(one: Standing, none: str) -> str:
    """The total; `none` for somebody who has no marks at all, for that is not a 0."""
    return f"{one.total:g}" if any(outcome.marks is not None for outcome in one.outcomes) else none
