"""What lecture 01 draws: impulse responses, the four names of one pole, and the cost with its wall."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnlab.analysis.cost_curve import descend, local_minima, weight_cost
from rnnlab.analysis.impulse import FREQUENCIES, four_names, impulse_response, memory
from rnnlab.gradients import complex_step
from rnnlab.models import tanh_unit, unroll


@given(st.floats(-1.2, 1.2), st.integers(1, 40))
def test_the_impulse_response_is_a_power(w, T):
    np.testing.assert_allclose(
        impulse_response(w, T), w ** np.arange(T, dtype=float), rtol=1e-12, atol=1e-300
    )


@given(st.floats(-1.2, 1.2), st.floats(0.1, 3), st.booleans())
def test_memory_runs_backward_as_it_runs_forward(w, size, squashed):
    result = memory(w, size, squashed, T=12)
    if squashed:
        onward = complex_step(lambda h: unroll(tanh_unit, h, np.zeros(11), w)[-1], result.states[0])
        assert result.gradients[0] == pytest.approx(float(onward), rel=1e-10, abs=1e-300)
        assert abs(result.gradients[0]) <= abs(w) ** 11 * (1 + 1e-12)
    else:
        np.testing.assert_allclose(result.gradients[::-1] * size, result.states, rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("w", [-0.9, -0.3, 0.0, 0.6])
def test_the_four_names_describe_one_recurrence(w):
    names, a = four_names(w), impulse_response(w, 800)
    np.testing.assert_allclose(names.charge[-1], (1 - w) * a[:30].sum(), rtol=1e-12)
    gamma = np.array([(a[: 800 - k] * a[k:]).sum() for k in range(30)])
    np.testing.assert_allclose(names.autocorrelation, gamma / gamma[0], atol=1e-12)
    H = np.exp(-2j * np.pi * np.outer(FREQUENCIES, np.arange(800))) @ a
    np.testing.assert_allclose(names.gain, 20 * np.log10(np.abs(H)), atol=1e-9)


def test_beyond_the_unit_circle_two_of_the_names_do_not_exist():
    for w in (1.0, -1.0, 1.1):
        names = four_names(w)
        assert np.isfinite(names.charge).all()
        assert np.isnan(names.autocorrelation).all() and np.isnan(names.gain).all()


def test_local_minima_of_a_known_curve():
    x = np.linspace(0, 4 * np.pi, 2001)
    np.testing.assert_allclose(x[local_minima(np.cos(x))], [np.pi, 3 * np.pi], atol=0.01)


def test_one_weight_has_two_valleys_and_descent_finds_the_wrong_one_from_the_left():
    result = descend(0.3, 0.5)
    assert len(result.minima) == 2
    assert weight_cost(np.array(2.0)) == 0
    wrong, right = result.ws[result.minima]
    assert abs(result.path[-1] - wrong) < 0.05
    assert abs(descend(1.6, 2.0).path[-1] - right) < 0.01
