"""What a person moves: sliders, switches, choices and points. Each is a value, its label, and where it can stop.

A control travels between the browser and the kernel as one or two numbers, so that all the controls of a figure are
one vector. A slider is a list of stops: keyboard, mouse, recording and tests then all mean the same positions.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

MOST_STOPS = 2001
FEWEST_BY_ITSELF = 100  # stops of a slider whose author named no step
STOPS_PER_DECADE = 40

Sides = tuple[tuple[float, ...], ...]  # the stops of each number of a control


@dataclass(frozen=True)
class Range:
    """One number out of `stops`, in order; `whole` numbers come back as int. `play`: seconds for one sweep, or 0."""

    stops: tuple[float, ...]
    value: float
    label: str
    unit: str
    whole: bool = False
    play: float = 0.0

    def numbers(self, value: Any) -> list[float]:
        return [float(value)]

    def read(self, numbers: Sequence[float]) -> float | int:
        stop = nearest(self.stops, _finite(numbers[0]))
        return int(stop) if self.whole else stop

    @property
    def sides(self) -> Sides:
        return (self.stops,)

    def spec(self) -> dict[str, Any]:
        return {"kind": "range", "stops": list(self.stops), "unit": self.unit, "play": self.play}


@dataclass(frozen=True)
class Toggle:
    """Yes or no."""

    value: bool
    label: str

    def numbers(self, value: Any) -> list[float]:
        return [float(value)]

    def read(self, numbers: Sequence[float]) -> bool:
        return _finite(numbers[0]) > 0.5

    @property
    def sides(self) -> Sides:
        return ((0.0, 1.0),)

    def spec(self) -> dict[str, Any]:
        return {"kind": "toggle"}


@dataclass(frozen=True)
class Choice:
    """One of several things, each shown under its name."""

    names: tuple[str, ...]
    options: tuple[Any, ...]
    value: Any
    label: str

    def numbers(self, value: Any) -> list[float]:
        return [float(self.options.index(value))]

    def read(self, numbers: Sequence[float]) -> Any:
        return self.options[min(max(round(_finite(numbers[0])), 0), len(self.options) - 1)]

    @property
    def sides(self) -> Sides:
        return (tuple(float(i) for i in range(len(self.options))),)

    def spec(self) -> dict[str, Any]:
        return {
            "kind": "choice",
            "names": list(self.names),
            "literals": [repr(option) for option in self.options],
        }


@dataclass(frozen=True)
class Point:
    """A point dragged in the axes number `axes` of the figure; `compute` gets the pair (x, y)."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    value: tuple[float, float]
    label: str
    unit: str
    axes: int

    def numbers(self, value: Any) -> list[float]:
        return [float(value[0]), float(value[1])]

    def read(self, numbers: Sequence[float]) -> tuple[float, float]:
        return nearest(self.xs, _finite(numbers[0])), nearest(self.ys, _finite(numbers[1]))

    @property
    def sides(self) -> Sides:
        return self.xs, self.ys

    def spec(self) -> dict[str, Any]:
        return {
            "kind": "point",
            "xs": list(self.xs),
            "ys": list(self.ys),
            "unit": self.unit,
            "axes": self.axes,
        }


Control = Range | Toggle | Choice | Point


def slider(
    lo: float,
    hi: float,
    value: float,
    step: float | None = None,
    label: str = "",
    unit: str = "",
    play: float = 0.0,
) -> Range:
    """A number from `lo` to `hi` in steps; without `step`, a round one. `play` adds a button that sweeps it."""
    _check_range(lo, hi, value, label, unit, play)
    if step is None:
        step = _round_step(lo, hi, value)
    if not step > 0 or (hi - lo) / step > MOST_STOPS:
        raise ValueError(
            f"a slider's step is positive and leaves at most {MOST_STOPS} stops; got step={step!r}"
        )
    return Range(_stops(lo, hi, value, step), float(value), label, unit, play=play)


def log_slider(
    lo: float,
    hi: float,
    value: float,
    step: float | None = None,
    label: str = "",
    unit: str = "",
    play: float = 0.0,
) -> Range:
    """A positive number on a logarithmic track. `step` is the factor between neighbours; without it, 40 a decade."""
    _check_range(lo, hi, value, label, unit, play)
    if lo <= 0:
        raise ValueError(f"a logarithmic slider starts above 0; got lo={lo!r}")
    if step is not None and step <= 1:
        raise ValueError(f"a logarithmic slider's step is a factor above 1, such as 1.1; got {step!r}")
    per_decade = STOPS_PER_DECADE if step is None else 1 / math.log10(step)
    count = max(1, round(per_decade * (math.log10(hi) - math.log10(lo))))
    if count > MOST_STOPS:
        raise ValueError(f"a slider has at most {MOST_STOPS} stops; step={step!r} makes {count}")
    inner = (float(f"{x:.3g}") for x in np.geomspace(lo, hi, count + 1)[1:-1])
    stops = {float(lo), float(hi), float(value), *(x for x in inner if lo < x < hi)}
    return Range(tuple(sorted(stops)), float(value), label, unit, play=play)


def integer(lo: int, hi: int, value: int, label: str = "", unit: str = "", play: float = 0.0) -> Range:
    """A whole number from `lo` to `hi`."""
    if any(isinstance(n, bool) or int(n) != n for n in (lo, hi, value)):
        raise ValueError(f"an integer control takes whole numbers; got {lo!r}, {hi!r}, {value!r}")
    _check_range(lo, hi, value, label, unit, play)
    if hi - lo >= MOST_STOPS:
        raise ValueError(f"an integer control has at most {MOST_STOPS} stops; got {lo} to {hi}")
    return Range(tuple(float(n) for n in range(lo, hi + 1)), value, label, unit, whole=True, play=play)


def toggle(value: bool, label: str = "") -> Toggle:
    """A switch."""
    if not isinstance(value, bool):
        raise ValueError(f"a toggle starts as True or False; got {value!r}")
    return Toggle(value, _words(label, "label"))


def choice(options: Sequence[Any] | Mapping[str, Any], value: Any, label: str = "") -> Choice:
    """One of `options`: a sequence, shown by `str`, or a mapping from shown name to value."""
    if isinstance(options, str) or len(options) < 2:
        raise ValueError(f"a choice needs at least two options, in a list or a mapping; got {options!r}")
    names, values = (options.keys(), options.values()) if isinstance(options, Mapping) else (options, options)
    choices = tuple(values)
    if value not in choices:
        raise ValueError(f"a choice starts at one of its options {list(choices)}; got {value!r}")
    if all(isinstance(option, Hashable) for option in choices) and len(set(choices)) < len(choices):
        raise ValueError(f"a choice's options differ from each other; got {list(choices)}")
    return Choice(tuple(str(name) for name in names), choices, value, _words(label, "label"))


def point(
    x: tuple[float, float],
    y: tuple[float, float],
    value: tuple[float, float],
    step: float | None = None,
    label: str = "",
    unit: str = "",
    axes: int = 0,
) -> Point:
    """A point to drag in the axes number `axes`, within `x` = (lo, hi) and `y` = (lo, hi); equal ends fix one."""
    if any(np.shape(pair) != (2,) for pair in (x, y, value)):
        raise ValueError(
            f"a point takes x=(lo, hi), y=(lo, hi) and value=(x, y); got {x!r}, {y!r}, {value!r}"
        )
    sides: list[tuple[float, ...]] = []
    for (lo, hi), start in zip((x, y), value, strict=True):
        if lo == hi == start:
            sides.append((float(lo),))
            continue
        sides.append(slider(lo, hi, start, step, label, unit).stops)
    if axes < 0:
        raise ValueError(f"a point lives in one of the figure's axes, counted from 0; got axes={axes!r}")
    return Point(sides[0], sides[1], (float(value[0]), float(value[1])), _words(label, "label"), unit, axes)


def nearest(stops: Sequence[float], number: float) -> float:
    """The stop closest to `number`; the lower of two."""
    i = bisect_left(stops, number)
    around = stops[max(0, i - 1) : i + 1]
    return min(around, key=lambda stop: abs(stop - number))


def _finite(number: float) -> float:
    if not math.isfinite(number):
        raise ValueError(f"a control's number is finite; got {number!r}")
    return number


def _words(text: str, what: str) -> str:
    if not isinstance(text, str):
        raise ValueError(f"a control's {what} is text; got {text!r}")
    return text


def _check_range(lo: float, hi: float, value: float, label: str, unit: str, play: float) -> None:
    _words(label, "label"), _words(unit, "unit")
    for name, number in (("lo", lo), ("hi", hi), ("value", value), ("play", play)):
        if (
            isinstance(number, bool)
            or not isinstance(number, int | float | np.number)
            or not math.isfinite(number)
        ):
            raise ValueError(f"a slider's {name} is one finite number; got {number!r}")
    if not lo < hi:
        raise ValueError(f"a slider goes from a lower to a higher number; got lo={lo!r}, hi={hi!r}")
    if not lo <= value <= hi:
        raise ValueError(f"a slider starts between its ends {lo!r} and {hi!r}; got value={value!r}")
    if play < 0:
        raise ValueError(f"play is the seconds of one sweep, or 0 for no button; got {play!r}")


def _stops(lo: float, hi: float, value: float, step: float) -> tuple[float, ...]:
    """lo, lo + step, …, hi, and `value` among them; rounded, so that 0.1 + 0.2 reads 0.3."""
    places = max(0, 3 - math.floor(math.log10(step)))
    grid = [round(lo + i * step, places) for i in range(math.floor((hi - lo) / step + 1e-9) + 1)]
    near = 1e-6 * step
    extra = [float(x) for x in (lo, value, hi) if min(abs(x - g) for g in grid) > near]
    return tuple(sorted([float(g) for g in grid] + extra))


def _round_step(lo: float, hi: float, value: float) -> float:
    """The coarsest of 1, 2, 5 times a power of ten that gives a hundred stops and has `value` and `hi` on its grid."""
    power = 10.0 ** math.floor(math.log10((hi - lo) / FEWEST_BY_ITSELF))
    steps = [
        m * p for p in (power, power / 10) for m in (5, 2, 1) if (hi - lo) / (m * p) >= FEWEST_BY_ITSELF * 0.9
    ]
    for step in steps:
        if all(abs((x - lo) / step - round((x - lo) / step)) < 1e-6 for x in (value, hi)):
            return step
    return steps[0]
