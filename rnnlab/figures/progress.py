"""How far one has come: a bar an exercise."""

from __future__ import annotations

from collections.abc import Sequence

from rnnlab.figures.canvas import Drawing, canvas, label
from rnnlab.figures.palette import BLUE, FAINT, INK


def bars(exercises: Sequence[tuple[int, int, int]]) -> Drawing:
    """(number, marks, points) of each exercise: what one has, on what there is."""
    fig, ax = canvas(height=0.7 + 0.28 * max(len(exercises), 1))
    names = [f"exercise {number:02d}" for number, _, _ in exercises]
    ax.barh(names, [points for *_, points in exercises], color=FAINT)
    ax.barh(names, [marks for _, marks, _ in exercises], color=BLUE)
    for row, (_, marks, points) in enumerate(exercises):
        ax.text(points, row, f" {marks} of {points}", va="center", color=INK, fontsize=9)
    ax.invert_yaxis()
    ax.grid(axis="y", visible=False)
    got, of = sum(marks for _, marks, _ in exercises), sum(points for *_, points in exercises)
    label(ax, f"You have {got} of {of} points", "points", "")
    ax.set_xlim(0, 1.15 * max((points for *_, points in exercises), default=1))
    each = "; ".join(f"{number:02d}: {marks} of {points}" for number, marks, points in exercises)
    fig.alt = f"You have {got} of {of} points ({each})."
    return fig
