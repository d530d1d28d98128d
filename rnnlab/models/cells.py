"""One step of each recurrent model: the old state and an input in, the new state out, nothing else.

A *unit* is one neuron: its weight w is a number, or a whole sweep of numbers in one array.
A *step* is a layer in columns, as on the board: h (N,), x (D,), W (N, N), U (N, D), b (N,);
a batch puts its examples last: h (N, B), x (D, B), b (N, 1).
"""

from __future__ import annotations

from rnnlab.arrays import Array, namespace


def linear_unit(h: Array, x: Array, w: Array) -> Array:
    """w h + x: one linear neuron with one recurrent weight. Lecture 01, section 1."""
    return w * h + x


def tanh_unit(h: Array, x: Array, w: Array) -> Array:
    """tanh(w h + x): the same neuron, squashed, so that it cannot grow. Lecture 01, section 3."""
    a = w * h + x
    return namespace(a).tanh(a)


def linear_step(h: Array, x: Array, W: Array, U: Array, b: Array) -> Array:
    """W h + U x + b: N linear neurons that all see one another. Lecture 01, section 5."""
    _require_columns(h, b)
    return W @ h + U @ x + b


def tanh_step(h: Array, x: Array, W: Array, U: Array, b: Array) -> Array:
    """tanh(W h + U x + b): the simple recurrent network, which is `torch.nn.RNNCell` with one bias."""
    _require_columns(h, b)
    a = W @ h + U @ x + b
    return namespace(a).tanh(a)


def threshold_step(h: Array, x: Array, W: Array, U: Array, b: Array) -> Array:
    """H(W h + U x + b), with H(a) = 1 where a ≥ 0, else 0: units on or off. Lecture 02, section 3."""
    _require_columns(h, b)
    a = W @ h + U @ x + b
    xp = namespace(a)
    return xp.heaviside(a, xp.ones_like(a))


def _require_columns(h: Array, b: Array) -> None:
    """(N,) + (N, 1) would quietly become (N, N), so the state and the bias must have as many axes."""
    if h.ndim != b.ndim:
        raise ValueError(
            f"the state has shape {tuple(h.shape)} and the bias {tuple(b.shape)}; give both as (N,)"
            f" for one sequence, or the state as (N, B) and the bias as (N, 1) for a batch"
        )
