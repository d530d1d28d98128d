"""The one-unit network of lecture 05, trained well and in five wrong ways: the curves that exercise 05 diagnoses."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnnlab.analysis.one_unit import START, cost_and_gradient, orbit, reach
from rnnlab.training.clipping import clip_by_norm

UPDATES = 150


class Setting(NamedTuple):
    """Where (w, b) starts, the learning rate (negative: uphill), and the threshold, or none."""

    at: tuple[float, float]
    lr: float
    threshold: float | None


SETTINGS = {
    "vanishing": Setting((8.0, 3.0), 0.5, 0.2),
    "exploding": Setting((5.5, -2.6), 0.5, None),
    "threshold": Setting((5.5, -2.6), 0.5, 0.002),
    "slow": Setting((5.5, -2.6), 0.012, 0.2),
    "uphill": Setting((4.4, -2.1), -0.5, 0.2),
    "healthy": Setting((4.2, -1.7), 0.3, 0.2),
}


class Curves(NamedTuple):
    """At each update: the cost, the gradient's length before clipping, |∂r_50/∂r_0|; and the threshold."""

    costs: np.ndarray
    norms: np.ndarray
    reach: np.ndarray
    threshold: float | None


def training(setting: Setting) -> Curves:
    """UPDATES updates of descent on (σ(r_50) − 0.7)²."""
    theta, costs, norms, nudges = np.array(setting.at), [], [], []
    for _ in range(UPDATES):
        E, g_w, g_b = cost_and_gradient(*theta)
        g = np.array([float(g_w), float(g_b)])
        costs.append(float(E))
        norms.append(float(np.linalg.norm(g)))
        nudges.append(float(np.abs(reach(orbit(START, *theta), theta[0]))))
        if setting.threshold is not None:
            g = clip_by_norm([g], setting.threshold)[0]
        theta = theta - setting.lr * g
    return Curves(np.array(costs), np.array(norms), np.array(nudges), setting.threshold)
