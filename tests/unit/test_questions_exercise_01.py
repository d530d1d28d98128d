"""Exercise 01 against oracles: convolution, autograd, counting, and trying every neighbour."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rnnlab.figures import exercise_01 as figures
from rnnlab.questions.q01_impulse_response.causes import CAUSE, CAUSES
from rnnlab.questions.q01_impulse_response.echoes import echoes
from rnnlab.questions.q01_impulse_response.gradient import weight_gradient
from rnnlab.questions.q01_impulse_response.rate import RATE, best
from rnnlab.questions.q01_impulse_response.steps import STEPS, steps

SEQUENCES = arrays(np.float64, st.integers(1, 12), elements=st.floats(-3, 3))


@settings(max_examples=100, deadline=None)
@given(SEQUENCES, st.floats(-0.95, 0.95), st.floats(-3, 3), st.integers(1, 6))
def test_echoes_are_a_convolution_with_their_impulse_response(xs, w, u, d):
    kernel = echoes(np.eye(len(xs))[0], w, u, d)
    assert np.allclose(echoes(xs, w, u, d), np.convolve(xs, kernel)[: len(xs)], atol=1e-12)


@settings(max_examples=50, deadline=None)
@given(SEQUENCES, st.floats(-2, 2), st.floats(-0.95, 0.95))
def test_the_weight_gradient_is_autograds(xs, y, w):
    weight = torch.tensor(w, dtype=torch.float64, requires_grad=True)
    r = torch.zeros((), dtype=torch.float64)
    for x in xs:
        r = weight * torch.tanh(r) + x
    (expected,) = torch.autograd.grad((r - y) ** 2 / 2, weight, allow_unused=True)
    assert np.isclose(weight_gradient(xs, y, w), expected or 0.0, atol=1e-12)


@pytest.mark.parametrize("w, d", STEPS.draws)
def test_the_first_echo_of_one_per_cent_is_the_first_one(w, d):
    heights = np.abs(echoes(np.eye(1000)[0], w, 1.0, d))
    quiet = [t for t in range(d, 1000, d) if heights[t] <= 0.01]
    assert steps(w, d) == quiet[0]
    assert abs(heights[steps(w, d)] - 0.01) > 1e-9, "too near to be decided in floating point"


@pytest.mark.parametrize("a, b, c", RATE.draws)
def test_no_other_rate_has_a_smaller_factor(a, b, c):
    hessian, (rate, factor) = 2 * np.array([[a, b], [b, c]]), best(a, b, c)
    assert np.linalg.eigvalsh(hessian)[0] > 0
    assert np.isclose(np.linalg.norm(np.eye(2) - rate * hessian, 2), factor)
    for other in (0.98 * rate, 1.02 * rate):
        assert np.linalg.norm(np.eye(2) - other * hessian, 2) > factor


def by_autograd(cause: str, w: float) -> np.ndarray:
    """|∂L/∂h_t| over its last value, by stepping the unit that the exercise describes."""
    T, d = figures.STEPS, figures.WAIT if cause == "delay" else 1
    w = 1 / w if cause == "explosion" else w
    x = figures.DRIVE if cause == "saturation" else 0.0
    hs = [torch.zeros((), dtype=torch.float64)] * d
    for _ in range(T):
        h = w * hs[-d] + x
        hs.append((torch.tanh(h) if cause == "saturation" else h).requires_grad_(True))
        hs[-1].retain_grad()
    states = hs[d:]
    loss = sum(states) if cause == "every step" else states[-1]
    loss.backward()
    dh = np.array([0.0 if h.grad is None else float(h.grad) for h in states])
    return np.abs(dh / dh[-1])


@pytest.mark.parametrize("kind, cause", list(enumerate(CAUSES)))
@pytest.mark.parametrize("w", sorted({draw[-1] for draw in CAUSE.draws}))
def test_each_picture_is_drawn_of_the_unit_that_is_its_cause(kind, cause, w):
    assert np.allclose(figures.sick_gradient(kind, w), by_autograd(cause, w), rtol=1e-12)


@pytest.mark.parametrize("w", sorted({draw[-1] for draw in CAUSE.draws}))
def test_the_causes_can_be_told_apart_by_the_ratio_of_neighbours(w):
    last = {cause: figures.sick_gradient(kind, w)[-2] for kind, cause in enumerate(CAUSES)}
    assert last["weight"] == pytest.approx(w)
    assert last["saturation"] < 0.9 * w
    assert last["delay"] == 0
    assert last["every step"] == pytest.approx(1 + w)
    assert last["explosion"] == pytest.approx(1 / w)


@pytest.mark.parametrize(
    "answer",
    [..., np.eye(20)[0], np.zeros(5), np.full(4, np.nan), [1.0, np.inf], 3.0, np.zeros((3, 1))],
    ids=str,
)
def test_the_picture_of_a_response_shows_right_and_wrong_ones(answer):
    drawing = figures.response(answer)
    assert drawing.alt
    assert drawing.png().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "answer", [..., best(2.0, 0.3, 0.6), (5.0, 0.1), (0.0, 0.0), 0.3, (-1.0, 2.0)], ids=str
)
def test_the_picture_of_a_descent_shows_right_and_wrong_ones(answer):
    drawing = figures.descent(2.0, 0.3, 0.6, answer)
    assert drawing.alt
    assert drawing.png().startswith(b"\x89PNG")


def test_the_picture_of_three_gradients_can_be_read_without_seeing_it():
    alt = figures.three_gradients(0, 2, 4, 0.8).alt
    assert "A has 24 values, 0.0059 at t = 1" in alt
    assert "B has 6 values" in alt
