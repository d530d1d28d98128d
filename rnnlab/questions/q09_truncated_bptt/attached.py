"""Question 9.4: blocks of p steps for a unit with two states, h_t = tanh(w h + s + x), s_t = 0.8 s + 0.2 h_t."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnnlab.questions.draws import sequence
from rnnlab.questions.question import Misconception, Part, Probe, Question

A = np.ndarray


def _walk(
    w: float,
    h: float,
    s: float,
    xs: A,
    ys: A,
    p: int,
    lr: float,
    slow: float = 1.0,
    fast: float = 1.0,
    over: tuple[float, float] = (0.0, 0.0),
    keep: float = 0.0,
    carry: bool = True,
    mean: bool = False,
) -> A:
    """w after each block. `slow`, `fast`: how much of a state's past counts at each step; `over`: of h's and s's
    past across blocks; `keep`: of the old gradient; `carry`: the states go on."""
    start, dh, ds, gradient, ws = (h, s), 0.0, 0.0, 0.0, []
    for t, (x, y) in enumerate(zip(xs, ys, strict=True), start=1):
        before = h
        h = np.tanh(w * h + s + x)
        dh = (1 - h * h) * (before + fast * w * dh + slow * ds)
        s, ds = 0.8 * s + 0.2 * h, 0.8 * slow * ds + 0.2 * dh
        gradient += (h - y) * dh / (p if mean else 1)
        if t % p == 0:
            w = w - lr * gradient
            gradient, dh, ds = keep * gradient, over[0] * dh, over[1] * ds
            h, s = (h, s) if carry else start
            ws.append(w)
    return np.array(ws)


def train(w: float, h: float, s: float, xs: A, ys: A, p: int, lr: float) -> A:
    return _walk(w, h, s, xs, ys, p, lr)


def _by_detach(w: float, h: float, s: float, xs: A, ys: A, p: int, lr: float) -> Any:
    import torch

    weight = torch.tensor(w, dtype=torch.float64, requires_grad=True)
    fast, slow, ws = torch.tensor(h).double(), torch.tensor(s).double(), []
    for begin in range(0, len(xs), p):
        fast, slow, loss = fast.detach(), slow.detach(), torch.zeros(())
        for x, y in zip(xs[begin : begin + p], ys[begin : begin + p], strict=True):
            fast = torch.tanh(weight * fast + slow + float(x))
            slow = 0.8 * slow + 0.2 * fast
            loss = loss + (fast - float(y)) ** 2 / 2
        (slope,) = torch.autograd.grad(loss, weight)
        weight = (weight - lr * slope).detach().requires_grad_()
        ws.append(weight.detach())
    return torch.stack(ws)


def _sideways(w: float, h: float, s: float, xs: A, ys: A, p: int, lr: float) -> list[float]:
    """Each block's gradient by a step in the imaginary direction, from states that are real again."""
    ws: list[float] = []
    fast, slow = complex(h), complex(s)
    for begin in range(0, len(xs), p):
        weight, loss = complex(w, 1e-30), 0j
        fast, slow = complex(fast.real), complex(slow.real)
        for x, y in zip(xs[begin : begin + p], ys[begin : begin + p], strict=True):
            fast = complex(np.tanh(weight * fast + slow + x))
            slow = 0.8 * slow + 0.2 * fast
            loss += (fast - y) ** 2 / 2
        w = w - lr * loss.imag / 1e-30
        ws.append(w)
    return ws


def _wrong(**changes: Any) -> Callable[..., A]:
    return lambda *given: _walk(*given, **changes)


def _probes(rng: np.random.Generator) -> tuple[Probe, ...]:
    def one(part: int, p: int, blocks: int) -> Probe:
        w, h, s, lr = np.round(rng.uniform((0.5, 0.4, 0.3, 0.3), (0.9, 0.8, 0.7, 0.6)), 2)
        xs, ys = 0.5 * sequence(rng, p * blocks), sequence(rng, p * blocks)
        return Probe(part, (float(w), float(h), float(s), np.round(xs, 2), ys, p, float(lr)))

    return (one(0, 2, 1), one(0, 4, 1), one(1, 2, 2), one(1, 3, 2), one(1, 3, 4), one(1, 5, 3))


ATTACHED = Question(
    number="9.4",
    title="Where does detach go?",
    goal="Train a unit with a fast and a slow state in blocks, with the past cut in the right places.",
    look="lecture 09, section 2, the loop line by line",
    minutes=14,
    difficulty=2,
    answer="train",
    arguments=("w", "h", "s", "xs", "ys", "p", "lr"),
    returns="the weight after each block, one number a block",
    parts=(Part("a single block", 1), Part("several blocks", 2)),
    reference=train,
    alternatives=(_by_detach, _sideways, lambda *given: train(*given).tolist()),
    probes=_probes,
    misconceptions=(
        Misconception(
            "detach at every step",
            _wrong(fast=0.0, slow=0.0),
            "that the past is cut at every step",
            "That is the shortest truncation. Here a loss looks back as far as its block goes.",
            "lecture 09, section 2: the first line of the table on the loop",
        ),
        Misconception(
            "the slow state cut at every step",
            _wrong(slow=0.0),
            "that only the fast state has a past",
            "The slow state is made of fast ones, and it is heard at the next step. Inside a block both stay attached.",
            "lecture 09, section 2: what belongs to one block in (9.7)",
        ),
        Misconception(
            "the slow state never cut",
            _wrong(over=(0.0, 1.0)),
            "that detaching the fast state cuts the past",
            "It has a second way in. Whatever is carried from block to block has to be cut.",
            "lecture 09, section 2: the first line of the table on the loop, for two states",
        ),
        Misconception(
            "never detached",
            _wrong(over=(1.0, 1.0)),
            "that the past reaches through all blocks",
            "Then each block would be walked back again by every later one, and memory would grow with the sequence.",
            "lecture 09, section 2: what the table on the loop says of each line's absence",
        ),
        Misconception(
            "state not carried",
            _wrong(carry=False),
            "that each block begins in the first state",
            "Only the past of the states is cut. Their numbers go on.",
            "lecture 09, section 2: the two mistakes after the loop",
        ),
        Misconception(
            "detach before the loss",
            lambda w, h, s, xs, ys, p, lr: np.full(len(xs) // p, w),
            "that the losses have no past at all",
            "No gradient reaches the weight so, and it stays as it was. Cut between blocks, after the losses are used.",
            "lecture 09, section 2: the two mistakes after the loop",
        ),
        Misconception(
            "the truncated gradient summed twice",
            _wrong(keep=1.0),
            "that the gradient of older blocks is still in the sum",
            "A block's gradient is used once. Automatic differentiation adds to what it finds, unless told to forget.",
            "lecture 09, section 2: the second line of the table on the loop",
        ),
        Misconception(
            "mean instead of sum",
            _wrong(mean=True),
            "that a block's loss is a mean",
            "It is the sum of its losses, so that long and short blocks count each step alike.",
            "the loss of this question, and lecture 09, section 2, (9.7)",
        ),
    ),
)
