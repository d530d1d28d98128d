"""One's own standing: kept on this computer, never fewer marks than once earned, and never in the way."""

import json
import sys

import pytest

from rnnlab.cli import standing as command
from rnnlab.questions import check, progress
from rnnlab.questions.q01_impulse_response.echoes import echoes


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("RNNLAB_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def first():
    return next(one for one in progress.standing() if one.number == 1)


def test_it_begins_with_nothing_and_keeps_the_most():
    assert (first().marks, first().points) == (0, 20)
    for marks, best in ((2, 2), (4, 4), (1, 4)):
        progress.note("1.1", marks)
        assert first().marks == best


@pytest.mark.parametrize(
    "content", ["{", "[1]", '{"1.1": "4"}', '{"1.1": true}', '{"1.1": -3}', "[" * 99_999]
)
def test_a_spoilt_file_counts_as_nothing(home, content):
    home.mkdir()
    progress.file().write_text(content)
    assert first().marks == 0
    progress.note("1.1", 4)
    assert first().marks == 4


def test_marks_that_a_question_does_not_have_do_not_count(home):
    home.mkdir()
    progress.file().write_text(json.dumps({"1.1": 400, "99.1": 5}))
    assert first().marks == 4


def test_a_home_that_cannot_be_written_is_no_error(home):
    home.write_text("a file where a folder should be")
    progress.note("1.1", 4)
    assert first().marks == 0


def test_check_notes_it_in_a_notebook_and_nowhere_else(monkeypatch):
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    check("1.1", echoes)
    assert first().marks == 0
    monkeypatch.setitem(sys.modules, "ipykernel", object())
    check("1.1", lambda xs, w, u, d: echoes(xs, w, 1.0, d))
    assert first().marks == 2
    check("1.1", echoes)
    assert first().marks == 4


def test_the_picture_and_the_command_say_the_same(capsys):
    progress.note("1.1", 3)
    assert "01: 3 of 20" in progress.picture().alt
    assert command.run() == 0
    assert "exercise 01  ███·" in capsys.readouterr().out
