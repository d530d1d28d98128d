"""A question's answer sheet: what to ask, what is expected, and what each misconception would say.

A sheet is arrays, numbers and words. Once it is made, nothing needs the functions it was made with.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from rnnlab.questions.asking import Said, ask
from rnnlab.questions.identity import digest
from rnnlab.questions.question import Probe, Question, numbers
from rnnlab.questions.values import Data, Fault

PUBLIC = "public"


@dataclass(frozen=True)
class Confused:
    """A misconception as data: what it says on each probe, and what to tell whoever says the same."""

    name: str
    message: str
    said: Said


@dataclass(frozen=True)
class Sheet:
    """The probes of a question under one key, and what is expected on each."""

    probes: tuple[Probe, ...]
    expected: tuple[np.ndarray, ...]

    def ask(self, answer: Callable[..., Any], forbidden: tuple[str, ...] = ()) -> Said:
        """What an answer says on each probe."""
        return ask(answer, [probe.arguments for probe in self.probes], forbidden)


def make_sheet(question: Question, student: Any = None, key: str = PUBLIC) -> Sheet:
    """The sheet of a question under a key; a question with numbers of one's own needs the student's id."""
    if question.probes is not None:
        probes = question.probes(np.random.default_rng(digest(key, question.number)))
    else:
        probes = (Probe(0, numbers(question.number, student)),)
    said = ask(question.reference, [probe.arguments for probe in probes])
    return Sheet(probes, tuple(_sound(data, question) for data in said))


def confusions(question: Question, sheet: Sheet) -> tuple[Confused, ...]:
    """What each misconception says on a sheet."""
    return tuple(Confused(m.name, m.message, sheet.ask(m.wrong)) for m in question.misconceptions)


def _sound(data: Data, question: Question) -> np.ndarray:
    if isinstance(data, Fault):
        raise ValueError(f"the reference of {question.number} gave {data.came}; expected {question.returns}")
    return data
