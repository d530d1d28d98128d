"""The reader's own copy of the course in my/: made once, never overwritten, told of newer editions."""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

FOLDERS = ("lectures", "exercises")  # solutions stay where they are
MANIFEST = ".editions.json"  # path in my/ → hash of the course's edition last put there


def hand_out(root: Path) -> list[str]:
    """Bring my/ up to date with the course and return what there is to say, a line each.

    Three hashes of a file decide: the course's, the one last handed out, and the reader's. Where the reader's
    is the one handed out, the reader has not changed the file, and only then may it be replaced.
    """
    mine = root / "my"
    given = read_manifest(mine / MANIFEST)
    new, said = 0, []
    for path in course_files(root):
        edition = (root / path).read_bytes()
        target = mine / path
        key = path.as_posix()
        before, last = digest(target), given.get(key)
        given[key] = digest_of(edition)
        if before == given[key]:
            continue
        if before is None:
            write(target, edition)
            new += last is None
            if last is not None:
                said.append(f"my/{key} was gone: here it is again")
        elif before == last:
            write(target, edition)
            said.append(f"my/{key} is now the newer edition (you had not changed it)")
        elif given[key] != last:
            beside = free_name(mine, path, given)
            write(mine / beside, edition)
            given[beside.as_posix()] = given[key]
            said.append(f"my/{key} is yours and stays; the newer edition is my/{beside.as_posix()}")
    if new:
        files = "file" if new == 1 else "files"
        said.insert(0, f"{new} new {files} in my/: your own copy, change what you like")
    write(mine / MANIFEST, (json.dumps(given, indent=0, sort_keys=True) + "\n").encode())
    return said


def course_files(root: Path) -> Iterator[Path]:
    """Every file under lectures/ and exercises/, relative to the course, hidden ones left out."""
    for folder in FOLDERS:
        for file in sorted((root / folder).rglob("*")):
            path = file.relative_to(root)
            if file.is_file() and not any(part.startswith(".") for part in path.parts):
                yield path


def free_name(mine: Path, path: Path, given: dict[str, str]) -> Path:
    """01_x.new-edition.ipynb, or 01_x.new-edition-2.ipynb … : the first the reader has not worked in."""
    count = 1
    while True:
        number = "" if count == 1 else f"-{count}"
        beside = path.with_name(f"{path.stem}.new-edition{number}{path.suffix}")
        if digest(mine / beside) in (None, given.get(beside.as_posix())):
            return beside
        count += 1


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def digest(file: Path) -> str | None:
    return digest_of(file.read_bytes()) if file.is_file() else None


def read_manifest(file: Path) -> dict[str, str]:
    """What was handed out. Where it cannot be read, all counts as changed by the reader: nothing is lost."""
    try:
        given = json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return {str(key): str(value) for key, value in given.items()} if isinstance(given, dict) else {}


def write(target: Path, content: bytes) -> None:
    """Replace the file in one step: after a crash there is the old one or the new one, whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(name, 0o644)
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
