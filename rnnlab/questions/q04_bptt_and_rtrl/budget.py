"""Question 4.4: what both algorithms keep, and what the one that fits the memory costs."""

from __future__ import annotations

import numpy as np

from rnnlab.questions.question import Misconception, Part, Question

Three = tuple[float, float, float]


def _kept(N: int, D: int, T: int) -> tuple[int, int]:
    return T * (N + D), N**2 * (N + D + 1)


def _products(N: int, D: int, T: int) -> tuple[int, int]:
    return T * (2 * N**2 + N * D), T * (N**3 + N**2) * (N + D + 1)


def _fits(N: int, D: int, T: int, M: int) -> int:
    """0 where BPTT fits, 1 where RTRL does; every draw has one of them."""
    return 0 if _kept(N, D, T)[0] <= M else 1


def budget(N: int, D: int, T: int, M: int) -> Three:
    return (*_kept(N, D, T), _products(N, D, T)[_fits(N, D, T, M)])


def _by_counting(N: int, D: int, T: int, M: int) -> Three:
    """From the arrays themselves, step by step."""
    hs, xs, S = np.zeros((T, N)), np.zeros((T, D)), np.zeros((N, N, N + D + 1))
    backward = sum(N * N + N * N + N * D for _ in range(T))
    forward = sum(N * S.size + S.size for _ in range(T))
    return hs.size + xs.size, S.size, backward if hs.size + xs.size <= M else forward


def _wrong(N: int, D: int, T: int, M: int, kept: tuple, products: tuple) -> Three:
    return (*kept, products[_fits(N, D, T, M)])


def _draws() -> tuple[tuple[int, int, int, int], ...]:
    """A memory between what the two need: half of the students have room for one, half for the other."""
    found = []
    for N in (8, 10, 12, 16, 20, 24):
        for D in (2, 3, 4):
            forward = _kept(N, D, 1)[1]
            for share in (0.4, 2.5):
                T = int(round(share * forward / (N + D), -1))
                found.append((N, D, T, int(round((T * (N + D) + forward) / 2, -2))))
    return tuple(found)


BUDGET = Question(
    number="4.4",
    title="Which of the two fits?",
    goal="Count what both need for a network of your own, choose by memory, and name the price.",
    look="lecture 04, section 6, (4.20) to (4.22)",
    minutes=12,
    difficulty=1,
    answer="budget",
    arguments=("N", "D", "T", "M"),
    returns="three whole numbers: kept by BPTT, kept by RTRL, multiplications of the one that fits",
    parts=(Part("all three", 3),),
    reference=budget,
    alternatives=(
        _by_counting,
        lambda *own: np.array(budget(*own), dtype=float),
        lambda *own: [np.int64(x) for x in budget(*own)],
    ),
    draws=_draws(),
    rtol=0.0,
    atol=1e-6,
    misconceptions=(
        Misconception(
            "the two exchanged",
            lambda N, D, T, M: (*_kept(N, D, T)[::-1], budget(N, D, T, M)[2]),
            "that RTRL is the one that keeps the sequence",
            "All three numbers are right, and the first two stand in each other's place. Which of the two"
            " walks back?",
            "lecture 04, section 6: the table of both costs, and the order that question 4.4 asks for",
        ),
        Misconception(
            "the one that does not fit",
            lambda N, D, T, M: (*_kept(N, D, T), _products(N, D, T)[1 - _fits(N, D, T, M)]),
            "the algorithm that needs more room than there is",
            "Your counts of what is kept are right. Compare both with the room again.",
            "lecture 04, section 6: the table of both costs",
        ),
        Misconception(
            "the bias forgotten",
            lambda N, D, T, M: _wrong(
                N,
                D,
                T,
                M,
                (T * (N + D), N**2 * (N + D)),
                (T * (2 * N**2 + N * D), T * (N**3 + N**2) * (N + D)),
            ),
            "a network without a bias",
            "The bias is one more weight for each unit, and what it does to the states is carried along"
            " as well.",
            "lecture 04, section 4: of what z consists, and section 6, (4.21)",
        ),
        Misconception(
            "the inputs forgotten",
            lambda N, D, T, M: _wrong(
                N, D, T, M, (T * N, N**2 * (N + 1)), (T * 2 * N**2, T * (N**3 + N**2) * (N + 1))
            ),
            "that only states and recurrent weights count",
            "The input weights have a gradient too, and it needs the inputs.",
            "lecture 04, section 6, (4.20) to (4.22)",
        ),
        Misconception(
            "one number a weight",
            lambda N, D, T, M: (
                T * (N + D),
                N * (N + D + 1),
                _products(N, D, T)[_fits(N, D, T, M)],
            ),
            "that RTRL keeps one number for each weight",
            "It keeps how each state depends on each weight, a whole column a weight.",
            "lecture 04, section 4, (4.15): the shape of the influence matrix",
        ),
        Misconception(
            "one step for all",
            lambda N, D, T, M: (*_kept(N, D, T), _products(N, D, 1)[_fits(N, D, T, M)]),
            "the price of one time step",
            "What is kept is right. The price is asked for the whole sequence.",
            "lecture 04, section 6, (4.20) and (4.21): the factor before the brackets",
        ),
        Misconception(
            "the influence matrix kept for every step",
            lambda N, D, T, M: (
                T * (N + D),
                T * N**2 * (N + D + 1),
                _products(N, D, T)[_fits(N, D, T, M)],
            ),
            "that RTRL stores its influence matrices",
            "It needs only the newest one; the older ones are gone. That is its whole point.",
            "lecture 04, section 6, (4.22)",
        ),
        Misconception(
            "leading terms only",
            lambda N, D, T, M: _wrong(N, D, T, M, (T * N, N**3), (2 * T * N**2, T * N**4)),
            "that the table of orders of growth gives the counts",
            "It tells how the costs grow. The counts have more terms, and here each of them is asked for.",
            "lecture 04, section 6, (4.20) to (4.22), which are exact",
        ),
    ),
)
