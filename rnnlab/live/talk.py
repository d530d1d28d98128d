"""What the browser and the kernel say to each other. The kernel answers every message, whatever happens.

browser   hello     client seq                        somebody new is looking: everything, please
          ask       client seq values final device    draw this; `values` is the one vector of all controls
kernel    frame     client seq greeting values …      what changed: items, words, device, milliseconds, and the
                                                      background when something that stands still changed
          error     client seq message                `compute` or `update` raised; the picture stays
          began     client seq                        this takes long: be patient
          progress  client seq fraction
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from rnnlab.live.figure import LiveFigure, Shown
from rnnlab.live.items import Frames

LONG = 300.0  # milliseconds: a computation that took this long is announced before it is run again

Send = Callable[[dict[str, Any], list[bytes]], None]
log = logging.getLogger(__name__)


class Talk:
    """One figure's conversation. `send(content, buffers)` reaches the browser."""

    def __init__(self, figure: LiveFigure, send: Send) -> None:
        self._figure, self._send = figure, send
        self._frames = Frames()
        self._values = figure.start
        self._shown = figure.first
        self._took: dict[bool, float] = {}

    def hear(self, message: dict[str, Any]) -> None:
        """Answers one message."""
        kind = message.get("kind") if isinstance(message, dict) else None
        about = (
            {"client": message.get("client"), "seq": message.get("seq")} if isinstance(message, dict) else {}
        )
        try:
            if kind == "hello":
                self._frames.forget()
                self._figure.scene.forget()
                self._answer(about | {"greeting": True}, self._shown)
            elif kind == "ask":
                self._draw(about, message)
            else:
                raise ValueError(f"a live figure understands hello and ask; got {message!r}")
        except (Exception, KeyboardInterrupt) as problem:  # the browser must hear of it, and go on
            log.debug("a live figure met an exception", exc_info=True)
            words = (
                "interrupted"
                if isinstance(problem, KeyboardInterrupt)
                else f"{type(problem).__name__}: {problem}"
            )
            self._send({"kind": "error", **about, "message": words}, [])

    def _draw(self, about: dict[str, Any], message: dict[str, Any]) -> None:
        values = self._figure.values(message["values"])
        final = bool(message.get("final", True))
        if self._took.get(final, 0.0) > LONG:
            self._send({"kind": "began", **about}, [])

        def progress(fraction: float) -> None:
            self._send({"kind": "progress", **about, "fraction": float(fraction)}, [])

        shown = self._figure.show(values, final, message.get("device") or "cpu", progress)
        self._took[final] = shown.milliseconds
        self._values, self._shown = values, shown
        self._answer(about, shown)

    def _answer(self, about: dict[str, Any], shown: Shown) -> None:
        scene = self._figure.scene
        background = scene.background()  # first: it may lay the axes out anew
        header, data = self._frames.pack(scene.items())
        content = {
            "kind": "frame",
            **about,
            **header,
            "values": self._figure.vector(self._values),
            "words": shown.words,
            "device": shown.device,
            "milliseconds": round(shown.milliseconds, 2),
        }
        if background is not None:
            content["layout"] = scene.layout()
        self._send(content, [data] if background is None else [data, background])
