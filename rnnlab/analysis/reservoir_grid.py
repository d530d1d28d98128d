"""Many settings of one reservoir at once: run, fit and score on a grid. Lecture 08, section 8."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from joblib import Parallel, delayed, effective_n_jobs, parallel_config

from rnnlab.analysis.forecast import nrmse
from rnnlab.arrays import Array
from rnnlab.models.reservoir import Reservoir, run
from rnnlab.training.readout import ridge_each

SIDE_BY_SIDE = 8  # settings in one batch: enough to share the sparse product, few enough to stay in the cache


class Split(NamedTuple):
    """A signal cut in two: the first `washout` steps are dropped, the next `train` fitted, the rest scored."""

    us: np.ndarray  # (T, D)
    ys: np.ndarray  # (T, K)
    washout: int
    train: int


def grid(
    net: Reservoir,
    data: Split,
    lams: Sequence[float],
    rho: Array = 0.9,
    alpha: Array = 1.0,
    scale: Array = 1.0,
    workers: int = 1,
) -> np.ndarray:
    """The test NRMSE at each setting of the knobs and for each penalty λ; (…, L).

    ρ, α and scale broadcast: `rho=rhos[:, None], scale=scales` is the plane of both, (R, S, L). A setting costs its
    states and one Gram matrix, a penalty one factor of it. The settings are shared among `workers` processes, each
    with one thread; -1 is one for each core.
    """
    knobs = np.broadcast_arrays(rho, alpha, scale)
    settings = np.stack([knob.ravel() for knob in knobs])
    workers = min(effective_n_jobs(workers), settings.shape[1])
    shares = np.array_split(settings, workers, axis=1)
    with parallel_config("loky", inner_max_num_threads=1):
        parts = Parallel(workers)(delayed(_scores)(net, data, lams, share) for share in shares)
    return np.concatenate(parts).reshape(*knobs[0].shape, len(lams))


def _scores(net: Reservoir, data: Split, lams: Sequence[float], settings: np.ndarray) -> np.ndarray:
    """(S, L) for settings (3, S). All batches run in the same memory: to be given new pages takes as long as to run."""
    scores, ys = [], data.ys[data.washout :]
    room = np.empty((SIDE_BY_SIDE, len(ys), len(net.b)), net.b.dtype)
    for first in range(0, settings.shape[1], SIDE_BY_SIDE):
        some = settings[:, first : first + SIDE_BY_SIDE]
        rho, alpha, scale = some
        states = run(net, data.us, rho, alpha, scale, washout=data.washout, out=room[: len(rho)])
        for b in range(len(rho)):
            seen, new = states[: data.train, :, b], states[data.train :, :, b]
            readouts = ridge_each(seen, ys[: data.train], lams, overwrite=True)
            scores.append([nrmse(readout(new), ys[data.train :]) for readout in readouts])
    return np.array(scores)
