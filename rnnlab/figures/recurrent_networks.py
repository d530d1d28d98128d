"""The figures of lecture 02: unrolled graphs, machines and their matrices, and what trained networks do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from rnnlab.figures.canvas import Drawing, canvas, label
from rnnlab.figures.palette import AMBER, BLUE, FAINT, GREEN, INK, QUIET, SKY, VERMILION
from rnnlab.models.automata import Automaton, ThresholdNetwork
from rnnlab.models.connections import within_step
from rnnlab.systems.moving_dot import WALL

ARROW = {"arrowstyle": "-|>", "color": INK, "lw": 1.2, "shrinkA": 0, "shrinkB": 0}


def first_bit(fading: np.ndarray, lasting: np.ndarray) -> Drawing:
    """The opening: the same bits but for the first, and how far the answers are apart from then on."""
    fig, ax = canvas(height=2.3)
    t = np.arange(1, len(fading) + 1)
    ax.plot(t, fading, "--", color=AMBER, lw=1.8, label="a linear unit, w = 0.9")
    ax.plot(t, lasting, "-", color=BLUE, lw=1.8, label="two threshold units")
    ax.set_ylim(-0.05, 1.3)
    label(
        ax,
        "One bit changed at t = 1: the threshold units still know",
        "time step t",
        "distance of the answers",
    )
    ax.legend(loc="upper right", ncols=2, frameon=False, fontsize=9)
    fig.alt = (
        f"How far two answers are apart when only the first bit differs, over {len(t)} steps. A linear"
        f" unit with"
        f" w = 0.9 falls from {fading[0]:.0f} to {fading[-1]:.3f}; the network of two threshold units"
        f" stays at"
        f" {lasting.min():.0f}."
    )
    return fig


def unrolled(T: int = 3) -> Drawing:
    """Left the network with its loop, right the same drawn once a time step, with one θ for all copies."""
    fig, ax = canvas(height=2.3)
    ax.set(xlim=(-0.8, 2.3 + 1.6 * T), ylim=(-1.15, 1.75))
    ax.set_axis_off()
    ax.set_title("A loop in space is a chain in time", loc="left", fontsize=9.5, fontweight="bold")
    _cell(ax, 0.0, "$x_t$", "$h_t$", "$\\hat y_t$")
    _arrow(ax, (0.25, 0.1), (0.25, -0.1), bend=-4.5)
    ax.text(0.92, 0.0, "θ", ha="center", va="center", color=VERMILION)
    ax.text(1.55, 0.0, "=", fontsize=16, ha="center", va="center")
    left = 2.3
    ax.text(left, 0.0, "$h_0$", ha="center", va="center")
    for t in range(1, T + 1):
        x = left + 1.5 * t
        _cell(ax, x, f"$x_{t}$", f"$h_{t}$", f"$\\hat y_{t}$")
        _arrow(ax, (x - 1.24, 0), (x - 0.3, 0))
        ax.text(x - 0.77, 0.13, "θ", ha="center", color=VERMILION)
    fig.alt = (
        "Left: a network whose state h_t feeds back to itself, with input x_t below and output above."
        " Right: the same"
        f" network drawn {T} times in a row, from h_0 to h_{T}, each copy with its own input and output"
        f" and all with"
        " the same weights θ."
    )
    return fig


def _cell(ax: Axes, x: float, below: str, state: str, above: str) -> None:
    ax.plot([x], [0], "o", ms=27, mfc="white", mec=BLUE, mew=1.8)
    for y, text in ((0.0, state), (-0.95, below), (1.05, above)):
        ax.text(x, y, text, ha="center", va="center")
    _arrow(ax, (x, -0.75), (x, -0.36))
    _arrow(ax, (x, 0.36), (x, 0.82))


def _arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float], bend: float = 0.0) -> None:
    ax.annotate("", end, start, arrowprops=ARROW | {"connectionstyle": f"arc3,rad={bend}"})


def machine(automaton: Automaton, network: ThresholdNetwork, names: Sequence[str]) -> Drawing:
    """Left an automaton of two states and two symbols as a graph, right the matrices it is compiled to."""
    fig, (graph, ax) = canvas(cols=2, height=2.6, gridspec_kw={"width_ratios": [1, 1.35]})
    graph.set(xlim=(-0.75, 1.75), ylim=(-1.0, 1.0))
    graph.set_axis_off()
    graph.set_title("The machine; a ring accepts", loc="left", fontsize=9.5, fontweight="bold")
    for q, name in enumerate(names):
        graph.plot([q], [0], "o", ms=40, mfc="white", mec=INK, mew=1.2)
        if automaton.outputs[q]:
            graph.plot([q], [0], "o", ms=34, mfc="none", mec=GREEN, mew=1.8)
        graph.text(q, 0, name, ha="center", va="center")
        loop = [s for s in range(automaton.table.shape[1]) if automaton.table[q, s] == q]
        away = [s for s in range(automaton.table.shape[1]) if automaton.table[q, s] != q]
        side = 1 if q else -1
        _arrow(graph, (q + side * 0.13, 0.27), (q + side * 0.27, 0.08), bend=-2.6 if q else 2.6)
        graph.text(q + side * 0.58, 0.42, ", ".join(map(str, loop)), ha="center", va="center")
        _arrow(graph, (q - side * 0.24, -side * 0.16), (1 - q + side * 0.24, -side * 0.16), bend=0.35)
        graph.text(0.5, -side * 0.47, ", ".join(map(str, away)), ha="center", va="center")
    N = len(network.b)
    ax.imshow(np.hstack([network.W, network.U]), cmap="Blues", vmin=0, vmax=1.6, aspect="auto")
    ax.axvline(N - 0.5, color=VERMILION, lw=1.5)
    units = [f"{names[q]}, {s}" for q in range(len(names)) for s in range(automaton.table.shape[1])] + [
        "start"
    ]
    ax.set_xticks(range(N + network.U.shape[1]), [*units, "x = 0", "x = 1"], rotation=60, fontsize=8)
    ax.set_yticks(range(N), units, fontsize=8)
    ax.grid(False)
    label(ax, "Compiled: W, and U right of the line", "heard from", "unit (was in, has read)")
    fig.alt = (
        f"Left: a machine with the states {' and '.join(names)}; 0 changes the state, 1 keeps it. Right:"
        f" its threshold"
        f" network of {N} units, one for each pair of state and symbol and one for the start, as a matrix of"
        f" {int(network.W.sum())} recurrent and {int(network.U.sum())} input weights, all of them 1."
    )
    return fig


def delayed(xs: np.ndarray, dt: float, tau: float) -> Drawing:
    """A solution over time, and beside it the value now against the value τ ago."""
    fig, (ax, plane) = canvas(cols=2, height=2.5, gridspec_kw={"width_ratios": [1.8, 1]})
    m, t = round(tau / dt), dt * np.arange(1, len(xs) + 1)
    ax.plot(t, xs, color=BLUE, lw=1.2)
    label(ax, "It never settles", "time", "x(t)")
    plane.plot(xs[:-m], xs[m:], color=BLUE, lw=0.7)
    label(plane, "Two entries of its state", "x(t − τ)", "x(t)")
    fig.alt = (
        f"Left: a solution of the Mackey–Glass equation with delay {tau:g} over {t[-1]:.0f} units of"
        f" time, waving"
        f" irregularly between {xs[len(xs) // 4 :].min():.1f} and {xs.max():.1f}. Right: x now against x"
        f" {tau:g} ago,"
        " a tangle of loops."
    )
    return fig


def connections(W: np.ndarray, sizes: Sequence[int], hs: np.ndarray) -> Drawing:
    """A connection matrix, what acts within the step apart from what acts later; the layers in time."""
    fig, (ax, run) = canvas(cols=2, height=2.7, gridspec_kw={"width_ratios": [1, 1.4]})
    now = within_step(W, sizes) != 0
    ax.imshow(np.where(now, 1.0, np.where(W != 0, 2.0, np.nan)), cmap=_two_colours(), vmin=1, vmax=2)
    ends = np.cumsum(sizes)
    for end in ends[:-1]:
        ax.axhline(end - 0.5, color=INK, lw=0.8)
        ax.axvline(end - 0.5, color=INK, lw=0.8)
    middles = ends - np.array(sizes) / 2 - 0.5
    names = [str(i + 1) for i in range(len(sizes))]
    ax.set_xticks(middles, names)
    ax.set_yticks(middles, names)
    ax.grid(False)
    for name, colour in (("within the step", SKY), ("a step later", VERMILION)):
        ax.plot([], [], "s", color=colour, label=name)
    label(ax, "Who hears whom", "heard layer", "hearing layer")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.22), ncols=2, frameon=False, fontsize=8)
    starts = ends - np.array(sizes)
    for name, start, end, colour, style in zip(
        names, starts, ends, (BLUE, AMBER, GREEN), ("-", "--", "-."), strict=True
    ):
        size = np.abs(hs[:, start:end]).mean(1)
        run.plot(np.arange(1, len(hs) + 1), size, style, color=colour, lw=1.6, label=f"layer {name}")
    label(run, "One push, then the loop plays on", "time step t", "mean |state|")
    run.set_ylim(0, 1.35)
    run.legend(loc="upper center", ncols=3, frameon=False, fontsize=9)
    fig.alt = (
        f"Left: a connection matrix of {len(sizes)} layers with {int(now.sum())} weights that act within"
        f" the step, left"
        f" of the diagonal, and {int((W != 0).sum() - now.sum())} that act a step later. Right: the mean"
        f" size of each"
        f" layer's state over {len(hs)} steps after one push."
    )
    return fig


def _two_colours() -> object:
    from matplotlib.colors import ListedColormap

    return ListedColormap([SKY, VERMILION])


def letter_errors(text: str, errors: np.ndarray) -> Drawing:
    """The error at each letter of a text; consonants and vowels have their own marks."""
    fig, ax = canvas(height=2.5)
    t = np.arange(len(text))
    consonant = np.array([letter in "bdg" for letter in text])
    ax.plot(t, errors, color=QUIET, lw=1)
    ax.plot(t[consonant], errors[consonant], "s", color=VERMILION, ms=6, label="consonant: drawn by chance")
    ax.plot(t[~consonant], errors[~consonant], "o", color=BLUE, ms=5, label="vowel: follows from the past")
    ax.axhline(4 / 9, color=INK, lw=1, ls=":", label="4/9")
    ax.set_xticks(t, list(text))
    ax.set_ylim(-0.05, 1.35 * errors.max())
    label(ax, "High where nobody can know, low where the past tells", "letter", "squared error")
    ax.legend(loc="upper right", ncols=3, frameon=False, fontsize=9)
    fig.alt = (
        f"The error of predicting each of {len(text)} letters of {text}: between"
        f" {errors[consonant].min():.1f} and"
        f" {errors[consonant].max():.1f} at consonants, at most {errors[~consonant].max():.2f} at vowels."
    )
    return fig


def behind_the_wall(places: np.ndarray, hidden: np.ndarray, memory: np.ndarray, alone: np.ndarray) -> Drawing:
    """Where a dot is, and where two networks say it is; grey while it is hidden. All (T,)."""
    fig, ax = canvas(height=2.7)
    t = np.arange(1, len(places) + 1)
    ax.axhspan(*WALL, color=FAINT, lw=0, label="wall")
    ax.plot(t, places, color=INK, lw=1.2, label="the dot")
    ax.plot(t[hidden], places[hidden], "o", mfc="white", mec=INK, ms=4, label="hidden")
    ax.plot(t, memory, "--", color=BLUE, lw=1.8, label="recurrent")
    ax.plot(t, alone, ":", color=VERMILION, lw=2.2, label="each frame alone")
    ax.set_ylim(-0.05, 1.32)
    label(ax, "Behind the wall only memory can follow", "frame t", "position")
    ax.legend(loc="upper center", ncols=5, frameon=False, fontsize=9)
    lost = hidden & np.maximum.accumulate(~hidden)  # out of sight, and seen before
    wrong, right = np.abs(alone - places)[lost].max(), np.abs(memory - places)[lost].max()
    fig.alt = (
        f"The position of a dot over {len(t)} frames, {int(hidden.sum())} of them behind a wall from"
        f" {WALL[0]:g} to"
        f" {WALL[1]:g}. There, once the dot has been seen, the network that sees each frame alone says one and"
        f" the same place and is off by up to"
        f" {wrong:.2f}; the recurrent one follows, off by at most {right:.2f}."
    )
    return fig
