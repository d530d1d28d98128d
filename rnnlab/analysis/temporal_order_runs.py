"""Which remedy lets a tanh network learn the temporal-order task: none, clipping, clipping with Ω. Lecture 05.

The set-up is that of the code of Pascanu, Mikolov and Bengio (2013): 50 units, each with 15 incoming weights, spectral
radius 0.95, descent with learning rate 0.01 on batches of 20, gradients cut at 1, Ω weighted by 2.
The threshold of 10 is ours.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnnlab.gradients.bptt import Gradients, bptt
from rnnlab.gradients.norm_preserving import norm_preserving_squared
from rnnlab.models.cells import tanh_step
from rnnlab.models.unroll import unroll
from rnnlab.systems.temporal_order import CLASSES, SYMBOLS, temporal_order
from rnnlab.training.clipping import clip_by_norm, joint_norm

N, INCOMING, RADIUS, SMALL = 50, 15, 0.95, 0.01
METHODS = {  # the threshold, and the weight of Ω
    "plain": (None, 0.0),
    "clipped at 1": (1.0, 0.0),
    "clipped at 10": (10.0, 0.0),
    "clipped at 1, Ω": (1.0, 2.0),
}
TESTED = 1000  # fresh sequences; the task counts as solved when every one of them is answered rightly


class Run(NamedTuple):
    """One training: the loss and the length of the whole gradient at each update, and when it was solved."""

    losses: np.ndarray  # (updates,)
    norms: np.ndarray  # (updates,) before clipping
    solved: int  # updates until no mistake was left, 0 if that did not happen
    known: np.ndarray  # (2,) in the end, the share of answers with the right earlier, and later, symbol
    felt: float  # in the end, ‖∂L/∂h_t‖/‖∂L/∂h_T‖ where the later symbol may stand first, the median of sequences


def initial(rng: np.random.Generator) -> list[np.ndarray]:
    """W, U, b, V, c: 15 of 50 recurrent weights a unit, scaled to spectral radius 0.95, all else tiny."""
    W = rng.normal(size=(N, N)) * (rng.permuted(np.tile(np.arange(N), (N, 1)), axis=1) < INCOMING)
    W *= RADIUS / np.abs(np.linalg.eigvals(W)).max()
    return [
        W,
        SMALL * rng.normal(size=(N, SYMBOLS)),
        np.zeros((N, 1)),
        SMALL * rng.normal(size=(CLASSES, N)),
        np.zeros((CLASSES, 1)),
    ]


def backward(
    weights: list[np.ndarray], xs: np.ndarray, labels: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray, Gradients]:
    """−mean log softmax(V h_T + c)[label], its derivative by what is in the softmax, the states, and their `bptt`."""
    W, U, b, V, c = weights
    h0, each = np.zeros((N, len(labels))), np.arange(len(labels))
    hs = unroll(tanh_step, h0, xs, W, U, b)
    o = V @ hs[-1] + c
    p = np.exp(o - o.max(0))
    p /= p.sum(0)
    loss = -float(np.log(p[labels, each]).mean())
    p[labels, each] -= 1
    do = p / len(labels)
    explicit = np.zeros_like(hs)
    explicit[-1] = V.T @ do
    return loss, do, hs, bptt(h0, xs, hs, W, 1 - hs * hs, explicit)


def loss_and_gradients(
    weights: list[np.ndarray], xs: np.ndarray, labels: np.ndarray, alpha: float = 0.0
) -> tuple[float, list[np.ndarray]]:
    """The loss with its gradient, to which α dΩ/dW is added."""
    loss, do, hs, back = backward(weights, xs, labels)
    dW = back.dW
    if alpha:
        dW = dW + alpha * norm_preserving_squared(weights[0], 1 - hs * hs, back.dhs).dW
    return loss, [dW, back.dU, back.db, do @ hs[-1].T, do.sum(1, keepdims=True)]


def train(
    method: str, seed: int, T: int, updates: int, lr: float = 0.01, B: int = 20, check_every: int = 100
) -> Run:
    """One training from start `seed`; the same start and the same sequences for every method."""
    if method not in METHODS:
        raise ValueError(f"came {method!r}; expected one of {', '.join(METHODS)}")
    threshold, alpha = METHODS[method]
    rng = np.random.default_rng([seed, T])
    weights = initial(rng)
    test = temporal_order(np.random.default_rng([seed, T, 1]), T, TESTED)
    losses, norms, solved = [], [], 0
    for n in range(1, updates + 1):
        loss, gradients = loss_and_gradients(weights, *temporal_order(rng, T, B), alpha)
        losses.append(loss)
        norms.append(float(joint_norm(gradients)))
        if not np.isfinite(norms[-1]):
            break
        if threshold is not None:
            gradients = clip_by_norm(gradients, threshold)
        weights = [w - lr * g for w, g in zip(weights, gradients, strict=True)]
        if n % check_every == 0 and (answers(weights, test[0]) == test[1]).all():
            solved = n
            break
    said, labels = answers(weights, test[0]), test[1]
    known = np.array([(said % 2 == labels % 2).mean(), (said // 2 == labels // 2).mean()])
    dhs = np.linalg.norm(backward(weights, *test)[3].dhs, axis=1)
    return Run(np.array(losses), np.array(norms), solved, known, float(np.median(dhs[T // 2] / dhs[-1])))


def answers(weights: list[np.ndarray], xs: np.ndarray) -> np.ndarray:
    """The order said for each sequence, as `temporal_order` numbers them: (B,)."""
    W, U, b, V, c = weights
    last = unroll(tanh_step, np.zeros((N, xs.shape[-1])), xs, W, U, b)[-1]
    return (V @ last + c).argmax(0)


def compare(seed: int, T: int, seeds: int, updates: int) -> dict[str, np.ndarray]:
    """For each method, a start each: updates until solved (0: not within `updates`), and how the training went."""
    found: dict[str, np.ndarray] = {}
    for method, (threshold, _) in METHODS.items():
        runs = [train(method, seed + k, T, updates) for k in range(seeds)]
        found[method] = np.array([run.solved for run in runs])
        found[f"{method}: longest gradient"] = np.array([run.norms.max() for run in runs])
        found[f"{method}: mean gradient"] = np.array([run.norms.mean() for run in runs])
        found[f"{method}: share cut"] = np.array([(run.norms > (threshold or np.inf)).mean() for run in runs])
        found[f"{method}: last loss"] = np.array([run.losses[-20:].mean() for run in runs])
        found[f"{method}: known"] = np.array([run.known for run in runs])
        found[f"{method}: felt"] = np.array([run.felt for run in runs])
    return found
