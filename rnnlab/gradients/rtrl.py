"""Real-time recurrent learning: the gradient carried forward with the state, in three forms that agree.

All weights stand in one matrix, Θ = [W U b], and all that they multiply in one column, z_t = [h_{t−1}; x_t; 1],
so that a_t = Θ z_t. What is carried is the influence matrix S_t = ∂h_t/∂Θ, (N, N, P) with P = N + D + 1.
Its entry [k, i, j] says how h_k would move if Θ_ij did.

Each form reads `samples`, any iterable of pairs (x, y), once, and keeps nothing of what it has read.
`error(h, y)` is ∂ᵉL/∂h_t, what the loss feels of h_t at once: h − y for the loss ½ |h − y|².
What is carried has the library, type and device of the weights. Tensors come without a graph, `torch.no_grad()`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import NamedTuple

import numpy as np

from rnnlab.arrays import Array, namespace
from rnnlab.models.activations import TANH, Activation
from rnnlab.models.unroll import unroll

Samples = Iterable[tuple[Array, Array]]
Error = Callable[[Array, Array], Array]


class Online(NamedTuple):
    """The gradient of all that was read, and what is carried: the last state and its influence matrix."""

    dW: Array  # (N, N)
    dU: Array  # (N, D)
    db: Array  # (N,)
    h: Array  # (N,)
    S: Array  # (N, N, P)


def rtrl_one_by_one(
    h0: Array, samples: Samples, W: Array, U: Array, b: Array, error: Error, activation: Activation = TANH
) -> Online:
    """∂h_t/∂Θ_ij = f'(a_t) ⊙ (W ∂h_{t−1}/∂Θ_ij + e_i z_j), one weight after the other. Lecture 04, (4.13)."""
    h, S, dTheta = _start(h0, W, U, b)
    N, P = dTheta.shape
    for x, y in _at_least_one(samples):
        z = _heard(h, x)
        h = activation.f(W @ h + U @ x + b)
        slope, dh = activation.slope(h), error(h, y)
        for i in range(N):
            for j in range(P):
                s = W @ S[:, i, j]
                s[i] += z[j]
                S[:, i, j] = slope * s
                dTheta[i, j] += dh @ S[:, i, j]
    return _online(dTheta, h, S)


def rtrl(
    h0: Array, samples: Samples, W: Array, U: Array, b: Array, error: Error, activation: Activation = TANH
) -> Online:
    """S_t = diag(f'(a_t)) (W S_{t−1} + I ⊗ z_t): one matrix product a step. Lecture 04, (4.15)."""
    xp = namespace(W)
    h, S, dTheta = _start(h0, W, U, b)
    for x, y in _at_least_one(samples):
        z = _heard(h, x)
        h = activation.f(W @ h + U @ x + b)
        S = influence_step(S, z, activation.slope(h), W)
        dTheta += xp.tensordot(error(h, y), S, 1)
    return _online(dTheta, h, S)


def influence_step(S: Array, z: Array, slope: Array, W: Array) -> Array:
    """diag(slope) (W S + I ⊗ z): the influence matrix (N, N, P), one step on. Lecture 04, (4.15)."""
    N, _, P = S.shape
    S = W @ S.reshape(N, N * P)
    S.reshape(N * N, P)[:: N + 1] += z  # the rows [i, i], each N + 1 below the last
    return slope[:, None, None] * S.reshape(N, N, P)


def rtrl_in_blocks(
    h0: Array,
    samples: Samples,
    W: Array,
    U: Array,
    b: Array,
    error: Error,
    block: int,
    activation: Activation = TANH,
) -> Online:
    """S_e = ∂h_e/∂h_s S_s + Σ_t ∂h_e/∂a_t ⊗ z_t, once for each block from s to e. Lecture 04, (4.23).

    Inside a block one back-propagates: the identity, which gives ∂h_e/∂a_t, and the loss as one more row.
    Exact at the end of each block (Schmidhuber 1992). The last block may be shorter.
    """
    if block < 1:
        raise ValueError(
            f"block is {block}; a block has at least one step, and about N = {len(W)} of them cost least"
        )
    xp = namespace(W)
    h, S, dTheta = _start(h0, W, U, b)
    N, P = dTheta.shape
    dA = xp.empty((block, N + 1, N), dtype=S.dtype, device=S.device)  # rows h_e and L, differentiated by a_t
    samples, first = _at_least_one(samples), True
    while piece := list(islice(samples, block)):
        xs = xp.stack([x for x, _ in piece])
        hs = unroll(lambda h, drive: activation.f(W @ h + drive), h, xs @ U.T + b)
        zs = xp.hstack([xp.vstack([h, hs[:-1]]), xs, xp.ones_like(hs[:, :1])])
        slopes = activation.slope(hs)

        A = xp.eye(N + 1, N, dtype=S.dtype, device=S.device)  # the same rows, differentiated by h_t
        for t in range(len(xs) - 1, -1, -1):
            A[N] += error(hs[t], piece[t][1])
            xp.multiply(A, slopes[t], out=dA[t])
            xp.matmul(dA[t], W, out=A)
        both = (dA[: len(xs)].reshape(len(xs), -1).T @ zs).reshape(N + 1, N * P)
        if not first:  # S_0 = 0 has nothing to hand on
            both += A @ S.reshape(N, N * P)
        h, S, first = hs[-1], both[:N].reshape(N, N, P), False
        dTheta += both[N].reshape(N, P)
    return _online(dTheta, h, S)


def _start(h0: Array, W: Array, U: Array, b: Array) -> tuple[Array, Array, Array]:
    """The state, the influence matrix S_0 = 0 and a gradient of zero, once the sizes fit."""
    N, D = U.shape
    shapes = [tuple(np.shape(array)) for array in (h0, W, U, b)]
    if shapes != [(N,), (N, N), (N, D), (N,)]:
        raise ValueError(
            f"h0, W, U, b have shapes {', '.join(map(str, shapes))}; expected (N,), (N, N),"
            f" (N, D), (N,). RTRL takes one sequence: a batch would need an influence matrix for each"
        )
    xp = namespace(W)
    dTheta = 0.0 * xp.hstack([W, U, b[:, None]])
    S = xp.zeros((N, *dTheta.shape), dtype=dTheta.dtype, device=dTheta.device)
    return h0, S, dTheta


def _heard(h: Array, x: Array) -> Array:
    """z_t = [h_{t−1}; x_t; 1]: all that the weights multiply."""
    xp = namespace(h)
    return xp.concatenate([h, x, xp.ones_like(h[:1])])


def _at_least_one(samples: Samples) -> Iterator[tuple[Array, Array]]:
    samples = iter(samples)
    first = next(samples, None)
    if first is None:
        raise ValueError(
            "samples gave no pair (x, y); a zip can be read only once, so make a new one for each call"
        )
    return chain([first], samples)


def _online(dTheta: Array, h: Array, S: Array) -> Online:
    isfinite = namespace(h).isfinite
    if not bool(isfinite(h).all() & isfinite(dTheta).all()):
        raise ValueError(
            "the gradient is not finite: look for a sample or a weight that is not, or for an overflow"
        )
    N = len(h)
    return Online(dTheta[:, :N], dTheta[:, N:-1], dTheta[:, -1], h, S)
