"""The live figures of lecture 05."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rnnlab.analysis.one_unit import B_AXIS, TARGET, W_AXIS, Step, wall
from rnnlab.analysis.spectra import BACK, ThroughTime
from rnnlab.analysis.steady_states import LATER, WEIGHTS, SteadyStates
from rnnlab.figures.canvas import Drawing, canvas, label
from rnnlab.figures.palette import AMBER, BLUE, GREEN, INK, QUIET, VERMILION

LEAST, MOST = 1e-12, 1e12  # of the logarithmic axes


def through_time(result: ThroughTime) -> tuple[Drawing, Callable[[ThroughTime], None]]:
    """Live: eigenvalues in the plane, and the length of the gradient against steps back in time."""
    fig, (time, plane) = canvas(cols=2, height=3.2, gridspec_kw={"width_ratios": [1.5, 1]})
    turn = np.linspace(0, 2 * np.pi, 200)
    plane.plot(np.cos(turn), np.sin(turn), "-", color=QUIET, lw=1)
    (values,) = plane.plot([0], [0], "o", color=BLUE, ms=4)
    plane.set_aspect("equal")
    label(plane, "Eigenvalues", "real part", "imaginary part")
    n = np.arange(BACK + 1)
    (lengths,) = time.plot(n, n + 1.0, "-", color=BLUE, lw=1.8, label="measured")
    (shown,) = time.plot(n, n + 1.0, "--", color=AMBER, lw=1.4, label="the curve chosen")
    (broken,) = time.plot([], [], "x", color=VERMILION, ms=5, mew=1.4, label="above it")
    time.axhline(1, color=QUIET, lw=0.8)
    time.set_yscale("log")
    label(time, "Length of the gradient", "steps back in time n", "length, 1 at n = 0", key="lower left")

    def update(result: ThroughTime) -> None:
        values.set_data(result.eigenvalues.real, result.eigenvalues.imag)
        span = 1.15 * max(1.0, result.rho)
        plane.set(xlim=(-span, span), ylim=(-span, span))
        measured = np.clip(result.lengths, LEAST, MOST)
        lengths.set_data(n, measured)
        shown.set_data(n, np.clip(result.shown, LEAST, MOST))
        above = above_the_bound(result)
        broken.set_data(n[above], measured[above])
        time.set_ylim(max(LEAST, 0.3 * measured.min()), min(MOST, 3 * max(measured.max(), 10.0)))

    update(result)
    return fig, update


def above_the_bound(result: ThroughTime) -> np.ndarray:
    """Where the gradient is longer than the curve that is said to bound it."""
    return result.lengths > result.shown * (1 + 1e-9)


def through_time_words(result: ThroughTime) -> str:
    """Radius, norm, length at the far end, and where it is longest."""
    longest = int(result.lengths.argmax())
    above = int(above_the_bound(result).sum())
    curve = "ρ to the n" if result.by_radius else "the norm of W to the n"
    size = f"inputs of size {result.drive:.2f}"
    squashed = result.tanh and result.drive > 0
    felt = (
        f"With {size} the slopes are below one."
        if squashed
        else f"All slopes are one: {size} change nothing."
    )
    return (
        f"Spectral radius {result.rho:.2f}, spectral norm {result.sigma:.2f}. After {BACK} steps back the gradient"
        f" has {result.lengths[-1]:.1e} of its length; it is longest {longest} steps back, with"
        f" {result.lengths[longest]:.2g}. It is above {curve} at {above} of {BACK} steps. {felt}"
    )


def steady_states(result: SteadyStates) -> tuple[Drawing, Callable[[SteadyStates], None]]:
    """Live: resting places against the weight, one run of 100 steps, and how far a nudge of its start gets."""
    fig, (diagram, run, nudge) = canvas(cols=3, height=2.9, gridspec_kw={"width_ratios": [1.5, 1, 1]})
    (firm,) = diagram.plot([0], [0], "-", color=BLUE, lw=1.8, label="stable")
    (loose,) = diagram.plot([0], [0], ":", color=VERMILION, lw=1.8, label="unstable")
    (now,) = diagram.plot([0], [0], "|", color=INK, ms=400, mew=0.8)
    (here,) = diagram.plot([0], [0], "o", color=BLUE, ms=6)
    (there,) = diagram.plot([0], [0], "o", mfc="white", mec=VERMILION, mew=1.5, ms=6)
    diagram.set(xlim=WEIGHTS, ylim=(-1.1, 1.1))
    label(diagram, "Resting places", "weight w", "h", key="lower left")
    t = np.arange(LATER + 1)
    (path,) = run.plot(t, t, "-", color=BLUE, lw=1.4)
    run.set(ylim=(-1.1, 1.1), xlim=(-2, LATER + 2))
    label(run, "A run", "time step t", "$h_t$")
    (reach,) = nudge.plot(t, t + 1.0, "-", color=GREEN, lw=1.6)
    nudge.axhline(1, color=QUIET, lw=0.8)
    nudge.set_yscale("log")
    nudge.set_xlim(-2, LATER + 2)
    label(nudge, r"$|\partial h_t/\partial h_0|$", "time step t", "")

    def update(result: SteadyStates) -> None:
        firm.set_data(np.where(result.stable, result.weights, np.nan), result.rests)
        loose.set_data(np.where(result.stable, np.nan, result.weights), result.rests)
        now.set_data([result.w], [0])
        good = result.here_stable
        here.set_data(np.full(good.sum(), result.w), result.here[good])
        there.set_data(np.full((~good).sum(), result.w), result.here[~good])
        path.set_data(t, result.hs)
        drawn = np.clip(result.reach, LEAST, MOST)
        reach.set_data(t, drawn)
        nudge.set_ylim(max(LEAST, 0.3 * drawn.min()), 3 * max(drawn.max(), 1.0))

    update(result)
    return fig, update


def steady_states_words(result: SteadyStates) -> str:
    """How many resting places, where the run ends, and what is left of a nudge."""
    firm = int(result.here_stable.sum())
    return (
        f"w = {result.w:.2f}, b = {result.b:.2f}: {len(result.here)} resting place{'s' * (len(result.here) > 1)},"
        f" {firm} of them stable. From h_0 = {result.hs[0]:.2f} the unit comes to {result.hs[-1]:.3f} after {LATER}"
        f" steps, and a nudge of h_0 is multiplied by {result.reach[-1]:.1e}; at most by {result.reach.max():.2g}"
        " on the way."
    )


def cliff(result: Step) -> tuple[Drawing, Callable[[Step], None]]:
    """Live: the cost over (w, b) with one step from a point that can be dragged, and a cut along the gradient."""
    fig, (plane, cut) = canvas(cols=2, height=3.1, gridspec_kw={"width_ratios": [1.25, 1]})
    extent, most = (*W_AXIS, *B_AXIS), TARGET**2  # a unit that ends at nought
    image = plane.imshow(
        np.zeros((2, 2)), origin="lower", extent=extent, aspect="auto", cmap="cividis", vmin=0, vmax=most
    )
    plane.grid(False)
    fig.colorbar(image, ax=plane, label="cost", shrink=0.9)
    steep = np.linspace(4.26, 6, 50)
    plane.plot(steep, wall(steep), ":", color="white", lw=1)
    (plain,) = plane.plot([0], [0], "--", color="white", lw=1.8)
    (ruled,) = plane.plot([0], [0], "-", color=VERMILION, lw=2.4)
    (plain_end,) = plane.plot([0], [0], "s", mfc="white", mec=INK, ms=7)
    (end,) = plane.plot([0], [0], "o", mfc=VERMILION, mec="white", ms=7)
    (start,) = plane.plot([0], [0], "o", mfc=AMBER, mec=INK, ms=9)
    plane.set(xlim=W_AXIS, ylim=B_AXIS)
    label(plane, "One step, plain (dashed) and by the rule", "weight w", "bias b")
    (profile,) = cut.plot([0], [0], "-", color=BLUE, lw=1.6)
    (at,) = cut.plot([0], [0], "o", mfc=AMBER, mec=INK, ms=9)
    (far,) = cut.plot([0], [0], "s", mfc="white", mec=INK, ms=7)
    (near,) = cut.plot([0], [0], "o", mfc=VERMILION, mec="white", ms=7)
    cut.set(ylim=(-0.02, 0.55), xlim=(-0.63, 0.63))
    label(cut, "Cost along the gradient", "distance downhill", "cost")

    def update(result: Step) -> None:
        image.set_data(result.surface)
        for line, dot, goal in ((plain, plain_end, result.plain), (ruled, end, result.ruled)):
            inside = _to_the_edge(result.at, goal)
            line.set_data([result.at[0], inside[0]], [result.at[1], inside[1]])
            dot.set_data([inside[0]], [inside[1]])
        start.set_data([result.at[0]], [result.at[1]])
        profile.set_data(result.along, result.profile)
        at.set_data([0], [result.cost])
        norm = np.linalg.norm(result.gradient)
        downhill = -result.gradient / norm if norm > 0 else np.zeros(2)
        for dot, goal, cost in (
            (far, result.plain, result.costs[0]),
            (near, result.ruled, result.costs[1]),
        ):
            ahead = float((goal - result.at) @ downhill)
            dot.set_data([np.clip(ahead, -0.6, 0.6)], [cost])

    update(result)
    return fig, update


def _to_the_edge(at: np.ndarray, goal: np.ndarray) -> np.ndarray:
    """The goal, or the last place on the way to it that is inside the picture."""
    share = 1.0
    for start, end, (lo, hi) in zip(at, goal, (W_AXIS, B_AXIS), strict=True):
        if end > hi:
            share = min(share, (hi - start) / (end - start))
        elif end < lo:
            share = min(share, (lo - start) / (end - start))
    return at + share * (goal - at)


def cliff_words(result: Step) -> str:
    """Length of the gradient, where both steps end, and the cost there."""
    norm = float(np.linalg.norm(result.gradient))
    moved = float(np.linalg.norm(result.ruled - result.at))
    turned = _angle(result.ruled - result.at, -result.gradient)
    return (
        f"At ({result.at[0]:.2f}, {result.at[1]:.2f}) the cost after {result.T} steps is {result.cost:.3f} and its"
        f" gradient {norm:.3g} long."
        f" A plain step with μ = {result.lr:.2g} goes {result.lr * norm:.3g} far, to a cost of {result.costs[0]:.3f};"
        f" by the rule ({result.rule}, {result.threshold:.2g}) it goes {moved:.3g} far, {turned:.0f}° from downhill,"
        f" to a cost of {result.costs[1]:.3f}."
    )


def _angle(step: np.ndarray, downhill: np.ndarray) -> float:
    size = float(np.linalg.norm(step) * np.linalg.norm(downhill))
    return float(np.degrees(np.arccos(np.clip(step @ downhill / size, -1, 1)))) if size > 0 else 0.0
