"""Mark one notebook: for each question, ask the sandboxed answer and compare here, where the key is.

The answer is asked the public probes and the keyed ones together. Marks come from the keyed ones; what the
student reads is said of the public ones, so that no hidden probe is ever shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from rnnlab.grading.crossing import unpack_said
from rnnlab.grading.ladder import Place, Rung
from rnnlab.grading.limits import Limits
from rnnlab.grading.sandbox import Reply, Sandbox
from rnnlab.questions.asking import Said
from rnnlab.questions.check import Status, Verdict, judge
from rnnlab.questions.measuring import distances, parts_right
from rnnlab.questions.pictures import Seen, seen
from rnnlab.questions.question import Question, questions
from rnnlab.questions.scoring import SLACK
from rnnlab.questions.sheet import Sheet, confusions, make_sheet
from rnnlab.questions.values import Fault

MEMORY = ("MemoryError", "can't allocate memory", "bad_alloc", "ArrayMemoryError", "Unable to allocate")


class Result(StrEnum):
    """What became of a question. Only a graded one has marks."""

    GRADED = "graded"
    NOT_ATTEMPTED = "not attempted"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    CRASHED = "crashed"
    WRONG_TYPE = "wrong type"
    UNREADABLE = "unreadable"
    MISSING = "missing"
    MANUAL = "manual"


@dataclass(frozen=True)
class Outcome:
    """One question of one student. `lines` are for the student, `note` is for whoever grades."""

    question: str
    result: Result
    marks: int | None
    points: int
    verdict: str = ""
    misconception: str = ""
    lines: tuple[str, ...] = ()
    note: str = ""
    seen: Seen | None = None


@dataclass(frozen=True)
class Marker:
    """All that marking needs besides the notebook."""

    key: str
    rung: Rung
    place: Place
    limits: Limits

    def mark(self, sources: Sequence[str], exercise: int, student: str) -> list[Outcome]:
        """Every question of an exercise, for the code cells of one notebook."""
        with Sandbox(self.rung, self.place, self.limits, sources) as sandbox:
            return [self._question(sandbox, one, student) for one in questions(exercise)]

    def _question(self, sandbox: Sandbox, wanted: Question, student: str) -> Outcome:
        """First what the answer needs; all cells only where that was answered and not in full."""
        first, again = self._once(sandbox, wanted, student, everything=False)
        if not again or first.marks == wanted.points:
            return first
        second, _ = self._once(sandbox, wanted, student, everything=True)
        return second if (second.marks or 0) > (first.marks or 0) else first

    def _once(
        self, sandbox: Sandbox, wanted: Question, student: str, everything: bool
    ) -> tuple[Outcome, bool]:
        """One outcome, and whether an answer came at all."""
        public, hidden = make_sheet(wanted, student), make_sheet(wanted, student, self.key)
        sheets = (public, hidden) if wanted.asks_function else (public,)
        calls = [probe.arguments for sheet in sheets for probe in sheet.probes]
        reply = sandbox.ask(wanted, calls, everything)
        try:
            said, notes = unpack_said(reply.body, len(calls)) if not reply.trouble else ((), {})
        except ValueError as error:
            reply = Reply(trouble="crashed", because=f"what it gave cannot be read: {error}")
        if reply.trouble:
            return _failed(wanted, reply), False
        verdict = judge(wanted, public, confusions(wanted, public), said[: len(public.probes)])
        keyed = said[-len(hidden.probes) :]
        right = parts_right(wanted, hidden, distances(wanted, hidden, keyed), SLACK)
        marks = sum(wanted.parts[i].marks for i in right)
        if not marks and not wanted.asks_function and _is_someone_elses(wanted, notes, student, said):
            return _elsewhere(wanted, notes), True
        outcome = _outcome(wanted, verdict, marks, said, notes)
        return replace(outcome, seen=seen(wanted, public, said[: len(public.probes)])), True


def _outcome(wanted: Question, verdict: Verdict, marks: int, said: Said, notes: Mapping[str, str]) -> Outcome:
    lines, result = verdict.lines, Result.GRADED
    troubles = (notes["troubles"],) if notes.get("troubles") else ()
    if verdict.status is Status.NOT_ATTEMPTED:
        result = Result.NOT_ATTEMPTED
        lines = (f"`{wanted.answer}` was never defined.", *troubles) if "undefined" in notes else lines
    elif not marks and _out_of_memory(said):
        result, lines = Result.MEMORY, ("It wanted more memory than a question may use.", *lines)
    elif not marks and verdict.status is Status.WRONG_KIND:
        result = Result.WRONG_TYPE
    elif verdict.status is Status.RIGHT and marks < wanted.points:
        lines = (*lines, "Other probes it did not answer rightly: an answer must work for any input.")
    graded = result is Result.GRADED
    outcome = Outcome(
        wanted.number, result, marks if graded else None, wanted.points, str(verdict.status), lines=lines
    )
    return replace(outcome, misconception=verdict.misconception, note=_note(notes))


def _failed(wanted: Question, reply: Reply) -> Outcome:
    line = f"Your answer could not be run to its end: {reply.because}."
    return Outcome(
        wanted.number, Result(reply.trouble), None, wanted.points, lines=(line,), note=reply.because
    )


def _is_someone_elses(wanted: Question, notes: Mapping[str, str], student: str, said: Said) -> bool:
    """Whether a value is the right one for the id in the notebook, where that is not this student's."""
    other = notes.get("student", "").strip()
    if not other or other.casefold() == str(student).strip().casefold():
        return False
    sheet: Sheet = make_sheet(wanted, other)
    return max(distances(wanted, sheet, said)) <= SLACK


def _elsewhere(wanted: Question, notes: Mapping[str, str]) -> Outcome:
    """For a person to decide: a slip of the id, or somebody else's answer."""
    other = notes["student"]
    line = f"This is right for the numbers of {other!r}, the id in your notebook; a person will look at it."
    note = f"right for the id {other!r} that the notebook gives, not for this student's own"
    return Outcome(wanted.number, Result.MANUAL, None, wanted.points, lines=(line,), note=note)


def _out_of_memory(said: Said) -> bool:
    return any(isinstance(one, Fault) and any(word in one.came for word in MEMORY) for one in said)


def _note(notes: Mapping[str, str]) -> str:
    return notes.get("troubles", "")


def nothing_done(exercise: int, result: Result, because: str) -> list[Outcome]:
    """The outcomes of a notebook that is not there or cannot be read."""
    return [
        Outcome(one.number, result, None, one.points, lines=(because,), note=because)
        for one in questions(exercise)
    ]


def plain(outcome: Outcome) -> dict[str, Any]:
    """An outcome as JSON."""
    drawn = None if outcome.seen is None else {"got": outcome.seen.got, "expected": outcome.seen.expected}
    return {**vars(outcome), "result": str(outcome.result), "lines": list(outcome.lines), "seen": drawn}


def from_plain(data: Mapping[str, Any]) -> Outcome:
    drawn = data["seen"] and Seen(tuple(data["seen"]["got"]), tuple(data["seen"]["expected"]))
    return Outcome(**{**data, "result": Result(data["result"]), "lines": tuple(data["lines"]), "seen": drawn})


def total(outcomes: Sequence[Outcome]) -> int:
    return sum(outcome.marks or 0 for outcome in outcomes)
