"""`rnnlab lab`: the reader's copy, opened in JupyterLab on this computer only."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

from rnnlab.cli.course import CourseError
from rnnlab.cli.editions import hand_out
from rnnlab.cli.machine import cores

START = "lectures/00_start_here.ipynb"


def run(root: Path, browser: bool, port: int | None) -> int:
    if importlib.util.find_spec("jupyterlab") is None:
        raise CourseError('JupyterLab is not installed here: python -m pip install -e ".[lab]" installs it')
    for line in hand_out(root):
        print(line)
    sys.stdout.flush()
    os.chdir(root / "my")
    return start(command(root / "my", browser, port), threads_of_the_container(dict(os.environ)))


def start(arguments: list[str], environment: dict[str, str]) -> int:
    if os.name == "posix":  # become the server, so that Ctrl-C and a kill reach it and nothing is left behind
        os.execve(arguments[0], arguments, environment)
    return subprocess.call(arguments, env=environment)


def command(folder: Path, browser: bool, port: int | None) -> list[str]:
    """JupyterLab on the start page, reachable from this computer only, asking nobody for news or updates."""
    arguments = [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={folder}",
        "--ServerApp.ip=127.0.0.1",
        f"--LabApp.default_url=/lab/tree/{START}",
        "--LabApp.extension_manager=readonly",
        "--ServerApp.jpserver_extensions={'rnnlab.live.server': True}",  # live figures answer at once
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
    ]
    if port is not None:
        arguments.append(f"--ServerApp.port={port}")
    if not browser:
        arguments.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # as in many a container; Jupyter refuses unless told
        arguments.append("--allow-root")
    return arguments


def threads_of_the_container(environment: dict[str, str]) -> dict[str, str]:
    """Kernels count the host's cores; where a container has fewer, so many threads only wait."""
    environment.setdefault("OMP_NUM_THREADS", str(cores().count))
    return environment
