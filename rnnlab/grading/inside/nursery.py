"""The first process of a sandbox: it loads NumPy, and torch, once and is forked for each question.

It reads tasks from its standard input (a line of JSON, then the calls) and answers on its standard output (a
line of JSON, then what the fork wrote). Forks have neither, and cannot take them from this process, whose memory
and files are hidden from them; there is no other process in a sandbox. Without one, whoever may look into every
process of the machine may look into this one. What it says about a fork is never worth a mark.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import resource
import select
import shutil
import signal
import struct
import sys
import time
from contextlib import suppress
from typing import Any, BinaryIO, NoReturn

LENGTH = struct.Struct("<Q")


def main() -> None:
    """Make ready, say so, then one fork a task until the parent closes the line."""
    from rnnlab.grading.inside import walls

    tasks, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)
    settings = json.loads(tasks.readline())
    gc.disable()  # a tenth of the time that torch takes to load
    for name in (*settings["load"], "rnnlab.grading.inside.student"):
        importlib.import_module(name)
    gc.freeze()  # what is loaded stays, so no fork needs to look through it and copy it
    gc.enable()
    walls.hide_memory()
    _reply(replies, {"ready": True})
    while line := tasks.readline():
        task = json.loads(line)
        calls = tasks.read(task["length"])
        if task["draws"]:
            _load_pictures(settings["pictures"])
        head, body = _one(task, calls, settings, (tasks, replies))
        _reply(replies, head, body)


def _load_pictures(names: list[str]) -> None:
    """matplotlib looks for its list of fonts where it may write, and for every font there is if it finds none."""
    if not os.path.isdir(os.environ["MPLCONFIGDIR"]):
        shutil.copytree(os.path.join(sys.argv[1], "fonts"), os.environ["MPLCONFIGDIR"])
    for name in names:
        importlib.import_module(name)


def _one(
    task: dict[str, Any], calls: bytes, settings: dict[str, Any], mine: tuple[BinaryIO, BinaryIO]
) -> tuple[dict[str, Any], bytes]:
    """Fork for one task and gather what comes, for as long and as much as is allowed."""
    inlet, outlet = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(inlet)
        for file in mine:
            os.close(file.fileno())
        _be_the_student(task, calls, settings, outlet)
    os.close(outlet)
    limits = settings["limits"]
    body, how = _gather(inlet, time.monotonic() + limits["wall"], limits["output"])
    status, used = _end(child, settings["alone"], wait=how == "ended")
    os.close(inlet)
    head = {"how": how, "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0}
    return head | {"cpu": used.ru_utime + used.ru_stime, "length": len(body)}, body


def _be_the_student(task: dict[str, Any], calls: bytes, settings: dict[str, Any], outlet: int) -> NoReturn:
    """The fork: behind its walls it runs the answer, writes the length and the arrays, and is gone."""
    from rnnlab.grading.crossing import unpack_calls
    from rnnlab.grading.inside import student, walls

    try:
        os.setpgid(0, 0)
        walls.limit(settings["limits"])
        walls.refuse_calls()
        body = student.answer(task, settings["sources"], unpack_calls(calls))
        with os.fdopen(outlet, "wb") as pipe:
            pipe.write(LENGTH.pack(len(body)) + body)
    finally:
        os._exit(0)


def _gather(inlet: int, until: float, most: int) -> tuple[bytes, str]:
    """What comes through the pipe, and how it ended: whole, ended (early), late or flood."""
    came = b""
    while True:
        if len(came) >= LENGTH.size:
            (length,) = LENGTH.unpack(came[: LENGTH.size])
            if length > most:
                return b"", "flood"
            if len(came) >= LENGTH.size + length:
                return came[LENGTH.size : LENGTH.size + length], "whole"
        left = until - time.monotonic()
        if left <= 0 or not select.select([inlet], [], [], left)[0]:
            return b"", "late"
        piece = os.read(inlet, 1 << 20)
        if not piece:
            return b"", "ended"
        came += piece


def _end(child: int, alone: bool, wait: bool) -> tuple[int, resource.struct_rusage]:
    """Kill the fork and whatever it started; in a sandbox of its own that is everything else there is."""
    gone = 0
    patience = time.monotonic() + (1.0 if wait else 0.0)
    while not gone and time.monotonic() < patience:
        gone, status, used = os.wait4(child, os.WNOHANG)
        time.sleep(0.005)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    if not gone:
        os.kill(child, signal.SIGKILL)
    if alone:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(-1, signal.SIGKILL)
    if not gone:
        _, status, used = os.wait4(child, 0)
    with suppress(ChildProcessError):  # whatever a fork leaves falls to the first process
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    return status, used


def _reply(replies: BinaryIO, head: dict[str, Any], body: bytes = b"") -> None:
    replies.write(json.dumps(head).encode() + b"\n" + body)
    replies.flush()


if __name__ == "__main__":
    sys.path[:] = [sys.argv[1], *(p for p in sys.path[1:] if not os.path.isdir(os.path.join(p, "rnnlab")))]
    from rnnlab.grading.inside.nursery import main as begin

    begin()
