"""Question 8.4: a forecast in free run by a network whose read-out says the change of the signal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnnlab.questions.draws import sequence
from rnnlab.questions.question import Misconception, Part, Probe, Question


def foretell(ys: np.ndarray, known: int, W: np.ndarray, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    h = np.zeros(len(u))
    said: list[Any] = []
    for t in range(len(ys) - 1):
        heard = ys[t] if t < known else said[-1]
        h = np.tanh(W @ h + u * heard)
        if t >= known - 1:
            said.append(heard + v @ h)
    return np.array(said)


def _two_loops(ys: Any, known: Any, W: Any, u: Any, v: Any) -> list[float]:
    h = np.zeros(len(u))
    for y in ys[:known]:
        h = np.tanh(W @ h + u * y)
    y = ys[known - 1]
    said: list[Any] = []
    while len(said) < len(ys) - known:
        y = y + float(v @ h)
        said.append(y)
        h = np.tanh(W @ h + u * y)
    return said


def _overwritten(ys: Any, known: Any, W: Any, u: Any, v: Any) -> np.ndarray:
    ys, h = np.array(ys), np.zeros(len(u))
    for t in range(1, len(ys)):
        h = np.tanh(W @ h + u * ys[t - 1])
        if t >= known:
            ys[t] = ys[t - 1] + v @ h
    return ys[known:]


def _torch(ys: Any, known: Any, W: Any, u: Any, v: Any) -> Any:
    import torch

    W, u, v = (torch.as_tensor(one, dtype=torch.float64) for one in (W, u, v))
    h, y, said = torch.zeros_like(u), torch.tensor(float(ys[0]), dtype=torch.float64), []
    for t in range(1, len(ys)):
        h = torch.tanh(W @ h + u * y)
        y = y + v @ h if t >= known else torch.tensor(float(ys[t]), dtype=torch.float64)
        said.append(y)
    return torch.stack(said[known - 1 :])


def _slipping(
    hear: Callable[..., float], add: Callable[..., float], steps: bool = True
) -> Callable[..., np.ndarray]:
    """A wrong forecast: hear(truth, last answer, last known) is fed, add(heard, answer, known, change) said."""

    def wrong(ys: Any, known: Any, W: Any, u: Any, v: Any) -> np.ndarray:
        h, last = np.zeros(len(u)), ys[known - 1]
        said: list[Any] = []
        for t in range(len(ys) - 1):
            mine = said[-1] if said else last
            heard = ys[t] if t < known else hear(ys[t], mine, last)
            if t < known or steps:
                h = np.tanh(W @ h + u * heard)
            if t >= known - 1:
                said.append(add(heard, mine, last, v @ h))
        return np.array(said)

    return wrong


def _late(ys: Any, known: Any, W: Any, u: Any, v: Any) -> np.ndarray:
    """Answers for one step later, too."""
    longer = np.concatenate([ys, ys[-1:]])
    return foretell(longer, known, W, u, v)[1:]


def _probes(rng: np.random.Generator) -> tuple[Probe, ...]:
    def probe(part: int, N: int, T: int, known: int) -> Probe:
        W = np.round(rng.uniform(-0.9, 0.9, (N, N)), 2)
        return Probe(part, (sequence(rng, T), known, W, sequence(rng, N), 0.5 * sequence(rng, N)))

    return (probe(0, 2, 4, 3), probe(1, 2, 7, 3), probe(0, 3, 6, 5), probe(1, 3, 10, 4), probe(1, 4, 12, 5))


FORETELL = Question(
    number="8.4",
    title="On its own feet",
    goal="Run a network freely that says by how much the signal will change.",
    look="lecture 08, section 3, the function that steps a free run",
    minutes=12,
    difficulty=2,
    answer="foretell",
    arguments=("ys", "known", "W", "u", "v"),
    returns="one answer for each value of ys after the known ones",
    parts=(Part("one step ahead", 1), Part("many steps ahead", 2)),
    reference=foretell,
    alternatives=(_two_loops, _overwritten, _torch),
    probes=_probes,
    misconceptions=(
        Misconception(
            "true outputs fed back",
            _slipping(lambda true, mine, last: true, lambda heard, mine, last, change: heard + change),
            "that the values after the known ones may be heard as well",
            "They are there to be compared with. Hearing them, the network is put right at each step, and you measure"
            " the error of one step many times.",
            "lecture 08, section 3, the check-yourself question",
        ),
        Misconception(
            "the change taken for the value",
            _slipping(lambda true, mine, last: mine, lambda heard, mine, last, change: change),
            "that the read-out says the next value",
            "This one says how far the next value lies from the last. Something must be added to it.",
            "the equation of this question, beside lecture 08, section 3",
        ),
        Misconception(
            "each change from the last known value",
            _slipping(lambda true, mine, last: mine, lambda heard, mine, last, change: last + change),
            "that all changes count from the last known value",
            "Each is the change of one step. They add up, as steps of a walk do.",
            "the equation of this question, beside lecture 08, section 3",
        ),
        Misconception(
            "the input is frozen",
            _slipping(lambda true, mine, last: last, lambda heard, mine, last, change: mine + change),
            "that the network keeps hearing the last known value",
            "In a free run it hears its own answer, or it cannot know how far it has gone.",
            "lecture 08, section 3, the first lines of the function that steps a free run",
        ),
        Misconception(
            "the state is frozen",
            _slipping(
                lambda true, mine, last: mine, lambda heard, mine, last, change: mine + change, steps=False
            ),
            "that the state is only stepped while there is a signal",
            "Then the read-out says the same change for ever, and the forecast is a straight line.",
            "lecture 08, section 3: what the free run takes over from step to step",
        ),
        Misconception(
            "one step too late",
            _late,
            "that the first answer is for the second unknown value",
            "After the last known value is heard, the read-out already says something about the next.",
            "lecture 08, section 1: which step the read-out of a state is for",
        ),
    ),
)
