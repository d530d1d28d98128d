"""Lecture 05's figure of many units: states and stretching against the weight, as pictures of shares."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rnnlab.analysis.bifurcation import STATES, STRETCHES, WEIGHTS, Bifurcation
from rnnlab.figures.canvas import Drawing, canvas, label
from rnnlab.figures.palette import INK, QUIET, VERMILION

RESTS = np.tanh(np.linspace(-6, 6, 6000))  # none of them zero
FAINTEST = 0.25  # the power that a share is drawn with, so that a hundredth of a column is seen as well


def bifurcation(result: Bifurcation) -> tuple[Drawing, Callable[[Bifurcation], None]]:
    """Live: where the units are after T steps, and how much of a nudge is left, for every weight at once."""
    fig, (above, below) = canvas(rows=2, height=4.2, sharex=True, gridspec_kw={"height_ratios": [1.5, 1]})
    pictures = [
        ax.imshow(
            np.zeros((2, 2)),
            origin="lower",
            extent=(*WEIGHTS, *span),
            aspect="auto",
            cmap="Blues",
            vmin=0,
            vmax=1,
            interpolation="nearest",
        )
        for ax, span in ((above, STATES), (below, STRETCHES))
    ]
    (loose,) = above.plot([0], [0], ":", color=VERMILION, lw=1.6, label="unstable resting places")
    borders = [ax.axvline(x, color=INK, lw=0.8, ls="--") for ax in (above, below) for x in (-1.0, 1.0)]
    below.axhline(0, color=QUIET, lw=0.8)
    for ax, span in ((above, STATES), (below, STRETCHES)):
        ax.set(xlim=WEIGHTS, ylim=span)
        ax.grid(False)  # its lines would hide those of the units
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
