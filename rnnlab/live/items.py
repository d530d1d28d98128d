"""What travels to the browser: items of four kinds, and the frame that holds only what changed.

    kind    arrays                                     meaning
    shape   xy, face, edge, width, ends                polylines and polygons; NaN lifts the pen
    marks   at, outline, scale, face, edge, width      one outline, put at many places
    image   pixels, table                              a byte an element, and the colours of the bytes
    text                                               lines of plain text; all in the style

Points are pixels of the figure at 100 dpi from its upper left corner, float32. The style is a small dictionary.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

Style = dict[str, Any]
POINTS = ("xy", "at", "outline")  # the arrays that hold points: a recording stores these in 16 bits


@dataclass
class Item:
    """One thing to draw."""

    kind: str
    style: Style
    arrays: dict[str, np.ndarray] = field(default_factory=dict)


class Frames:
    """Packs items into frames. Remembers what the browser has, and sends what differs from it."""

    def __init__(self) -> None:
        self._sent: list[tuple[Style, dict[str, bytes]]] = []

    def forget(self) -> None:
        """The next frame holds everything: somebody new is looking."""
        self._sent = []

    def pack(self, items: list[Item]) -> tuple[dict[str, Any], bytes]:
        """The header of a frame and its one buffer: arrays one after the other, each on a multiple of four bytes."""
        changes, chunks, at, now = [], [], 0, []
        for i, item in enumerate(items):
            style = {"kind": item.kind, **item.style}
            data = {name: array.tobytes() for name, array in item.arrays.items()}
            now.append((style, data))
            old_style, old = self._sent[i] if i < len(self._sent) else (None, {})
            change: dict[str, Any] = {}
            if style != old_style:
                change["style"] = style
            for name, raw in data.items():
                if old.get(name) != raw:
                    array = item.arrays[name]
                    change.setdefault("arrays", {})[name] = [array.dtype.str[1:], at, array.size]
                    chunks.append(raw + b"\0" * (-len(raw) % 4))
                    at += len(chunks[-1])
            if set(old) - set(data):
                change["drop"] = sorted(set(old) - set(data))
            if change:
                changes.append({"i": i, **change})
        self._sent = now
        return {"count": len(items), "changes": changes}, b"".join(chunks)
