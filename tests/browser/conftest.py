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
def page(browser: Any) -> Iterator[Any]:
    """An empty page with a fresh profile, wide enough for a figure."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(30_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def open_notebook(lab: Lab, page: Any) -> Iterator[Callable[[Path], OpenNotebook]]:
    """Opens a copy of a notebook in JupyterLab and runs all its cells."""

    def open_and_run(path: Path) -> OpenNotebook:
        shutil.copy(path, lab.notebooks / path.name)
        notebook = OpenNotebook(lab, page, path.name)
        notebook.run_all()
        return notebook

    yield open_and_run
    lab.end_sessions()
