"""`rnnlab grade` and `rnnlab release`: what is typed reaches the grader, and what cannot be meant is a sentence."""

from datetime import datetime
from pathlib import Path

import pytest

from rnnlab import cli
from rnnlab.building import release as releasing
from rnnlab.building.layout import BuildError
from rnnlab.cli import marks
from rnnlab.grading.corrections import Item
from rnnlab.grading.order import GradingError
from rnnlab.grading.people import Person

ROOT = Path(__file__).parents[2]


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder with what an instructor has, and in it the orders that reached the grader."""
    (tmp_path / "submissions").mkdir()
    (tmp_path / "roster.csv").write_text("id,name\nann,Ann\n")
    (tmp_path / "rubric.csv").write_text("question,item,points\n1.4,the derivation,5\n")
    orders = []
    monkeypatch.setattr(marks, "grade", orders.append)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cli, "course_root", lambda: ROOT)
    return orders


def typed(more=""):
    return cli.main(f"grade submissions --key key.txt --out out {more}".split())


def test_the_plain_line_marks_in_a_sandbox_on_every_core(desk):
    assert typed() == 0
    (order,) = desk
    assert (order.root, order.submissions, order.out, order.key_file) == (
        ROOT,
        Path("submissions"),
        Path("out"),
        Path("key.txt"),
    )
    assert (order.unsandboxed, order.engine, order.lms, order.roster, order.due) == (
        False,
        "",
        "",
        None,
        None,
    )
    assert order.jobs >= 1 and order.per_day == 10


@pytest.mark.parametrize(
    ("more", "field", "value"),
    [
        ("--roster roster.csv", "roster", [Person("ann", "Ann", folder="ann")]),
        ("--rubric rubric.csv", "rubric", [Item("1.4", "the derivation", 5)]),
        ("--lms canvas", "lms", "canvas"),
        ("--lms moodle", "lms", "moodle"),
        ("--due 2026-11-20T18:00", "due", datetime(2026, 11, 20, 18)),
        ("--late 25", "per_day", 25),
        ("--jobs 3", "jobs", 3),
        ("--engine dask://host:8786", "engine", "dask://host:8786"),
        ("--require-sandbox", "unsandboxed", False),
        ("--unsandboxed", "unsandboxed", True),
    ],
)
def test_each_option_reaches_the_order(desk, more, field, value):
    assert typed(more) == 0
    assert getattr(desk[0], field) == value


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("--roster nosuch.csv", "nosuch.csv: no such file or directory"),
        ("--roster submissions", "submissions: is a directory"),
        ("--due tomorrow", "--due tomorrow is no time; expected one as 2026-11-20T18:00"),
        ("--late -5", "--late -5 came; expected per cent for each day, 0 to 100"),
        ("--late 101", "--late 101 came"),
        ("--jobs 0", "--jobs 0 came; expected at least 1"),
        ("--engine slurm", "--engine slurm came; expected dask://host:port"),
        ("--out submissions/marks", "--out submissions/marks lies in the submissions"),
        ("--rubric roster.csv", "expected ('question', 'item', 'points')"),
    ],
)
def test_what_cannot_be_meant_is_one_sentence_and_2(desk, capsys, more, says):
    assert typed(more) == 2
    said = capsys.readouterr().err
    assert said.startswith("rnnlab: ") and says in said and said.count("\n") == 1
    assert desk == []


def test_a_rubric_of_no_question_is_refused(desk, capsys):
    Path("rubric.csv").write_text("question,item,points\nessay,the derivation,5\n")
    assert typed("--rubric rubric.csv") == 2
    assert "rubric.csv line 2: question 'essay' came; expected one as 1.4" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("raised", "says"),
    [
        (GradingError("nobody was graded"), "nobody was graded"),
        (PermissionError(13, "Permission denied", "out/grades.csv"), "out/grades.csv: permission denied"),
        (KeyboardInterrupt(), "stopped; what was marked is kept"),
    ],
)
def test_what_ends_a_run_is_one_sentence_and_2(desk, monkeypatch, capsys, raised, says):
    def ends(order):
        raise raised

    monkeypatch.setattr(marks, "grade", ends)
    assert typed() == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    "line",
    [
        "grade",
        "grade submissions",
        "grade submissions --key key.txt",
        "grade submissions --key key.txt --out out --lms blackboard",
        "grade submissions --key key.txt --out out --require-sandbox --unsandboxed",
        "grade submissions --key key.txt --out out --jobs many",
        "release",
    ],
)
def test_what_is_missing_or_unknown_is_said_with_the_usage(desk, capsys, line):
    with pytest.raises(SystemExit, match="2"):
        cli.main(line.split())
    assert "usage: rnnlab" in capsys.readouterr().err


def test_there_must_be_submissions(desk, capsys):
    assert cli.main(["grade", "nosuch", "--key", "key.txt", "--out", "out"]) == 2
    assert "there is no folder nosuch" in capsys.readouterr().err


@pytest.mark.parametrize(("more", "nbgrader"), [("", False), (" --nbgrader", True)])
def test_a_release_says_what_it_wrote(desk, monkeypatch, capsys, more, nbgrader):
    asked = []
    monkeypatch.setattr(releasing, "release", lambda *given: asked.append(given) or ["17 notebooks"])
    assert cli.main(f"release students{more}".split()) == 0
    assert asked == [(ROOT, Path("students"), nbgrader)] and capsys.readouterr().out == "17 notebooks\n"


def test_a_release_that_is_refused_is_a_sentence_and_2(desk, monkeypatch, capsys):
    def refused(*given):
        raise BuildError("students is there already")

    monkeypatch.setattr(releasing, "release", refused)
    assert cli.main(["release", "students"]) == 2
    assert capsys.readouterr().err == "rnnlab: students is there already\n"
