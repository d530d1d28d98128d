"""The answers to a diagnosis: one word for each thing shown, from a fixed list of causes.

The student's own numbers are the places of the right words in that list.
"""

from __future__ import annotations

from collections.abc import Callable

Diagnosis = Callable[..., tuple[str, ...]]


def naming(words: tuple[str, ...]) -> Diagnosis:
    """The right diagnosis: the word at each place."""
    return lambda *kinds: tuple(words[kind] for kind in kinds)


def taking(words: tuple[str, ...], old: str, new: str) -> Diagnosis:
    """The diagnosis of someone who takes one cause for another."""
    mistaken = tuple(new if word == old else word for word in words)
    if mistaken == words or new not in words:
        raise ValueError(f"{old!r} is to be taken for {new!r}; expected two different words out of {words}")
    return naming(mistaken)
