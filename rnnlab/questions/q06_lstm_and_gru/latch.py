"""Question 6.3: biases of a cell that keeps a value for a thousand steps, and lets little else in."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rnnlab.questions.question import Misconception, Part, Question

STEPS, OPEN = 1000, 0.99
Three = tuple[float, float, float]


def _logit(p: float) -> float:
    return math.log(p / (1 - p))


def latch(p: float, e: float) -> Three:
    f = p ** (1 / STEPS)
    b_i = _logit(e * (1 - f))
    return _logit(f), b_i, _logit(OPEN) - b_i


def _with(f: float, i: float) -> Three:
    return _logit(f), _logit(i), _logit(OPEN) - _logit(i)


def _by_exponentials(p: float, e: float) -> np.ndarray:
    """1 − f = −expm1(ln p / T), and softplus turned round."""
    lost = -math.expm1(math.log(p) / STEPS)
    b_i = -math.log(1 / (e * lost) - 1)
    return np.array([-math.log(lost / (1 - lost)), b_i, math.log(99) - b_i])


def _searched(p: float, e: float) -> list[float]:
    """Each by halving an interval on the simulated cell."""

    def solve(too_large: Any) -> float:
        low, high = -40.0, 40.0
        for _ in range(100):
            middle = (low + high) / 2
            low, high = (low, middle) if too_large(middle) else (middle, high)
        return low

    def sigma(a: float) -> float:
        return 1 / (1 + math.exp(-a))

    b_f = solve(lambda a: sigma(a) ** STEPS > p)
    b_i = solve(lambda a: sigma(a) / (1 - sigma(b_f)) > e)
    return [b_f, b_i, solve(lambda m: sigma(b_i + m) > OPEN)]


def _by_torch(p: float, e: float) -> Any:
    import torch

    f = torch.tensor(p, dtype=torch.float64) ** (1 / STEPS)
    b_i = torch.logit(e * (1 - f))
    return torch.stack([torch.logit(f), b_i, torch.logit(torch.tensor(OPEN, dtype=torch.float64)) - b_i])


LATCH = Question(
    number="6.3",
    title="A latch for a thousand steps",
    goal="Set the biases of a cell for a memory of your own length and quiet.",
    look="lecture 06, section 3, its live figure, and section 4, (6.15)",
    minutes=12,
    difficulty=2,
    answer="latch",
    arguments=("p", "e"),
    returns="three numbers: the forget bias, the input bias, and the mark's weight",
    parts=(Part("all three", 3),),
    reference=latch,
    alternatives=(_by_exponentials, _searched, _by_torch),
    draws=tuple((p, e) for p in (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95) for e in (0.01, 0.02, 0.05, 0.1, 0.15)),
    rtol=5e-4,
    almost=10.0,
    misconceptions=(
        Misconception(
            "one step for a thousand",
            lambda p, e: _with(p, e * (1 - p)),
            "that the share is to be left after one step",
            "At each of the thousand steps a share of the rest is lost. What is left of it all is a power.",
            "lecture 06, section 4, (6.15)",
        ),
        Misconception(
            "gates for what opens them",
            lambda p, e: (
                p ** (1 / STEPS),
                e * (1 - p ** (1 / STEPS)),
                OPEN - e * (1 - p ** (1 / STEPS)),
            ),
            "that the gates themselves are asked for",
            "A bias is what the logistic function turns into a gate; turn it round.",
            "lecture 06, section 2, (6.5)",
        ),
        Misconception(
            "what is lost for what is kept",
            lambda p, e: (
                -_logit(p ** (1 / STEPS)),
                *_with(p ** (1 / STEPS), e * (1 - p ** (1 / STEPS)))[1:],
            ),
            "that the forget gate is the share that is forgotten",
            "In spite of its name it is the share that is kept. Open, the cell stays as it is.",
            "lecture 06, section 3, (6.8)",
        ),
        Misconception(
            "nothing fades in between",
            lambda p, e: _with(p ** (1 / STEPS), e / STEPS),
            "that what slips in stays for ever and is counted for a thousand steps",
            "The cell forgets that too, at its own rate, and the sum runs on beyond a thousand: a geometric one.",
            "lecture 06, section 1, (6.3), with the factor of section 4, (6.15)",
        ),
        Misconception(
            "one unwanted value",
            lambda p, e: _with(p ** (1 / STEPS), e),
            "that only one unwanted value comes",
            "One comes at each step. What they leave behind adds up.",
            "lecture 06, section 1, (6.3)",
        ),
        Misconception(
            "the mark alone",
            lambda p, e: (*latch(p, e)[:2], _logit(OPEN)),
            "that the mark's weight opens the gate by itself",
            "The bias is there at the mark as well, and pulls the other way.",
            "lecture 06, section 3: its live figure, and the settings after it",
        ),
    ),
)
