"""Question 10.7: which training, for four experiments out of seven that the exercise describes."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations

import numpy as np

from rnnlab.questions.question import Misconception, Part, Question

WORDS = ("parallel", "series-parallel")
RIGHT = (1, 0, 0, 1, 1, 1, 0)  # of the experiments 1 … 7, as the exercise numbers them


def _said(table: tuple[int, ...], experiments: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(WORDS[table[one - 1]] for one in experiments)


def _with(**changes: int) -> tuple[int, ...]:
    return tuple(changes.get(f"n{i + 1}", word) for i, word in enumerate(RIGHT))


TABLES = {
    "always parallel": (0,) * 7,
    "always series-parallel": (1,) * 7,
    "names": tuple(1 - word for word in RIGHT),
    "colour": _with(n3=1),
    "purpose": _with(n4=0),
    "residuals": _with(n6=0, n7=1),
}


def _told_apart(draw: tuple[int, ...]) -> bool:
    """Whether every mistake that shows in a draw says something of its own there."""
    right = _said(RIGHT, draw)
    wrong = [said for table in TABLES.values() if (said := _said(table, draw)) != right]
    return len(set(wrong)) == len(wrong)


def _taking(name: str) -> Callable[..., tuple[str, ...]]:
    return lambda *draw: _said(TABLES[name], draw)


CHOICES = Question(
    number="10.7",
    title="Four experiments",
    goal="Choose the training for described experiments, by what the noise does and what the model is for.",
    look="lecture 10, section 4, and the table at its end",
    minutes=10,
    difficulty=2,
    answer="choices",
    arguments=("a", "b", "c", "d"),
    returns="one training for each experiment, parallel or series-parallel",
    parts=(Part("all four", 2),),
    reference=lambda *draw: _said(RIGHT, draw),
    alternatives=(
        lambda *draw: list(_said(RIGHT, draw)),
        lambda *draw: np.array(_said(RIGHT, draw)),
        lambda *draw: [word.title() for word in _said(RIGHT, draw)],
    ),
    draws=tuple(filter(_told_apart, permutations(range(1, 8), 4)))[::5],
    words=WORDS,
    misconceptions=(
        Misconception(
            "parallel for everything",
            _taking("always parallel"),
            "that training on the free run is the better one in every case",
            "It costs valleys and long tails, and under white equation noise its estimate scatters. Which"
            " experiments have that noise?",
            "lecture 10, section 4, (10.13), and section 5",
        ),
        Misconception(
            "series-parallel for everything",
            _taking("always series-parallel"),
            "that a convex cost and a fast solver decide",
            "They find the minimum of the wrong cost when noise sits in the regressors. Which experiments have that?",
            "lecture 10, section 4, (10.11) and (10.12)",
        ),
        Misconception(
            "the names are crossed",
            _taking("names"),
            "that parallel means teacher forcing, as one source's slide has it",
            "Your reasons may all be right. Look up which of the two looks at measured outputs.",
            "lecture 10, section 1: the table of names",
        ),
        Misconception(
            "equation noise of any colour",
            _taking("colour"),
            "that noise in the equation settles it, whatever its spectrum",
            "Slow noise resembles its own past, and that past is in the regressors.",
            "lecture 10, section 4: the third panel of the published experiment",
        ),
        Misconception(
            "the purpose is ignored",
            _taking("purpose"),
            "that a model should always be able to run alone",
            "One of these is never left alone, and its score counts the sensor's noise. The opening has such a pair.",
            "lecture 10, section 4: the explanation after the first figure, on the opening",
        ),
        Misconception(
            "residuals read the wrong way round",
            _taking("residuals"),
            "that the mode whose residual is not white is the one to train",
            "White at the truth is what the right noise model leaves. What is not white still holds"
            " something to be learned.",
            "lecture 10, section 4: which noise it was",
        ),
    ),
)
