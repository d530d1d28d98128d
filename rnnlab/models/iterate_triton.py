"""`iterate` on a GPU: one kernel that keeps each recurrence in registers through all steps, in float32.

A loop of small kernels is bound by their launches, whatever they compute. Here one is launched: it reads parameters
and start once, steps T times, and writes only what is kept. Each map of `cells` and `maps` stands here once more in
Triton, since a kernel cannot call NumPy; tests compare the two. Needs triton; only `iterate` imports this, if it must.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
import triton
import triton.language as tl

from rnnlab.arrays import Array
from rnnlab.models import cells, maps

BLOCK = 256  # recurrences a program holds: two in each of its 128 threads, so that one can wait for the other
TINY = tl.constexpr(maps.TINY)


@triton.jit
def _tanh(a):
    """(1 − e)/(1 + e) with e = exp(−2|a|), which never overflows; near zero, where 1 − e loses digits, a polynomial.

    a + a³ (c_0 + c_1 a² + … + c_4 a⁸) was fitted to tanh on |a| < 0.6; in float32 both are within two last digits.
    """
    z = a * a
    near = 0.0211162157 + z * -0.00627639005
    near = -0.333333313 + z * (0.133329242 + z * (-0.0538751371 + z * near))
    e = tl.exp2(-2.88539008 * tl.abs(a))  # 2/ln 2
    far = (1.0 - e) / (1.0 + e)
    return tl.where(z < 0.36, a + a * z * near, tl.where(a < 0.0, -far, far))


@triton.jit
def _logistic(a):
    """1/(1 + e⁻ᵃ), from exp(−|a|), which never overflows."""
    e = tl.exp2(-1.44269504 * tl.abs(a))  # 1/ln 2
    return tl.where(a < 0.0, e, 1.0) / (1.0 + e)


@triton.jit
def _linear_unit(s, x, p):
    h, b, w = s[0], p[0], p[1]
    return (w * h + b,)


@triton.jit
def _tanh_unit(s, x, p):
    h, b, w = s[0], p[0], p[1]
    return (_tanh(w * h + b),)


@triton.jit
def _logistic_map(s, x, p):
    h, r = s[0], p[0]
    return (r * h * (1.0 - h),)


@triton.jit
def _tanh_unit_stretch(s, x, p):
    h, l = s
    b, w = p
    h = _tanh(w * h + b)
    return h, l + tl.log(tl.abs(w * (1.0 - h * h)) + TINY)


@triton.jit
def _tanh_pair(s, x, p):
    h, k = s
    a, b, c, d = p
    return _tanh(a * h + b * k), _tanh(c * h + d * k)


@triton.jit
def _tanh_pair_stretch(s, x, p):
    h, k, v, u, l = s
    a, b, c, d = p
    h, k = _tanh(a * h + b * k), _tanh(c * h + d * k)
    v, u = (1.0 - h * h) * (a * v + b * u), (1.0 - k * k) * (c * v + d * u)
    size = tl.sqrt(v * v + u * u) + TINY
    return h, k, v / size, u / size, l + tl.log(size)


@triton.jit
def _twist(s, x, p):
    a, b = s
    return a + p[0], b + 0.5 * a * a


@triton.jit
def _driven_unit(s, x, p):
    h_prev, s_w, s_u = s
    w, u = p
    h = _tanh(w * h_prev + u * x[0])
    slope = 1.0 - h * h
    return h, slope * (h_prev + w * s_w), slope * (x[0] + w * s_u)


@triton.jit
def _driven_cost(s, x, p):
    h, s_w, s_u, E, E_w, E_u = s
    h, s_w, s_u = _driven_unit((h, s_w, s_u), x, p)
    error = h - x[1]
    return h, s_w, s_u, E + error * error, E_w + 2.0 * error * s_w, E_u + 2.0 * error * s_u


@triton.jit
def _logistic_unit(s, x, p):
    r, r_w, r_b = s
    b, w = p
    s = _logistic(r)
    steep = w * s * (1.0 - s)
    return w * s + b, s + steep * r_w, 1.0 + steep * r_b


@triton.jit
def _sum(h, k, p, row: tl.constexpr):
    return p[2 * row + 1] * h + p[2 * row + 2] * k


@triton.jit
def _scaled_lstm(s, x, p):
    h, k, c, e = s
    h, k = p[0] * h, p[0] * k
    i, i2 = _logistic(_sum(h, k, p, 0)), _logistic(_sum(h, k, p, 1))
    f, f2 = _logistic(_sum(h, k, p, 2)), _logistic(_sum(h, k, p, 3))
    g, g2 = _tanh(_sum(h, k, p, 4)), _tanh(_sum(h, k, p, 5))
    o, o2 = _logistic(_sum(h, k, p, 6)), _logistic(_sum(h, k, p, 7))
    c, e = f * c + i * g, f2 * e + i2 * g2
    return o * _tanh(c), o2 * _tanh(e), c, e


@triton.jit
def _unit_stretch(h, k, c, dh, dk, dc, p, unit: tl.constexpr):
    i, f = _logistic(_sum(h, k, p, unit)), _logistic(_sum(h, k, p, 2 + unit))
    g, o = _tanh(_sum(h, k, p, 4 + unit)), _logistic(_sum(h, k, p, 6 + unit))
    dc = f * dc + c * f * (1.0 - f) * _sum(dh, dk, p, 2 + unit)
    dc += g * i * (1.0 - i) * _sum(dh, dk, p, unit) + i * (1.0 - g * g) * _sum(dh, dk, p, 4 + unit)
    c = f * c + i * g
    y = _tanh(c)
    return o * y, c, y * o * (1.0 - o) * _sum(dh, dk, p, 6 + unit) + o * (1.0 - y * y) * dc, dc


@triton.jit
def _scaled_lstm_stretch(s, x, p):
    h, k, c, e, dh, dk, dc, de, l = s
    h, k, dh, dk = p[0] * h, p[0] * k, p[0] * dh, p[0] * dk
    y, c, dy, dc = _unit_stretch(h, k, c, dh, dk, dc, p, 0)
    z, e, dz, de = _unit_stretch(h, k, e, dh, dk, de, p, 1)
    size = tl.sqrt(dy * dy + dz * dz + dc * dc + de * de) + TINY
    return y, z, c, e, dy / size, dz / size, dc / size, de / size, l + tl.log(size)


STEPS: dict[Callable[..., Any], Any] = {
    cells.linear_unit: _linear_unit,
    cells.tanh_unit: _tanh_unit,
    maps.logistic_map: _logistic_map,
    maps.tanh_unit_stretch: _tanh_unit_stretch,
    maps.tanh_pair: _tanh_pair,
    maps.tanh_pair_stretch: _tanh_pair_stretch,
    maps.twist: _twist,
    maps.driven_unit: _driven_unit,
    maps.driven_cost: _driven_cost,
    maps.logistic_unit: _logistic_unit,
    maps.scaled_lstm: _scaled_lstm,
    maps.scaled_lstm_stretch: _scaled_lstm_stretch,
}


@triton.jit
def _input(xs, t, p, D: tl.constexpr):
    """The row x_{t+1}, one number for all recurrences in each entry."""
    x = p[:0]
    for d in tl.static_range(D):
        x = x + (tl.load(xs + t * D + d),)
    return x


@triton.jit
def _keep(row, state, inside, P):
    for i in tl.static_range(len(state)):
        tl.store(row + i * P, state[i], mask=inside)


@triton.jit(do_not_specialize=["unwritten", "keep"])  # or a slider of T would compile again and again
def _iterate(
    parameters, starts, xs, kept, P, unwritten, keep, swept: tl.constexpr, D: tl.constexpr, step: tl.constexpr,
    block: tl.constexpr,
):  # fmt: skip
    """`unwritten` steps in silence, then `keep` states written with a step between any two."""
    at = tl.program_id(0).to(tl.int64) * block + tl.arange(0, block)
    inside = at < P
    p, state = parameters[:0], starts[:0]
    for i in tl.static_range(len(parameters)):
        p = p + (tl.load(parameters[i] + at, mask=inside, other=0.0) if swept[i] else parameters[i],)
    for i in tl.static_range(len(starts)):
        state = state + (tl.load(starts[i] + at, mask=inside, other=0.0),)
    for t in range(unwritten):
        state = step(state, _input(xs, t, p, D), p)
    row = kept + at
    _keep(row, state, inside, P)
    for t in range(unwritten, unwritten + keep - 1):
        state = step(state, _input(xs, t, p, D), p)
        row += len(starts) * P
        _keep(row, state, inside, P)


def run(
    step: Callable[..., Any],
    parameters: Sequence[Array],
    starts: Sequence[Array],
    steps: int,
    keep: int,
    xs: Array | None,
    shape: tuple[int, ...],
) -> Array:
    """What `iterate` returns, for its arguments and the shape of the sweep: a tensor (keep, S, …)."""
    kept, arguments = prepare(step, parameters, starts, steps, keep, xs, shape)
    if kept.numel():
        _iterate[(triton.cdiv(arguments["P"], BLOCK),)](**arguments)
    return kept.reshape(keep, len(starts), *shape)


def prepare(
    step: Callable[..., Any],
    parameters: Sequence[Array],
    starts: Sequence[Array],
    steps: int,
    keep: int,
    xs: Array | None,
    shape: tuple[int, ...],
) -> tuple[Array, dict[str, Any]]:
    """The tensor to be filled, and all that the kernel is called with. A plain number goes as it is."""
    if step not in STEPS:
        names = ", ".join(known.__name__ for known in STEPS)
        raise ValueError(f"Triton's kernel does not know {step.__name__}; it knows {names}. Take way='loop'")
    like = next((v for v in (*parameters, *starts, xs) if isinstance(v, torch.Tensor)), None)
    if like is None or like.dtype != torch.float32:
        came = "no tensor" if like is None else str(like.dtype)
        raise ValueError(
            f"Triton's kernel computes on float32 tensors; came {came}. Take way='loop' for float64"
        )

    def swept(value: Array) -> Array:
        if isinstance(value, int | float):  # filled there; a copy would wait for all that runs on the device
            return torch.full((math.prod(shape),), value, dtype=like.dtype, device=like.device)
        tensor = torch.as_tensor(value, dtype=like.dtype, device=like.device).detach()
        return tensor.expand(shape).contiguous().reshape(-1)

    kept = torch.empty((keep, len(starts), *shape), dtype=like.dtype, device=like.device)
    rows = None if xs is None else torch.as_tensor(xs, dtype=like.dtype, device=like.device).contiguous()
    loose = [isinstance(value, int | float) for value in parameters]
    return (
        kept,
        {
            "parameters": tuple(
                float(v) if plain else swept(v) for v, plain in zip(parameters, loose, strict=True)
            ),
            "starts": tuple(swept(value) for value in starts),
            "xs": kept if rows is None else rows,  # with D = 0 it is not read
            "kept": kept,
            "P": kept[0, 0].numel(),
            "unwritten": steps + 1 - keep,
            "keep": keep,
            "swept": tuple(not plain for plain in loose),
            "D": 0 if rows is None else rows[:1].numel() if steps else 1,
            "step": STEPS[step],
            "block": BLOCK,
        },
    )
