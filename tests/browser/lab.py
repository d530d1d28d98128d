"""JupyterLab for tests: its own settings, its own port, and notebooks opened the way that does not race.

"Idle" is shown before a kernel is attached, and "run all" then opens a dialog. So the session is created through the
server's REST interface first; the page then finds a kernel that is there.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0

READY = """async () => {
  const pause = () => new Promise((resume) => setTimeout(resume, 50));
  const end = performance.now() + 45000;
  while (!window.jupyterapp && performance.now() < end) await pause();
  const app = window.jupyterapp;
  await Promise.race([app.restored, new Promise((resume) => setTimeout(resume, 45000))]);
  while (performance.now() < end) {
    const context = app.shell.currentWidget?.context;
    if (context?.sessionContext) {
      await context.ready;
      await context.sessionContext.ready;
      if (context.sessionContext.session?.kernel?.status === "idle") return;
    }
    await pause();
  }
  throw new Error(`the kernel is ${app.shell.currentWidget?.context?.sessionContext?.session?.kernel?.status}`);
}"""
RUN_ALL = "async () => { await window.jupyterapp.commands.execute('notebook:run-all-cells'); }"
ERRORS = """() => [...window.jupyterapp.shell.currentWidget.content.model.cells].flatMap((cell) => {
  const outputs = cell.type === "code" ? cell.outputs : null;
  return outputs ? [...Array(outputs.length).keys()].map((i) => outputs.get(i).toJSON())
    .filter((output) => output.output_type === "error").map((output) => `${output.ename}: ${output.evalue}`) : [];
})"""

ALL_SHOWN = """() => {
  let views = 0;
  for (const { type, outputs } of window.jupyterapp.shell.currentWidget.content.model.cells)
    for (let i = 0; type === "code" && i < outputs.length; i++)
      views += "application/vnd.jupyter.widget-view+json" in (outputs.get(i).toJSON().data ?? {});
  return document.querySelectorAll(".live-figure").length === views;
}"""
# For three frames: what is pinned, changes its size or becomes visible is drawn in the next one or the one after.
SETTLED = """async (figure) => {
  const told = figure.querySelector(".live-words"), end = performance.now() + 30000;
  const rests = () => figure.getAttribute("aria-busy") === "false" && told.textContent
    && figure.checkVisibility({ visibilityProperty: true });
  for (let frames = 0; frames < 3; frames = rests() ? frames + 1 : 0) {
    if (performance.now() > end) throw new Error(`30 s without rest: ${told.textContent} ${figure.ariaBusy}`);
    await new Promise(requestAnimationFrame);
  }
}"""
FOCUS = """async (element) => {
  const end = performance.now() + 30000;
  for (element.focus(); document.activeElement !== element; element.focus()) {
    if (performance.now() > end) throw new Error(`30 s without the focus: ${element.outerHTML}`);
    await new Promise(requestAnimationFrame);
  }
}"""
HASH = """canvas => {
  const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  let hash = 17;
  for (const word of new Uint32Array(pixels.buffer)) hash = (Math.imul(hash, 31) + word) | 0;
  return hash;
}"""


class Lab:
    """A JupyterLab server in a folder of its own, or another one of its kind; `without` these front ends."""

    def __init__(
        self, folder: Path, prompt: bool = True, app: str = "jupyterlab", without: tuple[str, ...] = ()
    ) -> None:
        self.notebooks = folder / "notebooks"
        self.notebooks.mkdir(parents=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        quiet = folder / "settings/@jupyterlab/apputils-extension"
        quiet.mkdir(parents=True)
        (quiet / "notification.jupyterlab-settings").write_text('{"fetchNews": "false"}')
        switched_off = folder / "config/labconfig/page_config.json"
        switched_off.parent.mkdir(parents=True)
        switched_off.write_text(json.dumps({"disabledExtensions": dict.fromkeys(without, True)}))
        self.token = secrets.token_hex(16)
        self.url = f"http://127.0.0.1:{self.port}"
        self.tree = {"jupyterlab": "lab/tree", "notebook": "notebooks"}[app]  # where it opens notebooks
        self._log = (folder / "lab.log").open("w")
        environment = os.environ | {
            "HOME": str(folder / "home"),
            "JUPYTER_CONFIG_DIR": str(folder / "config"),
            "JUPYTER_DATA_DIR": str(folder / "data"),
            "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
            "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
            "IPYTHONDIR": str(folder / "ipython"),
            "RNNLAB_HOME": str(folder / "rnnlab"),
            "OMP_NUM_THREADS": "1",
            "PYTHONPATH": str(ROOT),
        }
        extensions = {"rnnlab.live.server": True} if prompt else {"rnnlab.live.server": False}
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", app, "--no-browser", "--allow-root"),
                "--ServerApp.ip=127.0.0.1",
                f"--ServerApp.port={self.port}",
                "--ServerApp.port_retries=0",
                f"--ServerApp.root_dir={self.notebooks}",
                f"--ServerApp.jpserver_extensions={extensions}",
                f"--IdentityProvider.token={self.token}",
                "--LabApp.expose_app_in_browser=True",
                "--JupyterNotebookApp.expose_app_in_browser=True",
                "--LabApp.news_url=None",
                "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
            ],
            env=environment,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._wait()

    @property
    def complaints(self) -> list[str]:
        """Lines of the server's log, since the last session was started, that speak of an error."""
        lines = Path(self._log.name).read_text(encoding="utf-8")[self._said :].splitlines()
        return [line for line in lines if line.startswith(("[E", "[C", "Traceback"))]

    def rest(self, method: str, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(
            f"{self.url}/api/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {self.token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            content = answer.read()
        return json.loads(content) if content else None

    def start_session(self, name: str) -> None:
        """A kernel for a notebook, there before any page looks for it."""
        self._said = len(Path(self._log.name).read_text(encoding="utf-8"))
        wanted = {"path": name, "name": name, "type": "notebook", "kernel": {"name": "python3"}}
        self.rest("POST", "sessions", wanted)

    def end_sessions(self) -> None:
        for session in self.rest("GET", "sessions"):
            self.rest("DELETE", f"sessions/{session['id']}")

    def stop(self) -> None:
        with suppress(OSError):
            self.end_sessions()
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()

    def _wait(self) -> None:
        def answers() -> bool:
            if self._process.poll() is not None:
                raise RuntimeError(f"JupyterLab ended at once; see {self._log.name}")
            with suppress(OSError):
                return bool(self.rest("GET", "status"))
            return False

        self.until(answers, "JupyterLab")

    def until(self, condition: Any, what: str) -> None:
        end = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError(f"{what} did not come within {PATIENCE:.0f} s; see {self._log.name}")
            time.sleep(0.1)


class OpenNotebook:
    """A notebook in a page of the browser, and every error that showed up in it."""

    def __init__(self, lab: Lab, page: Any, name: str) -> None:
        self.lab, self.page = lab, page
        self.console: list[str] = []
        page.on(
            "console", lambda message: self.console.append(message.text) if message.type == "error" else None
        )
        page.on("pageerror", lambda error: self.console.append(str(error)))
        self._url = f"{lab.url}/{lab.tree}/{name}?reset&token={lab.token}"
        lab.start_session(name)
        self.reload()

    def reload(self) -> None:
        """Loads the page, again; the kernel goes on."""
        self.page.goto(self._url)
        self.page.evaluate(READY)

    def run_all(self) -> None:
        self.page.evaluate(RUN_ALL)

    @property
    def errors(self) -> list[str]:
        """Errors in the outputs, and what the browser's console complained about."""
        return [*self.page.evaluate(ERRORS), *self.console]

    def figures(self) -> list[Figure]:
        self.page.wait_for_function(ALL_SHOWN)
        shown = self.page.locator(".live-figure")
        return [Figure(self.page, shown.nth(i)).settle() for i in range(shown.count())]


class Figure:
    """One live figure in the page, as a person has it before them."""

    def __init__(self, page: Any, locator: Any) -> None:
        self.page, self.locator = page, locator

    def settle(self) -> Figure:
        """Waits until every answer has come and is painted, and JupyterLab shows the cell."""
        self.locator.scroll_into_view_if_needed()
        self.locator.evaluate(SETTLED)
        return self

    def pixels(self) -> int:
        """One number for the whole picture: equal pictures have equal numbers."""
        return int(self.locator.locator("canvas").evaluate(HASH))

    def words(self) -> str:
        return said(self.locator.locator(".live-words"))

    def trouble(self) -> str:
        alert = self.locator.locator(".live-trouble")
        return said(alert) if alert.get_attribute("hidden") is None else ""

    def sliders(self) -> list[Any]:
        return list(self.locator.locator("input[type=range]").all())


def said(element: Any) -> str:
    """A text, whether or not it is shown: JupyterLab hides a cell for a moment when it lays the notebook out."""
    return str(element.text_content())


def focus(element: Any) -> None:
    """Gives the keyboard to an element, as soon as it is shown: what is hidden does not take it."""
    element.evaluate(FOCUS)


def press(element: Any, key: str) -> None:
    focus(element)
    element.page.keyboard.press(key)
