"""Find each student's notebooks. Three layouts are known, and nothing is ever written there.

submissions/<student>/01_name.ipynb                 a folder each
submissions/<student>/01_name/01_name.ipynb         nbgrader's submitted/
submissions/<student>_01_name.ipynb                 all in one folder, as learning platforms export them
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

SKIPPED = (".ipynb_checkpoints", "__MACOSX")


@dataclass(frozen=True)
class Submission:
    """One notebook of one student; `note` says what was odd about finding it."""

    student: str
    exercise: str
    path: Path
    note: str = ""


def find(folder: Path, exercises: Iterable[str]) -> list[Submission]:
    """Every notebook whose name holds that of an exercise, one for each student and exercise."""
    found: dict[tuple[str, str], list[Path]] = {}
    spelt: dict[str, str] = {}  # Ann and ann are one student: on many disks they cannot both be
    names = sorted(exercises)
    for path in sorted(folder.rglob("*.ipynb")):
        inside = path.relative_to(folder)
        if any(part in SKIPPED for part in inside.parts) or not _is_file(path):
            continue
        for exercise in names:
            if _named(exercise, _plain(path.stem)):
                student = _student(inside, exercise)
                student = spelt.setdefault(same_name(student), student)
                found.setdefault((student, exercise), []).append(path)
    return [_chosen(student, exercise, paths) for (student, exercise), paths in sorted(found.items())]


def strangers(folder: Path, exercises: Iterable[str]) -> list[Path]:
    """Notebooks whose name holds no exercise's, which therefore nobody marks."""
    known = {one.path for one in find(folder, exercises)}
    every = (p for p in sorted(folder.rglob("*.ipynb")) if not any(part in SKIPPED for part in p.parts))
    names = tuple(exercises)
    return [p for p in every if p not in known and not any(_named(n, _plain(p.stem)) for n in names)]


def same_name(name: str) -> str:
    """What two spellings of one name have in common: Ann and ann, an é of one character and of two; not ß and ss."""
    return unicodedata.normalize("NFC", name).lower()


def _named(exercise: str, stem: str) -> re.Match[str] | None:
    """Where in a file's name the exercise's is, in capitals or not; both keep their length, as in Strauß or İpek."""
    return re.search(re.escape(exercise), stem, re.IGNORECASE)


def _is_file(path: Path) -> bool:
    """Whether there is a notebook as far as one can see; one that nobody may look at is marked as unreadable."""
    try:
        return path.is_file()
    except OSError:
        return True


def _student(inside: Path, exercise: str) -> str:
    if len(inside.parts) > 1:
        return _plain(inside.parts[0])
    where = _named(exercise, _plain(inside.stem))
    before = where.string[: where.start()] if where else ""
    return before.strip(" _-.") or "nobody"


def _chosen(student: str, exercise: str, paths: list[Path]) -> Submission:
    """Of several notebooks the one that has exactly the exercise's name, else the last one saved."""
    exact = [path for path in paths if _plain(path.stem) == exercise]
    path = exact[0] if len(exact) == 1 else max(paths, key=lambda p: (_saved(p), p.name))
    others = ", ".join(sorted(_plain(p.name) for p in paths if p != path))
    return Submission(
        student, exercise, path, f"handed in more than once; not marked: {others}" if others else ""
    )


def _saved(path: Path) -> float:
    try:
        return path.lstat().st_mtime
    except OSError:
        return 0.0


def _plain(name: str) -> str:
    """One way to write each letter, ü being one character on some systems and two on others, and only what prints."""
    letters = os.fsencode(re.sub(r"\s+", " ", name)).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else "?" for c in unicodedata.normalize("NFC", letters))
