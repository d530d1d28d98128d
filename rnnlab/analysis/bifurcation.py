"""Many tanh units at once: where they are after T steps, by their weight, and what became of a nudge. Lecture 05."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from rnnlab.arrays import Array, namespace
from rnnlab.models.devices import device_for, put
from rnnlab.models.iterate import iterate
from rnnlab.models.maps import tanh_unit_stretch

UNITS = {"cpu": 20_000, "cuda": 1_000_000}  # what either computes while a hand moves a control
COLUMNS, ROWS = 400, 200
WEIGHTS, STATES, STRETCHES = (-3.0, 3.0), (-1.05, 1.05), (-3.0, 0.5)
AT_REST = 1e-3  # a unit that has moved less than this in two steps
GOLDEN = (5**0.5 - 1) / 2


class Bifurcation(NamedTuple):
    """Two pictures of the same units: a column for each weight, and in it the share of its units at each height."""

    b: float
    steps: int
    units: int
    states: Array  # (ROWS, COLUMNS) h_{T−1} and h_T over `STATES`
    stretches: Array  # (ROWS, COLUMNS) ln|∂h_T/∂h_0|/T over `STRETCHES`; what is below has no row
    moving: Array  # the share of all units that have not come to rest, nor to a swing of period two
    fold: float  # the weight above which two more resting places exist
    doubling: float  # the weight below which the unit swings


def bifurcation(b: float, steps: int, device: str | None = None) -> Bifurcation:
    """`steps` of h ← tanh(w h + b) for a sweep of weights, each with starts all over (−1, 1). Lecture 05, (5.25)."""
    device = device_for(UNITS["cuda"], device)
    P = UNITS[device]
    w, h0, columns = _units(P, device)
    kept = iterate(tanh_unit_stretch, (b, w), (h0, 0.0), steps, keep=3)
    hs, stretch, shape = kept[:, 0], kept[-1, 1] / steps, (ROWS, COLUMNS)
    return Bifurcation(
        b=b,
        steps=steps,
        units=P,
        states=(shares(hs[1], columns, STATES, shape) + shares(hs[2], columns, STATES, shape)) / 2,
        stretches=shares(stretch, columns, STRETCHES, shape),
        moving=(abs(hs[2] - hs[0]) > AT_REST).sum() / P,
        fold=float(border(b, +1)[0]),
        doubling=float(border(b, -1)[0]),
    )


@cache
def _units(P: int, device: str) -> tuple[Array, Array, Array]:
    """Weights in order, starts that fill (−1, 1) evenly in every column, and each unit's column; kept on the device."""
    w = np.linspace(*WEIGHTS, P)
    h0 = 2 * (GOLDEN * np.arange(1, P + 1) % 1) - 1
    return put(w, device), put(h0, device), columns_of(P, COLUMNS, device)


def columns_of(P: int, count: int, device: str) -> Array:
    """The column, of `count`, in which each of P neighbours stands."""
    return _index(put(np.arange(P) // (P // count), device))


def shares(values: Array, columns: Array, span: tuple[float, float], shape: tuple[int, int]) -> Array:
    """(R, C): the share of a column's units in each row of `span`."""
    (lo, hi), (R, C) = span, shape
    xp = namespace(values)
    rows = _index(xp.clip((values - lo) / (hi - lo) * R, -1, R)) + 1  # of two more, for what is outside
    counts = xp.bincount(columns * (R + 2) + rows, minlength=C * (R + 2))
    return counts.reshape(C, R + 2).T[1:-1] * (C / len(values))


def _index(values: Array) -> Array:
    xp = namespace(values)
    return xp.asarray(xp.floor(values), dtype=xp.int64)


def border(b: Array, sign: int) -> tuple[np.ndarray, np.ndarray]:
    """(w, h): where a resting place for this bias has w (1 − h²) = sign: +1 a fold, −1 a doubling. (5.23)

    b = artanh h − sign h/(1 − h²) falls, or rises, from one infinity to the other, so bisection finds the one h.
    """
    b = np.asarray(b, dtype=float)
    lo, hi = np.full(b.shape, -1.0), np.full(b.shape, 1.0)
    for _ in range(52):
        h = (lo + hi) / 2
        above = (np.arctanh(h) - sign * h / (1 - h * h) > b) == (sign > 0)
        lo, hi = np.where(above, h, lo), np.where(above, hi, h)
    h = (lo + hi) / 2
    return sign / (1 - h * h), h
