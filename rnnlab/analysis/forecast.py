"""Echo state networks at work: a chaotic signal in free run, and a system with ten steps of memory. Lecture 08."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np

from rnnlab.models.reservoir import Reservoir, free_step, make_reservoir, run
from rnnlab.models.unroll import unroll
from rnnlab.systems.mackey_glass import mackey_glass
from rnnlab.systems.narma import narma10
from rnnlab.training.readout import Readout, ridge, ridge_svd, svd_path

TRAIN, WASHOUT, HORIZON, STARTS = 3000, 1000, 84, 50
Fit = Callable[[np.ndarray, np.ndarray, float], Readout]


class Knobs(NamedTuple):
    """The three knobs of a reservoir, in the order in which `run` takes them."""

    rho: float = 0.95
    alpha: float = 0.6
    scale: float = 1.0


FOR_NARMA = Knobs(rho=0.8, alpha=1.0, scale=0.2)


@cache
def chaos() -> np.ndarray:
    """tanh(x − 1) of the Mackey–Glass signal at τ = 17, one value a unit of time, (7201, 1).

    The first 3001 are to train, the other 4200 to test.
    """
    skip, T = 1000, TRAIN + 1 + STARTS * HORIZON
    xs = np.tanh(mackey_glass(skip + T, dt=0.2)[4::5][skip:, None] - 1)
    xs.flags.writeable = False
    return xs


@cache
def reservoir(N: int, seed: int = 0, bias: float = 0.2) -> Reservoir:
    """A reservoir with one input, drawn once and kept."""
    return make_reservoir(N, 1, np.random.default_rng(seed), fan_in=min(10, N), bias=bias)


def features(xs: np.ndarray, hs: np.ndarray) -> np.ndarray:
    """z_t = concat(x_t, h_t), one row a step. hs may be shorter: a washout was cut from its front."""
    return np.hstack([xs[len(xs) - len(hs) :], hs])


@np.errstate(over="ignore", invalid="ignore")
def free_run(net: Reservoir, knobs: Knobs, readout: Readout, z: np.ndarray, steps: int) -> np.ndarray:
    """ŷ_1 … ŷ_steps with each answer fed back as the next input, from z (D + N,) or z (D + N, B); (steps, D, …)."""
    W, U, b = net
    V, c = readout
    b, c = (b[:, None], c[:, None]) if z.ndim == 2 else (b, c)
    nothing = np.zeros((steps, 0))
    zs = unroll(free_step, z, nothing, W.scaled(knobs.rho), knobs.scale * U, b, knobs.alpha, V, c)
    return zs[:, : len(c)]


def nrmse(ys: np.ndarray, truth: np.ndarray, variance: float | None = None) -> float:
    """√(mean (ŷ − y)² / variance): 0 is perfect, 1 is no better than the mean."""
    variance = float(np.var(truth)) if variance is None else variance
    if variance < 1e-20:
        raise ValueError("the true signal is constant, so its variance cannot normalise an error")
    return float(np.sqrt(np.mean((ys - truth) ** 2) / variance))


class Forecast(NamedTuple):
    """Free runs from several starts, in the coordinates of the signal itself."""

    ys: np.ndarray  # (HORIZON, starts)
    truth: np.ndarray  # (HORIZON, starts)
    errors: np.ndarray  # (HORIZON,) log10 NRMSE of the answers 1 … HORIZON steps ahead

    @property
    def score(self) -> float:
        """log10 NRMSE_84."""
        return float(self.errors[-1])


def forecast(
    net: Reservoir, knobs: Knobs, lam: float = 1e-12, fit: Fit = ridge_svd, starts: int = STARTS
) -> Forecast:
    """Jaeger's experiment: learn to say the next value from 2000 steps, then run free for 84 steps from many starts."""
    xs = chaos()
    hs = run(net, xs[:TRAIN], *knobs, washout=WASHOUT)
    readout = fit(features(xs[:TRAIN], hs), xs[WASHOUT + 1 : TRAIN + 1], lam)
    later = xs[TRAIN : TRAIN + (starts - 1) * HORIZON + 1]
    seen = features(later, run(net, later, *knobs, h0=hs[-1]))[::HORIZON]
    ys = free_run(net, knobs, readout, seen.T, HORIZON)[:, 0]
    truth = xs[TRAIN + 1 : TRAIN + 1 + starts * HORIZON, 0].reshape(starts, HORIZON).T
    return compare(ys, truth)


def compare(ys: np.ndarray, truth: np.ndarray) -> Forecast:
    """Both in the signal's own coordinates, arctanh + 1, and the error at each horizon."""
    ys, truth = (np.arctanh(np.clip(v, -0.9999, 0.9999)) + 1 for v in (np.nan_to_num(ys), truth))
    variance = float(np.var(np.arctanh(chaos())))
    errors = [np.log10(nrmse(y, x, variance)) for y, x in zip(ys, truth, strict=True)]
    return Forecast(ys, truth, np.array(errors))


def narma(N: int, seed: int = 0, lam: float = 1e-6, squares: bool = False) -> float:
    """NRMSE on 1000 new steps of NARMA-10, after 3000 steps of training behind a washout of 200.

    With `squares` the read-out sees the squared states too.
    """
    us, ys = narma10(4200, np.random.default_rng([seed, 10]))
    hs = run(reservoir(N, seed), 2 * us - 0.5, *FOR_NARMA, washout=200)
    Z, Y = features(us, hs), ys[200:]
    if squares:
        Z = np.hstack([Z, hs**2])
    readout = ridge(Z[:3000], Y[:3000], lam)
    return nrmse(readout(Z[3000:]), Y[3000:])


def opening(
    units: int = 6, before: int = 150, after: int = 250
) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """A thousand units hear the chaotic signal for `before` steps and then only themselves.

    Returns the states of a few units, the signal and the answers, in its own coordinates, and `before`.
    """
    net, knobs, xs = reservoir(1000), Knobs(), chaos()
    hs = run(net, xs[:TRAIN], *knobs, washout=WASHOUT)
    readout = ridge(features(xs[:TRAIN], hs), xs[WASHOUT + 1 : TRAIN + 1], 1e-10)
    heard = xs[TRAIN : TRAIN + before]
    Z = features(heard, run(net, heard, *knobs, h0=hs[-1]))
    alone = free_run(net, knobs, readout, Z[-1], after)
    states = run(net, np.vstack([heard, alone[:-1]]), *knobs, h0=hs[-1])
    ys, truth = np.vstack([readout(Z[:-1]), alone]), xs[TRAIN + 1 : TRAIN + before + after]
    return states[:, :units], np.arctanh(truth[:, 0]) + 1, np.arctanh(ys[:, 0]) + 1, before


def solver_errors(lams: np.ndarray, N: int = 1000, T: int = 2500) -> dict[str, np.ndarray]:
    """log10 NRMSE one step ahead, on 1000 new steps, of three ways to fit the same read-out; NaN where one gives up."""
    xs = chaos()
    Z = features(xs[: T + 1000], run(reservoir(N), xs[: T + 1000], *Knobs(), washout=1000))
    Y = xs[1001 : T + 1001]
    Z, new_Z, Y, new_Y = Z[:-1000], Z[-1000:], Y[:-1000], Y[-1000:]

    def error(readout: Readout | None) -> float:
        return np.nan if readout is None else float(np.log10(nrmse(readout(new_Z), new_Y)))

    def cholesky(dtype: type) -> list[Readout | None]:
        fitted: list[Readout | None] = []
        for lam in lams:
            try:
                fitted.append(ridge(Z.astype(dtype), Y.astype(dtype), lam))
            except ValueError:
                fitted.append(None)
        return fitted

    ways: dict[str, list[Readout | None]] = {
        "Cholesky, float32": cholesky(np.float32),
        "Cholesky, float64": cholesky(np.float64),
        "singular values": [*svd_path(Z, Y, lams)],
    }
    return {name: np.array([error(readout) for readout in readouts]) for name, readouts in ways.items()}
