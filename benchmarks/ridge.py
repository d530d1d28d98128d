"""Row: one decomposition for a whole path of ridge values, beside a fit for each."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from harness import Goal, Row, peer

from rnnlab.models.reservoir import make_reservoir, run
from rnnlab.training.readout import centred, ridge, ridge_path

N, T, VALUES = 500, 2000, 50


def path_of_ridge_values() -> Row:
    rng, nodes = np.random.default_rng(0), peer("reservoirpy.nodes")
    net = make_reservoir(N, 1, rng, bias=0.3)
    us = rng.uniform(-1, 1, (T + 100, 1))
    Z = run(net, us, 0.9, 1.0, 0.5, washout=100)
    Y = np.concatenate([0.5 * us[97:-3], us[99:-1] * us[95:-5]], 1)
    lams = np.geomspace(1e-4, 1e3, VALUES)
    Zc = centred(Z, Y, 0.0)[0]
    gram = Zc.T @ Zc

    def theirs() -> np.ndarray:
        return np.stack([nodes.Ridge(ridge=lam).fit(Z, Y).Wout.T for lam in lams])

    def refits() -> np.ndarray:
        return np.stack([ridge(Z, Y, lam).V for lam in lams])

    path, one_each = "ridge_path", f"{VALUES} fits by Cholesky"
    return Row(
        f"a path of {VALUES} ridge values, N = {N}, T = {T}, float64",
        {
            path: lambda: np.stack([readout.V for readout in ridge_path(Z, Y, lams)]),
            one_each: refits,
            "reservoirpy": theirs if nodes else None,
        },
        within=1e-6,
        goals=(Goal(path, one_each, 20.0), Goal(path, "reservoirpy", 20.0)),
        pieces={
            "its eigendecomposition alone": lambda: np.linalg.eigh(gram),
            "its Gram matrix alone": lambda: Zc.T @ Zc,
        },
    )


ROWS: dict[str, Callable[[], Row]] = {"ridge": path_of_ridge_values}
