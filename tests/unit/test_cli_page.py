"""`rnnlab page`: a live figure of a notebook as one file, whatever else the notebook does."""

import base64
import gzip
import json
import re
from pathlib import Path

import nbformat
import pytest

from rnnlab import cli
from rnnlab.cli import pages

ROOT = Path(__file__).parents[2]
FIRST = (
    "%matplotlib inline\nimport numpy as np\nfrom matplotlib.figure import Figure\nfrom rnnlab.live import *",
    'raise SystemExit("this cell has nothing to do with the figures")',
    "size = 9\nsize = 3\nscale = np.ones(1)\nscale *= 4\nprint('loud')\nunread = 1 / 0",
    """
def line(w, on=True, a=0, b=0):
    here = np.full(size, w)
    return scale[0] * here * on

def draw(result):
    figure = Figure(figsize=(3, 2))
    (curve,) = figure.subplots().plot(result)
    return figure, lambda result: curve.set_ydata(result)
""",
    "scale[0] += 1\nhere = 1 / 0",
    "says = lambda result: f'{len(result)} of {result[0]:g}'",
    "shown = live(line, draw, says, w=slider(0, 1, 1, step=0.25), on=toggle(True))\nshown",
    "display(live(line, draw, w=slider(0, 1, 1), on=toggle(True), a=integer(0, 3, 0), b=integer(0, 3, 0)))",
    "live(lambda x: np.full(size, x), draw, x=slider(0, 1, 1))",
    "live(lambda w: 1 / 0, draw, w=slider(0, 1, 1))",
)


@pytest.fixture
def notebook(tmp_path, monkeypatch):
    """A reader's own notebook, in the current folder."""
    cells = [nbformat.v4.new_code_cell(source) for source in FIRST]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "mine.ipynb")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def header(path):
    raw = gzip.decompress(base64.b64decode(re.search(r'"(H4sI[^"]+)"', path.read_text(encoding="utf-8"))[1]))
    return json.loads(raw[4 : 4 + int.from_bytes(raw[:4], "little")])


def test_without_a_figure_they_are_listed(notebook, capsys):
    assert cli.main(["page", "mine.ipynb"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "mine.ipynb: running it …",
        "mine.ipynb: 3 live figures, by number or by name",
        "  1  line    w, on",
        "  2  line    w, on, a, b",
        "  3  figure  x",
        "Code cell 2 stopped with SystemExit: this cell has nothing to do with the figures",
        "Code cell 3 stopped with ZeroDivisionError: division by zero",
        "Code cell 5 stopped with ZeroDivisionError: division by zero",
        "Code cell 10 stopped with ZeroDivisionError: division by zero",
    ]
    assert [path.name for path in notebook.iterdir()] == ["mine.ipynb"]


def test_a_page_is_made_although_other_cells_stop(notebook, capsys):
    """What changes a value on the way has done so: 5 is 4 and one more."""
    assert cli.main(["page", "mine.ipynb", "1"]) == 0
    said = header(notebook / "mine-line.html")
    assert set(said["words"]) == {f"3 of {5 * w:g}" for w in (0, 0.25, 0.5, 0.75, 1)}
    assert [control["name"] for control in said["spec"]["controls"]] == ["w", "on"]
    out = capsys.readouterr().out
    assert "loud" not in out and re.search(r"written: .*mine-line\.html, \d+ kB", out)
    assert {path.name for path in notebook.iterdir()} == {"mine.ipynb", "mine-line.html"}


def test_controls_and_the_file_can_be_chosen(notebook):
    assert cli.main(["page", "mine.ipynb", "2", "--controls", "w,b", "--out", "there.html"]) == 0
    said = header(notebook / "there.html")
    assert [control["name"] for control in said["spec"]["controls"]] == ["w", "b"]
    assert said["spec"]["fixed"] == ["on=True", "a=0"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("99", "no lecture or notebook 99; expected a file or one of: 00_start_here, 01_"),
        ("nosuch.ipynb 1", "no lecture or notebook nosuch.ipynb"),
        ("mine.ipynb 4", "no live figure 4; give the number of one of these:\n  1  line.*Code cell 10 stopped"),
        ("mine.ipynb line", "2 live figures line; give the number"),
        ("mine.ipynb 2", r"at most 3 of this figure's controls \(w, on, a, b\); got w, on, a, b.*--controls w,on"),
        ("mine.ipynb 1 --controls w,q", "got w, q: choose"),
        ("mine.ipynb 1 --out nosuch/page.html", "no folder .*nosuch for page.html: make it"),
    ],
)  # fmt: skip
def test_what_cannot_be_made_is_said_and_nothing_is_written(notebook, capsys, line, says):
    assert cli.main(["page", *line.split()]) == 2
    assert re.search(says, capsys.readouterr().err, re.DOTALL)
    assert [path.name for path in notebook.iterdir()] == ["mine.ipynb"]


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        (None, "empty.ipynb cannot be read as a notebook"),
        (["1 + 1"], "empty.ipynb has no live figure"),
        (["def f(:"], "Code cell 1 stopped with SyntaxError"),
    ],
)
def test_a_notebook_without_a_figure_is_said(notebook, capsys, cells, says):
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells or []])
    (notebook / "empty.ipynb").write_text("{}" if cells is None else nbformat.writes(made))
    assert cli.main(["page", "empty.ipynb", "1"]) == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize("lecture", ["1", "01", "01_impulse_response", "lectures/01_impulse_response.ipynb"])
def test_a_lecture_is_known_by_its_number_its_name_and_its_file(lecture, tmp_path):
    assert pages.find_notebook(ROOT, lecture) == ROOT / "lectures" / "01_impulse_response.ipynb"
