"""Exercise 04 against oracles: autograd through the whole network, complex steps, and a table of symptoms."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.analysis.gradient_costs import bptt_cost, random_problem, rtrl_cost
from rnnlab.figures import exercise_04 as figures
from rnnlab.questions.q04_bptt_and_rtrl.adjoints import adjoints
from rnnlab.questions.q04_bptt_and_rtrl.budget import BUDGET, budget
from rnnlab.questions.q04_bptt_and_rtrl.feedback import feedback_gradient
from rnnlab.questions.q04_bptt_and_rtrl.programs import SLIPS
from rnnlab.questions.q04_bptt_and_rtrl.sensitivity import sensitivity_step

SIZES = {
    "N": st.integers(1, 4),
    "K": st.integers(1, 3),
    "T": st.integers(1, 7),
    "seed": st.integers(0, 2**31),
}


def network(N, K, T, seed):
    rng = np.random.default_rng(seed)
    shapes = {
        "h0": (N,),
        "xs": (T, 2),
        "ys": (T, K),
        "W": (N, N),
        "F": (N, K),
        "U": (N, 2),
        "b": (N,),
        "V": (K, N),
    }
    return {name: 0.7 * rng.normal(size=shape) for name, shape in shapes.items()}


def run(n, F=None, xp=np):
    """h_1 … h_T of h_t = tanh(W h_{t−1} + F o_{t−1} + U x_t + b), o_t = V h_t."""
    h, hs = n["h0"], []
    for x in n["xs"]:
        h = xp.tanh(n["W"] @ h + (n["F"] if F is None else F) @ (n["V"] @ h) + n["U"] @ x + n["b"])
        hs.append(h)
    return hs


@settings(max_examples=60, deadline=None)
@given(**SIZES)
def test_adjoints_and_the_feedback_gradient_are_autograds(N, K, T, seed):
    n = network(N, K, T, seed)
    tensors = {name: torch.tensor(array) for name, array in n.items()}
    tensors["F"].requires_grad_()
    hs = run(tensors, xp=torch)
    for h in hs:
        h.retain_grad()
    (sum(((tensors["V"] @ h - y) ** 2).sum() for h, y in zip(hs, tensors["ys"], strict=True)) / 2).backward()
    states, dhs = np.array([h.detach().numpy() for h in hs]), np.array([h.grad.numpy() for h in hs])
    assert np.allclose(adjoints(states, n["ys"], n["W"], n["F"], n["V"]), dhs, rtol=1e-11, atol=1e-11)
    ours = feedback_gradient(n["h0"], states, n["V"], dhs)
    assert np.allclose(ours, tensors["F"].grad, rtol=1e-11, atol=1e-11)


@settings(max_examples=60, deadline=None)
@given(i=st.integers(0, 3), j=st.integers(0, 2), **SIZES)
def test_sensitivity_steps_add_up_to_the_complex_step(N, K, T, seed, i, j):
    n, i, j = network(N, K, T, seed), i % N, j % K
    hs, s = run(n), np.zeros(N)
    for before, h in zip([n["h0"], *hs[:-1]], hs, strict=True):
        s = sensitivity_step(s, before, h, n["W"], n["F"], n["V"], i, j)
    nudged = n["F"].astype(complex)
    nudged[i, j] += 1e-30j
    assert np.allclose(s, run(n, nudged)[-1].imag / 1e-30, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("N, D, T, M", BUDGET.draws)
def test_one_of_the_two_fits_and_the_counts_are_the_lectures(N, D, T, M):
    backward, forward = bptt_cost(N, D, T), rtrl_cost(N, D, T)
    assert (backward.numbers <= M) != (forward.numbers <= M)
    fits = backward if backward.numbers <= M else forward
    assert budget(N, D, T, M) == (backward.numbers, forward.numbers, fits.products)


RIGHT = {  # in which trials each slip does not show
    "transpose": {"one step", "W symmetric"},
    "last use": {"one step"},
    "slope": {"tiny states"},
    "shift": set(),
    "losses": {"one step", "loss at the end only"},
    "mean": {"one step", "direction"},
}


@pytest.mark.parametrize("kind, slip", list(enumerate(SLIPS)))
def test_each_slip_has_its_own_symptoms(kind, slip):
    errors = dict(zip(figures.TRIALS, figures.symptoms(kind), strict=True))
    assert {trial for trial, error in errors.items() if error < 1e-6} == RIGHT[slip]
    assert min([error for error in errors.values() if error >= 1e-6]) > 0.1


def test_the_program_without_a_slip_is_right():
    h0, xs, ys, W, U, b = problem = random_problem(3, 2, 6, np.random.default_rng(11))
    weight = torch.tensor(W, requires_grad=True)
    h, loss = torch.tensor(h0), 0
    for x, y in zip(torch.tensor(xs), torch.tensor(ys), strict=True):
        h = torch.tanh(weight @ h + torch.tensor(U) @ x + torch.tensor(b))
        loss = loss + ((h - y) ** 2).sum() / 2
    loss.backward()
    assert np.allclose(figures.wrong_gradient(None, problem, at_end=False), weight.grad, rtol=1e-12)


@pytest.mark.parametrize("answer", [..., np.ones((5, 3)), np.zeros((4, 2)), [1.0, 2.0]], ids=str)
def test_the_picture_of_blame_shows_right_and_wrong_ones(answer):
    drawing = figures.blame(answer)
    data, _ = drawing._repr_mimebundle_()
    assert data["image/png"].startswith(b"\x89PNG")


def test_the_picture_of_three_programs_can_be_read_without_seeing_it():
    alt = figures.three_programs(0, 2, 4).alt
    assert "A: one step 0" in alt and "C: one step 0, loss at the end only 0" in alt
