"""The figures of exercise 06: a latch at work, and three cells on the bench."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnnlab.analysis.cases import place
from rnnlab.analysis.gated_cell import MISTAKES, slipped_step
from rnnlab.figures.canvas import Drawing, canvas, label
from rnnlab.figures.palette import AMBER, BLUE, FAINT, GREEN, INK, VERMILION
from rnnlab.models.gates import FOREVER, logistic, lstm_step
from rnnlab.models.unroll import unroll

WRITE, CLEAR, END = 5, 25, 40  # steps, counted from 1
VALUE = 1.5
KINDS = (*MISTAKES[1:], "never forgets", "none")  # in the order of the question's slips


def latched(answer: Any, p: float, e: float) -> Drawing:
    """A cell with the biases of an answer: one value written with a mark, then 1,000 steps without one."""
    fig, ax = canvas(height=2.4)
    if answer is ...:
        return _unanswered(fig, ax)
    b_f, b_i, mark = (float(np.clip(number, -500, 500)) for number in answer)
    xs = np.zeros((1001, 2))
    xs[0, 1] = 1
    U = np.array([[0.0, mark], [0, 0], [0, 0], [0, 0]])
    b = np.array([b_i, b_f, FOREVER, FOREVER])  # the candidate is 1 at every step
    worst = unroll(lstm_step, np.zeros((2, 1)), xs, np.zeros((4, 1)), U, b)[:, 1, 0]
    keep, leak = logistic(np.array([b_f, b_i]))
    kept = worst[0] * keep ** np.arange(1001)
    long_run = min(leak / max(1 - keep, 1e-300), 1e9)
    t = np.arange(1001)
    ax.plot(t, kept, color=BLUE, lw=1.8, label="what was written")
    ax.plot(t, worst, "--", color=VERMILION, lw=1.5, label="with the worst of the unmarked")
    ax.axhline(p * worst[0], color=GREEN, lw=1.2, ls=":")
    ax.set_ylim(0, 1.5 * max(1.0, worst.max()))
    left = keep**1000
    title = f"{left:.3f} of it is left, {p:g} was wanted; unmarked values add up to {long_run:.3g}, {e:g} is allowed"
    label(ax, title, "steps after the mark", "cell c", key="upper right")
    fig.alt = (
        f"A cell over 1,000 steps after a mark: {worst[0]:.3f} is written and {left:.3f} of that is left, where {p:g}"
        f" was wanted. In the long run unmarked values add up to {long_run:.3g}, where {e:g} is allowed."
    )
    return fig


def shows(kind: int) -> np.ndarray:
    """h_1 … h_40 of the cell with this slip: 1.5 is written at step 5, the cell is cleared at step 25."""
    kind = place(kind, len(KINDS))
    xs = np.zeros((END, 3))  # value, write, clear
    xs[WRITE - 1, :2] = VALUE, 1
    xs[CLEAR - 1, 2] = 1
    U = np.array([[0.0, 20, 0], [0, 0, -20], [1, 0, 0], [0, 0, 0]])
    b = np.array([-10.0, 10, 0, 10])
    if KINDS[kind] == "never forgets":
        U[1], b[1] = 0, FOREVER
    s, hs = np.zeros((2, 1)), []
    for x in xs:
        s, _ = slipped_step(KINDS[kind], s, x, np.zeros((4, 1)), U, b)
        hs.append(s[0, 0])
    return np.array(hs)


def three_cells(first: int, second: int, third: int) -> Drawing:
    """What each of three cells shows."""
    fig, axes = canvas(cols=3, height=2.5, sharey=True)
    t, said = np.arange(1, END + 1), []
    for ax, name, kind in zip(axes, "ABC", (first, second, third), strict=True):
        h = shows(kind)
        ax.axvline(WRITE, color=AMBER, lw=1.2, ls=":")
        ax.axvline(CLEAR, color=AMBER, lw=1.2, ls=":")
        ax.plot(t, h, "o-", color=BLUE, ms=2.5, lw=1.2)
        ax.set_ylim(-0.08, 1.05)
        label(ax, f"Cell {name}", "time step t", "")
        said.append(f"{name}: " + ", ".join(f"{h[k - 1]:.3f} at step {k}" for k in (5, 6, 15, 24, 26)))
    axes[0].set_ylabel("output h")
    fig.alt = f"Outputs of three cells over {END} steps. {'; '.join(said)}."
    return fig


def _unanswered(fig: Drawing, ax: Any) -> Drawing:
    ax.set_axis_off()
    ax.plot([0, 1], [0, 0], color=FAINT)
    ax.text(0, 0.01, "Your picture appears here once there is an answer.", color=INK)
    fig.alt = "Nothing to draw yet: the answer is still to be written."
    return fig
