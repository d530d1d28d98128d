"""Each gated step against torch, each form against the others, gates at their ends, and bad input."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.models import adapters, unroll
from rnnlab.models.gates import (
    gated,
    gru_after_step,
    gru_difference_step,
    gru_step,
    logistic,
    lstm_step,
    never_forgets,
    reversed_update,
)

SIZES, SEEDS = st.integers(1, 5), st.integers(0, 2**31)
often = settings(max_examples=40, deadline=None)
NEAR = {"rtol": 1e-12, "atol": 1e-12}


def drawn(module, seed):
    rng = np.random.default_rng(seed)
    for parameter in module.parameters():
        parameter.data = torch.tensor(rng.normal(size=tuple(parameter.shape)))
    return module


def weights(rows, N, D, seed, batch=False):
    rng = np.random.default_rng(seed)
    b = rng.normal(size=(rows * N, 1) if batch else rows * N)
    return rng.normal(size=(rows * N, N)), rng.normal(size=(rows * N, D)), b


@often
@given(SEEDS, SIZES, SIZES)
def test_the_steps_are_torchs_cells(seed, D, N):
    rng = np.random.default_rng(seed)
    x, h, c = rng.normal(size=D), rng.normal(size=N), rng.normal(size=N)
    lstm, gru = drawn(torch.nn.LSTMCell(D, N).double(), seed), drawn(torch.nn.GRUCell(D, N).double(), seed)
    tx, th, tc = (torch.tensor(part[None]) for part in (x, h, c))
    ours = lstm_step(np.stack([h, c]), x, *adapters.torch_gates(lstm)[0])
    np.testing.assert_allclose(ours, torch.cat(lstm(tx, (th, tc))).detach(), **NEAR)
    ours = gru_after_step(h, x, *adapters.torch_gates(gru)[0])
    np.testing.assert_allclose(ours, gru(tx, th)[0].detach(), **NEAR)


@often
@given(SEEDS, SIZES, SIZES, st.integers(1, 3), st.integers(1, 6), st.integers(1, 3))
def test_cascades_are_torchs_stacks_with_and_without_a_batch(seed, D, N, layers, T, B):
    xs = np.random.default_rng(seed).normal(size=(T, D, B))
    for kind, step, zeros in (("LSTM", lstm_step, (2, layers * N)), ("GRU", gru_after_step, (layers * N,))):
        peer = drawn(getattr(torch.nn, kind)(D, N, num_layers=layers).double(), seed)
        theirs = peer(torch.tensor(xs).movedim(2, 1))[0].detach().numpy()  # (T, B, N)
        found = adapters.torch_gates(peer)
        states = unroll(adapters.cascade(step, found), np.zeros(zeros), xs[:, :, 0])
        top = states[:, 0, -N:] if kind == "LSTM" else states[:, -N:]
        np.testing.assert_allclose(top, theirs[:, 0], **NEAR)
        columns = [tuple(w[:, None] if w.ndim == 1 else w for w in layer) for layer in found]
        states = unroll(adapters.cascade(step, columns), np.zeros((*zeros, B)), xs)
        top = states[:, 0, -N:] if kind == "LSTM" else states[:, -N:]
        np.testing.assert_allclose(top, theirs.swapaxes(1, 2), **NEAR)


@often
@given(SEEDS, SIZES, SIZES)
def test_the_two_meanings_of_z_convert_and_convert_back(seed, N, D):
    W, U, b = weights(3, N, D, seed)
    rng = np.random.default_rng(seed)
    h, x = rng.normal(size=N), rng.normal(size=D)
    other = reversed_update(W, U, b)
    np.testing.assert_allclose(gru_difference_step(h, x, W, U, b), gru_step(h, x, *other), **NEAR)
    for back, first in zip(reversed_update(*other), (W, U, b), strict=True):
        np.testing.assert_array_equal(back, first)


def test_reset_before_and_after_agree_for_a_diagonal_and_not_otherwise():
    W, U, b = weights(3, 3, 2, seed=1)
    h, x = np.random.default_rng(2).normal(size=3), np.ones(2)
    assert np.abs(gru_step(h, x, W, U, b) - gru_after_step(h, x, W, U, b, np.zeros(3))).max() > 0.01
    W[6:] = np.diag(np.diag(W[6:]))
    np.testing.assert_allclose(gru_step(h, x, W, U, b), gru_after_step(h, x, W, U, b, np.zeros(3)), **NEAR)


def test_gates_at_their_ends():
    a = np.array([-1e3, -30.0, 0.0, 30.0, 1e3])
    np.testing.assert_allclose(logistic(a), torch.sigmoid(torch.tensor(a)), rtol=0, atol=1e-15)
    x, A = np.array([0.3, -2.0]), np.ones((2, 2))
    np.testing.assert_array_equal(gated(x, A, 1e3), x)
    np.testing.assert_array_equal(gated(x, A, -1e3), 0 * x)


@often
@given(SEEDS, st.sampled_from([1e3, -1e3]))
@pytest.mark.filterwarnings("error")
def test_extreme_sums_stay_finite_and_quiet(seed, size):
    W, U, b = weights(4, 3, 2, seed)
    xs, s0, P = np.random.default_rng(seed).normal(size=(50, 2)), np.ones((2, 3)), np.ones((3, 3))
    assert np.isfinite(unroll(lstm_step, s0, xs, W, size * U, size * b, size * P)).all()
    rows = slice(0, 9)
    for step, more in ((gru_step, ()), (gru_difference_step, ()), (gru_after_step, (size * b[:3],))):
        hs = unroll(step, s0[0], xs, W[rows], size * U[rows], size * b[rows], *more)
        assert np.isfinite(hs).all()
        assert np.abs(hs).max() <= 1


def test_without_a_forget_gate_the_cell_adds_up():
    W, U, b = weights(4, 3, 2, seed=3)
    xs, s = np.random.default_rng(4).normal(size=(40, 2)), np.zeros((2, 3))
    ours = unroll(lstm_step, s, xs, *never_forgets(W, U, b))
    h, c = s
    for x, (our_h, our_c) in zip(xs, ours, strict=True):
        i, _, g, o = np.split(W @ h + U @ x + b, 4)
        c = c + np.tanh(g) / (1 + np.exp(-i))
        h = np.tanh(c) / (1 + np.exp(-o))
        np.testing.assert_allclose([our_h, our_c], [h, c], **NEAR)


def test_peepholes_show_the_old_cell_to_i_and_f_and_the_new_one_to_o():
    rng = np.random.default_rng(5)
    W, U, b = weights(4, 1, 1, seed=5)
    h, c, x, P = rng.normal(size=1), rng.normal(size=1), rng.normal(size=1), rng.normal(size=(3, 1))
    i, f, g, o = W @ h + U @ x + b

    def sigma(a):
        return 1 / (1 + np.exp(-a))

    new = sigma(f + P[1] * c) * c + sigma(i + P[0] * c) * np.tanh(g)
    expected = [sigma(o + P[2] * new) * np.tanh(new), new]
    np.testing.assert_allclose(lstm_step(np.stack([h, c]), x, W, U, b, P), expected, **NEAR)


@pytest.mark.parametrize("step, rows, pair", [(lstm_step, 4, True), (gru_step, 3, False)])
def test_a_batch_is_its_sequences_side_by_side_and_torch_runs_the_same_line(step, rows, pair):
    W, U, b = weights(rows, 3, 2, seed=6, batch=True)
    rng = np.random.default_rng(6)
    s0, xs = rng.normal(size=(2, 3, 4) if pair else (3, 4)), rng.normal(size=(5, 2, 4))
    whole = unroll(step, s0, xs, W, U, b)
    for k in range(4):
        np.testing.assert_allclose(
            whole[..., k], unroll(step, s0[..., k], xs[..., k], W, U, b[:, 0]), rtol=1e-13
        )
    torched = unroll(step, *map(torch.tensor, (s0, xs, W, U, b)))
    np.testing.assert_allclose(whole, torched, rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize(
    "step, rows, state",
    [(lstm_step, 4, (2, 3)), (gru_step, 3, (3,)), (gru_difference_step, 3, (3,))],
)
def test_bad_input_gets_a_sentence(step, rows, state):
    W, U, b = weights(rows, 3, 2, seed=7)
    s, x = np.zeros(state), np.zeros(2)
    for bad in (
        (s, x, W[:-3], U, b),
        (s, x, W, U, b[:, None]),
        (s, x[:1], W, U, b),
        (np.zeros((*state[:-1], 4)), x, W, U, b),
    ):
        with pytest.raises(ValueError, match=rf"expected a state .*{rows} blocks of N rows"):
            step(*bad)


@pytest.mark.parametrize(
    "module",
    [
        torch.nn.RNN(2, 3),
        torch.nn.LSTM(2, 3, bias=False),
        torch.nn.GRU(2, 3, bidirectional=True),
        torch.nn.LSTM(2, 3, proj_size=2),
    ],
)
def test_modules_that_do_not_fit_get_a_sentence(module):
    with pytest.raises(ValueError, match="expected a torch.nn LSTM, LSTMCell, GRU or GRUCell"):
        adapters.torch_gates(module)
