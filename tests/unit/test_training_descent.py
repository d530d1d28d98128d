"""Costs against torch and by hand; descent against the closed form on a quadratic, on both sides of its limit."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rnnlab.models import linear_unit, unroll
from rnnlab.training import cost, cross_entropy, gradient_descent, squared_error


def test_the_cost_is_the_hand_sum_for_numbers_and_for_symbols():
    us, ys = np.array([1.0, -0.5, 2.0]), np.array([0.8, 0.1, 1.9])
    V = cost(lambda us: unroll(linear_unit, 0.0, us, 0.7), (us, ys), squared_error)
    assert abs(V - (0.2**2 + 0.1**2 + 0.24**2) / 3) < 1e-12
    p, labels = np.array([[0.7, 0.2, 0.1], [0.3, 0.3, 0.4]]), np.array([0, 2])
    V = cost(lambda _: p, (np.zeros(2), labels), cross_entropy)
    assert abs(V + (np.log(0.7) + np.log(0.4)) / 2) < 1e-12


@given(st.integers(1, 6), st.integers(1, 5), st.integers(0, 99))
def test_the_costs_are_those_of_torch(T, K, seed):
    rng = np.random.default_rng(seed)
    ys, predictions, logits = rng.normal(size=T), rng.normal(size=T), rng.normal(size=(T, K))
    labels = rng.integers(0, K, size=T)
    theirs = torch.nn.functional.mse_loss(torch.tensor(predictions), torch.tensor(ys)).item()
    assert cost(lambda _: predictions, (ys, ys), squared_error) == pytest.approx(theirs, rel=1e-12)
    p = torch.softmax(torch.tensor(logits), -1)
    theirs = torch.nn.functional.cross_entropy(torch.tensor(logits), torch.tensor(labels)).item()
    for probabilities, answers in ((p, torch.tensor(labels)), (p.numpy(), labels)):
        V = cost(lambda _, p=probabilities: p, (answers, answers), cross_entropy)
        assert float(V) == pytest.approx(theirs, rel=1e-12, abs=1e-14)


@given(st.floats(0.1, 5), st.floats(0.1, 5), st.floats(0.05, 3))
def test_descent_converges_exactly_below_two_over_the_largest_curvature(a, b, share):
    if abs(share - 1) < 0.02:
        return
    H, limit = np.diag([a, b]), 2 / max(a, b)
    path = gradient_descent(lambda theta: H @ theta, np.ones(2), share * limit, 400)
    exact = (1 - share * limit * np.array([a, b])) ** 400
    np.testing.assert_allclose(path[-1], exact, rtol=1e-6, atol=1e-12)
    assert (np.abs(path[-1]).max() <= 1) == (share < 1)


def test_the_average_of_all_stochastic_gradients_is_the_batch_gradient():
    rng = np.random.default_rng(0)
    A, y, theta = rng.normal(size=(50, 3)), rng.normal(size=50), rng.normal(size=3)
    each = np.array([2 * (a @ theta - target) * a for a, target in zip(A, y, strict=True)])
    whole = torch.tensor(theta, requires_grad=True)
    ((torch.tensor(A) @ whole - torch.tensor(y)) ** 2).mean().backward()
    np.testing.assert_allclose(each.mean(0), whole.grad.numpy(), rtol=1e-12)
