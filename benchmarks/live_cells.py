"""What benchmarks/live.py shows: three figures, and the cells with which each engine shows one."""

from __future__ import annotations

FIGURES = {
    "F1": """
def compute(a):
    return a, a ** np.arange(60)
def figure(result):
    fig = Figure(figsize=(7, 2.6)); ax = fig.subplots()
    stems = ax.vlines(np.arange(60), 0, 1); (dots,) = ax.plot(np.arange(60), np.ones(60), "o-")
    text = ax.text(30, 0.8, ""); ax.set(xlim=(-1, 60), ylim=(-1.1, 1.1))
    def update(result):
        a, h = result
        stems.set_segments([[(k, 0), (k, v)] for k, v in enumerate(h)]); dots.set_ydata(h)
        text.set_text(f"a = {a:.3f}")
    update(result); return fig, update
""",
    "F2": """
rng = np.random.default_rng(0)
M = rng.normal(size=(200, 200)) / np.sqrt(200)
Lambda, Q = np.linalg.eig(M)
def compute(a):
    h, traces = rng_start, []
    for _ in range(300):
        h = np.tanh(a * (M @ h)); traces.append(h[:3])
    return a, a * Lambda, np.array(traces)
rng_start = rng.normal(size=200)
def figure(result):
    fig = Figure(figsize=(7, 2.6)); plane, time = fig.subplots(1, 2)
    ring = np.exp(1j * np.linspace(0, 6.3, 200)); plane.plot(ring.real, ring.imag)
    dots = plane.scatter(np.zeros(200), np.zeros(200), s=9); lines = time.plot(np.zeros((300, 3)))
    plane.set(xlim=(-2, 2), ylim=(-2, 2)); time.set(ylim=(-1, 1)); text = plane.text(-1.9, 1.6, "")
    def update(result):
        a, values, traces = result
        dots.set_offsets(np.column_stack([values.real, values.imag])); text.set_text(f"a = {a:.3f}")
        for line, y in zip(lines, traces.T): line.set_ydata(y)
    update(result); return fig, update
""",
    "F3": """
W, V = np.meshgrid(np.linspace(-2, 2, 128), np.linspace(-2, 2, 128))
def compute(a):
    h = np.zeros_like(W)
    cost = np.zeros_like(W)
    for t in range(50):
        h = np.clip(W * h + V * (t == 0), -3, 3); cost += (h - a**t) ** 2
    return a, np.log1p(cost)
def figure(result):
    fig = Figure(figsize=(7, 2.6)); ax = fig.subplots()
    image = ax.imshow(np.zeros((128, 128)), extent=(-2, 2, -2, 2), vmin=0, vmax=6, aspect="auto")
    arrow = ax.quiver([0], [0], [1], [1], scale=8, color="w"); text = ax.text(-1.9, 1.6, "", color="w")
    def update(result):
        a, cost = result
        image.set_data(cost); arrow.set_UVC([a], [1 - a]); text.set_text(f"a = {a:.3f}")
    update(result); return fig, update
""",
}
IMPORTS = "import time\nimport numpy as np\nfrom matplotlib.figure import Figure\n"
SLOW = """fast = compute
def compute(a):
    time.sleep(0.1)
    return fast(a)
"""
LIVE = """from rnnlab.live import live, slider
live(compute, figure, lambda result: f"a = {result[0]:.3f}", a=slider(-1.0, 1.0, 0.0, step=0.005))
"""
INTERACT = """%matplotlib inline
import matplotlib.pyplot as plt
from ipywidgets import interact, FloatSlider
from IPython.display import display
def show(a):
    fig, update = figure(compute(a))
    display(fig)
interact(show, a=FloatSlider(min=-1.0, max=1.0, value=0.0, step=0.005));
"""
IPYMPL = """from ipympl.backend_nbagg import Canvas, FigureManager
from ipywidgets import FloatSlider
from IPython.display import display
fig, update = figure(compute(0.0))
canvas = Canvas(fig); manager = FigureManager(canvas, 0)
slider = FloatSlider(min=-1.0, max=1.0, value=0.0, step=0.005)
display(slider, canvas)
"""
DRAW_IDLE = """def show(change):
    update(compute(change.new)); canvas.draw_idle()
slider.observe(show, "value")
"""
BLITTED = """moving = [artist for ax in fig.axes for artist in (*ax.lines, *ax.collections, *ax.images, *ax.texts)]
for artist in moving: artist.set_animated(True)
canvas.draw(); still = canvas.copy_from_bbox(fig.bbox)
def show(change):
    update(compute(change.new)); canvas.restore_region(still)
    for artist in moving: artist.axes.draw_artist(artist)
    canvas.blit(fig.bbox)
slider.observe(show, "value")
"""
# engine → its cells, and what is on the page when it is ready
ENGINES = {
    "live": ([LIVE], ".live-words:not(:empty)"),
    "live, 100 ms of compute": ([SLOW, LIVE], ".live-words:not(:empty)"),
    "interact": ([INTERACT], ".jp-OutputArea img"),
    "ipympl, draw_idle": ([IPYMPL, DRAW_IDLE], ".jupyter-matplotlib-canvas-container canvas"),
    "ipympl, blitted": ([IPYMPL, BLITTED], ".jupyter-matplotlib-canvas-container canvas"),
}
