"""What training many NARX networks together is worth: beside one after another, a textbook loop, and torch.vmap.

    python benchmarks/narx.py

One thread. All contestants make the same steps of Levenberg and Marquardt's method on the same records; that they
end at the same weights is checked before anything is timed, then they take turns, and medians and ratios come
from one run. The textbook loop trains a few of the networks, one at a time; its time is scaled to all of them.
"""

from __future__ import annotations

import os

if __name__ == "__main__":  # before a numeric library is loaded
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS"):
        os.environ[name] = "1"

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch

from rnnlab.analysis.timing import interleaved
from rnnlab.gradients.narx import NarxShape
from rnnlab.models.narx import regressors
from rnnlab.systems.chen import chen, held_input
from rnnlab.training.levenberg_marquardt import levenberg_marquardt
from rnnlab.training.narx import Scaling, fit_narx, start_weights


class Row(NamedTuple):
    """One comparison: `ratio` is the time of `slow` over that of `fast`, and `goal` what it should be at least."""

    what: str
    fast: str
    slow: str
    milliseconds: dict[str, float]
    ratio: float
    goal: float

    @property
    def reached(self) -> bool:
        return self.ratio >= self.goal


class Records(NamedTuple):
    """P records of Chen's system, the networks' starts, and how many steps to make."""

    us: np.ndarray
    ys: np.ndarray
    shape: NarxShape
    theta: np.ndarray
    iterations: int


def records(T: int, hidden: int, P: int = 100, iterations: int = 4) -> Records:
    rng, shape = np.random.default_rng(0), NarxShape(n_u=2, n_y=2, hidden=hidden)
    us = held_input(T, rng, P)
    return Records(us, chen(us, rng, 0.1, 0.5), shape, start_weights(shape, P, rng), iterations)


def a_hundred_of_the_lecture(rounds: int = 5) -> list[Row]:
    """100 networks of 5 hidden units on 300 samples, trained in parallel mode, 4 iterations."""
    return _compare(records(300, 5), rounds, few=4, vmap=True)


def a_hundred_of_the_paper(rounds: int = 3) -> list[Row]:
    """100 networks of 10 hidden units on 1000 samples, trained in parallel mode, 4 iterations."""
    return _compare(records(1000, 10), rounds, few=2, vmap=False)


ROWS: tuple[Callable[[], list[Row]], ...] = (a_hundred_of_the_lecture, a_hundred_of_the_paper)


def together(case: Records) -> np.ndarray:
    return fit_narx(case.us, case.ys, case.shape, case.theta, True, iterations=case.iterations).theta


def one_after_another(case: Records) -> np.ndarray:
    return np.concatenate([together(_column(case, i)) for i in range(len(case.theta))])


def by_textbook(case: Records) -> np.ndarray:
    """One network at a time, one step at a time, a line of code for each line of a textbook."""
    return np.concatenate([_textbook(_column(case, i)) for i in range(len(case.theta))])


def by_vmap(case: Records) -> np.ndarray:
    """The same steps, with predictions and Jacobians by torch: vmap over networks, forward derivatives through time."""
    u, y, rows = _scaled(case)
    target, inputs, starts = (torch.as_tensor(a).T for a in (y[2:], rows[:, 2], y[:2]))
    older = torch.as_tensor(rows[:, 3]).T

    def said(
        theta: torch.Tensor, first: torch.Tensor, second: torch.Tensor, start: torch.Tensor
    ) -> torch.Tensor:
        n, H = 4, case.shape.hidden
        W, b, V, c = theta[: n * H].reshape(n, H), theta[n * H : n * H + H], theta[n * H + H : -1], theta[-1]
        y2, y1 = start[0], start[1]
        predictions = []
        for u1, u2 in zip(first, second, strict=True):
            y2, y1 = y1, V @ torch.tanh(W[0] * y1 + W[1] * y2 + W[2] * u1 + W[3] * u2 + b) + c
            predictions.append(y1)
        return torch.stack(predictions)

    run = torch.func.vmap(said)
    derive = torch.func.vmap(torch.func.jacfwd(said))

    def data(which: np.ndarray) -> tuple[torch.Tensor, ...]:
        return inputs[which], older[which], starts[which]

    def errors(theta: np.ndarray, which: np.ndarray) -> np.ndarray:
        return (target[which] - run(torch.as_tensor(theta), *data(which))).T.numpy()

    def linearise(theta: np.ndarray, which: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        J = derive(torch.as_tensor(theta), *data(which))
        return errors(theta, which), J.transpose(0, 1).contiguous().numpy()

    return levenberg_marquardt(errors, linearise, case.theta, case.iterations).theta


def _textbook(case: Records) -> np.ndarray:
    u, y, _ = _scaled(case)
    u, y = u[:, 0], y[:, 0]
    (columns, b, V, c), H = case.shape.split(case.theta), case.shape.hidden
    theta = np.concatenate([columns[0].ravel(), b[0], V[0], c[0]])

    def walk(theta: np.ndarray, derive: bool) -> tuple[np.ndarray, np.ndarray]:
        W, b, V, c = theta[: 4 * H].reshape(4, H), theta[4 * H : 5 * H], theta[5 * H : 6 * H], theta[6 * H]
        said, s, e, J = [y[0], y[1]], [np.zeros(len(theta))] * 2, [], []
        for t in range(2, len(y)):
            z = np.array([said[t - 1], said[t - 2], u[t - 1], u[t - 2]])
            h = np.tanh(z @ W + b)
            said.append(V @ h + c)
            e.append(y[t] - said[t])
            if derive:
                g = V * (1 - h**2)
                explicit = np.concatenate([np.outer(z, g).ravel(), g, h, [1.0]])
                s.append(explicit + (g @ W[0]) * s[t - 1] + (g @ W[1]) * s[t - 2])
                J.append(s[t])
        return np.array(e), np.array(J)

    damping, (e, J) = 10.0, walk(theta, True)
    for _ in range(case.iterations):
        JJ, Je = J.T @ J, J.T @ e
        delta = np.linalg.solve(JJ + damping * np.diag(np.maximum(np.diag(JJ), 1e-6)), Je)
        trial = walk(theta + delta, False)[0]
        gain = (e @ e - trial @ trial) / (2 * delta @ Je - delta @ JJ @ delta)
        if gain > 1e-3:
            theta = theta + delta
            e, J = walk(theta, True)
            damping *= 0.1 if gain > 0.75 else 1.0
        else:
            damping *= 10.0
    return theta[None]


def _scaled(case: Records) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    u, y = Scaling.of(case.us, "us").apply(case.us), Scaling.of(case.ys, "ys").apply(case.ys)
    return u, y, regressors(u, y, 2, 2)


def _column(case: Records, i: int) -> Records:
    return case._replace(us=case.us[:, [i]], ys=case.ys[:, [i]], theta=case.theta[[i]])


def _compare(case: Records, rounds: int, few: int, vmap: bool) -> list[Row]:
    P = len(case.theta)
    small = case._replace(us=case.us[:, :few], ys=case.ys[:, :few], theta=case.theta[:few])
    contestants: dict[str, Callable[[], np.ndarray]] = {
        "together": lambda: together(case),
        "one after another": lambda: one_after_another(case),
        "textbook loop": lambda: by_textbook(small),
    }
    if vmap:
        contestants["torch.vmap"] = lambda: by_vmap(case)
    expected = contestants["together"]()
    for name, train in contestants.items():
        theta = train()
        if not np.allclose(theta, expected[: len(theta)], rtol=1e-5, atol=1e-8):
            raise AssertionError(f"{name} and together do not end at the same weights; nothing was timed")
    ms = {name: 1e3 * s for name, s in interleaved(contestants, rounds, calls=1).items()}
    ms["textbook loop"] *= P / few
    size = f"H = {case.shape.hidden}, T = {len(case.ys)}, {case.iterations} iterations"
    what = f"{P} NARX networks in parallel mode, {size}"
    goals = {"one after another": 30.0, "textbook loop": 100.0, "torch.vmap": 3.0}
    return [
        Row(what, "together", name, ms, ms[name] / ms["together"], goals[name])
        for name in contestants
        if name in goals
    ]


def main() -> None:
    torch.set_num_threads(1)
    for measure in ROWS:
        rows = measure()
        print(f"\n{rows[0].what}")
        for name, ms in rows[0].milliseconds.items():
            print(f"  {name:20s} {ms:10.1f} ms")
        for row in rows:
            verdict = "reached" if row.reached else "not reached"
            print(f"  {row.slow} / {row.fast}: {row.ratio:.1f}  (goal at least {row.goal:g}: {verdict})")


if __name__ == "__main__":
    main()
