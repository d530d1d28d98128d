"""Rows: the gradients of the lectures beside autograd, and beside one another. The time is that of the forward
pass, the loss and the gradient by all weights.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from harness import Goal, Row

from rnnlab.analysis.gradient_costs import Problem, by_blocks, by_bptt, by_rtrl, error, random_problem
from rnnlab.arrays import namespace
from rnnlab.gradients import bptt
from rnnlab.gradients.gates import lstm_bptt
from rnnlab.models import tanh_step, unroll
from rnnlab.models.adapters import torch_gates
from rnnlab.models.gates import lstm_step

N, D, T, B = 64, 8, 200, 32  # of the rows with a batch


def exact_rtrl() -> Row:
    problem = random_problem(64, 1, 128, np.random.default_rng(0))
    blocks, one_product, backwards = "RTRL in blocks of 64", "RTRL, a matrix product a step", "BPTT by hand"
    return Row(
        "exact RTRL, N = 64, B = 1, T = 128, float64",
        {
            blocks: lambda: by_blocks(problem, 64),
            one_product: lambda: by_rtrl(problem),
            "RTRL by einsum": lambda: by_einsum(problem),
            "torch.func.jacfwd": lambda: by_jacfwd(problem),
            backwards: lambda: by_bptt(problem),
        },
        within=1e-9,
        goals=(
            Goal(blocks, one_product, 8.0),
            Goal(blocks, "RTRL by einsum"),
            Goal(blocks, "torch.func.jacfwd"),
            Goal(blocks, backwards, 1 / 5),
        ),
        pieces={"its matrix products alone": products_of_blocks(problem, 64)},
    )


def hand_bptt(library: str, times: float) -> Row:
    rng = np.random.default_rng(0)
    shapes = ((N, B), (T, D, B), (T, N, B), (N, N), (N, D), (N, 1))
    scales = (1.0, 1.0, 1.0, N**-0.5, D**-0.5, 0.1)
    arrays = [(s * rng.normal(size=z)).astype(np.float32) for s, z in zip(scales, shapes, strict=True)]
    tensors = [torch.from_numpy(array) for array in arrays]
    h0, xs, ys, *weights = tensors
    ours, module, loop = f"BPTT by hand, {library}", "nn.RNN under autograd", "a loop under autograd"
    own = arrays if library == "NumPy" else tensors
    return Row(
        f"BPTT, N = {N}, B = {B}, T = {T}, float32, {library}",
        {
            ours: lambda: by_hand(*own),
            module: by_module(torch_rnn(*weights), xs, ys, h0),
            loop: by_equations(lambda W, U, b: unroll(tanh_step, h0, xs, W, U, b), ys, weights),
        },
        within=1e-4,
        goals=(Goal(ours, module, times), Goal(ours, loop)),
        pieces={
            "its matrix products alone": products_of_bptt(*own),
            "its tanh alone": lambda: [namespace(y).tanh(y) for y in own[2]],
            "its five copies into one array alone": lambda: [
                namespace(*own).concatenate(list(own[2]), 1) for _ in range(5)
            ],
        },
        note="nn.RNN has the same products and the same tanh, and its loop is compiled. Beyond them ours calls three"
        " more small operations a step, and five times lays a list of steps out as one array: for unroll, for what"
        " bptt hands back and for the three factors of the weights' gradients.",
    )


def by_hand(h0: Any, xs: Any, ys: Any, W: Any, U: Any, b: Any) -> tuple:
    """The forward pass with U x + b computed for all steps at once, the loss, and the gradient."""
    tanh = namespace(h0).tanh
    with torch.no_grad():
        hs = unroll(lambda h, drive: tanh(W @ h + drive), h0, U @ xs + b)
        errors = hs - ys
        errors.reshape(-1) @ errors.reshape(-1)  # the loss, which autograd computes as well
        return bptt(h0, xs, hs, W, slopes=1 - hs * hs, explicit=errors)[:3]


def lstm_from_equations() -> Row:
    rng, s0 = np.random.default_rng(0), torch.zeros(2, N, B)
    xs, ys = (torch.from_numpy(rng.normal(size=(T, k, B)).astype(np.float32)) for k in (D, N))
    torch.manual_seed(0)
    lstm = torch.nn.LSTM(D, N)
    ((W, U, b),) = torch_gates(lstm)
    weights = [torch.from_numpy(w) for w in (W, U, b[:, None])]
    step, module, by_hand = "lstm_step under autograd", "nn.LSTM under autograd", "lstm_step and lstm_bptt"
    return Row(
        f"LSTM step from the equations, N = {N}, B = {B}, T = {T}, float32",
        {
            step: by_equations(lambda *w: unroll(lstm_step, s0, xs, *w)[:, 0], ys, weights),
            by_hand: lambda: lstm_by_hand(s0, xs, ys, *weights),
            module: by_module(lstm, xs, ys),
        },
        within=1e-4,
        goals=(Goal(step, module), Goal(by_hand, module)),
        pieces={
            "its forward pass alone": lambda: unroll(lstm_step, s0, xs, *weights),
            "its matrix products alone": products_of_lstm(xs, ys, W=weights[0], U=weights[1]),
        },
        note="The step from the equations is there to be read, changed and taken apart; nobody should train with it."
        " nn.LSTM gives the same numbers by one fused operation forward and one back: torch.profiler counts 104"
        " operations there, most of them around those two, and 54,000 in ours, which makes and records a small tensor"
        " for each sign in the equations.",
    )


def lstm_by_hand(s0: Any, xs: Any, ys: Any, W: Any, U: Any, b: Any) -> tuple:
    with torch.no_grad():
        states = unroll(lstm_step, s0, xs, W, U, b)
        return lstm_bptt(s0, xs, states, W, U, b, explicit=states[:, 0] - ys)[:3]


def by_module(module: torch.nn.Module, xs: Any, ys: Any, h0: Any = None) -> Callable[[], tuple]:
    """A recurrent network of torch.nn under autograd, fed in its own layout, (T, B, ·), which is made beforehand."""
    xs, ys = (a.permute(0, 2, 1).contiguous() for a in (xs, ys))
    start = () if h0 is None else (h0.T[None].contiguous(),)

    def run() -> tuple:
        module.zero_grad()
        hs, _ = module(xs, *start)
        (0.5 * ((hs - ys) ** 2).sum()).backward()
        return module.weight_hh_l0.grad, module.weight_ih_l0.grad, module.bias_ih_l0.grad[:, None]

    return run


def torch_rnn(W: Any, U: Any, b: Any) -> torch.nn.RNN:
    """The network of torch.nn with these weights."""
    rnn = torch.nn.RNN(U.shape[1], U.shape[0])
    with torch.no_grad():
        for parameter, value in zip(rnn.parameters(), (U, W, b[:, 0], 0 * b[:, 0]), strict=True):
            parameter.copy_(value)
    return rnn


def by_einsum(problem: Problem) -> tuple:
    """S_t = diag(f'(a_t)) (W S_{t−1} + I ⊗ z_t), its product written with indices."""
    h, xs, ys, W, U, b = problem
    n, P = len(W), len(W) + U.shape[1] + 1
    S, dTheta, every = np.zeros((n, n, P)), np.zeros((n, P)), np.arange(n)
    for x, y in zip(xs, ys, strict=True):
        z = np.concatenate([h, x, [1.0]])
        h = np.tanh(W @ h + U @ x + b)
        S = np.einsum("kl,lij->kij", W, S)
        S[every, every] += z
        S *= (1 - h * h)[:, None, None]
        dTheta += np.einsum("k,kij->ij", error(h, y), S)
    return dTheta[:, :n], dTheta[:, n:-1], dTheta[:, -1]


def by_jacfwd(problem: Problem) -> tuple:
    """Forward derivatives of the loss by all weights at once."""
    h0, xs, ys, *weights = map(torch.from_numpy, problem)

    def loss(W: Any, U: Any, b: Any) -> Any:
        h, total = h0, 0.0
        for x, y in zip(xs, ys, strict=True):
            h = torch.tanh(W @ h + U @ x + b)
            total = total + 0.5 * ((h - y) ** 2).sum()
        return total

    return torch.func.jacfwd(loss, argnums=(0, 1, 2))(*weights)


def products_of_blocks(problem: Problem, block: int) -> Callable[[], None]:
    """What RTRL in blocks multiplies: N + 1 rows back through each step, then once a block all of it."""
    W, n, P, steps = problem.W, len(problem.W), len(problem.W) + problem.U.shape[1] + 1, len(problem.xs)
    rng = np.random.default_rng(1)
    dA, zs, S = rng.normal(size=(block, n + 1, n)), rng.normal(size=(block, P)), rng.normal(size=(n, n * P))

    def run() -> None:
        for begin in range(0, steps, block):
            for t in range(block):
                A = dA[t] @ W
            dA.reshape(block, -1).T @ zs
            if begin:
                A @ S

    return run


def products_of_bptt(h0: Any, xs: Any, ys: Any, W: Any, U: Any, b: Any) -> Callable[[], None]:
    """What BPTT multiplies: one product a step forward and back, and one for each weight."""
    flat = ys.swapaxes(0, 1).reshape(len(W), -1) + 0  # (N, T B), the steps side by side
    inputs = xs.swapaxes(0, 1).reshape(xs.shape[1], -1) + 0

    def run() -> None:
        U @ xs
        for y in ys:
            W @ y
        for y in ys:
            W.T @ y
        flat @ flat.T
        flat @ inputs.T

    return run


def products_of_lstm(xs: Any, ys: Any, W: Any, U: Any) -> Callable[[], None]:
    """What an LSTM multiplies, forward and back: four blocks of rows in each product."""
    das = torch.cat([ys] * 4, 1)  # (T, 4N, B)
    flat, hs, inputs = (a.swapaxes(0, 1).reshape(a.shape[1], -1) + 0 for a in (das, ys, xs))

    def run() -> None:
        for x, h, da in zip(xs, ys, das, strict=True):
            W @ h
            U @ x
            W.T @ da
        flat @ hs.T
        flat @ inputs.T

    return run


def by_equations(model: Callable[..., Any], ys: Any, weights: list[Any]) -> Callable[[], tuple]:
    """A forward pass in torch, the loss, and autograd's gradient by the weights."""

    def run() -> tuple:
        leaves = [w.detach().requires_grad_() for w in weights]
        loss = 0.5 * ((model(*leaves) - ys) ** 2).sum()
        return torch.autograd.grad(loss, leaves)

    return run


ROWS: dict[str, Callable[[], Row]] = {
    "rtrl": exact_rtrl,
    "bptt-numpy": lambda: hand_bptt("NumPy", 2.5),
    "bptt-torch": lambda: hand_bptt("torch", 1.5),
    "lstm": lstm_from_equations,
}
