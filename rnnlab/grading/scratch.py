"""Folders for a while, which are gone after a run, and after the next one where a run was killed.

A folder holds a file that its process keeps locked. The system lets go of the lock when the process dies, however
it dies; so a folder whose lock can be had belongs to nobody.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows, where a killed run leaves its folder
    fcntl = None  # type: ignore[assignment]

NAME, LOCK = "rnnlab-grade-", "alive"


@contextmanager
def folder() -> Iterator[Path]:
    """A new folder. It gets its name only when it is locked, so that nobody takes it for a dead one's."""
    made = Path(tempfile.mkdtemp(prefix=".rnnlab-"))
    with open(made / LOCK, "wb") as held:
        _lock(held.fileno())
        mine = made.rename(made.with_name(made.name.replace(".rnnlab-", NAME, 1)))
        try:
            yield mine
        finally:
            shutil.rmtree(mine, ignore_errors=True)


def clear() -> None:
    """Remove what dead runs of this user left; what a live one holds stays, and so does what is another's."""
    for left in Path(tempfile.gettempdir()).glob(f"{NAME}*"):
        with suppress(OSError), open(left / LOCK, "rb") as held:
            if fcntl is not None and os.fstat(held.fileno()).st_uid == os.geteuid():
                _lock(held.fileno())
                shutil.rmtree(left, ignore_errors=True)


def _lock(file: int) -> None:
    """Take the lock or raise OSError at once."""
    if fcntl is not None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
