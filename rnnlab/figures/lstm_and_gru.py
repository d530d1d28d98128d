"""The figures of lecture 06 that stand still; those that move are in `gated_cells`."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnnlab.figures.canvas import Drawing, canvas, label
from rnnlab.figures.palette import AMBER, BLUE, GREEN, INK, QUIET, SERIES, STYLES, VERMILION

MARKERS = "os^D"


def kept_symbol(values: dict[str, Any]) -> Drawing:
    """The opening: how often the kept symbol comes out, for a memory that can forget and for one that cannot."""
    fig, (share, cells) = canvas(cols=2, height=2.7)
    updates, said = np.array(values["updates"]), []
    names = ("can forget", "keeps for ever")
    for name, right, largest, colour, style in zip(
        names, values["right"], values["largest cell"], SERIES, STYLES, strict=False
    ):
        for run in range(len(right)):
            of = {"label": name} if run == 0 else {}
            share.plot(updates, 100 * np.array(right[run]), style, color=colour, lw=1.5, **of)
            cells.plot(updates, largest[run], style, color=colour, lw=1.5)
        ends = np.array(right)[:, -1]
        said.append(
            f"{name}: {100 * ends.min():.0f} to {100 * ends.max():.0f} % right at the end, largest cell state"
            f" {np.min(np.array(largest)[:, -1]):.2g} to {np.max(np.array(largest)[:, -1]):.2g}"
        )
    share.axhline(50, color=QUIET, lw=1, ls=":")
    share.set_ylim(35, 104)
    cells.set_yscale("log")
    label(share, "Perfect memory is at chance", "updates", "kept symbol right (%)", key="center right")
    label(cells, "Its state has no bound", "updates", "largest cell state")
    fig.alt = (
        f"Two panels over {updates[-1]:.0f} updates, {len(values['right'][0])} runs each. {'; '.join(said)}."
    )
    return fig


def memory_of_a_bias(biases: np.ndarray, T: int = 100) -> Drawing:
    """What is left after T steps behind a constant forget gate, and after how many steps half is left."""
    fig, (left, half) = canvas(cols=2, height=2.5)
    log_f = -np.logaddexp(0, -biases)
    left.plot(biases, np.exp(T * log_f), color=BLUE, lw=1.8)
    left.set_yscale("log")
    left.set(ylim=(1e-63, 1e3), yticks=[1e-60, 1e-40, 1e-20, 1])
    half.plot(biases, np.log(2) / -log_f, color=BLUE, lw=1.8, label="exact")
    half.plot(biases, np.log(2) * np.exp(biases), "--", color=VERMILION, lw=1.4, label=r"$\ln 2 \cdot e^b$")
    half.set_yscale("log")
    label(left, f"Left after {T} steps: $\\sigma(b)^{{{T}}}$", "forget bias b", "share")
    label(half, "One more in b: 2.7 times as long", "forget bias b", "steps to a half", key="upper left")
    at = {b: (np.exp(-T * np.logaddexp(0, -b)), np.log(2) / np.logaddexp(0, -b)) for b in (0.0, 1.0, 5.0)}
    fig.alt = f"Two curves over forget biases from {biases[0]:.0f} to {biases[-1]:.0f}. " + " ".join(
        f"At b = {b:.0f}, {share:.2g} is left after {T} steps and a half after {steps:.1f} steps."
        for b, (share, steps) in at.items()
    )
    return fig


def updates_to_solve(groups: list[str], updates: list[list[int]], most: int, title: str, x: str) -> Drawing:
    """Each run as a mark, each group's median as a line; runs that never got there stand at the right edge."""
    fig, ax = canvas(height=0.9 + 0.45 * len(groups))
    said = []
    for row, (name, values) in enumerate(zip(groups, updates, strict=True)):
        y, done = -row, np.array(values) < most
        runs = np.array(values, dtype=float)
        jitter = np.linspace(-0.16, 0.16, len(runs))
        ax.plot(runs[done], y + jitter[done], MARKERS[row % 4], color=SERIES[row % 4], ms=6, alpha=0.8)
        ax.plot(runs[~done], y + jitter[~done], "x", color=VERMILION, ms=7, mew=1.8)
        median = np.median(runs)
        ax.plot([median, median], [y - 0.32, y + 0.32], color=INK, lw=1.8)
        within = f"median {median:.0f}" if median < most else f"median beyond {most}"
        said.append(f"{name}: {int(done.sum())} of {len(runs)} runs solved it, {within}")
    ax.set(yticks=[-row for row in range(len(groups))], ylim=(0.6 - len(groups), 0.6), xlim=(0, 1.05 * most))
    ax.set_yticklabels(groups)
    label(ax, title, x, "")
    fig.alt = f"A row of marks for each group, one mark a run. {'; '.join(said)}."
    return fig


def timer(c: np.ndarray, h: np.ndarray, shown: int) -> Drawing:
    """The cell and the output of a peephole LSTM that counts by itself."""
    fig, ax = canvas(height=2.2)
    t = np.arange(1, shown + 1)
    ax.plot(t, c[:shown], color=BLUE, lw=1.6, label="cell c")
    ax.vlines(t, 0, h[:shown], color=AMBER, lw=2.5, label="output h")
    beats = np.flatnonzero(h > 0.5) + 1
    gap = int(beats[1] - beats[0])
    label(ax, f"A clock with a period of {gap} steps, without input", "time step t", "", key="upper right")
    ax.set_ylim(-0.05, 1.5 * max(1.0, float(c[:shown].max())))
    fig.alt = (
        f"A sawtooth: the cell climbs to {c.max():.2f} and falls back, every {gap} steps; the output is above a"
        f" half at steps {', '.join(str(b) for b in beats[:4])} and so on, {len(beats)} times in {len(h)} steps."
    )
    return fig


def two_resets(before: np.ndarray, after: np.ndarray) -> Drawing:
    """Two GRUs with the same weights and another place for the reset: the unit in which they differ most."""
    fig, ax = canvas(height=2.2)
    t = np.arange(1, len(before) + 1)
    unit = int(np.abs(before - after).max(0).argmax())
    ax.plot(t, before[:, unit], color=BLUE, lw=1.7, label="reset before the product")
    ax.plot(t, after[:, unit], "--", color=GREEN, lw=1.7, label="reset after it")
    apart = np.abs(before - after).max()
    label(
        ax,
        f"Same weights, two functions: up to {apart:.2f} apart",
        "time step t",
        f"unit {unit + 1}",
        key="upper center",
    )
    fig.alt = f"Two curves over {len(t)} steps that start together and are up to {apart:.2f} apart."
    return fig
