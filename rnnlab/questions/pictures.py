"""A picture of the student's own result, where an array came that can be laid beside the expected one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rnnlab.questions.asking import Said
from rnnlab.questions.measuring import distances
from rnnlab.questions.question import Question
from rnnlab.questions.sheet import Sheet

FEWEST, MOST = 3, 200  # entries that make a picture


@dataclass(frozen=True)
class Seen:
    """What came and what was expected, on the first probe that was answered wrongly."""

    got: tuple[float, ...]
    expected: tuple[float, ...]

    def drawing(self) -> Any:
        """The figure; only here is anything loaded that draws."""
        from rnnlab.figures.answer import beside

        return beside(self.got, self.expected)


def seen(wanted: Question, sheet: Sheet, came: Said) -> Seen | None:
    """The first wrong probe with enough in it to be drawn; None where there is no such probe."""
    if not wanted.asks_function:
        return None
    for one, expected, far in zip(came, sheet.expected, distances(wanted, sheet, came), strict=True):
        same = isinstance(one, np.ndarray) and one.shape == expected.shape and one.dtype.kind == "f"
        if far > 1 and same and expected.ndim == 1 and FEWEST <= expected.size <= MOST:
            return Seen(_short(one), _short(expected))
    return None


def _short(array: Any) -> tuple[float, ...]:
    """Six digits: enough to draw, and the same on every machine."""
    return tuple(float(f"{x:.6g}") for x in array)
