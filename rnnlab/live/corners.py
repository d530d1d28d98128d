"""A live figure at every corner of its controls and at random points, without a browser: does it hold?

For the tests of the course, and for whoever writes a figure: `corners_and_random(live(...))` raises an
`AssertionError` that names the settings at which something went wrong.
"""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from rnnlab.live.controls import Choice, Control
from rnnlab.live.figure import LiveFigure
from rnnlab.live.items import Frames, Item

MOST_CORNERS = 128
RANDOM_POINTS = 200
NO_NUMBER = re.compile(r"\b(nan|inf)\b", re.IGNORECASE)


def corners_and_random(figure: LiveFigure, seconds: float = 10.0) -> int:
    """Shows the figure at all corners, then at random points for as long as `seconds` last; returns how many.

    At each: no exception, words without nan or inf, no infinite number in the result, something drawn on the sheet.
    At the end, back at the start: the same picture as in the beginning.
    """
    end = time.monotonic() + seconds
    rng = np.random.default_rng(0)
    first = _drawn(figure, figure.start)
    count = 0
    for values in _corners(figure, rng):
        _drawn(figure, values)
        count += 1
    for _ in range(RANDOM_POINTS):
        if time.monotonic() > end:
            break
        anywhere = {name: any_value(control, rng) for name, control in figure.controls.items()}
        _drawn(figure, anywhere, background=False)
        count += 1
    again = _drawn(figure, figure.start)
    assert again == first, (
        "back at its start values the figure looks different: update() forgets to set something"
    )
    return count


def end_values(control: Control) -> list[Any]:
    """Where a control ends; all options of a choice."""
    sides = control.sides if isinstance(control, Choice) else [(side[0], side[-1]) for side in control.sides]
    return [control.read(numbers) for numbers in itertools.product(*sides)]


def any_value(control: Control, rng: np.random.Generator) -> Any:
    return control.read([side[rng.integers(len(side))] for side in control.sides])


def _corners(figure: LiveFigure, rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    ends = [end_values(control) for control in figure.controls.values()]
    total = int(np.prod([len(side) for side in ends]))
    chosen = range(total) if total <= MOST_CORNERS else sorted(rng.choice(total, MOST_CORNERS, replace=False))
    wanted = set(chosen)
    for number, corner in enumerate(itertools.product(*ends)):
        if number in wanted:
            yield dict(zip(figure.controls, corner, strict=True))


def _drawn(
    figure: LiveFigure, values: dict[str, Any], background: bool = True
) -> tuple[dict[str, Any], bytes]:
    """The whole frame at these values, after it was found to be in order."""
    try:
        values = figure.values(figure.vector(values))
        for final in (True, False) if figure.preview else (True,):
            shown = figure.show(values, final)
            if background:
                figure.scene.background()
            items = figure.scene.items()
            assert not NO_NUMBER.search(shown.words), f"the words hold no number: {shown.words!r}"
            assert not _infinite(shown.result), (
                "the result holds an infinite number: show up to where it diverges"
            )
            assert any(_on_sheet(item, figure) for item in items), "the picture is empty"
    except Exception as problem:
        settings = ", ".join(f"{name}={value!r}" for name, value in values.items())
        raise AssertionError(f"at {settings}: {type(problem).__name__}: {problem}") from problem
    return Frames().pack(items)


def _infinite(result: Any) -> bool:
    if isinstance(result, np.ndarray | float | int | np.generic):
        array = np.asarray(result)
        return bool(np.issubdtype(array.dtype, np.number) and np.isinf(array).any())
    if isinstance(result, dict):
        return any(_infinite(part) for part in result.values())
    if isinstance(result, tuple | list):
        return any(_infinite(part) for part in result)
    return (
        any(_infinite(part) for part in vars(result).values())
        if hasattr(result, "__dataclass_fields__")
        else False
    )


def _on_sheet(item: Item, figure: LiveFigure) -> bool:
    """Whether something of this item can be seen: a picture, or points in front of its clip."""
    if item.style.get("letters"):
        return False  # a title alone is no picture
    points = next((item.arrays[name] for name in ("xy", "at") if name in item.arrays), None)
    if points is None:
        return item.kind == "image"
    clip = np.reshape(item.style.get("clip", [0, 0, *figure.scene.layout()["size"]]), (-1, 2))
    inside = (points >= clip.min(axis=0) - 1) & (points <= clip.max(axis=0) + 1)
    return bool(inside.all(axis=1).any())
