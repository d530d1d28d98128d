"""Question 6.5: every ∂L/∂c_t of a cell whose gates hear the input, and whose output gate sees the cell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnnlab.questions.draws import sequence
from rnnlab.questions.question import Misconception, Part, Probe, Question

A = np.ndarray


def _walk(fs: A, direct: A, explicit: A) -> A:
    """dc_t = direct_t ⊙ explicit_t + f_{t+1} ⊙ dc_{t+1}."""
    dc, dcs = np.zeros(fs.shape[1]), []
    for t in range(len(fs) - 1, -1, -1):
        dc = direct[t] * explicit[t] + (fs[t + 1] * dc if t + 1 < len(fs) else 0)
        dcs.append(dc)
    return np.array(dcs[::-1])


def _direct(os: A, cs: A, p: A) -> A:
    """∂ᵉh/∂c, by what is shown and by how far the gate opens."""
    return os * (1 - np.tanh(cs) ** 2) + np.tanh(cs) * os * (1 - os) * p


def carousel_gradient(fs: A, os: A, cs: A, p: A, explicit: A) -> A:
    return _walk(fs, _direct(os, cs, p), explicit)


def _by_products(fs: A, os: A, cs: A, p: A, explicit: A) -> list[A]:
    """Each loss with the product of all forget gates between."""
    felt, T = _direct(os, cs, p) * explicit, len(fs)
    return [sum(np.prod(fs[t + 1 : k + 1], axis=0) * felt[k] for k in range(t, T)) for t in range(T)]


def _solved(fs: A, os: A, cs: A, p: A, explicit: A) -> A:
    felt, out = _direct(os, cs, p) * explicit, np.empty_like(cs)
    for n in range(cs.shape[1]):
        out[:, n] = np.linalg.solve(np.eye(len(fs)) - np.diag(fs[1:, n], 1), felt[:, n])
    return out


def _by_autograd(fs: A, os: A, cs: A, p: A, explicit: A) -> Any:
    """A push on each cell state; the gates' sums are worked out so that they are what they were."""
    import torch

    push = torch.zeros(cs.shape, dtype=torch.float64, requires_grad=True)
    f, p_t, felt = torch.tensor(fs), torch.tensor(p), torch.tensor(explicit)
    sums = torch.logit(torch.tensor(os)) - p_t * torch.tensor(cs)
    c, loss = torch.tensor(cs[0]) + push[0], torch.zeros(())
    for t in range(len(cs)):
        if t > 0:
            c = f[t] * c + torch.tensor(cs[t] - fs[t] * cs[t - 1]) + push[t]
        loss = loss + (felt[t] * torch.sigmoid(sums[t] + p_t * c) * torch.tanh(c)).sum()
    return torch.autograd.grad(loss, push)[0]


def _shifted(fs: A, os: A, cs: A, p: A, explicit: A) -> A:
    """The forget gate of the step itself where that of the next belongs."""
    dc, dcs = np.zeros(fs.shape[1]), []
    for f, felt in zip(fs[::-1], (_direct(os, cs, p) * explicit)[::-1], strict=True):
        dc = felt + f * dc
        dcs.append(dc)
    return np.array(dcs[::-1])


def _directly(change: Callable[[A, A, A], A]) -> Callable[..., A]:
    return lambda fs, os, cs, p, explicit: _walk(fs, change(os, cs, p), explicit)


def _probes(rng: np.random.Generator) -> tuple[Probe, ...]:
    def one(part: int, T: int, N: int) -> Probe:
        fs, os = (np.round(rng.uniform(0.25, 0.85, (T, N)), 2) for _ in range(2))
        cs, explicit = (sequence(rng, T * N).reshape(T, N) for _ in range(2))
        return Probe(part, (fs, os, cs, sequence(rng, N), explicit))

    return (one(0, 1, 1), one(0, 1, 2), one(1, 2, 2), one(1, 4, 2), one(1, 6, 2), one(1, 6, 3))


CAROUSEL = Question(
    number="6.5",
    title="Back through the carousel",
    goal="Derive every $\\partial L/\\partial c_t$ of a cell whose output gate looks at what it shows.",
    look="lecture 06, section 4, (6.12)",
    minutes=15,
    difficulty=3,
    answer="carousel_gradient",
    arguments=("fs", "os", "cs", "p", "explicit"),
    returns="the derivatives, one row a step, that by c₁ first",
    parts=(Part("a single step", 1), Part("several steps", 2)),
    reference=carousel_gradient,
    alternatives=(
        _by_products,
        _solved,
        _by_autograd,
        lambda *arrays: carousel_gradient(*(a.astype(np.float32) for a in arrays)),
    ),
    probes=_probes,
    misconceptions=(
        Misconception(
            "the window forgotten",
            _directly(lambda os, cs, p: os * (1 - np.tanh(cs) ** 2)),
            "that the cell acts on the output only by what is shown",
            "It also decides how far the output gate opens. Draw both arrows from the cell to the output.",
            "lecture 06, section 5 on peepholes, and section 2, (6.4): the two paths of a gate",
        ),
        Misconception(
            "the gate's slope left out",
            _directly(lambda os, cs, p: os * (1 - np.tanh(cs) ** 2) + np.tanh(cs) * os * p),
            "that the gate moves as much as the sum inside it",
            "Between the two stands the logistic function, and its slope is small where the gate is wide open.",
            "lecture 06, section 2, (6.4): the slope of a gate",
        ),
        Misconception(
            "the output gate left out",
            _directly(
                lambda os, cs, p: (
                    os * (1 - np.tanh(cs) ** 2)
                    + np.tanh(cs) * os * (1 - os) * p
                    + (1 - os) * (1 - np.tanh(cs) ** 2)
                )
            ),
            "that the cell is shown in full",
            "What is shown is weighted by the output gate; so is its derivative.",
            "lecture 06, section 4, (6.12): its first term",
        ),
        Misconception(
            "the slope of tanh left out",
            _directly(lambda os, cs, p: os + np.tanh(cs) * os * (1 - os) * p),
            "that the cell is shown without being squashed",
            "On the core there is no tanh. On the way out of it there is.",
            "lecture 06, section 4, (6.12): its first term",
        ),
        Misconception(
            "1 − c² for the slope",
            _directly(lambda os, cs, p: os * (1 - cs**2) + np.tanh(cs) * os * (1 - os) * p),
            "that the cell is already squashed",
            "The slope of tanh is known from what comes out of it, and the cell is what goes in.",
            "lecture 06, section 4, (6.12): of what the square is taken",
        ),
        Misconception(
            "the forget gate of the wrong step",
            _shifted,
            "that a state is handed on by the gate of its own step",
            "What is kept of it is decided one step later, when the next state is made.",
            "lecture 06, section 4, (6.12): the index of f",
        ),
        Misconception(
            "nothing handed on",
            lambda fs, os, cs, p, explicit: _direct(os, cs, p) * explicit,
            "that a cell state matters only for the output of its own step",
            "It is kept, and shown again later. That is what the cell is for.",
            "lecture 06, section 4, (6.12): both terms of it",
        ),
        Misconception(
            "a carousel without forgetting",
            lambda fs, os, cs, p, explicit: _walk(0 * fs + 1, _direct(os, cs, p), explicit),
            "that blame goes round unchanged",
            "It would if nothing were forgotten. Here each step keeps a share, forward and backward.",
            "lecture 06, section 4, (6.11)",
        ),
    ),
)
