"""The figures of lecture 08."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rnnlab.analysis.echoes import Edge, Merging
from rnnlab.analysis.explore import NO_MISTAKE, Explored
from rnnlab.analysis.forecast import HORIZON
from rnnlab.figures.canvas import Drawing, canvas, label
from rnnlab.figures.palette import BLUE, GREEN, INK, QUIET, SEQUENTIAL, SERIES, STYLES, VERMILION

Live = tuple[Drawing, Callable]


def opening(hs: np.ndarray, truth: np.ndarray, ys: np.ndarray, free_from: int) -> Drawing:
    """A few untrained units, and what a trained sum of a thousand of them says."""
    fig, (units, sum_) = canvas(2, height=3.2, sharex=True)
    t = np.arange(len(truth))
    for h, colour, style in zip(hs.T, (*SERIES, INK, QUIET), (*STYLES, "-", "--"), strict=False):
        units.plot(t, h, style, color=colour, lw=1)
    label(units, f"{hs.shape[1]} of 1,000 units that nobody trained", "", "state")
    sum_.plot(t, truth, color=QUIET, lw=3, label="the signal")
    sum_.plot(t, ys, "--", color=VERMILION, lw=1.3, label="a weighted sum of the units")
    sum_.axvline(free_from, color=INK, lw=1, ls=":")
    sum_.text(free_from + 4, 1.42, "from here it hears only itself", fontsize=9)
    sum_.set_ylim(0.2, 1.6)
    label(sum_, "Their weighted sum foretells a chaotic signal", "time step t", "signal", key="lower left")
    gap = np.abs(ys - truth)[free_from:].max()
    fig.alt = (
        f"Two panels over {len(t)} steps. Above, {hs.shape[1]} units of a random network, wavy"
        f" curves unlike one another."
        f" Below, a chaotic signal and the network's answer, which hears only itself from step {free_from} on"
        f" and stays within {gap:.1g} of it."
    )
    return fig


def solvers(lams: np.ndarray, errors: dict[str, np.ndarray]) -> Drawing:
    """The test error of three solvers over the penalty; NaN where one gave up."""
    fig, ax = canvas(height=3.0)
    looks = ((GREEN, ":", "v", 9), (VERMILION, "--", "s", 6), (BLUE, "-", "o", 3))
    for level, ((name, error), (colour, style, marker, size)) in enumerate(
        zip(errors.items(), looks, strict=True)
    ):
        face = "none" if marker == "v" else colour
        ax.plot(
            lams,
            error,
            style,
            marker=marker,
            mfc=face,
            ms=size,
            color=colour,
            lw=1.6,
            label=name,
            zorder=3 + level,
        )
        failed = lams[np.isnan(error)]
        ax.plot(failed, np.full(len(failed), -1.2 - 0.25 * level), "x", color=colour, ms=7, mew=1.8)
    ax.set_xscale("log")
    ax.text(lams[0], -0.95, "× gives up", fontsize=9)
    ax.set_ylim(None, -0.6)
    label(
        ax,
        "Squaring the features costs half of the digits",
        "penalty λ",
        "log$_{10}$ error, one step on",
        key="lower right",
    )
    best = ", ".join(f"{name} {np.nanmin(error):.1f}" for name, error in errors.items())
    fig.alt = (
        f"Error one step ahead over the penalty from {lams[0]:.0e} to {lams[-1]:.0e}. The three"
        f" ways lie on one curve where they"
        f" work; lowest log10 error: {best}. Cholesky gives up below some penalty, in float32 far"
        f" earlier than in float64."
    )
    return fig


def generator(target: np.ndarray, ys: np.ndarray) -> Drawing:
    """A pattern that the network was taught, and what it makes of it alone."""
    fig, ax = canvas(height=2.1)
    ax.plot(target, color=QUIET, lw=3, label="taught")
    ax.plot(ys, "--", color=VERMILION, lw=1.3, label="free run")
    label(ax, "Twenty units keep a rhythm by themselves", "time step t", "output", key="upper right")
    ax.set_ylim(-0.6, 0.9)
    fig.alt = (
        f"A periodic pattern and a network's free run of {len(ys)} steps; the largest distance is"
        f" {np.abs(ys - target).max():.1g}."
    )
    return fig


def impulse_echoes(echoes: dict[float, np.ndarray]) -> Drawing:
    """What one impulse leaves in a few units, a panel for each spectral radius."""
    fig, axes = canvas(1, len(echoes), height=2.4, sharey=True)
    lasting = {}
    for ax, (rho, hs) in zip(axes, echoes.items(), strict=True):
        for h, colour, style in zip(hs.T, (*SERIES, INK), (*STYLES, "-"), strict=False):
            ax.plot(h, style, color=colour, lw=1.1)
        size = np.abs(hs).max(1)
        lasting[rho] = int(np.flatnonzero(size > 0.01 * size[0])[-1]) + 1
        label(
            ax,
            f"ρ = {rho:g}: "
            + (f"{lasting[rho]} steps" if lasting[rho] < len(hs) else f"over {len(hs)} steps"),
            "step after the impulse",
            "",
        )
    axes[0].set_ylabel("echo in a unit")
    fig.alt = "Echoes of one impulse. Steps until one hundredth is left: " + ", ".join(
        f"{steps} at ρ = {rho:g}" for rho, steps in lasting.items()
    )
    return fig


def two_units(paths: np.ndarray, kept: np.ndarray) -> Drawing:
    """Where a two-unit network goes from many starts: paths (T, 2, B), kept (B,) true where it stays off zero."""
    fig, (plane, time) = canvas(1, 2, height=2.8)
    for b in range(paths.shape[2]):
        colour, style = (VERMILION, "-") if kept[b] else (BLUE, "--")
        plane.plot(*paths[:, :, b].T, style, color=colour, lw=0.6, alpha=0.6)
        time.plot(paths[:, 0, b], style, color=colour, lw=0.8, alpha=0.6)
    plane.plot(*paths[-1], "o", color=INK, ms=5)
    label(plane, "Two units, no input, ρ = 0.95", "$h_1$", "$h_2$")
    label(time, f"{int(kept.sum())} of {len(kept)} starts stay away from zero", "time step t", "$h_1$")
    ends = np.unique(paths[-1].round(1) + 0.0, axis=1)
    fig.alt = (
        f"Paths of a two-unit network from {len(kept)} starts. {int(kept.sum())} of them end at"
        f" one of the non-zero states;"
        f" the ends are {', '.join(f'({x:.1f}, {y:.1f})' for x, y in ends.T)}."
    )
    return fig


FLOOR = 1e-14


def merging(result: Merging) -> Live:
    """Live: eigenvalues of the leaky map, one unit in both runs, and the distance of the two states."""
    fig, axes = canvas(1, 3, width=8.0, height=2.7, width_ratios=(1, 1.2, 1.2))
    plane, unit, distance = axes
    angle = np.linspace(0, 2 * np.pi, 200)
    plane.plot(np.cos(angle), np.sin(angle), color=QUIET, lw=1)
    (dots,) = plane.plot([0], [0], ".", color=BLUE, ms=3)
    plane.set(xlim=(-2.7, 2.7), ylim=(-2.7, 2.7), aspect="equal")
    label(plane, "eigenvalues", "real", "imaginary")
    t = np.arange(len(result.distance))
    (first,) = unit.plot(t[:80], t[:80], color=BLUE, lw=1.3, label="one start")
    (second,) = unit.plot(t[:80], t[:80], "--", color=VERMILION, lw=1.3, label="another")
    unit.set_ylim(-1.1, 1.5)
    label(unit, "one unit, twice", "time step t", "state", key="upper right")
    (line,) = distance.plot(t, np.ones(len(t)), color=INK, lw=1.6)
    distance.set_yscale("log")
    distance.set_ylim(FLOOR, 1e2)
    label(distance, "distance of the states", "time step t", "")

    def update(result: Merging) -> None:
        dots.set_data(result.eigenvalues.real, result.eigenvalues.imag)
        first.set_data(t[:80], result.units[:80, 0])
        second.set_data(t[:80], result.units[:80, 1])
        line.set_data(t, np.maximum(result.distance, FLOOR))

    update(result)
    return fig, update


def merging_words(result: Merging) -> str:
    """Whether the two runs forget their starts, in one sentence."""
    radius, last = np.abs(result.eigenvalues).max(), result.distance[-1]
    verdict = "have merged" if last < 1e-3 * result.distance[0] else "are still apart"
    return (
        f"ρ = {result.knobs.rho:.2f}, input size {result.size:.2f}, leak α ="
        f" {result.knobs.alpha:.2f}: the leaky map has spectral radius"
        f" {radius:.2f}, and after {len(result.distance) - 1} steps the two runs {verdict}."
    )


def edge(result: Edge) -> Drawing:
    """Memory capacity over ρ with the Jacobian's radius, and how it is spread over delays."""
    fig, (ax, spread) = canvas(1, 2, height=2.9)
    ax.plot(result.rhos, result.capacities, "o-", color=BLUE, ms=4, lw=1.6, label="memory capacity")
    best = int(result.capacities.argmax())
    other = ax.twinx()
    other.plot(
        result.rhos, result.radii, "s--", color=VERMILION, ms=3, lw=1.2, label="radius of the Jacobian"
    )
    other.set_ylim(0, 2)
    other.set_ylabel("mean |λ| max of J", color=VERMILION)
    other.grid(False)
    other.spines[["top", "left"]].set_visible(False)
    ax.set_ylim(0, None)
    label(ax, f"Memory peaks at ρ = {result.rhos[best]:g}", "spectral radius ρ", "capacity (delays)")
    picks = [0, best, len(result.rhos) - 1]
    for p, colour, style in zip(picks, SERIES, STYLES, strict=False):
        spread.plot(
            np.arange(1, 61),
            result.profiles[p][:60],
            style,
            color=colour,
            lw=1.6,
            label=f"ρ = {result.rhos[p]:g}",
        )
    label(spread, "Where the memory sits", "delay k", "$r_k^2$", key="upper right")
    fig.alt = (
        f"Left: memory capacity rises from {result.capacities[0]:.0f} at ρ = {result.rhos[0]:g}"
        f" to {result.capacities[best]:.0f}"
        f" at ρ = {result.rhos[best]:g}, where the Jacobian's mean spectral radius is"
        f" {result.radii[best]:.2f}, and falls to"
        f" {result.capacities[-1]:.0f} at ρ = {result.rhos[-1]:g}. Right: squared correlation"
        f" over the delay for three of them."
    )
    return fig


def explore(result: Explored) -> Live:
    """Live: eigenvalues, echoes, a free run and its error, for a thousand units."""
    fig, ((plane, sound), (course, error)) = canvas(2, 2, width=8.0, height=4.4, width_ratios=(1, 1.5))
    angle = np.linspace(0, 2 * np.pi, 200)
    plane.plot(np.cos(angle), np.sin(angle), color=QUIET, lw=1)
    (dots,) = plane.plot([0], [0], ".", color=BLUE, ms=2)
    plane.set(xlim=(-1.9, 1.9), ylim=(-1.9, 1.9), aspect="equal")
    label(plane, "eigenvalues of the leaky map", "real", "imaginary")
    lines = [
        sound.plot([0], [0], style, color=colour, lw=1.2)[0]
        for colour, style in zip((*SERIES, INK, QUIET), (*STYLES, "-", "--"), strict=True)
    ]
    sound.set_xlim(0, len(result.echoes))
    label(sound, "echoes of one impulse in six units", "step after it", "state")
    t = np.arange(1, len(result.truth) + 1)
    (true,) = course.plot(t, t, color=QUIET, lw=2.5, label="signal")
    (said,) = course.plot(t, t, "--", color=VERMILION, lw=1.2, label="free run")
    course.set_ylim(0, 2.1)
    label(course, "free run", "steps ahead", "signal", key="upper right")
    (curve,) = error.plot(t[:HORIZON], t[:HORIZON], color=BLUE, lw=1.8)
    (dot,) = error.plot([HORIZON], [0], "o", color=BLUE, ms=6)
    error.axhline(0, color=QUIET, lw=1, ls=":")
    error.set_ylim(-5.5, 1.5)
    error.set_xlim(0, HORIZON + 4)
    label(error, "test error (0: no better than the mean)", "steps ahead", "log$_{10}$ NRMSE")

    def update(result: Explored) -> None:
        dots.set_data(result.eigenvalues.real, result.eigenvalues.imag)
        for line, echo in zip(lines, result.echoes.T, strict=True):
            line.set_data(np.arange(len(echo)), echo)
        sound.set_ylim(*_symmetric(np.abs(result.echoes).max()))
        true.set_data(t, result.truth)
        said.set_data(t, np.clip(result.ys, -1, 3))
        curve.set_data(t[:HORIZON], result.errors)
        dot.set_data([HORIZON], [result.score])

    update(result)
    return fig, update


def _symmetric(size: float) -> tuple[float, float]:
    """Limits that move in steps."""
    reach = next((step for step in (0.02, 0.05, 0.1, 0.2, 0.5, 1.0) if size < step), 2.1)
    return -reach, reach


def explore_words(result: Explored) -> str:
    """The setting and its error, in one sentence or two."""
    rho, alpha, scale = result.knobs
    mistake = "" if result.mistake == NO_MISTAKE else f" With the mistake “{result.mistake}”."
    return (
        f"ρ = {rho:.2f}, α = {alpha:.2f}, input scale {scale:.2g}: spectral radius of the leaky"
        f" map {result.radius:.2f};"
        f" log10 NRMSE {result.errors[0]:.1f} one step ahead and {result.score:.1f} at 84 ({result.solver}).{mistake}"
    )


def knob_map(stored: dict) -> Drawing:
    """The stored sweep: error over ρ and α, and over the input scale."""
    grid = np.array(stored["rho_alpha"])
    fig, (ax, line) = canvas(1, 2, height=3.0)
    picture = ax.imshow(grid.T, origin="lower", aspect="auto", cmap=SEQUENTIAL, vmin=-3, vmax=0)
    ax.set_xticks(range(len(stored["rhos"])), [f"{rho:g}" for rho in stored["rhos"]])
    ax.set_yticks(range(len(stored["alphas"])), [f"{alpha:g}" for alpha in stored["alphas"]])
    ax.grid(False)
    r, a = np.unravel_index(grid.argmin(), grid.shape)
    ax.plot([r], [a], "*", color=VERMILION, ms=12)
    fig.colorbar(picture, ax=ax, label="log$_{10}$ NRMSE$_{84}$")
    label(
        ax, f"Best at ρ = {stored['rhos'][r]:g}, α = {stored['alphas'][a]:g}", "spectral radius ρ", "leak α"
    )
    line.plot(stored["scales"], stored["scale"], "o-", color=BLUE, ms=4, lw=1.6)
    line.set_xscale("log")
    best = int(np.argmin(stored["scale"]))
    label(line, f"Best input scale: {stored['scales'][best]:g}", "input scale", "log$_{10}$ NRMSE$_{84}$")
    fig.alt = (
        f"Left: map of the 84-step error over ρ and α, lowest, {grid.min():.1f}, at ρ = {stored['rhos'][r]:g} and"
        f" α = {stored['alphas'][a]:g}, highest {grid.max():.1f}. Right: the error over the input scale, lowest,"
        f" {stored['scale'][best]:.1f}, at {stored['scales'][best]:g}."
    )
    return fig


def sizes(stored: dict) -> Drawing:
    """The stored sweep over the number of units, with quartiles over reservoirs."""
    fig, (chaos, narma) = canvas(1, 2, height=2.8)
    M = stored["M"]
    for ax, name, colour, style, text in (
        (chaos, "mackey_glass", BLUE, "o-", "states"),
        (narma, "narma", BLUE, "o-", "states"),
        (narma, "narma_squares", VERMILION, "s--", "states and squares"),
    ):
        low, middle, high = np.quantile(stored[name], [0.25, 0.5, 0.75], axis=1)
        ax.plot(M, middle, style, color=colour, ms=4, lw=1.6, label=text)
        ax.fill_between(M, low, high, color=colour, alpha=0.2, lw=0)
        ax.set_xscale("log")
        ax.set_xticks(M, [str(m) for m in M], fontsize=8)
        ax.minorticks_off()
    chaos.axhline(-4.2, color=INK, lw=1, ls=":")
    chaos.text(M[0], -4.6, "published, 1,000 units", fontsize=8.5)
    label(chaos, "Mackey–Glass: each doubling pays", "units M", "log$_{10}$ NRMSE$_{84}$")
    label(narma, "NARMA-10: so it does here", "units M", "NRMSE", key="upper right")
    medians = ", ".join(
        f"{m} units {np.median(v):.1f}" for m, v in zip(M, stored["mackey_glass"], strict=True)
    )
    more = ", ".join(f"{m} units {np.median(v):.2f}" for m, v in zip(M, stored["narma"], strict=True))
    fig.alt = (
        f"Median error over {len(stored['narma'][0])} reservoirs. Mackey–Glass, log10 NRMSE84:"
        f" {medians}. NARMA-10, NRMSE: {more}."
    )
    return fig


def liquid(spikes: np.ndarray, truth: np.ndarray, answers: dict[str, np.ndarray]) -> Drawing:
    """Spikes (T, N) as a raster, and what read-outs of two reservoirs say."""
    fig, (raster, ax) = canvas(2, height=3.4, sharex=True)
    t, n = np.nonzero(spikes)
    raster.plot(t, n, "|", color=INK, ms=2, mew=0.6)
    label(raster, f"{spikes.shape[1]} spiking neurons, {spikes.mean():.2f} spikes a step each", "", "neuron")
    ax.plot(truth, color=QUIET, lw=3, label="signal, ten steps on")
    for (name, y), colour, style in zip(answers.items(), (VERMILION, BLUE), ("--", ":"), strict=True):
        ax.plot(y, style, color=colour, lw=1.4, label=name)
    label(ax, "Both are read by a weighted sum", "time step t", "signal", key="lower left")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.28), ncols=3, frameon=False, fontsize=9)
    gaps = ", ".join(f"{name} {np.sqrt(np.mean((y - truth) ** 2)):.2g}" for name, y in answers.items())
    fig.alt = (
        f"Above, a raster of {len(t)} spikes of {spikes.shape[1]} neurons over {len(spikes)}"
        f" steps. Below, the signal ten steps on"
        f" and two answers; root mean square distances: {gaps}."
    )
    return fig
