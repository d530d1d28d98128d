"""The figures of lecture 01."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rnnlab.analysis.cost_curve import Descent
from rnnlab.analysis.impulse import FREQUENCIES, FourNames, Memory
from rnnlab.figures.canvas import Drawing, canvas, label
from rnnlab.figures.palette import AMBER, BLUE, FAINT, GREEN, INK, QUIET, VERMILION

Live = tuple[Drawing, Callable]
FLOOR, CEILING = 1e-9, 1e6  # the logarithmic axis of the memory figure


def two_roads(short: Memory, long: Memory) -> Drawing:
    """The opening: what is left of an impulse, forward in time, and of a gradient, backward."""
    fig, (forward, backward) = canvas(cols=2, height=2.5, sharey=True)
    t = np.arange(1, len(short.states) + 1)
    for memory, colour, style in ((short, BLUE, "-"), (long, AMBER, "--")):
        forward.plot(t, memory.states, style, marker="o", ms=4, color=colour, label=f"w = {memory.w:g}")
        backward.plot(t, memory.gradients, style, marker="o", ms=4, color=colour)
    T = len(t)
    label(forward, "An impulse fades", "time step t", "state $h_t$", key="upper right")
    label(backward, f"So does the blame for t = {T}", "time step t", r"$\partial h_T/\partial h_t$")
    fig.alt = (
        f"Two panels over {T} time steps. Left: after an impulse, a unit with w = {short.w:g} falls from 1 to"
        f" {short.states[-1]:.5f}, one with w = {long.w:g} to {long.states[-1]:.3f}. Right: the derivative of the last"
        f" state by the first is {short.gradients[0]:.5f} and {long.gradients[0]:.3f}, the same curves reversed."
    )
    return fig


def memory(result: Memory) -> Live:
    """Live: the impulse response as stems, and both magnitudes on a logarithmic axis."""
    fig, (ax, log) = canvas(cols=2, height=2.8)
    t = np.arange(1, len(result.states) + 1)
    ax.axhline(0, color=QUIET, lw=0.8)
    stems = ax.vlines(t, 0, result.states, color=BLUE, lw=1.6)
    (dots,) = ax.plot(t, result.states, "o", color=BLUE, ms=4)
    label(ax, "What the unit still holds", "time step t", "state $h_t$")
    (fade,) = log.plot(t, np.ones_like(t), "-", color=BLUE, lw=1.8, label=r"$|h_t|$, forward")
    (blame,) = log.plot(
        t, np.ones_like(t), "--", color=AMBER, lw=1.8, label=r"$|\partial h_T/\partial h_t|$, backward"
    )
    log.set_yscale("log")
    log.set_ylim(FLOOR, CEILING)
    label(log, "Forward and backward, one slope", "time step t", "magnitude", key="upper center")

    def update(result: Memory) -> None:
        stems.set_segments([[(k, 0), (k, h)] for k, h in zip(t, result.states, strict=True)])
        dots.set_data(t, result.states)
        ax.set_ylim(*_span(result.states))
        fade.set_data(t, np.clip(np.abs(result.states), FLOOR, CEILING))
        blame.set_data(t, np.clip(np.abs(result.gradients), FLOOR, CEILING))

    update(result)
    return fig, update


def memory_words(result: Memory) -> str:
    """What the memory figure shows, in one sentence."""
    T, kind = len(result.states), "tanh" if result.squashed else "linear"
    left, blame = abs(result.states[-1] / result.states[0]), abs(result.gradients[0])
    return (
        f"w = {result.w:.2f}, {kind}: after {T - 1} steps {left:.2g} of the first state is left,"
        f" and the last state's derivative by the first is {blame:.2g} in size."
    )


def four_names(result: FourNames) -> Live:
    """Live: a pole in the plane, and the three curves that three trades draw of it."""
    fig, ((plane, charge), (correlation, gain)) = canvas(2, 2, height=4.6)
    angle = np.linspace(0, 2 * np.pi, 200)
    plane.plot(np.cos(angle), np.sin(angle), color=QUIET, lw=1)
    plane.axhline(0, color=FAINT, lw=1)
    (pole,) = plane.plot([result.w], [0], "x", color=VERMILION, ms=10, mew=2.5)
    plane.set(xlim=(-2.6, 2.6), ylim=(-1.3, 1.3), aspect="equal")
    label(plane, "The pole sits at z = w", "real part", "imaginary part")
    t = np.arange(1, len(result.charge) + 1)
    (charging,) = charge.plot(t, t, color=BLUE, lw=1.8)
    label(charge, "Leaky integrator: it charges", "time step t", "state")
    (correlating,) = correlation.plot(t - 1, t, "o-", color=GREEN, ms=3, lw=1)
    correlation.set_ylim(-1.1, 1.1)
    label(correlation, "AR(1): its own past, correlated", "lag k", "autocorrelation")
    (passing,) = gain.plot(FREQUENCIES, FREQUENCIES, color=AMBER, lw=1.8)
    gain.set_ylim(-10, 42)
    label(gain, "Filter: what it lets pass", "frequency (cycles a step)", "gain |H| (dB)")
    absent = [
        ax.text(0.5, 0.5, "", transform=ax.transAxes, ha="center", color=INK) for ax in (correlation, gain)
    ]

    def update(result: FourNames) -> None:
        pole.set_data([result.w], [0])
        charging.set_data(t, result.charge)
        charge.set_ylim(*_span(result.charge))
        correlating.set_data(t - 1, result.autocorrelation)
        passing.set_data(FREQUENCIES, result.gain)
        for text in absent:
            text.set_text("" if abs(result.w) < 1 else "does not exist: |w| is not below 1")

    update(result)
    return fig, update


def four_names_words(result: FourNames) -> str:
    """What the four panels show, in one sentence."""
    if abs(result.w) >= 1:
        return f"w = {result.w:.2f}: the pole is not inside the unit circle, and the state does not settle."
    kind = "low-pass" if result.w > 0 else "high-pass" if result.w < 0 else "all-pass"
    return (
        f"w = {result.w:.2f}: neighbours correlate by {result.w:.2f}; a {kind} filter,"
        f" {result.gain[0]:.1f} dB at slow and {result.gain[-1]:.1f} dB at fast inputs."
    )


def signals(pairs: dict[str, tuple[np.ndarray, np.ndarray]]) -> Drawing:
    """One panel for each kind of sequence: {title: (us, ys)}. The task is to say the next value, or the output."""
    fig, axes = canvas(2, 3, height=3.8)
    for ax, (title, (us, ys)) in zip(axes.flat, pairs.items(), strict=False):
        ax.plot(us[:, 0], color=BLUE, lw=1)
        if not np.array_equal(us[1:], ys[:-1]):
            ax.plot(ys[:, 0], "--", color=VERMILION, lw=1.4)
        label(ax, title, "step", "value")
    for ax in axes.flat[len(pairs) :]:
        ax.set_axis_off()
    key = axes.flat[-1]
    key.plot([], [], color=BLUE, lw=1, label="seen, $u_t$")
    key.plot([], [], "--", color=VERMILION, lw=1.4, label="to be said, $y_t$,\nwhere it is not $u_{t+1}$")
    key.legend(loc="center left", frameon=False, fontsize=9)
    fig.alt = "What is seen, one panel a sequence: " + "; ".join(
        f"{title}, {len(us)} steps from {us.min():.2g} to {us.max():.2g}" for title, (us, _) in pairs.items()
    )
    return fig


def descent(result: Descent) -> Live:
    """Live: the cost of one weight with its local minima, and the path of gradient descent."""
    fig, ax = canvas(height=3.0)
    ax.plot(result.ws, result.costs, color=INK, lw=1.5, label="cost V(w)")
    ax.plot(
        result.ws[result.minima], result.costs[result.minima], "v", color=GREEN, ms=8, label="local minima"
    )
    (path,) = ax.plot([0], [0], "o-", color=VERMILION, ms=3, lw=1, label="gradient descent")
    (end,) = ax.plot([0], [0], "s", color=VERMILION, ms=8)
    label(
        ax,
        "One weight, two valleys, and a wall between them",
        "recurrent weight w",
        "cost V(w)",
        key="upper left",
    )

    def update(result: Descent) -> None:
        path.set_data(result.path, result.path_costs)
        end.set_data(result.path[-1:], result.path_costs[-1:])

    update(result)
    return fig, update


def descent_words(result: Descent) -> str:
    """Where descent began and ended, in one sentence."""
    minima = " and ".join(f"{w:.2f}" for w in result.ws[result.minima])
    start, end, steps = result.path[0], result.path[-1], len(result.path) - 1
    if end in (result.ws[0], result.ws[-1]):
        return f"Local minima at w = {minima}. Descent from {start:.2f} is thrown out of the picture, at w = {end:.2f}."
    return (
        f"Local minima at w = {minima}. Descent from {start:.2f} is at {end:.2f} after {steps} steps,"
        f" where the cost is {result.path_costs[-1]:.3f}."
    )


def _span(values: np.ndarray) -> tuple[float, float]:
    """Limits that move in steps, so that a slider does not shake the axis: 1.15, 3, 10, 30, … either way."""
    reach = 1.15
    for step in (3.0, 10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0):
        if np.abs(values).max() < reach:
            break
        reach = step
    return (-reach if values.min() < 0 else -0.05 * reach), reach
