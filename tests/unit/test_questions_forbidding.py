"""What a question forbids is off inside, in every direction and under every name, and on again afterwards."""

import numpy as np
import pytest
import torch

from rnnlab.gradients import bptt, complex_step
from rnnlab.questions import check
from rnnlab.questions.forbidding import AUTOGRAD, GRADIENTS, without

WAYS = {
    "backward": lambda x: (x**2).sum().backward(),
    "grad": lambda x: torch.autograd.grad((x**2).sum(), x),
    "func.grad": lambda x: torch.func.grad(lambda z: (z**2).sum())(x.detach()),
    "jacobian": lambda x: torch.autograd.functional.jacobian(lambda z: z**2, x),
    "forwards": lambda x: torch.func.jvp(lambda z: z**2, (x.detach(),), (x.detach(),)),
}


@pytest.mark.filterwarnings("ignore:.*torch.jit.script")
@pytest.mark.parametrize("way", WAYS)
def test_it_is_off_inside_and_on_again_outside(way):
    with without((AUTOGRAD,)), pytest.raises(RuntimeError, match="switched off"):
        WAYS[way](torch.ones(3, requires_grad=True))
    WAYS[way](torch.ones(3, requires_grad=True))
    with without(()):
        WAYS[way](torch.ones(3, requires_grad=True))


def test_check_says_so():
    def weight_gradient(xs, y, w):
        v, r = torch.tensor(w, requires_grad=True), torch.zeros(())
        for x in xs:
            r = v * torch.tanh(r) + float(x)
        return torch.autograd.grad((r - y) ** 2 / 2, v)[0]

    assert "switched off in this question" in repr(check("1.4", weight_gradient))


def test_the_package_s_own_gradients_are_off_inside_whatever_they_are_called():
    h0, hs, one = np.zeros(2), np.ones((3, 2)), np.ones((3, 2))
    arguments = (h0, one, hs, np.eye(2), one, one)
    renamed = bptt
    with without((GRADIENTS,)):
        with pytest.raises(RuntimeError, match="switched off"):
            renamed(*arguments)
        assert complex_step(lambda x: (x**2).sum(), np.ones(2)).tolist() == [2.0, 2.0]
    assert renamed(*arguments).dhs.shape == (3, 2)
    with without((AUTOGRAD,)):
        renamed(*arguments)


def test_the_package_s_own_gradients_are_back_after_an_error():
    with pytest.raises(KeyError), without((GRADIENTS,)):
        raise KeyError
    bptt(np.zeros(2), np.ones((3, 2)), np.ones((3, 2)), np.eye(2), np.ones((3, 2)), np.ones((3, 2)))


def test_the_adjoints_of_exercise_04_cannot_be_had_from_the_package():
    def adjoints(hs, ys, W, F, V):
        return bptt(0 * hs[0], hs, hs, W + F @ V, 1 - hs**2, (hs @ V.T - ys) @ V).dhs

    assert "switched off in this question" in repr(check("4.1", adjoints))
