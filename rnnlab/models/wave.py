"""A trough of water as a reservoir: a wave equation is a linear recurrence. Lecture 08, section 4."""

from __future__ import annotations

import numpy as np


def trough(M: int, speed: float = 0.5, damping: float = 0.03) -> tuple[np.ndarray, np.ndarray]:
    """(W, U) of M columns of water: v ← (1 − damping) v + speed² · (curvature of y) + U x, then y ← y + v.

    The state stacks heights y above velocities v, (2M,). Water meets a wall at each end; the input pushes the first
    column. It is a reservoir that nobody computes: the waves are the echoes, and a read-out looks at the surface.
    """
    if M < 2 or not 0 < speed <= 1 or not 0 <= damping < 1:
        raise ValueError(
            f"M={M}, speed={speed}, damping={damping}: expected M ≥ 2, 0 < speed ≤ 1, 0 ≤ damping < 1"
        )
    curvature = np.eye(M, k=1) + np.eye(M, k=-1) - 2 * np.eye(M)
    curvature[0, 0] = curvature[-1, -1] = -1.0  # at a wall water has one neighbour
    pull, keep = speed**2 * curvature - damping * np.eye(M) * speed**2, (1 - damping) * np.eye(M)
    W = np.block([[np.eye(M) + pull, keep], [pull, keep]])
    push = np.zeros((M, 1))
    push[0] = 1.0
    return W, np.vstack([push, push])
