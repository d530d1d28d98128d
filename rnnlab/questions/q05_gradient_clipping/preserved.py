"""Question 5.4: Ω with norms, summed over time, for S4's wiring r_t = W tanh(r_{t−1}) + x_t."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnnlab.questions.draws import sequence
from rnnlab.questions.q04_bptt_and_rtrl.adjoints import matrix
from rnnlab.questions.question import Misconception, Part, Probe, Question

A = np.ndarray
Back = Callable[[A, A, A], A]  # (slopes at r_{t−1}, W, δ_t) → δ_{t−1}


def _slopes(rs: A) -> A:
    return 1 - np.tanh(rs) ** 2


def _deltas(slopes: A, W: A, last: A, back: Back) -> A:
    """∂E/∂r_T … ∂E/∂r_0, from the last on."""
    found = [last]
    for slope in slopes[::-1]:
        found.append(back(slope, W, found[-1]))
    return np.array(found)


def _right(slope: A, W: A, delta: A) -> A:
    return slope * (W.T @ delta)


def _ratios(rs: A, W: A, last: A, back: Back = _right) -> A:
    sizes = np.linalg.norm(_deltas(_slopes(rs[:-1]), W, last, back), axis=1)
    return sizes[1:] / sizes[:-1]


def omega(rs: A, W: A, last: A) -> float:
    return float(((_ratios(rs, W, last) - 1) ** 2).sum())


def _in_a_loop(rs: A, W: A, last: A) -> float:
    total, delta = 0.0, last
    for r in rs[-2::-1]:
        J = W @ np.diag(1 / np.cosh(r) ** 2)
        total += float((np.linalg.norm(delta @ J) / np.linalg.norm(delta) - 1) ** 2)
        delta = delta @ J
    return total


def _by_autograd(rs: A, W: A, last: A) -> Any:
    import torch

    states = [torch.tensor(rs[0], requires_grad=True)]
    W_ = torch.tensor(W)
    for before, after in zip(rs[:-1], rs[1:], strict=True):
        states.append(W_ @ torch.tanh(states[-1]) + torch.tensor(after - W @ np.tanh(before)))
    sizes = torch.stack(torch.autograd.grad(states[-1] @ torch.tensor(last), states)).norm(dim=1)
    return ((sizes[:-1] / sizes[1:] - 1) ** 2).sum()


def _jacobian_norms(rs: A, W: A, last: A) -> float:
    norms = [np.linalg.norm(W * slope, 2) for slope in _slopes(rs[:-1])]
    return float(((np.array(norms) - 1) ** 2).sum())


def _from_the_end(rs: A, W: A, last: A) -> float:
    sizes = np.linalg.norm(_deltas(_slopes(rs[:-1]), W, last, _right), axis=1)
    return float(((sizes[1:] / sizes[0] - 1) ** 2).sum())


def _probes(rng: np.random.Generator) -> tuple[Probe, ...]:
    def one(part: int, T: int, N: int) -> Probe:
        return Probe(
            part, (sequence(rng, (T + 1) * N).reshape(T + 1, N), matrix(rng, N, N), sequence(rng, N))
        )

    return (one(0, 1, 2), one(1, 3, 2), one(0, 1, 3), one(1, 4, 3), one(1, 6, 3), one(1, 7, 4))


PRESERVED = Question(
    number="5.4",
    title="Ω in the other wiring",
    goal="Compute S1's norm-preserving regulariser for a network that squashes before the weights.",
    look="lecture 05, section 6, on Ω, and section 1, (5.2)",
    minutes=15,
    difficulty=2,
    answer="omega",
    arguments=("rs", "W", "dr_last"),
    returns="Ω, one number",
    parts=(Part("one step", 1), Part("several steps", 3)),
    reference=omega,
    alternatives=(_in_a_loop, _by_autograd, lambda rs, W, last: np.float64(omega(rs, W, last))),
    probes=_probes,
    misconceptions=(
        Misconception(
            "squared norms",
            lambda rs, W, last: float(((_ratios(rs, W, last) ** 2 - 1) ** 2).sum()),
            "that the lengths are squared before they are compared",
            "The paper's code does that. The slide, and this question, compare the lengths themselves.",
            "lecture 05, section 6: the two forms, before (5.20) and (5.21)",
        ),
        Misconception(
            "mean instead of sum",
            lambda rs, W, last: omega(rs, W, last) / (len(rs) - 1),
            "that the steps are averaged",
            "The paper's code does that. Here they are added.",
            "lecture 05, section 6: the two forms, before (5.20) and (5.21)",
        ),
        Misconception(
            "the factors exchanged",
            lambda rs, W, last: float(((_ratios(rs, W, last, lambda s, W, d: W.T @ (s * d)) - 1) ** 2).sum()),
            "that the gradient meets the slopes before the weights",
            "This network squashes first and weighs afterwards, so on the way back the weights come first.",
            "lecture 05, section 1, (5.2), and what S4 prints",
        ),
        Misconception(
            "W instead of its transpose",
            lambda rs, W, last: float(((_ratios(rs, W, last, lambda s, W, d: s * (W @ d)) - 1) ** 2).sum()),
            "that a gradient passes a weight matrix as a state does",
            "It is a column and goes through the transposed Jacobian.",
            "lecture 05, section 1, (5.2)",
        ),
        Misconception(
            "compared with the last length",
            _from_the_end,
            "that every length is compared with that at the end",
            "Each is compared with the one a single step later.",
            "lecture 05, section 6: the definition of the ratios in Ω",
        ),
        Misconception(
            "the ratio upside down",
            lambda rs, W, last: float(((1 / _ratios(rs, W, last) - 1) ** 2).sum()),
            "that the later length is divided by the earlier one",
            "The gradient goes back: the earlier time is where it arrives, and that length stands above.",
            "lecture 05, section 6: the definition of the ratios in Ω",
        ),
        Misconception(
            "the difference not squared",
            lambda rs, W, last: float(np.abs(_ratios(rs, W, last) - 1).sum()),
            "that the distances from one are added",
            "It is their squares that are added.",
            "lecture 05, section 6: the definition of Ω",
        ),
        Misconception(
            "the slopes of the states after",
            lambda rs, W, last: float(((_ratios(np.vstack([rs[1:], rs[:1]]), W, last) - 1) ** 2).sum()),
            "that the slope is taken at the state to which a step leads",
            "What is squashed in this wiring is the state before.",
            "lecture 05, section 1, (5.2): the indices of the states in it",
        ),
        Misconception(
            "1 − r² for the slope",
            lambda rs, W, last: float(
                (
                    (
                        _ratios(
                            rs, W, last, lambda s, W, d: (1 - np.arctanh(np.sqrt(1 - s)) ** 2) * (W.T @ d)
                        )
                        - 1
                    )
                    ** 2
                ).sum()
            ),
            "that the states have been squashed already",
            "In this wiring they are what goes into tanh, not what comes out.",
            "lecture 05, section 1, above (5.2): S4's wiring",
        ),
        Misconception(
            "the Jacobian's norm",
            _jacobian_norms,
            "that every direction has to keep its length",
            "Only the direction of the error counts: it is a softer demand.",
            "lecture 05, section 6: the two remarks after (5.22)",
        ),
    ),
)
