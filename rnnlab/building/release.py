"""`rnnlab release DIR`: what students get: lectures, unsolved exercises, and the package with questions as data.

No reference, no solution, no grader and no source of an exercise goes along. Before the folder is put in its
place, every file in it, with every output and all metadata, is searched for the text of every solution.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from rnnlab.building.for_nbgrader import lay_out
from rnnlab.building.layout import BuildError
from rnnlab.building.student import BEGIN, END
from rnnlab.questions.question import exercises, questions
from rnnlab.questions.stored import stored

LEFT_OUT = ("grading", "building")  # rooms of the package that students do not need
FILES: tuple[str, ...] = (
    "README.md",
    "Makefile",
    "LICENSE",
    "LICENSE-TEXT",
    "CITATION.cff",
    "pyproject.toml",
    "constraints.txt",
)
FILES += ("environment.yml", ".github/live.png", ".github/claims.png")
ALONE = 30  # characters from which a single line of a solution is looked for by itself
MODULE = '''"""The questions of exercise {0:02d}, as data."""

from pathlib import Path

from rnnlab.questions.stored import load

QUESTIONS = load(Path(__file__).with_suffix(".json"))
'''


def release(root: Path, folder: Path, nbgrader: bool = False) -> list[str]:
    """Write the release to `folder`, which must not be there yet; a line for each thing written."""
    if folder.exists():
        raise BuildError(f"{folder} is there already; expected a new name, so that nothing of yours is lost")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".release-") as workshop:
        draft = Path(workshop) / "release"
        said = _write(root, draft)
        if nbgrader:
            said.append(lay_out(root, Path(workshop) / "nbgrader"))
        if found := leaks(root, draft):
            raise BuildError(*found)
        draft.replace(folder)
        if nbgrader:
            (Path(workshop) / "nbgrader").replace(folder.with_name(f"{folder.name}-nbgrader"))
    return said


def _write(root: Path, draft: Path) -> list[str]:
    ignore = shutil.ignore_patterns("__pycache__", ".*")
    for name in ("lectures", "exercises"):
        shutil.copytree(root / name, draft / name, ignore=ignore)
    for name in FILES:
        if (root / name).is_file():
            (draft / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(root / name, draft / name)
    readme = draft / "README.md"
    readme.write_text(_for_students(readme.read_text("utf-8")), "utf-8")
    shutil.copytree(root / "rnnlab", draft / "rnnlab", ignore=ignore)
    for room in LEFT_OUT:
        shutil.rmtree(draft / "rnnlab" / room)
    asked = _as_data(draft / "rnnlab" / "questions")
    notebooks = len(list(draft.glob("*/*.ipynb")))
    return [f"{notebooks} notebooks, and the package with {asked} questions as data"]


def _for_students(readme: str) -> str:
    """The README as far as it speaks to students, without the commands that need what does not go along."""
    lines = readme.partition("\n## For instructors")[0].splitlines(keepends=True)
    return "".join(line for line in lines if "make test" not in line and "rnnlab test" not in line)


def _as_data(folder: Path) -> int:
    """Put a table in the place of each module of questions; how many questions there are."""
    count = 0
    for number in exercises():
        (module,) = folder.glob(f"q{number:02d}_*")
        name = module.name.removesuffix(".py")
        shutil.rmtree(module) if module.is_dir() else module.unlink()
        asked = [stored(one) for one in questions(number)]
        (folder / f"{name}.json").write_text(json.dumps(asked, ensure_ascii=False), encoding="utf-8")
        (folder / f"{name}.py").write_text(MODULE.format(number), encoding="utf-8")
        count += len(asked)
    return count


def leaks(root: Path, folder: Path) -> list[str]:
    """A sentence for each file that holds the text of a solution, or a reference."""
    wanted = list(_solutions(root))
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        text = _text(path)
        name = path.relative_to(folder).as_posix()
        if BEGIN in text or END in text:
            found.append(f"{name}: holds a solution's marker; it must not be in a release")
        found += [f"{name}: holds the solution of {where}" for where, answer in wanted if answer in text]
    return found


def _solutions(root: Path) -> Iterator[tuple[str, str]]:
    """(exercise, text) of every answer, and of every line in one that is long enough to be nobody else's.

    A line that a lecture, or the package beside the questions, has as well is not an answer by itself.
    """
    taught = "\n".join(_text(path) for path in _taught(root))
    for source in sorted((root / "sources" / "exercises").glob("*.py")):
        regions = re.findall(rf"{BEGIN}\n(.*?){END}", source.read_text(encoding="utf-8"), re.DOTALL)
        for lines in (_squeeze(region).split("\n") for region in regions):
            if len(lines) > 1:
                yield source.stem, "\n".join(lines)
            yield from ((source.stem, line) for line in lines if len(line) >= ALONE and line not in taught)


def _taught(root: Path) -> Iterator[Path]:
    yield from (root / "sources" / "lectures").glob("*.py")
    aside = {"questions", *LEFT_OUT}
    yield from (
        p for p in (root / "rnnlab").rglob("*.py") if p.relative_to(root / "rnnlab").parts[0] not in aside
    )


def _text(path: Path) -> str:
    """All that can be read in a file; of a notebook every string in it, outputs and metadata too."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""
    if path.suffix == ".ipynb":
        text = "\n".join(_strings(json.loads(text)))
    return _squeeze(text)


def _strings(data: object) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield str(key)
            yield from _strings(value)
    elif isinstance(data, list):
        joined = all(isinstance(one, str) for one in data)
        yield from ["".join(data)] if joined else (text for one in data for text in _strings(one))


def _squeeze(text: str) -> str:
    """Lines without their indentation, their comments and the blank ones between them."""
    lines = (re.sub(r"\s+#\s.*$", "", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)
