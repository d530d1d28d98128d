"""Question 1.3: how long until the first echo of at most one per cent."""

from __future__ import annotations

import math

import numpy as np

from rnnlab.questions.question import Misconception, Part, Question


def _echo_number(w: float, share: float) -> int:
    return math.ceil(math.log(share) / math.log(abs(w)))


def steps(w: float, d: int) -> int:
    return d * _echo_number(w, 0.01)


def _steps_counted(w: float, d: int) -> float:
    height, t = 1.0, 0
    while height > 0.01:
        height, t = height * abs(w), t + d
    return float(t)


STEPS = Question(
    number="1.3",
    title="How long is your memory?",
    goal="Turn a weight of your own into a number of steps.",
    look="lecture 01, section 1, (1.3)",
    minutes=8,
    difficulty=1,
    answer="steps",
    arguments=("w", "d"),
    returns="a whole number of steps",
    parts=(Part("the number", 2),),
    reference=steps,
    alternatives=(_steps_counted, lambda w, d: np.int64(steps(w, d)), lambda w, d: [steps(w, d)][0]),
    draws=tuple((s * w / 100, d) for w in range(80, 97) for s in (1, -1) for d in (2, 3, 5)),
    rtol=0.0,
    atol=1e-3,
    almost=1.0,
    misconceptions=(
        Misconception(
            "(1.3) as it stands",
            lambda w, d: math.log(0.01) / math.log(abs(w)),
            "that (1.3) gives the number of steps here too",
            "It is made for a wire without a wait, and need not give a whole number. Draw the echoes of your"
            " unit: at which steps do they arrive?",
            "question 1.1, and lecture 01, section 1, (1.3): what its n counts",
        ),
        Misconception(
            "the wait is not counted",
            lambda w, d: _echo_number(w, 0.01),
            "that every step is a round of the loop",
            "You have counted echoes; between two of them the wire is silent for a while, and those steps"
            " pass too.",
            "question 1.1, and lecture 01, section 1, (1.3)",
        ),
        Misconception(
            "one echo too early",
            lambda w, d: d * (_echo_number(w, 0.01) - 1),
            "that (1.3) may be rounded down",
            "The echo you name is still above one per cent. Compute its height and see.",
            "lecture 01, section 1, (1.3), and the cell that claims it",
        ),
        Misconception(
            "not rounded",
            lambda w, d: d * math.log(0.01) / math.log(abs(w)),
            "that an echo can arrive between two steps",
            "(1.3) solves for a real number; echoes come at whole multiples of d.",
            "lecture 01, section 1: what (1.3) leaves to you",
        ),
        Misconception(
            "rounded after the wait",
            lambda w, d: math.ceil(d * math.log(0.01) / math.log(abs(w))),
            "that there is an echo at every step",
            "No echo arrives at the step you name. Which steps have one?",
            "question 1.1: the picture of your own response",
        ),
        Misconception(
            "half-life",
            lambda w, d: d * _echo_number(w, 0.5),
            "that a memory is over when half of it is left",
            "That is a fine measure too, and not the one asked for here.",
            "lecture 01, section 1, (1.3): what ε stands for",
        ),
        Misconception(
            "time constant",
            lambda w, d: d * _echo_number(w, math.exp(-1)),
            "that a memory is over when 1/e of it is left, as engineers count",
            "At one time constant more than a third is left, and the question asks for far less.",
            "lecture 01, section 1, (1.3): what ε stands for",
        ),
        Misconception(
            "two logarithms",
            lambda w, d: d * math.ceil(math.log10(0.01) / math.log(abs(w))),
            "that log and ln may be mixed",
            "Any base will do, as long as it is the same above and below the line.",
            "lecture 01, section 1, (1.3)",
        ),
        Misconception(
            "the sign goes into the logarithm",
            lambda w, d: math.nan if w < 0 else steps(w, d),
            "that a weight is positive",
            "Yours is negative: its echoes change sign, and fade no faster for it.",
            "lecture 01, section 1, (1.3): the bars around w",
        ),
        Misconception(
            "counted from the start",
            lambda w, d: d * _echo_number(w, 0.01) + 1,
            "that the steps are counted from the beginning of the sequence",
            "The impulse is already at t = 1, and the question counts the steps that follow it.",
            "lecture 01, section 1, (1.2): the exponent at t = 1",
        ),
    ),
)
