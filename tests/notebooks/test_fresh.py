"""Products are what their sources and the package say now. Nothing is executed: this takes a second."""

import pytest

from rnnlab.building.layout import ROOT, orphans, products
from rnnlab.building.products import stale
from rnnlab.building.replications import replications_table
from rnnlab.building.results import check_reduced, check_result

pytestmark = pytest.mark.fresh
PRODUCTS = products()
RESULTS = sorted((ROOT / "sources" / "results").glob("*.json"))


def test_there_is_something_to_test():
    assert {product.kind for product in PRODUCTS} == {"lecture", "solution", "exercise"}


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.label)
def test_a_product_is_fresh(product):
    assert stale(product) == []


def test_no_notebook_without_a_source():
    assert orphans() == []


def test_the_table_of_replications_is_fresh():
    stored = (ROOT / "lectures" / "replications.md").read_text("utf-8")
    assert stored == replications_table(), "lectures/replications.md is stale; run `make build`"


@pytest.mark.parametrize("path", RESULTS, ids=lambda path: path.name)
def test_a_stored_result_is_of_this_code(path):
    assert check_result(path) == []


@pytest.mark.slow
@pytest.mark.parametrize("path", RESULTS, ids=lambda path: path.name)
def test_the_reduced_run_of_a_stored_result_repeats(path):
    assert check_reduced(path) == []
