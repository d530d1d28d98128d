"""`fit` against a closed form, and the four trainings of lecture 02 from other seeds than the lecture's."""

import numpy as np
import pytest
import torch

from rnnlab.models import wirings
from rnnlab.systems import moving_dot, strings
from rnnlab.training.fit import drawn, fit

pytestmark = pytest.mark.thorough


def test_fit_finds_the_least_squares_line():
    rng = np.random.default_rng(0)
    A = rng.normal(size=(50, 3))
    y = A @ np.array([1.0, -2.0, 0.5]) + 0.1 * rng.normal(size=50)
    (w,) = drawn(rng, (3,))
    costs = fit(lambda A, y: ((A @ w - y) ** 2).mean(), [w], [(A, y)] * 800, lr=0.05)
    assert np.allclose(w.detach(), np.linalg.lstsq(A, y, rcond=None)[0], atol=1e-4)
    assert len(costs) == 800 and costs[-1] < costs[0]


def test_the_same_generator_gives_the_same_weights():
    one, two = (drawn(np.random.default_rng(5), (9, 4), (9,)) for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(one, two, strict=True))
    assert all(w.abs().max() <= 1 / 3 and w.requires_grad and w.dtype == torch.float64 for w in one)


def test_no_batches_and_no_numbers_get_a_sentence():
    (w,) = drawn(np.random.default_rng(0), (2,))
    with pytest.raises(ValueError, match="0 steps"):
        fit(lambda: w.sum(), [w], [], lr=0.1)
    with pytest.raises(ValueError, match="smaller learning rate"):
        fit(lambda a: (w * a).sum(), [w], [(np.array([np.inf, 1.0]),)], lr=0.1)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_acceptor_is_learned_from_short_strings_and_holds_for_long_ones(seed):
    rng = np.random.default_rng(seed)
    weights = drawn(rng, (8, 8), (8, 1), (8, 1), (1, 8), (1, 1))
    log_loss = torch.nn.functional.binary_cross_entropy_with_logits
    batches = strings.even_zeros_batches(rng, steps=1000)
    fit(lambda xs, ys: log_loss(wirings.elman(xs, *weights), ys), weights, batches, lr=0.02)
    bits = np.random.default_rng(99).integers(0, 2, size=(100, 1, 200))
    says = wirings.elman(torch.tensor(2.0 * bits - 1), *weights).detach().numpy()
    assert np.array_equal(says > 0, strings.even_zeros(bits))
    assert np.abs(says).min() > 1


def test_elman_echoes_and_jordan_does_not():
    shares = {}
    for model, heard in ((wirings.elman, 16), (wirings.jordan, 1)):
        weights = drawn(np.random.default_rng(3), (16, heard), (16, 1), (16, 1), (1, 16), (1, 1))
        batches = strings.echo_batches(np.random.default_rng(4), steps=600)
        fit(lambda xs, ys, f=model, w=weights: ((f(xs, *w) - ys) ** 2).mean(), weights, batches, lr=0.02)
        xs, ys = next(strings.echo_batches(np.random.default_rng(5), steps=1, T=50, B=300))
        right = (model(torch.tensor(xs), *weights).detach().numpy() > 0) == (ys > 0)
        shares[model] = right[1:].mean()
    assert shares[wirings.elman] > 0.99
    assert shares[wirings.jordan] < 0.75


def test_behind_the_wall_a_frame_alone_is_no_better_than_one_number():
    rng, errors = np.random.default_rng(6), {}
    frames, places, hidden = moving_dot.film(np.random.default_rng(7), T=40, B=200)
    hidden = hidden & (np.arange(40) >= 20)[:, None, None]
    for model, heard in ((wirings.elman, ((24, 24),)), (wirings.feed_forward, ())):
        weights = drawn(rng, *heard, (24, 16), (24, 1), (1, 24), (1, 1))
        batches = moving_dot.film_batches(np.random.default_rng(8), steps=1000)
        fit(lambda xs, ys, f=model, w=weights: ((f(xs, *w) - ys) ** 2).mean(), weights, batches, lr=0.01)
        errors[model] = np.mean(
            (model(torch.tensor(frames), *weights).detach().numpy() - places)[hidden] ** 2
        )
    floor = places[hidden].var()
    assert floor <= errors[wirings.feed_forward] < 1.1 * floor
    assert errors[wirings.elman] < floor / 8
