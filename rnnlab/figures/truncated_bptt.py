"""The figures of lecture 09."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rnnlab.analysis import influence_walks, online_walks
from rnnlab.analysis.influence_walks import InfluenceWalk
from rnnlab.analysis.online_walks import Noise, Walk
from rnnlab.figures.canvas import Drawing, canvas, label
from rnnlab.figures.palette import AMBER, BLUE, FAINT, GREEN, INK, QUIET, SEQUENTIAL, VERMILION
from rnnlab.systems.gaussian_toy import (
    largest_frozen_rate,
    largest_full_rate,
    largest_online_rate,
    sum_of_squares,
)

Live = tuple[Drawing, Callable]
PLANE = (r"$\sqrt{2\eta}\,m$, error of the state", r"parameter $\theta$")


def downhill_in_circles(full: Walk, online: Walk) -> Drawing:
    """The opening: θ under full gradients and under truncated ones, and the path of the second in the plane."""
    fig, (time, plane) = canvas(cols=2, height=2.7, width=7.0)
    time.plot(full.theta, "--", color=AMBER, lw=1.8, label=f"full gradient, η = {full.lr:g}")
    time.plot(online.theta, "-", color=BLUE, lw=1.0, label=f"truncated, η = {online.lr:g}")
    time.set_ylim(-1.3, 1.9)
    label(time, "One arrives, one does not", "time step", r"parameter $\theta$", key="upper right")
    plane.plot((2 * online.lr) ** 0.5 * online.m, online.theta, color=BLUE, lw=0.8)
    plane.plot([0], [1], "o", color=INK, ms=5)
    plane.set_aspect("equal", adjustable="datalim")
    label(plane, "State and parameter go round", *PLANE)
    fig.alt = (
        f"Left: over {len(online.theta) - 1} time steps θ falls from 1 to {full.theta[-1]:.2g} with full gradients,"
        f" and swings between {online.theta.min():.2f} and {online.theta.max():.2f} with truncated ones, without"
        f" getting smaller. Right: state and parameter run along one closed curve."
    )
    return fig


def triangles(p: int, factors: np.ndarray) -> Drawing:
    """Which terms of the gradient's triangle are kept, and with which weight: four ways. factors (T − 1,)."""
    T = len(factors) + 1
    t, k = np.mgrid[1 : T + 1, 1 : T + 1]
    below = t >= k
    blocks = (t - 1) // p == (k - 1) // p
    random = np.ones((T, T))
    for i in range(T):
        for j in range(i):
            random[i, j] = factors[j:i].prod()
    kinds = {
        "BPTT: all": below * 1.0,
        f"{p}-truncated": (below & (t - k < p)) * 1.0,
        f"In blocks of {p}": (below & blocks) * 1.0,
        "ARTBP, one draw": np.where(below, random, 0.0),
    }
    fig, axes = canvas(cols=4, height=2.7, width=8.0, sharey=True)
    for ax, (title, weights) in zip(axes, kinds.items(), strict=True):
        shown = np.where(below & (weights > 0), weights, np.nan)
        corners = (0.5, T + 0.5, T + 0.5, 0.5)
        ax.imshow(shown, cmap=SEQUENTIAL + "_r", vmin=0.0, vmax=max(2.5, random.max()), extent=corners)
        ax.plot([0.5, T + 0.5], [0.5, T + 0.5], color=FAINT, lw=0.8)
        ax.grid(False)
        ax.set(xticks=range(1, T + 1, 2), yticks=range(1, T + 1, 2))
        label(ax, title, "use at k", "loss at t" if ax is axes[0] else "")
    kept = ", ".join(f"{title} {int((w > 0).sum())}" for title, w in kinds.items())
    fig.alt = (
        f"Four triangles of {T * (T + 1) // 2} terms. Kept: {kept}. The terms that ARTBP keeps have weights"
        f" from 1 to {random.max():.2f}."
    )
    return fig


def memory(Ts: list[int], kept: dict[str, list[int]]) -> Drawing:
    """Numbers kept for the way back, against the length of the sequence."""
    fig, ax = canvas(height=2.8, width=6.0)
    looks = ((AMBER, "o--"), (BLUE, "s-"), (GREEN, "^:"), (GREEN, "v-."))
    for (name, numbers), (colour, style) in zip(kept.items(), looks, strict=True):
        ax.plot(Ts, numbers, style, color=colour, ms=5, label=name)
    ax.set_xscale("log")
    ax.set_yscale("log")
    label(ax, "Only BPTT keeps the whole sequence", "time steps T", "numbers kept", key="upper left")
    fig.alt = f"Numbers kept from T = {Ts[0]} to {Ts[-1]}: " + "; ".join(
        f"{name} {n[0]} to {n[-1]}, at most {max(n)}" for name, n in kept.items()
    )
    return fig


def multipliers(T: int) -> Drawing:
    """By what one pass multiplies θ, against the rate: full, frozen truncated, online with reset."""
    fig, ax = canvas(height=2.9, width=7.0)
    rates = np.geomspace(2e-4, 1.9, 3000)
    curves = {
        "full gradient": (1 - 2 * rates * sum_of_squares(T), AMBER, "--", largest_full_rate(T)),
        "truncated, frozen": (1 - rates * T * (T + 1), GREEN, "-.", largest_frozen_rate(T)),
        "truncated, online, reset": (
            np.asarray(online_walks.online_pass(rates, T)),
            BLUE,
            "-",
            largest_online_rate(T),
        ),
    }
    ax.axhspan(-1, 1, color=FAINT, alpha=0.5)
    for name, (multiplier, colour, style, limit) in curves.items():
        ax.plot(rates, multiplier, style, color=colour, lw=1.6, label=f"{name}: below {limit:.4f}")
        ax.plot([limit], [-1], "o", color=colour, ms=6)
    ax.set_xscale("log")
    ax.set_ylim(-2.2, 3.2)
    label(
        ax,
        "In the grey band θ comes nearer",
        "learning rate η",
        r"$\theta$ after a pass, from 1",
        key="upper left",
    )
    fig.alt = (
        f"What one pass of {T} steps multiplies θ by. It leaves the band from -1 to 1 first at: "
        + ", ".join(f"{name} {limit:.4f}" for name, (_, _, _, limit) in curves.items())
    )
    return fig


def walk(result: Walk) -> Live:
    """Live: θ over time, and the path in the plane of state and parameter."""
    fig, (time, plane) = canvas(cols=2, height=3.0)
    edge = online_walks.EDGE
    time.axhline(0, color=QUIET, lw=0.8)
    (path,) = time.plot([0], [0], color=BLUE, lw=1.2)
    time.set(xlim=(0, online_walks.STEPS), ylim=(-edge, edge))
    label(time, r"θ against time; θ* = 0", "time step", PLANE[1])
    angle = np.linspace(0, 2 * np.pi, 200)
    plane.plot(np.cos(angle), np.sin(angle), color=FAINT, lw=1.2)
    (orbit,) = plane.plot([0], [0], color=BLUE, lw=0.9, marker=".", ms=3)
    (end,) = plane.plot([0], [0], "s", color=VERMILION, ms=6)
    plane.set(xlim=(-edge, edge), ylim=(-edge, edge))
    label(plane, "State and parameter", *PLANE)
    verdict = time.text(0.03, 0.93, "", transform=time.transAxes, va="top", color=INK)

    def update(result: Walk) -> None:
        scaled = (2 * result.lr) ** 0.5 * result.m
        path.set_data(np.arange(len(result.theta)), result.theta)
        orbit.set_data(scaled, result.theta)
        end.set_data(scaled[-1:], result.theta[-1:])
        verdict.set_text(f"leaves at step {result.left}" if result.left else "")

    update(result)
    return fig, update


def walk_words(result: Walk) -> str:
    """What becomes of θ, in one or two sentences."""
    often = "step" if result.p == 1 else f"{result.p} steps"
    how = "updated every 10 steps" if result.frozen else f"updated every {often}"
    state = "reset every 10 steps" if result.reset else "carried on"
    slip = "" if result.mistake == "none" else f"With the mistake ({result.mistake}): "
    if result.left:
        end = f"the path leaves the picture at step {result.left}"
    else:
        late = np.abs(result.theta[-40:]).max()
        end = f"after {len(result.theta) - 1} steps |θ| is at most {late:.3g}"
    if result.mistake == "detach before the loss":
        trend = "no gradient reaches θ, which stays where it is"
    elif result.growth == 0.0:
        trend = "each old gradient is used again and again"
    elif abs(result.growth - 1) < 1e-9:
        trend = "it neither grows nor shrinks, for ever"
    else:
        percent = 100 * (result.growth**10 - 1)
        trend = f"every 10 steps it {'grows' if percent > 0 else 'shrinks'} by {abs(percent):.3g} %"
    return f"{slip}p = {result.p}, η = {result.lr:.3g}, θ {how}, the state {state}: {end}; {trend}."


def noise(result: Noise) -> Live:
    """Live: learners with sampled starts, and the variance in which they end, against the rate."""
    fig, (paths, ax) = canvas(cols=2, height=3.0)
    k = np.arange(len(result.paths))
    lines = paths.plot(k, result.paths, color=BLUE, lw=0.6, alpha=0.5)
    paths.axhline(0, color=INK, lw=0.8)
    paths.set_xlim(0, len(k) - 1)
    label(paths, "Twelve learners of 400", "pass", r"parameter $\theta$")
    (curve,) = ax.plot(
        result.fractions, result.predicted, color=BLUE, lw=1.8, label="predicted, constant rate"
    )
    (dot,) = ax.plot([0.5], [1], "s", color=VERMILION, ms=8, label="measured, second half")
    ax.set_yscale("log")
    ax.set(xlim=(0, 1), ylim=(1e-4, 100))
    label(
        ax,
        "The rate sets the variance",
        r"rate $\eta S_2$, of the limit",
        r"variance of $\theta$",
        key="upper left",
    )

    def update(result: Noise) -> None:
        for line, path in zip(lines, result.paths.T, strict=True):
            line.set_data(k, path)
        reach = next((r for r in (0.5, 1.5, 5.0, 20.0) if np.abs(result.paths[20:]).max() < r), 60.0)
        paths.set_ylim(-reach, reach)
        curve.set_data(result.fractions, result.predicted)
        dot.set_data([result.fraction], [result.measured])

    update(result)
    return fig, update


def noise_words(result: Noise) -> str:
    """Variance measured, and predicted, in one sentence."""
    S2 = sum_of_squares(online_walks.T)
    at = float(np.interp(result.fraction, result.fractions, result.predicted))
    if result.decay:
        return (
            f"η starts at {result.fraction:.2f} of the limit 1/S₂ = {1 / S2:.4f} and falls as 20/(20 + k):"
            f" the variance ends at {result.spread[-1]:.2g}; a constant rate would leave {at:.2g}."
        )
    return (
        f"η at {result.fraction:.2f} of the limit 1/S₂ = {1 / S2:.4f}, σ = {result.sigma:.1f}:"
        f" predicted variance {at:.3g}, measured {result.measured:.3g}."
    )


def influences(reach: np.ndarray, ps: np.ndarray, growths: np.ndarray, lr: float) -> Drawing:
    """What the last j uses of θ do to the loss, and the growth of θ's error when it is learnt in blocks of p."""
    fig, (near, far) = canvas(cols=2, height=2.7)
    j = np.arange(len(reach))
    near.plot(j, reach, color=BLUE, lw=1.8, label=r"$q_j$, the last j uses")
    mean = np.concatenate([[0.0], np.cumsum(reach[1:]) / j[1:]])
    near.plot(j, mean, "--", color=AMBER, lw=1.8, label="mean over a block of j")
    near.axhline(0, color=INK, lw=0.8)
    label(
        near, "Near and far disagree", "uses looked back on, j", r"influence on $h_{t,1}$", key="upper right"
    )
    per_100 = growths ** (100 / ps)
    far.plot(ps, per_100, color=BLUE, lw=1.8)
    far.axhline(1, color=INK, lw=0.8)
    far.fill_between(ps, 1, per_100, where=per_100 > 1, color=VERMILION, alpha=0.25)
    label(far, "Shaded: the error of θ grows", "length of a block, p", "error after 100 steps, from 1")
    stable = ps[growths < 1]
    fig.alt = (
        f"Left: the influence of the last j uses rises to {reach.max():.1f} at j = {int(reach.argmax())}, is negative"
        f" from j = {int(np.argmax(reach[1:] < 0)) + 1} on and ends at {reach[-1]:.1f}; its mean over a block turns"
        f" negative later. Right: at rate {lr:g} the error of θ shrinks for blocks of {stable.min()} to"
        f" {stable.max()} steps and grows for others, up to {per_100.max():.2f} times in 100 steps."
    )
    return fig


def influence(result: InfluenceWalk) -> Live:
    """Live: the path of θ, and what a block of p sees of the influence."""
    fig, (time, near) = canvas(cols=2, height=3.0)
    j = np.arange(len(result.reach))
    (curve,) = near.plot(j, result.reach, color=BLUE, lw=1.8, label=r"$q_j$, the last j uses")
    near.axhline(0, color=INK, lw=0.8)
    (seen,) = near.plot([0, 1], [0, 0], "--", color=AMBER, lw=1.8, label="mean over a block of p")
    (whole,) = near.plot([0, 120], [0, 0], ":", color=GREEN, lw=1.8, label="all uses")
    near.set(xlim=(0, 120), ylim=(-40, 40))
    label(
        near,
        "What a block sees of θ's influence",
        "uses looked back on, j",
        r"influence on $h_{t,1}$",
        key="lower right",
    )
    edge = influence_walks.EDGE
    (path,) = time.plot([0], [0], color=BLUE, lw=1.4)
    (best,) = time.plot([0, influence_walks.HORIZON], [0, 0], ":", color=GREEN, lw=1.8)
    (end,) = time.plot([0], [0], "s", color=VERMILION, ms=6)
    time.set(xlim=(0, influence_walks.HORIZON), ylim=(-edge, edge))
    label(time, "θ against time; dotted: the optimum", "time step", r"parameter $\theta$")
    verdict = time.text(0.97, 0.93, "", transform=time.transAxes, va="top", ha="right", color=INK)

    def update(result: InfluenceWalk) -> None:
        curve.set_data(j, result.reach)
        seen.set_data([0, min(result.p, 120)], [result.seen] * 2)
        whole.set_data([0, 120], [1 / result.best] * 2)
        path.set_data(result.steps, result.theta)
        best.set_data([0, influence_walks.HORIZON], [result.best] * 2)
        end.set_data(result.steps[-1:], result.theta[-1:])
        verdict.set_text(f"leaves at step {result.left}" if result.left else "")

    update(result)
    return fig, update


def influence_words(result: InfluenceWalk) -> str:
    """What a block sees, and where θ is at the end."""
    if result.cuts == influence_walks.CUTS[0]:
        seen, whole = f"{result.seen:.2f}", f"{1 / result.best:.0f}"
        cuts = f"cut every {result.p} steps; a loss sees an influence of {seen} on average, and the whole is {whole}"
    else:
        cuts = f"cut {result.cuts}, {result.p} steps long on average"
    end = (
        f"θ leaves the picture at step {result.left}"
        if result.left
        else f"θ ends at {result.theta[-1]:.4f}, and the optimum is {result.best:.4f}"
    )
    return f"{result.positive} of 23 signs are +1, η = {result.lr:.2g}, {cuts}: {end}."
