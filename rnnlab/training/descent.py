"""Gradient descent, kept as a path so that one can look at it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def gradient_descent(
    gradient: Callable[[np.ndarray], np.ndarray], theta: np.ndarray, lr: float, steps: int
) -> np.ndarray:
    """θ_n = θ_{n−1} − μ ∇V(θ_{n−1}). Returns θ_0 … θ_steps, shape (steps + 1, …). Lecture 01, section 7."""
    path = [np.asarray(theta, dtype=float)]
    for _ in range(steps):
        path.append(path[-1] - lr * gradient(path[-1]))
    return np.stack(path)
