"""Question 5.1: one step of descent, with the gradient of each sequence of a batch clipped by its joint norm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnnlab.questions.draws import sequence
from rnnlab.questions.question import Misconception, Part, Probe, Question

A = np.ndarray


def _joined(W: A, b: A) -> A:
    """W (…, N, N) and b (…, N) side by side, (…, N, N + 1)."""
    return np.concatenate([W, b[..., None]], axis=-1)


def _lengths(g: A) -> A:
    return np.sqrt((g * g).sum((-2, -1), keepdims=True))


def _cut(g: A, longest: float) -> A:
    """Each matrix of g (…, N, N + 1) shortened to `longest`, where it is longer."""
    return g * np.minimum(1, longest / _lengths(g))


def clipped_step(W: A, b: A, dWs: A, dbs: A, longest: float, lr: float) -> A:
    return _joined(W, b) - lr * _cut(_joined(dWs, dbs), longest).mean(0)


def _in_a_loop(W: A, b: A, dWs: A, dbs: A, longest: float, lr: float) -> A:
    total = np.zeros((len(W), len(W) + 1))
    for dW, db in zip(dWs, dbs, strict=True):
        norm = np.linalg.norm(np.append(dW.ravel(), db))
        share = longest / norm if norm > longest else 1.0
        total += share * np.hstack([dW, db[:, None]])
    return np.hstack([W, b[:, None]]) - lr * total / len(dWs)


def _in_torch(W: A, b: A, dWs: A, dbs: A, longest: float, lr: float) -> Any:
    import torch

    total = torch.zeros(len(W), len(W) + 1, dtype=torch.float64)
    for dW, db in zip(dWs, dbs, strict=True):
        theirs = [torch.nn.Parameter(torch.tensor(w)) for w in (W, b)]
        for parameter, g in zip(theirs, (dW, db), strict=True):
            parameter.grad = torch.tensor(g)
        torch.nn.utils.clip_grad_norm_(theirs, longest)
        total += torch.cat([theirs[0].grad, theirs[1].grad[:, None]], 1)
    return torch.tensor(_joined(W, b)) - lr * total / len(dWs)


def _in_single_precision(W: A, b: A, dWs: A, dbs: A, longest: float, lr: float) -> A:
    W, b, dWs, dbs = (a.astype(np.float32) for a in (W, b, dWs, dbs))
    return clipped_step(W, b, dWs, dbs, longest, lr)


def _probes(rng: np.random.Generator) -> tuple[Probe, ...]:
    def one(part: int, N: int, shares: tuple[float, ...]) -> Probe:
        """Gradients that are `shares` times as long as the threshold."""
        B = len(shares)
        longest, lr = float(np.round(rng.uniform(0.5, 1.5), 1)), float(np.round(rng.uniform(0.1, 0.4), 1))
        g = sequence(rng, B * N * (N + 1)).reshape(B, N, N + 1)
        g = np.round(g / _lengths(g) * longest * np.reshape(shares, (B, 1, 1)), 3)
        W, b = sequence(rng, N * N).reshape(N, N), sequence(rng, N)
        return Probe(part, (W, b, g[..., :-1], g[..., -1], longest, lr))

    return (
        one(0, 2, (3.0,)),
        one(0, 2, (0.6,)),
        one(1, 2, (4.0, 0.5)),
        one(1, 2, (0.7, 2.5, 5.0)),
        one(1, 3, (3.0, 0.4, 6.0)),
        one(1, 3, (0.8, 8.0, 0.3, 2.0)),
    )


def _otherwise(change: Callable[[A, float], A]) -> Callable[..., A]:
    """The step with another rule for the gradients of a batch, (B, N, N + 1) and a threshold → the same."""
    return lambda W, b, dWs, dbs, longest, lr: _joined(W, b) - lr * change(_joined(dWs, dbs), longest).mean(0)


def _by_tensor(g: A, longest: float) -> A:
    return np.concatenate([_cut(g[..., :-1], longest), _cut(g[..., -1:], longest)], axis=-1)


def _by_weights(g: A, longest: float) -> A:
    """The factor from the weights' length alone."""
    return g * np.minimum(1, longest / _lengths(g[..., :-1]))


def _bias_whole(g: A, longest: float) -> A:
    return np.concatenate([_cut(g[..., :-1], longest), g[..., -1:]], axis=-1)


def _weights_cut(W: A, b: A, dWs: A, dbs: A, longest: float, lr: float) -> A:
    return _cut(_joined(W, b) - lr * _joined(dWs, dbs).mean(0), longest)


CLIPPED = Question(
    number="5.1",
    title="A clip for each sequence",
    goal="Cut the gradient of each sequence of a batch by its own length, then average, then step.",
    look="lecture 05, section 5, (5.15) and (5.16)",
    minutes=18,
    difficulty=2,
    answer="clipped_step",
    arguments=("W", "b", "dWs", "dbs", "longest", "lr"),
    returns="the new W with the new b as one more column, of shape (N, N + 1)",
    parts=(Part("a single sequence", 2), Part("a batch", 3)),
    reference=clipped_step,
    alternatives=(
        _in_a_loop,
        _in_torch,
        _in_single_precision,
    ),
    probes=_probes,
    misconceptions=(
        Misconception(
            "each number at the threshold",
            _otherwise(lambda g, longest: np.clip(g, -longest, longest)),
            "that the threshold is meant for each number by itself",
            "A gradient of many numbers is longer than the largest of them, and cutting numbers turns it.",
            "lecture 05, section 5, (5.15), and the rule that turns the gradient",
        ),
        Misconception(
            "each tensor by its own length",
            _otherwise(_by_tensor),
            "that the weights and the bias are two gradients",
            "They are parts of one vector. With a factor for each part the direction changes, and the whole may"
            " still be too long.",
            "lecture 05, section 5, (5.15)",
        ),
        Misconception(
            "the bias not measured",
            _otherwise(_by_weights),
            "that the length of a gradient is the length of its weights' part",
            "The bias has a part in it as well, and what you have cut is still too long.",
            "lecture 05, section 5, (5.15): over what its sum runs",
        ),
        Misconception(
            "the bias not cut",
            _otherwise(_bias_whole),
            "that only the weights have a gradient to cut",
            "The bias is a part of the same vector. Cutting the rest of it turns the direction.",
            "lecture 05, section 5, (5.15) and (5.16)",
        ),
        Misconception(
            "one length for the whole batch",
            _otherwise(lambda g, longest: g * np.minimum(1, longest / np.linalg.norm(g))),
            "that the sum in (5.15) runs over the sequences too",
            "Then one sequence on a cliff shortens all the others with itself. The sum runs over the tensors"
            " of one gradient, and here each sequence has a gradient of its own.",
            "lecture 05, section 5, (5.15), and the goal of this question",
        ),
        Misconception(
            "the average cut, not the sequences",
            _otherwise(lambda g, longest: _cut(g.mean(0, keepdims=True), longest)),
            "that one averages over the batch first",
            "Then one sequence on a cliff drowns all the others before anything is cut. Here each is cut by itself.",
            "lecture 05, section 5, (5.16), and the goal of this question",
        ),
        Misconception(
            "short gradients stretched",
            _otherwise(lambda g, longest: longest * g / _lengths(g)),
            "that every gradient is brought to the threshold",
            "A gradient that is shorter is left as it is, or descent would never come to rest.",
            "lecture 05, section 5, (5.16): the minimum in it",
        ),
        Misconception(
            "divided by the squared length",
            _otherwise(lambda g, longest: g * np.minimum(1, longest / _lengths(g) ** 2)),
            "that the sum of the squares is the length",
            "A root is missing: what comes out does not have the length of the threshold.",
            "lecture 05, section 5, (5.15)",
        ),
        Misconception(
            "the parameters cut",
            _weights_cut,
            "that the weights themselves must not be longer than the threshold",
            "It is the step that is too long, not the network.",
            "lecture 05, section 5: what one of the rules of its live figure does to the weights",
        ),
        Misconception(
            "sum instead of mean",
            _otherwise(lambda g, longest: len(g) * _cut(g, longest)),
            "that the cut gradients are added up",
            "They are averaged over the sequences here.",
            "lecture 05, section 5, and the goal of this question",
        ),
        Misconception(
            "uphill",
            _otherwise(lambda g, longest: -_cut(g, longest)),
            "that one steps along the gradient",
            "The cost grows in that direction.",
            "lecture 01, section 7: the sign in gradient descent",
        ),
        Misconception(
            "the step cut instead of the gradient",
            lambda W, b, dWs, dbs, longest, lr: _joined(W, b) - _cut(lr * _joined(dWs, dbs), longest).mean(0),
            "that the threshold is meant for the step, after the learning rate",
            "It is compared with the gradient. The learning rate comes afterwards, and makes the longest step.",
            "lecture 05, section 5: how long the step of its live figure is on the wall",
        ),
        Misconception(
            "not cut at all",
            _otherwise(lambda g, longest: g),
            "that the threshold changes nothing",
            "Some of these gradients are several times longer than it.",
            "lecture 05, section 5, (5.16)",
        ),
    ),
)
