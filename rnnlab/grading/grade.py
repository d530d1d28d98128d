"""`rnnlab grade` from beginning to end: mark, apply people's decisions, write every table and page."""

from __future__ import annotations

import json

from rnnlab.grading import tables
from rnnlab.grading.corrections import manual_table, read_manual, read_overrides
from rnnlab.grading.files import hash_of, read_json, safe_name, write, write_json
from rnnlab.grading.ladder import Rung
from rnnlab.grading.marking import Result, plain
from rnnlab.grading.order import Order
from rnnlab.grading.pages import feedback, instructor
from rnnlab.grading.run import Say, mark_class
from rnnlab.grading.standing import Standing, changes, record, standings, unknown

LMS = {"canvas": tables.for_canvas, "moodle": tables.for_moodle}


def grade(order: Order, say: Say = print) -> list[Standing]:
    """Everything in OUT, each file whole; said in a few lines."""
    for half in order.out.rglob(".*.part"):  # left by a run that was killed while it wrote
        half.unlink()
    overrides, manual = read_overrides(order.out / "overrides.csv"), read_manual(order.out / "manual.csv")
    marked = mark_class(order, say)
    due = order.due and order.due.astimezone()
    everybody = standings(marked, order.rubric, (manual, overrides), due, order.per_day)
    for line in unknown(everybody, {"manual.csv": manual, "overrides.csv": overrides}):
        say(line)
    isolated = marked.around["isolation"] != Rung.PLAIN
    before = read_json(order.out / "grades.json")
    for line in changes(before, everybody):
        say(f"changed: {line}")
    title = " ".join(marked.exercises)
    write(order.out / "grades.csv", tables.grades(everybody, isolated))
    if order.lms:
        listed = [one for one in everybody if order.roster is None or one.person in order.roster]
        write(order.out / f"{order.lms}.csv", LMS[order.lms](listed, title))
        if others := [one.person.id for one in everybody if one not in listed]:
            say(f"not in {order.lms}.csv, since they are not in the roster: {', '.join(others)}")
    waiting = [(one.person.id, outcome) for one in everybody for outcome in one.outcomes]
    if any(outcome.result is Result.MANUAL for _, outcome in waiting) or manual:
        write(order.out / "manual.csv", manual_table(waiting, manual))
    _pages(order, everybody, isolated)
    write(order.out / "instructor.html", instructor(everybody, marked, isolated))
    write_json(order.out / "grades.json", record(marked, everybody))
    _say_the_end(everybody, marked.done, isolated, say)
    return everybody


def _pages(order: Order, everybody: list[Standing], isolated: bool) -> None:
    """A feedback page each; one that is there for the same outcomes is not drawn again."""
    folder = order.out / "feedback"
    drawn = read_json(folder / "pages.json") or {}
    pages = {}
    for one in everybody:
        name = f"{safe_name(one.person.id)}.html"
        pages[name] = hash_of(
            json.dumps([plain(o) for o in one.outcomes]), one.person.name, str(one.late), str(isolated)
        )
        if drawn.get(name) != pages[name] or not (folder / name).is_file():
            write(folder / name, feedback(one, isolated))
    for path in folder.glob("*.html"):
        if path.name not in pages:
            path.unlink()
    write_json(folder / "pages.json", pages)


def _say_the_end(everybody: list[Standing], done: int, isolated: bool, say: Say) -> None:
    problems = [o for one in everybody for o in one.outcomes if o.result is not Result.GRADED]
    counted = {result: sum(o.result is result for o in problems) for result in Result}
    others = ", ".join(f"{count} {result}" for result, count in counted.items() if count)
    say(f"{len(everybody)} students; {done} notebooks marked now, the others were marked before")
    say(f"not graded: {others or 'nothing'}")
    if not isolated:
        say("NOT ISOLATED: every table and page says so")
