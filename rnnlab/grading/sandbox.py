"""The parent's end of one sandboxed child: send a question's calls in, take arrays or a reason out."""

from __future__ import annotations

import json
import os
import selectors
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any

from rnnlab.grading.crossing import Calls, pack_calls
from rnnlab.grading.ladder import Place, Rung, command, environment, tree_inside
from rnnlab.grading.limits import Limits
from rnnlab.questions.question import Question

GRACE = 10.0  # seconds after which a child that should have answered is given up
LINE = 4096  # bytes of the line that heads a reply
PICTURES = ("matplotlib.pyplot", "rnnlab.figures.canvas")


@dataclass(frozen=True)
class Reply:
    """What came back for one question: bytes to be looked at, or why there are none."""

    body: bytes = b""
    trouble: str = ""  # timeout, memory, crashed
    because: str = ""


class Gone(Exception):
    """The child does not answer any more."""


class Sandbox:
    """One child, and the next one where it dies: a question that kills it costs no other question."""

    def __init__(self, rung: Rung, place: Place, limits: Limits, sources: Sequence[str]) -> None:
        self.rung, self.limits, self.sources = rung, limits, list(sources)
        self.own = Path(tempfile.mkdtemp(prefix="child-", dir=place.scratch))
        self.place = replace(place, scratch=self.own)
        self.child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._end()
        shutil.rmtree(self.own, ignore_errors=True)

    def ask(self, wanted: Question, calls: Calls, everything: bool = False, draws: bool = False) -> Reply:
        """Run the notebook's answer on these calls in a fresh fork, with `everything` all its cells before it.

        `draws` loads once, for this fork and the next ones, what pictures are drawn with.
        """
        packed = pack_calls(calls)
        task = {"answer": wanted.answer, "function": wanted.asks_function, "forbidden": wanted.forbidden}
        task |= {"everything": everything, "draws": draws, "length": len(packed)}
        try:
            child = self._alive()
            _write(child, json.dumps(task | {"spare": self.limits.spare}).encode() + b"\n" + packed)
            head, body = self._read(child, self.limits.wall + GRACE)
        except Gone as gone:
            self._end()
            return Reply(trouble="crashed", because=f"the process that ran it is gone ({gone})")
        return Reply(body) if head.get("how") == "whole" else self._why(head)

    def _why(self, head: Mapping[str, Any]) -> Reply:
        """Why nothing came, from what the child says of its fork."""
        killed = head.get("signal")
        if head.get("how") == "late":
            return Reply(trouble="timeout", because=f"it took longer than {self.limits.wall:g} s")
        cpu = head.get("cpu")
        used_up = isinstance(cpu, float) and cpu >= self.limits.cpu - 0.5
        if killed == signal.SIGXCPU or (killed == signal.SIGKILL and used_up):
            return Reply(
                trouble="timeout", because=f"it used more than {self.limits.cpu} s of computing time"
            )
        if head.get("how") == "flood":
            return Reply(trouble="crashed", because="it gave more data than may come back")
        if killed == signal.SIGKILL:
            return Reply(trouble="memory", because="the system ended it, most likely for the memory it took")
        name = signal.Signals(killed).name if killed in set(signal.Signals) else ""
        return Reply(trouble="crashed", because=f"its process ended early{f' ({name})' if name else ''}")

    def _alive(self) -> subprocess.Popen[bytes]:
        if self.child is not None and self.child.poll() is None:
            return self.child
        self._end()
        self.child = self._start()
        return self.child

    def _start(self) -> subprocess.Popen[bytes]:
        tree = tree_inside(self.rung, self.place)
        begin = [f"{tree}/rnnlab/grading/inside/nursery.py", tree]
        with open(self.place.scratch / "errors.txt", "wb") as errors:
            child = subprocess.Popen(
                command(self.rung, self.place, self.limits, begin),
                env=environment(self.rung, self.place),
                cwd=self.place.scratch,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
            )
        alone = self.rung is not Rung.PLAIN
        settings = {"limits": self.limits.plain(), "alone": alone, "sources": self.sources}
        settings |= {"load": loads(self.sources), "pictures": PICTURES}
        self.child = child
        try:
            _write(child, json.dumps(settings).encode() + b"\n")
            head, _ = self._read(child, self.limits.start)
        except Gone as gone:
            raise Gone(f"{gone}; {self._said()}") from None  # nobody else has written there yet
        if head.get("ready") is not True:
            raise Gone("it did not get ready")
        return child

    def _read(self, child: subprocess.Popen[bytes], seconds: float) -> tuple[dict[str, Any], bytes]:
        """One reply: a short line, then as many bytes as it says and are allowed."""
        until = time.monotonic() + seconds
        line = b""
        while not line.endswith(b"\n"):
            if len(line) > LINE:
                raise Gone("it speaks nonsense")
            line += _some(child, 1, until)
        head = _head(line)
        length = head.get("length", 0)
        if type(length) is not int or not 0 <= length <= self.limits.output:
            raise Gone("it speaks nonsense")
        body = b""
        while len(body) < length:
            body += _some(child, length - len(body), until)
        return head, body

    def _said(self) -> str:
        """The last line of what a child said before any student's code ran."""
        lines = (self.place.scratch / "errors.txt").read_bytes()[-2000:].decode(errors="replace").strip()
        return lines.split("\n")[-1][:200] or "it said nothing"

    def _end(self) -> None:
        if self.child is None:
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.child.pid, signal.SIGKILL)
        self.child.kill()
        for pipe in (self.child.stdin, self.child.stdout):
            with suppress(BrokenPipeError):
                pipe.close()  # type: ignore[union-attr]
        self.child.wait()
        self.child = None


def loads(sources: Sequence[str]) -> list[str]:
    """What is worth loading once for all questions: NumPy, and torch where the notebook will want it."""
    rooms = (
        "torch",
        "rnnlab.models",
        "rnnlab.training",
        "rnnlab.gradients",
        "rnnlab.analysis",
        "rnnlab.arrays",
    )
    wanted = any(room in source for source in sources for room in rooms)
    return ["numpy", "torch"] if wanted else ["numpy"]


def _head(line: bytes) -> dict[str, Any]:
    """The line that heads a reply, which holds words and numbers and nothing else."""
    try:
        head = json.loads(line)
    except (ValueError, RecursionError):
        raise Gone("it speaks nonsense") from None
    if type(head) is not dict or not all(type(one) in (str, bool, int, float) for one in head.values()):
        raise Gone("it speaks nonsense")
    return head


def _write(child: subprocess.Popen[bytes], data: bytes) -> None:
    assert child.stdin is not None
    try:
        child.stdin.write(data)
        child.stdin.flush()
    except OSError:
        raise Gone("it does not listen") from None


def _some(child: subprocess.Popen[bytes], most: int, until: float) -> bytes:
    assert child.stdout is not None
    with selectors.DefaultSelector() as waiting:
        waiting.register(child.stdout, selectors.EVENT_READ)
        if not waiting.select(max(0.0, until - time.monotonic())):
            raise Gone("it does not answer")
    piece = os.read(child.stdout.fileno(), min(most, 1 << 20))
    if not piece:
        raise Gone("it ended")
    return piece
