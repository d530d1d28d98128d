"""What goes wrong is said in words, and the control stays alive."""

import pytest

from . import notebooks
from .lab import said

pytestmark = pytest.mark.slow


@pytest.fixture
def opened(open_notebook, tmp_path):
    return open_notebook(notebooks.write(tmp_path / "trouble.ipynb", notebooks.SHOW_TROUBLE))


def test_an_exception_is_shown_in_the_figure_and_the_control_goes_on(opened):
    figure = opened.figures()[0].settle()
    figure.sliders()[0].focus()
    opened.page.keyboard.press("End")
    assert figure.settle().trouble() == "ValueError: a = 1.0 is too much"
    opened.page.keyboard.press("Home")
    assert figure.settle().trouble() == "" and figure.words() == "a is 0.0"
    assert opened.errors == []


def test_a_slow_computation_leaves_no_queue_behind(opened):
    """Sixty moves of a figure that computes for 100 ms: only some are computed, and the last of them is the newest."""
    figure = opened.figures()[1].settle()
    slider = figure.sliders()[0]
    opened.page.evaluate("""() => {
        window.asked = 0;
        const send = WebSocket.prototype.send;
        WebSocket.prototype.send = function (data) {
            const text = typeof data === "string" ? data : new TextDecoder().decode(data);
            if (text.includes('"ask"')) window.asked++;
            return send.call(this, data);
        };
    }""")
    box = slider.bounding_box()
    y, mouse = box["y"] + box["height"] / 2, opened.page.mouse
    mouse.move(box["x"] + 10, y)
    mouse.down()
    for step in range(60):
        mouse.move(box["x"] + 10 + step * (box["width"] - 20) / 60, y)
        opened.page.wait_for_timeout(16)
    mouse.up()
    assert figure.settle().words() == f"a is {said(figure.locator.locator('output').first)}"
    assert 3 < opened.page.evaluate("() => window.asked") < 30


def test_a_question_that_is_lost_is_noticed_and_the_next_one_is_asked(opened):
    figure = opened.figures()[0]
    opened.page.evaluate("""() => {
        const send = WebSocket.prototype.send;
        let lost = false;
        WebSocket.prototype.send = function (data) {
            const text = typeof data === "string" ? data : new TextDecoder().decode(data);
            if (!lost && text.includes('"ask"')) lost = true;
            else send.call(this, data);
        };
    }""")
    slider = figure.sliders()[0]
    slider.press("Home")
    figure.locator.locator(".live-trouble").wait_for(state="visible", timeout=10_000)
    assert "does not answer" in figure.trouble()
    slider.press("ArrowRight")
    assert figure.settle().words() == "a is 0.01" and figure.trouble() == ""


def test_a_kernel_that_was_restarted_is_said_and_the_cell_runs_again(opened):
    figure = opened.figures()[0].settle()
    opened.page.evaluate("""async () => {
        await window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel.restart();
    }""")
    figure.sliders()[0].focus()
    opened.page.keyboard.press("Home")
    alert = figure.locator.locator(".live-trouble")
    alert.wait_for(state="visible", timeout=10_000)
    assert "run this cell again" in figure.trouble()
    opened.run_all()
    fresh = opened.figures()[0].settle()
    fresh.sliders()[0].focus()
    opened.page.keyboard.press("Home")
    assert fresh.settle().words() == "a is 0.0" and fresh.trouble() == ""
