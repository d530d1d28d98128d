"""Mark one notebook: for each question, ask the sandboxed answer and compare here, where the key is.

Marks come from keyed probes; what the student reads is said of the public ones. All answers are asked all public
probes before any is asked a keyed one: whatever an answer then writes down about a hidden probe, inside its
sandbox, comes too late for every word of its own that is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
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
            looks = [self._look(sandbox, one, student) for one in questions(exercise)]
            return [self._marked(sandbox, one, student) for one in looks]

    def _look(self, sandbox: Sandbox, wanted: Question, student: str) -> Look:
        """On public probes: first what the answer needs; all cells only where that was answered and not in full."""
        first = self._ask(sandbox, wanted, make_sheet(wanted, student))
        if first.trouble or first.right == len(wanted.parts):
            return first
        second = self._ask(sandbox, wanted, first.sheet, everything=True, draws="draws" in first.notes)
        return second if second.right > first.right else first

    def _marked(self, sandbox: Sandbox, look: Look, student: str) -> Outcome:
        """The outcome: marks from keyed probes where there are any, words from the look."""
        wanted, keyed = look.question, look
        if wanted.asks_function and not look.trouble and look.verdict.status is not Status.NOT_ATTEMPTED:
            sheet, draws = make_sheet(wanted, student, self.key), "draws" in look.notes
            keyed = self._ask(sandbox, wanted, sheet, look.everything, draws and look.everything)
        if keyed.trouble:
            return _failed(wanted, keyed.trouble)
        marks = sum(wanted.parts[i].marks for i in keyed.parts(SLACK))
        if (
            not marks
            and not wanted.asks_function
            and _is_someone_elses(wanted, look.notes, student, look.said)
        ):
            return _elsewhere(wanted, look.notes)
        outcome = _outcome(wanted, look.verdict, marks, (*look.said, *keyed.said), look.notes)
        return replace(outcome, seen=seen(wanted, look.sheet, look.said))

    def _ask(
        self, sandbox: Sandbox, wanted: Question, sheet: Sheet, everything: bool = False, draws: bool = False
    ) -> Look:
        reply = sandbox.ask(wanted, [probe.arguments for probe in sheet.probes], everything, draws)
        if reply.trouble:
            return Look(wanted, sheet, everything, trouble=reply)
        try:
            return Look(wanted, sheet, everything, *unpack_said(reply.body, len(sheet.probes)))
        except ValueError:  # its words may be the answer's, which has seen hidden probes
            unread = Reply(trouble="crashed", because="what it gave cannot be read")
            return Look(wanted, sheet, everything, trouble=unread)


@dataclass(frozen=True)
class Look:
    """What an answer said on a sheet, or the trouble that kept it from saying anything."""

    question: Question
    sheet: Sheet
    everything: bool
    said: Said = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    trouble: Reply | None = None

    def parts(self, slack: float = 1.0) -> list[int]:
        """The parts, by index, that are right."""
        return parts_right(self.question, self.sheet, distances(self.question, self.sheet, self.said), slack)

    @property
    def right(self) -> int:
        return 0 if self.trouble else len(self.parts())

    @property
    def verdict(self) -> Verdict:
        return judge(self.question, self.sheet, confusions(self.question, self.sheet), self.said)


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
