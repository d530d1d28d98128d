"""A stored result is made by its recipe, and is stale when the code behind it is other code."""

import json

import pytest
from building_course import Course

from rnnlab.building.build import build
from rnnlab.building.layout import BuildError
from rnnlab.building.results import check_reduced, check_result, record, results_of

RECIPE = {"function": "slowwork:walk", "seed": 3, "arguments": {"T": 50}, "reduced": {"arguments": {"T": 4}}}
CODE = """\
import numpy as np


def walk(seed, T):
    steps = np.random.default_rng(seed).normal(size=T)
    return {"end": steps.sum(), "path": steps.cumsum()}
"""


@pytest.fixture
def course(tmp_path, monkeypatch):
    course = Course(tmp_path)
    course.write("slowwork.py", CODE)
    course.path = course.write("sources/results/01_walk.json", json.dumps(RECIPE))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(__import__("sys").modules, "slowwork", raising=False)
    return course


def test_a_recipe_gives_a_result_that_repeats(course):
    record(course.path, course.root)
    first = course.path.read_bytes()
    stored = json.loads(first)
    assert len(stored["values"]["path"]) == 50
    assert stored["command"] == "python -m rnnlab.building.results 01_walk"
    assert set(stored["versions"]) == {"python", "numpy", "torch"}
    record(course.path, course.root)
    assert course.path.read_bytes() == first
    assert check_result(course.path, course.root) == check_reduced(course.path) == []
    assert results_of("01_one", course.root) == [course.path]


def test_a_stale_hash_is_rejected_and_fails_the_build(course, capsys):
    record(course.path, course.root)
    course.write("slowwork.py", CODE + "# a comment changes nothing\n")
    assert check_result(course.path, course.root) == []
    course.write("slowwork.py", CODE.replace("cumsum()", "cumprod()"))
    (sentence,) = check_result(course.path, course.root)
    assert sentence.startswith("01_walk.json: was made by other code than slowwork:walk runs now")
    course.lecture("# %% [markdown]\n# # One\n\n# %%\nx = 1\n")
    assert build([], root=course.root) == 1
    assert sentence in capsys.readouterr().out


def test_numbers_that_do_not_come_out_again(course):
    record(course.path, course.root)
    stored = json.loads(course.path.read_text())
    stored["reduced"]["values"]["end"] += 1e-3
    course.path.write_text(json.dumps(stored))
    (sentence,) = check_reduced(course.path)
    assert "reduced end gives" in sentence


def test_a_result_without_its_recipe(course):
    course.path.write_text('{"values": {}}')
    assert "has no arguments, code, command, function" in check_result(course.path, course.root)[0]
    with pytest.raises(BuildError, match="write its recipe"):
        record(course.path, course.root)
