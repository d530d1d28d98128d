"""A million recurrences at once: the same step, each with parameters of its own, and only what is asked for kept."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any

import numpy as np

from rnnlab.arrays import Array, is_tensor

BLOCK = 8192  # recurrences that go through all steps together on a CPU, so that they stay in its cache
WAYS = (None, "loop", "triton")


def iterate(
    step: Callable[..., Any],
    parameters: Sequence[Array],
    start: Array | tuple[Array, ...],
    steps: int,
    keep: int = 1,
    xs: Array | None = None,
    way: str | None = None,
) -> Array:
    """h_t = step(h_{t−1}, *parameters) for t = 1 … T, or step(h_{t−1}, x_t, *parameters) where xs is given.

    Parameters and start are numbers or arrays; together they broadcast to the sweep's shape (…). xs (T,) or (T, D)
    is seen by all. Returns the last `keep` of h_0 … h_T, (keep, …), or (keep, S, …) for a state that is a tuple of S
    arrays: keep=1 is the end, keep=T + 1 the whole orbit. What is summed on the way is one more entry of the state.

    NumPy stays NumPy: a block of the sweep at a time goes through all steps. Tensors stay where they are; on a GPU, in
    float32 and without a graph, the steps that `iterate_triton` knows are one kernel. `way`, "loop" or "triton",
    forces one. What overflows is inf, then NaN, without a warning: here it is a result. Lecture 05, section 3.
    """
    several = isinstance(start, tuple)
    starts = start if isinstance(start, tuple) else (start,)
    plain = step if several else lambda state, *rest: (step(state[0], *rest),)
    shape = _require(parameters, starts, steps, keep, xs, way)
    tensors = [value for value in (*parameters, *starts, xs) if is_tensor(value)]
    if way == "triton" or (way is None and _suits_triton(step, tensors)):
        from rnnlab.models import iterate_triton

        kept = iterate_triton.run(step, parameters, starts, steps, keep, xs, shape)
    elif tensors:
        kept = _in_torch(plain, parameters, starts, steps, keep, xs, shape, tensors[0])
    else:
        kept = _in_blocks(plain, parameters, starts, steps, keep, xs, shape)
    return kept if several else kept[:, 0]


@np.errstate(over="ignore", invalid="ignore")
def _in_blocks(
    step: Callable[..., tuple[Array, ...]],
    parameters: Sequence[Array],
    starts: tuple[Array, ...],
    steps: int,
    keep: int,
    xs: Array | None,
    shape: tuple[int, ...],
) -> np.ndarray:
    """Every entry of state and parameters is a short piece, which waits in the cache for its next step."""
    typed = [value.dtype for value in (*parameters, *starts) if hasattr(value, "dtype")]
    dtype = np.result_type(np.float32, *typed) if typed else np.dtype(float)
    values = [np.asarray(value, dtype) for value in parameters]
    sweeps = [np.broadcast_to(value, shape).reshape(-1) if value.ndim else value for value in values]
    firsts = [np.broadcast_to(np.asarray(value, dtype), shape).reshape(-1) for value in starts]
    inputs = None if xs is None else np.asarray(xs, dtype)
    P = len(firsts[0])
    kept = np.empty((keep, len(starts), P), dtype)
    for at in range(0, P, BLOCK):
        own = slice(at, at + BLOCK)
        piece = [value[own] if value.ndim else value for value in sweeps]
        _walk(step, piece, tuple(first[own] for first in firsts), steps, inputs, kept[:, :, own])
    return kept.reshape(keep, len(starts), *shape)


def _in_torch(
    step: Callable[..., tuple[Array, ...]],
    parameters: Sequence[Array],
    starts: tuple[Array, ...],
    steps: int,
    keep: int,
    xs: Array | None,
    shape: tuple[int, ...],
    like: Array,
) -> Array:
    """One small kernel after another: what has a graph, or no kernel of its own."""
    torch = sys.modules["torch"]

    def there(value: Array) -> Array:
        if isinstance(value, int | float):  # filled there; a copy would wait for all that runs on the device
            return torch.full((), value, dtype=like.dtype, device=like.device)
        return torch.as_tensor(value, dtype=like.dtype, device=like.device)

    values = [value if isinstance(value, int | float) else there(value) for value in parameters]
    firsts = tuple(there(value).expand(shape) for value in starts)
    inputs = None if xs is None else there(xs)
    kept = torch.empty((keep, len(starts), *shape), dtype=like.dtype, device=like.device)
    _walk(step, values, firsts, steps, inputs, kept)
    return kept


def _walk(
    step: Callable[..., tuple[Array, ...]],
    parameters: Sequence[Array],
    state: tuple[Array, ...],
    steps: int,
    xs: Array | None,
    kept: Array,
) -> None:
    """The loop. The last len(kept) states are written into `kept` (keep, S, …)."""
    unwritten = steps + 1 - len(kept)
    for t in range(steps + 1):
        if t > 0:
            state = step(state, *parameters) if xs is None else step(state, xs[t - 1], *parameters)
        if t >= unwritten:
            for i, value in enumerate(state):
                kept[t - unwritten, i] = value


def _suits_triton(step: Callable[..., Any], tensors: list[Array]) -> bool:
    """On a GPU, in float32, with no gradient asked for, triton installed, and a step that it knows."""
    if not tensors or not all(value.is_cuda for value in tensors) or find_spec("triton") is None:
        return False
    torch = sys.modules["torch"]
    if any(value.dtype != torch.float32 or value.requires_grad for value in tensors):
        return False
    from rnnlab.models import iterate_triton

    return step in iterate_triton.STEPS


def _require(
    parameters: Sequence[Array],
    starts: tuple[Array, ...],
    steps: int,
    keep: int,
    xs: Array | None,
    way: str | None,
) -> tuple[int, ...]:
    if way not in WAYS:
        raise ValueError(f"came way={way!r}; expected one of {WAYS}")
    if steps < 0 or not 1 <= keep <= steps + 1:
        raise ValueError(
            f"came steps={steps}, keep={keep}; expected steps ≥ 0 and 1 ≤ keep ≤ steps + 1, the start among them"
        )
    if xs is not None and len(xs) != steps:
        raise ValueError(f"xs has shape {tuple(np.shape(xs))}; expected one row for each of {steps} steps")
    shapes = [tuple(np.shape(value)) for value in (*parameters, *starts)]
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        raise ValueError(
            f"parameters and start have the shapes {shapes}, which do not broadcast to one sweep; a state of"
            " several numbers is a tuple, one entry a number"
        ) from None
