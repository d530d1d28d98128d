"""A small class, marked for real: right, wrong, untouched, in ruins and hostile, in half a minute."""

import json

import pytest
from classes import marks, needs_sandbox, order, quietly, sandboxed_processes, snapshot
from harder import HARDER
from honest import HONEST
from hostile import HOSTILE

CHOSEN = (
    "as_in_the_solution",
    "untouched_stubs",
    "ünïcödé_näme",
    "broken_json",
    "imports_the_reference",
    "knows_the_public_probes_by_heart",
    "writes_a_pickle",
    "kills_everybody",
    "opens_every_other_process",
    "memory_in_files_that_have_no_name",
    "writes_a_truth_value_for_a_size",
    "script_in_its_error",
)
CASES = {case.name: case for case in [*HONEST, *HOSTILE, *HARDER] if case.name in CHOSEN}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    needs_sandbox(tmp_path_factory)
    folder = tmp_path_factory.mktemp("class")
    asked = order(folder, CASES.values())
    before, processes = snapshot(asked.submissions), sandboxed_processes()
    everybody, said = quietly(asked)
    assert snapshot(asked.submissions) == before
    assert sandboxed_processes() <= processes
    return asked, everybody, said


@pytest.mark.parametrize("name", CHOSEN)
def test_everybody_gets_what_was_earned(run, name):
    assert marks(run[1])[name] == CASES[name].wanted()


def test_the_isolation_is_said_and_recorded(run):
    assert run[2][0].startswith("isolation: ")
    recorded = json.loads((run[0].out / "grades.json").read_text())
    assert recorded["isolation"] in ("bubblewrap", "namespaces")
    assert run[0].key() not in (run[0].out / "grades.json").read_text()


def test_a_second_run_marks_nothing_and_changes_no_byte(run):
    asked, _, _ = run
    before = snapshot(asked.out)
    times = {path: path.stat().st_mtime_ns for path in asked.out.rglob("*") if path.is_file()}
    _, said = quietly(asked)
    assert snapshot(asked.out) == before
    assert {path: path.stat().st_mtime_ns for path in asked.out.rglob("*") if path.is_file()} == times
    assert any(line.endswith("0 notebooks marked now, the others were marked before") for line in said), said


def test_pages_run_nothing_and_show_nobody_else(run):
    pages = {path.stem: path.read_text() for path in (run[0].out / "feedback").glob("*.html")}
    assert len(pages) == len(CHOSEN)
    for name, page in pages.items():
        assert "<script" not in page and "onerror=alert(1)>" not in page and "http://" not in page
        assert not any(other in page for other in CHOSEN if other != name)
    assert "&lt;script&gt;" in pages["script_in_its_error"]
