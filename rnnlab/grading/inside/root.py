"""The second rung, from inside fresh namespaces: build a root with little in it, go there, drop every right.

Started by `unshare` as the first process of its own namespaces. Needs nothing but Python and Linux.
"""

import ctypes
import json
import os
import sys

LIBC = ctypes.CDLL(None, use_errno=True)
READ_ONLY, NO_SUID, NO_DEVICES, REMOUNT, BIND, RECURSIVE, PRIVATE = 1, 2, 4, 32, 4096, 16384, 1 << 18
DETACH = 2
DROP_FROM_BOUNDING, NO_NEW_PRIVILEGES, DIE_WITH_PARENT = 24, 38, 1
CAPABILITIES_3 = 0x20080522
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
SAFE = NO_SUID | NO_DEVICES


def main(spec):
    """Build, enter, drop, and become the program."""
    new = spec["root"]
    _mount("none", "/", None, RECURSIVE | PRIVATE)
    _mount("tmpfs", new, "tmpfs", SAFE, "mode=0755,size=1m")
    for path in spec["seen"]:
        _bind(path, new + path)
    for path, is_folder in spec["hidden"]:
        _mount("tmpfs", new + path, "tmpfs", SAFE, "size=4k") if is_folder else _bind("/dev/null", new + path)
    _bind(spec["tree"][0], new + spec["tree"][1])
    for device in ("null", "zero", "full", "random", "urandom"):
        _bind(f"/dev/{device}", f"{new}/dev/{device}", read_only=False)
    scratch, size = spec["scratch"]
    os.makedirs(new + scratch)
    _mount("tmpfs", new + scratch, "tmpfs", SAFE, f"mode=0755,size={size}")
    os.makedirs(new + "/proc")
    _mount("proc", new + "/proc", "proc", SAFE | READ_ONLY | 8)
    os.chdir(new)
    _done(LIBC.syscall(PIVOT_ROOT[os.uname().machine], b".", b"."), "pivot_root")
    _done(LIBC.umount2(b".", DETACH), "umount")
    _mount("none", "/", None, REMOUNT | BIND | READ_ONLY | SAFE)
    os.chdir(scratch)
    _drop_rights()
    os.execve(spec["run"][0], spec["run"], dict(os.environ))


def _bind(source, target, read_only=True):
    """Show `source` at `target`; a mount that a user namespace may not loosen keeps its flags."""
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "a"):
            pass
    _mount(source, target, None, BIND | RECURSIVE)
    if read_only:
        flags = os.statvfs(target).f_flag & (SAFE | 8 | 1024 | 2048)  # noexec, noatime, nodiratime
        _mount("none", target, None, REMOUNT | BIND | READ_ONLY | NO_SUID | flags)


def _mount(source, target, kind, flags, options=""):
    kind = kind.encode() if kind else None
    done = LIBC.mount(source.encode(), target.encode(), kind, ctypes.c_ulong(flags), options.encode())
    _done(done, f"mounting {target}")


def _drop_rights():
    """No capability now, and none to come from any program that is run."""
    LIBC.prctl(DIE_WITH_PARENT, 9, 0, 0, 0)
    for capability in range(64):
        LIBC.prctl(DROP_FROM_BOUNDING, capability, 0, 0, 0)
    _done(LIBC.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0), "no_new_privs")
    header = (ctypes.c_uint32 * 2)(CAPABILITIES_3, 0)
    _done(LIBC.capset(header, (ctypes.c_uint32 * 6)()), "capset")


def _done(result, what):
    if result != 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
