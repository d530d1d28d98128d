"""What takes time: a preview while dragging, progress, a long way to the kernel, and a notebook closed in mid-drag."""

import pytest

from . import notebooks
from .lab import OpenNotebook, press, said

pytestmark = pytest.mark.slow

FAR = """(() => {  // every message to a kernel waits window.far milliseconds; counts what is on its way
  window.far = 120;
  window.asked = window.flying = window.most = 0;
  const text = (data) => (typeof data === "string" ? data : new TextDecoder().decode(data));
  window.WebSocket = class extends WebSocket {
    constructor(...address) {
      super(...address);
      this.addEventListener("message", ({ data }) => (window.flying -= text(data).includes('"kind": "frame"')));
    }
    send(data) {
      if (text(data).includes('"kind":"hello"')) window.flying++;
      if (text(data).includes('"kind":"ask"')) window.asked++, (window.most = Math.max(window.most, ++window.flying));
      setTimeout(() => super.send(data), window.far);
    }
  };
})()"""


@pytest.fixture
def patience(open_notebook, lab, tmp_path):
    """A figure with a preview, and one that computes until the file `go` is there."""
    go = lab.notebooks / "go"
    go.unlink(missing_ok=True)
    opened = open_notebook(notebooks.write(tmp_path / "patience.ipynb", notebooks.SHOW_PATIENCE))
    yield opened, go
    go.touch()


def held(figure, upto=0.75):
    """A slider taken by the mouse, drawn to the right, and not let go of. Returns the mouse."""
    box, mouse = figure.settle().sliders()[0].bounding_box(), figure.page.mouse
    y = box["y"] + box["height"] / 2
    mouse.move(box["x"] + box["width"] / 2, y)
    mouse.down()
    mouse.move(box["x"] + upto * box["width"], y, steps=20)
    return mouse


def test_a_preview_is_shown_while_dragging_and_the_full_result_on_release(patience):
    opened, _ = patience
    figure = opened.figures()[0]
    assert figure.words() == "exact at 0.5"
    mouse = held(figure)
    value = said(figure.settle().locator.locator("output"))
    assert figure.words() == f"rough at {value}" and float(value) > 0.6
    mouse.up()
    assert figure.settle().words() == f"exact at {value}"
    press(figure.sliders()[0], "Home")  # the keyboard lets go at each step
    assert figure.settle().words() == "exact at 0.0"
    assert opened.errors == []


def test_a_long_computation_shows_how_far_it_is(patience):
    opened, go = patience
    figure = opened.figures()[1]
    bar = figure.locator.locator("progress")
    assert not bar.is_visible()
    press(figure.sliders()[0], "End")
    bar.wait_for(state="visible")
    assert bar.evaluate("bar => bar.value") == 0.25 and figure.words() == "done at 0.5"
    go.touch()
    assert figure.settle().words() == "done at 1.0" and not bar.is_visible()
    assert opened.errors == []


def test_while_a_cell_runs_a_figure_waits_and_says_so(open_notebook, lab, tmp_path):
    """JupyterLab has widgets heard in a second thread of the kernel; matplotlib, and a cell that runs, know one."""
    go = lab.notebooks / "go"
    go.touch()
    opened = open_notebook(notebooks.write(tmp_path / "thread.ipynb", notebooks.SHOW_THREAD, notebooks.WAIT))
    figure = opened.figures()[0]
    for key, value in (("Home", 0.0), ("End", 1.0), ("Home", 0.0)):
        press(figure.sliders()[0], key)
        assert figure.settle().words() == f"{value} in MainThread"
    go.unlink()
    opened.page.evaluate("""() => {
        window.jupyterapp.shell.currentWidget.content.activeCellIndex = 2;
        window.jupyterapp.commands.execute("notebook:run-cell");
    }""")
    lab.until(lambda: lab.rest("GET", "kernels")[0]["execution_state"] == "busy", "a busy kernel")
    press(figure.sliders()[0], "End")
    try:
        figure.locator.get_by_text("the kernel is busy").wait_for()
        assert figure.words() == "0.0 in MainThread" and figure.trouble() == ""
    finally:
        go.touch()
    assert figure.settle().words() == "1.0 in MainThread" and figure.trouble() == ""
    assert opened.errors == []


def test_on_a_long_way_more_is_asked_at_a_time_and_the_last_value_wins(open_notebook, tmp_path):
    path = notebooks.write(tmp_path / "far.ipynb", notebooks.MEMORY, notebooks.SHOW_MEMORY)
    opened = open_notebook(path, before=FAR)
    page, figure = opened.page, opened.figures()[0]

    def drag():
        page.evaluate("() => { window.most = 0; }")
        box = figure.sliders()[0].bounding_box()
        page.mouse.move(box["x"] + 10, box["y"] + box["height"] / 2)
        page.mouse.down()
        for step in range(60):
            page.mouse.move(box["x"] + 10 + step * (box["width"] - 20) / 60, box["y"] + box["height"] / 2)
            page.wait_for_timeout(16)
        page.mouse.up()
        value = figure.settle().sliders()[0].get_attribute("aria-valuetext").split(" ")[0].replace("−", "-")
        assert f"w = {float(value):.2f}:" in figure.words()
        return page.evaluate("() => window.most")

    drag()
    assert 2 <= drag() <= 3
    figure.sliders()[0].evaluate("""slider => {
        window.asked = 0;
        for (slider.value = 0; slider.value < 20; slider.value++) slider.dispatchEvent(new Event("input"));
    }""")
    figure.settle()
    assert page.evaluate("() => window.asked") <= 4, "three at once, then the newest: nothing queues"
    assert opened.errors == []


def test_a_notebook_closed_in_mid_drag_leaves_nothing_behind(patience, lab):
    opened, _ = patience
    page = opened.page
    held(opened.figures()[0])
    page.evaluate("""async () => {
        await window.jupyterapp.commands.execute("docmanager:save");
        window.jupyterapp.shell.currentWidget.close();
    }""")
    page.wait_for_function("() => !document.querySelector('.live-figure')")
    page.mouse.move(700, 500, steps=5)
    page.mouse.up()
    page.evaluate("() => new Promise(requestAnimationFrame)")
    (kernel,) = lab.rest("GET", "kernels")
    lab.until(
        lambda: lab.rest("GET", f"kernels/{kernel['id']}")["execution_state"] == "idle", "an idle kernel"
    )
    assert opened.console == [] and lab.complaints == []

    opened.reload()
    figure = opened.figures()[0]
    press(figure.sliders()[0], "Home")
    assert figure.settle().words() == "exact at 0.0" and figure.trouble() == ""
    assert opened.errors == []


def test_a_figure_that_is_cleared_away_while_it_plays_asks_no_more(open_notebook, tmp_path):
    path = notebooks.write(tmp_path / "cleared.ipynb", notebooks.MEMORY, notebooks.SHOW_MEMORY)
    opened = open_notebook(path, before=FAR)
    page, figure = opened.page, opened.figures()[0]
    press(figure.sliders()[0], "Home")
    figure.settle()
    figure.locator.get_by_role("button", name="play weight w").click()
    asked = page.evaluate("""async () => {
        const frame = () => new Promise(requestAnimationFrame), before = window.asked;
        while (window.asked < before + 3) await frame();
        await window.jupyterapp.commands.execute("notebook:clear-all-cell-outputs");
        while (document.querySelector(".live-figure")) await frame();
        const then = window.asked;
        for (let i = 0; i < 60; i++) await frame();
        return window.asked - then;
    }""")
    assert asked <= 1, "the newest of what was asked for may still have waited"
    assert opened.errors == []


def test_a_browser_closed_in_mid_drag_leaves_the_kernel_idle(patience, lab):
    opened, _ = patience
    held(opened.figures()[0])
    context = opened.page.context
    opened.page.close()
    (kernel,) = lab.rest("GET", "kernels")
    lab.until(
        lambda: lab.rest("GET", f"kernels/{kernel['id']}")["execution_state"] == "idle", "an idle kernel"
    )
    assert lab.complaints == []
    again = OpenNotebook(lab, context.new_page(), "patience.ipynb")
    again.run_all()
    assert again.figures()[0].words() == "exact at 0.5" and again.errors == []
