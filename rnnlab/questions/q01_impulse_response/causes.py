"""Question 1.6: three pictures of a gradient, which `rnnlab.figures.exercise_01` draws in CAUSES order."""

from __future__ import annotations

from rnnlab.questions.diagnosis import naming, spellings, taking, three_of
from rnnlab.questions.question import Misconception, Part, Question

CAUSES = ("weight", "saturation", "delay", "every step", "explosion")


CAUSE = Question(
    number="1.6",
    title="Three sick gradients",
    goal="Read from three pictures, made of your own numbers, what became of a gradient and why.",
    look="lecture 01, sections 2 and 3, (1.4), (1.5) and (1.7)",
    minutes=10,
    difficulty=2,
    answer="causes",
    arguments=("A", "B", "C", "w"),
    returns=f"one cause for each picture, out of {', '.join(CAUSES)}",
    parts=(Part("all three", 3),),
    reference=naming(CAUSES),
    alternatives=spellings(CAUSES),
    draws=three_of(CAUSES, [(w,) for w in (0.7, 0.75, 0.8)]),
    words=CAUSES,
    misconceptions=(
        Misconception(
            "every decay is the weight's",
            taking(CAUSES, {"saturation": "weight"}),
            "that whatever fades in a straight line fades because of the weight alone",
            "The weight says how fast: divide one value by its neighbour and compare. Something may fade"
            " faster.",
            "lecture 01, section 3, (1.7) and (1.8): why (1.8) is an inequality",
        ),
        Misconception(
            "every decay is saturation",
            taking(CAUSES, {"weight": "saturation"}),
            "that whatever fades has been squashed",
            "A linear unit forgets as well. Divide one value by its neighbour: is any of it left"
            " unexplained by w?",
            "lecture 01, section 2, (1.5)",
        ),
        Misconception(
            "time read the wrong way",
            taking(CAUSES, {"weight": "explosion", "explosion": "weight"}),
            "that these curves start at the left, as a forward response does",
            "A gradient starts at the loss, on the right, and is followed to the left. Fading and growing"
            " change places.",
            "lecture 01, section 2, (1.5): where the exponent is zero",
        ),
        Misconception(
            "gaps taken for saturation",
            taking(CAUSES, {"delay": "saturation"}),
            "that a state whose gradient is missing has been squashed flat",
            "Saturation makes a gradient small; it does not make it zero at regular steps and well"
            " elsewhere.",
            "question 1.1: which states reach the last one at all",
        ),
        Misconception(
            "growth taken for explosion",
            taking(CAUSES, {"every step": "explosion"}),
            "that a gradient which grows towards the past explodes",
            "Follow it further back: does each step multiply it by the same number, or does it settle?",
            "lecture 01, section 2, (1.4) beside (1.5): what can join on the way",
        ),
    ),
)
