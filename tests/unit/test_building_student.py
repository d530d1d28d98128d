"""Answers become stubs that never raise, and carry nbgrader's metadata."""

import pytest
from nbformat import NotebookNode

from rnnlab.building.layout import BuildError
from rnnlab.building.source import read
from rnnlab.building.student import add_grading_metadata, leftovers, student_version

TITLE = "# %% [markdown]\n# # One\n"


def notebook(*cells):
    return read(TITLE + "".join(f"\n# %%\n{cell}\n" for cell in cells), "01_one", fill=str)


def stub(cell):
    return student_version(notebook(cell), "01_one").cells[1].source


def answer(*lines, indent=""):
    marked = ["### BEGIN SOLUTION", *lines, "### END SOLUTION"]
    return "\n".join(indent + line for line in marked)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (
            "def f(x):\n" + answer("y = x", "return y", indent="    "),
            "def f(x):\n    return ...  # your answer",
        ),
        (
            "def f(x):\n    for t in x:\n" + answer("return t", indent="        "),
            "def f(x):\n    for t in x:\n        return ...  # your answer",
        ),
        (
            'def f(x):\n    """Doubles."""\n' + answer("return 2 * x", indent="    ") + "\n\nf(1)",
            'def f(x):\n    """Doubles."""\n    return ...  # your answer\n\nf(1)',
        ),
        (answer("a = 1", "b, (c, *d) = a, (2, 3)", "a += 1"), None),
        (answer("def g(x):\n    inner = x\n    return inner"), "g = ...  # your answer"),
        (answer("best = [k for k in range(3)]"), "best = ...  # your answer"),
        ("x = 1\n" + answer("y = 2") + "\nz = 3\n" + answer("w = 4"), None),
    ],
)
def test_stubs(cell, expected):
    made = stub(cell)
    if expected is not None:
        assert made == expected
    compile(made, "cell", "exec")
    exec(made, {})  # a stub never raises


def test_each_name_of_an_answer_once_and_in_order():
    assert stub(answer("a = 1", "b, (c, *d) = a, (2, 3)", "a += 1")).split("\n") == [
        f"{name} = ...  # your answer" for name in "abcd"
    ]


def test_text_around_answers_stays():
    cell = "x = 1\n" + answer("y = 2") + "\nz = 3\n" + answer("w = 4")
    assert stub(cell) == "x = 1\ny = ...  # your answer\nz = 3\nw = ...  # your answer"


@pytest.mark.parametrize(
    "cell",
    [
        "### BEGIN SOLUTION\nx = 1",
        "x = 1\n### END SOLUTION",
        answer("### BEGIN SOLUTION"),
        answer("print(1)"),
    ],
)
def test_markers_that_do_not_pair_or_hold_nothing(cell):
    with pytest.raises(BuildError, match="01_one cell 2: "):
        stub(cell)


def graded(*cells):
    made = notebook(*cells)
    add_grading_metadata(made, "01_one", points={"1.1": 4, "1.2": 3}.__getitem__)
    return [cell.metadata.get("nbgrader") for cell in made.cells[1:]]


def test_grading_metadata():
    a, extra, check, free, b, last = graded(
        answer("x = 1"), answer("y = 1"), 'check("1.1", x)', "x", answer("z = 2"), 'check("1.2", z)'
    )
    common = {"schema_version": 3, "task": False}
    assert a == common | {"grade_id": "q1-1-answer", "grade": False, "solution": True, "locked": False}
    assert check == common | {
        "grade_id": "q1-1-check", "grade": True, "solution": False, "locked": True, "points": 4
    }  # fmt: skip
    assert (extra["grade_id"], b["grade_id"], last["points"]) == ("q1-1-answer-2", "q1-2-answer", 3)
    assert free is None


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ([answer("x = 1") + '\ncheck("1.1", x)'], "one or the other"),
        ([answer("x = 1")], "no check after it"),
        ([answer("x = 1"), 'check("1.1", x)', 'check("1.1", x)'], "checked again"),
    ],
)
def test_answers_and_checks_that_do_not_match(cells, fault):
    with pytest.raises(BuildError, match=fault):
        graded(*cells)


def test_an_answer_that_stands_elsewhere_is_found():
    solution = notebook(answer("dW = g * h", "db = g.sum()"), "dW = g * h\n\ndb = g.sum()\nprint(dW)")
    (sentence,) = leftovers(solution, student_version(solution, "01_one"), "01_one")
    assert sentence.startswith("01_one cell 3: holds the answer of cell 2")


@pytest.mark.parametrize("trace", ["## Begin solution", "### END SOLUTION", "#BEGIN SOLUTION"])
def test_a_marker_that_is_left_is_found(trace):
    student = NotebookNode(cells=[NotebookNode(cell_type="code", source=f"x = 1\n{trace}")])
    assert "marker is left" in leftovers(NotebookNode(cells=[]), student, "01_one")[0]


def test_a_good_exercise_leaves_nothing():
    solution = notebook("W = 2", answer("dW = W * 2"), 'check("1.1", dW)')
    assert leftovers(solution, student_version(solution, "01_one"), "01_one") == []
