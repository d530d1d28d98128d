"""The temporal-order task: two of T symbols count, and at the end one must say which came in which order. Lecture 05.

After Hochreiter and Schmidhuber (1997), with the positions of the code of Pascanu, Mikolov and Bengio (2013).
"""

from __future__ import annotations

import numpy as np

SYMBOLS = 6  # A and B, which count, and four that distract
CLASSES = 4  # AA, BA, AB, BB: first + 2 second


def temporal_order(rng: np.random.Generator, T: int, B: int) -> tuple[np.ndarray, np.ndarray]:
    """xs (T, 6, B), one-hot; labels (B,). A or B stands once in [T/10, T/5) and once in [T/2, 6T/10)."""
    width = T // 10
    if width < 1:
        raise ValueError(f"came T = {T}; both windows are T/10 steps wide, so T is at least 10")
    strings = rng.integers(2, SYMBOLS, size=(T, B))
    kept = rng.integers(0, 2, size=(2, B))
    places = rng.integers(0, width, size=(2, B)) + np.array([[width], [T // 2]])
    strings[places, np.arange(B)] = kept
    return np.eye(SYMBOLS)[strings].swapaxes(1, 2), kept[0] + 2 * kept[1]
