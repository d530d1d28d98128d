"""Text on its way to the browser: plain strings as strings; formulas and headings as matplotlib's own outlines."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from matplotlib.cbook import is_math_text
from matplotlib.font_manager import FontProperties
from matplotlib.text import Annotation, Text
from matplotlib.textpath import TextPath, text_to_path
from matplotlib.transforms import Affine2D

from rnnlab.live.geometry import Sheet, css, join, outlines, rgba
from rnnlab.live.items import Item

LEADING = 1.2  # from one line of text to the next, in font sizes


def text_items(text: Text, sheet: Sheet) -> list[Item]:
    """Lines of plain text around an anchor, or the outlines of a formula."""
    if isinstance(text, Annotation):
        text.update_positions(sheet.renderer)
    if not text.get_text().strip():
        return []
    return outline_items(text, sheet) if is_math_text(text.get_text()) else [_plain(text, sheet)]


def _plain(text: Text, sheet: Sheet) -> Item:
    size = text.get_fontsize() * sheet.pixels_per_point
    x, y = sheet.down(text.get_transform().transform(text.get_unitless_position()))[0].tolist()
    style = sheet.style(
        text,
        lines=text.get_text().split("\n"),
        x=round(x, 2),
        y=round(y, 2),
        size=round(size, 2),
        leading=LEADING,
        across=text.get_horizontalalignment(),
        down=text.get_verticalalignment(),
        angle=text.get_rotation(),
        bold=text.get_weight() in ("bold", "semibold", "heavy", "black"),
        italic=text.get_style() != "normal",
        mono="monospace" in text.get_family(),
        colour=css(text.get_color(), text.get_alpha()),
    )
    if (box := text.get_bbox_patch()) is not None and box.get_visible():
        style["frame"] = {
            "face": css(box.get_facecolor()),
            "edge": css(box.get_edgecolor()),
            "width": box.get_linewidth() * sheet.pixels_per_point,
            "pad": getattr(box.get_boxstyle(), "pad", 0.3) * size,
        }
    return Item("text", style)


def outline_items(text: Text, sheet: Sheet) -> list[Item]:
    """The outlines of a formula, or of a heading: they look as matplotlib's letters do, whatever fonts a reader has."""
    if not text.get_text().strip():
        return []
    size = text.get_fontsize() * sheet.pixels_per_point
    place = Affine2D().rotate_deg(text.get_rotation())
    place.translate(*text.get_transform().transform(text.get_unitless_position()))
    lines = text.get_text().split("\n")
    below = LEADING * size * (len(lines) - 1)  # of the first line
    drawn = []
    for number, line in enumerate(lines):
        letters, width, height, depth = _letters(line, text.get_fontproperties(), size)
        right = {"left": 0.0, "center": -width / 2, "right": -width}[text.get_horizontalalignment()]
        up = {
            "top": depth - height,
            "bottom": depth + below,
            "baseline": below,
            "center": depth - height / 2 + below / 2,
            "center_baseline": (depth - height) / 2 + below / 2,
        }[text.get_verticalalignment()]
        shift = Affine2D().translate(right, up - number * LEADING * size)
        drawn += [(shift + place).transform(outline) for outline in letters]
    arrays = {"xy": sheet.down(join(drawn)), "face": rgba(text.get_color(), text.get_alpha())}
    return [Item("shape", sheet.style(text, letters=True), arrays)]


@lru_cache(maxsize=256)
def _letters(line: str, font: FontProperties, size: float) -> tuple[list[np.ndarray], float, float, float]:
    """Outlines of one line, its width and height, and its depth below the baseline.

    Matplotlib measures hinted pixels, so it measures a large copy.
    """
    large = font.copy()
    large.set_size(100.0)
    measured = text_to_path.get_text_width_height_descent(line, large, is_math_text(line))
    letters = outlines(TextPath((0, 0), line, size=size, prop=font))
    return letters, *(size / 100 * part for part in measured)
