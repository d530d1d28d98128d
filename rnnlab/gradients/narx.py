"""How a NARX network's predictions depend on its parameters: the sensitivities, for P networks at once.

Two networks differ only in what they remember. One step ahead, the memory is measured and the sensitivity is the
explicit derivative. In a free run the memory is the network's own, so it moves too, and its sensitivities come back.

Inside, elementwise maps put the P networks last and the time loop does as little as it can: all that depends on the
inputs is computed beforehand, and all that depends on the states afterwards. `rnnlab.models.narx` is the same
mathematics a step at a time; a test holds them together.

This file is NumPy's, for a processor's cache: it writes in place, block by block. On tensors, `rnnlab.models.narx`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

CACHED = 2**16  # numbers of a block of sensitivities that stay in a processor's cache


class NarxShape(NamedTuple):
    """How many past inputs, past outputs and hidden units; and the order of the parameters in θ (p,)."""

    n_u: int
    n_y: int
    hidden: int

    @property
    def parameters(self) -> int:
        """p = (n_y + n_u + 2) H + 1: W and U by column, then b, V and c."""
        return (self.n_y + self.n_u + 2) * self.hidden + 1

    def weights(self, theta: np.ndarray) -> tuple[np.ndarray, ...]:
        """θ (P, p) → W (P, H, n_y), U (P, H, n_u), b (P, H, 1), V (P, 1, H), c (P, 1, 1), for `narx_network`."""
        columns, b, V, c = self.split(theta)
        return (
            columns[:, : self.n_y].swapaxes(1, 2),
            columns[:, self.n_y :].swapaxes(1, 2),
            b[..., None],
            V[:, None],
            c[..., None],
        )

    def split(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """θ (P, p) → the columns of W and U (P, n_y + n_u, H), b (P, H), V (P, H), c (P, 1)."""
        ends = np.cumsum([(self.n_y + self.n_u) * self.hidden, self.hidden, self.hidden])
        columns, b, V, c = np.split(theta, ends, axis=1)
        return columns.reshape(len(theta), -1, self.hidden), b, V, c


def run_free(
    shape: NarxShape, theta: np.ndarray, u_past: np.ndarray, starts: np.ndarray
) -> tuple[np.ndarray, ...]:
    """ŷ_t from its own past, for P networks. Lecture 10, (10.2).

    theta (P, p), u_past (T, n_u, P), starts (n_y, P) oldest first. Returns ys (n_y + T, P), which begins with the
    starts, and the hidden states hs (T, H, P).
    """
    columns, b, V, c = (np.ascontiguousarray(np.moveaxis(part, 0, -1)) for part in shape.split(theta))
    inputs = np.einsum("khP,tkP->thP", columns[shape.n_y :], u_past) + b
    lags = [(k, columns[k]) for k in range(shape.n_y)]
    ys = np.empty((shape.n_y + len(u_past), len(theta)), dtype=np.result_type(inputs, starts))
    hs = np.empty_like(inputs, dtype=ys.dtype)
    ys[: shape.n_y] = starts
    multiply, add, tanh, total = np.multiply, np.add, np.tanh, np.add.reduce
    scratch, now = np.empty_like(hs[0]), list(ys)  # the outputs' rows, to be written in place
    for t, (a, h) in enumerate(zip(inputs, hs, strict=True), start=shape.n_y):
        for k, column in lags:
            multiply(column, now[t - 1 - k], scratch)
            a = add(a, scratch, h)
        tanh(h, h)
        total(multiply(V, h, scratch), 0, None, now[t])
        add(now[t], c[0], now[t])
    return ys, hs


def run_one_step(shape: NarxShape, theta: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """ŷ_t from the measured past, all t at once. rows (T, n_y + n_u, P). Returns ŷ (T, P) and hs (T, H, P)."""
    columns, b, V, c = (np.ascontiguousarray(np.moveaxis(part, 0, -1)) for part in shape.split(theta))
    hs = np.tanh(np.einsum("khP,tkP->thP", columns, rows) + b)
    return (V * hs).sum(1) + c, hs


def explicit_sensitivities(
    shape: NarxShape, theta: np.ndarray, rows: np.ndarray, hs: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """∂ᵉŷ_t/∂θ, the memory held fixed: (T, P, p); and ∂ŷ_t/∂y_{t−k}, (T, P, n_y)."""
    J = np.empty((len(hs), len(theta), shape.parameters), dtype=np.result_type(theta, hs))
    slopes = np.empty((len(hs), len(theta), shape.n_y), dtype=J.dtype)
    for _ in _by_blocks(shape, theta, rows, hs, J, slopes):
        pass
    return J, slopes


def free_run_sensitivities(
    shape: NarxShape, theta: np.ndarray, u_past: np.ndarray, starts: np.ndarray, with_starts: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """s_t = ∂ᵉŷ_t/∂θ + Σ_k (∂ŷ_t/∂y_{t−k}) s_{t−k}, with s = 0 before the first step. Lecture 10, (10.5).

    Returns ŷ (T, P) and s (T, P, p). `with_starts` adds the n_y starting outputs to the parameters, (T, P, p + n_y):
    their explicit derivative is 0, and the sensitivity of a start to itself is 1.
    """
    ys, hs = run_free(shape, theta, u_past, starts)
    n, T, P, p = shape.n_y, *u_past.shape[::2], shape.parameters
    rows = np.concatenate([np.stack([ys[n - k : n - k + T] for k in range(1, n + 1)], 1), u_past], 1)
    s = np.zeros((n + T, P, p + with_starts * n), dtype=ys.dtype)
    if with_starts:  # the first n rows are theirs
        s[range(n), :, range(p, p + n)] = 1
    J, slopes = s[n:, :, :p], np.empty((T, P, n), dtype=ys.dtype)
    for now in _by_blocks(shape, theta, rows, hs, J, slopes):
        oldest_first = slopes[now, :, None, ::-1].copy()
        for t, slope in enumerate(oldest_first, start=now.start):
            s[n + t] += (slope @ s[t : t + n].swapaxes(0, 1))[:, 0]
    return ys[n:], s[n:]


def _by_blocks(
    shape: NarxShape, theta: np.ndarray, rows: np.ndarray, hs: np.ndarray, J: np.ndarray, slopes: np.ndarray
) -> Iterator[slice]:
    """Fills J and slopes of `explicit_sensitivities`, a block of steps at a time; each is still in cache when it comes.

    With g = V (1 − h²): columns of W and U get g times what they multiply, b gets g, V gets h, c gets 1; and
    ∂ŷ/∂y_{t−k} = Σ_i g_i W_ik. Networks last, then turned: long rows are fast to fill.
    """
    T, n, P = rows.shape
    H, p = shape.hidden, shape.parameters
    columns, _, V, _ = (np.ascontiguousarray(np.moveaxis(part, 0, -1)) for part in shape.split(theta))
    block = np.ones((min(max(1, CACHED // (p * P)), T), p, P), dtype=J.dtype)
    for t in range(0, T, len(block)):
        now = slice(t, min(t + len(block), T))
        h, part = hs[now], block[: now.stop - t]
        g = V * (1 - h * h)
        np.multiply(rows[now, :, None], g[:, None], out=part[:, : n * H].reshape(-1, n, H, P))
        part[:, n * H : n * H + H], part[:, n * H + H : -1] = g, h
        J[now] = part.swapaxes(1, 2)
        for k in range(shape.n_y):
            slopes[now, :, k] = np.einsum("thP,hP->tP", g, columns[k])
        yield now
