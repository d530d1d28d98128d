"""Run what a student wrote, as far as one question needs it, and hand over what the answer says.

First only the statements that the answer needs, each by itself, so that neither ten minutes of training nor a
scratch cell in ruins is in the way. Where that did not earn full marks the parent asks again, and then all that
does more than show runs as it would in Jupyter, what the answer does not need with little time.
"""

from __future__ import annotations

import ast
import signal
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any, NoReturn

from rnnlab.grading.crossing import Calls, pack_said
from rnnlab.grading.inside.needs import Statement, draws, needed, statements, worth_running
from rnnlab.questions.asking import Nowhere, ask, describe
from rnnlab.questions.running import readable
from rnnlab.questions.values import Fault, as_data

ID = "student_id"
TROUBLES = 5  # that are told


class Late(BaseException):
    """Raised in a statement that the answer does not need and that takes too long."""

    __module__ = "builtins"


def answer(task: Mapping[str, Any], sources: list[str], calls: Calls) -> bytes:
    """What the notebook's answer says to each call, packed."""
    readables = [_as_python(source) for source in sources]
    everything = statements(readables)
    wanted = needed(everything, [task["answer"], ID])
    worth = worth_running(everything, wanted)
    namespace: dict[str, Any] = {"__name__": "__main__", "display": _nothing, "input": _nobody}
    with redirect_stdout(Nowhere()), redirect_stderr(Nowhere()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if task["everything"]:
            troubles = _run_all(worth, wanted, namespace, task["spare"])
        else:
            troubles = [t for one in wanted if (t := _run(one, namespace))]
    troubles += [f"Code cell {n} cannot be read as Python" for n in _unreadable(readables, everything)]
    value = namespace.get(task["answer"], ...)
    notes = {"student": _own_id(namespace), "troubles": " · ".join(troubles[:TROUBLES])}
    if draws(worth):
        notes["draws"] = "yes"
    if task["answer"] not in namespace:
        notes["undefined"] = "yes"
    if not task["function"] or value is ...:
        return pack_said([as_data(value)] * len(calls), notes)
    if not callable(value):
        data = as_data(value)
        came = data.came if isinstance(data, Fault) else "a value"
        return pack_said([Fault(f"{came} and no function")] * len(calls), notes)
    return pack_said(ask(value, calls, tuple(task["forbidden"])), notes)


def _as_python(source: str) -> str:
    """As `readable` has it; what is nested too deeply for Python stays as it is, and is passed over later."""
    try:
        return readable(source)
    except (RecursionError, MemoryError):
        return source


def _run_all(everything: list[Statement], wanted: list[Statement], into: dict, spare: float) -> list[str]:
    """As Jupyter does, where an error ends its cell. What the answer does not need shares `spare` seconds."""
    important = {id(one) for one in wanted}
    stopped, troubles, watch = set(), [], _Watch(spare)
    for one in everything:
        if one.cell in stopped:
            continue
        trouble = _run(one, into) if id(one) in important else watch.run(one, into)
        if trouble:
            stopped.add(one.cell)
            troubles.append(trouble)
    return troubles


def _run(one: Statement, namespace: dict[str, Any]) -> str:
    """Run one statement; a line for what it raised."""
    name = f"<code cell {one.cell}>"
    try:
        exec(compile(ast.Module([one.tree], []), name, "exec"), namespace)
    except Late:
        return ""
    except BaseException as error:
        return f"Code cell {one.cell} stopped with {describe(error)}"
    return ""


class _Watch:
    """A number of seconds that several statements share."""

    def __init__(self, seconds: float) -> None:
        self.left = seconds

    def run(self, one: Statement, namespace: dict[str, Any]) -> str:
        trouble = ""
        with _alarm(max(self.left, 0.05)) as remaining:
            trouble = _run(one, namespace)
            self.left = remaining()
        return trouble


@contextmanager
def _alarm(seconds: float) -> Iterator[Callable[[], float]]:
    def ring(*_: Any) -> NoReturn:
        raise Late

    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield lambda: signal.getitimer(signal.ITIMER_REAL)[0]
    except Late:
        pass
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _unreadable(readables: list[str], everything: list[Statement]) -> list[int]:
    seen = {one.cell for one in everything}
    bare = (n for n, source in enumerate(readables, start=1) if n not in seen and source.strip())
    return [
        n for n in bare if any(line.strip()[:1] not in ("", "#") for line in readables[n - 1].split("\n"))
    ]


def _own_id(namespace: Mapping[str, Any]) -> str:
    value = namespace.get(ID)
    return str(value) if type(value) in (str, int) else ""


def _nothing(*values: Any, **named: Any) -> None:
    """Stands for IPython's `display`."""


def _nobody(prompt: str = "") -> NoReturn:
    """Stands for `input`: there is nobody to answer."""
    raise EOFError("nobody is there to answer input()")
