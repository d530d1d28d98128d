"""Question 1.5: the learning rate for V(θ) = (θ − θ*)ᵀ A (θ − θ*) that does best by its worst direction."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rnnlab.questions.question import Misconception, Part, Question


def _curvatures(a: float, b: float, c: float) -> tuple[float, float]:
    """Eigenvalues of A = [[a, b], [b, c]], the smaller first."""
    middle, reach = (a + c) / 2, math.hypot((a - c) / 2, b)
    return middle - reach, middle + reach


def best(a: float, b: float, c: float) -> tuple[float, float]:
    low, high = _curvatures(a, b, c)
    return 1 / (low + high), (high - low) / (high + low)


def _best_searched(a: float, b: float, c: float) -> np.ndarray:
    """Where the worst factor is least, found by trying."""
    low, high = np.linalg.eigvalsh(np.array([[a, b], [b, c]]))
    rates = np.linspace(0, 1 / high, 200_001)
    worst = np.maximum(abs(1 - 2 * rates * low), abs(1 - 2 * rates * high))
    return np.array([rates[worst.argmin()], worst.min()])


def _best_torch(a: float, b: float, c: float) -> Any:
    import torch

    curvatures = torch.linalg.eigvalsh(2 * torch.tensor([[a, b], [b, c]]))
    rate = 2 / curvatures.sum()
    return torch.stack([rate, (1 - rate * curvatures).abs().max()])


def _made_for(curvature: float, a: float, b: float, c: float) -> tuple[float, float]:
    """The rate that brings the direction of this eigenvalue to its minimum in one step, and its worst factor."""
    return 1 / (2 * curvature), max(abs(1 - other / curvature) for other in _curvatures(a, b, c))


RATE = Question(
    number="1.5",
    title="The best learning rate, and what it is worth",
    goal="Choose the learning rate for a bowl of your own, and justify it by the factor it gives per step.",
    look="lecture 01, section 7, (1.16)",
    minutes=12,
    difficulty=2,
    answer="best",
    arguments=("a", "b", "c"),
    returns="the rate μ and the factor, in this order",
    parts=(Part("both numbers", 3),),
    reference=best,
    alternatives=(_best_searched, _best_torch, lambda a, b, c: [np.float64(x) for x in best(a, b, c)]),
    draws=tuple(
        (a, b, c) for a in (1.2, 1.5, 2.0, 2.5) for b in (-0.5, -0.3, 0.3, 0.5) for c in (0.4, 0.6, 0.8)
    ),
    rtol=2e-3,
    atol=0.0,
    almost=10.0,
    misconceptions=(
        Misconception(
            "the two exchanged",
            lambda a, b, c: best(a, b, c)[::-1],
            "that the factor comes first",
            "Both numbers are right, and each stands in the other's place.",
            "question 1.5: the order in the pair",
        ),
        Misconception(
            "a half that is not there",
            lambda a, b, c: (2 * best(a, b, c)[0], best(a, b, c)[1]),
            "that A is the matrix H of second derivatives",
            "In the lecture's cost there is a factor ½ and it is; here there is none. Differentiate V twice.",
            "lecture 01, section 7, (1.16): the cost it is derived for",
        ),
        Misconception(
            "at the edge",
            lambda a, b, c: (1 / _curvatures(a, b, c)[1], 1.0),
            "that the best rate is the largest for which descent does not diverge",
            "There the steepest direction jumps from side to side for ever, which is what a factor of 1"
            " says.",
            "lecture 01, section 7, (1.16): both sides of its condition",
        ),
        Misconception(
            "made for the steep direction",
            lambda a, b, c: _made_for(_curvatures(a, b, c)[1], a, b, c),
            "that the steepest direction should be done in one step",
            "It is, and the flat one is left to crawl. A rate a little larger loses something there and"
            " gains more here.",
            "lecture 01, section 7, (1.16): plot |1 − μλ| against μ for both curvatures",
        ),
        Misconception(
            "made for the flat direction",
            lambda a, b, c: _made_for(_curvatures(a, b, c)[0], a, b, c),
            "that the flattest direction should be done in one step",
            "Look at what that rate does to the steep one: compare your factor with 1.",
            "lecture 01, section 7, (1.16): the condition on the largest curvature",
        ),
        Misconception(
            "the diagonal for the curvatures",
            lambda a, b, c: (1 / (a + c), abs(a - c) / (a + c)),
            "that the curvatures of the bowl stand on the diagonal of A",
            "They would if b were zero. The bowl is turned, and its steepest direction is steeper than"
            " either axis.",
            "lecture 01, section 7, (1.16): which numbers of the matrix it uses",
        ),
        Misconception(
            "the cost for the error",
            lambda a, b, c: (best(a, b, c)[0], best(a, b, c)[1] ** 2),
            "that the factor is the one by which the cost shrinks",
            "The rate is right. The question asks about the distance to θ*, and the cost is quadratic in it.",
            "lecture 01, section 7, (1.16): what is on its left side",
        ),
    ),
)
