"""The work of marking one notebook, as something that can be sent to any worker, and the workers."""

from __future__ import annotations

import atexit
import os
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

from rnnlab.grading.ladder import Place, Rung
from rnnlab.grading.limits import Limits
from rnnlab.grading.marking import Marker, Outcome, Result, nothing_done, plain
from rnnlab.grading.order import GradingError
from rnnlab.grading.scratch import folder
from rnnlab.grading.tree import make_tree

PATIENCE = 20  # seconds for a scheduler to answer
UNTIL_THE_END = ExitStack()  # of a worker
atexit.register(UNTIL_THE_END.close)


@dataclass(frozen=True)
class Job:
    """One notebook to mark. It carries the code itself, so that a worker needs no folder of anybody's."""

    name: str
    sources: tuple[str, ...]
    exercise: int
    student: str
    key: str
    rung: Rung
    limits: Limits
    hidden: tuple[Path, ...]
    tree: Path


@dataclass(frozen=True)
class Done:
    """What came of a job: its outcomes as JSON, and what the grader itself stumbled over, if it did."""

    name: str
    outcomes: list[dict[str, Any]]
    stumbled: str = ""


def do(job: Job) -> Done:
    """Mark one notebook. Whatever goes wrong that nobody has thought of is the trouble of this notebook alone."""
    try:
        return Done(job.name, [plain(one) for one in _mark(job)])
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        stumbled = (
            f"the grader stumbled over it: {type(error).__name__} in {Path(last.filename).name}:{last.lineno}"
        )
        failed = nothing_done(
            job.exercise, Result.CRASHED, "The grader could not mark it; a person looks at it."
        )
        return Done(job.name, [plain(replace(one, note=stumbled)) for one in failed], stumbled)


def _mark(job: Job) -> list[Outcome]:
    tree = job.tree if job.tree.is_dir() else _own_tree(job.exercise)
    with folder() as scratch:
        marker = Marker(job.key, job.rung, Place(tree, scratch, job.hidden), job.limits)
        return marker.mark(job.sources, job.exercise, job.student)


@cache
def _own_tree(exercise: int) -> Path:
    """The package for sandboxes on another machine than the one that began the run."""
    return make_tree(UNTIL_THE_END.enter_context(folder()) / "tree", [exercise])


def results(jobs: Sequence[Job], workers: int, engine: str = "") -> Iterator[Done]:
    """Every job's outcomes as they come, from processes here, or from a Dask cluster that is there already."""
    import joblib

    if not engine:
        work = partial(_for, os.getpid())
        yield from map(do, jobs) if workers == 1 or not jobs else _parallel(joblib, work, jobs, workers)
        return
    try:
        from dask.distributed import Client
    except ImportError:
        raise GradingError('--engine dask://… needs Dask: python -m pip install -e ".[dask]"') from None
    try:
        client = Client(f"tcp://{engine.removeprefix('dask://')}", timeout=PATIENCE)
    except (OSError, ValueError) as error:
        raise GradingError(
            f"no Dask scheduler answers at {engine} ({type(error).__name__}); expected a cluster that is running"
        ) from None
    with client, joblib.parallel_config("dask"):
        yield from _parallel(joblib, do, jobs, -1)


def _for(run: int, job: Job) -> Done:
    """`do` in a process that the run started; one that has lost its run ends. Nobody waits, and the tree is gone."""
    if os.getppid() != run:
        os._exit(1)
    return do(job)


def _parallel(joblib: Any, work: Callable[[Job], Done], jobs: Sequence[Job], workers: int) -> Iterator[Done]:
    pool = joblib.Parallel(
        n_jobs=workers, return_as="generator_unordered", batch_size=1, pre_dispatch="2*n_jobs"
    )
    # a worker begins before it knows where to look for modules; where submissions lie that must not be here
    os.environ["PYTHONSAFEPATH"] = "1"
    yield from pool(joblib.delayed(work)(job) for job in jobs)
