"""The experiments of lecture 10: which training wins under which noise, and how much a start decides.

The three that end in a dict are the recipes of the stored results `sources/results/10_*.json`; the lecture runs each
at a reduced size.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnnlab.gradients.narx import NarxShape
from rnnlab.models.narx import Predictor, ahead, free_run
from rnnlab.systems.chen import chen, held_input
from rnnlab.systems.tank import tank
from rnnlab.training.narx import Narx, fit_narx, start_weights

AT_ONCE = 126  # realisations in one batch; more do not run faster
QUARTILES = (25, 50, 75)


class Pair(NamedTuple):
    """The same starts and the same data, trained in two ways."""

    series_parallel: Narx
    parallel: Narx


def train_both(
    us: np.ndarray,
    ys: np.ndarray,
    shape: NarxShape,
    theta: np.ndarray,
    iterations: int = 100,
    with_starts: bool = True,
) -> Pair:
    """Both trainings of the networks θ (P, p) on the columns of us and ys (T, P)."""
    return Pair(
        fit_narx(us, ys, shape, theta, parallel=False, iterations=iterations),
        fit_narx(us, ys, shape, theta, parallel=True, with_starts=with_starts, iterations=iterations),
    )


def mean_squared(predictions: np.ndarray, ys: np.ndarray) -> np.ndarray:
    """(1/T) Σ_t (y_t − ŷ_t)², over the steps that were predicted, a number a column."""
    return ((ys[len(ys) - len(predictions) :] - predictions) ** 2).mean(0)


def free_run_errors(pair: Pair, us: np.ndarray, ys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The free-run MSE of each column, series-parallel first."""
    n_u, n_y = pair.parallel.shape[:2]
    first, second = (mean_squared(free_run(model, us, ys, n_u, n_y), ys) for model in pair)
    return first, second


def error_by_horizon(
    f: Predictor, us: np.ndarray, ys: np.ndarray, n_u: int, n_y: int, horizon: int
) -> np.ndarray:
    """The MSE of predictions 1, 2, … `horizon` steps ahead: (horizon,), or (horizon, P)."""
    said, n = ahead(f, us, ys, n_u, n_y, horizon), max(n_u, n_y)
    many = said.shape[-1]
    truth = np.stack([ys[n + k : n + k + many].T for k in range(horizon)])
    return ((said - truth) ** 2).mean(-1)


def chen_errors(
    rng: np.random.Generator,
    sigma_v: np.ndarray,
    sigma_w: np.ndarray,
    cutoff: float = 1.0,
    T: int = 1000,
    hidden: int = 10,
    iterations: int = 100,
) -> tuple[np.ndarray, np.ndarray]:
    """Free-run MSE on noise-free test data, both trainings, a realisation for each entry of σ_v and σ_w (P,)."""
    shape, P = NarxShape(2, 2, hidden), len(sigma_v)
    us, us_test = held_input(T, rng, P), held_input(T, rng, P)
    ys, ys_test = chen(us, rng, sigma_v, sigma_w, cutoff), chen(us_test, rng)
    theta = start_weights(shape, P, rng)
    blocks = [slice(i, i + AT_ONCE) for i in range(0, P, AT_ONCE)]
    pairs = [train_both(us[:, b], ys[:, b], shape, theta[b], iterations) for b in blocks]
    errors = [
        free_run_errors(pair, us_test[:, b], ys_test[:, b]) for pair, b in zip(pairs, blocks, strict=True)
    ]
    first, second = (np.concatenate(parts) for parts in zip(*errors, strict=True))
    return first, second


def noise_curves(
    seed: int,
    levels: list[float],
    realisations: int,
    repetitions: int,
    T: int = 1000,
    hidden: int = 10,
    iterations: int = 100,
) -> dict[str, np.ndarray]:
    """Median free-run MSE of the realisations over noise level: output noise w, then equation noise v.

    As in the authors' code, all realisations begin with one start, and a level differs from the next in nothing but
    its σ. They did it once. Here start, inputs and noise are drawn anew for each repetition, and (3, L) holds the
    least, the middle and the greatest of the repetitions' medians.
    """
    rng, shape, P = np.random.default_rng(seed), NarxShape(2, 2, hidden), repetitions * realisations
    us, us_test = held_input(T, rng, P), held_input(T, rng, P)
    ys_test, noise = chen(us_test, rng), rng.integers(2**32)
    theta = np.repeat(start_weights(shape, repetitions, rng), realisations, axis=0)

    def medians(sigma_v: float, sigma_w: float) -> np.ndarray:
        ys = chen(us, np.random.default_rng(noise), sigma_v, sigma_w)
        errors = np.array(free_run_errors(train_both(us, ys, shape, theta, iterations), us_test, ys_test))
        of_repetitions = np.median(errors.reshape(2, repetitions, realisations), axis=-1)
        return np.percentile(of_repetitions, (0, 50, 100), axis=1)

    values: dict[str, np.ndarray] = {}
    for kind, (v, w) in {"output": (0, 1), "equation": (1, 0)}.items():
        curve = np.array([medians(v * sigma, w * sigma) for sigma in levels])  # (L, 3, 2)
        values[f"{kind}_series_parallel"], values[f"{kind}_parallel"] = curve.T
    return values


def coloured_noise(
    seed: int, cutoffs: list[float], realisations: int, T: int = 1000, hidden: int = 10, iterations: int = 100
) -> dict[str, np.ndarray]:
    """Medians of the free-run MSE under equation noise of σ = 1 that is low-passed at each cut-off; and the toy's.

    The toy is the published pair of figures: white noise of σ_v = 0.1 in the equation and σ_w = 0.5 at the sensor.
    """
    rng, one, none = np.random.default_rng(seed), np.ones(realisations), np.zeros(realisations)
    size = {"T": T, "hidden": hidden, "iterations": iterations}
    toy = chen_errors(rng, 0.1 * one, 0.5 * one, **size)
    errors = np.array([chen_errors(rng, one, none, cutoff, **size) for cutoff in cutoffs])
    medians = np.median(errors, axis=-1)
    return {
        "toy": np.percentile(toy, QUARTILES, axis=1),
        "series_parallel": medians[:, 0],
        "parallel": medians[:, 1],
    }


def tank_starts(
    seed: int, starts: int, T: int = 711, T_test: int = 359, iterations: int = 100
) -> dict[str, np.ndarray]:
    """Free-run test MSE in mm², sorted, of networks that differ in nothing but their start: one record of the tank."""
    rng, shape = np.random.default_rng(seed), NarxShape(1, 1, 10)
    record, test = tank(T, rng), tank(T_test, rng)
    us, ys, us_test, ys_test = (np.repeat(signal[:, None], starts, axis=1) for signal in (*record, *test))
    pair = train_both(us, ys, shape, start_weights(shape, starts, rng), iterations, with_starts=False)
    first, second = free_run_errors(pair, us_test, ys_test)
    return {"series_parallel": np.sort(first), "parallel": np.sort(second)}
