"""Question 5.2: the length of ∂L/∂h_t in h_t = (1 − α) h_{t−1} + α tanh(W h_{t−1} + U x_t + b)."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnnlab.questions.draws import sequence
from rnnlab.questions.q04_bptt_and_rtrl.adjoints import matrix, state
from rnnlab.questions.question import Misconception, Part, Probe, Question

A = np.ndarray


def _walk(slopes: A, W_back: A, kept: float, passed: float, dh_last: A) -> A:
    """All ∂L/∂h_t, (T, N), from the last on; `kept` of it goes past tanh and `passed` goes through."""
    dhs = [dh_last]
    for slope in slopes[:0:-1]:
        dhs.append(kept * dhs[-1] + passed * (W_back @ (slope * dhs[-1])))
    return np.array(dhs[::-1])


def _size(dhs: A) -> A:
    return np.sqrt((dhs**2).sum(1))


def lengths(zs: A, W: A, alpha: float, dh_last: A) -> A:
    return _size(_walk(1 - zs**2, W.T, 1 - alpha, alpha, dh_last))


def _by_matrices(zs: A, W: A, alpha: float, dh_last: A) -> list[float]:
    """The whole Jacobian from h_t to h_T, multiplied up from the left."""
    product, found = np.eye(len(W)), [float(np.linalg.norm(dh_last))]
    for z in zs[:0:-1]:
        product = product @ ((1 - alpha) * np.eye(len(W)) + alpha * (1 - z**2)[:, None] * W)
        found.insert(0, float(np.linalg.norm(dh_last @ product)))
    return found


def _by_autograd(zs: A, W: A, alpha: float, dh_last: A) -> Any:
    """From a network that is linear, with the given slopes: its gradient is the same."""
    import torch

    W_, slopes = torch.tensor(W), torch.tensor(1 - zs**2)
    hs = [torch.zeros(len(W), dtype=torch.float64, requires_grad=True)]
    for slope in slopes[1:]:
        hs.append((1 - alpha) * hs[-1] + alpha * slope * (W_ @ hs[-1]))
    grads = torch.autograd.grad(hs[-1] @ torch.tensor(dh_last), hs)
    return torch.stack(grads).norm(dim=1)


def _probes(rng: np.random.Generator) -> tuple[Probe, ...]:
    def one(part: int, T: int, N: int) -> Probe:
        alpha = float(np.round(rng.uniform(0.25, 0.6), 2))
        return Probe(part, (state(rng, T, N), matrix(rng, N, N), alpha, sequence(rng, N)))

    return (one(0, 2, 2), one(0, 2, 3), one(1, 4, 3), one(1, 6, 3), one(1, 6, 4), one(1, 8, 4))


def _by_radius(zs: A, W: A, alpha: float, dh_last: A) -> A:
    M = (1 - alpha) * np.eye(len(W)) + alpha * W
    rho = np.abs(np.linalg.eigvals(M)).max()
    return np.linalg.norm(dh_last) * rho ** np.arange(len(zs) - 1, -1, -1)


def _by_norm(zs: A, W: A, alpha: float, dh_last: A) -> A:
    M = (1 - alpha) * np.eye(len(W)) + alpha * W
    return np.linalg.norm(dh_last) * np.linalg.norm(M, 2) ** np.arange(len(zs) - 1, -1, -1)


LEAKY = Question(
    number="5.2",
    title="Through a leak",
    goal="Measure how long the gradient is, step by step back, in a network that also keeps part of its state.",
    look="lecture 05, section 1, (5.1) and (5.2)",
    minutes=15,
    difficulty=2,
    answer="gradient_lengths",
    arguments=("zs", "W", "alpha", "dh_last"),
    returns="the length of each ∂L/∂h_t, that by h₁ first, of shape (T,)",
    parts=(Part("two steps", 1), Part("more steps", 3)),
    reference=lengths,
    alternatives=(
        _by_matrices,
        _by_autograd,
        lambda zs, W, alpha, dh: lengths(
            zs.astype(np.float32), W.astype(np.float32), alpha, dh.astype(np.float32)
        ),
    ),
    probes=_probes,
    misconceptions=(
        Misconception(
            "the leak forgotten",
            lambda zs, W, alpha, dh: _size(_walk(1 - zs**2, W.T, 0.0, alpha, dh)),
            "that a state reaches the next one through tanh alone",
            "Part of it is kept and goes past tanh. Draw both arrows into the next state.",
            "lecture 05, section 1, (5.1), and what a Jacobian is in this question's wiring",
        ),
        Misconception(
            "a plain network",
            lambda zs, W, alpha, dh: _size(_walk(1 - zs**2, W.T, 0.0, 1.0, dh)),
            "the lecture's network, without a leak",
            "Here the new state is a mixture, so its Jacobian is one as well.",
            "lecture 05, section 1, (5.1), and the equation of this question 5.2",
        ),
        Misconception(
            "all of tanh let through",
            lambda zs, W, alpha, dh: _size(_walk(1 - zs**2, W.T, 1 - alpha, 1.0, dh)),
            "that the leak weighs the old state and not the new part",
            "Both parts of the mixture carry a factor.",
            "lecture 05, section 1, and the equation of this question 5.2",
        ),
        Misconception(
            "kept and new exchanged",
            lambda zs, W, alpha, dh: _size(_walk(1 - zs**2, W.T, alpha, 1 - alpha, dh)),
            "that alpha is the share which is kept",
            "Here it is the share of the new part. Both conventions are in use, so look at the equation.",
            "lecture 05, section 1, and the equation of this question 5.2",
        ),
        Misconception(
            "the slope on both parts",
            lambda zs, W, alpha, dh: _size(
                _walk(1 - zs**2, (1 - alpha) * np.eye(len(W)) + alpha * W.T, 0.0, 1.0, dh)
            ),
            "that what is kept is squashed as well",
            "It goes past tanh, so no slope belongs to it.",
            "lecture 05, section 1, (5.1): which factor is the slope of what",
        ),
        Misconception(
            "W instead of its transpose",
            lambda zs, W, alpha, dh: _size(_walk(1 - zs**2, W, 1 - alpha, alpha, dh)),
            "that a gradient passes a weight matrix as a state does",
            "It is a column and goes through the transposed Jacobian.",
            "lecture 05, section 1, (5.2), and lecture 04, section 2",
        ),
        Misconception(
            "1 − a² for 1 − z²",
            lambda zs, W, alpha, dh: _size(_walk(1 - np.arctanh(zs) ** 2, W.T, 1 - alpha, alpha, dh)),
            "that the slope of tanh is one minus the square of what goes in",
            "It is known from what comes out, and that is what you are given.",
            "lecture 01, section 3: which state stands in the slope of tanh",
        ),
        Misconception(
            "the slope of the wrong step",
            lambda zs, W, alpha, dh: _size(
                _walk(np.vstack([zs[:1], 1 - zs[:-1] ** 2]), W.T, 1 - alpha, alpha, dh)
            ),
            "that the slope belongs to the step one comes to",
            "The way back from a state goes through the tanh that made it.",
            "lecture 05, section 1, (5.1): the index of D in a Jacobian",
        ),
        Misconception(
            "the squared length",
            lambda zs, W, alpha, dh: lengths(zs, W, alpha, dh) ** 2,
            "that the sum of the squares is the length",
            "A root is missing in what you return.",
            "lecture 05, section 5, (5.15)",
        ),
        Misconception(
            "the last step first",
            lambda zs, W, alpha, dh: lengths(zs, W, alpha, dh)[::-1],
            "that the result is in the order in which it was found",
            "The walk goes back, and the row for the first state stands first.",
            "lecture 05, section 1, and what question 5.2 wants returned",
        ),
        Misconception(
            "the spectral radius as a rate",
            _by_radius,
            "that each step multiplies the length by the spectral radius",
            "That holds for a linear network with a normal matrix, in the direction of one eigenvector. Here the"
            " slopes and the direction count.",
            "lecture 05, section 1, (5.5), and what all of it needs",
        ),
        Misconception(
            "the bound for the length",
            _by_norm,
            "that each step multiplies the length by the spectral norm",
            "That is the most a step could do. What it does depends on the direction and the slopes.",
            "lecture 05, section 2: what is left for vectors",
        ),
    ),
)
