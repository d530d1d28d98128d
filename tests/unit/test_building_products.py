"""What is stale, what was edited by hand, and how edits get back into a source. No kernel runs here."""

import json

import pytest
from building_course import EXERCISE, LECTURE, Course, display, pretend_built

import rnnlab.building.products as products
from rnnlab.building.build import build
from rnnlab.building.layout import BuildError, orphans, select, write_atomic
from rnnlab.building.products import edited_by_hand, load, reasons_to_build, stale
from rnnlab.building.pull import pull

CELL = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
SHOWN = "def f(x):\n    return x + 1"


@pytest.fixture
def course(tmp_path):
    course = Course(tmp_path)
    course.write("constraints.txt", "numpy==2.4\n")
    course.write("rnnlab/__init__.py", "")
    course.write("rnnlab/far.py", "one = 1\n")
    course.write("rnnlab/near.py", f'"""Near."""\nfrom rnnlab import far\n\n\n{SHOWN}\n\n\nlast = 0\n')
    course.write("rnnlab/other.py", "two = 2\n")
    course.write("rnnlab/questions/__init__.py", "from rnnlab.questions.check import check\n")
    course.write("rnnlab/questions/check.py", "def check(number, answer): ...\n")
    course.write("rnnlab/questions/q01_one/__init__.py", "from rnnlab.questions.q01_one import first\n")
    course.write("rnnlab/questions/q01_one/first.py", "three = 3\n")
    course.write("rnnlab/questions/q02_two.py", "four = 4\n")
    return course


@pytest.fixture
def lecture(course):
    product = course.lecture(
        LECTURE + "\n# %%\nfrom rnnlab.near import f\nfrom rnnlab.questions import check\n\nshow(f)\n"
    )
    shown = {"text/markdown": f"`rnnlab/near.py`\n```python\n{SHOWN}\n```"}
    pretend_built(product, [display(shown)])
    return product


def edit(product, change):
    content = json.loads(product.path.read_text())
    change(content)
    product.path.write_text(json.dumps(content))


def test_a_fresh_product(lecture):
    assert stale(lecture) == edited_by_hand(lecture) == reasons_to_build(lecture) == []


def test_a_product_that_is_not_there(course):
    product = course.lecture()
    assert "is not built; run `make build`" in stale(product)[0]
    assert reasons_to_build(product) == ["new"]


def test_a_changed_source(course, lecture):
    course.lecture(lecture.source.read_text().replace("# # One", "# # Two"))
    assert stale(lecture) == ["lectures/01_one.ipynb cell 1: differs from its source; run `make build`"]
    assert reasons_to_build(lecture) == ["source"]


def test_a_longer_source(course, lecture):
    course.lecture(lecture.source.read_text() + "\n# %%\nx = 1\n")
    assert "cell 4: differs" in stale(lecture)[0]


@pytest.mark.parametrize(
    ("old", "new"),
    [("x + 1", "x - 1"), ("x + 1", "x + 1  # one"), ("x + 1\n", "x + 1\n    x = 2\n"), ("def f", "def g")],
)
def test_a_changed_shown_function(course, lecture, old, new):
    near = course.root / "rnnlab/near.py"
    near.write_text(near.read_text().replace(old, new))
    (sentence,) = stale(lecture)
    assert sentence.startswith("lectures/01_one.ipynb cell 3: shows code that is not in rnnlab/near.py")
    assert reasons_to_build(lecture)


@pytest.mark.parametrize(
    ("path", "text", "reasons"),
    [
        ("rnnlab/far.py", "one = 2\n", ["code"]),
        ("rnnlab/far.py", '"""Far."""\none = 1  # a comment\n', []),
        ("rnnlab/other.py", "two = 3\n", []),
        ("rnnlab/questions/q01_one/first.py", "three = 4\n", ["code"]),
        ("rnnlab/questions/q02_two.py", "four = 5\n", []),
        ("constraints.txt", "numpy==2.5\n", ["pins"]),
        ("sources/results/01_long.json", "{}", ["source"]),
        ("sources/results/02_long.json", "{}", []),
    ],
)
def test_what_is_behind_a_lecture(course, lecture, path, text, reasons):
    course.write(path, text)
    assert reasons_to_build(lecture) == reasons
    assert stale(lecture) == []


def test_a_product_edited_by_hand_is_never_overwritten(course, lecture, capsys):
    edit(lecture, lambda content: content["cells"][1].update(source="claim('1.1', 2, 2)"))
    before = lecture.path.read_bytes()
    assert "was edited by hand" in stale(lecture)[0]
    assert build([], everything=True, root=course.root) == 1
    assert "make pull NB=lectures/01_one.ipynb" in capsys.readouterr().out
    assert lecture.path.read_bytes() == before


def test_a_product_whose_outputs_alone_were_changed_loses_nothing(lecture):
    edit(lecture, lambda content: content["cells"][1].update(outputs=[], execution_count=7))
    assert edited_by_hand(lecture) == []
    assert "was changed after it was built" in stale(lecture)[0]
    assert reasons_to_build(lecture) == ["product"]


def test_a_product_that_is_no_notebook(lecture):
    lecture.path.write_text("<<<<<<< ours")
    with pytest.raises(BuildError, match="delete it and run `make build`"):
        stale(lecture)


def test_orphans_and_names(course, lecture):
    course.write("lectures/09_lost.ipynb", "{}")
    assert orphans(course.root) == [
        "lectures/09_lost.ipynb: no source makes it; delete it, or write its source"
    ]
    for name in ("01_one", "lectures/01_one.ipynb", "sources/lectures/01_one.py"):
        assert select([name], course.root) == [lecture]
    with pytest.raises(BuildError, match="01_one"):
        select(["02_two"], course.root)


def test_a_source_is_numbered(course):
    course.write("sources/lectures/start.py", "")
    with pytest.raises(BuildError, match="expected two digits and a name"):
        select([], course.root)


def test_a_build_names_what_is_wrong_and_goes_on(course, lecture, capsys):
    course.lecture(lecture.source.read_text().replace("show(f)", "# %time show(f)"))
    course.write("lectures/02_two.ipynb", "{}")
    assert build([], root=course.root) == 1
    said = capsys.readouterr().out
    assert "01_one cell 3: the magic or command `%time show(f)`" in said
    assert "lectures/02_two.ipynb: no source makes it" in said
    lecture.path.write_text("<<<<<<< ours")
    assert build([], root=course.root) == 1
    assert "lectures/01_one.ipynb: is not a notebook" in capsys.readouterr().out


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    def refuse(*paths):
        raise PermissionError

    path = tmp_path / "a.txt"
    write_atomic(path, "old")
    monkeypatch.setattr("os.replace", refuse)
    with pytest.raises(PermissionError):
        write_atomic(path, "new")
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_pull_brings_edits_into_the_source(course, lecture):
    def change(content):
        content["cells"][0]["source"] = "# One, better\n\n$$1 + 1 = 2 \\tag{1.1}$$"
        content["cells"] += [CELL | {"id": "new", "source": "x = 1"}, CELL | {"id": "empty", "source": ""}]

    before = lecture.source.read_text()
    edit(lecture, change)
    assert pull(lecture.path, course.root) == 0
    assert lecture.source.read_text() == before.replace("# # One", "# # One, better") + "\n# %%\nx = 1\n"
    assert edited_by_hand(lecture) == []


def test_pull_has_nothing_to_do(course, lecture, capsys):
    before = lecture.source.read_text()
    assert pull(lecture.path, course.root) == 0
    assert "nothing to pull" in capsys.readouterr().out
    edit(lecture, lambda content: content["cells"][1].update(outputs=[]))
    assert pull(lecture.path, course.root) == 0
    assert lecture.source.read_text() == before


def test_pull_refuses_when_both_changed(course, lecture, capsys):
    edit(lecture, lambda content: content["cells"][1].update(source="x = 1"))
    course.lecture(lecture.source.read_text() + "\n# %%\ny = 1\n")
    before = lecture.source.read_text()
    assert pull(lecture.path, course.root) == 1
    assert "has changed since this was built, and so has the notebook" in capsys.readouterr().out
    assert lecture.source.read_text() == before


def test_pull_refuses_what_is_no_product(course, lecture, capsys):
    assert pull("my/lectures/01_one.ipynb", course.root) == 1
    assert "not a product" in capsys.readouterr().out


@pytest.fixture
def cards(monkeypatch):
    monkeypatch.setattr(products, "fill", lambda words: f"## {words} Double\n\n> **Goal.** Double it.")
    monkeypatch.setattr("rnnlab.building.pull.fill", products.fill)
    monkeypatch.setattr(products, "points", lambda number: 4)


WITH_CARD = EXERCISE.replace("# # Exercise one\n", "# # Exercise one\n\n# %% [markdown]\n# {{ card 1.1 }}\n")


def test_one_source_two_products(course, cards):
    solution, exercise = course.exercise(WITH_CARD, kind="solution"), course.exercise(WITH_CARD)
    pretend_built(solution)
    pretend_built(exercise)
    assert stale(solution) == stale(exercise) == []
    both = load(solution), load(exercise)
    assert all("Double it" in notebook.cells[1].source for notebook in both)
    assert "x + x" in both[0].cells[2].source
    assert both[1].cells[2].source == "def double(x):\n    return ...  # your answer"
    assert [c.id for c in both[0].cells] == [c.id for c in both[1].cells]


def test_pull_of_a_solution_keeps_its_cards(course, cards, capsys):
    solution = course.exercise(WITH_CARD, kind="solution")
    pretend_built(solution)
    edit(
        solution,
        lambda content: content["cells"][2]["source"].append("\n\n\ny = 1"),
    )
    assert pull("solutions/01_one.ipynb", course.root) == 0
    assert "{{ card 1.1 }}" in solution.source.read_text()
    assert "\ny = 1\n" in solution.source.read_text()


def test_pull_refuses_an_edited_card_and_an_exercise(course, cards, capsys):
    solution, exercise = course.exercise(WITH_CARD, kind="solution"), course.exercise(WITH_CARD)
    pretend_built(solution)
    edit(solution, lambda content: content["cells"][1].update(source="## Thrice"))
    assert pull(solution.path, course.root) == 1
    assert "the text of {{ card 1.1 }} was edited" in capsys.readouterr().out
    pretend_built(exercise)
    assert pull(exercise.path, course.root) == 1
    assert "made from its solution" in capsys.readouterr().out
    assert exercise.source.read_text() == WITH_CARD


@pytest.mark.parametrize("blank", ["card 99.9", "card", "cards 1.1", "picture"])
def test_a_blank_that_nothing_fills_is_named(course, blank):
    text = f"# %% [markdown]\n# # One\n#\n# {{{{ {blank} }}}}\n"
    with pytest.raises(BuildError, match=f"{{{{ {blank} }}}}: "):
        products.compose(course.lecture(text))


def test_the_map_of_lectures_is_filled_in(course):
    text = "# %% [markdown]\n# # One\n#\n# {{ map }}\n"
    assert "| part | lecture |" in products.compose(course.lecture(text)).cells[0].source
