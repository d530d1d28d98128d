"""Question 6.6: three cells, each with a slip or with none, known by what they show."""

from __future__ import annotations

from rnnlab.questions.diagnosis import naming, spellings, taking, three_of
from rnnlab.questions.question import Misconception, Part, Question

SLIPS = ("order", "exchanged", "h for c", "no tanh", "never forgets", "none")


SICK = Question(
    number="6.6",
    title="Three cells on the bench",
    goal="Find out how a cell was wired wrongly from what it shows.",
    look="lecture 06, section 3, and the mistakes of its live figure",
    minutes=12,
    difficulty=2,
    answer="slips",
    arguments=("A", "B", "C"),
    returns=f"one slip for each cell, out of {', '.join(SLIPS)}",
    parts=(Part("all three", 3),),
    reference=naming(SLIPS),
    alternatives=spellings(SLIPS),
    draws=three_of(SLIPS),
    words=SLIPS,
    misconceptions=(
        Misconception(
            "a missing tanh not seen",
            taking(SLIPS, {"no tanh": "none"}),
            "that a cell which keeps and clears as it should is right",
            "Work out what a right cell shows of the value that was written; tanh is taken twice on its way.",
            "lecture 06, section 3: the definitions of the cell and of the output",
        ),
        Misconception(
            "a right cell suspected",
            taking(SLIPS, {"none": "no tanh"}),
            "that a right cell shows the value that was written as it came",
            "Follow the value: it is squashed when it becomes the candidate, and again when it is shown.",
            "lecture 06, section 3: the definitions of the cell and of the output",
        ),
        Misconception(
            "the second event overlooked",
            taking(SLIPS, {"never forgets": "none"}),
            "that a cell which keeps its value is right",
            "Something happens at the second line. Look at what a right cell should do there.",
            "lecture 06, section 3, (6.8): the forget gate forced to zero",
        ),
        Misconception(
            "fading taken for exchanged gates",
            taking(SLIPS, {"h for c": "exchanged"}),
            "that whatever does not last was never kept",
            "It fades a little at each step. A cell that writes where it should keep loses all of it at once.",
            "lecture 06, section 3: what follows its live figure, on the mistakes",
        ),
        Misconception(
            "exchanged gates taken for fading",
            taking(SLIPS, {"exchanged": "h for c"}),
            "that whatever does not last has faded",
            "Look at the step right after the value. Something that fades is still there; this is gone.",
            "lecture 06, section 3: what follows its live figure, on the mistakes",
        ),
        Misconception(
            "a wrong order taken for a missing tanh",
            taking(SLIPS, {"order": "no tanh"}),
            "that a wrong height must come from the squashing",
            "Compare the step of the value with the one after it: the output gate of this cell hears the value.",
            "lecture 06, section 3: what follows its live figure, on the mistakes",
        ),
    ),
)
