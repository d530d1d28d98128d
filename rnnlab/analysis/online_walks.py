"""The Gaussian toy learnt online: the path of θ, and of (m, θ), for any truncation, rate and reset. Lecture 09."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

import numpy as np

from rnnlab.systems.gaussian_toy import stationary_variance, sum_of_squares

T = 10  # steps of one pass
STEPS = 400
EDGE = 3.0  # where a path leaves the picture, which shows θ and √(2η) m

MISTAKES = ("none", "detach before the loss", "state not carried", "old gradient added again")


class Walk(NamedTuple):
    """One run: the state's mean error m = E h̃ − μ and θ after each time step, until they leave the picture."""

    p: int
    lr: float
    reset: bool
    frozen: bool
    mistake: str
    m: np.ndarray  # (K + 1,); √(2η) m has the size of θ
    theta: np.ndarray  # (K + 1,)
    left: int  # the time step at which the path left the picture, or 0
    growth: float  # the largest eigenvalue's size, a time step; 0 where it tells nothing


def toy_walk(p: int, lr: float, reset: bool = False, frozen: bool = False, mistake: str = "none") -> Walk:
    """STEPS time steps from m = 0, θ = 1, with gradients cut after p steps.

    reset: the state goes back to x_0 every T steps. frozen: θ is updated every T steps only, with the sum.
    """
    m, theta, left, scale = [0.0], [1.0], 0, (2 * lr) ** 0.5
    walk = _steps((0.0, 1.0), p, lr, reset, frozen, mistake)
    for step, (m_now, theta_now) in enumerate(islice(walk, STEPS), start=1):
        if scale * abs(m_now) > EDGE or abs(theta_now) > EDGE:
            left = step
            break
        m.append(m_now)
        theta.append(theta_now)
    growth = _growth(p, lr, reset, frozen, mistake)
    return Walk(p, lr, reset, frozen, mistake, np.array(m), np.array(theta), left, growth)


def _steps(
    start: tuple[float, float], p: int, lr: float, reset: bool, frozen: bool, mistake: str
) -> Iterator[tuple[float, float]]:
    """(m, θ) after each time step, for ever. The gradient of a block is Σ_j 2 m_j j: its j-th loss sees j uses."""
    m, theta = start
    gradient, age, t = 0.0, 0, 0
    while True:
        m, age, t = m + theta, age + 1, t + 1
        if mistake != "detach before the loss":
            gradient += 2 * m * age
        ends = t % T == 0
        block_ends = age == p or (ends and (reset or frozen))
        if block_ends:
            age = 0
            if mistake == "state not carried":
                m = 0.0
        if ends if frozen else block_ends:
            theta -= lr * gradient
            if mistake != "old gradient added again":
                gradient = 0.0
        if ends and reset:
            m = 0.0
        yield m, theta


def _growth(p: int, lr: float, reset: bool, frozen: bool, mistake: str) -> float:
    """The spectral radius of the linear map of one period, as a factor a time step."""
    if mistake in ("detach before the loss", "old gradient added again"):
        return 0.0  # θ stays; or the gradient is a third state
    period = T if reset or frozen else p
    columns = []
    for start in ((1.0, 0.0), (0.0, 1.0)):
        walk = _steps(start, p, lr, reset, frozen, mistake)
        columns.append([next(walk) for _ in range(period)][-1])
    return float(np.abs(np.linalg.eigvals(np.array(columns).T)).max() ** (1 / period))


def online_pass(rate: np.ndarray | float, steps: int) -> np.ndarray | float:
    """θ after `steps` online updates from a fresh state and θ = 1: (9.10), a step at a time."""
    m, theta = 0.0 * rate, 1.0 + 0.0 * rate
    for _ in range(steps):
        m = m + theta
        theta = theta - 2 * rate * m
    return theta


class Noise(NamedTuple):
    """Many learners with sampled x_0, a pass for each update."""

    fraction: float  # η S₂
    sigma: float
    decay: bool
    paths: np.ndarray  # (K + 1, 12): θ of the first learners
    spread: np.ndarray  # (K + 1,): variance over all learners, about θ* = 0
    fractions: np.ndarray  # (F,)
    predicted: np.ndarray  # (F,): the stationary variance at each of them
    measured: float  # over learners and the second half of the passes


LEARNERS, PASSES, SLOWING = 400, 300, 20


def noisy_descent(fraction: float, sigma: float = 2.0, decay: bool = False) -> Noise:
    """θ ← θ − η_k (2 θ S₂ + T (T + 1) (x_0 − μ)) with η_k = fraction/S₂, or 20/(20 + k) of it. Lecture 09, (9.16)."""
    S2 = sum_of_squares(T)
    noise = np.random.default_rng(9).normal(size=(PASSES, LEARNERS))
    theta, thetas = np.full(LEARNERS, 1.0), np.empty((PASSES + 1, LEARNERS))
    thetas[0] = theta
    for k in range(PASSES):
        rate = fraction / S2 * (SLOWING / (SLOWING + k) if decay else 1.0)
        theta = (1 - 2 * rate * S2) * theta - rate * T * (T + 1) * sigma * noise[k]
        thetas[k + 1] = theta
    fractions = np.linspace(0.02, 0.98, 97)
    predicted = np.array([stationary_variance(f / S2, T, sigma) for f in fractions])
    spread = (thetas**2).mean(1)
    return Noise(
        fraction,
        sigma,
        decay,
        thetas[:, :12],
        spread,
        fractions,
        predicted,
        float(spread[PASSES // 2 :].mean()),
    )
