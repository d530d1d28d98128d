"""A recurrent network that imitates a flow, fitted one step ahead by Levenberg and Marquardt's method."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnnlab.arrays import Array, namespace
from rnnlab.models.unroll import unroll
from rnnlab.training.levenberg_marquardt import levenberg_marquardt


class FlowNetwork(NamedTuple):
    """Weights of y_t = y_{t−1} + V tanh(W y_{t−1} + b) + c: W (H, n), b (H, 1), V (n, H), c (n, 1)."""

    W: Array
    b: Array
    V: Array
    c: Array


def flow_step(y: Array, _: Array, W: Array, b: Array, V: Array, c: Array) -> Array:
    """y + V tanh(W y + b) + c: where the flow is one sample later; y (n, B). Lecture 10, section 6."""
    return y + V @ namespace(y).tanh(W @ y + b) + c


def hidden_step(s: Array, _: Array, W: Array, b: Array, V: Array, c: Array) -> Array:
    """s + W V tanh(s) + W c: the same network in its hidden state s = W y + b, with recurrent weights W V."""
    return s + (W @ V) @ namespace(s).tanh(s) + W @ c


def fit_flow(ys: np.ndarray, hidden: int, rng: np.random.Generator, iterations: int = 100) -> FlowNetwork:
    """The network that best takes each sample of the trajectories ys (T, n, B) to the next one."""
    n = ys.shape[1]
    before, after = (np.moveaxis(part, 1, 0).reshape(n, -1) for part in (ys[:-1], ys[1:]))
    ends = np.cumsum([hidden * n, hidden, n * hidden])

    def network(theta: np.ndarray) -> FlowNetwork:
        W, b, V, c = np.split(theta, ends)
        return FlowNetwork(W.reshape(hidden, n), b[:, None], V.reshape(n, hidden), c[:, None])

    def errors(theta: np.ndarray, _: np.ndarray) -> np.ndarray:
        return (after - flow_step(before, before, *network(theta[0]))).reshape(-1, 1)

    def linearise(theta: np.ndarray, which: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        W, b, V, _ = network(theta[0])
        h = np.tanh(W @ before + b)
        J = np.zeros((n, before.shape[1], theta.shape[1]))
        for i in range(n):
            g = V[i][:, None] * (1 - h**2)
            J[i, :, : ends[0]] = (g[:, None] * before).reshape(ends[0], -1).T
            J[i, :, ends[0] : ends[1]] = g.T
            J[i, :, ends[1] + i * hidden : ends[1] + (i + 1) * hidden] = h.T
            J[i, :, ends[2] + i] = 1
        return errors(theta, which), J.reshape(-1, 1, theta.shape[1])

    start = np.zeros((1, ends[-1] + n))
    start[0, : ends[1]] = rng.normal(size=ends[1]) / np.sqrt(n)
    start[0, ends[1] : ends[2]] = 0.1 * rng.normal(size=n * hidden) / np.sqrt(hidden)
    return network(levenberg_marquardt(errors, linearise, start, iterations).theta[0])


def follow(network: FlowNetwork, starts: Array, T: int) -> Array:
    """The network's own trajectories from `starts` (n, B), shape (T, n, B), the starts included."""
    later = unroll(flow_step, starts, np.zeros(T - 1), *network)
    return namespace(later).concatenate([starts[None], later])
