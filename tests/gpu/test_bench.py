"""benchmarks/gpu.py: without a GPU it says so and invents nothing; what would measure on one runs here in small."""

import math
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from test_anywhere import Afar, There

from rnnlab.arrays import to_numpy

pytest.importorskip("triton", reason="triton is not installed: it exists for Linux alone")
from rnnlab.models import iterate_triton  # noqa: E402

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def bench(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    import gpu as module

    return module


def without_a_gpu(page):
    hidden = "import torch, sys, runpy; torch.cuda.is_available = lambda: False; sys.argv[0] = 'gpu.py'"
    run = subprocess.run(
        [
            sys.executable,
            "-c",
            f"{hidden}; runpy.run_path({str(BENCHMARKS / 'gpu.py')!r}, run_name='__main__')",
        ]
        + ["--into", str(page)],
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    assert "no GPU here, so nothing was measured" in run.stdout
    return page.read_text(encoding="utf-8")


def test_without_a_gpu_the_page_says_so(tmp_path):
    text = without_a_gpu(tmp_path / "gpu.md")
    assert "Not measured" in text and not re.search(r"\d\s*(ms|times|µs)|\|", text)


def test_without_a_gpu_what_another_machine_measured_stays(tmp_path):
    page = tmp_path / "gpu.md"
    page.write_text("| tanh unit | measured |\n", encoding="utf-8")
    assert without_a_gpu(page) == "| tanh unit | measured |\n"


def test_the_committed_page_says_where_its_numbers_come_from(bench):
    text = (BENCHMARKS / "gpu.md").read_text(encoding="utf-8")
    assert text == bench.NOT_MEASURED or re.search(r"torch \d.*triton \d.*numpy \d.*20\d\d-\d\d-\d\d", text)


def test_the_page_is_made_of_what_was_measured(bench, device):
    text = bench.page(P=300, T=30, device=device, rounds=2, sizes=(100, 400))
    table = [line for line in text.splitlines() if line.startswith("| t") or line.startswith("| c")]
    assert [line.split(" | ")[1] for line in table] == ["300 × 30"] * 2 + ["300 × 3"] * 3
    for line in table:
        kernel, others = float(line.split(" | ")[2]), re.findall(r"([\d.,e+-]+) \(([\d.,e+-]+)\)", line)
        assert kernel > 0 and len(others) >= 2
        for milliseconds, ratio in others[-2:]:
            ratio, milliseconds = (float(x.replace(",", "")) for x in (ratio, milliseconds))
            assert math.isclose(milliseconds / kernel, ratio, rel_tol=1e-2)
    assert len(re.findall(r"^\| (?:100|400) \|", text, re.M)) == 2


def test_answers_that_differ_are_not_timed(bench, device, monkeypatch):
    right = bench.solve
    monkeypatch.setattr(bench, "solve", lambda p, way: right(p, way) + (0.1 if way == "loop" else 0.0))
    with pytest.raises(AssertionError, match="tanh unit: the answers differ by .* so nothing is timed"):
        bench.row("tanh unit", bench.problems(50, 20)["tanh unit"], 50, device, 1)


# A process of its own, with the compiler in place of the interpreter and a card that is not there.
FLOORS = """
import sys
sys.path[:0] = ["benchmarks", "tests/gpu"]
from no_card import compile_for
import gpu

compile_for(90, multiprocessors=100, kilohertz=1_000_000)
for name, problem in gpu.problems(1000, 2000).items():
    print(name, gpu.floor(gpu.on("cpu", problem), 1000), sep=";")
"""


def test_the_floor_counts_the_exponentials_and_divisions_of_a_step(tmp_path):
    """A squashing is one of each, and a multiprocessor finishes 16 in a clock; the rest adds to it and is not less."""
    environment = {k: v for k, v in os.environ.items() if k != "TRITON_INTERPRET"}
    run = subprocess.run(
        [sys.executable, "-c", FLOORS],
        env=environment | {"TRITON_CACHE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    floors = {name: float(floor) for name, floor in (line.split(";") for line in run.stdout.splitlines())}
    clocks = {name: floor * 100 * 1e9 / 1000 for name, floor in floors.items()}  # of one recurrence
    assert math.isclose(clocks["two LSTM units"], 200 * 10 * 2 / 16, rel_tol=1e-9)
    assert 2000 * 2 / 16 <= clocks["tanh unit"] <= 2 * 2000 * 2 / 16
    assert 200 * 2 / 16 <= clocks["cost and gradient of a driven unit"] <= 3 * 200 * 2 / 16
    assert clocks["tanh unit with Lyapunov sum"] > clocks["tanh unit"]
    assert clocks["two LSTM units with Lyapunov sum"] > clocks["two LSTM units"]


def test_the_floor_is_below_the_time(bench, gpu):
    problem = bench.on("cuda", bench.problems(100_000, 200)["tanh unit"])
    bench.solve(problem, "triton")
    torch.cuda.synchronize()
    assert 0 < bench.floor(problem, 100_000) < bench.seconds(lambda: bench.solve(problem, "triton"), "cuda")


@pytest.mark.slow
def test_at_full_size_the_answers_are_close_enough_to_be_timed(bench, device, monkeypatch):
    """A million recurrences, the worst of which decides. In the interpreter, large blocks: it pays for each call."""
    if device == "cpu":
        monkeypatch.setattr(iterate_triton, "BLOCK", 1 << 17)
    for name, problem in bench.problems(1_000_000, 2_000).items():
        there = bench.on(device, problem)
        right = bench.solve(problem, None)
        for way in ("loop", "triton"):
            gap = np.abs(to_numpy(bench.solve(there, way)) - right).max(-1) / np.abs(right).max(-1)
            assert gap.max() < bench.WITHIN / 10, (name, way, gap)


def test_the_loop_can_be_recorded_as_a_graph(bench):
    """A CUDA graph takes no look at a value on the way, and nothing from home."""
    for name, problem in bench.problems(50, 30).items():
        with There():
            there = bench.on("cpu", problem)
            Afar.looks = 0
            assert isinstance(bench.solve(there, "loop"), Afar), name
        assert Afar.looks == 0, name
