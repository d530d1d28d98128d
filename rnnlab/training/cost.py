"""The cost V(θ): how far a model's answers are from the data, averaged over time."""

from __future__ import annotations

from collections.abc import Callable

from rnnlab.arrays import Array, namespace


def cost(
    model: Callable[[Array], Array], data: tuple[Array, Array], loss: Callable[[Array, Array], Array]
) -> Array:
    """V = (1/T) Σ_t l(y_t, ŷ_t), with ŷ = model(us) and data = (us, ys). Lecture 01, section 7.

    `loss` takes ys and ŷs and returns one number a step, shape (T, …).
    """
    us, ys = data
    return loss(ys, model(us)).mean(0)


def squared_error(ys: Array, predictions: Array) -> Array:
    """l = (ŷ − y)², for numbers. `torch.nn.MSELoss` is the cost with this loss."""
    return (predictions - ys) ** 2


def cross_entropy(labels: Array, probabilities: Array) -> Array:
    """l = −log p[y], for symbols: labels (T,) are whole numbers, probabilities (T, K) have a row a step."""
    xp = namespace(probabilities)
    return -xp.log(probabilities[xp.arange(len(labels)), labels])
