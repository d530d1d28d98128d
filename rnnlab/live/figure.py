"""`live(...)`: a pure function, an ordinary matplotlib figure and controls, checked and run at the start values."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Protocol

from matplotlib.figure import Figure

from rnnlab.live.controls import Choice, Control, Point, Range, Toggle
from rnnlab.live.results import bring_home, settle, where
from rnnlab.live.scene import Scene

GIVEN = ("device", "progress")  # what `compute` gets from the engine if it has a parameter of that name
_noting: list[list[LiveFigure]] = []


class Guess(Protocol):
    """What a reader noted before moving anything; `marks` names a control, or the axis "x" or "y"."""

    value: float | None
    marks: str | None
    unit: str


@dataclass(frozen=True)
class Shown:
    """What came of one set of values."""

    result: Any
    words: str
    device: str
    milliseconds: float


class LiveFigure:
    """A figure with controls. Shows itself in a notebook; everywhere else it is a still picture with its words."""

    def __init__(
        self,
        compute: Callable[..., Any],
        figure: Callable[[Any], tuple[Figure, Callable[[Any], None]]],
        says: Callable[[Any], str] | None,
        guess: Guess | None,
        preview: Callable[..., Any] | None,
        controls: dict[str, Control],
    ) -> None:
        self.compute, self.preview, self.says, self.guess = compute, preview, says, guess
        self.controls = {name: c if c.label else replace(c, label=name) for name, c in controls.items()}
        self.start = {name: control.value for name, control in self.controls.items()}
        result = bring_home(self.run(compute, self.start))
        drawn = figure(result)
        if not (
            isinstance(drawn, tuple)
            and len(drawn) == 2
            and isinstance(drawn[0], Figure)
            and callable(drawn[1])
        ):
            raise TypeError(f"{_name(figure)}(result) of a live figure returns (fig, update); got {drawn!r}")
        fig, self.update = drawn
        self.update(result)
        self.scene = Scene(fig)
        self._check_places()
        self.words = self.says(result) if self.says else self.scene.title()
        if not isinstance(self.words, str) or not self.words.strip():
            raise TypeError(f"says(result) of a live figure returns words; got {self.words!r}")
        self.alt = getattr(fig, "alt", "") or self.words
        self.scene.items()  # an artist that cannot move is an error now, not when somebody touches it
        self.first = Shown(result, self.words, "cpu", 0.0)
        self._widget: Any = None
        for figures in _noting:
            figures.append(self)

    @property
    def name(self) -> str:
        """That of what it computes; "figure" for a function without one."""
        name = _name(self.compute)
        return name if name.isidentifier() else "figure"

    def run(
        self,
        compute: Callable[..., Any],
        values: dict[str, Any],
        device: str = "cpu",
        progress: Callable | None = None,
    ) -> Any:
        """`compute` at these values, with the device and the progress callback if it asks for them by name."""
        given = {"device": device, "progress": progress or (lambda fraction: None)}
        wanted = [name for name in _asks(compute) if name in GIVEN and name not in values]
        return compute(**values, **{name: given[name] for name in wanted})

    def show(
        self,
        values: dict[str, Any],
        final: bool = True,
        device: str = "cpu",
        progress: Callable[[float], None] | None = None,
    ) -> Shown:
        """Computes, and sets the figure's artists; while a control is being dragged, by the preview if there is one."""
        compute = self.compute if final or self.preview is None else self.preview
        began = time.perf_counter()
        result = self.run(compute, values, device, progress)
        ran_on = where(result)
        settle(ran_on)
        took = 1e3 * (time.perf_counter() - began)
        result = bring_home(result)
        self.update(result)
        words = self.says(result) if self.says else self.scene.title()
        return Shown(result, words, ran_on or "cpu", took)

    @property
    def picks_device(self) -> bool:
        """Whether `compute` lets somebody choose where it runs."""
        return "device" in _asks(self.compute) and "device" not in self.controls

    def values(self, vector: list[float]) -> dict[str, Any]:
        """One number or two a control, in order, as `compute` takes them."""
        sizes = [len(control.numbers(control.value)) for control in self.controls.values()]
        if len(vector) != sum(sizes):
            raise ValueError(f"this figure's controls are {sum(sizes)} numbers; got {len(vector)}")
        rest = list(vector)
        return {
            name: control.read([rest.pop(0) for _ in range(size)])
            for (name, control), size in zip(self.controls.items(), sizes, strict=True)
        }

    def vector(self, values: dict[str, Any]) -> list[float]:
        return [number for name, control in self.controls.items() for number in control.numbers(values[name])]

    def spec(self) -> dict[str, Any]:
        """What the browser needs to build the controls, the guess's mark and the copied code."""
        guess = None
        if self.guess is not None and self.guess.value is not None and self.guess.marks is not None:
            guess = {"value": self.guess.value, "marks": self.guess.marks, "unit": self.guess.unit}
        module = getattr(self.compute, "__module__", None)
        known = module not in (None, "__main__") and _name(self.compute).isidentifier()
        return {
            "controls": [{"name": n, "label": c.label, **c.spec()} for n, c in self.controls.items()],
            "start": self.vector(self.start),
            "guess": guess,
            "preview": self.preview is not None,
            "code": {
                "call": _name(self.compute),
                "import": f"from {module} import {_name(self.compute)}" if known else "",
            },
        }

    def _check_places(self) -> None:
        """A point needs axes it can be placed in, a guess needs something to mark."""
        axes = self.scene.figure.axes
        for name, control in self.controls.items():
            if not isinstance(control, Point):
                continue
            if control.axes >= len(axes):
                raise ValueError(
                    f"the point {name} lives in axes {control.axes}; the figure has {len(axes)}, from 0"
                )
            scales = {axes[control.axes].get_xscale(), axes[control.axes].get_yscale()}
            if axes[control.axes].name != "rectilinear" or not scales <= {"linear", "log"}:
                raise ValueError(
                    f"the point {name} needs straight axes, linear or logarithmic; these are {scales}"
                )
        marks = None if self.guess is None else self.guess.marks
        if marks is not None and marks not in {
            "x",
            "y",
            *(n for n, c in self.controls.items() if isinstance(c, Range)),
        }:
            ranges = [n for n, c in self.controls.items() if isinstance(c, Range)]
            raise ValueError(
                f'a guess marks a slider ({", ".join(ranges)}) or the axis "x" or "y"; got {marks!r}'
            )

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict, dict]:
        data: dict[str, Any] = {"image/png": self.scene.still, "text/plain": self.words}
        from rnnlab.live.widget import view

        if self._widget is None:
            self._widget = view(self)
        if self._widget is not None:
            shown = self._widget._repr_mimebundle_()
            shown = shown[0] if isinstance(shown, tuple) else shown
            data |= {mime: content for mime, content in shown.items() if mime != "text/plain"}
        return data, {"image/png": {"alt": self.alt}}


def live(
    compute: Callable[..., Any],
    figure: Callable[[Any], tuple[Figure, Callable[[Any], None]]],
    says: Callable[[Any], str] | None = None,
    guess: Guess | None = None,
    preview: Callable[..., Any] | None = None,
    **controls: Control,
) -> LiveFigure:
    """A live figure: `compute(**values)` → result, `figure(result)` → (fig, update), `says(result)` → words.

    `compute` is pure; a parameter named `device` or `progress` of it is filled by the engine. `preview` is a cheaper
    `compute`, used while a control is being dragged. `guess` is what `predict` returned: it appears as a mark.
    """
    if not controls:
        raise ValueError("a live figure has at least one control, such as w=slider(-1, 1, 0.5)")
    for name, control in controls.items():
        if not isinstance(control, Range | Toggle | Choice | Point):
            raise TypeError(
                f"{name} of a live figure is a control, such as slider(0, 1, 0.5); got {control!r}"
            )
    for function in (compute, preview):
        if function is not None:
            _check_takes(function, list(controls))
    return LiveFigure(compute, figure, says, guess, preview, dict(controls))


@contextmanager
def noted() -> Iterator[list[LiveFigure]]:
    """The live figures that are made inside, in order."""
    figures: list[LiveFigure] = []
    _noting.append(figures)
    try:
        yield figures
    finally:
        _noting.remove(figures)


def _check_takes(compute: Callable[..., Any], names: list[str]) -> None:
    given = [name for name in _asks(compute) if name in GIVEN and name not in names]
    try:
        inspect.signature(compute).bind(**dict.fromkeys([*names, *given]))
    except TypeError as mismatch:
        raise TypeError(
            f"the controls {', '.join(names)} do not fit {_name(compute)}{inspect.signature(compute)}: {mismatch}"
        ) from None


def _asks(compute: Callable[..., Any]) -> list[str]:
    return list(inspect.signature(compute).parameters)


def _name(function: Callable[..., Any]) -> str:
    return str(getattr(function, "__name__", type(function).__name__))
