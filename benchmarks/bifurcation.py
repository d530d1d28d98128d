"""Rows: sweeps of a one-unit network. Where it comes to rest over its weight, and its cost with the gradient.

A user would write the loop in torch, or a scan in jax and compile it. What nobody can do without is the tanh of each
unit at each step, so the time of that alone stands beside them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from harness import Goal, Row, peer

from rnnlab.models.cells import tanh_unit
from rnnlab.models.iterate import iterate
from rnnlab.models.maps import driven_cost

KEEP, BIAS = 2, 0.1  # a tanh unit comes to rest, or alternates


def bifurcation(weights: int, steps: int, times: float | None = None) -> Row:
    """h ← tanh(w h + b) over w: what it does in its last steps."""
    w, h0 = np.linspace(-3, 5, weights), 0.5
    scan = _scan(w, h0, steps)
    ours, tanh = "iterate", "its tanh alone"
    return Row(
        f"bifurcation picture, {weights:,} weights × {steps:,} steps, float64",
        {
            ours: lambda: iterate(tanh_unit, (BIAS, w), h0, steps, keep=KEEP),
            "a loop in torch": lambda: _loop(torch.from_numpy(w), h0, steps),
            "jax.lax.scan, compiled": scan,
        },
        within=1e-9,
        goals=(Goal(ours, "a loop in torch"), Goal(ours, "jax.lax.scan, compiled"), Goal(ours, tanh, times)),
        pieces={
            tanh: lambda: _only_tanh(w, steps),
            "its calls alone, on one weight": lambda: iterate(tanh_unit, (BIAS, w[:1]), h0, steps, keep=KEEP),
        },
        note="jax compiles a step into one walk through the weights. iterate makes a call and a walk for each operation"
        " of the step, over a block of weights at a time so that it stays in the cache: what it takes beyond tanh.",
    )


def cost_surface(side: int = 128, steps: int = 100) -> Row:
    """E(w, u) of h ← tanh(w h + u x), on a grid, with its gradient."""
    rng = np.random.default_rng(0)
    us, ys = rng.normal(size=steps), 0.5 * rng.normal(size=steps)
    w, u = (axis.ravel() for axis in np.meshgrid(np.linspace(-2, 2, side), np.linspace(-2, 2, side)))
    data, ours = np.stack([us, ys], 1), "iterate, sensitivities forward"
    loop, scan = "a loop in torch, autograd", "jax.grad of a scan, compiled"
    return Row(
        f"cost surface {side} × {side} with gradient, {steps} steps, float64",
        {
            ours: lambda: tuple(iterate(driven_cost, (w, u), (0.0,) * 6, steps, xs=data)[-1, 3:]),
            loop: lambda: _surface_in_torch(*map(torch.from_numpy, (w, u, us, ys))),
            scan: _surface_in_jax(w, u, us, ys),
        },
        within=1e-9,
        goals=(Goal(ours, loop), Goal(ours, scan)),
        pieces={"its tanh alone": lambda: _only_tanh(w, steps)},
    )


def _loop(w: torch.Tensor, h0: float, steps: int) -> torch.Tensor:
    h, kept = torch.full_like(w, h0), []
    for t in range(steps):
        h = torch.tanh(w * h + BIAS)
        if t >= steps - KEEP:
            kept.append(h)
    return torch.stack(kept)


def _only_tanh(w: np.ndarray, steps: int, block: int = 8192) -> None:
    """In pieces that stay in the cache, and into memory that is there: nothing less can be done."""
    for at in range(0, len(w), block):
        a = w[at : at + block].copy()
        for _ in range(steps):
            np.tanh(w[at : at + block], out=a)


def _scan(w: np.ndarray, h0: float, steps: int) -> Callable[[], Any] | None:
    jax = _jax()
    if jax is None:
        return None

    @jax.jit
    def run(w: Any) -> Any:
        def step(h: Any, keep: Any) -> tuple:
            h = jax.numpy.tanh(w * h + BIAS)
            return h, h

        h = jax.lax.fori_loop(0, steps - KEEP, lambda t, h: step(h, None)[0], jax.numpy.full_like(w, h0))
        return jax.lax.scan(step, h, length=KEEP)[1]

    values = jax.numpy.asarray(w)
    return lambda: np.asarray(run(values))


def _surface_in_torch(w: torch.Tensor, u: torch.Tensor, us: torch.Tensor, ys: torch.Tensor) -> tuple:
    """Each cost depends on its own weights only, so the gradient of their sum is all of their gradients."""
    w, u = w.requires_grad_(), u.requires_grad_()
    h, E = torch.zeros_like(w), torch.zeros_like(w)
    for x, y in zip(us, ys, strict=True):
        h = torch.tanh(w * h + u * x)
        E = E + (h - y) ** 2
    return (E.detach(), *torch.autograd.grad(E.sum(), (w, u)))


def _surface_in_jax(w: np.ndarray, u: np.ndarray, us: np.ndarray, ys: np.ndarray) -> Callable[[], Any] | None:
    jax = _jax()
    if jax is None:
        return None

    def summed(w: Any, u: Any, us: Any, ys: Any) -> Any:
        def step(carried: Any, data: Any) -> tuple:
            (h, E), (x, y) = carried, data
            h = jax.numpy.tanh(w * h + u * x)
            return (h, E + (h - y) ** 2), None

        zero = jax.numpy.zeros_like(w)
        (_, E), _ = jax.lax.scan(step, (zero, zero), (us, ys))
        return E.sum(), E

    run = jax.jit(jax.value_and_grad(summed, argnums=(0, 1), has_aux=True))
    values = [jax.numpy.asarray(a) for a in (w, u, us, ys)]

    def surface() -> tuple:
        (_, E), gradient = run(*values)
        return tuple(np.asarray(a) for a in (E, *gradient))

    return surface


def _jax() -> Any:
    """jax, computing in float64 as the others do; None where it is not installed."""
    jax = peer("jax")
    if jax is not None:
        jax.config.update("jax_enable_x64", True)
    return jax


ROWS: dict[str, Callable[[], Row]] = {
    "bifurcation-2000": lambda: bifurcation(2_000, 2_000),
    "bifurcation-100000": lambda: bifurcation(100_000, 200, times=1 / 2.5),
    "cost-surface": cost_surface,
}
