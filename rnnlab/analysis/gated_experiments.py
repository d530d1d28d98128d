"""What gates are good for, measured: the adding problem, continual Reber strings, three cells. Lecture 06.

The functions are the recipes of stored results: plain numbers in, a dict of numbers out.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from rnnlab.systems.adding import adding, variance
from rnnlab.systems.reber import SYMBOLS, stream
from rnnlab.training.gated import Trainer, answers, initial, last_squared_error, next_symbol, start

SOLVED = 0.1  # of the variance is left as squared error
T_SYMBOL, P_SYMBOL = SYMBOLS.index("T"), SYMBOLS.index("P")


class AddingTask(NamedTuple):
    """Sequences of length T with numbers from `low` to 1, B at a time, and how to learn from them."""

    T: int
    B: int
    low: float
    lr: float
    most: int  # updates, and no more


def updates_to_solve(
    kind: str, N: int, task: AddingTask, seed: list[int], forget_bias: float = 1.0
) -> tuple[int, float]:
    """Updates until the running squared error is a tenth of the variance, and that error as a share of it.

    The running mean forgets with 0.95 an update and starts from the variance. `most` if it never gets there.
    """
    weights, data = np.random.default_rng([*seed, 0]), np.random.default_rng([*seed, 1])
    trainer, share = Trainer(kind, initial(kind, weights, N, 2, 1, forget_bias), task.lr), 1.0
    update = 0
    while update < task.most and share > SOLVED:
        update += 1
        xs, ys = adding(data, task.T, task.B, task.low)
        half, _ = trainer.update(start(kind, N, task.B), xs, last_squared_error(ys))
        share += 0.05 * (2 * half / variance(task.low) - share)
    return update, share


def forget_bias_on_adding(
    seed: int, biases: list[float], runs: int, N: int, task: dict[str, Any]
) -> dict[str, list]:
    """Updates until solved for each forget bias and run, and their medians. `task` as in `AddingTask`."""
    updates = [
        [updates_to_solve("LSTM", N, AddingTask(**task), [seed, run], bias)[0] for run in range(runs)]
        for bias in biases
    ]
    return {"biases": biases, "updates": updates, "medians": [float(np.median(row)) for row in updates]}


def cells_on_adding(seed: int, sizes: dict[str, int], runs: int, task: dict[str, Any]) -> dict[str, list]:
    """For each kind of cell its number of weights, the updates until solved, and the last errors as shares."""
    found: dict[str, list] = {"weights": [], "updates": [], "errors": []}
    for kind, N in sizes.items():
        found["weights"].append(
            sum(part.size for part in initial(kind, np.random.default_rng(seed), N, 2, 1))
        )
        pairs = [updates_to_solve(kind, N, AddingTask(**task), [seed, run]) for run in range(runs)]
        found["updates"].append([update for update, _ in pairs])
        found["errors"].append([share for _, share in pairs])
    return found


def continual_reber(
    seed: int,
    kinds: list[str],
    runs: int,
    N: int,
    B: int,
    K: int,
    lr: float,
    updates: int,
    checks: int,
    test: int,
) -> dict[str, list]:
    """Streams without end, learned in pieces of K steps with the state handed on; judged on fresh streams.

    After each `updates / checks` updates, 20 fresh streams of `test` symbols are read from a state of zeros. Of the
    moments when the kept symbol is due, in the second half of the streams, how many are right? A guess is right in
    half of them. Also the largest cell state there.
    """
    found: dict[str, list] = {"updates": [], "right": [], "largest cell": []}
    every = updates // checks
    found["updates"] = [every * (k + 1) for k in range(checks)]
    symbols, due, _ = stream(np.random.default_rng([seed, 99]), test + 1, 20)
    for kind in kinds:
        right, largest = [], []
        for run in range(runs):
            curve, cells = _one_reber(kind, [seed, run], N, B, K, lr, updates, every, symbols, due)
            right.append(curve)
            largest.append(cells)
        found["right"].append(right)
        found["largest cell"].append(largest)
    return found


def _one_reber(
    kind: str,
    seed: list[int],
    N: int,
    B: int,
    K: int,
    lr: float,
    updates: int,
    every: int,
    symbols: np.ndarray,
    due: np.ndarray,
) -> tuple[list[float], list[float]]:
    weights, data = np.random.default_rng([*seed, 0]), np.random.default_rng([*seed, 1])
    trainer = Trainer(kind, initial(kind, weights, N, len(SYMBOLS), len(SYMBOLS)), lr)
    last, _, place = stream(data, 1, B)
    s, right, cells = start(kind, N, B), [], []
    for update in range(1, updates + 1):
        more, _, place = stream(data, K, B, place)
        piece, last = np.concatenate([last, more]), more[-1:]
        _, s = trainer.update(s, one_hots(piece[:-1]), next_symbol(piece[1:]))
        if update % every == 0:
            share, largest = kept_symbol(kind, trainer.weights, symbols, due)
            right.append(share)
            cells.append(largest)
    return right, cells


def kept_symbol(
    kind: str, weights: list[np.ndarray], symbols: np.ndarray, due: np.ndarray
) -> tuple[float, float]:
    """The share of right choices between T and P where the kept one is due, late in the streams; the largest |c|."""
    B = symbols.shape[1]
    states, _, os = answers(kind, weights, start(kind, weights[0].shape[1], B), one_hots(symbols[:-1]))
    late = due[1:].copy()
    late[: len(late) // 2] = False
    says_t = os[:, T_SYMBOL] > os[:, P_SYMBOL]
    return float(np.mean((says_t == (symbols[1:] == T_SYMBOL))[late])), float(np.abs(states[:, 1]).max())


def one_hots(symbols: np.ndarray) -> np.ndarray:
    """(T, B) symbols as columns (T, 7, B)."""
    return np.moveaxis(np.eye(len(SYMBOLS))[symbols], -1, 1)
