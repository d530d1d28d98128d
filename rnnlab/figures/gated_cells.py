"""The live figures of lecture 06: a cell of each kind, driven by hand, and a gradient on its way back."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes

from rnnlab.analysis.gated_cell import FORMS, LENGTH, Driven, Flow, Turned
from rnnlab.figures.canvas import Drawing, canvas, label
from rnnlab.figures.palette import AMBER, BLUE, GREEN, INK, QUIET, SKY, VERMILION

Live = tuple[Drawing, Callable]


def lstm_by_hand(result: Driven) -> Live:
    """Live: what comes, what the gates do, what the cell keeps and what is shown of it."""
    fig, (came, gates, cell) = canvas(3, 1, height=5.6, sharex=True)
    t = np.arange(1, LENGTH + 1)
    came.axhline(0, color=QUIET, lw=0.8)
    (values,) = came.plot(t, t, "o-", color=QUIET, ms=3, lw=0.8, label="value")
    (marked,) = came.plot([], [], "D", color=VERMILION, ms=7, label="marked")
    came.set_ylim(-1.2, 1.6)
    label(came, "What comes", "", "input")
    _legend(came, 2)
    lines = [
        gates.plot(t, t, style, color=colour, lw=1.7, label=name)[0]
        for style, colour, name in (("-", BLUE, "write i"), ("--", AMBER, "keep f"), ("-.", GREEN, "show o"))
    ]
    gates.set_ylim(-0.08, 1.5)
    label(gates, "How far the gates are open", "", "gate")
    _legend(gates, 3)
    (held,) = cell.plot(t, t, ":", color=VERMILION, lw=1.6, label="last marked value, held")
    (c,) = cell.plot(t, t, color=BLUE, lw=1.8, label="cell c")
    (h,) = cell.plot(t, t, "--", color=INK, lw=1.3, label="output h")
    cell.axhline(0, color=QUIET, lw=0.8)
    label(cell, "What is kept, and what is shown", "time step t", "state")
    _legend(cell, 3)

    def update(result: Driven) -> None:
        values.set_data(t, result.xs[:, 0])
        at = result.xs[:, 1] > 0
        marked.set_data(t[at], result.xs[at, 0])
        for line, gate in zip(lines, (result.i, result.f, result.o), strict=True):
            line.set_data(t, gate)
        held.set_data(t, result.held)
        c.set_data(t, result.c)
        h.set_data(t, result.h)
        reach = max(1.0, np.abs(result.c).max(), np.abs(result.h).max())
        cell.set_ylim(-1.15 * reach, 1.7 * reach)

    update(result)
    return fig, update


def lstm_by_hand_words(result: Driven) -> str:
    """What the cell keeps, in numbers."""
    half = "more than 10,000" if result.half > 1e4 else f"{result.half:.1f}"
    slip = "" if result.mistake == "none" else f"With the mistake ({result.mistake}): "
    return (
        f"{slip}after the last step c = {result.c[-1]:.3f} and h = {result.h[-1]:.3f}; the value to hold is"
        f" {result.held[-1]:.3f}. From it c is off by {result.miss:.3f} (root mean square). With this constant"
        f" alone, half of the cell is left after {half} steps."
    )


def gru_by_hand(result: Turned) -> Live:
    """Live: both units over time in one form, with S1's form behind, and where they stand in the plane."""
    fig, (time, plane) = canvas(cols=2, height=3.4, gridspec_kw={"width_ratios": [1.7, 1]})
    t = np.arange(1, LENGTH + 1)
    time.axhline(0, color=QUIET, lw=0.8)
    behind = [time.plot(t, t, color=SKY, lw=3.5, alpha=0.5)[0] for _ in range(2)]
    behind[0].set_label("S1's form")
    one, two = (
        time.plot(t, t, style, color=colour, lw=1.7, label=name)[0]
        for style, colour, name in (("-", BLUE, "unit 1"), ("--", VERMILION, "unit 2"))
    )
    came = time.vlines([3, 31], [0, 0], [0.5, -0.5], colors=AMBER, lw=4)
    came.set_label("input")
    time.set_ylim(-1.15, 1.75)
    label(time, "Two units over time", "time step t", "state h")
    _legend(time, 2)
    (shade,) = plane.plot([0], [0], color=SKY, lw=3.5, alpha=0.5)
    (path,) = plane.plot([0], [0], "-", color=INK, lw=1.2)
    (end,) = plane.plot([0], [0], "D", color=BLUE, ms=6)
    plane.set(xlim=(-1.1, 1.1), ylim=(-1.1, 1.1))
    label(plane, "… and in their plane", "unit 1", "unit 2")

    def update(result: Turned) -> None:
        for line, values in zip((*behind, one, two), (*result.first.T, *result.hs.T), strict=True):
            line.set_data(t, values)
        shade.set_data(*result.first.T)
        path.set_data(*result.hs.T)
        end.set_data(result.hs[-1:, 0], result.hs[-1:, 1])

    update(result)
    return fig, update


def gru_by_hand_words(result: Turned) -> str:
    """Which form, how much it keeps, how far it is from S1's."""
    apart = np.abs(result.hs - result.first).max()
    same = "This is S1's form" if result.form == FORMS[0] else f"At most {apart:.3f} from S1's form"
    return (
        f"{result.form}. Reset gates {result.r[0]:.3f} and {result.r[1]:.3f}; of the old state {result.kept:.3f} is"
        f" kept a step. {same}. At the end the units stand at {result.hs[-1, 0]:.3f} and {result.hs[-1, 1]:.3f}."
    )


def gradient_by_bias(result: Flow) -> Live:
    """Live: what of the last step's gradient is left, so many steps back."""
    fig, ax = canvas(height=3.6)
    lags = result.lags
    (cell,) = ax.plot(lags, lags + 1, color=BLUE, lw=2, label="LSTM, by its cell")
    (carousel,) = ax.plot(lags, lags + 1, "--", color=AMBER, lw=2, label="its forget gates alone")
    (tanh,) = ax.plot(lags, lags + 1, ":", color=VERMILION, lw=2, label="tanh network, by its state")
    ax.set_yscale("log")
    label(ax, "What is left of the gradient", "steps back from the loss", "norm of the gradient")
    _legend(ax, 3)

    def update(result: Flow) -> None:
        for line, norms in ((cell, result.cell), (carousel, result.carousel), (tanh, result.tanh)):
            line.set_data(lags, norms)
        every = np.concatenate([result.cell, result.carousel, result.tanh])
        low, high = max(every.min(), result.floor), every.max()
        ax.set_ylim(low / 3, 3 * high * (high / low) ** 0.15)

    update(result)
    return fig, update


def gradient_by_bias_words(result: Flow) -> str:
    """What is left after all steps, for each of the three."""
    last = int(result.lags[-1])

    def left(norms: np.ndarray) -> str:
        return f"under {result.floor:.0e}" if norms[-1] <= result.floor else f"{norms[-1] / norms[0]:.2g}"

    return (
        f"Forget bias {result.bias:.1f}, recurrent weights of size {result.gain:.2f}: {last} steps back the LSTM's"
        f" gradient has {left(result.cell)} of its size, the part through the forget gates {left(result.carousel)},"
        f" the tanh network's {left(result.tanh)}."
    )


def _legend(ax: Axes, columns: int) -> None:
    """In the free strip at the top."""
    ax.legend(loc="upper right", ncols=columns, frameon=False, fontsize=9)
