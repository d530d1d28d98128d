"""Marks for a namespace and for a notebook with everything in it that notebooks have."""

import json
import subprocess
import sys

import pytest

from rnnlab.questions.check import Status
from rnnlab.questions.question import numbers, question
from rnnlab.questions.running import run_notebook
from rnnlab.questions.scoring import score, score_notebook

PREAMBLE = "import numpy as np\nfrom rnnlab.questions import check, numbers\nstudent_id = 'ada'"
ECHOES = """
def echoes(xs, w, u, d):
    hs = np.zeros(len(xs))
    for t in range(len(xs)):
        hs[t] = w * (hs[t - d] if t >= d else 0) + u * xs[t]
    return hs
"""


def notebook(tmp_path, *cells, name="01_impulse_response.ipynb"):
    body = [{"cell_type": "markdown", "source": ["# 1"]}]
    body += [{"cell_type": "code", "source": cell.splitlines(keepends=True), "outputs": []} for cell in cells]
    path = tmp_path / name
    path.write_text(json.dumps({"cells": body, "nbformat": 4}), encoding="utf-8")
    return path


def test_a_notebook_is_run_and_scored(tmp_path, capfd):
    path = notebook(tmp_path, PREAMBLE, ECHOES, 'print("x")\ncheck("1.1", echoes)')
    marks = score_notebook(path)
    assert [(mark.question, mark.marks, mark.points) for mark in marks][:2] == [("1.1", 4, 4), ("1.2", 0, 4)]
    assert [mark.marks for mark in marks] == [4, 0, 0, 0, 0, 0]
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    "mess",
    [
        "%matplotlib inline\n!ls",
        "%%bash\nrm -rf nothing",
        "files = !ls\nfor f in [1]:\n    %time f\nnp?\n?np",
        "1 / 0",
        "import sys\nsys.exit(1)",
        "raise SystemExit",
        "name = input('who? ')",
        "def broken(:",
        "display(3)",
        "import warnings\nwarnings.warn('x')",
        "print('x' * 10**6)",
        "student_id = 'ada'\necho = None",
        "x = 7\ny = (x\n     % 4)",
    ],
)
def test_a_mess_in_one_cell_costs_nothing_elsewhere(tmp_path, mess):
    path = notebook(tmp_path, PREAMBLE, mess, ECHOES, mess)
    assert score_notebook(path)[0].marks == 4


def test_magic_does_not_hide_the_rest_of_its_cell(tmp_path):
    magic = "%matplotlib inline\nfiles = !ls\n?np\nnp?\n"
    run = run_notebook(notebook(tmp_path, PREAMBLE, magic + ECHOES))
    assert "echoes" in run.namespace
    assert run.troubles == ()


def test_nobody_answers_a_question(tmp_path):
    (trouble,) = run_notebook(notebook(tmp_path, "input('who? ')")).troubles
    assert trouble == "Code cell 1 stopped with EOFError: nobody is there to answer input()"


def test_python_that_looks_like_magic_is_left_alone(tmp_path):
    run = run_notebook(notebook(tmp_path, 'text = """\n%time\n"""\ny = (7\n     % 4)'))
    assert run.namespace["text"] == "\n%time\n"
    assert run.namespace["y"] == 3
    assert run.troubles == ()


def test_a_cell_that_stopped_is_named_where_its_answer_is_missing(tmp_path):
    marks = score_notebook(notebook(tmp_path, "import numpy as np", "def echoes(:\n    pass", "1 / 0"))
    assert marks[0].verdict.status is Status.NOT_ATTEMPTED
    text = repr(marks[0].verdict)
    assert "`echoes` was never defined." in text
    assert "Code cell 2 stopped with SyntaxError" in text
    assert "Code cell 3 stopped with ZeroDivisionError: division by zero" in text


def test_an_interrupt_stops_the_run(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        run_notebook(notebook(tmp_path, "raise KeyboardInterrupt"))


def test_what_is_no_notebook_is_said(tmp_path):
    for name, text in (("01_a.ipynb", "{"), ("01_b.ipynb", "{}"), ("01_c.ipynb", "[1]")):
        (tmp_path / name).write_text(text)
        with pytest.raises(ValueError, match="cannot be read as a notebook"):
            score_notebook(tmp_path / name)
    with pytest.raises(ValueError, match="begins with the exercise's number"):
        score_notebook(notebook(tmp_path, name="mine.ipynb"))


def test_the_id_of_the_roster_goes_before_the_notebooks_own():
    one = question("1.3")
    adas = {"steps": one.reference(*numbers("1.3", "ada")), "student_id": "ada"}
    assert score(adas, 1)[2].marks == 2
    assert score(adas, 1, student="somebody else")[2].marks == 0
    assert score({"steps": adas["steps"]}, 1)[2].marks == 0


def test_parts_are_marked_one_by_one():
    one = question("1.2")
    wrong = next(m.wrong for m in one.misconceptions if m.name == "back without the wait")
    for key in ("a", "b", "c"):
        (mark,) = (m for m in score({"blame": wrong}, 1, key) if m.question == "1.2")
        assert (mark.marks, mark.points) == (1, 4)


def test_the_room_opens_quickly():
    """Neither torch nor matplotlib comes with it, and `check` stays a function next to its own module."""
    code = (
        "import sys, rnnlab.questions.check\n"
        "from rnnlab.questions import check, numbers\n"
        "check('1.1', lambda *a: 1); numbers('1.3', 'ada')\n"
        "from rnnlab.questions import check as again\n"
        "assert again is check and callable(check)\n"
        "assert not {'torch', 'matplotlib', 'scipy', 'IPython'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
