"""Truncated gradients against the triangle of terms, autograd with detach, and all patterns of cuts."""

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.analysis.gradient_costs import by_bptt, random_problem
from rnnlab.analysis.kept_numbers import kept_numbers, memory_of
from rnnlab.analysis.two_walks import terms
from rnnlab.gradients import truncated
from rnnlab.models import tanh_step, unroll

SIZES = {
    "N": st.integers(1, 4),
    "T": st.integers(1, 9),
    "p": st.integers(1, 10),
    "seed": st.integers(0, 2**31),
}


def half_square(h, y):
    return ((h - y) ** 2).sum() / 2


def given_to(problem):
    """What every estimate takes first; a fresh one for each call, since samples are read once."""
    h0, xs, ys, *weights = (torch.tensor(a) for a in problem)
    weights = [w.requires_grad_() for w in weights]
    return tanh_step, half_square, h0, zip(xs, ys, strict=True), weights


def entries(problem):
    """The triangle of every weight of W, (N, N, T, T)."""
    h0, xs, ys, W, U, b = problem
    hs = unroll(tanh_step, h0, xs, W, U, b)
    N = len(W)
    return np.array([[terms(h0, hs, W, 1 - hs**2, hs - ys, i, j) for j in range(N)] for i in range(N)])


@settings(max_examples=40, deadline=None)
@given(**SIZES)
def test_each_truncation_keeps_its_part_of_the_triangle(N, T, p, seed):
    problem = random_problem(N, 2, T, np.random.default_rng(seed))
    triangle = entries(problem)
    t, k = np.mgrid[1 : T + 1, 1 : T + 1]
    parts = {
        truncated.truncated: t - k < p,
        truncated.truncated_in_blocks: (t - 1) // p == (k - 1) // p,
    }
    for how, kept in parts.items():
        found = how(*given_to(problem), p)
        assert np.allclose(found.gradients[0], (triangle * kept).sum((2, 3)), rtol=1e-10, atol=1e-12)
        assert np.allclose(found.h, unroll(tanh_step, problem.h0, problem.xs, *problem[3:])[-1], atol=1e-14)


@settings(max_examples=30, deadline=None)
@given(**SIZES)
def test_nothing_cut_is_bptt(N, T, p, seed):
    problem = random_problem(N, 2, T, np.random.default_rng(seed))
    for how in (truncated.truncated, truncated.truncated_in_blocks):
        for ours, theirs in zip(how(*given_to(problem), T + p).gradients, by_bptt(problem), strict=True):
            assert np.allclose(ours, theirs, rtol=1e-10, atol=1e-12)


def test_one_step_is_autograd_with_a_detach_each_step():
    problem = random_problem(3, 2, 7, np.random.default_rng(0))
    step, loss, h, samples, weights = given_to(problem)
    total = 0
    for x, y in samples:
        h = step(h.detach(), x, *weights)
        total = total + loss(h, y)
    total.backward()
    for how in (truncated.truncated, truncated.truncated_in_blocks):
        for ours, weight in zip(how(*given_to(problem), 1).gradients, weights, strict=True):
            assert torch.allclose(ours, weight.grad, rtol=1e-13)


def test_any_cell_will_do_and_a_weight_out_of_reach_gets_zero():
    cell = torch.nn.GRUCell(2, 3).double()
    spare = torch.zeros(2, requires_grad=True)
    names = [name for name, _ in cell.named_parameters()]

    def step(h, x, *weights):
        return torch.func.functional_call(cell, dict(zip(names, weights, strict=False)), (x[None], h[None]))[
            0
        ]

    rng = np.random.default_rng(1)
    xs, ys = torch.tensor(rng.normal(size=(6, 2))), torch.tensor(rng.normal(size=(6, 3)))
    weights = [*cell.parameters(), spare]
    start = torch.zeros(3).double()
    found = truncated.truncated_in_blocks(step, half_square, start, zip(xs, ys, strict=True), weights, 6)
    whole, _ = torch.nn.utils.rnn.pad_sequence([xs]), None
    gru = torch.nn.GRU(2, 3).double()
    gru.load_state_dict({f"{name}_l0": value for name, value in cell.state_dict().items()})
    half_square(gru(whole)[0][:, 0], ys).backward()
    for ours, theirs in zip(found.gradients[:-1], gru.parameters(), strict=True):
        assert torch.allclose(ours, theirs.grad, rtol=1e-9, atol=1e-12)
    assert not found.gradients[-1].any()


def test_scaled_is_the_same_number_with_another_past():
    for factor in (0.0, 1.0, 1.7):
        h = torch.tensor([0.3, -2.0], requires_grad=True)
        out = truncated.scaled(h, factor)
        assert torch.equal(out, h)
        assert out.requires_grad == (factor != 0)
        if factor:
            out.sum().backward()
            assert torch.allclose(h.grad, torch.full((2,), factor))


@settings(max_examples=20, deadline=None)
@given(T=st.integers(2, 7), mean=st.floats(1.5, 8), alpha=st.floats(3, 8), seed=st.integers(0, 2**31))
def test_artbp_is_the_gradient_on_average_over_all_patterns_of_cuts(T, mean, alpha, seed):
    problem = random_problem(2, 1, T, np.random.default_rng(seed))
    triangle, total = entries(problem), np.zeros((2, 2))
    for cuts in itertools.product((0, 1), repeat=T - 1):
        chance, age, factors = 1.0, 1, []
        for cut in cuts:
            c = truncated.cut_probability(age, mean, alpha)
            chance *= c if cut else 1 - c
            factors.append(0.0 if cut else 1 / (1 - c))
            age = 1 if cut else age + 1
        weights = [[np.prod(factors[k:t]) if k <= t else 0.0 for k in range(T)] for t in range(T)]
        total += chance * (triangle * weights).sum((2, 3))
    assert np.allclose(total, triangle.sum((2, 3)), rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("seed", range(5))
def test_artbp_and_its_factors_draw_the_same_cuts(seed):
    problem = random_problem(3, 2, 12, np.random.default_rng(seed))
    found = truncated.artbp(*given_to(problem), np.random.default_rng(seed), mean=4)
    factors = truncated.artbp_factors(12, 1, np.random.default_rng(seed), mean=4)[:, 0]
    weights = [[np.prod(factors[k:t]) if k <= t else 0.0 for k in range(12)] for t in range(12)]
    assert np.allclose(found.gradients[0], (entries(problem) * weights).sum((2, 3)), rtol=1e-10)


def test_factors_are_one_on_average_and_blocks_are_as_long_as_asked():
    factors = truncated.artbp_factors(200, 4000, np.random.default_rng(2), mean=8, alpha=5)
    error = factors.std(1) / 4000**0.5
    assert np.all(np.abs(factors.mean(1) - 1) < 5 * error)
    survives = np.cumprod(1 - truncated.cut_probability(np.arange(1.0, 1e6), mean=8, alpha=5))
    assert np.isclose(1 + survives.sum(), 8, rtol=1e-9)
    cuts = (factors[100:] == 0).mean()  # long after the start a block in eight ends at each step
    assert np.isclose(cuts, 1 / 8, rtol=0.03)


def test_memory_grows_with_the_length_for_bptt_only():
    kept = memory_of([40, 80, 160])
    a, b, c = kept["BPTT"]
    assert c - b == 2 * (b - a) > 0
    assert len(set(kept["blocks"])) == 1 and kept["blocks"][0] < a
    assert max(kept["ARTBP, peak"]) < c
    assert max(kept["ARTBP, mean"]) < c / 4


def test_kept_numbers_counts_shared_memory_once():
    W, h = torch.ones(5, 5, requires_grad=True), torch.ones(5)

    def run():
        (W @ h).sum().backward()  # keeps h for W's gradient

    def thrice():
        (W @ h + W @ h + W @ h).sum().backward()

    assert kept_numbers(run).most == kept_numbers(thrice).most > 0
    assert kept_numbers(run).mean <= kept_numbers(run).most


def test_bad_input_gets_a_sentence():
    problem = random_problem(2, 1, 3, np.random.default_rng(0))
    with pytest.raises(ValueError, match="p is 0; a truncation looks back on a whole number"):
        truncated.truncated(*given_to(problem), 0)
    with pytest.raises(ValueError, match=r"p is 1\.5"):
        truncated.truncated_in_blocks(*given_to(problem), 1.5)
    step, loss, h0, samples, weights = given_to(problem)
    with pytest.raises(ValueError, match="a weight came as ndarray without requires_grad"):
        truncated.truncated(step, loss, h0, samples, [problem.W], 1)
    for mean, alpha in ((1, 6), (16, 2)):
        with pytest.raises(ValueError, match="expected alpha above 2 and a mean above 1"):
            truncated.artbp(*given_to(problem), np.random.default_rng(0), mean, alpha)
        with pytest.raises(ValueError, match="a cut would be certain"):
            truncated.artbp_factors(5, 1, np.random.default_rng(0), mean, alpha)
