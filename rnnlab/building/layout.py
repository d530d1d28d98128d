"""Which source makes which notebooks, and where everything lies.

sources/lectures/NN_name.py   →  lectures/NN_name.ipynb                                   (executed)
sources/exercises/NN_name.py  →  solutions/NN_name.ipynb (executed), exercises/NN_name.ipynb (unsolved)
"""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).resolve().parents[2]
Kind = Literal["lecture", "solution", "exercise"]
FOLDERS: dict[Kind, str] = {"lecture": "lectures", "solution": "solutions", "exercise": "exercises"}


class BuildError(Exception):
    """Something in a source or a product is wrong: `sentences` say where, what was expected, and the mend."""

    def __init__(self, *sentences: str) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = list(sentences)


@dataclass(frozen=True)
class Product:
    """One notebook that the builder makes, and the source it makes it from."""

    root: Path
    kind: Kind
    name: str

    @property
    def path(self) -> Path:
        return self.root / FOLDERS[self.kind] / f"{self.name}.ipynb"

    @property
    def source(self) -> Path:
        return (
            self.root
            / "sources"
            / ("lectures" if self.kind == "lecture" else "exercises")
            / f"{self.name}.py"
        )

    @property
    def executed(self) -> bool:
        return self.kind != "exercise"

    @property
    def label(self) -> str:
        return self.path.relative_to(self.root).as_posix()


def products(root: Path = ROOT) -> list[Product]:
    """Every notebook that the sources ask for, lectures first."""
    lectures = [Product(root, "lecture", path.stem) for path in _sources(root, "lectures")]
    exercises = [
        Product(root, kind, path.stem)
        for path in _sources(root, "exercises")
        for kind in ("solution", "exercise")
    ]
    return lectures + exercises


def select(names: list[str], root: Path = ROOT) -> list[Product]:
    """The products meant by `names`: `01_name`, `lectures/01_name.ipynb`, or a source's path."""
    chosen = []
    everything = products(root)
    for name in names:
        path = Path(name)
        folder = path.parent.name
        found = [p for p in everything if p.name == path.stem and folder in ("", *_folders(p))]
        if not found:
            known = ", ".join(sorted({p.name for p in everything})) or "none yet"
            raise BuildError(f"{name}: no source of this name; expected one of: {known}")
        chosen += found
    return [p for p in everything if p in chosen] if names else everything


def orphans(root: Path = ROOT) -> list[str]:
    """A sentence for each notebook that no source makes."""
    made = {product.path for product in products(root)}
    found = [path for folder in FOLDERS.values() for path in sorted((root / folder).glob("*.ipynb"))]
    return [
        f"{path.relative_to(root).as_posix()}: no source makes it; delete it, or write its source"
        for path in found
        if path not in made
    ]


def write_atomic(path: Path, content: str | bytes) -> None:
    """Write beside `path`, then move into place: a reader sees the old file or the new one, never a half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content.encode("utf-8") if isinstance(content, str) else content
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _sources(root: Path, folder: str) -> list[Path]:
    found = sorted((root / "sources" / folder).glob("*.py"))
    for path in found:
        if not re.fullmatch(r"\d\d_[a-z0-9_]+", path.stem):
            raise BuildError(
                f"sources/{folder}/{path.name}: expected two digits and a name, as 01_impulse_response.py"
            )
    return found


def _folders(product: Product) -> tuple[str, str]:
    return product.path.parent.name, product.source.parent.name
