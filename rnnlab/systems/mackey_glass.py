"""The Mackey–Glass equation, a delay differential equation, as a recurrence. Lecture 02, section 4.

dx/dt = β x(t − τ) / (1 + x(t − τ)^n) − γ x(t): cells are made, τ later than they were called for, and die.
"""

from __future__ import annotations

import numpy as np

from rnnlab.arrays import Array, namespace
from rnnlab.models.adapters import autonomous
from rnnlab.models.unroll import unroll

BETA, GAMMA, POWER = 0.2, 0.1, 10


def slope(x: Array, past: Array) -> Array:
    """β p / (1 + p^n) − γ x, for the present x and the past p, τ ago."""
    return BETA * past / (1 + past**POWER) - GAMMA * x


def delayed_step(h: Array, dt: float) -> Array:
    """One Runge–Kutta step; h (m + 2,) holds x now, x one step ago, …, and x(t − τ) at index m.

    The new value enters in front and the oldest leaves: a state that is a stretch of the past. The delayed
    value half-way through the step comes from a cubic through the four nearest ones. Lecture 02, section 4.
    """
    m = len(h) - 2
    x, past, soon = h[0], h[m], h[m - 1]
    middle = (-h[m + 1] + 9 * past + 9 * soon - h[m - 2]) / 16
    k1 = slope(x, past)
    k2 = slope(x + dt / 2 * k1, middle)
    k3 = slope(x + dt / 2 * k2, middle)
    k4 = slope(x + dt * k3, soon)
    new = x + dt / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return namespace(h).concatenate([new[None], h[:-1]])


def mackey_glass(time: float, dt: float = 0.1, tau: float = 17.0, start: Array = 1.2) -> np.ndarray:
    """x at dt, 2 dt, …, time, from x = start at all times before; `start` may be (P,), for P runs."""
    m, T = round(tau / dt), round(time / dt)
    if abs(m * dt - tau) > 1e-9 * tau or m < 3:
        raise ValueError(
            f"came tau = {tau} and dt = {dt}; expected tau to be a whole number, 3 or more, of steps dt"
        )
    h0 = np.tile(np.asarray(start, dtype=float), (m + 2,) + (1,) * np.ndim(start))
    return unroll(autonomous(delayed_step), h0, np.zeros((T, 0)), dt)[:, 0]
