"""The derivatives of lecture 01 against autograd, and the derivative-free checks against closed forms."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rnnlab.gradients import complex_step, finite_differences, state_gradients
from rnnlab.models import linear_unit, tanh_unit

WEIGHTS = st.floats(-2, 2)


@given(WEIGHTS, st.integers(1, 9), st.booleans(), st.integers(0, 99))
def test_state_gradients_are_those_of_autograd(w, T, squashed, seed):
    rng = np.random.default_rng(seed)
    xs, ys = rng.normal(size=(2, T))
    unit = tanh_unit if squashed else linear_unit
    h, hs = torch.zeros((), dtype=torch.float64, requires_grad=True), []
    for x in torch.tensor(xs):
        h = unit(h, x, w)
        h.retain_grad()
        hs.append(h)
    sum(((h - y) ** 2) for h, y in zip(hs, ys, strict=True)).backward()
    states = torch.stack(hs).detach()
    slopes = 1 - states**2 if squashed else torch.ones(T).double()
    ours = state_gradients(slopes, 2 * (states - torch.tensor(ys)), w)
    torch.testing.assert_close(ours, torch.stack([h.grad for h in hs]), rtol=1e-11, atol=1e-11)


def test_state_gradients_refuse_shapes_that_do_not_meet():
    with pytest.raises(ValueError, match="one row a step"):
        state_gradients(np.ones(3), np.ones(4), 0.5)


@given(st.lists(st.floats(-2, 2), min_size=1, max_size=4))
def test_complex_step_and_differences_find_the_gradient_of_a_closed_form(theta):
    theta = np.array(theta)
    exact = np.cos(theta) * np.exp(np.sin(theta))
    np.testing.assert_allclose(complex_step(lambda v: np.exp(np.sin(v)).sum(), theta), exact, rtol=1e-13)
    np.testing.assert_allclose(
        finite_differences(lambda v: np.exp(np.sin(v)).sum(), theta), exact, rtol=1e-6, atol=1e-8
    )
