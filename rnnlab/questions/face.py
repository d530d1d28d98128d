"""The face of `check` in JupyterLab: one box, told apart by colour, sign and words, readable in both themes."""

from __future__ import annotations

import base64
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rnnlab.questions.check import Verdict

# a sign, what it says aloud, and a colour that is a border only: the text keeps the theme's own contrast
FACES = {
    "right": ("✓", "right", "#009e73"),
    "almost": ("≈", "almost right", "#e69f00"),
    "not yet, and here is why": ("✗", "not yet, and why", "#b8390e"),
    "not yet": ("✗", "not yet", "#b8390e"),
    "not the right kind of thing": ("✗", "not the right kind of thing", "#b8390e"),
    "not attempted": ("○", "not attempted", "#8a9099"),
}
BOX = "border:1px solid {0};border-left:8px solid {0};border-radius:4px;padding:.5em 1em;margin:.3em 0"
MONO = ("expected ", "got ")  # lines that belong one under the other


def html(verdict: Verdict) -> str:
    """The verdict as one self-contained box; every word of an answer in it is escaped."""
    sign, aloud, colour = FACES[str(verdict.status)]
    name = f": {verdict.misconception}" if verdict.misconception else ""
    head = f"{escape(verdict.number)} {escape(str(verdict.status))}{escape(name)}"
    body = "".join(_line(line) for line in verdict.lines)
    return (
        f'<div role="group" aria-label="Question {escape(verdict.number)}: {aloud}" '
        f'style="{BOX.format(colour)}"><p style="margin:.2em 0"><span aria-hidden="true" '
        f'style="color:{colour};font-weight:bold">{sign}</span> <strong>{head}</strong></p>'
        f"{body}{_picture(verdict)}</div>"
    )


def _line(line: str) -> str:
    font = ";font-family:monospace;white-space:pre-wrap" if line.startswith(MONO) else ""
    return f'<p style="margin:.2em 0{font}">{escape(line)}</p>'


def _picture(verdict: Verdict) -> str:
    """The student's own result, where there is one to see."""
    if verdict.seen is None:
        return ""
    drawing = verdict.seen.drawing()
    data = base64.b64encode(drawing.png()).decode()
    style = "max-width:100%;background:#fff"
    return f'<img style="{style}" alt="{escape(drawing.alt)}" src="data:image/png;base64,{data}">'
