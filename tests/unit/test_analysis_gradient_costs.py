"""The counted costs against what a library or an array counts while the algorithms run."""

import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from rnnlab.analysis.gradient_costs import (
    block_cost,
    bptt_cost,
    error,
    measured,
    peak_bytes,
    random_problem,
    rtrl_cost,
)
from rnnlab.analysis.timing import interleaved
from rnnlab.figures import bptt_and_rtrl as figures
from rnnlab.gradients import bptt, rtrl, rtrl_in_blocks
from rnnlab.models import tanh_step, unroll


class Counting(np.ndarray):
    """An array that counts the multiplications of every matrix product it takes part in."""

    products = 0
    __array_priority__ = 1  # so that stacks of it are of it

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **others):
        plain = [np.asarray(x).view(np.ndarray) if isinstance(x, np.ndarray) else x for x in inputs]
        if ufunc is np.matmul:
            Counting.products += plain[0].size * (plain[1].shape[1] if plain[1].ndim > 1 else 1)
        if out is not None:
            others["out"] = tuple(np.asarray(x).view(np.ndarray) for x in out)
        result = getattr(ufunc, method)(*plain, **others)
        return result.view(Counting) if isinstance(result, np.ndarray) else result


SIZES = [(3, 2, 6), (8, 1, 5), (5, 4, 12)]


@pytest.mark.parametrize("N, D, T", SIZES)
def test_bptt_is_counted_by_torch(N, D, T):
    h0, xs, ys, W, U, b = (torch.tensor(a) for a in random_problem(N, D, T, np.random.default_rng(0)))
    h0, xs, ys, b = h0[:, None], xs[..., None], ys[..., None], b[:, None]
    hs = unroll(tanh_step, h0, xs, W, U, b)
    with FlopCounterMode(display=False) as counter:
        bptt(h0, xs, hs, W, 1 - hs**2, hs - ys)
    assert counter.get_total_flops() == 2 * bptt_cost(N, D, T).products
    assert hs.numel() + xs.numel() == bptt_cost(N, D, T).numbers


def counted(form, N, D, T, *more):
    """Multiplications in matrix products beyond the forward pass, and the influence matrix."""
    h0, xs, ys, *weights = random_problem(N, D, T, np.random.default_rng(1))
    Counting.products = 0
    done = form(h0, zip(xs, ys, strict=True), *(w.view(Counting) for w in weights), error, *more)
    return Counting.products - T * (N * N + N * D), done.S


@pytest.mark.parametrize("N, D, T", SIZES)
def test_rtrl_is_counted_by_its_arrays(N, D, T):
    products, S = counted(rtrl, N, D, T)
    unseen = T * S.size  # a row of errors times S, each step: a tensordot, which is no matmul
    expected = rtrl_cost(N, D, T)
    assert products + unseen == expected.products
    assert S.size == expected.numbers


@pytest.mark.parametrize("N, D, T", SIZES)
@pytest.mark.parametrize("block", [1, 2, 3])
def test_blocks_are_counted_by_their_arrays(N, D, T, block):
    products, S = counted(rtrl_in_blocks, N, D, T, block)
    at_start = (N + 1) * N * S.shape[1] * S.shape[2]  # S_0 = 0 is not multiplied
    pieces = -(-T // block)
    expected = block_cost(N, D, T, block)
    moved = expected.products + at_start * (pieces - T / block)
    assert products == pytest.approx(moved - at_start)
    assert expected.numbers == S.size + block * (N + 1) * N


def test_the_orders_of_growth():
    def slope(cost):
        return np.log2(cost(512).products / cost(256).products)

    assert slope(lambda n: bptt_cost(n, 1, 1)) == pytest.approx(2, abs=0.02)
    assert slope(lambda n: rtrl_cost(n, 1, 1)) == pytest.approx(4, abs=0.02)
    assert slope(lambda n: block_cost(n, 1, 1, n)) == pytest.approx(3, abs=0.02)


def test_peak_bytes_sees_an_array_that_comes_and_goes():
    assert 800_000 <= peak_bytes(lambda: np.ones(100_000).sum()) < 810_000


def test_contestants_take_turns_and_are_warm():
    calls = []
    times = interleaved({"a": lambda: calls.append("a"), "b": lambda: calls.append("b")}, rounds=2, calls=2)
    assert calls == ["a"] * 3 + ["b"] * 3 + ["a"] * 3 + ["b"] * 3
    assert set(times) == {"a", "b"} and min(times.values()) >= 0


def test_what_is_measured_can_be_drawn():
    values = measured(seed=0, ns=[2, 4], T=4, rounds=1)
    assert "µs" not in " ".join(measured(seed=0, ns=[2, 4], T=4, rounds=0))
    assert values["rtrl products"] == [2**2 * 4 * 3, 4**2 * 6 * 5]
    assert "n from 2 to 4" in figures.costs(values).alt
