"""The browser's end of a live figure, where a kernel and anywidget are there; else nothing, and the picture stays."""

from __future__ import annotations

import sys
from base64 import b64encode
from functools import cache
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from rnnlab.live.figure import LiveFigure
from rnnlab.live.talk import Talk
from rnnlab.models.devices import devices

HERE = Path(__file__).parent
_by_cell: dict[str, tuple[str, list[Any]]] = {}


def view(figure: LiveFigure) -> Any:
    """A widget that shows `figure` and talks to it; None outside a notebook's kernel or without anywidget.

    It is a box with the still picture, which gives way when the front end says hello. A kernel can have anywidget where
    the front end, on another computer, has not: there the picture stays, and nobody sees an error.
    """
    kernel = _kernel()
    if kernel is None or find_spec("anywidget") is None:
        return None
    import ipywidgets

    moving = _view_class()(spec=figure.spec() | {"devices": devices() if figure.picks_device else []})
    still = ipywidgets.HTML(
        f'<img src="data:image/png;base64,{b64encode(figure.scene.still).decode()}"'
        f' alt="{escape(figure.alt)}" style="max-width: 100%">'
    )
    box = ipywidgets.VBox([still], layout=ipywidgets.Layout(overflow="visible"))
    talk = Talk(figure, moving.send)

    def hear(_: Any, message: dict[str, Any], buffers: Any) -> None:
        if box.children != (moving,):
            box.children = (moving,)
        talk.hear(message)

    moving.on_msg(hear)
    _replace_in_cell(kernel, [box.layout, box, still.style, still.layout, still, moving.layout, moving])
    return box


@cache
def _view_class() -> Any:
    """Made when first needed: without anywidget there is nothing to inherit from."""
    import anywidget
    import traitlets

    class LiveView(anywidget.AnyWidget):
        _esm = (HERE / "live.js").read_text(encoding="utf-8")
        _css = (HERE / "live.css").read_text(encoding="utf-8")
        spec = traitlets.Dict().tag(sync=True)

    return LiveView


def _kernel() -> Any:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None)


def _replace_in_cell(kernel: Any, new: list[Any]) -> None:
    """A cell that is run again closes the widgets of its last run: they would stay in memory for ever."""
    request = kernel.get_parent()
    cell, run = request.get("metadata", {}).get("cellId"), request.get("header", {}).get("msg_id", "")
    if cell is None:
        return
    last_run, widgets = _by_cell.get(cell, ("", []))
    if last_run != run:
        for old in widgets:
            old.close()
        widgets = []
    _by_cell[cell] = (run, [*widgets, *new])
