"""The figures of lecture 10."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnnlab.analysis.cost_curve import local_minima
from rnnlab.analysis.embedding import LORENZ_X, Embedding
from rnnlab.analysis.noise_duel import CostCurves, Duel, Mistake, Scores
from rnnlab.figures.canvas import Drawing, canvas, label
from rnnlab.figures.palette import AMBER, BLUE, FAINT, GREEN, INK, QUIET, VERMILION

Live = tuple[Drawing, Callable]
FLOOR, CEILING = 1e-4, 10.0  # the logarithmic error axes
SEEN = 6.0  # a trace beyond this has left the picture
SHOWN = 70  # steps of a trace


def two_scores(scores: Scores) -> Drawing:
    """The opening: who wins one step ahead, and who wins alone."""
    fig, (bars, trace) = canvas(cols=2, height=2.7, width_ratios=(1, 2.2))
    errors, at = scores.errors, np.arange(2)
    for i, (name, colour, hatch) in enumerate((("A", AMBER, "//"), ("B", BLUE, ""))):
        bars.bar(
            at + 0.38 * i - 0.19,
            errors[i],
            0.36,
            color=colour,
            hatch=hatch,
            edgecolor="white",
            label=f"model {name}",
        )
    bars.set_xticks(at, ["one step\nahead", "left\nalone"])
    label(bars, "Who is better?", "", "mean squared error", key="upper left")
    bars.set_ylim(0, 1.5 * errors.max())
    t = np.arange(SHOWN)
    trace.plot(t, scores.ys[:SHOWN], ".", color=QUIET, ms=5, label="measured")
    trace.plot(t, scores.free_run[0, :SHOWN], "--", color=AMBER, lw=1.8, label="A, alone")
    trace.plot(t, scores.free_run[1, :SHOWN], "-", color=BLUE, lw=1.8, label="B, alone")
    label(trace, "The first steps left alone", "step", "output")
    trace.set_ylim(-4.5, 8.5)
    trace.legend(loc="upper center", frameon=False, fontsize=9, ncols=3)
    fig.alt = (
        f"Left: mean squared errors. One step ahead, A {errors[0, 0]:.2f} and B {errors[1, 0]:.2f}; left alone, A"
        f" {errors[0, 1]:.2f} and B {errors[1, 1]:.2f}. Right: {SHOWN} steps of both left alone, beside"
        " the measured points."
    )
    return fig


def two_modes(ys: np.ndarray, ahead: np.ndarray, free: np.ndarray) -> Drawing:
    """One model on one noisy record: corrected at every step, and never."""
    fig, axes = canvas(rows=2, height=3.6, sharex=True)
    t = np.arange(SHOWN)
    rmse = []
    for ax, said, name, style in ((axes[0], ahead, "One step ahead", "-"), (axes[1], free, "Free run", "--")):
        rmse.append(float(np.sqrt(((said - ys) ** 2).mean())))
        ax.plot(t, ys[:SHOWN], ".", color=QUIET, ms=5, label="measured")
        ax.plot(t, said[:SHOWN], style, color=BLUE, lw=1.6, label="predicted")
        label(ax, f"{name}: RMSE {rmse[-1]:.2f}", "", "output")
    axes[0].legend(loc="upper right", frameon=False, fontsize=9, ncols=2)
    axes[1].set_xlabel("step")
    fig.alt = (
        f"The same model on the same noisy record. One step ahead it follows the measured points with an RMSE of"
        f" {rmse[0]:.2f}; in a free run with {rmse[1]:.2f}."
    )
    return fig


def cost_curves(curves: CostCurves) -> Drawing:
    """One weight, two costs: a parabola and a mountain range."""
    fig, ax = canvas(height=2.8)
    minima = local_minima(curves.free_run)
    ax.plot(curves.thetas, curves.one_step, "--", color=AMBER, lw=2, label="one step ahead")
    ax.plot(curves.thetas, curves.free_run, "-", color=BLUE, lw=1.6, label="free run")
    ax.plot(curves.thetas[minima], curves.free_run[minima], "v", color=GREEN, ms=5, label="local minima")
    ax.set_ylim(-0.2, 12)
    title = f"The parabola has one minimum, the free run {len(minima)}"
    label(ax, title, "weight of $y_{t-1}$ (true value 0.8)", "cost E", key="upper center")
    fig.alt = (
        f"Cost of one weight from {curves.thetas[0]:g} to {curves.thetas[-1]:g}. One step ahead it is a"
        " parabola with its"
        f" minimum at 0.8; for a free run of 30 steps it has {len(minima)} local minima, the lowest at"
        f" {curves.thetas[curves.free_run.argmin()]:.2f}."
    )
    return fig


def duel(result: Duel) -> Live:
    """Live: two free runs beside the truth, and their errors by horizon."""
    fig, (trace, error) = canvas(cols=2, height=3.0, width_ratios=(1.7, 1))
    t = np.arange(SHOWN)
    (true,) = trace.plot(t, t, color=INK, lw=1.2, label="true")
    (first,) = trace.plot(t, t, "--", color=AMBER, lw=1.8, label="series-parallel")
    (second,) = trace.plot(t, t, "-", color=BLUE, lw=1.8, label="parallel")
    trace.set_ylim(-5, 6.5)
    label(trace, "Test without noise", "step", "output")
    trace.legend(loc="upper center", frameon=False, fontsize=9, ncols=3)
    horizons = np.arange(1, result.errors.shape[1] + 1)
    (curve1,) = error.plot(horizons, horizons, "--", color=AMBER, lw=1.8)
    (curve2,) = error.plot(horizons, horizons, "-", color=BLUE, lw=1.8)
    (marks,) = error.plot([1, 1], [1, 1], "o", color=VERMILION, ms=6)
    error.set_yscale("log")
    error.set_ylim(FLOOR, CEILING)
    label(error, "Error by horizon", "steps ahead", "MSE, median of 100")

    def update(result: Duel) -> None:
        for line, values in ((true, result.ys), (first, result.series_parallel), (second, result.parallel)):
            line.set_data(t[: len(values)] + result.horizon, np.clip(values[:SHOWN], -50, 50))
        errors = np.clip(result.errors, FLOOR, CEILING)
        curve1.set_data(horizons, errors[0])
        curve2.set_data(horizons, errors[1])
        marks.set_data([result.horizon] * 2, errors[:, result.horizon - 1])
        trace.set_xlim(0, SHOWN + 30)

    update(result)
    return fig, update


def duel_words(result: Duel) -> str:
    """Which training wins at these noise levels and this horizon, in words."""
    first, second = result.errors[:, result.horizon - 1]
    if max(first, second) < 1e-8:
        return "No noise: both trainings find the system, and both errors vanish."
    winner = "parallel" if second < first else "series-parallel"
    return (
        f"Equation noise {result.sigma_v:.2f}, output noise {result.sigma_w:.2f}, {result.horizon} steps ahead:"
        f" MSE {first:.3f} for series-parallel, {second:.3f} for parallel training; {winner} training is better."
    )


def mistake(result: Mistake) -> Live:
    """Live: what a mistake shows, beside the truth and the work done right; and the two errors."""
    fig, (trace, error) = canvas(cols=2, height=3.0, width_ratios=(1.6, 1))
    t = np.arange(SHOWN)
    trace.plot(t, result.ys[:SHOWN], color=INK, lw=1.2, label="true")
    (right,) = trace.plot(t, t, "-", color=BLUE, lw=1.6, label="done right")
    (shown,) = trace.plot(t, t, "--", color=VERMILION, lw=1.8, label="shown")
    trace.set_ylim(-4.2, 4.8)
    label(trace, "What is shown, and what there is", "step", "output")
    trace.legend(loc="upper center", frameon=False, fontsize=9, ncols=3)
    note = trace.text(0.98, 0.03, "", transform=trace.transAxes, color=VERMILION, ha="right")
    (reported,) = error.plot([0], [1], "s", color=VERMILION, ms=9)
    (alone,) = error.plot([1], [1], "D", color=AMBER, ms=8)
    (honest,) = error.plot([2], [1], "o", color=BLUE, ms=9)
    error.set_yscale("log")
    error.set_ylim(FLOOR / 3, CEILING * 3)
    error.set_xlim(-0.6, 2.6)
    error.set_xticks([0, 1, 2], ["it\nreports", "its model,\nalone", "done\nright"])
    label(error, "Free-run error", "", "MSE")

    def update(result: Mistake) -> None:
        left = np.abs(result.shown) > SEEN
        until = int(left.argmax()) if left.any() else len(result.shown)
        shown.set_data(t[:until], result.shown[:SHOWN][:until])
        right.set_data(t, result.right[:SHOWN])
        note.set_text(f"leaves the picture at step {until}" if until < SHOWN else "")
        for mark, value in ((reported, result.reported), (alone, result.alone), (honest, result.honest)):
            mark.set_ydata([np.clip(value, FLOOR, CEILING)])

    update(result)
    return fig, update


def mistake_words(result: Mistake) -> str:
    """What is reported, what is true of the model, and what it should have been."""
    large = "more than 10" if result.reported > CEILING else f"{result.reported:.3f}"
    return (
        f"Mistake: {result.name}. It reports an MSE of {large}; its model has {result.alone:.3f} in a free run,"
        f" and the same data done right give {result.honest:.3f}."
    )


def noise_curves(
    values: dict[str, Any], recorded: dict[str, tuple[float, ...]], levels: np.ndarray, cutoffs: np.ndarray
) -> Drawing:
    """Free-run error over noise: white output noise, white equation noise, coloured equation noise; ours and theirs."""
    fig, axes = canvas(cols=3, height=3.2, width=9.0, sharey=True)
    panels = (
        ("output", "Output noise:\nparallel is better", r"$\sigma_w$", levels),
        ("equation", "Equation noise up to 1:\nseries-parallel is better", r"$\sigma_v$", levels),
        ("coloured", "Coloured equation noise:\nparallel again", "cut-off (1 is white)", cutoffs),
    )
    said = []
    for ax, (kind, title, x_name, xs) in zip(axes, panels, strict=True):
        for name, colour, style in (("series_parallel", AMBER, "--"), ("parallel", BLUE, "-")):
            medians = np.atleast_2d(values[f"{kind}_{name}"])  # least, middle, greatest; or one
            middle = medians[len(medians) // 2]
            if len(medians) == 3:
                ax.fill_between(xs, medians[0], medians[2], color=colour, alpha=0.2, lw=0)
            ax.plot(xs, middle, style, color=colour, lw=1.8, label=name.replace("_", "-") + ", ours")
            marker = "x" if name == "parallel" else "+"
            ax.plot(
                xs, recorded[f"{kind}_{name}"], marker, color=colour, ms=6, label="recorded by the authors"
            )
            said.append(f"{kind} noise, {name.replace('_', '-')}: {middle[0]:.2f} to {middle[-1]:.2f}")
        label(ax, title, x_name, "")
    axes[2].invert_xaxis()
    axes[0].set_ylabel("free-run MSE, median of 12")
    axes[0].set_ylim(0, 3.2)
    axes[0].legend(loc="upper left", frameon=False, fontsize=8)
    fig.alt = (
        "Free-run error, medians of 12 realisations, with the authors' recorded medians as crosses; bands from the"
        " least to the greatest of our repetitions. " + "; ".join(said) + "."
    )
    return fig


def tank_starts(values: dict[str, Any], recorded: dict[str, tuple[float, ...]]) -> Drawing:
    """Box plots over 100 starts: the simulated tank, and the recorded quartiles of the real plant."""
    fig, axes = canvas(cols=2, height=3.0, sharey=True)
    said = []
    for ax, title in zip(axes, ("Simulated tank (synthetic stand-in)", "Pilot plant, recorded"), strict=True):
        ours = ax is axes[0]
        for i, (name, colour) in enumerate((("series_parallel", AMBER), ("parallel", BLUE))):
            data = np.percentile(values[name], (0, 25, 50, 75, 100)) if ours else np.array(recorded[name])
            low, first, middle, third, high = data
            ax.vlines(i, low, high, color=colour, lw=1.2)
            ax.add_patch(_box(i, first, third, colour))
            ax.hlines(middle, i - 0.3, i + 0.3, color=INK, lw=2)
            ax.plot([i, i], [low, high], "_", color=colour, ms=12, mew=1.5)
            said.append(
                f"{title}, {name.replace('_', '-')}: median {middle:.0f}, from {low:.0f} to {high:.0f}"
            )
        ax.set_xticks([0, 1], ["series-parallel", "parallel"])
        ax.set_xlim(-0.6, 1.6)
        label(ax, title, "", "free-run MSE (mm²)" if ours else "")
    axes[0].set_yscale("log")
    fig.alt = "Box plots of 100 starts, whiskers to the extremes. " + "; ".join(said) + "."
    return fig


def embedding(result: Embedding) -> Live:
    """Live: the attractor in two of its delay coordinates, and how many neighbours are false."""
    fig, (plane, count) = canvas(cols=2, height=3.0, width_ratios=(1.2, 1))
    (line,) = plane.plot([0], [0], color=BLUE, lw=0.7)
    reach = 1.1 * np.abs(LORENZ_X).max()
    plane.set(xlim=(-reach, reach), ylim=(-reach, reach))
    label(plane, "The attractor, from x alone", "$x_t$", "$x_{t-d}$")
    dimensions = np.arange(1, 5)
    (fractions,) = count.plot(dimensions, dimensions, "o-", color=AMBER, lw=1.8)
    (mark,) = count.plot([1], [1], "s", color=VERMILION, ms=9)
    count.set_ylim(-3, 103)
    count.set_xticks(dimensions)
    label(count, "Neighbours that are false", "coordinates m", "%")

    def update(result: Embedding) -> None:
        # with one coordinate there is a line; with more, the first and the last of them
        last = result.points[:, -1] if result.m > 1 else np.zeros(len(result.points))
        line.set_data(result.points[:, 0], last)
        plane.set_ylabel("" if result.m == 1 else f"$x_{{t-{(result.m - 1) * result.delay}}}$")
        fractions.set_data(dimensions, 100 * result.fractions)
        mark.set_data([result.m], [100 * result.fractions[result.m - 1]])

    update(result)
    return fig, update


def embedding_words(result: Embedding) -> str:
    """The share of false neighbours, and whether it is few enough."""
    share = 100 * result.fractions[result.m - 1]
    verdict = "few enough, by this test," if share < 1 else "too many"
    return (
        f"{result.m} coordinate{'s' * (result.m > 1)}, {result.delay} samples ({0.05 * result.delay:.2f}"
        " time units) apart:"
        f" {share:.1f} % of the neighbours are false, {verdict} to hold the state."
    )


def flow_network(true: np.ndarray, said: np.ndarray) -> Drawing:
    """Trajectories of the oscillator from unseen starts, and the network's own."""
    fig, (plane, time) = canvas(cols=2, height=2.9, width_ratios=(1, 1.5))
    for i in range(true.shape[2]):
        plane.plot(*true[:, :, i].T, color=FAINT, lw=3, label="van der Pol" if i == 0 else None)
        plane.plot(*said[:, :, i].T, "--", color=BLUE, lw=1, label="network" if i == 0 else None)
        plane.plot(*true[0, :, i], "o", color=VERMILION, ms=4)
    label(plane, "Flow and imitation", "y", "ẏ", key="upper right")
    t = 0.1 * np.arange(len(true))
    error = np.abs(said - true).max((1, 2))
    time.plot(t, error, color=BLUE, lw=1.8)
    time.set_ylim(0, 1.2 * error.max())
    label(time, f"Never further off than {error.max():.3f}", "time", "largest error of all starts")
    fig.alt = (
        f"Trajectories from {true.shape[2]} unseen starts over {t[-1]:.0f} time units, in the plane of y"
        " and its derivative;"
        f" the network follows each, and is never more than {error.max():.3f} away."
    )
    return fig


def _box(x: float, low: float, high: float, colour: str) -> Any:
    from matplotlib.patches import Rectangle

    return Rectangle((x - 0.3, low), 0.6, high - low, facecolor=colour, alpha=0.45, edgecolor=colour)
