"""The work of marking one notebook, as something that can be sent to any worker, and the workers."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rnnlab.grading.ladder import Place, Rung
from rnnlab.grading.limits import Limits
from rnnlab.grading.marking import Marker, plain
from rnnlab.grading.tree import make_tree


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


def do(job: Job) -> tuple[str, list[dict[str, Any]]]:
    """The name of the job and its outcomes as JSON."""
    tree = job.tree if job.tree.is_dir() else _own_tree(job.exercise)
    with tempfile.TemporaryDirectory(prefix="rnnlab-grade-", ignore_cleanup_errors=True) as scratch:
        marker = Marker(job.key, job.rung, Place(tree, Path(scratch), job.hidden), job.limits)
        return job.name, [plain(one) for one in marker.mark(job.sources, job.exercise, job.student)]


@cache
def _own_tree(exercise: int) -> Path:
    """The package for sandboxes on another machine than the one that began the run."""
    return make_tree(Path(tempfile.mkdtemp(prefix="rnnlab-tree-")), [exercise])


def results(
    jobs: Sequence[Job], workers: int, engine: str = ""
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Every job's outcomes as they come, from processes here, or from a Dask cluster that is there already."""
    import joblib

    if not engine:
        yield from _parallel(joblib, jobs, workers)
        return
    address = engine.removeprefix("dask://")
    try:
        from dask.distributed import Client
    except ImportError:
        raise ModuleNotFoundError(
            '--engine dask://… needs Dask: python -m pip install -e ".[dask]"'
        ) from None
    with Client(f"tcp://{address}"), joblib.parallel_config("dask"):
        yield from _parallel(joblib, jobs, -1)


def _parallel(joblib: Any, jobs: Sequence[Job], workers: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    if workers == 1 or not jobs:
        yield from map(do, jobs)
        return
    pool = joblib.Parallel(
        n_jobs=workers, return_as="generator_unordered", batch_size=1, pre_dispatch="2*n_jobs"
    )
    yield from pool(joblib.delayed(do)(job) for job in jobs)
