"""Each lecture's claims are made again here, in this process; each is perturbed, and must notice."""

import numpy as np
import pytest
from perturb import deaf, perturbations

from rnnlab.building.equations import tags
from rnnlab.building.layout import products
from rnnlab.building.products import compose
from rnnlab.building.source import code_cells
from rnnlab.teaching.claims import Claim, claim, recording

LECTURES = [product for product in products() if product.kind == "lecture"]


@pytest.mark.parametrize("lecture", LECTURES, ids=lambda product: product.name)
def test_every_claim_of_a_lecture_notices(lecture, monkeypatch, tmp_path):
    monkeypatch.setenv("RNNLAB_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    notebook = compose(lecture)
    namespace: dict = {"__name__": "__main__"}
    with recording() as made:
        for number, cell in code_cells(notebook):
            exec(compile(cell.source, f"{lecture.name} cell {number}", "exec"), namespace)
    assert {one.tag for one in made} == set(tags(notebook))
    assert [sentence for one in made for sentence in deaf(one)] == []


@pytest.mark.parametrize("values", [[1.0, 2.0], [0.0, 0.0], [3, 4, 5], [True, False], [1 + 1j], 2.0, True, 7])
def test_an_exact_claim_notices_every_perturbation(values):
    side = np.asarray(values)
    assert len(list(perturbations(side))) == min(side.size, 3)
    with recording() as made:
        claim("1.1", side, side.copy())
    assert deaf(made[0]) == []


def test_a_claim_with_a_wide_tolerance_is_deaf():
    lhs, rhs = np.array([1.0, 100.0]), np.array([1.0, 100.0])
    assert deaf(Claim("1.1", lhs, rhs, rtol=1e-3, atol=1e-3)) == []
    assert len(deaf(Claim("1.1", lhs, rhs, rtol=0.0, atol=2.0))) == 4
    assert len(deaf(Claim("1.1", lhs, rhs, rtol=0.02, atol=0.0))) == 2
