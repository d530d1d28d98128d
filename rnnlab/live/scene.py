"""A figure parted in two: what stands still, drawn once by matplotlib, and what moves, mirrored to the browser.

Axes, ticks, labels, legends and colour bars stand still: one picture at twice the resolution, drawn again only
when one of them changed. Lines, marks, polygons, images and texts in the axes move, and so do the axes' titles,
so that a title that says the answer does not cost a new picture at every step.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.spines import Spine
from matplotlib.text import Text
from matplotlib.ticker import FixedFormatter, FixedLocator
from matplotlib.transforms import Bbox, BboxBase
from PIL import Image

from rnnlab.live.geometry import Sheet
from rnnlab.live.items import Item
from rnnlab.live.lettering import outline_items
from rnnlab.live.mirror import mirror

DPI = 100  # of the sheet: one of its pixels is one pixel of a web page
SHARPNESS = 2  # the background's pixels per pixel of the sheet, for high-density screens
STILL_COLOURS = 255
MOST_KEPT = 64  # backgrounds, about 50 kB each: to draw one takes a quarter of a second


@dataclass(frozen=True)
class Background:
    """What stands still, as it was drawn: by what it is known, where the axes were, and the picture."""

    looks: list[Any]
    places: dict[Any, tuple[Bbox, Bbox]]
    png: bytes
    ticks: list[Any]  # kept alive, so that nobody else gets the identities in `looks`


class Scene:
    """The two parts of one figure. `still` is the whole of it as it was given, a PNG at 100 dpi."""

    def __init__(self, figure: Figure) -> None:
        if "matplotlib.pyplot" in sys.modules:
            sys.modules["matplotlib.pyplot"].close(figure)  # else the notebook would show it a second time
        self.figure = figure
        figure.dpi = DPI
        self._canvas = FigureCanvasAgg(figure)
        self._drawn_as: Any = None
        self._drawn: list[Background] = []
        self._places: dict[Any, Bbox] = {ax: ax.get_position(original=True) for ax in figure.axes}
        self._lay_out()
        self.still = few_colours(self._draw(DPI))

    def items(self) -> list[Item]:
        """What moves, back to front. Raises `CannotMirror` on an artist that the browser could not draw."""
        sheet = Sheet(self.figure, self._canvas.get_renderer())
        headings = {title for ax in self.figure.axes for title in _titles(ax)}
        return [
            item
            for artist in self._moving()
            for item in (outline_items(artist, sheet) if artist in headings else mirror(artist, sheet))
        ]

    def background(self) -> bytes | None:
        """A PNG of what stands still, at `SHARPNESS`; None while the last one is still good."""
        if self._looks() == self._drawn_as:
            return None
        self._to_first_places()
        looks = self._looks()
        drawn = next((one for one in self._drawn if one.looks == looks), None)
        if drawn is None:
            drawn = self._draw_background(looks)
            self._drawn = [*self._drawn[1 - MOST_KEPT :], drawn]
        for ax, (original, active) in drawn.places.items():
            ax._set_position(original, which="original")
            ax._set_position(active, which="active")
        self._drawn_as = self._looks()
        return drawn.png

    def _draw_background(self, looks: list[Any]) -> Background:
        self._lay_out()
        with _animated(list(self._moving())):
            picture = self._draw(SHARPNESS * DPI)
        png = io.BytesIO()
        picture.save(png, format="png", compress_level=1)
        places = {ax: (ax.get_position(original=True), ax.get_position()) for ax in self.figure.axes}
        axes = [axis for ax in self.figure.axes for axis in (ax.xaxis, ax.yaxis)]
        ticks = [(axis.get_major_locator(), axis.get_major_formatter()) for axis in axes]
        return Background(looks, places, png.getvalue(), ticks)

    def forget(self) -> None:
        """The next background is given out whatever stands still."""
        self._drawn_as = None

    def layout(self) -> dict[str, Any]:
        """Size, axes and legends in pixels: for points and marks in the axes, and to keep legends in front."""
        height = float(self.figure.bbox.height)

        def box(extent: BboxBase) -> list[float]:
            edges = (extent.x0, height - extent.y1, extent.width, extent.height)
            return [round(float(edge), 3) for edge in edges]

        axes = [
            {
                "box": box(ax.bbox),
                "x": [float(limit) for limit in ax.get_xlim()],
                "y": [float(limit) for limit in ax.get_ylim()],
                "scales": [ax.get_xscale(), ax.get_yscale()],
            }
            for ax in self.figure.axes
        ]
        over = [
            [*box(legend.get_window_extent()), legend.get_frame_on()]
            for legend in self._legends()
            if legend.get_visible()
        ]
        return {"size": [float(self.figure.bbox.width), height], "axes": axes, "over": over}

    def title(self) -> str:
        """The figure's title, or its first axes' one."""
        heads = [
            self.figure.get_suptitle(),
            *(ax.get_title(loc) for ax in self.figure.axes for loc in ("left", "center")),
        ]
        return next((head for head in heads if head), "live figure")

    def _moving(self) -> Iterator[Artist]:
        """The artists that are mirrored, back to front; titles last, in front of all."""
        for ax in sorted(self.figure.axes, key=lambda ax: ax.get_zorder()):
            if hasattr(ax, "_colorbar"):
                continue  # a colour bar stands still
            around = (ax.patch, *_titles(ax))
            inside = [a for a in ax.get_children() if not isinstance(a, Axis | Spine | Legend | Axes)]
            yield from sorted((a for a in inside if a not in around), key=lambda artist: artist.get_zorder())
            yield from _titles(ax)
        around = (self.figure.patch, *self.figure.texts)
        for artist in self.figure.get_children():
            if not isinstance(artist, Axes | Legend) and artist not in around:
                yield artist

    def _legends(self) -> list[Legend]:
        return [*self.figure.legends, *(ax.get_legend() for ax in self.figure.axes if ax.get_legend())]

    def _looks(self) -> list[Any]:
        """Everything that the background shows and an `update` might change. Cheap: it is compared at every frame."""
        looks: list[Any] = [text.get_text() for text in self.figure.texts]
        for legend in self._legends():
            looks += [legend.get_visible(), *(text.get_text() for text in legend.get_texts())]
        for ax in self.figure.axes:
            looks += [
                ax.get_xlim(),
                ax.get_ylim(),
                ax.get_xscale(),
                ax.get_yscale(),
                ax.get_visible(),
                ax.axison,
            ]
            looks += [ax.get_xlabel(), ax.get_ylabel(), ax.get_facecolor(), tuple(ax.get_position().bounds)]
            looks += [_ticks(axis) for axis in (ax.xaxis, ax.yaxis)]
        return looks

    def _lay_out(self) -> None:
        """Lets the figure's layout engine place the axes, then moves them to whole pixels.

        An engine starts from where the axes are, so that what it does depends on what was shown before; a picture
        that returns with its control must not. So it always starts from where the axes were in the beginning.
        """
        engine = self.figure.get_layout_engine()
        if engine is not None:
            self._to_first_places()
            engine.execute(self.figure)
            sheet = np.array(self.figure.bbox.size)
            for ax in self.figure.axes:
                corners = np.round(ax.get_position(original=True).get_points() * sheet) / sheet
                ax._set_position(Bbox(corners), which="original")

    def _to_first_places(self) -> None:
        if self.figure.get_layout_engine() is not None:
            for ax, place in self._places.items():
                ax._set_position(place)

    def _draw(self, dpi: int) -> Image.Image:
        """The figure's pixels, with the axes where they are."""
        engine = self.figure.get_layout_engine()
        if engine is not None:
            self.figure.set_layout_engine("none")
        self.figure.dpi = dpi
        try:
            self._canvas.draw()
            return Image.fromarray(np.array(self._canvas.buffer_rgba())).convert("RGB")
        finally:
            self.figure.dpi = DPI
            if engine is not None:
                self.figure.set_layout_engine(engine)


def few_colours(picture: Image.Image) -> bytes:
    """A PNG with few colours: a third of the size, and the same bytes on every run."""
    png = io.BytesIO()
    few = picture.quantize(STILL_COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    few.save(png, format="png", optimize=True)
    return png.getvalue()


def _titles(ax: Any) -> tuple[Text, Text, Text]:
    return ax.title, ax._left_title, ax._right_title


def _ticks(axis: Axis) -> tuple[Any, ...]:
    """What places and names an axis's ticks, in a form that can be compared."""
    locator, formatter = axis.get_major_locator(), axis.get_major_formatter()
    places = tuple(locator.locs) if isinstance(locator, FixedLocator) else id(locator)
    return places, tuple(formatter.seq) if isinstance(formatter, FixedFormatter) else id(formatter)


@contextmanager
def _animated(artists: list[Artist]) -> Iterator[None]:
    """Matplotlib leaves animated artists out of a drawing, but not out of its layout."""
    before = [artist.get_animated() for artist in artists]
    for artist in artists:
        artist.set_animated(True)
    try:
        yield
    finally:
        for artist, was in zip(artists, before, strict=True):
            artist.set_animated(was)
