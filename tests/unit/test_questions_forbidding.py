"""Automatic differentiation is off inside, in every direction, and on again afterwards."""

import pytest
import torch

from rnnlab.questions import check
from rnnlab.questions.forbidding import AUTOGRAD, without

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
