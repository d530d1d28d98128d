"""Question 1.2: every ∂L/∂h_t, for L = ½ Σ (h_t − y_t)² and h_t = w h_{t−d} + x_t."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnnlab.questions.draws import sequence, weight
from rnnlab.questions.question import Misconception, Part, Probe, Question


def _carried(es: np.ndarray, w: float, d: int) -> np.ndarray:
    dh = np.zeros(len(es) + d)
    for t in reversed(range(len(es))):
        dh[t] = es[t] + w * dh[t + d]
    return dh[: len(es)]


def blame(hs: np.ndarray, ys: np.ndarray, w: float, d: int) -> np.ndarray:
    return _carried(hs - ys, w, d)


def _blame_closed(hs: np.ndarray, ys: np.ndarray, w: float, d: int) -> np.ndarray:
    lag = np.subtract.outer(np.arange(len(hs)), np.arange(len(hs))).T
    return np.where((lag >= 0) & (lag % d == 0), w ** np.maximum(lag // d, 0), 0.0) @ (hs - ys)


def _blame_solve(hs: np.ndarray, ys: np.ndarray, w: float, d: int) -> np.ndarray:
    T = len(hs)
    return np.linalg.solve(np.eye(T) - w * np.eye(T, k=d), hs - ys)


def _blame_autograd(hs: np.ndarray, ys: np.ndarray, w: float, d: int) -> Any:
    """A small push z_t on each state: ∂L/∂z_t is ∂L/∂h_t."""
    import torch

    xs = hs - w * np.concatenate([np.zeros(d), hs])[: len(hs)]
    z = torch.zeros(len(hs), dtype=torch.float64, requires_grad=True)
    states = list(torch.zeros(d, dtype=torch.float64))
    for t, x in enumerate(xs):
        states.append(w * states[-d] + float(x) + z[t])
    loss = ((torch.stack(states[d:]) - torch.as_tensor(ys)) ** 2).sum() / 2
    return torch.autograd.grad(loss, z)[0]


def _blame_single(hs: np.ndarray, ys: np.ndarray, w: float, d: int) -> np.ndarray:
    return _carried(hs.astype(np.float32) - ys.astype(np.float32), w, d).astype(np.float32)


def _blame_probes(rng: np.random.Generator) -> tuple[Probe, ...]:
    def one(part: int, T: int, d: int) -> Probe:
        return Probe(part, (sequence(rng, T), sequence(rng, T), weight(rng), d))

    small = (np.array([1.0, 0.0, 2.0]), np.array([0.0, 1.0, 0.0]), 0.5)
    return (
        Probe(0, (*small, 1)),
        Probe(1, (*small, 2)),
        one(0, 6, 1),
        one(1, 7, 2),
        one(0, 9, 1),
        one(1, 9, 3),
        one(1, 12, int(rng.integers(2, 6))),
    )


BLAME = Question(
    number="1.2",
    title="Blame: a loss that looks at every step",
    goal=(
        "Derive every $\\partial L/\\partial h_t$ when each state is judged, and the road back has"
        " the same wait."
    ),
    look="lecture 01, section 2, (1.4)",
    minutes=15,
    difficulty=2,
    answer="blame",
    arguments=("hs", "ys", "w", "d"),
    returns="the derivatives, that by h₁ first",
    parts=(Part("d = 1", 1), Part("any d", 3)),
    reference=blame,
    alternatives=(_blame_closed, _blame_solve, _blame_autograd, _blame_single),
    probes=_blame_probes,
    misconceptions=(
        Misconception(
            "only the direct effect",
            lambda hs, ys, w, d: hs - ys,
            "that a state matters only for its own term of the loss",
            "It also makes later states, and their terms feel it. With w = 0 you would be right.",
            "lecture 01, section 2, (1.4): the difference between ∂ᵉ and ∂",
        ),
        Misconception(
            "the loss of the last step only",
            lambda hs, ys, w, d: _carried((hs - ys) * (np.arange(len(hs)) == len(hs) - 1), w, d),
            "that only the last state is judged, as in (1.5)",
            "Here each state has an error of its own, which joins on the way back.",
            "lecture 01, section 2: (1.5) is for a loss at T alone, (1.4) for any",
        ),
        Misconception(
            "mean instead of sum",
            lambda hs, ys, w, d: _carried(hs - ys, w, d) / len(hs),
            "a loss that is divided by the number of steps",
            "This loss is a sum: a longer sequence has a larger gradient, which matters for the learning"
            " rate.",
            "the loss of this question, and lecture 01, section 7, where the cost is defined",
        ),
        Misconception(
            "the half is lost",
            lambda hs, ys, w, d: 2 * _carried(hs - ys, w, d),
            "a loss without the factor ½",
            "With it, the 2 of the square's derivative is cancelled.",
            "the loss of this question, beside that of lecture 01, section 2; differentiate one term of it",
        ),
        Misconception(
            "back without the wait",
            lambda hs, ys, w, d: _carried(hs - ys, w, 1),
            "that a state is felt in the very next step",
            "It leaves at t and arrives d steps later, so the way back must make the same leap.",
            "lecture 01, section 2: draw the arrows of this wiring, then reverse every one",
        ),
        Misconception(
            "forwards in time",
            lambda hs, ys, w, d: _carried((hs - ys)[::-1], w, d)[::-1],
            "that blame flows the way the states do, from the first step to the last",
            "A state cannot be blamed for errors made before it. Check the last step: nothing comes after"
            " it, so its"
            " derivative is its own error alone.",
            "lecture 01, section 2, (1.4): which index stands on the right",
        ),
        Misconception(
            "the sign is reversed",
            lambda hs, ys, w, d: -_carried(hs - ys, w, d),
            "an error counted as target minus state",
            "Raise a state that is already above its target: the loss grows, so that derivative is positive.",
            "lecture 01, section 2: differentiate the loss of one step, and mind its sign",
        ),
        Misconception(
            "one arrow back and no further",
            lambda hs, ys, w, d: hs - ys + w * np.concatenate([hs - ys, np.zeros(d)])[d:],
            "that a state is felt one round later and then no more",
            "What it changes there comes round again. Try three states and d = 1: how many"
            " errors does the first of them feel?",
            "lecture 01, section 2, (1.4): what is multiplied by w",
        ),
    ),
)
