"""Two trainings of one model on the same noisy record: the live figures of lecture 10.

At a size that is retrained while a slider moves: the seven weights of Chen's system, a hundred realisations at once.
Series-parallel training is one solution of least squares, parallel training a few of Levenberg and Marquardt's steps.
"""

from __future__ import annotations

from functools import cache, partial
from typing import NamedTuple

import numpy as np

from rnnlab.models.narx import ahead, free_run, one_step
from rnnlab.models.seven_terms import TRUE, least_squares, run, sensitivities, seven_terms, terms
from rnnlab.systems.chen import chen, held_input
from rnnlab.training.levenberg_marquardt import levenberg_marquardt

REALISATIONS, T, T_TEST, FURTHEST, BETWEEN = 100, 160, 110, 30, 8
MISTAKES = (
    "none",
    "target in the regressors",
    "lags reversed",
    "one-step error called free run",
    "started from the future",
    "sensitivities not fed back",
    "scaled by the test data",
)


class Duel(NamedTuple):
    """Test predictions of both models at a horizon, and their errors over all horizons, medians of realisations."""

    sigma_v: float
    sigma_w: float
    horizon: int
    ys: np.ndarray  # (K,) the noise-free output of the first realisation
    series_parallel: np.ndarray  # (K,) its predictions, `horizon` steps ahead
    parallel: np.ndarray
    errors: np.ndarray  # (2, FURTHEST) MSE by horizon, series-parallel first


class Mistake(NamedTuple):
    """A usual mistake: what it shows and reports, what its model is worth alone, and the same data done right."""

    name: str
    ys: np.ndarray  # (K,)
    shown: np.ndarray  # (K,)
    right: np.ndarray  # (K,)
    reported: float
    alone: float  # the free-run error of the model that was trained
    honest: float


@cache
def _inputs() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(10)
    us, us_test = held_input(T, rng, REALISATIONS), held_input(T_TEST, rng, REALISATIONS)
    return us, us_test, chen(us_test, rng)


def record(sigma_v: float, sigma_w: float) -> tuple[np.ndarray, np.ndarray]:
    """The training record (T, P) for two noise levels: always the same inputs and the same noise, scaled."""
    us = _inputs()[0]
    return us, chen(us, np.random.default_rng(11), sigma_v, sigma_w)


def train_parallel(
    us: np.ndarray, ys: np.ndarray, theta: np.ndarray, iterations: int = 4, fed_back: bool = True
) -> np.ndarray:
    """θ (P, 7) that makes the free run's squared error small, from a first guess θ.

    With `fed_back` false the sensitivities are the explicit ones, a mistake: the model then does not know that its
    own outputs move.
    """

    def errors(theta: np.ndarray, which: np.ndarray) -> np.ndarray:
        return ys[2:, which] - run(theta, us[:, which], ys[:2, which])[2:]

    def linearise(theta: np.ndarray, which: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        free, s = sensitivities(theta, us[:, which], ys[:2, which], fed_back)
        return ys[2:, which] - free, s

    return levenberg_marquardt(errors, linearise, theta, iterations, damping=1e-2).theta


def duel(sigma_v: float, sigma_w: float, horizon: int) -> Duel:
    """Both models for these noise levels, tested without noise, `horizon` steps ahead."""
    us, ys = record(sigma_v, sigma_w)
    _, us_test, ys_test = _inputs()
    first = least_squares(us, ys)
    traces, errors = [], []
    for theta in (first, train_parallel(us, ys, first)):
        one = partial(seven_terms, theta=theta[0])
        traces.append(ahead(one, us_test[:, 0], ys_test[:, 0], 2, 2, horizon)[-1])
        errors.append(_errors_by_horizon(theta, us_test, ys_test))
    return Duel(sigma_v, sigma_w, horizon, ys_test[1 + horizon :, 0], traces[0], traces[1], np.array(errors))


def _errors_by_horizon(theta: np.ndarray, us: np.ndarray, ys: np.ndarray) -> np.ndarray:
    """Median over realisations of the MSE 1 … FURTHEST steps ahead, (FURTHEST,), from every `BETWEEN`th output."""
    begins = np.arange(0, T_TEST - FURTHEST - 1, BETWEEN)
    pieces = (
        begins + np.arange(FURTHEST + 2)[:, None]
    )  # (FURTHEST + 2, S): two outputs to start from, and the rest
    us, ys = (signal[pieces].reshape(FURTHEST + 2, -1) for signal in (us, ys))  # (…, S P), a column a piece
    said = run(np.tile(theta, (len(begins), 1)), us, ys[:2])
    squares = ((said - ys)[2:] ** 2).reshape(FURTHEST, len(begins), -1)
    return np.median(squares.mean(1), axis=1)


@cache
def _mistaken_inputs() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(12)
    us, us_test = held_input(2 * T, rng), 0.6 * held_input(T_TEST, rng)
    return us, us_test, chen(us_test, rng)


@cache
def _both_ways(sigma_w: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A record, and θ (1, 7) from series-parallel and from parallel training; the slider has few positions."""
    us = _mistaken_inputs()[0]
    ys = chen(us, np.random.default_rng(15), 0.0, sigma_w)
    first = least_squares(us, ys)
    return ys, first, train_parallel(us, ys, first, 6)


def mistaken(mistake: str, sigma_w: float) -> Mistake:
    """What a mistake shows and reports for a record with output noise, what its model is worth, and what is right.

    Right is parallel training and a free run on a noise-free test whose inputs are 0.6 times as large.
    """
    if mistake not in MISTAKES:
        raise ValueError(f"a mistake out of {', '.join(MISTAKES)} was expected; got {mistake!r}")
    us, us_test, ys_test = _mistaken_inputs()
    ys, first, theta = _both_ways(sigma_w)
    u, y = us_test[:, 0], ys_test[:, 0]
    model = partial(seven_terms, theta=theta[0])
    right = run(theta, us_test, ys_test[:2])[2:, 0]
    shown = alone = right
    if mistake == "target in the regressors":
        leaked = _leaked(ys[:, 0], us[:, 0])
        shown = leaked @ terms(y[2:], y[1:-1], u[1:-1], u[:-2])
        alone = run(leaked[None], us_test, ys_test[:2])[2:, 0]
    elif mistake == "lags reversed":
        shown = free_run(lambda y_past, u_past: model(y_past[::-1], u_past[::-1]), u, y, 2, 2)
    elif mistake == "one-step error called free run":
        shown = one_step(partial(seven_terms, theta=first[0]), u, y, 2, 2)
        alone = run(first, us_test, ys_test[:2])[2:, 0]
    elif mistake == "started from the future":
        shown = run(theta, us_test, ys_test[2:4])[2:, 0]
    elif mistake == "sensitivities not fed back":
        shown = alone = run(train_parallel(us, ys, first, 6, fed_back=False), us_test, ys_test[:2])[2:, 0]
    elif mistake == "scaled by the test data":
        y_ratio, u_ratio = ys.std() / ys_test.std(), us.std() / us_test.std()
        shown = run(theta, us_test * u_ratio, ys_test[:2] * y_ratio)[2:, 0] / y_ratio
    errors = [float(((trace - y[2:]) ** 2).mean()) for trace in (shown, alone, right)]
    return Mistake(mistake, y[2:], shown, right, *errors)


def _leaked(y: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Least squares on regressors that are one step too new: y_t is among them."""
    return np.linalg.lstsq(terms(y[2:], y[1:-1], u[1:-1], u[:-2]).T, y[2:], rcond=None)[0]


class Scores(NamedTuple):
    """Two models of one machine on a new noisy record: what each says one step ahead, and left alone."""

    ys: np.ndarray  # (K,) as measured
    one_step: np.ndarray  # (2, K)
    free_run: np.ndarray  # (2, K)

    @property
    def errors(self) -> np.ndarray:
        """MSE, a row a model: one step ahead, free run."""
        return ((np.stack([self.one_step, self.free_run], 1) - self.ys) ** 2).mean(-1)


def two_scores(sigma_w: float = 0.5, steps: int = 600) -> Scores:
    """A is trained in series-parallel, B in parallel, on the same record with output noise."""
    rng = np.random.default_rng(14)
    us, us_test = held_input(steps, rng), held_input(200, rng)
    ys, ys_test = (chen(signal, rng, 0.0, sigma_w) for signal in (us, us_test))
    first = least_squares(us, ys)
    models = [partial(seven_terms, theta=theta[0]) for theta in (first, train_parallel(us, ys, first))]
    u, y = us_test[:, 0], ys_test[:, 0]
    said = [np.stack([mode(model, u, y, 2, 2) for model in models]) for mode in (one_step, free_run)]
    return Scores(y[2:], said[0], said[1])


class CostCurves(NamedTuple):
    """The cost of one weight, with the others held at the truth, for the two errors."""

    thetas: np.ndarray  # (K,)
    one_step: np.ndarray  # (K,)
    free_run: np.ndarray  # (K,)


def cost_curves(steps: int = 30) -> CostCurves:
    """V(θ) of the weight 0.8 of y_{t−1} in Chen's system, on a noise-free record: one step ahead, and free."""
    us, ys = record(0.0, 0.0)
    u, y = us[: steps + 2, :1], ys[: steps + 2, :1]
    thetas = np.linspace(-1.5, 2.5, 401)
    weights = np.repeat(TRUE[None], len(thetas), 0)
    weights[:, 0] = thetas
    ahead_of_it = weights @ terms(y[1:-1, 0], y[:-2, 0], u[1:-1, 0], u[:-2, 0])
    free = run(weights, np.repeat(u, len(thetas), 1), np.repeat(y[:2], len(thetas), 1))[2:]
    return CostCurves(thetas, ((ahead_of_it - y[2:, 0]) ** 2).mean(1), ((free - y[2:]) ** 2).mean(0))
