"""`rnnlab grade`: what the command line says, as an order, and its outcome as an exit code."""

from argparse import Namespace
from datetime import datetime
from pathlib import Path

from rnnlab.cli.course import CourseError
from rnnlab.cli.machine import cores
from rnnlab.grading.corrections import read_rubric
from rnnlab.grading.grade import grade
from rnnlab.grading.order import GradingError, Order
from rnnlab.grading.people import TableError, read_roster


def run(root: Path, options: Namespace) -> int:
    """0 when every question of everybody came to something that needs nobody; 1 when a person should look."""
    if not options.submissions.is_dir():
        raise CourseError(f"there is no folder {options.submissions}; expected one that holds notebooks")
    try:
        order = Order(
            root=root,
            submissions=options.submissions,
            out=options.out,
            key_file=options.key,
            roster=read_roster(options.roster) if options.roster else None,
            rubric=read_rubric(options.rubric) if options.rubric else [],
            lms=options.lms or "",
            due=_time(options.due) if options.due else None,
            per_day=options.late,
            unsandboxed=options.unsandboxed,
            engine=options.engine or "",
            jobs=options.jobs or cores().count,
        )
        grade(order)
    except (GradingError, TableError, ModuleNotFoundError) as error:
        raise CourseError(str(error)) from None
    except FileNotFoundError as error:
        raise CourseError(f"there is no {error.filename}") from None
    return 0


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise CourseError(f"--due {text} is no time; expected one as 2026-11-20T18:00") from None
