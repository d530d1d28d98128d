"""Clips, momentum and RProp against torch, and by what they promise, for random gradients of many sizes."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.analysis.momentum import best_heavy, best_plain, iterations, slowest_factor, steps_needed
from rnnlab.training.clipping import (
    RpropState,
    clip_by_element,
    clip_by_norm,
    heavy_ball,
    joint_norm,
    rprop_step,
)

SHAPES = ((3, 3), (3, 2), (3,), (1, 3))
SEEDS = st.integers(0, 2**31)


def gradients(seed, size=1.0):
    rng = np.random.default_rng(seed)
    return [size * rng.normal(size=shape) for shape in SHAPES]


def flat(arrays):
    return np.concatenate([np.ravel(a) for a in arrays])


@settings(max_examples=80, deadline=None)
@given(seed=SEEDS, size=st.floats(1e-6, 1e6), longest=st.floats(1e-3, 1e3))
def test_clipping_by_norm_shortens_and_never_turns(seed, size, longest):
    before = gradients(seed, size)
    after = clip_by_norm(before, longest)
    norm = np.linalg.norm(flat(before))
    assert np.isclose(joint_norm(before), norm, rtol=1e-12)
    assert np.isclose(joint_norm(after), min(norm, longest), rtol=1e-12)
    assert np.allclose(flat(after) / np.linalg.norm(flat(after)), flat(before) / norm, atol=1e-12)
    if norm <= longest:
        assert all(np.array_equal(a, b) for a, b in zip(after, before, strict=True))


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS, longest=st.floats(0.1, 10))
def test_both_clips_are_torchs(seed, longest):
    ours = gradients(seed)
    for clip, theirs in (
        (clip_by_norm, torch.nn.utils.clip_grad_norm_),
        (clip_by_element, torch.nn.utils.clip_grad_value_),
    ):
        parameters = [torch.nn.Parameter(torch.tensor(g)) for g in ours]
        for parameter, g in zip(parameters, ours, strict=True):
            parameter.grad = torch.tensor(g)
        theirs(parameters, longest)
        wanted = flat([p.grad.numpy() for p in parameters])
        assert np.allclose(flat(clip(ours, longest)), wanted, rtol=2e-5)  # torch adds 1e-6 to the length
        on_tensors = clip([torch.tensor(g) for g in ours], longest)
        assert np.allclose(flat([g.numpy() for g in on_tensors]), flat(clip(ours, longest)), rtol=1e-14)


def test_by_element_turns_and_by_norm_does_not():
    g = np.array([3.0, 0.1])
    assert np.allclose(clip_by_element([g], 0.5)[0], [0.5, 0.1])
    assert np.isclose(np.cross(np.append(g, 0), np.append(clip_by_norm([g], 0.5)[0], 0))[2], 0)


def test_clipping_changes_nothing_in_place():
    before = gradients(0, 100.0)
    kept = [g.copy() for g in before]
    clip_by_norm(before, 1.0)
    clip_by_element(before, 1.0)
    assert all(np.array_equal(a, b) for a, b in zip(before, kept, strict=True))


@pytest.mark.parametrize("threshold", [0.0, -1.0, np.nan])
def test_a_threshold_is_positive(threshold):
    for clip in (clip_by_norm, clip_by_element):
        with pytest.raises(ValueError, match="above zero"):
            clip(gradients(0), threshold)


def test_what_has_no_direction_is_refused_in_words():
    with pytest.raises(ValueError, match="no direction left"):
        clip_by_norm([np.array([np.inf, 1.0])], 1.0)
    with pytest.raises(ValueError, match="no gradients"):
        clip_by_norm([], 1.0)


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS, lr=st.floats(0.01, 0.2), beta=st.floats(0, 0.95))
def test_the_heavy_ball_is_torchs_momentum(seed, lr, beta):
    A = np.random.default_rng(seed).normal(size=(3, 3))
    H, theta = A @ A.T / 4, np.ones(3)
    parameter = torch.nn.Parameter(torch.tensor(theta))
    optimiser = torch.optim.SGD([parameter], lr=lr, momentum=beta)
    path = [theta]
    for _ in range(25):
        parameter.grad = torch.tensor(H) @ parameter.detach()
        optimiser.step()
        path.append(parameter.detach().numpy().copy())
    assert np.allclose(heavy_ball(lambda t: H @ t, theta, lr, beta, 25), path, rtol=1e-9, atol=1e-12)


def test_momentum_keeps_a_fraction():
    with pytest.raises(ValueError, match="0 ≤ β < 1"):
        heavy_ball(lambda t: t, np.ones(1), 0.1, 1.0, 3)


@pytest.mark.parametrize("kappa", [10, 100, 400])
def test_best_rates_are_best_and_take_kappa_and_root_kappa(kappa):
    lr, beta = best_heavy(kappa)
    root = kappa**0.5
    assert np.isclose(slowest_factor(kappa, best_plain(kappa), 0.0), (kappa - 1) / (kappa + 1), rtol=1e-9)
    assert np.isclose(slowest_factor(kappa, lr, beta), (root - 1) / (root + 1), rtol=1e-5)
    for other in (0.9, 1.1):
        assert slowest_factor(kappa, other * best_plain(kappa), 0.0) > (kappa - 1) / (kappa + 1)
        assert slowest_factor(kappa, other * lr, beta) > (root - 1) / (root + 1)
    plain, heavy = iterations(kappa, best_plain(kappa), 0.0), iterations(kappa, lr, beta)
    assert np.isclose(plain, np.log(1e6) * kappa / 2, rtol=0.1)
    assert np.log(1e6) * root / 2 < heavy < 1.6 * np.log(1e6) * root / 2
    assert steps_needed(kappa, beta) < steps_needed(kappa, 0.5 * beta)
    assert steps_needed(kappa, beta) < steps_needed(kappa, 0.5 + 0.5 * beta)


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS)
def test_rprop_is_torchs(seed):
    rng = np.random.default_rng(seed)
    A = rng.normal(size=(3, 3))
    H, theta = A @ A.T + 0.1 * np.eye(3), rng.normal(size=3)
    parameter = torch.nn.Parameter(torch.tensor(theta))
    optimiser, state = torch.optim.Rprop([parameter], lr=0.02), RpropState(np.full(3, 0.02), np.zeros(3))
    for _ in range(40):
        theta, state = rprop_step(theta, H @ theta, state)
        parameter.grad = torch.tensor(H) @ parameter.detach()
        optimiser.step()
        assert np.allclose(theta, parameter.detach(), rtol=1e-12, atol=1e-13)


def test_rprop_does_not_see_the_length():
    theta, g = np.array([1.0, -2.0, 0.5]), np.array([3.0, -1e-8, 1e6])
    state = RpropState(np.full(3, 0.1), np.array([1.0, 1.0, -1.0]))
    assert np.array_equal(rprop_step(theta, g, state)[0], rprop_step(theta, 1e5 * g, state)[0])
