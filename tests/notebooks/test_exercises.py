"""An exercise nobody touched runs without an error and scores 0; its solution scores everything there is."""

import pytest

from rnnlab.building.layout import products
from rnnlab.questions.running import run_notebook
from rnnlab.questions.scoring import score_notebook

EXERCISES = [product for product in products() if product.kind == "exercise"]
SOLUTIONS = [product for product in products() if product.kind == "solution"]


@pytest.mark.parametrize("product", EXERCISES + SOLUTIONS, ids=lambda product: product.label)
def test_it_runs_without_an_error(product):
    assert run_notebook(product.path).troubles == ()


@pytest.mark.parametrize("product", EXERCISES, ids=lambda product: product.label)
def test_an_unsolved_exercise_scores_nothing(product):
    marks = score_notebook(product.path)
    assert marks
    assert [mark.marks for mark in marks] == [0] * len(marks)


@pytest.mark.parametrize("product", SOLUTIONS, ids=lambda product: product.label)
def test_a_solution_scores_everything(product):
    marks = score_notebook(product.path)
    assert [mark.marks for mark in marks] == [mark.points for mark in marks]
    assert sum(mark.points for mark in marks) == 20
