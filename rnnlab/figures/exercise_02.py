"""The figures of exercise 02: a student's own network as it runs, and three networks to diagnose."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from rnnlab.analysis.sick_parity import bits_of, sick_answers
from rnnlab.figures.canvas import Drawing, canvas, label
from rnnlab.figures.palette import BLUE, INK, QUIET


def said(os: Any) -> Drawing:
    """The first number of each answer that a network gave after one push, as stems."""
    fig, ax = canvas(height=2.2)
    if os is ...:
        return _unanswered(fig, ax)
    first = np.asarray(os, dtype=float).reshape(len(os), -1)[:, 0]
    t = np.arange(1, len(first) + 1)
    ax.axhline(0, color=QUIET, lw=0.8)
    ax.vlines(t, 0, first, color=BLUE, lw=1.6)
    ax.plot(t, first, "o", color=BLUE, ms=4)
    ax.xaxis.get_major_locator().set_params(integer=True)
    label(ax, "What your network says after one push", "time step t", "answer $o_t$")
    fig.alt = f"Your network's answers over {len(t)} steps: {_listed(first[:6])} …"
    return fig


def on(hs: Any) -> Drawing:
    """Which units are on at which step: a row a unit."""
    fig, ax = canvas(height=2.2)
    if hs is ...:
        return _unanswered(fig, ax)
    states = np.atleast_2d(np.asarray(hs, dtype=float)) == 1
    t, unit = np.nonzero(states)
    ax.plot(t + 1, unit, "s", color=BLUE, ms=7)
    ax.set(ylim=(states.shape[1] - 0.5, -0.5), xlim=(0.5, len(states) + 0.5), yticks=range(states.shape[1]))
    label(
        ax, f"At most {int(states.sum(1).max())} of your units are on at once", "time step t", "unit q·S + s"
    )
    fig.alt = (
        f"Your {states.shape[1]} units over {len(states)} steps; on at each step: {_listed(states.sum(1))}."
    )
    return fig


def three_units(zs: np.ndarray) -> Drawing:
    """Three units (T, 3) after an impulse."""
    fig, ax = canvas(height=2.2)
    t = np.arange(1, len(zs) + 1)
    for k, (style, colour) in enumerate((("o:", QUIET), ("s--", INK), ("D-", BLUE))):
        ax.plot(t, zs[:, k], style, color=colour, ms=4, label=f"unit {k + 1}")
    label(ax, "After an impulse into unit 1", "time step t", "$z_i(t)$", key="upper right")
    fig.alt = (
        f"Three units over {len(t)} steps after an impulse into unit 1, which stands at {zs[0, 0]:.0f} then."
    )
    return fig


def three_networks(a: int, b: int, c: int, seed: int) -> Drawing:
    """Bits, their parity, and what three sick networks say of them: filled squares are ones."""
    fig, ax = canvas(height=2.4)
    bits = bits_of(seed)
    rows = {"bit": bits, "is odd": np.cumsum(bits) % 2}
    rows |= {f"{name} says": sick_answers(kind, bits) for name, kind in zip("ABC", (a, b, c), strict=True)}
    t = np.arange(1, len(bits) + 1)
    for y, row in enumerate(rows.values()):
        ax.plot(t[row == 1], np.full(int(row.sum()), y), "s", color=INK if y < 2 else BLUE, ms=8)
        ax.plot(t[row == 0], np.full(int((1 - row).sum()), y), "s", mfc="none", mec=QUIET, ms=8)
    ax.set(ylim=(len(rows) - 0.5, -0.5), yticks=range(len(rows)), yticklabels=list(rows), xticks=t)
    label(ax, "Filled is one: which of them has lost what?", "time step t", "")
    fig.alt = " ".join(f"{name}: {''.join(str(int(v)) for v in row)}." for name, row in rows.items())
    return fig


def _listed(values: np.ndarray) -> str:
    return ", ".join(f"{value:.3g}" for value in values)


def _unanswered(fig: Drawing, ax: Axes) -> Drawing:
    ax.set_axis_off()
    ax.plot([0.1, 0.9], [0.35, 0.35], ":", color=QUIET, transform=ax.transAxes)
    ax.text(0.5, 0.5, "Your answer will be drawn here.", ha="center", va="center", transform=ax.transAxes)
    fig.alt = "Nothing yet: your answer will be drawn here."
    return fig
