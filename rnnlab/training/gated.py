"""Training of LSTM, GRU and tanh networks by the course's own gradients. Lecture 06.

PyTorch's Adam changes the arrays; the gradients come from `rnnlab.gradients`, not from automatic differentiation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import torch

from rnnlab.arrays import Array
from rnnlab.gradients.bptt import bptt
from rnnlab.gradients.gates import gru_bptt, lstm_bptt
from rnnlab.models.cells import tanh_step
from rnnlab.models.gates import gru_step, lstm_step, never_forgets
from rnnlab.models.unroll import unroll


class Cell(NamedTuple):
    """A cell as training sees it."""

    rows: int  # blocks of N rows in W, U and b
    pair: bool  # whether its state is (h, c)
    step: Callable[..., np.ndarray]
    back: Callable[..., tuple]  # (s0, xs, states, W, U, b, explicit) → dW, dU, db, …


def _tanh_back(h0: Array, xs: Array, hs: Array, W: Array, U: Array, b: Array, explicit: Array) -> tuple:
    return bptt(h0, xs, hs, W, 1 - hs * hs, explicit)


CELLS = {
    "LSTM": Cell(4, True, lstm_step, lstm_bptt),
    "LSTM, truncated gradient": Cell(4, True, lstm_step, partial(lstm_bptt, truncated=True)),
    "LSTM without forget gate": Cell(4, True, lstm_step, lstm_bptt),
    "GRU": Cell(3, False, gru_step, gru_bptt),
    "tanh": Cell(1, False, tanh_step, _tanh_back),
}


def initial(
    kind: str, rng: np.random.Generator, N: int, D: int, K: int, forget_bias: float = 1.0
) -> list[np.ndarray]:
    """W, U, b, V, c uniform in ±1/√N, biases zero but for the forget gate's."""
    rows = CELLS[kind].rows
    reach = N**-0.5
    W, U, V = (rng.uniform(-reach, reach, shape) for shape in ((rows * N, N), (rows * N, D), (K, N)))
    b, c = np.zeros((rows * N, 1)), np.zeros((K, 1))
    if rows == 4:
        b[N : 2 * N] = forget_bias
    if kind == "LSTM without forget gate":
        W, U, b = never_forgets(W, U, b)
    return [W, U, b, V, c]


def start(kind: str, N: int, B: int) -> np.ndarray:
    """A state of zeros."""
    return np.zeros((2, N, B) if CELLS[kind].pair else (N, B))


def answers(
    kind: str, weights: Sequence[np.ndarray], s0: np.ndarray, xs: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """All states, all h (T, N, B), and all outputs V h + c (T, K, B)."""
    W, U, b, V, c = weights
    states = unroll(CELLS[kind].step, s0, xs, W, U, b)
    hs = states[:, 0] if CELLS[kind].pair else states
    return states, hs, V @ hs + c


class Trainer:
    """θ ← θ − μ · Adam(∇L), the gradient by hand and cut to norm 1, one call a batch."""

    def __init__(self, kind: str, weights: list[np.ndarray], lr: float) -> None:
        self.kind, self.weights = kind, weights
        self.tensors = [torch.from_numpy(weight) for weight in weights]  # the same memory
        self.adam = torch.optim.Adam(self.tensors, lr=lr)

    def update(
        self, s0: np.ndarray, xs: np.ndarray, loss: Callable[[np.ndarray], tuple[float, np.ndarray]]
    ) -> tuple[float, np.ndarray]:
        """One step of descent. `loss` takes the outputs (T, K, B) and gives L and ∂ᵉL/∂o. Returns L and s_T."""
        W, U, b, V, _ = self.weights
        states, hs, os = answers(self.kind, self.weights, s0, xs)
        value, dos = loss(os)
        dV = np.einsum("tkb,tnb->kn", dos, hs)
        dc = dos.sum((0, 2))[:, None]
        gradients = CELLS[self.kind].back(s0, xs, states, W, U, b, V.T @ dos)
        for tensor, gradient in zip(self.tensors, (*gradients[:3], dV, dc), strict=True):
            tensor.grad = torch.from_numpy(np.ascontiguousarray(gradient))
        torch.nn.utils.clip_grad_norm_(self.tensors, 1.0)
        self.adam.step()
        return value, states[-1]


def last_squared_error(ys: np.ndarray) -> Callable[[np.ndarray], tuple[float, np.ndarray]]:
    """L = ½ mean (o_T − y)² over the batch: only the last answer is judged. ys (1, B)."""

    def loss(os: np.ndarray) -> tuple[float, np.ndarray]:
        dos = np.zeros_like(os)
        dos[-1] = (os[-1] - ys) / ys.shape[1]
        return float(0.5 * np.mean((os[-1] - ys) ** 2)), dos

    return loss


def next_symbol(labels: np.ndarray) -> Callable[[np.ndarray], tuple[float, np.ndarray]]:
    """L = − mean log softmax(o_t)[y_t] over time and batch, and ŷ − y. labels (T, B)."""

    def loss(os: np.ndarray) -> tuple[float, np.ndarray]:
        e = np.exp(os - os.max(1, keepdims=True))
        probabilities = e / e.sum(1, keepdims=True)
        t, b = np.indices(labels.shape)
        value = -np.log(probabilities[t, labels, b]).mean()
        probabilities[t, labels, b] -= 1
        return float(value), probabilities / labels.size

    return loss
