"""RTRL in three forms against BPTT, complex steps and one another; and its memory, which does not know T."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.analysis.gradient_costs import by_bptt, by_rtrl, error, peak_bytes, random_problem
from rnnlab.gradients import bptt, complex_step, influence_step, rtrl, rtrl_in_blocks, rtrl_one_by_one
from rnnlab.models import tanh_step, unroll
from rnnlab.models.activations import LINEAR, LOGISTIC, SOFTPLUS, TANH, Activation

SIZES = {
    "N": st.integers(1, 5),
    "D": st.integers(1, 3),
    "T": st.integers(1, 12),
    "seed": st.integers(0, 2**32 - 1),
}


def near(ours, theirs, tolerance):
    return np.abs(ours - theirs).max() <= tolerance * max(1.0, np.abs(theirs).max())


def by_hand(activation, h0, xs, ys, W, U, b):
    hs = unroll(lambda h, x: activation.f(W @ h + U @ x + b), h0, xs)
    return bptt(h0, xs, hs, W, activation.slope(hs), hs - ys)


def read(form, problem, *more, **others):
    h0, xs, ys, *weights = problem
    return form(h0, zip(xs, ys, strict=True), *weights, error, *more, **others)


@settings(max_examples=80, deadline=None)
@given(activation=st.sampled_from([LINEAR, LOGISTIC, SOFTPLUS, TANH]), block=st.integers(1, 15), **SIZES)
def test_all_forms_give_what_bptt_gives(N, D, T, seed, activation, block):
    problem = random_problem(N, D, T, np.random.default_rng(seed))
    backward = by_hand(activation, *problem)
    first = read(rtrl_one_by_one, problem, activation=activation)
    forms = (
        first,
        read(rtrl, problem, activation=activation),
        read(rtrl_in_blocks, problem, block, activation=activation),
    )
    for form in forms:
        for ours, theirs in zip(form[:3], backward[:3], strict=True):
            assert ours.shape == theirs.shape
            assert near(ours, theirs, 1e-11)
        assert near(form.S, first.S, 1e-12)
        assert near(form.h, first.h, 1e-14)


def test_a_loss_that_is_not_a_difference():
    h0, xs, _, W, U, b = random_problem(3, 2, 7, np.random.default_rng(0))
    V, labels = np.random.default_rng(1).normal(size=(4, 3)), np.arange(7) % 4

    def blame(h, label):
        p = np.exp(V @ h) / np.exp(V @ h).sum()
        return V.T @ (p - np.eye(4)[label])

    def loss(W):
        return -sum(
            np.log(np.exp(V @ h)[y] / np.exp(V @ h).sum())
            for h, y in zip(unroll(tanh_step, h0, xs, W, U, b), labels, strict=True)
        )

    expected = complex_step(loss, W)
    assert near(rtrl(h0, zip(xs, labels, strict=True), W, U, b, blame).dW, expected, 1e-10)
    assert near(rtrl_in_blocks(h0, zip(xs, labels, strict=True), W, U, b, blame, 3).dW, expected, 1e-10)


def test_the_influence_matrix_is_the_complex_steps():
    h0, xs, ys, W, U, b = problem = random_problem(3, 2, 6, np.random.default_rng(2))
    S = read(rtrl, problem).S
    for k in range(3):
        assert near(
            S[k, :, :3], complex_step(lambda W, k=k: unroll(tanh_step, h0, xs, W, U, b)[-1][k], W), 1e-12
        )
        assert near(
            S[k, :, 3:5], complex_step(lambda U, k=k: unroll(tanh_step, h0, xs, W, U, b)[-1][k], U), 1e-12
        )
        assert near(
            S[k, :, 5], complex_step(lambda b, k=k: unroll(tanh_step, h0, xs, W, U, b)[-1][k], b), 1e-12
        )


def test_influence_step_leaves_its_argument_alone():
    S = np.ones((2, 2, 4))
    influence_step(S, np.ones(4), np.ones(2), np.eye(2))
    assert (S == 1).all()


def test_blocks_are_exact_at_their_ends_and_units_may_be_dead():
    relu = Activation(lambda a: np.maximum(a, 0), lambda h: (h > 0) * 1.0)
    problem = random_problem(3, 1, 6, np.random.default_rng(3))._replace(b=np.full(3, -100.0))
    assert not read(rtrl, problem, activation=relu).S.any()
    assert not read(rtrl_in_blocks, problem, 4, activation=relu).dW.any()


@pytest.mark.parametrize("form", [rtrl_one_by_one, rtrl, lambda *given: rtrl_in_blocks(*given, 3)])
@pytest.mark.parametrize("library", ["NumPy", "torch"])
def test_what_is_carried_has_the_type_of_the_weights(form, library):
    problem = random_problem(3, 2, 7, np.random.default_rng(7))
    exact = read(form, problem)
    give = np.asarray if library == "NumPy" else torch.from_numpy
    single = read(form, [give(array.astype(np.float32)) for array in problem])
    for ours, theirs in zip(single, exact, strict=True):
        assert type(ours) is type(give(theirs)) and ours.dtype == give(theirs.astype(np.float32)).dtype
        assert near(np.asarray(ours), theirs, 1e-5)
    whole = read(form, problem._replace(W=np.eye(3, dtype=int), h0=np.zeros(3, int)))
    assert all(part.dtype == np.float64 for part in whole)


@pytest.mark.thorough
def test_memory_of_rtrl_does_not_move_with_t_and_that_of_bptt_does():
    short, long = (random_problem(6, 1, T, np.random.default_rng(4)) for T in (100, 10_000))
    for run in (by_rtrl, by_bptt):
        run(short)
    slack = 4096  # a single number for each of the 9,900 steps more would be 79,200 bytes
    assert peak_bytes(lambda: by_rtrl(long)) < peak_bytes(lambda: by_rtrl(short)) + slack
    assert peak_bytes(lambda: by_bptt(long)) > 50 * peak_bytes(lambda: by_bptt(short))

    def blocks(problem):
        return lambda: read(rtrl_in_blocks, problem, 6)

    assert peak_bytes(blocks(long)) < peak_bytes(blocks(short)) + slack


@pytest.mark.parametrize("form", [rtrl_one_by_one, rtrl, lambda *given: rtrl_in_blocks(*given, 3)])
def test_bad_input_gets_a_sentence(form):
    h0, xs, ys, W, U, b = problem = random_problem(3, 2, 6, np.random.default_rng(5))
    with pytest.raises(ValueError, match=r"expected \(N,\), \(N, N\)"):
        read(form, problem._replace(W=W[:2]))
    with pytest.raises(ValueError, match="one sequence: a batch would need"):
        read(form, problem._replace(h0=h0[:, None]))
    samples = zip(xs, ys, strict=True)
    form(h0, samples, W, U, b, error)
    with pytest.raises(ValueError, match="a zip can be read only once"):
        form(h0, samples, W, U, b, error)
    with pytest.raises(ValueError, match="the gradient is not finite"):
        read(form, problem._replace(xs=np.full((6, 2), np.nan)))


def test_a_block_has_at_least_one_step():
    with pytest.raises(ValueError, match="block is 0; a block has at least one step"):
        read(rtrl_in_blocks, random_problem(3, 2, 6, np.random.default_rng(6)), 0)
