"""The gated walks against autograd and complex steps; the cut one against autograd that has been cut."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.gradients import complex_step
from rnnlab.gradients.gates import gru_bptt, lstm_bptt
from rnnlab.models import unroll
from rnnlab.models.gates import gru_step, lstm_step

often = settings(max_examples=30, deadline=None)
SIZES = {
    "N": st.integers(1, 4),
    "D": st.integers(1, 3),
    "T": st.integers(1, 7),
    "seed": st.integers(0, 2**31),
}


def draw(rows, pair, N, D, T, seed, B=None):
    rng, tail = np.random.default_rng(seed), () if B is None else (B,)
    s0 = rng.normal(size=(2, N, *tail) if pair else (N, *tail))
    b = rng.normal(size=rows * N if B is None else (rows * N, 1))
    W, U = rng.normal(size=(rows * N, N)), rng.normal(size=(rows * N, D))
    return s0, rng.normal(size=(T, D, *tail)), rng.normal(size=(T, N, *tail)), W, U, b


def loss(step, s0, xs, ys, W, U, b, P=None):
    states = unroll(step, s0, xs, W, U, b, *(() if P is None else (P,)))
    hs = states[:, 0] if states.ndim > ys.ndim else states
    return 0.5 * ((hs - ys) ** 2).sum()


@often
@given(**SIZES, B=st.sampled_from([None, 1, 3]), window=st.booleans())
def test_the_lstms_walk_is_autograds(N, D, T, seed, B, window):
    s0, xs, ys, W, U, b = draw(4, True, N, D, T, seed, B)
    P = np.random.default_rng(seed).normal(size=(3, N) if B is None else (3, N, 1)) if window else None
    tensors = [torch.tensor(part, requires_grad=True) for part in (s0, W, U, b, *((P,) if window else ()))]
    loss(lstm_step, tensors[0], torch.tensor(xs), torch.tensor(ys), *tensors[1:]).backward()
    states = unroll(lstm_step, s0, xs, W, U, b, P)
    walk = lstm_bptt(s0, xs, states, W, U, b, states[:, 0] - ys, P)
    found = (walk.ds0, walk.dW, walk.dU, walk.db, *((walk.dP,) if window else ()))
    for ours, tensor in zip(found, tensors, strict=True):
        np.testing.assert_allclose(ours, tensor.grad, rtol=1e-11, atol=1e-11)
    assert walk.dhs.shape == walk.dcs.shape == ys.shape


@often
@given(**SIZES, B=st.sampled_from([None, 1, 3]))
def test_the_grus_walk_is_autograds(N, D, T, seed, B):
    h0, xs, ys, W, U, b = draw(3, False, N, D, T, seed, B)
    tensors = [torch.tensor(part, requires_grad=True) for part in (h0, W, U, b)]
    loss(gru_step, tensors[0], torch.tensor(xs), torch.tensor(ys), *tensors[1:]).backward()
    hs = unroll(gru_step, h0, xs, W, U, b)
    walk = gru_bptt(h0, xs, hs, W, U, b, hs - ys)
    for ours, tensor in zip((walk.dh0, walk.dW, walk.dU, walk.db), tensors, strict=True):
        np.testing.assert_allclose(ours, tensor.grad, rtol=1e-11, atol=1e-11)


def test_both_by_complex_steps():
    for step, back, rows, pair in ((lstm_step, lstm_bptt, 4, True), (gru_step, gru_bptt, 3, False)):
        s0, xs, ys, W, U, b = draw(rows, pair, 3, 2, 6, seed=1)
        states = unroll(step, s0, xs, W, U, b)
        walk = back(s0, xs, states, W, U, b, (states[:, 0] if pair else states) - ys)
        for name, ours, at in (("W", walk.dW, W), ("U", walk.dU, U), ("b", walk.db, b)):
            good = {"W": W, "U": U, "b": b}

            def value(v, good=good, name=name, step=step, given=(s0, xs, ys)):
                return loss(step, *given, **good | {name: v})

            theirs = complex_step(value, at)
            np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-12)


@often
@given(**SIZES)
def test_the_cut_walk_is_autograd_that_was_cut(N, D, T, seed):
    s0, xs, ys, W, U, b = draw(4, True, N, D, T, seed)
    tW, tU, tb = (torch.tensor(part, requires_grad=True) for part in (W, U, b))
    s, total = torch.tensor(s0), 0
    for x, y in zip(torch.tensor(xs), torch.tensor(ys), strict=True):
        s = lstm_step(torch.stack([s[0].detach(), s[1]]), x, tW, tU, tb)
        total = total + 0.5 * ((s[0] - y) ** 2).sum()
    total.backward()
    states = unroll(lstm_step, s0, xs, W, U, b)
    cut = lstm_bptt(s0, xs, states, W, U, b, states[:, 0] - ys, truncated=True)
    for ours, tensor in zip(cut[:3], (tW, tU, tb), strict=True):
        np.testing.assert_allclose(ours, tensor.grad, rtol=1e-11, atol=1e-11)


def test_nothing_is_cut_when_the_recurrent_weights_are_zero():
    s0, xs, ys, W, U, b = draw(4, True, 3, 2, 9, seed=2)
    states = unroll(lstm_step, s0, xs, 0 * W, U, b)
    arrays = s0, xs, states, 0 * W, U, b, states[:, 0] - ys
    for full, cut in zip(lstm_bptt(*arrays)[:3], lstm_bptt(*arrays, truncated=True)[:3], strict=True):
        np.testing.assert_allclose(full, cut, rtol=1e-13, atol=1e-13)
    states = unroll(lstm_step, s0, xs, W, U, b)
    arrays = s0, xs, states, W, U, b, states[:, 0] - ys
    assert np.abs(lstm_bptt(*arrays).dW - lstm_bptt(*arrays, truncated=True).dW).max() > 0.01


def test_an_open_cell_hands_the_gradient_on_unchanged():
    N, T = 3, 1000
    s0, xs, _, W, U, b = draw(4, True, N, 2, T, seed=3)
    W, U = 0 * W, 0 * U
    b[N : 2 * N], b[:N], b[3 * N :] = 1e3, -1e3, 0.0
    states = unroll(lstm_step, s0, xs, W, U, b)
    explicit = np.zeros((T, N))
    explicit[-1] = 1
    dcs = lstm_bptt(s0, xs, states, W, U, b, explicit).dcs
    np.testing.assert_array_equal(dcs, np.broadcast_to(dcs[-1], dcs.shape))


@pytest.mark.parametrize("name", ["s0", "xs", "states", "W", "explicit"])
def test_bad_input_gets_a_sentence(name):
    s0, xs, ys, W, U, b = draw(4, True, 3, 2, 5, seed=4)
    good = {"s0": s0, "xs": xs, "states": unroll(lstm_step, s0, xs, W, U, b), "W": W, "explicit": ys}
    bad = good | {name: good[name][:-1]}
    with pytest.raises(ValueError, match=r"has shape .* expected .* time first"):
        lstm_bptt(bad["s0"], bad["xs"], bad["states"], bad["W"], U, b, bad["explicit"])
