"""The roster: who is in the class, where each hands in, and who may be late.

roster.csv has a line of names: id, and where known name, email, folder, extension (in days).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from rnnlab.grading.spreadsheet import TableError, rows
from rnnlab.grading.submissions import Submission, same_name

DAY = timedelta(days=1)
STRANGER = " (not in the roster)"


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
        seen = [same_name(getattr(person, what)) for person in people]
        twice = sorted({one for one in seen if seen.count(one) > 1})
        if twice:
            raise TableError(
                f"{path.name}: {what} {', '.join(twice)} comes more than once; each is one student's"
            )
    return people


def class_of(roster: list[Person] | None, submissions: Iterable[Submission]) -> list[Person]:
    """The roster, or else everybody who handed in; whoever is in neither place comes last, under an id of their own.

    A folder may bear the name of somebody's id in the roster whose folder is another: it is not theirs.
    """
    known = {same_name(person.folder) for person in roster or ()}
    ids = {same_name(person.id) for person in roster or ()}
    people = list(roster or ())
    for name in sorted({one.student for one in submissions if same_name(one.student) not in known}):
        own = name
        while same_name(own) in ids:
            own += STRANGER
        ids.add(same_name(own))
        people.append(Person(own, folder=name))
    return people


def days_late(handed_in: datetime, due: datetime, extension: float) -> int:
    """Whole days begun after the time one had."""
    return max(0, math.ceil((handed_in - due - extension * DAY) / DAY))
