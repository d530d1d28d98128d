"""One HTML page a student and one for the instructor: each a single file, with no script and no link outwards."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from rnnlab.grading.marking import Outcome, Result
from rnnlab.grading.run import Class
from rnnlab.grading.standing import Standing
from rnnlab.questions.question import question
from rnnlab.questions.scoring import SLACK

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #1b1f24; }
section { border-left: 6px solid #8a9099; padding: .1rem 1rem; margin: 1.2rem 0; background: #f6f7f8; }
section.full { border-color: #009e73; } section.some { border-color: #e69f00; } section.none { border-color: #b8390e; }
h2 { font-size: 1.1rem; } pre { white-space: pre-wrap; font: 14px/1.5 ui-monospace, monospace; }
table { border-collapse: collapse; } td, th { border: 1px solid #d9dde2; padding: .2rem .6rem; text-align: left; }
td.n { text-align: right; } img { max-width: 100%; } .stamp { background: #b8390e; color: #fff; padding: .5rem 1rem; }
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
STAMP = '<p class="stamp">Graded WITHOUT isolation: an answer could have read the references.</p>'
NAMED = {Result.GRADED: "", Result.MANUAL: "a person marks this", Result.MISSING: "nothing was handed in"}


def feedback(one: Standing, isolated: bool) -> str:
    """What one student gets to read: nothing of anybody else, and no hidden probe."""
    who = escape(one.person.name or one.person.id)
    of = sum(outcome.points for outcome in one.outcomes)
    late = f" ({one.raw} before {one.late:g} for being late)" if one.late else ""
    parts = [f"<h1>{who}</h1><p><strong>{one.total:g} of {of} marks</strong>{late}</p>"]
    parts += [_question(outcome) for outcome in one.outcomes]
    return _page(f"Feedback for {who}", "".join(parts), isolated)


def _question(outcome: Outcome) -> str:
    kind = "none" if not outcome.marks else "full" if outcome.marks == outcome.points else "some"
    marks = "no marks yet" if outcome.marks is None else f"{outcome.marks} of {outcome.points} marks"
    what = NAMED.get(outcome.result, str(outcome.result))
    head = f"<h2>{escape(outcome.question)} {escape(_title(outcome.question))}</h2>"
    verdict = outcome.misconception or what or outcome.verdict
    lines = "".join(f"<pre>{escape(line)}</pre>" for line in outcome.lines)
    return f'<section class="{kind}">{head}<p>{marks} · {escape(verdict)}</p>{lines}{_picture(outcome)}</section>'


def _picture(outcome: Outcome) -> str:
    if outcome.seen is None or outcome.marks == outcome.points:
        return ""
    drawing = outcome.seen.drawing()
    data = base64.b64encode(drawing.png()).decode()
    return f'<img alt="{escape(drawing.alt)}" src="data:image/png;base64,{data}">'


def _title(number: str) -> str:
    try:
        return question(number).title
    except ValueError:  # an item of a rubric
        return ""


def instructor(everybody: Sequence[Standing], marked: Class, isolated: bool) -> str:
    """Marks, marks by question, what to teach next week, and what could not be graded and why."""
    outcomes = [(one, outcome) for one in everybody for outcome in one.outcomes]
    totals = sorted(one.total for one in everybody)
    middle = totals[len(totals) // 2] if totals else 0
    parts = [
        "<h1>The class</h1>",
        f"<p>{len(everybody)} students. Totals from {totals[0]:g} to {totals[-1]:g}, the middle one {middle:g}.</p>",
        _table("Marks", ("student", "raw", "late", "total"), _rows(everybody)),
        _table("By question", ("question", "mean marks", "of", "full", "graded"), _by_question(outcomes)),
        _table(
            "What to teach next week", ("question", "misconception", "students"), _misconceptions(outcomes)
        ),
        _table("Not graded, and why", ("student", "question", "status", "why"), _not_graded(outcomes)),
        _table("Notes", ("student", "note"), [(o.person.id, n) for o in everybody for n in _notes(o)]),
        _table("Left out", ("exercise", "handed in by"), _left_out(marked)),
        _table("How it was graded", ("what", "value"), [(k, v) for k, v in marked.around.items()]),
        f"<p>A mark allows {SLACK:g} times what `check` allows.</p>",
        "<p>Where a question forbids automatic differentiation or the package's own gradients, they are switched off "
        "while the answer runs. That is a reminder: who means to can switch them on again.</p>",
    ]
    return _page("The class", "".join(parts), isolated)


def _rows(everybody: Sequence[Standing]) -> list[tuple[Any, ...]]:
    return [(one.person.name or one.person.id, one.raw, one.late, one.total) for one in everybody]


def _by_question(outcomes: Sequence[tuple[Standing, Outcome]]) -> list[tuple[Any, ...]]:
    rows = []
    for name in dict.fromkeys(outcome.question for _, outcome in outcomes):
        mine = [outcome for _, outcome in outcomes if outcome.question == name]
        graded = [outcome.marks for outcome in mine if outcome.marks is not None]
        mean = f"{sum(graded) / len(graded):.2f}" if graded else "–"
        full = sum(marks == mine[0].points for marks in graded)
        rows.append((f"{name} {_title(name)}", mean, mine[0].points, full, len(graded)))
    return rows


def _misconceptions(outcomes: Sequence[tuple[Standing, Outcome]]) -> list[tuple[Any, ...]]:
    counted = Counter((o.question, o.misconception) for _, o in outcomes if o.misconception)
    return [(*what, count) for what, count in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))]


def _not_graded(outcomes: Sequence[tuple[Standing, Outcome]]) -> list[tuple[Any, ...]]:
    others = [(one, outcome) for one, outcome in outcomes if outcome.result is not Result.GRADED]
    return [(s.person.id, o.question, o.result, o.note or " ".join(o.lines)[:200]) for s, o in others]


def _left_out(marked: Class) -> list[tuple[str, str]]:
    return [(name, ", ".join(students)) for name, students in marked.left_out.items()]


def _notes(one: Standing) -> list[str]:
    given = [f"{o.question}: {o.note}" for o in one.outcomes if o.note and o.result is Result.GRADED]
    return [*one.notes, *given]


def _table(title: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    body = "".join(f"<tr>{''.join(_cell(cell) for cell in row)}</tr>" for row in rows)
    heads = "".join(f'<th scope="col">{escape(one)}</th>' for one in head)
    empty = "" if body else "<p>None.</p>"
    return f"<h2>{escape(title)}</h2>{empty or f'<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>'}"


def _cell(value: Any) -> str:
    if isinstance(value, int | float):
        return f'<td class="n">{value:g}</td>'
    return f"<td>{escape(str(value))}</td>"


def _page(title: str, body: str, isolated: bool) -> str:
    head = f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    stamp = "" if isolated else STAMP
    return (
        f'<!doctype html><html lang="en"><head>{head}<title>{title}</title><style>{STYLE}</style></head>'
        f"<body>{stamp}{body}</body></html>\n"
    )
