"""The answers to a diagnosis: one word for each of three things shown, from a fixed list.

The student's own numbers begin with three cases, which do not say what they are; what follows them (a weight, a seed)
only changes the pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from rnnlab.analysis.cases import cases, place

SHOWN = 3

Diagnosis = Callable[..., tuple[str, ...]]


def three_of(
    words: tuple[str, ...], others: Iterable[tuple[Any, ...]] = ((),)
) -> tuple[tuple[Any, ...], ...]:
    """Every set of numbers that a student may get: three different words as cases, and one of `others`."""
    return cases(len(words), SHOWN, others)


def naming(words: tuple[str, ...]) -> Diagnosis:
    """The right diagnosis: the word of each case."""
    return lambda *own: tuple(words[place(case, len(words))] for case in own[:SHOWN])


def spellings(words: tuple[str, ...]) -> tuple[Callable[..., object], ...]:
    """The same diagnosis as a list, as an array, and in capitals with blanks around it."""
    named = naming(words)
    return (
        lambda *own: list(named(*own)),
        lambda *own: np.array(named(*own)),
        lambda *own: [f" {word.upper()} " for word in named(*own)],
    )


def taking(words: tuple[str, ...], mistaken: dict[str, str]) -> Diagnosis:
    """The diagnosis of someone who takes some of the words for others: {"what it is": "what is said"}."""
    for word, said in mistaken.items():
        if word == said or not {word, said} <= set(words):
            raise ValueError(
                f"{word!r} is to be taken for {said!r}; expected two different words out of {words}"
            )
    return naming(tuple(mistaken.get(word, word) for word in words))
