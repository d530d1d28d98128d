"""Question 10.3: the two errors of a model that lives in scaled units, in the units of the record."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnnlab.questions.draws import sequence
from rnnlab.questions.question import Misconception, Part, Probe, Question


def _runs(
    us: np.ndarray, ys: np.ndarray, theta: np.ndarray, centre: float, width: float
) -> tuple[np.ndarray, np.ndarray]:
    """One-step and free-run predictions in the units of the record, of ys[1:]."""
    xs = (ys - centre) / width
    ahead = theta[0] * xs[:-1] + theta[1] * us[:-1]
    free = [xs[0]]
    for u in us[:-1]:
        free.append(theta[0] * free[-1] + theta[1] * u)
    return centre + width * ahead, centre + width * np.array(free[1:])


def _mse(said: np.ndarray, ys: np.ndarray) -> float:
    return float(((ys[1:] - said) ** 2).mean())


def scores(ys_train: np.ndarray, us: np.ndarray, ys: np.ndarray, theta: np.ndarray) -> np.ndarray:
    return np.array([_mse(said, ys) for said in _runs(us, ys, theta, ys_train.mean(), ys_train.std())])


def _scores_scaled(
    ys_train: np.ndarray, us: np.ndarray, ys: np.ndarray, theta: np.ndarray
) -> tuple[float, float]:
    centre, width = float(np.mean(ys_train)), float(np.std(ys_train))
    xs = [(float(y) - centre) / width for y in ys]
    x, one, free = xs[0], 0.0, 0.0
    for t in range(1, len(xs)):
        one += (xs[t] - theta[0] * xs[t - 1] - theta[1] * us[t - 1]) ** 2
        x = theta[0] * x + theta[1] * us[t - 1]
        free += (xs[t] - x) ** 2
    return width**2 * one / (len(xs) - 1), width**2 * free / (len(xs) - 1)


def _scores_solve(ys_train: np.ndarray, us: np.ndarray, ys: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """The free run as the solution of a bidiagonal system."""
    centre, width, T = ys_train.mean(), ys_train.std(), len(ys)
    xs = (ys - centre) / width
    free = np.linalg.solve(np.eye(T) - theta[0] * np.eye(T, k=-1), np.r_[xs[0], theta[1] * us[:-1]])
    return width**2 * np.array(
        [((xs[1:] - theta[0] * xs[:-1] - theta[1] * us[:-1]) ** 2).mean(), ((xs - free)[1:] ** 2).mean()]
    )


def _scores_torch(ys_train: np.ndarray, us: np.ndarray, ys: np.ndarray, theta: np.ndarray) -> Any:
    import torch

    return torch.tensor(_scores_scaled(ys_train, us, ys, theta), dtype=torch.float64)


def _twice(ys_train: np.ndarray, us: np.ndarray, ys: np.ndarray, theta: np.ndarray) -> np.ndarray:
    return np.repeat(scores(ys_train, us, ys, theta)[:1], 2)


def _restarted(ys_train: np.ndarray, us: np.ndarray, ys: np.ndarray, theta: np.ndarray) -> np.ndarray:
    """A free run that begins from the output it should predict first."""
    centre, width = ys_train.mean(), ys_train.std()
    one, _ = _runs(us, ys, theta, centre, width)
    _, free = _runs(us, np.r_[ys[1], ys[1:]], theta, centre, width)
    return np.array([_mse(one, ys), _mse(free, ys)])


def _probes(rng: np.random.Generator) -> tuple[Probe, ...]:
    def one(part: int, T: int) -> Probe:
        train = np.round(40 + 12 * sequence(rng, T), 1) if part else sequence(rng, T)
        train = train if part else (train - train.mean()) / train.std()
        ys = np.round(50 + 6 * sequence(rng, T), 1) if part else sequence(rng, T)
        theta = np.round(rng.uniform(0.4, 0.9, 2) * rng.choice([-1.0, 1.0], 2), 2)
        return Probe(part, (train, sequence(rng, T), ys, theta))

    plain = np.array([1.0, -1.0, 1.0, -1.0])
    return (
        Probe(
            0, (plain, np.array([1.0, 0.0, 2.0, 1.0]), np.array([1.0, 2.0, 0.0, 1.0]), np.array([0.5, 1.0]))
        ),
        Probe(
            1,
            (
                2 * plain + 4,
                np.array([1.0, 0.0, 2.0, 1.0]),
                np.array([4.0, 6.0, 5.0, 1.0]),
                np.array([0.5, 1.0]),
            ),
        ),
        one(0, 6),
        one(1, 8),
        one(1, 9),
    )


SCORES = Question(
    number="10.3",
    title="Two honest numbers",
    goal="Report the one-step and the free-run error of a model that was trained on scaled outputs.",
    look="lecture 10, section 2, and the figure of mistakes in section 4",
    minutes=12,
    difficulty=2,
    answer="scores",
    arguments=("ys_train", "us", "ys", "theta"),
    returns="two mean squared errors, one step ahead and free run",
    parts=(Part("a training record of mean 0 and width 1", 1), Part("any training record", 2)),
    reference=scores,
    alternatives=(_scores_scaled, _scores_solve, _scores_torch),
    probes=_probes,
    misconceptions=(
        Misconception(
            "scaled by the test data",
            lambda ys_train, us, ys, theta: np.array(
                [_mse(said, ys) for said in _runs(us, ys, theta, ys.mean(), ys.std())]
            ),
            "a centre and a width that are taken from the test record",
            "The model learned in the units of its training. A test that brings its own units is another"
            " machine, and has been looked at.",
            "lecture 10, section 4: the last of the mistakes in the figure",
        ),
        Misconception(
            "the one-step error twice",
            _twice,
            "that the free run may look at the measured outputs",
            "Both numbers are then the same. Only the first output may be used, to start from.",
            "lecture 10, section 2: what a one-step error reports",
        ),
        Misconception(
            "left in scaled units",
            lambda ys_train, us, ys, theta: scores(ys_train, us, ys, theta) / ys_train.var(),
            "that a squared error is the same number in any unit",
            "Nobody can read it in millimetres. Scaling back multiplies an error by the width, and its"
            " square by the width twice.",
            "question 10.3: the units in which the errors are asked for, and lecture 10, section 5",
        ),
        Misconception(
            "scaled back once",
            lambda ys_train, us, ys, theta: scores(ys_train, us, ys, theta) / ys_train.std(),
            "that a squared error is scaled back as an error is",
            "An error is scaled back by the width. Yours are squares, and feel the width in both factors.",
            "question 10.3: the units in which the errors are asked for, and lecture 10, section 5",
        ),
        Misconception(
            "the root taken",
            lambda ys_train, us, ys, theta: np.sqrt(scores(ys_train, us, ys, theta)),
            "that an error is asked for in the unit itself",
            "What is asked for are mean squares, in the squared unit of the machine.",
            "the text of question 10.3: what is to be reported",
        ),
        Misconception(
            "the start is counted as a success",
            lambda ys_train, us, ys, theta: scores(ys_train, us, ys, theta) * (len(ys) - 1) / len(ys),
            "a mean over all T outputs, with an error of zero at the first",
            "The first output was given and not predicted, so it earns nothing. Count the predictions.",
            "lecture 10, section 1: which outputs are predicted",
        ),
        Misconception(
            "a sum instead of a mean",
            lambda ys_train, us, ys, theta: scores(ys_train, us, ys, theta) * (len(ys) - 1),
            "an error that adds up over the record",
            "Then a longer test is a worse one, and two records cannot be compared.",
            "lecture 10, section 3, above (10.6), where V is defined",
        ),
        Misconception(
            "free run started from the future",
            _restarted,
            "a free run that begins at the output it should predict first",
            "It starts from the one before. A run that is told its first answer looks better than it is.",
            "lecture 10, section 4: the mistake called started from the future",
        ),
    ),
)
