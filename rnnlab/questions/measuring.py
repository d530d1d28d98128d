"""How far what came is from what was expected, probe by probe, and which parts that makes right."""

from __future__ import annotations

import numpy as np

from rnnlab.questions.asking import Said
from rnnlab.questions.question import Question
from rnnlab.questions.sheet import Sheet
from rnnlab.questions.values import Fault, excess


def parts_right(wanted: Question, sheet: Sheet, off: list[float], slack: float = 1.0) -> list[int]:
    """The parts, by index, of which every probe is within `slack` times the tolerance."""
    failed = {probe.part for probe, far in zip(sheet.probes, off, strict=True) if far > slack}
    return [i for i in range(len(wanted.parts)) if i not in failed]


def distances(wanted: Question, sheet: Sheet, came: Said) -> list[float]:
    """How far off each probe is, in units of what is allowed."""
    return [far_off(wanted, one, expected) for one, expected in zip(came, sheet.expected, strict=True)]


def far_off(wanted: Question, one: np.ndarray | Fault, expected: np.ndarray | Fault) -> float:
    """An array is measured by its largest entry; of a value's numbers, which have little in common, each by itself."""
    if isinstance(one, Fault) or isinstance(expected, Fault):
        return np.inf
    return excess(one, expected, wanted.rtol, wanted.atol, own_size=not wanted.asks_function)
