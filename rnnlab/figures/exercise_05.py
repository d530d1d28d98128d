"""The figures of exercise 05: a student's gradient lengths, and three trainings to diagnose."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnnlab.analysis.cases import place
from rnnlab.analysis.sick_training import SETTINGS, Curves, training
from rnnlab.figures.canvas import Drawing, canvas, label
from rnnlab.figures.palette import AMBER, BLUE, GREEN, INK

LEAST, SHORTEST = 1e-20, 1e-8  # drawn on the logarithmic axes


def lengths(values: Any) -> Drawing:
    """The gradient lengths that an answer gave, over time."""
    fig, ax = canvas(height=2.3)
    if values is ...:
        ax.set_axis_off()
        ax.text(0.02, 0.5, "Your picture appears here once there is an answer.", color=INK)
        fig.alt = "Nothing to draw yet: the answer is still to be written."
        return fig
    sizes = np.abs(np.ravel(np.asarray(values, dtype=float)))
    t = np.arange(1, len(sizes) + 1)
    ax.plot(t, np.maximum(sizes, LEAST), "o-", color=BLUE, ms=3)
    ax.set_yscale("log")
    rate = (sizes[0] / sizes[-1]) ** (1 / max(len(sizes) - 1, 1)) if sizes[-1] > 0 else 0.0
    label(ax, f"On average × {rate:.3f} a step back", "time step t", r"$\|\partial L/\partial h_t\|$")
    fig.alt = (
        f"{len(t)} gradient lengths on a logarithmic axis, from {sizes[0]:.3g} at t = 1 to {sizes[-1]:.3g} at"
        f" t = {len(t)}, a factor of {rate:.3f} a step back."
    )
    return fig


def three_trainings(first: int, second: int, third: int) -> Drawing:
    """Cost, gradient length with the threshold, and reach, for three trainings side by side."""
    fig, axes = canvas(3, 3, height=5.6, sharex=True)
    words = []
    for (cost, size, far), name, kind in zip(axes.T, "ABC", (first, second, third), strict=True):
        curves = _curves(kind)
        n = np.arange(len(curves.costs))
        cost.plot(n, curves.costs, color=BLUE, lw=1.4)
        cost.set_ylim(-0.02, 0.45)
        size.plot(n, np.maximum(curves.norms, SHORTEST), color=GREEN, lw=1.4)
        if curves.threshold is not None:
            size.axhline(curves.threshold, color=INK, ls="--", lw=1)
        far.plot(n, np.maximum(curves.reach, LEAST), color=AMBER, lw=1.4)
        size.set(yscale="log", ylim=(SHORTEST / 3, 1e5))
        far.set(yscale="log", ylim=(1e-21, 1e5))
        label(cost, f"Training {name}", "", "cost" if name == "A" else "")
        size.set_ylabel("length of gradient" if name == "A" else "")
        far.set_ylabel(r"$|\partial r_{50}/\partial r_0|$" if name == "A" else "")
        far.set_xlabel("update")
        words.append(f"{name}: {symptoms(kind)}")
    fig.alt = f"Curves of three trainings. {'; '.join(words)}."
    return fig


def symptoms(kind: int) -> str:
    """What can be read off the curves of this training, in numbers."""
    curves = _curves(kind)
    cut = "no threshold"
    if curves.threshold is not None:
        share = 100 * np.mean(curves.norms > curves.threshold)
        cut = f"threshold {curves.threshold:g}, {share:.0f} % of the gradients are longer"
    return (
        f"cost {curves.costs[0]:.3f} at the start, at least {curves.costs.min():.3f}, {curves.costs[-1]:.3f} at the"
        f" end; longest gradient {curves.norms.max():.1e}; {cut}"
    )


def _curves(kind: int) -> Curves:
    return training(tuple(SETTINGS.values())[place(kind, len(SETTINGS))])
