"""Question 8.1: a reservoir in which each neuron has a leak of its own and the last output is fed back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnnlab.questions.draws import sequence
from rnnlab.questions.question import Misconception, Part, Probe, Question

Step = Callable[..., np.ndarray]


def reservoir(
    xs: np.ndarray, ys: np.ndarray, W: np.ndarray, u: np.ndarray, f: np.ndarray, alphas: np.ndarray
) -> np.ndarray:
    h, hs, heard = np.zeros(len(u)), [], 0.0
    for x, y in zip(xs, ys, strict=True):
        h = (1 - alphas) * h + alphas * np.tanh(W @ h + u * x + f * heard)
        hs.append(h)
        heard = y
    return np.array(hs)


def _by_units(xs: Any, ys: Any, W: Any, u: Any, f: Any, alphas: Any) -> list[list[float]]:
    hs: list[list[float]] = [[0.0] * len(u)]
    for t in range(len(xs)):
        last = ys[t - 1] if t else 0.0
        drive = [sum(w * g for w, g in zip(row, hs[-1], strict=True)) for row in W]
        hs.append(
            [
                (1 - a) * g + a * float(np.tanh(d + p * xs[t] + q * last))
                for a, g, d, p, q in zip(alphas, hs[-1], drive, u, f, strict=True)
            ]
        )
    return hs[1:]


def _by_matrices(xs: Any, ys: Any, W: Any, u: Any, f: Any, alphas: Any) -> np.ndarray:
    keep, take = np.diag(1 - alphas), np.diag(alphas)
    drives = np.outer(xs, u) + np.outer(np.concatenate([[0.0], ys[:-1]]), f)
    hs = np.zeros((len(xs) + 1, len(u)))
    for t, drive in enumerate(drives):
        hs[t + 1] = keep @ hs[t] + take @ np.tanh(W @ hs[t] + drive)
    return hs[1:]


def _torch(xs: Any, ys: Any, W: Any, u: Any, f: Any, alphas: Any) -> Any:
    import torch

    W, u, f, alphas = (torch.as_tensor(v, dtype=torch.float64) for v in (W, u, f, alphas))
    h, heard, hs = torch.zeros_like(u), 0.0, []
    for x, y in zip(xs, ys, strict=True):
        h = torch.lerp(h, torch.tanh(W @ h + u * float(x) + f * heard), alphas)
        hs.append(h)
        heard = float(y)
    return torch.stack(hs)


def _stepped(step: Step, late: int = 1) -> Callable[..., np.ndarray]:
    """A wrong reservoir: h ← step(h, the argument of tanh without W h, W, alphas), with y fed `late` steps late."""

    def wrong(xs: Any, ys: Any, W: Any, u: Any, f: Any, alphas: Any) -> np.ndarray:
        fed = np.concatenate([np.zeros(late), ys])[: len(xs)]
        h, hs = np.zeros(len(u)), []
        for x, y in zip(xs, fed, strict=True):
            h = step(h, u * x + f * y, W, alphas)
            hs.append(h)
        return np.array(hs)

    return wrong


def _probes(rng: np.random.Generator) -> tuple[Probe, ...]:
    def probe(part: int, N: int, T: int, feedback: bool) -> Probe:
        f = sequence(rng, N) if feedback else np.zeros(N)
        alphas = np.round(rng.permutation(np.linspace(0.2, 0.9, N)), 2)
        W = np.round(rng.uniform(-1, 1, (N, N)), 2)
        return Probe(part, (sequence(rng, T), sequence(rng, T), W, sequence(rng, N), f, alphas))

    return (
        probe(0, 2, 3, False),
        probe(1, 2, 4, True),
        probe(0, 3, 6, False),
        probe(1, 3, 8, True),
        probe(1, 4, 9, True),
    )


LEAKS = Question(
    number="8.1",
    title="To each neuron its own leak",
    goal="Step a reservoir of fast and slow neurons that also hears the last output.",
    look="lecture 08, section 1, (8.1)",
    minutes=10,
    difficulty=1,
    answer="reservoir",
    arguments=("xs", "ys", "W", "u", "f", "alphas"),
    returns="the states, one row a step, (T, N)",
    parts=(Part("no feedback, f = 0", 2), Part("with feedback", 1)),
    reference=reservoir,
    alternatives=(_by_units, _by_matrices, _torch),
    probes=_probes,
    misconceptions=(
        Misconception(
            "leak on the wrong term",
            _stepped(lambda h, drive, W, a: a * h + (1 - a) * np.tanh(W @ h + drive)),
            "that α is the share of the old state that is kept",
            "Here, as in S4, it is the share that is renewed: at α = 1 nothing of the old state"
            " is left outside the tanh.",
            "lecture 08, section 1, where the leak is defined, and (8.1)",
        ),
        Misconception(
            "nothing leaks",
            _stepped(lambda h, drive, W, a: h + a * np.tanh(W @ h + drive)),
            "that the old state stays whole and the new is added to it",
            "Then a steady input piles up without bound, while each state of a reservoir lies between −1 and 1.",
            "lecture 08, section 1, (8.1): the weights there sum to one with the start's",
        ),
        Misconception(
            "one leak for all",
            _stepped(lambda h, drive, W, a: (1 - a.mean()) * h + a.mean() * np.tanh(W @ h + drive)),
            "that the neurons share a leak, the average of theirs",
            "Fast and slow neurons side by side are the point of this question: each keeps its own share.",
            "the equation of this question, beside lecture 08, section 1",
        ),
        Misconception(
            "the leak is inside the tanh",
            _stepped(lambda h, drive, W, a: np.tanh((1 - a) * h + a * (W @ h + drive))),
            "that old state and new drive are averaged first and squashed together",
            "The average is taken of what the neuron would have said, after squashing.",
            "lecture 08, section 1: which quantity carries the tilde",
        ),
        Misconception(
            "transposed weights",
            _stepped(lambda h, drive, W, a: (1 - a) * h + a * np.tanh(h @ W + drive)),
            "that column i of W holds what neuron i hears",
            "In this course row i holds what neuron i hears, so the product is W h.",
            "lecture 08, section 1, and lecture 02 where the layout is set",
        ),
        Misconception(
            "the output of the same step",
            _stepped(lambda h, drive, W, a: (1 - a) * h + a * np.tanh(W @ h + drive), late=0),
            "that the output of step t is known at step t",
            "It is what the network is about to say. Only the one before it can be fed back.",
            "the index of y in the equation of this question, and lecture 08, section 3",
        ),
    ),
)
