"""Influence balancing (Tallec and Ollivier 2017): a parameter whose near influence has the wrong sign.

    h_t = A h_{t−1} + θ v,   A = ½ I + ½ (ones above the diagonal),   loss ½ (h_{t,1} − 1)²

θ enters unit k with the sign v_k and wanders down to unit 1, one place at a time, each move with probability ½ a
step. The near units have +1 and the more numerous far ones −1. Lecture 09, section 5.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

UNITS = 23


class Lagged(NamedTuple):
    """What unit 1 feels of the past, by its age j = 0, 1, …, P."""

    A: np.ndarray  # (N, N)
    v: np.ndarray  # (N,) signs
    rows: np.ndarray  # (P + 1, N): e₁ᵀ Aʲ, how unit 1 depends on the state j steps ago
    uses: np.ndarray  # (P,): e₁ᵀ Aʲ v, how it depends on the use of θ that is j steps old, j = 0 … P − 1
    reach: np.ndarray  # (P + 1,): q_j, the sum of the j youngest uses; q_0 = 0
    pushed: np.ndarray  # (P + 1, N): Σ_{i < j} Aⁱ v, the state that j uses make from nothing


def influence_step(h: np.ndarray, x: np.ndarray, theta: float, A: np.ndarray, v: np.ndarray) -> np.ndarray:
    """A h + θ v; the input x is not used. Lecture 09, section 5."""
    return A @ h + theta * v


@cache
def lagged(positive: int, P: int) -> Lagged:
    """The influences up to age P, with `positive` of the 23 signs +1. Lecture 09, (9.19)."""
    if not 0 <= positive <= UNITS:
        raise ValueError(
            f"positive is {positive}; of {UNITS} units between 0 and {UNITS} can have the sign +1"
        )
    A = 0.5 * np.eye(UNITS) + 0.5 * np.eye(UNITS, k=1)
    v = np.where(np.arange(UNITS) < positive, 1.0, -1.0)
    rows = np.empty((P + 1, UNITS))
    rows[0] = np.eye(UNITS)[0]
    for j in range(P):
        rows[j + 1] = rows[j] @ A
    pushed = np.zeros((P + 1, UNITS))
    for j in range(P):
        pushed[j + 1] = A @ pushed[j] + v
    uses = rows[:P] @ v
    return Lagged(A, v, rows, uses, np.concatenate([[0.0], np.cumsum(uses)]), pushed)


def carried(rows: np.ndarray, h: np.ndarray) -> np.ndarray:
    """Aʲ h from rows = e₁ᵀ Aʲ (N,): A has equal diagonals, so its first row is all of it."""
    return np.correlate(np.concatenate([h, np.zeros(UNITS - 1)]), rows, "valid")


def whole_influence(positive: int) -> int:
    """dh₁/dθ of the state that has settled: 2 (how many +1, minus how many −1). Lecture 09, (9.18)."""
    return 2 * (positive - (UNITS - positive))
