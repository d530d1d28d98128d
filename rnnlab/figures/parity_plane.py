"""The live figure of lecture 02: two threshold units as a plane, with bits arriving in it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.lines import Line2D

from rnnlab.analysis.parity_plane import LENGTH, SHOWN, ParityPlane
from rnnlab.figures.canvas import Drawing, canvas, label
from rnnlab.figures.palette import AMBER, BLUE, FAINT, GREEN, INK, QUIET, VERMILION

COLUMNS = (("o", AMBER, "a bit of 1"), ("s", BLUE, "unit 1 on"), ("D", VERMILION, "unit 2 on"))
REACHES = (3.3, 6.0, 10.0)  # half the width of the plane: the first that holds everything


def parity_plane(result: ParityPlane) -> tuple[Drawing, Callable[[ParityPlane], None]]:
    """Live: the net inputs, the weights that make them, the answers, the accuracy on fresh strings."""
    fig, ((plane, strip), (weights, right)) = canvas(
        2, 2, height=5.4, gridspec_kw={"width_ratios": [1, 1.25]}
    )
    reach = REACHES[-1]
    plane.fill_between([0, reach], [-reach, -reach], [0, 0], color=FAINT, lw=0)
    plane.axhline(0, color=QUIET, lw=1)
    plane.axvline(0, color=QUIET, lw=1)
    (path,) = plane.plot([0], [0], "-", color=QUIET, lw=0.8)
    (places,) = plane.plot([0], [0], "o", mfc="none", mec=BLUE, ms=9, mew=1.5)
    (rest,) = plane.plot([0], [0], "P", color=GREEN, ms=9)
    (now,) = plane.plot([0], [0], "D", color=VERMILION, ms=6)
    counts = [plane.text(0, 0, "", fontsize=8, color=INK) for _ in range(8)]
    label(plane, "State plane: the grey quarter says odd", "net input $a_1$", "net input $a_2$")

    for y, name in ((2, "bit"), (1, "is odd"), (0, "answer")):
        strip.text(0.1, y, name, ha="right", va="center", fontsize=9)
    strip.set(xlim=(-5.2, SHOWN + 0.8), ylim=(-0.8, 2.8), xticks=range(4, SHOWN + 1, 4), yticks=[])
    strip.grid(False)
    bits = [strip.text(k + 1, 2, "", ha="center", va="center", fontsize=9) for k in range(SHOWN)]
    (odd,) = strip.plot([], [], "s", color=INK, ms=6)
    (said,) = strip.plot([], [], "s", color=BLUE, ms=6)
    (wrong,) = strip.plot([], [], "x", color=VERMILION, ms=9, mew=1.8)
    label(strip, "One string: filled is odd, a cross is wrong", "time step t", "")

    weights.axhline(0, color=QUIET, lw=1)
    weights.axvline(0, color=QUIET, lw=1)
    marks: list[Line2D] = []
    for marker, colour, name in COLUMNS:
        (mark,) = weights.plot(
            [0], [0], marker, mfc="none", mec=colour, mew=2, ms=13 - 4 * len(marks), label=name
        )
        marks.append(mark)
    weights.set(xlim=(-2.3, 2.3), ylim=(-2.3, 2.3))
    label(weights, "What is added to $(a_1, a_2)$ by …", "to unit 1", "to unit 2", key="upper left")

    t = np.arange(1, LENGTH + 1)
    right.axhline(50, color=QUIET, lw=1, ls=":")
    (share,) = right.plot(t, t, color=BLUE, lw=1.8)
    right.set_ylim(-4, 108)
    label(right, "Is it right on 200 fresh strings?", "time step t", "right (%)")

    def update(result: ParityPlane) -> None:
        t_now = result.t
        nets = result.nets[:t_now]
        spots, visits = np.unique(nets.round(9), axis=0, return_counts=True)
        span = next((r for r in REACHES if np.abs(result.nets).max() < 0.92 * r), REACHES[-1])
        plane.set(xlim=(-span, span), ylim=(-span, span))
        path.set_data(nets[-2:, 0], nets[-2:, 1])
        places.set_data(spots[:, 0], spots[:, 1])
        rest.set_data([result.bias[0]], [result.bias[1]])
        now.set_data(nets[-1:, 0], nets[-1:, 1])
        for k, text in enumerate(counts):
            there = k < len(spots)
            text.set_text(f"{visits[k]} times" if there else "")
            text.set_position((spots[k, 0] + 0.06 * span, spots[k, 1] - 0.1 * span) if there else (0, 0))
        for k, text in enumerate(bits):
            text.set_text(f"{result.bits[k]:.0f}" if k < t_now else "")
        steps = np.arange(1, t_now + 1)
        is_odd, answers = result.odd[:t_now], result.answers[:t_now]
        odd.set_data(steps[is_odd], np.full(is_odd.sum(), 1))
        said.set_data(steps[answers], np.zeros(answers.sum()))
        missed = answers != is_odd
        wrong.set_data(steps[missed], np.zeros(missed.sum()))
        for mark, column in zip(marks, result.columns, strict=True):
            mark.set_data([column[0]], [column[1]])
        share.set_data(t, 100 * result.accuracy)

    update(result)
    return fig, update


def parity_words(result: ParityPlane) -> str:
    """What the four panels show, in words."""
    t = result.t
    missed = int((result.answers[:t] != result.odd[:t]).sum())
    (u1, u2), (w11, w21), (w12, w22) = result.columns
    return (
        f"U = [{u1:.2f}, {u2:.2f}], W = [[{w11:.2f}, {w12:.2f}], [{w21:.2f}, {w22:.2f}]],"
        f" b = [{result.bias[0]:.2f}, {result.bias[1]:.2f}]: {missed} of the {t} answers so far are wrong;"
        f" on fresh strings {100 * result.share:.0f} % are right."
    )
