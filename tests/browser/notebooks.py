"""The notebooks that the browser tests open, written when they are needed."""

from __future__ import annotations

from pathlib import Path

import nbformat

IMPORTS = """
import time
import numpy as np
from matplotlib.figure import Figure
from rnnlab.live import choice, integer, live, log_slider, point, slider, toggle
"""

MEMORY = """
def memory(w, T, squashed, kind):
    t = np.arange(T)
    h = w**t if kind == "decay" else np.cos(w * t)
    return {"w": w, "t": t, "h": np.tanh(h) if squashed else h, "squashed": squashed}

def draw(result):
    fig = Figure(figsize=(7, 2.6), layout="constrained")
    left, right = fig.subplots(1, 2)
    left.axhline(0, color="grey", lw=0.8)
    stems = left.vlines([0], [0], [1], color="#0072b2")
    (dots,) = left.plot([], [], "o", ms=4, color="#0072b2", label="state $h_t$")
    (curve,) = left.plot([], [], "--", color="#e69f00", label="again")
    left.set(xlim=(-1, 41), ylim=(-1.6, 1.6), xlabel="time step t", ylabel="state")
    left.legend(loc="upper right")
    left.set_title("What is left", loc="left")
    image = right.imshow(np.zeros((8, 8)), vmin=-1, vmax=1, cmap="cividis", extent=(-2, 2, -2, 2))
    arrows = right.quiver([0, 1], [0, 1], [1, 1], [0, 1], color="white", scale=8)
    right.text(-1.8, 1.6, "outer product", color="white")
    band = right.fill_between([-2, 0, 2], [-2, -1.5, -2], -2, color="#009e73", alpha=0.6)

    def update(result):
        t, h = result["t"], result["h"]
        stems.set_segments([[(k, 0), (k, v)] for k, v in zip(t, h)])
        dots.set_data(t, h)
        curve.set_data(t, h**2)
        image.set_data(np.outer(np.resize(h, 8), np.resize(h, 8)))
        arrows.set_UVC([h[0], h[-1]], [h[1], -h[1]])
        left.set_title(rf"$w = {result['w']:.2f}$: half of it after a while", loc="left")
    update(result)
    return fig, update

def words(result):
    about = f"w = {result['w']:.2f}: {len(result['t'])} steps, squashed: {result['squashed']}"
    return f"{about}, the last state is {result['h'][-1]:.3g}."
"""

SHOW_MEMORY = """
class guess:
    value, marks, unit = 0.5, "w", "per step"
live(memory, draw, words, guess=guess, w=slider(-1.2, 1.2, 0.9, label="weight w", unit="per step", play=4.0),
     T=integer(2, 40, 30, label="steps T"), squashed=toggle(False, label="tanh"),
     kind=choice(["decay", "wave"], "decay", label="kind"))
"""

SHOW_TWICE = """
from IPython.display import display
twice = live(memory, draw, words, w=slider(-1.2, 1.2, 0.9), T=integer(2, 40, 30), squashed=toggle(False),
             kind=choice(["decay", "wave"], "decay"))
display(twice)
twice
"""

SHOW_POINT = """
def place(p, r):
    return {"p": p, "r": r}

def draw_place(result):
    fig = Figure(figsize=(5, 3), layout="constrained")
    ax = fig.subplots()
    angle = np.linspace(0, 2 * np.pi, 100)
    (ring,) = ax.plot([], [], color="#d55e00")
    ax.set(xlim=(-2, 2), ylim=(-2, 2), aspect="equal", xlabel="real", ylabel="imaginary")
    def update(result):
        (x, y), r = result["p"], result["r"]
        ring.set_data(x + r * np.cos(angle), y + r * np.sin(angle))
    return fig, update

class axis_guess:
    value, marks, unit = -1.0, "x", ""
live(place, draw_place, lambda result: f"centre {result['p']}, radius {result['r']}", guess=axis_guess,
     p=point((-1, 1), (-1, 1), (0.5, 0.0), step=0.05, label="centre"), r=log_slider(0.1, 1.0, 0.5, label="radius"))
"""

SHOW_TROUBLE = """
def fragile(a):
    if a > 0.8:
        raise ValueError(f"a = {a} is too much")
    return a

def slow(a):
    time.sleep(0.1)
    return a

def draw_number(a):
    fig = Figure(figsize=(5, 2))
    ax = fig.subplots()
    (dot,) = ax.plot([0], [0], "o")
    ax.set(xlim=(0, 1), ylim=(0, 1))
    return fig, lambda a: dot.set_data([a], [a])

from IPython.display import display
display(live(fragile, draw_number, lambda a: f"a is {a}", a=slider(0, 1, 0.5, label="fragile")))
display(live(slow, draw_number, lambda a: f"a is {a}", a=slider(0, 1, 0.5, label="slow")))
"""


SHOW_PAIR = """
def pair(p, q):
    return f"p is {p}, q is {q}"

def draw_pair(result):
    fig = Figure(figsize=(4, 3))
    ax = fig.subplots()
    (dot,) = ax.plot([0], [0], "o")
    ax.set(xlim=(-2, 2), ylim=(-2, 2))
    return fig, lambda result: None

live(pair, draw_pair, lambda result: result, p=point((-2, 2), (-2, 2), (1.0, 1.0), step=0.05, label="first"),
     q=point((-2, 2), (-2, 2), (1.0, 1.0), step=0.05, label="second"))
"""

SHOW_PILE = """
def pile(p, q, r):
    return f"p is {p}, q is {q}, r is {r}"

def draw_pile(result):
    fig = Figure(figsize=(4, 3))
    fig.subplots().set(xlim=(-2, 2), ylim=(-2, 2))
    return fig, lambda result: None

at = (-2, 2), (-2, 2), (1.0, 1.0), 0.05
live(pile, draw_pile, lambda result: result, p=point(*at, label="first"), q=point(*at, label="second"),
     r=point(*at, label="third"))
"""

SHOW_DEVICES = """
from IPython.display import display
from rnnlab.live import widget

def ran(a, device):
    return f"{a} on {device}"

def draw_words(words):
    fig = Figure(figsize=(4, 1))
    text = fig.subplots().text(0.1, 0.5, words)
    return fig, lambda words: text.set_text(words)

def show(devices, compute=ran):
    widget.devices = lambda: devices
    display(live(compute, draw_words, lambda words: words, a=slider(0, 1, 0.5, label="a")))

show(["cuda", "cpu"])
show(["cuda"])
show(["cpu"])
show(["cuda", "cpu"], lambda a: f"{a} on wherever")
"""

SHOW_THREAD = """
import threading

def where(a):
    return f"{a} in {threading.current_thread().name}"

def draw_words(words):
    fig = Figure(figsize=(4, 2))
    text = fig.subplots().text(0.1, 0.5, words)
    return fig, lambda words: text.set_text(words)

live(where, draw_words, lambda words: words, a=slider(0, 1, 0.5, label="a"))
"""

WAIT = """
from pathlib import Path
while not Path("go").exists():
    time.sleep(0.01)
"""

SHOW_PATIENCE = """
from pathlib import Path
from IPython.display import display

def exact(a):
    return f"exact at {a}"

def rough(a):
    return f"rough at {a}"

def long(a, progress):
    progress(0.25)
    while a == 1 and not Path("go").exists():
        time.sleep(0.01)
    return f"done at {a}"

def draw_words(words):
    fig = Figure(figsize=(4, 2))
    text = fig.subplots().text(0.1, 0.5, words)
    return fig, lambda words: text.set_text(words)

display(live(exact, draw_words, lambda words: words, preview=rough, a=slider(0, 1, 0.5, label="previewed")))
display(live(long, draw_words, lambda words: words, a=slider(0, 1, 0.5, label="long")))
"""


def write(path: Path, *cells: str) -> Path:
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell.strip()) for cell in (IMPORTS, *cells)]
    )
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)
    return path
