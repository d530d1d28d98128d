"""Back-propagation through time for gated cells: a walk of their own, then the same `weight_gradients`.

The forward pass is `unroll`'s. All gates are found again from the states in one product, the steps side by side.

    states = unroll(lstm_step, s0, xs, W, U, b)                   # (T, 2, N)
    gradients = lstm_bptt(s0, xs, states, W, U, b, explicit=states[:, 0] - ys)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from rnnlab.arrays import Array, namespace
from rnnlab.gradients.bptt import Gradients, columns, weight_gradients
from rnnlab.models.gates import gru_gates, lstm_gates


class LstmGradients(NamedTuple):
    """The gradient by the weights, by the pair before the first step, and by each h_t and c_t."""

    dW: Array  # (4N, N)
    dU: Array  # (4N, D)
    db: Array  # as b
    ds0: Array  # (2, N) or (2, N, B): by h_0 and c_0
    dhs: Array  # (T, N) or (T, N, B)
    dcs: Array  # the same
    dP: Array | None  # (3, N) or (3, N, 1), where there are peepholes


def lstm_bptt(
    s0: Array,
    xs: Array,
    states: Array,
    W: Array,
    U: Array,
    b: Array,
    explicit: Array,
    P: Array | None = None,
    truncated: bool = False,
) -> LstmGradients:
    """The gradient of an LSTM with a loss on its outputs h_t. Lecture 06, (6.12) and (6.13).

    s0 (2, N), xs (T, D), states (T, 2, N), explicit (T, N) = ∂ᵉL/∂h_t, each with a batch as last axis if there is
    one. `truncated` cuts whatever goes back in time outside of the cell, as the first LSTM did. (6.14)
    """
    _require_one_size(s0, xs, states, W, explicit, rows=4, pair=True)
    if s0.ndim == 2:  # one sequence is a batch of one
        s0, xs, states, b, explicit, P = _as_batch(s0, xs, states, b, explicit, P)
        dW, dU, *rest = lstm_bptt(s0, xs, states, W, U, b, explicit, P, truncated)
        return LstmGradients(dW, dU, *(None if part is None else part[..., 0] for part in rest))
    xp, before = namespace(states), _before(s0, states)
    i, f, g, o, c = _all_steps(lstm_gates, before.swapaxes(0, 1), xs, W, U, b, P)
    p_i, p_f, p_o = (0, 0, 0) if P is None else P
    tanh_c, c_before = xp.tanh(c), before[:, 1]
    by_c = o * (1 - tanh_c**2)  # ∂ᵉh/∂c
    by_i, by_f = g * i * (1 - i), c_before * f * (1 - f)  # ∂ᵉc/∂a_i, ∂ᵉc/∂a_f
    by_g, by_o = i * (1 - g**2), tanh_c * o * (1 - o)  # ∂ᵉc/∂a_g, ∂ᵉh/∂a_o
    onward_h, onward_c, W_back, das, dhs, dcs = 0 * s0[0], 0 * s0[1], W.T, [], [], []
    for t in range(len(xs) - 1, -1, -1):
        dh = explicit[t] + onward_h
        da_o = by_o[t] * dh
        dc = by_c[t] * dh + p_o * da_o + onward_c
        da_i, da_f = by_i[t] * dc, by_f[t] * dc
        da = xp.concatenate([da_i, da_f, by_g[t] * dc, da_o])
        onward_c = f[t] * dc
        if not truncated:
            onward_h = W_back @ da
            onward_c = onward_c + p_i * da_i + p_f * da_f
        das.append(da)
        dhs.append(dh)
        dcs.append(dc)
    das, seen = das[::-1], (c_before, c_before, c)
    dP = None if P is None else _peephole_gradients(xp.stack(das), seen)
    ds0, dhs, dcs = xp.stack([onward_h, onward_c]), xp.stack(dhs[::-1]), xp.stack(dcs[::-1])
    return LstmGradients(*weight_gradients(das, list(before[:, 0]), xs), ds0, dhs, dcs, dP)


def gru_bptt(h0: Array, xs: Array, hs: Array, W: Array, U: Array, b: Array, explicit: Array) -> Gradients:
    """The gradient of `gru_step`, S1's form, with a loss on its states h_t. Lecture 06, section 6.

    h0 (N,), xs (T, D), hs and explicit (T, N), each with a batch as last axis if there is one.
    """
    _require_one_size(h0, xs, hs, W, explicit, rows=3, pair=False)
    if h0.ndim == 1:
        h0, xs, hs, b, explicit = _as_batch(h0, xs, hs, b, explicit)
        dW, dU, *rest = gru_bptt(h0, xs, hs, W, U, b, explicit)
        return Gradients(dW, dU, *(part[..., 0] for part in rest))
    N, xp, before = len(h0), namespace(hs), _before(h0, hs)
    r, z, n = _all_steps(gru_gates, before, xs, W, U, b)
    by_n, by_z = (1 - z) * (1 - n**2), (before - n) * z * (1 - z)  # ∂ᵉh/∂a_n, ∂ᵉh/∂a_z
    by_r = before * r * (1 - r)  # ∂ᵉ(r ⊙ h)/∂a_r
    rz_back, n_back, onward, das, dhs = W[: 2 * N].T, W[2 * N :].T, 0 * h0, [], []
    for t in range(len(xs) - 1, -1, -1):
        dh = explicit[t] + onward
        da_n = by_n[t] * dh
        by_reset = n_back @ da_n  # ∂L/∂(r ⊙ h)
        da_rz = xp.concatenate([by_r[t] * by_reset, by_z[t] * dh])
        onward = z[t] * dh + r[t] * by_reset + rz_back @ da_rz
        das.append(xp.concatenate([da_rz, da_n]))
        dhs.append(dh)
    das = das[::-1]
    dW, dU, db = weight_gradients(das, list(before), xs)
    dW_n, _, _ = weight_gradients([da[2 * N :] for da in das], list(r * before), xs)  # W_n met r ⊙ h, not h
    return Gradients(xp.concatenate([dW[: 2 * N], dW_n]), dU, db, onward, xp.stack(dhs[::-1]))


def _before(s0: Array, states: Array) -> Array:
    """s_0 … s_{T−1}."""
    return namespace(states).concatenate([s0[None], states[:-1]])


def _all_steps(gates: Any, before: Array, xs: Array, *weights: Array) -> list[Array]:
    """The gates of all T steps in one product: each (T, N, B). `before` has the state's parts, if any, first."""
    T, N, B = before.shape[-3:]
    pairs = before.ndim == 4
    state = namespace(xs).stack([columns(list(part)) for part in before]) if pairs else columns(list(before))
    return [part.reshape(N, T, B).swapaxes(0, 1) for part in gates(state, columns(list(xs)), *weights)]


def _peephole_gradients(das: Array, seen: Sequence[Array]) -> Array:
    """∂L/∂p = Σ_t ∂L/∂a_t ⊙ c, the cell that the gate saw; das (T, 4N, B), three times (T, N, B) → (3, N, 1)."""
    N = seen[0].shape[1]
    rows = (das[:, :N], das[:, N : 2 * N], das[:, 3 * N :])
    return namespace(das).stack([(da * c).sum((0, 2)) for da, c in zip(rows, seen, strict=True)])[..., None]


def _as_batch(*arrays: Array | None) -> list:
    return [None if array is None else array[..., None] for array in arrays]


def _require_one_size(
    s0: Array, xs: Array, states: Array, W: Array, explicit: Array, rows: int, pair: bool
) -> None:
    T, N = len(states), W.shape[1]
    tail = tuple(s0.shape[1 + pair :])
    state = (2, N, *tail) if pair else (N, *tail)
    expected = {
        "s0": (s0, state),
        "xs": (xs, (T, *xs.shape[1:2], *tail)),
        "states": (states, (T, *state)),
        "W": (W, (rows * N, N)),
        "explicit": (explicit, (T, N, *tail)),
    }
    for name, (array, shape) in expected.items():
        if tuple(array.shape) != shape or T == 0:
            raise ValueError(
                f"{name} has shape {tuple(array.shape)}, expected {shape}, with T = {T} from the states and N = {N}"
                " from W; at least one time step, time first, and the state before the first step apart"
            )
