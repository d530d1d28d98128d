"""Run a notebook's code cells one after another in this process, whatever they do."""

from __future__ import annotations

import ast
import json
import re
import warnings
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from rnnlab.questions.asking import Nowhere, describe

FOREIGN = re.compile(
    r"^\s*(\w+\s*=\s*)?[%!]|^\s*\?|^[^#]*\?\s*$"
)  # lines for IPython or the shell, not for Python
RUNS = ("%%time", "%%capture")  # magics of a whole cell that run it


@dataclass(frozen=True)
class Run:
    """What a notebook defined, and a line for each cell that stopped."""

    namespace: dict[str, Any]
    troubles: tuple[str, ...]


def run_notebook(path: Path) -> Run:
    """Execute every code cell; one that stops is noted and the next one runs. Nothing is printed or asked."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"{path.name} cannot be read as a notebook ({error}); save it in Jupyter again"
        ) from error
    namespace: dict[str, Any] = {"__name__": "__main__", "display": _show_nothing, "input": _ask_nobody}
    troubles = []
    for number, source in enumerate(sources, start=1):
        trouble = _run(source, f"<code cell {number}>", namespace)
        if trouble:
            troubles.append(f"Code cell {number} stopped with {trouble}")
    return Run(namespace, tuple(troubles))


def _run(source: str, name: str, namespace: dict[str, Any]) -> str:
    with redirect_stdout(Nowhere()), redirect_stderr(Nowhere()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec(compile(readable(source), name, "exec"), namespace)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            return describe(error)
    return ""


def readable(source: str) -> str:
    """Python as it stands; only where that cannot be read, the lines meant for others are passed over.

    `%%time` and `%%capture` run their cell, so it stays; a cell of any other `%%` is not Python at all.
    """
    if source.lstrip().startswith("%%"):
        magic, _, rest = source.lstrip().partition("\n")
        source = "\n" + rest if magic.split()[0] in RUNS else ""
    try:
        ast.parse(source)
        return source
    except (SyntaxError, ValueError):
        return "\n".join(_passed_over(line) for line in source.split("\n"))


def _passed_over(line: str) -> str:
    indent = line[: len(line) - len(line.lstrip())]
    return f"{indent}pass" if FOREIGN.search(line) else line


def _show_nothing(*values: Any) -> None:
    """Stands for IPython's `display`."""


def _ask_nobody(prompt: str = "") -> NoReturn:
    """Stands for `input`: there is nobody to answer."""
    raise EOFError("nobody is there to answer input()")
