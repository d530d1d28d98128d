"""What students get works without a single reference, and holds no line of a solution."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys

import pytest
from notebooks import ROOT

from rnnlab.building.layout import BuildError
from rnnlab.building.release import leaks, release
from rnnlab.building.student import BEGIN, END
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


def test_its_readme_leads_to_what_is_there(released):
    text = (released / "README.md").read_text("utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", text):
        assert (released / target).exists(), target
    for command in ("make test", "make quick", "make bench", "rnnlab test", "rnnlab grade", "rnnlab release"):
        assert command not in text
    assert "make lab" in text and "rnnlab check" in text


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
    shutil.copyfile(ROOT / "README.md", course / "README.md")
    spoil(course, lambda data: data["metadata"].update(hint=SECRET))
    with pytest.raises(BuildError, match="holds the solution of 01_impulse_response"):
        release(course, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_there_is_left_alone(tmp_path):
    with pytest.raises(BuildError, match="is there already"):
        release(ROOT, tmp_path)


@pytest.mark.parametrize(
    "command", ["grade x --key k --out o", "release x", "build", "pull x", "sheet", "test"]
)
def test_what_a_release_has_nothing_for_is_said_in_a_sentence(released, command):
    done = in_release(released, *command.split())
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"rnnlab: `rnnlab {command.split()[0]}` needs the whole course")
    assert done.stderr.count("\n") == 1


def test_a_student_checks_an_exercise_and_sees_where_they_stand(released, tmp_path):
    """What is typed in the release alone, in a new home."""
    exercise, solution = (
        "exercises/01_impulse_response.ipynb",
        ROOT / "solutions" / "01_impulse_response.ipynb",
    )
    untouched = in_release(released, "check", exercise, home=tmp_path)
    assert untouched.returncode == 1 and untouched.stdout.endswith("\n0 of 20 points\n")
    assert untouched.stdout.count("not attempted") == 6
    solved = in_release(released, "check", str(solution), home=tmp_path)
    assert solved.returncode == 0 and solved.stdout.endswith("\n20 of 20 points\n")
    standing = in_release(released, "progress", home=tmp_path).stdout.split("\n")
    assert standing[0] == f"exercise 01  {'█' * 20}   20 of 20"
    assert standing[1] == f"exercise 02  {'·' * 20}    0 of 20"
    assert standing[-2].startswith(f"20 of {sum(one.points for one in EVERY)} points. Kept in {tmp_path}")


def in_release(folder, *arguments, home="/nowhere"):
    environment = os.environ | {"PYTHONPATH": str(folder), "RNNLAB_HOME": str(home)}
    line = [sys.executable, "-m", "rnnlab.cli", *arguments]
    return subprocess.run(line, env=environment, cwd=folder, capture_output=True, text=True)


def laid_out(released):
    sources = released.with_name("course-nbgrader") / "source"
    return {path.stem: json.loads(path.read_text()) for path in sorted(sources.glob("*/*.ipynb"))}


def code(notebook):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def test_nbgraders_layout_is_what_it_demands(released):
    """A folder a notebook, and cell metadata of schema version 3 in which no two cells share an id."""
    found = laid_out(released)
    assert sorted(found) == sorted(path.stem for path in (ROOT / "solutions").glob("*.ipynb"))
    for name, notebook in found.items():
        assert (released.with_name("course-nbgrader") / "source" / name / f"{name}.ipynb").is_file()
        marked = [cell["metadata"]["nbgrader"] for cell in code(notebook) if "nbgrader" in cell["metadata"]]
        assert len({one["grade_id"] for one in marked}) == len(marked)
        for one in marked:
            assert one["schema_version"] == 3 and one["task"] is False
            assert one["locked"] is one["grade"] is not one["solution"] and ("points" in one) is one["grade"]
        asked = questions(int(name[:2]))
        assert sum(one["points"] for one in marked if one["grade"]) == sum(one.points for one in asked)
        for cell in code(notebook):
            is_answer = cell["metadata"].get("nbgrader", {}).get("solution", False)
            assert (BEGIN in cell["source"]) is (END in cell["source"]) is is_answer
            assert cell["outputs"] == []


def cleared(source):
    """What nbgrader makes of a cell: each solution gives way to the stub that its settings name."""
    return re.sub(rf"(?m)^( *){BEGIN}\n(.*\n)*? *{END}", r"\1# your answer", source)


def marks_in(notebook, change=str):
    """What nbgrader reads: the number that each graded cell ends with; no cell may raise."""
    namespace, found = {"__name__": "__main__", "display": lambda shown: None}, []
    for cell in code(notebook):
        body = ast.parse(change(cell["source"])).body
        last = ast.Expression(body.pop().value) if cell["metadata"].get("nbgrader", {}).get("grade") else None
        exec(compile(ast.Module(body, []), "cell", "exec"), namespace)
        if last:
            found.append(eval(compile(last, "cell", "eval"), namespace))
    return found


def test_in_nbgraders_layout_a_solution_gets_full_marks_and_what_nbgrader_hands_out_gets_none(released):
    """And a wrong answer in between: `check` never raises, so without a number nbgrader would give it everything."""
    notebook = laid_out(released)["01_impulse_response"]
    full = [one.points for one in questions(1)]
    assert marks_in(notebook) == full
    assert marks_in(notebook, cleared) == [0] * len(full)
    right, wrong = "hs[t] = w * returning + u * xs[t]", "hs[t] = 7.7"
    assert marks_in(notebook, lambda source: source.replace(right, wrong)) == [0, *full[1:]]


@pytest.mark.slow
def test_nbgrader_itself_accepts_what_is_laid_out_for_it(released, tmp_path, monkeypatch):
    """In its own environment, which `make bench-grade` makes: hand out every exercise, validate, mark."""
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    import grading as bench

    if not (bench.ENVIRONMENT / "bin" / "nbgrader").exists():
        pytest.skip("build/nbgrader is not there; make bench-grade makes it")
    course = shutil.copytree(released.with_name("course-nbgrader"), tmp_path / "course")
    run = bench.Nbgrader(course)
    for name, notebook in laid_out(released).items():
        run("generate_assignment", name)
        (handed_out,) = (course / "release" / name).glob("*.ipynb")
        assert leaks(ROOT, handed_out.parent) == []
        for before, after in zip(code(notebook), code(json.loads(handed_out.read_text())), strict=True):
            assert "".join(after["source"]) == cleared(before["source"])
    name = "06_lstm_and_gru"
    asked = questions(6)
    untouched = run("validate", f"release/{name}/{name}.ipynb")
    assert f"VALIDATION FAILED ON {len(asked)} CELL(S)" in untouched and "Traceback" not in untouched
    assert "Success! Your notebook passes all the tests." in run("validate", f"source/{name}/{name}.ipynb")
