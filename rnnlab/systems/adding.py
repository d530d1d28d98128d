"""The adding problem: two of T numbers are marked, and at the end one must say their sum. Lecture 06.

After Hochreiter and Schmidhuber (1997): all that lies between is noise. Theirs had numbers from −1 to 1, as here by
default; numbers from 0 to 1 are common now, and are another problem, since what slips in then does not cancel.
"""

from __future__ import annotations

import numpy as np


def adding(rng: np.random.Generator, T: int, B: int, low: float = -1.0) -> tuple[np.ndarray, np.ndarray]:
    """xs (T, 2, B): numbers in [low, 1) and marks, one in each half of the sequence; ys (1, B): the marked sum."""
    if T < 2:
        raise ValueError(f"came T = {T}; one number of each half is marked, so T is at least 2")
    xs = np.zeros((T, 2, B))
    xs[:, 0] = rng.uniform(low, 1, size=(T, B))
    xs[rng.integers(0, T // 2, B), 1, np.arange(B)] = 1
    xs[rng.integers(T // 2, T, B), 1, np.arange(B)] = 1
    return xs, (xs[:, :1] * xs[:, 1:]).sum(0)


def variance(low: float = -1.0) -> float:
    """(1 − low)²/6, of the sum of two such numbers: the squared error of who always says its mean."""
    return (1 - low) ** 2 / 6
