"""Which groups each extent runs, and that a failure is told and does not stop the rest."""

import subprocess
import sys

import pytest

from rnnlab.cli import testing


@pytest.fixture
def calls(monkeypatch):
    """The commands that were run, in place of running them; those named in `fail` fail."""
    made, fail = [], set()

    def call(command, cwd):
        assert command[:2] == [sys.executable, "-m"]
        name = next(group.name for group in testing.GROUPS if list(group.command) == command[2:])
        made.append(name)
        return 1 if name in fail else 0

    monkeypatch.setattr(subprocess, "call", call)
    return made, fail


@pytest.mark.parametrize(
    ("extent", "names"),
    [
        ("quick", ["lint", "format", "types", "fast units", "staleness"]),
        ("test", ["units", "policy", "gpu", "grading", "browser", "exercises", "lectures"]),
        ("rest", ["lint", "format", "types", "slow"]),
        (
            "all",
            [
                "lint",
                "format",
                "types",
                "units",
                "policy",
                "gpu",
                "grading",
                "browser",
                "slow",
                "exercises",
                "lectures",
            ],
        ),
    ],
)
def test_an_extent_runs_its_groups(calls, tmp_path, extent, names):
    assert testing.run(tmp_path, extent) == 0
    assert calls[0] == names


def test_all_is_test_and_rest():
    extents = {group.name: group.extents for group in testing.GROUPS}
    quick_only = {name for name in extents if extents[name] == {"quick"}}
    assert quick_only == {"fast units", "staleness"}  # `units` and `policy` have them among their tests
    assert all(extents[name] & {"test", "rest"} for name in extents if name not in quick_only)


def test_after_a_failure_the_rest_runs_and_the_end_says_which_failed(calls, tmp_path, capsys):
    calls[1].add("units")
    assert testing.run(tmp_path, "test") == 1
    assert len(calls[0]) == 7
    lines = [line.split()[:2] for line in capsys.readouterr().out.splitlines()[-7:]]
    assert lines == [
        ["FAILED", "units"],
        ["passed", "policy"],
        ["passed", "gpu"],
        ["passed", "grading"],
        ["passed", "browser"],
        ["passed", "exercises"],
        ["passed", "lectures"],
    ]


def test_lectures_are_compared_strictly_and_exercises_only_run():
    command = {group.name: group.command for group in testing.GROUPS}
    assert "--nbval" in command["lectures"] and command["lectures"][-2:] == ("lectures", "solutions")
    assert "--nbval-lax" in command["exercises"] and command["exercises"][-1] == "exercises"
    assert "--nbval-cell-timeout=120" in command["lectures"]


def test_each_tool_that_a_group_calls_is_there():
    for tool in {group.command[0] for group in testing.GROUPS}:
        subprocess.run([sys.executable, "-m", tool, "--version"], check=True, capture_output=True)
