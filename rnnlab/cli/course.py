"""Where the course lies on this computer."""

import tomllib
from pathlib import Path

import rnnlab


class CourseError(Exception):
    """What came, what was expected, what to do: printed as one sentence."""


def course_root(start: Path | None = None) -> Path:
    """The folder of the course: the current one or one above it, else the one rnnlab was installed from."""
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if is_course(folder):
            return folder
    installed_from = Path(rnnlab.__file__).resolve().parents[1]
    if is_course(installed_from):
        return installed_from
    raise CourseError(
        f"found no course in {here} or above it, and this rnnlab was not installed from one. "
        "Go into the folder you cloned (the one with lectures/ and pyproject.toml) and try again."
    )


def is_course(folder: Path) -> bool:
    """A course is a folder whose pyproject.toml describes the project rnnlab."""
    try:
        project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, PermissionError, tomllib.TOMLDecodeError):
        return False
    return project.get("project", {}).get("name") == "rnnlab"
