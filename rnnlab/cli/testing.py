"""`rnnlab test`: groups of checks, each one call of a tool; all of them run; a line for each at the end."""

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

PYTEST = ("pytest", "-q")
WORKERS = ("-n", "2")
NBVAL = (*PYTEST, *WORKERS, "--dist=loadfile", "--nbval-current-env", "--nbval-cell-timeout=120")


@dataclass(frozen=True)
class Group:
    name: str
    command: tuple[str, ...]  # arguments of `python -m`
    extents: frozenset[str]  # which of quick, test and rest run it


def group(name: str, extents: str, *command: str) -> Group:
    return Group(name, command, frozenset(extents.split()))


GROUPS = (
    group("lint", "quick rest", "ruff", "check", "."),
    group("format", "quick rest", "ruff", "format", "--check", "."),
    group("types", "quick rest", "mypy"),
    group("fast units", "quick", *PYTEST, *WORKERS, "-m", "not slow and not thorough", "tests/unit"),
    group("units", "test", *PYTEST, *WORKERS, "-m", "not slow", "tests/unit"),
    group("staleness", "quick", *PYTEST, "-m", "fresh and not slow", "tests/notebooks"),
    group("policy", "test", *PYTEST, *WORKERS, "-m", "not slow", "tests/notebooks"),
    # Without a GPU in Triton's interpreter, one process for it.
    group("gpu", "test", *PYTEST, "-m", "not slow", "tests/gpu"),
    group("grading", "test", *PYTEST, "-m", "not slow", "tests/grading"),
    group("browser", "test", *PYTEST, "-m", "not slow", "tests/browser"),
    group("slow", "rest", *PYTEST, "-m", "slow", "tests"),  # one at a time: some measure a browser's speed
    group("exercises", "test", *NBVAL, "--nbval-lax", "exercises"),
    # Last, since pytest ends it with the time of each notebook and the count of what was proved.
    group("lectures", "test", *NBVAL, "--nbval", "lectures", "solutions"),
)


def run(root: Path, extent: str) -> int:
    """Run every group of this extent, the later ones even where an earlier one failed; 1 if any failed."""
    wanted = {"test", "rest"} if extent == "all" else {extent}
    lines, failed = [], False
    for chosen in GROUPS:
        if chosen.extents.isdisjoint(wanted):
            continue
        print(f"\n── {chosen.name}: {' '.join(chosen.command)}", flush=True)
        began = time.monotonic()
        code = subprocess.call([sys.executable, "-m", *chosen.command], cwd=root)
        failed = failed or code != 0
        lines.append(
            f"{'passed' if code == 0 else 'FAILED':8}{chosen.name:11}{time.monotonic() - began:6.1f} s"
        )
    print("\n" + "\n".join(lines), flush=True)
    return 1 if failed else 0
