"""Live figures side by side with what everybody does, in one run, in a real browser: writes benchmarks/live.md.

    python benchmarks/live.py          (live_cells.py has the figures and the engines, live.js what runs in the page)

F1 an impulse response (60 points), F2 the eigenvalues of a 200 × 200 matrix with three traces, F3 a 128 × 128 cost
surface recomputed at each move. A step is one move of the slider to the frame that shows it; a drag is two seconds of a
move at every frame of the screen. Both are made inside the page, the same way for every engine.

Painted: a browser's frame runs the callbacks that asked for it, lays the page out and paints. What had changed when the
callbacks were through is in that frame, and counts as painted when the frame is over; what changes later is in the next
one. A change is a drawing into a canvas of the page, or an image that is there and decoded. This is the same for all
engines; tests/browser/test_live_measure.py has cases whose answer is known.
"""

from __future__ import annotations

import asyncio
import importlib.metadata
import os
import platform
import shutil
import statistics
import sys
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import nbformat

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))
from browser.lab import Lab, OpenNotebook  # noqa: E402
from live_cells import ENGINES, FIGURES, IMPORTS  # noqa: E402

WORDS = """\
F1 is an impulse response of 60 points, F2 the eigenvalues of a 200 × 200 matrix with three traces, F3 a 128 ×
128 cost surface recomputed at each move. A step is one move of the slider to the frame that shows it.
Updates, age and lag are of a drag, two seconds of a move at every frame of the screen: how many pictures a
second, how old a picture's value is when it is painted, and how long the last one takes after the slider is
let go. A ping is a message to the kernel and back.

The ordinary server is JupyterLab's as it comes, which lets small messages wait for one another; without that
word it is the course's, which does not (`rnnlab lab`, or any server with the package installed). "Blitted"
and "draw_idle" are ipympl's two ways to draw; `interact` makes a new picture each time. `interact` is
measured as its users have it, and the goal compares with that; the second number has ours on the same
ordinary server.
"""
STEPS = 100
# prompt server or ordinary, engine, milliseconds added to a round trip, figures
EVERY = tuple(FIGURES)
RUNS = [
    (True, "live", 0, EVERY),
    (True, "live", 40, EVERY),
    (True, "live", 100, EVERY),
    (True, "live, 100 ms of compute", 0, ("F1",)),
    (True, "ipympl, blitted", 0, EVERY),
    (False, "live", 0, EVERY),
    (False, "ipympl, draw_idle", 0, EVERY),
    (False, "interact", 0, EVERY),
]


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
        with suppress(ConnectionError):  # the page was closed
            while data := await reader.read(65536):
                self._loop.call_later(self._seconds, writer.write, data)
        self._loop.call_later(self._seconds + 0.01, writer.close)


def measure(browser: Any, lab: Lab, figure: str, engine: str, delay: float = 0.0) -> dict[str, Any]:
    cells, ready = ENGINES[engine]
    name = f"{figure}-{engine.replace(' ', '-')}-{delay:.0f}.ipynb"
    code = [IMPORTS + FIGURES[figure], *cells]
    nbformat.write(
        nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, code))), lab.notebooks / name
    )
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    received = 0

    def count(payload: Any) -> None:
        nonlocal received
        received += len(payload)

    page.on("websocket", lambda socket: socket.on("framereceived", count))
    url = lab.url
    try:
        if delay:
            lab.url = f"http://127.0.0.1:{Delay(lab.port, delay).port}"
        OpenNotebook(lab, page, name).run_all()
        page.wait_for_selector(ready, state="attached")
        page.wait_for_timeout(1500)
        page.add_script_tag(path=ROOT / "benchmarks" / "live.js")
        before = received
        found: dict[str, Any] = page.evaluate(
            "(what) => window.measure(what)", {"kind": engine.split(",")[0], "steps": STEPS}
        )
        found["bytes"] = (received - before) / (STEPS + max(1, found["count"]))
    finally:
        lab.url = url
        context.close()
        lab.end_sessions()
    return found


def middle_and_p95(numbers: list[float]) -> str:
    return f"{statistics.median(numbers):.0f} / {p95(numbers):.0f}" if numbers else "–"


def p95(numbers: list[float]) -> float:
    return sorted(numbers)[int(0.95 * len(numbers))]


def row(figure: str, what: str, found: dict[str, Any]) -> str:
    return (
        f"| {figure} | {what} | {middle_and_p95(found['trips'])} | {found['rate']:.0f}"
        f" | {middle_and_p95(found['ages'])} | {found['lag']:.0f} | {found['bytes'] / 1000:.1f}"
        f" | {statistics.median(found['pings']):.0f} |"
    )


def goals(results: dict[tuple[str, str], dict[str, Any]]) -> list[str]:
    """One line a figure: each goal, reached or missed, with its number; then the one with 100 ms of compute."""

    def line(what: str, *numbers: tuple[str, bool]) -> str:
        return f"- {what}: " + "; ".join(f"{n}: {'reached' if ok else 'missed'}" for n, ok in numbers)

    lines = []
    for figure in FIGURES:
        ours, theirs = results[figure, "live"], results[figure, "interact, ordinary server"]
        rate, step, lag = ours["rate"], p95(ours["trips"]), ours["lag"]
        same = results[figure, "live, ordinary server"]["rate"] / max(theirs["rate"], 0.5)
        times = rate / max(theirs["rate"], 0.5)
        lines.append(
            line(
                figure,
                (f"{rate:.0f} updates a second (goal 45)", rate >= 45),
                (f"{times:.1f} times interact (goal 5; {same:.1f} on its server)", times >= 5),
                (f"p95 {step:.0f} ms (goal 40)", step <= 40),
                (f"lag {lag:.0f} ms (goal 50)", lag <= 50),
                ("then 55 a second", rate >= 55),
                ("and p95 33 ms", step <= 33),
            )
        )
    lag = results["F1", "live, 100 ms of compute"]["lag"]
    return [*lines, line("F1 with 100 ms of compute", (f"lag {lag:.0f} ms (goal 250)", lag <= 250))]


def main() -> None:
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    packages = ("jupyterlab", "anywidget", "ipywidgets", "ipympl", "matplotlib", "numpy")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in packages)
    load = os.getloadavg()[0]
    results: dict[tuple[str, str], dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        version = browser.version
        for prompt in (True, False):
            lab = Lab(Path(folder) / str(prompt), prompt=prompt)
            try:
                for _, engine, delay, figures in [run for run in RUNS if run[0] == prompt]:
                    what = engine + (f", {delay} ms added" if delay else "")
                    what += "" if prompt else ", ordinary server"
                    for figure in figures:
                        results[figure, what] = measure(browser, lab, figure, engine, delay)
                        print(row(figure, what, results[figure, what]), flush=True)
            finally:
                lab.stop()
        browser.close()
    lines = [
        "# Live figures against `interact` and ipympl",
        "",
        f"`python benchmarks/live.py` on {os.cpu_count()} cores ({platform.machine()}), load before the run {load:.1f};"
        f" Python {platform.python_version()}, {versions}, Chromium {version}, drawing without a graphics card.",
        "",
        *WORDS.splitlines(),
        "",
        "| figure | engine | step to paint, median / p95 ms | updates a second | age of a frame, median / p95 ms"
        " | lag after release, ms | kB an update | ping, ms |",
        "|---|---|---|---|---|---|---|---|",
        *(
            row(figure, what, found)
            for (figure, what), found in sorted(results.items(), key=lambda r: r[0][0])
        ),
        "",
        *goals(results),
        "",
    ]
    (ROOT / "benchmarks" / "live.md").write_text("\n".join(lines), encoding="utf-8")
    print(*lines[-6:], sep="\n")


if __name__ == "__main__":
    main()
