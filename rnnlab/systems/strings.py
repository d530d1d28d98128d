"""Strings of symbols and what is true of them, by counting: the judge of every automaton and acceptor.

Symbols are whole numbers, a string runs down the first axis: (T,) or, side by side, (T, B).
Lecture 02, section 3.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rnnlab.models.automata import Automaton

P, Q = 0, 1  # the two symbols that count in the p/q task; 2 to 5 distract
PQ_SYMBOLS = 6


def all_strings(T: int, symbols: int = 2) -> np.ndarray:
    """Every string of length T, side by side: (T, symbols^T)."""
    return np.array(np.unravel_index(np.arange(symbols**T), (symbols,) * T))


def one_hot(strings: np.ndarray, symbols: int) -> np.ndarray:
    """Each symbol as a column with a single one: (T,) → (T, symbols), (T, B) → (T, symbols, B)."""
    return np.moveaxis(np.eye(symbols)[strings], -1, 1)


def even_zeros(bits: np.ndarray) -> np.ndarray:
    """Whether the string so far has an even number of zeros, after each bit; same shape as `bits`."""
    return np.cumsum(bits == 0, axis=0) % 2 == 0


def even_zeros_machine() -> Automaton:
    """Two states, even (0) and odd (1): a zero changes the state, a one does not. S3's acceptor."""
    return Automaton(table=np.array([[1, 0], [0, 1]]), start=0, outputs=np.array([1, 0]))


def even_zeros_batches(
    rng: np.random.Generator, steps: int, longest: int = 15, B: int = 64
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Strings that grow from 2 bits to `longest`: bits as ±1 and answers as 0 or 1, both (T, 1, B)."""
    for step in range(steps):
        bits = rng.integers(0, 2, size=(min(longest, 2 + step // 60), 1, B))
        yield 2.0 * bits - 1.0, 1.0 * even_zeros(bits)


def pq_strings(rng: np.random.Generator, T: int, B: int) -> tuple[np.ndarray, np.ndarray]:
    """Strings (T, B) of distractors with two symbols p or q hidden in them; the class (B,) is 2 first + second.

    S0's task: pp, pq, qp and qq are classes 0 to 3, and must be named when the string is over.
    """
    strings = rng.integers(2, PQ_SYMBOLS, size=(T, B))
    first, second = np.sort(rng.permuted(np.tile(np.arange(T)[:, None], B), axis=0)[:2], axis=0)
    symbols = rng.integers(0, 2, size=(2, B))
    strings[first, np.arange(B)], strings[second, np.arange(B)] = symbols
    return strings, 2 * symbols[0] + symbols[1]


def pq_machine() -> Automaton:
    """Seven states: nothing yet; p; q; then pp, pq, qp, qq. It says 0 to 3 in the last four, else 4."""
    table = np.tile(np.arange(7)[:, None], PQ_SYMBOLS)
    table[0, [P, Q]] = 1, 2
    table[1, [P, Q]] = 3, 4
    table[2, [P, Q]] = 5, 6
    return Automaton(table, start=0, outputs=np.array([4, 4, 4, 0, 1, 2, 3]))


def echo_batches(
    rng: np.random.Generator, steps: int, T: int = 20, B: int = 64
) -> Iterator[tuple[np.ndarray, ...]]:
    """Signs to be said one step late: xs (T, 1, B) of ±1 and ys with y_t = x_{t−1}, y_1 = 0."""
    for _ in range(steps):
        xs = rng.choice((-1.0, 1.0), size=(T, 1, B))
        yield xs, np.concatenate([np.zeros((1, 1, B)), xs[:-1]])
