"""The figures of lecture 04."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from rnnlab.analysis.two_walks import TwoWalks, Walk
from rnnlab.figures.canvas import Drawing, canvas, label
from rnnlab.figures.palette import AMBER, BLUE, FAINT, GREEN, INK, QUIET, VERMILION

Live = tuple[Drawing, Callable]
DIVERGING = "PuOr"
MOST = 1e18  # the right end of the cost axis


def two_orders(triangle: np.ndarray) -> Drawing:
    """The opening: what each algorithm adds at each time step, for one weight."""
    fig, (left, right) = canvas(cols=2, height=2.5, sharey=True)
    T = len(triangle)
    t, owed, caused = np.arange(1, T + 1), triangle.sum(0), triangle.sum(1)
    for ax, values, colour, title in (
        (left, owed, BLUE, "Backward: what it adds at step t"),
        (right, caused, AMBER, "Forward: what it adds at step t"),
    ):
        ax.axhline(0, color=QUIET, lw=0.8)
        ax.bar(t, values, color=colour, width=0.7, edgecolor=INK, lw=0.5)
        ax.set_xticks(t)
        label(ax, title, f"time step t    (sum over all steps: {values.sum():.4f})", "")
    left.set_ylabel("share of $dL/dW_{12}$")
    fig.alt = (
        f"Two bar charts over {T} time steps. Backward: {_listed(owed)}. Forward: {_listed(caused)}."
        f" No bar on the left has its equal on the right; each side sums to {triangle.sum():.4f}."
    )
    return fig


def triangle_of_terms(triangle: np.ndarray) -> Drawing:
    """All terms of one gradient, with the sums of its columns and of its rows."""
    fig, ax = canvas(width=5.6, height=3.4)
    T = len(triangle)
    image = _triangle(ax, triangle)
    image.set_data(np.where(np.tril(np.ones((T, T))) > 0, triangle, np.nan))
    for t in range(T):
        ax.text(T + 0.8, t + 1, f"{triangle.sum(1)[t]:.2f}", ha="left", va="center", fontsize=8, color=INK)
        ax.text(t + 1, T + 1.0, f"{triangle.sum(0)[t]:.2f}", ha="center", va="center", fontsize=8, color=BLUE)
    ax.text(T + 0.8, 0.4, "forward", ha="left", va="center", fontsize=8, color=INK)
    ax.text(T + 0.8, T + 1.0, "backward", ha="left", va="center", fontsize=8, color=BLUE)
    ax.set(xlim=(0.4, T + 2.4), ylim=(T + 1.5, 0.0))
    label(ax, "Rows or columns: one sum", "use of the weight at step k", "loss at step t")
    fig.colorbar(image, ax=ax, label="term", shrink=0.8)
    fig.alt = (
        f"A lower triangle of {T * (T + 1) // 2} coloured cells, loss at t down, use at k across."
        f" Row sums {_listed(triangle.sum(1))}; column sums {_listed(triangle.sum(0))}; total"
        f" {triangle.sum():.4f}."
    )
    return fig


def two_walks(result: TwoWalks) -> Live:
    """Live: the terms that each algorithm has added, what it holds, its sum so far, what n and T cost."""
    fig, ((back, ahead), (sums, costs)) = canvas(2, 2, height=5.4)
    T = len(result.backward.terms)
    walks = ((back, "Backward: a column a step"), (ahead, "Forward: a row a step"))
    images, holds = [], []
    for ax, title in walks:
        images.append(_triangle(ax, np.nan_to_num(result.forward.terms)))
        rows, cols = np.tril_indices(T)
        ax.plot(cols + 1, rows + 1, ".", color=FAINT, ms=4, zorder=-1)
        holds.append(ax.text(T + 0.4, 0.75, "", ha="right", va="top", fontsize=9, color=INK))
        label(ax, title, "use of the weight at step k", "loss at step t")
    (true,) = sums.plot([0, T], [0, 0], "--", color=GREEN, lw=1.4, label="the gradient")
    (backward,) = sums.plot([0], [0], "o-", color=BLUE, ms=4, label="backward")
    (forward,) = sums.plot([0], [0], "s-", color=AMBER, ms=4, label="forward")
    sums.set(xlim=(-0.3, T + 0.3), xticks=range(T + 1))
    label(sums, "Two paths to one number", "steps taken", "sum so far", key="upper right")
    places, names = np.array([3.2, 2.8, 1.2, 0.8]), ("numbers\nto keep", "multipli-\ncations")
    bars = costs.hlines(places, 1, 10, colors=[BLUE, AMBER] * 2, lw=7)
    values = [costs.text(1, y, "", va="center", fontsize=8.5, color=INK) for y in places]
    costs.set_xscale("log")
    costs.set(xlim=(1, MOST), ylim=(0.3, 3.7), yticks=[1, 3])
    costs.set_yticklabels(names)
    label(costs, "What n units and T steps cost", "blue: backward · amber: forward", "")

    def update(result: TwoWalks) -> None:
        for image, text, walk, words in (
            (images[0], holds[0], result.backward, _holds_backward(result, T)),
            (images[1], holds[1], result.forward, _holds_forward(result)),
        ):
            image.set_data(np.where(walk.done, walk.terms, np.nan))
            text.set_text(words)
        steps = np.arange(result.step + 1)
        backward.set_data(steps, result.backward.sums[: result.step + 1])
        forward.set_data(steps, result.forward.sums[: result.step + 1])
        true.set_data([0, T], [result.gradient] * 2)
        reach = np.concatenate([result.backward.sums, result.forward.sums, [result.gradient]])
        margin = 0.12 * np.ptp(reach)
        sums.set_ylim(reach.min() - margin, reach.max() + 5 * margin)
        numbers = [result.costs[0].numbers, result.costs[1].numbers]
        lengths = [*(cost.products for cost in result.costs), *numbers]
        bars.set_segments([[(1, y), (max(x, 1.5), y)] for x, y in zip(lengths, places, strict=True)])
        for value, x, y in zip(values, lengths, places, strict=True):
            value.set_position((max(x, 1.5) * 2.5, y))
            value.set_text(f"{x:.2g}")

    update(result)
    return fig, update


def two_walks_words(result: TwoWalks) -> str:
    """How far each walk has come, and whether both ended at the same number."""
    T, step = len(result.backward.terms), result.step
    back, ahead = result.backward.sums[step], result.forward.sums[step]
    (products, kept), (more_products, other_kept) = result.costs
    ratio = f"forward learning needs {more_products / products:.3g} times the multiplications"
    memory = f"{other_kept / kept:.3g} times the memory"
    at = f"After {step} of {T} steps the backward sum is {back:.4f} and the forward sum {ahead:.4f}"
    slip = "" if result.mistake == "none" else f" With the mistake ({result.mistake}):"
    ends = f"; the gradient is {result.gradient:.4f}."
    return f"{slip} {at}{ends} At n = {result.n:.0f} and T = {result.T:.0f} {ratio} and {memory}.".strip()


def costs(values: dict[str, Any]) -> Drawing:
    """Counted multiplications and measured time a step, for networks of n units, each on logarithmic axes."""
    fig, (count, time) = canvas(cols=2, height=3.0)
    n = np.array(values["ns"])
    kinds = (
        ("bptt", BLUE, "o", "backward"),
        ("rtrl", AMBER, "s", "forward"),
        ("block", GREEN, "^", "in blocks of n"),
    )
    for kind, colour, marker, name in kinds:
        count.plot(n, values[f"{kind} products"], marker + "-", color=colour, ms=4, label=name)
        time.plot(n, values[f"{kind} µs"], marker + "-", color=colour, ms=4)
    power = n**4 / n[-1] ** 4
    time.plot(n, power * values["rtrl µs"][-1], ":", color=VERMILION, lw=1.2, label="slope 4")
    time.set_ylim(0.5 * min(values["bptt µs"]), None)
    for ax in (count, time):
        ax.set_xscale("log", base=2)
        ax.set_yscale("log")
        ax.set_xticks(n, [f"{x:.0f}" for x in n])
    label(count, "Counted: n², n⁴ and, in blocks, n³", "units n", "multiplications a step", key="upper left")
    label(time, "Measured: flat until n is large", "units n", "microseconds a step", key="upper left")
    ratios = [values["rtrl µs"][i] / values["bptt µs"][i] for i in (0, -1)]
    fig.alt = (
        f"Two log-log panels for n from {n[0]:.0f} to {n[-1]:.0f}. Counted: backward grows to"
        f" {values['bptt products'][-1]:.2g} multiplications a step, forward to"
        f" {values['rtrl products'][-1]:.2g}. Measured: forward takes {ratios[0]:.2g} times as long as"
        f" backward at n = {n[0]:.0f} and {ratios[1]:.2g} times at n = {n[-1]:.0f}."
    )
    return fig


def _triangle(ax: Axes, triangle: np.ndarray) -> Any:
    T, reach = len(triangle), np.abs(triangle).max()
    corners = (0.5, T + 0.5, T + 0.5, 0.5)
    image = ax.imshow(triangle, cmap=DIVERGING, vmin=-reach, vmax=reach, extent=corners, aspect="auto")
    ax.grid(False)
    ax.set(xticks=range(1, T + 1), yticks=range(1, T + 1))
    return image


def _holds_backward(result: TwoWalks, T: int) -> str:
    if result.step == 0:
        return "holds nothing yet"
    return f"holds $\\partial L/\\partial h_{T - result.step + 1}$ =\n{_column(result.backward)}"


def _holds_forward(result: TwoWalks) -> str:
    if result.step == 0:
        return "holds nothing yet"
    return f"holds $\\partial h_{result.step}/\\partial W_{{12}}$ =\n{_column(result.forward)}"


def _column(walk: Walk) -> str:
    return "(" + ", ".join(f"{round(x, 2) + 0.0:.2f}" for x in walk.held) + ")"


def _listed(values: np.ndarray) -> str:
    return ", ".join(f"{round(x, 2) + 0.0:.2f}" for x in values)
