"""The browser's end of a live figure, where a kernel and anywidget are there; else nothing, and the picture stays."""

from __future__ import annotations

import sys
from base64 import b64encode
from functools import cache
from html import escape
from importlib.util import find_spec
from pathlib import Path
from threading import Event, current_thread, main_thread
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

    def answer(message: dict[str, Any], answered: Event) -> None:
        try:
            if moving not in box.children:  # the picture is hidden, not taken away: it may not be there yet
                still.layout.display = "none"
                box.children = (still, moving)
            talk.hear(message)
        finally:
            answered.set()

    def hear(_: Any, message: dict[str, Any], buffers: Any) -> None:
        """JupyterLab has widgets heard in a second thread of the kernel; matplotlib, and a cell that runs, know one."""
        answered = Event()
        if current_thread() is main_thread():
            answer(message, answered)
        else:
            kernel.io_loop.add_callback(answer, message, answered)
            answered.wait()  # until then the front end sees a kernel that is busy

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
