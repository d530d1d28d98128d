"""The system of Chen, Billings and Grant (1990), on which Ribeiro and Aguirre (2018) compared two ways of training.

Two kinds of noise enter at two places: v inside the equation, where the system remembers it, and w at the sensor,
where nobody does. Which of them there is decides how to train (lecture 10, section 4).
"""

from __future__ import annotations

import numpy as np

from rnnlab.arrays import Array, namespace
from rnnlab.models.unroll import unroll


def chen_map(y_past: Array, u_past: Array) -> Array:
    """(0.8 − 0.5 e^{−y₁²}) y₁ − (0.3 + 0.9 e^{−y₁²}) y₂ + u₁ + 0.2 u₂ + 0.1 u₁ u₂, with y₁ = y_{t−1}, u₁ = u_{t−1}, …

    y_past and u_past are (2, B) with the newest first, or (P, 2, B); returns (B,) or (P, B).
    """
    y1, y2, u1, u2 = y_past[..., 0, :], y_past[..., 1, :], u_past[..., 0, :], u_past[..., 1, :]
    bump = namespace(y1).exp(-(y1**2))
    return (0.8 - 0.5 * bump) * y1 - (0.3 + 0.9 * bump) * y2 + u1 + 0.2 * u2 + 0.1 * u1 * u2


def held_input(T: int, rng: np.random.Generator, realisations: int = 1, hold: int = 5) -> np.ndarray:
    """u ~ N(0, 1), each value held for `hold` steps; (T, P)."""
    return np.repeat(rng.normal(size=(-(-T // hold), realisations)), hold, axis=0)[:T]


def low_pass(noise: np.ndarray, cutoff: float) -> np.ndarray:
    """The noise without its frequencies above `cutoff` (1 is all of them), at the same standard deviation; (T, P)."""
    spectrum = np.fft.rfft(noise, axis=0)
    spectrum[np.fft.rfftfreq(len(noise)) > cutoff / 2] = 0
    smooth = np.fft.irfft(spectrum, len(noise), axis=0)
    return smooth * noise.std(0) / smooth.std(0)


def chen(
    us: np.ndarray,
    rng: np.random.Generator,
    sigma_v: float | np.ndarray = 0.0,
    sigma_w: float | np.ndarray = 0.0,
    cutoff: float = 1.0,
) -> np.ndarray:
    """y*_t = chen_map(y*, u) + v_t and y_t = y*_t + w_t, for inputs us (T, P). Returns ys (T, P).

    v is the equation noise, white at cutoff = 1 and smoother below; w is white output noise. A column may have
    standard deviations of its own: sigma_v and sigma_w are numbers or (P,). The first two outputs are N(0, 1).
    """
    T, P = us.shape
    starts = rng.normal(size=(2, P))
    v = rng.normal(size=(T, P))
    w = sigma_w * rng.normal(size=(T, P))
    v = sigma_v * (v if cutoff >= 1 else low_pass(v, cutoff))

    def step(past: np.ndarray, row: np.ndarray) -> np.ndarray:
        return np.stack([chen_map(past, row[:2]) + row[2], past[0]])

    rows = np.stack([us[1:-1], us[:-2], v[2:]], 1)  # u_{t−1}, u_{t−2}, v_t
    clean = unroll(step, starts[::-1], rows)[:, 0]
    return np.concatenate([starts, clean]) + w
