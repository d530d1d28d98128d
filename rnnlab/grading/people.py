"""The roster: who is in the class, where each hands in, and who may be late.

roster.csv has a line of names: id, and where known name, email, folder, extension (in days).
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from rnnlab.grading.submissions import Submission

DAY = timedelta(days=1)


class TableError(Exception):
    """Which table, which line, what came and what was expected."""


@dataclass(frozen=True)
class Person:
    """A student. `folder` is the name of the folder, or the front of the file name, they hand in under."""

    id: str
    name: str = ""
    email: str = ""
    folder: str = ""
    extension: float = 0.0


def read_roster(path: Path) -> list[Person]:
    """Everybody in the roster, in its order."""
    people = []
    for line, row in rows(path, ("id",)):
        try:
            days = float(row.get("extension") or 0)
        except ValueError:
            raise TableError(
                f"{path.name} line {line}: extension {row['extension']!r} is no number of days"
            ) from None
        folder = row.get("folder") or row["id"]
        people.append(Person(row["id"], row.get("name", ""), row.get("email", ""), folder, days))
    for what in ("id", "folder"):
        seen = [getattr(person, what).casefold() for person in people]
        twice = sorted({one for one in seen if seen.count(one) > 1})
        if twice:
            raise TableError(
                f"{path.name}: {what} {', '.join(twice)} comes more than once; each is one student's"
            )
    return people


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
            str(k).strip().casefold(): (v or "").strip()
            for k, v in row.items()
            if k and not isinstance(v, list)
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


def class_of(roster: list[Person] | None, submissions: Iterable[Submission]) -> list[Person]:
    """The roster, or else everybody who handed in; whoever is in neither place comes last."""
    known = {person.folder.casefold() for person in roster or ()}
    others = sorted({one.student for one in submissions if one.student.casefold() not in known})
    return [*(roster or ()), *(Person(name, folder=name) for name in others)]


def days_late(handed_in: datetime, due: datetime, extension: float) -> int:
    """Whole days begun after the time one had."""
    return max(0, math.ceil((handed_in - due - extension * DAY) / DAY))
