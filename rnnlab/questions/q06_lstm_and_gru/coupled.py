"""Question 6.1: an LSTM step with peepholes whose input gate is one minus its forget gate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnnlab.models.gates import lstm_step
from rnnlab.questions.draws import sequence
from rnnlab.questions.question import Misconception, Part, Probe, Question

A = np.ndarray


def _sigma(a: A) -> A:
    return 1 / (1 + np.exp(-a))


def coupled_step(s: A, x: A, W: A, U: A, b: A, P: A) -> A:
    h, c = s
    a_f, a_o, a_g = (W @ h + U @ x + b).reshape(3, -1)
    f = _sigma(a_f + P[0] * c)
    c = f * c + (1 - f) * np.tanh(a_g)
    return np.stack([_sigma(a_o + P[1] * c) * np.tanh(c), c])


def _slipped(
    order: tuple[int, int, int] = (0, 1, 2),
    write: Callable[[A], A] = lambda f: 1 - f,
    keep: Callable[[A], A] = lambda f: f,
    squash: Callable[[A], A] = np.tanh,
    old_peek: bool = False,
    peek_at_h: bool = False,
    kept_is_h: bool = False,
    swapped: bool = False,
) -> Callable[..., A]:
    """The step with one thing different."""

    def step(s: A, x: A, W: A, U: A, b: A, P: A) -> A:
        h, c = s
        rows = (W @ h + U @ x + b).reshape(3, -1)
        a_f, a_o, a_g = (rows[k] for k in order)
        f = _sigma(a_f + P[0] * (h if peek_at_h else c))
        new = keep(f) * (h if kept_is_h else c) + write(f) * np.tanh(a_g)
        seen = h if peek_at_h else c if old_peek else new
        out = _sigma(a_o + P[1] * seen) * squash(new)
        return np.stack([new, out] if swapped else [out, new])

    return step


def _by_the_library(s: A, x: A, W: A, U: A, b: A, P: A) -> A:
    """Four gates, of which i is σ of minus what f gets."""
    (Wf, Wo, Wg), (Uf, Uo, Ug), (bf, bo, bg) = (np.split(part, 3) for part in (W, U, b))
    W, U, b = (np.concatenate(f) for f in ((-Wf, Wf, Wg, Wo), (-Uf, Uf, Ug, Uo), (-bf, bf, bg, bo)))
    return lstm_step(s, x, W, U, b, np.stack([-P[0], P[0], P[1]]))


def _unit_by_unit(s: A, x: A, W: A, U: A, b: A, P: A) -> list[list[float]]:
    h, c = s
    N, hs, cs = len(h), [], []
    for k in range(N):
        net = [W[r] @ h + U[r] @ x + b[r] for r in (k, N + k, 2 * N + k)]
        f = _sigma(net[0] + P[0, k] * c[k])
        new = f * c[k] + (1 - f) * np.tanh(net[2])
        cs.append(float(new))
        hs.append(float(_sigma(net[1] + P[1, k] * new) * np.tanh(new)))
    return [hs, cs]


def _in_torch(s: A, x: A, W: A, U: A, b: A, P: A) -> Any:
    import torch

    s, x, W, U, b, P = (torch.tensor(part, dtype=torch.float32) for part in (s, x, W, U, b, P))
    f, o, g = (W @ s[0] + U @ x + b).split(len(s[0]))
    f = torch.sigmoid(f + P[0] * s[1])
    c = torch.lerp(torch.tanh(g), s[1], f)
    return torch.stack([torch.sigmoid(o + P[1] * c) * torch.tanh(c), c])


def numbers_of(rng: np.random.Generator, *shape: int) -> A:
    """Of either sign, none near zero, none so large that a gate would be stuck."""
    return np.round(0.7 * sequence(rng, int(np.prod(shape))).reshape(shape), 2)


def _probes(rng: np.random.Generator) -> tuple[Probe, ...]:
    def one(part: int, N: int, D: int) -> Probe:
        weights = numbers_of(rng, 3 * N, N), numbers_of(rng, 3 * N, D), numbers_of(rng, 3 * N)
        P = 2 * numbers_of(rng, 2, N) if part else np.zeros((2, N))
        return Probe(part, (numbers_of(rng, 2, N), numbers_of(rng, D), *weights, P))

    return (one(0, 1, 1), one(1, 1, 1), one(0, 2, 1), one(1, 2, 1), one(0, 3, 2), one(1, 3, 2))


COUPLED = Question(
    number="6.1",
    title="A cell with two doors and a window",
    goal="Write one step of an LSTM with peepholes whose input gate is what its forget gate leaves.",
    look="lecture 06, section 3, and section 5 on peepholes",
    minutes=15,
    difficulty=2,
    answer="coupled_step",
    arguments=("s", "x", "W", "U", "b", "P"),
    returns="the new pair, h first, of shape (2, N)",
    parts=(Part("with the window closed, P = 0", 2), Part("with peepholes", 2)),
    reference=coupled_step,
    alternatives=(_by_the_library, _unit_by_unit, _in_torch),
    probes=_probes,
    misconceptions=(
        Misconception(
            "gates' order",
            _slipped(order=(0, 2, 1)),
            "that the candidate stands in the middle block, as in PyTorch's order",
            "Here the blocks are stacked otherwise; rows that were meant for a gate made your candidate.",
            "the text of question 6.1, and lecture 06, section 3: the order in which weights are stacked",
        ),
        Misconception(
            "forget and input exchanged",
            _slipped(write=lambda f: f, keep=lambda f: 1 - f),
            "that an open forget gate lets the new in",
            "Force that gate to one: the cell should keep what it has, and yours is overwritten.",
            "lecture 06, section 3, (6.8): each gate forced",
        ),
        Misconception(
            "not coupled",
            _slipped(write=lambda f: 1 + 0 * f),
            "an input gate that is always open",
            "This cell has no input gate of its own; what is not kept makes room for what is written.",
            "the text of question 6.1, and lecture 06, section 6: there one gate does both as well",
        ),
        Misconception(
            "h where c belongs",
            _slipped(kept_is_h=True),
            "that what is kept is the output before",
            "The output has been squashed and gated. On the protected path stands the cell.",
            "lecture 06, section 3: the path from one cell state to the next",
        ),
        Misconception(
            "h and c exchanged",
            _slipped(swapped=True),
            "that the cell comes first in the pair",
            "Both of your numbers are right and stand in each other's place.",
            "the text of question 6.1, and lecture 06, section 3: the order in the pair",
        ),
        Misconception(
            "tanh forgotten at the output",
            _slipped(squash=lambda c: c),
            "that the output gate shows the cell itself",
            "The cell may grow beyond one; what is shown of it is squashed first.",
            "lecture 06, section 3: the definition of the output",
        ),
        Misconception(
            "the output gate looks at the old cell",
            _slipped(old_peek=True),
            "that all peepholes look at the cell before the step",
            "By the time the output gate opens the cell is new, and that is what it looks at.",
            "lecture 06, section 5: what each peephole sees, and (6.17)",
        ),
        Misconception(
            "peepholes look at h",
            _slipped(peek_at_h=True),
            "that the window shows the output",
            "The gates hear the output already, by W. The window is there because the output may be shut.",
            "lecture 06, section 5: why peepholes were added",
        ),
    ),
)
