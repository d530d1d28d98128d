"""Question 2.2: a machine that may go several ways, as a threshold network of the same size."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnnlab.models.pairs import run_pairs
from rnnlab.questions.question import Misconception, Part, Probe, Question

Array = np.ndarray


def _votes(ways: Array) -> Array:
    """W[(q, s), (p, r)] = ways[p, r, q]: the pair (p, r) votes for all pairs of the states it may lead to."""
    Q, S, _ = ways.shape
    return np.repeat(ways.reshape(Q * S, Q).T, S, axis=0).astype(float)


def _symbols(ways: Array) -> Array:
    Q, S, _ = ways.shape
    return np.tile(np.eye(S), (Q, 1))


def reached(ways: Array, start: int, symbols: Array) -> Array:
    many = len(ways) * ways.shape[1]
    return run_pairs(_votes(ways), many * _symbols(ways), np.full(many, -many - 0.5), start, symbols)


def _reached_sets(ways: Array, start: int, symbols: Array) -> list[list[float]]:
    """With sets of states, and no network at all."""
    (Q, S, _), here, rows = ways.shape, {start}, []
    for s in symbols:
        rows.append([float(q in here and r == s) for q in range(Q) for r in range(S)])
        here = {r for q in here for r in range(Q) if ways[q, s, r]}
    return rows


def _reached_scaled(ways: Array, start: int, symbols: Array) -> Array:
    """The votes made small instead of the symbol large."""
    many = len(ways) * ways.shape[1]
    W, U = _votes(ways) / many, _symbols(ways)
    first = run_pairs(W, U, np.full(many, -1.0 - 0.5 / many), start, symbols[:1])
    states, votes = [first[0]], W @ first[0]
    for s in symbols[1:]:
        states.append(1.0 * (votes + U[:, s] >= 1 + 0.5 / many))
        votes = W @ states[-1]
    return np.array(states)


def _reached_torch(ways: Array, start: int, symbols: Array) -> Any:
    import torch

    Q, S, _ = ways.shape
    here, rows = torch.zeros(Q), []
    here[start] = 1
    for s in symbols:
        row = torch.zeros(Q, S)
        row[:, s] = here
        rows.append(row.flatten())
        here = (torch.as_tensor(ways[:, s], dtype=torch.float32).T @ here > 0).float()
    return torch.stack(rows)


def _lectures_weights(ways: Array, start: int, symbols: Array) -> Array:
    return run_pairs(_votes(ways), _symbols(ways), np.full(ways[..., 0].size, -1.5), start, symbols)


def _with(ways: Array, W: Array, start: int, symbols: Array) -> Array:
    many = len(W)
    return run_pairs(W, many * _symbols(ways), np.full(many, -many - 0.5), start, symbols)


def _first_way(ways: Array, start: int, symbols: Array) -> Array:
    Q = len(ways)
    return reached(np.eye(Q)[ways.argmax(-1)] * ways, start, symbols)


def _symbol_only(ways: Array, start: int, symbols: Array) -> Array:
    return _symbols(ways)[:, symbols].T


def _state_only(ways: Array, start: int, symbols: Array) -> Array:
    many = ways[..., 0].size
    return run_pairs(_votes(ways), 0 * _symbols(ways), np.full(many, -0.5), start, symbols)


def _state_after(ways: Array, start: int, symbols: Array) -> Array:
    """Units of the state that is entered, with the symbol that led there."""
    Q, S, _ = ways.shape
    here, rows = np.eye(Q)[start], []
    for s in symbols:
        here = np.minimum(ways[:, s].T @ here, 1.0)
        rows.append(np.outer(here, np.eye(S)[s]).ravel())
    return np.array(rows)


def _probes(rng: np.random.Generator) -> tuple[Probe, ...]:
    def one(part: int, Q: int, S: int, T: int) -> Probe:
        while True:
            ways = np.zeros((Q, S, Q))
            for q, s in np.ndindex(Q, S):
                several = 1 if part == 0 else rng.integers(1, Q + 1)
                ways[q, s, rng.choice(Q, several, replace=False)] = 1.0
            given = (ways, int(rng.integers(Q)), rng.integers(0, S, T))
            wrong = (_lectures_weights, _state_after, _first_way) if part else (_transposed, _state_after)
            if all(not np.array_equal(reached(*given), f(*given)) for f in wrong):
                return Probe(part, given)

    return (one(0, 3, 2, 4), one(1, 3, 2, 5), one(0, 4, 2, 8), one(1, 4, 2, 9), one(1, 4, 3, 12))


def _transposed(ways: Array, start: int, symbols: Array) -> Array:
    return _with(ways, _votes(ways).T, start, symbols)


REACHED = Question(
    number="2.2",
    title="A machine that may go several ways",
    goal="Set the weights of a threshold network for a machine that leaves its next state open.",
    look="lecture 02, section 3, (2.8)",
    minutes=20,
    difficulty=3,
    answer="reached",
    arguments=("ways", "start", "symbols"),
    returns="the states of the units, shape (T, Q·S), zeros and ones",
    parts=(Part("machines with one way to go", 2), Part("machines with several", 3)),
    reference=reached,
    alternatives=(_reached_sets, _reached_scaled, _reached_torch),
    probes=_probes,
    misconceptions=(
        Misconception(
            "the lecture's weights",
            _lectures_weights,
            "that two votes always mean one of a state and one of the symbol",
            "Several pairs may now vote for the same state at once, and they outvote the symbol: a unit"
            " comes on"
            " whose symbol was not read.",
            "lecture 02, section 3, (2.8): how many terms of the sum can be 1",
        ),
        Misconception(
            "W is transposed",
            _transposed,
            "that a pair hears the states it leads to",
            "It hears from the pairs that lead to it. In W the row is the one who hears.",
            "lecture 02, section 3, (2.8): which index the sum runs over",
        ),
        Misconception(
            "the machine makes up its mind",
            _first_way,
            "that the machine takes the first of its ways",
            "Where it may go two ways, both must be followed, so that several units are on at once.",
            "question 2.2: what a unit stands for",
        ),
        Misconception(
            "the state is forgotten",
            _symbol_only,
            "that a unit needs its symbol and nothing else",
            "All units of a symbol come on together, wherever the machine was.",
            "lecture 02, section 3, (2.8): the two votes",
        ),
        Misconception(
            "the symbol is forgotten",
            _state_only,
            "that a unit needs a vote for its state and nothing else",
            "All units of a state come on together, whatever was read.",
            "lecture 02, section 3, (2.8): the two votes",
        ),
        Misconception(
            "the state after",
            _state_after,
            "that the unit (q, s) says where the machine is after it has read s",
            "It says where the machine *was*. At the first step only pairs of the start state can be on.",
            "lecture 02, section 3, the sentence before (2.8)",
        ),
    ),
)
