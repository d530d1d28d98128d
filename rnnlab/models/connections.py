"""Any wiring of any layers as one connection matrix. Lecture 02, section 5.

All layers' outputs stand in one vector z (N,), layer by layer. The block W[i, j] holds the weights by which
layer i hears layer j. Layers are computed in their order, so what stands left of the diagonal arrives within
the step, and what stands on the diagonal or right of it arrives one step later.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from rnnlab.arrays import Array, namespace
from rnnlab.models.activations import LINEAR, TANH

tanh, linear = TANH.f, LINEAR.f  # the usual squashing, and none, for layers that hand out plain numbers


class Layer(NamedTuple):
    """So many units, and what they do with their net input."""

    size: int
    squash: Callable[[Array], Array] = tanh


def connection_step(z: Array, x: Array, W: Array, U: Array, b: Array, layers: Sequence[Layer]) -> Array:
    """z_i ← f_i(Σ_j W_ij z_j + U_i x + b_i) for the layers i = 1, 2, … in turn. Lecture 02, (2.12).

    z (N,) or (N, B) goes in old and comes out new; W (N, N), U (N, D), b (N,) or (N, 1). While layer i is
    computed, the layers before it are new already and the others still old: that is the whole rule.
    """
    _check_layers(z, W, U, b, layers)
    drive, start = U @ x + b, 0
    for size, squash in layers:
        own = slice(start, start + size)
        new = squash(W[own] @ z + drive[own])
        z = namespace(z, new).concatenate([z[:start], new, z[start + size :]])
        start += size
    return z


class Wiring(NamedTuple):
    """What `connection_step` takes after state and input, in its order."""

    W: Array
    U: Array
    b: Array
    layers: tuple[Layer, ...]


def stacked(weights: Sequence[tuple[Array, Array, Array]]) -> Wiring:
    """A deep network as one matrix: (W_l, U_l, b_l) for each layer, each fed by the one below it.

    W_l goes on the diagonal, U_l left of it; only the lowest layer sees the input.
    """
    sizes = [len(b) for _, _, b in weights]
    ends = np.cumsum(sizes)
    W, U = np.zeros((ends[-1], ends[-1])), np.zeros((ends[-1], weights[0][1].shape[1]))
    U[: sizes[0]] = weights[0][1]
    for l, (W_l, U_l, _) in enumerate(weights):
        own = slice(ends[l] - sizes[l], ends[l])
        W[own, own] = W_l
        if l > 0:
            W[own, ends[l - 1] - sizes[l - 1] : ends[l - 1]] = U_l
    return Wiring(W, U, np.concatenate([b for _, _, b in weights]), tuple(Layer(size) for size in sizes))


def within_step(W: Array, sizes: Sequence[int]) -> np.ndarray:
    """L: the blocks left of the diagonal, which act within the step. W − L is the memory."""
    of = np.repeat(np.arange(len(sizes)), sizes)
    return np.where(of[:, None] > of[None, :], W, 0.0)


def _check_layers(z: Array, W: Array, U: Array, b: Array, layers: Sequence[Layer]) -> None:
    N = sum(layer.size for layer in layers)
    if len(z) != N or tuple(W.shape) != (N, N) or len(U) != N or len(b) != N or z.ndim != b.ndim:
        raise ValueError(
            f"the layers have {N} units in all; got z {tuple(z.shape)}, W {tuple(W.shape)}, U"
            f" {tuple(U.shape)},"
            f" b {tuple(b.shape)}; expected z and b with {N} rows and as many axes, W ({N}, {N}), U ({N}, D)"
        )
