"""Question 1.4: dL/dw for r_t = w tanh(r_{t−1}) + x_t and L = ½ (r_T − y)²."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from rnnlab.questions.draws import sequence, weight
from rnnlab.questions.forbidding import AUTOGRAD, GRADIENTS
from rnnlab.questions.question import Misconception, Part, Probe, Question

Term = Callable[[np.ndarray, int, float], float]


def _states(xs: np.ndarray, w: Any) -> np.ndarray:
    """r_0 … r_T, with r_0 = 0."""
    rs = [0.0 * w]
    for x in xs:
        rs.append(w * np.tanh(rs[-1]) + x)
    return np.array(rs)


def _walked_back(xs: np.ndarray, y: float, w: float, felt: Term, slope: Term) -> float:
    """Σ_t ∂L/∂r_t · felt(t), where ∂L/∂r_{t−1} = slope(t) · ∂L/∂r_t."""
    rs = _states(xs, w)
    dr, dw = rs[-1] - y, 0.0
    for t in range(len(xs), 0, -1):
        dw += dr * felt(rs, t, w)
        dr *= slope(rs, t, w)
    return dw


def _felt(rs: np.ndarray, t: int, w: float) -> float:
    return np.tanh(rs[t - 1])


def _slope(rs: np.ndarray, t: int, w: float) -> float:
    return w * (1 - np.tanh(rs[t - 1]) ** 2)


def weight_gradient(xs: np.ndarray, y: float, w: float) -> float:
    return _walked_back(xs, y, w, _felt, _slope)


def _gradient_forwards(xs: np.ndarray, y: float, w: float) -> float:
    r = dr_dw = 0.0
    for x in xs:
        r, dr_dw = w * math.tanh(r) + x, math.tanh(r) + w * (1 - math.tanh(r) ** 2) * dr_dw
    return (r - y) * dr_dw


def _gradient_products(xs: np.ndarray, y: float, w: float) -> np.ndarray:
    rs = _states(xs, w)
    slopes = w / np.cosh(rs[1:-1]) ** 2
    roads = np.append(np.cumprod(slopes[::-1])[::-1], 1.0)
    return (rs[-1] - y) * (roads @ np.tanh(rs[:-1]))


def _gradient_complex(xs: np.ndarray, y: float, w: float) -> float:
    h = 1e-20
    return float(((_states(xs, w + 1j * h)[-1] - y) ** 2 / 2).imag / h)


def _gradient_lecture(xs: np.ndarray, y: float, w: float) -> float:
    """The same loss on the lecture's unit, h_t = tanh(w h_{t−1} + x_t)."""
    hs = [0.0]
    for x in xs:
        hs.append(math.tanh(w * hs[-1] + x))
    dh, dw = hs[-1] - y, 0.0
    for t in range(len(xs), 0, -1):
        dw += dh * (1 - hs[t] ** 2) * hs[t - 1]
        dh *= w * (1 - hs[t] ** 2)
    return dw


def _moved_first(xs: np.ndarray, y: float, w: float) -> float:
    """∂L/∂r_{t−1} where ∂L/∂r_t belongs."""
    return _walked_back(xs, y, w, lambda rs, t, w: _felt(rs, t, w) * _slope(rs, t, w), _slope)


def _gradient_probes(rng: np.random.Generator) -> tuple[Probe, ...]:
    def one(part: int, T: int) -> Probe:
        xs, w = sequence(rng, T), weight(rng)
        miss = rng.uniform(0.5, 1.5) * rng.choice((-1.0, 1.0))  # how far the last state is from y
        return Probe(part, (xs, float(np.round(_states(xs, w)[-1] - miss, 2)), w))

    return (
        Probe(0, (np.array([1.0, 0.0]), 1.0, 0.5)),
        one(0, 2),
        Probe(0, (np.array([1.0, 0.5, 0.0]), 1.0, 0.5)),
        one(0, 3),
        one(1, 6),
        one(1, 8),
        one(1, int(rng.integers(9, 15))),
    )


GRADIENT = Question(
    number="1.4",
    title="Squash first, then weigh: the other wiring",
    goal=(
        "Derive $dL/dw$ by hand for a unit that squashes before its weight, where the lecture squashes after."
    ),
    look="lecture 01, section 2, (1.6), and section 3, (1.7)",
    minutes=20,
    difficulty=3,
    answer="weight_gradient",
    arguments=("xs", "y", "w"),
    returns="dL/dw",
    parts=(Part("two or three steps, which can be written out", 2), Part("any number of steps", 2)),
    reference=weight_gradient,
    alternatives=(_gradient_forwards, _gradient_products, _gradient_complex),
    probes=_gradient_probes,
    forbidden=(AUTOGRAD, GRADIENTS),
    misconceptions=(
        Misconception(
            "1 − r² for the slope of tanh",
            lambda xs, y, w: _walked_back(xs, y, w, _felt, lambda rs, t, w: w * (1 - rs[t - 1] ** 2)),
            "that the state is what came out of tanh, so that its square gives the slope",
            "In the lecture's unit it is. Here the state is what goes into tanh. A slope of tanh lies"
            " between 0 and 1;"
            " yours can be negative.",
            "lecture 01, section 3, (1.7): what h is there",
        ),
        Misconception(
            "the slope of another step",
            lambda xs, y, w: _walked_back(xs, y, w, _felt, lambda rs, t, w: w * (1 - np.tanh(rs[t]) ** 2)),
            "that the slope on the way from one state back to the one before is taken at the later one",
            "That is so when the squashing is the last thing a step does. Here it is the first.",
            "lecture 01, section 3, (1.7): derive it again for this wiring, with its index",
        ),
        Misconception(
            "the weight multiplies the bare state",
            lambda xs, y, w: _walked_back(xs, y, w, lambda rs, t, w: rs[t - 1], _slope),
            "that the weight stands beside the state itself",
            "Here something else stands beside it, and that is what one more bit of w is multiplied by.",
            "lecture 01, section 2, (1.6): where its last factor comes from",
        ),
        Misconception(
            "the last step only",
            lambda xs, y, w: _walked_back(xs, y, w, _felt, lambda rs, t, w: 0.0),
            "that the weight is used once, in the last step",
            "It is the same weight in every step, and each use adds its share. With two steps you are right,"
            " because the first state does not depend on w.",
            "lecture 01, section 2, (1.6): the sum over t",
        ),
        Misconception(
            "the state of the same step",
            lambda xs, y, w: _walked_back(xs, y, w, lambda rs, t, w: np.tanh(rs[t]), _slope),
            "that at step t the weight meets the state of step t",
            "It meets what the unit remembers, which is older. With one step, and nothing yet remembered,"
            " the gradient"
            " must be zero; yours is not.",
            "lecture 01, section 2, (1.6): the index of its last factor",
        ),
        Misconception(
            "the slope is forgotten",
            lambda xs, y, w: _walked_back(xs, y, w, _felt, lambda rs, t, w: w),
            "that a step back multiplies by the weight alone",
            "That is the linear unit. Squashing makes each step back smaller, the more the larger the state.",
            "lecture 01, section 3, (1.7) beside section 2, (1.5)",
        ),
        Misconception(
            "the weight is lost on the way back",
            lambda xs, y, w: _walked_back(xs, y, w, _felt, lambda rs, t, w: 1 - np.tanh(rs[t - 1]) ** 2),
            "that a step back multiplies by the slope of tanh alone",
            "The chain through one step has two factors. With w = 0 nothing at all may come back.",
            "lecture 01, section 3, (1.7)",
        ),
        Misconception(
            "one step back too early",
            _moved_first,
            "that ∂L/∂r is moved one step back before the share of the weight is added",
            "A use of w is felt through the state that it makes, and yours is felt through the one it starts"
            " from. In code it is the order of two lines.",
            "lecture 01, section 2, (1.6): the indices of its two factors",
        ),
        Misconception(
            "the slope in the use of w",
            lambda xs, y, w: _walked_back(
                xs, y, w, lambda rs, t, w: np.tanh(rs[t - 1]) * (1 - np.tanh(rs[t - 1]) ** 2), _slope
            ),
            "that one more bit of w passes through tanh before it reaches the state",
            "It does in the lecture's unit. Here w stands outside tanh, and the state moves by what w is"
            " multiplied by.",
            "the equation of this question, beside lecture 01, section 3, (1.7)",
        ),
        Misconception(
            "the slope instead of the value",
            lambda xs, y, w: _walked_back(xs, y, w, lambda rs, t, w: 1 - np.tanh(rs[t - 1]) ** 2, _slope),
            "that by w, too, it is tanh that is differentiated",
            "By w the state is a straight line, and its slope is what w is multiplied by. With one step,"
            " and nothing yet remembered, the gradient must be zero; yours is not.",
            "lecture 01, section 2, (1.6): where its last factor comes from",
        ),
        Misconception(
            "the half is lost",
            lambda xs, y, w: 2 * weight_gradient(xs, y, w),
            "a loss without the factor ½",
            "With it, the 2 of the square's derivative is cancelled.",
            "the loss of this question; differentiate it by the last state, as in lecture 01, section 2",
        ),
        Misconception(
            "the sign is reversed",
            lambda xs, y, w: -weight_gradient(xs, y, w),
            "an error counted as target minus state",
            "Raise a last state that is already above its target: the loss grows, so that derivative is"
            " positive.",
            "the loss of this question; differentiate it by the last state, as in lecture 01, section 2",
        ),
        Misconception(
            "mean instead of sum",
            lambda xs, y, w: weight_gradient(xs, y, w) / len(xs),
            "that the shares of the steps are averaged",
            "The loss is not divided by anything, and w acts in all steps at once, so their shares add.",
            "lecture 01, section 2, (1.6)",
        ),
        Misconception(
            "the lecture's wiring",
            _gradient_lecture,
            "the unit of the lecture, which squashes after its weight",
            "Then no state could leave the interval from −1 to 1; here an input of 3 makes a state of"
            " about 3.",
            "the equation of this question, beside lecture 01, section 3",
        ),
    ),
)
