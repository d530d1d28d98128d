"""The `rnnlab` command: one implementation of everything the Makefile and the README name."""

import argparse
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from rnnlab.cli.course import CourseError, course_root

WHOLE = ("test", "grade", "release", "build", "pull", "sheet")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; a mistake of the caller's is one sentence."""
    try:
        _is_there(sys.argv[1:] if arguments is None else arguments)
        return run(parser().parse_args(arguments))
    except CourseError as error:
        print(f"rnnlab: {error}", file=sys.stderr)
        return 2


def _is_there(arguments: Sequence[str]) -> None:
    """What students get has no references, no grader and no sources, so some commands have nothing to work on."""
    if arguments and arguments[0] in WHOLE and find_spec("rnnlab.grading") is None:
        raise CourseError(
            f"`rnnlab {arguments[0]}` needs the whole course, and this is what students get of it; "
            "`rnnlab lab`, `check`, `progress`, `page` and `doctor` work here"
        )


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="rnnlab", description="A course on recurrent networks.")
    commands = top.add_subparsers(dest="command", required=True, metavar="command")

    lab = commands.add_parser(
        "lab", help="copy the course into my/ (what is yours stays) and open JupyterLab there"
    )
    lab.add_argument("--no-browser", action="store_true", help="print the address, open no browser")
    lab.add_argument("--port", type=int, default=None, help="the port (default: the first free from 8888)")

    test = commands.add_parser("test", help="test the course: units, policy, every notebook, the browser")
    extent = test.add_mutually_exclusive_group()
    extent.add_argument("--quick", action="store_true", help="lint, format, types, fast units, staleness")
    extent.add_argument("--all", action="store_true", help="everything, the slow tests too")
    extent.add_argument("--rest", action="store_true", help="what --all adds to a plain test")

    check = commands.add_parser("check", help="score an exercise notebook, one verdict an answer")
    check.add_argument("file", type=Path, help="for example my/exercises/01_impulse_response.ipynb")

    commands.add_parser("progress", help="your own standing over all exercises, from a file on this computer")
    _add_grade(commands)

    release = commands.add_parser("release", help="write what students get: no reference and no solution")
    release.add_argument("folder", type=Path, help="a new folder")
    release.add_argument("--nbgrader", action="store_true", help="and beside it a course folder for nbgrader")

    build = commands.add_parser("build", help="rebuild what changed: source, shown code or pins")
    build.add_argument("names", nargs="*", help="only these, for example 01_impulse_response (default: all)")
    build.add_argument("--all", action="store_true", help="rebuild even what did not change")

    page = commands.add_parser("page", help="save a live figure as one HTML file, for a homepage or a slide")
    page.add_argument("lecture", help="a lecture's number or name, or a notebook of yours")
    page.add_argument("figure", nargs="?", help="its number or name there (default: list them)")
    page.add_argument("--out", type=Path, help="the file (default: NN_name-FIGURE.html, here)")
    page.add_argument(
        "--controls", help="which of its controls move, at most three, as w,size (default: all)"
    )

    pull = commands.add_parser("pull", help="bring edits of a built notebook back into its source")
    pull.add_argument("file", type=Path, help="for example lectures/01_impulse_response.ipynb")

    commands.add_parser("sheet", help="write every executed equation to a file, a page a lecture")
    commands.add_parser("lock", help="write constraints.txt from what is installed here")

    doctor = commands.add_parser("doctor", help="a few lines on this installation, and the mend")
    doctor.add_argument("--paste", action="store_true", help="as a block for a forum, your home folder as ~")
    return top


def _add_grade(commands: Any) -> None:
    grade = commands.add_parser(
        "grade", help="mark a class: every notebook in a sandbox, tables and pages out"
    )
    grade.add_argument("submissions", type=Path, help="the folder that holds everybody's notebooks")
    grade.add_argument("--key", type=Path, required=True, help="a file with a text that students cannot know")
    grade.add_argument("--out", type=Path, required=True, help="where tables and pages go")
    grade.add_argument(
        "--exercise",
        action="append",
        metavar="NN",
        help="mark this one, for example 01; may be repeated (default: what most people handed in)",
    )
    grade.add_argument("--roster", type=Path, help="CSV: id, name, email, folder, extension in days")
    grade.add_argument("--rubric", type=Path, help="CSV: question, item, points, for what a person marks")
    grade.add_argument("--lms", choices=("canvas", "moodle"), help="also write a file that it imports")
    grade.add_argument("--due", help="when it was due, as 2026-11-20T18:00")
    grade.add_argument("--late", type=int, default=10, help="per cent off for each day late (default: 10)")
    grade.add_argument(
        "--nbgrader",
        action="store_true",
        help="believe timestamp.txt, as nbgrader writes it (default: the file's time)",
    )
    grade.add_argument("--jobs", type=int, help="how many at a time (default: one a core)")
    grade.add_argument("--engine", help="dask://host:port, a cluster that is running")
    walls = grade.add_mutually_exclusive_group()
    walls.add_argument("--require-sandbox", action="store_true", help="never without one (the default)")
    walls.add_argument("--unsandboxed", action="store_true", help="without isolation; stamped on every table")


def run(options: argparse.Namespace) -> int:
    """Call the one function behind a command. Each is imported here, so that `--help` stays instant."""
    match options.command:
        case "lab":
            from rnnlab.cli import lab

            return lab.run(course_root(), browser=not options.no_browser, port=options.port)
        case "test":
            from rnnlab.cli import testing

            extents = {"quick": options.quick, "all": options.all, "rest": options.rest}
            return testing.run(course_root(), next((name for name, on in extents.items() if on), "test"))
        case "check":
            from rnnlab.cli import scores

            return scores.run(options.file)
        case "progress":
            from rnnlab.cli import standing

            return standing.run()
        case "grade":
            from rnnlab.cli import marks

            return marks.run(course_root(), options)
        case "release":
            from rnnlab.building.layout import BuildError
            from rnnlab.building.release import release

            try:
                print("\n".join(release(course_root(), options.folder, options.nbgrader)))
            except BuildError as error:
                raise CourseError(str(error)) from None
            return 0
        case "build":
            from rnnlab.building.build import build

            return build(options.names, options.all, course_root())
        case "page":
            from rnnlab.cli import pages

            return pages.run(course_root(), options.lecture, options.figure, options.out, options.controls)
        case "pull":
            from rnnlab.building.pull import pull

            return pull(options.file, course_root())
        case "sheet":
            from rnnlab.building.build import equation_sheet

            print(f"written: {equation_sheet(course_root())}")
            return 0
        case "lock":
            from rnnlab.cli import pins

            return pins.lock(course_root())
        case "doctor":
            from rnnlab.cli import doctor

            return doctor.run(paste=options.paste)
    raise AssertionError(options.command)
