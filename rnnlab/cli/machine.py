"""What this machine really has: the cores and memory of the container, not of the host; a browser."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

GIB = 2**30


@dataclass(frozen=True)
class Cores:
    count: int  # what this process may use, at least 1
    host: int  # what the host has


@dataclass(frozen=True)
class Memory:
    limit: int | None  # bytes this process may use; None where the system does not say
    host: int | None


def cores(proc: Path = Path("/proc"), cgroup: Path = Path("/sys/fs/cgroup")) -> Cores:
    """The smallest of the host's cores, those this process is bound to, and the container's share."""
    host = os.cpu_count() or 1
    bound = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else host
    shares = [share for folder in groups("cpu", proc, cgroup) if (share := cpu_share(folder)) is not None]
    return Cores(max(1, min(host, bound, *(int(share) for share in shares))), host)


def memory(proc: Path = Path("/proc"), cgroup: Path = Path("/sys/fs/cgroup")) -> Memory:
    """The smallest of the host's memory and the container's limit."""
    host = host_memory(proc)
    limits = [memory_limit(folder) for folder in groups("memory", proc, cgroup)]
    known = [size for size in (host, *limits) if size is not None]
    return Memory(min(known) if known else None, host)


def groups(controller: str, proc: Path, cgroup: Path) -> list[Path]:
    """The folders that limit this process, from its own up to the root: a limit on any of them holds.

    /proc/self/cgroup has a line `0::/path` in version 2, and `4:cpu,cpuacct:/path` in version 1. Inside a
    container the path may be the host's, which is not there; the root of the mount is then the container's.
    """
    folders: list[Path] = []
    for line in read(proc / "self" / "cgroup").splitlines():
        _, names, path = line.split(":", 2)
        if names == "":
            base = cgroup
        elif controller in names.split(","):
            base = cgroup / controller if (cgroup / controller).is_dir() else cgroup / names
        else:
            continue
        own = base / path.lstrip("/")
        folders += [folder for folder in (own, *own.parents) if folder == base or base in folder.parents]
    return folders


def cpu_share(folder: Path) -> float | None:
    """Time granted over period: `cpu.max` holds `200000 100000` or `max 100000`; version 1 has two files."""
    quota, period = (read(folder / "cpu.max").split() + ["", ""])[:2]
    if not quota:
        quota, period = read(folder / "cpu.cfs_quota_us"), read(folder / "cpu.cfs_period_us")
    if not quota.isdigit() or not period.isdigit():  # "max", "-1", or no such file: no limit
        return None
    return int(quota) / int(period)


def memory_limit(folder: Path) -> int | None:
    text = read(folder / "memory.max") or read(folder / "memory.limit_in_bytes")
    return int(text) if text.isdigit() else None


def host_memory(proc: Path) -> int | None:
    for line in read(proc / "meminfo").splitlines():
        if line.startswith("MemTotal:"):
            return int(line.split()[1]) * 1024
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None


def read(file: Path) -> str:
    """The file's text without the line's end, or nothing where there is no such file."""
    try:
        return file.read_text().strip()
    except OSError:
        return ""


def browser() -> str | None:
    """The Chromium on the path that the browser tests use."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    return None
