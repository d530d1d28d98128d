"""Live figures: an ordinary matplotlib figure and a pure function become something a person can touch.

    live(compute, figure, says, mu=slider(0.05, 1.0, 0.8, label="memory rate"))

The only room that knows widgets and JavaScript. Inside: `controls` (what a person moves), `figure` (the pair of
compute and figure, and its stored picture), `scene` and `mirror` (what stands still, what moves, and how it travels),
`talk` (the messages), `widget` (the browser's end), `recording` and `page` (the same without a kernel), `server`.
"""

from rnnlab.live.controls import choice, integer, log_slider, point, slider, toggle
from rnnlab.live.figure import LiveFigure, live
from rnnlab.live.mirror import CannotMirror
from rnnlab.live.page import save_page

__all__ = [
    "CannotMirror",
    "LiveFigure",
    "choice",
    "integer",
    "live",
    "log_slider",
    "point",
    "save_page",
    "slider",
    "toggle",
]
