"""Exercise 06 against oracles: torch's cells, whole runs in either convention, a simulated latch, autograd."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.figures import exercise_06 as figures
from rnnlab.models import unroll
from rnnlab.models.gates import gru_difference_step, gru_step, lstm_step
from rnnlab.questions.q06_lstm_and_gru.carousel import carousel_gradient
from rnnlab.questions.q06_lstm_and_gru.convert import convert
from rnnlab.questions.q06_lstm_and_gru.coupled import coupled_step
from rnnlab.questions.q06_lstm_and_gru.latch import LATCH, latch
from rnnlab.questions.q06_lstm_and_gru.mixed import mixed_step
from rnnlab.questions.q06_lstm_and_gru.sick import SLIPS
from rnnlab.questions.scoring import SLACK

often = settings(max_examples=30, deadline=None)
SEEDS = st.integers(0, 2**31)


@often
@given(SEEDS, st.integers(1, 4), st.integers(1, 3))
def test_without_a_window_the_coupled_step_is_torchs_lstm_with_i_of_minus_f(seed, N, D):
    rng = np.random.default_rng(seed)
    W, U, b, s, x = (rng.normal(size=size) for size in ((3 * N, N), (3 * N, D), 3 * N, (2, N), D))
    f, o, g = (slice(k * N, (k + 1) * N) for k in range(3))
    cell = torch.nn.LSTMCell(D, N).double()
    for name, part in (("hh", W), ("ih", U)):
        stacked = np.concatenate([-part[f], part[f], part[g], part[o]])
        getattr(cell, f"weight_{name}").data = torch.tensor(stacked)
    cell.bias_ih.data = torch.tensor(np.concatenate([-b[f], b[f], b[g], b[o]]))
    cell.bias_hh.data *= 0
    theirs = torch.cat(cell(torch.tensor(x[None]), tuple(torch.tensor(part[None]) for part in s)))
    np.testing.assert_allclose(coupled_step(s, x, W, U, b, np.zeros((2, N))), theirs.detach(), rtol=1e-10)


@often
@given(SEEDS, st.integers(1, 4), st.integers(1, 3))
def test_the_mixed_step_is_torchs_gru(seed, N, D):
    rng = np.random.default_rng(seed)
    W, U, b, d, h, x = (rng.normal(size=size) for size in ((3 * N, N), (3 * N, D), 3 * N, N, N, D))
    z, n, r = (slice(k * N, (k + 1) * N) for k in range(3))
    cell = torch.nn.GRUCell(D, N).double()
    for name, part in (("weight_hh", W), ("weight_ih", U), ("bias_ih", b)):
        getattr(cell, name).data = torch.tensor(np.concatenate([part[r], -part[z], part[n]]))
    cell.bias_hh.data = torch.tensor(np.concatenate([np.zeros(2 * N), d]))
    theirs = cell(torch.tensor(x[None]), torch.tensor(h[None]))[0]
    np.testing.assert_allclose(mixed_step(h, x, W, U, b, d), theirs.detach(), rtol=1e-10, atol=1e-12)


@often
@given(SEEDS, st.integers(1, 4), st.integers(1, 3))
def test_a_converted_network_runs_alike(seed, N, D):
    rng = np.random.default_rng(seed)
    W, U, b = rng.normal(size=(3 * N, N)), rng.normal(size=(3 * N, D)), rng.normal(size=3 * N)
    h0, xs = rng.normal(size=N), rng.normal(size=(6, D))
    rows = np.arange(3 * N).reshape(3, N)[::-1].ravel()  # n, z, r as the library's r, z, n
    theirs = unroll(gru_difference_step, h0, xs, W[rows], U[rows], b[rows])
    new = convert(W, U, b)
    ours = unroll(gru_step, h0, xs, new[:, :N], new[:, N:-1], new[:, -1])
    np.testing.assert_allclose(ours, theirs, rtol=1e-11, atol=1e-12)


@pytest.mark.thorough
@pytest.mark.parametrize("p, e", LATCH.draws[::7])
def test_a_latch_keeps_and_leaks_what_it_should(p, e):
    b_f, b_i, mark = latch(p, e)
    U = np.array([[0.0, mark], [0, 0], [1000, 0], [0, 0]])
    b = np.array([b_i, b_f, 0, 1000])
    xs = np.zeros((1001, 2))
    xs[0] = 1, 1
    kept = unroll(lstm_step, np.zeros((2, 1)), xs, np.zeros((4, 1)), U, b)[:, 1, 0]
    assert np.isclose(kept[0], 0.99)
    assert np.isclose(kept[-1] / kept[0], p, rtol=1e-9)
    noise = np.tile([1.0, 0.0], (40_000, 1))
    leaked = unroll(lstm_step, np.zeros((2, 1)), noise, np.zeros((4, 1)), U, b)[:, 1, 0]
    assert leaked[-1] <= e
    if p <= 0.6:
        assert np.isclose(leaked[-1], e, rtol=1e-6)


@pytest.mark.parametrize("p, e", LATCH.draws)
def test_a_thousandth_of_what_is_lost_is_not_what_a_step_loses(p, e):
    f, (b_f, b_i, mark) = 1 - (1 - p) / 1000, latch(p, e)
    by_line = np.log([f / (1 - f), e * (1 - f)])
    off = np.abs([by_line[0] - b_f, by_line[1] - b_i, b_i - by_line[1]])
    assert max(off / np.abs([b_f, b_i, mark])) > 1.2 * SLACK * LATCH.rtol


@often
@given(SEEDS, st.integers(1, 4), st.integers(1, 7))
def test_the_carousels_gradient_is_the_librarys_walk(seed, N, T):
    """The same cell as an LSTM with W = 0 and a window for the output gate alone."""
    from rnnlab.gradients.gates import lstm_bptt
    from rnnlab.models.gates import lstm_gates

    rng = np.random.default_rng(seed)
    U, b, p = rng.normal(size=(4 * N, 2)), rng.normal(size=4 * N), rng.normal(size=N)
    W, P = np.zeros((4 * N, N)), np.stack([0 * p, 0 * p, p])
    s0, xs, explicit = rng.normal(size=(2, N)), rng.normal(size=(T, 2)), rng.normal(size=(T, N))
    states = unroll(lstm_step, s0, xs, W, U, b, P)
    before = np.concatenate([s0[None], states[:-1]])
    gates = [lstm_gates(s, x, W, U, b, P) for s, x in zip(before, xs, strict=True)]
    fs, os, cs = (np.array([getattr(gate, name) for gate in gates]) for name in "foc")
    theirs = lstm_bptt(s0, xs, states, W, U, b, explicit, P).dcs
    np.testing.assert_allclose(carousel_gradient(fs, os, cs, p, explicit), theirs, rtol=1e-11, atol=1e-12)


def test_what_the_cells_show_follows_from_their_slips():
    g = np.tanh(figures.VALUE)
    right = np.zeros(figures.END)
    right[figures.WRITE - 1 : figures.CLEAR - 1] = np.tanh(g)
    expected = {"none": right, "no tanh": right * g / np.tanh(g), "never forgets": right.copy()}
    expected["never forgets"][figures.WRITE - 1 :] = np.tanh(g)
    expected["exchanged"] = right * (np.arange(figures.END) == figures.WRITE - 1)
    for kind, slip in enumerate(SLIPS):
        if slip in expected:
            np.testing.assert_allclose(figures.shows(kind), expected[slip], atol=3e-3)
    shown = [figures.shows(kind) for kind in range(len(SLIPS))]
    assert all(np.abs(x - y).max() > 0.1 for i, x in enumerate(shown) for y in shown[:i])
    fading = figures.shows(SLIPS.index("h for c"))
    assert (np.diff(fading[figures.WRITE - 1 : figures.CLEAR - 1]) < 0).all()


@pytest.mark.parametrize("answer", [..., (0, 0, 0), (700, -700, 1e9), (-9, 9, 0), latch(0.9, 0.05)])
@pytest.mark.filterwarnings("error")
def test_the_figures_draw_any_answer(answer):
    drawn = figures.latched(answer, 0.9, 0.05)
    assert drawn.png().startswith(b"\x89PNG")
    assert "nan" not in drawn.alt and "inf" not in drawn.alt
    if answer is not ... and answer == latch(0.9, 0.05):
        assert "0.900 of that is left" in drawn.alt and "add up to 0.05," in drawn.alt
    assert "0.719 at step 5" in figures.three_cells(5, 0, 1).alt
