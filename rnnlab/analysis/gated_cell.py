"""Gated cells driven by hand, and how a gradient fares in them. Lecture 06's live figures."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from rnnlab.gradients.bptt import bptt
from rnnlab.gradients.gates import lstm_bptt
from rnnlab.models.cells import tanh_step
from rnnlab.models.gates import (
    gru_after_step,
    gru_difference_step,
    gru_step,
    lstm_gates,
    lstm_step,
)
from rnnlab.models.unroll import unroll

LENGTH = 60
MARKED = {5: 0.9, 25: -0.7, 45: 0.4}  # steps, counted from 0, and the values that come with a mark
SEQUENCES = ("marked values, silence between", "marked values, noise between", "one marked value, then noise")
MISTAKES = (
    "none",
    "gates' order i f o g",
    "forget and input exchanged",
    "h where c belongs",
    "tanh forgotten at the output",
)
FORMS = ("S1: reset before the product", "PyTorch: reset after the product", "S2: z lets the new in")


def marked_values(sequence: str) -> np.ndarray:
    """A value and a mark at each step, (T, 2)."""
    xs = np.zeros((LENGTH, 2))
    if sequence != SEQUENCES[0]:
        xs[:, 0] = np.random.default_rng(6).uniform(-1, 1, LENGTH).round(2)
    for t, value in MARKED.items():
        if sequence != SEQUENCES[2] or t == min(MARKED):
            xs[t] = value, 1.0
    return xs


class Driven(NamedTuple):
    """One LSTM cell over a sequence, with its gates, and what a sample-and-hold would keep."""

    xs: np.ndarray  # (T, 2)
    i: np.ndarray  # (T,) the gates as this cell reads them
    f: np.ndarray
    o: np.ndarray
    c: np.ndarray
    h: np.ndarray
    held: np.ndarray  # (T,) tanh of the value last marked, 0 before the first
    half: float  # steps after which σ(a_f)^steps is a half
    mistake: str

    @property
    def miss(self) -> float:
        """Root mean square of c − held."""
        return float(np.sqrt(np.mean((self.c - self.held) ** 2)))


def hand_weights(
    a_i: float, mark_i: float, a_f: float, mark_f: float, a_o: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """W, U, b of one cell whose gates hear the mark alone, and whose candidate hears the value alone."""
    return (
        np.zeros((4, 1)),
        np.array([[0, mark_i], [0, mark_f], [1, 0], [0, 0]]),
        np.array([a_i, a_f, 0, a_o]),
    )


def slipped_step(mistake: str, s: np.ndarray, x: np.ndarray, W: np.ndarray, U: np.ndarray, b: np.ndarray):
    """`lstm_step` with a slip: the new pair, and the gates i, f, o that were at work."""
    order = {"gates' order i f o g": [0, 1, 3, 2], "forget and input exchanged": [1, 0, 2, 3]}.get(mistake)
    if order is not None:
        W, U, b = (np.concatenate([np.split(part, 4)[k] for k in order]) for part in (W, U, b))
    if mistake == "h where c belongs":
        s = np.stack([s[0], s[0]])
    i, f, _, o, c = lstm_gates(s, x, W, U, b)
    h = o * c if mistake == "tanh forgotten at the output" else o * np.tanh(c)
    return np.stack([h, c]), (i, f, o)


def drive_lstm(
    a_i: float,
    mark_i: float,
    a_f: float,
    mark_f: float,
    a_o: float,
    sequence: str = SEQUENCES[0],
    mistake: str = "none",
) -> Driven:
    """One cell whose gates hear a constant and the mark, from a state of zeros. Lecture 06, section 3."""
    xs, weights = marked_values(sequence), hand_weights(a_i, mark_i, a_f, mark_f, a_o)
    s, states, gates = np.zeros((2, 1)), [], []
    for x in xs:
        s, at_work = slipped_step(mistake, s, x, *weights)
        states.append(s[:, 0])
        gates.append(np.concatenate(at_work))
    (h, c), (i, f, o) = np.array(states).T, np.array(gates).T
    marks = np.flatnonzero(xs[:, 1])
    last = np.searchsorted(marks, np.arange(LENGTH), side="right") - 1
    held = np.where(last < 0, 0.0, np.tanh(xs[marks[last], 0]))
    half = np.log(2) / np.logaddexp(0, -a_f)
    return Driven(xs, i, f, o, c, h, held, float(half), mistake)


class Turned(NamedTuple):
    """Two GRU units over a sequence in one of the forms, and in S1's with the same weights."""

    xs: np.ndarray  # (T,)
    hs: np.ndarray  # (T, 2)
    first: np.ndarray  # (T, 2) S1's form
    r: tuple[float, float]
    z: float  # σ(a_z), as the weights have it
    kept: float  # how much of the old state is kept in this form
    form: str


def drive_gru(r_1: float, r_2: float, a_z: float, inner: float, form: str = FORMS[0]) -> Turned:
    """Two units that turn into one another, with gates held by hand. Lecture 06, section 6.

    r_1, r_2 and a_z are what the gates get; `inner` is the bias inside PyTorch's reset.
    """
    xs = np.zeros((LENGTH, 1))
    xs[[2, 30], 0] = 1.0, -1.0
    W, U = np.zeros((6, 2)), np.zeros((6, 1))
    W[4:], U[4:] = [[1.2, -1.6], [1.6, 1.2]], [[1.5], [0.0]]
    b = np.array([r_1, r_2, a_z, a_z, 0.0, 0.0])
    first = unroll(gru_step, np.zeros(2), xs, W, U, b)
    if form == FORMS[1]:
        hs = unroll(gru_after_step, np.zeros(2), xs, W, U, b, np.full(2, inner))
    elif form == FORMS[2]:
        hs = unroll(gru_difference_step, np.zeros(2), xs, W, U, b)
    else:
        hs = first
    r_open, z = _open(np.array([r_1, r_2])), float(_open(np.array(a_z)))
    return Turned(
        xs[:, 0], hs, first, (float(r_open[0]), float(r_open[1])), z, 1 - z if form == FORMS[2] else z, form
    )


def _open(a: np.ndarray) -> np.ndarray:
    return 0.5 * (1 + np.tanh(0.5 * a))


class Flow(NamedTuple):
    """Norms of the gradient of one loss at the last step, by the state `lag` steps before it."""

    lags: np.ndarray  # (T,) 0 … T − 1
    cell: np.ndarray  # (T,) |∂L/∂c| in an LSTM
    carousel: np.ndarray  # (T,) of it, what came through the forget gates alone
    tanh: np.ndarray  # (T,) |∂L/∂h| in a tanh network of the same size
    bias: float
    gain: float
    floor: float


FLOOR = 1e-40


def gradient_flow(bias: float, gain: float, N: int = 8, T: int = 100) -> Flow:
    """|∂L/∂c_{T−lag}| of L = v·h_T in a random LSTM with this forget bias, W of size `gain`. Lecture 06, section 4."""
    xs, W, U, v = random_network(N, T)
    b, s0 = np.zeros(4 * N), np.zeros((2, N))
    b[N : 2 * N] = bias
    explicit = np.zeros((T, N))
    explicit[-1] = v
    states = unroll(lstm_step, s0, xs, gain * W, U, b)
    walk = lstm_bptt(s0, xs, states, gain * W, U, b, explicit)
    before = np.concatenate([s0[None], states[:-1]])
    f = lstm_gates(before.transpose(1, 2, 0), xs.T, gain * W, U, b[:, None]).f  # (N, T)
    kept = np.cumprod(np.concatenate([np.ones((N, 1)), f[:, :0:-1]], 1), 1).T  # after 0, 1, … lags
    hs = unroll(tanh_step, s0[0], xs, gain * W[:N], U[:N], b[:N])
    plain = bptt(s0[0], xs, hs, gain * W[:N], 1 - hs * hs, explicit)

    def norms(rows: np.ndarray) -> np.ndarray:
        return np.maximum(np.linalg.norm(rows, axis=1), FLOOR)

    return Flow(
        np.arange(T),
        norms(walk.dcs[::-1]),
        norms(kept * walk.dcs[-1]),
        norms(plain.dhs[::-1]),
        bias,
        gain,
        FLOOR,
    )


@cache
def random_network(N: int, T: int) -> tuple[np.ndarray, ...]:
    """Inputs (T, 2), W and U of an LSTM, and the weights v of its loss."""
    rng = np.random.default_rng(66)
    W, U = rng.normal(size=(4 * N, N)) / N**0.5, 0.5 * rng.normal(size=(4 * N, 2))
    return rng.normal(size=(T, 2)), W, U, rng.normal(size=N)
