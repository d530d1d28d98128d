"""Question 5.5: three trainings and their curves, which `rnnlab.figures.exercise_05` shows."""

from __future__ import annotations

from rnnlab.analysis.sick_training import SETTINGS
from rnnlab.questions.diagnosis import naming, spellings, taking, three_of
from rnnlab.questions.question import Misconception, Part, Question

WORDS = tuple(SETTINGS)


CURVES = Question(
    number="5.5",
    title="Three training curves",
    goal="Tell from cost, gradient length and reach what is wrong with a training.",
    look="lecture 05, sections 3 to 5",
    minutes=12,
    difficulty=1,
    answer="diagnoses",
    arguments=("A", "B", "C"),
    returns=f"one word for each training, out of {', '.join(WORDS)}",
    parts=(Part("all three", 3),),
    reference=naming(WORDS),
    alternatives=spellings(WORDS),
    draws=three_of(WORDS),
    words=WORDS,
    misconceptions=(
        Misconception(
            "a low threshold taken for a low rate",
            taking(WORDS, {"threshold": "slow"}),
            "that whatever falls slowly has a small learning rate",
            "Compare the gradient with the dashed line. How many of the steps were cut?",
            "lecture 05, section 5, (5.16), and what is said of thresholds after its figure",
        ),
        Misconception(
            "a low rate taken for a low threshold",
            taking(WORDS, {"slow": "threshold"}),
            "that whatever falls slowly is clipped too much",
            "Compare the gradient with the dashed line. Was any step cut?",
            "lecture 05, section 5, (5.16)",
        ),
        Misconception(
            "an explosion taken for vanishing",
            taking(WORDS, {"exploding": "vanishing"}),
            "that a gradient which is zero in the end was small from the start",
            "Look at the update before it became zero.",
            "lecture 05, section 4: what happened in the picture at the beginning",
        ),
        Misconception(
            "vanishing taken for health",
            taking(WORDS, {"vanishing": "healthy"}),
            "that a flat cost and a small gradient mean that training is done",
            "Look at the height at which the cost is flat.",
            "lecture 05, section 3: what a gradient does within a basin",
        ),
        Misconception(
            "health taken for vanishing",
            taking(WORDS, {"healthy": "vanishing"}),
            "that a gradient which becomes small must be vanishing",
            "At a minimum it has to be small. Look at the cost.",
            "lecture 05, section 3, and lecture 01, section 7",
        ),
        Misconception(
            "uphill taken for an explosion",
            taking(WORDS, {"uphill": "exploding"}),
            "that a cost which rises was thrown up",
            "It rises from the first update on and smoothly, and no gradient is long.",
            "lecture 05, section 4, and the sign in section 7 of lecture 01",
        ),
    ),
)
