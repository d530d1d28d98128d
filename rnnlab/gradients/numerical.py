"""Two derivatives that know nothing of the chain rule, and so can check anything that uses it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def finite_differences(f: Callable[[np.ndarray], float], theta: np.ndarray, step: float = 1e-6) -> np.ndarray:
    """∂f/∂θ_i ≈ (f(θ + ε e_i) − f(θ − ε e_i)) / 2ε, good to about nine digits. Lecture 01, section 7."""
    theta = np.asarray(theta, dtype=float)
    gradient = np.empty_like(theta)
    for i in np.ndindex(theta.shape):
        ahead, behind = theta.copy(), theta.copy()
        ahead[i] += step
        behind[i] -= step
        gradient[i] = (f(ahead) - f(behind)) / (2 * step)
    return gradient


def complex_step(f: Callable[[np.ndarray], complex], theta: np.ndarray, step: float = 1e-30) -> np.ndarray:
    """∂f/∂θ_i = Im f(θ + iε e_i) / ε, exact to the last digits for an analytic f. Lecture 01, (1.18).

    Nothing is subtracted, so ε can be as small as one likes and nothing cancels.
    """
    theta = np.asarray(theta, dtype=complex)
    gradient = np.empty(theta.shape)
    for i in np.ndindex(theta.shape):
        sideways = theta.copy()
        sideways[i] += 1j * step
        gradient[i] = np.imag(f(sideways)) / step
    return gradient
