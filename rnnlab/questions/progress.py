"""One's own standing over all exercises: a small file of the reader's, on this computer, sent nowhere.

It lies in the folder RNNLAB_HOME, or else in ~/.rnnlab, and holds the most marks each question ever got there.
"""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rnnlab.questions.question import exercises, questions


@dataclass(frozen=True)
class Exercise:
    """How far one has come with an exercise."""

    number: int
    marks: int
    points: int


def file() -> Path:
    """Where the standing is kept."""
    return Path(os.environ.get("RNNLAB_HOME") or "~/.rnnlab").expanduser() / "progress.json"


def note(number: str, marks: int) -> None:
    """Keep the marks of a question if they are the most so far. Where nothing can be kept, nothing is."""
    kept = _kept()
    if kept.get(number, -1) >= marks:
        return
    with suppress(OSError):
        _write(kept | {number: marks})


def standing() -> list[Exercise]:
    """Every exercise that has points, and what one has of them."""
    kept = _kept()
    found = []
    for number in exercises():
        asked = questions(number)
        marks = sum(min(kept.get(one.number, 0), one.points) for one in asked)
        found.append(Exercise(number, marks, sum(one.points for one in asked)))
    return [one for one in found if one.points]


def picture() -> Any:
    """The standing as a small figure, for lecture 00."""
    from rnnlab.figures.progress import bars

    return bars([(one.number, one.marks, one.points) for one in standing()])


def _kept() -> dict[str, int]:
    """Question → marks; what cannot be read, or is no such thing, counts as nothing."""
    try:
        kept = json.loads(file().read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    pairs = kept.items() if isinstance(kept, dict) else ()
    return {number: marks for number, marks in pairs if type(marks) is int and marks >= 0}


def _write(kept: dict[str, int]) -> None:
    """Replace the file in one step, so that two notebooks at once cannot leave half of it."""
    target = file()
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".progress.")
    with os.fdopen(handle, "w", encoding="utf-8") as opened:
        json.dump(kept, opened, indent=0, sort_keys=True)
    os.replace(name, target)
