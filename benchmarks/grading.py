"""How long a class takes: submissions of exercise 01 with torch loaded, on so many cores.

Run it with `make bench-grade`. It prints the time a submission, the peak memory, and, where an environment with
nbgrader is named (NBGRADER=folder/of/its/bin), the same for nbgrader's autograde on a sample of the notebooks.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from rnnlab.grading.grade import grade
from rnnlab.grading.order import Order

ROOT = Path(__file__).resolve().parents[1]
NAME = "01_impulse_response"
LIMIT = 4 * 60  # seconds for 200 submissions on two cores
WRONG = (
    "hs[t] = w * returning + u * xs[t]",
    "hs[t] = w * returning + xs[t]",
)  # a misconception of question 1.1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--sample", type=int, default=5, help="how many nbgrader marks")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rnnlab-bench-") as folder:
        submissions = hand_in(Path(folder) / "submitted", options.students)
        (Path(folder) / "key").write_text("the key of the benchmark")
        order = Order(ROOT, submissions, Path(folder) / "out", Path(folder) / "key", jobs=options.jobs)
        began = time.perf_counter()
        with Watch() as watch:
            everybody = grade(order)
        ours = time.perf_counter() - began
        mean = sum(one.total for one in everybody) / len(everybody)
        assert 10 < mean < 12, (
            f"a mean of {mean}; expected 17, 15 and 0 in turn (question 1.6 is answered for ada)"
        )
        print(f"{options.students} submissions, {options.jobs} at a time: {ours:.1f} s in all")
        print(f"{ours / options.students:.2f} s a submission")
        print(f"peak memory of the run and all its sandboxes: {watch.peak >> 20} MB")
        if tools := os.environ.get("NBGRADER"):
            theirs = nbgrader(Path(folder), Path(tools), submissions, options.sample)
            print(
                f"nbgrader: {theirs:.2f} s a submission, {theirs / (ours / options.students):.1f} times as long"
            )
    return 0 if ours / options.students <= LIMIT / 200 else 1


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


def nbgrader(folder: Path, tools: Path, submissions: Path, sample: int) -> float:
    """Seconds a submission of `nbgrader autograde`, in an environment of its own."""
    course = folder / "course"
    source = course / "source" / NAME
    source.mkdir(parents=True)
    shutil.copyfile(ROOT / "solutions" / f"{NAME}.ipynb", source / f"{NAME}.ipynb")
    (course / "nbgrader_config.py").write_text('c = get_config()\nc.CourseDirectory.course_id = "bench"\n')
    for student in sorted(submissions.iterdir())[:sample]:
        shutil.copytree(student, course / "submitted" / student.name)
    environment = os.environ | {"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    run = [str(tools / "jupyter"), "nbgrader"]
    subprocess.run(
        [*run, "generate_assignment", NAME], cwd=course, env=environment, check=True, capture_output=True
    )
    began = time.perf_counter()
    subprocess.run([*run, "autograde", NAME], cwd=course, env=environment, check=True, capture_output=True)
    return (time.perf_counter() - began) / sample


if __name__ == "__main__":
    raise SystemExit(main())
