"""A dot that moves to and fro on a line, and passes behind a wall. Lecture 02, section 6."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

PIXELS = 16
WALL = (0.25, 0.75)


class Film(NamedTuple):
    """What is seen, where the dot is, and whether it is hidden."""

    frames: np.ndarray  # (T, PIXELS, B) brightness; all zero while the dot is behind the wall
    places: np.ndarray  # (T, 1, B) position in [0, 1]
    hidden: np.ndarray  # (T, 1, B) booleans


def film(rng: np.random.Generator, T: int, B: int) -> Film:
    """B dots of constant speed, 0.03 to 0.08 a frame, that turn back at 0 and at 1.

    A dot lights the two pixels nearest to it, in proportion; the pixels of the wall stay dark.
    """
    start, speed = rng.uniform(0, 1, B), rng.uniform(0.03, 0.08, B) * rng.choice((-1, 1), B)
    way = start + speed * np.arange(T)[:, None]
    places = 1 - np.abs(way % 2 - 1)
    pixels = (np.arange(PIXELS) + 0.5) / PIXELS
    frames = np.maximum(0, 1 - PIXELS * np.abs(places[:, None, :] - pixels[None, :, None]))
    frames[:, (pixels > WALL[0]) & (pixels < WALL[1])] = 0.0
    return Film(frames, places[:, None, :], frames.sum(1, keepdims=True) == 0)


def film_batches(
    rng: np.random.Generator, steps: int, T: int = 25, B: int = 32
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Frames and places to learn from."""
    for _ in range(steps):
        yield film(rng, T, B)[:2]
