"""Question 8.2: the factor s for which (1 − α) I + α s W has a given spectral radius."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnnlab.questions.question import Misconception, Part, Probe, Question


def _factors(lams: np.ndarray, alpha: float, radius: float) -> np.ndarray:
    """The positive s with |1 − α + α s λ| = radius, for each λ that is not zero."""
    lams = lams[np.abs(lams) > 1e-12]
    a, b, c = (alpha * np.abs(lams)) ** 2, (1 - alpha) * alpha * lams.real, (1 - alpha) ** 2 - radius**2
    return (-b + np.sqrt(b**2 - a * c)) / a


def factor(W: np.ndarray, alpha: float, radius: float) -> float:
    return float(_factors(np.linalg.eigvals(W), alpha, radius).min())


def _leaky_radius(W: np.ndarray, alpha: float, s: float) -> float:
    return float(np.abs((1 - alpha) + alpha * s * np.linalg.eigvals(W)).max())


def _bisected(W: np.ndarray, alpha: float, radius: float) -> float:
    low, high = 0.0, 1.0
    while _leaky_radius(W, alpha, high) < radius:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _leaky_radius(W, alpha, middle) < radius else (low, middle)
    return high


def _torch(W: np.ndarray, alpha: float, radius: float) -> Any:
    import torch

    lams = torch.linalg.eigvals(torch.as_tensor(W)).numpy()
    return torch.tensor(_factors(lams, alpha, radius)).min()


def _of_roots(W: np.ndarray, alpha: float, radius: float) -> np.ndarray:
    found = []
    for lam in np.linalg.eigvals(W):
        roots = np.roots(
            [(alpha * abs(lam)) ** 2, 2 * (1 - alpha) * alpha * lam.real, (1 - alpha) ** 2 - radius**2]
        )
        found += [root.real for root in roots if root.real > 0]
    return np.array(min(found))


def _leading(W: np.ndarray, alpha: float, radius: float) -> float:
    lams = np.linalg.eigvals(W)
    return float(_factors(lams[[np.abs(lams).argmax()]], alpha, radius)[0])


def _probes(rng: np.random.Generator) -> tuple[Probe, ...]:
    def matrix(*lams: complex) -> np.ndarray:
        """A real matrix with these eigenvalues, and with singular values that are not their sizes."""
        blocks = [
            np.array([[lam.real, lam.imag], [-lam.imag, lam.real]]) if lam.imag else np.array([[lam.real]])
            for lam in map(complex, lams)
        ]
        N = sum(len(block) for block in blocks)
        D, i = np.zeros((N, N)), 0
        for block in blocks:
            D[i : i + len(block), i : i + len(block)] = block
            i += len(block)
        S = np.eye(N) + np.triu(rng.uniform(0.4, 1.2, (N, N)), 1)
        return np.round(S @ D @ np.linalg.inv(S), 4)

    def near(value: float) -> float:
        return float(np.round(value * rng.uniform(0.9, 1.1), 2))

    return (
        Probe(0, (matrix(near(1.5), near(-0.6)), 1.0, 0.9)),
        Probe(1, (matrix(near(-1.6), near(0.7)), 0.4, 0.95)),
        Probe(0, (matrix(near(-1.4), near(0.5) + 0.8j), 1.0, near(0.95))),
        Probe(1, (matrix(near(-1.5), near(0.8) + 0.5j), near(0.3), 0.97)),
        Probe(1, (matrix(near(-2.0), near(0.3) + 1.2j, near(0.8)), near(0.5), 0.9)),
    )


RADIUS = Question(
    number="8.2",
    title="To a given spectral radius, leak included",
    goal="Scale a matrix so that the leaky map, not the matrix, gets the spectral radius one wants.",
    look="lecture 08, section 4, (8.8)",
    minutes=12,
    difficulty=2,
    answer="factor",
    arguments=("W", "alpha", "radius"),
    returns="one positive number",
    parts=(Part("no leak, α = 1", 1), Part("with a leak", 2)),
    reference=factor,
    alternatives=(_bisected, _torch, _of_roots),
    probes=_probes,
    misconceptions=(
        Misconception(
            "scaled by its norm",
            lambda W, alpha, radius: (radius - 1 + alpha) / (alpha * np.linalg.norm(W, 2)),
            "that the largest singular value is the spectral radius",
            "For a matrix that is not symmetric it is larger, often twice as large: your echoes die too soon.",
            "lecture 08, section 5, where the two give two different conditions",
        ),
        Misconception(
            "the leak is forgotten",
            lambda W, alpha, radius: radius / np.abs(np.linalg.eigvals(W)).max(),
            "that the radius wanted is that of s W",
            "The map that decides has a leak in it, and the leak moves each eigenvalue.",
            "lecture 08, section 4, (8.8)",
        ),
        Misconception(
            "the largest of W leads",
            _leading,
            "that the eigenvalue of W which is largest in size leads in the leaky map as well",
            "A negative one is pulled through zero by the leak, and another overtakes it. At α = 1 you are right.",
            "lecture 08, section 4, (8.8): move −1.6 and 0.7 with α = 0.4",
        ),
        Misconception(
            "real parts only",
            lambda W, alpha, radius: (radius - 1 + alpha) / (alpha * np.linalg.eigvals(W).real.max()),
            "that the eigenvalue furthest to the right decides",
            "That is the rule for flows in continuous time. For a map the distance from zero counts, on every side.",
            "lecture 08, section 4, (8.8) and what ρ stands for",
        ),
        Misconception(
            "read as if symmetric",
            lambda W, alpha, radius: radius / np.abs(np.linalg.eigvalsh((W + W.T) / 2)).max(),
            "that eigenvalues of a random matrix are real, as those of its symmetric part are",
            "W is not symmetric, and its eigenvalues are complex. `eigvalsh` looks at half of"
            " the matrix and does not say so.",
            "lecture 08, section 4, where the eigenvalues are drawn in the plane",
        ),
    ),
)
