"""Question 4.5: three wrong programs and their symptoms, which `rnnlab.figures.exercise_04` shows."""

from __future__ import annotations

from rnnlab.questions.diagnosis import naming, spellings, taking, three_of
from rnnlab.questions.question import Misconception, Part, Question

SLIPS = ("transpose", "last use", "slope", "shift", "losses", "mean")


PROGRAMS = Question(
    number="4.5",
    title="Three wrong programs",
    goal="Find the error in a program that you cannot see, from where its gradient is right.",
    look="lecture 04, sections 1 to 3, and the mistakes of its live figure",
    minutes=14,
    difficulty=2,
    answer="slips",
    arguments=("A", "B", "C"),
    returns=f"one slip for each program, out of {', '.join(SLIPS)}",
    parts=(Part("all three", 4),),
    reference=naming(SLIPS),
    alternatives=spellings(SLIPS),
    draws=three_of(SLIPS),
    words=SLIPS,
    misconceptions=(
        Misconception(
            "a mean taken for a last use",
            taking(SLIPS, {"mean": "last use"}),
            "that a gradient which is too small must have lost some of its shares",
            "Look at its direction. If shares were lost, would it still point the right way?",
            "lecture 04, section 4, what follows its live figure, on two of the mistakes",
        ),
        Misconception(
            "a last use taken for lost losses",
            taking(SLIPS, {"last use": "losses"}),
            "that whatever stops after the last step has forgotten the losses before it",
            "One trial has a loss at the end alone. A program that forgets the other losses has nothing to"
            " forget there.",
            "lecture 04, section 1, (4.5): its sum over losses and its sum over uses",
        ),
        Misconception(
            "lost losses taken for a transpose",
            taking(SLIPS, {"losses": "transpose"}),
            "that an error which needs several steps to show must be in the way back",
            "Look at the trial with a loss at the end alone: its blame goes all the way back.",
            "lecture 04, section 3, (4.10): both terms of it",
        ),
        Misconception(
            "a transpose taken for a last use",
            taking(SLIPS, {"transpose": "last use"}),
            "that an error which needs several steps to show must be a lost sum",
            "Compare with the trial in which W is symmetric. Which slip would not show there?",
            "lecture 04, section 2: the last question of that section, on what hides a transpose",
        ),
        Misconception(
            "a shift taken for a slope",
            taking(SLIPS, {"shift": "slope"}),
            "that an error which shows after a single step must be in the slope",
            "Where states are tiny tanh has the slope 1, whichever formula one uses. Look at that trial.",
            "lecture 04, section 1, (4.3) and (4.4)",
        ),
        Misconception(
            "a slope taken for a shift",
            taking(SLIPS, {"slope": "shift"}),
            "that an error which shows after a single step must be in the index",
            "With tiny states, is it still there? An index does not become right because numbers are small.",
            "lecture 04, section 1, (4.3) and (4.4)",
        ),
    ),
)
