"""A row of the benchmark, and the one way in which all of them are measured.

First each contestant solves the problem and the answers are compared: where they differ, nothing is timed. Then
they take turns in one process, in the one order and back, so that a busy moment meets all of them. What is kept is
the median and the quartiles, of the times and of the ratio in each round.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Mapping
from time import perf_counter
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np

Run = Callable[[], Any]  # solves the problem and returns its answer: an array, or a tuple of arrays
AN_INSTANT = 0.02  # seconds: what is shorter is called several times for one time
ROUNDS = (3, 31)  # at least and at most, whatever the seconds


class Goal(NamedTuple):
    """`slow` takes at least `times` as long as `fast`; below 1, `fast` may be the slower one, within bounds.

    None: a comparison without a goal.
    """

    fast: str
    slow: str
    times: float | None = None


class Row(NamedTuple):
    """One problem and those who solve it. None stands for a contestant that is not installed.

    The first contestant is the reference of the comparison: all others lie within `within` of it, as a part of its
    largest number. A piece is work that ours cannot do without, timed beside it and compared with nothing: a
    profile. `share` says who solves only the first part of the problem, and which: its time is scaled to all of it.
    `note` says in a sentence what a reader should make of the numbers.
    """

    what: str
    contestants: Mapping[str, Run | None]
    within: float
    goals: tuple[Goal, ...]
    pieces: Mapping[str, Run] = {}
    share: Mapping[str, float] = {}
    note: str = ""


class Measured(NamedTuple):
    """Seconds and ratios as [lower quartile, median, upper quartile]; `ratios` in the order of the goals."""

    threads: int
    rounds: int
    gap: float
    seconds: dict[str, list[float]]
    ratios: list[list[float] | None]
    missing: list[str]


def peer(name: str) -> ModuleType | None:
    """The module of a peer, or None where it is not installed. A peer that is there and broken is an error."""
    return importlib.import_module(name) if importlib.util.find_spec(name.split(".")[0]) else None


def measure(row: Row, threads: int, seconds: float = 8.0) -> Measured:
    """Compare the answers, then let contestants and pieces take turns for about so many seconds."""
    running = {name: run for name, run in row.contestants.items() if run is not None}
    missing = [name for name in row.contestants if name not in running]
    gap = largest_gap({name: run() for name, run in running.items()}, row.within, row.share)
    times = by_turns({**running, **row.pieces}, seconds)
    for name, share in row.share.items():
        if name in times:
            times[name] = times[name] / share
    ratios = [
        None if {goal.fast, goal.slow} & set(missing) else quartiles(times[goal.slow] / times[goal.fast])
        for goal in row.goals
    ]
    rounds = len(next(iter(times.values())))
    return Measured(threads, rounds, gap, {name: quartiles(t) for name, t in times.items()}, ratios, missing)


def largest_gap(answers: Mapping[str, Any], within: float, share: Mapping[str, float]) -> float:
    """The largest difference from the first answer, as a part of its largest number; refused beyond `within`."""
    (first, answer), *others = ((name, _arrays(answer)) for name, answer in answers.items())
    largest = 0.0
    for name, theirs in others:
        ours = [a[: round(share[name] * len(a))] if name in share else a for a in answer]
        if (came := [a.shape for a in theirs]) != (expected := [a.shape for a in ours]):
            raise AssertionError(f"{name} answers in shapes {came}, {first} in {expected}; nothing was timed")
        for a, b in zip(theirs, ours, strict=True):
            gap = float(np.abs(a - b).max() / np.abs(b).max())
            if not gap <= within:
                raise AssertionError(
                    f"{name} and {first} differ by {gap:.2g} of the largest number, expected at most {within:g}:"
                    f" they do not solve the same problem, and nothing was timed"
                )
            largest = max(largest, gap)
    return largest


def by_turns(runs: Mapping[str, Run], seconds: float) -> dict[str, np.ndarray]:
    """Seconds a call in each round. The short ones are called once for nothing first: caches are warm again."""
    once = {name: _clock(run, 1) for name, run in runs.items()}
    calls = {name: max(1, round(AN_INSTANT / t)) for name, t in once.items()}
    warm = {name: t < 10 * AN_INSTANT for name, t in once.items()}
    a_round = sum((calls[name] + warm[name]) * t for name, t in once.items())
    rounds = int(np.clip(seconds / a_round, *ROUNDS))
    times: dict[str, list[float]] = {name: [] for name in runs}
    order = list(runs)
    for _ in range(rounds):
        for name in order:
            if warm[name]:
                runs[name]()
            times[name].append(_clock(runs[name], calls[name]))
        order.reverse()
    return {name: np.array(t) for name, t in times.items()}


def quartiles(values: np.ndarray) -> list[float]:
    return [float(q) for q in np.quantile(values, (0.25, 0.5, 0.75))]


def _clock(run: Run, calls: int) -> float:
    start = perf_counter()
    for _ in range(calls):
        run()
    return (perf_counter() - start) / calls


def _arrays(answer: Any) -> list[np.ndarray]:
    return [np.asarray(a) for a in (answer if isinstance(answer, tuple) else (answer,))]
