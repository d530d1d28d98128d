"""What goes wrong is said in words, and the control stays alive."""

import pytest

from . import notebooks
from .lab import press, said

pytestmark = pytest.mark.slow

ASKED = """slider => { // sixty moves at once: how many were asked before the first answer
  let asked = 0;
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) {
    asked += (typeof data === "string" ? data : new TextDecoder().decode(data)).includes('"ask"');
    return send.call(this, data);
  };
  window.asked = () => asked;
  for (let i = 0; i < 60; i++) (slider.value = i), slider.dispatchEvent(new Event("input"));
  return asked;
}"""


@pytest.fixture
def opened(open_notebook, tmp_path):
    return open_notebook(notebooks.write(tmp_path / "trouble.ipynb", notebooks.SHOW_TROUBLE))


def test_an_exception_is_shown_in_the_figure_and_the_control_goes_on(opened):
    figure = opened.figures()[0].settle()
    press(figure.sliders()[0], "End")
    assert figure.settle().trouble() == "ValueError: a = 1.0 is too much"
    press(figure.sliders()[0], "Home")
    assert figure.settle().trouble() == "" and figure.words() == "a is 0.0"
    assert opened.errors == []


def test_a_slow_computation_leaves_no_queue_behind(opened):
    """A figure that computes for 100 ms follows a mouse that is held; of sixty moves at once the newest is computed."""
    figure = opened.figures()[1].settle()
    slider = figure.sliders()[0]
    box = slider.bounding_box()
    y, mouse = box["y"] + box["height"] / 2, opened.page.mouse
    output = figure.locator.locator("output").first
    mouse.move(box["x"] + 10, y)
    mouse.down()
    first = figure.settle().words()
    for step in range(1000):  # the mouse never rests, and yet the figure moves
        mouse.move(box["x"] + 10 + step % 60 * (box["width"] - 20) / 60, y)
        if figure.words() != first:
            break
    assert figure.words() != first
    assert figure.settle().words() == f"a is {said(output)}"
    mouse.up()
    figure.settle()
    asked = slider.evaluate(ASKED)
    assert figure.settle().words() == f"a is {said(output)}" == "a is 0.59"
    assert slider.evaluate("() => window.asked()") - asked == 1, "the newest, and nothing else"
    assert asked <= 3


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
    press(slider, "Home")
    figure.locator.locator(".live-trouble").wait_for(state="visible")
    assert "does not answer" in figure.trouble()
    press(slider, "ArrowRight")
    assert figure.settle().words() == "a is 0.01" and figure.trouble() == ""


def test_a_kernel_that_was_restarted_is_said_and_the_cell_runs_again(opened):
    figure = opened.figures()[0].settle()
    opened.page.evaluate("""async () => {
        await window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel.restart();
    }""")
    press(figure.sliders()[0], "Home")
    alert = figure.locator.locator(".live-trouble")
    alert.wait_for(state="visible")
    assert "run this cell again" in figure.trouble()
    opened.run_all()
    fresh = opened.figures()[0].settle()
    press(fresh.sliders()[0], "Home")
    assert fresh.settle().words() == "a is 0.0" and fresh.trouble() == ""
