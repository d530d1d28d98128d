"""Question 10.1: regressors in another convention, with the present input among them."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnnlab.questions.draws import sequence
from rnnlab.questions.question import Misconception, Part, Probe, Question


def _lagged(us: np.ndarray, ys: np.ndarray, u_lags: list[int], y_lags: list[int]) -> np.ndarray:
    n = max(*u_lags, *y_lags)
    columns = [us[n - k : len(us) - k] for k in u_lags] + [ys[n - k : len(ys) - k] for k in y_lags]
    return np.stack(columns, axis=1)


def rows(us: np.ndarray, ys: np.ndarray, d_x: int, d_y: int) -> np.ndarray:
    return _lagged(us, ys, list(range(d_x + 1)), list(range(1, d_y + 1)))


def _rows_loop(us: np.ndarray, ys: np.ndarray, d_x: int, d_y: int) -> list[list[float]]:
    found = []
    for t in range(max(d_x, d_y), len(ys)):
        found.append(
            [float(us[t - k]) for k in range(d_x + 1)] + [float(ys[t - k]) for k in range(1, d_y + 1)]
        )
    return found


def _rows_windows(us: np.ndarray, ys: np.ndarray, d_x: int, d_y: int) -> np.ndarray:
    n, T = max(d_x, d_y), len(ys)
    inputs = np.lib.stride_tricks.sliding_window_view(us, d_x + 1)[n - d_x :, ::-1]
    outputs = np.lib.stride_tricks.sliding_window_view(ys, d_y)[n - d_y : T - d_y, ::-1]
    return np.hstack([inputs, outputs])


def _rows_torch(us: np.ndarray, ys: np.ndarray, d_x: int, d_y: int) -> Any:
    import torch

    return torch.tensor(_rows_loop(us, ys, d_x, d_y), dtype=torch.float64)


def _wrapped(us: np.ndarray, ys: np.ndarray, d_x: int, d_y: int) -> np.ndarray:
    columns = [np.roll(us, k) for k in range(d_x + 1)] + [np.roll(ys, k) for k in range(1, d_y + 1)]
    return np.stack(columns, axis=1)


def _padded(us: np.ndarray, ys: np.ndarray, d_x: int, d_y: int) -> np.ndarray:
    n = max(d_x, d_y)
    return rows(np.r_[np.zeros(n), us], np.r_[np.zeros(n), ys], d_x, d_y)


def _probes(rng: np.random.Generator) -> tuple[Probe, ...]:
    def one(part: int, T: int, d_x: int, d_y: int) -> Probe:
        return Probe(part, (sequence(rng, T), sequence(rng, T), d_x, d_y))

    return (
        Probe(0, (np.array([1.0, 2.0, 3.0, 4.0]), np.array([10.0, 20.0, 30.0, 40.0]), 1, 1)),
        Probe(1, (np.array([1.0, 2.0, 3.0, 4.0, 5.0]), np.array([10.0, 20.0, 30.0, 40.0, 50.0]), 1, 2)),
        one(0, 6, 1, 1),
        one(1, 7, 0, 3),
        one(1, 8, 3, 2),
        one(1, 9, 2, int(rng.integers(2, 5))),
    )


ROWS = Question(
    number="10.1",
    title="Rows in another convention",
    goal="Build the regressors of a NARX model whose inputs include the present one.",
    look="lecture 10, section 1, where a row of regressors is defined",
    minutes=10,
    difficulty=1,
    answer="rows",
    arguments=("us", "ys", "d_x", "d_y"),
    returns="an array with one row a predicted output, inputs first",
    parts=(Part("one lag of each", 1), Part("any lags", 2)),
    reference=rows,
    alternatives=(_rows_loop, _rows_windows, _rows_torch),
    probes=_probes,
    misconceptions=(
        Misconception(
            "the target is among them",
            lambda us, ys, d_x, d_y: _lagged(np.r_[us], ys, list(range(d_x + 1)), list(range(d_y)))[
                max(d_x, d_y) - max(d_x, d_y - 1) :
            ],
            "that a row may hold the output it is to predict",
            "A model that sees the answer copies it: no error in training, and nothing to say in a free run.",
            "lecture 10, section 1: the newest output of a row, and its check-yourself question",
        ),
        Misconception(
            "the lags are reversed",
            lambda us, ys, d_x, d_y: _lagged(us, ys, list(range(d_x, -1, -1)), list(range(d_y, 0, -1))),
            "that a row goes forwards in time",
            "Each group begins with its newest entry here. A model trained on one order and run on the other fails.",
            "lecture 10, section 1: the printed rows, read from left to right",
        ),
        Misconception(
            "the present input is left out",
            lambda us, ys, d_x, d_y: _lagged(us, ys, list(range(1, d_x + 2)), list(range(1, d_y + 1))),
            "the lecture's convention, in which inputs stop one step before the output",
            "Here a valve may act on the output of the same step: count from the present input to the oldest.",
            "the equation of question 10.1, beside that of lecture 10, section 1",
        ),
        Misconception(
            "the first rows are wrapped around",
            _wrapped,
            "that what is shifted out at one end may come in at the other",
            "Then the first rows look at the end of the record, which is the future. A row without a full"
            " past is no row.",
            "lecture 10, section 1: how many rows the printed example has",
        ),
        Misconception(
            "the past is filled with zeros",
            _padded,
            "that the machine was at zero before the record began",
            "Nobody measured that. The first outputs of the record are memory, and are not predicted.",
            "lecture 10, section 1: from which output on it predicts",
        ),
        Misconception(
            "outputs stand first",
            lambda us, ys, d_x, d_y: np.hstack(
                [rows(us, ys, d_x, d_y)[:, d_x + 1 :], rows(us, ys, d_x, d_y)[:, : d_x + 1]]
            ),
            "the lecture's order of the two groups",
            "The entries are right and stand in the wrong columns; in this convention inputs come first.",
            "the equation of question 10.1, beside the one of lecture 10, section 1",
        ),
    ),
)
