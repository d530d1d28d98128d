"""Which statements of a notebook an answer needs: those that bind its name, and so on for the names they use."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

IMPORT = (ast.Import, ast.ImportFrom)
SHOWS = {"check", "print", "display"}


@dataclass(frozen=True)
class Statement:
    """One statement at the top level of a cell, with the names it may change and the names it reads."""

    cell: int
    tree: ast.stmt
    binds: frozenset[str]
    uses: frozenset[str]


def statements(sources: Iterable[str]) -> list[Statement]:
    """Every statement of every cell that Python can read."""
    found = []
    for cell, source in enumerate(sources, start=1):
        try:
            body = ast.parse(source).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        found += [Statement(cell, tree, *_names_of_any(tree)) for tree in body]
    return found


def needed(everything: list[Statement], wanted: Iterable[str]) -> list[Statement]:
    """The statements that may have a part in what `wanted` are at the end, in their order."""
    names, chosen = set(wanted), set()
    growing = True
    while growing:
        growing = False
        for index, one in enumerate(everything):
            if index not in chosen and ("*" in one.binds or not names.isdisjoint(one.binds)):
                chosen.add(index)
                names |= one.uses
                growing = True
    return [everything[index] for index in sorted(chosen)]


def worth_running(everything: list[Statement], wanted: list[Statement]) -> list[Statement]:
    """All but what only shows: pictures, prints and checks, and the imports that nothing else uses."""
    shows = SHOWS.union(*(one.binds for one in everything if _is_import(one, "rnnlab.figures")))
    important = {id(one) for one in wanted}
    kept = [
        one
        for one in everything
        if _called(one.tree) not in shows and (id(one) in important or not _loop_that_shows(one.tree, shows))
    ]
    used = {name for one in kept for name in one.uses}
    return [one for one in kept if not isinstance(one.tree, IMPORT) or not one.binds.isdisjoint(used | {"*"})]


def draws(everything: list[Statement]) -> bool:
    """Whether any of these statements loads what pictures are drawn with."""
    return any(_is_import(one, room) for one in everything for room in ("matplotlib", "rnnlab.figures"))


def _is_import(one: Statement, room: str) -> bool:
    tree = one.tree
    named = isinstance(tree, ast.ImportFrom) and (tree.module or "").startswith(room)
    return named or (isinstance(tree, ast.Import) and any(a.name.startswith(room) for a in tree.names))


def _called(tree: ast.stmt) -> str:
    """x of a statement that is nothing but a call, `x(…)` or `x.y(…)`."""
    return _root(tree.value) if isinstance(tree, ast.Expr) and isinstance(tree.value, ast.Call) else ""


def _loop_that_shows(tree: ast.stmt, shows: set[str]) -> bool:
    """`for …:` with nothing in it but calls of what shows, whether what they give is kept or not."""
    return isinstance(tree, ast.For) and all(
        isinstance(one, ast.Expr | ast.Assign) and _root(one.value) in shows
        for one in tree.body + tree.orelse
    )


def _names_of_any(tree: ast.stmt) -> tuple[frozenset[str], frozenset[str]]:
    """What is nested too deeply to look into may change anything."""
    try:
        return _names(tree)
    except RecursionError:
        return frozenset("*"), frozenset()


def _names(tree: ast.stmt) -> tuple[frozenset[str], frozenset[str]]:
    visitor = _Names()
    visitor.visit(tree)
    return frozenset(visitor.binds), frozenset(visitor.uses)


class _Names(ast.NodeVisitor):
    """`x.y = …`, `x[i] = …` and `x.grow()` as a statement change x, as far as one can see."""

    def __init__(self) -> None:
        self.binds: set[str] = set()
        self.uses: set[str] = set()

    def visit_Name(self, node: ast.Name) -> None:
        (self.uses if isinstance(node.ctx, ast.Load) else self.binds).add(node.id)

    def visit_Global(self, node: ast.Global) -> None:
        self.binds.update(node.names)

    def visit_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        self.binds.update(alias.asname or alias.name.split(".")[0] for alias in node.names)

    visit_ImportFrom = visit_Import

    def visit_Attribute(self, node: ast.Attribute | ast.Subscript) -> None:
        if not isinstance(node.ctx, ast.Load):
            self.binds.add(_root(node))
        self.generic_visit(node)

    visit_Subscript = visit_Attribute

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.uses.add(_root(node.target))
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
            self.binds.add(_root(node.value.func))
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        """What is bound inside stays inside; what is read there may be read from outside."""
        inner = _Names()
        for child in ast.iter_child_nodes(node):
            inner.visit(child)
        self.uses |= inner.uses
        self.binds.add(node.name)
        for part in ast.walk(node):
            if isinstance(part, ast.Global):
                self.binds.update(part.names)

    visit_AsyncFunctionDef = visit_ClassDef = visit_FunctionDef


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call | ast.Starred):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""
