"""Many settings of one reservoir at once: run, fit and score on a grid. Lecture 08, section 8."""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import numpy as np

from rnnlab.analysis.forecast import nrmse
from rnnlab.models.reservoir import Reservoir, run
from rnnlab.training.readout import ridge_each

SIDE_BY_SIDE = (
    16  # settings in one batch: enough to share the sparse product, few enough to stay in the cache
)


class Split(NamedTuple):
    """A signal cut in two: the first `washout` steps are dropped, the next `train` fitted, the rest scored."""

    us: np.ndarray  # (T, D)
    ys: np.ndarray  # (T, K)
    washout: int
    train: int


def grid(
    net: Reservoir, data: Split, rhos: np.ndarray, scales: np.ndarray, lam: float, alpha: float = 1.0
) -> np.ndarray:
    """The test NRMSE for each ρ and each input scale, (R, S). The settings share W, and so its product with h."""
    settings = np.array(list(product(rhos, scales)))
    scores = []
    for first in range(0, len(settings), SIDE_BY_SIDE):
        some = settings[first : first + SIDE_BY_SIDE]
        rho, scale = some.T
        hs = run(net, data.us, rho, alpha, scale, washout=data.washout)
        scores += [_score(hs[:, :, b], data, [lam])[0] for b in range(len(some))]
    return np.reshape(scores, (len(rhos), len(scales)))


def path(net: Reservoir, data: Split, rhos: np.ndarray, lams: np.ndarray, alpha: float = 1.0) -> np.ndarray:
    """The test NRMSE for each ρ and each penalty λ, (R, L): one run and one Gram matrix for each ρ."""
    scores = []
    for first in range(0, len(rhos), SIDE_BY_SIDE):
        some = rhos[first : first + SIDE_BY_SIDE]
        hs = run(net, data.us, some, alpha, washout=data.washout)
        scores += [_score(hs[:, :, b], data, lams) for b in range(len(some))]
    return np.array(scores)


def _score(hs: np.ndarray, data: Split, lams: np.ndarray | list[float]) -> list[float]:
    ys = data.ys[data.washout :]
    Z, Y = hs[: data.train], ys[: data.train]
    return [nrmse(readout(hs[data.train :]), ys[data.train :]) for readout in ridge_each(Z, Y, lams)]
