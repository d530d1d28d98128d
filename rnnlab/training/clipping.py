"""What to do with a gradient whose length cannot be trusted: clip it, keep its sign alone, or average it. Lecture 05.

Each function takes and returns plain arrays; nothing is changed in place. A network's gradient is a list of
arrays, one for each tensor of weights, and its length is that of all of them together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from rnnlab.arrays import Array, namespace


def joint_norm(gradients: Sequence[Array]) -> Array:
    """‖g‖ = √(Σ_k ‖g_k‖²): the length of all tensors as one vector. Lecture 05, (5.15)."""
    if len(gradients) == 0:
        raise ValueError("came no gradients; expected a list with one array for each tensor of weights")
    return sum((g * g).sum() for g in gradients) ** 0.5


def clip_by_norm(gradients: Sequence[Array], longest: float) -> list[Array]:
    """g ← g · min(1, v/‖g‖), with one ‖g‖ for all: shorter, never turned. Lecture 05, (5.16)."""
    _require_positive(longest)
    norm = joint_norm(gradients)
    if not bool(namespace(gradients[0]).isfinite(norm)):
        raise ValueError(
            f"the gradients have the joint norm {float(norm)}, which has no direction left to keep;"
            " look at the forward pass, or use a smaller learning rate"
        )
    share = longest / norm if norm > longest else 1.0
    return [share * g for g in gradients]


def clip_by_element(gradients: Sequence[Array], largest: float) -> list[Array]:
    """g_i ← max(−v, min(v, g_i)), each number by itself: it turns the direction. Lecture 05, section 5."""
    _require_positive(largest)
    return [namespace(g).clip(g, -largest, largest) for g in gradients]


def heavy_ball(
    gradient: Callable[[np.ndarray], np.ndarray], theta: np.ndarray, lr: float, beta: float, steps: int
) -> np.ndarray:
    """v_n = β v_{n−1} − μ ∇V(θ_{n−1}), θ_n = θ_{n−1} + v_n. Returns θ_0 … θ_steps. Lecture 05, section 6.

    β = 0 is plain descent; torch's SGD with momentum β takes the same path.
    """
    if not 0 <= beta < 1:
        raise ValueError(f"came beta = {beta}; momentum keeps a fraction of the last step, 0 ≤ β < 1")
    path = [np.asarray(theta, dtype=float)]
    v = np.zeros_like(path[0])
    for _ in range(steps):
        v = beta * v - lr * gradient(path[-1])
        path.append(path[-1] + v)
    return np.stack(path)


class RpropState(NamedTuple):
    """The step size of each weight, and the gradient by which the last decision was made."""

    sizes: np.ndarray
    last: np.ndarray


def rprop_step(
    theta: np.ndarray, g: np.ndarray, state: RpropState, faster: float = 1.2, slower: float = 0.5
) -> tuple[np.ndarray, RpropState]:
    """θ_i ← θ_i − Δ_i sign(g_i); Δ_i grows while the sign stays and shrinks when it turns. Lecture 05, section 6.

    The size of g is never used. Where its sign has just turned, the weight waits for one step. Sizes stay within
    10⁻⁶ and 50, as in Riedmiller and Braun (1993) and in `torch.optim.Rprop`.
    """
    agree = np.sign(g * state.last)
    sizes = np.clip(state.sizes * np.where(agree > 0, faster, np.where(agree < 0, slower, 1.0)), 1e-6, 50.0)
    g = np.where(agree < 0, 0.0, g)
    return theta - sizes * np.sign(g), RpropState(sizes, g)


def _require_positive(threshold: float) -> None:
    if not threshold > 0:
        raise ValueError(f"came the threshold {threshold}; a gradient is cut at a length above zero")
