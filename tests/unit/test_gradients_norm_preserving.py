"""Ω and its explicit gradient against autograd and complex steps; zero where nothing changes a length."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.gradients import bptt, complex_step
from rnnlab.gradients.norm_preserving import norm_preserving, norm_preserving_squared
from rnnlab.models import tanh_step, unroll

SIZES = {"N": st.integers(1, 5), "T": st.integers(1, 6), "seed": st.integers(0, 2**31)}


def given_walk(N, T, B, seed):
    rng = np.random.default_rng(seed)
    tail = () if B is None else (B,)
    return rng.normal(size=(N, N)), rng.uniform(0.05, 1, (T, N, *tail)), rng.normal(size=(T, N, *tail))


def plainly(W, slopes, dhs, squared):
    """Ω a step and a sequence at a time; also on complex W."""
    terms = []
    for slope, dh in zip(slopes, dhs, strict=True):
        for s, d in zip(*((x.T if x.ndim == 2 else [x]) for x in (slope, dh)), strict=True):
            q2 = ((W.T @ (s * d)) ** 2).sum() / (d**2).sum()
            terms.append((q2 - 1) ** 2 if squared else (q2**0.5 - 1) ** 2)
    return sum(terms) / len(terms) if squared else sum(terms)


@settings(max_examples=60, deadline=None)
@given(B=st.sampled_from([None, 1, 4]), **SIZES)
def test_value_and_gradient_are_right(N, T, B, seed):
    W, slopes, dhs = given_walk(N, T, B, seed)
    for ours, squared in ((norm_preserving, False), (norm_preserving_squared, True)):
        found = ours(W, slopes, dhs)
        assert np.isclose(found.value, plainly(W, slopes, dhs, squared), rtol=1e-10)
        stepped = complex_step(lambda W, squared=squared: plainly(W, slopes, dhs, squared), W)
        assert np.allclose(found.dW, stepped, rtol=1e-8, atol=1e-8 * np.abs(stepped).max())
        assert found.ratios.shape == ((T,) if B is None else (T, B))


@pytest.mark.parametrize("ours", [norm_preserving, norm_preserving_squared])
def test_tensors_give_the_same_and_autograd_agrees(ours):
    W, slopes, dhs = given_walk(4, 5, 3, 1)
    tensors = [torch.tensor(a) for a in (W, slopes, dhs)]
    tensors[0].requires_grad_()
    found = ours(*tensors)
    (dW,) = torch.autograd.grad(found.value, tensors[0])
    assert np.allclose(dW, ours(W, slopes, dhs).dW, rtol=1e-12)
    assert np.allclose(found.dW.detach(), ours(W, slopes, dhs).dW, rtol=1e-12)


@settings(max_examples=30, deadline=None)
@given(N=st.integers(2, 6), seed=st.integers(0, 2**31))
def test_a_rotation_is_not_punished_and_anything_else_is(N, seed):
    rng = np.random.default_rng(seed)
    Q, T = np.linalg.qr(rng.normal(size=(N, N)))[0], 7
    xs, h0 = rng.normal(size=(T, N)), rng.normal(size=N)
    hs = unroll(lambda h, x: Q @ h + x, h0, xs)
    explicit = np.zeros((T, N))
    explicit[-1] = rng.normal(size=N)
    dhs = bptt(h0, xs, hs, Q, np.ones((T, N)), explicit).dhs
    for ours in (norm_preserving, norm_preserving_squared):
        assert np.isclose(ours(Q, np.ones((T, N)), dhs).value, 0, atol=1e-20)
        assert ours(0.9 * Q, np.ones((T, N)), dhs).value > 1e-3
        assert ours(1.1 * Q, np.ones((T, N)), dhs).value > 1e-3


def test_the_ratios_are_those_of_a_real_walk():
    rng = np.random.default_rng(3)
    N, T = 4, 6
    W, xs, h0 = rng.normal(size=(N, N)), rng.normal(size=(T, N)), rng.normal(size=N)
    hs = unroll(tanh_step, h0, xs, W, np.eye(N), np.zeros(N))
    explicit = np.zeros((T, N))
    explicit[-1] = 1.0
    back = bptt(h0, xs, hs, W, 1 - hs**2, explicit)
    sizes = np.linalg.norm(np.vstack([back.dh0, back.dhs]), axis=1)
    assert np.allclose(norm_preserving(W, 1 - hs**2, back.dhs).ratios, sizes[:-1] / sizes[1:], rtol=1e-12)


def test_a_gradient_of_zero_has_no_direction_and_does_not_count():
    W, slopes, dhs = given_walk(3, 4, 2, 5)
    dhs[1, :, 0] = 0
    kept = [(t, b) for t in range(4) for b in range(2) if (t, b) != (1, 0)]
    terms = np.array([norm_preserving(W, slopes[t, :, b][None], dhs[t, :, b][None]).value for t, b in kept])
    assert np.isclose(norm_preserving(W, slopes, dhs).value, terms.sum())
    squares = [norm_preserving_squared(W, slopes[t, :, b][None], dhs[t, :, b][None]).value for t, b in kept]
    assert np.isclose(norm_preserving_squared(W, slopes, dhs).value, np.mean(squares))
    assert norm_preserving(W, slopes, 0 * dhs).value == 0 == norm_preserving_squared(W, slopes, 0 * dhs).value


def test_without_recurrence_every_step_is_punished_and_nothing_is_infinite():
    _, slopes, dhs = given_walk(3, 4, None, 6)
    for ours in (norm_preserving, norm_preserving_squared):
        found = ours(np.zeros((3, 3)), slopes, dhs)
        assert np.isfinite(found.dW).all()
        assert np.isclose(found.value, 4 if ours is norm_preserving else 1)


def test_shapes_that_do_not_fit_are_told():
    W, slopes, dhs = given_walk(3, 4, None, 7)
    with pytest.raises(ValueError, match=r"expected \(N, N\)"):
        norm_preserving(W, slopes[:-1], dhs)
    with pytest.raises(ValueError, match="time first"):
        norm_preserving_squared(W[:2, :2], slopes, dhs)
