"""The figures of exercise 10: a student's own free run, and the residuals of three records to diagnose."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnnlab.analysis.cases import place
from rnnlab.figures.canvas import Drawing, canvas, label
from rnnlab.figures.palette import AMBER, BLUE, INK, QUIET
from rnnlab.systems.chen import low_pass

WEIGHT = 0.8  # the model of the three records, y_t = 0.8 y_{t−1} + u_{t−1}, is the truth
STEPS = 2000
LAGS = 6


def left_alone(said: Any, us: np.ndarray, ys: np.ndarray) -> Drawing:
    """A student's free run beside the record, and what it looks like when an output in the middle is changed."""
    fig, ax = canvas(height=2.4)
    if said is ...:
        ax.set_axis_off()
        ax.text(
            0, 0.5, "Your picture appears here once there is an answer.", color=INK, transform=ax.transAxes
        )
        fig.alt = "Nothing to draw yet: the answer is still to be written."
        return fig
    said = np.ravel(np.asarray(said, dtype=float))
    t = np.arange(len(ys))
    ax.plot(t, ys, ".", color=QUIET, label="record")
    ax.plot(t[len(t) - len(said) :], np.clip(said, -20, 20), "-", color=BLUE, lw=1.8, label="your free run")
    far = np.abs(said - ys[len(ys) - len(said) :]).max()
    label(ax, f"At most {far:.2g} from the record", "step", "output", key="upper right")
    fig.alt = f"Your free run over {len(said)} steps, at most {far:.2g} from the record."
    return fig


def record(kind: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """(us, ys) with white equation noise (0), white output noise (1), both (2), or slow equation noise (3)."""
    kind = place(kind, 4)
    rng = np.random.default_rng((kind, seed))
    us, v, w = rng.normal(size=(3, STEPS))
    if kind == 3:
        v = low_pass(v[:, None], 0.25)[:, 0]
    v, w = (0.0 if kind == 1 else 0.6) * v, (0.8 if kind in (1, 2) else 0.0) * w
    ys = np.zeros(STEPS)
    for t in range(1, STEPS):
        ys[t] = WEIGHT * ys[t - 1] + us[t - 1] + v[t]
    return us, ys + w


def correlations(us: np.ndarray, ys: np.ndarray) -> np.ndarray:
    """Σ e_t e_{t−k} / Σ e_t² for k = 0 … LAGS: of the one-step residuals, then of the free run's; (2, LAGS + 1)."""
    ahead = ys[1:] - WEIGHT * ys[:-1] - us[:-1]
    said = [ys[0]]
    for u in us[:-1]:
        said.append(WEIGHT * said[-1] + u)
    residuals = (ahead, ys[1:] - np.array(said[1:]))
    return np.array(
        [[(e[k:] * e[: len(e) - k]).sum() / (e**2).sum() for k in range(LAGS + 1)] for e in residuals]
    )


def three_records(first: int, second: int, third: int, seed: int) -> Drawing:
    """How residuals correlate with their own past: one step ahead, and in a free run, for three records."""
    fig, axes = canvas(cols=3, height=2.6, sharey=True)
    words = []
    lags = np.arange(LAGS + 1)
    for ax, name, kind in zip(axes, "ABC", (first, second, third), strict=True):
        ahead, free = correlations(*record(kind, seed))
        ax.axhline(0, color=QUIET, lw=0.8)
        ax.plot(lags, ahead, "s--", color=AMBER, ms=5, label="one step ahead")
        ax.plot(lags, free, "o-", color=BLUE, ms=4, label="free run")
        label(ax, f"{name}: which noise?", "lag k", "")
        words.append(f"{name}: one step {ahead[1]:.1f}, free run {free[1]:.1f}")
    axes[0].set_ylabel("correlation of residuals")
    axes[0].legend(loc="upper right", frameon=False, fontsize=8)
    axes[0].set_ylim(-0.7, 1.3)
    fig.alt = f"Correlations of residuals at lag one. {'; '.join(words)}."
    return fig
