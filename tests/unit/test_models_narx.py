"""NARX against loops, torch, and itself at other horizons."""

from functools import partial

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.gradients.narx import NarxShape
from rnnlab.models.narx import ahead, free_run, narx_network, one_step, regressors
from rnnlab.models.seven_terms import TRUE, least_squares, run, seven_terms, terms
from rnnlab.systems.chen import chen, chen_map, held_input
from rnnlab.training.narx import start_weights

LAGS = st.tuples(st.integers(0, 4), st.integers(1, 4))
SHAPE = NarxShape(n_u=2, n_y=3, hidden=4)


def record(T, seed=0, P=None):
    us, ys = np.random.default_rng(seed).normal(size=(2, T) if P is None else (2, T, P))
    return us, ys


def network(seed=1):
    theta = start_weights(SHAPE, 1, np.random.default_rng(seed))
    weights = [w[0] for w in SHAPE.weights(theta)]
    return (lambda y, u: narx_network(y, u, *weights)), weights


@settings(max_examples=60, deadline=None)
@given(LAGS, st.integers(2, 12))
def test_regressors_are_the_past_newest_first_and_never_the_present(lags, more):
    n_u, n_y = lags
    n = max(lags)
    us, ys = record(n + more)
    rows = regressors(us, ys, n_u, n_y)
    by_hand = [
        [ys[t - k] for k in range(1, n_y + 1)] + [us[t - k] for k in range(1, n_u + 1)]
        for t in range(n, len(ys))
    ]
    assert np.array_equal(rows, by_hand)
    changed = regressors(us, np.r_[ys[:-1], 99.0], n_u, n_y)
    assert np.array_equal(rows, changed), "the last output is in no row"


def test_the_network_is_torchs():
    f, (W, U, b, V, c) = network()
    y_past, u_past = (
        np.random.default_rng(2).normal(size=(3, 5)),
        np.random.default_rng(3).normal(size=(2, 5)),
    )
    hidden, out = torch.nn.Linear(5, 4).double(), torch.nn.Linear(4, 1).double()
    with torch.no_grad():
        hidden.weight.copy_(torch.tensor(np.hstack([W, U])))
        hidden.bias.copy_(torch.tensor(b[:, 0]))
        out.weight.copy_(torch.tensor(V))
        out.bias.copy_(torch.tensor(c[0]))
        expected = out(torch.tanh(hidden(torch.tensor(np.vstack([y_past, u_past]).T))))[:, 0]
    assert np.allclose(f(y_past, u_past), expected.numpy(), atol=1e-14)


def test_a_free_run_is_the_loop_one_would_write():
    f, _ = network()
    us, ys = record(30)
    said = list(ys[:3])
    for t in range(3, 30):
        y_past = np.array([[said[t - k]] for k in (1, 2, 3)])
        said.append(f(y_past, np.array([[us[t - 1]], [us[t - 2]]]))[0])
    assert np.allclose(free_run(f, us, ys, 2, 3), said[3:], atol=1e-13)


def test_the_teacher_turns_a_free_run_into_one_step():
    f, _ = network()
    us, ys = record(40)
    assert np.allclose(free_run(f, us, ys, 2, 3, teacher_forcing=True), one_step(f, us, ys, 2, 3), atol=1e-14)
    assert not np.allclose(free_run(f, us, ys, 2, 3), one_step(f, us, ys, 2, 3), atol=1e-3)


def test_a_free_run_hears_nothing_of_later_outputs():
    f, _ = network()
    us, ys = record(30)
    other = np.r_[ys[:3], -ys[3:]]
    assert np.array_equal(free_run(f, us, ys, 2, 3), free_run(f, us, other, 2, 3))


@pytest.mark.parametrize("horizon", [1, 2, 5, 27])
def test_each_horizon_is_a_short_free_run(horizon):
    f, _ = network()
    us, ys = record(30)
    said = ahead(f, us, ys, 2, 3, horizon)
    assert said.shape == (horizon, 30 - 3 - horizon + 1)
    for start in range(said.shape[1]):
        window = slice(start, start + 3 + horizon)
        if horizon > 1:
            assert np.allclose(said[:, start], free_run(f, us[window], ys[window], 2, 3), atol=1e-13)


def test_many_realisations_with_their_own_networks_are_one_after_another():
    theta = start_weights(SHAPE, 3, np.random.default_rng(4))
    together = lambda y, u: narx_network(y, u, *SHAPE.weights(theta))  # noqa: E731
    us, ys = record(25, P=3)
    for mode in (one_step, free_run, partial(free_run, teacher_forcing=True)):
        said = mode(together, us, ys, 2, 3)
        for i in range(3):
            alone = [w[0] for w in SHAPE.weights(theta[[i]])]
            one = mode(lambda y, u, w=alone: narx_network(y, u, *w), us[:, i], ys[:, i], 2, 3)
            assert np.allclose(said[:, i], one, atol=1e-13)


def test_it_runs_on_tensors():
    f, weights = network()
    us, ys = record(20)
    tensors = [torch.tensor(w) for w in weights]
    said = free_run(lambda y, u: narx_network(y, u, *tensors), torch.tensor(us), torch.tensor(ys), 2, 3)
    assert np.allclose(said.numpy(), free_run(f, us, ys, 2, 3), atol=1e-13)


def test_the_true_model_without_noise_has_no_error_in_any_mode():
    rng = np.random.default_rng(5)
    us = held_input(100, rng, 3)
    ys = chen(us, rng)
    for f in (chen_map, partial(seven_terms, theta=TRUE)):
        for mode in (one_step, free_run):
            assert np.abs(mode(f, us, ys, 2, 2) - ys[2:]).max() < 1e-12
    assert np.allclose(run(np.repeat(TRUE[None], 3, 0), us, ys[:2]), ys, atol=1e-12)


def test_seven_terms_find_the_system_without_noise_and_the_least_squares_with_it():
    rng = np.random.default_rng(6)
    us = held_input(200, rng, 2)
    assert np.allclose(least_squares(us, chen(us, rng)), TRUE, atol=1e-8)
    ys = chen(us, rng, 0.2, 0.3)
    Psi = terms(ys[1:-1, 1], ys[:-2, 1], us[1:-1, 1], us[:-2, 1]).T
    assert np.allclose(least_squares(us, ys)[1], np.linalg.lstsq(Psi, ys[2:, 1], rcond=None)[0], atol=1e-9)


@pytest.mark.parametrize(
    "us, ys, lags, words",
    [
        (np.zeros(5), np.zeros(6), (1, 1), "expected both"),
        (np.zeros((5, 1, 1)), np.zeros((5, 1, 1)), (1, 1), "expected both"),
        (np.zeros(4), np.zeros(4), (3, 1), "too short"),
        (np.zeros(9), np.r_[np.zeros(8), np.nan], (1, 1), "ys has values that are not finite"),
        (np.r_[np.inf, np.zeros(8)], np.zeros(9), (1, 1), "us has values that are not finite"),
        (np.zeros(9), np.zeros(9), (1, 0), "n_y ≥ 1"),
    ],
)
def test_what_cannot_be_used_gets_a_sentence(us, ys, lags, words):
    with pytest.raises(ValueError, match=words):
        regressors(us, ys, *lags)


@pytest.mark.parametrize("horizon", [0, 29])
def test_an_impossible_horizon_gets_a_sentence(horizon):
    f, _ = network()
    with pytest.raises(ValueError, match="a horizon from 1 to 27"):
        ahead(f, *record(30), 2, 3, horizon)
