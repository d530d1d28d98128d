"""The figures of exercise 09: a student's own online learner, and three systems with their influences."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnnlab.analysis.cases import place
from rnnlab.figures.canvas import Drawing, canvas, label
from rnnlab.figures.palette import AMBER, BLUE, INK, VERMILION

AGES, KEPT = 6, 2  # uses that matter, and how many of them a truncated gradient sees


def own_path(thetas: Any) -> Drawing:
    """The parameter after each step, as an answer gave it."""
    fig, ax = canvas(height=2.3)
    if thetas is ...:
        ax.set_axis_off()
        ax.text(0, 0.5, "Your picture appears here once there is an answer.", color=INK)
        fig.alt = "Nothing to draw yet: the answer is still to be written."
        return fig
    path = np.clip(np.ravel(np.asarray(thetas, dtype=float)), -20, 20)
    ax.plot(np.arange(1, len(path) + 1), path, "-", color=BLUE, lw=1.4)
    ax.axhline(0, color=INK, lw=0.8)
    half = len(path) // 2
    early, late = np.abs(path[:half]).max(initial=0.0), np.abs(path[half:]).max(initial=0.0)
    label(ax, f"At most {early:.2g} in the first half, {late:.2g} in the second", "time step", "parameter θ")
    fig.alt = (
        f"θ over {len(path)} steps: at most {early:.2g} in size in the first half, {late:.2g} in the second."
    )
    return fig


def system(kind: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Influences (2, AGES) of a use on two outputs by its age, and targets (2,): o_i = θ Σ_j influence_ij.

    kind: the case, or 0: what is near is the same share of both outputs. 1: it is not. 2: near and far have opposite
    signs.
    """
    kind = place(kind, 3)
    rng = np.random.default_rng((kind, seed))
    base = np.round(rng.uniform(0.2, 1.0, AGES), 1)
    if kind == 2:
        base[:KEPT] *= -1
        base[KEPT:] += 0.5
    other = base * float(rng.choice((-1.0, 0.5, 2.0)))
    if kind == 1:
        other = np.round(base[::-1] * np.linspace(0.4, 2.0, AGES), 1)
        base = np.round(base * np.linspace(2.0, 0.3, AGES), 1)
    targets = np.round(rng.uniform(1.0, 3.0, 2), 1) * np.array([1.0, -1.0 if kind == 1 else 1.0])
    return np.round(np.array([base, other]), 2), targets


def three_systems(first: int, second: int, third: int, seed: int) -> Drawing:
    """The influences of three systems by age; what a truncated gradient sees is left of the line."""
    fig, axes = canvas(cols=3, height=2.5, sharey=True)
    ages, words = np.arange(AGES), []
    for ax, name, kind in zip(axes, "ABC", (first, second, third), strict=True):
        influences, targets = system(kind, seed)
        for influence, target, colour, shift, style in zip(
            influences, targets, (BLUE, AMBER), (-0.18, 0.18), ("", "//"), strict=True
        ):
            ax.bar(ages + shift, influence, 0.34, color=colour, hatch=style, label=f"target {target:g}")
        ax.axvline(KEPT - 0.5, color=VERMILION, ls="--", lw=1.2)
        ax.axhline(0, color=INK, lw=0.8)
        label(ax, f"System {name}", "age of the use", "influence" if name == "A" else "", key="best")
        near, whole = influences[:, :KEPT].sum(1), influences.sum(1)
        words.append(f"{name}: near {near.round(2).tolist()}, whole {whole.round(2).tolist()}")
    fig.alt = (
        "Influence of a use on two outputs, by age; summed left of the cut, and in all. "
        + "; ".join(words)
        + "."
    )
    return fig
