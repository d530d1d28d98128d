"""Question 5.3: which of three linear networks explodes, and what a non-normal one does before it fades."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from rnnlab.questions.question import Misconception, Part, Question

Three = tuple[float, float, float]
LONG = 200  # steps; every chain of the draws has faded by then
# λ and c; no other norm, no entry and no formula is largest at the step at which the spectral norm is
CHAINS = (
    (0.9, 0.3),
    (0.9, 0.32),
    (0.91, 0.27),
    (0.91, 0.3),
    (0.92, 0.24),
    (0.92, 0.26),
    (0.93, 0.22),
    (0.93, 0.25),
    (0.94, 0.19),
    (0.94, 0.22),
    (0.95, 0.17),
    (0.95, 0.19),
)


def matrices(p: float, q: float, x: float, y: float, lam: float, c: float) -> tuple[np.ndarray, ...]:
    """A symmetric network, a rotating one and a chain."""
    half = np.array([[1.0, 1.0], [1.0, -1.0]]) / 2**0.5
    symmetric = half @ np.diag([p, q]) @ half
    return symmetric, np.array([[x, -y], [y, x]]), np.array([[lam, 0.0], [c, lam]])


def _spectral(W: np.ndarray) -> float:
    return float(np.linalg.norm(W, 2))


def _chain(lam: float, c: float, length: Callable[[np.ndarray], float]) -> np.ndarray:
    """The length of Wⁿ of the chain for n = 1 … LONG."""
    W = np.array([[lam, 0.0], [c, lam]])
    power, found = np.eye(2), []
    for _ in range(LONG):
        power = W @ power
        found.append(length(power))
    return np.array(found)


def _radii(*own: float) -> list[float]:
    return [float(np.abs(np.linalg.eigvals(W)).max()) for W in matrices(*own)]


def forecast(p: float, q: float, x: float, y: float, lam: float, c: float) -> Three:
    return _by_length(_spectral, p, q, x, y, lam, c)


def _by_length(
    length: Callable[[np.ndarray], float], p: float, q: float, x: float, y: float, lam: float, c: float
) -> Three:
    """The answer, if the length of a power were taken so."""
    lengths = _chain(lam, c, length)
    longest, last = int(lengths.argmax()) + 1, int(np.flatnonzero(lengths > 1)[-1]) + 1
    return max(_radii(p, q, x, y, lam, c)), longest, last


def _by_hand(p: float, q: float, x: float, y: float, lam: float, c: float) -> Three:
    """From the numbers alone: moduli, and the largest singular value of a 2 × 2 triangle."""
    n = np.arange(1, LONG + 1)
    diagonal, corner = lam**n, n * c * lam ** (n - 1)
    lengths = (corner + np.sqrt(corner**2 + 4 * diagonal**2)) / 2
    rho = max(abs(p), abs(q), np.hypot(x, y), lam)
    return float(rho), int(n[lengths.argmax()]), int(n[lengths > 1][-1])


def _with_longest(n: float, *own: float) -> Three:
    rho, _, last = forecast(*own)
    return rho, n, last


def _draws() -> tuple[tuple[float, ...], ...]:
    """One of the first two networks explodes, and never the one that has the largest real part, or the largest norm."""
    found = []
    for lam, c in CHAINS:
        for y in (0.63, 0.64, 0.65):
            found.append((0.97, -0.5, 0.8, y, lam, c))  # the rotation explodes
        for q in (-1.015, -1.02, -1.03):
            found.append((0.6, q, 0.97, 0.1, lam, c))  # the symmetric one does, by alternating
    return tuple(found)


SPECTRA = Question(
    number="5.3",
    title="Three spectra",
    goal="Say from three matrices which network explodes in the end, and what one does before it fades.",
    look="lecture 05, section 1, (5.5) to (5.7)",
    minutes=15,
    difficulty=2,
    answer="forecast",
    arguments=("p", "q", "x", "y", "lam", "c"),
    returns="three numbers: the largest of the three rates in the end, and two whole numbers of steps",
    parts=(Part("all three", 4),),
    reference=forecast,
    alternatives=(
        _by_hand,
        lambda *own: np.array(forecast(*own)),
        lambda *own: [round(number, 4) for number in forecast(*own)],
    ),
    draws=_draws(),
    rtol=0.0,
    atol=5e-4,
    misconceptions=(
        Misconception(
            "spectral norm for spectral radius",
            lambda *own: (max(float(np.linalg.norm(W, 2)) for W in matrices(*own)), *forecast(*own)[1:]),
            "that the largest singular value is the rate in the end",
            "It is the most that a single step can do. In the end the eigenvalues decide.",
            "lecture 05, section 1: both sides of the sandwich after (5.5)",
        ),
        Misconception(
            "spectral radius for spectral norm",
            lambda *own: (forecast(*own)[0], 0, 0),
            "that a network whose eigenvalues are all below one never makes a gradient longer",
            "It need not be normal. Multiply the chain by itself a few times and look.",
            "lecture 05, section 1, (5.6), and the figure after it",
        ),
        Misconception(
            "the real part for the modulus",
            lambda *own: (
                max(float(np.linalg.eigvals(W).real.max()) for W in matrices(*own)),
                *forecast(*own)[1:],
            ),
            "that only the real part of an eigenvalue counts",
            "In discrete time a rotation, or a change of sign, grows by the modulus.",
            "lecture 05, section 1, (5.5): the bars around the eigenvalue",
        ),
        Misconception(
            "the corner for the norm",
            # n c λⁿ⁻¹ grows as long as n < 1 / (1 − λ); at λ = 0.9 it is largest twice, at 9 and at 10
            lambda *own: _with_longest(int(1 / (1 - own[4])), *own),
            "that the norm is largest where the corner is",
            "(5.7) is where the corner is largest. The norm also feels the diagonal, which only falls.",
            "lecture 05, section 1, (5.6) and (5.7): which entry is differentiated",
        ),
        Misconception(
            "the Frobenius norm",
            lambda *own: _by_length(lambda W: float(np.linalg.norm(W)), *own),
            "that the length of a matrix is the root of the sum of its squares, NumPy's default",
            "That one adds up what the matrix does in every direction. The largest singular value is what it"
            " does in the worst one, and the two peak at different steps.",
            "the text of question 5.3, its last sentence, and lecture 05, section 1, (5.6)",
        ),
        Misconception(
            "a step that is not whole",
            lambda *own: _with_longest(-1 / math.log(own[4]), *own),
            "that (5.7) gives the number of steps as it stands",
            "A power is made of whole steps, and (5.7) is about the corner alone. Compute the norms on"
            " either side of it and compare them.",
            "lecture 05, section 1, (5.6) and (5.7), and the text of question 5.3",
        ),
        Misconception(
            "powers counted from the one before",
            lambda *own: (forecast(*own)[0], forecast(*own)[1] - 1, forecast(*own)[2] - 1),
            "that the first power stands at place nought of the count",
            "An array begins there, but its first entry is the length after a whole step.",
            "lecture 05, section 1, (5.6): what it gives without any step",
        ),
        Misconception(
            "the first step below instead of the last above",
            lambda *own: (forecast(*own)[0], forecast(*own)[1], forecast(*own)[2] + 1),
            "that the step is asked for at which the gradient is short again",
            "Read the question once more: it asks for the last step before that.",
            "lecture 05, section 1, and the text of question 5.3",
        ),
    ),
)
