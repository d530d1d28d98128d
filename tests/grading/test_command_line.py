"""`rnnlab grade` as an instructor types it, for a class of two and one who did not come."""

import csv
import re
import sys
from dataclasses import replace

import pytest
from classes import hand_in, needs_sandbox
from notebooks import ROOT, Case, cells

from rnnlab import cli
from rnnlab.grading import work

GOOD = Case("folder 1", cells("ann"))
POOR = Case("folder 2", cells("bob", q11="def echoes(xs, w, u, d):\n    return xs * 7.7"), {"1.1": 0})
ROSTER = 'id,name,email,folder,extension\nann,"Ann, Dr",a@x.org,folder 1,\nbob,=Bob,b@x.org,folder 2,\neve,Eve,,,\n'


@pytest.fixture(scope="module")
def term(tmp_path_factory):
    """Submissions, a roster and a key, and a folder for the results."""
    needs_sandbox(tmp_path_factory)
    folder = tmp_path_factory.mktemp("term")
    hand_in(folder / "submissions", [GOOD, POOR])
    (folder / "roster.csv").write_text(ROSTER)
    (folder / "key.txt").write_text("a key that nobody guesses")
    return folder


def typed(folder, *more, out="out", submissions="submissions"):
    line = f"grade {folder / submissions} --key {folder / 'key.txt'} --out {folder / out} --jobs 1"
    return cli.main([*line.split(), *more])


def rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def test_a_term_of_grading(term, capsys, monkeypatch):
    """Mark, import into Canvas and Moodle, change one's mind, mark again."""
    roster = ("--roster", str(term / "roster.csv"))
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert typed(term, *roster, "--lms", "canvas") == 0
    said = capsys.readouterr()
    assert re.fullmatch(
        r"isolation: (bubblewrap|namespaces)\n"
        r"self-check: the solution of 01_impulse_response gets full marks here, the untouched exercise none\n"
        r"3 students; 2 notebooks marked now, the others were marked before\n"
        r"not graded: 6 missing\n",
        said.out,
    )
    assert "marking: 100%" in said.err
    assert rows(term / "out" / "canvas.csv") == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "01_impulse_response"],
        ["    Points Possible", "", "", "", "", "20"],
        ["Ann, Dr", "", "ann", "ann", "", "20"],
        ["'=Bob", "", "bob", "bob", "", "16"],
        ["Eve", "", "eve", "eve", "", ""],
    ]
    assert (term / "out" / "instructor.html").is_file()
    assert {path.stem for path in (term / "out" / "feedback").glob("*.html")} == {"ann", "bob", "eve"}

    decisions = term / "out" / "overrides.csv"
    decisions.write_text("student,question,marks,reason\nbob,1.1,3,on paper\nbobb,1.1,3,misspelt\n")
    assert typed(term, *roster, "--lms", "moodle") == 0
    said = capsys.readouterr().out
    assert "overrides.csv: nothing here is bobb's 1.1; is it spelt as in grades.csv?\n" in said
    assert "changed: bob: 16 → 19 (+3; 1.1)\n" in said and "0 notebooks marked now" in said
    assert rows(term / "out" / "moodle.csv") == [  # eve has no address, so nobody is found by theirs
        ["ID number", "Full name", "01_impulse_response"],
        ["ann", "Ann, Dr", "20"],
        ["bob", "'=Bob", "19"],
        ["eve", "Eve", "-"],
    ]


def test_who_is_not_in_the_roster_is_marked_and_not_imported(term, tmp_path, capsys):
    """Moodle refuses a whole file for one student it does not know."""
    (tmp_path / "roster.csv").write_text("id,folder,email\nann,folder 1,a@x.org\n")
    more = ("--roster", str(tmp_path / "roster.csv"), "--lms", "moodle")
    assert typed(term, *more) == 0
    assert "not in moodle.csv, since they are not in the roster: folder 2\n" in capsys.readouterr().out
    table = rows(term / "out" / "moodle.csv")
    assert table == [
        ["ID number", "Email address", "Full name", "01_impulse_response"],
        ["ann", "a@x.org", "", "20"],
    ]
    assert [row[0] for row in rows(term / "out" / "grades.csv")] == ["id", "ann", "folder 2"]


def test_without_a_sandbox_only_when_told_and_then_it_is_stamped(term, capsys, monkeypatch):
    monkeypatch.setattr("rnnlab.grading.ladder.holds", lambda *arguments: "not here")
    assert typed(term, out="none") == 2
    assert "no sandbox works on this machine" in capsys.readouterr().err
    assert not (term / "none" / "grades.csv").exists()
    assert typed(term, "--unsandboxed", out="none") == 0
    assert capsys.readouterr().out.endswith("NOT ISOLATED: every table and page says so\n")
    table = rows(term / "none" / "grades.csv")
    assert table[0][-1] == "isolation" and {row[-1] for row in table[1:]} == {"NOT ISOLATED"}


def test_late_is_beside_the_raw_marks(term):
    """Years late at 1 per cent a day is all of it; the time zone is read."""
    more = ("--roster", str(term / "roster.csv"), "--due", "2020-01-01T12:00+01:00", "--late", "1")
    assert typed(term, *more, out="late") == 0
    head, *table = rows(term / "late" / "grades.csv")
    late = [dict(zip(head, row, strict=True)) for row in table]
    found = [(row["id"], row["raw"], row["late"], row["total"]) for row in late]
    assert found == [("ann", "20", "20", "0"), ("bob", "16", "16", "0"), ("eve", "0", "0", "0")]


def test_only_the_exercise_that_is_asked_for(term, tmp_path, capsys):
    hand_in(tmp_path / "submissions", [replace(GOOD, name="ann")])
    for number in ("02", "10"):
        (untouched,) = (ROOT / "exercises").glob(f"{number}_*.ipynb")
        (tmp_path / "submissions" / "ann" / untouched.name).write_bytes(untouched.read_bytes())
    where = {"submissions": tmp_path / "submissions", "out": tmp_path / "out"}
    assert typed(term, "--exercise", "1", **where) == 0
    said = capsys.readouterr().out
    assert "left out: 02_" in said and "left out: 10_" in said
    head, ann = rows(tmp_path / "out" / "grades.csv")
    assert ann[head.index("of")] == "20" and ann[head.index("total")] == "20"
    assert typed(term, "--exercise", "one", **where) == 2
    assert "--exercise one came; expected the number or name of one of: 01_" in capsys.readouterr().err


def test_what_is_asked_for_reaches_the_grader(term, monkeypatch):
    orders = []
    monkeypatch.setattr("rnnlab.cli.marks.grade", orders.append)
    assert typed(term, "--nbgrader", "--exercise", "01", "--exercise", "2") == typed(term) == 0
    assert [(one.nbgrader, one.exercises) for one in orders] == [(True, ("01", "2")), (False, ())]


def test_a_cluster_that_is_not_there_is_a_sentence(term, capsys, monkeypatch):
    pytest.importorskip("dask.distributed")
    monkeypatch.setattr(work, "PATIENCE", 1)
    assert typed(term, "--engine", "dask://127.0.0.1:1", out="cluster") == 2
    assert "rnnlab: no Dask scheduler answers at dask://127.0.0.1:1" in capsys.readouterr().err


def test_nobody_is_graded_where_nothing_is_handed_in(term, tmp_path, capsys):
    (tmp_path / "ann").mkdir()
    (tmp_path / "ann" / "homework.ipynb").write_text("{}")
    assert typed(term, submissions=tmp_path) == 2
    assert "found no notebook of an exercise" in capsys.readouterr().err


def test_two_notebooks_and_one_that_is_no_notebook_are_said_in_the_table(term, tmp_path):
    hand_in(tmp_path / "submissions", [replace(GOOD, name="ann"), replace(POOR, name="bob", raw=b"{")])
    (tmp_path / "submissions" / "ann" / "01_impulse_response old.ipynb").write_bytes(GOOD.content())
    assert typed(term, submissions=tmp_path / "submissions", out=tmp_path / "out") == 0
    head, ann, bob = rows(tmp_path / "out" / "grades.csv")
    assert "not marked: 01_impulse_response old.ipynb" in ann[-1]
    assert bob[head.index("1.1 status")] == "unreadable" and bob[head.index("1.1")] == ""
