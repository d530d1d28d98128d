"""Reservoirs beside reservoirpy: the same weights, the same answers, and then the clock.

    OMP_NUM_THREADS=1 python benchmarks/reservoir.py

Each row first shows that both give the same numbers, then lets them take turns in one process, and gives the median
time of each and the median of the ratios of neighbouring turns: what else the machine does hits both alike.
Needs reservoirpy, which nothing else here does.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from reservoirpy.nodes import Reservoir as TheirReservoir
from reservoirpy.nodes import Ridge
from scipy.sparse import csr_matrix

from rnnlab.analysis.forecast import nrmse
from rnnlab.analysis.reservoir_grid import Split, grid, path
from rnnlab.models.reservoir import Reservoir, make_reservoir, run
from rnnlab.training.readout import ridge

WASHOUT, TRAIN, TEST, LAM = 100, 2000, 500, 1e-4


class Row(NamedTuple):
    """Median times in milliseconds, and the median of theirs / ours."""

    what: str
    ours: float
    theirs: float
    ratio: float


def data(seed: int = 0) -> Split:
    """Noise, and a task on it that needs memory and a product."""
    us = np.random.default_rng(seed).uniform(-1, 1, (WASHOUT + TRAIN + TEST, 1))
    ys = 0.5 * np.roll(us, 3) + np.roll(us, 1) * np.roll(us, 5)
    return Split(us, ys, WASHOUT, TRAIN)


def their_run(net: Reservoir, us: np.ndarray, rho: float, scale: float) -> np.ndarray:
    """reservoirpy with our weights, as its own users would hand them over: a scipy matrix, ready scaled."""
    node = TheirReservoir(W=csr_matrix(rho * net.W.dense()), Win=scale * net.U, bias=net.b, lr=1.0)
    return node.run(us)


def their_fit(hs: np.ndarray, ys: np.ndarray, lam: float = LAM) -> Ridge:
    return Ridge(ridge=lam).fit(hs, ys)


def take_turns(
    ours: Callable[[], object], theirs: Callable[[], object], turns: int
) -> tuple[float, float, float]:
    ours(), theirs()
    pairs = []
    for turn in range(turns):
        times = {}
        for who in ((ours, theirs), (theirs, ours))[turn % 2]:
            began = time.perf_counter()
            who()
            times[who] = 1e3 * (time.perf_counter() - began)
        pairs.append((times[ours], times[theirs]))
    mine, yours = zip(*pairs, strict=True)
    return statistics.median(mine), statistics.median(yours), statistics.median(t / o for o, t in pairs)


def single(N: int, turns: int = 9) -> list[Row]:
    """One setting: the run, the fit, and both."""
    net, split = make_reservoir(N, 1, np.random.default_rng(N), bias=0.3), data()
    us, ys, rho, scale = split.us[: WASHOUT + TRAIN], split.ys[: WASHOUT + TRAIN], 0.9, 0.5
    node = TheirReservoir(W=csr_matrix(rho * net.W.dense()), Win=scale * net.U, bias=net.b, lr=1.0)
    node.run(us[:1])

    def their_states() -> np.ndarray:
        node.reset()
        return node.run(us)

    hs, theirs = run(net, us, rho, 1.0, scale), their_states()
    same("states", hs, theirs, 1e-10)
    Z, Y = hs[WASHOUT:], ys[WASHOUT:]
    same("answers", ridge(Z, Y, LAM)(Z), their_fit(Z, Y).run(Z), 1e-6)

    def our_both() -> object:
        return ridge(run(net, us, rho, 1.0, scale, washout=WASHOUT), Y, LAM)

    return [
        Row(f"run, N = {N}", *take_turns(lambda: run(net, us, rho, 1.0, scale), their_states, turns)),
        Row(f"fit, N = {N}", *take_turns(lambda: ridge(Z, Y, LAM), lambda: their_fit(Z, Y), turns)),
        Row(
            f"run and fit, N = {N}",
            *take_turns(our_both, lambda: their_fit(their_states()[WASHOUT:], Y), turns),
        ),
    ]


def sweeps(N: int, turns: int = 3) -> list[Row]:
    """8 × 8 settings, run, fit and score: over ρ and λ, and over ρ and the input scale."""
    net, split = make_reservoir(N, 1, np.random.default_rng(N), bias=0.3), data()
    rhos, lams, scales = np.linspace(0.3, 1.0, 8), 10.0 ** np.arange(-6, 2), np.geomspace(0.1, 1.0, 8)

    def their_score(rho: float, scale: float, lam: float) -> float:
        hs, ys = their_run(net, split.us, rho, scale)[WASHOUT:], split.ys[WASHOUT:]
        readout = their_fit(hs[:TRAIN], ys[:TRAIN], lam)
        return nrmse(readout.run(hs[TRAIN:]), ys[TRAIN:])

    def their_path(once: bool) -> np.ndarray:
        """With `once` the states are kept over λ, as a careful user would."""
        if not once:
            return np.array([[their_score(rho, 1.0, lam) for lam in lams] for rho in rhos])
        rows = []
        for rho in rhos:
            hs, ys = their_run(net, split.us, rho, 1.0)[WASHOUT:], split.ys[WASHOUT:]
            fits = [their_fit(hs[:TRAIN], ys[:TRAIN], lam) for lam in lams]
            rows.append([nrmse(readout.run(hs[TRAIN:]), ys[TRAIN:]) for readout in fits])
        return np.array(rows)

    def their_grid() -> np.ndarray:
        return np.array([[their_score(rho, scale, LAM) for scale in scales] for rho in rhos])

    same("path", path(net, split, rhos, lams), their_path(True), 1e-6)
    same("grid", grid(net, split, rhos, scales, LAM), their_grid(), 1e-6)
    return [
        Row(
            f"8 × 8 over ρ and λ, N = {N}",
            *take_turns(lambda: path(net, split, rhos, lams), lambda: their_path(False), turns),
        ),
        Row(
            f"8 × 8 over ρ and λ, states kept, N = {N}",
            *take_turns(lambda: path(net, split, rhos, lams), lambda: their_path(True), turns),
        ),
        Row(
            f"8 × 8 over ρ and scale, N = {N}",
            *take_turns(lambda: grid(net, split, rhos, scales, LAM), their_grid, turns),
        ),
    ]


def same(what: str, ours: np.ndarray, theirs: np.ndarray, within: float) -> None:
    gap = float(np.abs(ours - theirs).max())
    if not gap < within:
        raise AssertionError(
            f"{what} differ by {gap:.2g}; expected less than {within:g}, so the times mean nothing"
        )
    print(f"{what}: equal to {gap:.1g}")


if __name__ == "__main__":
    for N in (500, 1000):
        for row in [*single(N), *sweeps(N, turns=3 if N < 1000 else 1)]:
            print(
                f"{row.what:45s} ours {row.ours:9.1f} ms   reservoirpy {row.theirs:9.1f} ms   ratio {row.ratio:5.2f}",
                flush=True,
            )
