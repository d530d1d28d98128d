"""Which of the package's files a notebook runs, and a hash of them; when it changes, `make build` runs."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable
from pathlib import Path

from nbformat import NotebookNode

from rnnlab.building.source import code_cells


def files_behind(notebook: NotebookNode, number: str, root: Path) -> list[Path]:
    """The files of rnnlab that the notebook's cells import, directly or through one another.

    Where they import `check`, the questions of the notebook's `number` count too, which it finds by name.
    """
    modules = {m for _, cell in code_cells(notebook) for m in imported(cell.source, root)}
    if any(module.startswith("rnnlab.questions") for module in modules):
        asked = (root / "rnnlab" / "questions").glob(f"q{number}_*")
        modules |= {f"rnnlab.questions.{path.stem}" for path in asked}
    return closure(modules, root)


def closure(modules: Iterable[str], root: Path) -> list[Path]:
    """The files of these modules and of every rnnlab module they import in turn, sorted."""
    waiting, found = list(modules), set[Path]()
    while waiting:
        for path in _files(waiting.pop(), root):
            if path not in found:
                found.add(path)
                waiting += imported(path.read_text("utf-8"), root)
    return sorted(found)


def imported(source: str, root: Path) -> set[str]:
    """Dotted names under rnnlab of the modules that `source` imports, or imports a name from."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                names |= _origin(node.module, alias.name, root)
    return {name for name in names if name.split(".")[0] == "rnnlab"}


def _origin(module: str, name: str, root: Path) -> set[str]:
    """Where `from module import name` finds the name; a package that only hands it on does not count."""
    face = root.joinpath(*module.split("."), "__init__.py")
    if not face.is_file():
        return {module}
    for node in ast.walk(ast.parse(face.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module != module:
            handed_on = {alias.asname or alias.name: alias.name for alias in node.names}
            if name in handed_on:
                return _origin(node.module, handed_on[name], root)
    return {module, f"{module}.{name}"}  # of its own making, or a module: whichever has a file


def digest(paths: Iterable[Path], root: Path) -> str:
    """One hash of the names and the text of these files."""
    return _hash((path.relative_to(root).as_posix(), path.read_text("utf-8")) for path in sorted(paths))


def code_digest(paths: Iterable[Path], root: Path) -> str:
    """One hash of what these Python files do: layout, comments and docstrings do not count."""
    sources = ((path.relative_to(root).as_posix(), path.read_text("utf-8")) for path in sorted(paths))
    return _hash((name, repr(_meaning(ast.parse(text)))) for name, text in sources)


def _files(module: str, root: Path) -> list[Path]:
    """The file of a module, or a package's `__init__.py`; none for a name that is neither."""
    path = root.joinpath(*module.split("."))
    return [file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()]


def _meaning(node: object) -> object:
    """A syntax tree as tuples, without docstrings and empty fields: the same under every Python."""
    if isinstance(node, list):
        return tuple(_meaning(item) for item in node)
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = dict(ast.iter_fields(node))
    if (
        isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and ast.get_docstring(node, False) is not None
    ):
        fields["body"] = fields["body"][1:]
    kept = ((name, _meaning(value)) for name, value in fields.items() if value not in (None, []))
    return (type(node).__name__, *kept)


def _hash(parts: Iterable[tuple[str, str]]) -> str:
    total = hashlib.sha256()
    for name, content in parts:
        total.update(f"{name}\0{content}\0".encode())
    return total.hexdigest()[:16]
