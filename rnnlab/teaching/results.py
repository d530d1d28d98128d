"""`result("04_name")`: the stored numbers of work that takes longer than a lecture may run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "sources" / "results"


def result(name: str) -> dict[str, Any]:
    """The values of a stored result, and one line that says how to get them again."""
    path = FOLDER / f"{name}.json"
    if not path.exists():
        there = ", ".join(sorted(p.stem for p in FOLDER.glob("*.json"))) or "none"
        raise ValueError(f"no stored result {name!r} in the course's folder; there are: {there}")
    stored = json.loads(path.read_text("utf-8"))
    print(f"Stored result {name} (seed {stored['seed']}). To compute it again: {stored['command']}")
    return stored["values"]
