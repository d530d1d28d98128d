"""Live figures side by side with `interact`, in one run, in a real browser: writes benchmarks/live.md.

    python benchmarks/live.py

F1 an impulse response (60 points), F2 the eigenvalues of a 200 × 200 matrix with three traces, F3 a 128 × 128 cost
surface recomputed at each move. A step is one move of the slider to the frame that shows it; a drag is two seconds of a
move at every frame of the screen. Both are made inside the page, the same way for every engine, and a frame counts as
painted at the first animation frame after the page changed.
"""

from __future__ import annotations

import asyncio
import importlib.metadata
import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import nbformat

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))
from browser.lab import Lab, OpenNotebook  # noqa: E402

STEPS = 100
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
IMPORTS = "import numpy as np\nfrom matplotlib.figure import Figure\n"
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
MEASURE = """async ({ kind, steps }) => {
  const frame = () => new Promise((resume) => requestAnimationFrame(resume));
  const sleep = (ms) => new Promise((resume) => setTimeout(resume, ms));
  const live = kind === "live";
  const watched = document.querySelector(live ? ".live-words" : ".widget-output, .jupyter-widgets-output-area");
  const knob = document.querySelector(live ? ".live-figure input" : ".noUi-handle");
  const seen = [];
  const observer = new MutationObserver(async () => {
    const image = live ? null : watched.querySelector("img");
    if (!live && (!image || image === observer.image)) return;
    observer.image = image;
    if (image) await image.decode().catch(() => {});
    const value = watched.textContent;
    await frame();
    seen.push([performance.now(), value]);
  });
  observer.observe(watched, { childList: true, subtree: true, characterData: true });
  let at = 200;
  const asked = new Map();
  const move = (by) => {
    at += by;
    if (live) {
      knob.value = at;
      knob.dispatchEvent(new Event("input"));
      asked.set(`a = ${(-1 + at * 0.005).toFixed(3)}`.replace("-0.000", "0.000"), performance.now());
    } else {
      const key = by > 0 ? "ArrowRight" : "ArrowLeft";
      knob.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    }
  };
  const trips = [];
  for (let i = 0; i < steps; i++) {
    const before = seen.length, start = performance.now();
    move(i % 2 ? -1 : 1);
    while (seen.length === before && performance.now() - start < 5000) await sleep(1);
    trips.push(seen.at(-1)[0] - start);
    await sleep(20 + 13 * Math.random());
  }
  await sleep(500);
  seen.length = 0;
  asked.clear();
  const start = performance.now();
  for (let i = 0; performance.now() - start < 2000; i++) move(i % 160 < 80 ? 1 : -1), await frame();
  const released = performance.now(), updates = seen.length;
  await sleep(2500);
  const ages = seen.filter(([, value]) => asked.has(value)).map(([time, value]) => time - asked.get(value));
  const pings = [];
  const kernel = window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel;
  for (let i = 0; i < 20; i++) {
    const sent = performance.now();
    await kernel.requestKernelInfo();
    pings.push(performance.now() - sent);
  }
  observer.disconnect();
  const lag = Math.max(0, (seen.at(-1)?.[0] ?? released) - released);
  return { trips, rate: updates / 2, count: seen.length, lag, ages, pings };
}"""


class Delay:
    """A proxy in front of a server that holds everything back for half of `ms` in each direction."""

    def __init__(self, port: int, ms: float) -> None:
        self._target, self._seconds = port, ms / 2000
        self._loop = asyncio.new_event_loop()
        self.port = 0
        ready = threading.Event()
        threading.Thread(target=self._run, args=(ready,), daemon=True).start()
        ready.wait()

    def _run(self, ready: threading.Event) -> None:
        async def serve() -> None:
            server = await asyncio.start_server(self._join, "127.0.0.1", 0)
            self.port = server.sockets[0].getsockname()[1]
            ready.set()
            await server.serve_forever()

        self._loop.run_until_complete(serve())

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        other_reader, other_writer = await asyncio.open_connection("127.0.0.1", self._target)
        await asyncio.gather(self._pass(reader, other_writer), self._pass(other_reader, writer))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            self._loop.call_later(self._seconds, writer.write, data)
        self._loop.call_later(self._seconds + 0.01, writer.close)


def measure(browser: Any, lab: Lab, figure: str, kind: str, delay: float = 0.0) -> dict[str, Any]:
    name = f"{figure}-{kind}-{delay:.0f}.ipynb"
    cells = [IMPORTS + FIGURES[figure], LIVE if kind == "live" else INTERACT]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nbformat.write(notebook, lab.notebooks / name)
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    received = {"bytes": 0, "on": False}

    def count(payload: Any) -> None:
        received["bytes"] += len(payload)

    page.on("websocket", lambda socket: socket.on("framereceived", count))
    url = lab.url
    try:
        if delay:
            lab.url = f"http://127.0.0.1:{Delay(lab.port, delay).port}"
        opened = OpenNotebook(lab, page, name)
        opened.run_all()
        page.wait_for_selector(
            ".live-words:not(:empty)" if kind == "live" else ".jp-OutputArea img", state="attached"
        )
        page.wait_for_timeout(1500)
        before = received["bytes"]
        found = page.evaluate(MEASURE, {"kind": kind, "steps": STEPS})
        found["bytes"] = (received["bytes"] - before) / (STEPS + max(1, found["count"]))
    finally:
        lab.url = url
        context.close()
        lab.end_sessions()
    return found


def row(figure: str, what: str, found: dict[str, Any]) -> str:
    trips = sorted(found["trips"])
    ages = sorted(found["ages"])
    age = f"{statistics.median(ages):.0f} / {ages[int(0.95 * len(ages))]:.0f}" if ages else "–"
    return (
        f"| {figure} | {what} | {statistics.median(trips):.0f} / {trips[int(0.95 * len(trips))]:.0f}"
        f" | {found['rate']:.0f}"
        f" | {age} | {found['lag']:.0f} | {found['bytes'] / 1000:.1f} | {statistics.median(found['pings']):.0f} |"
    )


def main() -> None:
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    versions = {
        p: importlib.metadata.version(p)
        for p in ("jupyterlab", "anywidget", "ipywidgets", "matplotlib", "numpy")
    }
    lines = [
        "# Live figures against `interact`",
        "",
        f"`python benchmarks/live.py` on {os.cpu_count()} cores ({platform.machine()}), load before the run"
        f" {os.getloadavg()[0]:.1f}; Python {platform.python_version()}, "
        + ", ".join(f"{name} {version}" for name, version in versions.items())
        + ".",
        "",
        "| figure | engine | step to paint, median / p95 ms | updates a second | age of a frame, median / p95 ms"
        " | lag after release, ms | kB an update | ping, ms |",
        "|---|---|---|---|---|---|---|---|",
    ]
    results: dict[tuple[str, str], dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for prompt in (True, False):
            lab = Lab(Path(folder) / str(prompt), prompt=prompt)
            try:
                runs = (
                    [("live", 0.0), ("live", 40.0), ("live", 100.0)]
                    if prompt
                    else [("live", 0.0), ("interact", 0.0)]
                )
                for figure in FIGURES:
                    for kind, delay in runs:
                        what = (
                            kind
                            + (f", {delay:.0f} ms added" if delay else "")
                            + ("" if prompt else ", ordinary server")
                        )
                        found = results[figure, what] = measure(browser, lab, figure, kind, delay)
                        lines.append(row(figure, what, found))
                        print(lines[-1], flush=True)
            finally:
                lab.stop()
        browser.close()
    lines += ["", *(goal(figure, results) for figure in FIGURES), ""]
    (ROOT / "benchmarks" / "live.md").write_text("\n".join(lines), encoding="utf-8")
    print(json.dumps({f"{figure} {what}": round(found["rate"]) for (figure, what), found in results.items()}))


def goal(figure: str, results: dict[tuple[str, str], dict[str, Any]]) -> str:
    """Whether 45 updates a second, five times `interact`, 40 ms a step (p95) and 50 ms of lag were reached."""
    ours, theirs = results[figure, "live"], results[figure, "interact, ordinary server"]
    p95 = sorted(ours["trips"])[int(0.95 * len(ours["trips"]))]
    reached = {
        f"{ours['rate']:.0f} updates a second (goal 45)": ours["rate"] >= 45,
        f"{ours['rate'] / max(theirs['rate'], 0.5):.1f} times interact (goal 5)": ours["rate"]
        >= 5 * theirs["rate"],
        f"p95 {p95:.0f} ms (goal 40)": p95 <= 40,
        f"lag {ours['lag']:.0f} ms (goal 50)": ours["lag"] <= 50,
    }
    return f"- {figure}: " + "; ".join(
        f"{words}: {'reached' if ok else 'missed'}" for words, ok in reached.items()
    )


if __name__ == "__main__":
    main()
