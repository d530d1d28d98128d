"""benchmarks/gpu.py: without a GPU it says so and invents nothing; what would measure on one runs here in small."""

import math
import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch

pytest.importorskip("triton", reason="triton is not installed: it exists for Linux alone")

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


def test_the_floor_is_below_the_time(bench, gpu):
    problem = bench.on("cuda", bench.problems(100_000, 200)["tanh unit"])
    bench.solve(problem, "triton")
    torch.cuda.synchronize()
    assert 0 < bench.floor(problem, 100_000) < bench.seconds(lambda: bench.solve(problem, "triton"), "cuda")
