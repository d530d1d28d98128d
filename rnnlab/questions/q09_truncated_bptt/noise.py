"""Question 9.6: the variance in which a noisy learner of the toy with a drift ends."""

from __future__ import annotations

import numpy as np

from rnnlab.questions.question import Misconception, Part, Question


def _parts(T: int, c: float, sigma: float, eta: float) -> tuple[float, float]:
    """ηc²S₂, and the variance of one gradient."""
    return eta * c**2 * T * (T + 1) * (2 * T + 1) / 6, (c * sigma * T * (T + 1)) ** 2


def variance(T: int, c: float, sigma: float, eta: float) -> float:
    x, noise = _parts(T, c, sigma, eta)
    return eta**2 * noise / (4 * x * (1 - x))


def _by_repetition(T: int, c: float, sigma: float, eta: float) -> float:
    x, noise = _parts(T, c, sigma, eta)
    v = 0.0
    for _ in range(500):
        v = (1 - 2 * x) ** 2 * v + eta**2 * noise
    return v


def _in_closed_form(T: int, c: float, sigma: float, eta: float) -> np.ndarray:
    S2 = T * (T + 1) * (2 * T + 1) / 6
    return np.array(eta * sigma**2 * T**2 * (T + 1) ** 2 / (4 * S2 * (1 - eta * c**2 * S2)))


def _draws() -> tuple[tuple[int, float, float, float], ...]:
    found = []
    for T in (4, 5, 6, 8):
        for c in (0.5, 0.8, 1.6):
            for sigma, share in ((0.8, 0.3), (1.4, 0.6), (2.5, 0.75)):
                eta = share / (c**2 * T * (T + 1) * (2 * T + 1) / 6)
                found.append((T, c, sigma, float(f"{eta:.3g}")))
    return tuple(found)


NOISE = Question(
    number="9.6",
    title="Predict the variance",
    goal="Predict where the noise of sampled starts leaves the parameter, for numbers of your own.",
    look="lecture 09, section 4, (9.16) and (9.17)",
    minutes=8,
    difficulty=2,
    answer="variance",
    arguments=("T", "c", "sigma", "eta"),
    returns="one number, the stationary variance of the parameter",
    parts=(Part("the variance", 2),),
    reference=variance,
    alternatives=(_by_repetition, _in_closed_form, lambda *own: np.float32(variance(*own))),
    draws=_draws(),
    rtol=1e-3,
    misconceptions=(
        Misconception(
            "standard deviation",
            lambda *own: variance(*own) ** 0.5,
            "that the spread is asked for",
            "A variance is a square.",
            "lecture 09, section 4: what v is",
        ),
        Misconception(
            "one step's noise",
            lambda T, c, sigma, eta: eta**2 * _parts(T, c, sigma, eta)[1],
            "that only the newest gradient's noise is in the parameter",
            "What the older ones did is still there, a little less after every step.",
            "lecture 09, section 4, what is set equal before (9.17)",
        ),
        Misconception(
            "small rates only",
            lambda T, c, sigma, eta: variance(T, c, sigma, eta) * (1 - _parts(T, c, sigma, eta)[0]),
            "a rate far below its limit",
            "Yours is not. Nearer to the limit each step overshoots, and noise lives longer.",
            "lecture 09, section 4, (9.17): its last factor",
        ),
        Misconception(
            "the drift forgotten",
            lambda T, c, sigma, eta: variance(T, 1.0, sigma, eta),
            "the lecture's own toy",
            "A drift changes the gradient's slope and its noise. Write both down again, then solve.",
            "lecture 09, section 4, (9.16), for the step of this exercise",
        ),
        Misconception(
            "the drift in the slope only",
            lambda T, c, sigma, eta: variance(T, c, sigma, eta) / c**2,
            "that the drift makes the loss steeper and leaves its noise",
            "How strongly does a start that is off move the gradient, when each use is multiplied by the drift?",
            "lecture 09, section 4, (9.16): its second term, for the step of this exercise",
        ),
        Misconception(
            "a new start for each loss",
            lambda T, c, sigma, eta: (
                eta**2
                * 4
                * _parts(T, c, sigma, 1)[0]
                * sigma**2
                / (4 * _parts(T, c, 1, eta)[0] * (1 - _parts(T, c, 1, eta)[0]))
            ),
            "that the losses of a pass have independent noise",
            "One start is drawn for the whole pass, and all its losses are off to the same side.",
            "lecture 09, section 4, (9.16)",
        ),
        Misconception(
            "sigma not squared",
            lambda T, c, sigma, eta: variance(T, c, sigma, eta) / sigma,
            "that noise twice as wide has twice the variance",
            "A variance grows as the square of the width.",
            "lecture 09, section 4, (9.16)",
        ),
    ),
)
