"""Back-propagation through time: one walk backwards over the states, then one matrix product for each weight.

The network is the board's, h_t = f(a_t) with a_t = W h_{t−1} + U x_t + b, for any elementwise f.
The forward pass is `unroll`'s. What comes here is what that left behind, and two arrays that know f and L:

    hs = unroll(tanh_step, h0, xs, W, U, b)
    slopes = 1 - hs**2                 # f'(a_t): for tanh it is known from the state after the step
    explicit = hs - ys                 # ∂ᵉL/∂h_t, here of L = ½ Σ_t |h_t − y_t|², a sum over time and batch
    dW, dU, db, dh0, dhs = bptt(h0, xs, hs, W, slopes, explicit)

A piece of a longer sequence is done alike, with h0 the state it starts from. A gated cell has a walk of its
own and then calls the same `weight_gradients`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rnnlab.arrays import Array, namespace


class Gradients(NamedTuple):
    """The gradient by the three weights, by the state before the first step, and by each h_t."""

    dW: Array  # (N, N)
    dU: Array  # (N, D)
    db: Array  # as b: (N,) or (N, 1)
    dh0: Array  # (N,) or (N, B)
    dhs: Array  # (T, N) or (T, N, B): dhs[t − 1] is ∂L/∂h_t


def bptt(h0: Array, xs: Array, hs: Array, W: Array, slopes: Array, explicit: Array) -> Gradients:
    """∂L/∂h_t = ∂ᵉL/∂h_t + Wᵀ ∂L/∂a_{t+1} and ∂L/∂a_t = f'(a_t) ⊙ ∂L/∂h_t, for t = T … 1. Lecture 04, (4.10).

    h0 (N,), xs (T, D), hs, slopes and explicit (T, N), each with a batch as last axis if there is one.
    """
    _require_one_size(h0, xs, hs, W, slopes, explicit)
    onward, W_back, dhs, das = 0 * h0, W.T, [], []
    for felt_at_once, slope in zip(reversed(list(explicit)), reversed(list(slopes)), strict=True):
        dh = felt_at_once + onward
        da = slope * dh
        onward = W_back @ da
        dhs.append(dh)
        das.append(da)
    dW, dU, db = weight_gradients(das[::-1], [h0, *hs[:-1]], xs)
    _require_finite(dW, hs=hs, slopes=slopes, explicit=explicit)
    return Gradients(dW, dU, db, onward, namespace(hs).stack(dhs[::-1]))


def weight_gradients(das: Sequence[Array], before: Sequence[Array], xs: Array) -> tuple[Array, Array, Array]:
    """∂L/∂W = Σ_t ∂L/∂a_t h_{t−1}ᵀ in one matrix product, the steps side by side. Lecture 04, (4.11).

    das holds T times (M,), before is h_0 … h_{T−1}, T times (N,), xs (T, D); each with a batch as last axis
    if there is one. M is N here and 4N in an LSTM: all that is needed is a_t = W h_{t−1} + U x_t + b.
    """
    dA = columns(das)
    db = dA.sum(1)
    return dA @ columns(before).T, dA @ columns(xs).T, db if das[0].ndim == 1 else db[:, None]


def columns(zs: Sequence[Array]) -> Array:
    """T times (N,) or (N, B) as one matrix, (N, T) or (N, T B)."""
    xp = namespace(zs[0])
    return xp.stack(list(zs), 1) if zs[0].ndim == 1 else xp.concatenate(list(zs), 1)


def _require_one_size(h0: Array, xs: Array, hs: Array, W: Array, slopes: Array, explicit: Array) -> None:
    came = {"h0": h0, "xs": xs, "hs": hs, "W": W, "slopes": slopes, "explicit": explicit}
    T, N = len(hs), len(W)
    batch = tuple(h0.shape[1:])
    sizes = f"T = {T} from hs, N = {N} from W" + (f", B = {batch[0]} from h0" if batch else "")
    expected = {
        "h0": (N, *batch),
        "xs": (T, xs.shape[1], *batch) if xs.ndim > 1 else (T, "D", *batch),
        "W": (N, N),
    }
    expected |= dict.fromkeys(("hs", "slopes", "explicit"), (T, N, *batch))
    if T == 0:
        raise ValueError(f"hs has shape {tuple(hs.shape)}: no time steps; unroll at least one input first")
    for name, shape in expected.items():
        if tuple(came[name].shape) != shape:
            raise ValueError(
                f"{name} has shape {tuple(came[name].shape)}, expected {shape}, with {sizes};"
                f" time is the first axis, and h_0 is not in hs"
            )


def _require_finite(gradient: Array, **inputs: Array) -> None:
    """A gradient may overflow by itself, and is then handed over as it is; what came in has to be finite."""
    xp = namespace(gradient)
    if bool(xp.isfinite(gradient).all()):
        return
    for name, values in inputs.items():
        for t, value in enumerate(values):
            if not bool(xp.isfinite(value).all()):
                raise ValueError(
                    f"{name} is not finite at t = {t + 1}; look at the forward pass, or the loss, there"
                )
