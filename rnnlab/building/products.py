"""What a product should be, what it is, and why the two differ: found out without executing anything.

A product's metadata carries the hashes of what it was built from (source, package code, pins) and of itself.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from rnnlab.building import code, student
from rnnlab.building.layout import BuildError, Product
from rnnlab.building.results import results_of
from rnnlab.building.source import code_cells, read
from rnnlab.building.syllabus import course_map

SHOWN = re.compile(r"`(rnnlab/[\w/]+\.py)`\n```python\n(.*?)\n```", re.DOTALL)


def compose(product: Product) -> NotebookNode:
    """The unexecuted notebook that the source asks for now."""
    notebook = read(product.source.read_text("utf-8"), product.name, fill)
    if product.kind == "lecture":
        return notebook
    try:
        student.add_grading_metadata(notebook, product.name, points)
        return notebook if product.kind == "solution" else student.student_version(notebook, product.name)
    except SyntaxError as error:
        raise BuildError(f"{product.name}: a cell is not Python: {error}; mend the source") from None


def fill(words: str) -> str:
    """What stands in a source as `{{ card 1.1 }}` (a question's card) or `{{ map }}` (of the lectures)."""
    from rnnlab.questions import card_markdown

    if words == "map":
        return course_map("lectures")
    try:
        what, number = words.split()
        if what == "card":
            return card_markdown(number)
        raise ValueError("expected `card 1.1` or `map`")
    except ValueError as error:
        raise BuildError(f"{{{{ {words} }}}}: {error}; mend the source or write the question") from None


def points(question: str) -> float:
    """What a question is worth."""
    from rnnlab.questions.question import question as find

    try:
        return find(question).points
    except ValueError as error:
        raise BuildError(f'check("{question}", …): {error}; mend the source or write the question') from None


def load(product: Product) -> NotebookNode:
    """The product as it is stored."""
    try:
        return nbformat.read(product.path, as_version=4)
    except FileNotFoundError:
        raise BuildError(f"{product.label}: is not there; run `make build`") from None
    except Exception as error:
        raise BuildError(
            f"{product.label}: is not a notebook ({error}); delete it and run `make build`"
        ) from None


def hashes(product: Product, expected: NotebookNode) -> dict[str, str]:
    """Of everything the product is made from; `expected` is its unexecuted notebook."""
    files = code.files_behind(expected, product.name[:2], product.root)
    pins = product.root / "constraints.txt"
    return {
        "source": source_hash(product),
        "code": code.code_digest(files, product.root),
        "pins": code.digest([pins] if pins.exists() else [], product.root),
    }


def source_hash(product: Product) -> str:
    """Of the source and of the stored results that it may read."""
    return code.digest([product.source, *results_of(product.name, product.root)], product.root)


def seal(notebook: NotebookNode, product: Product, made_from: dict[str, str]) -> str:
    """The text of the finished product, its hashes and its own in its metadata."""
    source = product.source.relative_to(product.root).as_posix()
    notebook.metadata["rnnlab"] = {"kind": product.kind, "source": source, "made_from": made_from}
    notebook.metadata["rnnlab"]["product"] = _own_hash(json.loads(nbformat.writes(notebook)))
    return nbformat.writes(notebook, ensure_ascii=False).rstrip("\n") + "\n"


def edited_by_hand(product: Product) -> list[str]:
    """One sentence when overwriting the product would lose what a person wrote into it; else none."""
    if not touched(product) or _written(load(product)) == _written(compose(product)):
        return []
    pull = f"`make pull NB={product.label}` brings the edits into the source"
    mend = pull if product.executed else f"edit {product.source.relative_to(product.root).as_posix()} instead"
    return [
        f"{product.label}: was edited by hand and is not overwritten; {mend}; deleting it throws them away"
    ]


def touched(product: Product) -> bool:
    """Whether the stored product is anything else than what the builder wrote there."""
    try:
        content = json.loads(product.path.read_text("utf-8"))
        return content["metadata"]["rnnlab"]["product"] != _own_hash(content)
    except FileNotFoundError:
        return False
    except (ValueError, KeyError, TypeError):
        return True


def stale(product: Product) -> list[str]:
    """A sentence for each way in which the stored product is not what the source and the package say now."""
    if not product.path.exists():
        return [f"{product.label}: is not built; run `make build`"]
    found = edited_by_hand(product)
    if found:
        return found
    stored, expected = load(product), compose(product)
    if _cells(stored) != _cells(expected):
        number = _first_difference(_cells(stored), _cells(expected))
        found.append(f"{product.label} cell {number}: differs from its source; run `make build`")
    elif touched(product):
        found.append(f"{product.label}: was changed after it was built; run `make build`")
    return found + _stale_shown(stored, product)


def reasons_to_build(product: Product) -> list[str]:
    """Why `make build` rebuilds a product, in a word each; empty when nothing it is made from has changed."""
    if not product.path.exists():
        return ["new"]
    was = load(product).metadata.get("rnnlab", {}).get("made_from", {})
    now = hashes(product, compose(product))
    return [what for what in now if was.get(what) != now[what]] or (["product"] if stale(product) else [])


def _stale_shown(stored: NotebookNode, product: Product) -> list[str]:
    """Stored outputs of show(f) whose source is no longer what the package says."""
    found = []
    for number, cell in code_cells(stored):
        where = f"{product.label} cell {number}"
        for output in cell.outputs:
            for file, text in SHOWN.findall(output.get("data", {}).get("text/markdown", "")):
                if not _still_says(product.root / file, text):
                    found.append(f"{where}: shows code that is not in {file} any more; run `make build`")
    return found


def _still_says(path: Path, text: str) -> bool:
    """Whether one whole function or class of the file reads exactly so, as inspect.getsource takes it."""
    if not path.exists():
        return False
    lines = path.read_text("utf-8").splitlines(keepends=True)
    first = text.split("\n")[0]
    starts = [n for n, line in enumerate(lines) if line.rstrip("\n") == first]
    return any("".join(inspect.getblock(lines[n:])).rstrip() == text for n in starts)


def _written(notebook: NotebookNode) -> list[tuple]:
    """What a person may have written: the cells' text and tags, not outputs or ids; empty cells left out."""
    cells = (cell for cell in notebook.cells if cell.source.strip())
    return [(cell.cell_type, cell.source.rstrip(), list(cell.metadata.get("tags", []))) for cell in cells]


def _cells(notebook: NotebookNode) -> list[tuple]:
    return [(c.id, c.cell_type, c.source, json.dumps(c.metadata, sort_keys=True)) for c in notebook.cells]


def _first_difference(a: list[tuple], b: list[tuple]) -> int:
    return next((n for n, (x, y) in enumerate(zip(a, b, strict=False), 1) if x != y), min(len(a), len(b)) + 1)


def _own_hash(content: dict) -> str:
    """Of a notebook's content, its own hash left out; layout of the JSON does not count."""
    bare = json.loads(json.dumps(content))
    bare["metadata"]["rnnlab"].pop("product", None)
    return hashlib.sha256(json.dumps(bare, sort_keys=True).encode()).hexdigest()[:16]
