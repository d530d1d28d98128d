"""The rates against products of Jacobians; the picture and the shares against counts; the live figure everywhere."""

import numpy as np
import pytest
import torch

from rnnlab.analysis import bifurcation
from rnnlab.analysis import many_pairs as module
from rnnlab.analysis.many_pairs import COLUMNS, MATRICES, RADII, RATES, ROWS, many_pairs
from rnnlab.analysis.spectra import spectral_radius
from rnnlab.arrays import to_numpy
from rnnlab.figures import gradient_clipping_many as figures
from rnnlab.live import choice, integer, live
from rnnlab.live.corners import corners_and_random


@np.errstate(divide="ignore")
def rates_one_by_one(matrices, T, which):
    """ln‖∂h_T/∂h_0 v‖/T of single pairs, from the product of their Jacobians; −inf where all is saturated."""
    _, W, start, _ = module._pairs(matrices, 20_000, "cpu")
    found = []
    for i in which:
        M = np.array([entry[i] for entry in W]).reshape(2, 2)
        h, v = np.array([start[0][i], start[1][i]]), np.array([start[2][i], start[3][i]])
        for _ in range(T):
            h = np.tanh(M @ h)
            v = np.diag(1 - h * h) @ M @ v
        found.append(np.log(np.linalg.norm(v)) / T)
    return np.array(found)


@pytest.mark.parametrize("matrices", MATRICES)
def test_each_matrix_has_its_radius_and_its_kind(matrices):
    rho, W, start, columns = module._pairs(matrices, 20_000, "cpu")
    for i in (100, 9_999, 19_999):
        M = np.array([entry[i] for entry in W]).reshape(2, 2)
        assert np.isclose(spectral_radius(M), rho[i])
        assert matrices != "symmetric" or M[0, 1] == M[1, 0]
        assert matrices != "rotations" or np.allclose(M @ M.T, rho[i] ** 2 * np.eye(2))
    assert np.allclose(np.hypot(*start[2:]), 1)
    edges = np.linspace(*RADII, COLUMNS + 1)
    assert (rho >= edges[columns] - 1e-3).all() and (rho <= edges[columns + 1] + 1e-3).all()


@pytest.mark.parametrize("matrices", MATRICES)
def test_the_picture_holds_every_pair_at_the_rate_of_its_jacobians(matrices):
    T, each = 12, 20_000 // COLUMNS
    result = many_pairs(matrices, T, "cpu")
    assert result.rates.shape == (ROWS, COLUMNS)
    for column in (40, 120, 199):
        right = rates_one_by_one(matrices, T, range(column * each, (column + 1) * each))
        assert np.allclose(result.rates[:, column], np.histogram(right, ROWS, RATES)[0] / each)


def test_the_shares_are_of_the_pairs_on_either_side_of_one():
    T = 20
    result = many_pairs("any", T, "cpu")
    rho, W, start, _ = module._pairs("any", 20_000, "cpu")
    some = np.arange(7, 20_000, 7)
    rates = rates_one_by_one("any", T, some)
    inside = rho[some] < 1
    near = np.abs(rates[inside] - np.log(rho[some][inside].clip(1e-9))) < 0.1
    counted = (
        near.mean(),
        *(kind[~inside].mean() for kind in (rates < -0.01, abs(rates) <= 0.01, rates > 0.01)),
    )
    shown = result.near, result.fading, result.staying, result.growing
    assert np.allclose(counted, [float(share) for share in shown], atol=0.03)


def test_below_one_all_do_as_linear_units_and_above_none_in_the_end():
    for matrices, turning in (("any", (0.1, 0.25)), ("symmetric", (0, 0.02)), ("rotations", (0.6, 0.75))):
        result = many_pairs(matrices, 1000, "cpu")
        assert result.near > 0.998 and result.growing < 0.005
        assert turning[0] <= result.staying <= turning[1]


def test_tensors_give_the_same_picture(monkeypatch):
    """As on a GPU, on torch's CPU in float32: a pair on the edge of two rows may change its row."""
    right = many_pairs("rotations", 30, "cpu")
    monkeypatch.setattr(module, "_pairs", module._pairs.__wrapped__)
    for place in (module, bifurcation):
        monkeypatch.setattr(place, "put", lambda value, device: torch.tensor(value, dtype=torch.float32))
    result = many_pairs("rotations", 30, "cpu")
    assert torch.is_tensor(result.rates) and torch.is_tensor(result.growing)
    assert (np.abs(to_numpy(result.rates) - right.rates).sum(0) / 2).mean() < 0.02
    assert abs(float(result.growing) - right.growing) < 1e-3


def test_a_gpu_gets_a_million(monkeypatch):
    monkeypatch.setattr(module, "device_for", lambda parallel, device: "cuda")
    seen = []
    monkeypatch.setattr(module, "_pairs", lambda *asked: seen.append(asked) or (1 / 0))
    with pytest.raises(ZeroDivisionError):
        many_pairs("any", 2)
    assert seen == [("any", 1_000_000, "cuda")]


def test_matrices_of_another_name_are_refused():
    with pytest.raises(
        ValueError, match="came the matrices 'odd'; expected one of any, symmetric, rotations"
    ):
        many_pairs("odd", 2, "cpu")


@pytest.mark.thorough
def test_the_live_figure_holds_everywhere_and_lets_the_device_be_chosen():
    figure = live(
        many_pairs,
        figures.pairs,
        figures.pairs_words,
        matrices=choice(MATRICES, "any"),
        steps=integer(2, 1000, 100),
    )
    assert figure.picks_device and "20,000 pairs" in figure.words
    assert corners_and_random(figure, seconds=3) >= 6
