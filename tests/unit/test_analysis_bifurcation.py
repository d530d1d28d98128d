"""The borders against closed forms and counts; the pictures against orbits one by one; the live figure everywhere."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rnnlab.analysis import bifurcation as module
from rnnlab.analysis.bifurcation import COLUMNS, ROWS, STATES, STRETCHES, WEIGHTS, bifurcation, border
from rnnlab.analysis.steady_states import resting_places
from rnnlab.arrays import to_numpy
from rnnlab.figures import gradient_clipping_many as figures
from rnnlab.gradients import complex_step
from rnnlab.live import integer, live, slider
from rnnlab.live.corners import corners_and_random
from rnnlab.models import tanh_unit, unroll

BIASES = st.floats(0.02, 1.5)


@given(b=BIASES, sign=st.sampled_from([-1, 1]))
def test_on_a_border_the_place_rests_and_its_slope_is_plus_or_minus_one(b, sign):
    (w, v), (h, g) = border(np.array([b, -b]), sign)
    assert np.allclose([w, h], [v, -g], rtol=1e-12)  # the picture turned over
    assert np.isclose(np.tanh(w * h + b), h, atol=1e-12)
    assert np.isclose(complex_step(lambda x: np.tanh(w * x + b), h), sign, atol=1e-9)


@given(b=BIASES)
def test_beside_the_fold_two_resting_places_appear_and_beside_the_doubling_a_swing(b):
    fold, _ = border(b, +1)
    assert [len(resting_places(fold + d, b)) for d in (-1e-2, 1e-2)] == [1, 3]
    doubling, h = border(b, -1)
    for d, swings in ((-1e-1, True), (1e-1, False)):
        last, end = unroll(tanh_unit, float(h) + 0.01, np.full(2000, b), doubling + d)[-2:]
        assert (abs(end - last) > 1e-2) == swings


def test_without_a_bias_both_borders_are_at_one():
    assert np.allclose([border(0.0, +1)[0], border(0.0, -1)[0]], [1, -1], rtol=1e-9)


def test_the_pictures_hold_every_unit_at_its_place():
    b, T = 0.3, 25
    result = bifurcation(b, T, "cpu")
    P = result.units
    each = P // COLUMNS
    w, h0, _ = module._units(P, "cpu")
    assert (result.states.shape, result.stretches.shape) == ((ROWS, COLUMNS), (ROWS, COLUMNS))
    assert np.allclose(result.states.sum(0), 1)
    for column in (7, 201, 399):
        own = slice(column * each, (column + 1) * each)
        edges = np.linspace(*WEIGHTS, COLUMNS + 1)[[column, column + 1]]
        assert edges[0] - 1e-3 <= w[own].min() and w[own].max() <= edges[1] + 1e-3
        hs = unroll(tanh_unit, h0[own], np.full((T, 1), b), w[own])
        counts = np.histogram(hs[-2:], ROWS, STATES)[0] / (2 * each)
        assert np.allclose(result.states[:, column], counts)
        lam = np.log(np.abs(w[own] * (1 - hs**2))).sum(0) / T
        assert np.allclose(result.stretches[:, column], np.histogram(lam, ROWS, STRETCHES)[0] / each)
    whole = unroll(tanh_unit, h0, np.full((T, 1), b), w)
    assert np.isclose(result.moving, np.mean(np.abs(whole[-1] - whole[-3]) > module.AT_REST))


def test_starts_are_spread_evenly_in_every_column():
    _, h0, _ = module._units(20_000, "cpu")
    inside = h0.reshape(COLUMNS, -1)
    assert (np.abs(inside) < 1).all()
    gaps = np.diff(np.sort(inside, 1), axis=1)
    assert gaps.max() < 2 * 2 / inside.shape[1]  # no gap is twice the even one


def test_tensors_give_the_same_pictures(monkeypatch):
    """As on a GPU, on torch's CPU in float32: a unit on the edge of two rows may change its row."""
    right = bifurcation(-0.2, 40, "cpu")
    monkeypatch.setattr(module, "_units", module._units.__wrapped__)
    monkeypatch.setattr(module, "put", lambda value, device: torch.tensor(value, dtype=torch.float32))
    result = bifurcation(-0.2, 40, "cpu")
    assert torch.is_tensor(result.states) and result.fold == right.fold
    for ours, theirs in ((result.states, right.states), (result.stretches, right.stretches)):
        moved = np.abs(to_numpy(ours) - theirs).sum(0) / 2
        assert moved.mean() < 0.02
    assert abs(float(result.moving) - right.moving) < 1e-3


def test_a_gpu_gets_a_million(monkeypatch):
    monkeypatch.setattr(module, "device_for", lambda parallel, device: "cuda")
    seen = []
    monkeypatch.setattr(module, "_units", lambda P, device: seen.append((P, device)) or (1 / 0))
    with pytest.raises(ZeroDivisionError):
        bifurcation(0.0, 2)
    assert seen == [(1_000_000, "cuda")]


@pytest.mark.thorough
def test_the_live_figure_holds_everywhere_and_lets_the_device_be_chosen():
    figure = live(
        bifurcation,
        figures.bifurcation,
        figures.bifurcation_words,
        b=slider(-1.0, 1.0, 0.1, step=0.01),
        steps=integer(2, 1000, 30),
    )
    assert figure.picks_device and "20,000 units" in figure.words
    assert corners_and_random(figure, seconds=3) >= 4


def test_the_dotted_line_is_where_rests_are_unstable():
    for b in (0.0, 0.3, -0.7):
        w, h = figures.unstable(b)
        drawn = np.isfinite(w)
        assert drawn.any() and np.allclose(np.tanh(w[drawn] * h[drawn] + b), h[drawn], atol=1e-9)
        assert (np.abs(w[drawn] * (1 - h[drawn] ** 2)) > 1).all()
