"""One step of the gated models: LSTM and GRU. Lecture 06.

Columns, as in `cells`: x (D,), h (N,), or with a batch as last axis. The gates of a cell share one product, so their
weights stand in blocks of N rows, in PyTorch's order: i, f, g, o for the LSTM and r, z, n for the GRU.
W is (4N, N) or (3N, N), U (4N, D) or (3N, D), b (4N,) or (3N,), each bias with a last axis of 1 for a batch.

The state of an LSTM is the pair s = (h, c), one array of shape (2, N) or (2, N, B), so that `unroll` carries it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rnnlab.arrays import Array, namespace

FOREVER = 1e3  # a forget bias at which σ is 1 to the last digit, and its slope 0


def logistic(a: Array) -> Array:
    """σ(a) = 1/(1 + e⁻ᵃ) = ½ (1 + tanh ½a): how far a gate is open. The second form overflows nowhere. (6.5)"""
    return 0.5 * (1 + namespace(a).tanh(0.5 * a))


def gated(x: Array, A: Array, b: Array) -> Array:
    """x ⊙ σ(A x + b): each number weighted by a gate that has seen them all. Lecture 06, section 2."""
    return x * logistic(A @ x + b)


class Gates(NamedTuple):
    """What an LSTM does in one step, each (N,) or (N, B)."""

    i: Array  # how much of the candidate is written
    f: Array  # how much of the cell is kept
    g: Array  # the candidate
    o: Array  # how much of the cell is shown
    c: Array  # the new cell


def lstm_gates(s: Array, x: Array, W: Array, U: Array, b: Array, P: Array | None = None) -> Gates:
    """i, f, o = σ(W h + U x + b), g = tanh(W h + U x + b), each with its rows; c ← f ⊙ c + i ⊙ g.

    Peepholes P (3, N), or (3, N, 1), show the cell to the gates i, f (as it was) and o (as it is now).
    """
    h, c = s
    a_i, a_f, a_g, a_o = blocks(W @ h + U @ x + b, 4)
    p_i, p_f, p_o = (0, 0, 0) if P is None else P
    i, f = logistic(a_i + p_i * c), logistic(a_f + p_f * c)
    g = namespace(a_g).tanh(a_g)
    c = f * c + i * g
    return Gates(i, f, g, logistic(a_o + p_o * c), c)


def lstm_step(s: Array, x: Array, W: Array, U: Array, b: Array, P: Array | None = None) -> Array:
    """c ← f ⊙ c + i ⊙ g, h ← o ⊙ tanh(c): long short-term memory. Lecture 06, section 3.

    s = (h, c) goes in old and comes out new, (2, N) or (2, N, B).
    """
    _require(s[0], x, W, U, b, rows=4, state=tuple(s.shape))
    _, _, _, o, c = lstm_gates(s, x, W, U, b, P)
    xp = namespace(c)
    return xp.stack([o * xp.tanh(c), c])


def never_forgets(W: Array, U: Array, b: Array) -> tuple[Array, Array, Array]:
    """The same weights without a forget gate: f = 1 whatever comes. Lecture 06, (6.16).

    Zero weights and a bias of 1000 do it. There σ has no slope left, so training never changes these rows.
    """
    N = len(b) // 4
    xp = namespace(b)
    keep = xp.ones_like(b)
    keep[N : 2 * N] = 0
    rows = keep.reshape(-1, 1)
    return rows * W, rows * U, keep * b + (1 - keep) * FOREVER


def gru_step(h: Array, x: Array, W: Array, U: Array, b: Array) -> Array:
    """h ← z ⊙ h + (1 − z) ⊙ n, n = tanh(W_n (r ⊙ h) + U_n x + b_n): reset before the product, S1's form.

    r, z = σ(W h + U x + b), each with its rows. Lecture 06, section 6.
    """
    z, n = _before(h, x, W, U, b)
    return z * h + (1 - z) * n


def gru_difference_step(h: Array, x: Array, W: Array, U: Array, b: Array) -> Array:
    """h ← h + z ⊙ (n − h): S2's form. Here an open z lets the new in; it is 1 − z of the others. (6.18)"""
    z, n = _before(h, x, W, U, b)
    return h + z * (n - h)


def gru_after_step(h: Array, x: Array, W: Array, U: Array, b: Array, d: Array) -> Array:
    """h ← z ⊙ h + (1 − z) ⊙ n, n = tanh(r ⊙ (W_n h + d) + U_n x + b_n): reset after the product, PyTorch's.

    d (N,) stands inside the reset and b_n outside, so they cannot be added up. Lecture 06, (6.20).
    """
    _require(h, x, W, U, b, rows=3, state=tuple(h.shape))
    r_h, z_h, n_h = blocks(W @ h, 3)
    r_x, z_x, n_x = blocks(U @ x + b, 3)
    r, z = logistic(r_h + r_x), logistic(z_h + z_x)
    n = namespace(h).tanh(r * (n_h + d) + n_x)
    return z * h + (1 - z) * n


def reversed_update(W: Array, U: Array, b: Array) -> tuple[Array, Array, Array]:
    """The same GRU for the other meaning of z: its rows change sign, since σ(−a) = 1 − σ(a). Lecture 06, (6.19)."""
    sign = namespace(b).ones_like(b)
    N = len(b) // 3
    sign[N : 2 * N] = -1
    rows = sign.reshape(-1, 1)
    return rows * W, rows * U, sign * b


def gru_gates(h: Array, x: Array, W: Array, U: Array, b: Array) -> tuple[Array, Array, Array]:
    """r, z and n of `gru_step`."""
    a = U @ x + b
    N = len(h)
    r, z = blocks(logistic(W[: 2 * N] @ h + a[: 2 * N]), 2)
    return r, z, namespace(h).tanh(W[2 * N :] @ (r * h) + a[2 * N :])


def blocks(a: Array, count: int) -> Sequence[Array]:
    """The rows of `a` in `count` equal blocks, one a gate."""
    return a.reshape(count, -1, *a.shape[1:])


def _before(h: Array, x: Array, W: Array, U: Array, b: Array) -> tuple[Array, Array]:
    _require(h, x, W, U, b, rows=3, state=tuple(h.shape))
    _, z, n = gru_gates(h, x, W, U, b)
    return z, n


def _require(h: Array, x: Array, W: Array, U: Array, b: Array, rows: int, state: tuple[int, ...]) -> None:
    """Blocks of another number, or a bias that would broadcast, are told before they do harm."""
    N = h.shape[0]
    fits = tuple(W.shape) == (rows * N, N) and len(U) == len(b) == rows * N and U.shape[1] == len(x)
    if fits and h.ndim == b.ndim == x.ndim:
        return
    pair = "(2, N)" if rows == 4 else "(N,)"
    raise ValueError(
        f"came a state {state}, x {tuple(x.shape)}, W {tuple(W.shape)}, U {tuple(U.shape)}, b {tuple(b.shape)};"
        f" expected a state {pair}, x (D,), W ({rows}N, N), U ({rows}N, D), b ({rows}N,), {rows} blocks of N rows;"
        " a batch adds a last axis to state, x and b"
    )
