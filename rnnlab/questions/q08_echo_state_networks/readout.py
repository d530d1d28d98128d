"""Question 8.3: a ridge read-out with a washout, scaled by the training data alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnnlab.questions.question import Misconception, Part, Probe, Question


def read(hs: np.ndarray, ys: np.ndarray, new_hs: np.ndarray, washout: int, lam: float) -> np.ndarray:
    return _read(hs, ys, new_hs, washout, lam)


def _read(
    hs: np.ndarray,
    ys: np.ndarray,
    new_hs: np.ndarray,
    washout: int,
    lam: float,
    fit_from: int | None = None,
    scale_by: np.ndarray | None = None,
    bias_penalty: float = 0.0,
    own_scale: bool = False,
    constant: bool = True,
    centred: bool = False,
) -> np.ndarray:
    """With its defaults the answer; with others, a way to get it wrong.

    `centred` has ȳ in place of a fitted constant, which is the same as long as the scaled states average to zero.
    """
    cut = washout if fit_from is None else fit_from
    Z, y = hs[cut:], ys[cut:]
    base = Z if scale_by is None else scale_by
    mean, std = base.mean(0), base.std(0)
    Z, N = (Z - mean) / std, hs.shape[1]
    new = (new_hs - new_hs.mean(0)) / new_hs.std(0) if own_scale else (new_hs - mean) / std
    level = y.mean() if centred else 0.0
    constant = constant and not centred
    if constant:
        Z, new = np.column_stack([Z, np.ones(len(Z))]), np.column_stack([new, np.ones(len(new))])
    penalty = np.diag([lam] * N + [bias_penalty] * constant)
    return new @ np.linalg.solve(Z.T @ Z + penalty, Z.T @ (y - level)) + level


def _stacked(hs: Any, ys: Any, new_hs: Any, washout: Any, lam: Any) -> np.ndarray:
    """Least squares with the rows √λ I appended."""
    Z, y = hs[washout:], ys[washout:]
    mean, std = Z.mean(0), Z.std(0)
    N = hs.shape[1]
    rows = np.vstack([(Z - mean) / std, np.sqrt(lam) * np.eye(N)])
    v = np.linalg.lstsq(rows, np.concatenate([y - y.mean(), np.zeros(N)]), rcond=None)[0]
    return (new_hs - mean) / std @ v + y.mean()


def _kernel(hs: Any, ys: Any, new_hs: Any, washout: Any, lam: Any) -> list[float]:
    """By the inner products of pasts."""
    Z, y = hs[washout:], ys[washout:]
    scaled, new = (Z - Z.mean(0)) / Z.std(0), (new_hs - Z.mean(0)) / Z.std(0)
    weights = np.linalg.solve(scaled @ scaled.T + lam * np.eye(len(Z)), y - y.mean())
    return list(new @ scaled.T @ weights + y.mean())


def _torch(hs: Any, ys: Any, new_hs: Any, washout: Any, lam: Any) -> Any:
    import torch

    hs, ys, new_hs = (torch.as_tensor(v, dtype=torch.float64) for v in (hs, ys, new_hs))
    Z, y = hs[washout:], ys[washout:]
    std, mean = torch.std_mean(Z, dim=0, correction=0)
    P, sigma, Rt = torch.linalg.svd((Z - mean) / std, full_matrices=False)
    v = Rt.T @ (sigma / (sigma**2 + lam) * (P.T @ (y - y.mean())))
    return (new_hs - mean) / std @ v + y.mean()


def _probes(rng: np.random.Generator) -> tuple[Probe, ...]:
    def probe(part: int, T: int, N: int, new: int, washout: int, lam: float) -> Probe:
        hs = rng.uniform(-0.3, 0.7, (T, N))
        hs[:washout] += 1.5  # the start, not yet forgotten
        ys = hs @ rng.uniform(0.5, 1.5, N) + rng.uniform(1, 2) + 0.2 * rng.normal(size=T)
        ys[:washout] -= 4.0
        return Probe(part, (hs.round(3), ys.round(3), rng.uniform(0, 1.2, (new, N)).round(3), washout, lam))

    return (
        probe(0, 8, 2, 3, 0, 0.5),
        probe(1, 10, 2, 4, 3, 1.0),
        probe(0, 14, 3, 4, 0, 2.0),
        probe(1, 18, 3, 5, 4, 0.7),
        probe(1, 22, 4, 6, 6, 3.0),
    )


def _lam_times_T(hs: Any, ys: Any, new_hs: Any, washout: Any, lam: Any) -> np.ndarray:
    return _read(hs, ys, new_hs, washout, lam * (len(hs) - washout))


def _spread_of_a_sample(hs: Any, ys: Any, new_hs: Any, washout: Any, lam: Any) -> np.ndarray:
    """With T − 1 in place of T: the scaled states are smaller by √((T − 1)/T), and λ counts more."""
    T = len(hs) - washout
    return _read(hs, ys, new_hs, washout, lam * T / (T - 1))


def _all_targets_centre(hs: Any, ys: Any, new_hs: Any, washout: Any, lam: Any) -> np.ndarray:
    off = ys.mean() - ys[washout:].mean()  # v is that of the answer, since scaled states average to zero
    return _read(hs, ys, new_hs, washout, lam) + off


def _scaling_by(states: Callable[..., np.ndarray], centred: bool = False) -> Callable[..., np.ndarray]:
    """The answer with mean and spread of states(hs, new_hs, washout)."""

    def wrong(hs: Any, ys: Any, new_hs: Any, washout: Any, lam: Any) -> np.ndarray:
        return _read(hs, ys, new_hs, washout, lam, scale_by=states(hs, new_hs, washout), centred=centred)

    return wrong


def _with_washout(hs: np.ndarray, new_hs: np.ndarray, washout: int) -> np.ndarray:
    return hs


def _with_test(hs: np.ndarray, new_hs: np.ndarray, washout: int) -> np.ndarray:
    return np.vstack([hs[washout:], new_hs])


def _with_both(hs: np.ndarray, new_hs: np.ndarray, washout: int) -> np.ndarray:
    return np.vstack([hs, new_hs])


_WASHOUT_SCALES = (
    "that mean and spread may be taken before the washout is cut",
    "The start distorts them as it would distort the fit; what is cut is cut for every purpose.",
    "lecture 08, section 2, where the washout is cut from both Z and Y",
)
_TEST_SCALES = (
    "that the scaling may be taken from all states there are",
    "The new states are the test. On the day of the forecast they do not exist yet, so"
    " no number may depend on them.",
    "lecture 08, section 8, the check-yourself question on what counts as unseen",
)

READOUT = Question(
    number="8.3",
    title="A read-out that has seen nothing it should not",
    goal="Fit a ridge read-out behind a washout, scale by the training data, and answer for new states.",
    look="lecture 08, section 2, (8.2)",
    minutes=15,
    difficulty=2,
    answer="read",
    arguments=("hs", "ys", "new_hs", "washout", "lam"),
    returns="one answer for each row of new_hs",
    parts=(Part("nothing to wash out", 2), Part("with a washout", 2)),
    reference=read,
    alternatives=(_stacked, _kernel, _torch),
    probes=_probes,
    misconceptions=(
        Misconception(
            "washout scored",
            lambda hs, ys, new_hs, washout, lam: _read(hs, ys, new_hs, washout, lam, fit_from=0),
            "that the first steps are data like all others",
            "In them the states still hold the start, which has nothing to do with the input,"
            " and the read-out learns it.",
            "lecture 08, section 2, where the washout is cut from both Z and Y",
        ),
        Misconception("washout in the scaling", _scaling_by(_with_washout), *_WASHOUT_SCALES),
        Misconception(
            "washout in the scaling, targets centred",
            _scaling_by(_with_washout, centred=True),
            *_WASHOUT_SCALES,
        ),
        Misconception("test data in the scaling", _scaling_by(_with_test), *_TEST_SCALES),
        Misconception(
            "test data in the scaling, targets centred", _scaling_by(_with_test, centred=True), *_TEST_SCALES
        ),
        Misconception(
            "washout and test data in the scaling",
            _scaling_by(_with_both, centred=True),
            "that the scaling may be taken from all states there are",
            "The start is cut for every purpose, and the new states are the test: no number may depend on"
            " either.",
            "lecture 08, section 2, where the washout is cut, and the check-yourself question of section 8",
        ),
        Misconception(
            "washout in the mean of the targets",
            _all_targets_centre,
            "that the constant may be the mean of all targets",
            "Those of the first steps are cut with their states; what is cut is cut for every purpose.",
            "lecture 08, section 2, where the washout is cut from both Z and Y",
        ),
        Misconception(
            "the spread of a sample",
            _spread_of_a_sample,
            "that the spread is divided by the number of steps less one",
            "That is an estimate for states not seen, and the default of some libraries. Here the scaled states"
            " themselves have the standard deviation one.",
            "the text of question 8.3, and lecture 08, section 2",
        ),
        Misconception(
            "new states scaled by themselves",
            lambda hs, ys, new_hs, washout, lam: _read(hs, ys, new_hs, washout, lam, own_scale=True),
            "that each stretch of states is scaled by its own mean and spread",
            "Then the same state means one thing in training and another in the test, and a"
            " stretch that lies high is lowered.",
            "lecture 08, section 2: the read-out is one fixed function of z",
        ),
        Misconception(
            "bias regularised",
            lambda hs, ys, new_hs, washout, lam: _read(hs, ys, new_hs, washout, lam, bias_penalty=lam),
            "that the constant is one more weight and is made small with the others",
            "Shift all targets by 100 and compare: your answers shift by less than 100.",
            "lecture 08, section 2, what E(V, c) penalises, and the check-yourself question there",
        ),
        Misconception(
            "no constant",
            lambda hs, ys, new_hs, washout, lam: _read(hs, ys, new_hs, washout, lam, constant=False),
            "that scaled states can explain targets whose mean is not zero",
            "Scaled states average to zero, so without a constant the answers do, too.",
            "lecture 08, section 2, the equation of the read-out",
        ),
        Misconception(
            "a penalty for each step",
            _lam_times_T,
            "a cost that averages over steps, where this one sums",
            "Then λ counts once for every row, and twice the data means twice the penalty.",
            "lecture 08, section 2, (8.2)",
        ),
    ),
)
