"""NARMA-10: a system whose output needs ten steps of memory and a product of two inputs. Lecture 08."""

from __future__ import annotations

import numpy as np

ORDER = 10


def narma10(T: int, rng: np.random.Generator, skip: int = 200) -> tuple[np.ndarray, np.ndarray]:
    """y_{t+1} = 0.3 y_t + 0.05 y_t Σ_{i=0}^{9} y_{t−i} + 1.5 u_{t−9} u_t + 0.1, with u uniform on [0, ½].

    Returns (us, ys), both (T, 1): the input seen at step t and the system's answer y_{t+1} to it, which is what a
    model should say at step t. The first `skip` steps are not returned. Once in a while the recursion escapes to
    infinity; then the inputs are drawn anew.
    """
    if T < 1:
        raise ValueError(f"T={T}: expected at least one step")
    for _ in range(100):
        us = rng.uniform(0.0, 0.5, size=T + skip)
        ys = _respond(us)
        if np.abs(ys).max() < 1.0:
            return us[skip:, None], ys[skip:, None]
    raise ValueError(f"in 100 draws the system escaped before {T + skip} steps; ask for fewer")


def _respond(us: np.ndarray) -> np.ndarray:
    """The answers y_1 … y_T to inputs u_0 … u_{T−1}, from rest. An escape is cut off at 1."""
    ys, window, y = np.zeros(len(us)), [0.0] * ORDER, 0.0
    for t, u in enumerate(us):
        old = us[t - ORDER + 1] if t >= ORDER - 1 else 0.0
        y = 0.3 * y + 0.05 * y * sum(window) + 1.5 * old * u + 0.1
        if not abs(y) < 1.0:
            ys[t:] = 1.0
            break
        window = [*window[1:], y]
        ys[t] = y
    return ys
