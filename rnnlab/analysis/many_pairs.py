"""Many pairs of tanh units at once: how fast a nudge grows or fades, by the spectral radius. Lecture 05."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from rnnlab.analysis.bifurcation import UNITS, columns_of, shares
from rnnlab.arrays import Array, namespace
from rnnlab.models.devices import device_for, put
from rnnlab.models.iterate import iterate
from rnnlab.models.maps import tanh_pair_stretch

MATRICES = ("any", "symmetric", "rotations")
COLUMNS, ROWS = 200, 100
RADII, RATES = (0.0, 3.0), (-2.4, 0.8)
NEAR = 0.1  # of ln ρ: as close as a nudge comes to it in a hundred steps
STILL = 0.01  # a rate this small, up or down, is taken for none


class Pairs(NamedTuple):
    """A picture of λ by ρ, and what became of the pairs on either side of ρ = 1."""

    matrices: str
    steps: int
    pairs: int
    rates: Array  # (ROWS, COLUMNS) the share of a column's pairs at each λ over `RATES`; what is below has no row
    near: Array  # of the pairs with ρ < 1, those whose λ is within `NEAR` of ln ρ
    fading: Array  # of the pairs with ρ > 1, those with λ < −`STILL`
    staying: Array  # those between
    growing: Array  # those with λ > `STILL`


def many_pairs(matrices: str, steps: int, device: str | None = None) -> Pairs:
    """λ = ln‖∂h_T/∂h_0 v‖/T of h ← tanh(W h), for a sweep of ρ(W), each with matrices and starts of its own."""
    device = device_for(UNITS["cuda"], device)
    P = UNITS[device]
    rho, W, start, columns = _pairs(matrices, P, device)
    rate = iterate(tanh_pair_stretch, W, (*start, 0.0), steps)[-1, 4] / steps
    calm = rho < 1
    xp = namespace(rate)
    near = calm & (abs(rate - xp.log(xp.clip(rho, 1e-9, None))) < NEAR)
    fading, growing = ~calm & (rate < -STILL), ~calm & (rate > STILL)
    inside, outside = calm.sum(), (~calm).sum()
    return Pairs(
        matrices=matrices,
        steps=steps,
        pairs=P,
        rates=shares(rate, columns, RATES, (ROWS, COLUMNS)),
        near=near.sum() / inside,
        fading=fading.sum() / outside,
        staying=1 - (fading.sum() + growing.sum()) / outside,
        growing=growing.sum() / outside,
    )


@cache
def _pairs(matrices: str, P: int, device: str) -> tuple[Array, tuple[Array, ...], tuple[Array, ...], Array]:
    """ρ in order, the four entries of each W, each start (h, k) with a direction (v, u), and each pair's column."""
    rng = np.random.default_rng(5)
    rho = np.linspace(*RADII, P)
    W = rng.normal(size=(P, 2, 2))
    if matrices == "symmetric":
        W = W + W.swapaxes(1, 2)
    elif matrices == "rotations":
        turn = rng.uniform(0, np.pi, P)
        W = np.moveaxis(np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]), -1, 0)
    elif matrices != "any":
        raise ValueError(f"came the matrices {matrices!r}; expected one of {', '.join(MATRICES)}")
    W = W * (rho / np.abs(np.linalg.eigvals(W)).max(1))[:, None, None]
    h, v = rng.uniform(-1, 1, (2, P)), rng.normal(size=(2, P))
    start = (*h, *(v / np.linalg.norm(v, axis=0)))
    return (
        put(rho, device),
        tuple(put(entry, device) for entry in W.reshape(P, 4).T),
        tuple(put(entry, device) for entry in start),
        columns_of(P, COLUMNS, device),
    )
