"""The reader's copy: every meeting of the course's file, the one handed out, and the reader's."""

import json
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.cli import editions
from rnnlab.cli.editions import hand_out

LECTURE = "lectures/01_impulse_response.ipynb"
BESIDE = "lectures/01_impulse_response.new-edition.ipynb"


@pytest.fixture
def course(tmp_path):
    for path in ("lectures/00_start_here.ipynb", LECTURE, "exercises/01_impulse_response.ipynb"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("first edition")
    (tmp_path / "lectures" / "replications.md").write_text("a table")
    (tmp_path / "solutions").mkdir()
    (tmp_path / "solutions" / "01_impulse_response.ipynb").write_text("the answers")
    (tmp_path / "lectures" / ".ipynb_checkpoints").mkdir()
    (tmp_path / "lectures" / ".ipynb_checkpoints" / "01-checkpoint.ipynb").write_text("not the course")
    return tmp_path


def mine(course):
    return {
        path.relative_to(course / "my").as_posix(): path
        for path in (course / "my").rglob("*.*")
        if path.is_file()
    }


def test_the_first_time_all_but_the_solutions_is_copied_in_its_layout(course):
    assert hand_out(course) == ["4 new files in my/: your own copy, change what you like"]
    assert set(mine(course)) == {
        ".editions.json",
        "exercises/01_impulse_response.ipynb",
        "lectures/00_start_here.ipynb",
        LECTURE,
        "lectures/replications.md",
    }
    assert (course / "my" / LECTURE).read_text() == "first edition"


def test_the_second_time_there_is_nothing_to_do_or_say(course):
    hand_out(course)
    before = {
        name: path.stat().st_mtime_ns for name, path in mine(course).items() if name != ".editions.json"
    }
    assert hand_out(course) == []
    assert before == {name: path.stat().st_mtime_ns for name, path in mine(course).items() if name in before}


def test_what_the_reader_changed_stays(course):
    hand_out(course)
    (course / "my" / LECTURE).write_text("my notes")
    assert hand_out(course) == []
    assert (course / "my" / LECTURE).read_text() == "my notes"


def test_a_newer_edition_of_an_unchanged_file_replaces_it_and_is_said(course):
    hand_out(course)
    (course / LECTURE).write_text("second edition")
    assert hand_out(course) == [f"my/{LECTURE} is now the newer edition (you had not changed it)"]
    assert (course / "my" / LECTURE).read_text() == "second edition"
    assert hand_out(course) == []


def test_a_newer_edition_of_a_changed_file_is_put_beside_it_once_and_is_said(course):
    hand_out(course)
    (course / "my" / LECTURE).write_text("my notes")
    (course / LECTURE).write_text("second edition")
    assert hand_out(course) == [f"my/{LECTURE} is yours and stays; the newer edition is my/{BESIDE}"]
    assert (course / "my" / LECTURE).read_text() == "my notes"
    assert (course / "my" / BESIDE).read_text() == "second edition"
    assert hand_out(course) == []


def test_a_third_edition_replaces_the_second_beside_unless_the_reader_worked_in_that_too(course):
    hand_out(course)
    (course / "my" / LECTURE).write_text("my notes")
    (course / LECTURE).write_text("second edition")
    hand_out(course)
    (course / LECTURE).write_text("third edition")
    assert hand_out(course) == [f"my/{LECTURE} is yours and stays; the newer edition is my/{BESIDE}"]
    assert (course / "my" / BESIDE).read_text() == "third edition"
    (course / "my" / BESIDE).write_text("notes in the new one")
    (course / LECTURE).write_text("fourth edition")
    again = BESIDE.replace("new-edition", "new-edition-2")
    assert hand_out(course) == [f"my/{LECTURE} is yours and stays; the newer edition is my/{again}"]
    assert (course / "my" / BESIDE).read_text() == "notes in the new one"
    assert (course / "my" / again).read_text() == "fourth edition"


def test_a_deleted_file_is_given_back_in_the_newest_edition(course):
    hand_out(course)
    (course / "my" / LECTURE).unlink()
    (course / LECTURE).write_text("second edition")
    assert hand_out(course) == [f"my/{LECTURE} was gone: here it is again"]
    assert (course / "my" / LECTURE).read_text() == "second edition"


def test_a_file_new_in_the_course_is_added_and_one_that_left_it_stays(course):
    hand_out(course)
    (course / "lectures" / "02_next.ipynb").write_text("first edition")
    (course / LECTURE).unlink()
    assert hand_out(course) == ["1 new file in my/: your own copy, change what you like"]
    assert (course / "my" / LECTURE).read_text() == "first edition"


@pytest.mark.parametrize("manifest", [None, "", "{half", "[]"])
def test_without_a_readable_manifest_no_work_is_lost(course, manifest):
    hand_out(course)
    (course / "my" / LECTURE).write_text("my notes")
    file = course / "my" / editions.MANIFEST
    file.unlink() if manifest is None else file.write_text(manifest)
    assert hand_out(course) == [f"my/{LECTURE} is yours and stays; the newer edition is my/{BESIDE}"]
    assert (course / "my" / LECTURE).read_text() == "my notes"
    assert len(json.loads(file.read_text())) == 5


def test_a_crash_while_writing_leaves_the_old_file_whole_and_no_scraps(course, monkeypatch):
    hand_out(course)
    (course / LECTURE).write_text("second edition")

    def crash(*names):
        raise OSError("the plug was pulled")

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", crash)
        with pytest.raises(OSError, match="plug"):
            hand_out(course)
    assert (course / "my" / LECTURE).read_text() == "first edition"
    assert not list((course / "my").rglob("*.part"))
    assert hand_out(course) == [f"my/{LECTURE} is now the newer edition (you had not changed it)"]


steps = st.lists(st.sampled_from(["work", "work beside", "edition", "delete", "hand out"]), max_size=12)


@settings(max_examples=40)
@given(steps)
def test_whatever_happens_in_whatever_order_no_work_is_ever_overwritten(tmp_path_factory, steps):
    course = tmp_path_factory.mktemp("course")
    (course / "lectures").mkdir()
    (course / LECTURE).write_text("edition 0")
    hand_out(course)
    work: dict[str, str] = {}  # file → what the reader wrote there last
    for number, step in enumerate(steps):
        path = BESIDE if step == "work beside" else LECTURE
        target = course / "my" / path
        if step.startswith("work") and target.exists():
            target.write_text(f"work {number}")
            work[path] = f"work {number}"
        elif step == "edition":
            (course / LECTURE).write_text(f"edition {number}")
        elif step == "delete":
            target.unlink(missing_ok=True)
            work.pop(path, None)
        elif step == "hand out":
            hand_out(course)
            assert target.exists()
        for kept, text in work.items():
            assert (course / "my" / kept).read_text() == text
