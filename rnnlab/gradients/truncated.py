"""Gradients that look back a limited way: p-truncated BPTT, in blocks, and ARTBP, which cuts at random.

Each takes any cell, step(h, x, *weights), and any loss(h, y) of one step, in torch. Each reads `samples`, pairs
(x, y), once, and keeps only what it still has to look back on, so that memory does not grow with their number.
They return the last state and the gradient of Σ_t loss(h_t, y_t) by each weight, or their estimate of it.

What is kept of a state's past is one line: `scaled(h, 0)` is `h.detach()`, `scaled(h, 1)` is h.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np

from rnnlab.arrays import Array

Step = Callable[..., Array]
Loss = Callable[[Array, Array], Array]
Samples = Iterable[tuple[Array, Array]]


class Truncated(NamedTuple):
    """An estimate of the gradient by each weight, in their order, and the state after the last sample."""

    gradients: tuple[Array, ...]
    h: Array


def scaled(h: Array, factor: float) -> Array:
    """h, forward. Backward, its gradient times `factor`: 0 forgets the past, 1 keeps it. Lecture 09, (9.21)."""
    return h.detach() if factor == 0 else h.detach() + factor * (h - h.detach())


def truncated(
    step: Step, loss: Loss, h0: Array, samples: Samples, weights: Sequence[Array], p: int
) -> Truncated:
    """Σ_t Σ_{k > t − p} of the terms of (4.5): each loss looks back on the last p uses. Lecture 09, (9.6).

    Keeps p states. Runs the last p steps again for each loss, from the state before them, held fixed.
    """
    _require_length(p)
    total, h = _zeros(weights), h0.detach()
    window: deque[tuple[Array, Array]] = deque(maxlen=p)
    for x, y in samples:
        window.append((h, x))
        again = window[0][0]
        for _, x_before in window:
            again = step(again, x_before, *weights)
        total = _add(total, loss(again, y), weights)
        h = again.detach()
    return Truncated(total, h)


def truncated_in_blocks(
    step: Step, loss: Loss, h0: Array, samples: Samples, weights: Sequence[Array], p: int
) -> Truncated:
    """The same with one walk back for p losses: the j-th loss of a block looks back on j uses. Lecture 09, (9.7).

    The state is carried from block to block, and its past is not. The last block may be shorter.
    """
    _require_length(p)
    total, h, block, age = _zeros(weights), h0.detach(), 0.0, 0
    for x, y in samples:
        h, age = step(h, x, *weights), age + 1
        block = block + loss(h, y)
        if age == p:
            total, h, block, age = _add(total, block, weights), h.detach(), 0.0, 0
    return Truncated(_add(total, block, weights) if age else total, h.detach())


def artbp(
    step: Step,
    loss: Loss,
    h0: Array,
    samples: Samples,
    weights: Sequence[Array],
    rng: np.random.Generator,
    mean: float = 16,
    alpha: float = 6,
) -> Truncated:
    """Blocks that end at random; what crosses a step without a cut counts 1/(1 − c) times. Lecture 09, (9.21).

    Right on average (Tallec and Ollivier 2017). On average it keeps `mean` states.
    """
    _require_cuts(mean, alpha)
    total, h, block, age = _zeros(weights), h0.detach(), 0.0, 0
    for x, y in samples:
        h, age = step(h, x, *weights), age + 1
        block = block + loss(h, y)
        c = cut_probability(age, mean, alpha)
        if rng.random() < c:
            total, h, block, age = _add(total, block, weights), h.detach(), 0.0, 0
        else:
            h = scaled(h, 1 / (1 - c))
    return Truncated(_add(total, block, weights) if age else total, h.detach())


def cut_probability(age: Array, mean: float = 16, alpha: float = 6) -> Array:
    """c = (α − 1) / ((α − 2) mean + age), for a cut `age` steps after the one before. Lecture 09, (9.23).

    Blocks are `mean` steps long on average, and long ones are not too rare: P(longer than l) falls as l^{1 − α}.
    """
    return (alpha - 1) / ((alpha - 2) * mean + age)


def artbp_factors(
    T: int, draws: int, rng: np.random.Generator, mean: float = 16, alpha: float = 6
) -> np.ndarray:
    """What the gradient is multiplied by on its way from h_{t+1} to h_t, t = 1 … T − 1; (T − 1, draws).

    0 where there is a cut, 1/(1 − c) where there is none: 1 on average. Lecture 09, (9.22).
    """
    _require_cuts(mean, alpha)
    age, factors = np.ones(draws), np.empty((T - 1, draws))
    for row in factors:
        c = cut_probability(age, mean, alpha)
        cut = rng.random(draws) < c
        row[:] = np.where(cut, 0.0, 1 / (1 - c))
        age = np.where(cut, 1.0, age + 1)
    return factors


def _zeros(weights: Sequence[Array]) -> tuple[Array, ...]:
    for weight in weights:
        if not getattr(weight, "requires_grad", False):
            raise ValueError(
                f"a weight came as {type(weight).__name__} without requires_grad; give each one as a torch tensor"
                f" with requires_grad=True, in the order in which the step takes them"
            )
    return tuple(weight.detach() * 0 for weight in weights)


def _add(total: tuple[Array, ...], losses: Array, weights: Sequence[Array]) -> tuple[Array, ...]:
    """One walk back from these losses to whatever is still attached; a weight that is not reached gets 0."""
    import torch

    found = torch.autograd.grad(losses, weights, allow_unused=True)
    return tuple(sum_ if g is None else sum_ + g for sum_, g in zip(total, found, strict=True))


def _require_length(p: int) -> None:
    if p != int(p) or p < 1:
        raise ValueError(f"p is {p}; a truncation looks back on a whole number of steps, at least 1")


def _require_cuts(mean: float, alpha: float) -> None:
    if not (alpha > 2 and (alpha - 2) * mean + 1 > alpha - 1):
        raise ValueError(
            f"mean is {mean} and alpha {alpha}; expected alpha above 2 and a mean above 1,"
            f" or a cut would be certain, and nothing could make up for it"
        )
