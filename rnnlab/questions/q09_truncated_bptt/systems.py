"""Question 9.7: what truncation does to the optimum of three systems, which `rnnlab.figures.exercise_09` shows."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

import numpy as np

from rnnlab.questions.question import Misconception, Part, Question

FATES = ("same", "moved", "away")


def _named(*kinds: int) -> tuple[str, ...]:
    return tuple(FATES[kind] for kind in kinds)


def _taking(table: tuple[int, int, int]) -> Callable[..., tuple[str, ...]]:
    """The diagnosis of someone who says FATES[table[kind]] of each kind."""
    return lambda a, b, c, seed: _named(*(table[kind] for kind in (a, b, c)))


SYSTEMS = Question(
    number="9.7",
    title="Does truncation move the optimum?",
    goal="Tell for three systems whether truncation only slows learning, moves its end, or leads away.",
    look="lecture 09, section 5, (9.20)",
    minutes=10,
    difficulty=2,
    answer="fates",
    arguments=("A", "B", "C", "seed"),
    returns=f"one fate for each system, out of {', '.join(FATES)}",
    parts=(Part("all three", 2),),
    reference=lambda a, b, c, seed: _named(a, b, c),
    alternatives=(
        lambda a, b, c, seed: list(_named(a, b, c)),
        lambda a, b, c, seed: np.array(_named(a, b, c)),
        lambda a, b, c, seed: [f" {word.upper()} " for word in _named(a, b, c)],
    ),
    draws=tuple((*kinds, seed) for kinds in permutations(range(3)) for seed in range(6)),
    words=FATES,
    misconceptions=(
        Misconception(
            "biased, therefore moved",
            _taking((1, 1, 2)),
            "that a gradient which is too small has its zero elsewhere",
            "Where what is kept is a fixed share of the whole, both vanish together, as on the lecture's toy.",
            "lecture 09, section 2, (9.8), and what follows (9.9)",
        ),
        Misconception(
            "its zero is right, therefore it arrives",
            _taking((0, 1, 0)),
            "that a learner ends wherever its gradient vanishes",
            "It ends there if the gradient points there from both sides. Look at the sign beside the zero.",
            "lecture 09, section 5: what is said there of what diverges",
        ),
        Misconception(
            "truncation only slows",
            _taking((0, 0, 0)),
            "that a truncated gradient is always a smaller full one",
            "On the lecture's toy it is. In general it is another sum of other terms.",
            "lecture 09, section 5",
        ),
        Misconception(
            "truncation always moves",
            _taking((1, 1, 1)),
            "that whatever is cut must move the end",
            "The end is where a gradient vanishes, and whether it pulls. Work out both for each system.",
            "lecture 09, section 5: the last question of that section",
        ),
        Misconception(
            "moved and away exchanged",
            _taking((0, 2, 1)),
            "that a zero in another place repels, and that a repelling one has moved",
            "These are two questions: where the gradient vanishes, and what sign its slope has there.",
            "lecture 09, section 5, (9.20)",
        ),
        Misconception(
            "outputs looked at one by one",
            _taking((0, 0, 2)),
            "that what holds for each output alone holds for their sum",
            "Each output alone would find its own target. Together they bargain, and truncation changes the weights.",
            "lecture 09, section 2, (9.6): the sum over losses",
        ),
    ),
)
