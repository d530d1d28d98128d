"""Mark a class: check oneself, mark what is not marked yet, and write down what came of it."""

from __future__ import annotations

import hashlib
import os
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rnnlab.grading.files import read_json, write_json
from rnnlab.grading.ladder import NoSandbox, Place, Rung, climb
from rnnlab.grading.marking import Outcome, Result, from_plain, nothing_done, total
from rnnlab.grading.order import GradingError, Order, circumstances, exercise_names, job_name, own_id
from rnnlab.grading.people import Person, class_of
from rnnlab.grading.reading import Unreadable, code_cells
from rnnlab.grading.scratch import clear, folder
from rnnlab.grading.submissions import Submission, find, same_name
from rnnlab.grading.tree import make_tree
from rnnlab.grading.work import Job, results
from rnnlab.questions.question import questions

Say = Callable[[str], None]
LAST = datetime(9999, 1, 1, tzinfo=UTC).timestamp()  # no calendar goes much further, and a file's time may
UNREAD = "timestamp.txt beside it was not read; --nbgrader reads it"


@dataclass(frozen=True)
class Marked:
    """One student's notebook of one exercise, or that there is none."""

    person: Person
    exercise: str
    outcomes: tuple[Outcome, ...]
    file: str = ""
    hash: str = ""
    handed_in: datetime | None = None
    note: str = ""


@dataclass(frozen=True)
class Class:
    """Everything that a run found out, before people's decisions."""

    around: Mapping[str, Any]
    exercises: tuple[str, ...]
    people: tuple[Person, ...]
    marked: tuple[Marked, ...]
    done: int  # how many were marked in this very run
    left_out: Mapping[str, tuple[str, ...]]  # exercise that does not count → who handed it in


def mark_class(order: Order, say: Say = print) -> Class:
    """Marks for every student and exercise; those that are in OUT/marks already are not made again."""
    known = exercise_names(order.root)
    found = find(order.submissions, known)
    if not found:
        raise GradingError(
            f"found no notebook of an exercise in {order.submissions}; expected names that hold one of: "
            f"{', '.join(known) or 'no exercise has a solution'}"
        )
    names = _asked_for(order, known) if order.exercises else _usual(order, found)
    left_out = {
        name: tuple(one.student for one in found if one.exercise == name)
        for name in sorted({one.exercise for one in found} - set(names))
    }
    for name, students in left_out.items():
        say(
            f"left out: {name}, handed in by {len(students)}; --exercise {name[:2]} would count it for everybody"
        )
    clear()
    with folder() as place:
        tree, scratch = make_tree(place / "tree", [int(name[:2]) for name in names]), place / "scratch"
        scratch.mkdir()
        try:
            rung = climb(Place(tree, scratch, order.hidden), order.limits, order.unsandboxed)
        except NoSandbox as error:
            raise GradingError(str(error)) from None
        around = circumstances(order, rung)
        say(f"isolation: {rung}")
        work = _Work(order, around, rung, tree)
        _check_oneself(work, names, say)
        people = class_of(order.roster, found)
        return replace(_marked(work, names, people, found, say), left_out=left_out)


def _asked_for(order: Order, known: list[str]) -> tuple[str, ...]:
    """The exercises that the instructor names, by number or name."""
    names = set()
    for word in order.exercises:
        meant = [name for name in known if word == name or word.zfill(2) == name[:2]]
        if not meant:
            raise GradingError(
                f"--exercise {word} came; expected the number or name of one of: {', '.join(known)}"
            )
        names.update(meant)
    return tuple(sorted(names))


def _usual(order: Order, found: list[Submission]) -> tuple[str, ...]:
    """The exercise that most people handed in, and each that more than half as many did.

    What counts is counted for everybody, so one student's extra notebook must not make it count.
    """
    folders = {same_name(person.folder) for person in order.roster or ()}
    mine = [one.exercise for one in found if same_name(one.student) in folders]
    counted = Counter(mine or [one.exercise for one in found])
    return tuple(sorted(name for name, count in counted.items() if 2 * count > max(counted.values())))


class _Work:
    """Marks from the store where they are, else from the workers, into the store."""

    def __init__(self, order: Order, around: dict[str, Any], rung: Rung, tree: Path) -> None:
        self.order, self.around, self.rung, self.tree = order, around, rung, tree
        self.key, self.store, self.done = order.key(), order.out / "marks", 0
        self.stumbled: dict[str, str] = {}  # job's name → what the grader stumbled over

    def job(self, sources: tuple[str, ...], exercise: str, student: str) -> Job:
        name = job_name(self.around, exercise, student, sources)
        number, hidden = int(exercise[:2]), self.order.hidden
        return Job(name, sources, number, student, self.key, self.rung, self.order.limits, hidden, self.tree)

    def outcomes(self, jobs: list[Job], what: str) -> dict[str, tuple[Outcome, ...]]:
        """Job's name → outcomes."""
        stored = {job.name: read_json(self._file(job.name)) for job in jobs}
        todo = list({job.name: job for job in jobs if stored[job.name] is None}.values())
        for one in _with_bar(results(todo, self.order.jobs, self.order.engine), len(todo), what):
            stored[one.name] = one.outcomes
            if one.stumbled:  # not kept, so that the next run tries again
                self.stumbled[one.name] = one.stumbled
            else:
                write_json(self._file(one.name), one.outcomes)
        self.done += len(todo)
        return {name: tuple(from_plain(one) for one in outcomes or ()) for name, outcomes in stored.items()}

    def _file(self, name: str) -> Path:
        return self.store / name[:2] / f"{name}.json"


def _with_bar(arriving: Any, count: int, what: str) -> Any:
    from tqdm import tqdm

    return tqdm(
        arriving, total=count, desc=what, unit="notebook", disable=None if count else True, file=sys.stderr
    )


def _check_oneself(work: _Work, names: tuple[str, ...], say: Say) -> None:
    """The solution must get full marks and the untouched exercise none, here and now, or nobody is graded."""
    jobs: dict[tuple[str, str], Job] = {}
    for name in names:
        solution = code_cells(work.order.root / "solutions" / f"{name}.ipynb")
        untouched = code_cells(work.order.root / "exercises" / f"{name}.ipynb")
        jobs[name, "solution"] = work.job(solution, name, own_id(solution))
        jobs[name, "untouched exercise"] = work.job(untouched, name, own_id(untouched))
    before = work.done
    outcomes = work.outcomes(list(jobs.values()), "self-check")
    for (name, what), job in jobs.items():
        got, points = total(outcomes[job.name]), sum(one.points for one in questions(int(name[:2])))
        if got != (points if what == "solution" else 0):
            bad = [
                one
                for one in outcomes[job.name]
                if (one.marks or 0) != (one.points if what == "solution" else 0)
            ]
            why = "; ".join(f"{one.question} is {one.result}: {' '.join(one.lines)[:300]}" for one in bad)
            for one in jobs.values():  # so that the next run looks again
                work._file(one.name).unlink(missing_ok=True)
            raise GradingError(
                f"the self-check failed, so nobody was graded: the {what} of {name} gets {got} of {points} marks "
                f"on this machine ({why}). Mend that first; `rnnlab doctor` helps."
            )
    work.done = before
    say(f"self-check: the solution of {', '.join(names)} gets full marks here, the untouched exercise none")


def _marked(
    work: _Work, names: tuple[str, ...], people: list[Person], found: list[Submission], say: Say
) -> Class:
    submissions = {(same_name(one.student), one.exercise): one for one in found}
    marked: list[Marked | tuple[Person, Submission, Job]] = []
    for person in people:
        for name in names:
            one = submissions.get((same_name(person.folder), name))
            number = int(name[:2])
            if one is None:
                nothing = nothing_done(number, Result.MISSING, "Nothing was handed in.")
                marked.append(Marked(person, name, tuple(nothing)))
                continue
            try:
                marked.append((person, one, work.job(code_cells(one.path), name, person.id)))
            except Unreadable as error:
                bad = nothing_done(number, Result.UNREADABLE, str(error))
                marked.append(Marked(person, name, tuple(bad), *_about(work.order, one)))
    outcomes = work.outcomes([entry[2] for entry in marked if isinstance(entry, tuple)], "marking")
    for entry in marked:
        if isinstance(entry, tuple) and entry[2].name in work.stumbled:
            say(f"{entry[0].id}'s {entry[1].exercise} was not marked: {work.stumbled[entry[2].name]}")
    whole = [
        entry
        if isinstance(entry, Marked)
        else Marked(entry[0], entry[1].exercise, outcomes[entry[2].name], *_about(work.order, entry[1]))
        for entry in marked
    ]
    return Class(work.around, names, tuple(people), tuple(whole), work.done, {})


def _about(order: Order, one: Submission) -> tuple[str, str, datetime | None, str]:
    """Where the notebook lies, its hash, when it was handed in, and what was odd about it."""
    inside = os.fsencode(one.path.relative_to(order.submissions).as_posix())
    stamp, notes = one.path.with_name("timestamp.txt"), [one.note] if one.note else []
    when, whole = None, ""
    with suppress(OSError):  # of a file that nobody may look at this is not known
        when = datetime.fromtimestamp(min(max(0, one.path.lstat().st_mtime), LAST), UTC)
        with open(os.devnull if one.path.is_symlink() else one.path, "rb") as file:
            whole = hashlib.file_digest(file, "sha256").hexdigest()
        if stamp.parent.name == one.exercise and stamp.is_file() and not stamp.is_symlink():
            when = (_stamped(stamp) or when) if order.nbgrader else when
            notes += [UNREAD] if order.due and not order.nbgrader else []
    return inside.decode("utf-8", "backslashreplace"), whole, when, "; ".join(notes)


def _stamped(stamp: Path) -> datetime | None:
    """The time in nbgrader's timestamp.txt, which is in UTC where it names no other zone. nbgrader writes it where it
    collects notebooks; anybody who hands in a folder could, so it is read only when the instructor says so."""
    with open(stamp, encoding="utf-8", errors="replace") as file:
        words = file.read(100).strip().removesuffix(" UTC")
    try:
        stamped = datetime.fromisoformat(words)
    except ValueError:
        return None
    return stamped if stamped.tzinfo else stamped.replace(tzinfo=UTC)
