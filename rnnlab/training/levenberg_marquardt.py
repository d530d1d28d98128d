"""Levenberg and Marquardt's method for least squares, for P problems at once that share nothing but the loop.

Each problem keeps its own damping λ and stops on its own; those that have stopped cost nothing more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

Errors = Callable[[np.ndarray, np.ndarray], np.ndarray]
Linearise = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]

MIN_GAIN, GOOD_GAIN = (
    1e-3,
    0.75,
)  # of what the linear model promised: below, a step is undone; above, trust grows
FACTOR = 10.0  # by which the damping grows or shrinks
LEAST, MOST = 1e-9, 1e16  # damping: never so little that the matrix is singular in floating point
LEAST_DIAGONAL = 1e-6


class LeastSquares(NamedTuple):
    """Where P descents ended, and how."""

    theta: np.ndarray  # (P, p)
    costs: np.ndarray  # (iterations + 1, P) the sum of squares after each iteration, from the start on
    iterations: np.ndarray  # (P,) how many a problem used


def damped_step(JJ: np.ndarray, Je: np.ndarray, damping: np.ndarray) -> np.ndarray:
    """δ = (JᵀJ + λ D)⁻¹ Jᵀe, with D the diagonal of JᵀJ. Lecture 10, (10.7).

    JJ (P, p, p), Je (P, p), damping (P,). Small λ is Gauss and Newton's step, large λ a short one downhill.
    """
    diagonal = np.maximum(np.einsum("Pii->Pi", JJ), LEAST_DIAGONAL)
    matrix = JJ.copy()
    np.einsum("Pii->Pi", matrix)[...] += damping[:, None] * diagonal
    return np.linalg.solve(matrix, Je[..., None])[..., 0]


def levenberg_marquardt(
    errors: Errors, linearise: Linearise, theta: np.ndarray, iterations: int = 100, damping: float = 10.0
) -> LeastSquares:
    """Makes Σ_t e_t² small, e = y − ŷ(θ), for each of P problems. Lecture 10, section 3.

    theta (P, p) holds the starts. `errors(theta, which)` returns e (T, K) for the K problems whose numbers are in
    `which`, `linearise(theta, which)` returns e and J = ∂ŷ/∂θ (T, K, p). An iteration that is undone counts.
    """
    theta, active = np.array(theta, dtype=float), np.arange(len(theta))

    def look(theta: np.ndarray, which: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        e, J = linearise(theta, which)
        rows = J.transpose(1, 0, 2)
        return _squares(e), rows.swapaxes(1, 2) @ rows, (e.T[:, None] @ rows)[:, 0]

    cost, JJ, Je = look(theta, active)
    if not (np.isfinite(cost).all() and np.isfinite(JJ).all()):
        raise ValueError(
            "the sum of squares or its derivative is not finite at the start; start nearer to zero"
        )
    damping_of, used = np.full(len(theta), damping), np.zeros(len(theta), dtype=int)
    costs = [cost.copy()]
    for _ in range(iterations):
        if active.size == 0:
            break
        delta = damped_step(JJ[active], Je[active], damping_of[active])
        trial = theta[active] + delta
        with np.errstate(over="ignore", invalid="ignore"):
            trial_cost = _squares(errors(trial, active))
        bent = (JJ[active] @ delta[..., None])[..., 0]
        promised = np.einsum("Kp,Kp->K", delta, 2 * Je[active] - bent)
        gain = (cost[active] - trial_cost) / np.maximum(promised, 1e-300)
        taken = np.isfinite(trial_cost) & (gain > MIN_GAIN)
        damping_of[active] *= np.where(~taken, FACTOR, np.where(gain > GOOD_GAIN, 1 / FACTOR, 1.0))
        np.clip(damping_of, LEAST, MOST, out=damping_of)
        used[active] += 1
        if taken.any():
            moved = active[taken]
            with np.errstate(over="ignore", invalid="ignore"):
                there = trial[taken], *look(trial[taken], moved)
            safe = np.isfinite(there[2]).all(
                (1, 2)
            )  # else a cliff: the derivative overflows, stay on this side
            for kept, new in zip((theta, cost, JJ, Je), there, strict=True):
                kept[moved[safe]] = new[safe]
            damping_of[moved[~safe]] *= FACTOR**2
        costs.append(cost.copy())
        small = np.linalg.norm(delta, axis=1) < 1e-8 * (1e-8 + np.linalg.norm(theta[active], axis=1))
        flat = np.abs(Je[active]).max(1) < 1e-12
        active = active[~(small | flat)]
    return LeastSquares(theta, np.stack(costs), used)


def _squares(e: np.ndarray) -> np.ndarray:
    """Σ_t e_t² of each column, (K,)."""
    return np.einsum("tK,tK->K", e, e)
