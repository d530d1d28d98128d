"""Exercise 09 against oracles: autograd, simulated passes and learners, and gradients followed to their end."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.figures import exercise_09 as figures
from rnnlab.questions.q09_truncated_bptt.attached import train
from rnnlab.questions.q09_truncated_bptt.gradients import gradients
from rnnlab.questions.q09_truncated_bptt.noise import NOISE, variance
from rnnlab.questions.q09_truncated_bptt.online import online
from rnnlab.questions.q09_truncated_bptt.rates import RATES, rates
from rnnlab.questions.q09_truncated_bptt.systems import FATES
from rnnlab.questions.scoring import SLACK


@settings(max_examples=40, deadline=None)
@given(T=st.integers(1, 8), seed=st.integers(0, 2**31))
def test_all_uses_give_the_gradient_of_the_loss(T, seed):
    rng = np.random.default_rng(seed)
    x0s, cs, (theta, mu) = rng.normal(size=3), rng.normal(size=T), rng.normal(size=2)
    push = torch.tensor(theta, requires_grad=True)
    states = torch.tensor(x0s) + push * torch.tensor(np.cumsum(cs))[:, None]
    ((states - mu) ** 2).mean(1).sum().backward()
    assert np.isclose(gradients(x0s, theta, cs, mu, T).sum(), push.grad, rtol=1e-10, atol=1e-12)


def one_pass(T, c, rate, how):
    """θ after a pass from θ = 1 and m = 0."""
    m, theta, total = 0.0, 1.0, 0.0
    for t in range(1, T + 1):
        m += c * theta
        if how == "online":
            theta -= rate * 2 * m * c
        total += 2 * m * c * (t if how == "full" else 1)
    return theta if how == "online" else theta - rate * total


@pytest.mark.parametrize("T, c", RATES.draws)
def test_each_rate_is_a_limit_from_both_sides(T, c):
    for rate, how in zip(rates(T, c), ("full", "frozen", "online"), strict=True):
        assert abs(one_pass(T, c, 0.999 * rate, how)) < 1 < abs(one_pass(T, c, 1.001 * rate, how))
        below = [abs(one_pass(T, c, share * rate, how)) for share in np.linspace(0.01, 0.99, 60)]
        assert max(below) < 1


@pytest.mark.parametrize("T, c", RATES.draws)
def test_no_drift_has_the_same_effect_once_or_doubled_as_squared(T, c):
    plain = np.array(rates(T, 1.0))
    for factor in (1, c, 2 * c, 2 * c**2, c**2 / 2, 1 / c, 1 / c**2):
        assert (np.abs(plain / factor / rates(T, c) - 1) > 2 * SLACK * RATES.rtol).all(), factor


@pytest.mark.parametrize("T, c, sigma, eta", NOISE.draws[::4])
def test_learners_scatter_as_predicted(T, c, sigma, eta):
    rng, theta = np.random.default_rng(0), np.zeros(4000)
    t = np.arange(1, T + 1)[:, None]
    for _ in range(80):
        x0 = sigma * rng.normal(size=4000)
        theta = theta - eta * (2 * (x0 + c * t * theta) * c * t).sum(0)
    assert abs(theta.var() / variance(T, c, sigma, eta) - 1) < 0.12


def test_online_goes_round_and_blocks_of_one_are_online():
    thetas = online(0.0, 1.0, np.ones(2000), 0.0, 0.02)
    assert np.isclose(np.abs(thetas[:1000]).max(), np.abs(thetas[1000:]).max(), rtol=0.01)


def test_one_block_is_autograds_gradient():
    rng = np.random.default_rng(1)
    xs, ys = rng.normal(size=(2, 6))
    w = torch.tensor(0.7, dtype=torch.float64, requires_grad=True)
    h, s, loss = 0.4, -0.2, 0.0
    for x, y in zip(xs, ys, strict=True):
        h = torch.tanh(w * h + s + x)
        s = 0.8 * s + 0.2 * h
        loss = loss + (h - y) ** 2 / 2
    loss.backward()
    assert np.allclose(train(0.7, 0.4, -0.2, xs, ys, 6, 0.1), [0.7 - 0.1 * w.grad.item()], rtol=1e-12)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("kind", range(3))
def test_each_system_has_its_fate(kind, seed):
    g, y = figures.system(kind, seed)
    whole, near = g.sum(1), g[:, : figures.KEPT].sum(1)
    best, theta = (y @ whole) / (whole @ whole), 0.7
    for _ in range(400):
        theta -= 0.02 * ((theta * whole - y) @ near)
    fate = "away" if abs(theta) > 50 else "same" if abs(theta - best) < 1e-3 else "moved"
    assert fate == FATES[kind]
    assert fate != "moved" or abs(theta - best) > 0.05


@pytest.mark.parametrize("answer", [..., np.ones(30), [1.0], np.full(5, 1e9)], ids=str)
def test_the_picture_of_a_path_shows_right_and_wrong_ones(answer):
    data, _ = figures.own_path(answer)._repr_mimebundle_() if answer is not ... else ({}, None)
    assert answer is ... or data["image/png"].startswith(b"\x89PNG")
    assert figures.own_path(answer).alt


def test_the_picture_of_three_systems_can_be_read_without_seeing_it():
    alt = figures.three_systems(2, 0, 1, 5).alt
    assert "A: near [-" in alt and "whole" in alt
