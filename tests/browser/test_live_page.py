"""A figure saved as a page, opened from a file without a network: the same picture as the kernel draws."""

import base64
import io
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure as Sheet
from PIL import Image

from rnnlab.cli import main
from rnnlab.live import live, save_page, slider, toggle

from . import notebooks
from .lab import Figure

pytestmark = pytest.mark.slow

LECTURE = Path(__file__).parents[2] / "lectures" / "01_impulse_response.ipynb"


def picture(figure):
    """The canvas as an array, rows × columns × colours."""
    png = figure.locator.locator("canvas").evaluate("canvas => canvas.toDataURL()").split(",")[1]
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB"), dtype=int)


@pytest.fixture
def open_page(browser):
    """Opens a page from its file, without a network. Returns its figure, and what goes wrong in it."""
    contexts = []

    def open_file(path):
        contexts.append(browser.new_context(viewport={"width": 1000, "height": 700}, offline=True))
        page = contexts[-1].new_page()
        trouble = []
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("requestfailed", lambda request: trouble.append(request.url))
        page.goto(path.as_uri())
        page.locator(".live-figure").wait_for()
        return Figure(page, page.locator(".live-figure")).settle(), trouble

    yield open_file
    for context in contexts:
        context.close()


@pytest.fixture
def opened_page(open_page, tmp_path):
    scope = {}
    exec(
        notebooks.IMPORTS + notebooks.MEMORY + notebooks.SHOW_MEMORY.replace("live(", "shown = live(", 1),
        scope,
    )
    return open_page(save_page(scope["shown"], tmp_path / "page.html", controls=("w", "squashed")))


def same(pictures):
    here, there = pictures
    return here.shape == there.shape and (abs(here - there) > 64).mean() < 0.001


def test_a_page_moves_by_keyboard_says_words_pins_and_copies(opened_page):
    figure, trouble = opened_page
    page, (slider_,) = figure.page, figure.sliders()
    start = figure.pixels(), figure.words()
    slider_.focus()
    seen = {start}
    for key in ("Home", "End", "ArrowLeft"):
        page.keyboard.press(key)
        figure.settle()
        seen.add((figure.pixels(), figure.words()))
    assert len(seen) == 4
    page.keyboard.press("p")
    page.wait_for_function("() => document.querySelector('.live-tools button').ariaPressed === 'true'")
    page.keyboard.press("p")
    steps = int(slider_.get_attribute("max")) - 1 - slider_.evaluate("slider => +slider.value")
    assert steps == 0
    while figure.settle().words() != start[1]:
        page.keyboard.press("ArrowLeft")
    page.wait_for_function("() => document.querySelector('.live-tools button').ariaPressed === 'false'")
    assert figure.settle().pixels() == start[0]
    assert trouble == []


def test_the_frame_at_a_grid_point_is_the_kernel_s(opened_page, open_notebook, tmp_path):
    page_figure, trouble = opened_page
    cells = notebooks.MEMORY, notebooks.SHOW_MEMORY
    lab_figure = open_notebook(notebooks.write(tmp_path / "same.ipynb", *cells)).figures()[0]
    for key in ("End", "Home"):
        pictures = []
        for figure in (page_figure, lab_figure):
            figure.sliders()[0].press(key)
            pictures.append(picture(figure.settle()))
        assert page_figure.words() == lab_figure.words()
        assert same(pictures)
    assert trouble == []


def test_a_lecture_s_figure_saved_by_the_command_is_the_kernel_s(open_page, open_notebook, tmp_path):
    out = tmp_path / "memory.html"
    assert main(["page", "1", "memory", "--controls", "w,squashed", "--out", str(out)]) == 0
    assert out.stat().st_size <= 500_000
    page_figure, trouble = open_page(out)
    lab_figure = open_notebook(LECTURE).figures()[0]
    for key, switch in (("End", False), ("Home", True), ("End", True)):
        pictures = []
        for figure in (page_figure, lab_figure):
            figure.sliders()[0].press(key)
            figure.locator.locator("input[type=checkbox]").set_checked(switch)
            pictures.append(picture(figure.settle()))
        assert page_figure.words() == lab_figure.words() and same(pictures)
    assert trouble == []


def test_a_figure_without_a_network_is_still_there_without_scripts(browser, tmp_path):
    def draw(w):
        figure = Sheet()
        (line,) = figure.subplots().plot([0, w])
        return figure, lambda w: line.set_ydata([0, w])

    shown = live(lambda w, on: w * on, draw, lambda w: "a < b", w=slider(0, 1, 0.5), on=toggle(True))
    path = save_page(shown, tmp_path / "page.html")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(path.as_uri())
    assert page.locator("noscript img").get_attribute("alt") == "a < b"
    context.close()
