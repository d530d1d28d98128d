"""Question 8.7: leak and spectral radius for a signal of one's own, and the number that defends them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rnnlab.questions.question import Misconception, Part, Question


def knobs(period: int, steps: int) -> tuple[float, float]:
    alpha = 1 - math.exp(-4 / period)
    return alpha, _rho(alpha, steps)


def _rho(alpha: float, steps: float, left: float = 0.1) -> float:
    return (left ** (1 / steps) - 1 + alpha) / alpha


def _searched(period: int, steps: int) -> np.ndarray:
    """Both by halving an interval until the condition holds."""

    def solve(condition: Any, low: float, high: float) -> float:
        for _ in range(80):
            middle = (low + high) / 2
            low, high = (middle, high) if condition(middle) else (low, middle)
        return low

    alpha = solve(lambda a: (1 - a) ** (period / 4) > math.exp(-1), 0.0, 1.0)
    return np.array([alpha, solve(lambda r: (1 - alpha + alpha * r) ** steps < 0.1, 0.0, 1.0)])


def _logs(period: int, steps: int) -> list[float]:
    alpha = -math.expm1(-4 / period)
    return [alpha, 1 + math.expm1(math.log(0.1) / steps) / alpha]


def _torch(period: int, steps: int) -> Any:
    import torch

    alpha = 1 - torch.exp(torch.tensor(-4.0 / period, dtype=torch.float64))
    return torch.stack([alpha, (0.1 ** (1 / steps) - 1 + alpha) / alpha])


def _with(alpha: float, steps: int) -> tuple[float, float]:
    return alpha, _rho(alpha, steps)


def _by_first_order(period: int, steps: int) -> tuple[float, float]:
    alpha = knobs(period, steps)[0]
    return alpha, 1 + math.log(0.1) / (steps * alpha)


CHOICE = Question(
    number="8.7",
    title="Choose, and defend it by a number",
    goal="Set leak and spectral radius for a signal of your own.",
    look="lecture 08, sections 1 and 4, (8.1) and (8.8)",
    minutes=10,
    difficulty=2,
    answer="knobs",
    arguments=("P", "m"),
    returns="the leak α and the spectral radius ρ, in this order",
    parts=(Part("both numbers", 2),),
    reference=knobs,
    alternatives=(_searched, _logs, _torch),
    draws=tuple(  # of so few steps that 1 − x in place of an exponential shows in the third decimal
        (period, round(period * times))
        for period in (12, 16, 20, 24, 28, 36, 44, 60)
        for times in (0.75, 1, 1.25, 1.5, 2, 2.5)
    ),
    rtol=0.0,
    atol=5e-4,
    almost=10.0,
    misconceptions=(
        Misconception(
            "the leak is what is kept",
            lambda period, steps: (math.exp(-4 / period), _rho(math.exp(-4 / period), steps)),
            "that α is the share of the state kept at each step",
            "It is the share renewed; what is kept is the rest of it. A slow signal wants a small α.",
            "lecture 08, section 1, (8.1)",
        ),
        Misconception(
            "1/α taken for exact",
            lambda period, steps: _with(4 / period, steps),
            "that a neuron keeps 1/e of its state after exactly 1/α steps",
            "It is about that, the nearer the slower the neuron. Step a neuron with your α for a quarter of the"
            " period, and compare what is left with 1/e.",
            "the text of question 8.7, and lecture 08, section 1, (8.1)",
        ),
        Misconception(
            "the logarithm to first order",
            _by_first_order,
            "that the eigenvalue of the leaky map is one plus its logarithm",
            "It is about that while the echo fades slowly. Take your pair to the power m, and compare what is left"
            " with a tenth.",
            "the text of question 8.7, and lecture 08, section 4, (8.8)",
        ),
        Misconception(
            "the whole period",
            lambda period, steps: _with(1 - math.exp(-1 / period), steps),
            "that a neuron should keep its share over the whole period",
            "The text gives it a quarter of the period: after that the wave has gone from its middle to its crest.",
            "the text of question 8.7, and lecture 08, section 1, (8.1)",
        ),
        Misconception(
            "the radius without the leak",
            lambda period, steps: (knobs(period, steps)[0], 0.1 ** (1 / steps)),
            "that an echo fades by ρ at each step",
            "That is so at α = 1. With a leak the echo fades by the eigenvalue of the leaky map,"
            " which is nearer to one.",
            "lecture 08, section 4, (8.8)",
        ),
        Misconception(
            "a tenth of the leak's time",
            lambda period, steps: (
                knobs(period, steps)[0],
                _rho(knobs(period, steps)[0], steps, math.exp(-1)),
            ),
            "that the echo, too, may fall to one part in e",
            "The two conditions differ: the neuron's own share and the echo's share are two numbers in the text.",
            "the text of question 8.7, and lecture 08, section 4, (8.8)",
        ),
        Misconception(
            "the two change places",
            lambda period, steps: knobs(period, steps)[::-1],
            "that the spectral radius comes first",
            "The pair is asked for in the order leak, radius. Look which of your numbers is small for a slow signal.",
            "the text of question 8.7, and the table in lecture 08, section 8",
        ),
    ),
)
