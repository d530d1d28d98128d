"""Read-outs against least squares, autograd, and one another."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.training.readout import ridge, ridge_dual, ridge_each, ridge_path, ridge_svd, svd_path

WAYS = (ridge, ridge_svd, ridge_dual, lambda Z, Y, lam: ridge_path(Z, Y, [lam])[0])


def data(seed: int, T: int = 25, M: int = 6, K: int = 2):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(T, M)) + 3, rng.normal(size=(T, K)) - 5


def plain(Z, Y, lam):
    """Least squares with the rows √λ I appended, and a column of ones that they leave alone."""
    M, K = Z.shape[1], Y.shape[1]
    A = np.vstack([np.column_stack([Z, np.ones(len(Z))]), np.sqrt(lam) * np.eye(M, M + 1)])
    solution = np.linalg.lstsq(A, np.vstack([Y, np.zeros((M, K))]), rcond=None)[0]
    return solution[:-1].T, solution[-1]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.floats(1e-6, 1e3), st.sampled_from(WAYS))
def test_every_way_is_least_squares_with_rows_appended(seed, lam, way):
    Z, Y = data(seed)
    V, c = plain(Z, Y, lam)
    readout = way(Z, Y, lam)
    assert np.allclose(readout.V, V, atol=1e-9)
    assert np.allclose(readout.c, c, atol=1e-9)
    assert np.allclose(readout(Z), Z @ V.T + c, atol=1e-9)


@pytest.mark.parametrize("way", WAYS)
def test_the_gradient_is_zero_at_the_solution(way):
    Z, Y = data(3)
    V, c = (torch.tensor(part, requires_grad=True) for part in way(Z, Y, 0.7))
    (((torch.tensor(Z) @ V.T + c - torch.tensor(Y)) ** 2).sum() + 0.7 * (V**2).sum()).backward()
    assert V.grad.abs().max() < 1e-8
    assert c.grad.abs().max() < 1e-8


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.floats(-1e3, 1e3))
def test_a_shift_of_the_targets_is_taken_up_by_the_constant_alone(seed, shift):
    Z, Y = data(seed)
    before, after = ridge(Z, Y, 10.0), ridge(Z, Y + shift, 10.0)
    assert np.allclose(before.V, after.V, atol=1e-8)
    assert np.allclose(before.c + shift, after.c, atol=1e-8)


def test_a_path_is_its_points():
    Z, Y = data(5)
    lams = [1e-3, 1.0, 50.0]
    for many in (ridge_path, ridge_each, svd_path):
        for readout, lam in zip(many(Z, Y, lams), lams, strict=True):
            assert np.allclose(readout.V, plain(Z, Y, lam)[0], atol=1e-9)


def test_only_who_offers_the_features_loses_their_means():
    Z, Y = data(9)
    before = Z.copy()
    kept = ridge_each(Z, Y, [0.1])[0]
    assert np.array_equal(Z, before)
    taken = ridge_each(Z, Y, [0.1], overwrite=True)[0]
    assert np.abs(Z.mean(0)).max() < 1e-14
    assert np.allclose(Z, before - before.mean(0))
    assert np.array_equal(taken.V, kept.V)
    assert np.array_equal(taken.c, kept.c)


def test_a_constant_feature_beside_one_that_moves_is_no_error():
    """Only if all are constant there is nothing to read, also where the first row happens to be the mean."""
    Z = np.stack([np.full(9, 0.3), [0, 1, -1, 2, -2, 3, -3, 4, -4]], axis=1)
    assert np.allclose(ridge(Z, 2 * Z[:, 1:], 1e-9).V, [[0, 2]], atol=1e-8)


def test_without_a_penalty_the_shortest_of_many_solutions_is_taken():
    rng = np.random.default_rng(6)
    Z, Y = rng.normal(size=(5, 9)), rng.normal(size=(5, 1))
    readout = ridge_svd(Z, Y, 0.0)
    assert np.allclose(readout(Z), Y)
    assert np.allclose(readout.V.T, np.linalg.pinv(Z - Z.mean(0)) @ (Y - Y.mean(0)))


@pytest.mark.parametrize("way", WAYS)
def test_torch_gives_the_same(way):
    Z, Y = data(7)
    twin = way(torch.from_numpy(Z), torch.from_numpy(Y), 0.5)
    assert isinstance(twin.V, torch.Tensor)
    assert np.allclose(twin.V, way(Z, Y, 0.5).V, atol=1e-10)


def test_cholesky_says_when_the_digits_run_out_and_singular_values_do_not():
    t = np.linspace(0, 1, 60)[:, None]
    Z, Y = t ** np.arange(1, 15), np.sin(5 * t)
    with pytest.raises(ValueError, match="is not positive definite in float64.*use ridge_svd"):
        ridge(Z, Y, 0.0)
    with pytest.raises(ValueError, match="is not positive definite in float32"):
        ridge(Z.astype(np.float32), Y.astype(np.float32), 1e-9)
    assert np.abs(ridge_svd(Z, Y, 0.0)(Z) - Y).max() < 1e-6


@pytest.mark.parametrize("way", WAYS)
def test_bad_data_gets_a_sentence(way):
    Z, Y = data(8)
    with pytest.raises(ValueError, match="was the washout cut from both"):
        way(Z[3:], Y, 1.0)
    with pytest.raises(ValueError, match="too short a signal"):
        way(Z[:1], Y[:1], 1.0)
    with pytest.raises(ValueError, match="every feature is constant"):
        way(np.full_like(Z, 0.3), Y, 1.0)
    with pytest.raises(ValueError, match="zero or more"):
        way(Z, Y, -1.0)
    Z[2, 1] = np.inf
    with pytest.raises(ValueError, match="not finite"):
        way(Z, Y, 1.0)
