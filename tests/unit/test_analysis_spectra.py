"""Products of Jacobians against BPTT, closed forms and bounds; the live figure everywhere; the training task."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.analysis.spectra import (
    BACK,
    KINDS,
    jacobian_product,
    lengths_back,
    matrix_of,
    spectral_norm,
    spectral_radius,
    steps_to_a_tenth,
    through_time,
)
from rnnlab.analysis.temporal_order_runs import (
    METHODS,
    answers,
    backward,
    initial,
    loss_and_gradients,
    train,
)
from rnnlab.figures import exercise_05
from rnnlab.figures import gradient_clipping as figures
from rnnlab.figures import gradient_clipping_live as moving
from rnnlab.gradients import bptt, complex_step
from rnnlab.live import choice, integer, live, slider
from rnnlab.live.corners import corners_and_random
from rnnlab.models import tanh_step, unroll
from rnnlab.systems.temporal_order import temporal_order

SEEDS = st.integers(0, 2**31)


@settings(max_examples=40, deadline=None)
@given(N=st.integers(1, 4), T=st.integers(1, 8), seed=SEEDS)
def test_products_and_lengths_are_those_of_complex_steps_and_bptt(N, T, seed):
    rng = np.random.default_rng(seed)
    W, xs, h0, last = rng.normal(size=(N, N)), rng.normal(size=(T, N)), rng.normal(size=N), rng.normal(size=N)
    hs = unroll(tanh_step, h0, xs, W, np.eye(N), np.zeros(N))
    rows = [
        complex_step(lambda h, i=i: unroll(tanh_step, h, xs, W, np.eye(N), np.zeros(N))[-1][i], h0)
        for i in range(N)
    ]
    assert np.allclose(jacobian_product(W, 1 - hs**2), rows, rtol=1e-10, atol=1e-14)
    explicit = np.zeros((T, N))
    explicit[-1] = last
    back = bptt(h0, xs, hs, W, 1 - hs**2, explicit)
    sizes = np.linalg.norm(np.vstack([back.dh0, back.dhs])[::-1], axis=1)
    assert np.allclose(lengths_back(W, 1 - hs**2, last), sizes, rtol=1e-12)


@settings(max_examples=60, deadline=None)
@given(N=st.integers(2, 5), n=st.integers(1, 12), seed=SEEDS)
def test_the_sandwich_and_the_bound_with_slopes(N, n, seed):
    rng = np.random.default_rng(seed)
    W = rng.normal(size=(N, N))
    power = np.linalg.norm(np.linalg.matrix_power(W, n), 2)
    assert spectral_radius(W) ** n <= power * (1 + 1e-9)
    assert power <= spectral_norm(W) ** n * (1 + 1e-9)
    product = jacobian_product(W, rng.uniform(0, 1, (n, N)))
    assert np.linalg.norm(product, 2) <= spectral_norm(W) ** n * (1 + 1e-9)


def test_slopes_can_make_a_gradient_longer():
    W = np.array([[1.0, 1.0], [-1.0, -1.0]])
    assert np.array_equal(W @ W, np.zeros((2, 2)))
    assert np.allclose(W @ np.diag([1, 0.2]) @ W, 0.8 * W)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("N", [2, 7, 40])
def test_every_matrix_has_radius_one_and_the_eigenvalues_that_are_drawn(kind, N):
    W, eigenvalues, sigma = matrix_of(kind, N)
    assert np.isclose(np.abs(eigenvalues).max(), 1)
    assert np.isclose(sigma, np.linalg.svd(W)[1][0])
    characteristic = np.linalg.slogdet(0.3 * np.eye(N) - W)
    assert np.isclose(characteristic[1], np.log(np.abs(0.3 - eigenvalues)).sum())
    if kind in ("orthogonal", "symmetric"):
        assert np.isclose(sigma, 1)


def test_a_matrix_of_no_kind_is_refused():
    with pytest.raises(ValueError, match="expected one of"):
        matrix_of("square", 3)


def test_an_orthogonal_matrix_gives_powers_of_the_radius_and_a_chain_grows_first():
    assert np.allclose(through_time("orthogonal", 0.9, 10, "linear").lengths, 0.9 ** np.arange(BACK + 1))
    chain = through_time("chain", 0.9, 4, "linear")
    assert chain.lengths.argmax() == 29
    assert 22 < chain.lengths.max() < 22.1
    assert through_time("chain", 0.9, 20, "linear").lengths.argmax() == BACK


@settings(max_examples=20, deadline=None)
@given(rho=st.floats(0.3, 1.6), N=st.integers(2, 30), kind=st.sampled_from(KINDS), tanh=st.booleans())
def test_no_gradient_is_above_the_norm_bound(rho, N, kind, tanh):
    result = through_time(kind, rho, N, "tanh" if tanh else "linear")
    assert not moving.above_the_bound(result).any()


def test_memory_at_the_start_is_that_of_the_radius_for_one_linear_unit():
    steps = steps_to_a_tenth(0.9, 1, False, 0.5, np.random.default_rng(0))
    assert steps == int(np.ceil(np.log(0.1) / np.log(0.9)))
    assert steps_to_a_tenth(1.0, 1, False, 0.5, np.random.default_rng(0), T=30) == 30


@pytest.mark.thorough
def test_the_live_figure_holds_everywhere():
    figure = live(
        through_time,
        moving.through_time,
        moving.through_time_words,
        kind=choice(KINDS, "chain"),
        rho=slider(0.3, 1.6, 0.9, step=0.01),
        N=integer(2, 100, 4),
        activation=choice(("linear", "tanh"), "linear"),
        drive=slider(0.0, 2.0, 0.5, step=0.05),
        bound=choice({"σ": "norm", "ρ": "radius"}, "norm"),
    )
    assert corners_and_random(figure, seconds=6) > 100


@settings(max_examples=30, deadline=None)
@given(T=st.integers(10, 60), seed=SEEDS)
def test_temporal_order_says_which_came_when(T, seed):
    xs, labels = temporal_order(np.random.default_rng(seed), T, 6)
    assert xs.shape == (T, 6, 6)
    assert (xs.sum(1) == 1).all()
    symbols = xs.argmax(1)
    for string, answer in zip(symbols.T, labels, strict=True):
        first, second = np.flatnonzero(string < 2)
        assert T // 10 <= first < 2 * (T // 10)
        assert T // 2 <= second < T // 2 + T // 10
        assert answer == string[first] + 2 * string[second]


def test_a_sequence_too_short_for_its_windows_is_refused():
    with pytest.raises(ValueError, match="at least 10"):
        temporal_order(np.random.default_rng(0), 9, 2)


def test_the_loss_of_the_task_has_autograds_gradient():
    rng = np.random.default_rng(2)
    weights = [w + 0.1 * rng.normal(size=w.shape) for w in initial(rng)]
    xs, labels = temporal_order(rng, 12, 5)
    loss, gradients = loss_and_gradients(weights, xs, labels)
    W, U, b, V, c = (torch.tensor(w, requires_grad=True) for w in weights)
    h = torch.zeros(50, 5, dtype=torch.float64)
    for x in torch.tensor(xs):
        h = torch.tanh(W @ h + U @ x + b)
    theirs = torch.nn.functional.cross_entropy((V @ h + c).T, torch.tensor(labels))
    theirs.backward()
    assert np.isclose(loss, theirs.item(), rtol=1e-12)
    for ours, weight in zip(gradients, (W, U, b, V, c), strict=True):
        assert np.allclose(ours, weight.grad, rtol=1e-9, atol=1e-14)


def test_the_first_weights_are_those_of_the_paper():
    W, U, b, V, c = initial(np.random.default_rng(0))
    assert (np.count_nonzero(W, axis=1) == 15).all()
    assert np.isclose(spectral_radius(W), 0.95)
    assert 0.005 < U.std() < 0.015
    assert 0.005 < V.std() < 0.015
    assert not b.any()
    assert not c.any()


def test_all_methods_start_alike_and_a_strange_one_is_refused():
    runs = [train(method, seed=1, T=10, updates=3) for method in METHODS]
    assert len({run.losses[0] for run in runs}) == 1
    assert np.isclose(runs[0].losses[0], np.log(4), atol=0.01)
    with pytest.raises(ValueError, match="expected one of"):
        train("by luck", seed=1, T=10, updates=3)


@pytest.mark.parametrize("answer", [..., np.ones(5), [0.0, 0.0], np.ones((4, 2))], ids=str)
def test_the_picture_of_lengths_shows_right_and_wrong_ones(answer):
    assert exercise_05.lengths(answer)._repr_mimebundle_()[0]["image/png"].startswith(b"\x89PNG")


def test_the_still_figures_say_what_they_show():
    assert "29" in moving.through_time_words(through_time("chain", 0.9, 4, "linear"))
    assert "B: cost 0.049" in exercise_05.three_trainings(0, 1, 2).alt
    assert "grow" not in figures.wedge().alt
    values = {m: [100, 0] for m in METHODS} | {f"{m}: longest gradient": [1.0, 2.0] for m in METHODS}
    assert "plain: 1 of 2 solved" in figures.solved(values).alt


def test_a_training_says_which_symbol_its_network_knows_and_how_much_comes_back_to_it():
    """Both symbols read off the sequences; the length at step 6 from autograd, one network run by hand."""
    run = train("plain", seed=3, T=10, updates=40)
    rng = np.random.default_rng([3, 10])
    weights = initial(rng)
    for _ in range(40):
        _, gradients = loss_and_gradients(weights, *temporal_order(rng, 10, 20))
        weights = [w - 0.01 * g for w, g in zip(weights, gradients, strict=True)]
    xs, labels = temporal_order(np.random.default_rng([3, 10, 1]), 10, 1000)
    stood = np.array([[s for s in xs[:, :, k].argmax(1) if s < 2] for k in range(1000)])
    said = np.array([(0, 0), (1, 0), (0, 1), (1, 1)])[answers(weights, xs)]  # AA, BA, AB, BB
    assert np.array_equal(run.known, (said == stood).mean(0)) and 0 < run.known.min() < 1

    W, U, b, V, c = (torch.tensor(w, requires_grad=True) for w in weights)
    hs = [torch.zeros(50, 1000, dtype=torch.float64)]
    for x in torch.tensor(xs):
        hs.append(torch.tanh(W @ hs[-1] + U @ x + b))
    loss = torch.nn.functional.cross_entropy((V @ hs[-1] + c).T, torch.tensor(labels))
    far, near = (g.norm(dim=0) for g in torch.autograd.grad(loss, (hs[6], hs[10])))
    assert np.isclose(run.felt, (far / near).median().item(), rtol=1e-3)
    assert np.isclose(loss.item(), backward(weights, xs, labels)[0])
