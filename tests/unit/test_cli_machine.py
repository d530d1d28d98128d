"""Cores and memory as a container sees them, read from files laid out as Linux lays them out."""

import os

import pytest

from rnnlab.cli import machine
from rnnlab.cli.machine import GIB, Memory


@pytest.fixture
def linux(tmp_path, monkeypatch):
    """A host of 64 cores and 256 GiB; files are added by each test."""
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: range(64), raising=False)

    def lay(**files):
        for name, text in {"proc/meminfo": f"MemFree: 1 kB\nMemTotal: {256 * 2**20} kB\n", **files}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path / "proc", tmp_path / "cg"

    return lay


def test_without_a_container_the_host_is_what_there_is(linux):
    places = linux()
    assert machine.cores(*places).count == 64
    assert machine.memory(*places) == Memory(256 * GIB, 256 * GIB)


@pytest.mark.parametrize(
    ("quota", "expected"), [("200000 100000", 2), ("50000 100000", 1), ("max 100000", 64)]
)
def test_version_2_grants_time_over_period(linux, quota, expected):
    places = linux(**{"proc/self/cgroup": "0::/\n", "cg/cpu.max": quota})
    assert machine.cores(*places).count == expected
    assert machine.cores(*places).host == 64


def test_version_2_holds_whichever_level_is_tightest(linux):
    places = linux(
        **{
            "proc/self/cgroup": "0::/pod/box\n",
            "cg/pod/box/cpu.max": "max 100000",
            "cg/pod/cpu.max": "400000 100000",
            "cg/cpu.max": "800000 100000",
            "cg/pod/box/memory.max": str(8 * GIB),
            "cg/pod/memory.max": str(4 * GIB),
            "cg/memory.max": "max",
        }
    )
    assert machine.cores(*places).count == 4
    assert machine.memory(*places) == Memory(4 * GIB, 256 * GIB)


def test_a_path_of_the_hosts_falls_back_on_the_root_of_the_mount(linux):
    places = linux(**{"proc/self/cgroup": "0::/docker/0123\n", "cg/cpu.max": "300000 100000"})
    assert machine.cores(*places).count == 3


def test_version_1_has_a_file_for_each(linux):
    places = linux(
        **{
            "proc/self/cgroup": "5:memory:/box\n4:cpu,cpuacct:/box\n",
            "cg/cpu,cpuacct/box/cpu.cfs_quota_us": "150000\n",
            "cg/cpu,cpuacct/box/cpu.cfs_period_us": "50000\n",
            "cg/memory/box/memory.limit_in_bytes": f"{2 * GIB}\n",
        }
    )
    assert machine.cores(*places).count == 3
    assert machine.memory(*places).limit == 2 * GIB


def test_version_1_without_limits(linux):
    places = linux(
        **{
            "proc/self/cgroup": "4:cpu:/\n5:memory:/\n",
            "cg/cpu/cpu.cfs_quota_us": "-1",
            "cg/cpu/cpu.cfs_period_us": "100000",
            "cg/memory/memory.limit_in_bytes": "9223372036854771712",
        }
    )
    assert machine.cores(*places).count == 64
    assert machine.memory(*places).limit == 256 * GIB


def test_a_process_bound_to_two_cores_has_two(linux, monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0, 5}, raising=False)
    assert machine.cores(*linux()).count == 2


def test_the_browser_is_the_first_of_its_names_on_the_path(monkeypatch):
    monkeypatch.setattr(machine.shutil, "which", lambda name: name if "chrom" in name else None)
    assert machine.browser() == "chromium"
    monkeypatch.setattr(machine.shutil, "which", lambda name: name if name == "google-chrome" else None)
    assert machine.browser() == "google-chrome"
    monkeypatch.setattr(machine.shutil, "which", lambda name: None)
    assert machine.browser() is None


def test_where_the_system_says_nothing_nothing_is_made_up(tmp_path, monkeypatch):
    def unknown(name):
        raise ValueError(name)

    monkeypatch.setattr(os, "sysconf", unknown, raising=False)
    assert machine.memory(tmp_path, tmp_path) == Memory(None, None)
