"""How many steps plain descent and momentum take on a quadratic of condition number κ. Lecture 05, section 6."""

from __future__ import annotations

import numpy as np

from rnnlab.training.clipping import heavy_ball

MOST = 50_000


def best_plain(kappa: float) -> float:
    """μ = 2/(λ_max + λ_min) with λ = 1 … κ."""
    return 2 / (1 + kappa)


def best_heavy(kappa: float) -> tuple[float, float]:
    """Polyak's μ = (2/(1 + √κ))² and β = ((√κ − 1)/(√κ + 1))²; β is near 1 when κ is large."""
    root = kappa**0.5
    return (2 / (1 + root)) ** 2, ((root - 1) / (root + 1)) ** 2


def iterations(kappa: float, lr: float, beta: float, small: float = 1e-6) -> int:
    """Steps until ‖θ‖ has fallen to 10⁻⁶ of its start, on V = ½ Σ λ_i θ_i² with λ from 1 to κ; MOST if it has not."""
    if lr * kappa >= 2 * (1 + beta):
        return MOST  # it diverges
    eigenvalues = np.geomspace(1, kappa, 5)
    start, steps = np.ones(5), 200
    while steps <= MOST:
        lengths = np.linalg.norm(
            heavy_ball(lambda theta: eigenvalues * theta, start, lr, beta, steps), axis=1
        )
        within = lengths <= small * lengths[0]
        if within[-20:].all():
            return int(np.flatnonzero(~within)[-1]) + 1
        steps *= 2
    return MOST


def slowest_factor(kappa: float, lr: float, beta: float) -> float:
    """What the slowest direction keeps of itself at each step: the spectral radius of (θ_n, θ_{n−1}) → next."""
    factors = []
    for eigenvalue in (1.0, kappa):
        step = np.array([[1 + beta - lr * eigenvalue, -beta], [1.0, 0.0]])
        factors.append(np.abs(np.linalg.eigvals(step)).max())
    return float(max(factors))


def steps_needed(kappa: float, beta: float, small: float = 1e-6) -> float:
    """ln 10⁻⁶ over ln of the slowest factor, with the learning rate that makes that factor smallest."""
    rates = np.geomspace(0.01, 1, 200) * 2 * (1 + beta) / kappa
    return float(np.log(small) / np.log(min(slowest_factor(kappa, lr, beta) for lr in rates[:-1])))
