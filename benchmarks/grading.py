"""How long a class takes: submissions of exercise 01 with torch loaded, two at a time, beside nbgrader.

`make bench-grade` runs it and writes benchmarks/grading.md (ARGS="--students 40" for a smaller class).
nbgrader marks a sample of the same notebooks in the layout of `rnnlab release --nbgrader`, from an environment of
its own in build/ that is made when it is not there; its notebooks run in this Python, so both load the same torch.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import replace
from datetime import date
from importlib.metadata import version
from pathlib import Path

from rnnlab.building.release import release
from rnnlab.grading.grade import grade
from rnnlab.grading.order import Order
from rnnlab.grading.standing import Standing

ROOT = Path(__file__).resolve().parents[1]
NAME = "01_impulse_response"
NBGRADER = "nbgrader==0.9.6"
ENVIRONMENT = ROOT / "build" / "nbgrader"
CLASS, MINUTES, SECONDS, RATIO = 200, 4, 1.5, 3  # the goals; the last is against nbgrader
WRONG = (
    "hs[t] = w * returning + u * xs[t]",
    "hs[t] = w * returning + xs[t]",
)  # a misconception of question 1.1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=CLASS)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--sample", type=int, default=6, help="how many nbgrader marks; 0 leaves it out")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rnnlab-bench-") as scratch:
        folder = Path(scratch)
        (folder / "key").write_text("the key of the benchmark")
        order = Order(
            ROOT, hand_in(folder / "all", options.students), folder / "out", folder / "key", jobs=options.jobs
        )
        with Watch() as watch:
            whole, everybody = timed(order)
        mean = sum(one.total for one in everybody) / len(everybody)
        assert 10 < mean < 12, f"a mean of {mean}; expected 17, 15 and 0 in turn (question 1.6 is ada's own)"
        each = whole / options.students
        goal = f"goal: {MINUTES * 60 / CLASS:g} s each, which is {CLASS} in {MINUTES} minutes"
        lines = [
            f"- {options.students} submissions, {options.jobs} at a time: {whole:.0f} s in all, {each:.2f} s each"
            f" ({goal}): {reached(each <= MINUTES * 60 / CLASS)}",
            f"- peak memory of the run and all its sandboxes, shared pages counted once: {watch.peak >> 20} MB",
        ]
        if options.sample:
            few = hand_in(folder / "submitted", options.sample)
            alone, ours = timed(replace(order, submissions=few, out=folder / "few", jobs=1))
            theirs, totals = nbgrader(folder, few)
            assert totals == {one.person.id: one.total for one in ours}, f"nbgrader's marks are {totals}"
            alone, theirs = alone / options.sample, theirs / options.sample
            lines += [
                f"- one at a time, over {options.sample}, all that comes before and after included: {alone:.2f} s a"
                f" submission (goal: {SECONDS} s): {reached(alone <= SECONDS)}",
                f"- nbgrader's autograde on these {options.sample}, one at a time as it does: {theirs:.2f} s a"
                f" submission, the same marks. {theirs / each:.1f} times ours two at a time (goal: {RATIO}):"
                f" {reached(theirs / each >= RATIO)}; {theirs / alone:.1f} times ours one at a time",
            ]
    print("\n".join(lines))
    (ROOT / "benchmarks" / "grading.md").write_text(record(lines), encoding="utf-8")
    return 0 if each <= MINUTES * 60 / CLASS else 1


def timed(order: Order) -> tuple[float, list[Standing]]:
    began = time.perf_counter()
    everybody = grade(order)
    return time.perf_counter() - began, everybody


def reached(so: bool) -> str:
    return "reached" if so else "missed"


def record(lines: list[str]) -> str:
    """The result as a page: where, with what, when."""
    names = ("numpy", "torch", "joblib")
    versions = ", ".join([*(f"{name} {version(name)}" for name in names), NBGRADER.replace("==", " ")])
    return "\n".join(
        [
            "# Marking a class",
            "",
            f"`make bench-grade` on {os.cpu_count()} cores ({platform.machine()}), {date.today()}; Python "
            f"{platform.python_version()}, {versions}. Exercise 01, six questions, torch loaded; in turn the solution, "
            "the solution with a misconception, and the untouched exercise.",
            "",
            *lines,
            "",
        ]
    )


class Watch(threading.Thread):
    """The most memory that this process and all its descendants held at once, looked at four times a second."""

    peak = 0

    def __enter__(self) -> Watch:
        self.ended = threading.Event()
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.ended.set()
        self.join()

    def run(self) -> None:
        while not self.ended.wait(0.25):
            self.peak = max(self.peak, held())


def held() -> int:
    """Bytes that this process and its descendants hold, what they share counted once (Pss)."""
    parents, pages = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, StopIteration):
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            lines = (folder / "smaps_rollup").read_text().splitlines()
            pages[int(folder.name)] = next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    family, grown = {os.getpid()}, True
    while grown:
        more = {child for child, parent in parents.items() if parent in family} - family
        family, grown = family | more, bool(more)
    return 1024 * sum(pages.get(one, 0) for one in family)


def hand_in(folder: Path, students: int) -> Path:
    """In turn the solution, the solution with a misconception, and the untouched exercise; all load torch."""
    for i in range(students):
        kind = "exercises" if i % 3 == 2 else "solutions"
        notebook = json.loads((ROOT / kind / f"{NAME}.ipynb").read_text(encoding="utf-8"))
        text = json.dumps(notebook, ensure_ascii=False)
        text = text.replace(*WRONG) if i % 3 == 1 else text
        student = f"student{i:03d}"
        whole = text.replace("import numpy as np", "import torch\\nimport numpy as np", 1)
        target = folder / student / NAME / f"{NAME}.ipynb"
        target.parent.mkdir(parents=True)
        target.write_text(whole.replace('\\"ada\\"', f'\\"{student}\\"', 1), encoding="utf-8")
    return folder


def nbgrader(folder: Path, submissions: Path) -> tuple[float, dict[str, float]]:
    """Seconds that `nbgrader autograde` takes for these submissions, and what each gets."""
    if not (ENVIRONMENT / "bin" / "nbgrader").exists():
        subprocess.run([sys.executable, "-m", "venv", ENVIRONMENT], check=True)
        subprocess.run([ENVIRONMENT / "bin" / "pip", "install", "--quiet", NBGRADER], check=True)
    release(ROOT, folder / "course", nbgrader=True)
    course = folder / "course-nbgrader"
    shutil.copytree(submissions, course / "submitted")
    run = Nbgrader(course)
    run("generate_assignment", NAME)
    began = time.perf_counter()
    run("autograde", NAME)
    took = time.perf_counter() - began
    run("export")
    with open(course / "grades.csv", newline="", encoding="utf-8") as file:
        return took, {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}


class Nbgrader:
    """nbgrader's commands in a course folder, where notebooks run in the Python that runs this."""

    def __init__(self, course: Path) -> None:
        self.course = course
        kernel = course / "jupyter" / "kernels" / "python3"
        kernel.mkdir(parents=True)
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        spec = {"argv": argv, "display_name": "Python 3", "language": "python"}
        (kernel / "kernel.json").write_text(json.dumps(spec))
        tools = f"{ENVIRONMENT / 'bin'}{os.pathsep}{os.environ['PATH']}"
        places = {"JUPYTER_PATH": str(course / "jupyter"), "RNNLAB_HOME": str(course / "home")}
        one = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        self.environment = os.environ | places | one | {"PATH": tools, "PYTHONPATH": str(ROOT)}

    def __call__(self, *arguments: str) -> str:
        """What the command said; its own error where it fails."""
        done = subprocess.run(
            [ENVIRONMENT / "bin" / "nbgrader", *arguments],
            cwd=self.course,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise RuntimeError(f"nbgrader {' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done.stdout + done.stderr


if __name__ == "__main__":
    raise SystemExit(main())
