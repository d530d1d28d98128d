"""Question 10.5: where series-parallel training ends when there is noise in both places."""

from __future__ import annotations

import numpy as np

from rnnlab.questions.question import Misconception, Part, Question


def limit(a: float, sigma_v: float, sigma_w: float) -> float:
    state = (1 + sigma_v**2) / (1 - a**2)
    return a * state / (state + sigma_w**2)


def _by_sums(a: float, sigma_v: float, sigma_w: float) -> float:
    powers = a ** np.arange(4000)
    state = (1 + sigma_v**2) * (powers**2).sum()
    return float((1 + sigma_v**2) * (powers[1:] * powers[:-1]).sum() / (state + sigma_w**2))


BIAS = Question(
    number="10.5",
    title="Too forgetful",
    goal="Predict where series-parallel training ends on a record with noise in both places.",
    look="lecture 10, section 4, from (10.11) to (10.12)",
    minutes=12,
    difficulty=2,
    answer="limit",
    arguments=("a", "sigma_v", "sigma_w"),
    returns="a number, the value that the estimate tends to",
    parts=(Part("the limit", 2),),
    reference=limit,
    alternatives=(
        _by_sums,
        lambda a, v, w: a / (1 + w**2 * (1 - a**2) / (1 + v**2)),
        lambda a, v, w: np.float64(a * (1 + v * v) / (1 + v * v + w * w * (1 - a * a))),
    ),
    draws=tuple((a, v, w) for a in (0.7, 0.75, 0.8, 0.85) for v in (0.6, 0.7, 0.8) for w in (1.2, 1.4, 1.6)),
    rtol=1e-3,
    almost=20.0,
    misconceptions=(
        Misconception(
            "only the output noise is counted",
            lambda a, v, w: limit(a, 0.0, w),
            "that the noise in the equation changes nothing",
            "It does not bias by itself. But it moves the state, and a state that moves more drowns less"
            " in the sensor's noise.",
            "lecture 10, section 4, above (10.12): the variance of the regressor",
        ),
        Misconception(
            "the equation noise is on the sensor too",
            lambda a, v, w: limit(a, 0.0, float(np.hypot(v, w))),
            "that both noises blur the regressor in the same way",
            "One of them is remembered by the state and is part of it; only the other is not there a step later.",
            "lecture 10, section 4, (10.9) beside (10.10)",
        ),
        Misconception(
            "no bias at all",
            lambda a, v, w: a,
            "that a long record averages any noise away",
            "The regressor is noisy, and its noise is squared in the normal equation: that does not average to zero.",
            "lecture 10, section 4, (10.11): what the residual and the regressor share",
        ),
        Misconception(
            "a standard deviation for a variance",
            lambda a, v, w: a * (1 + v) / (1 + v + w * (1 - a**2)),
            "that the given numbers are variances",
            "They are standard deviations; second moments hold their squares.",
            "lecture 10, section 4: the exponent in (10.12)",
        ),
        Misconception(
            "the state is taken for the input",
            lambda a, v, w: a * (1 + v**2) / (1 + v**2 + w**2),
            "that the state varies as little as what drives it",
            "A state with memory adds up its drive over many steps, and varies more: how much more,"
            " (10.13) says for one noise.",
            "lecture 10, section 4: the variance in the text after (10.13)",
        ),
    ),
)
