"""Question 9.3: the largest rates for the toy with a constant drift, S3's second question."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnnlab.questions.question import Misconception, Part, Question

Three = tuple[float, float, float]


def _squares(T: int) -> float:
    return T * (T + 1) * (2 * T + 1) / 6


def _three(T: int) -> np.ndarray:
    """The limits at a drift of one: full, frozen, online with reset."""
    return np.array([1 / _squares(T), 2 / (T * (T + 1)), 1 - np.cos(np.pi / (T + 1))])


def rates(T: int, c: float) -> Three:
    full, frozen, online = _three(T) / c**2
    return float(full), float(frozen), float(online)


def _by_sums(T: int, c: float) -> list[float]:
    full = 1 / sum((c * t) ** 2 for t in range(1, T + 1))
    frozen = 1 / sum(c * c * t for t in range(1, T + 1))
    return [full, frozen, 2 * np.sin(np.pi / (2 * (T + 1))) ** 2 / c**2]


def _in_torch(T: int, c: float) -> Any:
    import torch

    return torch.tensor(rates(T, c), dtype=torch.float32)


def _with(T: int, c: float, full: float = 0, frozen: float = 0, online: float = 0) -> Three:
    a, b, d = rates(T, c)
    return full or a, frozen or b, online or d


RATES = Question(
    number="9.3",
    title="Three largest rates",
    goal="Find the largest stable rate of three ways to learn one problem of your own.",
    look="lecture 09, (9.4), (9.9) and (9.14)",
    minutes=12,
    difficulty=3,
    answer="rates",
    arguments=("T", "c"),
    returns="three rates: full gradient, frozen truncated pass, online with reset",
    parts=(Part("all three", 3),),
    reference=rates,
    alternatives=(_by_sums, _in_torch, lambda T, c: np.array(rates(T, c))),
    draws=tuple((T, c) for T in range(5, 13) for c in (0.5, 0.8, 1.25, 1.6)),
    rtol=1e-3,
    atol=0.0,
    almost=10.0,
    misconceptions=(
        Misconception(
            "the frozen limit for the online learner",
            lambda T, c: _with(T, c, online=rates(T, c)[1]),
            "that a rate which is safe with a frozen parameter is the limit online",
            "Online, the state answers to the first updates while the pass goes on. The pair has a map of its own.",
            "lecture 09, section 3, (9.13): the multiplier of a pass",
        ),
        Misconception(
            "the drift once",
            lambda T, c: tuple(float(x) for x in _three(T) / c),
            "that the drift enters each gradient once",
            "It enters twice: it made the error, and it is how the state answers to the parameter.",
            "lecture 09, section 2, (9.8): both factors of it, for this toy",
        ),
        Misconception(
            "the drift forgotten",
            lambda T, c: tuple(float(x) for x in _three(T)),
            "the lecture's own toy",
            "In this one a push is the parameter times a drift.",
            "lecture 09, section 1: how far the state moves, for the step of this exercise",
        ),
        Misconception(
            "the drift on the wrong side",
            lambda T, c: tuple(float(x) for x in _three(T) * c**2),
            "that a stronger drift allows a larger rate",
            "A stronger drift makes the loss steeper. What does that do to a step?",
            "lecture 09, section 1, (9.4)",
        ),
        Misconception(
            "the rate that lands",
            lambda T, c: _with(T, c, rates(T, c)[0] / 2, rates(T, c)[1] / 2),
            "that the best rate is the largest one",
            "At that rate one step arrives. A larger one overshoots, and still comes nearer for a while.",
            "lecture 09, section 1: between which numbers the multiplier may lie",
        ),
        Misconception(
            "the loss at the end only",
            lambda T, c: _with(T, c, full=1 / (c * T) ** 2),
            "that the full gradient is the one of the last loss",
            "That is S3's other example. Here every step has a loss.",
            "lecture 09, section 1, (9.3)",
        ),
        Misconception(
            "no reset",
            lambda T, c: _with(T, c, online=2 / c**2),
            "the rate at which the online map leaves the unit circle",
            "Below it the learner goes round for ever. With a reset it comes nearer, below another, smaller rate.",
            "lecture 09, section 3, (9.14)",
        ),
        Misconception(
            "one step less",
            lambda T, c: _with(T, c, online=(1 - np.cos(np.pi / T)) / c**2),
            "that the first window begins where it ends",
            "The multiplier leaves the band at one end of a window and comes back at the other.",
            "lecture 09, section 3, what is said before (9.14)",
        ),
        Misconception(
            "the parabola for the cosine",
            lambda T, c: _with(T, c, online=(np.pi / (T + 1)) ** 2 / 2 / c**2),
            "that a window is long enough for the end of (9.14)",
            "What stands there after ≈ is for long windows. Yours is short: use what stands before it.",
            "lecture 09, section 3, (9.14): both signs in it",
        ),
        Misconception(
            "the square differentiated without its two",
            lambda T, c: tuple(2 * rate for rate in rates(T, c)),
            "a loss with one half in front",
            "These losses are plain squares, as S3 writes them, so every gradient has a two in it.",
            "lecture 09, section 1, (9.2) and (9.4)",
        ),
        Misconception(
            "full and frozen change places",
            lambda T, c: (rates(T, c)[1], rates(T, c)[0], rates(T, c)[2]),
            "that the truncated gradients come first",
            "The order is BPTT, frozen, online. Which of the first two gradients is the longer one?",
            "the text of question 9.3, and lecture 09, section 2, (9.9)",
        ),
    ),
)
