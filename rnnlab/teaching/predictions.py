"""`predict(...)`: the reader's own guess, noted before anything is moved."""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import EllipsisType


@dataclass(frozen=True)
class Prediction:
    """A guess. `marks` says where a live figure draws it: a control's name, or the axis "x" or "y"."""

    question: str
    value: float | None
    marks: str | None
    unit: str


def predict(
    question: str, guess: float | EllipsisType = ..., marks: str | None = None, unit: str = ""
) -> Prediction:
    """Notes `guess`. While it is still `...`, the reader is asked to write a number in place of the dots."""
    if guess is ...:
        print(
            f"Predict: {question}\nWrite your number in place of the dots after `guess=`, and run this cell again."
        )
        return Prediction(question, None, marks, unit)
    if isinstance(guess, bool) or not isinstance(guess, int | float) or not math.isfinite(guess):
        raise ValueError(f"a guess is one finite number, such as guess=0.5; got {guess!r}")
    print(f"Noted: {guess:g}{' ' + unit if unit else ''}. Now move the figure, and look for the mark.")
    return Prediction(question, float(guess), marks, unit)
