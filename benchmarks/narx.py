"""Rows: a hundred NARX networks trained together, beside one after another, torch.vmap and a textbook loop.

All contestants make the same steps of Levenberg and Marquardt's method in parallel mode, on the same records, and
answer with the weights they end at.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from harness import Goal, Row

from rnnlab.gradients.narx import NarxShape, free_run_sensitivities, run_free
from rnnlab.models.narx import regressors
from rnnlab.systems.chen import chen, held_input
from rnnlab.training.levenberg_marquardt import levenberg_marquardt
from rnnlab.training.narx import Scaling, fit_narx, start_weights

P, ITERATIONS = 100, 4
TOGETHER, ALONE, TEXTBOOK, VMAP = "all together", "one after another", "a textbook loop", "torch.vmap"


class Records(NamedTuple):
    """Records of Chen's system, one a column, and the networks' starts."""

    us: np.ndarray  # (T, P)
    ys: np.ndarray
    shape: NarxShape
    theta: np.ndarray  # (P, p)

    def only(self, many: slice) -> Records:
        return Records(self.us[:, many], self.ys[:, many], self.shape, self.theta[many])

    def scaled(self) -> tuple[np.ndarray, np.ndarray]:
        return Scaling.of(self.us, "us").apply(self.us), Scaling.of(self.ys, "ys").apply(self.ys)


def records(T: int, hidden: int) -> Records:
    rng, shape = np.random.default_rng(0), NarxShape(n_u=2, n_y=2, hidden=hidden)
    us = held_input(T, rng, P)
    return Records(us, chen(us, rng, 0.1, 0.5), shape, start_weights(shape, P, rng))


def a_hundred(T: int, hidden: int, alone: int, few: int, vmap: bool) -> Row:
    """The first `alone` train one after another, the first `few` by the textbook; these times are scaled to all."""
    case = records(T, hidden)

    def each(fit: Callable[[Records], np.ndarray], many: int) -> np.ndarray:
        return np.concatenate([fit(case.only(slice(i, i + 1))) for i in range(many)])

    contestants: dict[str, Callable[[], np.ndarray]] = {
        TOGETHER: lambda: train(case),
        ALONE: lambda: each(train, alone),
        TEXTBOOK: lambda: each(by_textbook, few),
    }
    goals = [Goal(TOGETHER, ALONE, 30.0), Goal(TOGETHER, TEXTBOOK, 100.0)]
    if vmap:
        contestants[VMAP] = lambda: by_vmap(case)
        goals.append(Goal(TOGETHER, VMAP, 3.0))
    return Row(
        f"{P} NARX networks in parallel mode, H = {hidden}, T = {T}, {ITERATIONS} iterations, float64",
        contestants,
        within=1e-6,
        goals=tuple(goals),
        pieces=pieces(case),
        share={ALONE: alone / P, TEXTBOOK: few / P},
        note="The textbook loop is the equations as they are printed: one network, one step, one parameter and one lag"
        " after another, with vectors over hidden units only. Together, the calls of a step are paid once for all"
        " networks; the products of JᵀJ are not, and the larger J is, the more of the time is theirs.",
    )


ROWS: dict[str, Callable[[], Row]] = {
    "narx": lambda: a_hundred(300, 5, alone=P, few=2, vmap=True),
    "narx-paper": lambda: a_hundred(1000, 10, alone=25, few=1, vmap=False),
}


def train(case: Records) -> np.ndarray:
    return fit_narx(case.us, case.ys, case.shape, case.theta, True, iterations=ITERATIONS).theta


def pieces(case: Records) -> dict[str, Callable[[], object]]:
    """The parts of one iteration, for all networks together and for one."""
    parts: dict[str, Callable[[], object]] = {}
    for who, many in (("all", slice(P)), ("one", slice(1))):
        u, y = case.only(many).scaled()
        u_past, starts, theta = regressors(u, y, 2, 2)[:, 2:], y[:2], case.theta[many]
        rows = free_run_sensitivities(case.shape, theta, u_past, starts)[1].transpose(1, 0, 2)
        parts |= {
            f"a free run, {who}": lambda a=(theta, u_past, starts): run_free(case.shape, *a),
            f"a free run and its J, {who}": lambda a=(theta, u_past, starts): free_run_sensitivities(
                case.shape, *a
            ),
            f"JᵀJ from J, {who}": lambda rows=rows: rows.swapaxes(1, 2) @ rows,
        }
    return parts


def by_vmap(case: Records) -> np.ndarray:
    """The same steps, with predictions and Jacobians by torch: vmap over networks, forward derivatives through time."""
    u, y = case.scaled()
    rows = regressors(u, y, 2, 2)
    target, inputs, older, starts = (torch.as_tensor(a).T for a in (y[2:], rows[:, 2], rows[:, 3], y[:2]))

    def said(
        theta: torch.Tensor, first: torch.Tensor, second: torch.Tensor, start: torch.Tensor
    ) -> torch.Tensor:
        W, b, V, c = split(theta, case.shape.hidden)
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

    return levenberg_marquardt(errors, linearise, case.theta, ITERATIONS).theta


def by_textbook(case: Records) -> np.ndarray:
    """One network; the recursion of the sensitivities as it is printed, a step and a parameter at a time."""
    (u, y), theta = (signal[:, 0] for signal in case.scaled()), case.theta[0]
    T, parameters, lags = len(y), range(len(theta)), range(case.shape.n_y)

    def walk(theta: np.ndarray, derive: bool) -> tuple[np.ndarray, np.ndarray]:
        W, b, V, c = split(theta, case.shape.hidden)
        said, s = y.copy(), np.zeros((T, len(theta)))
        for t in range(2, T):
            z = [said[t - 1], said[t - 2], u[t - 1], u[t - 2]]
            h = np.tanh(sum(x * w for x, w in zip(z, W, strict=True)) + b)
            said[t] = V @ h + c
            if derive:
                g = V * (1 - h**2)
                explicit = np.concatenate([*(x * g for x in z), g, h, [1.0]])
                slopes = [g @ W[k] for k in lags]
                for p in parameters:
                    s[t, p] = explicit[p] + sum(slopes[k] * s[t - 1 - k, p] for k in lags)
        return y[2:] - said[2:], s[2:]

    damping, (e, J) = 10.0, walk(theta, True)
    for _ in range(ITERATIONS):
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


def split(theta: np.ndarray, H: int) -> tuple:
    """The rows of W and U, by column; then b, V and c."""
    return theta[: 4 * H].reshape(4, H), theta[4 * H : 5 * H], theta[5 * H : 6 * H], theta[6 * H]
