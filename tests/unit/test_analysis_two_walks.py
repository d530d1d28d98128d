"""The triangle of terms and the two walks over it, against BPTT, complex steps, and each mistake in full."""

import itertools

import numpy as np
import pytest

from rnnlab.analysis.gradient_costs import random_problem
from rnnlab.analysis.two_walks import (
    BACKWARD_MISTAKES,
    FORWARD_MISTAKES,
    MISTAKES,
    STEPS,
    WEIGHT,
    terms,
    two_walks,
)
from rnnlab.figures import bptt_and_rtrl as figures
from rnnlab.figures.exercise_04 import wrong_gradient
from rnnlab.gradients import bptt, complex_step
from rnnlab.models import tanh_step, unroll

PROBLEM = random_problem(3, 2, STEPS, np.random.default_rng(4))
h0, xs, ys, W, U, b = PROBLEM
HS = unroll(tanh_step, h0, xs, W, U, b)
GRADIENTS = bptt(h0, xs, HS, W, 1 - HS**2, HS - ys)


@pytest.mark.parametrize("i, j", list(itertools.product(range(3), range(3))))
def test_the_triangle_sums_to_the_gradient_by_rows_and_by_columns(i, j):
    triangle = terms(h0, HS, W, 1 - HS**2, HS - ys, i, j)
    assert np.allclose(triangle, np.tril(triangle))
    assert np.isclose(triangle.sum(), GRADIENTS.dW[i, j], rtol=1e-12)
    uses = (1 - HS**2)[:, i] * GRADIENTS.dhs[:, i] * np.vstack([h0, HS[:-1]])[:, j]
    assert np.allclose(triangle.sum(0), uses, rtol=1e-12)


@pytest.mark.parametrize("step", range(1, STEPS + 1))
def test_what_is_held_is_what_the_lecture_says(step):
    result = two_walks(step, 8, 100)
    assert np.allclose(result.backward.held, GRADIENTS.dhs[STEPS - step], rtol=1e-12)
    sensitivity = [
        complex_step(lambda W, k=k: unroll(tanh_step, h0, xs, W, U, b)[step - 1][k], W)[WEIGHT]
        for k in range(3)
    ]
    assert np.allclose(result.forward.held, sensitivity, rtol=1e-12)
    columns = range(STEPS - step + 1, STEPS + 1)
    assert result.backward.done.sum() == sum(STEPS - k + 1 for k in columns)
    assert result.forward.done.sum() == step * (step + 1) // 2


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_spoils_one_walk_and_leaves_the_other(mistake):
    result = two_walks(STEPS, 8, 100, mistake)
    right = [np.isclose(walk.sums[-1], result.gradient) for walk in (result.backward, result.forward)]
    assert right == [mistake not in BACKWARD_MISTAKES, mistake not in FORWARD_MISTAKES]


SLIPS = {
    "W instead of its transpose": 0,
    "the last step only": 1,
    "1 − a² for 1 − h²": 2,
    "h after the step, not before": 3,
    "the losses on the way forgotten": 4,
    "mean instead of sum": 5,
}


@pytest.mark.parametrize("mistake", BACKWARD_MISTAKES)
def test_each_backward_mistake_is_the_program_with_that_slip(mistake):
    sums = two_walks(STEPS, 8, 100, mistake).backward.sums
    assert np.isclose(sums[-1], wrong_gradient(SLIPS[mistake], PROBLEM, at_end=False)[WEIGHT], rtol=1e-12)


def test_the_influence_that_is_not_moved_is_a_plain_sum():
    result = two_walks(STEPS, 8, 100, "influence not moved by J")
    s, total = np.zeros(3), 0.0
    for t in range(STEPS):
        s = s + (1 - HS[t] ** 2) * np.eye(3)[WEIGHT[0]] * [h0, *HS][t][WEIGHT[1]]
        total += (HS - ys)[t] @ s
    assert np.isclose(result.forward.sums[-1], total)
    assert np.allclose(result.forward.held, s)


def test_every_corner_of_the_live_figure_draws():
    fig, update = figures.two_walks(two_walks(0, 1, 1))
    fig.alt = "a test"
    for step, n, T, mistake in itertools.product((0, STEPS), (1.0, 1024.0), (1.0, 1e6), MISTAKES):
        result = two_walks(step, n, T, mistake)
        update(result)
        words = figures.two_walks_words(result)
        assert f"After {step} of {STEPS}" in words and "nan" not in words
        low, high = fig.axes[2].get_ylim()
        assert low < min(result.backward.sums.min(), result.gradient) < high
    assert fig.png().startswith(b"\x89PNG")


def test_the_still_figures_say_what_they_show():
    triangle = terms(h0, HS, W, 1 - HS**2, HS - ys, *WEIGHT)
    assert f"each side sums to {triangle.sum():.4f}" in figures.two_orders(triangle).alt
    assert "36 coloured cells" in figures.triangle_of_terms(triangle).alt
