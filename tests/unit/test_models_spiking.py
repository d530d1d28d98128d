"""Spiking neurons against the closed form of their rhythm, and a careful loop."""

import math

import numpy as np
import pytest

from rnnlab.models import unroll
from rnnlab.models.spiking import lif_step, make_liquid


@pytest.mark.parametrize("current", [1.05, 1.3, 2.0, 5.0])
@pytest.mark.parametrize("keep", [0.5, 0.9, 0.97])
def test_a_steady_current_makes_a_rhythm(current, keep):
    one = np.zeros((1, 1))
    states = unroll(lif_step, np.zeros((2, 1)), np.zeros((400, 1)), one, one, np.array([current]), keep, 0.0)
    every = math.ceil(math.log(1 - 1 / current) / math.log(keep))
    assert np.array_equal(np.flatnonzero(states[:, 1, 0]), np.arange(every - 1, 400, every))


def test_below_the_threshold_it_is_a_leaky_integrator():
    xs = np.random.default_rng(0).uniform(-0.9, 0.9, (50, 1))
    states = unroll(lif_step, np.zeros((2, 1)), xs, np.zeros((1, 1)), np.ones((1, 1)), np.zeros(1), 0.8, 0.5)
    v = 0.0
    for x, state in zip(xs[:, 0], states, strict=True):
        v = 0.8 * v + 0.2 * x
        assert np.isclose(state[0, 0], v)
        assert state[1, 0] == 0


def test_a_liquid_is_its_neurons_one_by_one():
    liquid, rng = (
        make_liquid(12, 1, np.random.default_rng(1), gain=2.0, drive=3.0, fan_in=4),
        np.random.default_rng(2),
    )
    xs = rng.normal(size=(80, 1))
    states = unroll(lif_step, np.zeros((2, 12)), xs, liquid.W, liquid.U, liquid.b, 0.6, 0.9)
    v, r = [0.0] * 12, [0.0] * 12
    for x, state in zip(xs[:, 0], states, strict=True):
        currents = [liquid.W[n] @ np.array(r) + liquid.U[n, 0] * x + liquid.b[n] for n in range(12)]
        for n in range(12):
            v[n] = 0.6 * v[n] + 0.4 * currents[n]
            spike = v[n] >= 1
            r[n] = 0.9 * r[n] + (0.1 if spike else 0.0)
            v[n] = 0.0 if spike else v[n]
        assert np.allclose(state, [v, r])


def test_a_liquid_has_its_signs_and_its_fan_in():
    liquid = make_liquid(50, 2, np.random.default_rng(3))
    assert ((liquid.W != 0).sum(1) == 10).all()
    assert (liquid.W[:, :40] >= 0).all()
    assert (liquid.W[:, 40:] <= 0).all()
