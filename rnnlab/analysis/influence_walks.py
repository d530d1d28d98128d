"""Influence balancing learnt online, with blocks of p steps or with random cuts. Lecture 09, sections 5 and 6."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnnlab.gradients.truncated import artbp_factors, cut_probability
from rnnlab.systems.influence_balancing import UNITS, Lagged, carried, lagged, whole_influence

HORIZON = 10_000  # time steps
EDGE = 3.0  # |θ| at which a path leaves the picture
CUTS = ("every p steps", "at random, compensated", "at random, compensation forgotten")


class InfluenceWalk(NamedTuple):
    """One run: θ after some of its updates, and what unit 1 feels of θ by its age."""

    p: int
    positive: int
    lr: float
    cuts: str
    steps: np.ndarray  # (K,) time steps
    theta: np.ndarray  # (K,)
    left: int  # the time step at which θ left the picture, or 0
    best: float  # θ*
    reach: np.ndarray  # (121,): q_j, the influence that j uses have
    seen: float  # the mean influence that a loss sees, over a block of p


def influence_walk(
    p: int, positive: int = 10, lr: float = 3e-5, cuts: str = CUTS[0], seed: int = 0
) -> InfluenceWalk:
    """From h_0 = (1, …, 1) and θ = 0.5. With random cuts p is the mean length of a block, and α = 6."""
    if cuts == CUTS[0] or p == 1:  # blocks of one step on average are blocks of one step
        steps, theta = _in_blocks(p, positive, lr)
    else:
        steps, theta = _at_random(p, positive, lr, cuts == CUTS[1], np.random.default_rng(seed))
    outside = np.flatnonzero(~(np.abs(theta) <= EDGE))
    end = outside[0] if len(outside) else len(theta)
    q = lagged(positive, HORIZON).reach
    return InfluenceWalk(
        p,
        positive,
        lr,
        cuts,
        steps[:end],
        theta[:end],
        int(steps[end]) if end < len(steps) else 0,
        1 / whole_influence(positive),
        q[:121],
        float(q[1 : p + 1].mean()),
    )


def block_map(p: int, positive: int, lr: float) -> np.ndarray:
    """(h, θ, 1) → itself after a block of p steps and the update at its end, as one matrix, (N + 2, N + 2). (9.20)."""
    few = lagged(positive, HORIZON)
    q, rows = few.reach[1 : p + 1], few.rows[1 : p + 1]
    M = np.zeros((UNITS + 2, UNITS + 2))
    M[:UNITS, :UNITS] = np.array([carried(few.rows[p], e) for e in np.eye(UNITS)]).T
    M[:UNITS, UNITS] = few.pushed[p]
    M[UNITS, :UNITS] = -lr * (q @ rows)
    M[UNITS, UNITS] = 1 - lr * (q @ q)
    M[UNITS, UNITS + 1] = lr * q.sum()
    M[UNITS + 1, UNITS + 1] = 1
    return M


def growth(p: int, positive: int, lr: float) -> float:
    """The largest eigenvalue's size of `block_map` without its constant: below 1, θ settles."""
    return float(np.abs(np.linalg.eigvals(block_map(p, positive, lr)[:-1, :-1])).max())


def leading(p: int, positive: int, lr: float) -> float:
    """The eigenvalue of the same that is 1 when nothing is learnt, lr = 0."""
    eigenvalues = np.linalg.eigvals(block_map(p, positive, lr)[:-1, :-1])
    return float(eigenvalues[np.abs(eigenvalues - 1).argmin()].real)


def draw_gradients(
    theta: float, T: int, draws: int, rng: np.random.Generator, compensated: bool = True
) -> np.ndarray:
    """`draws` estimates of dL/dθ over T steps at fixed θ, each with its own cuts; (draws,). Lecture 09, (9.21).

    The states are the same for all, so only the walk back is done many times, 2000 at once.
    """
    few = lagged(10, HORIZON)
    errors = state_errors(theta, T)
    pieces = []
    for begin in range(0, draws, 2000):
        factors = artbp_factors(T, min(2000, draws - begin), rng)
        pieces.append(walk_back(few, errors, factors if compensated else (factors > 0) * 1.0))
    return np.concatenate(pieces)


def exact_gradient(theta: float, T: int) -> float:
    """dL/dθ of the same by the whole walk back: no cuts, all factors 1."""
    few = lagged(10, HORIZON)
    return float(walk_back(few, state_errors(theta, T), np.ones((T - 1, 1)))[0])


def walk_back(few: Lagged, errors: np.ndarray, factors: np.ndarray) -> np.ndarray:
    """dh_t = e₁ error_t + factor_t Aᵀ dh_{t+1}, and Σ_t vᵀ dh_t, for each column of factors (T − 1, B). (9.21)."""
    dh = np.zeros((UNITS, factors.shape[1]))
    total = np.zeros(factors.shape[1])
    for t in range(len(errors) - 1, -1, -1):
        if t < len(errors) - 1:
            dh[1:] = 0.5 * (dh[1:] + dh[:-1])  # Aᵀ dh
            dh[0] *= 0.5
            dh *= factors[t]
        dh[0] += errors[t]
        total += few.v @ dh
    return total


def state_errors(theta: float, T: int) -> np.ndarray:
    """h_{t,1} − 1 for t = 1 … T, from h_0 = (1, …, 1), with 10 signs +1."""
    few = lagged(10, HORIZON)
    return few.rows[1 : T + 1].sum(1) + theta * few.reach[1 : T + 1] - 1


def _in_blocks(p: int, positive: int, lr: float) -> tuple[np.ndarray, np.ndarray]:
    """θ after every so many updates: the map of one block to a power."""
    stride = max(1, HORIZON // p // 200)
    M = np.linalg.matrix_power(block_map(p, positive, lr), stride)
    z = np.concatenate([np.ones(UNITS), [0.5, 1.0]])
    thetas = [0.5]
    for _ in range(HORIZON // (p * stride)):
        z = M @ z
        thetas.append(z[UNITS])
        if not abs(z[UNITS]) <= EDGE:
            break
    return p * stride * np.arange(len(thetas)), np.array(thetas)


def _at_random(
    mean: int, positive: int, lr: float, compensated: bool, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    few = lagged(positive, HORIZON)
    lengths = draw_lengths(mean, rng)
    reach = few.reach if not compensated else compensated_reach(few, mean, max(lengths))
    h, theta, steps, thetas = np.ones(UNITS), 0.5, [0], [0.5]
    for length in lengths:
        errors = few.rows[1 : length + 1] @ h + theta * few.reach[1 : length + 1] - 1
        h = carried(few.rows[length], h) + theta * few.pushed[length]
        theta -= lr * float(errors @ reach[1 : length + 1])
        steps.append(steps[-1] + length)
        thetas.append(theta)
        if not abs(theta) <= EDGE:
            break
    return np.array(steps), np.array(thetas)


def draw_lengths(mean: int, rng: np.random.Generator) -> list[int]:
    """Lengths of blocks that add up to about the horizon: P(longer than l) is a product of 1 − c."""
    survives = np.concatenate([[1.0], np.cumprod(1 - cut_probability(np.arange(1.0, HORIZON + 1), mean))])
    lengths: list[int] = []
    while sum(lengths) < HORIZON:
        many = np.searchsorted(-survives, -rng.random(1 + HORIZON // mean), side="left")
        lengths += [int(n) for n in np.clip(many, 1, HORIZON)]
    total = np.cumsum(lengths)
    return lengths[: int(np.searchsorted(total, HORIZON)) + 1]


def compensated_reach(few: Lagged, mean: int, longest: int) -> np.ndarray:
    """What the j-th loss of a block sees of θ when each crossing counts 1/(1 − c): Σ_k (S_k/S_j) e₁ᵀ A^{j−k} v.

    S_j = (1 − c_1) … (1 − c_{j−1}) is the probability that a block has a j-th step; (longest + 1,), from j = 0.
    """
    reached = np.cumprod(np.concatenate([[1.0], 1 - cut_probability(np.arange(1.0, longest), mean)]))
    return np.concatenate([[0.0], np.convolve(reached, few.uses[:longest])[:longest] / reached])
