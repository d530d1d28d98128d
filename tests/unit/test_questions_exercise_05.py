"""Exercise 05 against oracles: autograd through the whole network, torch's clip, powers of matrices, symptoms."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.analysis.sick_training import SETTINGS
from rnnlab.figures import exercise_05 as figures
from rnnlab.questions import check
from rnnlab.questions.check import Status
from rnnlab.questions.q05_gradient_clipping.clipped import clipped_step
from rnnlab.questions.q05_gradient_clipping.curves import WORDS
from rnnlab.questions.q05_gradient_clipping.leaky import lengths
from rnnlab.questions.q05_gradient_clipping.preserved import omega
from rnnlab.questions.q05_gradient_clipping.spectra import SPECTRA, forecast, matrices
from rnnlab.questions.scoring import SLACK

SIZES = {"N": st.integers(1, 4), "T": st.integers(1, 7), "seed": st.integers(0, 2**31)}


@settings(max_examples=40, deadline=None)
@given(B=st.integers(1, 4), longest=st.floats(0.1, 5), lr=st.floats(0.01, 1), **SIZES)
def test_a_clipped_step_is_that_of_torch_a_sequence_at_a_time(B, longest, lr, N, T, seed):
    rng = np.random.default_rng(seed)
    W, b, dWs, dbs = (rng.normal(size=s) for s in ((N, N), (N,), (B, N, N), (B, N)))
    total = [np.zeros((N, N)), np.zeros(N)]
    for dW, db in zip(dWs, dbs, strict=True):
        parameters = [torch.nn.Parameter(torch.tensor(a)) for a in (W, b)]
        for parameter, g in zip(parameters, (dW, db), strict=True):
            parameter.grad = torch.tensor(g)
        torch.nn.utils.clip_grad_norm_(parameters, longest)
        total = [t + p.grad.numpy() for t, p in zip(total, parameters, strict=True)]
    new = np.hstack([W - lr * total[0] / B, (b - lr * total[1] / B)[:, None]])
    assert np.allclose(clipped_step(W, b, dWs, dbs, longest, lr), new, rtol=1e-4, atol=1e-5)


@settings(max_examples=40, deadline=None)
@given(alpha=st.floats(0.05, 1), **SIZES)
def test_lengths_through_a_leak_are_autograds(alpha, N, T, seed):
    rng = np.random.default_rng(seed)
    W, xs, last = (torch.tensor(rng.normal(size=s)) for s in ((N, N), (T, N), (N,)))
    h, hs, zs = torch.zeros(N, dtype=torch.float64, requires_grad=True), [], []
    for x in xs:
        z = torch.tanh(W @ h + x)
        h = (1 - alpha) * h + alpha * z
        hs.append(h)
        zs.append(z.detach().numpy())
    sizes = [g.norm().item() for g in torch.autograd.grad(h @ last, hs)]
    assert np.allclose(lengths(np.array(zs), W.numpy(), alpha, last.numpy()), sizes, rtol=1e-10)


@settings(max_examples=40, deadline=None)
@given(**SIZES)
def test_omega_is_made_of_autograds_lengths(N, T, seed):
    rng = np.random.default_rng(seed)
    W, xs, last = (torch.tensor(rng.normal(size=s)) for s in ((N, N), (T, N), (N,)))
    rs = [torch.tensor(rng.normal(size=N), requires_grad=True)]
    for x in xs:
        rs.append(W @ torch.tanh(rs[-1]) + x)
    sizes = np.array([g.norm().item() for g in torch.autograd.grad(rs[-1] @ last, rs)])
    right = ((sizes[:-1] / sizes[1:] - 1) ** 2).sum()
    states = np.array([r.detach().numpy() for r in rs])
    assert np.isclose(omega(states, W.numpy(), last.numpy()), right, rtol=1e-9)


@pytest.mark.parametrize("own", SPECTRA.draws)
def test_exactly_one_network_explodes_and_the_chain_grows_first(own):
    radii = [np.abs(np.linalg.eigvals(W)).max() for W in matrices(*own)]
    assert sum(radius > 1.01 for radius in radii) == 1
    assert sum(radius < 0.99 for radius in radii) == 2
    rho, longest, last = forecast(*own)
    chain = matrices(*own)[2]
    sizes = [np.linalg.norm(np.linalg.matrix_power(chain, n), 2) for n in range(1, 200)]
    assert np.isclose(rho, max(radii))
    assert sizes[longest - 1] == pytest.approx(max(sizes))
    assert sizes[last - 1] > 1 > max(sizes[last:])
    ordered = np.sort(sizes)
    assert ordered[-1] > ordered[-2] * (1 + 1e-4), "two steps of one length"
    assert sizes[last - 1] > 1.001 and sizes[last] < 0.999


@pytest.mark.parametrize("own", SPECTRA.draws)
def test_no_other_length_and_no_formula_peaks_where_the_spectral_norm_does(own):
    *_, lam, _ = own
    powers = [np.linalg.matrix_power(matrices(*own)[2], n) for n in range(1, 200)]
    lengths = {
        "Frobenius": np.linalg.norm,
        "corner": lambda power: power[1, 0],
        "first column": lambda power: np.linalg.norm(power[:, 0]),
        "largest entry": np.max,
        "sum of a column": lambda power: np.linalg.norm(power, 1),
        "sum": np.sum,
        "sum of singular values": lambda power: np.linalg.norm(power, "nuc"),
    }
    peaks = {name: np.argmax([length(power) for power in powers]) + 1 for name, length in lengths.items()}
    for around in (np.floor, np.ceil):
        peaks |= {f"(5.7), {around.__name__}": around(-1 / np.log(lam))}
        peaks |= {f"1 / (1 - λ), {around.__name__}": around(1 / (1 - lam))}
    assert forecast(*own)[1] not in peaks.values(), peaks


@pytest.mark.parametrize("own", SPECTRA.draws)
def test_the_largest_norm_is_not_the_largest_radius(own):
    assert max(np.linalg.norm(W, 2) for W in matrices(*own)) > forecast(*own)[0] + 2 * SLACK * SPECTRA.atol


@pytest.mark.parametrize("kind", range(len(WORDS)))
def test_each_training_can_be_told_from_its_printed_numbers(kind):
    told = [figures.symptoms(k) for k in range(len(WORDS))]
    assert told.count(told[kind]) == 1
    assert tuple(SETTINGS) == WORDS


def test_a_rounded_radius_is_right_and_a_neighbouring_step_is_not():
    from rnnlab.questions import numbers

    own = numbers("5.3", "ada")
    rho, longest, last = forecast(*own)
    assert check("5.3", (round(rho, 3), longest, last), student="ada").status is Status.RIGHT
    for wrong in ((rho, longest + 2, last), (rho, longest, last + 3)):
        assert check("5.3", wrong, student="ada").status is not Status.RIGHT
