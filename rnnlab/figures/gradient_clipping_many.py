"""Lecture 05's figures of many units and of many pairs: states and stretching, as pictures of shares."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage

from rnnlab.analysis.bifurcation import STATES, STRETCHES, WEIGHTS, Bifurcation
from rnnlab.analysis.many_pairs import RADII, RATES, Pairs
from rnnlab.figures.canvas import Drawing, canvas, label
from rnnlab.figures.palette import GREEN, INK, QUIET, VERMILION

RESTS = np.tanh(np.linspace(-6, 6, 6000))  # none of them zero
FAINTEST = 0.25  # the power that a share is drawn with, so that a hundredth of a column is seen as well


def bifurcation(result: Bifurcation) -> tuple[Drawing, Callable[[Bifurcation], None]]:
    """Live: where the units are after T steps, and how much of a nudge is left, for every weight at once."""
    fig, (above, below) = canvas(rows=2, height=4.2, sharex=True, gridspec_kw={"height_ratios": [1.5, 1]})
    pictures = [_shares(ax, (*WEIGHTS, *span)) for ax, span in ((above, STATES), (below, STRETCHES))]
    (loose,) = above.plot([0], [0], ":", color=VERMILION, lw=1.6, label="unstable resting places")
    borders = [ax.axvline(x, color=INK, lw=0.8, ls="--") for ax in (above, below) for x in (-1.0, 1.0)]
    below.axhline(0, color=QUIET, lw=0.8)
    label(above, "Where the units are after T steps", "", "$h_{T-1}$ and $h_T$", key="lower center")
    label(below, "What is left of a nudge, a step", "weight w", r"$\ln|\partial h_T/\partial h_0|\,/\,T$")

    def update(result: Bifurcation) -> None:
        for picture, shares in zip(pictures, (result.states, result.stretches), strict=True):
            picture.set_data(shares**FAINTEST)
        loose.set_data(*unstable(result.b))
        for line, x in zip(borders, 2 * (result.doubling, result.fold), strict=True):
            line.set_xdata([x, x])

    update(result)
    return fig, update


def _shares(ax: Axes, extent: tuple[float, ...]) -> AxesImage:
    """An empty picture of shares, to be set to their `FAINTEST` power."""
    look = {"aspect": "auto", "interpolation": "nearest", "cmap": "Blues", "vmin": 0, "vmax": 1}
    image = ax.imshow(np.zeros((2, 2)), origin="lower", extent=extent, **look)
    ax.set(xlim=extent[:2], ylim=extent[2:])
    ax.grid(False)  # its lines would hide those of the units
    return image


def unstable(b: float) -> tuple[np.ndarray, np.ndarray]:
    """The weights and states of all resting places with |w (1 − h²)| > 1, from (5.10); NaN lifts the pen."""
    weights = (np.arctanh(RESTS) - b) / RESTS
    level = np.linspace(*WEIGHTS, 200) if b == 0 else np.full(200, np.nan)  # without a bias h = 0 rests too
    weights, rests = np.concatenate([weights, [np.nan], level]), np.concatenate([RESTS, np.zeros(201)])
    drawn = (weights >= WEIGHTS[0]) & (weights <= WEIGHTS[1]) & (np.abs(weights * (1 - rests**2)) > 1)
    return np.where(drawn, weights, np.nan), rests


def bifurcation_words(result: Bifurcation) -> str:
    """The two borders, and how many units are still on their way."""
    return (
        f"{result.units:,} units with b = {result.b:.2f}: below w = {result.doubling:.3f} they swing, above w ="
        f" {result.fold:.3f} they have three resting places. After {result.steps} steps"
        f" {100 * float(result.moving):.1f} % of them still move by more than 0.001 in two steps."
    )


def pairs(result: Pairs) -> tuple[Drawing, Callable[[Pairs], None]]:
    """Live: how fast a nudge of a pair grows or fades, for every spectral radius at once."""
    fig, ax = canvas(height=2.6)
    picture = _shares(ax, (*RADII, *RATES))
    rho = np.linspace(0.01, RADII[1], 300)
    ax.plot(rho, np.log(rho), ":", color=VERMILION, lw=1.6, label="ln ρ: linear units")
    h = np.tanh(np.linspace(0.01, 3, 300))  # where one unit rests, by (5.10) with the weight below
    ax.plot(
        w := np.arctanh(h) / h, np.log(w * (1 - h**2)), ":", color=GREEN, lw=1.6, label="one tanh unit, w = ρ"
    )
    ax.axhline(0, color=QUIET, lw=0.8)
    ax.axvline(1, color=INK, lw=0.8, ls="--")
    label(
        ax,
        "What becomes of a nudge of two tanh units, a step",
        "spectral radius ρ",
        r"$\lambda = \ln\|\partial h_T/\partial h_0\; v\|\,/\,T$",
        key="upper left",
    )

    def update(result: Pairs) -> None:
        picture.set_data(result.rates**FAINTEST)

    update(result)
    return fig, update


def pairs_words(result: Pairs) -> str:
    """On either side of ρ = 1: how many do as linear units would, how many come to rest, and how many do not."""
    near, fading, staying, growing = (
        100 * float(share) for share in (result.near, result.fading, result.staying, result.growing)
    )
    return (
        f"{result.pairs:,} pairs, matrices: {result.matrices}, {result.steps} steps. With ρ below 1 {near:.1f} % have a"
        f" λ within 0.1 of ln ρ. With ρ above 1 {fading:.1f} % have a λ below −0.01, {staying:.1f} % between −0.01 and"
        f" 0.01, and {growing:.1f} % above."
    )
