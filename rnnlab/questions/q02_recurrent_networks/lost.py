"""Question 2.5: three parity networks, each with something wrong, to be told from what they say."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

import numpy as np

from rnnlab.analysis.sick_parity import CAUSES
from rnnlab.questions.question import Misconception, Part, Question


def _named(*kinds: int) -> tuple[str, ...]:
    return tuple(CAUSES[kind] for kind in kinds)


def _taking(old: int, new: int, swap: bool = False) -> Callable[..., tuple[str, ...]]:
    """The diagnosis of someone who takes one cause for another; with `swap`, each for the other."""
    table = list(range(len(CAUSES)))
    table[old] = new
    if swap:
        table[new] = old
    return lambda a, b, c, seed: _named(*(table[kind] for kind in (a, b, c)))


LOST = Question(
    number="2.5",
    title="Three networks that have lost something",
    goal="Tell from what a network says, on bits of your own, what is wrong inside it.",
    look="lecture 02, section 3, (2.6) and (2.7)",
    minutes=12,
    difficulty=2,
    answer="causes",
    arguments=("A", "B", "C", "seed"),
    returns=f"one cause for each network, out of {', '.join(CAUSES)}",
    parts=(Part("all three", 3),),
    reference=lambda a, b, c, seed: _named(a, b, c),
    alternatives=(
        lambda a, b, c, seed: list(_named(a, b, c)),
        lambda a, b, c, seed: np.array(_named(a, b, c)),
        lambda a, b, c, seed: [f" {word.upper()} " for word in _named(a, b, c)],
    ),
    draws=tuple((*kinds, seed) for kinds in permutations(range(len(CAUSES)), 3) for seed in (1, 2)),
    words=CAUSES,
    misconceptions=(
        Misconception(
            "whoever is stuck has no loop",
            _taking(1, 0),
            "that a network which no longer changes its answer has lost its memory",
            "It remembers too well: it still says that there was a one. Without a loop each answer would"
            " depend on"
            " its own bit alone.",
            "lecture 02, section 3, (2.7): step two bits with W = 0",
        ),
        Misconception(
            "whoever has no loop is stuck",
            _taking(0, 1),
            "that a network without a loop says the same for ever",
            "It says something new with every bit, and always the same for the same bit.",
            "lecture 02, section 3, (2.6) with s = 0",
        ),
        Misconception(
            "late and inverted",
            _taking(2, 3, swap=True),
            "that answers which are often wrong count the wrong symbol, and answers which start wrong"
            " come late",
            "Shift the row of answers by one step, and compare again; then count zeros instead of ones.",
            "lecture 02, section 3: the rows in the second panel of the live figure",
        ),
        Misconception(
            "opposite means zeros",
            _taking(4, 3),
            "that whoever says the opposite counts the other symbol",
            "Opposite of what? A count of zeros changes at each zero. Compare the answers with the bits"
            " themselves.",
            "lecture 02, section 3: the acceptor for an even number of zeros",
        ),
        Misconception(
            "one unit less is no loop",
            _taking(4, 0),
            "that without unit 2 nothing is remembered",
            "The first one still leaves a trace: look at the zeros before it and after it.",
            "lecture 02, section 3, (2.7): step four bits without the second column of W",
        ),
    ),
)
