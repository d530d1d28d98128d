"""`make build`, and the sheet of equations: from sources to products, one way.

read → rules for sources → execute → prune → rules for outputs → seal → move into place
"""

from __future__ import annotations

import time
from copy import deepcopy
from pathlib import Path

from nbformat import NotebookNode

from rnnlab.building.equations import sheet_page, tags
from rnnlab.building.execute import execute
from rnnlab.building.layout import ROOT, BuildError, Product, orphans, products, select, write_atomic
from rnnlab.building.policy import check_links, check_source
from rnnlab.building.policy_outputs import check_executed, check_outputs
from rnnlab.building.products import compose, edited_by_hand, hashes, load, reasons_to_build, seal
from rnnlab.building.prune import prune
from rnnlab.building.replications import replications_table
from rnnlab.building.results import check_result, results_of
from rnnlab.building.student import leftovers
from rnnlab.building.syllabus import readme


def build(names: list[str], everything: bool = False, root: Path = ROOT) -> int:
    """Builds what changed among `names` (all sources when empty), or all of it. 0 when nothing failed."""
    try:
        chosen = select(names, root)
    except BuildError as error:
        print(error)
        return 1
    failed = [product for product in chosen if not _built(product, everything)]
    try:
        _write_tables(root)
        loose = orphans(root) + [fault for product in chosen for fault in dead_links(product)]
    except BuildError as error:
        loose = error.sentences
    print("".join(f"{fault}\n" for fault in loose), end="")
    return 1 if failed or loose else 0


def equation_sheet(root: Path = ROOT) -> Path:
    """Writes every claimed equation, a page a lecture, to build/equations.md; its path."""
    built = [load(p) for p in products(root) if p.kind == "lecture" and p.path.exists()]
    pages = [sheet_page(notebook) for notebook in built if tags(notebook)]
    path = root / "build" / "equations.md"
    write_atomic(path, '\n<div style="page-break-after: always"></div>\n\n'.join(pages))
    return path


def dead_links(product: Product) -> list[str]:
    """A sentence for each link of a built product that leads nowhere."""
    return check_links(load(product), product.name, product.path.parent) if product.path.exists() else []


def _built(product: Product, everything: bool) -> bool:
    """Builds one product where that is needed, and says what became of it."""
    try:
        print(f"{product.label}: {_build(product, everything)}", flush=True)
    except BuildError as error:
        print(f"{product.label}: not built\n{error}", flush=True)
        return False
    return True


def _build(product: Product, everything: bool) -> str:
    notebook = compose(product)
    _refuse(check_source(notebook, product.name, product.kind))
    _refuse(edited_by_hand(product))
    why = ["all"] if everything else reasons_to_build(product)
    if not why:
        return "up to date"
    started = time.perf_counter()
    text = _make(notebook, product)
    same = product.path.exists() and product.path.read_text("utf-8") == text
    if not same:
        write_atomic(product.path, text)
    outcome = "same bytes as before" if same else "written"
    return f"{outcome} ({', '.join(why)}; {time.perf_counter() - started:.1f} s)"


def _make(notebook: NotebookNode, product: Product) -> str:
    """The text of the finished product, from the unexecuted notebook."""
    _refuse(
        [
            fault
            for path in results_of(product.name, product.root)
            for fault in check_result(path, product.root)
        ]
    )
    made_from = hashes(product, notebook)
    if product.executed:
        execute(notebook, product.name, product.path.parent, product.root)
        prune(notebook, product.name)
        _refuse(check_executed(notebook, product.name))
    else:
        _check_unsolved(notebook, product)
    text = seal(notebook, product, made_from)
    _refuse(check_outputs(notebook, product.name))
    return text


def _check_unsolved(notebook: NotebookNode, product: Product) -> None:
    """The exercise holds no answer, and runs without an error before anything is filled in."""
    solution = compose(Product(product.root, "solution", product.name))
    _refuse(leftovers(solution, notebook, product.name))
    trial = deepcopy(notebook)
    execute(trial, f"{product.name} (unsolved)", product.path.parent, product.root)


def _write_tables(root: Path) -> None:
    for path, text in (
        (root / "lectures" / "replications.md", replications_table(root)),
        (root / "README.md", readme(root)),
    ):
        if text and (not path.exists() or path.read_text("utf-8") != text):
            write_atomic(path, text)
    print(f"equation sheet: {equation_sheet(root).relative_to(root).as_posix()}")


def _refuse(sentences: list[str]) -> None:
    if sentences:
        raise BuildError(*sentences)
