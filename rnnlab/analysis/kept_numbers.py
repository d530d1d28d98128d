"""How many numbers autograd keeps for the way back, at most, while a gradient is worked out. Lecture 09, section 2."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import torch

from rnnlab.gradients.truncated import artbp, truncated_in_blocks
from rnnlab.models import tanh_step


class Kept(NamedTuple):
    """Numbers that autograd holds: the most at any moment, and the mean over the moments when it puts one aside."""

    most: int
    mean: float


def kept_numbers(run: Callable[[], Any]) -> Kept:
    """How many numbers autograd holds during `run`. What shares memory is counted once."""
    held = _Held()

    def pack(tensor: torch.Tensor) -> _Aside:
        return _Aside(tensor.detach(), held)  # detached: what autograd saved must not hold itself alive

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda kept: kept.tensor):
        run()
    return Kept(held.most, held.sum / max(1, held.moments))


class _Held:
    """How often each piece of memory is held, and the numbers in all of them: now, and at most."""

    def __init__(self) -> None:
        self.times: Counter[int] = Counter()
        self.now = self.most = self.sum = self.moments = 0


class _Aside:
    """A tensor that autograd has put aside, counted until it is let go."""

    def __init__(self, tensor: torch.Tensor, held: _Held) -> None:
        self.tensor, self.held, self.key = tensor, held, tensor.data_ptr()
        if not held.times[self.key]:
            held.now += tensor.numel()
            held.most = max(held.most, held.now)
        held.times[self.key] += 1
        held.sum, held.moments = held.sum + held.now, held.moments + 1

    def __del__(self) -> None:
        self.held.times[self.key] -= 1
        if not self.held.times[self.key]:
            self.held.now -= self.tensor.numel()


def memory_of(Ts: list[int], p: int = 8, N: int = 8, seed: int = 1) -> dict[str, list[int]]:
    """What is kept for a tanh network of N units over T steps, for each T: BPTT, blocks of p, ARTBP of mean p."""
    kept: dict[str, list[int]] = {"BPTT": [], "blocks": [], "ARTBP, peak": [], "ARTBP, mean": []}
    for T in Ts:
        kept["BPTT"].append(kept_numbers(partial(_in_blocks, T, N, T, seed)).most)
        kept["blocks"].append(kept_numbers(partial(_in_blocks, T, N, p, seed)).most)
        at_random = kept_numbers(partial(_at_random, T, N, p, seed))
        kept["ARTBP, peak"].append(at_random.most)
        kept["ARTBP, mean"].append(round(at_random.mean))
    return kept


def _in_blocks(T: int, N: int, p: int, seed: int) -> None:
    h0, samples, weights, _ = _network(T, N, seed)
    truncated_in_blocks(tanh_step, _squared, h0, samples, weights, p)


def _at_random(T: int, N: int, mean: int, seed: int) -> None:
    h0, samples, weights, rng = _network(T, N, seed)
    artbp(tanh_step, _squared, h0, samples, weights, rng, mean)


def _network(T: int, N: int, seed: int) -> tuple[Any, Any, Any, np.random.Generator]:
    """A state, samples and weights, and a generator to go on with."""
    rng = np.random.default_rng(seed)
    shapes = ((N, N), (N, 1), (N,))
    weights = [torch.tensor(rng.normal(size=s) / N**0.5, requires_grad=True) for s in shapes]
    xs, ys = torch.tensor(rng.normal(size=(T, 1))), torch.tensor(rng.normal(size=(T, N)))
    h0 = torch.zeros(N, dtype=torch.float64)
    return h0, zip(xs, ys, strict=True), weights, rng


def _squared(h: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return ((h - y) ** 2).sum() / 2
