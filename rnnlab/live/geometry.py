"""From matplotlib's coordinates to pixels on the sheet: straight outlines, colours as bytes, clips as polygons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.colors import to_rgba_array
from matplotlib.figure import Figure
from matplotlib.path import Path

from rnnlab.live.items import Style

FAR = 32000.0  # pixels: beyond this a canvas draws nonsense, so points stop there


@dataclass
class Sheet:
    """The figure the artists are on, at its 100 dpi, and the renderer that measures text."""

    figure: Figure
    renderer: RendererAgg

    @property
    def pixels_per_point(self) -> float:
        return self.figure.dpi / 72

    def down(self, points: Any) -> np.ndarray:
        """Display coordinates (upwards) to pixels from the upper left, as float32; masked points become NaN."""
        xy: np.ndarray = np.ma.filled(np.ma.asarray(points, dtype=float), np.nan).reshape(-1, 2)
        flipped = np.column_stack([xy[:, 0], self.figure.bbox.height - xy[:, 1]])
        return np.clip(flipped, -FAR, FAR).astype(np.float32)

    def widths(self, points: Any) -> np.ndarray:
        return (np.atleast_1d(np.asarray(points, dtype=float)) * self.pixels_per_point).astype(np.float32)

    def style(
        self, artist: Artist, offset: float = 0.0, dash: Sequence[float] | None = None, **more: Any
    ) -> Style:
        """What every item has: its axes, the polygon outside which it is not drawn, and its dashes in pixels."""
        axes = self.figure.axes
        style: Style = {"axes": axes.index(artist.axes) if artist.axes in axes else -1, **more}
        clip = self._clip(artist)
        if clip is not None:
            style["clip"] = [round(value, 1) for value in self.down(clip).ravel().tolist() if value == value]
        if dash is not None:
            style["dash"] = [round(self.pixels_per_point * part, 3) for part in dash]
            style["offset"] = round(self.pixels_per_point * offset, 3)
        return style

    def _clip(self, artist: Artist) -> np.ndarray | None:
        if not artist.get_clip_on():
            return None
        if (clip := artist.get_clip_path()) is not None:
            path, affine = clip.get_transformed_path_and_affine()
            return join(outlines(affine.transform_path(path)))
        box = artist.get_clip_box()
        return None if box is None else box.corners()[[0, 1, 3, 2]]


def outlines(path: Path) -> list[np.ndarray]:
    """A path in pixels as straight outlines: curves are divided, closed shapes end where they began."""
    straight = polygon(path)
    return path.to_polygons(closed_only=False) if straight is None else [straight]


def polygon(path: Path) -> np.ndarray | None:
    """The vertices of a path that is one straight outline; None for any other."""
    codes = path.codes
    if codes is None:
        return np.asarray(path.vertices)
    if ((codes == Path.CURVE3) | (codes == Path.CURVE4)).any() or (codes[1:] == Path.MOVETO).any():
        return None
    vertices = np.array(path.vertices)
    vertices[codes == Path.CLOSEPOLY] = vertices[0]
    return vertices[codes != Path.STOP]


def join(parts: list[np.ndarray]) -> np.ndarray:
    """Outlines one after the other, a NaN after each."""
    gap = np.full((1, 2), np.nan)
    return (
        np.concatenate([part for outline in parts for part in (outline, gap)]) if parts else np.empty((0, 2))
    )


def rgba(colours: Any, alpha: float | None = None) -> np.ndarray:
    """Colours as bytes, four each."""
    return (to_rgba_array(colours, alpha) * 255 + 0.5).astype(np.uint8).ravel()


def css(colour: Any, alpha: float | None = None) -> str:
    r, g, b, a = rgba(colour, alpha).tolist()
    return f"rgba({r},{g},{b},{a / 255:.3f})"
