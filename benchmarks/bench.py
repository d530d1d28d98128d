"""Measures what the course does beside what you would use instead; writes benchmarks/README.md.

    make bench                         all rows; after an interruption, those of today that are still missing
    make bench ARGS="rtrl ridge"       these rows; the others keep their results

Each row runs in a process of its own, once with one thread and once with all: thread counts are read when a library
is loaded. Results are written when they are whole, to results.json; the page is made from it.
"""

from __future__ import annotations

import argparse
import datetime
import importlib
import importlib.metadata
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from rnnlab.cli.machine import cores

HERE = Path(__file__).parent
RESULTS, PAGE = HERE / "results.json", HERE / "README.md"
UNFINISHED = HERE.parent / "build" / "bench.json"  # a whole run, until it is whole
FILES = (
    "gradients",
    "narx",
    "reservoir",
    "ridge",
    "bifurcation",
)  # beside this one, in the order of the table
LIBRARIES = ("numpy", "scipy", "torch", "jax", "reservoirpy")
THREADS = [f"{library}_NUM_THREADS" for library in ("OMP", "MKL", "OPENBLAS", "NUMEXPR", "VECLIB")]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rows", nargs="*", metavar="ROW", help="all, if none is named")
    parser.add_argument(
        "--page", action="store_true", help="measure nothing, make the page from results.json"
    )
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)  # the process of one row: its answer
    parser.add_argument("--threads", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.into:
        write(options.into, of_one_row(options.rows[0], options.threads))
        return 0
    if options.page:
        return make_page()

    from peers import python_with_peers

    known = names()
    if unknown := [row for row in options.rows if row not in known]:
        parser.error(f"no row {', '.join(unknown)}; there are {', '.join(known)}")
    store = RESULTS if options.rows else UNFINISHED
    results = read(store)
    if not options.rows:
        results = {row: result for row, result in results.items() if result["date"] == today()}
    python, failed = python_with_peers(), []
    for row in options.rows or known:
        if not options.rows and row in results:
            print(f"{row}: measured today, before the run was interrupted", flush=True)
            continue
        began = time.monotonic()
        result = in_processes(python, row)
        print(
            f"{row}: {'FAILED' if result is None else 'done'} in {time.monotonic() - began:.0f} s", flush=True
        )
        if result is None:
            failed.append(row)
        else:
            results[row] = result
            write(store, results)
    if failed:
        print(f"not measured: {', '.join(failed)}; {RESULTS.name} and {PAGE.name} are as they were")
        return 1
    if store is UNFINISHED:
        os.replace(store, RESULTS)
    return make_page()


def names() -> list[str]:
    """What can be named, in the order of the table."""
    return [*rows(), "notebooks"]


def rows() -> dict[str, Any]:
    """Name → what builds the row."""
    return {name: row for file in FILES for name, row in importlib.import_module(file).ROWS.items()}


def in_processes(python: Path, row: str) -> dict[str, Any] | None:
    """The row's result with one thread and, where there are more, with all; None if a process failed."""
    every, result = cores().count, None
    for threads in (1,) if row == "notebooks" or every == 1 else (1, every):
        with tempfile.TemporaryDirectory(prefix="rnnlab-bench-") as folder:
            answer = Path(folder) / "answer.json"
            command = [python, __file__, row, "--threads", str(threads), "--into", answer]
            # what tunes OpenBLAS is left out: it looks at the processor by itself, as on a reader's machine
            there = {name: value for name, value in os.environ.items() if not name.startswith("OPENBLAS_")}
            if subprocess.call(command, env=there | dict.fromkeys(THREADS, str(threads))) != 0:
                return None
            part = read(answer)
        if result is None:
            result = part
        else:
            result["measured"] += part["measured"]
    return result


def of_one_row(name: str, threads: int) -> dict[str, Any]:
    """Runs in a process of its own, before any numeric library is loaded."""
    about: dict[str, Any] = {"date": today(), "machine": machine()}
    if name == "notebooks":
        import notebooks

        return {**about, "versions": versions(), "seconds": notebooks.seconds()}
    if threads == 1 and hasattr(os, "sched_setaffinity"):  # jax asks for no variable: it counts cores
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    row = rows()[name]()
    from harness import measure

    measured = measure(row, threads)
    facts = {
        "what": row.what,
        "within": row.within,
        "goals": [goal._asdict() for goal in row.goals],
        "contestants": list(row.contestants),
        "pieces": list(row.pieces),
        "share": dict(row.share),
        "note": row.note,
    }
    return {**about, "versions": versions(), **facts, "measured": [measured._asdict()]}


def machine() -> str:
    """Cores and processor, without the machine's name."""
    try:
        told = dict(
            re.findall(r"^(model name|cpu family|model)\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.M)
        )
        processor = f"{told['model name']} (family {told['cpu family']}, model {told['model']})"
    except (OSError, KeyError):
        processor = platform.processor() or platform.machine()
    return f"{cores().count} cores, {processor}, {platform.system()}"


def versions() -> dict[str, str]:
    """Of Python and of the libraries; a peer that is not there is not in it."""
    there = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            there[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return there


def today() -> str:
    return datetime.date.today().isoformat()


def read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text("utf-8")) if path.is_file() else {}


def write(path: Path, results: dict[str, Any]) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", "utf-8")
    os.replace(part, path)


def make_page() -> int:
    from table import page

    results = read(RESULTS)
    PAGE.write_text(page({name: results[name] for name in names() if name in results}), "utf-8")
    print(f"wrote {PAGE.relative_to(HERE.parent)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
