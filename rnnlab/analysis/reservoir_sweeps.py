"""Sweeps over reservoirs that take longer than a lecture may run; their results are stored. Lecture 08, section 8."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rnnlab.analysis.forecast import Knobs, forecast, narma, reservoir
from rnnlab.training.readout import ridge


def sizes(seed: int, Ms: Sequence[int], nets: int, lam: float = 1e-12) -> dict[str, list]:
    """log10 NRMSE_84 on Mackey–Glass and NRMSE on NARMA-10 of `nets` reservoirs of each size M; (sizes, nets)."""
    seeds = range(seed, seed + nets)
    return {
        "M": list(Ms),
        "mackey_glass": [[_score(M, s, Knobs(), lam) for s in seeds] for M in Ms],
        "narma": [[round(narma(M, s), 4) for s in seeds] for M in Ms],
        "narma_squares": [[round(narma(M, s, squares=True), 4) for s in seeds] for M in Ms],
    }


def knobs(
    seed: int, M: int, nets: int, rhos: Sequence[float], alphas: Sequence[float], scales: Sequence[float]
) -> dict[str, list]:
    """Median log10 NRMSE_84 over `nets` reservoirs of size M: on ρ × α at scale 1, and on scale at ρ = 0.95, α = 0.6.

    The read-out is the one by Cholesky with λ = 10⁻⁸, so that the map shows the reservoir and not the last digits.
    """
    seeds = range(seed, seed + nets)

    def median(at: Knobs) -> float:
        return round(float(np.median([_score(M, s, at, 1e-8, careful=False) for s in seeds])), 2)

    return {
        "rhos": list(rhos),
        "alphas": list(alphas),
        "scales": list(scales),
        "rho_alpha": [[median(Knobs(rho, alpha)) for alpha in alphas] for rho in rhos],
        "scale": [median(Knobs(scale=scale)) for scale in scales],
    }


def _score(M: int, seed: int, at: Knobs, lam: float, careful: bool = True) -> float:
    net = reservoir(M, seed)
    result = forecast(net, at, lam) if careful else forecast(net, at, lam, ridge)
    return round(result.score, 2)
