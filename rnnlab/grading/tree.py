"""The package as the sandbox sees it: the course's rooms without references, key, grader or builder."""

from __future__ import annotations

import compileall
import hashlib
import json
import shutil
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import rnnlab
from rnnlab.questions.question import questions

ROOMS = ("models", "systems", "gradients", "training", "analysis", "figures", "teaching", "live")
WORDS = (
    "values",
    "asking",
    "forbidding",
    "identity",
    "running",
)  # of questions: nothing of any one question is in them
PACKAGE = Path(rnnlab.__file__).parent


def make_tree(folder: Path, exercises: Sequence[int] = ()) -> Path:
    """Put the package into `folder`, with the numbers of these exercises, and return the folder."""
    package = folder / "rnnlab"
    leave = shutil.ignore_patterns("__pycache__")
    for room in ROOMS:
        if (PACKAGE / room).is_dir():
            shutil.copytree(PACKAGE / room, package / room, ignore=leave)
    for file in ("__init__.py", "arrays.py"):
        shutil.copyfile(PACKAGE / file, package / file)
    _questions(package / "questions", exercises)
    (package / "grading").mkdir()
    for name in ("__init__.py", "crossing.py"):
        shutil.copyfile(PACKAGE / "grading" / name, package / "grading" / name)
    shutil.copytree(PACKAGE / "grading" / "inside", package / "grading" / "inside", ignore=leave)
    compileall.compile_dir(package, quiet=2, workers=1)
    _fonts(folder / "fonts")
    return folder


def _questions(folder: Path, exercises: Sequence[int]) -> None:
    folder.mkdir()
    for word in WORDS:
        shutil.copyfile(PACKAGE / "questions" / f"{word}.py", folder / f"{word}.py")
    shutil.copyfile(PACKAGE / "grading" / "inside" / "questions.py", folder / "__init__.py")
    draws = {one.number: one.draws for number in exercises for one in questions(number) if one.draws}
    (folder / "draws.json").write_text(json.dumps(draws), encoding="utf-8")


def _fonts(folder: Path) -> None:
    """matplotlib looks through every font of a machine where it finds no list: seconds, for each question."""
    import matplotlib.font_manager

    folder.mkdir()
    for made in Path(matplotlib.get_cachedir()).glob("fontlist-*.json"):
        shutil.copyfile(made, folder / made.name)
    assert matplotlib.font_manager.fontManager is not None  # importing it is what makes the list


@cache
def fingerprint() -> str:
    """A hash of every file that can change a mark: the questions, the grader and what students may import."""
    whole = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.relative_to(PACKAGE).parts[0] not in ("cli", "building"):
            whole.update(f"{path.relative_to(PACKAGE).as_posix()}\0".encode() + path.read_bytes())
    return whole.hexdigest()
