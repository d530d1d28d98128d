"""Rows: reservoirs beside reservoirpy, with the same weights: one run and fit, and 8 × 8 settings of the knobs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from types import ModuleType

import numpy as np
from harness import Goal, Row, peer

from rnnlab.analysis.forecast import nrmse
from rnnlab.analysis.reservoir_grid import Split, grid
from rnnlab.models.reservoir import Reservoir, make_reservoir, run
from rnnlab.training.readout import Readout, ridge

WASHOUT, TRAIN, TEST, LAM = 100, 2000, 500, 1e-4
RHOS, SCALES, LAMS = np.linspace(0.3, 1.0, 8), np.geomspace(0.1, 1.0, 8), 10.0 ** np.arange(-6, 2)
THEIRS = "reservoirpy"


def problem(N: int) -> tuple[Reservoir, Split]:
    """A reservoir, and noise with a task on it that needs memory and a product."""
    us = np.random.default_rng(0).uniform(-1, 1, (WASHOUT + TRAIN + TEST, 1))
    ys = 0.5 * np.roll(us, 3) + np.roll(us, 1) * np.roll(us, 5)
    return make_reservoir(N, 1, np.random.default_rng(N), bias=0.3), Split(us, ys, WASHOUT, TRAIN)


class Peer:
    """reservoirpy with our weights, as its own users would hand them over: a sparse matrix of scipy."""

    def __init__(self, net: Reservoir, nodes: ModuleType):
        from scipy.sparse import csr_matrix

        self.nodes, self.net, self.W = nodes, net, csr_matrix(net.W.dense())

    def run(self, us: np.ndarray, rho: float, scale: float) -> np.ndarray:
        return self.nodes.Reservoir(W=rho * self.W, Win=scale * self.net.U, bias=self.net.b, lr=1.0).run(us)

    def fit(self, Z: np.ndarray, Y: np.ndarray, lam: float) -> Readout:
        node = self.nodes.Ridge(ridge=lam).fit(Z, Y)
        return Readout(node.Wout.T, node.bias)

    def scores(self, data: Split, rho: float, scale: float, lams: Sequence[float]) -> list[float]:
        """One run for all λ, as a careful user would."""
        hs, ys = self.run(data.us, rho, scale)[WASHOUT:], data.ys[WASHOUT:]
        fits = [self.fit(hs[:TRAIN], ys[:TRAIN], lam) for lam in lams]
        return [nrmse(readout(hs[TRAIN:]), ys[TRAIN:]) for readout in fits]


def their(net: Reservoir) -> Peer | None:
    nodes = peer("reservoirpy.nodes")
    return Peer(net, nodes) if nodes else None


def one_fit(N: int) -> Row:
    net, data = problem(N)
    them = their(net)
    us, Y = data.us[: WASHOUT + TRAIN], data.ys[WASHOUT : WASHOUT + TRAIN]
    Z = run(net, us, 0.9, 1.0, 0.5, washout=WASHOUT)

    def ours() -> np.ndarray:
        return ridge(run(net, us, 0.9, 1.0, 0.5, washout=WASHOUT), Y, LAM)(Z)

    def theirs() -> np.ndarray:
        return them.fit(them.run(us, 0.9, 0.5)[WASHOUT:], Y, LAM)(Z)

    return Row(
        f"a run of {len(us):,} steps and a ridge read-out, N = {N:,}, float64",
        {"run and ridge": ours, THEIRS: theirs if them else None},
        within=1e-6,
        goals=(Goal("run and ridge", THEIRS, 1.0),),
        pieces={
            "its Gram matrix alone": lambda: Z.T @ Z,
            "its sparse products alone": lambda: [net.W @ net.b for _ in us],
        },
    )


def over_scale(N: int) -> Row:
    """Each setting needs states and a Gram matrix of its own."""
    net, data = problem(N)
    them = their(net)
    hs = run(net, data.us, 0.9, 1.0, 0.5)[WASHOUT : WASHOUT + TRAIN]
    alone, one_row = "its 64 Gram matrices and their factors alone", 1 / len(RHOS)
    return Row(
        f"8 × 8 settings of ρ and input scale: run, fit, score; N = {N:,}, T = {len(data.us):,}, float64",
        {
            "grid": lambda: grid(net, data, [LAM], rho=RHOS[:, None], scale=SCALES, workers=-1)[..., 0],
            THEIRS: (lambda: np.array([[them.scores(data, RHOS[0], s, [LAM])[0] for s in SCALES]]))
            if them
            else None,
        },
        within=1e-6,
        goals=(Goal("grid", THEIRS, 3.0), Goal(alone, THEIRS)),
        pieces={alone: lambda: [np.linalg.cholesky(hs.T @ hs + LAM * np.eye(N)) for _ in SCALES]},
        share={THEIRS: one_row, alone: one_row},
        note="Each setting has states, a Gram matrix and a factor of its own: reservoirpy's time over that of the last"
        " two is what one thread can reach at most. With more threads the grid gives each core its settings;"
        " where reservoirpy is slower with more than with one, its one thread is what to compare with.",
    )


def over_lam(N: int) -> Row:
    """Settings that differ in λ share states and Gram matrix."""
    net, data = problem(N)
    them = their(net)
    return Row(
        f"8 × 8 settings of ρ and λ: run, fit, score; N = {N:,}, T = {len(data.us):,}, float64",
        {
            "grid": lambda: grid(net, data, LAMS, rho=RHOS, workers=-1),
            THEIRS: (lambda: np.array([them.scores(data, RHOS[0], 1.0, LAMS)])) if them else None,
        },
        within=1e-6,
        goals=(Goal("grid", THEIRS, 3.0),),
        share={THEIRS: 1 / len(RHOS)},
        note="reservoirpy keeps its states while λ changes, and makes a Gram matrix for each.",
    )


ROWS: dict[str, Callable[[], Row]] = {
    "reservoir-500": partial(one_fit, 500),
    "reservoir-1000": partial(one_fit, 1000),
    "reservoir-grid-500": partial(over_scale, 500),
    "reservoir-grid-1000": partial(over_scale, 1000),
    "reservoir-path-500": partial(over_lam, 500),
    "reservoir-path-1000": partial(over_lam, 1000),
}
