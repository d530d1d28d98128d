"""The isolation a machine can give, best first. Each rung is tried by running it, and the best one is taken."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from rnnlab.grading.limits import Limits
from rnnlab.questions.identity import digest

INSIDE = Path(__file__).parent / "inside"
TREE, SCRATCH = "/course", "/scratch"  # as the sandbox calls them
SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/alternatives")


class Rung(StrEnum):
    """How a student's code is kept in."""

    BUBBLEWRAP = "bubblewrap"
    NAMESPACES = "namespaces"
    PLAIN = "plain subprocess, NOT isolated"


class NoSandbox(Exception):
    """No rung that may be used works here."""


@dataclass(frozen=True)
class Place:
    """Where one child runs: the package it sees, its scratch folder outside, and what must not be seen."""

    tree: Path
    scratch: Path
    hidden: tuple[Path, ...] = ()


def climb(place: Place, limits: Limits, unsandboxed: bool = False) -> Rung:
    """The best rung that works on this machine; the plain one only where `unsandboxed` asks for it."""
    if unsandboxed:
        return Rung.PLAIN
    tried = []
    for rung in (Rung.BUBBLEWRAP, Rung.NAMESPACES):
        trouble = holds(rung, place, limits)
        if not trouble:
            return rung
        tried.append(f"{rung}: {trouble}")
    raise NoSandbox(
        f"no sandbox works on this machine ({'; '.join(tried)}). Install bubblewrap, or grade with --unsandboxed: "
        "marks then still come from comparing arrays, but an answer can read the references and the key."
    )


def holds(rung: Rung, place: Place, limits: Limits) -> str:
    """Why a rung does not hold on this machine, found out by running it; empty when it does.

    Inside, a file that lies outside must not be there, nor any other process, and the network must be down.
    """
    outside = place.scratch / "outside.txt"
    outside.write_text("seen")
    look = (
        "import os, sys, numpy\n"
        f"seen = os.path.exists({str(outside)!r}) or os.path.exists({str(Path(__file__))!r})\n"
        "up = [l for l in open('/proc/net/route').read().splitlines()[1:]]\n"
        "alone = os.getpid() == 1 and not [p for p in os.listdir('/proc') if p.isdecimal() and p != '1']\n"
        f"course = os.path.isdir({TREE + '/rnnlab'!r})\n"
        "sys.exit(0 if course and alone and not seen and not up else 3)"
    )
    try:
        line = command(rung, place, limits, ["-c", look])
        done = subprocess.run(line, env=environment(rung, place), capture_output=True, timeout=60, text=True)
    except FileNotFoundError as error:
        return f"{error.filename} is not installed"
    except subprocess.TimeoutExpired:
        return "it hangs"
    finally:
        outside.unlink()
    if done.returncode == 3:
        return "it lets the outside be seen"
    return (done.stderr.strip().split("\n") or ["it stops"])[-1][:200] if done.returncode else ""


def command(rung: Rung, place: Place, limits: Limits, python: list[str]) -> list[str]:
    """The command that runs Python with these arguments on a rung."""
    run = [sys.executable, "-s", "-B", "-P", *python]
    if rung is Rung.PLAIN:
        return run
    if rung is Rung.NAMESPACES:
        return [*_unshare(), sys.executable, "-I", "-B", str(INSIDE / "root.py"), _spec(place, limits, run)]
    line = [_program("bwrap"), "--unshare-all", "--unshare-user", "--uid", "65534", "--gid", "65534"]
    line += ["--die-with-parent", "--new-session", "--cap-drop", "ALL", "--hostname", "sandbox"]
    line += ["--as-pid-1"]  # else bwrap stays inside as a process that the student's may look into
    line += ["--proc", "/proc", "--dev", "/dev"]
    for path in seen():
        line += ["--ro-bind", path, path]
    for path in _covered(place.hidden):
        empty = ["--tmpfs", path, "--remount-ro", path]
        line += empty if os.path.isdir(path) else ["--ro-bind", os.devnull, path]
    line += ["--ro-bind", str(place.tree), TREE, "--size", str(limits.scratch), "--tmpfs", SCRATCH]
    for path in ("/proc", "/dev", "/"):  # folders in memory: what is written there has no limit
        line += ["--remount-ro", path]
    return [*line, "--chdir", SCRATCH, *run]


def environment(rung: Rung, place: Place) -> dict[str, str]:
    """The few variables the child has: one thread, one hash seed, a home that is the scratch folder."""
    home = str(place.scratch) if rung is Rung.PLAIN else SCRATCH
    one = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "MKL", "OPENBLAS", "NUMEXPR", "VECLIB")}
    system = {name: os.environ[name] for name in ("SYSTEMROOT", "LD_LIBRARY_PATH") if name in os.environ}
    mine = {
        "HOME": home,
        "TMPDIR": home,
        "RNNLAB_HOME": home,
        "MPLCONFIGDIR": f"{home}/fonts",
        "USER": "student",
    }
    fixed = {"PATH": os.defpath, "PYTHONHASHSEED": "0", "MPLBACKEND": "agg", "LANG": "C.UTF-8", "TZ": "UTC"}
    return {**system, **one, **mine, **fixed, "LOGNAME": "student", "TQDM_DISABLE": "1"}


def tree_inside(rung: Rung, place: Place) -> str:
    return str(place.tree) if rung is Rung.PLAIN else TREE


def seen() -> list[str]:
    """What is seen of this machine, unchangeable: the system's libraries and this Python with its packages."""
    places = [*SYSTEM, os.path.realpath(sys.base_prefix), sys.base_prefix, sys.prefix]
    there = [path for path in dict.fromkeys(places) if os.path.exists(path)]
    return [p for p in there if not any(p != q and p.startswith(q + "/") for q in there)]


def _covered(hidden: tuple[Path, ...]) -> list[str]:
    """The hidden paths that would be seen."""
    real = [os.path.realpath(path) for path in hidden]
    return [path for path in real if any(path.startswith(place + "/") for place in seen())]


def _unshare() -> list[str]:
    alone = ["--user", "--map-root-user", "--mount", "--pid", "--net", "--ipc", "--uts", "--fork"]
    return [_program("unshare"), *alone, "--kill-child=KILL"]


def _spec(place: Place, limits: Limits, run: list[str]) -> str:
    hidden = [(path, os.path.isdir(path)) for path in _covered(place.hidden)]
    spec = {
        "seen": seen(),
        "hidden": hidden,
        "tree": [str(place.tree), TREE],
        "scratch": [SCRATCH, limits.scratch],
    }
    return json.dumps(spec | {"root": str(place.scratch), "run": run})


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise FileNotFoundError(2, "not found", name)
    return found


def key_id(key: str) -> str:
    """A short name for a key, from which nothing about the key can be found out."""
    return f"{digest('rnnlab key', key):032x}"[:12]
