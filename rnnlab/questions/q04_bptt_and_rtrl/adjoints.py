"""Question 4.1: every ∂L/∂h_t of h_t = tanh(W h_{t−1} + F o_{t−1} + U x_t + b), a loss on o_t = V h_t."""

from __future__ import annotations

import numpy as np

from rnnlab.questions.draws import sequence
from rnnlab.questions.forbidding import AUTOGRAD, GRADIENTS
from rnnlab.questions.question import Misconception, Part, Probe, Question

A = np.ndarray


def _walk(es: A, slopes: A, W_back: A, F_back: A, V: A) -> A:
    """From T to 1 with errors es (T, K) and slopes (T, N), through W_back (N, N) and F_back (K, N)."""
    da, dhs = np.zeros(len(W_back)), []
    for e, slope in zip(es[::-1], slopes[::-1], strict=True):
        dh = V.T @ (e + F_back @ da) + W_back @ da
        da = slope * dh
        dhs.append(dh)
    return np.array(dhs[::-1])


def adjoints(hs: A, ys: A, W: A, F: A, V: A) -> A:
    return _walk(hs @ V.T - ys, 1 - hs**2, W.T, F.T, V)


def _in_one_matrix(hs: A, ys: A, W: A, F: A, V: A) -> list[A]:
    """The feedback is a detour from state to state: W + F V."""
    M, dhs = W + F @ V, [V.T @ (V @ hs[-1] - ys[-1])]
    for h, h_next, y in zip(hs[-2::-1], hs[:0:-1], ys[-2::-1], strict=True):
        dhs.append(V.T @ (V @ h - y) + M.T @ ((1 - h_next**2) * dhs[-1]))
    return dhs[::-1]


def _solved(hs: A, ys: A, W: A, F: A, V: A) -> A:
    """All steps at once: (I − Jᵀ) dh = Vᵀ e, with the Jacobians one block above the diagonal."""
    (T, N), M = hs.shape, W + F @ V
    system = np.eye(T * N)
    for t in range(T - 1):
        system[t * N : (t + 1) * N, (t + 1) * N : (t + 2) * N] = -M.T @ np.diag(1 - hs[t + 1] ** 2)
    return np.linalg.solve(system, ((hs @ V.T - ys) @ V).ravel()).reshape(T, N)


def _last_only(hs: A, ys: A, W: A, F: A, V: A) -> A:
    es = hs @ V.T - ys
    es[:-1] = 0
    return _walk(es, 1 - hs**2, W.T, F.T, V)


def _earlier_slopes(hs: A, ys: A, W: A, F: A, V: A) -> A:
    """The slope of step t where that of t + 1 belongs."""
    return _walk(hs @ V.T - ys, 1 - np.vstack([hs[:1], hs[:-1]]) ** 2, W.T, F.T, V)


def state(rng: np.random.Generator, *shape: int) -> A:
    """States of tanh units: of either sign, none near zero, none saturated."""
    return np.round(rng.uniform(0.2, 0.85, shape) * rng.choice((-1.0, 1.0), shape), 2)


def matrix(rng: np.random.Generator, N: int, K: int) -> A:
    """Weights that are neither symmetric nor small."""
    return np.round(sequence(rng, N * K).reshape(N, K) * 0.7, 2)


def _probes(rng: np.random.Generator) -> tuple[Probe, ...]:
    def one(part: int, T: int, N: int, K: int) -> Probe:
        W, F, V = matrix(rng, N, N), matrix(rng, N, K), matrix(rng, K, N)
        return Probe(part, (state(rng, T, N), sequence(rng, T * K).reshape(T, K), W, F, V))

    return (
        one(0, 1, 2, 1),
        one(1, 2, 2, 1),
        one(0, 1, 3, 2),
        one(1, 3, 3, 2),
        one(1, 6, 3, 2),
        one(1, 7, 4, 2),
    )


ADJOINTS = Question(
    number="4.1",
    title="Backward through two feedback paths",
    goal="Derive every $\\partial L/\\partial h_t$ of a network that hears its state and its own output.",
    look="lecture 04, section 3, (4.10), and section 5, (4.17)",
    minutes=20,
    difficulty=3,
    answer="adjoints",
    arguments=("hs", "ys", "W", "F", "V"),
    returns="the derivatives, one row a step, that by h₁ first",
    parts=(Part("a single step", 1), Part("several steps", 4)),
    reference=adjoints,
    alternatives=(
        _in_one_matrix,
        _solved,
        lambda *arrays: adjoints(*(a.astype(np.float32) for a in arrays)),
    ),
    probes=_probes,
    forbidden=(AUTOGRAD, GRADIENTS),
    misconceptions=(
        Misconception(
            "only the direct effect",
            lambda hs, ys, W, F, V: (hs @ V.T - ys) @ V,
            "that a state matters only for the output of its own step",
            "It makes the next state as well, on two paths, and the later outputs feel that.",
            "lecture 04, section 3, (4.10): both terms of it",
        ),
        Misconception(
            "the losses on the way forgotten",
            _last_only,
            "that only the last output is judged",
            "Here every step has an error, and each of them joins on the way back.",
            "lecture 04, section 3, (4.10): the explicit term is there at every step",
        ),
        Misconception(
            "W instead of its transpose",
            lambda hs, ys, W, F, V: _walk(hs @ V.T - ys, 1 - hs**2, W, F.T, V),
            "that blame passes a weight matrix in the direction in which states do",
            "An entry that carries unit j to unit i must bring blame from i to j. A symmetric matrix would"
            " have hidden this.",
            "lecture 04, section 2, (4.8), and what is said there of the seed's recursion",
        ),
        Misconception(
            "the output's feedback forgotten",
            lambda hs, ys, W, F, V: _walk(hs @ V.T - ys, 1 - hs**2, W.T, 0 * F.T, V),
            "that the next state hears only the state before it",
            "It hears the output too, and the output is made from the state. Draw both arrows that enter"
            " the next step.",
            "lecture 04, section 3: nudge one state, and list everything that moves",
        ),
        Misconception(
            "the state's feedback forgotten",
            lambda hs, ys, W, F, V: _walk(hs @ V.T - ys, 1 - hs**2, 0 * W, F.T, V),
            "that the next state hears only the output before it",
            "It hears the state too, as in the lecture's own network. Draw both arrows that enter the next"
            " step.",
            "lecture 04, section 3: nudge one state, and list everything that moves",
        ),
        Misconception(
            "1 − a² for 1 − h²",
            lambda hs, ys, W, F, V: _walk(hs @ V.T - ys, 1 - np.arctanh(hs) ** 2, W.T, F.T, V),
            "that the slope of tanh is one minus the square of what goes in",
            "It is known from what comes out. Yours can be negative, and tanh never falls.",
            "lecture 04, section 1, (4.3): which letter stands in the slopes",
        ),
        Misconception(
            "the slope left out",
            lambda hs, ys, W, F, V: _walk(hs @ V.T - ys, 1 + 0 * hs, W.T, F.T, V),
            "a network without tanh",
            "Between the sum and the state there is a squashing function, and blame has to pass it too.",
            "lecture 04, section 1, (4.3): the two factors of a Jacobian",
        ),
        Misconception(
            "the slope of the wrong step",
            _earlier_slopes,
            "that the slope belongs to the state from which one starts",
            "What the next state feels is squashed when that next state is made, so the slope is taken"
            " there.",
            "lecture 04, section 3, (4.10): the index of D",
        ),
        Misconception(
            "mean instead of sum",
            lambda hs, ys, W, F, V: adjoints(hs, ys, W, F, V) / len(hs),
            "a loss that is divided by the number of steps",
            "This one is a sum over time. A gradient that is too small by a factor T still points the"
            " right way, which makes the slip hard to see.",
            "the loss of this question, and lecture 04, section 1, (4.1)",
        ),
        Misconception(
            "the half is lost",
            lambda hs, ys, W, F, V: 2 * adjoints(hs, ys, W, F, V),
            "a loss without the factor ½",
            "With it, the 2 of the square's derivative is cancelled.",
            "the loss of this question, and lecture 04, section 1, (4.2): differentiate one step of it",
        ),
        Misconception(
            "target minus output",
            lambda hs, ys, W, F, V: -adjoints(hs, ys, W, F, V),
            "an error counted as target minus output",
            "Raise an output that is already above its target: the loss grows, so that derivative is"
            " positive.",
            "lecture 04, section 1, (4.2): differentiate the loss of one step, and mind its sign",
        ),
    ),
)
