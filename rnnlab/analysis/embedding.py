"""A state from one measured signal: delay embedding after Takens, and how many delays are enough."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from rnnlab.systems.flows import lorenz

STRETCH = (
    15.0  # Kennel, Brown and Abarbanel's first criterion: the next coordinate tears a pair this far apart
)
SIZE = 2.0  # and their second, in standard deviations, for pairs that were never near


def delay_embedding(xs: np.ndarray, m: int, delay: int) -> np.ndarray:
    """Row t is (x_t, x_{t−d}, …, x_{t−(m−1)d}): m coordinates from one signal (T,). Lecture 10, section 6."""
    first = (m - 1) * delay
    if xs.ndim != 1 or m < 1 or delay < 1 or len(xs) < first + 3:
        raise ValueError(
            f"a signal of shape {xs.shape} with m = {m} and a delay of {delay}: expected (T,) with at least"
            f" {max(first, 0) + 3} samples, m ≥ 1 and a delay ≥ 1"
        )
    return np.stack([xs[first - k * delay : len(xs) - k * delay] for k in range(m)], axis=1)


def false_neighbours(xs: np.ndarray, m: int, delay: int, apart: int = 10) -> float:
    """The fraction of points whose nearest neighbour in m coordinates is torn away by the next one.

    A neighbour that is near only because a coordinate is missing is false. Points within `apart` samples in time
    are near for another reason, and are not counted as neighbours.
    """
    wider = delay_embedding(xs, m + 1, delay)
    now, more = wider[:, :m], wider[:, m]
    squares = (now**2).sum(1)
    distance = squares[:, None] + squares - 2 * now @ now.T
    index = np.arange(len(now))
    distance[np.abs(index[:, None] - index) <= apart] = np.inf
    nearest = distance.argmin(1)
    near = np.sqrt(np.maximum(distance[index, nearest], 1e-24))
    if not np.isfinite(near).all():
        raise ValueError(
            f"{len(xs)} samples leave no neighbours more than {apart} samples away; give a longer signal"
        )
    torn = np.abs(more - more[nearest])
    false = (torn / near > STRETCH) | (np.hypot(near, torn) / xs.std() > SIZE)
    return float(false.mean())


class Embedding(NamedTuple):
    """Lorenz's attractor seen through its x alone."""

    m: int
    delay: int
    points: np.ndarray  # (T, m) delay coordinates
    fractions: np.ndarray  # (4,) false neighbours for m = 1 … 4 at this delay


LORENZ_X = lorenz(700, every=0.05)[:, 0]


def embed_lorenz(m: int, delay: int) -> Embedding:
    """Delay coordinates of Lorenz's x, and the fraction of false neighbours for one to four of them."""
    return Embedding(m, delay, delay_embedding(LORENZ_X, m, delay), _fractions(delay))


@cache
def _fractions(delay: int) -> np.ndarray:
    return np.array([false_neighbours(LORENZ_X, k, delay) for k in (1, 2, 3, 4)])
