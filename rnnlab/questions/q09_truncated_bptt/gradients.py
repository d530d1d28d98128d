"""Question 9.1: full and truncated gradients of the toy with a drift, h_t = h_{t−1} + c_t θ."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnnlab.questions.draws import sequence
from rnnlab.questions.question import Misconception, Part, Probe, Question

A = np.ndarray


def _seen(cs: A, p: int) -> A:
    """Σ of the last min(p, t) drifts, for t = 1 … T."""
    sums = np.concatenate([[0.0], np.cumsum(cs)])
    t = np.arange(1, len(cs) + 1)
    return sums[t] - sums[np.maximum(t - p, 0)]


def _errors(x0s: A, theta: float, cs: A, mu: float) -> A:
    return x0s.mean() + theta * np.cumsum(cs) - mu


def gradients(x0s: A, theta: float, cs: A, mu: float, p: int) -> A:
    return 2 * _errors(x0s, theta, cs, mu) * _seen(cs, p)


def _in_a_loop(x0s: A, theta: float, cs: A, mu: float, p: int) -> list[float]:
    found = []
    for t in range(1, len(cs) + 1):
        h = x0s + theta * sum(cs[:t])
        found.append(float(np.mean(2 * (h - mu)) * sum(cs[max(0, t - p) : t])))
    return found


def _by_autograd(x0s: A, theta: float, cs: A, mu: float, p: int) -> Any:
    import torch

    push = torch.tensor(theta, dtype=torch.float64, requires_grad=True)
    found = []
    for t in range(1, len(cs) + 1):
        h = torch.tensor(x0s)
        for k, c in enumerate(cs[:t]):
            h = h + float(c) * (push if k >= t - p else push.detach())
        found.append(torch.autograd.grad(((h - mu) ** 2).mean(), push)[0])
    return torch.stack(found)


def _with(seen: Any) -> Any:
    return lambda x0s, theta, cs, mu, p: 2 * _errors(x0s, theta, cs, mu) * seen(cs, p)


def _oldest(cs: A, p: int) -> A:
    sums = np.cumsum(cs)
    return sums[np.minimum(np.arange(len(cs)), p - 1)]


def _block(cs: A, p: int) -> A:
    """Σ of the drifts since the last multiple of p."""
    return np.array([cs[t // p * p : t + 1].sum() for t in range(len(cs))])


def _before(x0s: A, theta: float, cs: A, mu: float, p: int) -> A:
    errors = _errors(x0s, theta, cs, mu) - theta * cs
    return 2 * errors * _seen(cs, p)


def _probes(rng: np.random.Generator) -> tuple[Probe, ...]:
    def one(part: int, B: int, T: int, p: int) -> Probe:
        x0s = np.round(1.5 + np.abs(sequence(rng, B)), 2)
        theta, mu = np.round(rng.uniform(0.3, 0.9, 2), 2)
        return Probe(part, (x0s, float(theta), np.round(np.abs(sequence(rng, T)), 2), float(-mu), p))

    return (
        one(0, 1, 2, 2),
        one(1, 2, 3, 1),
        one(1, 2, 4, 2),
        one(0, 3, 4, 9),
        one(1, 3, 6, 3),
        one(1, 4, 8, 4),
    )


GRADIENTS = Question(
    number="9.1",
    title="Gradients of a toy with a drift",
    goal="Write the full and the truncated gradient of each loss, S3's first question.",
    look="lecture 09, section 2, (9.6) and (9.8)",
    minutes=12,
    difficulty=2,
    answer="gradients",
    arguments=("x0s", "theta", "cs", "mu", "p"),
    returns="the gradient of each loss, one number a step",
    parts=(Part("p so large that nothing is cut", 1), Part("shorter truncations", 2)),
    reference=gradients,
    alternatives=(_in_a_loop, _by_autograd, lambda *given: gradients(*given).astype(np.float32)),
    probes=_probes,
    misconceptions=(
        Misconception(
            "nothing is cut",
            _with(lambda cs, p: np.cumsum(cs)),
            "that every loss looks back on every use",
            "That is the full gradient. The truncation length says how many uses are seen.",
            "lecture 09, section 2, (9.6): where its inner sum begins",
        ),
        Misconception(
            "the newest use only",
            _with(lambda cs, p: cs),
            "that a truncated gradient always is the one of a single use",
            "That is the shortest of all truncations. Here the number of uses is an argument.",
            "lecture 09, section 2, (9.6): where its inner sum begins",
        ),
        Misconception(
            "one use too many",
            _with(lambda cs, p: _seen(cs, p + 1)),
            "that the newest use comes on top of those that are looked back on",
            "It is one of them: the shortest truncation sees it and no other.",
            "lecture 09, section 2, (9.8) with the smallest p",
        ),
        Misconception(
            "blocks for windows",
            _with(_block),
            "that the sequence is cut into blocks, and no loss looks beyond its own",
            "That is the cheap way, in which the first loss of a block sees a single use. Here every loss has"
            " a window of its own.",
            "lecture 09, section 2: (9.6) beside (9.7), where the inner sum begins",
        ),
        Misconception(
            "the oldest uses",
            _with(_oldest),
            "that truncation keeps the beginning of the sequence",
            "It keeps what is near to the loss. What lies far back is cut.",
            "lecture 09, section 2: the picture of the four triangles",
        ),
        Misconception(
            "the drift forgotten",
            _with(lambda cs, p: np.minimum(np.arange(1, len(cs) + 1), p)),
            "that each use of the parameter moves the state by one",
            "In the lecture's toy it does. Here a use is multiplied by the drift of its step.",
            "lecture 09, section 2, what comes before (9.8), for the step of this exercise",
        ),
        Misconception(
            "the newest drift for all uses",
            _with(lambda cs, p: cs * np.minimum(np.arange(1, len(cs) + 1), p)),
            "that all uses had the drift of the newest one",
            "Each use had the drift of its own step.",
            "lecture 09, section 2, (9.6): everything in it has an index",
        ),
        Misconception(
            "the square differentiated without its two",
            lambda *given: gradients(*given) / 2,
            "a loss with one half in front",
            "This one is a plain square, as S3 writes it.",
            "lecture 09, section 1, (9.2)",
        ),
        Misconception(
            "sum over the starts",
            lambda x0s, *given: gradients(x0s, *given) * len(x0s),
            "a loss that is a sum over the starts",
            "It is their mean, which stands for the expectation.",
            "lecture 09, section 1: what the loss of the toy is",
        ),
        Misconception(
            "the error before the push",
            _before,
            "that the loss judges the state before the step",
            "A loss is taken after the push of its own step.",
            "lecture 09, section 1, (9.1) at the first step",
        ),
    ),
)
