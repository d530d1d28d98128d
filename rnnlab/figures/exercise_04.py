"""The figures of exercise 04: a student's own derivatives, and three wrong programs tried on five cases."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnnlab.analysis.cases import place
from rnnlab.analysis.gradient_costs import Problem, random_problem
from rnnlab.figures.canvas import Drawing, canvas, label
from rnnlab.figures.palette import BLUE, FAINT, GREEN, INK, VERMILION
from rnnlab.models import tanh_step, unroll

TRIALS = ("one step", "loss at the end only", "W symmetric", "tiny states", "direction")
FLOOR = 1e-8  # below it an error is drawn as none


def blame(dhs: Any) -> Drawing:
    """The sizes of the derivatives that an answer gave, over time."""
    fig, ax = canvas(height=2.3)
    if dhs is ...:
        ax.set_axis_off()
        ax.plot([0, 1], [0, 0], color=FAINT)
        ax.text(0, 0.01, "Your picture appears here once there is an answer.", color=INK)
        fig.alt = "Nothing to draw yet: the answer is still to be written."
        return fig
    sizes = np.linalg.norm(np.atleast_2d(np.asarray(dhs, dtype=float)), axis=1)
    t = np.arange(1, len(sizes) + 1)
    ax.plot(t, sizes, "o-", color=BLUE, ms=4)
    if zeros := int((sizes == 0).sum()):
        title = f"None at {zeros} of {len(t)} steps"
    else:
        ax.set_yscale("log")
        title = f"At t = 1 it is {sizes[0] / sizes[-1]:.2g} times what it is at t = {len(t)}"
    ax.xaxis.get_major_locator().set_params(integer=True)
    label(ax, title, "time step t", r"$|\partial L/\partial h_t|$")
    fig.alt = (
        f"Sizes of {len(t)} derivatives, from {sizes[0]:.3g} at t = 1 to {sizes[-1]:.3g} at t = {len(t)}."
    )
    return fig


def three_programs(first: int, second: int, third: int) -> Drawing:
    """The relative error of each program's dL/dW in each trial, on a logarithmic axis."""
    fig, axes = canvas(cols=3, height=2.8, sharey=True)
    words = []
    places = np.arange(len(TRIALS))[::-1]
    for ax, name, kind in zip(axes, "ABC", (first, second, third), strict=True):
        errors = symptoms(kind)
        drawn = np.maximum(errors, FLOOR)
        right = errors < 1e-4
        ax.hlines(places, FLOOR, drawn, colors=[GREEN if r else VERMILION for r in right], lw=4)
        ax.plot(drawn[right], places[right], "o", color=GREEN, ms=7)
        ax.plot(drawn[~right], places[~right], "X", color=VERMILION, ms=7)
        ax.set_xscale("log")
        ax.set(xlim=(FLOOR / 2, 1e3), xticks=[1e-8, 1e-4, 1], yticks=places)
        ax.set_yticklabels(TRIALS)
        label(ax, f"Program {name}", "relative error", "")
        words.append(f"{name}: " + ", ".join(f"{t} {e:.1g}" for t, e in zip(TRIALS, errors, strict=True)))
    fig.alt = f"Relative errors of three programs in five trials. {'; '.join(words)}."
    return fig


def symptoms(kind: int) -> np.ndarray:
    """How far off the program with this slip is in each trial: |wrong − right| / |right|.

    kind: the case, or 0 W for its transpose, 1 the last use only, 2 the slope 1 − a², 3 the state after the step, 4 the
    losses on the way forgotten, 5 the mean over time. The last entry is 1 − cos of the angle between wrong and
    right, on a sequence with nothing special about it.
    """
    kind, general = place(kind, 6), random_problem(3, 2, 6, np.random.default_rng(11))
    W = general.W
    one = general._replace(xs=general.xs[:1], ys=general.ys[:1])
    symmetric = general._replace(W=(W + W.T) / 2)
    tiny = general._replace(h0=1e-4 * general.h0, xs=1e-4 * general.xs, b=1e-4 * general.b)
    errors = []
    for problem, at_end in ((one, False), (general, True), (symmetric, False), (tiny, False)):
        wrong, right = wrong_gradient(kind, problem, at_end), wrong_gradient(None, problem, at_end)
        errors.append(np.linalg.norm(wrong - right) / np.linalg.norm(right))
    wrong, right = wrong_gradient(kind, general, False).ravel(), wrong_gradient(None, general, False).ravel()
    cosine = wrong @ right / (np.linalg.norm(wrong) * np.linalg.norm(right))
    return np.array([*errors, max(0.0, 1 - cosine)])


def wrong_gradient(kind: int | None, problem: Problem, at_end: bool) -> np.ndarray:
    """dL/dW of ½ Σ |h_t − y_t|² by a program with one slip, or none; `at_end`: of the last loss alone."""
    h0, xs, ys, W, U, b = problem
    hs = unroll(tanh_step, h0, xs, W, U, b)
    before, T = np.vstack([h0, hs[:-1]]), len(xs)
    slopes = 1 - (before @ W.T + xs @ U.T + b) ** 2 if kind == 2 else 1 - hs**2
    last = (np.arange(T) == T - 1)[:, None]
    explicit = (hs - ys) * (last if at_end or kind == 4 else 1.0)
    partner = hs if kind == 3 else before
    onward, total = np.zeros(len(W)), np.zeros_like(W)
    for t in range(T - 1, -1, -1):
        da = slopes[t] * (explicit[t] + onward)
        onward = (W if kind == 0 else W.T) @ da
        if kind != 1 or t == T - 1:
            total += np.outer(da, partner[t])
    return total / T if kind == 5 else total
