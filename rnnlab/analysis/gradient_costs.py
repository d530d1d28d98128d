"""What a gradient costs, counted and measured: BPTT, RTRL, and RTRL in blocks. Lecture 04, section 6."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from rnnlab.analysis.timing import interleaved
from rnnlab.gradients import bptt, rtrl, rtrl_in_blocks
from rnnlab.models import tanh_step, unroll


class Cost(NamedTuple):
    """Multiplications in matrix products after the forward pass, and numbers to be kept meanwhile."""

    products: float
    numbers: float


def bptt_cost(N: int, D: int, T: int) -> Cost:
    """T (2N² + ND) and T (N + D): linear in T, both of them. Lecture 04, (4.20) and (4.22)."""
    return Cost(T * (2 * N**2 + N * D), T * (N + D))


def rtrl_cost(N: int, D: int, T: int) -> Cost:
    """T (N³P + N²P) and N²P with P = N + D + 1: the second knows no T. Lecture 04, (4.21) and (4.22)."""
    P = N + D + 1
    return Cost(T * (N**3 * P + N**2 * P), N**2 * P)


def block_cost(N: int, D: int, T: int, block: int) -> Cost:
    """T (N + 1) (N² + NP + N²P/h) and N²P + h (N + 1) N, for blocks of h steps. Lecture 04, after (4.23)."""
    P = N + D + 1
    step = (N + 1) * N * (N + P)
    return Cost(T * (step + (N + 1) * N**2 * P / block), N**2 * P + block * (N + 1) * N)


def peak_bytes(run: Callable[[], Any]) -> int:
    """The most memory that `run` holds at any moment, beyond what was there before."""
    gc.collect()
    tracemalloc.start()
    try:
        run()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


class Problem(NamedTuple):
    """A network, a sequence and targets, drawn at random."""

    h0: np.ndarray  # (N,)
    xs: np.ndarray  # (T, D)
    ys: np.ndarray  # (T, N)
    W: np.ndarray  # (N, N)
    U: np.ndarray  # (N, D)
    b: np.ndarray  # (N,)


def random_problem(N: int, D: int, T: int, rng: np.random.Generator) -> Problem:
    """W at the size where states neither fade nor explode, and nothing that happens to be zero."""
    W, U, b = rng.normal(size=(N, N)) / N**0.5, rng.normal(size=(N, D)), 0.1 * rng.normal(size=N)
    return Problem(0.5 * rng.normal(size=N), rng.normal(size=(T, D)), rng.normal(size=(T, N)), W, U, b)


def error(h: np.ndarray, y: np.ndarray) -> np.ndarray:
    """∂ᵉL/∂h_t of L = ½ Σ_t |h_t − y_t|²; for one step or for all."""
    return h - y


def by_bptt(problem: Problem) -> tuple:
    """(dW, dU, db) with the forward pass."""
    h0, xs, ys, W, U, b = problem
    hs = unroll(tanh_step, h0, xs, W, U, b)
    return bptt(h0, xs, hs, W, slopes=1 - hs * hs, explicit=error(hs, ys))[:3]


def by_rtrl(problem: Problem) -> tuple:
    """(dW, dU, db), one matrix product a step."""
    h0, xs, ys, W, U, b = problem
    return rtrl(h0, zip(xs, ys, strict=True), W, U, b, error)[:3]


def by_blocks(problem: Problem, block: int) -> tuple:
    """(dW, dU, db), the influence matrix moved once a block."""
    h0, xs, ys, W, U, b = problem
    return rtrl_in_blocks(h0, zip(xs, ys, strict=True), W, U, b, error, block)[:3]


def measured(seed: int, ns: list[int], T: int, rounds: int) -> dict[str, list[float]]:
    """Counted products a step and, with rounds above 0, least microseconds a step, for each n of `ns`.

    The three are by turns on the same problem, with one input and blocks of N steps; the count leaves out the
    forward pass, which is the same for all, and the time does not.
    """
    counts = {
        "bptt products": [bptt_cost(n, 1, T).products / T for n in ns],
        "rtrl products": [rtrl_cost(n, 1, T).products / T for n in ns],
        "block products": [block_cost(n, 1, T, n).products / T for n in ns],
    }
    times: dict[str, list[float]] = {"bptt µs": [], "rtrl µs": [], "block µs": []} if rounds else {}
    for n in ns if rounds else []:
        problem = random_problem(n, 1, T, np.random.default_rng(seed))
        names = ("bptt µs", "rtrl µs", "block µs")
        runs = (
            lambda p=problem: by_bptt(p),
            lambda p=problem: by_rtrl(p),
            lambda p=problem: by_blocks(p, len(p.W)),
        )
        for name, seconds in interleaved(
            dict(zip(names, runs, strict=True)), rounds, calls=1, of=min
        ).items():
            times[name].append(1e6 * seconds / T)
    return {"ns": [float(n) for n in ns], **counts, **times}
