"""Each lecture runs again here, in this process: each of its claims must notice when one side is perturbed,
and each of its live figures must hold at every corner of its controls."""

import numpy as np
import pytest
from perturb import deaf, perturbations

from rnnlab.building.equations import tags
from rnnlab.building.layout import products
from rnnlab.building.products import compose
from rnnlab.building.source import code_cells
from rnnlab.live.corners import corners_and_random
from rnnlab.live.figure import noted
from rnnlab.teaching.claims import Claim, claim, recording

LECTURES = [product for product in products() if product.kind == "lecture"]


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Runs a lecture's cells: the claims that were made, and the live figures."""
    monkeypatch.setenv("RNNLAB_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    def run(lecture):
        namespace: dict = {"__name__": "__main__"}
        with recording() as made, noted() as figures:
            for number, cell in code_cells(compose(lecture)):
                exec(compile(cell.source, f"{lecture.name} cell {number}", "exec"), namespace)
        return made, figures

    return run


@pytest.mark.parametrize("lecture", LECTURES, ids=lambda product: product.name)
def test_every_claim_of_a_lecture_notices_and_every_live_figure_holds(lecture, run):
    made, figures = run(lecture)
    assert {one.tag for one in made} == set(tags(compose(lecture)))
    assert [sentence for one in made for sentence in deaf(one)] == []
    assert figures, "a lecture has at least one live figure"
    for figure in figures:
        corners_and_random(figure, seconds=0)  # the corners, whatever they take


@pytest.mark.slow
@pytest.mark.parametrize("lecture", LECTURES, ids=lambda product: product.name)
def test_every_live_figure_holds_at_random_points(lecture, run):
    for figure in run(lecture)[1]:
        corners_and_random(figure, seconds=10)


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
