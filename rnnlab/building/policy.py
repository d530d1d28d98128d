"""The rules for what a source says: constructs, lengths, numbers of equations, links. One sentence a fault.

`policy_outputs.py` has the rules for what a product shows.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode

from rnnlab.building.equations import CODE, check_equations
from rnnlab.building.layout import Kind
from rnnlab.building.source import code_cells, markdown_cells

LECTURE_LINES = 15
FORBIDDEN = {
    "interact": "use rnnlab.live",
    "interactive": "use rnnlab.live",
    "interact_manual": "use rnnlab.live",
    "Output": "use rnnlab.live; an Output widget hides errors",
    "clear_output": "print each thing once",
    "update_display": "print each thing once",
    "display_id": "print each thing once",
    "get_ipython": "write plain Python",
    "input": "write the value into the cell",
    "manual_seed": "pass a seeded generator in",
}
MODULES = {"ipywidgets": "only rnnlab.live imports widgets", "anywidget": "only rnnlab.live imports widgets"}
LINK = re.compile(r"(!?)\[([^\]\n]*)\]\(\s*<?([^)\s>]+)>?[^)]*\)")
HTML = re.compile(r"<(a|img)\b([^>]*)>", re.IGNORECASE)
ATTRIBUTE = re.compile(r"(href|src|alt)\s*=\s*[\"']([^\"']*)[\"']", re.IGNORECASE)


def check_source(notebook: NotebookNode, name: str, kind: Kind) -> list[str]:
    """Every fault in the cells of a notebook that shows before anything is run."""
    found = check_python(notebook, name)
    if found:
        return found  # the other rules read Python
    found += check_constructs(notebook, name)
    if kind == "lecture":
        found += check_lengths(notebook, name) + check_equations(notebook, name)
    return found


def check_python(notebook: NotebookNode, name: str) -> list[str]:
    """Magics, shell commands, and whatever else is not Python."""
    found = []
    for number, cell in code_cells(notebook):
        try:
            ast.parse(cell.source)
        except SyntaxError as error:
            magic = next((x for x in cell.source.split("\n") if re.match(r"\s*([%!?]|.*\?\s*$)", x)), None)
            if magic is not None:
                found.append(
                    f"{name} cell {number}: the magic or command `{magic.strip()}`; expected plain Python"
                )
            else:
                line = error.lineno or 1
                found.append(f"{name} cell {number}: line {line} is not Python: {error.msg}; mend the source")
    return found


def check_constructs(notebook: NotebookNode, name: str) -> list[str]:
    """Semicolons, widgets of its own, updated displays, global seeds."""
    found = []
    for number, cell in code_cells(notebook):
        where = f"{name} cell {number}"
        tokens = tokenize.generate_tokens(io.StringIO(cell.source).readline)
        if any(token.type == tokenize.OP and token.string == ";" for token in tokens):
            found.append(
                f"{where}: a semicolon; expected one statement a line and nothing hidden; take it away"
            )
        used = _names(ast.parse(cell.source))
        found += [
            f"{where}: uses `{word}`, which is forbidden in a notebook; {mend}"
            for word, mend in (FORBIDDEN | MODULES).items()
            if word in used
        ]
    return found


def check_lengths(notebook: NotebookNode, name: str) -> list[str]:
    """Code cells of a lecture are short enough to read at a glance."""
    return [
        f"{name} cell {number}: {lines} lines of code; expected at most {LECTURE_LINES};"
        " split the cell, or put what need not be read into the package"
        for number, cell in code_cells(notebook)
        if (lines := cell.source.count("\n") + 1) > LECTURE_LINES
    ]


def check_links(notebook: NotebookNode, name: str, folder: Path) -> list[str]:
    """Links go to the web, to a heading of this page, or to a file that a reader's copy also has.

    Notebooks link to one another, so this is for when all are built. `folder` is where the notebook lies.
    """
    found = []
    headings = {
        _anchor(h) for _, c in markdown_cells(notebook) for h in re.findall(r"^#+ (.*)$", c.source, re.M)
    }
    anchors = {a for _, c in markdown_cells(notebook) for a in re.findall(r"\bid=[\"']([^\"']+)", c.source)}
    for number, cell in markdown_cells(notebook):
        where = f"{name} cell {number}"
        for image, text, target in _targets(CODE.sub("", cell.source)):
            path, _, anchor = target.partition("#")
            if image and not text.strip():
                found.append(f"{where}: the image {target} has no alt text; say what is seen on it")
            if re.match(r"https?://|mailto:|data:|attachment:", target):
                continue
            if path and not (folder / path).exists():
                found.append(
                    f"{where}: the link {target} leads nowhere from {folder.name}/; mend it or take it out"
                )
            elif path and (folder / path).resolve().parent.name not in ("lectures", "exercises"):
                found.append(
                    f"{where}: the link {target} leaves lectures/ and exercises/, all that a reader has"
                )
            elif not path and anchor not in headings | anchors:
                found.append(f"{where}: the link {target} leads to no heading of this notebook; mend it")
    return found


def _targets(markdown: str) -> Iterator[tuple[bool, str, str]]:
    """(is an image, its text, where it leads) for each link and image, Markdown's and HTML's."""
    for mark, text, target in LINK.findall(markdown):
        yield bool(mark), text, target
    for tag, attributes in HTML.findall(markdown):
        values = {key.lower(): value for key, value in ATTRIBUTE.findall(attributes)}
        target = values.get("src", values.get("href"))
        if target is not None:
            yield tag.lower() == "img", values.get("alt", ""), target


def _anchor(heading: str) -> str:
    """Jupyter's name for a heading: its words joined by hyphens."""
    return re.sub(r"[*_`]", "", heading.strip()).replace(" ", "-")


def _names(tree: ast.AST) -> set[str]:
    """Every name, attribute, keyword and imported module that the code mentions."""
    used: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            used.add(node.id)
        elif isinstance(node, ast.Attribute):
            used.add(node.attr)
        elif isinstance(node, ast.keyword) and node.arg:
            used.add(node.arg)
        elif isinstance(node, ast.alias):
            used |= {node.name.split(".")[0], node.name.split(".")[-1]}
        elif isinstance(node, ast.ImportFrom) and node.module:
            used.add(node.module.split(".")[0])
    return used
