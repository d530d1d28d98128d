"""Question 1.1: h_t = w h_{t−d} + u x_t, a unit whose output comes back d steps later."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnnlab.questions.draws import sequence, weight
from rnnlab.questions.question import Misconception, Part, Probe, Question


def echoes(xs: np.ndarray, w: float, u: float, d: int) -> np.ndarray:
    hs = np.zeros(len(xs))
    for t in range(len(xs)):
        hs[t] = w * (hs[t - d] if t >= d else 0.0) + u * xs[t]
    return hs


def _echoes_closed(xs: np.ndarray, w: float, u: float, d: int) -> np.ndarray:
    T = len(xs)
    lag = np.subtract.outer(np.arange(T), np.arange(T))
    return np.where((lag >= 0) & (lag % d == 0), w ** np.maximum(lag // d, 0), 0.0) @ (u * xs)


def _echoes_strands(xs: np.ndarray, w: float, u: float, d: int) -> list[float]:
    hs = [0.0] * len(xs)
    for strand in range(d):
        h = 0.0
        for t in range(strand, len(xs), d):
            h = hs[t] = w * h + u * float(xs[t])
    return hs


def _echoes_torch(xs: np.ndarray, w: float, u: float, d: int) -> Any:
    import torch

    hs = list(torch.zeros(d, dtype=torch.float32))
    for x in torch.as_tensor(xs, dtype=torch.float32):
        hs.append(w * hs[-d] + u * x)
    return torch.stack(hs[d:])


def _echo_probes(rng: np.random.Generator) -> tuple[Probe, ...]:
    def impulse(T: int) -> np.ndarray:
        return np.eye(T)[0]

    return (
        Probe(0, (impulse(3), 0.5, 1.0, 2)),
        Probe(1, (np.array([1.0, 0.0, 2.0, 1.0]), -0.5, 3.0, 2)),
        Probe(0, (impulse(7), weight(rng), 1.0, 3)),
        Probe(0, (impulse(9), weight(rng), 1.0, 2)),
        Probe(1, (sequence(rng, 10), weight(rng), weight(rng), 1)),
        Probe(1, (sequence(rng, 11), weight(rng), weight(rng), 3)),
        Probe(1, (sequence(rng, 12), weight(rng), weight(rng), int(rng.integers(2, 6)))),
    )


ECHOES = Question(
    number="1.1",
    title="Echoes: a self-connection that takes its time",
    goal="Step a unit whose own output comes back $d$ steps later, and see its impulse response as echoes.",
    look="lecture 01, section 1, from the recurrence to (1.2)",
    minutes=12,
    difficulty=1,
    answer="echoes",
    arguments=("xs", "w", "u", "d"),
    returns="the states, h₁ first",
    parts=(Part("an impulse, with u = 1", 2), Part("any input and any u", 2)),
    reference=echoes,
    alternatives=(_echoes_closed, _echoes_strands, _echoes_torch),
    probes=_echo_probes,
    misconceptions=(
        Misconception(
            "the wait is ignored",
            lambda xs, w, u, d: echoes(xs, w, u, 1),
            "that the state of one step ago comes back, whatever d is",
            "With a slow wire an impulse is followed by silence before its first echo; your response has"
            " no silence.",
            "lecture 01, section 1, (1.1): unroll three steps of it again, with this wire",
        ),
        Misconception(
            "one step too late",
            lambda xs, w, u, d: echoes(xs, w, u, d + 1),
            "a wire that takes one step more than d",
            "With d = 1 this must be the lecture's unit, and yours is not. Python counts from 0 and the"
            " sequence from 1:"
            " write down which entry of your array is which state.",
            "lecture 01, section 1, where the states are numbered",
        ),
        Misconception(
            "the wait costs weight",
            lambda xs, w, u, d: echoes(xs, w**d, u, d),
            "that the signal is weakened at every step it spends on the wire",
            "The weight sits at one place of the loop and is met once a round, however long the round takes.",
            "lecture 01, section 1, (1.2): what the exponent counts there",
        ),
        Misconception(
            "the input waits too",
            lambda xs, w, u, d: echoes(np.concatenate([np.zeros(d), xs])[: len(xs)], w, u, d),
            "that the input, too, travels on the slow wire",
            "Only the unit's own output does; the input is felt in the step in which it arrives.",
            "the equation of this question, and lecture 01, section 1, (1.1) at k = t",
        ),
        Misconception(
            "the input weight is left out",
            lambda xs, w, u, d: echoes(xs, w, 1.0, d),
            "that the input enters as it is",
            "Here it has a weight of its own. At u = 1 nobody sees the difference, so try another u.",
            "the equation of this question, beside that of lecture 01, section 1, where u = 1",
        ),
        Misconception(
            "the input weight is inside the loop",
            lambda xs, w, u, d: echoes(xs, u * w, u, d),
            "that u multiplies the returning state as well as the input",
            "Then each round would be weighted twice, and a unit with a large u would explode for any w.",
            "the equation of this question, beside lecture 01, section 1, and which term u stands next to",
        ),
    ),
)
