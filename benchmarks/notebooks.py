"""Row: the course's own notebooks, executed from the first cell to the last. Nobody stands beside them.

All import statements of a notebook run first, as a cell of their own, and are timed apart: they are the libraries'
time, not the course's.
"""

from __future__ import annotations

import ast
import os
import tempfile
from pathlib import Path
from time import perf_counter

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode

from rnnlab.building.environment import kernel_environment
from rnnlab.building.execute import CELL_TIMEOUT, QUIET
from rnnlab.building.layout import ROOT

FOLDERS = ("lectures", "solutions")


def seconds() -> dict[str, list[float]]:
    """For each notebook: starting a kernel with all its imports, and all its cells after that."""
    times = {}
    for path in sorted(path for folder in FOLDERS for path in (ROOT / folder).glob("*.ipynb")):
        name = f"{path.parent.name}/{path.stem}"
        times[name] = _executed(nbformat.read(path, as_version=4), path.parent)
        print(f"  {name}: {times[name][1]:.1f} s", flush=True)
    return times


def _executed(notebook: NotebookNode, folder: Path) -> list[float]:
    codes = [cell for cell in notebook.cells if cell.cell_type == "code"]
    first = nbformat.v4.new_code_cell(imports("\n".join(cell.source for cell in codes)))
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=CELL_TIMEOUT,
        resources={"metadata": {"path": str(folder)}},
        config=QUIET,
    )
    with tempfile.TemporaryDirectory(prefix="rnnlab-bench-") as home:
        began = perf_counter()
        with client.setup_kernel(env={**os.environ, **kernel_environment(Path(home))}):
            client.execute_cell(first, 0)
            imported = perf_counter()
            for number, cell in enumerate(codes):
                client.execute_cell(cell, number)
            return [imported - began, perf_counter() - imported]


def imports(source: str) -> str:
    """The import statements of a notebook, wherever they stand, each once."""
    found = (node for node in ast.walk(ast.parse(source)) if isinstance(node, (ast.Import, ast.ImportFrom)))
    return "\n".join(dict.fromkeys(ast.unparse(node) for node in found))
