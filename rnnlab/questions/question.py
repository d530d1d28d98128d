"""A question as data, and where to find one.

A question asks for a function, which is called on *probes*, or for a value made of numbers that are the
student's own. Its reference is used for one thing only: to work out what is expected (see `sheet.py`).
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

import rnnlab
from rnnlab.questions.identity import own

Answer = Callable[..., Any]


@dataclass(frozen=True)
class Part:
    """Marks for a group of probes: given when every probe of the group is answered rightly, else none."""

    what: str
    marks: int


@dataclass(frozen=True)
class Probe:
    """One call of the answer: numbers and float64 arrays, and the part (counted from 0) it belongs to."""

    part: int
    arguments: tuple[Any, ...]


@dataclass(frozen=True)
class Misconception:
    """A wrong answer that people really give, and three sentences for whoever gave it. Never the answer."""

    name: str
    wrong: Answer
    assumes: str
    differs: str
    look: str

    @property
    def message(self) -> str:
        return f"Your answer assumes {self.assumes}. {self.differs} Look again at {self.look}."


@dataclass(frozen=True)
class Question:
    """All there is to know about a question.

    answer       the name that the student's notebook must define
    arguments    the names of a probe's arguments, or of the student's own numbers, in order
    returns      what is expected, in words
    words        the words that a value may be made of, where it is made of words
    probes       rng → the calls to make, smallest first; for a question that asks for a function
    draws        every set of numbers a student may get; for a question that asks for a value
    alternatives other right answers, different in kind
    rtol, atol   how far off is still right: atol + rtol · (largest expected magnitude; of a value, each number's own)
    forbidden    what is switched off while the answer is called (see `forbidding.py`)
    almost       how many times further off is still called almost right
    """

    number: str
    title: str
    goal: str
    look: str
    minutes: int
    difficulty: int
    answer: str
    arguments: tuple[str, ...]
    returns: str
    parts: tuple[Part, ...]
    reference: Answer
    alternatives: tuple[Answer, ...]
    misconceptions: tuple[Misconception, ...]
    probes: Callable[[np.random.Generator], tuple[Probe, ...]] | None = None
    draws: tuple[tuple[Any, ...], ...] = ()
    words: tuple[str, ...] = ()
    rtol: float = 1e-4
    atol: float = 1e-6
    almost: float = 100.0
    forbidden: tuple[str, ...] = ()

    @property
    def points(self) -> int:
        return sum(part.marks for part in self.parts)

    @property
    def asks_function(self) -> bool:
        return self.probes is not None


def numbers(number: str, student: str | int) -> tuple[Any, ...]:
    """The numbers of question `number` that are this student's own: always the same for the same id."""
    wanted = question(number)
    if not wanted.draws:
        raise ValueError(f"question {number} is the same for everybody; it has no numbers of one's own")
    return own(number, student, wanted.draws)


def question(number: str) -> Question:
    """The question called `number`, such as "1.1"."""
    exercise, _, rest = str(number).partition(".")
    if not (exercise.isdecimal() and rest.isdecimal()):
        raise ValueError(f"came question {number!r}; expected exercise and question, such as '1.1'")
    found = {one.number: one for one in questions(int(exercise))}
    if number not in found:
        raise ValueError(f"there is no question {number}; exercise {exercise} has {', '.join(found)}")
    return found[number]


@cache
def questions(exercise: int) -> tuple[Question, ...]:
    """All questions of an exercise, from the one module named after it: `q01_impulse_response` for 1."""
    names = [name for name in _modules() if name.startswith(f"q{exercise:02d}_")]
    if len(names) != 1:
        known = ", ".join(str(one) for one in exercises())
        raise ValueError(
            f"found {len(names)} sets of questions for exercise {exercise}; expected one of {known}"
        )
    return importlib.import_module(f"rnnlab.questions.{names[0]}").QUESTIONS


def exercises() -> tuple[int, ...]:
    """The numbers of all exercises that have questions."""
    return tuple(sorted({int(name[1:3]) for name in _modules()}))


def _modules() -> list[str]:
    folders = [f"{folder}/questions" for folder in rnnlab.__path__]
    names = (module.name for module in pkgutil.iter_modules(folders))
    return [name for name in names if name[0] == "q" and name[1:3].isdecimal() and name[3:4] == "_"]
