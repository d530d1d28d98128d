"""What a product of Jacobians does to a length: eigenvalues, singular values, and chains. Lecture 05."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from rnnlab.arrays import Array, namespace
from rnnlab.models.cells import linear_step, tanh_step
from rnnlab.models.unroll import unroll

KINDS = ("orthogonal", "symmetric", "random", "chain")
BACK = 60  # steps that the figure goes back


def spectral_radius(W: Array) -> float:
    """ρ(W) = max |λ_i|."""
    return float(abs(namespace(W).linalg.eigvals(W)).max())


def spectral_norm(W: Array) -> float:
    """σ_max(W) = max ‖W v‖ / ‖v‖."""
    return float(namespace(W).linalg.norm(W, 2))


def jacobian_product(W: Array, slopes: Array) -> Array:
    """∂h_T/∂h_0 = D_T W D_{T−1} W … D_1 W, with slopes (T, N) = f'(a_1) … f'(a_T). Lecture 05, (5.1)."""
    product = namespace(W).eye(len(W), dtype=W.dtype, device=W.device)
    for slope in slopes:
        product = (slope[:, None] * W) @ product
    return product


def lengths_back(W: Array, slopes: Array, last: Array) -> Array:
    """‖∂L/∂h_t‖ for t = T … 0, (T + 1,): how long the gradient is, so many steps back. A loss at the end only."""
    xp, dhs = namespace(W), [last]
    for slope in reversed(list(slopes)):
        dhs.append(W.T @ (slope * dhs[-1]))
    return xp.linalg.norm(xp.stack(dhs), axis=1)


@cache
def matrix_of(kind: str, N: int) -> tuple[np.ndarray, np.ndarray, float]:
    """An N × N matrix of spectral radius 1, its eigenvalues (N,), and its largest singular value; do not change them.

    A chain has all eigenvalues at one place, and each unit also hears the one before it.
    """
    rng = np.random.default_rng(N)
    G = rng.normal(size=(N, N))
    if kind == "orthogonal":
        W = np.linalg.qr(G)[0]
    elif kind == "symmetric":
        W = G + G.T
    elif kind == "chain":
        W = np.eye(N) + 0.5 * np.eye(N, k=-1)
    elif kind == "random":
        W = G
    else:
        raise ValueError(f"came the kind {kind!r}; expected one of {', '.join(KINDS)}")
    eigenvalues = np.ones(N) if kind == "chain" else np.linalg.eigvals(W)
    rho = np.abs(eigenvalues).max()
    return W / rho, eigenvalues / rho, spectral_norm(W / rho)


class ThroughTime(NamedTuple):
    """One network: its eigenvalues, and the length of the gradient n = 0 … BACK steps before the loss."""

    eigenvalues: np.ndarray  # (N,) complex
    rho: float
    sigma: float  # largest singular value
    lengths: np.ndarray  # (BACK + 1,), 1 at n = 0
    shown: np.ndarray  # (BACK + 1,) the bound asked for: σ^n, or ρ^n, which bounds nothing
    by_radius: bool
    tanh: bool
    drive: float  # size of the inputs, which the slopes of tanh feel and those of linear units do not


def through_time(
    kind: str, rho: float, N: int, activation: str, drive: float = 0.5, bound: str = "norm"
) -> ThroughTime:
    """‖∂L/∂h_{T−n}‖ for a loss at the end, ∂L/∂h_T of length 1, in a network driven by noise of size `drive`."""
    W, eigenvalues, sigma = matrix_of(kind, N)
    W = rho * W
    rng = np.random.default_rng(5)
    xs, last = rng.normal(size=(BACK, N)), rng.normal(size=N)
    if kind == "chain":
        last = np.eye(N)[-1]  # the end of the chain speaks
    tanh = activation == "tanh"
    zero, U = np.zeros(N), drive * np.eye(N)
    slopes = 1 - unroll(tanh_step, zero, xs, W, U, zero) ** 2 if tanh else np.ones((BACK, N))
    lengths = lengths_back(W, slopes, last / np.linalg.norm(last))
    n, by_radius = np.arange(BACK + 1), bound == "radius"
    shown = (rho if by_radius else rho * sigma) ** n
    return ThroughTime(rho * eigenvalues, rho, rho * sigma, lengths, shown, by_radius, tanh, drive)


def steps_to_a_tenth(
    rho: float, N: int, tanh: bool, drive: float, rng: np.random.Generator, T: int = 400
) -> int:
    """How many steps back a gradient's length is below a tenth, in a random network; T where it never is."""
    W = rng.normal(size=(N, N))
    W *= rho / spectral_radius(W)
    xs, last, zero = rng.normal(size=(T, N)), rng.normal(size=N), np.zeros(N)
    hs = unroll(tanh_step if tanh else linear_step, zero, xs, W, drive * np.eye(N), zero)
    slopes = 1 - hs**2 if tanh else np.ones((T, N))
    short = lengths_back(W, slopes, last / np.linalg.norm(last)) < 0.1
    return int(np.argmax(short)) if short.any() else T
