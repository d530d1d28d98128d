"""What one recurrent weight remembers, forward in time and backward. Lecture 01, sections 1 to 4."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnnlab.gradients import state_gradients
from rnnlab.models import linear_unit, tanh_unit, unroll


def impulse(T: int, size: float = 1.0) -> np.ndarray:
    """x_1 = size, and nothing after it; shape (T,)."""
    xs = np.zeros(T)
    xs[0] = size
    return xs


def impulse_response(w: float, T: int) -> np.ndarray:
    """g_t = w^{t−1}: what a linear unit still holds, t − 1 steps after a single one. Lecture 01, (1.2)."""
    return unroll(linear_unit, 0.0, impulse(T), w)


class Memory(NamedTuple):
    """One unit and one impulse: its states, and how strongly the last state depends on each of them."""

    w: float
    squashed: bool
    states: np.ndarray  # (T,) h_1 … h_T
    gradients: np.ndarray  # (T,) ∂h_T/∂h_1 … ∂h_T/∂h_T


def memory(w: float, size: float = 1.0, squashed: bool = False, T: int = 30) -> Memory:
    """The response to an impulse, and ∂h_T/∂h_t along it."""
    hs = unroll(tanh_unit if squashed else linear_unit, 0.0, impulse(T, size), w)
    slopes = 1 - hs**2 if squashed else np.ones(T)
    last = np.zeros(T)
    last[-1] = 1.0
    return Memory(w, squashed, hs, state_gradients(slopes, last, w))


class FourNames(NamedTuple):
    """One pole seen by four trades. Entries are NaN where the view does not exist: beyond the unit circle."""

    w: float
    charge: np.ndarray  # (T,) leaky integrator: answer to a constant input of 1 − w, or of 1 where w ≥ 1
    autocorrelation: np.ndarray  # (K,) AR(1): correlation at lags 0 … K − 1
    gain: np.ndarray  # (F,) filter: |H| in decibels, relative to nothing, at `frequencies`


FREQUENCIES = np.linspace(0.005, 0.5, 100)  # cycles a step


def four_names(w: float, T: int = 30) -> FourNames:
    """(1.9) to (1.11) of lecture 01, for one weight."""
    stable = abs(w) < 1
    charge = unroll(linear_unit, 0.0, np.full(T, 1 - w if stable else 1.0), w)
    lags = np.arange(T, dtype=float)
    autocorrelation = w**lags if stable else np.full(T, np.nan)
    power = (
        1 / (1 - 2 * w * np.cos(2 * np.pi * FREQUENCIES) + w**2)
        if stable
        else np.full(FREQUENCIES.shape, np.nan)
    )
    return FourNames(w, charge, autocorrelation, 10 * np.log10(power))
