"""Question 9.5: ARTBP's walk back for one unit, with given cuts and chances."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnnlab.questions.draws import sequence
from rnnlab.questions.question import Misconception, Part, Probe, Question

A = np.ndarray


def _walk(es: A, Js: A, us: A, factors: A) -> float:
    """dh_t = e_t + f_t J_t dh_{t+1}, and Σ_t dh_t u_t."""
    dh, total = 0.0, 0.0
    for t in range(len(es) - 1, -1, -1):
        dh = es[t] + (factors[t] * Js[t] * dh if t < len(Js) else 0.0)
        total += dh * us[t]
    return float(total)


def artbp_gradient(es: A, Js: A, us: A, cuts: A, cs: A) -> float:
    return _walk(es, Js, us, np.where(cuts == 1, 0.0, 1 / (1 - cs)))


def _by_terms(es: A, Js: A, us: A, cuts: A, cs: A) -> float:
    """The triangle, a term at a time."""
    weights = (1 - cuts) / (1 - cs) * Js
    return sum(float(es[t] * np.prod(weights[k:t]) * us[k]) for t in range(len(es)) for k in range(t + 1))


def _forward(es: A, Js: A, us: A, cuts: A, cs: A) -> A:
    """The influence of the parameter carried forward, scaled at each crossing."""
    s, total = 0.0, np.zeros(1)
    for t in range(len(es)):
        s = us[t] + ((1 - cuts[t - 1]) / (1 - cs[t - 1]) * Js[t - 1] * s if t > 0 else 0.0)
        total += es[t] * s
    return total[0]


def _in_torch(es: A, Js: A, us: A, cuts: A, cs: A) -> Any:
    import torch

    return torch.tensor(artbp_gradient(es, Js, us, cuts, cs), dtype=torch.float32)


def _loss_too(es: A, Js: A, us: A, cuts: A, cs: A) -> float:
    factors = np.append(np.where(cuts == 1, 0.0, 1 / (1 - cs)), 1.0)
    kept = np.where(factors == 0, 1.0, factors)
    return _walk(es * kept, Js, us, factors[:-1])


def _late(es: A, Js: A, us: A, cuts: A, cs: A) -> float:
    """The factor of the crossing after the one that it belongs to."""
    factors = np.where(cuts == 1, 0.0, 1 / (1 - cs))
    return _walk(es, Js, us, np.append(factors[1:], 1.0))


def _with(factors: Any) -> Any:
    return lambda es, Js, us, cuts, cs: _walk(es, Js, us, factors(cuts, cs))


def _probes(rng: np.random.Generator) -> tuple[Probe, ...]:
    def one(part: int, T: int) -> Probe:
        es, us, Js = (np.abs(sequence(rng, n)) for n in (T, T, T - 1))
        cuts, cs = np.zeros(T - 1), np.round(rng.uniform(0.2, 0.45, T - 1), 2)
        if part:
            cuts[rng.integers(1, T - 2)] = 1
        return Probe(part, (es, Js, us, cuts, cs))

    return (one(0, 2), one(0, 3), one(1, 4), one(0, 5), one(1, 6), one(1, 9))


CUTS = Question(
    number="9.5",
    title="The weights of ARTBP",
    goal="Walk back through given random cuts, with what makes up for them.",
    look="lecture 09, section 6, (9.21)",
    minutes=12,
    difficulty=2,
    answer="artbp_gradient",
    arguments=("es", "Js", "us", "cuts", "cs"),
    returns="the estimate of the gradient, one number",
    parts=(Part("where no cut was drawn", 1), Part("with cuts", 2)),
    reference=artbp_gradient,
    alternatives=(_by_terms, _forward, _in_torch),
    probes=_probes,
    misconceptions=(
        Misconception(
            "compensation forgotten",
            _with(lambda cuts, cs: 1 - cuts),
            "that what crosses counts once",
            "Then the cuts take something away and nothing gives it back: the estimate is too small on average.",
            "lecture 09, section 6, (9.22): the mean of one factor",
        ),
        Misconception(
            "no cuts and no compensation",
            _with(lambda cuts, cs: 1 + 0 * cs),
            "that nothing was drawn: the full gradient",
            "It is what the estimate should be on average. A single draw has its cuts, and its weights.",
            "lecture 09, section 6, (9.21)",
        ),
        Misconception(
            "compensated, and never cut",
            _with(lambda cuts, cs: 1 / (1 - cs)),
            "that a weight replaces the cut",
            "Where a cut was drawn nothing crosses at all. The weight is for the other crossings.",
            "lecture 09, section 6, (9.21): what stands above the fraction line",
        ),
        Misconception(
            "the chance of the cut in the weight",
            _with(lambda cuts, cs: (1 - cuts) / cs),
            "that a crossing is weighted by the chance of a cut",
            "What needs weight is what happened: there was no cut. How probable was that?",
            "lecture 09, section 6, (9.22): the mean of one factor",
        ),
        Misconception(
            "multiplied instead of divided",
            _with(lambda cuts, cs: (1 - cuts) * (1 - cs)),
            "that a crossing counts as much as it is probable",
            "It happened although it might not have. What may be lost has to count for more when it is there.",
            "lecture 09, section 6, (9.22): the mean of one factor",
        ),
        Misconception(
            "the loss weighted too",
            _loss_too,
            "that the newest loss is part of what crosses",
            "The explicit derivative of a step crosses nothing on its way to that step's state.",
            "lecture 09, section 6, (9.21): which of its two terms has the factor",
        ),
        Misconception(
            "each factor one step late",
            _late,
            "that the draw after a step belongs to the crossing one step later",
            "A cut after a step separates that step from the next one. It is met on the way from there.",
            "lecture 09, section 6, (9.21): the index of the factor",
        ),
        Misconception(
            "cut and kept exchanged",
            _with(lambda cuts, cs: np.where(cuts == 1, 1 / (1 - cs), 0.0)),
            "that a one means that the past is kept",
            "Here a one is a cut, and a zero is where the past goes on.",
            "the card of this question, and lecture 09, section 6, before (9.21)",
        ),
    ),
)
