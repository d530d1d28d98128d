"""The code cells of a notebook file, whichever front end saved it. Nothing in it is run or believed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rnnlab.grading.limits import MIB

LARGEST = 50 * MIB  # what is made to take memory takes twenty times its size


class Unreadable(Exception):
    """Why there are no cells to run, as a sentence for the student."""


def code_cells(path: Path) -> tuple[str, ...]:
    """The sources of all code cells: nbformat 4, and 3 with its worksheets."""
    try:
        if path.is_symlink():
            raise Unreadable("It is a link to another file; hand in the notebook itself.")
        size = path.stat().st_size
        if size > LARGEST:
            raise Unreadable(
                f"The file has {size // MIB} MB; at most {LARGEST // MIB} can be read. Clear its outputs."
            )
        notebook = json.loads(path.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError, MemoryError, OSError) as error:
        raise Unreadable(
            f"The file is not a whole notebook ({type(error).__name__}); save it again."
        ) from None
    found = _cells(notebook)
    if found is None:
        raise Unreadable("The file is not a notebook; hand in the .ipynb file that Jupyter saves.")
    return tuple(source.replace("\r\n", "\n").replace("\r", "\n") for source in found)


def _cells(notebook: Any) -> list[str] | None:
    """None where it has another form than a notebook."""
    if not isinstance(notebook, dict):
        return None
    cells = notebook.get("cells")
    if cells is None and isinstance(notebook.get("worksheets"), list):
        sheets = [sheet.get("cells") for sheet in notebook["worksheets"] if isinstance(sheet, dict)]
        cells = [cell for sheet in sheets if isinstance(sheet, list) for cell in sheet]
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        return None
    sources = [c.get("source", c.get("input", "")) for c in cells if c.get("cell_type") == "code"]
    lines = ["".join(s) if isinstance(s, list) and all(isinstance(x, str) for x in s) else s for s in sources]
    return lines if all(isinstance(line, str) for line in lines) else None
