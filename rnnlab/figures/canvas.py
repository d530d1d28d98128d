"""The sheet every figure of the course is drawn on: one style, and words that say what is seen."""

from __future__ import annotations

import io
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rnnlab.figures import palette

STYLE: dict[str, Any] = {
    "figure.facecolor": "white",
    "figure.dpi": 100,
    "font.size": 10,
    "axes.labelsize": 9.5,
    "axes.edgecolor": palette.QUIET,
    "axes.labelcolor": palette.INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": palette.FAINT,
    "grid.linewidth": 0.6,
    "xtick.color": palette.INK,
    "ytick.color": palette.INK,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "text.color": palette.INK,
}
COLOURS_IN_PNG = 255


class Drawing(Figure):
    """A matplotlib figure that shows itself in a notebook, with `alt`: what is seen, in words and numbers."""

    alt = ""

    def png(self) -> bytes:
        """The figure at 100 dpi with a reduced palette: a third of the size, and the same bytes each time."""
        from PIL import Image

        raw = io.BytesIO()
        self.savefig(raw, format="png", dpi=100, metadata={"Software": None})
        small = io.BytesIO()
        picture = (
            Image.open(raw)
            .convert("RGB")
            .quantize(COLOURS_IN_PNG, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        )
        picture.save(small, format="png", optimize=True)
        return small.getvalue()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict, dict]:
        if not self.alt:
            raise ValueError("a figure of the course says what is seen: set its `alt` from its data")
        if not any(ax.has_data() or ax.texts for ax in self.axes):
            raise ValueError("there is nothing in this figure: its axes hold no data and no words")
        return {"image/png": self.png(), "text/plain": self.alt}, {"image/png": {"alt": self.alt}}


def canvas(
    rows: int = 1, cols: int = 1, width: float = 7.0, height: float = 2.6, **layout: Any
) -> tuple[Drawing, Any]:
    """A Drawing in the course's style and its axes: one Axes, or an array of them as `subplots` gives."""
    with mpl.rc_context(STYLE):
        drawing = Drawing(figsize=(width, height), layout="constrained")
        axes = drawing.subplots(rows, cols, **layout)
    return drawing, axes


def label(ax: Axes, title: str, x: str, y: str, key: str | None = None) -> None:
    """The title says the answer; both axes have names and, where they have one, units; `key` places the legend."""
    ax.set_title(title, loc="left", fontsize=9.5, fontweight="bold")
    ax.set_xlabel(x)
    ax.set_ylabel(y)
    if key is not None:
        ax.legend(loc=key, frameon=False, fontsize=9)
