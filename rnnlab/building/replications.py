"""Every number set beside a published one, gathered from the executed lectures into one table."""

from __future__ import annotations

from pathlib import Path

from nbformat import NotebookNode

from rnnlab.building.layout import ROOT, products
from rnnlab.building.products import load
from rnnlab.building.source import code_cells

MIME = "application/vnd.rnnlab.published+json"
HEAD = """# Replications

Published numbers, and what the lectures of this course get.
A number is reproduced when ours lies in the band.
The build gathers this table from the executed lectures, the failures too.

| what | published | source | ours | band | verdict | lecture |
|---|---|---|---|---|---|---|
"""


def published_in(notebook: NotebookNode) -> list[dict]:
    """The rows that the stored outputs of a lecture carry, in order."""
    outputs = [output for _, cell in code_cells(notebook) for output in cell.outputs]
    return [output["data"][MIME] for output in outputs if MIME in output.get("data", {})]


def replications(root: Path = ROOT) -> list[tuple[str, dict]]:
    """(lecture, row) of all lectures that are built."""
    built = [p for p in products(root) if p.kind == "lecture" and p.path.exists()]
    return [(product.name, row) for product in built for row in published_in(load(product))]


def replications_table(root: Path = ROOT) -> str:
    """The text of lectures/replications.md."""
    rows = []
    for lecture, row in replications(root):
        verdict = "reproduced" if row["reproduced"] else "**not reproduced**"
        band = " to ".join(map(str, row["band"]))
        cells = [row["what"], row["value"], row["source"], row["ours"], band, verdict]
        plain = [str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells]
        rows.append(f"| {' | '.join(plain)} | [{lecture[:2]}]({lecture}.ipynb) |\n")
    return HEAD + "".join(rows)
