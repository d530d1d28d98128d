"""What a reservoir holds of its past: echoes, merging states, Jacobians and memory capacity. Lecture 08."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnnlab.analysis.forecast import Knobs, reservoir
from rnnlab.arrays import Array, namespace
from rnnlab.models.reservoir import Reservoir, run
from rnnlab.training.readout import ridge_svd


def echoes(net: Reservoir, knobs: Knobs, T: int = 60) -> np.ndarray:
    """What an impulse of one leaves in each unit: states with it minus states without it, (T, N)."""
    xs = np.zeros((T, net.U.shape[1], 2))
    xs[0, :, 1] = 1.0
    hs = run(net, xs, *knobs)
    return hs[:, :, 1] - hs[:, :, 0]


def jacobian(h_prev: Array, h: Array, W: Array, alpha: float) -> Array:
    """∂h_t/∂h_{t−1} = (1 − α) I + α diag(1 − h̃_t²) W, with h̃_t read off the two states. Lecture 08, (8.9)."""
    squashed = (h - (1 - alpha) * h_prev) / alpha
    eye = namespace(h).eye(len(h), dtype=h.dtype, device=h.device)
    return (1 - alpha) * eye + alpha * (1 - squashed**2)[:, None] * W


class Merging(NamedTuple):
    """Two runs of one reservoir under one input, from two starts."""

    knobs: Knobs
    size: float  # standard deviation of the input
    units: np.ndarray  # (T, 2) one unit in both runs
    distance: np.ndarray  # (T,) Euclidean distance of the two states
    eigenvalues: np.ndarray  # (N,) of (1 − α) I + α ρ W


@np.errstate(divide="ignore")
def merging(
    rho: float, size: float, alpha: float = 1.0, N: int = 100, T: int = 300, seed: int = 3
) -> Merging:
    """Two random starts of a bias-free reservoir of N units, driven by the same noise."""
    net, rng = reservoir(N, seed, bias=0.0), np.random.default_rng(seed)
    xs, h0 = size * rng.normal(size=(T, 1)), rng.uniform(-1, 1, (N, 2))
    hs = np.concatenate([h0[None], run(net, xs, rho, alpha, h0=h0)])
    distance = np.linalg.norm(hs[..., 0] - hs[..., 1], axis=1)
    return Merging(Knobs(rho, alpha), size, hs[:, 0], distance, leaky_eigenvalues(net, rho, alpha))


def leaky_eigenvalues(net: Reservoir, rho: float, alpha: float) -> np.ndarray:
    """Eigenvalues of (1 − α) I + α ρ W, from those of W: each is moved and none computed again. Lecture 08, (8.8)."""
    return (1 - alpha) + alpha * rho * eigenvalues(net)


def eigenvalues(net: Reservoir) -> np.ndarray:
    """The eigenvalues of W, computed once for each reservoir."""
    if id(net) not in _known:
        _known[id(net)] = (net, np.linalg.eigvals(net.W.dense()))
    return _known[id(net)][1]


_known: dict[
    int, tuple[Reservoir, np.ndarray]
] = {}  # holding the reservoir keeps its id from being given again


def capacity(hs: Array, us: Array, delays: int) -> Array:
    """r²_k of the best linear read-out of u_{t−k} from h_t, for k = 1 … `delays`; their sum is the memory capacity.

    hs (T, N) and us (T,). The first half trains, the second is scored, so that chance is not counted as memory.
    """
    T = len(hs)
    if 4 * delays > T:
        raise ValueError(f"{T} steps are too few for {delays} delays; expected at least {4 * delays}")
    if us.max() == us.min():
        raise ValueError(
            "the input is constant, so there is nothing to remember; drive the reservoir with noise"
        )
    Y = namespace(us).stack([us[delays - k : T - k] for k in range(1, delays + 1)], 1)
    Z, half = hs[delays:], (T - delays) // 2
    answers = ridge_svd(Z[:half], Y[:half], 1e-9)(Z[half:])
    return squared_correlation(answers, Y[half:])


def squared_correlation(answers: Array, truth: Array) -> Array:
    """r² of each column."""
    a, y = answers - answers.mean(0), truth - truth.mean(0)
    power = (a**2).sum(0) * (y**2).sum(0)
    return (a * y).sum(0) ** 2 / namespace(a).where(power > 0, power, 1.0)


class Edge(NamedTuple):
    """Memory over the spectral radius."""

    rhos: np.ndarray  # (P,)
    capacities: np.ndarray  # (P,) Σ_k r²_k
    radii: np.ndarray  # (P,) mean spectral radius of the Jacobian along the driven states
    profiles: np.ndarray  # (P, K) r²_k


def edge(
    rhos: np.ndarray, N: int = 100, size: float = 0.1, T: int = 3000, delays: int = 100, seed: int = 0
) -> Edge:
    """Memory capacity of N tanh units for uniform noise on [−size, size], and their Jacobian, at each ρ."""
    net, rng = reservoir(N, seed, bias=0.0), np.random.default_rng(seed)
    us = rng.uniform(-size, size, T)
    hs = run(net, us[:, None], rho=rhos, washout=200)
    profiles = np.array([capacity(hs[:, :, p], us[200:], delays) for p in range(len(rhos))])
    W, times = net.W.dense(), np.linspace(100, len(hs) - 1, 6).astype(int)
    radii = [
        np.mean(
            [
                np.abs(np.linalg.eigvals(jacobian(hs[t - 1, :, p], hs[t, :, p], rho * W, 1.0))).max()
                for t in times
            ]
        )
        for p, rho in enumerate(rhos)
    ]
    return Edge(rhos, profiles.sum(1), np.array(radii), profiles)
