"""What surrounds the marks: rosters, lateness, overrides, rubrics, regrades, kills, and a key that repeats."""

import csv
import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import datetime

import pytest
from classes import LIMITS, cut, hand_in, marks, needs_sandbox, order, quietly, sandboxed_processes, snapshot
from notebooks import ECHOES, NAME, ROOT, Case, cells, notebook

from rnnlab.grading.corrections import Item
from rnnlab.grading.order import GradingError
from rnnlab.grading.people import Person, TableError

GOOD = Case("ann", cells("ann"))
POOR = Case("bob", cells("bob", q11="def echoes(xs, w, u, d):\n    return xs * 7.7"), {"1.1": 0})


@pytest.fixture(autouse=True, scope="module")
def sandbox(tmp_path_factory):
    needs_sandbox(tmp_path_factory)


def table(path):
    with open(path, newline="", encoding="utf-8") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def test_the_roster_says_who_is_who_who_is_missing_and_who_may_be_late(tmp_path):
    """Folders are not ids here; own numbers go by the roster's id, and late marks stand beside the raw ones."""
    roster = [
        Person("ann", "Ann, Dr", "ann@example.net", "folder 1", extension=2),
        Person("bob", "=cmd()", folder="folder 2"),
        Person("eve", "Eve", folder="folder 3"),
    ]
    asked = order(tmp_path, roster=roster, due=datetime(2026, 11, 18, 18), lms="moodle")
    hand_in(asked.submissions, [replace(GOOD, name="folder 1"), replace(POOR, name="folder 2")])
    late = datetime(2026, 11, 20, 12).timestamp()
    for path in asked.submissions.rglob("*.ipynb"):
        os.utime(path, (late, late))
    quietly(asked)
    rows = table(asked.out / "grades.csv")
    assert [rows["ann"][c] for c in ("raw", "late", "total", "1.3 status")] == ["20", "0", "20", "graded"]
    assert [rows["bob"][c] for c in ("raw", "late", "total", "name")] == ["16", "3.2", "12.8", "'=cmd()"]
    assert {rows["eve"][f"1.{i} status"] for i in range(1, 7)} == {"missing"} and rows["eve"]["1.1"] == ""
    assert (asked.out / "moodle.csv").read_text().splitlines()[1] == 'ann,ann@example.net,"Ann, Dr",20'


def test_people_decide_and_a_regrade_says_what_changed(tmp_path):
    asked = order(tmp_path, [GOOD, POOR], rubric=[Item("1.4", "the derivation", 5)])
    everybody, _ = quietly(asked)
    assert marks(everybody)["bob"]["1.4 the derivation"] == "manual"
    manual = asked.out / "manual.csv"
    manual.write_text(
        manual.read_text().replace("bob,1.4 the derivation,5,,", "bob,1.4 the derivation,5,4,neat and ")
    )
    (asked.out / "overrides.csv").write_text("student,question,marks,reason\nbob,1.1,2,handed in on paper\n")
    for _ in range(2):
        everybody, said = quietly(asked)
        assert (marks(everybody)["bob"]["1.1"], marks(everybody)["bob"]["1.4 the derivation"]) == (2, 4)
        assert marks(everybody)["ann"]["1.4 the derivation"] == "manual"
        assert "neat" in (asked.out / "feedback" / "bob.html").read_text()
        assert any("0 notebooks marked now" in line for line in said)
    _, said = quietly(asked)
    assert not any(line.startswith("changed") for line in said)
    (asked.out / "overrides.csv").unlink()
    _, said = quietly(asked)
    assert "changed: bob: 22 → 20 (-2; 1.1)" in said
    (asked.out / "overrides.csv").write_text("student,question,marks,reason\nbob,1.1,9,too kind\n")
    with pytest.raises(TableError, match="expected 0 to 4"):
        quietly(asked)


def test_another_key_marks_again_and_the_same_key_gives_the_same_bytes(tmp_path):
    asked = order(tmp_path, [GOOD, POOR])
    quietly(asked)
    first = snapshot(asked.out)
    for path in (asked.out / "marks").rglob("*.json"):
        path.unlink()
    _, said = quietly(asked)
    assert snapshot(asked.out) == first and any("2 notebooks marked now" in line for line in said)
    asked.key_file.write_text("another key altogether")
    everybody, said = quietly(asked)
    assert any("2 notebooks marked now" in line for line in said)
    assert marks(everybody)["ann"] == GOOD.wanted()


@pytest.mark.parametrize("what", ["solution", "exercise"])
def test_a_self_check_that_fails_stops_everything_and_says_why(tmp_path, what):
    course = tmp_path / "course"
    for kind in ("solutions", "exercises"):
        (course / kind).mkdir(parents=True)
        (course / kind / f"{NAME}.ipynb").write_bytes((ROOT / kind / f"{NAME}.ipynb").read_bytes())
    spoilt = cells(
        "ada", q11="import a_missing_package\n" + ECHOES.replace("np.zeros", "a_missing_package.zeros")
    )
    kind, content = (
        ("solutions", notebook(spoilt)) if what == "solution" else ("exercises", notebook(cells("ada")))
    )
    (course / kind / f"{NAME}.ipynb").write_bytes(content)
    asked = replace(order(tmp_path, [GOOD]), root=course)
    with pytest.raises(GradingError, match="nobody was graded") as told:
        quietly(asked)
    assert not (asked.out / "grades.csv").exists()
    assert what != "solution" or ("16 of 20" in str(told.value) and "1.1 is wrong type" in str(told.value))


@pytest.mark.parametrize("key", ["", "short", "  \n"])
def test_a_key_that_can_be_guessed_is_refused(tmp_path, key):
    asked = order(tmp_path, [GOOD], key=key)
    with pytest.raises(GradingError, match="at least 8"):
        quietly(asked)


def test_nothing_to_mark_is_said(tmp_path):
    asked = order(tmp_path)
    asked.submissions.mkdir()
    with pytest.raises(GradingError, match="found no notebook of an exercise"):
        quietly(asked)


def test_without_a_sandbox_nothing_is_graded_unless_that_is_asked_for(tmp_path, monkeypatch):
    monkeypatch.setattr("rnnlab.grading.ladder.holds", lambda *arguments: "not here")
    asked = order(tmp_path, [GOOD])
    with pytest.raises(GradingError, match="--unsandboxed"):
        quietly(asked)
    everybody, said = quietly(replace(asked, unsandboxed=True))
    assert marks(everybody)["ann"] == GOOD.wanted() and said[-1].startswith("NOT ISOLATED")


KILLED = [Case(f"student {i}", cells(f"student {i}")) for i in range(6)] + [POOR]
RUN = """
import sys; sys.path.insert(0, {here!r}); sys.path.insert(0, {root!r})
from pathlib import Path
from classes import order, quietly
quietly(order(Path({place!r}), jobs=2))
"""


@pytest.mark.slow
def test_killed_at_ten_random_moments_it_ends_with_the_same_bytes(tmp_path):
    whole = order(tmp_path / "whole", KILLED, jobs=2)
    quietly(whole)
    wanted, processes = snapshot(whole.out), sandboxed_processes()
    (tmp_path / "killed").mkdir()
    hand_in(tmp_path / "killed" / "submissions", KILLED)
    code = RUN.format(here=str(ROOT / "tests" / "grading"), root=str(ROOT), place=str(tmp_path / "killed"))
    moments = random.Random(4)
    for _ in range(10):
        run = subprocess.Popen(
            [sys.executable, "-c", code], stderr=subprocess.DEVNULL, start_new_session=True
        )
        time.sleep(moments.uniform(0.5, 9))
        run.send_signal(signal.SIGKILL)
        run.wait()
    subprocess.run([sys.executable, "-c", code], stderr=subprocess.DEVNULL, check=True)
    assert snapshot(tmp_path / "killed" / "out") == wanted
    until = time.monotonic() + 30
    while sandboxed_processes() - processes and time.monotonic() < until:
        time.sleep(0.5)
    assert sandboxed_processes() <= processes


@pytest.mark.slow
def test_a_local_dask_cluster_gives_the_same_bytes(tmp_path):
    try:
        from dask.distributed import LocalCluster
    except ImportError:
        if os.environ.get("RNNLAB_REQUIRE_ALL"):
            raise
        pytest.skip("Dask is not installed")
    here = order(tmp_path / "here", [GOOD, POOR])
    quietly(here)
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        address = cluster.scheduler_address.removeprefix("tcp://")
        there = order(tmp_path / "there", [GOOD, POOR], engine=f"dask://{address}")
        quietly(there)
    assert snapshot(there.out) == snapshot(here.out)


def test_the_record_says_how_it_came_about(tmp_path):
    asked = order(tmp_path, [GOOD], limits=cut(LIMITS, wall=21.0))
    quietly(asked)
    recorded = json.loads((asked.out / "grades.json").read_text())
    assert recorded["limits"]["wall"] == 21.0 and set(recorded["versions"]) >= {
        "rnnlab",
        "numpy",
        "torch",
        "python",
    }
    (ann,) = recorded["students"]
    assert len(ann["notebooks"][0]["sha256"]) == 64 and len(recorded["package"]) == 64
