"""Question 0.1, of lecture 00: the first answer one gives to `check`. It carries no marks."""

from __future__ import annotations

import numpy as np

from rnnlab.questions.draws import sequence
from rnnlab.questions.question import Misconception, Part, Probe, Question


def fade(h: float, x: float) -> float:
    return 0.5 * h + x


def _fade_probes(rng: np.random.Generator) -> tuple[Probe, ...]:
    hs, xs = sequence(rng, 5), sequence(rng, 5)
    pairs = [(0.0, 1.0), (1.0, 0.0), *zip(hs.tolist(), xs.tolist(), strict=True)]
    return tuple(Probe(0, pair) for pair in pairs)


FADE = Question(
    number="0.1",
    title="A neuron that keeps half",
    goal="Write the step of a neuron that keeps half of its old state and adds its input.",
    look="the sentence above the cell",
    minutes=2,
    difficulty=1,
    answer="fade",
    arguments=("h", "x"),
    returns="the new state",
    parts=(Part("the new state", 0),),
    reference=fade,
    alternatives=(lambda h, x: (h + 2 * x) / 2, lambda h, x: np.float32(h) / 2 + x),
    probes=_fade_probes,
    misconceptions=(
        Misconception(
            "the input is halved too",
            lambda h, x: 0.5 * (h + x),
            "that half of everything is kept, the input as well",
            "The weight stands on the state alone; an input comes in whole and is halved from the next step on.",
            "the sentence above the cell: what is halved there, and what is added",
        ),
        Misconception(
            "nothing fades",
            lambda h, x: h + x,
            "that the whole old state is kept",
            "Then a single input would stay for ever, as at w = 1 in the figure above.",
            "the sentence above the cell, and the figure at w = 0.5",
        ),
        Misconception(
            "the past is forgotten",
            lambda h, x: x,
            "that the new state is the input alone",
            "A neuron without its old state has no memory: it is not recurrent.",
            "the sentence above the cell",
        ),
        Misconception(
            "the input is left out",
            lambda h, x: 0.5 * h,
            "that the state only fades",
            "Nothing would ever come into such a neuron.",
            "the sentence above the cell: its second half",
        ),
    ),
)

QUESTIONS = (FADE,)
