"""Wirings: who hears whom. Elman's hidden units hear themselves, Jordan's hear the network's answer.

A step is one time step, as in `cells`. A network, below, is a step unrolled over a whole sequence and read
out. Its xs are (T, D) or, as a batch, (T, D, B) with biases (N, 1); its outputs o_t (T, K) or (T, K, B).
"""

from __future__ import annotations

from rnnlab.arrays import Array, namespace
from rnnlab.models.cells import tanh_step
from rnnlab.models.unroll import unroll


def readout(hs: Array, V: Array, c: Array) -> Array:
    """o_t = V h_t + c for every step of hs (T, N) or (T, N, B). Lecture 02, section 1."""
    return hs @ V.T + c if hs.ndim == 2 else V @ hs + c


def softmax(os: Array) -> Array:
    """ŷ_k = exp(o_k) / Σ_j exp(o_j) along the last axis: numbers become probabilities. Lecture 02, (2.2).

    The largest o is subtracted first, which changes nothing and keeps exp from overflowing.
    """
    xp = namespace(os)
    e = xp.exp(os - xp.amax(os, -1)[..., None])
    return e / e.sum(-1)[..., None]


def elman(xs: Array, W: Array, U: Array, b: Array, V: Array, c: Array) -> Array:
    """h_t = tanh(W h_{t−1} + U x_t + b), o_t = V h_t + c, from h_0 = 0. Lecture 02, section 1."""
    return readout(unroll(tanh_step, 0 * b, xs, W, U, b), V, c)


def jordan_step(o: Array, x: Array, W: Array, U: Array, b: Array, V: Array, c: Array) -> Array:
    """V tanh(W o + U x + b) + c: the state is the last answer o (K,), and W (N, K). Lecture 02, (2.10)."""
    return V @ tanh_step(o, x, W, U, b) + c


def jordan(xs: Array, W: Array, U: Array, b: Array, V: Array, c: Array) -> Array:
    """o_t = V tanh(W o_{t−1} + U x_t + b) + c, from o_0 = c, the answer of a silent network."""
    return unroll(jordan_step, c, xs, W, U, b, V, c)


def feed_forward(xs: Array, U: Array, b: Array, V: Array, c: Array) -> Array:
    """o_t = V tanh(U x_t + b) + c: each time step alone, no memory. Lecture 02, section 6."""
    if xs.ndim == 2:
        return readout(namespace(xs).tanh(xs @ U.T + b), V, c)
    return readout(namespace(xs).tanh(U @ xs + b), V, c)


def rate_step(r: Array, x: Array, W: Array, U: Array) -> Array:
    """W tanh(r) + U x: squashed before the weights, not after. Lecture 02, (2.18)."""
    return W @ namespace(r).tanh(r) + U @ x
