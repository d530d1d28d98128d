"""What surrounds the marks: rosters, lateness, overrides, rubrics, regrades, kills, and a key that repeats."""

import csv
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from datetime import datetime

import pytest
from classes import LIMITS, cut, hand_in, marks, needs_sandbox, order, quietly, sandboxed_processes, snapshot
from notebooks import ECHOES, NAME, ROOT, Case, cells, notebook

from rnnlab.grading import scratch
from rnnlab.grading.corrections import Item
from rnnlab.grading.marking import Marker
from rnnlab.grading.order import GradingError
from rnnlab.grading.people import Person
from rnnlab.grading.run import _asked_for, _usual
from rnnlab.grading.spreadsheet import TableError
from rnnlab.grading.submissions import Submission

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
    assert (asked.out / "moodle.csv").read_text().splitlines()[1] == 'ann,"Ann, Dr",20'


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


def test_a_question_that_only_a_person_can_mark(tmp_path):
    """ "Defend it by a number": free text, which waits for a person, and is no 0 until then."""
    defend = [Item("1.7", "defend it by a number", 3)]
    absent = [Person("ann", folder="ann"), Person("bob", folder="bob"), Person("eve", folder="eve")]
    asked = order(tmp_path, [GOOD, POOR], rubric=defend, roster=absent, lms="canvas")
    quietly(asked)
    rows = table(asked.out / "grades.csv")
    column = "1.7 defend it by a number"
    assert [rows[who][f"{column} status"] for who in ("ann", "bob", "eve")] == ["manual", "manual", "missing"]
    assert rows["ann"][column] == "" and (rows["ann"]["total"], rows["ann"]["of"]) == ("20", "23")
    manual = (asked.out / "manual.csv").read_text()
    assert [line.split(",")[:4] for line in manual.splitlines()[1:]] == [
        [w, column, "3", ""] for w in ("ann", "bob")
    ]
    assert "no marks yet · a person marks this" in (asked.out / "feedback" / "ann.html").read_text()
    filled = manual.replace(f"ann,{column},3,,a person marks this", f"ann,{column},3,2,which number?")
    (asked.out / "manual.csv").write_text(filled.replace(f"bob,{column},3,,", f"bob,{column},3,0,"))
    _, said = quietly(asked)
    assert "changed: ann: 20 → 22 (+2; 1.7 defend it by a number)" in said
    rows = table(asked.out / "grades.csv")
    assert [rows[who][column] for who in ("ann", "bob", "eve")] == ["2", "0", ""]
    assert rows["bob"][f"{column} status"] == "graded"
    assert "which number?" in (asked.out / "feedback" / "ann.html").read_text()
    assert (asked.out / "canvas.csv").read_text().splitlines()[2] == "ann,,ann,ann,,22"
    (asked.out / "manual.csv").write_text(manual.replace("3,,", "3,4,", 1))
    with pytest.raises(TableError, match="4 marks came; expected 0 to 3"):
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


def test_what_the_grader_stumbles_over_is_the_trouble_of_one_notebook(tmp_path, monkeypatch):
    """The instructor is told, everybody else has marks, and the next run tries that notebook again."""
    asked = order(tmp_path, [GOOD, replace(POOR, name="bob")])
    whole = Marker.mark

    def stumble(marker, sources, exercise, student):
        if student == "bob":
            raise OverflowError("a way that nobody thought of")
        return whole(marker, sources, exercise, student)

    monkeypatch.setattr(Marker, "mark", stumble)
    everybody, said = quietly(asked)
    assert marks(everybody) == {"ann": GOOD.wanted(), "bob": dict.fromkeys(GOOD.wanted(), "crashed")}
    stumbled = "the grader stumbled over it: OverflowError in test_runs.py"
    assert any(line.startswith(f"bob's {NAME} was not marked: {stumbled}") for line in said)
    assert stumbled in (asked.out / "instructor.html").read_text()
    assert "OverflowError" not in (asked.out / "feedback" / "bob.html").read_text()
    monkeypatch.setattr(Marker, "mark", whole)
    everybody, said = quietly(asked)
    assert marks(everybody)["bob"] == POOR.wanted() and any("1 notebooks marked now" in line for line in said)


def test_nobody_gets_the_marks_of_two_notebooks(tmp_path):
    """An id of the roster, whose folder is another, is also somebody's folder."""
    roster = [Person("bob", "Bob", folder="robert"), Person("ann", "Ann", folder="ann")]
    asked = order(tmp_path, roster=roster, lms="canvas")
    hand_in(asked.submissions, [GOOD, replace(POOR, name="robert"), POOR])
    everybody, said = quietly(asked)
    rows = table(asked.out / "grades.csv")
    assert {name: (row["raw"], row["of"]) for name, row in rows.items()} == {
        "bob": ("16", "20"),
        "ann": ("20", "20"),
        "bob (not in the roster)": ("8", "20"),  # right for the numbers of somebody else's id
    }
    assert [line.split(",")[-1] for line in (asked.out / "canvas.csv").read_text().splitlines()[1:]] == [
        "20",
        "16",
        "20",
    ]
    assert any("not in canvas.csv" in line for line in said)


OTHER = "02_recurrent_networks"


def test_one_notebook_more_changes_nobodys_total(tmp_path):
    """An exercise counts for everybody where many handed it in, or where it is asked for."""
    asked = order(tmp_path, [GOOD, POOR, replace(GOOD, name="eve")])
    there = asked.submissions / "eve" / f"{OTHER}.ipynb"
    there.write_bytes((ROOT / "exercises" / there.name).read_bytes())
    everybody, said = quietly(asked)
    assert {one.person.id: sum(o.points for o in one.outcomes) for one in everybody} == dict.fromkeys(
        ("ann", "bob", "eve"), 20
    )
    assert f"left out: {OTHER}, handed in by 1; --exercise 02 would count it for everybody" in said
    assert f"<td>{OTHER}</td><td>eve</td>" in (asked.out / "instructor.html").read_text()
    assert json.loads((asked.out / "grades.json").read_text())["left_out"] == {OTHER: ["eve"]}
    with pytest.raises(GradingError, match="--exercise 99 came; expected"):
        quietly(replace(asked, exercises=("99",)))


def handed_in(**how_many):
    """Submissions of so many students to each exercise."""
    return [Submission(f"s{i}", name, ROOT) for name, count in how_many.items() for i in range(count)]


@pytest.mark.parametrize(
    ("how_many", "counts"),
    [
        ({"a": 1}, "a"),
        ({"a": 1, "b": 1}, "ab"),
        ({"a": 2, "b": 1}, "a"),
        ({"a": 30, "b": 2}, "a"),
        ({"a": 30, "b": 15}, "a"),
        ({"a": 30, "b": 16, "c": 22}, "abc"),
    ],
)
def test_what_many_handed_in_counts(tmp_path, how_many, counts):
    assert "".join(_usual(order(tmp_path), handed_in(**how_many))) == counts


def test_strangers_do_not_make_an_exercise_count(tmp_path):
    roster = [Person(f"s{i}", folder=f"s{i}") for i in range(3)]
    crowd = [Submission(f"x{i}", "b", ROOT) for i in range(30)]
    assert _usual(order(tmp_path, roster=roster), [*handed_in(a=3), *crowd]) == ("a",)
    assert _usual(order(tmp_path), [*handed_in(a=3), *crowd]) == ("b",)


def test_exercises_are_asked_for_by_number_or_name(tmp_path):
    known = ["01_impulse_response", OTHER, "10_narx_parallel_training"]
    asked = order(tmp_path, exercises=("10", "1", OTHER, "01"))
    assert _asked_for(asked, known) == tuple(known)


KILLED = [Case(f"student {i}", cells(f"student {i}")) for i in range(6)] + [POOR]
RUN = """
import sys; sys.path.insert(0, {here!r}); sys.path.insert(0, {root!r})
from pathlib import Path
from classes import order, quietly
quietly(order(Path({place!r}), jobs=2))
"""


@pytest.mark.slow
def test_killed_at_ten_random_moments_it_ends_with_the_same_bytes(tmp_path, monkeypatch):
    """And of the folders that the killed runs made, none is left."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setattr(tempfile, "tempdir", None)
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
    scratch.clear()  # a worker of the last killed run may have ended after the last run began
    assert not list((tmp_path / "temporary").glob("rnnlab-grade-*"))


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
