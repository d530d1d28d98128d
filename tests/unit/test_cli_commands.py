"""The command line: each command reaches its one function, and the Makefile and CI call nothing else."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from rnnlab import cli
from rnnlab.building import build as builder
from rnnlab.building import pull as puller
from rnnlab.cli import doctor, lab, pins, scores, standing, testing
from rnnlab.cli.course import CourseError

ROOT = Path(__file__).parents[2]
COMMANDS = [
    "lab",
    "test",
    "check",
    "progress",
    "grade",
    "release",
    "build",
    "page",
    "pull",
    "sheet",
    "lock",
    "doctor",
]


@pytest.fixture
def reached(monkeypatch):
    """What was called with what, in place of the real thing."""
    calls = []

    def instead(module, name):
        def note(*arguments, **named):
            calls.append((module.__name__.rsplit(".", 1)[-1], name, arguments, named))
            return 0

        monkeypatch.setattr(module, name, note)

    for module in (lab, testing, scores, standing, doctor):
        instead(module, "run")
    for module, name in ((builder, "build"), (builder, "equation_sheet"), (puller, "pull"), (pins, "lock")):
        instead(module, name)
    monkeypatch.setattr(cli, "course_root", lambda: ROOT)
    return calls


@pytest.mark.parametrize(
    ("line", "call"),
    [
        ("lab", ("lab", "run", (ROOT,), {"browser": True, "port": None})),
        ("lab --no-browser --port 9000", ("lab", "run", (ROOT,), {"browser": False, "port": 9000})),
        ("test", ("testing", "run", (ROOT, "test"), {})),
        ("test --quick", ("testing", "run", (ROOT, "quick"), {})),
        ("test --all", ("testing", "run", (ROOT, "all"), {})),
        ("test --rest", ("testing", "run", (ROOT, "rest"), {})),
        ("check my/x.ipynb", ("scores", "run", (Path("my/x.ipynb"),), {})),
        ("progress", ("standing", "run", (), {})),
        ("build", ("build", "build", ([], False, ROOT), {})),
        ("build 01_x --all", ("build", "build", (["01_x"], True, ROOT), {})),
        ("pull lectures/01_x.ipynb", ("pull", "pull", (Path("lectures/01_x.ipynb"), ROOT), {})),
        ("sheet", ("build", "equation_sheet", (ROOT,), {})),
        ("lock", ("pins", "lock", (ROOT,), {})),
        ("doctor", ("doctor", "run", (), {"paste": False})),
        ("doctor --paste", ("doctor", "run", (), {"paste": True})),
    ],
)
def test_a_command_reaches_its_function(reached, line, call):
    assert cli.main(line.split()) == 0
    assert reached == [call]


def test_the_exit_code_is_the_functions(monkeypatch, reached):
    monkeypatch.setattr(testing, "run", lambda root, extent: 1)
    assert cli.main(["test"]) == 1


def test_a_mistake_of_the_callers_is_a_sentence_and_2(monkeypatch, capsys):
    def none():
        raise CourseError("found no course here")

    monkeypatch.setattr(cli, "course_root", none)
    assert cli.main(["lab"]) == 2
    assert capsys.readouterr().err == "rnnlab: found no course here\n"


def test_help_explains_each_command_in_a_line(capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    said = capsys.readouterr().out
    for command in COMMANDS:
        assert re.search(rf"^ +{command} +\w.+$", said, re.MULTILINE), command


@pytest.mark.parametrize("wrong", [[], ["nosuch"], ["test", "--quick", "--all"], ["check"]])
def test_what_cannot_be_meant_is_refused(wrong, capsys):
    with pytest.raises(SystemExit, match="2"):
        cli.main(wrong)
    assert "usage: rnnlab" in capsys.readouterr().err


@pytest.mark.parametrize(("marks", "code"), [(5, 0), (3, 1)])
def test_check_prints_verdicts_marks_and_their_sum(monkeypatch, tmp_path, capsys, marks, code):
    class Verdict:
        def __repr__(self):
            return "1.1  a verdict"

    notebook = tmp_path / "01_x.ipynb"
    notebook.write_text("{}")
    mark = SimpleNamespace(question="1.1", verdict=Verdict(), marks=marks, points=5)
    monkeypatch.setenv("RNNLAB_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(scores, "score_notebook", lambda path: [mark])
    assert scores.run(notebook) == code
    assert capsys.readouterr().out == f"1.1  a verdict\n     {marks} of 5 points\n\n{marks} of 5 points\n"


def test_check_without_a_notebook_or_with_another_kind_of_one(tmp_path):
    with pytest.raises(CourseError, match="there is no .*nosuch.ipynb; expected a notebook"):
        scores.run(tmp_path / "nosuch.ipynb")
    unnumbered = tmp_path / "mine.ipynb"
    unnumbered.write_text("{}")
    with pytest.raises(CourseError, match="mine.ipynb"):
        scores.run(unnumbered)


def outside_make():
    """These tests may themselves have been started by make, which tells its children so."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}


def made(*arguments):
    """What make would run, without running it."""
    if shutil.which("make") is None and not os.environ.get("RNNLAB_REQUIRE_ALL"):
        pytest.skip("make is not installed")
    run = subprocess.run(
        ["make", "--dry-run", *arguments], cwd=ROOT, env=outside_make(), capture_output=True, text=True
    )
    return run.stdout.splitlines()[-1:], run


@pytest.mark.parametrize(
    ("target", "call"),
    [
        ("lab", "lab"),
        ("test", "test"),
        ("test-all", "test --all"),
        ("quick", "test --quick"),
        ("build", "build"),
        ("build ALL=1", "build --all"),
        ("build NB=01_impulse_response", "build 01_impulse_response"),
        ("pull NB=lectures/01_x.ipynb", "pull lectures/01_x.ipynb"),
        ("lock", "lock"),
        ("doctor", "doctor"),
    ],
)
def test_make_calls_rnnlab(target, call):
    last, run = made(*target.split())
    assert [line.strip() for line in last] == [f".venv/bin/rnnlab {call}"]
    assert run.returncode == 0


def test_make_pull_asks_for_its_notebook():
    _, run = made("pull")
    assert run.returncode != 0 and "make pull needs a notebook" in run.stderr


def test_make_installs_with_the_pins_and_only_again_when_they_change():
    makefile = (ROOT / "Makefile").read_text()
    assert "-c constraints.txt -e" in makefile
    assert re.search(r"^\.venv/\.lab: pyproject\.toml constraints\.txt$", makefile, re.MULTILINE)


def test_an_older_python_is_refused_in_a_sentence(tmp_path):
    old = tmp_path / "old"
    old.write_text(
        '#!/bin/sh\nexec python3 -c "import sys; sys.version_info = (3, 9, 0); $(printf \'%s\' "$2")"\n'
    )
    old.chmod(0o755)
    (tmp_path / "Makefile").write_text((ROOT / "Makefile").read_text())
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).touch()
    run = subprocess.run(
        ["make", f"PYTHON={old}", "test"], cwd=tmp_path, env=outside_make(), capture_output=True, text=True
    )
    assert run.returncode != 0
    assert "This course needs Python 3.11 or newer" in run.stderr and "Traceback" not in run.stderr
    assert not (tmp_path / ".venv").exists()


def test_ci_runs_what_the_readme_tells_a_person_to_run():
    script = (ROOT / ".ci" / "run").read_text()
    assert script.startswith("#!/usr/bin/env bash\n") and "set -euo pipefail" in script
    assert re.search(r"^make test$", script, re.MULTILINE)
    assert script.rstrip().endswith("rnnlab test --rest")
    assert "export RNNLAB_REQUIRE_ALL=1" in script
    assert "run: make test\n" in (ROOT / ".github" / "workflows" / "test.yml").read_text()
