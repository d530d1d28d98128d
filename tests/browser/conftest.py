"""A real browser and a real JupyterLab; where either is missing, these tests are skipped and say so."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from .lab import Lab, OpenNotebook

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def need(there: object, what: str) -> None:
    """Skips without `what`; fails instead where everything is required to be there."""
    if there:
        return
    if os.environ.get("RNNLAB_REQUIRE_ALL") == "1":
        pytest.fail(f"{what} is not installed, and RNNLAB_REQUIRE_ALL=1 asks for everything")
    pytest.skip(f"{what} is not installed")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    need(importlib.util.find_spec("playwright"), "playwright")
    need(CHROMIUM, "chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    need(importlib.util.find_spec("jupyterlab"), "JupyterLab")
    server = Lab(tmp_path_factory.mktemp("lab"))
    yield server
    server.stop()


@pytest.fixture
def open_notebook(lab: Lab, browser: Any) -> Iterator[Callable[..., OpenNotebook]]:
    """Opens a copy of a notebook in JupyterLab, each in a fresh profile, and runs all its cells.

    `sharpness`: the screen's pixels per pixel of the page; `calm`: the reader wants no motion; `before`: JavaScript
    that runs before the page's own.
    """
    contexts = []

    def open_and_run(
        path: Path,
        width: int = 1280,
        height: int = 900,
        sharpness: float = 1,
        calm: bool = False,
        before: str = "",
    ) -> OpenNotebook:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            device_scale_factor=sharpness,
            reduced_motion="reduce" if calm else "no-preference",
        )
        contexts.append(context)
        context.set_default_timeout(30_000)
        context.add_init_script(before)
        shutil.copy(path, lab.notebooks / path.name)
        notebook = OpenNotebook(lab, context.new_page(), path.name)
        notebook.run_all()
        return notebook

    yield open_and_run
    for context in contexts:
        context.close()
    lab.end_sessions()
