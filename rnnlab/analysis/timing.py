"""How long things take beside one another: contestants by turns, so that a busy moment meets all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any

import numpy as np


def interleaved(
    contestants: Mapping[str, Callable[[], Any]],
    rounds: int = 15,
    calls: int = 3,
    of: Callable[[list[float]], Any] = np.median,
) -> dict[str, float]:
    """Seconds a call: of all rounds the median, or with of=min the shortest, which no busy moment lengthens.

    In each round each contestant is called once for nothing, then `calls` times.
    """
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, run in contestants.items():
            run()
            start = perf_counter()
            for _ in range(calls):
                run()
            seconds[name].append((perf_counter() - start) / calls)
    return {name: float(of(times)) for name, times in seconds.items()}
