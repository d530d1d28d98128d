"""The rules for what a product stores: executed in order, quiet, small, seen by all. One sentence a fault."""

from __future__ import annotations

import base64
import io
import re
import sys
from collections.abc import Iterator
from typing import Any

import nbformat
from nbformat import NotebookNode

from rnnlab.building.layout import ROOT
from rnnlab.building.prune import WIDGET
from rnnlab.building.source import code_cells

LARGEST = 300_000  # bytes
PICTURES = ("image/png", "image/jpeg", "image/svg+xml")
ABSOLUTE = re.compile(
    r"(?<![\w.:/~>-])(?:/(?:home|root|Users|tmp|usr|var|opt|mnt|private|content)/[^\s'\"]*|[A-Za-z]:\\[^\s'\"]*)"
)
ADDRESS = re.compile(r"\b0x[0-9a-f]{8,}\b")


def check_executed(notebook: NotebookNode, name: str) -> list[str]:
    """Every code cell of a lecture or a solution is stored executed, 1, 2, 3, …, with no error or stderr."""
    found = []
    for expected, (number, cell) in enumerate(code_cells(notebook), start=1):
        where = f"{name} cell {number}"
        if cell.execution_count != expected:
            found.append(
                f"{where}: execution count {cell.execution_count}; expected {expected}; run `make build`"
            )
        for output in cell.outputs:
            if output.output_type == "error":
                found.append(f"{where}: stores the error {output.ename}; expected none; mend the source")
            if output.get("name") == "stderr":
                found.append(
                    f"{where}: stores stderr: {output.text.strip()[:80]}; expected none; mend the source"
                )
    return found


def check_outputs(notebook: NotebookNode, name: str) -> list[str]:
    """Size, paths, addresses, pictures and widgets in what the cells left behind."""
    found = []
    size = len(nbformat.writes(notebook).encode())
    if size > LARGEST:
        found.append(
            f"{name}: {size // 1000} kB; expected at most {LARGEST // 1000} kB;"
            f" {_heaviest(notebook)} is the largest; draw fewer or smaller figures"
        )
    if "widgets" in notebook.metadata:
        found.append(f"{name}: stores widget state; expected none; run `make build`")
    for number, cell in code_cells(notebook):
        where = f"{name} cell {number}"
        for mime, content, metadata in _contents(cell):
            if mime in PICTURES:
                found += _check_picture(mime, content, metadata, where)
            elif mime == WIDGET:
                found.append(
                    f"{where}: stores a widget view, whose id changes; expected a picture; run `make build`"
                )
            elif isinstance(content, str):
                found += _check_text(content, where)
    return found


def check_unexecuted(notebook: NotebookNode, name: str) -> list[str]:
    """An unsolved exercise stores no output and no execution count."""
    return [
        f"{name} cell {number}: stores an output; expected an untouched exercise; run `make build`"
        for number, cell in code_cells(notebook)
        if cell.outputs or cell.execution_count is not None
    ]


def _check_picture(mime: str, content: str, metadata: dict, where: str) -> list[str]:
    alt = metadata.get(mime, {}).get("alt", "") if isinstance(metadata.get(mime), dict) else ""
    found = []
    if not alt.strip():
        found.append(f"{where}: a figure without alt text; expected words with numbers that say what is seen")
    if mime == "image/svg+xml":
        found.append(f"{where}: an SVG, which grows to megabytes; expected a PNG of rnnlab.figures")
    if mime == "image/png" and _blank(content):
        found.append(f"{where}: an empty figure, all of one colour; expected something drawn")
    return found


def _check_text(text: str, where: str) -> list[str]:
    found = []
    if re.search(r"<Figure size .* with 0 Axes>", text):
        found.append(f"{where}: an empty figure without axes; expected something drawn")
    for path in [*ABSOLUTE.findall(text), *(own for own in (str(ROOT), sys.prefix) if own in text)][:1]:
        found.append(
            f"{where}: prints the absolute path {path}; expected nothing of this machine; take it out"
        )
    if address := ADDRESS.search(text):
        found.append(f"{where}: prints the address {address[0]}, which changes; print a value instead")
    return found


def _blank(encoded: str) -> bool:
    from PIL import Image

    extrema = Image.open(io.BytesIO(base64.b64decode(encoded))).convert("RGB").getextrema()
    return all(low == high for low, high in extrema)


def _contents(cell: NotebookNode) -> Iterator[tuple[str, Any, dict]]:
    """(mime, content, metadata) for all that the cell stores; a stream counts as text."""
    for output in cell.outputs:
        if "text" in output:
            yield "text/plain", output.text, {}
        for mime, content in output.get("data", {}).items():
            yield mime, content, output.get("metadata", {})


def _heaviest(notebook: NotebookNode) -> str:
    sizes = {number: len(str(cell.outputs)) for number, cell in code_cells(notebook)}
    number = max(sizes, key=lambda n: sizes[n], default=0)
    return f"cell {number} ({sizes.get(number, 0) // 1000} kB)"
