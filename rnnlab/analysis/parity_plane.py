"""The parity network as its bits arrive, with any weights and a few mistakes. Lecture 02, section 3."""

from __future__ import annotations

from functools import cache, partial
from typing import NamedTuple

import numpy as np

from rnnlab.arrays import Array, namespace
from rnnlab.models import linear_unit, threshold_step, unroll
from rnnlab.models.automata import parity_network
from rnnlab.models.connections import Layer, connection_step

Pair = tuple[float, float]
MISTAKES = ("none", "W transposed", "bits one step late", "unit by unit")
SHOWN, STRINGS, LENGTH = 24, 200, 48


class ParityPlane(NamedTuple):
    """One string in the plane of the two net inputs, and how often fresh strings are answered rightly."""

    t: int  # how many bits have arrived
    columns: np.ndarray  # (3, 2) what a one in the input, in unit 1 and in unit 2 adds to (a_1, a_2)
    bias: np.ndarray  # (2,)
    bits: np.ndarray  # (SHOWN,)
    odd: np.ndarray  # (SHOWN,) whether the number of ones so far is odd
    nets: np.ndarray  # (SHOWN, 2) a_t = W h_{t−1} + U x_t + b
    answers: np.ndarray  # (SHOWN,) what the network says
    accuracy: np.ndarray  # (LENGTH,) share of the fresh strings that are right at step t

    @property
    def share(self) -> float:
        """How often the network is right, over all strings and steps."""
        return float(self.accuracy.mean())


def parity_plane(t: int, bias: Pair, bit: Pair, one: Pair, two: Pair, mistake: str = "none") -> ParityPlane:
    """The network whose net input is bias + bit·x + one·h_1 + two·h_2, each a point of the plane."""
    W, U, b = np.column_stack([one, two]), np.array(bit)[:, None], np.array(bias)
    xs, odd = _fresh_bits()
    seen = np.concatenate([0 * xs[:1], xs[:-1]]) if mistake == "bits one step late" else xs
    recurrent = W.T if mistake == "W transposed" else W
    step = _unit_by_unit if mistake == "unit by unit" else threshold_step
    h0 = np.zeros((2, xs.shape[2]))
    hs = unroll(step, h0, seen, recurrent, U, b[:, None])
    output = parity_network()
    answers = (output.V @ hs + output.c)[:, 0] >= 0
    before = np.concatenate([h0[None], hs[:-1]])[:SHOWN, :, 0]
    return ParityPlane(
        t,
        np.array([bit, one, two]),
        b,
        xs[:SHOWN, 0, 0],
        odd[:SHOWN, 0],
        before @ recurrent.T + seen[:SHOWN, :, 0] @ U.T + b,
        answers[:SHOWN, 0],
        (answers == odd).mean(1),
    )


def _on(a: Array) -> Array:
    xp = namespace(a)
    return xp.heaviside(a, xp.ones_like(a))


_unit_by_unit = partial(connection_step, layers=(Layer(1, _on), Layer(1, _on)))


@cache
def _fresh_bits() -> tuple[np.ndarray, np.ndarray]:
    """Strings (LENGTH, 1, STRINGS), always the same, and whether each has an odd number of ones so far."""
    xs = np.random.default_rng(102).integers(0, 2, size=(LENGTH, 1, STRINGS)).astype(float)
    return xs, np.cumsum(xs[:, 0], axis=0) % 2 == 1


def first_bit_flipped(T: int, w: float = 0.9) -> tuple[np.ndarray, np.ndarray]:
    """|difference| of the answers at t = 1 … T when only x_1 differs: a linear unit, the parity network."""
    xs = np.random.default_rng(2).integers(0, 2, size=(T, 1)).astype(float)
    flipped = xs.copy()
    flipped[0] = 1 - xs[0]
    unit = [unroll(linear_unit, 0.0, bits[:, 0], w) for bits in (xs, flipped)]
    odd = [parity_network().says(bits)[:, 0] for bits in (xs, flipped)]
    return np.abs(unit[0] - unit[1]), (odd[0] != odd[1]).astype(float)
