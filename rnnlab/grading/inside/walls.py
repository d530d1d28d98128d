"""What the system itself refuses to a process that runs a student's code: limits, and a filter of system calls.

With the filter an answer starts no program and no process, opens no socket and signals no other process. It
needs no rights, and it cannot be taken off again. Files under /proc it does not see: in a sandbox the one other
process is the answer's own parent, which `hide_memory` closes to whoever has no rights. Memory is what the limit
counts, so there are no files in memory besides the scratch folder, which has a size.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
import sys
from collections.abc import Mapping

NO_NEW_PRIVILEGES, DUMPABLE, SECCOMP, FILTER = 38, 4, 22, 2  # of prctl
ALLOW, REFUSE, ABSENT, KILL = 0x7FFF0000, 0x00050001, 0x00050026, 0x80000000  # EPERM is 1, ENOSYS 38
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06  # of the filter's little language
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16  # where they stand in what the filter is shown
THREAD = 0x00010000  # of clone: a thread, not a process
X32 = 0x40000000

# x86-64 and 64-bit ARM; 0 where there is no such call
REFUSED = {
    "execve": (59, 221), "execveat": (322, 281), "fork": (57, 0), "vfork": (58, 0),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240), "tkill": (200, 130),
    "pidfd_open": (434, 434), "pidfd_getfd": (438, 438), "pidfd_send_signal": (424, 424),
    "socket": (41, 198), "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39),
    "pivot_root": (155, 41), "chroot": (161, 51), "open_by_handle_at": (304, 265), "bpf": (321, 280),
    "perf_event_open": (298, 241), "userfaultfd": (323, 282), "io_uring_setup": (425, 425),
    "memfd_create": (319, 279), "memfd_secret": (447, 447), "mq_open": (240, 180),
    "keyctl": (250, 219), "add_key": (248, 217), "request_key": (249, 218),
    "setsid": (112, 157), "setpgid": (109, 154), "shmget": (29, 194), "msgget": (68, 186), "semget": (64, 190),
}  # fmt: skip
CLONE, CLONE3, OWN_ONLY = (56, 220), (435, 435), ((62, 129), (234, 131))  # kill and tgkill
MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}


def hide_memory() -> None:
    """No process without rights may look into this one, or into its children as they are born."""
    if sys.platform == "linux":
        _libc().prctl(DUMPABLE, 0, 0, 0, 0)


def limit(limits: Mapping[str, float]) -> None:
    """The limits of this process alone: memory beyond what it has, CPU, files, processes."""
    if os.name != "posix":
        return
    import resource

    def at_most(name: str, amount: float, hard: float | None = None) -> None:
        which = getattr(resource, name, None)
        if which is None:
            return
        ceiling = resource.getrlimit(which)[1]
        upper = int(hard if hard is not None else amount)
        upper = upper if ceiling == resource.RLIM_INFINITY else min(upper, ceiling)
        resource.setrlimit(which, (min(int(amount), upper), upper))

    if sys.platform == "linux":
        with open("/proc/self/statm") as file:
            already = int(file.read().split()[0]) * resource.getpagesize()
        at_most("RLIMIT_AS", already + limits["memory"])
    at_most("RLIMIT_CPU", limits["cpu"], limits["cpu"] + 1)
    at_most("RLIMIT_FSIZE", limits["file"])
    at_most("RLIMIT_NPROC", limits["processes"])
    at_most("RLIMIT_NOFILE", 256)
    at_most("RLIMIT_CORE", 0)


def refuse_calls() -> bool:
    """Install the filter for this process and all it starts; whether that was possible."""
    if sys.platform != "linux" or platform.machine() not in MACHINES:
        return False
    program = _program(*MACHINES[platform.machine()])
    code = ctypes.create_string_buffer(program, len(program))
    bundle = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(program) // 8, ctypes.addressof(code)))
    prctl = _libc().prctl
    return prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0 and prctl(SECCOMP, FILTER, bundle, 0, 0) == 0


def _program(column: int, architecture: int) -> bytes:
    """Look at the machine, then at the number of the call, then at its first argument where that matters."""

    def step(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
        return struct.pack("HBBI", code, yes, no, value)

    def answer(number: int, what: int) -> list[bytes]:
        return [step(EQUAL, number, 0, 1), step(RETURN, what)]

    lines = [
        step(LOAD, ARCHITECTURE),
        step(EQUAL, architecture, 1, 0),
        step(RETURN, KILL),
        step(LOAD, NUMBER),
    ]
    lines += [step(AT_LEAST, X32, 0, 1), step(RETURN, KILL)]
    for numbers in REFUSED.values():
        lines += answer(numbers[column], REFUSE) if numbers[column] else []
    lines += answer(CLONE3[column], ABSENT)  # its flags cannot be seen; libraries then take clone
    lines += [step(EQUAL, CLONE[column], 0, 4), step(LOAD, FIRST_ARGUMENT), step(ANY_BIT, THREAD, 1, 0)]
    lines += [step(RETURN, REFUSE), step(RETURN, ALLOW)]
    for numbers in OWN_ONLY:
        lines += [step(EQUAL, numbers[column], 0, 4), step(LOAD, FIRST_ARGUMENT)]
        lines += [step(EQUAL, os.getpid(), 1, 0), step(RETURN, REFUSE), step(RETURN, ALLOW)]
    return b"".join([*lines, step(RETURN, ALLOW)])


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
