"""Percent text → the cells of a notebook, and back. Jupytext converts; nothing is paired or kept in step."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator

import jupytext
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from rnnlab.building.layout import BuildError

BLANK = re.compile(r"^\{\{ (.+?) \}\}$", re.MULTILINE)  # a line of Markdown such as {{ card 1.1 }}
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"},
}
Fill = Callable[[str], str]  # the words of a blank → Markdown


def read(text: str, name: str, fill: Fill) -> NotebookNode:
    """The unexecuted notebook of a source: its blanks filled, its cells' ids made from what they say."""
    notebook = new_notebook(metadata=METADATA)
    ids = Counter[str]()
    for index, cell in enumerate(jupytext.reads(text, fmt="py:percent").cells, start=1):
        if cell.cell_type not in ("code", "markdown") or not cell.source.strip():
            raise BuildError(
                f"{name} cell {index}: an empty or {cell.cell_type} cell;"
                " expected Markdown or code with something in it; delete the cell"
            )
        content = hashlib.sha256(f"{cell.cell_type}\n{cell.source}".encode()).hexdigest()[:12]
        ids[content] += 1
        identity = content if ids[content] == 1 else f"{content}-{ids[content]}"
        if cell.cell_type == "code":
            made = new_code_cell(cell.source, id=identity)
        else:
            made = new_markdown_cell(BLANK.sub(lambda blank: fill(blank[1]), cell.source), id=identity)
        if cell.metadata.get("tags"):
            made.metadata["tags"] = list(cell.metadata["tags"])
        notebook.cells.append(made)
    if not notebook.cells or notebook.cells[0].cell_type != "markdown":
        raise BuildError(
            f"{name} cell 1: expected a Markdown cell with the title; begin with `# %% [markdown]`"
        )
    return notebook


def write(notebook: NotebookNode, old: str, fill: Fill) -> str:
    """Percent text of `notebook`. Cells that are as they were in the `old` text keep their layout there."""
    before = jupytext.reads(old, fmt="py:percent").cells
    layout = {(cell.cell_type, cell.source): cell.metadata for cell in before}
    filled = {fill(words): f"{{{{ {words} }}}}" for words in blanks(old)}
    out = new_notebook(
        metadata={"jupytext": {"notebook_metadata_filter": "-all", "cell_metadata_filter": "tags,-all"}}
    )
    for cell in notebook.cells:
        source = cell.source
        for rendered, short in filled.items():
            source = source.replace(rendered, short)
        make = new_code_cell if cell.cell_type == "code" else new_markdown_cell
        made = make(source, metadata=layout.get((cell.cell_type, source), {}))
        if cell.metadata.get("tags"):
            made.metadata["tags"] = cell.metadata["tags"]
        out.cells.append(made)
    text = jupytext.writes(out, fmt="py:percent")
    text = re.sub(r"\A# ---\n(#.*\n)*?# ---\n\n", "", text)
    return text if text.endswith("\n") else text + "\n"


def blanks(text: str) -> list[str]:
    """The words of the blanks that a source leaves to be filled: `card 1.1`, `map`."""
    cells = jupytext.reads(text, fmt="py:percent").cells
    return [words for cell in cells if cell.cell_type == "markdown" for words in BLANK.findall(cell.source)]


def code_cells(notebook: NotebookNode) -> Iterator[tuple[int, NotebookNode]]:
    """(number, cell) of the code cells; a cell's number counts all cells from 1."""
    return ((n, cell) for n, cell in enumerate(notebook.cells, start=1) if cell.cell_type == "code")


def markdown_cells(notebook: NotebookNode) -> Iterator[tuple[int, NotebookNode]]:
    """(number, cell) of the Markdown cells, numbered among all cells."""
    return ((n, cell) for n, cell in enumerate(notebook.cells, start=1) if cell.cell_type == "markdown")
