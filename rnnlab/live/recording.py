"""A live figure walked over a grid of its controls: what a page without a kernel plays.

The grid's stops are some of the controls' own: as many as look continuous and fit.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Sequence
from typing import Any

import numpy as np

from rnnlab.live.controls import Point, Range
from rnnlab.live.figure import LiveFigure
from rnnlab.live.film import Film

MOST_CONTROLS = 3
MOST_STOPS = 121  # of one number: finer steps look no smoother
MOST_FRAMES = 4000
FEWEST_STOPS = 5  # a number that moves less often is no slider any more
PROBES = 16  # frames shot, and as many twice again, to learn how large one is

Grid = list[list[float]]


def record(figure: LiveFigure, controls: Sequence[str] | None = None, most_bytes: int = 350_000) -> bytes:
    """The compressed block of all frames; controls that are not named stay at their start."""
    chosen = list(figure.controls) if controls is None else list(controls)
    if unknown := set(chosen) - set(figure.controls):
        raise ValueError(
            f"no control {', '.join(sorted(unknown))}; this figure has {', '.join(figure.controls)}"
        )
    if not 1 <= len(chosen) <= MOST_CONTROLS:
        raise ValueError(
            f"a recording has one to {MOST_CONTROLS} controls: name them, as in controls=('a', 'b');"
            f" this figure has {', '.join(figure.controls)}"
        )
    sides, least = [], []
    for control in (figure.controls[name] for name in chosen):
        fewest = FEWEST_STOPS if isinstance(control, Range | Point) else MOST_STOPS  # a choice loses none
        sides += [list(side) for side in control.sides]
        least += [min(len(side), fewest) for side in control.sides]
    largest = _thinned([min(len(side), MOST_STOPS) for side in sides], least, MOST_FRAMES)
    few, more = (
        len(_film(figure, chosen, _grid(figure, chosen, sides, largest), n * PROBES)) for n in (1, 3)
    )
    frame = max(1.0, (more - few) / (2 * PROBES))
    sizes = _thinned(largest, least, max(1.0, (most_bytes - few) / frame))
    shrunk = False
    while True:
        block = _film(figure, chosen, _grid(figure, chosen, sides, sizes))
        share = math.prod(sizes) * most_bytes / len(block)
        if len(block) <= most_bytes:
            larger = _thinned(largest, least, 0.95 * share)
            if shrunk or math.prod(larger) < 1.2 * math.prod(sizes):
                return block
            sizes = larger  # neighbours have more in common than the probes had
            continue
        shrunk = True
        fewer = _thinned(sizes, least, 0.95 * share)
        if fewer == sizes:
            raise ValueError(
                f"even the coarsest recording takes {len(block)} bytes; the limit is {most_bytes}:"
                " name fewer controls"
            )
        sizes = fewer


def _film(figure: LiveFigure, chosen: list[str], grid: Grid, most: int | None = None) -> bytes:
    """All points of the grid as a film, or `most` of them drawn by chance."""
    points = list(itertools.product(*grid))
    if most is not None and most < len(points):
        points = random.Random(0).sample(points, most)
    film = Film(figure)
    for point in points:
        rest = list(point)
        values = dict(figure.start)
        for name in chosen:
            control = figure.controls[name]
            values[name] = control.read([rest.pop(0) for _ in control.sides])
        film.shoot(values)
    figure.show(figure.start)
    return film.packed(spec=_spec(figure, chosen, grid), grid=grid)


def _spec(figure: LiveFigure, chosen: list[str], grid: Grid) -> dict[str, Any]:
    """The figure's spec with the grid's stops, and with the controls that stay as fixed arguments."""
    rest = list(grid)
    controls = {control["name"]: control for control in figure.spec()["controls"]}
    for name in chosen:
        sides = [rest.pop(0) for _ in figure.controls[name].sides]
        stops = {"range": ("stops",), "point": ("xs", "ys")}.get(controls[name]["kind"], ())
        controls[name].update(zip(stops, sides, strict=False))
    fixed = [f"{name}={value!r}" for name, value in figure.start.items() if name not in chosen]
    start = _start(figure, chosen)
    return figure.spec() | {
        "controls": [controls[n] for n in chosen],
        "start": start,
        "preview": False,
        "fixed": fixed,
    }


def _start(figure: LiveFigure, chosen: list[str]) -> list[float]:
    return [number for name in chosen for number in figure.controls[name].numbers(figure.start[name])]


def _thinned(sizes: list[int], least: list[int], most: float) -> list[int]:
    """Fewer stops, always where there are most, until the grid has at most `most` points or none is left to drop."""
    sizes = list(sizes)
    while math.prod(sizes) > most and sizes != least:
        sizes[max(range(len(sizes)), key=lambda i: sizes[i] if sizes[i] > least[i] else 0)] -= 1
    return sizes


def _grid(figure: LiveFigure, chosen: list[str], sides: Grid, sizes: list[int]) -> Grid:
    """Evenly spaced stops, with both ends and the start among them."""
    grid = []
    for stops, size, start in zip(sides, sizes, _start(figure, chosen), strict=True):
        last = len(stops) - 1
        picked = {round(i) for i in np.linspace(0, last, size)}
        at = min(range(len(stops)), key=lambda i: abs(stops[i] - start))
        if at not in picked:
            inner = picked - {0, last}
            picked -= {min(inner, key=lambda i: abs(i - at))} if inner else set()
            picked.add(at)
        grid.append([stops[i] for i in sorted(picked)])
    return grid
