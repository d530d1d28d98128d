"""Question 2.1: Jordan's own network, whose state units hear the answer and themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnnlab.models import unroll
from rnnlab.models.connections import Layer, connection_step, linear
from rnnlab.questions.question import Misconception, Part, Probe, Question

Array = np.ndarray
Update = Callable[[Array, Array, float], Array]


def _run(
    xs: Array,
    W: Array,
    U: Array,
    b: Array,
    V: Array,
    c: Array,
    alpha: float,
    update: Update,
    first: Array | None = None,
) -> Array:
    """Jordan's network with s ← update(s, o, alpha) after each answer, from s = first, or from zero."""
    s = np.zeros(len(c)) if first is None else first
    os = []
    for x in xs:
        os.append(V @ np.tanh(W @ s + U @ x + b) + c)
        s = update(s, os[-1], alpha)
    return np.array(os)


def answers(xs: Array, W: Array, U: Array, b: Array, V: Array, c: Array, alpha: float) -> Array:
    return _run(xs, W, U, b, V, c, alpha, lambda s, o, alpha: alpha * s + o)


def _answers_connected(xs: Array, W: Array, U: Array, b: Array, V: Array, c: Array, alpha: float) -> Array:
    """Three layers in one connection matrix: state units, hidden units, answer."""
    (K, N), D = V.shape, U.shape[1]
    block = np.block(
        [
            [alpha * np.eye(K), np.zeros((K, N)), np.eye(K)],
            [W, np.zeros((N, N + K))],
            [np.zeros((K, K)), V, np.zeros((K, K))],
        ]
    )
    inputs = np.vstack([np.zeros((K, D)), U, np.zeros((K, D))])
    biases, layers = np.concatenate([np.zeros(K), b, c]), (Layer(K, linear), Layer(N), Layer(K, linear))
    return unroll(connection_step, np.zeros(K + N + K), xs, block, inputs, biases, layers)[:, K + N :]


def _answers_summed(xs: Array, W: Array, U: Array, b: Array, V: Array, c: Array, alpha: float) -> Array:
    """s_t written out: Σ_k α^{t−1−k} o_k over all answers before t."""
    os = np.zeros((len(xs), len(c)))
    for t in range(len(xs)):
        s = sum((alpha ** (t - 1 - k) * os[k] for k in range(t)), np.zeros(len(c)))
        os[t] = V @ np.tanh(W @ s + U @ xs[t] + b) + c
    return os


def _answers_torch(xs: Array, W: Array, U: Array, b: Array, V: Array, c: Array, alpha: float) -> Any:
    import torch

    xs_, W_, U_, b_, V_, c_ = (torch.as_tensor(array) for array in (xs, W, U, b, V, c))
    s, os = torch.zeros_like(c_), []
    for x in xs_:
        os.append(V_ @ torch.tanh(W_ @ s + U_ @ x + b_) + c_)
        s = alpha * s + os[-1]
    return torch.stack(os)


def _one_late(xs: Array, W: Array, U: Array, b: Array, V: Array, c: Array, alpha: float) -> Array:
    s, before, os = np.zeros(len(c)), np.zeros(len(c)), []
    for x in xs:
        os.append(V @ np.tanh(W @ before + U @ x + b) + c)
        before, s = s, alpha * s + os[-1]
    return np.array(os)


def _with(update: Update) -> Callable[..., Array]:
    """The network with another rule for its state units."""

    def run(xs: Array, W: Array, U: Array, b: Array, V: Array, c: Array, alpha: float) -> Array:
        return _run(xs, W, U, b, V, c, alpha, update)

    return run


def _probes(rng: np.random.Generator) -> tuple[Probe, ...]:
    def one(part: int, T: int, N: int, D: int, K: int) -> Probe:
        shapes = ((T, D), (N, K), (N, D), (N,), (K, N), (K,))
        alpha = 0.0 if part == 0 else float(np.round(rng.uniform(0.4, 0.9), 2))
        return Probe(part, (*(np.round(rng.uniform(-1, 1, shape), 2) for shape in shapes), alpha))

    return (
        one(0, 3, 2, 1, 1),
        one(1, 4, 2, 1, 1),
        one(0, 6, 3, 2, 2),
        one(1, 7, 3, 2, 2),
        one(1, 9, 4, 2, 3),
    )


ANSWERS = Question(
    number="2.1",
    title="A network that hears its own answers fade",
    goal="Step and unroll the network that Jordan described, whose state units remember older answers too.",
    look="lecture 02, section 5, (2.10)",
    minutes=15,
    difficulty=2,
    answer="answers",
    arguments=("xs", "W", "U", "b", "V", "c", "alpha"),
    returns="the answers, shape (T, K), with $o_1$ first",
    parts=(Part("without the memory of its own, α = 0", 2), Part("any α", 3)),
    reference=answers,
    alternatives=(_answers_connected, _answers_summed, _answers_torch),
    probes=_probes,
    misconceptions=(
        Misconception(
            "the state units do not remember",
            _with(lambda s, o, alpha: o),
            "that the hidden units hear the last answer only",
            "That is the wiring of the lecture, and α has no place in it. Here older answers are heard as"
            " well.",
            "lecture 02, section 5, and the first of this question's equations",
        ),
        Misconception(
            "an average is taken",
            _with(lambda s, o, alpha: alpha * s + (1 - alpha) * o),
            "that the new answer enters with weight 1 − α",
            "That would be a leaky integrator. Here the answer enters whole: feed one answer in and look"
            " at the"
            " state units one step later.",
            "the first of this question's equations, beside lecture 01, section 4",
        ),
        Misconception(
            "the new answer fades at once",
            _with(lambda s, o, alpha: alpha * (s + o)),
            "that the newest answer is multiplied by α too",
            "With α = 0 your network would hear nothing of its answers at all.",
            "question 2.1: which of the two terms α stands beside",
        ),
        Misconception(
            "one answer too old",
            _one_late,
            "that the hidden units hear the state units before they have taken in the last answer",
            "Then the second answer knows nothing of the first. Write down the order of the three"
            " assignments in one"
            " step.",
            "lecture 02, section 5: what is within the step and what a step later",
        ),
        Misconception(
            "silence says c",
            lambda xs, W, U, b, V, c, alpha: _run(
                xs, W, U, b, V, c, alpha, lambda s, o, alpha: alpha * s + o, first=c
            ),
            "that the state units begin with the answer of a silent network",
            "The lecture's network began so; here the state units are zero when the first input comes.",
            "question 2.1: what is said about the start",
        ),
        Misconception(
            "the bias is not fed back",
            lambda xs, W, U, b, V, c, alpha: _run(
                xs, W, U, b, V, c, alpha, lambda s, o, alpha: alpha * s + (o - c)
            ),
            "that what returns is V h, before c is added",
            "The answer is what the network says, with everything that belongs to it.",
            "lecture 02, section 5, (2.10): where W c comes from",
        ),
        Misconception(
            "nothing is fed back",
            _with(lambda s, o, alpha: s),
            "that each input is answered alone",
            "Your state units never change. Which line of a step gives them a new value?",
            "lecture 02, section 5: which numbers pass from step to step",
        ),
    ),
)
