"""The live figure of lecture 08: a thousand units under three knobs, with or without one of six named mistakes."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np

from rnnlab.analysis.echoes import echoes, leaky_eigenvalues
from rnnlab.analysis.forecast import (
    HORIZON,
    TRAIN,
    Knobs,
    chaos,
    compare,
    features,
    free_run,
    reservoir,
)
from rnnlab.models.reservoir import Reservoir, run
from rnnlab.training.readout import Readout, ridge, ridge_svd

UNITS, STEPS, WASHED, LONG, STARTS = 1000, 1000, 200, 200, 10
NO_MISTAKE = "none"
MISTAKES = (
    NO_MISTAKE,
    "washout scored",
    "scaled by the norm",
    "leak on the wrong term",
    "test data in the scaling",
    "bias regularised",
    "true outputs fed back",
)


class Explored(NamedTuple):
    """One setting of the knobs: its spectrum, its echoes, a free run, and the error at each horizon."""

    knobs: Knobs
    mistake: str
    eigenvalues: np.ndarray  # (N,) of (1 − α) I + α ρ W
    echoes: np.ndarray  # (T, 6)
    truth: np.ndarray  # (LONG,)
    ys: np.ndarray  # (LONG,) free run from the same start
    errors: np.ndarray  # (HORIZON,) log10 NRMSE over STARTS starts
    solver: str

    @property
    def radius(self) -> float:
        return float(np.abs(self.eigenvalues).max())

    @property
    def score(self) -> float:
        return float(self.errors[-1])


def explore(rho: float, alpha: float, scale: float, mistake: str = NO_MISTAKE) -> Explored:
    """The careful way: λ = 10⁻¹², by the singular values of the features."""
    return _explore(rho, alpha, scale, mistake, 1e-12, ridge_svd)


def explore_fast(rho: float, alpha: float, scale: float, mistake: str = NO_MISTAKE) -> Explored:
    """While a control is being dragged: λ = 10⁻⁷, which Cholesky can still do in float64."""
    return _explore(rho, alpha, scale, mistake, 1e-7, ridge)


def _explore(
    rho: float, alpha: float, scale: float, mistake: str, lam: float, fit: Callable[..., Readout]
) -> Explored:
    if mistake not in MISTAKES:
        raise ValueError(f"came the mistake {mistake!r}; expected one of {', '.join(MISTAKES)}")
    net = reservoir(UNITS)
    if mistake == "scaled by the norm":
        rho = rho / _norm()
    if mistake == "leak on the wrong term":
        alpha = 1 - alpha
    knobs = Knobs(rho, alpha, scale)
    xs = chaos()[TRAIN - STEPS : TRAIN + 1 + STARTS * HORIZON + LONG]
    size = np.abs(xs if mistake == "test data in the scaling" else xs[: STEPS + 1]).max()
    xs = xs / size
    hs = run(net, xs[:STEPS], *knobs, washout=WASHED)
    fit = _with_bias_penalised(fit) if mistake == "bias regularised" else fit
    readout = fit(features(xs[:STEPS], hs), xs[1 + STEPS - len(hs) : STEPS + 1], lam)

    later = xs[STEPS : STEPS + (STARTS - 1) * HORIZON + 1]
    seen = features(later, run(net, later, *knobs, h0=hs[-1]))[::HORIZON]
    if mistake == "washout scored":
        seen = _barely_awake(net, knobs, xs)
    truth = np.stack([xs[STEPS + 1 + k * HORIZON :][:LONG, 0] for k in range(STARTS)], axis=1)
    if mistake == "true outputs fed back":
        more = features(xs[STEPS:-1], run(net, xs[STEPS:-1], *knobs, h0=hs[-1]))
        said = readout(more)[:, 0]
        ys = np.stack([said[k * HORIZON :][:LONG] for k in range(STARTS)], axis=1)
    else:
        ys = free_run(net, knobs, readout, seen.T, LONG)[:, 0]
    result = compare(ys * size, truth * size)
    return Explored(
        knobs=knobs,
        mistake=mistake,
        eigenvalues=leaky_eigenvalues(net, rho, alpha),
        echoes=echoes(net, knobs)[:, :6],
        truth=result.truth[:, 0],
        ys=result.ys[:, 0],
        errors=result.errors[:HORIZON],
        solver="Cholesky, λ = 1e-07" if lam > 1e-9 else "singular values, λ = 1e-12",
    )


@cache
def _norm() -> float:
    """The largest singular value of W, whose spectral radius is one."""
    return float(np.linalg.norm(reservoir(UNITS).W.dense(), 2))


def _barely_awake(net: Reservoir, knobs: Knobs, xs: np.ndarray) -> np.ndarray:
    """The features at each start after five steps from rest, instead of a washout."""
    few = 5
    ends = STEPS + HORIZON * np.arange(STARTS)
    pieces = np.stack([xs[end - few + 1 : end + 1] for end in ends], axis=2)
    return np.hstack([xs[ends], run(net, pieces, *knobs, washout=few - 1)[0].T])


def _with_bias_penalised(fit: Callable[..., Readout]) -> Callable[..., Readout]:
    """The read-out whose constant is one more weight, and is made small with the others."""

    def fitted(Z: np.ndarray, Y: np.ndarray, lam: float) -> Readout:
        ones = np.ones((len(Z), 1))
        mirrored = np.hstack(
            [np.vstack([Z, -Z]), np.vstack([ones, -ones])]
        )  # its mean is zero: nothing is centred
        V = fit(mirrored, np.vstack([Y, -Y]), 2 * lam).V
        return Readout(V[:, :-1], V[:, -1])

    return fitted
