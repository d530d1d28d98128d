"""One unit: resting places, folds, the wall and its height, the cost's gradient, and the steps on it."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.analysis import one_unit
from rnnlab.analysis.one_unit import (
    B_AXIS,
    RULES,
    SIDE,
    START,
    TARGET,
    W_AXIS,
    cliff_step,
    cost_and_gradient,
    descend,
    fixed_points,
    folds,
    orbit,
    reach,
    sigma,
    slope,
    surface,
    wall,
)
from rnnlab.analysis.sick_training import SETTINGS, training
from rnnlab.analysis.steady_states import resting_places, steady_states
from rnnlab.figures import gradient_clipping_live as moving
from rnnlab.gradients import complex_step
from rnnlab.live import choice, integer, live, log_slider, point, slider
from rnnlab.live.corners import corners_and_random

WEIGHTS, BIASES = st.floats(-8, 9), st.floats(-6, 4)


@settings(max_examples=60, deadline=None)
@given(w=WEIGHTS, b=BIASES)
def test_the_cost_has_the_gradient_of_a_complex_step(w, b):
    E, g_w, g_b = cost_and_gradient(w, b)
    right = complex_step(lambda p: (sigma(orbit(START, p[0], p[1])[-1]) - TARGET) ** 2, np.array([w, b]))
    if np.abs(right).max() < 1e3:  # on the wall, rounding is multiplied as well
        assert np.allclose([g_w, g_b], right, rtol=1e-6, atol=1e-10)
    assert np.isclose(E, (sigma(orbit(START, w, b)[-1]) - TARGET) ** 2)


@settings(max_examples=60, deadline=None)
@given(w=WEIGHTS, b=BIASES)
def test_resting_places_rest_and_their_number_is_that_of_the_wedge(w, b):
    found = fixed_points(w, b)
    assert np.allclose(found, w * sigma(found) + b, atol=1e-9)
    if w <= 4:
        assert len(found) == 1
    else:
        low, high = folds(w)
        if min(abs(b - low), abs(b - high)) > 1e-6:
            assert len(found) == (3 if low < b < high else 1)


def test_below_four_there_is_no_fold():
    with pytest.raises(ValueError, match="no fold"):
        folds(np.array([5.0, 4.0]))


@pytest.mark.parametrize("w", [4.3, 4.6, 5.0])
def test_the_wall_parts_two_fates_and_has_the_height_of_a_geometric_sum(w):
    ends = [orbit(START, w, wall(w) + d, T=400)[-1] for d in (-1e-3, 1e-3)]
    low, middle, high = fixed_points(w, wall(w))
    assert np.isclose(middle, START)
    assert ends[0] < START < ends[1]
    assert np.allclose(ends, [low, high], atol=0.5)
    factor = w * slope(START)
    by_step = complex_step(lambda b: orbit(START, w, b)[-1], np.array(wall(w)))
    assert np.isclose(by_step, (factor**50 - 1) / (factor - 1), rtol=1e-6)


def test_the_gradient_on_the_wall_is_a_thousand_times_the_usual():
    along = np.unique(np.append(wall(5.0) + np.linspace(-0.5, 0.5, 1001), wall(5.0)))
    norms = np.hypot(*cost_and_gradient(5.0, along)[1:])
    assert norms.max() > 1e3 * np.median(norms)


def test_reach_is_the_limit_of_differences():
    r0 = np.array([-1.0, 0.3, 2.0])
    near = (orbit(r0 + 1e-7, 3.0, -1.0, T=10)[-1] - orbit(r0 - 1e-7, 3.0, -1.0, T=10)[-1]) / 2e-7
    assert np.allclose(reach(orbit(r0, 3.0, -1.0, T=10), 3.0), near, rtol=1e-5)


def test_the_opening_is_thrown_and_the_clipped_path_is_not():
    path = descend((5.5, -2.6), 0.5, 60)
    assert np.abs(path[-1]).min() > 1000
    assert cost_and_gradient(*path[-1])[1] == 0
    kept = descend((5.5, -2.6), 0.5, 400, threshold=0.1)
    assert cost_and_gradient(*kept[-1])[0] < 0.002
    assert np.linalg.norm(np.diff(kept, axis=0), axis=1).max() <= 0.05 + 1e-12


def test_each_rule_does_what_its_name_says():
    at, v, lr = (4.51, -2.31), 0.1, 0.5
    steps = {rule: cliff_step(at, v, lr, rule) for rule in RULES}
    g = steps["no clipping"].gradient
    assert np.linalg.norm(g) > 10 * v
    assert np.allclose(steps["no clipping"].ruled, np.array(at) - lr * g)
    assert np.allclose(steps["clip by norm"].ruled, np.array(at) - lr * v * g / np.linalg.norm(g))
    assert np.allclose(steps["by element"].ruled, np.array(at) - lr * v * np.sign(g))
    pulled, after = steps["parameters clipped"].ruled, np.array(at) - lr * g
    assert np.allclose(pulled, v * after / np.linalg.norm(after))
    assert np.allclose(steps["always to the threshold"].ruled, steps["clip by norm"].ruled)
    far = cliff_step((5.6, -2.2), v, lr, "always to the threshold")
    assert np.linalg.norm(far.gradient) < v
    assert np.isclose(np.linalg.norm(far.ruled - far.at), lr * v)
    with pytest.raises(ValueError, match="expected one of"):
        cliff_step(at, v, lr, "by chance")


@settings(max_examples=60, deadline=None)
@given(w=st.floats(-2.5, 4.5), b=st.floats(-1, 1), h0=st.floats(-1, 1))
def test_steady_states_of_a_tanh_unit(w, b, h0):
    result = steady_states(w, b, h0)
    assert np.allclose(result.here, np.tanh(w * result.here + b), atol=1e-9)
    drawn = np.isfinite(result.weights)
    rests = np.tanh(result.weights[drawn] * result.rests[drawn] + b)
    assert np.allclose(rests, result.rests[drawn], atol=1e-9)
    if w < 1:
        assert len(result.here) == 1
    far = complex_step(lambda h: _after(h, w, b, 20), np.array(h0))
    assert np.isclose(result.reach[20], abs(far), rtol=1e-8, atol=1e-300)


def _after(h, w, b, steps):
    for _ in range(steps):
        h = np.tanh(w * h + b)
    return h


def test_without_a_bias_one_place_becomes_three_at_one():
    assert [len(resting_places(w, 0.0)) for w in (0.5, 0.99, 1.02, 3.0)] == [1, 1, 3, 3]


def test_the_plane_s_picture_holds_the_cost_at_each_of_its_points():
    picture = surface(7, "cpu")
    ws, bs = np.linspace(*W_AXIS, SIDE["cpu"]), np.linspace(*B_AXIS, SIDE["cpu"])
    for row, column in ((0, 0), (3, 130), (140, 60)):
        assert picture[row, column] == cost_and_gradient(ws[column], bs[row], 7)[0]
    step = cliff_step((5.0, -2.5), 0.1, 0.5, "clip by norm", 7, "cpu")
    assert step.T == 7 and (step.surface == picture).all()
    assert np.isclose(step.cost, cost_and_gradient(5.0, -2.5, 7)[0])


def test_on_a_gpu_each_point_is_the_mean_of_four_of_a_million_costs(monkeypatch):
    monkeypatch.setattr(one_unit, "put", lambda value, device: torch.tensor(value, dtype=torch.float32))
    picture = surface.__wrapped__(7, "cuda")
    ws, bs = np.linspace(*W_AXIS, 1000), np.linspace(*B_AXIS, 1000)
    assert torch.is_tensor(picture) and tuple(picture.shape) == (500, 500)
    for row, column in ((0, 0), (3, 499), (250, 60)):
        four = np.meshgrid(ws[2 * column : 2 * column + 2], bs[2 * row : 2 * row + 2])
        assert np.isclose(float(picture[row, column]), cost_and_gradient(*four, 7)[0].mean(), rtol=1e-4)
    monkeypatch.setattr(one_unit, "device_for", lambda parallel, device: f"{parallel} on {device}")
    monkeypatch.setattr(one_unit, "surface", lambda T, device: device)
    assert cliff_step((5.0, -2.5), 0.1, 0.5, "clip by norm", 7, "cuda").surface == "1000000 on cuda"


@pytest.mark.thorough
def test_the_two_live_figures_hold_everywhere():
    cliff = live(
        cliff_step,
        moving.cliff,
        moving.cliff_words,
        at=point((4.2, 6.0), (-3.4, -1.9), (5.0, -2.5), step=0.01),
        threshold=log_slider(0.01, 10.0, 0.1),
        lr=log_slider(0.05, 2.0, 0.5),
        rule=choice(RULES, RULES[0]),
        T=integer(2, 100, 50),
    )
    assert cliff.picks_device
    states = live(
        steady_states,
        moving.steady_states,
        moving.steady_states_words,
        w=slider(-2.5, 4.5, 1.5, step=0.01),
        b=slider(-1.0, 1.0, 0.0, step=0.01),
        h0=slider(-1.0, 1.0, 0.3, step=0.01),
    )
    for figure in (cliff, states):
        assert corners_and_random(figure, seconds=4) > 8


def test_the_trainings_of_the_exercise_have_the_symptoms_that_are_asked_for():
    curves = {name: training(setting) for name, setting in SETTINGS.items()}
    for name, c in curves.items():
        cut = c.threshold is not None and np.mean(c.norms > c.threshold)
        assert cut == (1.0 if name == "threshold" else 0.0), name
    assert curves["healthy"].costs[-1] < 1e-6 < 0.08 < curves["vanishing"].costs.min()
    assert curves["vanishing"].norms.max() < 1e-3
    assert curves["exploding"].norms.max() > 1e3
    assert curves["exploding"].costs[-1] > 5 * curves["exploding"].costs.min()
    assert (np.diff(curves["uphill"].costs) > 0).all()
    for name in ("slow", "threshold"):
        assert (np.diff(curves[name].costs) < 0).all()
        assert 0.6 < curves[name].costs[-1] / curves[name].costs[0] < 0.9
    assert len(list(itertools.permutations(SETTINGS, 3))) == 120
