"""Finite automata, and the threshold network that is any given one of them. Lecture 02, section 3."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnnlab.models.cells import threshold_step
from rnnlab.models.unroll import unroll
from rnnlab.models.wirings import readout


class Automaton(NamedTuple):
    """q_t = table[q_{t−1}, s_t], from q_0 = start. In state q it says outputs[q]."""

    table: np.ndarray  # (Q, S) whole numbers: the state that follows state q on symbol s
    start: int
    outputs: np.ndarray  # (Q,) whole numbers


def run(automaton: Automaton, symbols: np.ndarray) -> np.ndarray:
    """What the automaton says after each symbol. Both (T,), or (T, B)."""
    _check_automaton(automaton)
    symbols, S = np.asarray(symbols), automaton.table.shape[1]
    if symbols.size and not (symbols.min() >= 0 and symbols.max() < S):
        raise ValueError(f"symbols are numbered 0 to {S - 1}; got {symbols.min()} … {symbols.max()}")
    states = unroll(lambda q, s: automaton.table[q, s], automaton.start, symbols)
    return automaton.outputs[states]


class ThresholdNetwork(NamedTuple):
    """h_t = H(W h_{t−1} + U x_t + b) from h_0, read out by V h_t + c ≥ 0; H(a) is 1 where a ≥ 0, else 0."""

    W: np.ndarray  # (N, N)
    U: np.ndarray  # (N, D)
    b: np.ndarray  # (N,)
    V: np.ndarray  # (K, N)
    c: np.ndarray  # (K,)
    h0: np.ndarray  # (N,)

    def states(self, xs: np.ndarray) -> np.ndarray:
        """h_1 … h_T for xs (T, D), or for a batch (T, D, B)."""
        h0, b = (self.h0, self.b) if xs.ndim == 2 else (self.h0[:, None], self.b[:, None])
        return unroll(threshold_step, h0, xs, self.W, self.U, b)

    def says(self, xs: np.ndarray) -> np.ndarray:
        """Which outputs are on after each step: booleans (T, K), or (T, K, B)."""
        return readout(self.states(xs), self.V, self.c if xs.ndim == 2 else self.c[:, None]) >= 0


def compiled(automaton: Automaton) -> ThresholdNetwork:
    """One unit for each pair (q, s): on when the automaton was in q and read s. Lecture 02, (2.8).

    It fires on two votes: one from a unit whose pair led to q, one from the symbol s. A last unit is on
    only at the start, and stands for whatever came before it. Output k is on in states that say k.
    """
    _check_automaton(automaton)
    S, pairs = automaton.table.shape[1], automaton.table.size
    q, s = np.divmod(np.arange(pairs), S)
    led_to = automaton.table[q, s]
    W, U, b = np.zeros((pairs + 1, pairs + 1)), np.zeros((pairs + 1, S)), np.full(pairs + 1, -1.5)
    W[:pairs, :pairs] = q[:, None] == led_to[None, :]
    W[:pairs, pairs] = q == automaton.start
    U[np.arange(pairs), s] = 1.0
    said = automaton.outputs[np.append(led_to, automaton.start)]
    V = (np.arange(automaton.outputs.max() + 1)[:, None] == said[None, :]) * 1.0
    return ThresholdNetwork(W, U, b, V, np.full(len(V), -0.5), np.eye(pairs + 1)[pairs])


def parity_network() -> ThresholdNetwork:
    """Two units that say whether the number of ones so far is odd: S2's weights. Lecture 02, (2.7)."""
    return ThresholdNetwork(
        W=np.array([[1.0, -1.0], [1.0, -1.0]]),
        U=np.array([[1.0], [1.0]]),
        b=np.array([-0.5, -1.5]),
        V=np.array([[1.0, -1.0]]),
        c=np.array([-0.5]),
        h0=np.zeros(2),
    )


def _check_automaton(automaton: Automaton) -> None:
    table, start, outputs = automaton
    if table.ndim != 2 or len(outputs) != len(table):
        raise ValueError(
            f"the table has shape {table.shape} and there are {len(outputs)} outputs; expected a table"
            " (states, symbols) and one output a state"
        )
    if not (table.min() >= 0 and table.max() < len(table) and 0 <= start < len(table)):
        raise ValueError(
            f"states are numbered 0 to {len(table) - 1}; the table leads to {table.min()} … {table.max()}"
            f" and the start is {start}"
        )
