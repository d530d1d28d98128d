"""Each student's standing: outcomes after people's decisions, the late deduction beside the raw marks, the sum."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rnnlab.grading.corrections import Decisions, Item, decided, items_of
from rnnlab.grading.marking import Outcome, Result, plain, total
from rnnlab.grading.people import Person, days_late
from rnnlab.grading.run import Class, Marked
from rnnlab.grading.submissions import same_name


@dataclass(frozen=True)
class Standing:
    """A row of the table. `late` is what is taken off the raw marks."""

    person: Person
    notebooks: tuple[Marked, ...]
    outcomes: tuple[Outcome, ...]
    late: float

    @property
    def raw(self) -> int:
        return total(self.outcomes)

    @property
    def total(self) -> float:
        return round(self.raw - self.late, 2)

    @property
    def notes(self) -> tuple[str, ...]:
        return tuple(f"{one.exercise}: {one.note}" for one in self.notebooks if one.note)


def standings(
    marked: Class,
    rubric: Sequence[Item],
    decisions: tuple[Decisions, Decisions],
    due: datetime | None,
    per_day: int,
) -> list[Standing]:
    """Everybody's standing; `decisions` are those of manual.csv and of overrides.csv."""
    by_person: dict[Person, list[Marked]] = {}
    for one in marked.marked:
        by_person.setdefault(one.person, []).append(one)
    return [_standing(person, by_person[person], rubric, decisions, due, per_day) for person in marked.people]


def _standing(
    person: Person,
    notebooks: list[Marked],
    rubric: Sequence[Item],
    decisions: tuple[Decisions, Decisions],
    due: datetime | None,
    per_day: int,
) -> Standing:
    def final(outcomes: Iterable[Outcome]) -> list[Outcome]:
        return [decided(person.id, outcome, *decisions) for outcome in outcomes]

    here = any(one.file for one in notebooks)
    by_hand = final(items_of(rubric)) if here else []
    outcomes, late = list(by_hand), 0.0
    for one in notebooks:
        mine = final(one.outcomes)
        outcomes += mine
        if due is not None and one.handed_in is not None:
            share = min(1.0, per_day / 100 * days_late(one.handed_in, due, person.extension))
            late += share * total(mine)
    if not here and rubric:
        outcomes += [
            Outcome(i.name, Result.MISSING, None, i.points, note="Nothing was handed in.") for i in rubric
        ]
    ordered = sorted(outcomes, key=lambda one: _order(one.question))
    return Standing(person, tuple(notebooks), tuple(ordered), round(late, 2))


def _order(question: str) -> tuple[int, int, str]:
    exercise, _, rest = question.partition(".")
    number, _, item = rest.partition(" ")
    return int(exercise), int(number), item


def unknown(everybody: Sequence[Standing], decided: Mapping[str, Decisions]) -> list[str]:
    """A line for each decision of people that is about nothing here; most likely it is misspelt."""
    here = {(same_name(one.person.id), outcome.question) for one in everybody for outcome in one.outcomes}
    return [
        f"{table}: nothing here is {student}'s {question}; is it spelt as in grades.csv?"
        for table, decisions in decided.items()
        for student, question in decisions
        if (student, question) not in here
    ]


def record(marked: Class, everybody: Sequence[Standing]) -> dict[str, Any]:
    """The full record, as JSON."""
    exercises = {"exercises": marked.exercises, "left_out": marked.left_out}
    return {**marked.around, **exercises, "students": [_student(one) for one in everybody]}


def _student(one: Standing) -> dict[str, Any]:
    notebooks = [
        {"exercise": book.exercise, "file": book.file, "sha256": book.hash, "note": book.note}
        for book in one.notebooks
    ]
    outcomes = [{k: v for k, v in plain(outcome).items() if k != "seen"} for outcome in one.outcomes]
    return {
        **vars(one.person),
        "notebooks": notebooks,
        "questions": outcomes,
        "raw": one.raw,
        "late": one.late,
        "total": one.total,
    }


def changes(before: Mapping[str, Any] | None, everybody: Sequence[Standing]) -> list[str]:
    """A line for everybody whose total is another than in the record before."""
    if not before:
        return []
    old = {student["id"]: student for student in before["students"]}
    lines = []
    for one in everybody:
        was = old.get(one.person.id)
        if was is None or was["total"] == one.total:
            continue
        marks = {question["question"]: question["marks"] for question in was["questions"]}
        which = [o.question for o in one.outcomes if marks.get(o.question) != o.marks]
        because = ", ".join(which) or "handed in late"
        lines.append(
            f"{one.person.id}: {was['total']:g} → {one.total:g} ({one.total - was['total']:+g}; {because})"
        )
    return lines
