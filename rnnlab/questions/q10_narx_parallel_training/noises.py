"""Question 10.6: which noise it was, from residuals. `rnnlab.figures.exercise_10` makes the records."""

from __future__ import annotations

from rnnlab.questions.diagnosis import naming, spellings, taking, three_of
from rnnlab.questions.question import Misconception, Part, Question

KINDS = ("equation", "output", "both", "coloured")


NOISES = Question(
    number="10.6",
    title="Three records",
    goal="Tell from residuals which noise a record had, and so which training it asks for.",
    look="lecture 10, section 4, (10.9) to (10.13)",
    minutes=12,
    difficulty=2,
    answer="noises",
    arguments=("A", "B", "C", "seed"),
    returns=f"one noise for each record, out of {', '.join(KINDS)}",
    parts=(Part("all three", 2),),
    reference=naming(KINDS),
    alternatives=spellings(KINDS),
    draws=three_of(KINDS, [(seed,) for seed in (1, 2)]),
    words=KINDS,
    misconceptions=(
        Misconception(
            "the two residuals are exchanged",
            taking(KINDS, {"equation": "output", "output": "equation"}),
            "that a white one-step residual speaks for noise on the sensor",
            "Ask which residual is the noise itself when the model is true. One mode hears what the state"
            " remembers, the other does not.",
            "lecture 10, section 4, (10.9) beside (10.10)",
        ),
        Misconception(
            "slow noise taken for sensor noise",
            taking(KINDS, {"coloured": "output"}),
            "that a one-step residual which is not white means noise on the sensor",
            "Look at the sign: on the sensor one sample's noise is taken back at the next step. And is"
            " the free run's residual white?",
            "lecture 10, section 4, (10.11), and the third panel of the published experiment",
        ),
        Misconception(
            "slow noise taken for white",
            taking(KINDS, {"coloured": "equation"}),
            "that any noise in the equation leaves a white one-step residual",
            "Only if the noise itself is white. Here neighbours of the one-step residual have the same sign.",
            "lecture 10, section 4, (10.9), and the text under the third panel",
        ),
        Misconception(
            "both taken for sensor noise alone",
            taking(KINDS, {"both": "output"}),
            "that a negative one-step correlation settles the matter",
            "It shows that there is noise on the sensor. Whether there is other noise, the free run's residual tells.",
            "lecture 10, section 4, (10.10) and (10.13)",
        ),
        Misconception(
            "both taken for equation noise alone",
            taking(KINDS, {"both": "equation"}),
            "that a free-run residual with memory settles the matter",
            "It shows that there is noise in the equation. Whether there is other noise, the one-step residual tells.",
            "lecture 10, section 4, (10.9) and (10.11)",
        ),
    ),
)
