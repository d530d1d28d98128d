"""Two live figures in one notebook, in JupyterLab: every control by keyboard and mouse, pin, copy, mark, play."""

import pytest

from . import notebooks
from .lab import focus, press, said

pytestmark = pytest.mark.slow

PINK = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let pink = 0;
  for (let i = 0; i < data.length; i += 4) {
    const [red, green, blue] = data.slice(i, i + 3);
    pink += red > 150 && green < 60 && blue > 80 && blue < 140;
  }
  return pink;
}"""


@pytest.fixture
def opened(open_notebook, tmp_path):
    return open_notebook(
        notebooks.write(
            tmp_path / "figures.ipynb", notebooks.MEMORY, notebooks.SHOW_MEMORY, notebooks.SHOW_POINT
        )
    )


def changes(figure, act):
    """Whether picture and words are others after `act`."""
    before = figure.settle().pixels(), figure.words()
    act()
    after = figure.settle().pixels(), figure.words()
    return before[0] != after[0], before[1] != after[1]


def test_each_control_moves_the_picture_and_the_words_and_brings_them_back(opened):
    page = opened.page
    memory, place = opened.figures()
    for figure in (memory, place):
        start, said = figure.settle().pixels(), figure.words()
        for slider in figure.sliders():
            focus(slider)
            middle = slider.input_value()
            for key in ("Home", "End"):
                assert changes(figure, lambda key=key: page.keyboard.press(key)) == (True, True)
                assert slider.input_value() == slider.get_attribute("min" if key == "Home" else "max")
            assert changes(figure, lambda: page.keyboard.press("ArrowLeft")) == (True, True)
            for _ in range(int(slider.get_attribute("max")) - 1 - int(middle)):
                page.keyboard.press("ArrowLeft")
            assert slider.input_value() == middle
            assert (figure.settle().pixels(), figure.words()) == (start, said)
    box, kind = memory.locator.locator("input[type=checkbox]"), memory.locator.locator("select")
    focus(box)
    assert changes(memory, lambda: page.keyboard.press("Space")) == (True, True)
    assert changes(memory, lambda: page.keyboard.press("Space")) == (True, True)
    assert changes(memory, lambda: kind.select_option("wave")) == (True, True)
    assert changes(memory, lambda: kind.select_option("decay")) == (True, True)
    assert opened.errors == []


def test_a_slider_follows_the_mouse(opened):
    figure = opened.figures()[0].settle()
    slider = figure.sliders()[0]
    box = slider.bounding_box()
    y, mouse = box["y"] + box["height"] / 2, opened.page.mouse

    def drag():
        mouse.move(box["x"] + 10, y)
        mouse.down()
        for step in range(40):
            mouse.move(box["x"] + 10 + step * (box["width"] - 20) / 40, y)
        mouse.up()

    assert changes(figure, drag) == (True, True)
    assert float(slider.input_value()) > 0.9 * float(slider.get_attribute("max"))
    assert slider.get_attribute("aria-valuetext") in said(figure.locator.locator(".live-row").first)
    assert opened.errors == []


def test_a_point_is_dragged_by_mouse_and_keyboard(opened):
    page, figure = opened.page, opened.figures()[1].settle()
    handle = figure.locator.locator(".live-point")
    start = figure.pixels()
    focus(handle)
    assert changes(figure, lambda: page.keyboard.press("ArrowUp")) == (True, True)
    assert "centre (0.5, 0.05)" in figure.words()
    page.keyboard.press("ArrowDown")
    assert figure.settle().pixels() == start
    for key, there in (
        ("Home", "(-1.0, 0.0)"),
        ("PageUp", "(-1.0, 1.0)"),
        ("End", "(1.0, 1.0)"),
        ("PageDown", "(1.0, -1.0)"),
    ):
        page.keyboard.press(key)
        figure.settle()
        assert f"centre {there}" in figure.words()
    box, sheet = handle.bounding_box(), figure.locator.locator("canvas").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(sheet["x"] + 10, sheet["y"] + 10, steps=20)
    page.mouse.up()
    figure.settle()
    assert "centre (-1.0, 1.0)" in figure.words()
    assert handle.get_attribute("aria-valuetext") == "(−1, 1)"
    assert opened.errors == []


def test_the_preferred_device_is_asked_first_and_another_can_be_chosen_where_there_is_one(
    open_notebook, tmp_path
):
    """The kernel is told that it has the devices in each figure's name; `compute` says where it was asked to run."""
    opened = open_notebook(notebooks.write(tmp_path / "devices.ipynb", notebooks.SHOW_DEVICES))
    both, gpu, cpu, not_asked = opened.figures()
    selectors = [figure.locator.locator("select").count() for figure in (both, gpu, cpu, not_asked)]
    assert selectors == [1, 0, 0, 0]
    assert both.words() == "0.5 on cpu"  # as it is stored, from the CPU
    select = both.locator.get_by_label("device", exact=True)
    assert select.locator("option").all_text_contents() == ["cuda", "cpu"] and select.input_value() == "cuda"
    press(both.sliders()[0], "Home")
    assert both.settle().words() == "0.0 on cuda"
    for device in ("cpu", "cuda", "cpu"):
        select.select_option(device)
        assert both.settle().words() == f"0.0 on {device}"
    press(both.sliders()[0], "End")
    assert both.settle().words() == "1.0 on cpu"
    for figure, device in ((gpu, "cuda"), (cpu, "cpu"), (not_asked, "wherever")):
        press(figure.settle().sliders()[0], "Home")
        assert figure.settle().words() == f"0.0 on {device}"
    assert opened.errors == []


def test_two_figures_move_at_once_and_keep_apart(opened):
    """One sweeps by itself while the other is moved by hand; each ends where it was led."""
    memory, place = opened.figures()
    press(memory.sliders()[0], "Home")
    memory.settle().locator.get_by_role("button", name="play weight w").click()
    radius = place.sliders()[0]
    focus(radius)
    for key in ("ArrowRight", "ArrowLeft", "Home", "ArrowRight", "End"):
        opened.page.keyboard.press(key)
        opened.page.wait_for_timeout(50)
    play = memory.locator.get_by_role("button", name="play weight w")
    opened.page.wait_for_function("p => p.ariaPressed === 'false'", arg=play.element_handle())
    assert "w = 1.20" in memory.settle().words()
    assert place.settle().words() == "centre (0.5, 0.0), radius 1.0"
    assert opened.errors == []


def test_p_pins_a_ghost_and_takes_it_away(opened):
    page, figure = opened.page, opened.figures()[0].settle()
    slider, pin = figure.sliders()[0], figure.locator.get_by_role("button", name="Pin")
    focus(slider)
    page.keyboard.press("ArrowLeft")
    without = figure.settle().pixels()
    page.keyboard.press("ArrowRight")
    figure.settle()
    page.keyboard.press("p")
    figure.settle()
    assert pin.get_attribute("aria-pressed") == "true"
    page.keyboard.press("ArrowLeft")
    assert figure.settle().pixels() != without
    page.keyboard.press("ArrowRight")
    figure.settle()
    pin.click()
    figure.settle()
    assert pin.get_attribute("aria-pressed") == "false"
    focus(slider)
    page.keyboard.press("ArrowLeft")
    assert figure.settle().pixels() == without
    assert opened.errors == []


def test_the_call_is_copied_as_code_that_runs(opened):
    opened.page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=opened.lab.url)
    figure = opened.figures()[0].settle()
    press(figure.sliders()[0], "End")
    copy = figure.settle().locator.get_by_role("button", name="Copy as code")
    copy.evaluate("""copy => {
        const copied = (resolve) => new MutationObserver(() => copy.textContent === "Copied" && resolve())
            .observe(copy, { childList: true });
        window.copied = new Promise(copied);
    }""")
    copy.click()
    opened.page.evaluate("() => window.copied")
    code = opened.page.evaluate("() => navigator.clipboard.readText()")
    assert code == "memory(w=1.2, T=30, squashed=False, kind='decay')"


def test_a_guess_is_marked_on_its_slider_and_in_the_axes(opened):
    memory, place = opened.figures()
    mark = memory.settle().locator.locator(".live-guess")
    assert mark.get_attribute("title") == "your guess: 0.5 per step"
    track = memory.sliders()[0].bounding_box()
    expected = track["x"] + 8 + (0.5 + 1.2) / 2.4 * (track["width"] - 16)
    assert abs(mark.bounding_box()["x"] + mark.bounding_box()["width"] / 2 - expected) < 3
    assert place.locator.locator("canvas").evaluate(PINK) > 100


def test_play_sweeps_to_the_end_and_can_be_stopped(opened):
    figure = opened.figures()[0].settle()
    play, slider = figure.locator.get_by_role("button", name="play weight w"), figure.sliders()[0]
    press(slider, "Home")
    figure.settle()
    before = int(slider.input_value())
    figure.locator.evaluate(
        """(figure, before) => { // stopped on the way, however slow the machine is
        const play = figure.querySelector(".live-play"), slider = figure.querySelector("input");
        const watch = () => (+slider.value > before + 3 ? play.click() : requestAnimationFrame(watch));
        play.addEventListener("click", () => requestAnimationFrame(watch), { once: true });
    }""",
        before,
    )
    play.click()
    opened.page.wait_for_function(
        "p => p.getAttribute('aria-pressed') === 'false'", arg=play.element_handle()
    )
    stopped = figure.settle().sliders()[0].input_value()
    assert play.get_attribute("aria-pressed") == "false" and before < int(stopped) < int(
        slider.get_attribute("max")
    )
    play.click()
    opened.page.wait_for_function(
        "p => p.getAttribute('aria-pressed') === 'false'", arg=play.element_handle()
    )
    assert figure.settle().sliders()[0].input_value() == slider.get_attribute("max")
    assert opened.errors == []


def test_a_reader_who_cannot_see_or_wants_no_motion_is_served(opened):
    figure = opened.figures()[0].settle()
    slider = figure.sliders()[0]
    assert figure.page.get_by_label("weight w", exact=True).count() == 1
    assert slider.get_attribute("aria-valuetext") == "0.9 per step"
    assert slider.get_attribute("data-lm-suppress-shortcuts") == "true"
    press(slider, "End")
    figure.settle()
    told = "([root, said]) => root.querySelector('[aria-live]').textContent === said"
    figure.page.wait_for_function(told, arg=[figure.locator.element_handle(), figure.words()])
    assert figure.locator.locator("canvas[role=img]").get_attribute("aria-label") == figure.words()
    outline = slider.evaluate("slider => getComputedStyle(slider).outlineStyle")
    assert outline == "solid"


def test_a_cell_run_again_replaces_its_figure_and_leaves_no_widget_behind(opened):
    page = opened.page
    models = """async () => {
        const kernel = window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel;
        return Object.keys((await kernel.requestCommInfo({target_name: "jupyter.widget"})).content.comms).length;
    }"""
    before = page.evaluate(models)
    for _ in range(2):
        page.evaluate("""async () => {
            const notebook = window.jupyterapp.shell.currentWidget.content;
            notebook.activeCellIndex = 2;
            await window.jupyterapp.commands.execute("notebook:run-cell");
        }""")
    figures = opened.figures()
    assert len(figures) == 2
    focus(figures[0].settle().sliders()[0])
    assert changes(figures[0], lambda: page.keyboard.press("Home")) == (True, True)
    assert page.evaluate(models) == before
    assert opened.errors == []


def test_a_figure_shown_twice_moves_at_both_places(open_notebook, tmp_path):
    opened = open_notebook(notebooks.write(tmp_path / "twice.ipynb", notebooks.MEMORY, notebooks.SHOW_TWICE))
    first, second = opened.figures()
    press(first.sliders()[0], "Home")
    first.settle()
    assert second.settle().words() == first.words() and "w = -1.20" in first.words()
    assert second.sliders()[0].input_value() == "0"
    assert opened.errors == []


def test_a_page_loaded_again_finds_the_figure_where_the_kernel_has_it(opened):
    figure = opened.figures()[0]
    press(figure.sliders()[0], "End")
    said = figure.settle().words()
    opened.page.evaluate("async () => { await window.jupyterapp.commands.execute('docmanager:save'); }")
    opened.reload()
    figure = opened.figures()[0]
    assert figure.words() == said and "w = 1.20" in said
    slider = figure.sliders()[0]
    assert slider.input_value() == slider.get_attribute("max")
    assert changes(figure, lambda: press(slider, "Home")) == (True, True)
    assert opened.errors == []
