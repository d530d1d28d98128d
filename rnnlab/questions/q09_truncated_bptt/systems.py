"""Question 9.7: what truncation does to the optimum of three systems, which `rnnlab.figures.exercise_09` shows."""

from __future__ import annotations

from rnnlab.questions.diagnosis import naming, spellings, taking, three_of
from rnnlab.questions.question import Misconception, Part, Question

FATES = ("same", "moved", "away")


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
    reference=naming(FATES),
    alternatives=spellings(FATES),
    draws=three_of(FATES, [(seed,) for seed in range(6)]),
    words=FATES,
    misconceptions=(
        Misconception(
            "biased, therefore moved",
            taking(FATES, {"same": "moved"}),
            "that a gradient which is too small has its zero elsewhere",
            "Where what is kept is a fixed share of the whole, both vanish together, as on the lecture's toy.",
            "lecture 09, section 2, (9.8), and what follows (9.9)",
        ),
        Misconception(
            "its zero is right, therefore it arrives",
            taking(FATES, {"away": "same"}),
            "that a learner ends wherever its gradient vanishes",
            "It ends there if the gradient points there from both sides. Look at the sign beside the zero.",
            "lecture 09, section 5: what is said there of what diverges",
        ),
        Misconception(
            "truncation only slows",
            taking(FATES, {"moved": "same", "away": "same"}),
            "that a truncated gradient is always a smaller full one",
            "On the lecture's toy it is. In general it is another sum of other terms.",
            "lecture 09, section 5",
        ),
        Misconception(
            "truncation always moves",
            taking(FATES, {"same": "moved", "away": "moved"}),
            "that whatever is cut must move the end",
            "The end is where a gradient vanishes, and whether it pulls. Work out both for each system.",
            "lecture 09, section 5: the last question of that section",
        ),
        Misconception(
            "moved and away exchanged",
            taking(FATES, {"moved": "away", "away": "moved"}),
            "that a zero in another place repels, and that a repelling one has moved",
            "These are two questions: where the gradient vanishes, and what sign its slope has there.",
            "lecture 09, section 5, (9.20)",
        ),
        Misconception(
            "outputs looked at one by one",
            taking(FATES, {"moved": "same"}),
            "that what holds for each output alone holds for their sum",
            "Each output alone would find its own target. Together they bargain, and truncation changes the weights.",
            "lecture 09, section 2, (9.6): the sum over losses",
        ),
    ),
)
