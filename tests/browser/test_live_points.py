"""Points in the axes: of several at one place each can be had, by mouse, by name and by keyboard."""

import pytest

from . import notebooks
from .lab import press

pytestmark = pytest.mark.slow


def dragged(page, at, by):
    """The mouse pressed at `at`, drawn on by `by`, and released."""
    page.mouse.move(*at)
    page.mouse.down()
    page.mouse.move(at[0] + by[0], at[1] + by[1], steps=10)
    page.mouse.up()


def test_of_two_points_at_one_place_each_can_be_had(open_notebook, tmp_path):
    """The one drawn last is in front. A click, or a click on its name, brings the other there; no click moves one."""
    opened = open_notebook(notebooks.write(tmp_path / "pair.ipynb", notebooks.SHOW_PAIR))
    page, (figure,) = opened.page, opened.figures()
    first, second = figure.locator.locator(".live-point").all()
    names = figure.locator.locator(".live-label")
    box = second.bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    aside = middle[0] + 6, middle[1] - 4  # still on the handle

    page.mouse.click(*aside)
    assert figure.settle().words() == "p is (1.0, 1.0), q is (1.0, 1.0)"
    assert names.nth(0).get_attribute("class") == "live-label live-taken"
    dragged(page, aside, (0, 80))
    said = figure.settle().words()
    assert (
        said.startswith("p is (1.0, ") and said.endswith("q is (1.0, 1.0)") and "p is (1.0, 1.0)" not in said
    )
    dragged(page, middle, (-80, 0))
    assert "q is (1.0, 1.0)" not in figure.settle().words() and said.split(", q")[0] in figure.words()

    for key, handle in (("PageUp", first), ("End", first), ("PageUp", second), ("End", second)):
        press(handle, key)
    assert figure.settle().words() == "p is (2.0, 2.0), q is (2.0, 2.0)"
    box = first.bounding_box()
    corner = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    names.nth(0).click()
    dragged(page, corner, (-60, 0))
    assert "p is (2.0, 2.0)" not in figure.settle().words() and "q is (2.0, 2.0)" in figure.words()
    assert opened.errors == []


def test_a_click_on_a_point_s_name_gives_it_the_keyboard(open_notebook, tmp_path):
    """Also where another point lies on it. The name of the one that has the keyboard is marked; no click moves one."""
    opened = open_notebook(notebooks.write(tmp_path / "pair.ipynb", notebooks.SHOW_PAIR))
    page, (figure,) = opened.page, opened.figures()
    names = figure.locator.locator(".live-label")
    for i, moved in enumerate(("p is (1.05, 1.0), q is (1.0, 1.0)", "p is (1.05, 1.0), q is (1.05, 1.0)")):
        before = figure.words()
        names.nth(i).click()
        assert figure.settle().words() == before
        taken = names.evaluate_all("all => all.map((name) => name.classList.contains('live-taken'))")
        assert taken == [i == 0, i == 1]
        page.keyboard.press("ArrowRight")
        assert figure.settle().words() == moved
    assert opened.errors == []


def test_clicks_on_a_pile_of_points_reach_each_in_turn(open_notebook, tmp_path):
    opened = open_notebook(notebooks.write(tmp_path / "pile.ipynb", notebooks.SHOW_PILE))
    page, (figure,) = opened.page, opened.figures()
    names = figure.locator.locator(".live-label")
    box = figure.locator.locator(".live-point").last.bounding_box()
    taken = []
    for _ in range(4):
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        figure.settle()
        taken += names.evaluate_all(
            "all => all.filter((name) => name.matches('.live-taken')).map((name) => name.textContent)"
        )
    assert taken == ["second", "first", "third", "second"]
    assert figure.words() == "p is (1.0, 1.0), q is (1.0, 1.0), r is (1.0, 1.0)"
    assert opened.errors == []


def test_a_mouse_let_go_over_a_point_does_not_move_it(open_notebook, tmp_path):
    """It was pressed elsewhere, came over the point and went on there for a while."""
    opened = open_notebook(notebooks.write(tmp_path / "pair.ipynb", notebooks.SHOW_PAIR))
    mouse, (figure,) = opened.page.mouse, opened.figures()
    box, sheet = (figure.locator.locator(each).bounding_box() for each in (".live-point >> nth=0", "canvas"))
    mouse.move(sheet["x"] + 5, sheet["y"] + 5)
    mouse.down()
    mouse.move(box["x"] + 3, box["y"] + 10)
    mouse.move(box["x"] + 17, box["y"] + 10, steps=7)
    mouse.up()
    assert figure.settle().words() == "p is (1.0, 1.0), q is (1.0, 1.0)"
    assert opened.errors == []
