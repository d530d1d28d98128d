"""The Gaussian toy: its closed forms against autograd, simulated walks, and many learners."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.analysis.online_walks import (
    EDGE,
    LEARNERS,
    MISTAKES,
    STEPS,
    T,
    noisy_descent,
    online_pass,
    toy_walk,
)
from rnnlab.figures import truncated_bptt as figures
from rnnlab.gradients import truncated
from rnnlab.gradients.truncated import artbp_factors
from rnnlab.live import choice, integer, live, log_slider, slider, toggle
from rnnlab.live.corners import corners_and_random
from rnnlab.systems import gaussian_toy as toy


@settings(max_examples=40, deadline=None)
@given(T=st.integers(1, 15), theta=st.floats(-2, 2), mu=st.floats(-3, 3), sigma=st.floats(0.1, 3))
def test_the_loss_and_both_gradients_are_autograds(T, theta, mu, sigma):
    x, q = (torch.tensor(a) for a in toy.expected(mu, sigma))
    push = torch.tensor(theta, dtype=torch.float64, requires_grad=True)
    losses = [(q * (x + t * push - mu) ** 2).sum() for t in range(1, T + 1)]
    total = sum(losses)
    assert np.isclose(total.item(), T * sigma**2 + toy.sum_of_squares(T) * theta**2, rtol=1e-10, atol=1e-10)
    (slope,) = torch.autograd.grad(total, push)
    assert np.isclose(slope, 2 * toy.sum_of_squares(T) * theta, rtol=1e-9, atol=1e-9)
    loss = lambda h, _: (q * (h - mu) ** 2).sum()  # noqa: E731
    (cut,) = truncated.truncated(toy.push_step, loss, x, [(0, 0)] * T, (push,), 1).gradients
    assert np.isclose(cut, T * (T + 1) * theta, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("T", range(1, 21))
def test_each_limit_is_met_from_both_sides(T):
    S2 = sum(t * t for t in range(1, T + 1))
    for below, share in ((True, 0.999), (False, 1.001)):
        multipliers = (
            1 - 2 * share * toy.largest_full_rate(T) * S2,
            1 - share * toy.largest_frozen_rate(T) * T * (T + 1),
            online_pass(share * toy.largest_online_rate(T), T),
        )
        assert [abs(m) < 1 for m in multipliers] == [below] * 3


@pytest.mark.parametrize("T", [1, 2, 5, 10])
def test_online_passes_grow_exactly_in_the_windows(T):
    phi = np.linspace(0.001, np.pi - 0.001, 4000)
    grows = np.abs(online_pass(1 - np.cos(phi), T)) > 1
    windows = np.zeros(len(phi), bool)
    for m in range(1, T + 1):
        windows |= (phi > m * np.pi / (T + 1)) & (phi < m * np.pi / T)
    ends = np.array([m * np.pi / n for n in (T, T + 1) for m in range(1, T + 1)])
    clear = np.abs(phi[:, None] - ends).min(1) > 2e-3
    assert np.array_equal(grows[clear], windows[clear])


@pytest.mark.parametrize("lr", [0.001, 0.02, 0.5, 1.5])
def test_the_online_walk_stays_on_its_ellipse_and_follows_the_matrix(lr):
    walk, M = toy_walk(1, lr), toy.online_map(lr)
    assert walk.left == 0 and abs(walk.growth - 1) < 1e-9
    states = [np.linalg.matrix_power(M, k) @ [0, 1] for k in (0, 1, 17, STEPS)]
    assert np.allclose(np.array([walk.m, walk.theta]).T[[0, 1, 17, STEPS]], states, atol=1e-9)
    assert np.allclose(walk.theta**2 + 2 * lr * walk.m * walk.theta + 2 * lr * walk.m**2, 1, atol=1e-9)


@pytest.mark.parametrize("p", range(2, 11))
def test_blocks_with_a_carried_state_spiral_outwards(p):
    lr = 0.001
    assert np.isclose(toy_walk(p, lr).growth ** (2 * p), 1 + lr * p * (p * p - 1) / 3, rtol=1e-9)


def test_walks_with_reset_are_the_passes_of_the_closed_forms():
    for lr, p, frozen, multiplier in (
        (0.002, T, False, 1 - 2 * 0.002 * 385),
        (0.002, T, True, 1 - 2 * 0.002 * 385),
        (0.01, 1, True, 1 - 0.01 * 110),
        (0.03, 1, False, online_pass(0.03, T)),
    ):
        walk = toy_walk(p, lr, reset=True, frozen=frozen)
        assert np.allclose(walk.theta[T::T][:8], multiplier ** np.arange(1, 9), rtol=1e-9)
        assert np.isclose(walk.growth**T, abs(multiplier), rtol=1e-9)
        assert np.allclose(walk.m[T::T], 0)


def test_the_mistakes_do_what_the_lecture_says():
    assert np.all(toy_walk(1, 0.02, mistake="detach before the loss").theta == 1)
    shrinks = toy_walk(3, 0.01, mistake="state not carried").theta[3::3][:5]
    assert np.allclose(shrinks, (1 - 2 * 0.01 * 14) ** np.arange(1, 6))
    for reset in (False, True):
        late = toy_walk(1, 0.02, reset, mistake="old gradient added again")
        assert late.left or np.abs(late.theta).max() > 2


@pytest.mark.parametrize("fraction", [0.2, 0.5, 0.9])
def test_learners_end_with_the_predicted_variance(fraction):
    result = noisy_descent(fraction)
    predicted = toy.stationary_variance(fraction / 385, T, 2.0)
    assert abs(result.measured / predicted - 1) < 5 * (2 / LEARNERS) ** 0.5 / 3
    slow = noisy_descent(fraction, decay=True)
    assert slow.spread[-1] < 0.2 * predicted


@pytest.mark.parametrize("rate", [0.0, 1 / 385, 1.0])
def test_no_variance_beyond_the_limit(rate):
    with pytest.raises(ValueError, match="is not between 0 and 1/S₂"):
        toy.stationary_variance(rate, 10, 1.0)


def test_the_live_walk_holds_at_every_corner():
    figure = live(
        toy_walk,
        figures.walk,
        figures.walk_words,
        p=integer(1, 10, 1),
        lr=log_slider(2e-4, 1.0, 0.02),
        reset=toggle(False),
        frozen=toggle(False),
        mistake=choice(MISTAKES, "none"),
    )
    assert corners_and_random(figure, seconds=4) >= 64


@pytest.mark.thorough
def test_the_live_noise_holds_at_every_corner():
    figure = live(
        noisy_descent,
        figures.noise,
        figures.noise_words,
        fraction=slider(0.02, 0.98, 0.5, step=0.01),
        sigma=slider(0.5, 4.0, 2.0, step=0.1),
        decay=toggle(False),
    )
    assert corners_and_random(figure, seconds=3) >= 8


def test_every_mode_stays_inside_the_picture_or_says_when_it_leaves():
    fig, update = figures.walk(toy_walk(1, 0.02))
    for p, lr, reset, frozen, mistake in itertools.product(
        (1, 3, 10), (2e-4, 0.03, 1.0), (False, True), (False, True), MISTAKES
    ):
        walk = toy_walk(p, lr, reset, frozen, mistake)
        update(walk)
        (verdict,) = (text for text in fig.axes[0].texts)
        assert verdict.get_text() == (f"leaves at step {walk.left}" if walk.left else "")
        assert np.abs(walk.theta).max() <= EDGE and (2 * lr) ** 0.5 * np.abs(walk.m).max() <= EDGE
        assert len(walk.theta) == (walk.left or STEPS + 1)
        words = figures.walk_words(walk)
        assert (f"leaves the picture at step {walk.left}" in words) == bool(walk.left)


def test_the_still_figures_say_what_they_show():
    opening = figures.downhill_in_circles(toy_walk(10, 0.0008, reset=True), toy_walk(1, 0.02)).alt
    assert "between -1.01 and 1.00" in opening
    assert "full gradient 0.0026, truncated, frozen 0.0182" in figures.multipliers(10).alt
    factors = artbp_factors(9, 1, np.random.default_rng(3), 3)[:, 0]
    assert "BPTT: all 45, 3-truncated 24, In blocks of 3 18" in figures.triangles(3, factors).alt
    kept = {"BPTT": [1, 2], "blocks": [1, 1], "ARTBP, peak": [1, 1], "ARTBP, mean": [1, 1]}
    assert "blocks 1 to 1" in figures.memory([1, 2], kept).alt
