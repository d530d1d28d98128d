"""Every lecture, opened and run in JupyterLab: no error, and each control of each live figure answers."""

from pathlib import Path

import pytest

LECTURES = sorted((Path(__file__).parents[2] / "lectures").glob("*.ipynb"))
FIRST = "01_impulse_response"


def react(opened):
    """Each control of each figure, by keyboard, one way and back."""
    for figure in opened.figures():
        figure.settle()
        for slider in figure.sliders():
            slider.focus()
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
            box.press("Space")
            assert (figure.settle().pixels(), figure.words()) != before
            box.press("Space")
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
            handle.press("ArrowUp")
            assert (figure.settle().pixels(), figure.words()) != before
            handle.press("ArrowDown")
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
