"""A question as nothing but data: what students get in place of references.

Cards, public probes, what is expected on them, and what each misconception says there, with its message. Where
a question has numbers of one's own, that is so for every set of them. `check` works from it as from the original:
a reference is then a table, which knows the calls that were written down and no others.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from rnnlab.questions.asking import ask
from rnnlab.questions.identity import digest
from rnnlab.questions.question import Answer, Misconception, Part, Probe, Question
from rnnlab.questions.sheet import PUBLIC
from rnnlab.questions.values import Fault

CARD = ("number", "title", "goal", "look", "minutes", "difficulty", "answer", "arguments", "returns", "words")
PLAIN = (*CARD, "rtol", "atol", "almost", "forbidden")
TOLD = ("name", "assumes", "differs", "look")


class Table:
    """An answer that knows by heart what to say, and raises for whatever it was never asked."""

    def __init__(self, calls: Sequence[tuple[Any, ...]], said: Sequence[Any]) -> None:
        self.said = {_call(arguments): one for arguments, one in zip(calls, said, strict=True)}

    def __call__(self, *arguments: Any) -> Any:
        one = self.said.get(_call(arguments))
        if one is None:
            raise ValueError("this was not written down; only the public probes are")
        return one


def stored(question: Question) -> dict[str, Any]:
    """The question as JSON, with every call of its functions on public probes already made."""
    calls, parts = _calls(question)
    plain = {name: getattr(question, name) for name in PLAIN}
    slips = [
        {name: getattr(slip, name) for name in TOLD} | {"said": _answers(slip.wrong, calls)}
        for slip in question.misconceptions
    ]
    return plain | {
        "parts": [[part.what, part.marks] for part in question.parts],
        "probes": parts,
        "calls": [[_plain(argument) for argument in call] for call in calls],
        "expected": _answers(question.reference, calls),
        "misconceptions": slips,
    }


def load(path: Path) -> tuple[Question, ...]:
    """The questions of a file that holds what `stored` made of them."""
    return tuple(_question(data) for data in json.loads(path.read_text(encoding="utf-8")))


def _question(data: Mapping[str, Any]) -> Question:
    calls = [tuple(_value(argument) for argument in call) for call in data["calls"]]
    probes = tuple(map(Probe, data["probes"], calls))  # none where a question has numbers of one's own
    slips = tuple(
        Misconception(
            slip["name"], _table(calls, slip["said"]), slip["assumes"], slip["differs"], slip["look"]
        )
        for slip in data["misconceptions"]
    )
    plain = {field.name: data[field.name] for field in fields(Question) if field.name in PLAIN}
    plain |= {name: tuple(plain[name]) for name in ("arguments", "words", "forbidden")}
    return Question(
        **plain,
        parts=tuple(Part(what, marks) for what, marks in data["parts"]),
        reference=_table(calls, data["expected"]),
        alternatives=(),
        misconceptions=slips,
        probes=(lambda rng: probes) if probes else None,
        draws=() if probes else tuple(calls),
    )


def _calls(question: Question) -> tuple[list[tuple[Any, ...]], list[int]]:
    """Every call that `check` may make, and the part of each where they are probes."""
    if question.probes is None:
        return list(question.draws), []
    probes = question.probes(np.random.default_rng(digest(PUBLIC, question.number)))
    return [probe.arguments for probe in probes], [probe.part for probe in probes]


def _answers(answer: Answer, calls: Sequence[tuple[Any, ...]]) -> list[Any]:
    """What an answer says, null where it says nothing that could be compared."""
    return [None if isinstance(one, Fault) else _plain(one) for one in ask(answer, calls)]


def _table(calls: Sequence[tuple[Any, ...]], said: Sequence[Any]) -> Table:
    return Table(calls, [None if one is None else _value(one) for one in said])


def _plain(value: Any) -> Any:
    """Numbers and words as they are; an array as its kind, shape and entries, and so back exactly."""
    if not isinstance(value, np.ndarray):
        return value
    return {"kind": value.dtype.kind, "shape": value.shape, "entries": value.ravel().tolist()}


def _value(data: Any) -> Any:
    if not isinstance(data, dict):
        return data
    kinds = {"f": float, "i": np.int64, "U": str, "b": bool}
    return np.array(data["entries"], dtype=kinds[data["kind"]]).reshape(data["shape"])


def _call(arguments: Sequence[Any]) -> str:
    return repr([(type(a).__name__, np.shape(a), np.asarray(a).tolist()) for a in arguments])
