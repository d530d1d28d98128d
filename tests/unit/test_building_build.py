"""The builder with a real kernel: what it rejects while running, and the same bytes twice."""

import sys

import nbformat
import pytest
from building_course import EXERCISE, LECTURE, Course

import rnnlab
import rnnlab.building.products as products
from rnnlab.building.build import build, equation_sheet
from rnnlab.building.layout import ROOT

pytestmark = pytest.mark.thorough

START = "# %% [markdown]\n# # One\n"


@pytest.fixture
def course(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setattr(products, "fill", lambda words: f"## {words}")
    monkeypatch.setattr(products, "points", lambda number: 4)
    return Course(tmp_path)


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("x = 1\nx.y", "cell 2: raised AttributeError"),
        ("import warnings\nwarnings.warn('careful', stacklevel=1)", "cell 2: wrote to stderr"),
        ("print('/home/somebody/x')", "cell 2: prints the absolute path"),
        ("import os\nos._exit(1)", "cell 2: the kernel died"),
    ],
)
def test_a_lecture_that_fails_is_not_written(course, capsys, code, fault):
    product = course.lecture(f"{START}\n# %%\n{code}\n")
    assert build([], root=course.root) == 1
    assert f"01_one {fault}" in capsys.readouterr().out
    assert not product.path.exists()


def test_a_stub_that_raises(course, capsys):
    preamble = "# %%\ndef check(number, answer):\n    pass\n\n# %%"
    text = EXERCISE.replace("# %%\ndef", preamble + "\ndef", 1) + "\n# %%\ndouble(1) + 1\n"
    exercise = course.exercise(text)
    assert build([], root=course.root) == 1
    assert "01_one (unsolved) cell 5: raised TypeError" in capsys.readouterr().out
    assert not exercise.path.exists()
    assert (course.root / "solutions/01_one.ipynb").exists()


def test_the_same_bytes_twice_and_nothing_to_do_after(course, capsys):
    drawing = "import numpy as np\n\nfrom rnnlab.figures.canvas import canvas\n\ndrawing, ax = canvas()\n"
    drawing += "ax.plot(np.linspace(0, 1, 9) ** 2)\ndrawing.alt = 'A parabola from 0 to 1.'\ndrawing"
    text = LECTURE.replace("claim(", "from rnnlab.teaching import claim\n\nclaim(") + f"\n# %%\n{drawing}\n"
    product = course.lecture(text)
    assert build([], root=course.root) == 0
    first = product.path.read_bytes()
    assert build(["01_one"], root=course.root) == 0
    assert "up to date" in capsys.readouterr().out
    assert build([], everything=True, root=course.root) == 0
    assert "same bytes as before" in capsys.readouterr().out
    product.path.unlink()
    assert build([], root=course.root) == 0
    assert product.path.read_bytes() == first
    assert "(1.1)  both sides agree" in equation_sheet(course.root).read_text()
    assert sorted(p.name for p in product.path.parent.iterdir()) == ["01_one.ipynb", "replications.md"]


def test_a_kernel_has_one_thread_and_an_empty_home(course, monkeypatch):
    monkeypatch.setenv("RNNLAB_HOME", str(course.root))
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    code = """\
import os
import sys

import rnnlab

print([name for name in sorted(os.environ) if name.endswith("_NUM_THREADS") and os.environ[name] == "1"])
print(os.environ["PYTHONHASHSEED"], os.path.exists(os.environ["RNNLAB_HOME"]))
print(sys.executable == EXECUTABLE, rnnlab.__file__ == FILE)
"""
    code = code.replace("EXECUTABLE", repr(sys.executable)).replace("FILE", repr(rnnlab.__file__))
    product = course.lecture(f"{START}\n# %%\n{code}")
    assert build([], root=course.root) == 0
    (output,) = nbformat.read(product.path, as_version=4).cells[1].outputs
    threads = [f"{library}_NUM_THREADS" for library in ("MKL", "NUMEXPR", "OMP", "OPENBLAS", "VECLIB")]
    assert output.text.splitlines() == [str(threads), "0 False", "True True"]
