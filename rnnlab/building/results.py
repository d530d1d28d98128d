"""Stored results: what takes longer than a lecture may run, with all one needs to get it again.

`sources/results/NN_name.json` holds a recipe, which a person writes, and what came of it:

    "function": "rnnlab.training.shooting:landscape", "seed": 0,
    "arguments": {"T": 400}, "reduced": {"arguments": {"T": 20}}

`python -m rnnlab.building.results NN_name` calls `function(seed=seed, **arguments)`, which returns a dict of
numbers and lists of numbers, once in full and once reduced, and adds `values`, `reduced.values`, `command`,
`versions` and a hash of the code. A test rejects a stale hash and runs the reduced call again.
"""

from __future__ import annotations

import importlib
import json
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from rnnlab.building import code
from rnnlab.building.layout import ROOT, BuildError, write_atomic

RECIPE = {"function", "seed", "arguments", "reduced"}
COMPLETE = RECIPE | {"values", "command", "versions", "code"}


def results_of(lecture: str, root: Path = ROOT) -> list[Path]:
    """The stored results of a lecture, found by its number."""
    return sorted((root / "sources" / "results").glob(f"{lecture[:2]}_*.json"))


def record(path: Path, root: Path = ROOT) -> None:
    """Runs the recipe at `path` and stores what came of it there."""
    stored = _read(path, RECIPE)
    stored["values"] = _call(stored, stored["arguments"])
    stored["reduced"]["values"] = _call(stored, stored["reduced"]["arguments"])
    stored["command"] = f"python -m rnnlab.building.results {path.stem}"
    stored["versions"] = {"python": platform.python_version(), "numpy": version("numpy"), "torch": _torch()}
    stored["code"] = code_hash(stored["function"], root)
    write_atomic(path, json.dumps(stored, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def check_result(path: Path, root: Path = ROOT) -> list[str]:
    """A sentence when a stored result is incomplete, or not of the code that is here now."""
    try:
        stored = _read(path, COMPLETE)
        now = code_hash(stored["function"], root)
    except BuildError as error:
        return error.sentences
    if stored["code"] == now:
        return []
    return [
        f"{path.name}: was made by other code than {stored['function']} runs now"
        f" ({stored['code']}, expected {now}); run `{stored['command']}`"
    ]


def check_reduced(path: Path) -> list[str]:
    """A sentence for each number of the reduced run that does not come out again, to a relative 1e-6."""
    stored = _read(path, COMPLETE)
    again = _call(stored, stored["reduced"]["arguments"])
    return [
        f"{path.name}: reduced {name} gives {again.get(name)}, expected {value}; run `{stored['command']}`"
        for name, value in stored["reduced"]["values"].items()
        if not np.allclose(again.get(name, np.nan), value, rtol=1e-6, atol=1e-12)
    ]


def code_hash(function: str, root: Path = ROOT) -> str:
    """Of the module of "module:function" and every rnnlab module behind it."""
    files = code.closure([function.partition(":")[0]], root)
    if not files:
        raise BuildError(f"{function}: no such module; expected rnnlab.module:function")
    return code.code_digest(files, root)


def _call(recipe: dict[str, Any], arguments: dict[str, Any]) -> dict[str, Any]:
    module, _, function = recipe["function"].partition(":")
    values = getattr(importlib.import_module(module), function)(seed=recipe["seed"], **arguments)
    return {name: np.asarray(value).tolist() for name, value in values.items()}


def _read(path: Path, expected: set[str]) -> dict[str, Any]:
    stored = json.loads(path.read_text("utf-8"))
    if missing := sorted(expected - stored.keys()):
        raise BuildError(
            f"{path.name}: has no {', '.join(missing)}; write its recipe ({', '.join(sorted(RECIPE))})"
            f" and run `python -m rnnlab.building.results {path.stem}`"
        )
    return stored


def _torch() -> str:
    return version("torch").partition("+")[0]


if __name__ == "__main__":
    for name in sys.argv[1:]:
        record(ROOT / "sources" / "results" / f"{name}.json")
