"""`make pull NB=lectures/01_name.ipynb`: edits made in Lab, brought back into the source.

It refuses when it cannot tell what was meant: an unsolved exercise, a source that changed too, a card, a map.
"""

from __future__ import annotations

from pathlib import Path

from nbformat import NotebookNode

from rnnlab.building.layout import ROOT, BuildError, Product, products, write_atomic
from rnnlab.building.products import fill, load, source_hash, touched
from rnnlab.building.source import blanks, read, write


def pull(path: Path | str, root: Path = ROOT) -> int:
    """Writes the edited cells of a lecture or a solution into its source. 0 when that went well."""
    try:
        product = _find(Path(path), root)
        print(_pull(product))
        return 0
    except BuildError as error:
        print(error)
        return 1


def _pull(product: Product) -> str:
    source = product.source.relative_to(product.root).as_posix()
    if not product.executed:
        raise BuildError(
            f"{product.label}: an exercise is made from its solution; edit solutions/ or {source}"
        )
    stored = load(product)
    if not touched(product):
        return f"{product.label}: is as it was built; nothing to pull"
    old = product.source.read_text("utf-8")
    built_from = stored.metadata.get("rnnlab", {}).get("made_from", {}).get("source")
    if built_from != source_hash(product):
        raise BuildError(
            f"{product.label}: {source} has changed since this was built, and so has the notebook;"
            " carry the edits over by hand, delete the notebook and run `make build`"
        )
    stored.cells = [cell for cell in stored.cells if cell.source.strip()]
    text = write(stored, old, fill)
    _check(text, old, stored, product)
    if text == old:
        return f"{product.label}: its text is as in {source}; nothing to pull; run `make build`"
    write_atomic(product.source, text)
    return f"{source}: written from {product.label}; look at the difference, then run `make build`"


def _check(text: str, old: str, edited: NotebookNode, product: Product) -> None:
    """What was pulled must read back as what was edited, blanks and all."""
    back = read(text, product.name, fill).cells
    for number, (is_now, wanted) in enumerate(zip(back, edited.cells, strict=False), start=1):
        if (is_now.cell_type, is_now.source.rstrip()) != (wanted.cell_type, wanted.source.rstrip()):
            raise BuildError(
                f"{product.label} cell {number}: cannot be written as percent text; edit the source"
            )
    if len(back) != len(edited.cells):
        raise BuildError(
            f"{product.label}: {len(edited.cells)} cells came back as {len(back)}; edit the source"
        )
    lost = sorted(set(blanks(old)) - set(blanks(text)))
    if lost:
        raise BuildError(
            f"{product.label}: the text of {{{{ {lost[0]} }}}} was edited or deleted; the package writes it;"
            " put it back as it was, and edit rnnlab/questions/ or rnnlab/building/syllabus.py"
        )


def _find(path: Path, root: Path) -> Product:
    for product in products(root):
        if product.path.resolve() in (path.resolve(), (root / path).resolve()):
            return product
    raise BuildError(f"{path}: not a product of the builder; expected one such as lectures/01_name.ipynb")
