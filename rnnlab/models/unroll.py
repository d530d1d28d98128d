"""The one loop of the course. Every lecture, test, figure and grader runs its steps through it."""

from __future__ import annotations

from collections.abc import Callable

from rnnlab.arrays import Array, namespace


def unroll(step: Callable[..., Array], h0: Array, xs: Array, *weights: Array) -> Array:
    """h_t = step(h_{t−1}, x_t, *weights) for t = 1 … T, from h_0. Lecture 01, section 1.

    xs (T, …) holds the inputs, one a row. Returns hs (T, …), where hs[t − 1] is h_t; h_0 is not in it.
    """
    if len(xs) == 0:
        raise ValueError(
            f"xs has shape {tuple(xs.shape)}: no time steps to unroll; it takes at least one row of inputs"
        )
    h, hs = h0, []
    for x in xs:
        h = step(h, x, *weights)
        hs.append(h)
    return namespace(*hs).stack(hs)
