"""Each rule of the builder rejects its own small fault, in a sentence that names the cell."""

import base64
import io

import pytest
from building_course import LECTURE, Course, display, pretend_built
from nbformat import NotebookNode
from PIL import Image

from rnnlab.building.equations import tags
from rnnlab.building.layout import BuildError
from rnnlab.building.policy import check_links, check_source
from rnnlab.building.policy_outputs import check_executed, check_outputs, check_unexecuted
from rnnlab.building.prune import WIDGET, prune
from rnnlab.building.source import code_cells, read


def png(width=40, height=30, ink=True, mode="RGBA"):
    picture = Image.new(mode, (width, height), "white")
    for x in range(width * ink):
        picture.putpixel((x, x % height), (x % 256, 0, 128, 255)[: len(mode)])
    file = io.BytesIO()
    picture.save(file, format="png")
    return base64.b64encode(file.getvalue()).decode()


def faults(text, kind="lecture"):
    return check_source(read(text, "01_one", fill=str), "01_one", kind)


def test_a_good_lecture_has_no_fault():
    assert faults(LECTURE) == []


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("# %matplotlib inline", "magic"),
        ("# !ls", "magic"),
        ("%time x = 1", "magic"),
        ("x = (1", "not Python"),
        ("x = 1;", "semicolon"),
        ("x = 1; y = 2", "semicolon"),
        ("interact(f, x=1)", "`interact`"),
        ("widgets.interact(f, x=1)", "`interact`"),
        ("from IPython.display import clear_output", "`clear_output`"),
        ("out = widgets.Output()", "`Output`"),
        ("import ipywidgets as widgets", "`ipywidgets`"),
        ("display(x, display_id='a')", "`display_id`"),
        ("handle.update_display(x)", "`update_display`"),
        ("get_ipython()", "`get_ipython`"),
        ("torch.manual_seed(0)", "`manual_seed`"),
        ("\n".join(f"x{n} = {n}" for n in range(16)), "16 lines"),
        ("claim('1.2', 1, 1)", "claims 1.2, which is no equation"),
        ("claim(tag, 1, 1)", "claim without a number"),
    ],
)
def test_a_cell_that_breaks_one_rule(code, fault):
    found = faults(f"{LECTURE}\n# %%\n{code}\n")
    assert len(found) == 1
    assert found[0].startswith("01_one cell 3: ")
    assert fault in found[0]


def test_what_only_looks_forbidden_passes():
    text = 'y = "a; b"  # interact; %magic\nz = """\n%not magic\n"""\nlines = 15'
    assert faults(f"{LECTURE}\n# %%\n{text}\n") == []


def test_long_cells_are_for_exercises_only():
    code = "\n".join(f"x{n} = {n}" for n in range(16))
    assert faults(f"# %% [markdown]\n# # One\n\n# %%\n{code}\n", kind="solution") == []


@pytest.mark.parametrize(
    ("markdown", "fault"),
    [
        ("$$a = b \\tag{1.2}$$", "1.2 is never claimed"),
        ("$$a = b \\tag{1.1}$$", "numbered 2 times"),
        ("$$a = b \\tag{2.1}$$", "not numbered 1.n"),
    ],
)
def test_equations(markdown, fault):
    assert any(fault in sentence for sentence in faults(f"{LECTURE}\n# %% [markdown]\n# {markdown}\n"))


def test_a_tag_in_a_code_span_is_no_equation():
    text = f"{LECTURE}\n# %% [markdown]\n# Write `\\tag{{1.2}}` after it.\n"
    assert faults(text) == []
    assert tags(read(text, "01_one", fill=str)) == ["1.1"]


@pytest.mark.parametrize(
    ("markdown", "fault"),
    [
        ("[next](02_two.ipynb)", "leads nowhere"),
        ("[next](#no-such-heading)", "no heading"),
        ("[readme](../README.md)", "leaves lectures/ and exercises/"),
        ("![](https://example.org/a.png)", "no alt text"),
        ('<img src="here.png" alt="x">', "leads nowhere"),
        ('<a href="02_two.ipynb">next</a>', "leads nowhere"),
    ],
)
def test_links(tmp_path, markdown, fault):
    course = Course(tmp_path)
    course.write("README.md", "")
    course.write("lectures/01_one.ipynb", "")
    notebook = read(f"# %% [markdown]\n# {markdown}\n", "01_one", fill=str)
    (sentence,) = check_links(notebook, "01_one", tmp_path / "lectures")
    assert sentence.startswith("01_one cell 1: ")
    assert fault in sentence


def test_links_that_resolve(tmp_path):
    course = Course(tmp_path)
    course.write("lectures/00_start.ipynb", "")
    course.write("exercises/01_one.ipynb", "")
    text = "# # A *short* title\n# [a](00_start.ipynb#x) [b](../exercises/01_one.ipynb) [c](#A-short-title) "
    text += "[d](https://doi.org/10.1/x) `[e](nowhere)` <a id='mark'></a> [f](#mark)"
    notebook = read(f"# %% [markdown]\n{text}\n", "01_one", fill=str)
    assert check_links(notebook, "01_one", tmp_path / "lectures") == []


def executed(tmp_path, *outputs):
    return pretend_built(Course(tmp_path).lecture(), list(outputs))


def test_a_good_product_has_no_fault(tmp_path):
    picture = display(
        {"image/png": png(), "text/plain": "a line"}, {"image/png": {"alt": "A line from 0 to 1."}}
    )
    stream = {"output_type": "stream", "name": "stdout", "text": "3 / 4 = 0.75, see https://a.org/home/x\n"}
    notebook = executed(tmp_path, picture, stream)
    assert check_executed(notebook, "01_one") + check_outputs(notebook, "01_one") == []


def stream(text, name="stdout"):
    return {"output_type": "stream", "name": name, "text": text}


@pytest.mark.parametrize(
    ("output", "fault"),
    [
        (stream("careful", "stderr"), "stderr"),
        (
            {"output_type": "error", "ename": "ValueError", "evalue": "", "traceback": []},
            "the error ValueError",
        ),
        (stream("/home/someone/file.py"), "absolute path /home/someone/file.py"),
        (stream("saved to '/tmp/x'"), "absolute path /tmp/x"),
        (stream("C:\\Users\\me\\x"), "absolute path"),
        (stream("<function f at 0x7f3a12345678>"), "address"),
        (stream("x" * 300_000), "at most 300 kB"),
        (display({"image/png": png(ink=False)}, {"image/png": {"alt": "nothing"}}), "empty figure"),
        (display({"text/plain": "<Figure size 640x480 with 0 Axes>"}), "empty figure"),
        (display({"image/png": png()}), "without alt text"),
        (display({"image/png": png()}, {"image/png": {"alt": " "}}), "without alt text"),
        (display({"image/svg+xml": "<svg/>"}, {"image/svg+xml": {"alt": "a"}}), "SVG"),
        (display({WIDGET: {"model_id": "a"}}), "widget view"),
    ],
)
def test_an_output_that_breaks_one_rule(tmp_path, output, fault):
    notebook = executed(tmp_path, output)
    (sentence,) = check_executed(notebook, "01_one") + check_outputs(notebook, "01_one")
    assert sentence.startswith("01_one")
    assert fault in sentence


def test_widget_state_is_rejected(tmp_path):
    notebook = executed(tmp_path)
    notebook.metadata["widgets"] = {}
    assert "widget state" in check_outputs(notebook, "01_one")[0]


@pytest.mark.parametrize("count", [None, 2, 0])
def test_cells_not_executed_or_out_of_order(tmp_path, count):
    notebook = executed(tmp_path)
    next(code_cells(notebook))[1].execution_count = count
    assert f"01_one cell 2: execution count {count}; expected 1" in check_executed(notebook, "01_one")[0]


def test_an_exercise_stores_nothing(tmp_path):
    notebook = executed(tmp_path)
    assert "01_one cell 2: stores an output" in check_unexecuted(notebook, "01_one")[0]


@pytest.mark.parametrize(
    "text", ["# %%\nx = 1\n", "# %% [markdown]\n# # T\n\n# %%\n\n# %%\nx = 1\n", "# %% [raw]\n# x\n"]
)
def test_a_source_begins_with_its_title_and_has_no_empty_cell(text):
    with pytest.raises(BuildError, match="01_one cell"):
        read(text, "01_one", fill=str)


def test_pruning_keeps_a_small_picture_and_no_widget(tmp_path):
    bundle = {WIDGET: {"model_id": "a"}, "image/png": png(300, 40), "text/plain": "a"}
    notebook = executed(tmp_path, display(bundle))
    notebook.metadata["widgets"] = {"state": {}}
    notebook.cells[1].metadata = NotebookNode(execution={"iopub.status.busy": "now"}, tags=["a"])
    prune(notebook, "01_one")
    data = notebook.cells[1].outputs[0].data
    assert sorted(data) == ["image/png", "text/plain"]
    assert notebook.cells[1].metadata == {"tags": ["a"]}
    assert "widgets" not in notebook.metadata
    picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    assert picture.mode == "P"
    assert len(picture.getcolors()) <= 128
    once = data["image/png"]
    prune(notebook, "01_one")
    assert notebook.cells[1].outputs[0].data["image/png"] == once


def test_a_widget_without_a_picture_is_rejected(tmp_path):
    notebook = executed(tmp_path, display({WIDGET: {"model_id": "a"}, "text/plain": "Box()"}))
    with pytest.raises(BuildError, match="01_one cell 2: a widget without a picture"):
        prune(notebook, "01_one")
