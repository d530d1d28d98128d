"""The experiments of lecture 10: their figures' results, the embedding, and the network of a flow."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.analysis.cost_curve import local_minima
from rnnlab.analysis.embedding import delay_embedding, embed_lorenz, false_neighbours
from rnnlab.analysis.flow_network import fit_flow, flow_step, follow, hidden_step
from rnnlab.analysis.narx_experiments import coloured_noise, error_by_horizon, noise_curves, tank_starts
from rnnlab.analysis.noise_duel import FURTHEST, MISTAKES, cost_curves, duel, mistaken, two_scores
from rnnlab.figures import narx_parallel_training as figures
from rnnlab.models import unroll
from rnnlab.models.narx import free_run, one_step
from rnnlab.systems.chen import chen, chen_map, held_input
from rnnlab.systems.flows import lorenz, van_der_pol

pytestmark = pytest.mark.thorough


def test_without_noise_both_trainings_find_the_system():
    result = duel(0.0, 0.0, 5)
    assert result.errors.max() < 1e-10
    assert "No noise" in figures.duel_words(result)


@pytest.mark.parametrize("sigma", [0.4, 0.8, 1.2])
def test_each_noise_has_its_training(sigma):
    output, equation = duel(0.0, sigma, 1).errors, duel(sigma, 0.0, 1).errors
    assert (output[1] < output[0]).all()
    assert (equation[0] < equation[1]).all()


@settings(max_examples=25, deadline=None)
@given(st.floats(0, 2), st.floats(0, 2), st.integers(1, FURTHEST))
def test_the_duel_is_finite_everywhere_and_can_be_drawn(sigma_v, sigma_w, horizon):
    result = duel(sigma_v, sigma_w, horizon)
    assert np.isfinite(result.errors).all()
    assert len(result.ys) == len(result.parallel) == len(result.series_parallel)
    fig, update = figures.duel(duel(0.0, 0.5, 12))
    update(result)
    for line in [line for ax in fig.axes for line in ax.lines]:
        assert np.isfinite(np.asarray(line.get_xydata())).all()
    assert f"{horizon} steps ahead" in figures.duel_words(result) or "No noise" in figures.duel_words(result)


@pytest.mark.parametrize("mistake", MISTAKES)
@pytest.mark.parametrize("sigma_w", [0.0, 0.5, 1.0])
def test_every_mistake_can_be_drawn_and_told_from_the_truth(mistake, sigma_w):
    result = mistaken(mistake, sigma_w)
    assert np.isfinite([result.reported, result.alone, result.honest]).all()
    if mistake == "none":
        assert result.reported == result.alone == result.honest
    elif mistake == "target in the regressors":
        assert result.reported < 1e-12 < 1 < result.alone
    elif sigma_w == 0 and mistake in ("one-step error called free run", "sensitivities not fed back"):
        assert result.reported < 1e-12, "clean data hide it"
    else:
        assert result.reported > 1.5 * result.honest
        if mistake == "one-step error called free run":
            assert result.reported < 0.7 * result.alone
    fig, update = figures.mistake(mistaken("none", 0.5))
    update(result)
    assert mistake in figures.mistake_words(result)


def test_an_unknown_mistake_gets_a_sentence():
    with pytest.raises(ValueError, match="a mistake out of"):
        mistaken("typing", 0.5)


def test_the_opening_has_two_winners():
    (a_ahead, a_alone), (b_ahead, b_alone) = two_scores().errors
    assert a_ahead < b_ahead
    assert b_alone < 0.6 * a_alone


def test_one_cost_is_a_parabola_and_the_other_has_valleys():
    curves = cost_curves()
    quadratic = np.polyfit(curves.thetas, curves.one_step, 2)
    assert np.allclose(np.polyval(quadratic, curves.thetas), curves.one_step, atol=1e-9)
    assert len(local_minima(curves.one_step)) == 1
    assert len(local_minima(curves.free_run)) > 5
    assert abs(curves.thetas[curves.free_run.argmin()] - 0.8) < 1e-9


def test_errors_by_horizon_go_from_one_step_to_the_free_run():
    rng = np.random.default_rng(0)
    us = held_input(60, rng, 2)
    ys = chen(us, rng, sigma_v=0.3)
    errors = error_by_horizon(chen_map, us, ys, 2, 2, 58)
    assert errors.shape == (58, 2)
    ahead = error_by_horizon(chen_map, us, ys, 2, 2, 1)[0]
    assert np.allclose(ahead, ((one_step(chen_map, us, ys, 2, 2) - ys[2:]) ** 2).mean(0))
    assert np.allclose(errors[:, 1], (free_run(chen_map, us, ys, 2, 2)[:, 1] - ys[2:, 1]) ** 2)


def test_small_runs_of_the_stored_experiments_have_their_shapes():
    small = {"T": 80, "hidden": 2, "iterations": 3}
    curves = noise_curves(0, [0.5, 1.0], 2, 2, **small)
    assert set(curves) == {
        f"{k}_{n}" for k in ("output", "equation") for n in ("series_parallel", "parallel")
    }
    assert all(values.shape == (3, 2) and np.isfinite(values).all() for values in curves.values())
    assert all((np.diff(values, axis=0) >= 0).all() for values in curves.values())
    coloured = coloured_noise(0, [1.0, 0.5, 0.2], 2, **small)
    assert coloured["toy"].shape == (3, 2)
    assert coloured["parallel"].shape == (3,)
    starts = tank_starts(0, 3, T=80, T_test=50, iterations=3)
    assert (np.diff(starts["parallel"]) >= 0).all()


def test_a_level_differs_from_the_next_in_nothing_but_its_noise():
    curves = noise_curves(3, [0.0, 0.0, 0.7], 2, 2, T=60, hidden=2, iterations=3)
    for training in ("series_parallel", "parallel"):
        output, equation = curves[f"output_{training}"], curves[f"equation_{training}"]
        assert np.array_equal(output[:, 0], output[:, 1])
        assert np.array_equal(output[:, 0], equation[:, 0])
        assert (output[:, 2] != equation[:, 2]).all()


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 5), st.integers(1, 4))
def test_an_embedding_is_the_signal_at_its_delays(m, delay):
    xs = np.random.default_rng(1).normal(size=40)
    points = delay_embedding(xs, m, delay)
    assert points.shape == (40 - (m - 1) * delay, m)
    for k in range(m):
        assert np.array_equal(points[:, k], xs[(m - 1 - k) * delay : 40 - k * delay])


def test_false_neighbours_count_the_coordinates_of_what_is_known():
    t = np.arange(900) * 0.07
    circle = np.sin(t) + 1e-6 * np.sin(2**0.5 * t)
    assert false_neighbours(circle, 1, 10) > 0.3
    assert false_neighbours(circle, 2, 10) < 0.01
    x = lorenz(2000, every=0.05)[:, 0]
    assert false_neighbours(x, 1, 2) > 0.8
    assert false_neighbours(x, 3, 2) < 0.01


def test_false_neighbours_by_the_slow_definition():
    xs = np.random.default_rng(2).normal(size=60)
    m, d, apart = 2, 1, 10
    wide = delay_embedding(xs, m + 1, d)
    false = 0
    for i, point in enumerate(wide):
        far = [
            np.linalg.norm(point[:m] - q[:m]) if abs(i - j) > apart else np.inf for j, q in enumerate(wide)
        ]
        j = int(np.argmin(far))
        torn = abs(point[m] - wide[j, m])
        false += torn / far[j] > 15 or np.hypot(far[j], torn) / xs.std() > 2
    assert np.isclose(false_neighbours(xs, m, d), false / len(wide))


@pytest.mark.parametrize("m, delay, T", [(0, 1, 30), (2, 0, 30), (4, 9, 29)])
def test_an_impossible_embedding_gets_a_sentence(m, delay, T):
    with pytest.raises(ValueError, match="expected"):
        delay_embedding(np.zeros(T), m, delay)
    with pytest.raises(ValueError, match="no neighbours"):
        false_neighbours(np.arange(12.0), 1, 1)


@pytest.mark.parametrize("m", [1, 4])
@pytest.mark.parametrize("delay", [1, 8])
def test_the_embedding_can_be_drawn_at_its_corners(m, delay):
    fig, update = figures.embedding(embed_lorenz(2, 2))
    update(embed_lorenz(m, delay))
    words = figures.embedding_words(embed_lorenz(m, delay))
    assert words.startswith(f"{m} coordinate")


def test_the_flow_network_follows_unseen_starts_and_is_a_recurrent_network():
    rng = np.random.default_rng(9)
    network = fit_flow(van_der_pol(rng.uniform(-2.5, 2.5, size=(2, 30)), T=60), 20, rng)
    starts = rng.uniform(-2, 2, size=(2, 6))
    said = follow(network, starts, 101)
    assert np.abs(said - van_der_pol(starts, 101)).max() < 0.1
    hidden = unroll(hidden_step, network.W @ starts + network.b, np.zeros(100), *network)
    assert np.allclose(hidden, network.W @ said[1:] + network.b, atol=1e-8)
    assert np.allclose(flow_step(starts, starts, *network), said[1])
