"""Every lecture, opened and run in JupyterLab: no error, and each control of each live figure answers."""

from pathlib import Path

import pytest

from .lab import focus, press, said

LECTURES = sorted((Path(__file__).parents[2] / "lectures").glob("*.ipynb"))
FIRST = "01_impulse_response"


def react(opened):
    """Each control of each figure, by keyboard, one way and back."""
    for figure in opened.figures():
        figure.settle()
        for slider in figure.sliders():
            focus(slider)
            lowest = slider.input_value() == slider.get_attribute("min")
            there, back = ("ArrowRight", "ArrowLeft") if lowest else ("ArrowLeft", "ArrowRight")
            before = figure.pixels(), figure.words()
            opened.page.keyboard.press(there)
            moved = figure.settle().pixels(), figure.words()
            assert moved != before, f"{slider.get_attribute('id')} does nothing: {before[1]}"
            opened.page.keyboard.press(back)
            assert (figure.settle().pixels(), figure.words()) == before
            assert figure.trouble() == ""
        for box in figure.locator.locator("input[type=checkbox]").all():
            before = figure.pixels(), figure.words()
            press(box, "Space")
            assert (figure.settle().pixels(), figure.words()) != before
            press(box, "Space")
            assert (figure.settle().pixels(), figure.words()) == before
        for select in figure.locator.locator(".live-row select").all():
            before, first = (figure.pixels(), figure.words()), select.input_value()
            other = "1" if first == "0" else "0"
            select.select_option(other)
            assert (figure.settle().pixels(), figure.words()) != before
            select.select_option(first)
            assert (figure.settle().pixels(), figure.words()) == before
        for handle in figure.locator.locator(".live-point").all():
            before = figure.pixels(), figure.words()
            press(handle, "ArrowUp")
            assert (figure.settle().pixels(), figure.words()) != before
            press(handle, "ArrowDown")
            assert (figure.settle().pixels(), figure.words()) == before


marked = [
    pytest.param(path, id=path.stem, marks=[] if path.stem == FIRST else [pytest.mark.slow])
    for path in LECTURES
]


@pytest.mark.parametrize("lecture", marked)
def test_a_lecture_runs_from_top_to_bottom_and_its_figures_answer(open_notebook, lecture):
    opened = open_notebook(lecture)
    assert opened.errors == []
    react(opened)
    assert opened.errors == []


@pytest.mark.slow
def test_of_the_two_marks_of_lecture_02_at_one_place_the_mouse_can_have_each(open_notebook):
    """A bit's and unit 1's both start at (1, 1): the one drawn last is dragged, and after a click the other."""
    (lecture,) = (path for path in LECTURES if path.stem.startswith("02_"))
    opened = open_notebook(lecture)
    (figure,) = opened.figures()
    rows = figure.locator.locator(".live-row")
    bit, one = (rows.filter(has_text=name).locator("output") for name in ("a bit of 1 adds", "unit 1 adds"))
    handle, mouse = figure.locator.locator(".live-point >> nth=2"), opened.page.mouse
    assert said(bit) == said(one) == "(1, 1)"
    handle.click()
    for stays, by in ((one, 25), (bit, -25)):
        before, box = said(stays), handle.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        mouse.move(x, y)
        mouse.down()
        mouse.move(x + by, y, steps=5)
        mouse.up()
        figure.settle()
        assert said(stays) == before
    assert said(bit) == "(1.45, 1)" and said(one) == "(0.55, 1)"
    assert opened.errors == []
