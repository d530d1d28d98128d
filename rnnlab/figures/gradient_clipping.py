"""The still figures of lecture 05."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnnlab.analysis.one_unit import cost_and_gradient, fixed_points, folds, orbit, reach, wall
from rnnlab.analysis.temporal_order_runs import METHODS
from rnnlab.figures.canvas import Drawing, canvas, label
from rnnlab.figures.palette import AMBER, BLUE, GREEN, INK, QUIET, SERIES, STYLES, VERMILION


def thrown(path: np.ndarray, shown: int = 30) -> Drawing:
    """The opening: cost and length of the gradient along plain descent on two weights."""
    fig, (left, right) = canvas(cols=2, height=2.5)
    E, g_w, g_b = cost_and_gradient(*path[: shown + 1].T)
    n, norms = np.arange(shown + 1), np.hypot(g_w, g_b)
    left.plot(n, E, "o-", color=BLUE, ms=3, lw=1)
    label(left, "Learning, until it stops for ever", "update", "cost")
    worst = int(norms.argmax())
    right.plot(n, np.maximum(norms, 1e-12), "o-", color=BLUE, ms=3, lw=1)
    right.plot(worst, norms[worst], "o", color=VERMILION, ms=6)
    right.set_yscale("log")
    right.set_ylim(1e-12, 1e6)
    label(right, f"One gradient, at update {worst}, is long", "update", "length of the gradient")
    fig.alt = (
        f"Left: the cost falls from {E[0]:.3f} to {E[: worst + 1].min():.3f} within {worst} updates, with jumps to"
        f" {E[: worst + 1].max():.2f}, and is then {E[-1]:.2f} at every update. Right: the gradient is between"
        f" {norms[:worst].min():.2f} and {norms[:worst].max():.2f} long before update {worst}, {norms[worst]:.2g}"
        " there, and zero to all digits afterwards."
    )
    return fig


def two_powers(names: tuple[str, ...], matrices: tuple[np.ndarray, ...], steps: int = 40) -> Drawing:
    """‖Wⁿ‖ for matrices that have one spectral radius, with ρⁿ."""
    fig, ax = canvas(height=2.5, width=5.6)
    n, words = np.arange(steps + 1), []
    rho = np.abs(np.linalg.eigvals(matrices[0])).max()
    for name, W, colour, style in zip(names, matrices, SERIES, STYLES, strict=False):
        lengths = np.array([np.linalg.norm(np.linalg.matrix_power(W, k), 2) for k in n])
        ax.plot(n, lengths, style, color=colour, lw=1.8, label=name)
        words.append(f"{name} is largest at n = {lengths.argmax()} with {lengths.max():.2f}")
    ax.plot(n, rho**n, ":", color=INK, lw=1.2, label=f"{rho:.1f}$^n$")
    ax.set_yscale("log")
    label(
        ax,
        f"Every eigenvalue is {rho:.1f}, and one product grows first",
        "steps back n",
        "$\\|W^n\\|$",
        key="lower left",
    )
    fig.alt = f"Norms of powers of {len(names)} matrices over {steps} steps: {'; '.join(words)}."
    return fig


def memory(rhos: np.ndarray, linear: np.ndarray, tanh: np.ndarray) -> Drawing:
    """Steps until a gradient has fallen to a tenth, at the start of training, against the spectral radius."""
    fig, ax = canvas(height=2.5, width=5.6)
    below = rhos < 1
    ax.plot(rhos[below], np.log(0.1) / np.log(rhos[below]), ":", color=INK, lw=1.2, label="ln 0.1 / ln ρ")
    ax.plot(rhos[below], linear[below], "o-", color=BLUE, ms=4, label="linear (for ρ > 1 it explodes)")
    ax.plot(rhos, tanh, "s--", color=AMBER, ms=4, label="tanh, driven by noise")
    ax.axvline(1, color=QUIET, lw=0.8)
    ax.set_yscale("log")
    ax.set_yticks([3, 10, 30, 100], ["3", "10", "30", "100"])
    ax.minorticks_off()
    label(
        ax,
        "How far back a network can learn, before it has learned",
        "spectral radius ρ at the start",
        "steps to a tenth",
        key="upper left",
    )
    i = int(np.flatnonzero(below)[-1])
    fig.alt = (
        f"Steps back until the gradient is a tenth, median of several random networks. At ρ = {rhos[0]:.1f}: linear"
        f" {linear[0]:.0f}, tanh {tanh[0]:.0f}. At ρ = {rhos[i]:.2f}: {linear[i]:.0f} and {tanh[i]:.0f}. At ρ ="
        f" {rhos[-1]:.1f} tanh: {tanh[-1]:.0f}."
    )
    return fig


def far_away(w: float, b: float) -> Drawing:
    """r_100 and |∂r_100/∂r_0| against r_0."""
    fig, (left, right) = canvas(cols=2, height=2.5)
    r0 = np.linspace(-3, 3, 601)
    rs = orbit(r0, w, b, T=100)
    slopes = np.abs(reach(rs, w))
    rests = fixed_points(w, b)
    left.plot(r0, rs[-1], color=BLUE, lw=1.6)
    left.plot(r0, r0, ":", color=QUIET, lw=1)
    left.plot(rests, rests, "o", color=VERMILION, ms=5)
    label(left, "Where it is after 100 steps", "$r_0$", "$r_{100}$")
    right.plot(r0, slopes, color=BLUE, lw=1.2)
    right.set_yscale("log")
    label(right, "How far a nudge gets", "$r_0$", r"$|\partial r_{100}/\partial r_0|$")
    at = int(slopes.argmax())
    fig.alt = (
        f"w = {w}, b = {b}. Left: r_100 is {rs[-1, 0]:.2f} for every start below {r0[at]:.2f} and {rs[-1, -1]:.2f}"
        f" above. Right: the derivative is about 10^{np.log10(slopes[0]):.0f} far from there and"
        f" 10^{np.log10(slopes.max()):.0f} at r_0 = {r0[at]:.2f}."
    )
    return fig


def wedge() -> Drawing:
    """The plane of w and b: one resting place outside the wedge, three inside; and the wall of the start r_0 = ½."""
    fig, ax = canvas(height=2.7, width=5.6)
    w = np.linspace(4.0001, 9, 400)
    low, high = folds(w)
    ax.fill_between(w, low, high, color="#dfe8f3", lw=0)
    ax.plot(w, low, "-", color=BLUE, lw=1.5)
    ax.plot(w, high, "-", color=BLUE, lw=1.5)
    steep = np.linspace(4.2554, 9, 100)
    ax.plot(steep, wall(steep), "--", color=VERMILION, lw=1.5)
    ax.axvline(4, color=QUIET, lw=0.8, ls=":")
    ax.text(7.3, -4.0, "3 resting places", fontsize=9)
    ax.text(4.3, -4.6, "1 resting place", fontsize=9)
    ax.text(1.2, -2.2, "1 resting place,\nwhatever b is", fontsize=9)
    ax.text(6.6, -5.6, "wall for $r_0 = 0.5$", fontsize=9, color=VERMILION, ha="right")
    ax.set(xlim=(0, 9), ylim=(-7, -1))
    label(ax, "Small weights, no bifurcation", "weight w", "bias b")
    fig.alt = (
        "The plane of w and b. Left of w = 4 there is one resting place. From the point (4, -2) a wedge opens to"
        f" the right, in which there are three; at w = 9 it goes from b = {low[-1]:.2f} to {high[-1]:.2f}. Inside runs"
        f" the wall for r_0 = 0.5, from (4.26, {wall(4.2554):.2f}) to (9, {wall(9.0):.2f})."
    )
    return fig


def cost_surface(
    w: np.ndarray, b: np.ndarray, E: np.ndarray, across: np.ndarray, norms: np.ndarray
) -> Drawing:
    """The cost of one unit over its two weights, and the length of its gradient on one line across the wall."""
    fig, (left, right) = canvas(cols=2, height=2.5)
    image = left.imshow(E, origin="lower", extent=(w[0], w[-1], b[0], b[-1]), aspect="auto", cmap="cividis")
    left.grid(False)
    fig.colorbar(image, ax=left, label="cost")
    label(left, "A plain with a wall in it", "weight w", "bias b")
    right.plot(across, norms, color=BLUE, lw=1.2)
    right.set_yscale("log")
    label(right, "Across the wall, at w = 5", "bias b", "length of the gradient")
    fig.alt = (
        f"Left: the cost over w from {w[0]:.1f} to {w[-1]:.1f} and b from {b[0]:.1f} to {b[-1]:.1f} is below 0.1 above"
        f" an oblique line and above 0.3 below it. Right: along w = 5 the gradient is"
        f" {np.median(norms):.2f} long at the middle of the values, and {norms.max():.0f} at the wall."
    )
    return fig


def momentum(
    kappas: list[int], plain: list[int], heavy: list[int], betas: np.ndarray, needed: np.ndarray
) -> Drawing:
    """Steps to one millionth against the condition number; and, at the largest one, against β."""
    fig, (left, right) = canvas(cols=2, height=2.2)
    left.plot(kappas, plain, "o-", color=BLUE, ms=4, label="plain, slope 1")
    left.plot(kappas, heavy, "s--", color=AMBER, ms=4, label="momentum, slope ½")
    left.set(xscale="log", yscale="log")
    label(left, "√κ steps instead of κ", "condition number κ", "steps to $10^{-6}$", key="upper left")
    right.plot(1 - betas, needed, "o-", color=GREEN, ms=3)
    right.set(xscale="log", yscale="log")
    right.invert_xaxis()
    best = int(needed.argmin())
    label(
        right,
        f"A lot, and not more: best β = {betas[best]:.2f}",
        "1 − β    (more momentum →)",
        "$\\ln 10^{-6}$ / ln(slowest factor)",
    )
    fig.alt = (
        f"Left: from κ = {kappas[0]} to {kappas[-1]} plain descent goes from {plain[0]} to {plain[-1]} steps,"
        f" momentum from {heavy[0]} to {heavy[-1]}. Right: at κ = {kappas[-1]}, {needed[0]:.0f} steps with"
        f" β = {betas[0]:.2f}, fewest, {needed[best]:.0f}, at {betas[best]:.2f}, and {needed[-1]:.0f} at"
        f" {betas[-1]:.3f}."
    )
    return fig


def solved(values: dict[str, Any]) -> Drawing:
    """Updates until the temporal-order task was solved, a dot a start, and the longest gradient that was met."""
    fig, (left, right) = canvas(cols=2, height=2.5, sharey=True, gridspec_kw={"width_ratios": [1.4, 1]})
    words = []
    for y, (method, colour) in enumerate(zip(METHODS, SERIES, strict=True)):
        updates = np.array(values[method])
        longest = np.array(values[f"{method}: longest gradient"])
        done = updates > 0
        spread = y + np.linspace(-0.25, 0.25, len(updates))
        left.plot(updates[done], spread[done], "o", color=colour, ms=5)
        left.plot(np.full((~done).sum(), 5300), spread[~done], "x", color=INK, ms=6, mew=1.5)
        right.plot(longest, spread, "o", color=colour, ms=5)
        median = f", median {np.median(updates[done]):.0f} updates" if done.any() else ""
        words.append(
            f"{method}: {done.sum()} of {len(updates)} solved{median}, longest gradient {longest.max():.2g}"
        )
    left.set(yticks=range(len(METHODS)), xlim=(0, 5600))
    left.set_yticklabels(METHODS)
    right.set_xscale("log")
    label(left, "Solved (crosses: not in 5,000 updates)", "updates", "")
    label(right, "Longest gradient met", "length, before clipping", "")
    fig.alt = "; ".join(words) + "."
    return fig
