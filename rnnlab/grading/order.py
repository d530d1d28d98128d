"""What an instructor asks for, and what the run then works with."""

from __future__ import annotations

import ast
import platform
import sys
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rnnlab.grading.corrections import Item
from rnnlab.grading.files import hash_of
from rnnlab.grading.ladder import Rung, key_id
from rnnlab.grading.limits import Limits
from rnnlab.grading.people import Person
from rnnlab.grading.tree import fingerprint
from rnnlab.questions.question import exercises


class GradingError(Exception):
    """Nothing was graded, and why: what came, what was expected, what to do."""


@dataclass(frozen=True)
class Order:
    """One call of `rnnlab grade`."""

    root: Path
    submissions: Path
    out: Path
    key_file: Path
    roster: list[Person] | None = None
    rubric: list[Item] = field(default_factory=list)
    exercises: tuple[str, ...] = ()  # none: what most people handed in
    lms: str = ""
    due: datetime | None = None
    per_day: int = 10  # per cent of the raw marks
    nbgrader: bool = False  # whether a timestamp.txt is nbgrader's
    unsandboxed: bool = False
    engine: str = ""
    jobs: int = 1
    limits: Limits = field(default_factory=Limits)

    def key(self) -> str:
        """The key: any text that students cannot know."""
        try:
            key = self.key_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise GradingError(f"the key {self.key_file} cannot be read ({type(error).__name__})") from None
        if len(key) < 8:
            raise GradingError(
                f"the key in {self.key_file} has {len(key)} characters; expected at least 8 that students cannot know. "
                "Keep it: the same key gives the same marks again."
            )
        return key

    @property
    def hidden(self) -> tuple[Path, ...]:
        """What no sandbox may show even where it lies within a folder that one needs."""
        package = Path(__file__).parents[1]
        return (self.submissions, self.out, self.key_file, package, *(self.root / name for name in PRIVATE))


PRIVATE = ("rnnlab", "solutions", "sources", "tests", ".git")


def exercise_names(root: Path) -> list[str]:
    """Exercises that have a solution, an unsolved version and questions."""
    known = {f"{number:02d}" for number in exercises()}
    names = {path.stem for path in (root / "solutions").glob("[0-9][0-9]_*.ipynb") if path.name[:2] in known}
    return sorted(name for name in names if (root / "exercises" / f"{name}.ipynb").is_file())


def circumstances(order: Order, rung: Rung) -> dict[str, Any]:
    """All that marks depend on besides the notebooks; it opens the full record."""
    return {
        "isolation": str(rung),
        "key": key_id(order.key()),
        "limits": order.limits.plain(),
        "package": fingerprint(),
        "versions": {name: version(name) for name in ("rnnlab", "numpy", "torch")}
        | {"python": platform.python_version(), "system": f"{sys.platform} {platform.machine()}"},
    }


def job_name(around: dict[str, Any], exercise: str, student: str, sources: tuple[str, ...]) -> str:
    """A hash of everything that the marks of one notebook depend on."""
    return hash_of(repr(sorted(around.items())), exercise, student, *sources)


def own_id(sources: tuple[str, ...]) -> str:
    """The `student_id` that a notebook of the course itself sets; only for notebooks that one trusts."""
    for source in sources:
        for node in ast.parse(source).body:
            if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Constant):
                continue
            if "student_id" in {ast.unparse(name) for name in node.targets}:
                return str(node.value.value)
    return "nobody"
