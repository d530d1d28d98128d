"""The answers to a diagnosis: one word for each of three things shown, from a fixed list.

The student's own numbers begin with the places of the right words in that list; what follows them (a weight, a seed)
only changes the pictures.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

SHOWN = 3

Diagnosis = Callable[..., tuple[str, ...]]


def naming(words: tuple[str, ...]) -> Diagnosis:
    """The right diagnosis: the word at each place."""
    return lambda *own: tuple(words[place] for place in own[:SHOWN])


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
