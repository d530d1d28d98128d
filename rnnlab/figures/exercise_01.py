"""The figures of exercise 01: a student's own response and descent, and three gradients to diagnose."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from rnnlab.analysis.cases import place
from rnnlab.figures.canvas import Drawing, canvas, label
from rnnlab.figures.palette import BLUE, INK, QUIET, VERMILION

STEPS = 24  # of each sick gradient
WAIT = 4  # of the delayed one
DRIVE = 0.2  # of the saturated one, at every step


def response(hs: Any) -> Drawing:
    """The states that an answer gave for an impulse, as stems."""
    fig, ax = canvas(height=2.3)
    if hs is ...:
        return _unanswered(fig, ax)
    hs = np.ravel(np.asarray(hs, dtype=float))
    t = np.arange(1, len(hs) + 1)
    ax.axhline(0, color=QUIET, lw=0.8)
    ax.vlines(t, 0, hs, color=BLUE, lw=1.6)
    ax.plot(t, hs, "o", color=BLUE, ms=4)
    heard = t[hs != 0]
    ax.xaxis.get_major_locator().set_params(integer=True)
    label(ax, f"Your unit is heard at {len(heard)} of {len(t)} steps", "time step t", "state $h_t$")
    fig.alt = f"Your response over {len(t)} steps; it is not zero at t = {_listed(heard)}."
    return fig


def descent(a: float, b: float, c: float, best: Any, steps: int = 12) -> Drawing:
    """Gradient descent on V = θᵀ [[a, b], [b, c]] θ with the rate that an answer gave."""
    fig, (plane, error) = canvas(cols=2, height=2.8)
    if best is ...:
        error.set_visible(False)
        return _unanswered(fig, plane)
    matrix, rate = np.array([[a, b], [b, c]]), float(np.ravel(best)[0])
    low, high = np.linalg.eigh(matrix)[1].T
    path = [low + high]
    for _ in range(steps):
        path.append(path[-1] - rate * 2 * matrix @ path[-1])
    walked = np.clip(path, -50, 50)
    side = np.linspace(-2, 2, 81)
    X, Y = np.meshgrid(side, side)
    plane.contour(X, Y, a * X**2 + 2 * b * X * Y + c * Y**2, levels=8, colors=QUIET, linewidths=0.7)
    plane.plot(*walked.T, "o-", color=BLUE, ms=4)
    plane.set(xlim=(-2, 2), ylim=(-2, 2), aspect="equal")
    label(plane, "Your path down the bowl", "first parameter", "second parameter")
    sizes = np.linalg.norm(walked, axis=1)
    error.semilogy(range(steps + 1), np.maximum(sizes, 1e-9), "o-", color=BLUE, ms=4)
    left = sizes[-1] / sizes[0]
    label(error, f"{steps} steps leave {left:.2g} of the error", "step n", "distance to the minimum")
    error.xaxis.get_major_locator().set_params(integer=True)
    fig.alt = f"Descent at rate {rate:.3g}: {steps} steps leave {left:.2g} of the distance to the minimum."
    return fig


def three_gradients(first: int, second: int, third: int, w: float) -> Drawing:
    """|∂L/∂h_t| of three units on logarithmic axes, over its value at the last step; zeros are not drawn."""
    fig, axes = canvas(cols=3, height=2.6, sharex=True)
    t = np.arange(1, STEPS + 1)
    words = []
    for ax, name, kind in zip(axes, "ABC", (first, second, third), strict=True):
        size = sick_gradient(kind, w)
        there = size > 0
        ax.semilogy(t[there], size[there], "o", color=BLUE, ms=3.5)
        ax.plot(STEPS, 1.0, "s", color=VERMILION, ms=5, zorder=3)
        label(ax, f"{name}: what happened?", "time step t", "")
        words.append(f"{name} has {there.sum()} values, {size[there][0]:.2g} at t = {t[there][0]}")
    axes[0].set_ylabel(r"$|\partial L/\partial h_t|$")
    fig.alt = f"Three gradients on logarithmic axes, w = {w:g}, all 1 at t = {STEPS}: {'; '.join(words)}."
    return fig


def sick_gradient(kind: int, w: float) -> np.ndarray:
    """|∂L/∂h_t| for t = 1 … STEPS, over its value at the last step.

    kind: the case, or 0 a small weight, 1 saturation, 2 delay, 3 a loss at every step, 4 a large weight.
    """
    kind, back = place(kind, 5), STEPS - np.arange(1, STEPS + 1)
    if kind == 1:
        hs = [0.0]
        for _ in range(STEPS):
            hs.append(np.tanh(w * hs[-1] + DRIVE))
        slopes = w * (1 - np.array(hs[2:]) ** 2)
        return np.append(np.cumprod(slopes[::-1])[::-1], 1.0)
    if kind == 2:
        return np.where(back % WAIT == 0, w ** (back // WAIT), 0.0)
    if kind == 3:
        return (1 - w ** (back + 1)) / (1 - w)
    return (1 / w if kind == 4 else w) ** back


def _unanswered(fig: Drawing, ax: Axes) -> Drawing:
    ax.set_axis_off()
    ax.text(0, 0.5, "Your picture appears here once there is an answer.", color=INK, transform=ax.transAxes)
    fig.alt = "Nothing to draw yet: the answer is still to be written."
    return fig


def _listed(steps: np.ndarray) -> str:
    return ", ".join(str(t) for t in steps[:8]) + (" …" if len(steps) > 8 else "")
