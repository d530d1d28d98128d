"""What is said of reservoirs in lecture 08, against autograd, closed forms and second views."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.analysis import echoes as analysis
from rnnlab.analysis.explore import MISTAKES, explore, explore_fast
from rnnlab.analysis.forecast import (
    Knobs,
    chaos,
    features,
    forecast,
    free_run,
    narma,
    nrmse,
    reservoir,
    solver_errors,
)
from rnnlab.analysis.reservoir_grid import Split, grid
from rnnlab.figures import echo_state_networks as figures
from rnnlab.models import unroll
from rnnlab.models.reservoir import free_step, reservoir_step, run
from rnnlab.systems.narma import narma10
from rnnlab.training.readout import ridge

pytestmark = pytest.mark.thorough


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.floats(0.05, 1.0))
def test_the_jacobian_is_autograds(seed, alpha):
    rng = np.random.default_rng(seed)
    W, U, b, h, x = (rng.normal(size=shape) for shape in ((6, 6), (6, 2), (6,), (6,), (2,)))
    step = reservoir_step(h, x, W, U, b, alpha)
    Wt, Ut, bt, xt = map(torch.tensor, (W, U, b, x))
    J = torch.autograd.functional.jacobian(
        lambda h: reservoir_step(h, xt, Wt, Ut, bt, alpha), torch.tensor(h)
    )
    assert np.allclose(analysis.jacobian(h, step, W, alpha), J, atol=1e-12)


def test_small_echoes_are_powers_of_the_leaky_map():
    net, knobs = reservoir(20, seed=2, bias=0.0), Knobs(0.9, 0.4, 1e-6)
    M = 0.6 * np.eye(20) + 0.4 * 0.9 * net.W.dense()
    expected = [np.linalg.matrix_power(M, n) @ (0.4e-6 * net.U[:, 0]) for n in range(60)]
    assert np.allclose(analysis.echoes(net, knobs), expected, rtol=1e-6, atol=1e-18)


@pytest.mark.parametrize(
    "rho, size, together", [(0.9, 0, True), (1.3, 0, False), (1.3, 1, True), (2.5, 0.5, False)]
)
def test_runs_merge_where_the_lecture_says_so(rho, size, together):
    assert (analysis.merging(rho, size).distance[-1] < 1e-6) == together


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 500), st.floats(0.1, 1.0), st.floats(0, 3))
def test_a_largest_singular_value_below_one_contracts_under_any_input(seed, alpha, size):
    rng = np.random.default_rng(seed)
    W = rng.normal(size=(8, 8))
    W *= 0.95 / np.linalg.norm(W, 2)
    xs, starts = size * rng.normal(size=(30, 1)), rng.uniform(-1, 1, (2, 8))
    runs = [unroll(reservoir_step, h0, xs, W, np.ones((8, 1)), np.zeros(8), alpha) for h0 in starts]
    distance = np.linalg.norm(np.vstack([starts[0] - starts[1], runs[0] - runs[1]]), axis=1)
    assert (distance[1:] <= (1 - alpha + 0.95 * alpha) * distance[:-1] + 1e-15).all()


def test_capacity_of_a_delay_line_is_its_length():
    us = np.random.default_rng(0).uniform(-1, 1, 1500)
    hs = np.stack([np.roll(us, k) for k in range(1, 8)], axis=1)[20:]
    r2 = analysis.capacity(hs, us[20:], 15)
    assert np.allclose(r2[:7], 1, atol=1e-6)
    assert r2[7:].sum() < 0.3
    with pytest.raises(ValueError, match="too few"):
        analysis.capacity(hs[:30], us[:30], 15)
    with pytest.raises(ValueError, match="input is constant"):
        analysis.capacity(hs, np.ones(len(hs)), 15)


def test_memory_rises_to_the_edge_and_falls():
    result = analysis.edge(np.array([0.3, 0.7, 1.0, 1.3, 1.6]), N=60, T=2000, delays=60)
    best = int(result.capacities.argmax())
    assert result.rhos[best] in (0.7, 1.0)
    assert (np.diff(result.capacities[: best + 1]) > 0).all()
    assert (np.diff(result.capacities[best:]) < 0).all()
    assert result.capacities.max() < 60


def test_a_free_run_is_a_step_and_a_read_out_in_turns():
    net, knobs, xs = reservoir(40), Knobs(0.8, 0.5, 0.7), chaos()[:400]
    hs = run(net, xs[:-1], *knobs, washout=50)
    readout = ridge(features(xs[:-1], hs), xs[51:], 1e-6)
    starts = features(xs[:-1], hs)[[100, 200, 300]].T
    together = free_run(net, knobs, readout, starts, 20)[:, 0]
    W, U = 0.8 * net.W.dense(), 0.7 * net.U
    for j in range(3):
        x, h, said = starts[:1, j], starts[1:, j], []
        for _ in range(20):
            x = readout.V @ np.concatenate([x, h]) + readout.c
            h = reservoir_step(h, x, W, U, net.b, 0.5)
            said.append(x[0])
        assert np.allclose(together[:, j], said, atol=1e-12)
    assert free_step(starts[:, 0], np.zeros(0), W, U, net.b, 0.5, *readout).shape == (41,)


def test_mackey_glass_as_published_with_400_units():
    assert -4.0 < forecast(reservoir(400), Knobs()).score < -3.2


def test_narma_reaches_the_errors_of_the_syllabus():
    assert narma(100) <= 0.35
    assert narma(400) <= 0.20
    assert narma(100, squares=True) < narma(100)


def test_narma_obeys_its_equation():
    us, ys = (v[:, 0] for v in narma10(60, np.random.default_rng(3)))
    for t in range(10, 59):
        y = 0.3 * ys[t] + 0.05 * ys[t] * ys[t - 9 : t + 1].sum() + 1.5 * us[t + 1 - 9] * us[t + 1] + 0.1
        assert np.isclose(ys[t + 1], y)
    with pytest.raises(ValueError, match="at least one step"):
        narma10(0, np.random.default_rng(0))


def test_an_error_of_one_is_the_mean():
    truth = np.array([1.0, 2.0, 4.0])
    assert np.isclose(nrmse(np.full(3, truth.mean()), truth), 1)
    with pytest.raises(ValueError, match="constant"):
        nrmse(truth, np.ones(3))


def test_solvers_agree_where_they_work_and_float32_gives_up_first():
    errors = solver_errors(10.0 ** np.array([-14, -8, -4, 0]), N=200, T=1500)
    low, high = errors["Cholesky, float32"], errors["Cholesky, float64"]
    assert np.isnan(low).sum() > np.isnan(high).sum()
    there = ~np.isnan(high)
    assert np.allclose(high[there], errors["singular values"][there], atol=0.05)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_grid_is_its_points(workers):
    rng = np.random.default_rng(0)
    us = rng.uniform(-1, 1, (260, 1))
    net, data = reservoir(30), Split(us, 0.5 * np.roll(us, 2), washout=20, train=150)

    def point(rho, alpha, scale, lam):
        hs, ys = run(net, us, rho, alpha, scale, washout=20), data.ys[20:]
        return nrmse(ridge(hs[:150], ys[:150], lam)(hs[150:]), ys[150:])

    rhos, alphas, scales = np.array([0.4, 0.9, 1.1]), np.array([0.3, 1.0]), np.geomspace(0.1, 1.0, 5)
    lams = [1e-4, 1e-2]
    over_scale = grid(net, data, lams, rho=rhos[:, None], scale=scales, workers=workers)
    over_leak = grid(net, data, lams, rho=rhos[:, None], alpha=alphas, workers=workers)
    assert np.allclose(over_scale, [[[point(r, 1, s, lam) for lam in lams] for s in scales] for r in rhos])
    assert np.allclose(over_leak, [[[point(r, a, 1, lam) for lam in lams] for a in alphas] for r in rhos])


@pytest.mark.thorough
def test_every_mistake_runs_and_the_visible_ones_hurt():
    honest = explore_fast(0.95, 0.6, 0.5)
    scores = {mistake: explore_fast(0.95, 0.6, 0.5, mistake).score for mistake in MISTAKES}
    assert scores["none"] == honest.score < -2
    assert scores["washout scored"] > -1
    assert scores["scaled by the norm"] > -1
    assert scores["true outputs fed back"] < honest.score - 0.5
    assert abs(scores["bias regularised"] - honest.score) < 0.1
    with pytest.raises(ValueError, match="expected one of none"):
        explore_fast(0.95, 0.6, 0.5, "none at all")


CORNERS = [(rho, alpha, scale) for rho in (0.1, 1.6) for alpha in (0.05, 1.0) for scale in (0.05, 5.0)]


@pytest.mark.parametrize("corner", CORNERS)
def test_the_explorer_is_finite_at_its_corners(corner):
    fig, update = figures.explore(explore_fast(*corner))
    for compute, mistake in (
        (explore, "none"),
        (explore_fast, "leak on the wrong term"),
        (explore_fast, MISTAKES[1]),
    ):
        result = compute(*corner, mistake)
        update(result)
        assert all(np.isfinite(part).all() for part in (result.errors, result.ys, result.echoes))
        assert "log10 NRMSE" in figures.explore_words(result)


@pytest.mark.parametrize("rho", [0.1, 2.5])
@pytest.mark.parametrize("size", [0.0, 3.0])
@pytest.mark.parametrize("alpha", [0.1, 1.0])
def test_merging_is_finite_at_its_corners(rho, size, alpha):
    result = analysis.merging(rho, size, alpha)
    fig, update = figures.merging(result)
    update(result)
    assert np.isfinite(result.distance).all()
    assert "spectral radius" in figures.merging_words(result)
