"""Question 10.2: the free run of a model with a product of two output lags."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnnlab.questions.draws import sequence
from rnnlab.questions.question import Misconception, Part, Probe, Question


def _said(y1: float, y2: float, u1: float, theta: np.ndarray) -> float:
    return theta[0] * y1 + theta[1] * y2 + theta[2] * u1 + theta[3] * y1 * y2


def alone(us: np.ndarray, ys: np.ndarray, theta: np.ndarray) -> np.ndarray:
    return _from(us, ys[:2], theta)


def _from(us: np.ndarray, start: np.ndarray, theta: np.ndarray) -> np.ndarray:
    said = list(start)
    for t in range(2, len(us)):
        said.append(_said(said[t - 1], said[t - 2], us[t - 1], theta))
    return np.array(said[2:])


def _alone_pair(us: np.ndarray, ys: np.ndarray, theta: np.ndarray) -> list[float]:
    older, newer, said = float(ys[0]), float(ys[1]), []
    for u in us[1:-1]:
        older, newer = newer, float(_said(newer, older, u, theta))
        said.append(newer)
    return said


def _alone_matrix(us: np.ndarray, ys: np.ndarray, theta: np.ndarray) -> np.ndarray:
    state, said = np.array([ys[1], ys[0]]), []
    for u in us[1:-1]:
        step = np.array([[theta[0] + theta[3] * state[1], theta[1]], [1.0, 0.0]])
        state = step @ state + np.array([theta[2] * u, 0.0])
        said.append(state[0])
    return np.array(said)


def _alone_torch(us: np.ndarray, ys: np.ndarray, theta: np.ndarray) -> Any:
    import torch

    return torch.tensor(_alone_pair(us, ys, theta), dtype=torch.float32)


def _half_measured(us: np.ndarray, ys: np.ndarray, theta: np.ndarray) -> np.ndarray:
    said = list(ys[:2])
    for t in range(2, len(us)):
        said.append(_said(said[t - 1], ys[t - 2], us[t - 1], theta))
    return np.array(said[2:])


def _crossed(us: np.ndarray, ys: np.ndarray, theta: np.ndarray) -> np.ndarray:
    return alone(us, ys, np.array([theta[1], theta[0], theta[2], theta[3]]))


def _theta(rng: np.random.Generator, product: bool) -> np.ndarray:
    size = np.round(rng.uniform([0.2, 0.45, 0.4, 0.1], [0.4, 0.65, 0.9, 0.2]), 2)
    return size * rng.choice([-1.0, 1.0], 4) * np.array([1.0, 1.0, 1.0, float(product)])


def _probes(rng: np.random.Generator) -> tuple[Probe, ...]:
    def one(part: int, T: int) -> Probe:
        return Probe(part, (sequence(rng, T), sequence(rng, T), _theta(rng, bool(part))))

    small = (np.array([1.0, 0.0, 2.0, 1.0]), np.array([1.0, 2.0, 0.0, -1.0]))
    return (
        Probe(0, (*small, np.array([0.5, -0.25, 1.0, 0.0]))),
        Probe(1, (*small, np.array([0.5, -0.25, 1.0, 0.5]))),
        one(0, 6),
        one(1, 8),
        one(1, 9),
    )


ALONE = Question(
    number="10.2",
    title="Left alone",
    goal="Run a given model freely: it hears its own outputs, and of the record only how it began.",
    look="lecture 10, section 1, (10.2)",
    minutes=10,
    difficulty=1,
    answer="alone",
    arguments=("us", "ys", "theta"),
    returns="the T − 2 predictions, that of the third output first",
    parts=(Part("without the product", 1), Part("with the product", 2)),
    reference=alone,
    alternatives=(_alone_pair, _alone_matrix, _alone_torch),
    probes=_probes,
    misconceptions=(
        Misconception(
            "measured outputs at every step",
            lambda us, ys, theta: _said(ys[1:-1], ys[:-2], us[1:-1], theta),
            "that the measured outputs are there at every step",
            "Then it is corrected all the time and never alone. Change one measured output in the middle:"
            " the run must not notice.",
            "lecture 10, section 1, (10.1) beside (10.2)",
        ),
        Misconception(
            "started from the future",
            lambda us, ys, theta: _from(us, ys[2:4], theta),
            "a start from the very outputs that are to be predicted",
            "The memory at the first prediction holds the two outputs before it, not those after.",
            "lecture 10, section 1: what the first n outputs are for",
        ),
        Misconception(
            "the two lags are crossed",
            _crossed,
            "that the first weight belongs to the older output",
            "The newest output is one step old, and has the first weight. After each step the newest"
            " becomes the older.",
            "lecture 10, section 1: the step that moves the memory on",
        ),
        Misconception(
            "started from zero",
            lambda us, ys, theta: _from(us, np.zeros(2), theta),
            "a machine that was at zero when the record began",
            "Where it was is known: the first two outputs are measured, and are used for that and nothing else.",
            "lecture 10, section 1, where the wrappers say what they look at",
        ),
        Misconception(
            "one lag is still measured",
            _half_measured,
            "that only the newest output must be the model's own",
            "Two steps on, that output is the older one. It stays the model's own, however old it gets.",
            "lecture 10, section 1, (10.2): which outputs carry a hat",
        ),
        Misconception(
            "the input comes too early",
            lambda us, ys, theta: _from(np.r_[us[1:], us[-1]], ys[:2], theta),
            "that the input of the same step is already felt",
            "In this model an input is felt one step later. Put a single one into a silent machine and count.",
            "the equation of question 10.2, and lecture 10, section 1: where the inputs stop",
        ),
    ),
)
