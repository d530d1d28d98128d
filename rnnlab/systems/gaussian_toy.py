"""The Gaussian toy of Zhang's course: a number that starts at random and is pushed by θ at each of T steps.

    h_0 = x_0 ~ N(μ, σ²),   h_t = h_{t−1} + θ,   L_t = E (h_t − μ)²

Everything about it can be worked out on paper, so every way of learning θ can be compared with the truth.
The best push is none, θ* = 0. Lecture 09, sections 1 to 4.
"""

from __future__ import annotations

import numpy as np

from rnnlab.arrays import Array


def push_step(h: Array, x: Array, theta: Array) -> Array:
    """h + θ: one step of the toy. The input x is there because every cell has one, and is not used."""
    return h + theta


def sum_of_squares(T: int) -> int:
    """S₂ = 1² + 2² + … + T² = T (T + 1) (2T + 1) / 6. Lecture 09, (9.3)."""
    return T * (T + 1) * (2 * T + 1) // 6


def expected(mu: float, sigma: float, nodes: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Points x and weights q with Σ q f(x) = E f(x_0) for x_0 ~ N(μ, σ²), exactly for polynomials up to the fifth
    degree (Gauss and Hermite's points): an expectation that can be differentiated."""
    x, q = np.polynomial.hermite_e.hermegauss(nodes)
    return mu + sigma * x, q / q.sum()


def largest_full_rate(T: int) -> float:
    """1 / S₂: below it a pass with the full gradient comes nearer to θ*. Lecture 09, (9.4)."""
    return 1 / sum_of_squares(T)


def largest_frozen_rate(T: int) -> float:
    """2 / (T (T + 1)): the same for a pass that adds up truncated gradients and updates at its end. (9.9)."""
    return 2 / (T * (T + 1))


def largest_online_rate(T: int) -> float:
    """1 − cos(π / (T + 1)): the same for an update at every step and a state reset every T steps. (9.14)."""
    return float(1 - np.cos(np.pi / (T + 1)))


def online_map(rate: float) -> np.ndarray:
    """(m, θ) → (m + θ, θ − 2η (m + θ)) as a matrix of determinant 1; m is E h̃ − μ. Lecture 09, (9.10)."""
    return np.array([[1.0, 1.0], [-2 * rate, 1 - 2 * rate]])


def stationary_variance(rate: float, T: int, sigma: float) -> float:
    """η σ² T² (T + 1)² / (4 S₂ (1 − η S₂)): where the noise of sampled x_0 leaves θ. Lecture 09, (9.17)."""
    S2 = sum_of_squares(T)
    if not 0 < rate * S2 < 1:
        raise ValueError(
            f"the rate {rate:g} is not between 0 and 1/S₂ = {1 / S2:g}, so θ has no stationary variance;"
            f" choose a smaller one"
        )
    return rate * (sigma * T * (T + 1)) ** 2 / (4 * S2 * (1 - rate * S2))
