"""What makes live figures quick, without a clock: how many requests fly at once, and what is not loaded meanwhile."""

import pytest

from . import notebooks
from .lab import focus

pytestmark = pytest.mark.slow

FAR = """() => { // every message to the kernel takes 100 ms more
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) { setTimeout(() => send.call(this, data), 100); };
}"""
AT_ONCE = """slider => { // so many of ten moves at once are sent before the first answer
  let asked = 0;
  const send = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) {
    asked += (typeof data === "string" ? data : new TextDecoder().decode(data)).includes('"ask"');
    return send.call(this, data);
  };
  for (let i = 0; i < 10; i++) (slider.value = i), slider.dispatchEvent(new Event("input"));
  WebSocket.prototype.send = send;
  return asked;
}"""


ONE_LATE = """slider => { // of ten moves at once the first is on its way for half a second longer
  const send = WebSocket.prototype.send;
  let late = 500;
  WebSocket.prototype.send = function (data) {
    const text = typeof data === "string" ? data : new TextDecoder().decode(data);
    setTimeout(() => send.call(this, data), text.includes('"ask"') ? late : 0);
    if (text.includes('"ask"')) late = 0;
  };
  for (let i = 0; i < 10; i++) (slider.value = i), slider.dispatchEvent(new Event("input"));
}"""


def test_three_requests_fly_on_a_long_way_and_one_where_the_kernel_is_slow(open_notebook, tmp_path):
    for cells, number, expected in (
        ((notebooks.MEMORY, notebooks.SHOW_MEMORY), 0, 3),
        ((notebooks.SHOW_TROUBLE,), 1, 1),
    ):
        opened = open_notebook(notebooks.write(tmp_path / f"{expected}.ipynb", *cells))
        figure = opened.figures()[number]
        slider = figure.sliders()[0]
        if expected == 3:
            opened.page.evaluate(FAR)
        focus(slider)
        for _ in range(12):  # the trips of the last ten are what counts
            opened.page.keyboard.press("ArrowLeft")
            figure.settle()
        assert slider.evaluate(AT_ONCE) == expected
        assert figure.settle().trouble() == "" and slider.input_value() == "9"
        assert opened.errors == []


def test_an_answer_that_comes_late_does_not_stay(open_notebook, tmp_path):
    """Of what was asked at once, the oldest is answered last; the newest is asked once more."""
    path = notebooks.write(tmp_path / "late.ipynb", notebooks.MEMORY, notebooks.SHOW_MEMORY)
    opened = open_notebook(path)
    figure = opened.figures()[0]
    slider = figure.sliders()[0]
    opened.page.evaluate(FAR)
    focus(slider)
    for _ in range(12):
        opened.page.keyboard.press("ArrowLeft")
        figure.settle()
    slider.evaluate(ONE_LATE)
    assert "w = -1.02:" in figure.settle().words() and slider.input_value() == "9"
    assert opened.errors == []


def test_the_tab_s_icon_is_not_loaded_again_while_a_figure_moves(open_notebook, tmp_path):
    opened = open_notebook(notebooks.write(tmp_path / "icon.ipynb", notebooks.MEMORY, notebooks.SHOW_MEMORY))
    figure = opened.figures()[0]
    busy = opened.page.locator("link.busy.favicon")
    busy.wait_for(state="attached")  # as it was
    loaded = []
    opened.page.on("request", lambda request: loaded.append(request.url))
    focus(figure.sliders()[0])
    for _ in range(20):
        opened.page.keyboard.press("ArrowLeft")
        figure.settle()
    assert [url for url in loaded if "favicon" in url] == []
    busy.wait_for(state="attached")  # and is again
    assert opened.errors == []
