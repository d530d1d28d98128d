"""Continuous systems, sampled: Lorenz's attractor and van der Pol's oscillator, by Runge and Kutta's fourth order."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rnnlab.models.unroll import unroll

Field = Callable[[np.ndarray], np.ndarray]


def lorenz_field(x: np.ndarray) -> np.ndarray:
    """ẋ = 10 (y − x), ẏ = x (28 − z) − y, ż = x y − 8/3 z; x (3, …)."""
    return np.stack([10 * (x[1] - x[0]), x[0] * (28 - x[2]) - x[1], x[0] * x[1] - 8 / 3 * x[2]])


def van_der_pol_field(x: np.ndarray) -> np.ndarray:
    """ẋ = z, ż = (1 − x²) z − x: an oscillator that is pushed when small and braked when large; x (2, …)."""
    return np.stack([x[1], (1 - x[0] ** 2) * x[1] - x[0]])


def flow(field: Field, start: np.ndarray, T: int, every: float, substeps: int = 4) -> np.ndarray:
    """x(0), x(δ), x(2δ), …, T rows (T, n, …), from `start` (n, …). Several starts go side by side, as columns."""
    dt = every / substeps

    def step(x: np.ndarray, no_input: np.ndarray) -> np.ndarray:
        for _ in range(substeps):
            k1 = field(x)
            k2 = field(x + dt / 2 * k1)
            k3 = field(x + dt / 2 * k2)
            k4 = field(x + dt * k3)
            x = x + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        return x

    start = np.asarray(start, dtype=float)
    return np.concatenate([start[None], unroll(step, start, np.zeros(T - 1))])


def lorenz(T: int, every: float = 0.02, skip: int = 500) -> np.ndarray:
    """T points on Lorenz's attractor, `every` time units apart, after `skip` of them; (T, 3)."""
    return flow(lorenz_field, np.array([1.0, 1.0, 25.0]), T + skip, every)[skip:]


def van_der_pol(starts: np.ndarray, T: int, every: float = 0.1) -> np.ndarray:
    """Trajectories from `starts` (2, B), sampled `every` time units; (T, 2, B)."""
    return flow(van_der_pol_field, starts, T, every)
