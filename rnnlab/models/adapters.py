"""Other people's forms of the same network, and the way to ours. Lectures 02 and 06."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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


def torch_gates(module: torch.nn.Module) -> list[tuple[np.ndarray, ...]]:
    """The weights of every layer of an LSTM or GRU of torch.nn, lowest first, for `rnnlab.models.gates`.

    An LSTM or LSTMCell gives (W, U, b) with b = b_ih + b_hh, which act as one. A GRU or GRUCell gives
    (W, U, b, d) for `gru_after_step`: its b_hn stands inside the reset and stays apart as d. Lecture 06, (6.7), (6.20).
    """
    kind = type(module).__name__
    wanted = kind in ("LSTM", "GRU", "LSTMCell", "GRUCell") and getattr(module, "bias", False)
    if not wanted or getattr(module, "bidirectional", False) or getattr(module, "proj_size", 0):
        raise ValueError(
            f"came {module!r}; expected a torch.nn LSTM, LSTMCell, GRU or GRUCell with biases, one direction and no"
            " projection"
        )
    cells = [tuple(module.parameters())] if kind.endswith("Cell") else module.all_weights
    gated: list[tuple[np.ndarray, ...]] = []
    for weight_ih, weight_hh, bias_ih, bias_hh in cells:
        W, U, b, inner = (to_numpy(part).copy() for part in (weight_hh, weight_ih, bias_ih, bias_hh))
        N = W.shape[1]
        if kind.startswith("LSTM"):
            gated.append((W, U, b + inner))
            continue
        b[: 2 * N] += inner[: 2 * N]
        gated.append((W, U, b, inner[2 * N :]))
    return gated


def cascade(
    step: Callable[..., Array], layers: Sequence[tuple[Array, ...]]
) -> Callable[[Array, Array], Array]:
    """Layers of one kind of cell as one step: each hears the new h of the one below it. Lecture 06, (6.10).

    Their states stand side by side, lowest first: (N₁ + N₂ + …,), or for LSTMs (2, N₁ + N₂ + …), with a batch as last
    axis if there is one. `layers` holds what `step` takes after state and input.
    """
    ends = [0, *np.cumsum([weights[0].shape[1] for weights in layers])]

    def both(s: Array, x: Array) -> Array:
        pair = s.ndim > x.ndim
        new = []
        for weights, begin, end in zip(layers, ends[:-1], ends[1:], strict=True):
            own = step(s[:, begin:end] if pair else s[begin:end], x, *weights)
            x = own[0] if pair else own
            new.append(own)
        return namespace(*new).concatenate(new, 1 if pair else 0)

    return both


def diagram_layers(W: Array, U: Array, b: Array) -> dict[int, tuple[Array, Array, Array]]:
    """S2's diagram from the weights of an LSTM: for each of its layers 1 to 4 (LW^{k,6}, IW^{k,1}, b^k).

    Layer 1 is the candidate, 2 the input gate, 3 the feedback (forget) gate, 4 the output gate. Lecture 06, (6.9).
    """
    i, f, g, o = zip(*(part.reshape(4, -1, *part.shape[1:]) for part in (W, U, b)), strict=True)
    return {1: g, 2: i, 3: f, 4: o}
