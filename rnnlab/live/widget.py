"""The browser's end of a live figure, where a kernel and anywidget are there; else nothing, and the picture stays."""

from __future__ import annotations

import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from rnnlab.live.figure import LiveFigure
from rnnlab.live.results import devices
from rnnlab.live.talk import Talk

HERE = Path(__file__).parent
_by_cell: dict[str, tuple[str, list[Any]]] = {}


def view(figure: LiveFigure) -> Any:
    """A widget that shows `figure` and talks to it; None outside a notebook's kernel or without anywidget."""
    kernel = _kernel()
    if kernel is None or find_spec("anywidget") is None:
        return None
    widget = _view_class()(spec=figure.spec() | {"devices": devices() if figure.picks_device else []})
    talk = Talk(figure, widget.send)
    widget.on_msg(lambda _, message, buffers: talk.hear(message))
    _replace_in_cell(kernel, widget)
    return widget


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


def _replace_in_cell(kernel: Any, widget: Any) -> None:
    """A cell that is run again closes the widgets of its last run: they would stay in memory for ever."""
    request = kernel.get_parent()
    cell, run = request.get("metadata", {}).get("cellId"), request.get("header", {}).get("msg_id", "")
    if cell is None:
        return
    last_run, widgets = _by_cell.get(cell, ("", []))
    if last_run != run:
        for old in widgets:
            old.layout.close()
            old.close()
        widgets = []
    _by_cell[cell] = (run, [*widgets, widget])
