"""Question 6.4: weights of a GRU in order n, z, r, whose open z takes the new, for one in order r, z, n that keeps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnnlab.models.gates import reversed_update
from rnnlab.questions.q06_lstm_and_gru.coupled import numbers_of
from rnnlab.questions.question import Misconception, Part, Probe, Question

A = np.ndarray
Change = Callable[[A], A]


def _same(part: A) -> A:
    return part


def _minus(part: A) -> A:
    return -part


def _one_minus(part: A) -> A:
    return 1 - part


def _converted(
    order: str = "rzn",
    of: str = "z",
    W_change: Change = _minus,
    U_change: Change = _minus,
    b_change: Change = _minus,
) -> Callable[[A, A, A], A]:
    """The blocks `of` changed, then all of them in `order`; side by side W, U, b."""

    def convert(W: A, U: A, b: A) -> A:
        sides = []
        for part, change in ((W, W_change), (U, U_change), (b[:, None], b_change)):
            block = dict(zip("nzr", np.split(part, 3), strict=True))
            sides.append(np.concatenate([change(block[k]) if k in of else block[k] for k in order]))
        return np.hstack(sides)

    return convert


convert = _converted()


def _by_the_library(W: A, U: A, b: A) -> A:
    N = len(b) // 3
    rows = np.concatenate([np.arange(2 * N, 3 * N), np.arange(N, 2 * N), np.arange(N)])
    W, U, b = reversed_update(W[rows], U[rows], b[rows])
    return np.column_stack([W, U, b])


def _by_a_matrix(W: A, U: A, b: A) -> list[list[float]]:
    mix = np.kron([[0, 0, 1], [0, -1, 0], [1, 0, 0]], np.eye(len(b) // 3))
    return (mix @ np.column_stack([W, U, b])).tolist()


def _by_torch(W: A, U: A, b: A) -> Any:
    import torch

    n, z, r = torch.tensor(np.column_stack([W, U, b]), dtype=torch.float32).chunk(3)
    return torch.cat([r, -z, n])


def _probes(rng: np.random.Generator) -> tuple[Probe, ...]:
    def one(N: int, D: int) -> Probe:
        return Probe(0, (numbers_of(rng, 3 * N, N), numbers_of(rng, 3 * N, D), numbers_of(rng, 3 * N)))

    return (one(1, 1), one(2, 1), one(2, 2), one(3, 2), one(4, 3))


CONVERT = Question(
    number="6.4",
    title="From one convention to the other",
    goal="Convert the weights of a GRU between the two meanings of z, and between two orders.",
    look="lecture 06, section 6, (6.19)",
    minutes=10,
    difficulty=1,
    answer="convert",
    arguments=("W", "U", "b"),
    returns="one matrix, W, U and b side by side, of shape (3N, N + D + 1)",
    parts=(Part("the whole matrix", 3),),
    reference=convert,
    alternatives=(_by_the_library, _by_a_matrix, _by_torch),
    probes=_probes,
    misconceptions=(
        Misconception(
            "one minus the weights",
            _converted(W_change=_one_minus, U_change=_one_minus, b_change=_one_minus),
            "that one minus a gate is made by one minus its weights",
            "Between the weights and the gate stands the logistic function. Ask what it needs to get.",
            "lecture 06, section 6: the line before (6.19)",
        ),
        Misconception(
            "the bias forgotten",
            _converted(b_change=_same),
            "that a bias means the same in both conventions",
            "It is added to the same sum as the rest. With your weights a gate of a silent network is still reversed.",
            "lecture 06, section 6, (6.19): what D multiplies",
        ),
        Misconception(
            "the recurrent weights only",
            _converted(U_change=_same, b_change=_same),
            "that only what hears the state belongs to the gate",
            "The gate hears the input and a bias as well; its whole sum has to change.",
            "lecture 06, section 6, (6.19): what D multiplies",
        ),
        Misconception(
            "all gates reversed",
            _converted(of="rz"),
            "that the two conventions differ in both gates",
            "The reset gate means the same in both. Only the update gate is read the other way.",
            "lecture 06, section 6, the table of conventions",
        ),
        Misconception(
            "everything reversed",
            _converted(of="rzn"),
            "that all weights change their sign",
            "The candidate is not a gate, and the reset gate means the same in both.",
            "lecture 06, section 6, (6.19)",
        ),
        Misconception(
            "the wrong gate reversed",
            _converted(of="r"),
            "that the reset gate is the one with two meanings",
            "It says in both how much the candidate hears of the past. The other gate mixes old and new.",
            "lecture 06, section 6, the table of conventions",
        ),
        Misconception(
            "order not changed",
            _converted(order="nzr"),
            "that the blocks may stay where they are",
            "The signs are right. The other network looks for its reset gate at the top.",
            "the text of question 6.4, on both orders, and lecture 06, section 3, on the order of blocks",
        ),
        Misconception(
            "order only",
            _converted(of=""),
            "that the two networks differ in the order of their blocks alone",
            "The blocks stand right. In which of the two does an open update gate keep the old state?",
            "lecture 06, section 6, (6.19)",
        ),
    ),
)
