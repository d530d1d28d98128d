r"""Numbered equations and their claims: `\tag{1.4}` in the Markdown, `claim("1.4", ...)` in the code.

Every tag is claimed and every claim has a tag. The sheet shows each equation with what its claims printed.
"""

from __future__ import annotations

import ast
import re
from collections import Counter

from nbformat import NotebookNode

from rnnlab.building.source import code_cells, markdown_cells

TAG = re.compile(r"\\tag\{([^}]*)\}")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
DISPLAY = re.compile(r"\$\$.*?\$\$|\\begin\{(align|equation|gather)\*?\}.*?\\end\{\1\*?\}", re.DOTALL)


def tags(notebook: NotebookNode) -> list[str]:
    """The numbers of the equations, in the order of the page."""
    return [tag for _, cell in markdown_cells(notebook) for tag in _tags(cell.source)]


def claims(source: str) -> list[str | None]:
    """The numbers that a cell claims; None for a claim whose number is not written as a string."""
    calls = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Call) and _is_claim(n.func)]
    first = [call.args[0] if call.args else None for call in calls]
    return [n.value if isinstance(n, ast.Constant) and isinstance(n.value, str) else None for n in first]


def check_equations(notebook: NotebookNode, name: str) -> list[str]:
    """A sentence for each tag without a claim, claim without a tag, and number that does not belong here."""
    tagged, found = Counter(tags(notebook)), []
    claimed: set[str] = set()
    for number, cell in code_cells(notebook):
        for tag in claims(cell.source):
            if tag is None:
                found.append(
                    f'{name} cell {number}: a claim without a number; expected claim("1.4", lhs, rhs)'
                )
            elif tag not in tagged:
                found.append(
                    f"{name} cell {number}: claims {tag}, which is no equation here; give one this \\tag"
                )
            else:
                claimed.add(tag)
    for number, cell in markdown_cells(notebook):
        for tag in _tags(cell.source):
            where = f"{name} cell {number}: equation {tag}"
            if tag not in claimed:
                found.append(
                    f"{where} is never claimed; add claim({tag!r}, lhs, rhs), or take its \\tag away"
                )
            if tagged[tag] > 1:
                found.append(f"{where} is numbered {tagged[tag]} times; expected each number once")
            if not re.fullmatch(rf"{int(name[:2])}\.[1-9]\d*", tag):
                found.append(
                    f"{where} is not numbered {int(name[:2])}.n, as the equations of this lecture are"
                )
    return found


def executed(notebook: NotebookNode) -> dict[str, list[str]]:
    """Number → the lines its claims printed in the stored notebook."""
    printed: dict[str, list[str]] = {tag: [] for tag in tags(notebook)}
    for _, cell in code_cells(notebook):
        text = "".join(o.get("text", "") for o in cell.outputs if o.get("name") == "stdout")
        for line in text.splitlines():
            tag = line.partition(")")[0].removeprefix("(")
            if tag in printed and tag in claims(cell.source):
                printed[tag].append(line)
    return printed


def sheet_page(notebook: NotebookNode) -> str:
    """One lecture's page: its title, then each claimed equation above what its claims printed."""
    title = notebook.cells[0].source.partition("\n")[0].lstrip("# ")
    lines = executed(notebook)
    parts = [f"# {title}"]
    for _, cell in markdown_cells(notebook):
        for block in DISPLAY.finditer(cell.source):
            numbers = [tag for tag in TAG.findall(block[0]) if lines.get(tag)]
            if numbers:
                printed = [line for tag in numbers for line in lines[tag]]
                parts += [block[0], "\n".join(f"    {line}" for line in printed)]
    return "\n\n".join(parts) + "\n"


def _tags(markdown: str) -> list[str]:
    """The numbers in a cell's text; what stands in backticks is about tags, and is none."""
    return TAG.findall(CODE.sub("", markdown))


def _is_claim(function: ast.expr) -> bool:
    name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
    return name == "claim"
