"""`check` looks at an answer and says, in words, what it sees."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np

from rnnlab.questions import progress
from rnnlab.questions.asking import Said
from rnnlab.questions.identity import is_id
from rnnlab.questions.measuring import distances, far_off, parts_right
from rnnlab.questions.pictures import Seen, seen
from rnnlab.questions.question import Question, question
from rnnlab.questions.sheet import Confused, Sheet, confusions, make_sheet
from rnnlab.questions.values import Data, Fault, as_data, form, matching, misfit, same, shown


class Status(StrEnum):
    """What can be said of an answer."""

    NOT_ATTEMPTED = "not attempted"
    WRONG_KIND = "not the right kind of thing"
    MISCONCEPTION = "not yet, and here is why"
    WRONG = "not yet"
    ALMOST = "almost"
    RIGHT = "right"


@dataclass(frozen=True)
class Verdict:
    """What `check` saw. `misconception` is its name where one was recognised."""

    number: str
    status: Status
    lines: tuple[str, ...] = ()
    misconception: str = ""
    seen: Seen | None = None

    @property
    def head(self) -> str:
        return f"{self.number}  {self.status}" + (f": {self.misconception}" if self.misconception else "")

    def __repr__(self) -> str:
        return "\n".join([self.head, *(f"     {line}" for line in self.lines)])

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from rnnlab.questions.face import html

        return {"text/plain": repr(self), "text/html": html(self)}


def check(number: str, answer: Any, student: Any = None) -> Verdict:
    """Look at `answer` to question `number`. Whatever the answer is or does, this returns a verdict.

    `student` is the student's id, for a question with numbers of one's own.
    """
    wanted = question(number)
    if answer is ...:
        line = f"Write your answer as `{wanted.answer}`, then run this again."
        return Verdict(number, Status.NOT_ATTEMPTED, (line,))
    if not wanted.asks_function and not is_id(student):
        call = f'check("{number}", {wanted.answer}, student=student_id)'
        line = f"This question has numbers of your own, so it needs your id: {call}."
        return Verdict(number, Status.WRONG_KIND, (line,))
    if wanted.asks_function and not callable(answer):
        data = as_data(answer)
        came = data.came if isinstance(data, Fault) else form(data)
        line = f"Came {came}; expected the function {signature(wanted)}. Pass it without calling it."
        return Verdict(number, Status.WRONG_KIND, (line,))
    sheet = make_sheet(wanted, student)
    given = said(wanted, answer, sheet)
    verdict = judge(wanted, sheet, confusions(wanted, sheet), given)
    if "ipykernel" in sys.modules:  # somebody works on it in a notebook, so it counts as their progress
        right = parts_right(wanted, sheet, distances(wanted, sheet, given))
        progress.note(number, sum(wanted.parts[i].marks for i in right))
    return replace(verdict, seen=seen(wanted, sheet, given))


def said(wanted: Question, answer: Any, sheet: Sheet) -> Said:
    """What an answer says on a sheet: a function is asked, a value has said it."""
    return sheet.ask(answer, wanted.forbidden) if wanted.asks_function else (as_data(answer),)


def judge(wanted: Question, sheet: Sheet, confused: tuple[Confused, ...], came: Said) -> Verdict:
    """The verdict on what was said, from data alone."""
    number = wanted.number
    if isinstance(came[0], Fault) and came[0] == as_data(...):
        line = f"`{wanted.answer}` still gives `...`: write your answer in place of the dots."
        return Verdict(number, Status.NOT_ATTEMPTED, (line,))
    off = distances(wanted, sheet, came)
    if max(off) <= 1:
        line = f"It agrees on {len(off)} probes, small and large."
        mine = f"Right{_mine(wanted, sheet)}."
        return Verdict(number, Status.RIGHT, (line if wanted.asks_function else mine,))
    for one in confused:
        if _says_the_same(wanted, came, one.said) and not _says_the_same(wanted, sheet.expected, one.said):
            lines = (one.message, *_credit(wanted, sheet, off))
            return Verdict(number, Status.MISCONCEPTION, lines, misconception=one.name)
    first = next(i for i, far in enumerate(off) if far > 1)
    return _kind(wanted, sheet, came, first) or _distance(wanted, sheet, came, off, first)


def _kind(wanted: Question, sheet: Sheet, came: Said, first: int) -> Verdict | None:
    """The verdict on the first wrong probe when what came cannot be compared at all."""
    one, expected = came[first], sheet.expected[first]
    what = one.came if isinstance(one, Fault) else misfit(one, expected) or _strange(wanted, one)
    if not what:
        return None
    advice = one.advice if isinstance(one, Fault) else ""
    where = (f"Probe: {_probe(wanted, sheet, first)}",) * wanted.asks_function
    lines = (f"Came {what}; expected {form(expected)}: {wanted.returns}.", advice, *where)
    return Verdict(wanted.number, Status.WRONG_KIND, tuple(filter(None, lines)))


def _strange(wanted: Question, came: np.ndarray) -> str:
    """The first word that the question does not know, as what came; empty when there is none."""
    if not wanted.words:
        return ""
    strangers = [str(word) for word in came.ravel() if not any(same(word, one) for one in wanted.words)]
    return f"the word '{strangers[0][:40]}'" if strangers else ""


def _distance(wanted: Question, sheet: Sheet, came: Said, off: list[float], first: int) -> Verdict:
    """The verdict on numbers that are of the right kind and not the right ones."""
    if max(off) <= wanted.almost:
        far = f"It is off by {max(off) * wanted.rtol:.0e} of the largest value; {wanted.rtol:.0e} is allowed."
        near = f"It is within {wanted.almost * wanted.rtol:.0%} and should be within {wanted.rtol:.1%}."
        if not wanted.rtol:
            near = f"It is within {wanted.almost * wanted.atol:g} and should be within {wanted.atol:g}."
        advice = "The idea is right; look for rounding on the way, or a number typed with few digits."
        return Verdict(wanted.number, Status.ALMOST, (far if wanted.asks_function else near, advice))
    if not wanted.asks_function:
        some = _some_right(wanted, came[0], sheet.expected[0]) or f"Not{_mine(wanted, sheet)}"
        line = f"{some}, and this is not one of the usual slips. Look again at {wanted.look}."
        return Verdict(wanted.number, Status.WRONG, (line,))
    lines = (
        f"The smallest probe that shows it: {_probe(wanted, sheet, first)}",
        f"expected {shown(sheet.expected[first])}",
        f"got      {shown(came[first])}",
        *_credit(wanted, sheet, off),
        f"Work this probe by hand, beside {wanted.look}.",
    )
    return Verdict(wanted.number, Status.WRONG, lines)


def _some_right(wanted: Question, came: Data, expected: np.ndarray) -> str:
    """How many words or numbers of a value are right, not which: that is for looking again."""
    if isinstance(came, Fault):  # from a sandbox that had nothing to say of it
        return ""
    right = int(matching(came, expected, wanted.rtol, wanted.atol).sum())
    what = "words" if wanted.words else "numbers"
    return f"Of your {expected.size} {what} {right} {'is' if right == 1 else 'are'} right" if right else ""


def _credit(wanted: Question, sheet: Sheet, off: list[float]) -> tuple[str, ...]:
    right = parts_right(wanted, sheet, off)
    return tuple(f"What is right already: {wanted.parts[i].what}." for i in right)


def _says_the_same(wanted: Question, one: Said, other: Said) -> bool:
    return all(far_off(wanted, a, b) <= 1 for a, b in zip(one, other, strict=True))


def signature(wanted: Question) -> str:
    """The call that the question asks for, such as `f(xs, w)`."""
    return f"`{wanted.answer}({', '.join(wanted.arguments)})`"


def _mine(wanted: Question, sheet: Sheet) -> str:
    """What a value was worked out from; where it is made of words, pictures, programs or experiments were shown."""
    return " for what you were given" if wanted.words else f" for your numbers, {_probe(wanted, sheet, 0)}"


def _probe(wanted: Question, sheet: Sheet, index: int) -> str:
    pairs = zip(wanted.arguments, sheet.probes[index].arguments, strict=True)
    return ", ".join(f"{name} = {shown(value)}" for name, value in pairs)
