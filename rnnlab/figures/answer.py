"""A student's own result beside the one that was expected, on the probe that `check` speaks of."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rnnlab.figures.canvas import Drawing, canvas, label
from rnnlab.figures.palette import BLUE, QUIET, VERMILION

HUGE = 1e6  # what is larger is drawn at the edge


def beside(got: Sequence[float], expected: Sequence[float]) -> Drawing:
    """Stems for what came, open circles for what was expected, entry by entry."""
    ours, theirs = (
        np.asarray(expected, float),
        np.clip(np.nan_to_num(np.asarray(got, float), nan=HUGE), -HUGE, HUGE),
    )
    n = np.arange(len(ours))
    off = np.abs(theirs - ours) > 1e-3 * max(1.0, float(np.abs(ours).max()))
    fig, ax = canvas(height=2.2)
    ax.axhline(0, color=QUIET, lw=0.8)
    ax.vlines(n, 0, theirs, color=BLUE, lw=1.6)
    ax.plot(n, theirs, "o", color=BLUE, ms=4, label="yours")
    ax.plot(n, ours, "o", mfc="none", color=VERMILION, ms=8, mew=1.4, label="expected")
    ax.xaxis.get_major_locator().set_params(integer=True)
    where = f"first at [{int(np.argmax(off))}]" if off.any() else "by very little"
    label(
        ax, f"{int(off.sum())} of {len(n)} entries differ, {where}", "entry of the array", "value", key="best"
    )
    fig.alt = f"Your array beside the expected one: {int(off.sum())} of {len(n)} entries differ, {where}."
    return fig
