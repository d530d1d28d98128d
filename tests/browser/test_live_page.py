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
from .lab import Figure, focus, press
from .test_live_screen import CONTRASTS

pytestmark = pytest.mark.slow

LECTURE = Path(__file__).parents[2] / "lectures" / "01_impulse_response.ipynb"


def picture(figure):
    """The canvas as an array, rows × columns × colours."""
    png = figure.locator.locator("canvas").evaluate("canvas => canvas.toDataURL()").split(",")[1]
    return picture_of(base64.b64decode(png))


def picture_of(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), dtype=int)


@pytest.fixture
def open_page(browser):
    """Opens a page from its file, without a network. Returns its figure, and what goes wrong in it."""
    contexts = []

    def open_file(path, sharpness=1, scheme="light"):
        screen = {"viewport": {"width": 1000, "height": 700}, "device_scale_factor": sharpness}
        contexts.append(browser.new_context(**screen, color_scheme=scheme, offline=True))
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
def saved(tmp_path):
    scope = {}
    exec(
        notebooks.IMPORTS + notebooks.MEMORY + notebooks.SHOW_MEMORY.replace("live(", "shown = live(", 1),
        scope,
    )
    return save_page(scope["shown"], tmp_path / "page.html", controls=("w", "squashed"))


@pytest.fixture
def opened_page(open_page, saved):
    return open_page(saved)


# Every stop of a slider at once; the words of the figure in the moment in which it first says that it is not busy.
RUSHED = """figure => new Promise((resolve) => {
  const slider = figure.querySelector("input"), words = figure.querySelector(".live-words");
  const rests = () => figure.ariaBusy === "false" && resolve(words.textContent);
  new MutationObserver(rests).observe(figure, { attributeFilter: ["aria-busy"] });
  for (slider.value = 0; +slider.value < +slider.max; slider.value++) slider.dispatchEvent(new Event("input"));
  slider.dispatchEvent(new Event("input"));
})"""


def same(pictures):
    here, there = pictures
    return here.shape == there.shape and (abs(here - there) > 64).mean() < 0.001


def test_a_page_moves_by_keyboard_says_words_pins_and_copies(opened_page):
    figure, trouble = opened_page
    page, (slider_,) = figure.page, figure.sliders()
    start = figure.pixels(), figure.words()
    focus(slider_)
    seen = {start}
    for key in ("Home", "End", "ArrowLeft"):
        page.keyboard.press(key)
        figure.settle()
        seen.add((figure.pixels(), figure.words()))
    assert len(seen) == 4
    page.keyboard.press("p")
    page.wait_for_function("() => document.querySelector('.live-tools button').ariaPressed === 'true'")
    page.keyboard.press("p")
    assert int(slider_.input_value()) == int(slider_.get_attribute("max")) - 1
    for _ in range(int(slider_.get_attribute("max"))):
        if figure.settle().words() == start[1]:
            break
        page.keyboard.press("ArrowLeft")
    assert figure.locator.get_by_role("button", name="Pin").get_attribute("aria-pressed") == "false"
    assert figure.settle().pixels() == start[0]
    assert trouble == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_is_legible_in_a_light_and_in_a_dark_browser(open_page, saved, scheme):
    figure, trouble = open_page(saved, scheme=scheme)
    press(figure.sliders()[0], "p")
    assert figure.settle().locator.get_by_role("button", name="Pin").get_attribute("aria-pressed") == "true"
    contrasts = figure.locator.evaluate(CONTRASTS)
    assert {"weight w", "Pin (P)", "mark of the guess"} <= {what for what, _, _ in contrasts}
    assert [(what, round(ratio, 2)) for what, ratio, least in contrasts if ratio < least] == []
    assert trouble == []


def test_the_frame_at_a_grid_point_is_the_kernel_s(opened_page, open_notebook, tmp_path):
    page_figure, trouble = opened_page
    cells = notebooks.MEMORY, notebooks.SHOW_MEMORY
    lab_figure = open_notebook(notebooks.write(tmp_path / "same.ipynb", *cells)).figures()[0]
    for key in ("End", "Home"):
        pictures = []
        for figure in (page_figure, lab_figure):
            press(figure.sliders()[0], key)
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
            press(figure.sliders()[0], key)
            figure.locator.locator("input[type=checkbox]").set_checked(switch)
            pictures.append(picture(figure.settle()))
        assert page_figure.words() == lab_figure.words() and same(pictures)
    assert trouble == []


def test_a_page_that_says_it_is_not_busy_shows_the_newest_value(open_page, tmp_path):
    """Each frame of it brings axes of its own, a picture that is unpacked while the next is asked for."""

    def draw(w):
        figure = Sheet()
        axes = figure.subplots()
        return figure, lambda w: axes.set_xlim(0, 1 + w)

    shown = live(lambda w: w, draw, lambda w: f"w = {w}", w=slider(0, 1, 0.5))
    figure, trouble = open_page(save_page(shown, tmp_path / "page.html"))
    assert figure.locator.evaluate(RUSHED) == figure.settle().words() == "w = 1.0"
    assert trouble == []


MARKS = {
    "scattered": {},
    "without an edge": {"edgecolors": "none"},
    "seen through": {"alpha": 0.4, "linewidths": 2},
    "without a face": {"marker": "x", "linewidths": 1.5},
    "sharp": {"marker": "*", "s": 90, "edgecolors": "k"},
}


@pytest.mark.parametrize("sharpness", [1, 2])
@pytest.mark.parametrize("look", MARKS.values(), ids=MARKS)
def test_marks_that_are_stamped_look_as_if_each_were_drawn(open_page, tmp_path, look, sharpness):
    """One mark of another size makes the browser draw each by itself. Matplotlib moves an edge onto whole pixels."""
    rng = np.random.default_rng(0)
    at = (
        30.0 + 50 * np.stack(np.meshgrid(range(6), range(4)), -1).reshape(-1, 2) + rng.uniform(-3, 3, (24, 2))
    )

    def show(sizes):
        def draw(result):
            figure = Sheet(figsize=(3.2, 2.2), dpi=100)
            axes = figure.add_axes((0, 0, 1, 1))
            axes.set(xlim=(0, 320), ylim=(0, 220))
            axes.axis("off")
            axes.scatter(*at.T, **({"s": 50} | look | sizes))
            return figure, lambda result: None

        shown = live(lambda on: on, draw, lambda on: "marks", on=toggle(True))
        figure, trouble = open_page(save_page(shown, tmp_path / "marks.html"), sharpness)
        canvas = picture(figure)
        assert trouble == [] and canvas.shape == (220 * sharpness, 320 * sharpness, 3)
        return ink(canvas, at), ink(picture_of(shown.scene.still), at)

    size = look.get("s", 50)
    (stamped, drawn), (by_hand, _) = show({"s": size}), show({"s": [size] * 23 + [1.01 * size]})
    assert (stamped[:, 0] > 500).all()
    for (mass, *place), (other_mass, *other_place) in zip(stamped, by_hand, strict=True):
        assert mass == pytest.approx(other_mass, rel=0.06) and np.allclose(place, other_place, atol=0.15)
    apart = 0.2 if look.get("edgecolors") == "none" else 1.05
    for (mass, *place), (other_mass, *other_place) in zip(stamped, drawn, strict=True):
        assert mass == pytest.approx(other_mass, rel=0.06) and np.allclose(place, other_place, atol=apart)


def ink(sheet, at):
    """How much colour there is around each place, and its middle, in pixels of the page: (marks, 3)."""
    found, zoom = [], len(sheet) // 220
    for x, y in at:
        left, top = zoom * (round(x) - 20), zoom * (round(220 - y) - 20)
        window = 765 - sheet[top : top + 40 * zoom, left : left + 40 * zoom].sum(2)
        rows, columns = np.mgrid[top : top + window.shape[0], left : left + window.shape[1]] + 0.5
        mass = window.sum()
        found.append(
            [mass / zoom**2, (window * columns).sum() / mass / zoom, (window * rows).sum() / mass / zoom]
        )
    return np.array(found)


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
