"""What students get works without a single reference, and holds no line of a solution."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from notebooks import ROOT

from rnnlab.building.layout import BuildError
from rnnlab.building.release import leaks, release
from rnnlab.questions.check import judge, said
from rnnlab.questions.question import exercises, questions
from rnnlab.questions.sheet import confusions, make_sheet
from rnnlab.questions.stored import load, stored

EVERY = [one for number in exercises() for one in questions(number)]


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    folder = tmp_path_factory.mktemp("release") / "course"
    release(ROOT, folder, nbgrader=True)
    return folder


@pytest.mark.parametrize("one", EVERY, ids=[one.number for one in EVERY])
def test_a_stored_question_judges_as_the_original_does(one, tmp_path):
    path = tmp_path / "stored.json"
    path.write_text(json.dumps([stored(one)]))
    (again,) = load(path)
    assert (again.points, again.arguments, again.draws) == (one.points, one.arguments, one.draws)
    mine, theirs = make_sheet(one, "ada"), make_sheet(again, "ada")
    answers = [one.reference, *one.alternatives, *(m.wrong for m in one.misconceptions)]
    for answer in answers:
        value = answer if one.asks_function else answer(*mine.probes[0].arguments)
        came = said(one, value, mine)
        assert judge(again, theirs, confusions(again, theirs), came) == judge(
            one, mine, confusions(one, mine), came
        )


def test_with_the_release_alone_every_solution_is_right(released):
    code = (
        "import sys, rnnlab\nfrom pathlib import Path\nfrom rnnlab.questions.scoring import score_notebook\n"
        "assert Path(rnnlab.__file__).parents[1] == Path(sys.argv[1])\n"
        "for path in sys.argv[2:]:\n"
        "    wrong = [m.verdict.head for m in score_notebook(path) if m.verdict.status != 'right']\n"
        "    assert not wrong, (path, wrong)\n"
    )
    solutions = [str(path) for path in sorted((ROOT / "solutions").glob("*.ipynb"))]
    environment = os.environ | {"PYTHONPATH": str(released)}
    done = subprocess.run(
        [sys.executable, "-c", code, str(released), *solutions],
        env=environment,
        cwd=released,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_no_reference_no_solution_no_grader_goes_along(released):
    inside = {path.relative_to(released).as_posix() for path in released.rglob("*") if path.is_file()}
    assert not any(
        name.startswith(("solutions/", "sources/", "tests/", "rnnlab/grading/")) for name in inside
    )
    modules = [path.read_text() for path in (released / "rnnlab" / "questions").glob("q[0-9]*.py")]
    assert len(modules) == len(exercises())
    assert all("lambda" not in text and "def " not in text for text in modules)
    assert leaks(ROOT, released) == []


def spoil(folder, how):
    notebook = next((folder / "lectures").glob("01_*.ipynb"))
    data = json.loads(notebook.read_text())
    how(data)
    notebook.write_text(json.dumps(data))


SECRET = "dr *= w * (1 - np.tanh(r_prev) ** 2)  # one step back"


@pytest.mark.parametrize(
    "how",
    [
        lambda data: data["cells"][0].update(source=["x\n", f"    {SECRET}\n"]),
        lambda data: data["metadata"].update(hint={"deep": [SECRET]}),
        lambda data: data["cells"][1].update(
            outputs=[{"output_type": "stream", "name": "stdout", "text": [SECRET]}]
        ),
        lambda data: data["cells"][0].update(source="### BEGIN SOLUTION"),
    ],
)
def test_a_solution_that_slips_in_is_found_wherever_it_is(released, tmp_path, how):
    copy = shutil.copytree(released, tmp_path / "copy")
    spoil(copy, how)
    assert len(leaks(ROOT, copy)) == 1


def test_a_release_with_a_leak_is_not_written(tmp_path):
    course = tmp_path / "course"
    for name in ("lectures", "exercises", "rnnlab", "sources"):
        shutil.copytree(ROOT / name, course / name, ignore=shutil.ignore_patterns("__pycache__"))
    spoil(course, lambda data: data["metadata"].update(hint=SECRET))
    with pytest.raises(BuildError, match="holds the solution of 01_impulse_response"):
        release(course, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_there_is_left_alone(tmp_path):
    with pytest.raises(BuildError, match="is there already"):
        release(ROOT, tmp_path)


def test_nbgrader_finds_its_layout(released):
    beside = released.with_name("course-nbgrader")
    sources = sorted(
        path.relative_to(beside / "source").as_posix() for path in (beside / "source").rglob("*.ipynb")
    )
    assert sources == [f"{p.stem}/{p.name}" for p in sorted((ROOT / "solutions").glob("*.ipynb"))]
    assert "course_id" in Path(beside / "nbgrader_config.py").read_text()
