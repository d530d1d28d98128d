"""Maps to be iterated: one step of recurrences of one or a few numbers, written element by element.

A state of several numbers is a tuple of arrays, one an entry; every parameter is a number or a sweep. So a million
recurrences are one call, on NumPy arrays and on torch tensors, and `iterate_triton` holds each in a GPU's registers.
A map of one number is a unit of `cells`: `tanh_unit(h, b, w)`, with the bias in the place of the input.
What is summed or carried along, a sensitivity, a cost or a stretching, is one more entry of the state.
"""

from __future__ import annotations

from rnnlab.arrays import Array, namespace
from rnnlab.models.cells import tanh_unit
from rnnlab.models.gates import logistic

State = tuple[Array, ...]
TINY = 1e-30  # stands in for zero inside a logarithm, in float32 too


def logistic_map(h: Array, r: Array) -> Array:
    """r h (1 − h): chaos in one line; at r = 4 its Lyapunov exponent is ln 2."""
    return r * h * (1 - h)


def tanh_unit_stretch(state: State, b: Array, w: Array) -> State:
    """h ← tanh(w h + b), ℓ ← ℓ + ln |w (1 − h²)|: what a nudge of h is multiplied by, summed up. Lecture 05."""
    h, l = state
    h = tanh_unit(h, b, w)
    return h, l + namespace(h).log(abs(w * (1 - h * h)) + TINY)


def tanh_pair(state: State, a: Array, b: Array, c: Array, d: Array) -> State:
    """h ← tanh(W h), W = [[a, b], [c, d]]: two units, which can turn about each other."""
    h, k = state
    xp = namespace(h, a)
    return xp.tanh(a * h + b * k), xp.tanh(c * h + d * k)


def tanh_pair_stretch(state: State, a: Array, b: Array, c: Array, d: Array) -> State:
    """`tanh_pair`, a vector v ← diag(1 − h²) W v, cut to length one, and ℓ, the sum of the ln ‖v‖ before the cut."""
    h, k, v, u, l = state
    h, k = tanh_pair((h, k), a, b, c, d)
    v, u = (1 - h * h) * (a * v + b * u), (1 - k * k) * (c * v + d * u)
    xp = namespace(h)
    size = xp.sqrt(v * v + u * u) + TINY
    return h, k, v / size, u / size, l + xp.log(size)


def twist(state: State, theta: Array) -> State:
    """a ← a + θ, b ← b + ½a²: no direction grows exponentially, and yet b grows as t³ θ²/6."""
    a, b = state
    return a + theta, b + 0.5 * a * a


def driven_unit(state: State, x: Array, w: Array, u: Array) -> State:
    """h ← tanh(w h + u x), and its sensitivities s_w = ∂h/∂w, s_u = ∂h/∂u, carried forward beside it: RTRL in small.

    s_w ← (1 − h²)(h₋ + w s_w), s_u ← (1 − h²)(x + w s_u), with h₋ the state before the step. Lecture 04.
    """
    h_prev, s_w, s_u = state
    h = tanh_unit(h_prev, u * x, w)
    slope = 1 - h * h
    return h, slope * (h_prev + w * s_w), slope * (x + w * s_u)


def driven_cost(state: State, x: tuple[Array, Array], w: Array, u: Array) -> State:
    """`driven_unit` on x = (x_t, y_t), and the sums E = Σ_t (h_t − y_t)², ∂E/∂w and ∂E/∂u: a cost with its gradient."""
    h, s_w, s_u, E, E_w, E_u = state
    x, y = x
    h, s_w, s_u = driven_unit((h, s_w, s_u), x, w, u)
    error = h - y
    return h, s_w, s_u, E + error * error, E_w + 2 * error * s_w, E_u + 2 * error * s_u


def logistic_unit(state: State, b: Array, w: Array) -> State:
    """r ← w σ(r) + b, with ∂r/∂w and ∂r/∂b carried forward: lecture 05's cliff."""
    r, r_w, r_b = state
    s = logistic(r)
    steep = w * s * (1 - s)
    return w * s + b, s + steep * r_w, 1 + steep * r_b


def scaled_lstm(state: State, s: Array, *W: Array) -> State:
    """Two LSTM units (h, k) with cells (c, e), no input and no bias, recurrent weights s W: chaos where s is large.

    W is given as its sixteen numbers, row by row, in the order of `lstm_step`, which this is, element by element.
    """
    h, k, c, e = state
    i, i2, f, f2, g, g2, o, o2 = _gates(_sums(s * h, s * k, W))
    c, e = f * c + i * g, f2 * e + i2 * g2
    xp = namespace(c)
    return o * xp.tanh(c), o2 * xp.tanh(e), c, e


def scaled_lstm_stretch(state: State, s: Array, *W: Array) -> State:
    """`scaled_lstm`, a vector (dh, dk, dc, de) carried along, cut to length one, and ℓ, the sum of ln of its lengths.

    The gates' sums are linear, so da = s W dh. The rest is the product rule, with σ' = σ (1 − σ), tanh' = 1 − tanh²:
    dc ← f dc + c f (1 − f) da_f + g i (1 − i) da_i + i (1 − g²) da_g, then, with y = tanh(c) and the new c and dc,
    dh ← y o (1 − o) da_o + o (1 − y²) dc.
    """
    h, k, c, e, dh, dk, dc, de, l = state
    gates, das = _gates(_sums(s * h, s * k, W)), _sums(s * dh, s * dk, W)
    h, c, dh, dc = _unit_stretch(c, dc, gates[0::2], das[0::2])
    k, e, dk, de = _unit_stretch(e, de, gates[1::2], das[1::2])
    xp = namespace(h)
    size = xp.sqrt(dh * dh + dk * dk + dc * dc + de * de) + TINY
    return h, k, c, e, dh / size, dk / size, dc / size, de / size, l + xp.log(size)


def _sums(h: Array, k: Array, W: State) -> list[Array]:
    """W (h, k), in the order (i, i, f, f, g, g, o, o)."""
    return [p * h + q * k for p, q in zip(W[0::2], W[1::2], strict=True)]


def _gates(sums: list[Array]) -> list[Array]:
    """What the gates of two units let through, and what they would write."""
    i, i2, f, f2, g, g2, o, o2 = sums
    tanh = namespace(g).tanh
    return [*map(logistic, (i, i2, f, f2)), tanh(g), tanh(g2), logistic(o), logistic(o2)]


def _unit_stretch(c: Array, dc: Array, gates: list[Array], das: list[Array]) -> State:
    """One LSTM unit's h and c after a step, and dh and dc."""
    (i, f, g, o), (da_i, da_f, da_g, da_o) = gates, das
    dc = f * dc + c * f * (1 - f) * da_f + g * i * (1 - i) * da_i + i * (1 - g * g) * da_g
    c = f * c + i * g
    y = namespace(c).tanh(c)
    return o * y, c, y * o * (1 - o) * da_o + o * (1 - y * y) * dc, dc
