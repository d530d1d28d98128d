"""Each cell against torch, the loop against composition, NumPy against torch, one sequence against a batch."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rnnlab.models import linear_step, linear_unit, tanh_step, tanh_unit, unroll

SIZES = st.integers(1, 5)


def network(N, D, T, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(N, N)), rng.normal(size=(N, D)), rng.normal(size=N), rng.normal(size=(T, D))


@given(SIZES, SIZES, st.integers(1, 8), st.integers(0, 99))
def test_the_tanh_step_is_the_rnn_of_torch(N, D, T, seed):
    W, U, b, xs = network(N, D, T, seed)
    peer = torch.nn.RNN(D, N, dtype=torch.float64)
    peer.load_state_dict(
        {
            "weight_hh_l0": torch.tensor(W),
            "weight_ih_l0": torch.tensor(U),
            "bias_hh_l0": torch.tensor(b),
            "bias_ih_l0": torch.zeros(N).double(),
        }
    )
    theirs = peer(torch.tensor(xs))[0].detach().numpy()
    np.testing.assert_allclose(unroll(tanh_step, np.zeros(N), xs, W, U, b), theirs, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("step", [linear_step, tanh_step])
def test_numpy_and_torch_run_the_same_line(step):
    W, U, b, xs = network(3, 2, 6)
    ours = unroll(step, np.zeros(3), xs, W, U, b)
    torched = unroll(step, torch.zeros(3).double(), *map(torch.tensor, (xs, W, U, b)))
    np.testing.assert_allclose(ours, torched.numpy(), rtol=1e-13)


@pytest.mark.parametrize("step", [linear_step, tanh_step])
def test_a_batch_is_its_sequences_side_by_side(step):
    W, U, b, _ = network(3, 2, 1)
    xs = np.random.default_rng(3).normal(size=(6, 2, 4))
    batch = unroll(step, np.zeros((3, 4)), xs, W, U, b[:, None])
    for i in range(4):
        np.testing.assert_allclose(
            batch[:, :, i], unroll(step, np.zeros(3), xs[:, :, i], W, U, b), rtol=1e-12
        )


def test_one_unit_is_a_network_of_size_one_and_a_sweep_is_its_units_side_by_side():
    xs = np.random.default_rng(4).normal(size=7)
    for unit, step in ((linear_unit, linear_step), (tanh_unit, tanh_step)):
        sweep = unroll(unit, np.zeros(3), xs, np.array([-0.5, 0.3, 1.2]))
        for i, w in enumerate((-0.5, 0.3, 1.2)):
            network = unroll(step, np.zeros(1), xs[:, None], np.array([[w]]), np.ones((1, 1)), np.zeros(1))
            np.testing.assert_allclose(sweep[:, i], network[:, 0], rtol=1e-13)


def test_the_loop_is_composition():
    first, second, third = (np.array([x]) for x in (0.3, -1.0, 2.0))
    composed = tanh_unit(tanh_unit(tanh_unit(0.1, first, 0.8), second, 0.8), third, 0.8)
    np.testing.assert_array_equal(unroll(tanh_unit, 0.1, np.array([first, second, third]), 0.8)[-1], composed)


def test_a_bias_of_the_wrong_rank_is_refused_before_it_broadcasts():
    W, U, b, xs = network(3, 2, 1)
    with pytest.raises(ValueError, match=r"state has shape \(3,\) and the bias \(3, 1\)"):
        tanh_step(np.zeros(3), xs[0], W, U, b[:, None])


def test_no_steps_is_refused():
    with pytest.raises(ValueError, match="no time steps"):
        unroll(linear_unit, 0.0, np.zeros((0,)), 0.5)
