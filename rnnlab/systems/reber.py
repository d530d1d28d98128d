"""Embedded Reber strings without end: a grammar in which one symbol must be kept while others pass. Lecture 06.

A string is B, then T or P, then a Reber string, then the same T or P again, then E. A *continual* stream is string
after string, and nothing says where one ends (Gers, Schmidhuber and Cummins 2000).
"""

from __future__ import annotations

import numpy as np

SYMBOLS = "BTPSXVE"
ARCS = {  # node of Reber's graph: its two arcs, each a symbol and the node it leads to
    0: (("B", 1), ("B", 1)),
    1: (("T", 2), ("P", 3)),
    2: (("S", 2), ("X", 4)),
    3: (("T", 3), ("V", 5)),
    4: (("X", 3), ("S", 6)),
    5: (("P", 4), ("V", 6)),
    6: (("E", 7), ("E", 7)),
}


def _graph() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """SAYS and GOES (places, 2), and which places are the moment of truth: the kept symbol comes next."""
    inner = len(ARCS) + 1  # nodes 0 … 7 of one copy
    first, ends = 2, 2 + 2 * inner
    says, goes = np.zeros((ends + 1, 2), int), np.zeros((ends + 1, 2), int)

    def arc(place: int, way: int, symbol: str, to: int) -> None:
        says[place, way], goes[place, way] = SYMBOLS.index(symbol), to

    for way in (0, 1):
        arc(0, way, "B", 1)
        arc(1, way, "TP"[way], first + way * inner)
        arc(ends, way, "E", 0)
        for copy, kept in enumerate("TP"):
            start = first + copy * inner
            for node, arcs in ARCS.items():
                symbol, to = arcs[way]
                arc(start + node, way, symbol, start + to)
            arc(start + 7, way, kept, ends)
    truth = np.isin(np.arange(ends + 1), [first + 7, first + inner + 7])
    return says, goes, truth


SAYS, GOES, TRUTH = _graph()


def stream(
    rng: np.random.Generator, T: int, B: int, place: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """T symbols of B streams (T, B); whether each is the kept one, due at last (T, B); the places reached (B,).

    Hand the places in again to go on where the streams were.
    """
    place = np.zeros(B, int) if place is None else place
    symbols, kept = np.empty((T, B), int), np.empty((T, B), bool)
    for t, way in enumerate(rng.integers(0, 2, size=(T, B))):
        symbols[t], kept[t] = SAYS[place, way], TRUTH[place]
        place = GOES[place, way]
    return symbols, kept, place


def strings(symbols: np.ndarray) -> list[str]:
    """One stream (T,) cut into its strings: each ends with the second E. What is left over is dropped."""
    text = "".join(SYMBOLS[k] for k in symbols)
    cut, start, ends = [], 0, 0
    for t, symbol in enumerate(text):
        ends += symbol == "E"
        if ends == 2:
            cut.append(text[start : t + 1])
            start, ends = t + 1, 0
    return cut
