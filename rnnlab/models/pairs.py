"""A threshold network with a unit for each pair of a state and a symbol, run over a string of symbols."""

from __future__ import annotations

import numpy as np

Array = np.ndarray


def run_pairs(W: Array, U: Array, b: Array, start: int, symbols: Array) -> Array:
    """h_t = H(W h_{t−1} + U[:, x_t] + b); at first, one vote for each pair of the start state.

    W (N, N), U (N, S), b (N,) with N = Q·S; the unit of the pair (q, s) has the index q·S + s.
    Returns hs (T, N).
    """
    votes, hs = 1.0 * (np.arange(len(b)) // U.shape[1] == start), []
    for s in symbols:
        hs.append(np.heaviside(votes + U[:, s] + b, 1.0))
        votes = W @ hs[-1]
    return np.array(hs)
