"""Classes of students on disk, and what a test looks at around a run."""

import hashlib
import os
from dataclasses import replace
from pathlib import Path

import pytest
from notebooks import ROOT

from rnnlab.grading.grade import grade
from rnnlab.grading.ladder import NoSandbox, Place, Rung, climb, holds
from rnnlab.grading.limits import MIB, Limits
from rnnlab.grading.order import Order
from rnnlab.grading.tree import make_tree

KEY = "the key of the tests"
LIMITS = Limits(wall=20.0, cpu=3, memory=256 * MIB, spare=1.0)


def hand_in(folder, cases):
    """A folder for each student."""
    for case in cases:
        (folder / case.name).mkdir(parents=True)
        (folder / case.name / case.file).write_bytes(case.content())
    return folder


def order(tmp_path, cases=(), **more):
    """What an instructor asks for, with the key beside and not within the submissions."""
    submissions = tmp_path / "submissions"
    if cases:
        hand_in(submissions, cases)
    tmp_path.mkdir(parents=True, exist_ok=True)
    (tmp_path / "key.txt").write_text(more.pop("key", KEY))
    plain = {
        "root": ROOT,
        "submissions": submissions,
        "out": tmp_path / "out",
        "key_file": tmp_path / "key.txt",
    }
    return Order(**{**plain, "limits": LIMITS, **more})


def marks(everybody):
    """Student → question → marks, or the result's name where there are none."""
    return {
        one.person.id: {o.question: str(o.result) if o.marks is None else o.marks for o in one.outcomes}
        for one in everybody
    }


def quietly(asked):
    """The standings and the lines that were said."""
    said = []
    return grade(asked, said.append), said


def snapshot(folder):
    """Path from here → hash of every file below."""
    files = (
        path for path in sorted(Path(folder).rglob("*")) if path.is_file() and "__pycache__" not in path.parts
    )
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }


def sandboxed_processes():
    """Ids of processes that are part of some sandbox of ours."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                line = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if b"nursery.py" in line:
                found.add(int(entry.name))
    return found


def needs_sandbox(tmp_path_factory, rung=None):
    """Skip, or fail where nothing may be skipped, on a machine without this rung."""
    folder = tmp_path_factory.mktemp("probe")
    (folder / "scratch").mkdir()
    place = Place(make_tree(folder / "tree", [1]), folder / "scratch")
    if rung is not None:
        why = holds(rung, place, LIMITS)
    else:
        try:
            climb(place, LIMITS)
            why = ""
        except NoSandbox as error:
            why = str(error)
    if why and not os.environ.get("RNNLAB_REQUIRE_ALL"):
        pytest.skip(why)
    assert not why, why


def on_rung(monkeypatch, rung):
    """Let the ladder begin and end at this rung."""
    monkeypatch.setattr("rnnlab.grading.run.climb", lambda *arguments: rung)


def cut(limits, **more):
    return replace(limits, **more)


PLAIN = Rung.PLAIN
