"""Numbers for cases, so that a student can be given one of several possibilities without being told which."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from itertools import permutations, product
from typing import Any

OPEN, HIGHEST = 100, 1000


def place(case: int, of: int) -> int:
    """Which of `of` possibilities this case is: from its digits, without a pattern. Below 100 it says so openly."""
    return case if case < OPEN else int.from_bytes(sha256(f"{case}".encode()).digest()[:8]) % of


def cases(of: int, shown: int, others: Iterable[tuple[Any, ...]] = ((),)) -> tuple[tuple[Any, ...], ...]:
    """Every choice of `shown` different possibilities in order, as cases, with each of `others` behind it."""
    known: list[list[int]] = [[] for _ in range(of)]
    for case in range(OPEN, HIGHEST):
        known[place(case, of)].append(case)
    choices = product(permutations(range(of), shown), others)
    return tuple(
        (*(known[k][i % len(known[k])] for k in kinds), *other) for i, (kinds, other) in enumerate(choices)
    )
