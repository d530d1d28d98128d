"""Question 6.2: a GRU step that resets after the product, with its own bias, and whose open z takes the new."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnnlab.models.gates import gru_after_step, reversed_update
from rnnlab.questions.q06_lstm_and_gru.coupled import numbers_of
from rnnlab.questions.question import Misconception, Part, Probe, Question

A = np.ndarray


def _sigma(a: A) -> A:
    return 1 / (1 + np.exp(-a))


def _slipped(
    order: tuple[int, int, int] = (0, 1, 2),
    before: bool = False,
    d_outside: bool = False,
    resets_input: bool = False,
    reversed_z: bool = False,
    squash: Callable[[A], A] = np.tanh,
) -> Callable[..., A]:
    """The step with one thing different; blocks are z, n, r."""

    def step(h: A, x: A, W: A, U: A, b: A, d: A) -> A:
        heard, came = (W @ h).reshape(3, -1)[list(order)], (U @ x + b).reshape(3, -1)[list(order)]
        z, r = _sigma(heard[0] + came[0]), _sigma(heard[2] + came[2])
        W_n = W.reshape(3, len(h), -1)[order[1]]
        past = (W_n @ (r * h) if before else r * heard[1]) + (d if d_outside else r * d)
        n = squash(past + (r * came[1] if resets_input else came[1]))
        return z * h + (1 - z) * n if reversed_z else (1 - z) * h + z * n

    return step


mixed_step = _slipped()


def _by_the_library(h: A, x: A, W: A, U: A, b: A, d: A) -> A:
    """PyTorch's form: blocks in its order, and z with the other sign."""
    N = len(h)
    rows = np.concatenate([np.arange(2 * N, 3 * N), np.arange(N), np.arange(N, 2 * N)])
    return gru_after_step(h, x, *reversed_update(W[rows], U[rows], b[rows]), d)


def _by_differences(h: A, x: A, W: A, U: A, b: A, d: A) -> list[float]:
    z, n, r = np.split(U @ x + b, 3)
    zh, nh, rh = np.split(W @ h, 3)
    new = np.tanh(n + (nh + d) / (1 + np.exp(-r - rh)))
    return (h + (new - h) / (1 + np.exp(-z - zh))).tolist()


def _in_torch(h: A, x: A, W: A, U: A, b: A, d: A) -> Any:
    import torch

    h, x, W, U, b, d = (torch.tensor(part, dtype=torch.float32) for part in (h, x, W, U, b, d))
    zh, nh, rh = (W @ h).split(len(h))
    zx, nx, rx = (U @ x + b).split(len(h))
    n = torch.tanh(nx + torch.sigmoid(rh + rx) * (nh + d))
    return torch.lerp(h, n, torch.sigmoid(zh + zx))


def _probes(rng: np.random.Generator) -> tuple[Probe, ...]:
    def one(part: int, N: int, D: int) -> Probe:
        weights = numbers_of(rng, 3 * N, N), numbers_of(rng, 3 * N, D), numbers_of(rng, 3 * N)
        d = numbers_of(rng, N) if part else np.zeros(N)
        return Probe(part, (numbers_of(rng, N), numbers_of(rng, D), *weights, d))

    return (one(0, 2, 1), one(1, 2, 1), one(0, 3, 2), one(1, 3, 2), one(0, 4, 2), one(1, 4, 2))


MIXED = Question(
    number="6.2",
    title="A GRU in a convention of its own",
    goal="Write one step of a GRU exactly as its convention is stated.",
    look="lecture 06, section 6, and its table of conventions",
    minutes=15,
    difficulty=2,
    answer="mixed_step",
    arguments=("h", "x", "W", "U", "b", "d"),
    returns="the new state, of shape (N,)",
    parts=(Part("without the inner bias, d = 0", 2), Part("with it", 2)),
    reference=mixed_step,
    alternatives=(_by_the_library, _by_differences, _in_torch),
    probes=_probes,
    misconceptions=(
        Misconception(
            "z reversed",
            _slipped(reversed_z=True),
            "that an open update gate keeps the old state",
            "That is the convention of S1 and of PyTorch. The one stated here is the other.",
            "lecture 06, section 6, (6.19), and the text of question 6.2",
        ),
        Misconception(
            "reset on the wrong side",
            _slipped(before=True),
            "that the state is reset before it is multiplied",
            "Here the product is made first, and the reset weighs what comes out of it.",
            "lecture 06, section 6, (6.20) and (6.21)",
        ),
        Misconception(
            "reset on the wrong side, past the inner bias",
            _slipped(before=True, d_outside=True),
            "that the state is reset before it is multiplied, so that the inner bias is never reset",
            "Here the product is made first, and the reset weighs what comes out of it, the inner bias"
            " included.",
            "lecture 06, section 6, (6.20) and (6.21)",
        ),
        Misconception(
            "the inner bias outside",
            _slipped(d_outside=True),
            "that the inner bias is one more bias of the candidate",
            "It stands inside the reset: when the reset is shut, it is gone.",
            "lecture 06, section 6, (6.20), and the cell after it that adds the two biases up",
        ),
        Misconception(
            "the input reset as well",
            _slipped(resets_input=True),
            "that the reset weighs all that the candidate hears",
            "It weighs the past alone. What comes in now arrives in full.",
            "lecture 06, section 6, (6.20): what stands inside the bracket",
        ),
        Misconception(
            "r and z exchanged",
            _slipped(order=(2, 1, 0)),
            "that the first block belongs to the reset gate",
            "The blocks are stacked in the order that the question states; yours are exchanged.",
            "the text of question 6.2, and lecture 06, section 6: what each gate does",
        ),
        Misconception(
            "PyTorch's order",
            _slipped(order=(1, 2, 0)),
            "blocks in the order r, z, n",
            "That is PyTorch's order; the weights of this question are stacked otherwise.",
            "the text of question 6.2, and lecture 06, section 3, on the order of blocks",
        ),
        Misconception(
            "no tanh",
            _slipped(squash=lambda a: a),
            "a candidate that is not squashed",
            "Without it a state can grow without bound: it is an average of old and new.",
            "lecture 06, section 6: the definition of the candidate",
        ),
    ),
)
