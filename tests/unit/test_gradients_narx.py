"""Sensitivities of NARX networks against complex steps, finite differences and automatic differentiation."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.gradients import complex_step, finite_differences
from rnnlab.gradients.narx import (
    NarxShape,
    explicit_sensitivities,
    free_run_sensitivities,
    run_free,
    run_one_step,
)
from rnnlab.models.narx import free_run, narx_network, one_step, regressors
from rnnlab.models.seven_terms import run, sensitivities
from rnnlab.training.narx import start_weights

SHAPES = [NarxShape(2, 2, 3), NarxShape(1, 3, 2), NarxShape(3, 1, 2), NarxShape(0, 2, 3)]


def problem(shape, P=2, T=14, seed=0):
    rng = np.random.default_rng(seed)
    n = max(shape.n_u, shape.n_y)
    us, ys = rng.normal(size=(2, T, P))
    theta = start_weights(shape, P, rng) + 0.1 * rng.normal(size=(P, shape.parameters))
    rows = regressors(us, ys, shape.n_u, shape.n_y)
    return us, ys, theta, rows, ys[n - shape.n_y : n]


@pytest.mark.parametrize("shape", SHAPES)
def test_the_fast_run_is_the_step_by_step_one(shape):
    us, ys, theta, rows, starts = problem(shape)
    network = lambda y, u: narx_network(y, u, *shape.weights(theta))  # noqa: E731
    free = run_free(shape, theta, rows[:, shape.n_y :], starts)[0][shape.n_y :]
    assert np.allclose(free, free_run(network, us, ys, shape.n_u, shape.n_y), atol=1e-13)
    ahead = run_one_step(shape, theta, rows)[0]
    assert np.allclose(ahead, one_step(network, us, ys, shape.n_u, shape.n_y), atol=1e-13)


@pytest.mark.parametrize("shape", SHAPES)
def test_free_run_sensitivities_are_complex_steps(shape):
    _, _, theta, rows, starts = problem(shape)
    u_past = rows[:, shape.n_y :]
    predictions, s = free_run_sensitivities(shape, theta, u_past, starts)
    assert np.allclose(predictions, run_free(shape, theta, u_past, starts)[0][shape.n_y :], atol=1e-14)
    for t, i in ((0, 0), (1, 1), (5, 0), (len(s) - 1, 1)):

        def said(q, t=t, i=i):
            return run_free(shape, q, u_past, starts)[0][shape.n_y + t, i]

        expected = complex_step(said, theta)
        assert np.allclose(s[t, i], expected[i], rtol=1e-10, atol=1e-13)
        assert not expected[1 - i].any(), "one network's output depends on another's weights"


@pytest.mark.parametrize("shape", SHAPES)
def test_sensitivities_to_the_starts_are_complex_steps(shape):
    _, _, theta, rows, starts = problem(shape)
    u_past = rows[:, shape.n_y :]
    s = free_run_sensitivities(shape, theta, u_past, starts, with_starts=True)[1]
    for t in (0, 1, 4):
        expected = complex_step(lambda y, t=t: run_free(shape, theta, u_past, y)[0][shape.n_y + t, 0], starts)
        assert np.allclose(s[t, 0, shape.parameters :], expected[:, 0], rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("steps", [1, 3, 14])
def test_sensitivities_do_not_depend_on_the_blocks_they_are_made_in(shape, steps, monkeypatch):
    _, _, theta, rows, starts = problem(shape)
    whole = free_run_sensitivities(shape, theta, rows[:, shape.n_y :], starts, with_starts=True)
    hs = run_one_step(shape, theta, rows)[1]
    explicit = explicit_sensitivities(shape, theta, rows, hs)
    monkeypatch.setattr("rnnlab.gradients.narx.CACHED", steps * theta.size)
    for one, other in (
        (whole, free_run_sensitivities(shape, theta, rows[:, shape.n_y :], starts, with_starts=True)),
        (explicit, explicit_sensitivities(shape, theta, rows, hs)),
    ):
        for a, b in zip(one, other, strict=True):
            assert np.allclose(a, b, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("shape", SHAPES)
def test_one_step_sensitivities_are_complex_steps(shape):
    _, _, theta, rows, _ = problem(shape)
    hs = run_one_step(shape, theta, rows)[1]
    J, slopes = explicit_sensitivities(shape, theta, rows, hs)
    expected = complex_step(lambda q: run_one_step(shape, q, rows)[0][3, 1], theta)
    assert np.allclose(J[3, 1], expected[1], rtol=1e-10, atol=1e-13)
    moved = complex_step(lambda r: run_one_step(shape, theta, r)[0][3, 1], rows)
    assert np.allclose(slopes[3, 1], moved[3, : shape.n_y, 1], rtol=1e-10, atol=1e-13)


def test_the_gradient_of_the_free_run_is_autograds():
    shape = SHAPES[0]
    us, ys, theta, rows, starts = problem(shape, P=1, T=40)
    predictions, s = free_run_sensitivities(shape, theta, rows[:, 2:], starts)
    by_hand = -2 * ((ys[2:] - predictions)[:, 0] @ s[:, 0])
    weights = [torch.tensor(w[0], requires_grad=True) for w in shape.weights(theta)]
    pair = torch.tensor(us[:, 0]), torch.tensor(ys[:, 0])
    said = free_run(lambda y, u: narx_network(y, u, *weights), *pair, 2, 2)
    grads = torch.autograd.grad(((pair[1][2:] - said) ** 2).sum(), weights)
    assert np.allclose(by_hand, np.concatenate([g.numpy().T.ravel() for g in grads]), rtol=1e-9)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_seven_terms_sensitivities_are_finite_differences(seed):
    rng = np.random.default_rng(seed)
    us, theta = rng.normal(size=(9, 1)), 0.4 * rng.normal(size=(1, 7))
    starts = rng.normal(size=(2, 1))
    free, s = sensitivities(theta, us, starts)
    assert np.allclose(free, run(theta, us, starts)[2:])
    expected = finite_differences(lambda q: float(run(q, us, starts)[-1, 0]), theta)
    assert np.allclose(s[-1, 0], expected[0], rtol=1e-4, atol=1e-6)
    assert np.array_equal(sensitivities(theta, us, starts, fed_back=False)[1][0], s[0])
