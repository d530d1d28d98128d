"""The only part of an echo state network that is trained: ŷ = V z + c, a convex problem. Lecture 08, section 2.

All of these make ‖Z Vᵀ + 1 cᵀ − Y‖² + λ ‖V‖² small, with Z (T, M) and Y (T, K), one row a step.
The constant c is not penalised, so it is what is left when the means are taken away first.
"""

from __future__ import annotations

from typing import NamedTuple

import torch

from rnnlab.arrays import Array, is_tensor, namespace


class Readout(NamedTuple):
    """ŷ_t = V z_t + c."""

    V: Array  # (K, M)
    c: Array  # (K,)

    def __call__(self, Z: Array) -> Array:
        """All answers at once: features (T, M) in, answers (T, K) out."""
        return Z @ self.V.T + self.c


def ridge(Z: Array, Y: Array, lam: float) -> Readout:
    """(ZᵀZ + λI) Vᵀ = ZᵀY, by Cholesky: the fastest way, good while λ is well above 10⁻¹⁶ σ²_max. (8.2)"""
    return ridge_each(Z, Y, [lam])[0]


def ridge_each(Z: Array, Y: Array, lams: Array, overwrite: bool = False) -> list[Readout]:
    """`ridge` for several λ: one Gram matrix, one factor each. Cheaper than `ridge_path` for ten or fewer.

    With `overwrite`, Z loses its means where it stands: no copy, for a caller who needs it no more.
    """
    Z, Y, means = centred(Z, Y, min(lams), overwrite)
    gram, seen = _tensor(Z.T @ Z), _tensor(Z.T @ Y)
    diagonal = gram.diagonal().clone()
    readouts = []
    for lam in lams:
        gram.diagonal().copy_(diagonal + lam)
        L, failed = torch.linalg.cholesky_ex(gram)
        if failed:
            raise ValueError(
                f"with λ = {lam:.3g} the Gram matrix of {len(gram)} features is not positive definite in"
                f" {str(L.dtype).removeprefix('torch.')}: its rounding errors exceed λ; use ridge_svd, or a larger λ"
            )
        readouts.append(_readout(_like(torch.cholesky_solve(seen, L), Z).T, means))
    return readouts


def ridge_path(Z: Array, Y: Array, lams: Array) -> list[Readout]:
    """Vᵀ(λ) = Q (Λ + λI)⁻¹ QᵀZᵀY with ZᵀZ = QΛQᵀ: one eigendecomposition for a whole path of λ. (8.4)"""
    Z, Y, means = centred(Z, Y, min(lams))
    eigenvalues, Q = namespace(Z).linalg.eigh(Z.T @ Z)
    seen = Q.T @ (Z.T @ Y)
    return [_readout((Q @ (seen / (eigenvalues + lam)[:, None])).T, means) for lam in lams]


def ridge_svd(Z: Array, Y: Array, lam: float) -> Readout:
    """Vᵀ = R diag(σ / (σ² + λ)) PᵀY with Z = P Σ Rᵀ: never squares Z, so half as many digits are lost. (8.5)

    With λ = 0, directions below the last digit of the largest are left out: the shortest of all exact solutions.
    """
    return svd_path(Z, Y, [lam])[0]


def svd_path(Z: Array, Y: Array, lams: Array) -> list[Readout]:
    """`ridge_svd` for a whole path of λ, by one decomposition."""
    Z, Y, means = centred(Z, Y, min(lams))
    P, sigma, Rt = namespace(Z).linalg.svd(Z, full_matrices=False)
    kept = sigma > sigma[0] * max(Z.shape) * namespace(Z).finfo(Z.dtype).eps
    seen = P.T @ Y
    gains = [(kept * sigma) / (sigma**2 + lam + ~kept) for lam in lams]
    return [_readout((Rt.T @ (gain[:, None] * seen)).T, means) for gain in gains]


def ridge_dual(Z: Array, Y: Array, lam: float) -> Readout:
    """Vᵀ = Zᵀ (ZZᵀ + λI)⁻¹ Y: the same read-out from the T × T matrix of inner products. (8.12)

    Cheaper than `ridge` when there are fewer steps than features.
    """
    Z, Y, means = centred(Z, Y, lam)
    kernel = Z @ Z.T
    index = range(len(kernel))
    kernel[index, index] += lam
    return _readout((Z.T @ namespace(Z).linalg.solve(kernel, Y)).T, means)


def centred(
    Z: Array, Y: Array, lam: float, overwrite: bool = False
) -> tuple[Array, Array, tuple[Array, Array]]:
    """Z and Y without their means, and the means; or a sentence on why no read-out can be fitted."""
    if Z.ndim != 2 or Y.ndim != 2 or len(Z) != len(Y):
        raise ValueError(
            f"features {tuple(Z.shape)} and targets {tuple(Y.shape)}: expected (T, M) and (T, K), one row a step of"
            f" the same steps; was the washout cut from both?"
        )
    if len(Z) < 2:
        raise ValueError(
            f"{len(Z)} step is too short a signal to fit a read-out; expected at least two after the washout"
        )
    if not lam >= 0:
        raise ValueError(f"the penalty λ came as {lam}; expected zero or more")
    mean_z, mean_y = Z.mean(0), Y.mean(0)  # one value that is not finite shows in its column's mean
    xp = namespace(Z)
    if not (bool(xp.isfinite(mean_z).all()) and bool(xp.isfinite(mean_y).all())):
        raise ValueError(
            "features or targets hold values that are not finite; look for a diverged state or a gap in the data"
        )
    Z = xp.subtract(Z, mean_z, out=Z if overwrite else None)

    def constant(rows: Array) -> bool:
        return bool((abs(rows) <= 1e-14 * abs(mean_z)).all())

    if constant(Z[:1]) and constant(Z):  # the first row nearly always settles it
        raise ValueError("every feature is constant, so there is nothing to read; was the input constant?")
    return Z, Y - mean_y, (mean_z, mean_y)


def _readout(V: Array, means: tuple[Array, Array]) -> Readout:
    mean_z, mean_y = means
    return Readout(V, mean_y - V @ mean_z)


def _tensor(value: Array) -> torch.Tensor:
    return value if is_tensor(value) else torch.from_numpy(value)


def _like(value: torch.Tensor, other: Array) -> Array:
    return value if is_tensor(other) else value.numpy()
