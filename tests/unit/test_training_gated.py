"""Training by hand-written gradients against torch's autograd and Adam, and the experiments of lecture 06 in small."""

import numpy as np
import pytest
import torch

from rnnlab.analysis.gated_experiments import AddingTask, kept_symbol, updates_to_solve
from rnnlab.models import unroll
from rnnlab.systems.reber import SYMBOLS, stream
from rnnlab.training.gated import (
    CELLS,
    Trainer,
    answers,
    initial,
    last_squared_error,
    next_symbol,
    start,
)

EXACT = [kind for kind in CELLS if "truncated" not in kind]


@pytest.mark.parametrize("kind", EXACT)
def test_three_updates_are_those_of_autograd_and_adam(kind):
    rng = np.random.default_rng(0)
    ours = initial(kind, rng, N=3, D=2, K=4)
    theirs = [torch.tensor(weight, requires_grad=True) for weight in ours]
    trainer, adam = Trainer(kind, ours, lr=0.05), torch.optim.Adam(theirs, lr=0.05)
    for _ in range(3):
        xs, labels = rng.normal(size=(5, 2, 6)), rng.integers(4, size=(5, 6))
        value, last = trainer.update(start(kind, 3, 6), xs, next_symbol(labels))
        W, U, b, V, c = theirs
        states = unroll(CELLS[kind].step, torch.tensor(start(kind, 3, 6)), torch.tensor(xs), W, U, b)
        os = V @ (states[:, 0] if CELLS[kind].pair else states) + c
        loss = torch.nn.functional.cross_entropy(
            os.movedim(1, 2).reshape(-1, 4), torch.tensor(labels).ravel()
        )
        adam.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(theirs, 1.0)
        adam.step()
        assert np.isclose(value, loss.item(), rtol=1e-12)
        np.testing.assert_allclose(last, states[-1].detach(), rtol=1e-9)
        for one, other in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(one, other.detach(), rtol=1e-7, atol=1e-9)


def test_a_gate_that_is_not_there_is_never_trained():
    kind = "LSTM without forget gate"
    weights = initial(kind, np.random.default_rng(1), 3, 2, 1)
    before = [part[3:6].copy() for part in weights[:3]]
    trainer = Trainer(kind, weights, lr=0.1)
    for _ in range(5):
        trainer.update(start(kind, 3, 4), np.ones((6, 2, 4)), last_squared_error(np.ones((1, 4))))
    for part, was in zip(weights[:3], before, strict=True):
        np.testing.assert_array_equal(part[3:6], was)


def test_the_losses_hand_back_their_own_gradients():
    rng = np.random.default_rng(2)
    os = rng.normal(size=(4, 1, 3))
    ys = rng.normal(size=(1, 3))
    value, dos = last_squared_error(ys)(os)
    tensor = torch.tensor(os, requires_grad=True)
    loss = 0.5 * ((tensor[-1] - torch.tensor(ys)) ** 2).mean()
    loss.backward()
    assert np.isclose(value, loss.item())
    np.testing.assert_allclose(dos, tensor.grad, rtol=1e-14)


def test_an_lstm_adds_and_a_task_too_short_of_updates_is_not_solved():
    task = AddingTask(T=6, B=32, low=-1.0, lr=0.03, most=600)
    updates, share = updates_to_solve("LSTM", 6, task, [0, 0])
    assert updates < 600 and share <= 0.1
    assert updates_to_solve("LSTM", 6, task._replace(most=10), [0, 0])[0] == 10


def test_who_knows_nothing_is_right_in_half_of_the_cases():
    symbols, due, _ = stream(np.random.default_rng(3), 801, 20)
    weights = [0 * part for part in initial("LSTM", np.random.default_rng(3), 2, 7, 7)]
    share, largest = kept_symbol("LSTM", weights, symbols, due)
    late = due[1:].copy()
    late[:400] = False
    assert share == np.mean(symbols[1:][late] == SYMBOLS.index("P"))  # it says P when both are alike
    assert 0.4 < share < 0.6 and largest == 0


def test_answers_are_the_unrolled_cell_and_a_readout():
    weights = initial("GRU", np.random.default_rng(4), 3, 2, 2)
    xs = np.random.default_rng(5).normal(size=(4, 2, 5))
    states, hs, os = answers("GRU", weights, start("GRU", 3, 5), xs)
    assert states is hs or np.array_equal(states, hs)
    np.testing.assert_allclose(os[2, :, 1], weights[3] @ hs[2, :, 1] + weights[4][:, 0], rtol=1e-13)
