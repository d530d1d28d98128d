"""Echo state networks: a recurrence that is drawn at random and never trained. Lecture 08.

`reservoir_step` is the equation on the board. `run` is the same loop made fast, for one setting of the knobs or for
many at once: settings that share one matrix share one sparse product, because scaling commutes with it.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import torch

from rnnlab.arrays import Array, is_tensor, namespace, to_numpy
from rnnlab.models.cells import tanh_step


@dataclass(frozen=True)
class Sparse:
    """W_nm = Σ_k values[k, n] · [columns[k, n] = m]: a matrix with K entries in each of its N rows.

    Each unit listens to the same number of others, so W @ h is K N work instead of N².
    It multiplies h (N,) and h (N, B), NumPy arrays and torch tensors of any device, as a matrix does.
    """

    columns: Array  # (K, N) whole numbers
    values: Array  # (K, N)

    def __matmul__(self, h: Array) -> Array:
        if h.ndim == 1 and not torch.backends.mkl.is_available():  # torch may lack this product
            return (self.values * h.take(self.columns)).sum(0)
        if is_tensor(h):
            return self.rows @ h
        return (self.rows @ torch.from_numpy(np.ascontiguousarray(h, self.values.dtype))).numpy()

    @cached_property
    def rows(self) -> torch.Tensor:
        """The same matrix in torch's format of compressed rows, whose product is the fastest."""
        return self.beside()

    def beside(self, *others: Array) -> torch.Tensor:
        """(W, others…): full matrices to the right of W, in the same format. Short indices: long ones cost a copy."""
        values = torch.cat([torch.as_tensor(self.values), *(torch.as_tensor(other).T for other in others)])
        K, N = self.columns.shape
        new = N + torch.arange(len(values) - K, dtype=torch.int32, device=values.device)
        columns = torch.cat([torch.as_tensor(self.columns).int(), new[:, None].expand(-1, N)])
        starts = torch.arange(N + 1, dtype=torch.int32, device=values.device) * len(values)
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Sparse CSR tensor support is in beta")
            return torch.sparse_csr_tensor(
                starts, columns.T.reshape(-1), values.T.reshape(-1), (N, N + len(new)), check_invariants=False
            )

    def scaled(self, factor: float) -> Sparse:
        """factor · W."""
        return Sparse(self.columns, factor * self.values)

    def dense(self) -> np.ndarray:
        """The same matrix, (N, N), with all its zeros."""
        columns = to_numpy(self.columns)
        N = columns.shape[1]
        W = np.zeros((N, N))
        np.add.at(W, (np.arange(N), columns), to_numpy(self.values))
        return W


class Reservoir(NamedTuple):
    """What is drawn once and stays: W with spectral radius one, U and b. The knobs ρ, α and scale come later."""

    W: Sparse  # (N, N)
    U: Array  # (N, D)
    b: Array  # (N,)


def make_reservoir(
    N: int, D: int, rng: np.random.Generator, fan_in: int = 10, bias: float = 0.0
) -> Reservoir:
    """N units that each hear `fan_in` others, and D inputs.

    W is normal, scaled to spectral radius one; U is uniform on [−1, 1] and b on [−bias, bias].
    """
    if not 1 <= fan_in <= N or D < 1:
        raise ValueError(f"N={N}, D={D}, fan_in={fan_in}: expected D ≥ 1 and a fan_in between 1 and N")
    columns = np.sort(np.argsort(rng.random((N, N)), axis=1)[:, :fan_in], axis=1)
    W = Sparse(np.ascontiguousarray(columns.T), np.ascontiguousarray(rng.normal(size=(N, fan_in)).T))
    radius = np.abs(np.linalg.eigvals(W.dense())).max()
    if radius < 1e-9:
        raise ValueError(
            f"the {N} × {N} matrix drawn has no eigenvalue away from zero; take a larger N or fan_in"
        )
    return Reservoir(W.scaled(1 / radius), rng.uniform(-1, 1, (N, D)), bias * rng.uniform(-1, 1, N))


def reservoir_step(h: Array, x: Array, W: Array, U: Array, b: Array, alpha: Array) -> Array:
    """(1 − α) h + α tanh(W h + U x + b). Lecture 08, section 1.

    A leaky average of the simple recurrent step; at α = 1 it is that step. Only a read-out of h will be trained.
    """
    return (1 - alpha) * h + alpha * tanh_step(h, x, W, U, b)


def free_step(
    z: Array, nothing: Array, W: Array, U: Array, b: Array, alpha: Array, V: Array, c: Array
) -> Array:
    """y = V z + c, then z = (y, reservoir_step(h, y)): the network hears its own answer. Lecture 08, section 3.

    z (D + N,) is what the read-out sees, the input above the state; unroll it over `np.zeros((T, 0))`.
    """
    y = V @ z + c
    h = reservoir_step(z[len(c) :], y, W, U, b, alpha)
    return namespace(z).concatenate([y, h])


def run(
    reservoir: Reservoir,
    xs: Array,
    rho: Array = 0.9,
    alpha: Array = 1.0,
    scale: Array = 1.0,
    washout: int = 0,
    h0: Array | None = None,
    progress: bool = False,
    out: Array | None = None,
) -> Array:
    """The states h_{washout+1} … h_T of `reservoir_step` with weights ρW, scale·U and b; hs (T − washout, N).

    Where ρ, α or scale is an array (B,), all B settings run side by side and hs is (T − washout, N, B).
    xs (T, D) is seen by all of them, and xs (T, D, B) gives each its own. The first `washout` states, in which the
    start h_0 = 0 is forgotten, are not kept. The states have the library, type and device of the reservoir.
    `out` (B, T − washout, N) is memory for the states of B settings, for a caller who has some to use again.
    """
    W, U, b = reservoir
    _require_signal(xs, U, washout)
    starts = () if h0 is None else tuple(h0.shape[1:])
    settings = np.broadcast_shapes(
        np.shape(rho), np.shape(alpha), np.shape(scale), tuple(xs.shape[2:]), starts
    )
    xs, h0 = _filled(xs, tuple(xs.shape), b), _filled(0.0 if h0 is None else h0, (len(b), *settings), b)
    steps = _steps(len(xs), progress)
    if settings == ():
        weights = W.scaled(float(rho)), float(scale) * U, b
        return _run_one(Reservoir(*weights), float(alpha), xs, h0, steps)[washout:]
    return _run_many(reservoir, xs, rho, alpha, scale, washout, h0, steps, out)


def _run_one(reservoir: Reservoir, alpha: float, xs: Array, h: Array, steps: Iterable[int]) -> Array:
    """All drives U x_t + b at once; then each is turned, where it stands, into the state of its step."""
    (W, U, b), xp = reservoir, namespace(xs)
    hs = xs @ U.T
    hs += b
    for t in steps:
        a = hs[t]
        a += W @ h
        xp.tanh(a, out=a)
        if alpha != 1:
            a *= alpha
            a += (1 - alpha) * h
        h = a
    return hs


def _run_many(
    reservoir: Reservoir,
    xs: Array,
    rho: Array,
    alpha: Array,
    scale: Array,
    washout: int,
    h: Array,
    steps: Iterable[int],
    out: Array | None,
) -> Array:
    """B settings abreast: with g = (ρ h, scale · x, 1), one above the other, one product (W, U, b) g serves them all.

    The knobs become whole arrays, which multiply fastest.
    """
    W, U, b = reservoir
    (T, D), (N, B) = xs.shape[:2], h.shape
    rho, alpha = _filled(rho, (N, B), b), _filled(alpha, (N, B), b)
    xs = _filled(scale, (D, B), b) * (xs if xs.ndim == 3 else xs[:, :, None])
    WUb, keep, xp = W.beside(U, b[:, None]), 1 - alpha, namespace(b)
    a, g = _filled(0.0, (N, B), b), _filled(1.0, (N + D + 1, B), b)
    a_, g_ = torch.as_tensor(a), torch.as_tensor(g)  # torch's names for the same numbers
    if out is None:
        shape = (B, T - washout, N)
        out = b.new_empty(shape) if is_tensor(b) else np.empty(shape, b.dtype)
    for t in steps:
        xp.multiply(rho, h, out=g[:N])
        g[N:-1] = xs[t]
        torch.mm(WUb, g_, out=a_)
        xp.tanh(a, out=a)
        a *= alpha
        h *= keep
        h += a
        if t >= washout:
            out[:, t - washout] = h.T
    return xp.moveaxis(out, 0, -1)


def _filled(value: Array, shape: tuple[int, ...], like: Array) -> Array:
    """A new array of this shape that holds `value`, of the library, type and device of `like`."""
    if is_tensor(like):
        return torch.as_tensor(value, dtype=like.dtype, device=like.device).expand(shape).clone()
    return np.full(shape, value, dtype=like.dtype)


def _steps(T: int, progress: bool) -> Iterable[int]:
    if not progress:
        return range(T)
    from tqdm.auto import tqdm

    return tqdm(range(T), desc="reservoir", unit="step", leave=False)


def _require_signal(xs: Array, U: Array, washout: int) -> None:
    if xs.ndim not in (2, 3) or xs.shape[1] != U.shape[1]:
        raise ValueError(f"xs has shape {tuple(xs.shape)}; expected (T, {U.shape[1]}), one row a step")
    if not 0 <= washout < len(xs):
        raise ValueError(
            f"a washout of {washout} leaves none of {len(xs)} steps; expected 0 to {len(xs) - 1}"
        )
    if not bool(namespace(xs).isfinite(xs).all()):
        first = int(np.flatnonzero(~np.isfinite(np.asarray(xs)).reshape(len(xs), -1).all(1))[0])
        raise ValueError(
            f"the input is not finite, first at step {first}; mend or cut the data before it is echoed"
        )
