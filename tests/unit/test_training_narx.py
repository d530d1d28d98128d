"""Levenberg and Marquardt's method and NARX fits: against closed forms, other solvers, and one after another."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.gradients.narx import NarxShape
from rnnlab.models.narx import free_run, narx_network, one_step
from rnnlab.systems.chen import chen, held_input
from rnnlab.training.levenberg_marquardt import damped_step, levenberg_marquardt
from rnnlab.training.narx import Scaling, fit_narx, start_weights

SHAPE = NarxShape(2, 2, 3)


def data(P=3, T=120, seed=0, **noise):
    rng = np.random.default_rng(seed)
    us = held_input(T, rng, P)
    return us, chen(us, rng, **noise), start_weights(SHAPE, P, rng)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.floats(1e-3, 10))
def test_the_step_is_the_stacked_least_squares_problem(seed, damping):
    rng = np.random.default_rng(seed)
    J, e = rng.normal(size=(9, 4)), rng.normal(size=9)
    JJ = J.T @ J
    stacked = np.vstack([J, np.diag(np.sqrt(damping * np.diag(JJ)))])
    expected = np.linalg.lstsq(stacked, np.r_[e, np.zeros(4)], rcond=None)[0]
    assert np.allclose(damped_step(JJ[None], (J.T @ e)[None], np.array([damping]))[0], expected, rtol=1e-8)


def linear(P=2, T=30, p=4):
    rng = np.random.default_rng(1)
    A, y = rng.normal(size=(T, P, p)), rng.normal(size=(T, P))

    def errors(theta, which):
        return y[:, which] - np.einsum("tKp,Kp->tK", A[:, which], theta)

    return A, y, errors, lambda theta, which: (errors(theta, which), A[:, which])


def test_a_linear_problem_ends_at_its_least_squares():
    A, y, errors, linearise = linear()
    fit = levenberg_marquardt(errors, linearise, np.ones((2, 4)))
    for i in range(2):
        assert np.allclose(fit.theta[i], np.linalg.lstsq(A[:, i], y[:, i], rcond=None)[0], atol=1e-9)
    assert (np.diff(fit.costs, axis=0) <= 1e-12).all()
    assert (fit.iterations < 30).all()


def rosenbrock(theta, which):
    x, y = theta.T
    return -np.stack([1 - x, 10 * (y - x**2)])


def rosenbrock_linearised(theta, which):
    x = theta[:, 0]
    J = np.stack([np.stack([-np.ones_like(x), 0 * x], -1), np.stack([-20 * x, 10 + 0 * x], -1)])
    return rosenbrock(theta, which), J


def test_rosenbrock_is_solved():
    fit = levenberg_marquardt(rosenbrock, rosenbrock_linearised, np.array([[-1.2, 1.0], [2.0, -3.0]]))
    assert np.allclose(fit.theta, 1.0, atol=1e-6)


def test_the_way_there_is_that_of_a_plain_loop():
    start, damping = np.array([-1.2, 1.0]), 10.0
    theta = start
    e, J = (a[:, 0] for a in rosenbrock_linearised(theta[None], None))
    costs, gains = [e @ e], []
    for _ in range(12):
        delta = np.linalg.solve(J.T @ J + damping * np.diag(np.diag(J.T @ J)), J.T @ e)
        trial = rosenbrock((theta + delta)[None], None)[:, 0]
        gains.append((e @ e - trial @ trial) / (e @ e - np.sum((e - J @ delta) ** 2)))
        if gains[-1] > 1e-3:
            theta = theta + delta
            e, J = (a[:, 0] for a in rosenbrock_linearised(theta[None], None))
            damping *= 0.1 if gains[-1] > 0.75 else 1.0
        else:
            damping *= 10
        costs.append(e @ e)
    assert min(gains) < 1e-3 and max(gains) > 0.75, "the way has steps of all kinds"
    fit = levenberg_marquardt(rosenbrock, rosenbrock_linearised, start[None], iterations=12)
    assert np.allclose(fit.costs[:, 0], costs, rtol=1e-8)


def test_a_place_without_a_derivative_is_left_again():
    def linearise(theta, which):
        return 5.0 - theta.T, np.where(theta < 2, 1.0, np.inf)[None]

    fit = levenberg_marquardt(lambda theta, which: 5.0 - theta.T, linearise, np.zeros((1, 1)), damping=1e-6)
    assert 1.9 < fit.theta[0, 0] < 2
    assert np.isclose(fit.costs[-1, 0], (5.0 - fit.theta[0, 0]) ** 2)


def test_a_step_into_the_infinite_is_undone():
    def errors(theta, which):
        with np.errstate(divide="ignore"):
            return 1.0 - np.log(theta.T)

    def linearise(theta, which):
        with np.errstate(divide="ignore"):
            return errors(theta, which), (1 / theta)[None]

    fit = levenberg_marquardt(errors, linearise, np.array([[20.0]]), damping=1e-6)
    assert np.allclose(fit.theta, np.e, atol=1e-6)
    with pytest.raises(ValueError, match="not finite at the start"):
        levenberg_marquardt(errors, linearise, np.array([[0.0]]))


@pytest.mark.parametrize("parallel, with_starts", [(False, False), (True, False), (True, True)])
def test_together_is_one_after_another(parallel, with_starts):
    us, ys, theta = data(sigma_v=0.1, sigma_w=0.3)
    together = fit_narx(us, ys, SHAPE, theta, parallel, with_starts, iterations=6)
    for i in range(3):
        alone = fit_narx(us[:, [i]], ys[:, [i]], SHAPE, theta[[i]], parallel, with_starts, iterations=6)
        assert np.allclose(alone.theta[0], together.theta[i], rtol=1e-6, atol=1e-9)
        assert np.allclose(alone.descent.costs[:, 0], together.descent.costs[:, i], rtol=1e-6)


def test_costs_never_rise_and_parallel_training_lowers_the_free_runs_error():
    us, ys, theta = data(T=300, sigma_w=0.5)
    errors = {}
    for parallel in (False, True):
        model = fit_narx(us, ys, SHAPE, theta, parallel, iterations=30)
        assert (np.diff(model.descent.costs, axis=0) <= 0).all()
        for mode in (one_step, free_run):
            errors[parallel, mode] = ((mode(model, us, ys, 2, 2) - ys[2:]) ** 2).mean(0)
        mine = errors[parallel, free_run if parallel else one_step]
        assert np.allclose(mine * (len(ys) - 2), model.descent.costs[-1] * model.y_scale.width**2, rtol=1e-9)
    assert (errors[True, free_run] < errors[False, free_run]).all()
    assert (errors[False, one_step] < errors[True, one_step]).all()


@pytest.mark.parametrize("parallel", [False, True])
def test_a_network_is_found_again_from_its_own_clean_outputs(parallel):
    rng = np.random.default_rng(5)
    small = NarxShape(1, 1, 2)
    us, true = rng.normal(size=(80, 1)), start_weights(small, 1, rng)
    network = lambda y, u: narx_network(y, u, *small.weights(true))  # noqa: E731
    ys = np.concatenate([[[0.2]], free_run(network, us, np.full((80, 1), 0.2), 1, 1)])
    model = fit_narx(us, ys, small, true + 0.1 * rng.normal(size=true.shape), parallel, iterations=300)
    assert model.descent.costs[-1, 0] < 1e-12 * model.descent.costs[0, 0]
    mode = free_run if parallel else one_step
    assert np.abs(mode(model, us, ys, 1, 1) - ys[1:]).max() < 1e-2


def test_estimated_starts_lower_the_cost_of_a_noisy_record():
    us, ys, theta = data(P=4, sigma_w=1.0, seed=3)
    fitted = fit_narx(us, ys, SHAPE, theta, True, iterations=20)
    further = fit_narx(us, ys, SHAPE, fitted.theta, True, with_starts=True, iterations=20)
    assert np.allclose(further.descent.costs[0], fitted.descent.costs[-1])
    assert (further.descent.costs[-1] < 0.999 * fitted.descent.costs[-1]).all()


def test_the_scaling_comes_from_training_and_is_undone():
    us, ys, theta = data(sigma_w=0.2)
    model = fit_narx(us, ys, SHAPE, theta, False, iterations=10)
    shifted = fit_narx(us, 50 + 7 * ys, SHAPE, theta, False, iterations=10)
    said, again = one_step(model, us, ys, 2, 2), one_step(shifted, us, 50 + 7 * ys, 2, 2)
    assert np.allclose(again, 50 + 7 * said, rtol=1e-6)
    assert np.allclose(Scaling.of(ys, "ys").apply(ys).std(0), 1 / 3)


@pytest.mark.parametrize(
    "change, words",
    [
        ({"ys": np.ones((120, 3))}, "ys is constant"),
        ({"us": np.zeros((120, 3))}, "us is constant"),
        ({"ys": np.full((120, 3), np.nan)}, "not finite"),
        ({"theta": np.zeros((2, SHAPE.parameters))}, "a row for each column"),
        ({"with_starts": True}, "never runs free"),
    ],
)
def test_what_cannot_be_fitted_gets_a_sentence(change, words):
    us, ys, theta = data()
    given_ = {"us": us, "ys": ys, "shape": SHAPE, "theta": theta, "parallel": False} | change
    with pytest.raises(ValueError, match=words):
        fit_narx(**given_)
