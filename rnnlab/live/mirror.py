"""Matplotlib's moving artists, read into items: the one place that knows how each artist keeps its data.

Matplotlib computes (transforms, colour maps, arrow shapes), the browser only draws. An artist that is not in the
table `MIRRORED` is an error, at once: half a figure that moves would be worse than a message.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.cbook import STEP_LOOKUP_MAP
from matplotlib.collections import Collection, LineCollection, PatchCollection, PathCollection, PolyCollection
from matplotlib.contour import ContourSet
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.markers import MarkerStyle
from matplotlib.patches import FancyArrowPatch, Patch
from matplotlib.path import Path
from matplotlib.quiver import Quiver
from matplotlib.text import Text
from matplotlib.transforms import Affine2D

from rnnlab.live.geometry import Sheet, join, outlines, polygon, rgba
from rnnlab.live.items import Item
from rnnlab.live.lettering import text_items

SHADES = 255  # of a colour map; the last byte stands for what has no number


class CannotMirror(TypeError):
    """An artist, or something an artist does, that cannot be sent to the browser."""


def mirror(artist: Artist, sheet: Sheet) -> list[Item]:
    """The items that draw `artist` as it is now; none while it is invisible."""
    check(artist)
    if not artist.get_visible() or (artist.axes is not None and not artist.axes.get_visible()):
        return []
    return next(read for kind, read in MIRRORED.items() if isinstance(artist, kind))(artist, sheet)


def check(artist: Artist) -> None:
    """Raises `CannotMirror` for what a canvas would leave out without a word."""
    if not isinstance(artist, tuple(MIRRORED)) or type(artist).__module__.startswith("mpl_toolkits"):
        known = ", ".join(kind.__name__ for kind in MIRRORED)
        raise CannotMirror(
            f"a live figure cannot mirror {type(artist).__name__} ({artist}). It can mirror {known};"
            " for pcolormesh use imshow, for stem use vlines and a plot of markers"
        )
    hatch = isinstance(artist, Patch | Collection) and artist.get_hatch()
    effects = Artist.get_path_effects(artist)
    for what, there in (("a hatch", hatch), ("path effects", effects)):
        if there:
            raise CannotMirror(
                f"a live figure cannot mirror {what}, which {artist} has: use colour or line style"
            )


def _line(line: Line2D, sheet: Sheet) -> list[Item]:
    """A line and its markers: two items, each only where there is one."""
    items = []
    xy = np.asarray(line.get_xydata(), dtype=float)
    if line.get_linestyle() not in ("None", "", " "):
        steps = np.asarray(STEP_LOOKUP_MAP[line.get_drawstyle()](*xy.T)).T
        detail = line.get_path()._interpolation_steps  # a straight line is curved in polar axes
        path = line.get_transform().transform_path(Path(steps, _interpolation_steps=detail))
        offset, dash = line._dash_pattern  # scaled by the width already; public only as a name
        cap = line.get_solid_capstyle() if dash is None else line.get_dash_capstyle()
        arrays = {
            "xy": sheet.down(path.vertices),
            "edge": rgba(line.get_color(), line.get_alpha()),
            "width": sheet.widths(line.get_linewidth()),
        }
        style = sheet.style(
            line, offset, dash, cap="square" if cap == "projecting" else str(cap), join="round"
        )
        items.append(Item("shape", style, arrays))
    if line.get_marker() not in ("None", None, " ", ""):
        shape = MarkerStyle(line.get_marker(), line.get_fillstyle())
        points = line.get_transform().transform(xy)
        if (every := line.get_markevery()) is not None:
            points = points[::every] if isinstance(every, int) else points[every]
        size = line.get_markersize() * sheet.pixels_per_point
        arrays = {
            "at": sheet.down(points),
            "outline": _outline(shape.get_transform().transform_path(shape.get_path()), size),
            "scale": np.ones(1, np.float32),
            "edge": rgba(line.get_markeredgecolor(), line.get_alpha()),
            "width": sheet.widths(line.get_markeredgewidth()),
        }
        if shape.is_filled():
            arrays["face"] = rgba(line.get_markerfacecolor(), line.get_alpha())
        items.append(Item("marks", sheet.style(line), arrays))
    return items


def _collection(these: Collection, sheet: Sheet) -> list[Item]:
    """Many shapes with cycled colours: segments, polygons, scattered marks, arrows."""
    these.update_scalarmappable()
    if isinstance(these, Quiver):  # what its draw() does first; there is no public way
        these._init()
        these.set_verts(these._make_verts(these.XY, these.U, these.V, these.angles), closed=False)
    if hasattr(these, "set_sizes"):
        these.set_sizes(these.get_sizes(), sheet.figure.dpi)  # of this dpi, not of the last drawing's
    offset, dash = these.get_linestyle()[0]
    style = sheet.style(these, offset, dash, cap="butt", join="round")
    look = {
        name: rgba(c)
        for name, c in (("face", these.get_facecolor()), ("edge", these.get_edgecolor()))
        if len(c)
    }
    if "edge" in look:
        look["width"] = sheet.widths(these.get_linewidth())
    paths, scales = these.get_paths(), these.get_transforms()
    if isinstance(these, PathCollection) and len(paths) == 1 and len(scales):
        marks = {
            "at": sheet.down(these.get_offset_transform().transform(these.get_offsets())),
            "outline": _outline(these.get_transform().transform_path(paths[0]), 1.0),
            "scale": np.asarray(scales)[:, 0, 0].astype(np.float32),
        }
        return [Item("marks", style, marks | look)]
    xy, ends = _places(these, paths, scales)
    if any(len(look.get(name, ())) > one for name, one in (("face", 4), ("edge", 4), ("width", 1))):
        look["ends"] = ends.astype(np.float32)
    return [Item("shape", style, {"xy": sheet.down(xy), **look})]


def _places(these: Collection, paths: list[Path], scales: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The outlines of a collection in display coordinates, NaN between them, and where each of its shapes ends."""
    if not len(paths):
        return np.empty((0, 2)), np.empty(0)
    offsets = these.get_offset_transform().transform(
        np.ma.filled(np.ma.asarray(these.get_offsets(), float), np.nan)
    )
    count = max(len(paths), len(offsets))
    paths = [paths[i % len(paths)] for i in range(count)]
    offsets = offsets[np.arange(count) % len(offsets)]
    straight = [vertices for path in paths if (vertices := polygon(path)) is not None]
    if len(scales) == 0 and len(straight) == count:  # all in one go
        lengths = np.array([len(vertices) for vertices in straight])
        xy = these.get_transform().transform(np.concatenate(straight)) + np.repeat(offsets, lengths, axis=0)
        ends = np.cumsum(lengths)
        return np.insert(xy, ends, np.nan, axis=0), ends + np.arange(1, count + 1)
    parts = []
    for i, path in enumerate(paths):
        scaled = Affine2D(scales[i % len(scales)]).transform_path(path) if len(scales) else path
        drawn = outlines(these.get_transform().transform_path(scaled))
        parts.append(join([outline + offsets[i] for outline in drawn]))
    return np.concatenate(parts), np.cumsum([len(part) for part in parts])


def _patch(patch: Patch, sheet: Sheet) -> list[Item]:
    """A rectangle, circle, polygon, bar or arrow."""
    if isinstance(patch, FancyArrowPatch):
        patch._dpi_cor = sheet.renderer.points_to_pixels(1.0)  # set by its draw(), at whatever dpi that was
    path = patch.get_transform().transform_path(patch.get_path())
    offset, dash = patch._dash_pattern
    arrays = {"xy": sheet.down(join(outlines(path)))}
    face, edge = rgba(patch.get_facecolor()), rgba(patch.get_edgecolor())
    if patch.get_fill() and face[3]:
        arrays["face"] = face
    if edge[3] and patch.get_linewidth() > 0:
        arrays |= {"edge": edge, "width": sheet.widths(patch.get_linewidth())}
    return [Item("shape", sheet.style(patch, offset, dash, cap="butt", join="miter"), arrays)]


def _text(text: Text, sheet: Sheet) -> list[Item]:
    """A text, behind it the arrow of an annotation."""
    items = text_items(text, sheet)
    arrow = getattr(text, "arrow_patch", None)
    return (_patch(arrow, sheet) if arrow is not None else []) + items


def _image(image: AxesImage, sheet: Sheet) -> list[Item]:
    """Bytes and a colour table, or true colours; scaled by the browser into the pixels of its extent."""
    data = image.get_array()
    left, right, bottom, top = image.get_extent()
    corners = sheet.down(image.get_transform().transform([(left, top), (right, bottom)]))
    (x0, y0), (x1, y1) = corners.round(2).tolist()
    rows = data[::-1] if image.origin == "lower" else data  # the browser's first row is the upper one
    alpha = image.get_alpha()
    style = sheet.style(
        image,
        rows=data.shape[0],
        cols=data.shape[1],
        box=[x0, y0, x1 - x0, y1 - y0],
        smooth=image.get_interpolation() not in ("nearest", "none", "auto", "antialiased"),
        alpha=1.0 if alpha is None else float(alpha),
    )
    if data.ndim == 3:
        colours = rows if rows.dtype == np.uint8 else np.clip(np.asarray(rows) * 255, 0, 255).astype(np.uint8)
        opaque = np.full((*colours.shape[:2], 4 - colours.shape[2]), 255, np.uint8)
        return [Item("image", style, {"pixels": np.concatenate([colours, opaque], axis=2).ravel()})]
    levels: Any = np.ma.masked_invalid(np.ma.asarray(image.norm(rows), dtype=float))
    shades = (np.clip(levels.filled(0.0), 0, 1) * (SHADES - 1) + 0.5).astype(np.uint8)
    shades[np.ma.getmaskarray(levels)] = SHADES
    table = np.vstack([image.cmap(np.linspace(0, 1, SHADES)), image.cmap.get_bad()])
    return [Item("image", style, {"pixels": shades.ravel(), "table": rgba(table)})]


def _outline(path: Path, scale: float) -> np.ndarray:
    """A marker's outline around (0, 0), downwards. Curves are divided at ten times the size, to be round enough."""
    big = Affine2D().scale(10 * scale).transform_path(path)
    return (join(outlines(big)) * (0.1, -0.1)).astype(np.float32)


MIRRORED = {
    Line2D: _line,
    LineCollection: _collection,
    PathCollection: _collection,
    PolyCollection: _collection,
    PatchCollection: _collection,
    ContourSet: _collection,
    AxesImage: _image,
    Patch: _patch,
    Text: _text,
}  # Quiver, fill_between and bars are kinds of these
