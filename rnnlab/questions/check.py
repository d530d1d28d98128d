"""`check` looks at an answer and says, in words, what it sees."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from rnnlab.questions.asking import Said
from rnnlab.questions.identity import is_id
from rnnlab.questions.question import Question, question
from rnnlab.questions.sheet import Confused, Sheet, confusions, make_sheet
from rnnlab.questions.values import Fault, as_data, excess, form, misfit, same, shown


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

    @property
    def head(self) -> str:
        return f"{self.number}  {self.status}" + (f": {self.misconception}" if self.misconception else "")

    def __repr__(self) -> str:
        return "\n".join([self.head, *(f"     {line}" for line in self.lines)])

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": repr(self), "text/markdown": "  \n".join([f"**{self.head}**", *self.lines])}


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
    return judge(wanted, sheet, confusions(wanted, sheet), said(wanted, answer, sheet))


def said(wanted: Question, answer: Any, sheet: Sheet) -> Said:
    """What an answer says on a sheet: a function is asked, a value has said it."""
    return sheet.ask(answer) if wanted.asks_function else (as_data(answer),)


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
        advice = "The idea is right; look for rounding on the way, or a number typed with few digits."
        return Verdict(wanted.number, Status.ALMOST, (far if wanted.asks_function else near, advice))
    if not wanted.asks_function:
        line = f"Not{_mine(wanted, sheet)}, and not one of the usual slips. Look again at {wanted.look}."
        return Verdict(wanted.number, Status.WRONG, (line,))
    lines = (
        f"The smallest probe that shows it: {_probe(wanted, sheet, first)}",
        f"expected {shown(sheet.expected[first])}",
        f"got      {shown(came[first])}",
        *_credit(wanted, sheet, off),
        f"Work this probe by hand, beside {wanted.look}.",
    )
    return Verdict(wanted.number, Status.WRONG, lines)


def _credit(wanted: Question, sheet: Sheet, off: list[float]) -> tuple[str, ...]:
    right = parts_right(wanted, sheet, off)
    return tuple(f"What is right already: {wanted.parts[i].what}." for i in right)


def parts_right(wanted: Question, sheet: Sheet, off: list[float], slack: float = 1.0) -> list[int]:
    """The parts, by index, of which every probe is within `slack` times the tolerance."""
    failed = {probe.part for probe, far in zip(sheet.probes, off, strict=True) if far > slack}
    return [i for i in range(len(wanted.parts)) if i not in failed]


def distances(wanted: Question, sheet: Sheet, came: Said) -> list[float]:
    """How far off each probe is, in units of what is allowed."""
    return [_off(wanted, one, expected) for one, expected in zip(came, sheet.expected, strict=True)]


def _off(wanted: Question, one: np.ndarray | Fault, expected: np.ndarray | Fault) -> float:
    if isinstance(one, Fault) or isinstance(expected, Fault):
        return np.inf
    return excess(one, expected, wanted.rtol, wanted.atol)


def _says_the_same(wanted: Question, one: Said, other: Said) -> bool:
    return all(_off(wanted, a, b) <= 1 for a, b in zip(one, other, strict=True))


def signature(wanted: Question) -> str:
    """The call that the question asks for, such as `f(xs, w)`."""
    return f"`{wanted.answer}({', '.join(wanted.arguments)})`"


def _mine(wanted: Question, sheet: Sheet) -> str:
    """What a value was worked out from; where it is made of words, that was a picture."""
    return " for your pictures" if wanted.words else f" for your numbers, {_probe(wanted, sheet, 0)}"


def _probe(wanted: Question, sheet: Sheet, index: int) -> str:
    pairs = zip(wanted.arguments, sheet.probes[index].arguments, strict=True)
    return ", ".join(f"{name} = {shown(value)}" for name, value in pairs)
