"""What people decide: overrides of a question's marks, and marks of questions that only a person can mark.

overrides.csv   student, question, marks, reason            written by people, read by every run
manual.csv      student, question, points, marks, comment   written by a run, filled by people, merged by the next
rubric.csv      question, item, points                      of questions that a person marks
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from rnnlab.grading.marking import Outcome, Result
from rnnlab.grading.spreadsheet import TableError, rows, text_of
from rnnlab.grading.submissions import same_name

MANUAL = ("student", "question", "points", "marks", "comment")


@dataclass(frozen=True)
class Decision:
    """Marks that a person gave, and why."""

    marks: int
    reason: str


Decisions = Mapping[tuple[str, str], Decision]


@dataclass(frozen=True)
class Item:
    """One thing that a person marks."""

    question: str
    what: str
    points: int

    @property
    def name(self) -> str:
        return f"{self.question} {self.what}"


def read_overrides(path: Path) -> Decisions:
    """(student, question) → marks and reason; an override without a reason is refused."""
    if not path.is_file():
        return {}
    found = {}
    for line, row in rows(path, ("student", "question", "marks", "reason")):
        found[same_name(row["student"]), row["question"]] = Decision(
            _whole(path, line, row["marks"]), row["reason"]
        )
    return found


def read_rubric(path: Path) -> list[Item]:
    items = []
    for line, row in rows(path, ("question", "item", "points")):
        if not re.fullmatch(r"\d+\.\d+", row["question"]):
            raise TableError(
                f"{path.name} line {line}: question {row['question']!r} came; expected one as 1.4"
            )
        items.append(Item(row["question"], row["item"], _whole(path, line, row["points"])))
    return items


def read_manual(path: Path) -> Decisions:
    """What people have filled in; a line without marks is still to be done."""
    if not path.is_file():
        return {}
    filled = [(line, row) for line, row in rows(path, ("student", "question")) if row.get("marks")]
    return {
        (same_name(row["student"]), row["question"]): Decision(
            _whole(path, line, row["marks"]), row.get("comment") or "marked by a person"
        )
        for line, row in filled
    }


def manual_table(outcomes: Iterable[tuple[str, Outcome]], filled: Decisions) -> str:
    """The CSV that people fill: what waits for them, and what they have already filled in."""
    lines: list[tuple[str, ...]] = [MANUAL]
    for student, outcome in outcomes:
        decision = filled.get((same_name(student), outcome.question))
        if decision or outcome.result is Result.MANUAL:
            mine = (str(decision.marks), decision.reason) if decision else ("", outcome.note)
            lines.append((student, outcome.question, str(outcome.points), *mine))
    return text_of(lines)


def items_of(rubric: Iterable[Item]) -> list[Outcome]:
    """The outcomes of everything that only a person marks, before anybody has."""
    return [
        Outcome(item.name, Result.MANUAL, None, item.points, note="a person marks this") for item in rubric
    ]


def decided(student: str, outcome: Outcome, manual: Decisions, overrides: Decisions) -> Outcome:
    """The outcome after what people decided; an override goes before everything."""
    name = (same_name(student), outcome.question)
    if name in manual and outcome.result is Result.MANUAL:
        outcome = _given(outcome, manual[name], "marked by a person")
    return _given(outcome, overrides[name], "override") if name in overrides else outcome


def _given(outcome: Outcome, decision: Decision, how: str) -> Outcome:
    if not 0 <= decision.marks <= outcome.points:
        raise TableError(
            f"{how} of {outcome.question}: {decision.marks} marks came; expected 0 to {outcome.points}"
        )
    lines = (*outcome.lines, f"Marks given by a person: {decision.reason}")
    return replace(
        outcome, result=Result.GRADED, marks=decision.marks, lines=lines, note=f"{how}: {decision.reason}"
    )


def _whole(path: Path, line: int, text: str) -> int:
    if not text.isdecimal():
        raise TableError(f"{path.name} line {line}: {text!r} came; expected a whole number")
    return int(text)
