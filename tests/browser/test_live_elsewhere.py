"""Outside JupyterLab: in Notebook 7 all of it; without anywidget's front end, or in an exported page, the picture."""

import importlib.util
import shutil
from pathlib import Path

import nbformat
import pytest

from . import notebooks
from .conftest import need
from .lab import Lab, OpenNotebook, press, said
from .test_lectures import react

pytestmark = pytest.mark.slow

LECTURES = Path(__file__).parents[2] / "lectures"
# Notebook 7.6 says so when it starts, on an empty notebook too.
ITS_OWN = "Cannot read properties of undefined (reading 'schema')"
PICTURES = """root => Promise.all([...root.querySelectorAll("img[src^='data:image/png']")].map(async (image) => {
  await image.decode();
  return [image.src.split(",")[1].replace(/\\s/g, ""), image.alt, image.checkVisibility() && image.width > 0];
}))"""


@pytest.fixture
def opened_with(browser, tmp_path):
    """Opens a notebook on a server of its own, and runs all its cells."""
    undo = []

    def open_and_run(path, **server):
        lab = Lab(tmp_path / "server", **server)
        undo.append(lab.stop)
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        undo.append(context.close)
        shutil.copy(path, lab.notebooks / path.name)
        opened = OpenNotebook(lab, context.new_page(), path.name)
        opened.run_all()
        return opened

    yield open_and_run
    for each in reversed(undo):
        each()


def test_in_notebook_7_every_control_of_a_lecture_answers(opened_with):
    need(importlib.util.find_spec("notebook"), "Notebook 7")
    opened = opened_with(LECTURES / "01_impulse_response.ipynb", app="notebook")
    assert len(opened.figures()) == 3
    react(opened)
    assert set(opened.errors) <= {ITS_OWN} and opened.lab.complaints == []


def test_in_notebook_7_points_choices_and_switches_answer(opened_with, tmp_path):
    need(importlib.util.find_spec("notebook"), "Notebook 7")
    cells = notebooks.MEMORY, notebooks.SHOW_MEMORY, notebooks.SHOW_POINT, notebooks.SHOW_PAIR
    opened = opened_with(notebooks.write(tmp_path / "all.ipynb", *cells), app="notebook")
    react(opened)
    memory, place, _ = opened.figures()
    handle = place.locator.locator(".live-point")
    place.settle()
    box, mouse = handle.bounding_box(), opened.page.mouse
    mouse.move(box["x"] + 10, box["y"] + 10)
    mouse.down()
    mouse.move(box["x"] - 300, box["y"] - 300, steps=10)
    mouse.up()
    assert "centre (-1.0, 1.0)" in place.settle().words()
    memory.locator.get_by_role("button", name="play weight w").click()
    opened.page.wait_for_function("() => document.querySelector('.live-play').ariaPressed === 'false'")
    assert "w = 1.20" in memory.settle().words()
    press(memory.sliders()[0], "p")
    opened.page.wait_for_function("() => document.querySelector('.live-tools button').ariaPressed === 'true'")
    assert set(opened.errors) <= {ITS_OWN} and opened.lab.complaints == []


@pytest.mark.parametrize("missing", ["anywidget", "@jupyter-widgets/jupyterlab-manager"])
def test_without_a_front_end_for_widgets_the_still_picture_stays(opened_with, tmp_path, missing):
    """The kernel has anywidget, and the reader's JupyterLab has not: the picture, its words, and no error to see."""
    path = notebooks.write(tmp_path / "still.ipynb", notebooks.MEMORY, notebooks.SHOW_MEMORY)
    page = opened_with(path, without=(missing,)).page
    image = page.locator(".jp-OutputArea img")
    image.wait_for(state="visible")
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") == 700
    if missing == "anywidget":  # this picture is ours; JupyterLab gives its own no words
        assert "w = 0.90: 30 steps" in image.get_attribute("alt")
    page.wait_for_timeout(500)  # whatever else would come
    image.wait_for(state="visible")
    assert page.locator(".live-figure").count() == 0
    assert "rror" not in said(page.locator(".jp-OutputArea-output").last)


@pytest.mark.parametrize("template", ["lab", "classic"])
def test_an_exported_lecture_shows_the_still_picture_of_each_live_figure(browser, tmp_path, template):
    """As stored in the notebook; with its words, where nbconvert's template hands them on."""
    from nbconvert import HTMLExporter

    lecture = LECTURES / "01_impulse_response.ipynb"
    stored = [
        (output.data["image/png"].replace("\n", ""), output.metadata["image/png"]["alt"])
        for cell in nbformat.read(lecture, as_version=4).cells
        if cell.cell_type == "code" and "\nlive(" in cell.source
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    ]
    assert len(stored) == 3
    exported = tmp_path / "lecture.html"
    exported.write_text(HTMLExporter(template_name=template).from_filename(str(lecture))[0], "utf-8")
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(exported.as_uri(), wait_until="domcontentloaded")
    shown = {source: (alt, visible) for source, alt, visible in page.locator("body").evaluate(PICTURES)}
    assert all(shown[source][1] for source, _ in stored)
    assert template == "lab" or [shown[source][0] for source, _ in stored] == [alt for _, alt in stored]
    assert "Error displaying widget" not in page.locator("body").inner_text()
    context.close()
