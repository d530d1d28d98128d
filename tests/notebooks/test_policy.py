"""The rules of the builder, over what is stored: the same functions that a build calls."""

from dataclasses import replace

import nbformat
import pytest

from rnnlab.building.layout import products
from rnnlab.building.policy import check_links, check_source
from rnnlab.building.policy_outputs import LARGEST, check_executed, check_outputs, check_unexecuted
from rnnlab.building.products import compose, load
from rnnlab.building.student import leftovers

PRODUCTS = products()
EXERCISES = [product for product in PRODUCTS if product.kind == "exercise"]


@pytest.fixture(params=PRODUCTS, ids=lambda product: product.label)
def product(request):
    return request.param


def test_constructs_lengths_and_equations(product):
    assert check_source(load(product), product.name, product.kind) == []


def test_it_is_a_valid_notebook(product):
    nbformat.validate(load(product))


def test_links_resolve(product):
    assert check_links(load(product), product.name, product.path.parent) == []


def test_stored_executed_in_order_or_not_at_all(product):
    rule = check_executed if product.executed else check_unexecuted
    assert rule(load(product), product.name) == []


def test_outputs_are_small_quiet_and_described(product):
    assert check_outputs(load(product), product.name) == []
    assert product.path.stat().st_size <= LARGEST


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda product: product.label)
def test_no_answer_is_left_in_an_exercise(exercise):
    solution = compose(replace(exercise, kind="solution"))
    assert leftovers(solution, load(exercise), exercise.name) == []
