"""CSV files that people open in a spreadsheet, fill and save again: read with patience, written without formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a cell begins with that a spreadsheet would run


class TableError(Exception):
    """Which table, which line, what came and what was expected."""


def text_of(lines: Sequence[Sequence[str]]) -> str:
    """CSV in which no cell is a formula: what a spreadsheet would run gets an apostrophe before it."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([[_tame(cell) for cell in line] for line in lines])
    return text.getvalue()


def _tame(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) and cell != "-" else cell


def _untamed(cell: str) -> str:
    """What `_tame` made, as it was: a name from one of our tables is then the same name again."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(FORMULA) else cell


def rows(path: Path, needed: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    """(line number, column → stripped text) of a CSV file with a line of names; blank lines are left out."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise TableError(f"{path.name} is not in UTF-8; save it as CSV UTF-8") from None
    reader = csv.DictReader(io.StringIO(text), delimiter=_separator(text))
    names = [_column(name) for name in reader.fieldnames or ()]
    missing = [name for name in needed if name not in names]
    if missing:
        raise TableError(
            f"{path.name}: its first line names {', '.join(names) or 'nothing'}; expected {needed}"
        )
    found = []
    for row in reader:
        cells = {
            _column(k): _untamed((v or "").strip()) for k, v in row.items() if k and not isinstance(v, list)
        }
        if any(cells.values()):
            if not all(cells.get(name) for name in needed):
                raise TableError(f"{path.name} line {reader.line_num}: each line needs {', '.join(needed)}")
            found.append((reader.line_num, cells))
    return found


def _column(name: str) -> str:
    """E-mail, email and " Email " are one column."""
    return str(name).strip().casefold().replace("-", "")


def _separator(text: str) -> str:
    """Spreadsheets in half of the world write semicolons."""
    first = text.split("\n", 1)[0]
    return ";" if first.count(";") > first.count(",") else ","
