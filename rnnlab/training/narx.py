"""Fitting NARX networks, in parallel and in series-parallel: the same network, the same data, two different errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from rnnlab.gradients.narx import (
    NarxShape,
    explicit_sensitivities,
    free_run_sensitivities,
    run_free,
    run_one_step,
)
from rnnlab.models.narx import check_signals, narx_network, regressors
from rnnlab.training.levenberg_marquardt import LeastSquares, levenberg_marquardt

WIDTHS = 3.0  # standard deviations that are scaled to 1, as Ribeiro and Aguirre did


class Scaling(NamedTuple):
    """(signal − centre) / width, from training data and nothing else; numbers, or (P,)."""

    centre: np.ndarray
    width: np.ndarray

    @classmethod
    def of(cls, signal: np.ndarray, name: str) -> Scaling:
        width = WIDTHS * signal.std(0)
        if np.any(width < 1e-12 * (1 + np.abs(signal).max(0))):
            raise ValueError(
                f"{name} is constant: there is nothing to learn from it; excite the system and record again"
            )
        return cls(signal.mean(0), width)

    def apply(self, signal: np.ndarray) -> np.ndarray:
        return (signal - self.centre) / self.width


@dataclass(frozen=True)
class Narx:
    """P fitted networks. Called with measured columns (P, n_y, B) and (P, n_u, B), it predicts (P, B): a predictor."""

    shape: NarxShape
    theta: np.ndarray  # (P, p)
    u_scale: Scaling
    y_scale: Scaling
    descent: LeastSquares

    def __call__(self, y_past: np.ndarray, u_past: np.ndarray) -> np.ndarray:
        (yc, yw), (uc, uw) = (
            (s.centre[:, None, None], s.width[:, None, None]) for s in (self.y_scale, self.u_scale)
        )
        scaled = narx_network((y_past - yc) / yw, (u_past - uc) / uw, *self.shape.weights(self.theta))
        return yc[:, 0] + yw[:, 0] * scaled


def start_weights(shape: NarxShape, P: int, rng: np.random.Generator) -> np.ndarray:
    """θ (P, p): every weight N(0, 1/inputs of its unit), every bias 0."""
    inputs = shape.n_y + shape.n_u
    hidden = rng.normal(size=(P, inputs * shape.hidden)) / np.sqrt(inputs)
    output = rng.normal(size=(P, shape.hidden)) / np.sqrt(shape.hidden)
    return np.hstack([hidden, np.zeros((P, shape.hidden)), output, np.zeros((P, 1))])


def fit_narx(
    us: np.ndarray,
    ys: np.ndarray,
    shape: NarxShape,
    theta: np.ndarray,
    parallel: bool,
    with_starts: bool = False,
    iterations: int = 100,
) -> Narx:
    """P networks from θ (P, p), each fitted to its own column of us and ys (T, P). Lecture 10, section 3.

    Series-parallel makes the one-step error small, `parallel` the free run's. `with_starts` lets a parallel fit
    move the n_y outputs that start its free run as well; otherwise they are the measured ones.
    """
    n = check_signals(us, ys, shape.n_u, shape.n_y)
    if ys.ndim != 2 or theta.shape != (ys.shape[1], shape.parameters):
        raise ValueError(
            f"θ has shape {theta.shape} for signals of shape {ys.shape}; expected signals (T, P) and θ"
            f" (P, {shape.parameters}), a row for each column"
        )
    if with_starts and not parallel:
        raise ValueError(
            "series-parallel training never runs free, so it has no starting outputs to estimate"
        )
    u_scale = Scaling.of(us, "us") if shape.n_u else Scaling(np.zeros(ys.shape[1]), np.ones(ys.shape[1]))
    y_scale = Scaling.of(ys, "ys")
    u, y = u_scale.apply(us), y_scale.apply(ys)
    rows, target, p = regressors(u, y, shape.n_u, shape.n_y), y[n:], shape.parameters
    u_past, measured = rows[:, shape.n_y :], y[n - shape.n_y : n]

    def of(signal: np.ndarray, which: np.ndarray) -> np.ndarray:
        return signal.take(
            which, -1
        )  # networks stay next to one another in memory, as indexing would not leave them

    def starts(theta: np.ndarray, which: np.ndarray) -> np.ndarray:
        return theta[:, p:].T if with_starts else of(measured, which)

    def free_errors(theta: np.ndarray, which: np.ndarray) -> np.ndarray:
        ys = run_free(shape, theta[:, :p], of(u_past, which), starts(theta, which))[0]
        return of(target, which) - ys[shape.n_y :]

    def free_linearise(theta: np.ndarray, which: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        start = starts(theta, which)
        ys, J = free_run_sensitivities(shape, theta[:, :p], of(u_past, which), start, with_starts)
        return of(target, which) - ys, J

    def one_step_errors(theta: np.ndarray, which: np.ndarray) -> np.ndarray:
        return of(target, which) - run_one_step(shape, theta, of(rows, which))[0]

    def one_step_linearise(theta: np.ndarray, which: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        ys, hs = run_one_step(shape, theta, of(rows, which))
        return of(target, which) - ys, explicit_sensitivities(shape, theta, of(rows, which), hs)[0]

    if not parallel:
        descent = levenberg_marquardt(one_step_errors, one_step_linearise, theta, iterations)
    else:
        theta = np.hstack([theta, measured.T]) if with_starts else theta
        descent = levenberg_marquardt(free_errors, free_linearise, theta, iterations)
    return Narx(shape, descent.theta[:, :p], u_scale, y_scale, descent)
