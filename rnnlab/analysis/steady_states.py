"""Where a tanh unit rests, h = tanh(w h + b), and how far a nudge of its start gets. Lecture 05, section 3."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnnlab.models.cells import tanh_unit
from rnnlab.models.unroll import unroll

RESTS = np.concatenate(
    [-np.tanh(np.linspace(6, 0.001, 700)), np.tanh(np.linspace(0.001, 6, 700))]
)  # the h at which the curve of steady states is drawn
WEIGHTS = (-3.0, 5.0)
LATER = 100


class SteadyStates(NamedTuple):
    """All resting places over w for one b; and one run of 100 steps."""

    weights: np.ndarray  # (K,) the w at which `rests` are resting places, NaN beyond the picture
    rests: np.ndarray  # (K,)
    stable: np.ndarray  # (K,) whether |w (1 − h²)| < 1 there
    w: float
    b: float
    hs: np.ndarray  # (LATER + 1,) h_0 … h_100
    reach: np.ndarray  # (LATER + 1,) |∂h_t/∂h_0|
    here: np.ndarray  # the resting places at w
    here_stable: np.ndarray


def steady_states(w: float, b: float, h0: float) -> SteadyStates:
    """Solve h = tanh(w h + b) for w, which needs no search: w = (artanh h − b)/h. Lecture 05, (5.10)."""
    weights = (np.arctanh(RESTS) - b) / RESTS
    level = (
        np.linspace(*WEIGHTS, 160) if b == 0 else np.full(160, np.nan)
    )  # h = 0 rests at every w, without a bias
    weights = np.concatenate([weights, [np.nan], level])
    rests = np.concatenate([RESTS, np.zeros(161)])
    weights = np.where((weights >= WEIGHTS[0]) & (weights <= WEIGHTS[1]), weights, np.nan)
    stable = np.abs(weights * (1 - rests**2)) < 1
    hs = np.concatenate([[h0], unroll(tanh_unit, h0, np.full(LATER, b), w)])
    reach = np.concatenate([[1.0], np.cumprod(np.abs(w * (1 - hs[1:] ** 2)))])
    here = resting_places(w, b)
    return SteadyStates(weights, rests, stable, w, b, hs, reach, here, np.abs(w * (1 - here**2)) < 1)


def resting_places(w: float, b: float) -> np.ndarray:
    """All h = tanh(w h + b), in order: where the difference changes its sign on a fine grid, then by bisection."""
    grid = np.linspace(-1 - 1e-9, 1 + 1e-9, 4002)
    excess = grid - np.tanh(w * grid + b)
    at = np.flatnonzero(np.sign(excess[:-1]) != np.sign(excess[1:]))
    lo, hi, sign = grid[at], grid[at + 1], np.sign(excess[at])
    for _ in range(45):
        middle = (lo + hi) / 2
        same = np.sign(middle - np.tanh(w * middle + b)) == sign
        lo, hi = np.where(same, middle, lo), np.where(same, hi, middle)
    return (lo + hi) / 2
