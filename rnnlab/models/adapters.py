"""Other people's forms of the same network, and the way to ours. Lecture 02, sections 1, 2 and 7."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rnnlab.arrays import Array, namespace, to_numpy
from rnnlab.models.unroll import unroll

if TYPE_CHECKING:
    import torch


def autonomous(f: Callable[..., Array]) -> Callable[..., Array]:
    """h_t = f(h_{t−1}; θ) as a step: it takes an input and does not look. Lecture 02, section 2.

    Unroll it over `np.zeros((T, 0))`: T steps, no input.
    """
    return lambda h, x, *weights: f(h, *weights)


class StateSpace(NamedTuple):
    """s_{t+1} = f(s_t, x_t), y_t = g(s_t, x_t): every network of this course. Lecture 02, section 7."""

    f: Callable[[Array, Array], Array]
    g: Callable[[Array, Array], Array]


def state_space(step: Callable[..., Array], read: Callable[[Array], Array], *weights: Array) -> StateSpace:
    """The pair of a step and what is read from its new state: f = step, g = read ∘ step; (2.17).

    The state of the pair is the one *before* the step, s_t = h_{t−1}: in this form time runs one index ahead.
    """

    def f(s: Array, x: Array) -> Array:
        return step(s, x, *weights)

    return StateSpace(f, lambda s, x: read(f(s, x)))


def respond(pair: StateSpace, s1: Array, xs: Array) -> Array:
    """y_1 … y_T of a pair (f, g) from the state s_1."""
    later = unroll(pair.f, s1, xs)
    states = [s1, *later[:-1]]
    return namespace(later).stack([pair.g(s, x) for s, x in zip(states, xs, strict=True)])


def torch_layers(rnn: torch.nn.RNN) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """(W, U, b) of every layer of a `torch.nn.RNN`, lowest first, as the course writes them.

    PyTorch adds two biases, which act as one: b = b_ih + b_hh. Its input is (T, B, D), ours (T, D, B).
    Lecture 02, (2.1).
    """
    if getattr(rnn, "mode", None) != "RNN_TANH" or rnn.bidirectional or not rnn.bias:
        raise ValueError(
            f"came {rnn!r}; expected a torch.nn.RNN with tanh, biases and one direction, whose layers are"
            " tanh(W h + U x + b)"
        )
    layers = []
    for weight_ih, weight_hh, bias_ih, bias_hh in rnn.all_weights:
        layers.append((to_numpy(weight_hh), to_numpy(weight_ih), to_numpy(bias_ih) + to_numpy(bias_hh)))
    return layers
