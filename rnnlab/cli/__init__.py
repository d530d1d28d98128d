"""The `rnnlab` command: one implementation of everything the Makefile and the README name."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rnnlab.cli.course import CourseError, course_root


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; a mistake of the caller's is one sentence."""
    options = parser().parse_args(arguments)
    try:
        return run(options)
    except CourseError as error:
        print(f"rnnlab: {error}", file=sys.stderr)
        return 2


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

    build = commands.add_parser("build", help="rebuild what changed: source, shown code or pins")
    build.add_argument("names", nargs="*", help="only these, for example 01_impulse_response (default: all)")
    build.add_argument("--all", action="store_true", help="rebuild even what did not change")

    pull = commands.add_parser("pull", help="bring edits of a built notebook back into its source")
    pull.add_argument("file", type=Path, help="for example lectures/01_impulse_response.ipynb")

    commands.add_parser("sheet", help="write every executed equation to a file, a page a lecture")
    commands.add_parser("lock", help="write constraints.txt from what is installed here")

    doctor = commands.add_parser("doctor", help="ten lines on this installation, and the mend")
    doctor.add_argument("--paste", action="store_true", help="as a block for a forum, your home folder as ~")
    return top


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
        case "build":
            from rnnlab.building.build import build

            return build(options.names, options.all, course_root())
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
