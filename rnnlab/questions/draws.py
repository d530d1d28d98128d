"""Numbers for probes: two decimals, to be read; never so small that a mistake would hide behind them."""

from __future__ import annotations

import numpy as np


def sequence(rng: np.random.Generator, T: int) -> np.ndarray:
    """T numbers of either sign, none of them near zero."""
    return np.round(rng.uniform(0.3, 1.5, T) * rng.choice((-1.0, 1.0), T), 2)


def weight(rng: np.random.Generator) -> float:
    """A recurrent weight of either sign, far from 0 and from ±1."""
    return float(np.round(rng.uniform(0.4, 0.9) * rng.choice((-1.0, 1.0)), 2))
