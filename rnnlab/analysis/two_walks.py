"""One gradient as a triangle of terms, and the two orders in which BPTT and RTRL add them. Lecture 04."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnnlab.analysis.gradient_costs import Cost, bptt_cost, random_problem, rtrl_cost
from rnnlab.models import tanh_step, unroll

BACKWARD_MISTAKES = (
    "the last step only",
    "W instead of its transpose",
    "1 − a² for 1 − h²",
    "h after the step, not before",
    "the losses on the way forgotten",
    "mean instead of sum",
)
FORWARD_MISTAKES = ("influence not moved by J",)
MISTAKES = ("none", *BACKWARD_MISTAKES, *FORWARD_MISTAKES)

STEPS, WEIGHT = 8, (0, 1)  # of the small network, and the indices of the weight that is followed


class Walk(NamedTuple):
    """One algorithm on its way: the terms it has added so far, its sums, and what it holds."""

    terms: (
        np.ndarray
    )  # (T, T), [t − 1, k − 1]: what the loss at t owes to the weight's use at k; NaN where t < k
    done: np.ndarray  # (T, T) booleans: added so far
    sums: np.ndarray  # (T + 1,) the running sum after 0, 1, … T steps
    held: np.ndarray  # (N,) the vector carried: ∂L/∂h_t, or ∂h_t/∂W_ij


class TwoWalks(NamedTuple):
    """BPTT from the right, RTRL from the left, `step` steps each, with the true gradient and the costs."""

    step: int
    backward: Walk
    forward: Walk
    gradient: float  # dL/dW_ij
    n: int
    T: int
    costs: tuple[Cost, Cost]
    mistake: str


def terms(
    h0: np.ndarray, hs: np.ndarray, W: np.ndarray, slopes: np.ndarray, explicit: np.ndarray, i: int, j: int
) -> np.ndarray:
    """(∂ᵉL/∂h_t)ᵀ ∂h_t/∂h_k ∂ᵉh_k/∂W_ij at [t − 1, k − 1], zero where t < k. Lecture 04, (4.5)."""
    return _terms(np.vstack([h0, hs[:-1]])[:, j], W.T, slopes, explicit, i)[0]


def _terms(
    before: np.ndarray, back: np.ndarray, slopes: np.ndarray, explicit: np.ndarray, i: int
) -> tuple[np.ndarray, np.ndarray]:
    """The triangle, and the vectors (∂h_t/∂h_k)ᵀ ∂ᵉL/∂h_t, (T, T, N), from which it is made."""
    T, N = explicit.shape
    triangle, carried = np.zeros((T, T)), np.zeros((T, T, N))
    for k in range(T - 1, -1, -1):  # all losses at once, each one step further back
        carried[k, k] = explicit[k]
        if k < T - 1:
            carried[k + 1 :, k] = (slopes[k + 1] * carried[k + 1 :, k + 1]) @ back.T
        triangle[k:, k] = slopes[k, i] * carried[k:, k, i] * before[k]
    return triangle, carried


def two_walks(step: int, n: float, T: float, mistake: str = "none") -> TwoWalks:
    """The small network after `step` steps of each algorithm, one of them perhaps with a mistake in it."""
    h0, xs, ys, W, U, b = random_problem(3, 2, STEPS, np.random.default_rng(4))
    hs = unroll(tanh_step, h0, xs, W, U, b)
    before = np.vstack([h0, hs[:-1]])
    sums_in = before @ W.T + xs @ U.T + b  # a_t
    i, j = WEIGHT
    slopes, explicit = 1 - hs**2, hs - ys
    right, carried = _terms(before[:, j], W.T, slopes, explicit, i)

    last = np.arange(STEPS) == STEPS - 1
    wrong, wrong_carried = {
        "the last step only": lambda: (right * last, carried),
        "W instead of its transpose": lambda: _terms(before[:, j], W, slopes, explicit, i),
        "1 − a² for 1 − h²": lambda: _terms(before[:, j], W.T, 1 - sums_in**2, explicit, i),
        "h after the step, not before": lambda: _terms(hs[:, j], W.T, slopes, explicit, i),
        "the losses on the way forgotten": lambda: _terms(
            before[:, j], W.T, slopes, explicit * last[:, None], i
        ),
        "mean instead of sum": lambda: _terms(before[:, j], W.T, slopes, explicit / STEPS, i),
        "influence not moved by J": lambda: (
            np.tril(np.outer(explicit[:, i], slopes[:, i] * before[:, j])),
            carried,
        ),
    }.get(mistake, lambda: (right, carried))()

    back_terms, back_carried = (wrong, wrong_carried) if mistake in BACKWARD_MISTAKES else (right, carried)
    ahead_terms = wrong if mistake in FORWARD_MISTAKES else right
    grid_t, grid_k = np.mgrid[1 : STEPS + 1, 1 : STEPS + 1]
    outside = grid_t < grid_k
    backward = Walk(
        np.where(outside, np.nan, back_terms),
        (grid_k > STEPS - step) & ~outside,
        np.append(0.0, np.cumsum(back_terms.sum(0)[::-1])),
        back_carried[:, STEPS - step].sum(0) if step else np.zeros(3),
    )
    forward = Walk(
        np.where(outside, np.nan, ahead_terms),
        (grid_t <= step) & ~outside,
        np.append(0.0, np.cumsum(ahead_terms.sum(1))),
        _sensitivity(step, before[:, j], W, slopes, i, moved=mistake not in FORWARD_MISTAKES),
    )
    n, T = round(n), round(T)
    costs = (bptt_cost(n, 1, T), rtrl_cost(n, 1, T))
    return TwoWalks(step, backward, forward, float(right.sum()), n, T, costs, mistake)


def _sensitivity(
    step: int, before: np.ndarray, W: np.ndarray, slopes: np.ndarray, i: int, moved: bool
) -> np.ndarray:
    """∂h_t/∂W_ij after `step` steps of (4.13); without `moved`, summed up where it should be carried on."""
    s = np.zeros(len(W))
    for t in range(step):
        new = slopes[t] * (np.eye(len(W))[i] * before[t])
        s = new + (slopes[t] * (W @ s) if moved else s)
    return s
