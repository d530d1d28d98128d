"""`live`: runs its parts at once, refuses what cannot work, and shows itself the same way every time."""

import builtins
import sys
from dataclasses import dataclass
from types import SimpleNamespace
from typing import NamedTuple

import nbclient
import nbformat
import numpy as np
import pytest
from matplotlib.figure import Figure

from rnnlab.live import CannotMirror, choice, integer, live, point, slider, toggle
from rnnlab.live.corners import corners_and_random
from rnnlab.live.results import bring_home, where


def power(w, T=5):
    return w ** np.arange(T)


def draw(result, **axes):
    figure = Figure(figsize=(4, 2), layout="constrained")
    ax = figure.subplots()
    (line,) = ax.plot(result)
    ax.set(title="a power", ylim=(-2, 2), **axes)
    return figure, lambda result: line.set_data(np.arange(len(result)), result)


def words(result):
    return f"ends at {result[-1]:.3f}"


def test_a_live_figure_shows_a_picture_its_words_and_says_what_is_seen():
    data, metadata = live(power, draw, words, w=slider(-1, 1, 0.5))._repr_mimebundle_()
    assert data["image/png"].startswith(b"\x89PNG") and set(data) == {"image/png", "text/plain"}
    assert data["text/plain"] == "ends at 0.062"
    assert metadata == {"image/png": {"alt": "ends at 0.062"}}


def test_what_is_stored_is_the_same_on_every_run_and_after_every_move():
    figures = [live(power, draw, words, w=slider(-1, 1, 0.5)) for _ in range(2)]
    figures[1].show({"w": -0.3})
    first, second = (figure._repr_mimebundle_() for figure in figures)
    assert first == second
    assert b"matplotlib" not in first[0]["image/png"].lower()  # no version, no date


def test_without_words_the_title_is_said_and_a_figure_s_own_alt_is_kept():
    assert live(power, draw, w=slider(-1, 1, 0.5)).words == "a power"

    def with_alt(result):
        figure, update = draw(result)
        figure.alt = "a curve falls"
        return figure, update

    assert (
        live(power, with_alt, w=slider(-1, 1, 0.5))._repr_mimebundle_()[1]["image/png"]["alt"]
        == "a curve falls"
    )


def test_the_still_picture_has_the_size_of_the_figure_at_100_dpi():
    import io

    from PIL import Image

    still = Image.open(io.BytesIO(live(power, draw, w=slider(-1, 1, 0.5)).scene.still))
    assert still.size == (400, 200) and still.mode == "P"
    assert len(still.convert("RGB").getcolors()) > 10


def test_compute_figure_and_update_run_at_once_and_their_errors_are_raised():
    calls = []

    def compute(w):
        calls.append("compute")
        return [w, w]

    def figure(result):
        calls.append("figure")
        fig, update = draw(result)
        return fig, lambda result: (calls.append("update"), update(result))

    live(compute, figure, w=slider(-1, 1, 0.5))
    assert calls == ["compute", "figure", "update"]
    with pytest.raises(ZeroDivisionError):
        live(lambda w: 1 / 0, figure, w=slider(-1, 1, 0.5))
    with pytest.raises(KeyError):
        live(power, lambda result: (draw(result)[0], lambda result: {}["nothing"]), w=slider(-1, 1, 0.5))


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (lambda: live(power, draw), ValueError, "at least one control"),
        (lambda: live(power, draw, w=0.5), TypeError, "is a control"),
        (lambda: live(power, draw, v=slider(0, 1, 0.5)), TypeError, r"do not fit power\(w, T=5\)"),
        (
            lambda: live(power, lambda r: draw(r)[0], w=slider(0, 1, 0.5)),
            TypeError,
            r"returns \(fig, update\)",
        ),
        (lambda: live(power, draw, lambda r: 3, w=slider(0, 1, 0.5)), TypeError, "returns words"),
        (lambda: live(power, draw, lambda r: " ", w=slider(0, 1, 0.5)), TypeError, "returns words"),
        (lambda: live(power, draw, preview=lambda: 0, w=slider(0, 1, 0.5)), TypeError, "do not fit"),
        (
            lambda: live(lambda p: p, draw, p=point((0, 1), (0, 1), (0, 0), axes=2)),
            ValueError,
            "the figure has 1",
        ),
        (
            lambda: live(lambda p: p, lambda r: draw(r, xscale="symlog"), p=point((0, 1), (0, 1), (0, 0))),
            ValueError,
            "straight axes",
        ),
    ],
)
def test_what_cannot_work_is_refused_before_anybody_touches_it(make, error, says):
    with pytest.raises(error, match=says):
        make()


def test_an_artist_that_cannot_move_is_an_error_at_once():
    def mesh(result):
        figure = Figure()
        figure.subplots().pcolormesh(np.zeros((2, 2)))
        return figure, lambda result: None

    with pytest.raises(CannotMirror, match="QuadMesh"):
        live(power, mesh, w=slider(-1, 1, 0.5))


def test_a_guess_marks_a_slider_or_an_axis_and_nothing_else():
    for marks in ("w", "x", "y"):
        guess = SimpleNamespace(value=0.3, marks=marks, unit="")
        spec = live(power, draw, guess=guess, w=slider(-1, 1, 0.5)).spec()
        assert spec["guess"] == {"value": 0.3, "marks": marks, "unit": ""}
    with pytest.raises(ValueError, match='a slider \\(w\\) or the axis "x" or "y"; got \'z\''):
        live(power, draw, guess=SimpleNamespace(value=None, marks="z", unit=""), w=slider(-1, 1, 0.5))
    empty = SimpleNamespace(value=None, marks="w", unit="")
    assert live(power, draw, guess=empty, w=slider(-1, 1, 0.5)).spec()["guess"] is None


def test_a_control_without_a_label_has_its_name():
    spec = live(power, draw, w=slider(-1, 1, 0.5), T=integer(2, 9, 5, label="steps")).spec()
    assert [control["label"] for control in spec["controls"]] == ["w", "steps"]
    assert spec["code"] == {"call": "power", "import": f"from {__name__} import power"}


def test_one_vector_holds_all_controls():
    def compute(p, on, kind, w):
        return [float(on), w]

    controls = {
        "p": point((0, 1), (0, 1), (0.5, 1)),
        "on": toggle(True),
        "kind": choice(["a", "b", "c"], "c"),
    }
    figure = live(compute, draw, **controls, w=slider(-1, 1, 0.5))
    vector = figure.vector(figure.start)
    assert vector == [0.5, 1.0, 1.0, 2.0, 0.5]
    assert figure.values(vector) == figure.start
    with pytest.raises(ValueError, match="are 5 numbers; got 2"):
        figure.values([1.0, 2.0])


def test_compute_gets_the_device_and_a_way_to_report_if_it_asks():
    seen = {}

    def compute(w, device, progress):
        progress(0.5)
        seen[w] = device
        return [w, w]

    figure = live(compute, draw, w=slider(-1, 1, 0.5))
    heard = []
    figure.show({"w": 0.0}, device="cuda", progress=heard.append)
    assert seen == {0.5: "cpu", 0.0: "cuda"} and heard == [0.5] and figure.picks_device


def test_a_preview_is_used_while_dragging_and_compute_at_the_end():
    figure = live(power, draw, preview=lambda w: power(w, 3), w=slider(-1, 1, 0.5))
    assert len(figure.show({"w": 0.1}, final=False).result) == 3
    assert len(figure.show({"w": 0.1}, final=True).result) == 5


class Pair(NamedTuple):
    a: object
    b: object


@dataclass
class Box:
    a: object


def test_tensors_come_home_from_wherever_they_are():
    torch = pytest.importorskip("torch")
    tensor = torch.ones(3, requires_grad=True)
    for result in (tensor, (tensor, 1), [tensor], {"a": tensor}, Pair(tensor, 2), Box(tensor)):
        home = bring_home(result)
        assert type(home) is (np.ndarray if result is tensor else type(result))
        assert where(result) == "cpu" and where(home) is None
    assert bring_home({"a": 1}) == {"a": 1}
    figure = live(lambda w: w ** torch.arange(5), draw, words, w=slider(-1, 1, 0.5))
    assert figure.words == "ends at 0.062" and figure.show({"w": 0.5}).device == "cpu"


def test_without_anywidget_the_still_picture_remains(monkeypatch):
    real = builtins.__import__

    def refuse(name, *rest, **named):
        if name.split(".")[0] in ("anywidget", "ipywidgets"):
            raise ImportError(name)
        return real(name, *rest, **named)

    for name in [name for name in sys.modules if name.split(".")[0] in ("anywidget", "ipywidgets")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", refuse)
    assert set(live(power, draw, words, w=slider(-1, 1, 0.5))._repr_mimebundle_()[0]) == {
        "image/png",
        "text/plain",
    }


@pytest.mark.thorough
def test_in_a_kernel_the_widget_is_shown_as_well_and_errors_fail_the_cell():
    setup = "import numpy as np\nfrom matplotlib.figure import Figure\nfrom rnnlab.live import live, slider\n"
    setup += """
def draw(result):
    figure = Figure()
    (line,) = figure.subplots().plot(result)
    return figure, line.set_ydata
"""
    cells = [setup, "live(lambda w: [w, w], draw, lambda r: 'words', w=slider(0, 1, 0.5))"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nbclient.NotebookClient(notebook, timeout=60, store_widget_state=False).execute()
    (output,) = notebook.cells[1].outputs
    assert output.data["text/plain"] == "words"
    assert set(output.data) == {"image/png", "text/plain", "application/vnd.jupyter.widget-view+json"}
    notebook.cells[1].source = notebook.cells[1].source.replace("[w, w]", "1 / 0")
    with pytest.raises(nbclient.exceptions.CellExecutionError, match="ZeroDivisionError"):
        nbclient.NotebookClient(notebook, timeout=60).execute()


def test_corners_and_random_points_of_a_good_figure_hold():
    figure = live(power, draw, words, w=slider(-1, 1, 0.5), T=integer(2, 9, 5))
    assert corners_and_random(figure, seconds=1.0) > 10


@pytest.mark.parametrize(
    ("compute", "figure", "says", "message"),
    [
        (lambda w: [w, 1 / (w - 1) if w < 1 else 1 / 0], draw, words, "at w=1.0: ZeroDivisionError"),
        (lambda w: np.array([w, np.inf if w == 1 else 0]), draw, lambda r: "fine", "infinite"),
        (lambda w: [w, w], draw, lambda r: "nan" if r[0] == 1 else "fine", "words"),
        (lambda w: [w * 1e6, w * 1e6] if w == 1 else [0, 0], draw, words, "empty"),
    ],
)
def test_a_figure_that_fails_at_a_corner_is_caught(compute, figure, says, message):
    with pytest.raises(AssertionError, match=message):
        corners_and_random(live(compute, figure, says, w=slider(-1, 1, 0.5)), seconds=1.0)


def test_an_update_that_forgets_to_set_something_back_is_caught():
    def figure(result):
        fig, update = draw(result)

        def once(result):
            update(result)
            if result[1] == 1:
                fig.axes[0].lines[0].set_color("red")

        return fig, once

    with pytest.raises(AssertionError, match="forgets"):
        corners_and_random(live(power, figure, words, w=slider(-1, 1, 0.5)), seconds=1.0)
