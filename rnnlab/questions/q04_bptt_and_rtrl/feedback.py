"""Question 4.2: dL/dF from the adjoints, where F multiplies the output before."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnnlab.questions.draws import sequence
from rnnlab.questions.forbidding import AUTOGRAD, GRADIENTS
from rnnlab.questions.q04_bptt_and_rtrl.adjoints import matrix, state
from rnnlab.questions.question import Misconception, Part, Probe, Question

A = np.ndarray


def _outputs_before(h0: A, hs: A, V: A) -> A:
    return np.vstack([h0, hs[:-1]]) @ V.T


def feedback_gradient(h0: A, hs: A, V: A, dhs: A) -> A:
    return ((1 - hs**2) * dhs).T @ _outputs_before(h0, hs, V)


def _in_a_loop(h0: A, hs: A, V: A, dhs: A) -> list[list[float]]:
    total = np.zeros((hs.shape[1], len(V)))
    h_before = h0
    for h, dh in zip(hs, dhs, strict=True):
        total += np.outer((1 - h * h) * dh, V @ h_before)
        h_before = h
    return total.tolist()


def _summed(h0: A, hs: A, V: A, dhs: A) -> A:
    return np.einsum("tn,tn,tk->nk", 1 - hs**2, dhs, _outputs_before(h0, hs, V))


def _in_torch(h0: A, hs: A, V: A, dhs: A) -> Any:
    import torch

    h, d, before = (torch.tensor(a, dtype=torch.float32) for a in (hs, dhs, _outputs_before(h0, hs, V)))
    return ((1 - h**2) * d).T @ before


def _probes(rng: np.random.Generator) -> tuple[Probe, ...]:
    def one(part: int, T: int, N: int, K: int) -> Probe:
        dhs = sequence(rng, T * N).reshape(T, N)
        return Probe(part, (state(rng, N), state(rng, T, N), matrix(rng, K, N), dhs))

    return (
        one(0, 1, 2, 1),
        one(1, 2, 2, 1),
        one(0, 1, 3, 2),
        one(1, 3, 3, 2),
        one(1, 6, 3, 2),
        one(1, 7, 4, 2),
    )


FEEDBACK = Question(
    number="4.2",
    title="The gradient of the feedback weights",
    goal="Turn finished derivatives by the states into the gradient of a weight matrix.",
    look="lecture 04, section 3, (4.11)",
    minutes=12,
    difficulty=2,
    answer="feedback_gradient",
    arguments=("h0", "hs", "V", "dhs"),
    returns="dL/dF, of shape (N, K)",
    parts=(Part("a single step", 1), Part("several steps", 3)),
    reference=feedback_gradient,
    alternatives=(_in_a_loop, _summed, _in_torch),
    probes=_probes,
    forbidden=(AUTOGRAD, GRADIENTS),
    misconceptions=(
        Misconception(
            "the output after the step",
            lambda h0, hs, V, dhs: ((1 - hs**2) * dhs).T @ (hs @ V.T),
            "that the weights meet the output of the same step",
            "That output is made after they have been used. Look at the index in the equation of the state.",
            "lecture 04, section 1, (4.4), and section 3, (4.11): the index of the partner",
        ),
        Misconception(
            "the last step only",
            lambda h0, hs, V, dhs: np.outer((1 - hs[-1] ** 2) * dhs[-1], _outputs_before(h0, hs, V)[-1]),
            "that the weights are used once, at the end",
            "They are used at every step, and each use has its own share.",
            "lecture 04, section 1, (4.5), and section 3, (4.11): the sum",
        ),
        Misconception(
            "the slope left out",
            lambda h0, hs, V, dhs: dhs.T @ _outputs_before(h0, hs, V),
            "that the derivative by the state is the derivative by the sum inside tanh",
            "Weights enter that sum, and tanh comes after it.",
            "lecture 04, section 3, (4.11): by what the loss is differentiated in it",
        ),
        Misconception(
            "1 − a² for 1 − h²",
            lambda h0, hs, V, dhs: ((1 - np.arctanh(hs) ** 2) * dhs).T @ _outputs_before(h0, hs, V),
            "that the slope of tanh is one minus the square of what goes in",
            "It is known from what comes out. Yours can be negative, and tanh never falls.",
            "lecture 04, section 1, (4.3): which letter stands in the slopes",
        ),
        Misconception(
            "mean instead of sum",
            lambda h0, hs, V, dhs: feedback_gradient(h0, hs, V, dhs) / len(hs),
            "that the shares of the steps are averaged",
            "They are added: a longer sequence blames the weights more often.",
            "lecture 04, section 3, (4.11): the sum",
        ),
        Misconception(
            "silence before the first step",
            lambda h0, hs, V, dhs: feedback_gradient(0 * h0, hs, V, dhs),
            "that nothing is heard at the first step",
            "The first state is given, it is not zero, and there is an output that belongs to it.",
            "lecture 04, section 2: why its example starts from a state that is not zero",
        ),
        Misconception(
            "sums multiplied instead of products summed",
            lambda h0, hs, V, dhs: np.outer(((1 - hs**2) * dhs).sum(0), _outputs_before(h0, hs, V).sum(0)),
            "that one may add up over time first and multiply afterwards",
            "That would also pair the blame of one step with the output heard at another.",
            "lecture 04, section 3, (4.11): columns side by side, and what their product pairs",
        ),
        Misconception(
            "the slope of the step before",
            lambda h0, hs, V, dhs: ((1 - np.vstack([h0, hs[:-1]]) ** 2) * dhs).T @ _outputs_before(h0, hs, V),
            "that slope and partner carry the same index",
            "The partner is what was heard. The slope is that of the unit which heard it, afterwards.",
            "lecture 04, section 3, (4.11): both indices in its middle",
        ),
    ),
)
