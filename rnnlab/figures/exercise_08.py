"""The figures of exercise 08: a student's own states, forecast and verdict."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from rnnlab.figures.canvas import Drawing, canvas, label
from rnnlab.figures.palette import BLUE, INK, QUIET, SERIES, STYLES, VERMILION


def states(hs: Any, alphas: np.ndarray) -> Drawing:
    """The answer of a few neurons to an input that is switched on and off."""
    fig, ax = canvas(height=2.3)
    if hs is ...:
        return _unanswered(fig, ax)
    hs = np.asarray(hs, dtype=float).reshape(-1, len(alphas))
    for h, alpha, colour, style in zip(hs.T, alphas, SERIES, STYLES, strict=False):
        ax.plot(np.arange(1, len(hs) + 1), h, style, color=colour, lw=1.6, label=f"α = {alpha:g}")
    label(ax, "Which neuron is slow?", "time step t", "state", key="upper right")
    fig.alt = f"Your neurons over {len(hs)} steps; after the first step: " + ", ".join(
        f"α = {alpha:g} at {h:.2f}" for alpha, h in zip(alphas, hs[0], strict=True)
    )
    return fig


def forecast(ys: np.ndarray, known: int, said: Any) -> Drawing:
    """A signal, the place where it is taken away, and the answers after it."""
    fig, ax = canvas(height=2.3)
    if said is ...:
        return _unanswered(fig, ax)
    said = np.clip(np.ravel(np.asarray(said, dtype=float)), -5, 5)
    ax.plot(ys, color=QUIET, lw=3, label="signal")
    ax.plot(known + np.arange(len(said)), said, "--", color=VERMILION, lw=1.4, label="your forecast")
    ax.axvline(known - 0.5, color=INK, lw=1, ls=":")
    label(ax, "After the dotted line it hears only itself", "time step t", "signal", key="upper left")
    gap = np.abs(said[: len(ys) - known] - ys[known : known + len(said)])
    fig.alt = (
        f"A signal and your forecast of its last {len(said)} values; they part by at most"
        f" {gap.max(initial=0):.2g}."
    )
    return fig


def runs(states: np.ndarray, step: Any) -> Drawing:
    """The largest distance between runs, and the step that an answer named."""
    fig, ax = canvas(height=2.3)
    if step is ...:
        return _unanswered(fig, ax)
    apart = np.linalg.norm(states[:, None] - states[None], axis=3).max((0, 1))
    ax.semilogy(np.maximum(apart, 1e-9), color=BLUE, lw=1.6)
    ax.axhline(0.01 * apart[0], color=QUIET, lw=1, ls="--")
    named = int(np.ravel(step)[0])
    if named >= 0:
        ax.axvline(named, color=VERMILION, lw=1.4, ls=":")
    label(
        ax,
        f"Your verdict: {f'merged from step {named} on' if named >= 0 else 'not merged'}",
        "step",
        "largest distance",
    )
    fig.alt = (
        f"The largest distance between runs falls from {apart[0]:.2g} to {apart[-1]:.2g}; your"
        f" verdict is {named}."
    )
    return fig


def _unanswered(fig: Drawing, ax: Axes) -> Drawing:
    ax.set_axis_off()
    ax.text(0, 0.5, "Your picture appears here once there is an answer.", color=INK, transform=ax.transAxes)
    fig.alt = "Nothing to draw yet: the answer is still to be written."
    return fig
