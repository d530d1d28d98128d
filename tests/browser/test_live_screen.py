"""On every screen: sharp on a dense one, whole on a narrow one, legible on a dark one, and still where so wished."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from . import notebooks
from .lab import press

pytestmark = pytest.mark.slow

# Of each visible piece of text: what it says, and its contrast with what lies behind it, as WCAG 2 computes it.
CONTRASTS = """figure => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].map((part) => part / 255);
  };
  const over = (top, under) => top.slice(0, 3).map((part, i) => part * top[3] + under[i] * (1 - top[3]));
  const sheet = figure.appendChild(document.createElement("i"));
  sheet.style.background = "Canvas"; // where nobody painted anything
  const blank = rgba(getComputedStyle(sheet).backgroundColor).slice(0, 3);
  sheet.remove();
  const behind = (element) => {
    if (!element) return blank;
    const own = rgba(getComputedStyle(element).backgroundColor);
    return own[3] === 1 ? own : over(own, behind(element.parentElement));
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
  const found = [];
  const words = "label, .live-label, output, button, select, .live-words, .live-ran, .live-trouble";
  for (const element of figure.querySelectorAll(words)) {
    const says = element.textContent.trim(), paper = behind(element), style = getComputedStyle(element);
    if (says && element.checkVisibility()) found.push([says, contrast(over(rgba(style.color), paper), paper), 4.5]);
    if (!element.matches("button, select")) continue;
    const around = behind(element.parentElement), border = over(rgba(style.borderTopColor), around);
    found.push([`border of ${says}`, Math.max(contrast(border, around), contrast(paper, around)), 3]);
  }
  for (const input of figure.querySelectorAll("input")) {
    const paper = behind(input.parentElement), colour = rgba(getComputedStyle(input).accentColor);
    found.push([`accent of ${input.type}`, contrast(over(colour, paper), paper), 3]);
  }
  for (const mark of figure.querySelectorAll(".live-guess")) {
    const paper = behind(mark), colour = rgba(getComputedStyle(mark).borderLeftColor);
    found.push(["mark of the guess", contrast(over(colour, paper), paper), 3]);
  }
  return found;
}"""
# What sticks out of the figure, and which parts of a row lie on one another.
TROUBLES = """figure => {
  const seen = (elements) => [...elements].filter((element) => element.checkVisibility());
  const boxes = (elements) => seen(elements).map((element) => [element, element.getBoundingClientRect()]);
  const whole = figure.getBoundingClientRect(), column = figure.parentElement.getBoundingClientRect(), found = [];
  if (whole.left < column.left - 1 || whole.right > Math.min(column.right, innerWidth) + 1)
    found.push(`a figure of ${whole.width} pixels sticks out of a column of ${column.width}`);
  const name = (element) => element.className || element.tagName;
  for (const [element, box] of boxes(figure.querySelectorAll("*:not(.live-unseen, .live-guess, .live-point)"))) {
    if (box.left < whole.left - 1 || box.right > whole.right + 1) found.push(`${name(element)} sticks out`);
    if (element.matches("option")) continue;
    if (element.scrollWidth > element.clientWidth + 1 && element.clientWidth) found.push(`${name(element)} is cut off`);
  }
  for (const row of figure.querySelectorAll(".live-row, .live-tools")) {
    const parts = boxes(row.children);
    parts.forEach(([a, p], i) => parts.slice(i + 1).forEach(([b, q]) => {
      if (p.left < q.right - 1 && q.left < p.right - 1 && p.top < q.bottom - 1 && q.top < p.bottom - 1)
        found.push(`${name(a)} lies on ${name(b)}`);
    }));
  }
  for (const button of seen(figure.querySelectorAll("button"))) {
    const text = document.createRange();
    text.selectNodeContents(button);
    if (text.getClientRects().length > 1) found.push(`${button.textContent} is on several lines`);
  }
  const least = Math.max(120, figure.clientWidth < 480 && 0.6 * figure.clientWidth); // of a slider
  for (const track of figure.querySelectorAll("input[type=range]"))
    if (track.clientWidth < least) found.push(`a slider of ${track.clientWidth} pixels`);
  return found;
}"""
SETTINGS = (notebooks.MEMORY, notebooks.SHOW_MEMORY, notebooks.SHOW_POINT)


@pytest.fixture
def path(tmp_path):
    return notebooks.write(tmp_path / "screen.ipynb", *SETTINGS)


def drawn_by_matplotlib(dpi):
    """The first figure of the notebook at its start, drawn by matplotlib alone."""
    scope = {}
    exec(notebooks.IMPORTS + notebooks.MEMORY, scope)
    figure, _ = scope["draw"](scope["memory"](0.9, 30, False, "decay"))
    png = io.BytesIO()
    figure.savefig(png, dpi=dpi)
    return Image.open(png).convert("RGB")


def test_on_a_dense_screen_the_picture_has_all_its_pixels(open_notebook, path):
    """Twice the pixels, and as much to see in them as in matplotlib's own picture at 200 dpi."""
    figure = open_notebook(path, sharpness=2).figures()[0]
    canvas = figure.locator.locator("canvas")
    assert canvas.evaluate("c => [c.width / c.clientWidth, c.height / c.clientHeight]") == [2, 2]
    png = canvas.evaluate("canvas => canvas.toDataURL()").split(",")[1]
    ours = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")
    sharp, coarse = drawn_by_matplotlib(200), drawn_by_matplotlib(100)
    assert ours.size == sharp.size == (1400, 520)

    def detail(picture):
        """What is lost of a picture when it is halved and enlarged again."""
        small = picture.resize((700, 260), Image.Resampling.BOX).resize(
            picture.size, Image.Resampling.BICUBIC
        )
        return np.abs(np.asarray(picture, dtype=float) - np.asarray(small, dtype=float)).mean()

    assert detail(coarse.resize(sharp.size, Image.Resampling.BICUBIC)) < 0.5 * detail(sharp)
    assert detail(ours) > 0.8 * detail(sharp)


@pytest.mark.parametrize(
    ("width", "height", "sharpness"),
    [(640, 450, 2), (420, 900, 1)],
    ids=["at 200 % zoom", "in a narrow column"],
)
def test_nothing_sticks_out_and_everything_can_be_moved(open_notebook, tmp_path, width, height, sharpness):
    """A browser's zoom of 200 % is a page of half the width, each of whose pixels is two of the screen's."""
    path = notebooks.write(tmp_path / "narrow.ipynb", *SETTINGS, notebooks.SHOW_DEVICES)
    opened = open_notebook(path, width=width, height=height, sharpness=sharpness)
    opened.page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    for figure in opened.figures():
        canvas = figure.locator.locator("canvas")
        assert canvas.evaluate("c => c.width === Math.round(c.clientWidth * devicePixelRatio)")
        before = figure.settle().pixels(), figure.words()
        press(figure.sliders()[0], "Home")
        assert figure.settle().pixels() != before[0] and figure.words() != before[1]
        assert figure.locator.evaluate(TROUBLES) == []  # with what it ran on, and for how long
    place = opened.figures()[1].settle()
    box, mouse = place.locator.locator(".live-point").bounding_box(), opened.page.mouse
    mouse.move(box["x"] + 10, box["y"] + 10)
    mouse.down()
    mouse.move(box["x"] - 300, box["y"] - 300, steps=10)
    mouse.up()
    assert "centre (-1.0, 1.0)" in place.settle().words()
    assert opened.errors == []


def in_theme(opened, theme):
    """Changes JupyterLab's theme; returns whether it is a dark one."""
    return opened.page.evaluate(
        """async (theme) => {
            const { commands } = window.jupyterapp, { dataset } = document.body;
            await commands.execute("apputils:change-theme", { theme });
            while (dataset.jpThemeName !== theme) await new Promise((go) => setTimeout(go, 20));
            return dataset.jpThemeLight === "false";
        }""",
        theme,
    )


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark", "JupyterLab Dark High Contrast"])
def test_every_word_and_control_is_legible_in_every_theme(open_notebook, tmp_path, theme):
    path = notebooks.write(tmp_path / "themes.ipynb", *SETTINGS, notebooks.SHOW_TROUBLE)
    opened = open_notebook(path)
    fragile = opened.figures()[2]
    press(fragile.sliders()[0], "End")
    assert fragile.settle().trouble() == "ValueError: a = 1.0 is too much"
    assert in_theme(opened, theme) == ("Dark" in theme)
    for figure in opened.figures():
        figure.locator.get_by_role("button", name="Pin (P)").click()
        opened.page.wait_for_function(
            "pin => pin.ariaPressed === 'true'",
            arg=figure.locator.get_by_role("button", name="Pin (P)").element_handle(),
        )
        contrasts = figure.locator.evaluate(CONTRASTS)
        assert len(contrasts) >= 6 and figure.trouble() in ("", *(what for what, _, _ in contrasts))
        assert [(what, round(ratio, 2)) for what, ratio, least in contrasts if ratio < least] == []
    in_theme(opened, "JupyterLab Light")  # the server remembers it


def test_who_wants_no_motion_gets_a_few_steps_instead(open_notebook, path):
    """A sweep of four seconds, from one end to the other: at most six pictures, and hundreds for everybody else."""
    places = []
    for calm in (True, False):
        opened = open_notebook(path, calm=calm)
        figure = opened.figures()[0]
        press(figure.sliders()[0], "Home")
        figure.settle()
        figure.locator.evaluate("""figure => {
            window.seen = new Set();
            const note = new MutationObserver(() => window.seen.add(figure.querySelector("output").value));
            note.observe(figure.querySelector("output"), { childList: true, characterData: true, subtree: true });
        }""")
        play = figure.locator.get_by_role("button", name="play weight w")
        play.click()
        opened.page.wait_for_function("p => p.ariaPressed === 'false'", arg=play.element_handle())
        assert figure.settle().sliders()[0].input_value() == figure.sliders()[0].get_attribute("max")
        places.append(opened.page.evaluate("() => window.seen.size"))
        moving = figure.locator.evaluate("figure => figure.getAnimations({ subtree: true }).length")
        assert moving == 0 and opened.errors == []
        opened.lab.end_sessions()
    assert 3 <= places[0] <= 6 and places[1] > 12
