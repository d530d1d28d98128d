"""NARX: the next output from the last outputs and the last inputs, one step ahead or on its own.

A *predictor* is any function f(y_past, u_past) → ŷ. Columns as on the board: y_past (n_y, B) holds in row k − 1 the
output k steps ago, u_past (n_u, B) the input k steps ago, and ŷ is (B,). P networks with weights of their own put
their axis first, y_past (P, n_y, B), and ŷ is (P, B).
Signals have one row a step: us and ys are (T,), or (T, P) for P realisations. The first n = max(n_y, n_u) outputs
start the memory, and the predictions are those of y_{n+1} … y_T.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rnnlab.arrays import Array, namespace
from rnnlab.models.cells import tanh_step
from rnnlab.models.unroll import unroll

Predictor = Callable[[Array, Array], Array]


def narx_network(y_past: Array, u_past: Array, W: Array, U: Array, b: Array, V: Array, c: Array) -> Array:
    """ŷ_t = V tanh(W y_past + U u_past + b) + c: a hidden layer that sees only the past. Lecture 10, section 1.

    W (H, n_y), U (H, n_u), b (H, 1), V (1, H), c (1, 1); with P networks each has a leading axis P.
    """
    return (V @ tanh_step(y_past, u_past, W, U, b) + c)[..., 0, :]


def regressors(us: Array, ys: Array, n_u: int, n_y: int) -> Array:
    """Row t is (y_{t−1}, …, y_{t−n_y}, u_{t−1}, …, u_{t−n_u}), newest first; shape (T − n, n_y + n_u, …).

    What a series-parallel predictor looks at, one row a step: never y_t itself. Lecture 10, section 1.
    """
    n = check_signals(us, ys, n_u, n_y)
    lagged = [
        signal[n - k : len(ys) - k] for signal, last in ((ys, n_y), (us, n_u)) for k in range(1, last + 1)
    ]
    return namespace(us, ys).stack(lagged, 1)


def one_step(f: Predictor, us: Array, ys: Array, n_u: int, n_y: int) -> Array:
    """ŷ_t = f(measured outputs, inputs) for all t at once: the series-parallel mode. Lecture 10, (10.1)."""
    y_past, u_past = _columns(regressors(us, ys, n_u, n_y), n_y)
    return _rows(f(y_past, u_past))


def free_run(f: Predictor, us: Array, ys: Array, n_u: int, n_y: int, teacher_forcing: bool = False) -> Array:
    """ŷ_t = f(its own outputs, inputs), step by step: the parallel mode. Lecture 10, (10.2).

    Of ys only the first n outputs are looked at, to start the memory. With `teacher_forcing` each step gets the
    measured outputs instead of its own, and the result is `one_step`, one step at a time.
    """
    rows = _columns(regressors(us, ys, n_u, n_y), 0)[1]  # (…, n_y + n_u, T − n)
    rows = namespace(rows).moveaxis(rows, -1, 0)[..., None]  # one a step, (…, n_y + n_u, 1)
    y_past = rows[0][..., :n_y, :]
    return unroll(forced_step if teacher_forcing else free_step, y_past, rows, f)[..., 0, 0]


def free_step(y_past: Array, row: Array, f: Predictor) -> Array:
    """The memory moves on by one: ŷ_t comes in, the oldest output leaves. NARX as a recurrent network."""
    n_y = y_past.shape[-2]
    y = f(y_past, row[..., n_y:, :])
    return namespace(y).concatenate([y[..., None, :], y_past[..., :-1, :]], -2)


def forced_step(y_past: Array, row: Array, f: Predictor) -> Array:
    """The same step, with the memory overwritten by the measured outputs: teacher forcing."""
    return free_step(row[..., : y_past.shape[-2], :], row, f)


def ahead(f: Predictor, us: Array, ys: Array, n_u: int, n_y: int, horizon: int) -> Array:
    """What a free run of `horizon` steps says, begun at every time from the measured outputs. Lecture 10, (10.3).

    Row k − 1 holds the predictions k steps ahead: of y_{n+k}, y_{n+k+1}, … All of them run side by side, as columns.
    Returns (horizon, T − n − horizon + 1), and with P realisations (horizon, P, …).
    """
    rows = _columns(regressors(us, ys, n_u, n_y), 0)[1]
    many = rows.shape[-1] - horizon + 1
    if horizon < 1 or many < 1:
        raise ValueError(
            f"a horizon from 1 to {rows.shape[-1]} steps was expected for these signals; got {horizon}"
        )
    steps = np.arange(horizon)[:, None] + np.arange(many)
    shifted = namespace(rows).moveaxis(rows[..., steps], -2, 0)  # (horizon, …, n_y + n_u, many)
    return unroll(free_step, rows[..., :n_y, :many], shifted, f)[..., 0, :]


def check_signals(us: Array, ys: Array, n_u: int, n_y: int) -> int:
    """n = max(n_y, n_u), after a look at what came."""
    if n_y < 1 or n_u < 0:
        raise ValueError(
            f"a NARX model looks at n_y ≥ 1 outputs and n_u ≥ 0 inputs; got n_y = {n_y}, n_u = {n_u}"
        )
    if us.shape != ys.shape or ys.ndim not in (1, 2):
        raise ValueError(
            f"us has shape {tuple(us.shape)} and ys {tuple(ys.shape)}; expected both (T,), or (T, P) for P realisations"
        )
    n = max(n_y, n_u)
    if len(ys) < n + 2:
        raise ValueError(f"{len(ys)} samples are too short for {n} lags: expected at least {n + 2}")
    for name, signal in (("us", us), ("ys", ys)):
        if not bool(namespace(signal).isfinite(signal).all()):
            raise ValueError(
                f"{name} has values that are not finite; remove or fill them before the model sees them"
            )
    return n


def _columns(rows: Array, n_y: int) -> tuple[Array, Array]:
    """Regressors (T, n) or (T, n, P) → y_past (n_y, T) and u_past (n_u, T), with P in front where there is one."""
    last = tuple(range(rows.ndim - 1, -1, -1))
    columns = namespace(rows).moveaxis(rows, tuple(range(rows.ndim)), last)
    return columns[..., :n_y, :], columns[..., n_y:, :]


def _rows(predictions: Array) -> Array:
    """(T,) stays, (P, T) becomes (T, P): one row a step again."""
    return predictions.T if predictions.ndim == 2 else predictions
