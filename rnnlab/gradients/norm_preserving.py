"""The regulariser Ω that keeps a gradient's length on its way back through time, and its own gradient. Lecture 05.

From t to t − 1 the column δ_t = ∂L/∂h_t becomes Wᵀ D_t δ_t. Ω punishes every step on which its length changes.
S1's slide has norms and a sum over time; the code of Pascanu, Mikolov and Bengio (2013) has squared norms and a
mean. Both are zero at the same places. Both are differentiated as their paper says: explicitly, with δ_t and h_t fixed.
"""

from __future__ import annotations

from typing import NamedTuple

from rnnlab.arrays import Array, namespace
from rnnlab.gradients.bptt import columns

NO_LENGTH = 1e-20  # a squared length below this has no direction, and does not count


class NormPreserving(NamedTuple):
    """Ω, its explicit gradient by W, and the ratios ‖Wᵀ D_t δ_t‖/‖δ_t‖ it is made of; 1 where δ_t is zero."""

    value: Array
    dW: Array  # (N, N)
    ratios: Array  # (T,) or (T, B)


def norm_preserving(W: Array, slopes: Array, dhs: Array) -> NormPreserving:
    """Ω = Σ_t (‖Wᵀ D_t δ_t‖/‖δ_t‖ − 1)², a sum over time and, if there is one, over the batch. Lecture 05, (5.20).

    W (N, N); slopes (T, N) holds f'(a_t), dhs (T, N) holds δ_t; or (T, N, B) with a batch.
    """
    u, v, squares, ratios, counts = _one_step_back(W, slopes, dhs)
    xp = namespace(W)
    value = ((ratios - 1) ** 2 * counts).sum()
    pull = 2 * (ratios - 1) * counts / xp.where(ratios > 0, squares * ratios, 1.0)
    return NormPreserving(value, u @ (pull * v).T, ratios.reshape(len(dhs), *dhs.shape[2:]))


def norm_preserving_squared(W: Array, slopes: Array, dhs: Array) -> NormPreserving:
    """Ω = mean_t (‖Wᵀ D_t δ_t‖²/‖δ_t‖² − 1)², over all (t, sequence) where δ_t ≠ 0. Lecture 05, (5.21)."""
    u, v, squares, ratios, counts = _one_step_back(W, slopes, dhs)
    share = counts / max(float(counts.sum()), 1.0)
    value = ((ratios**2 - 1) ** 2 * share).sum()
    pull = 4 * (ratios**2 - 1) * share / squares
    return NormPreserving(value, u @ (pull * v).T, ratios.reshape(len(dhs), *dhs.shape[2:]))


def _one_step_back(W: Array, slopes: Array, dhs: Array) -> tuple[Array, ...]:
    """u = D_t δ_t and v = Wᵀ u, both (N, TB); ‖δ_t‖², the ratios, and 1 where a step counts, (TB,)."""
    if tuple(slopes.shape) != tuple(dhs.shape) or tuple(W.shape) != (dhs.shape[1], dhs.shape[1]):
        raise ValueError(
            f"W has shape {tuple(W.shape)}, slopes {tuple(slopes.shape)} and dhs {tuple(dhs.shape)};"
            " expected (N, N), and the same (T, N) or (T, N, B) twice, time first"
        )
    xp = namespace(W)
    u, deltas = columns(list(slopes * dhs)), columns(list(dhs))
    v = W.T @ u
    squares = (deltas * deltas).sum(0)
    there = squares >= NO_LENGTH
    squares = xp.where(there, squares, xp.ones_like(squares))
    ratios = xp.where(there, ((v * v).sum(0) / squares) ** 0.5, xp.ones_like(squares))
    return u, v, squares, ratios, xp.where(there, xp.ones_like(squares), 0 * squares)
