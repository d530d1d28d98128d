"""`rnnlab grade`: what the command line says, as an order; what cannot be meant is one sentence."""

from argparse import Namespace
from datetime import datetime
from pathlib import Path

from rnnlab.cli.course import CourseError
from rnnlab.cli.machine import cores
from rnnlab.grading.corrections import read_rubric
from rnnlab.grading.grade import grade
from rnnlab.grading.order import GradingError, Order
from rnnlab.grading.people import read_roster
from rnnlab.grading.spreadsheet import TableError


def run(root: Path, options: Namespace) -> int:
    """0 when every table is written; what needs a person is said, and stands out in the tables."""
    _sensible(options)
    try:
        order = Order(
            root=root,
            submissions=options.submissions,
            out=options.out,
            key_file=options.key,
            roster=read_roster(options.roster) if options.roster else None,
            rubric=read_rubric(options.rubric) if options.rubric else [],
            exercises=tuple(options.exercise or ()),
            lms=options.lms or "",
            due=_time(options.due) if options.due else None,
            per_day=options.late,
            nbgrader=options.nbgrader,
            unsandboxed=options.unsandboxed,
            engine=options.engine or "",
            jobs=options.jobs or cores().count,
        )
        grade(order)
    except (GradingError, TableError) as error:
        raise CourseError(str(error)) from None
    except OSError as error:
        raise CourseError(f"{error.filename}: {(error.strerror or str(error)).lower()}") from None
    except KeyboardInterrupt:
        raise CourseError(
            "stopped; what was marked is kept, and the same command goes on from there"
        ) from None
    return 0


def _sensible(options: Namespace) -> None:
    """What argparse does not see."""
    if not options.submissions.is_dir():
        raise CourseError(f"there is no folder {options.submissions}; expected one that holds notebooks")
    if options.out.resolve().is_relative_to(options.submissions.resolve()):
        raise CourseError(f"--out {options.out} lies in the submissions, where nothing is ever written")
    if not 0 <= options.late <= 100:
        raise CourseError(f"--late {options.late} came; expected per cent for each day, 0 to 100")
    if options.jobs is not None and options.jobs < 1:
        raise CourseError(f"--jobs {options.jobs} came; expected at least 1")
    if options.engine and not options.engine.startswith("dask://"):
        raise CourseError(
            f"--engine {options.engine} came; expected dask://host:port, a cluster that is running"
        )


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise CourseError(f"--due {text} is no time; expected one as 2026-11-20T18:00") from None
