"""Question 2.5: three parity networks, each with something wrong, to be told from what they say."""

from __future__ import annotations

from rnnlab.analysis.sick_parity import CAUSES
from rnnlab.questions.diagnosis import naming, spellings, taking, three_of
from rnnlab.questions.question import Misconception, Part, Question

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
    reference=naming(CAUSES),
    alternatives=spellings(CAUSES),
    draws=three_of(CAUSES, [(seed,) for seed in (1, 2)]),
    words=CAUSES,
    misconceptions=(
        Misconception(
            "whoever is stuck has no loop",
            taking(CAUSES, {"transposed": "no loop"}),
            "that a network which no longer changes its answer has lost its memory",
            "It remembers too well: it still says that there was a one. Without a loop each answer would"
            " depend on"
            " its own bit alone.",
            "lecture 02, section 3, (2.7): step two bits with W = 0",
        ),
        Misconception(
            "whoever has no loop is stuck",
            taking(CAUSES, {"no loop": "transposed"}),
            "that a network without a loop says the same for ever",
            "It says something new with every bit, and always the same for the same bit.",
            "lecture 02, section 3, (2.6) with q = 0",
        ),
        Misconception(
            "late and inverted",
            taking(CAUSES, {"late": "zeros", "zeros": "late"}),
            "that answers which are often wrong count the wrong symbol, and answers which start wrong"
            " come late",
            "Shift the row of answers by one step, and compare again; then count zeros instead of ones.",
            "lecture 02, section 3: the rows in the second panel of the live figure",
        ),
        Misconception(
            "opposite means zeros",
            taking(CAUSES, {"unit 2 unheard": "zeros"}),
            "that whoever says the opposite counts the other symbol",
            "Opposite of what? A count of zeros changes at each zero. Compare the answers with the bits"
            " themselves.",
            "lecture 02, section 3: the acceptor for an even number of zeros",
        ),
        Misconception(
            "one unit less is no loop",
            taking(CAUSES, {"unit 2 unheard": "no loop"}),
            "that without unit 2 nothing is remembered",
            "The first one still leaves a trace: look at the zeros before it and after it.",
            "lecture 02, section 3, (2.7): step four bits without the second column of W",
        ),
    ),
)
