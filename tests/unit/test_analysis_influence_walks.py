"""Influence balancing: block maps, random cuts and estimates against the system run a step at a time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.analysis import influence_walks as walks
from rnnlab.analysis.influence_walks import CUTS, influence_walk
from rnnlab.figures import truncated_bptt as figures
from rnnlab.gradients import complex_step
from rnnlab.gradients.truncated import artbp_factors, cut_probability
from rnnlab.live import choice, integer, live, log_slider
from rnnlab.live.corners import corners_and_random
from rnnlab.systems import influence_balancing as balancing

pytestmark = pytest.mark.thorough

FEW = balancing.lagged(10, walks.HORIZON)


def run(theta, T, positive=10):
    few, h, hs = balancing.lagged(positive, 50), np.ones(23), []
    for _ in range(T):
        h = balancing.influence_step(h, None, theta, few.A, few.v)
        hs.append(h)
    return np.array(hs)


def learnt_by_hand(lengths, positive, lr, weights):
    """θ after each block, everything done a step at a time; weights(j, k): of the j-th loss and the k-th use."""
    few, h, theta, thetas = balancing.lagged(positive, 400), np.ones(23), 0.5, [0.5]
    for length in lengths:
        influences, gradient = np.zeros((length, 23)), 0.0  # of each use on the state
        for j in range(length):
            h = few.A @ h + theta * few.v
            influences[:j] = influences[:j] @ few.A.T
            influences[j] = few.v
            gradient += (h[0] - 1) * sum(weights(j + 1, k + 1) * influences[k, 0] for k in range(j + 1))
        theta -= lr * gradient
        thetas.append(theta)
    return np.array(thetas)


@pytest.mark.parametrize("positive", [0, 8, 10, 13, 23])
def test_the_influences_are_those_of_the_system(positive):
    few = balancing.lagged(positive, 300)
    late = np.linalg.matrix_power(few.A, 37)
    assert np.allclose(few.rows[37], late[0], rtol=1e-12)
    assert np.allclose(few.uses[37], (late @ few.v)[0], rtol=1e-12, atol=1e-14)
    assert np.isclose(few.reach[-1], balancing.whole_influence(positive), rtol=1e-9)
    assert np.allclose(few.pushed[5], sum(np.linalg.matrix_power(few.A, i) @ few.v for i in range(5)))
    h = np.random.default_rng(0).normal(size=23)
    assert np.allclose(balancing.carried(few.rows[37], h), late @ h, rtol=1e-12)


def test_the_optimum_is_where_unit_one_settles_at_one():
    assert np.isclose(run(-1 / 6, 400)[-1, 0], 1, rtol=1e-9)


@settings(max_examples=15, deadline=None)
@given(p=st.integers(1, 12), positive=st.integers(5, 18), lr=st.floats(1e-5, 1e-3))
def test_blocks_are_those_that_one_would_run(p, positive, lr):
    M = walks.block_map(p, positive, lr)
    z, thetas = np.concatenate([np.ones(23), [0.5, 1.0]]), [0.5]
    for _ in range(4):
        z = M @ z
        thetas.append(z[23])
    by_hand = learnt_by_hand([p] * 4, positive, lr, lambda j, k: 1.0)
    assert np.allclose(thetas, by_hand, rtol=1e-9)


@pytest.mark.parametrize("compensated", [True, False])
@pytest.mark.parametrize("mean", [2, 5])
def test_random_cuts_are_those_that_one_would_draw(mean, compensated):
    rng = np.random.default_rng(3)
    lengths = walks.draw_lengths(mean, rng)[:6]
    reached = np.cumprod(np.concatenate([[1.0], 1 - cut_probability(np.arange(1.0, 200), mean)]))

    def weights(j, k):
        return reached[k - 1] / reached[j - 1] if compensated else 1.0

    walk = influence_walk(mean, 10, 1e-5, CUTS[1 if compensated else 2], seed=3)
    by_hand = learnt_by_hand(lengths, 10, 1e-5, weights)
    assert walk.steps[:7].tolist() == [0, *np.cumsum(lengths)]
    assert np.allclose(walk.theta[:7], by_hand, rtol=1e-9)


def test_lengths_have_their_mean_and_their_tail():
    lengths = np.concatenate([walks.draw_lengths(16, np.random.default_rng(s)) for s in range(60)])
    assert abs(lengths.mean() - 16) < 4 * lengths.std() / len(lengths) ** 0.5
    survives = np.cumprod(1 - cut_probability(np.arange(1.0, 65), 16))
    assert abs((lengths > 64).mean() - survives[-1]) < 4 * (survives[-1] / len(lengths)) ** 0.5


def test_the_exact_gradient_is_the_complex_steps():
    def loss(theta):
        h, total = np.ones(23, complex), 0
        for _ in range(30):
            h = FEW.A @ h + theta * FEW.v
            total += (h[0] - 1) ** 2 / 2
        return total

    assert np.isclose(walks.exact_gradient(0.5, 30), complex_step(loss, np.array(0.5)), rtol=1e-12)
    assert np.allclose(walks.state_errors(0.5, 30), run(0.5, 30)[:, 0] - 1, rtol=1e-12)


def test_walking_back_through_factors_weighs_each_term():
    factors = artbp_factors(20, 3, np.random.default_rng(1), mean=4)
    errors = walks.state_errors(0.5, 20)
    for column, found in zip(factors.T, walks.walk_back(FEW, errors, factors), strict=True):
        triangle = [
            [errors[t] * np.prod(column[k:t]) * FEW.uses[t - k] for k in range(t + 1)] for t in range(20)
        ]
        assert np.isclose(found, sum(map(sum, triangle)), rtol=1e-10)


def test_estimates_are_right_on_average_only_with_compensation():
    exact = walks.exact_gradient(0.5, 60)
    draws = walks.draw_gradients(0.5, 60, 100_000, np.random.default_rng(0))
    assert abs(draws.mean() - exact) < 3 * draws.std() / 100_000**0.5
    bare = walks.draw_gradients(0.5, 60, 5000, np.random.default_rng(0), compensated=False)
    assert abs(bare.mean() - exact) > 100 * bare.std() / 5000**0.5
    assert np.isclose(exact, 2614.1, atol=0.05)


@pytest.mark.parametrize(
    "p, positive, lr, arrives",
    [(1, 10, 1e-4, False), (10, 10, 1e-4, False), (100, 10, 1e-4, False), (109, 10, 1e-4, False)]
    + [(110, 10, 1e-4, True), (200, 10, 1e-4, True), (300, 10, 1e-4, False), (300, 10, 1e-5, True)]
    + [
        (1, 13, 1e-4, True),
        (100, 13, 1e-4, True),
        (200, 13, 1e-4, False),
        (58, 8, 1e-5, True),
        (57, 8, 1e-5, False),
    ],
)
def test_which_blocks_converge(p, positive, lr, arrives):
    assert (walks.growth(p, positive, lr) < 1) == arrives


@settings(max_examples=20, deadline=None)
@given(p=st.integers(1, 250), positive=st.integers(6, 17))
def test_for_small_rates_the_sum_of_what_is_seen_decides(p, positive):
    few = balancing.lagged(positive, walks.HORIZON)
    seen = few.reach[1 : p + 1].sum() * balancing.whole_influence(positive)
    assert (walks.leading(p, positive, 1e-9) < 1) == (seen > 0) or abs(seen) < 1


def test_artbp_arrives_where_blocks_leave():
    ends = [influence_walk(16, 10, 3e-5, CUTS[1], seed) for seed in range(20)]
    assert sum(not w.left and abs(w.theta[-1] + 1 / 6) < 1e-3 for w in ends) >= 18
    assert influence_walk(16, 10, 3e-5).left and influence_walk(16, 10, 3e-5, CUTS[2]).left


def test_too_many_signs_are_refused():
    with pytest.raises(ValueError, match="positive is 24; of 23 units"):
        balancing.lagged(24, 10)


@pytest.mark.parametrize("random", [False, True])
def test_the_live_figure_holds_at_every_corner(random):
    more = (
        {"cuts": choice(CUTS, CUTS[1]), "seed": integer(0, 20, 0)}
        if random
        else {"positive": integer(6, 17, 10)}
    )
    figure = live(
        influence_walk,
        figures.influence,
        figures.influence_words,
        p=integer(1, 300, 16),
        lr=log_slider(1e-6, 1e-3, 3e-5),
        **more,
    )
    assert corners_and_random(figure, seconds=4) >= 8


def test_the_picture_of_influences_can_be_read_without_seeing_it():
    ps = np.arange(100, 121)
    alt = figures.influences(FEW.reach[:121], ps, np.array([walks.growth(p, 10, 1e-4) for p in ps]), 1e-4).alt
    assert "negative from j = 41 on" in alt and "blocks of 110 to 120" in alt
