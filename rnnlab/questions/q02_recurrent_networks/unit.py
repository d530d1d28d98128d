"""Question 2.3: three linear units in a connection matrix are one unit; which?"""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np

from rnnlab.models import unroll
from rnnlab.models.connections import Layer, connection_step, linear
from rnnlab.questions.question import Misconception, Part, Question


def unit(a: float, c: float, d: float, p: float, q: float) -> tuple[float, float]:
    up = d + a * c
    return up * p + q, up


def matrix(a: float, c: float, d: float, p: float, q: float) -> np.ndarray:
    """Unit 1 feeds 2 (a) and 3 (d), unit 2 feeds 3 (c), unit 3 feeds itself (q) and unit 1 (p)."""
    return np.array([[0.0, 0.0, p], [a, 0.0, 0.0], [d, c, q]])


def run(a: float, c: float, d: float, p: float, q: float, T: int = 8) -> np.ndarray:
    """All three units, (T, 3), after an impulse into unit 1."""
    impulse = np.eye(T)[:, :1]
    given = matrix(a, c, d, p, q), np.eye(3)[:, :1], np.zeros(3), (Layer(1, linear),) * 3
    return unroll(connection_step, np.zeros(3), impulse, *given)


def _measured(a: float, c: float, d: float, p: float, q: float) -> np.ndarray:
    """From the run: the first answer is u, and each is w times the one before."""
    top = run(a, c, d, p, q)[:, 2]
    return np.array([top[1] / top[0], top[0]])


def _solved(a: float, c: float, d: float, p: float, q: float) -> Any:
    """(I − L)⁻¹ (R + U): what arrives within the step, after what arrives a step later."""
    import torch

    L = torch.tensor([[0.0, 0.0, 0.0], [a, 0.0, 0.0], [d, c, 0.0]], dtype=torch.float64)
    late_and_input = torch.tensor([[p, 1.0], [0.0, 0.0], [q, 0.0]], dtype=torch.float64)
    return torch.linalg.solve(torch.eye(3, dtype=torch.float64) - L, late_and_input)[2]


def _far_enough(*draw: float) -> bool:
    """The answer and all slips are apart, and stay apart from the numbers that messages hold."""
    pairs = [unit(*draw), *(m.wrong(*draw) for m in _MISCONCEPTIONS)]
    apart = all(math.dist(x, y) > 0.05 for i, x in enumerate(pairs) for y in pairs[:i])
    return apart and abs(unit(*draw)[0]) < 0.95 and all(abs(value) > 0.1 for value in unit(*draw))


_MISCONCEPTIONS = (
    Misconception(
        "the direct way is missed",
        lambda a, c, d, p, q: (a * c * p + q, a * c),
        "that unit 1 reaches unit 3 only through unit 2",
        "There is a weight in the first column that skips a layer, and its signal arrives in the same step.",
        "lecture 02, section 5, (2.12): every block of row 3",
    ),
    Misconception(
        "the way through unit 2 is missed",
        lambda a, c, d, p, q: (d * p + q, d),
        "that unit 1 reaches unit 3 only directly",
        "Unit 2 is computed before unit 3, so what it got from unit 1 is passed on within the same step.",
        "lecture 02, section 5, (2.13): paths of one and of two arrows",
    ),
    Misconception(
        "parallel ways are multiplied",
        lambda a, c, d, p, q: (a * c * d * p + q, a * c * d),
        "that the two ways up follow one another",
        "Along a way weights multiply; ways side by side add, for unit 3 sums what it hears.",
        "lecture 02, section 5, (2.13): a sum of products",
    ),
    Misconception(
        "unit 3 does not hear itself",
        lambda a, c, d, p, q: ((d + a * c) * p, d + a * c),
        "that the only loop goes through unit 1",
        "The diagonal has an entry too, and it acts one step later like the other loop.",
        "lecture 02, section 5, (2.12): the sum over j ≥ i",
    ),
    Misconception(
        "the loop is only the way down",
        lambda a, c, d, p, q: (p + q, d + a * c),
        "that what unit 1 hears of unit 3 arrives at unit 3 unchanged",
        "It has to climb again, by the same ways as the input.",
        "lecture 02, section 5, (2.12): follow one signal from unit 3 back to unit 3",
    ),
)

_EXCHANGED = Misconception(
    "the two exchanged",
    lambda *draw: unit(*draw)[::-1],
    "that the input weight comes first",
    "Both numbers are right, and each stands in the other's place.",
    "question 2.3: the order in the pair",
)

_CANDIDATES = product((0.4, 0.6, 1.2), (-0.7, 0.5, 0.9), (-0.35, 0.45, 0.8), (-0.55, 0.65), (-0.3, 0.25))

UNIT = Question(
    number="2.3",
    title="Three units that are one",
    goal="Read a connection matrix of your own: which single unit of lecture 01 does the same?",
    look="lecture 02, section 5, (2.12) and (2.13)",
    minutes=12,
    difficulty=2,
    answer="unit",
    arguments=("a", "c", "d", "p", "q"),
    returns="the recurrent weight w and the input weight u, in this order",
    parts=(Part("both numbers", 3),),
    reference=unit,
    alternatives=(_measured, _solved, lambda *draw: list(unit(*draw))),
    draws=tuple(draw for draw in _CANDIDATES if _far_enough(*draw)),
    rtol=0.0,
    atol=1e-3,
    almost=10.0,
    misconceptions=(*_MISCONCEPTIONS, _EXCHANGED),
)
