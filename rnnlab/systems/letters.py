"""Elman's letters: random consonants, each followed by its own vowels: ba, dii, guuu. Lecture 02, section 6.

After Elman (1990): a consonant cannot be foreseen, the vowels after it can, and so can their number.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

SYLLABLES = ("ba", "dii", "guuu")
NAMES = ("consonant", "vowel", "interrupted", "high", "back", "voiced")
FEATURES = {
    "b": (1, 0, 1, 0, 0, 1),
    "d": (1, 0, 1, 1, 0, 1),
    "g": (1, 0, 1, 0, 1, 1),
    "a": (0, 1, 0, 0, 1, 1),
    "i": (0, 1, 0, 1, 0, 1),
    "u": (0, 1, 0, 1, 1, 1),
}


def letters(T: int, rng: np.random.Generator) -> str:
    """T letters, such as "guuubadiiguuu…", from the beginning of a syllable."""
    return "".join(SYLLABLES[k] for k in rng.integers(0, 3, size=T // 2 + 1))[:T]


def features(text: str) -> np.ndarray:
    """A row of six zeros and ones a letter: (T, 6)."""
    unknown = sorted(set(text) - set(FEATURES))
    if unknown or not text:
        raise ValueError(f"came {text[:20]!r}; expected some of the letters {', '.join(FEATURES)}")
    return np.array([FEATURES[letter] for letter in text], dtype=float)


def letter_batches(
    rng: np.random.Generator, steps: int, T: int = 30, B: int = 16
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Letters and, one step later, the same letters: xs and ys (T, 6, B)."""
    for _ in range(steps):
        text = np.stack([features(letters(T + 1, rng)) for _ in range(B)], axis=2)
        yield text[:-1], text[1:]
