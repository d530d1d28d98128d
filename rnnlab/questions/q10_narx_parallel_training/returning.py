"""Question 10.4: the gradient of a free run's cost, by sensitivities, for two output lags inside a tanh."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnnlab.questions.draws import sequence
from rnnlab.questions.forbidding import AUTOGRAD, GRADIENTS
from rnnlab.questions.question import Misconception, Part, Probe, Question


def _walk(
    us: np.ndarray,
    ys: np.ndarray,
    theta: np.ndarray,
    fed_back: tuple[float, float] = (1.0, 1.0),
    measured: bool = False,
    crossed: bool = False,
    slope: str = "state",
) -> tuple[np.ndarray, np.ndarray]:
    """Errors (T − 2,) and sensitivities (T − 2, 3)."""
    said, ss = list(ys[:2]), [np.zeros(3), np.zeros(3)]
    for t in range(2, len(ys)):
        y1, y2 = (ys[t - 1], ys[t - 2]) if measured else (said[t - 1], said[t - 2])
        a = theta[0] * y1 + theta[1] * y2 + theta[2] * us[t - 1]
        said.append(np.tanh(a))
        g = {"inside": 1 - a**2, "none": 1.0}.get(slope, 1 - np.tanh(a) ** 2)
        first, second = (theta[1], theta[0]) if crossed else (theta[0], theta[1])
        back = fed_back[0] * first * ss[t - 1] + fed_back[1] * second * ss[t - 2]
        ss.append(g * np.array([y1, y2, us[t - 1]]) + (1.0 if slope == "explicit" else g) * back)
    return ys[2:] - np.array(said[2:]), np.array(ss[2:])


def returning(us: np.ndarray, ys: np.ndarray, theta: np.ndarray) -> np.ndarray:
    e, s = _walk(us, ys, theta)
    return -2 / len(e) * e @ s


def _cost(us: np.ndarray, ys: np.ndarray, theta: np.ndarray) -> Any:
    said = [ys[0] + 0 * theta[0], ys[1] + 0 * theta[0]]
    for t in range(2, len(ys)):
        said.append(np.tanh(theta[0] * said[t - 1] + theta[1] * said[t - 2] + theta[2] * us[t - 1]))
    return ((ys[2:] - np.array(said[2:])) ** 2).mean()


def _by_complex_step(us: np.ndarray, ys: np.ndarray, theta: np.ndarray) -> np.ndarray:
    return np.array([_cost(us, ys, theta + 1e-30j * row).imag / 1e-30 for row in np.eye(3)])


def _backwards(us: np.ndarray, ys: np.ndarray, theta: np.ndarray) -> list[float]:
    """By walking back in time: ∂V/∂ŷ_t from the last step to the first."""
    e, _ = _walk(us, ys, theta)
    said = np.r_[ys[:2], ys[2:] - e]
    d, gradient = np.r_[0.0, 0.0, -2 / len(e) * e], np.zeros(3)
    for t in range(len(ys) - 1, 1, -1):
        da = d[t] * (1 - said[t] ** 2)
        gradient += da * np.array([said[t - 1], said[t - 2], us[t - 1]])
        d[t - 1] += da * theta[0]
        d[t - 2] += da * theta[1]
    return list(gradient)


def _with(scale: float = 1.0, mean: bool = True, last: bool = False, **change: Any) -> Any:
    def wrong(us: np.ndarray, ys: np.ndarray, theta: np.ndarray) -> np.ndarray:
        e, s = _walk(us, ys, theta, **change)
        e, s = (e[-1:], s[-1:]) if last else (e, s)
        return -2 * scale / (len(ys) - 2 if mean else 1) * e @ s

    return wrong


def _probes(rng: np.random.Generator) -> tuple[Probe, ...]:
    def one(part: int, T: int) -> Probe:
        theta = np.round(rng.uniform(0.4, 0.9, 3) * rng.choice([-1.0, 1.0], 3), 2)
        return Probe(part, (sequence(rng, T), sequence(rng, T), theta * np.array([1.0, float(part), 1.0])))

    us, ys = np.array([1.0, -1.0, 0.5, 2.0]), np.array([0.5, 1.0, 0.0, -1.0])
    return (
        Probe(0, (us, ys, np.array([0.5, 0.0, 1.0]))),
        Probe(1, (us, ys, np.array([0.5, -0.5, 1.0]))),
        one(0, 6),
        one(1, 7),
        one(1, 9),
    )


RETURNING = Question(
    number="10.4",
    title="What comes back",
    goal="Derive the gradient of the parallel cost of a model with two output lags, forward in time.",
    look="lecture 10, section 3, (10.5) and (10.6)",
    minutes=20,
    difficulty=3,
    answer="returning",
    arguments=("us", "ys", "theta"),
    returns="the three derivatives of V",
    parts=(Part("the older lag has no weight", 2), Part("both lags", 3)),
    reference=returning,
    alternatives=(_by_complex_step, _backwards),
    probes=_probes,
    forbidden=(AUTOGRAD, GRADIENTS),
    misconceptions=(
        Misconception(
            "nothing is fed back",
            _with(fed_back=(0.0, 0.0)),
            "that the outputs in the memory do not move when the weights do",
            "They are the model's own. What you have is the explicit part: a direction, but not that of this cost.",
            "lecture 10, section 3, (10.5): the second term, and the check-yourself question of that section",
        ),
        Misconception(
            "the series-parallel gradient",
            _with(measured=True, fed_back=(0.0, 0.0)),
            "that the model looks at measured outputs",
            "That is the gradient of the one-step error. In a free run the memory is the model's, in"
            " values and in derivatives.",
            "lecture 10, section 1, (10.2), then section 3, (10.5)",
        ),
        Misconception(
            "only the newest output comes back",
            _with(fed_back=(1.0, 0.0)),
            "that a change is felt one step later and then no more",
            "The older output is the model's own as well, and has a weight. Draw both arrows into one step.",
            "lecture 10, section 3, (10.5): over what the sum runs",
        ),
        Misconception(
            "the weights of the lags are crossed",
            _with(crossed=True),
            "that the sensitivity of the newest output is multiplied by the weight of the older",
            "Each sensitivity goes with the weight of its own output. Check the case in which one weight is zero.",
            "lecture 10, section 3, (10.5): which k stands at both factors",
        ),
        Misconception(
            "the sign is reversed",
            _with(scale=-1.0),
            "an error counted as prediction minus measurement, with the sign of the other",
            "Raise a weight that lifts a prediction which is already too high: the cost must grow.",
            "lecture 10, section 3, (10.6): its sign, and how the error is defined above it",
        ),
        Misconception(
            "a sum instead of a mean",
            _with(mean=False),
            "a cost that adds up over the record",
            "V is a mean over the predicted outputs, so that a learning rate does not depend on the"
            " length of a record.",
            "lecture 10, section 3, above (10.6), where V is defined",
        ),
        Misconception(
            "the slope at the sum inside",
            _with(slope="inside"),
            "that the derivative of tanh is one minus the square of its argument",
            "It is one minus the square of its value. Far out, yours is negative, and tanh never falls.",
            "lecture 01, section 3, where tanh is differentiated, and lecture 10, section 3",
        ),
        Misconception(
            "the slope on the explicit part only",
            _with(slope="explicit"),
            "that what comes back does not pass through the tanh",
            "The old outputs stand inside it, beside the input. Whatever moves the sum is scaled by the slope.",
            "the text of question 10.4, and lecture 10, section 3, (10.5)",
        ),
        Misconception(
            "the slope left out",
            _with(slope="none"),
            "a model that is linear",
            "That is the lecture's first one. Here the sum passes through a tanh, and so does every change of it.",
            "the text of question 10.4, and lecture 10, section 3, (10.5)",
        ),
        Misconception(
            "the last step only",
            _with(last=True),
            "that only the error at the end counts",
            "Every predicted output has an error of its own and a sensitivity of its own; all of them are summed.",
            "lecture 10, section 3, (10.6): over what the sum runs",
        ),
    ),
)
