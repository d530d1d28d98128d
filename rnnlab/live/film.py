"""Frames of a live figure packed into one compressed block. What repeats is kept once; points are 16-bit numbers.

4 bytes     length of the header
header      JSON: styles, arrays [type, offset, count], items [style, arrays], looks [layout, png], words,
            frames [look, words, items …], and what the caller adds
data        arrays and backgrounds, one after the other
"""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.path import Path
from PIL import Image

from rnnlab.live.figure import LiveFigure
from rnnlab.live.items import POINTS, Item
from rnnlab.live.scene import MOST_KEPT, few_colours

PER_PIXEL = 16
REACH = 2000.0  # pixels from the sheet's corner that fit into 16 bits
GAP = -32768  # stands for NaN


class Store:
    """Things kept once, and found again by their number."""

    def __init__(self) -> None:
        self.things: list[Any] = []
        self._numbers: dict[Any, int] = {}

    def number(self, key: Any, make: Callable[[], Any]) -> int:
        if key not in self._numbers:
            self._numbers[key] = len(self.things)
            self.things.append(make())
        return self._numbers[key]


class Film:
    """Frames of one figure, in the order in which they were shot."""

    def __init__(self, figure: LiveFigure) -> None:
        self._figure = figure
        self._data = bytearray()
        self._styles, self._arrays, self._items, self._looks, self._words = (Store() for _ in range(5))
        self._frames: list[list[int]] = []
        self._look = -1
        figure.scene.forget()

    def shoot(self, values: dict[str, Any]) -> None:
        """Shows the figure at these values and keeps the frame."""
        shown = self._figure.show(values)
        scene = self._figure.scene
        if (png := scene.background()) is not None:
            layout = scene.layout()
            self._look = self._looks.number((json.dumps(layout), png), lambda: [layout, self._picture(png)])
        words = self._words.number(shown.words, lambda: shown.words)
        self._frames.append([self._look, words, *(self._item(item) for item in scene.items())])

    def packed(self, **more: Any) -> bytes:
        header = {
            "styles": self._styles.things,
            "arrays": self._arrays.things,
            "items": self._items.things,
            "looks": self._looks.things,
            "words": self._words.things,
            "frames": self._frames,
            **more,
        }
        text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
        text += b" " * (-len(text) % 4)
        return gzip.compress(len(text).to_bytes(4, "little") + text + bytes(self._data), mtime=0)

    def _item(self, item: Item) -> int:
        style = {"kind": item.kind, **item.style}
        number = self._styles.number(json.dumps(style), lambda: style)
        held = {name: self._array(array) for name, array in small(item).items()}
        return self._items.number((number, *held.items()), lambda: [number, held])

    def _array(self, array: np.ndarray) -> int:
        kind, raw = array.dtype.str[1:], array.tobytes()
        return self._arrays.number((kind, raw), lambda: self._place(kind, raw, array.size))

    def _picture(self, png: bytes) -> list[Any]:
        few = _fewer_bytes(png)
        return self._place("u1", few, len(few))

    def _place(self, kind: str, raw: bytes, count: int) -> list[Any]:
        at = len(self._data)
        self._data.extend(raw + b"\0" * (-len(raw) % 4))
        return [kind, at, count]


@lru_cache(maxsize=MOST_KEPT)
def _fewer_bytes(png: bytes) -> bytes:
    """A background with fewer colours: a third of the bytes."""
    return few_colours(Image.open(io.BytesIO(png)))


def small(item: Item) -> dict[str, np.ndarray]:
    """An item's arrays with its points in 16 bits. A line that leaves their reach is cut there, not bent."""
    arrays = dict(item.arrays)
    xy = arrays.get("xy")
    if xy is not None and not {"face", "ends"} & set(arrays) and (np.abs(xy) > REACH).any():
        cut = Path(xy).cleaned(clip=(-REACH, -REACH, REACH, REACH), remove_nans=True)
        breaks = np.flatnonzero(cut.codes == Path.MOVETO)
        arrays["xy"] = np.insert(cut.vertices, breaks, np.nan, axis=0)[1:-1]  # the last one only says stop
    for name in POINTS:
        if name in arrays:
            steps = np.round(np.clip(arrays[name], -REACH, REACH) * PER_PIXEL)
            arrays[name] = np.where(np.isnan(steps), GAP, steps).astype(np.int16)
    return arrays
