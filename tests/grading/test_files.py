"""What lies in the folder of submissions beside honest notebooks: links, pipes, modules, and names of every kind."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from classes import KEY, hand_in, marks, needs_sandbox, order, quietly
from notebooks import FULL, NAME, ROOT, Case, cells, notebook

from rnnlab.grading.reading import Unreadable, code_cells

OWNED = "import pathlib\npathlib.Path({!r}, 'owned').touch()\n"
SHADOWS = (
    "json",
    "pickle",
    "struct",
    "numpy",
    "argparse",
    "sitecustomize",
    "usercustomize",
    "conftest",
    "rnnlab",
)


@pytest.fixture(autouse=True, scope="module")
def sandbox(tmp_path_factory):
    needs_sandbox(tmp_path_factory)


def test_no_module_that_somebody_hands_in_is_run_outside(tmp_path):
    """Not even where the instructor stands in the folder of submissions, and it is one flat folder."""
    here = tmp_path / "submissions"
    here.mkdir()
    for name in ("ann", "bob"):
        (here / f"{name}_{NAME}.ipynb").write_bytes(notebook(cells(name)))
    for name in SHADOWS:
        (here / f"{name}.py").write_text(OWNED.format(str(tmp_path)))
    (here / "owned.pth").write_text("import sitecustomize\n")
    (tmp_path / "key").write_text(KEY)
    line = [
        sys.executable,
        "-P",
        "-m",
        "rnnlab.cli",
        "grade",
        ".",
        "--key",
        "../key",
        "--out",
        "../out",
        "--jobs",
        "2",
    ]
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONSAFEPATH"} | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(line, cwd=here, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "owned").exists()
    rows = json.loads((tmp_path / "out" / "grades.json").read_text())["students"]
    assert {row["id"]: row["total"] for row in rows} == {"ann": 20, "bob": 20}


def test_names_links_and_pipes_stop_nobody_and_earn_nothing(tmp_path):
    asked = order(tmp_path)
    here = asked.submissions
    hand_in(here, [Case("ann", cells("ann"))])
    names = {
        "<img src=x onerror=alert(1)>": "<img src=x onerror=alert(1)>",
        "=cmd|' !A0": "=cmd|' !A0",
        "..secret": "secret",
        "\x1b[31mred": "?[31mred",
        b"caf\xe9".decode("utf-8", "surrogateescape"): "caf\\xe9",
    }
    for name, shown in names.items():
        (here / f"{name}_{NAME}.ipynb").write_bytes(notebook(cells(shown)))
    for name in ("link", "dangling", "circle", "pipe", "folder"):
        (here / name).mkdir()
    (here / "link" / f"{NAME}.ipynb").symlink_to(here / "ann" / f"{NAME}.ipynb")
    (here / "dangling" / f"{NAME}.ipynb").symlink_to("/nowhere")
    (here / "circle" / f"{NAME}.ipynb").symlink_to(here / "circle" / f"{NAME}.ipynb")
    (here / "circle" / "deep").symlink_to(here)
    os.mkfifo(here / "pipe" / f"{NAME}.ipynb")
    (here / "folder" / f"{NAME}.ipynb").mkdir()
    everybody, said = quietly(asked)
    got = marks(everybody)
    assert got == dict.fromkeys(["ann", *names.values()], FULL) | {"link": dict.fromkeys(FULL, "unreadable")}
    assert not any("\x1b" in line for line in said)
    table = (asked.out / "grades.csv").read_text()
    assert not any(line.startswith(("=", "+", "-", "@")) for line in table.split("\n"))
    pages = list((asked.out / "feedback").glob("*.html"))
    assert len(pages) == len(got) and all(page.parent == asked.out / "feedback" for page in pages)
    for page in [*pages, asked.out / "instructor.html"]:
        assert "<img src=x" not in page.read_text()


def test_two_spellings_of_one_name_are_one_student(tmp_path):
    hand_in(tmp_path / "submissions", [Case("ann", cells("ann")), Case("Ann", cells("ann"))])
    everybody, _ = quietly(order(tmp_path))
    assert len(everybody) == 1 and "handed in more than once" in everybody[0].notes[0]


def test_a_time_that_a_student_wrote_counts_only_where_nbgrader_puts_it_and_the_instructor_says_so(tmp_path):
    asked = order(tmp_path, [Case("ann", cells("ann"))], due=datetime(2001, 1, 1, tzinfo=UTC))
    believing = replace(asked, nbgrader=True)
    (asked.submissions / "ann" / "timestamp.txt").write_text("2000-12-31 23:00:00 UTC")
    assert quietly(believing)[0][0].late == 20
    deep = asked.submissions / "ann" / NAME
    deep.mkdir()
    for name in (f"{NAME}.ipynb", "timestamp.txt"):
        (asked.submissions / "ann" / name).rename(deep / name)
    ((ann,), _) = quietly(asked)
    assert ann.late == 20 and "timestamp.txt beside it was not read; --nbgrader reads it" in ann.notes[0]
    ((ann,), _) = quietly(believing)
    assert ann.late == 0 and not ann.notes


def test_a_file_that_nobody_may_read_and_a_name_of_many_bytes_stop_nobody(tmp_path):
    closed, long = Case("closed", cells("closed")), Case("😀" * 63, cells("😀" * 63))
    asked = order(tmp_path, [Case("ann", cells("ann")), closed, long])
    there = asked.submissions / "closed" / closed.file
    there.chmod(0)
    everybody, _ = quietly(asked)
    seen = FULL if os.access(there, os.R_OK) else dict.fromkeys(FULL, "unreadable")
    assert marks(everybody) == {"ann": FULL, "closed": seen, long.name: FULL}
    assert len(list((asked.out / "feedback").glob("*.html"))) == 3


def test_a_file_that_goes_away_or_cannot_be_opened_is_unreadable(tmp_path, monkeypatch):
    """What even the superuser may not read, as on some network disks."""
    asked = order(tmp_path, [Case("ann", cells("ann")), Case("bob", cells("bob"))])
    whole = Path.read_bytes

    def refuse(path):
        if path.parent.name == "bob":
            path.unlink(missing_ok=True)
            raise PermissionError(13, "no", str(path))
        return whole(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    everybody, _ = quietly(asked)
    assert marks(everybody) == {"ann": FULL, "bob": dict.fromkeys(FULL, "unreadable")}


@pytest.mark.parametrize(
    "raw", [b'{"cells": ' + b"1" * 10_000 + b"}", b"[]," * 10**6, b'{"cells": {"a": 1}}', b"\xff\xfe{\x00"]
)
def test_what_is_made_to_trip_the_reader_is_unreadable(tmp_path, raw):
    (tmp_path / "x.ipynb").write_bytes(raw)
    with pytest.raises(Unreadable):
        code_cells(tmp_path / "x.ipynb")
