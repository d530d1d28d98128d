"""Training by PyTorch's automatic differentiation: a black box with a label, until lecture 04 opens it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import torch


def drawn(rng: np.random.Generator, *shapes: tuple[int, ...]) -> list[torch.Tensor]:
    """Weights to begin with, uniform in ±1/√N, where N is the length of the first shape. Lecture 02."""
    reach = shapes[0][0] ** -0.5
    return [torch.tensor(rng.uniform(-reach, reach, size=shape), requires_grad=True) for shape in shapes]


def fit(
    cost: Callable[..., torch.Tensor],
    weights: Sequence[torch.Tensor],
    batches: Iterable[tuple[np.ndarray, ...]],
    lr: float,
    longest: float = 1.0,
) -> np.ndarray:
    """θ ← θ − μ · Adam(∇E(θ)), one step a batch, E = cost(*batch). Returns every E. Lecture 02, section 5.

    The weights are changed in place. The gradient's norm is cut at `longest`: lecture 05 says why.
    """
    adam = torch.optim.Adam(weights, lr=lr)
    costs = []
    for batch in batches:
        adam.zero_grad()
        E = cost(*(torch.as_tensor(part) for part in batch))
        E.backward()
        torch.nn.utils.clip_grad_norm_(weights, longest)
        adam.step()
        costs.append(E.item())
    if not costs or not np.isfinite(costs[-1]):
        raise ValueError(
            f"training ended after {len(costs)} steps at a cost of {costs[-1:]}; it takes at least one batch"
            " of finite numbers, and a smaller learning rate where the cost grows"
        )
    return np.array(costs)
