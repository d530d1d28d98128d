"""Marks for a notebook that one trusts: one's own, or the course's. It runs in this very process.

Whoever marks other people's notebooks must not use this: what runs here can reach the expected values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rnnlab.questions.check import Status, Verdict, check, said
from rnnlab.questions.identity import is_id
from rnnlab.questions.measuring import distances, parts_right
from rnnlab.questions.question import Question, questions
from rnnlab.questions.running import run_notebook
from rnnlab.questions.sheet import PUBLIC, make_sheet

SLACK = 2.0  # a mark allows twice what `check` allows, so whatever `check` calls right gets it


@dataclass(frozen=True)
class Mark:
    """The marks of one question, out of its points, and what `check` says of the answer."""

    question: str
    verdict: Verdict
    marks: int
    points: int


def score(namespace: Mapping[str, Any], exercise: int, key: str = PUBLIC, student: Any = None) -> list[Mark]:
    """The marks of every question of an exercise for the answers that a namespace defines.

    The probes are drawn from `key`; the student's id is the notebook's own `student_id` unless one is given.
    """
    student = namespace.get("student_id") if student is None else student
    return [_mark(one, namespace, key, student) for one in questions(exercise)]


def _mark(wanted: Question, namespace: Mapping[str, Any], key: str, student: Any) -> Mark:
    answer = namespace.get(wanted.answer, ...)
    verdict = check(wanted.number, answer, student)
    attempted = verdict.status is not Status.NOT_ATTEMPTED
    marks = marks_of(wanted, answer, key, student) if attempted else 0
    return Mark(wanted.number, verdict, marks, wanted.points)


def marks_of(wanted: Question, answer: Any, key: str = PUBLIC, student: Any = None) -> int:
    """The marks of the parts on which `answer` is right, with the probes that `key` draws."""
    if not wanted.asks_function and not is_id(student):
        return 0
    sheet = make_sheet(wanted, student, key)
    off = distances(wanted, sheet, said(wanted, answer, sheet))
    return sum(wanted.parts[i].marks for i in parts_right(wanted, sheet, off, SLACK))


def score_notebook(path: str | Path, key: str = PUBLIC, student: Any = None) -> list[Mark]:
    """Run a notebook's code cells and mark what they define. The exercise's number begins the file's name."""
    path = Path(path)
    exercise = path.name[:2]
    if not exercise.isdecimal():
        raise ValueError(
            f"came {path.name}; expected a name that begins with the exercise's number, as 01_name"
        )
    run = run_notebook(path)
    marks = score(run.namespace, int(exercise), key, student)
    return [_explained(mark, run.namespace, run.troubles) for mark in marks]


def _explained(mark: Mark, namespace: Mapping[str, Any], troubles: tuple[str, ...]) -> Mark:
    """The same mark; where the answer was never defined, its verdict says which cells stopped."""
    wanted = next(one for one in questions(int(mark.question.split(".")[0])) if one.number == mark.question)
    if wanted.answer in namespace or not troubles:
        return mark
    lines = (f"`{wanted.answer}` was never defined.", *troubles)
    return Mark(mark.question, Verdict(mark.question, Status.NOT_ATTEMPTED, lines), mark.marks, mark.points)
