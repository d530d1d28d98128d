"""For every test: one thread, so that numbers repeat. For notebooks: an empty home each, and their times."""

import os
import tempfile
from collections import defaultdict
from pathlib import Path

import pytest

from rnnlab.building.environment import FIXED, kernel_environment

os.environ.update(FIXED)  # before anything imports a numeric library


def pytest_configure(config):
    config.addinivalue_line("markers", "fresh: compares products with their sources, without executing")
    config.addinivalue_line("markers", "slow: not part of a plain `make test`")
    config.addinivalue_line("markers", "thorough: part of `make test`, and not of `make quick`")
    home = tempfile.TemporaryDirectory(prefix="rnnlab-home-", ignore_cleanup_errors=True)
    config.add_cleanup(home.cleanup)
    os.environ["RNNLAB_HOME"] = home.name  # a test must not count as somebody's progress
    if _runs_notebooks(config):
        import matplotlib.font_manager  # noqa: F401  on a new machine its cache is built here, not in a cell

        # nbval opens /dev/null for each kernel's stderr and never closes it
        config.addinivalue_line(
            "filterwarnings", "ignore:.*/dev/null:pytest.PytestUnraisableExceptionWarning"
        )

        homes = tempfile.TemporaryDirectory(prefix="rnnlab-test-", ignore_cleanup_errors=True)
        config.add_cleanup(homes.cleanup)
        config.homes = Path(homes.name)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Before nbval starts a notebook's kernel: the environment that it was built in."""
    if item.path.suffix == ".ipynb":
        home = item.config.homes / item.path.parent.name / item.path.stem
        home.mkdir(parents=True, exist_ok=True)
        os.environ.update(kernel_environment(home))


def pytest_terminal_summary(terminalreporter, config):
    """Seconds of each notebook, slowest first, and what the course has proved."""
    seconds = defaultdict(float)
    for report in sum(terminalreporter.stats.values(), []):
        file = getattr(report, "nodeid", "").partition("::")[0]
        if file.endswith(".ipynb"):
            seconds[file] += getattr(report, "duration", 0.0)
    if not seconds:
        return
    terminalreporter.section("time per notebook")
    for file in sorted(seconds, key=seconds.__getitem__, reverse=True):
        terminalreporter.write_line(f"{seconds[file]:6.1f} s  {file}")
    if config.option.nbval:
        from rnnlab.building.tally import tally

        terminalreporter.section("what the course has proved")
        terminalreporter.write_line(str(tally()))


def _runs_notebooks(config):
    option = config.option
    return getattr(option, "nbval", False) or getattr(option, "nbval_lax", False)
