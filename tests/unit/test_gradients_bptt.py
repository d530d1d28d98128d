"""Hand-written BPTT against autograd, complex steps, torch.nn and itself in pieces; random sizes and losses."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.gradients import bptt, complex_step, finite_differences, weight_gradients
from rnnlab.models import tanh_step, unroll
from rnnlab.models.activations import LINEAR, LOGISTIC, SOFTPLUS, TANH

ACTIVATIONS = (LINEAR, LOGISTIC, SOFTPLUS, TANH)
RELU = torch.nn.functional.relu


def everywhere(hs, ys):
    return ((hs - ys) ** 2).sum() / 2


def at_the_end(hs, ys):
    return ((hs[-1] - ys[-1]) ** 2).sum() / 2


def fourth_power(hs, ys):
    return ((hs - ys) ** 4).mean()


def across_time(hs, ys):
    """A loss that is no sum over time: the product of two steps."""
    return (hs[0] * hs[-1] * ys[0]).sum()


EXPLICIT = {
    everywhere: lambda hs, ys: hs - ys,
    at_the_end: lambda hs, ys: (
        (hs - ys) * (np.arange(len(hs)) == len(hs) - 1).reshape(-1, *[1] * (hs.ndim - 1))
    ),
    fourth_power: lambda hs, ys: 4 * (hs - ys) ** 3 / hs.size,
    across_time: lambda hs, ys: np.array(
        [(hs[-1] * (t == 0) + hs[0] * (t == len(hs) - 1)) * ys[0] for t in range(len(hs))]
    ),
}
CASES = {
    "N": st.integers(1, 5),
    "D": st.integers(1, 3),
    "T": st.integers(1, 12),
    "activation": st.sampled_from(ACTIVATIONS),
    "loss": st.sampled_from(list(EXPLICIT)),
    "seed": st.integers(0, 2**32 - 1),
}


def draw(N, D, T, seed, batch=()):
    rng = np.random.default_rng(seed)
    b = rng.normal(size=(N, *(1,) * len(batch)))
    W, U = rng.normal(size=(N, N)) / N**0.5, rng.normal(size=(N, D))
    return (
        rng.normal(size=(N, *batch)),
        rng.normal(size=(T, D, *batch)),
        rng.normal(size=(T, N, *batch)),
        W,
        U,
        b,
    )


def forward(activation, h0, xs, W, U, b):
    return unroll(lambda h, x: activation.f(W @ h + U @ x + b), h0, xs)


def by_hand(activation, loss, h0, xs, ys, W, U, b):
    hs = forward(activation, h0, xs, W, U, b)
    return bptt(h0, xs, hs, W, activation.slope(hs), EXPLICIT[loss](hs, ys))


def by_autograd(activation, loss, h0, xs, ys, W, U, b):
    W, U, b, h0 = (torch.tensor(a, requires_grad=True) for a in (W, U, b, h0))
    loss(forward(activation, h0, torch.tensor(xs), W, U, b), torch.tensor(ys)).backward()
    return W.grad, U.grad, b.grad, h0.grad


def near(ours, theirs, tolerance):
    theirs = np.asarray(theirs)
    return np.abs(np.asarray(ours) - theirs).max() <= tolerance * max(1.0, np.abs(theirs).max())


@settings(max_examples=150, deadline=None)
@given(batch=st.sampled_from([(), (1,), (4,)]), **CASES)
def test_bptt_is_autograd_to_twelve_digits(N, D, T, activation, loss, seed, batch):
    problem = draw(N, D, T, seed, batch)
    for ours, theirs in zip(
        by_hand(activation, loss, *problem)[:4], by_autograd(activation, loss, *problem), strict=True
    ):
        assert ours.shape == tuple(theirs.shape)
        assert near(ours, theirs, 1e-12)


@settings(max_examples=50, deadline=None)
@given(**CASES)
def test_bptt_is_the_complex_step_to_ten_digits(N, D, T, activation, loss, seed):
    h0, xs, ys, W, U, b = draw(N, D, T, seed)
    ours = by_hand(activation, loss, h0, xs, ys, W, U, b)
    steps = (
        lambda W: loss(forward(activation, h0, xs, W, U, b), ys),
        lambda U: loss(forward(activation, h0, xs, W, U, b), ys),
        lambda b: loss(forward(activation, h0, xs, W, U, b), ys),
        lambda h0: loss(forward(activation, h0, xs, W, U, b), ys),
    )
    for gradient, f, at in zip(ours[:4], steps, (W, U, b, h0), strict=True):
        assert near(gradient, complex_step(f, at), 1e-10)


@settings(max_examples=30, deadline=None)
@given(**{name: CASES[name] for name in ("N", "D", "T", "seed")})
def test_a_function_that_is_not_analytic_agrees_with_finite_differences(N, D, T, seed):
    h0, xs, ys, W, U, b = draw(N, D, T, seed)

    def hs_of(W):
        return unroll(lambda h, x: np.maximum(W @ h + U @ x + b, 0), h0, xs)

    hs = hs_of(W)
    sums = np.array([W @ h + U @ x + b for h, x in zip([h0, *hs[:-1]], xs, strict=True)])
    if np.abs(sums).min() < 1e-3:
        return  # a kink within reach of the difference
    ours = bptt(h0, xs, hs, W, (hs > 0) * 1.0, hs - ys).dW
    assert near(ours, finite_differences(lambda W: everywhere(hs_of(W), ys), W), 1e-6)


def test_bptt_is_nn_rnn():
    h0, xs, ys, W, U, b = draw(4, 3, 9, seed=1, batch=(5,))
    rnn = torch.nn.RNN(3, 4).double()
    with torch.no_grad():
        for name, value in (
            ("weight_hh_l0", W),
            ("weight_ih_l0", U),
            ("bias_ih_l0", b[:, 0]),
            ("bias_hh_l0", 0 * b[:, 0]),
        ):
            getattr(rnn, name).copy_(torch.tensor(value))
    rows = torch.tensor(xs).permute(0, 2, 1)
    out, _ = rnn(rows, torch.tensor(h0).T[None].contiguous())
    everywhere(out, torch.tensor(ys).permute(0, 2, 1)).backward()
    ours = by_hand(TANH, everywhere, h0, xs, ys, W, U, b)
    for name, value in (("weight_hh_l0", ours.dW), ("weight_ih_l0", ours.dU), ("bias_ih_l0", ours.db[:, 0])):
        assert near(value, getattr(rnn, name).grad, 1e-12)


@pytest.mark.parametrize("batch", [(), (3,)])
def test_tensors_and_arrays_give_the_same(batch):
    h0, xs, ys, W, U, b = draw(3, 2, 6, seed=2, batch=batch)
    hs = unroll(tanh_step, h0, xs, W, U, b)
    arrays = (h0, xs, hs, W, 1 - hs**2, hs - ys)
    for one, other in zip(bptt(*arrays), bptt(*map(torch.tensor, arrays)), strict=True):
        assert isinstance(other, torch.Tensor)
        assert near(one, other, 1e-14)


def test_a_batch_is_the_sum_of_its_sequences():
    h0, xs, ys, W, U, b = draw(3, 2, 6, seed=3, batch=(4,))
    whole = by_hand(TANH, everywhere, h0, xs, ys, W, U, b)
    each = [by_hand(TANH, everywhere, h0[:, i], xs[:, :, i], ys[:, :, i], W, U, b[:, 0]) for i in range(4)]
    assert near(whole.dW, sum(one.dW for one in each), 1e-13)
    assert near(whole.dhs[:, :, 2], each[2].dhs, 1e-13)


def test_two_pieces_give_what_the_whole_gives():
    h0, xs, ys, W, U, b = draw(3, 2, 9, seed=4)
    hs = unroll(tanh_step, h0, xs, W, U, b)
    slopes, explicit = 1 - hs**2, hs - ys
    whole = bptt(h0, xs, hs, W, slopes, explicit)
    late = bptt(hs[4], xs[5:], hs[5:], W, slopes[5:], explicit[5:])
    handed_over = explicit[:5].copy()
    handed_over[-1] += late.dh0
    early = bptt(h0, xs[:5], hs[:5], W, slopes[:5], handed_over)
    assert near(early.dW + late.dW, whole.dW, 1e-13)
    assert near(early.dh0, whole.dh0, 1e-13)


def test_weight_gradients_take_more_sums_than_states():
    rng = np.random.default_rng(5)
    das, before, xs = rng.normal(size=(6, 8)), rng.normal(size=(6, 2)), rng.normal(size=(6, 3))
    dW, dU, db = weight_gradients(das, before, xs)
    assert near(dW, sum(np.outer(d, h) for d, h in zip(das, before, strict=True)), 1e-14)
    assert near(dU, np.einsum("tm,td->md", das, xs), 1e-14)
    assert near(db, das.sum(0), 1e-14)


GOOD = dict(zip(("h0", "xs", "ys", "W", "U", "b"), draw(3, 2, 6, seed=6), strict=True))


def arguments():
    hs = unroll(tanh_step, *(GOOD[name] for name in ("h0", "xs", "W", "U", "b")))
    return {"h0": GOOD["h0"], "xs": GOOD["xs"], "hs": hs, "W": GOOD["W"], "slopes": 1 - hs**2, "explicit": hs}


@pytest.mark.parametrize(
    "name, bad, sentence",
    [
        ("xs", np.zeros((5, 2)), r"xs has shape \(5, 2\), expected \(6, 2\)"),
        ("xs", np.zeros(6), r"xs has shape \(6,\), expected \(6, 'D'\)"),
        ("W", np.zeros((3, 2)), r"W has shape \(3, 2\), expected \(3, 3\)"),
        ("h0", np.zeros((3, 1)), r"h0 from|xs has shape \(6, 2\), expected \(6, 2, 1\)"),
        ("slopes", np.zeros((7, 3)), r"slopes has shape \(7, 3\), expected \(6, 3\).*h_0 is not in hs"),
        ("explicit", np.zeros(3), r"explicit has shape \(3,\), expected \(6, 3\)"),
        ("explicit", np.full((6, 3), np.nan), r"explicit is not finite at t = 1; look at"),
        ("slopes", np.full((6, 3), np.nan), r"slopes is not finite at t = 1"),
    ],
)
def test_bad_input_gets_a_sentence(name, bad, sentence):
    with pytest.raises(ValueError, match=sentence):
        bptt(**arguments() | {name: bad})


def test_no_time_steps_get_a_sentence():
    empty = {
        "xs": np.zeros((0, 2)),
        "hs": np.zeros((0, 3)),
        "slopes": np.zeros((0, 3)),
        "explicit": np.zeros((0, 3)),
    }
    with pytest.raises(ValueError, match="no time steps"):
        bptt(**arguments() | empty)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_gradient_may_explode_by_itself():
    T = 2000
    gradient = bptt(
        np.ones(1), np.ones((T, 1)), np.ones((T, 1)), np.full((1, 1), 9.0), np.ones((T, 1)), np.ones((T, 1))
    )
    assert not np.isfinite(gradient.dW).all()
