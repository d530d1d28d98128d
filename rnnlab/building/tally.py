"""What the course has proved, in four counts: equations, replications, questions, misconceptions."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rnnlab.building.equations import executed
from rnnlab.building.layout import ROOT, products
from rnnlab.building.products import load
from rnnlab.building.replications import published_in
from rnnlab.questions.question import exercises, questions


@dataclass(frozen=True)
class Tally:
    """Counts over all built lectures and all questions."""

    executed: int
    equations: int
    reproduced: int
    replications: int
    questions: int
    misconceptions: int

    def __str__(self) -> str:
        return (
            f"equations executed: {self.executed} of {self.equations}\n"
            f"replications: {self.reproduced} of {self.replications} reproduced\n"
            f"questions: {self.questions}, misconceptions: {self.misconceptions}"
        )


def tally(root: Path = ROOT) -> Tally:
    """An equation counts as executed when a claim of it printed its line in the stored lecture."""
    lectures = [load(p) for p in products(root) if p.kind == "lecture" and p.path.exists()]
    printed = [lines for notebook in lectures for lines in executed(notebook).values()]
    rows = [row for notebook in lectures for row in published_in(notebook)]
    asked = [question for exercise in exercises() for question in questions(exercise)]
    return Tally(
        executed=sum(bool(lines) for lines in printed),
        equations=len(printed),
        reproduced=sum(row["reproduced"] for row in rows),
        replications=len(rows),
        questions=len(asked),
        misconceptions=sum(len(question.misconceptions) for question in asked),
    )
