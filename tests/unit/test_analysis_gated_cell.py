"""The hand-driven cells against closed forms, with each mistake, and at every corner of their controls."""

import numpy as np
import pytest
import torch

from rnnlab.analysis.gated_cell import (
    FORMS,
    MARKED,
    MISTAKES,
    SEQUENCES,
    drive_gru,
    drive_lstm,
    gradient_flow,
    hand_weights,
    marked_values,
    random_network,
    slipped_step,
)
from rnnlab.figures import gated_cells as cells
from rnnlab.live import choice, live, slider
from rnnlab.live.corners import corners_and_random
from rnnlab.models import unroll
from rnnlab.models.gates import lstm_gates, lstm_step

LATCH = {"a_i": -10, "mark_i": 20, "a_f": 10, "mark_f": -20, "a_o": 10, "sequence": SEQUENCES[1]}


def test_without_a_mistake_the_slipped_step_is_the_step():
    rng = np.random.default_rng(0)
    s, x, W, U, b = (rng.normal(size=size) for size in ((2, 3), 2, (12, 3), (12, 2), 12))
    new, (i, f, o) = slipped_step("none", s, x, W, U, b)
    np.testing.assert_allclose(new, lstm_step(s, x, W, U, b), rtol=1e-14)
    assert np.allclose([i, f], [1 / (1 + np.exp(-(W @ s[0] + U @ x + b)[k : k + 3])) for k in (0, 3)])


def test_the_gates_of_a_latch_hold_the_last_marked_value():
    result = drive_lstm(**LATCH)
    assert result.miss < 0.01
    for mistake in MISTAKES[1:4]:
        assert drive_lstm(**LATCH, mistake=mistake).miss > 0.05, mistake
    shown = drive_lstm(**LATCH, mistake="tanh forgotten at the output")
    assert np.array_equal(shown.c, result.c)
    assert 0.05 < np.abs(shown.h - result.h).max() < 0.2


def test_the_half_life_of_a_constant_gate():
    for a_f in (-2.0, 0.0, 1.0, 3.34, 9.0):
        half = drive_lstm(0, 0, a_f, 0, 0).half
        assert np.isclose((1 / (1 + np.exp(-a_f))) ** half, 0.5)
    assert np.isclose(drive_lstm(0, 0, 3.35, 0, 0).half, 20, rtol=0.02)


def test_values_and_what_is_held():
    xs = marked_values(SEQUENCES[1])
    assert {t: xs[t, 0] for t in np.flatnonzero(xs[:, 1])} == MARKED
    held = drive_lstm(**LATCH).held
    assert (held[: min(MARKED)] == 0).all()
    assert held[-1] == np.tanh(MARKED[max(MARKED)])


def test_the_forms_of_the_gru_where_they_agree_and_where_not():
    same = drive_gru(1.5, 1.5, 2, 0, FORMS[1])
    assert np.allclose(same.hs, same.first, atol=1e-14)
    assert np.abs(drive_gru(-8, 8, 2, 0, FORMS[1]).hs - same.first).max() > 0.1
    assert np.allclose(drive_gru(-8, 8, -2, 0, FORMS[2]).hs, drive_gru(-8, 8, 2, 0, FORMS[0]).hs, atol=1e-14)


@pytest.mark.parametrize("bias, gain", [(0.0, 0.5), (3.0, 1.5), (6.0, 0.0)])
def test_the_gradients_are_autograds(bias, gain):
    flow = gradient_flow(bias, gain)
    xs, W, U, v = (torch.tensor(part) for part in random_network(8, 100))
    b = torch.zeros(32).double()
    b[8:16] = bias
    s, cells_on_the_way = torch.zeros(2, 8).double(), []
    for x in xs:
        gates = lstm_gates(s, x, gain * W, U, b)
        c = gates.c.clone().requires_grad_()
        cells_on_the_way.append(c)
        s = torch.stack([gates.o * torch.tanh(c), c])
    sizes = [float(grad.norm()) for grad in torch.autograd.grad(v @ s[0], cells_on_the_way)]
    assert np.allclose(flow.cell, sizes[::-1], rtol=1e-9)
    if gain == 0:
        assert np.allclose(flow.cell, flow.carousel, rtol=1e-12)


def test_an_open_cell_keeps_its_gradient_and_a_half_open_one_halves_it():
    assert gradient_flow(8, 0).cell[-1] / gradient_flow(8, 0).cell[0] > 0.8
    half = gradient_flow(0, 0).cell
    assert -35 < np.log10(half[-1] / half[0]) < -24


@pytest.mark.thorough
def test_the_live_figures_hold_at_their_corners_and_anywhere():
    lstm = live(
        drive_lstm,
        cells.lstm_by_hand,
        cells.lstm_by_hand_words,
        a_i=slider(-10, 10, 4, step=0.1),
        mark_i=slider(-20, 20, 0, step=0.5),
        a_f=slider(-10, 10, 1, step=0.1),
        mark_f=slider(-20, 20, 0, step=0.5),
        a_o=slider(-10, 10, 10, step=0.1),
        sequence=choice(SEQUENCES, SEQUENCES[0]),
        mistake=choice(MISTAKES, "none"),
    )
    gru = live(
        drive_gru,
        cells.gru_by_hand,
        cells.gru_by_hand_words,
        r_1=slider(-8, 8, -8, step=0.1),
        r_2=slider(-8, 8, 8, step=0.1),
        a_z=slider(-8, 8, 1, step=0.1),
        inner=slider(-2, 2, 0, step=0.05),
        form=choice(FORMS, FORMS[1]),
    )
    flow = live(
        gradient_flow,
        cells.gradient_by_bias,
        cells.gradient_by_bias_words,
        bias=slider(-3, 8, 0, step=0.1),
        gain=slider(0, 4, 0.5, step=0.05),
    )
    for figure in (lstm, gru, flow):
        assert corners_and_random(figure, seconds=3.0) >= 4


def test_the_driven_cell_is_the_unrolled_one():
    result = drive_lstm(1, 2, 1, -1, 0.5, SEQUENCES[2])
    states = unroll(lstm_step, np.zeros((2, 1)), result.xs, *hand_weights(1, 2, 1, -1, 0.5))
    np.testing.assert_allclose(np.stack([result.h, result.c], 1), states[:, :, 0], rtol=1e-13)
