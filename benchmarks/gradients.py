"""What the hand-written gradients are worth beside autograd and beside one another.

    python benchmarks/gradients.py

One thread. In each row all contestants solve the same problem; that they give the same gradient is checked
before anything is timed, then they take turns, and medians and ratios come from one run. The time is that of
the forward pass, the loss and the gradient.
"""

from __future__ import annotations

import os

if __name__ == "__main__":  # before a numeric library is loaded
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS"):
        os.environ[name] = "1"

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch

from rnnlab.analysis.gradient_costs import by_blocks, by_bptt, by_rtrl, random_problem
from rnnlab.analysis.timing import interleaved
from rnnlab.arrays import namespace
from rnnlab.gradients import bptt
from rnnlab.models import unroll


class Row(NamedTuple):
    """One comparison: `ratio` is the time of `slow` over that of `fast`, and `goal` what it should be."""

    what: str
    fast: str
    slow: str
    milliseconds: dict[str, float]
    ratio: float
    goal: float
    at_least: bool

    @property
    def reached(self) -> bool:
        return self.ratio >= self.goal if self.at_least else self.ratio <= self.goal


def hand_bptt_and_nn_rnn(rounds: int = 25) -> list[Row]:
    """float32, N = 64, B = 32, T = 200: BPTT by hand in NumPy and in torch, and `nn.RNN` with autograd."""
    N, D, T, B = 64, 8, 200, 32
    rng = np.random.default_rng(0)
    shapes = ((N, B), (T, D, B), (T, N, B), (N, N), (N, D), (N, 1))
    scales = (1.0, 1.0, 1.0, N**-0.5, D**-0.5, 0.1)
    arrays = [
        (s * rng.normal(size=shape)).astype(np.float32) for s, shape in zip(scales, shapes, strict=True)
    ]
    tensors = [torch.from_numpy(array) for array in arrays]
    rnn, rows = _nn_rnn(*tensors)

    def by_autograd() -> tuple:
        rnn.zero_grad()
        hs, _ = rnn(rows[1], rows[0])
        (0.5 * ((hs - rows[2]) ** 2).sum()).backward()
        return rnn.weight_hh_l0.grad, rnn.weight_ih_l0.grad, rnn.bias_ih_l0.grad[:, None]

    contestants = {
        "NumPy by hand": lambda: _by_hand(*arrays),
        "torch by hand": lambda: _by_hand(*tensors),
        "nn.RNN": by_autograd,
    }
    _require_equal(contestants, rtol=1e-4)
    ms = _milliseconds(contestants, rounds, calls=5)
    what = f"hand BPTT and nn.RNN, float32, N = {N}, B = {B}, T = {T}, D = {D}"
    goals = {"NumPy by hand": 2.5, "torch by hand": 1.5}
    return [
        Row(what, name, "nn.RNN", ms, ms["nn.RNN"] / ms[name], goal, at_least=True)
        for name, goal in goals.items()
    ]


def forms_of_rtrl(rounds: int = 9) -> list[Row]:
    """float64, one sequence, N = 64, T = 128, one input: RTRL, RTRL in blocks of N and 2N, BPTT by hand."""
    N, T = 64, 128
    problem = random_problem(N, 1, T, np.random.default_rng(0))
    contestants: dict[str, Callable[[], tuple]] = {
        "BPTT by hand": lambda: by_bptt(problem),
        f"blocks of {N}": lambda: by_blocks(problem, N),
        f"blocks of {2 * N}": lambda: by_blocks(problem, 2 * N),
        "RTRL, one product a step": lambda: by_rtrl(problem),
    }
    _require_equal(contestants, rtol=1e-9)
    ms = _milliseconds(contestants, rounds, calls=3)
    what = f"forms of RTRL, float64, N = {N}, B = 1, T = {T}"
    rows = []
    for block in (f"blocks of {N}", f"blocks of {2 * N}"):
        slow, fast = ms["RTRL, one product a step"], ms["BPTT by hand"]
        rows.append(Row(what, block, "RTRL, one product a step", ms, slow / ms[block], 8.0, at_least=True))
        rows.append(Row(what, "BPTT by hand", block, ms, ms[block] / fast, 5.0, at_least=False))
    return rows


ROWS: tuple[Callable[[], list[Row]], ...] = (hand_bptt_and_nn_rnn, forms_of_rtrl)


def _by_hand(h0: Any, xs: Any, ys: Any, W: Any, U: Any, b: Any) -> tuple:
    """The forward pass with U x + b computed for all steps at once, the loss, and the gradient."""
    tanh = namespace(h0).tanh
    with torch.no_grad():
        hs = unroll(lambda h, drive: tanh(W @ h + drive), h0, U @ xs + b)
        errors = hs - ys
        errors.reshape(-1) @ errors.reshape(-1)  # the loss, which autograd computes as well
        return bptt(h0, xs, hs, W, slopes=1 - hs * hs, explicit=errors)[:3]


def _nn_rnn(h0: Any, xs: Any, ys: Any, W: Any, U: Any, b: Any) -> tuple[torch.nn.RNN, list[Any]]:
    """The network with these weights, and the sequences in its layout, (T, B, ·)."""
    rnn = torch.nn.RNN(U.shape[1], U.shape[0])
    with torch.no_grad():
        for parameter, value in zip(rnn.parameters(), (U, W, b[:, 0], 0 * b[:, 0]), strict=True):
            parameter.copy_(value)
    return rnn, [h0.T[None].contiguous(), *(a.permute(0, 2, 1).contiguous() for a in (xs, ys))]


def _require_equal(contestants: dict[str, Callable[[], tuple]], rtol: float) -> None:
    first, *others = ((name, [np.asarray(g) for g in run()]) for name, run in contestants.items())
    for name, gradients in others:
        for ours, theirs in zip(gradients, first[1], strict=True):
            if not np.abs(ours - theirs).max() <= rtol * np.abs(theirs).max():
                raise AssertionError(
                    f"{name} and {first[0]} do not give the same gradient; nothing was timed"
                )


def _milliseconds(contestants: dict[str, Callable[[], Any]], rounds: int, calls: int) -> dict[str, float]:
    return {name: 1e3 * s for name, s in interleaved(contestants, rounds, calls).items()}


def main() -> None:
    torch.set_num_threads(1)
    for measure in ROWS:
        rows = measure()
        print(f"\n{rows[0].what}")
        for name, ms in rows[0].milliseconds.items():
            print(f"  {name:26s} {ms:9.2f} ms")
        for row in rows:
            goal = f"{'at least' if row.at_least else 'at most'} {row.goal:g}"
            verdict = "reached" if row.reached else "not reached"
            print(f"  {row.slow} / {row.fast}: {row.ratio:.2f}  (goal {goal}: {verdict})")


if __name__ == "__main__":
    main()
