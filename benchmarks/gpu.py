"""Times `iterate` on a GPU beside what one would do without it; writes benchmarks/gpu.md. `make bench-gpu`

Where there is no GPU the page says that nothing has been measured. Every contestant first gives its answer, and it is
compared; then they take turns, and of each the median of its times counts, after a first call that is not timed.
"""

from __future__ import annotations

import argparse
import platform
import re
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from rnnlab.analysis.bifurcation import UNITS, bifurcation
from rnnlab.arrays import to_numpy
from rnnlab.cli.machine import cores
from rnnlab.live.results import bring_home
from rnnlab.models import maps, tanh_unit
from rnnlab.models.devices import GPU_PAYS
from rnnlab.models.iterate import iterate

PAGE = Path(__file__).parent / "gpu.md"
NOT_MEASURED = """\
# `iterate` on a GPU

Not measured: where this page was made there was no GPU, and no number here is guessed.
On a machine with an NVIDIA GPU and torch for CUDA, `make bench-gpu` measures and writes this page.

Without one it is known that the kernel computes what NumPy computes (in Triton's interpreter, at the sizes of this
page too), that each of its maps compiles for compute capabilities 8.0 and 9.0 with its whole state in registers, and
that the torch loop can be recorded as a CUDA graph: `tests/gpu`.
"""
CHAOTIC = (-1, -4, -3, -2, -2, 6, 0, -6, -1, -6, 6, -9, 4, 1, -9, -7)
SPECIAL = 16  # exponentials and divisions in float32 that a multiprocessor finishes in a clock
WITHIN = 1e-3  # of the largest number; at full size the kernel, in Triton's interpreter, stays within 3e-5


class Problem(NamedTuple):
    step: Callable[..., Any]
    parameters: tuple[Any, ...]  # numbers and float32 arrays (P,)
    start: Any
    xs: np.ndarray | None
    steps: int


def problems(P: int, T: int) -> dict[str, Problem]:
    """The maps of the lectures, tame enough for answers to be compared: the driven unit forgets, the LSTM is below
    its chaos. With |w| above 1 some of a million driven units carry a last digit to a hundredth of the gradient.
    """
    rng = np.random.default_rng(0)
    w, u = rng.uniform(-1.5, 1.5, (2, P)).astype(np.float32)
    forgets = rng.uniform(-1, 1, P).astype(np.float32)
    xs = rng.normal(size=(T // 10, 2)).astype(np.float32)
    s = np.linspace(0.5, 0.7, P, dtype=np.float32)
    return {
        "tanh unit": Problem(tanh_unit, (0.1, w), 0.5, None, T),
        "tanh unit with Lyapunov sum": Problem(maps.tanh_unit_stretch, (0.1, w), (0.5, 0.0), None, T),
        "cost and gradient of a driven unit": Problem(
            maps.driven_cost, (forgets, u), (0.0,) * 6, xs, T // 10
        ),
        "two LSTM units": Problem(maps.scaled_lstm, (s, *CHAOTIC), (0.5,) * 4, None, T // 10),
        "two LSTM units with Lyapunov sum": Problem(
            maps.scaled_lstm_stretch, (s, *CHAOTIC), (0.5,) * 8 + (0.0,), None, T // 10
        ),
    }


def solve(problem: Problem, way: str | None) -> Any:
    return iterate(problem.step, problem.parameters, problem.start, problem.steps, xs=problem.xs, way=way)


def on(device: str, problem: Problem) -> Problem:
    def there(value: Any) -> Any:
        return torch.as_tensor(value, device=device) if isinstance(value, np.ndarray) else value

    return problem._replace(parameters=tuple(map(there, problem.parameters)), xs=there(problem.xs))


def seconds(run: Callable[[], Any], device: str) -> float:
    """One call, by the GPU's own events; on a CPU by the clock."""
    if device == "cpu":
        began = time.perf_counter()
        run()
        return time.perf_counter() - began
    start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    start.record()
    run()
    end.record()
    end.synchronize()
    return start.elapsed_time(end) / 1e3


def by_turns(contestants: dict[str, tuple[Callable[[], Any], str]], rounds: int) -> dict[str, float]:
    """The median time of each; NumPy, which takes seconds, in the first three rounds only."""
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for k in range(rounds + 1):
        for name, (run, device) in contestants.items():
            if name != "NumPy" or k <= 3:
                took = seconds(run, device)
                if k > 0:
                    times[name].append(took)
    return {name: statistics.median(values) for name, values in times.items()}


def graph(problem: Problem) -> Callable[[], Any]:
    """The torch loop recorded once as a CUDA graph, and played."""
    solve(problem, "loop")
    torch.cuda.synchronize()
    recorded = torch.cuda.CUDAGraph()
    with torch.cuda.graph(recorded):
        solve(problem, "loop")
    return recorded.replay


def floor(problem: Problem, P: int) -> float:
    """Seconds that the compiled step's float32 instructions need at least, on all multiprocessors at full clock."""
    from triton.runtime import driver

    from rnnlab.models import iterate_triton

    starts = problem.start if isinstance(problem.start, tuple) else (problem.start,)
    prepared = (problem.step, problem.parameters, starts, problem.steps, 1, problem.xs, (P,))
    compiled = iterate_triton._iterate.warmup(**iterate_triton.prepare(*prepared)[1], grid=(1,))
    maps_a_thread = iterate_triton.BLOCK / (32 * compiled.metadata.num_warps)
    written = 2 * maps_a_thread  # so often the step stands in the kernel: once in each of its two loops
    plain, special = (len(re.findall(rf"^\s+(?:{names})\.\S*f32", compiled.asm["ptx"], re.M)) for names in (
        "fma|mul|add|sub|abs|neg|min|max|setp|selp", "ex2|lg2|sqrt|rsqrt|rcp|div"
    ))  # fmt: skip
    card = driver.active.utils.get_device_properties(torch.cuda.current_device())
    arithmetic = 64 if torch.cuda.get_device_capability() == (8, 0) else 128  # plain ones in a clock
    clocks = max(plain / arithmetic, special / SPECIAL) / written * P * problem.steps
    return clocks / (card["multiprocessor_count"] * card["sm_clock_rate"] * 1e3)


def row(name: str, problem: Problem, P: int, device: str, rounds: int) -> str:
    """One line of the table, after the answers have been compared."""
    there, real = on(device, problem), device == "cuda"
    answers = [to_numpy(solve(p, way)) for p, way in ((problem, None), (there, "loop"), (there, "triton"))]
    for answer in answers[1:]:
        gap = np.abs(answer - answers[0]).max(-1) / np.abs(answers[0]).max(-1)
        if not (gap < WITHIN).all():
            raise AssertionError(
                f"{name}: the answers differ by {gap.max():.1e} of the largest, so nothing is timed"
            )
    contestants: dict[str, tuple[Callable[[], Any], str]] = {
        "kernel": (lambda: solve(there, "triton"), device),
        "torch loop": (lambda: solve(there, "loop"), device),
        **({"CUDA graph": (graph(there), device)} if real else {}),
        "NumPy": (lambda: solve(problem, None), "cpu"),
    }
    times = by_turns(contestants, rounds)
    kernel = times.pop("kernel")
    least = floor(there, P) if real else float("nan")
    others = " | ".join(
        f"{1e3 * times[other]:,.4g} ({times[other] / kernel:,.3g})" if other in times else "–"
        for other in ("CUDA graph", "torch loop", "NumPy")
    )
    ours = f"{1e3 * kernel:.4g} | {1e3 * least:.3g} ({kernel / least:.3g})"
    return f"| {name} | {P:,} × {problem.steps:,} | {ours} | {others} |"


def crossing(sizes: Sequence[int], device: str, rounds: int) -> list[str]:
    """NumPy against the kernel with the way there and home: 200 steps of a tanh unit with its Lyapunov sum."""
    lines = []
    for P in sizes:
        w = np.linspace(-3, 3, P)

        def abroad(w: np.ndarray = w) -> Any:
            tensor = torch.as_tensor(w, dtype=torch.float32, device=device)
            return to_numpy(iterate(maps.tanh_unit_stretch, (0.1, tensor), (0.5, 0.0), 200, way="triton"))

        def here(w: np.ndarray = w) -> Any:
            return iterate(maps.tanh_unit_stretch, (0.1, w), (0.5, 0.0), 200)

        both = by_turns({"kernel": (abroad, "cpu"), "NumPy": (here, "cpu")}, rounds)
        lines.append(f"| {P:,} | {1e3 * both['kernel']:.3g} | {1e3 * both['NumPy']:.3g} |")
    return lines


def picture(rounds: int) -> str:
    """The bifurcation figure of lecture 05 at both sizes, on its own device, results brought home."""
    by = {device: (lambda d=device: bring_home(bifurcation(0.1, 200, d)), "cpu") for device in UNITS}
    times = by_turns(by, rounds)
    return "; ".join(f"{UNITS[device]:,} units on {device}: {1e3 * t:.3g} ms" for device, t in times.items())


def page(P: int, T: int, device: str, rounds: int, sizes: Sequence[int]) -> str:
    """The whole text, from measurements on `device`; the CPU, through Triton's interpreter, is for tests."""
    lines = [row(name, problem, P, device, rounds) for name, problem in problems(P, T).items()]
    versions = ", ".join(f"{name} {version(name)}" for name in ("torch", "triton", "numpy"))
    card = torch.cuda.get_device_name() if device == "cuda" else "Triton's interpreter"
    figure = picture(rounds) if device == "cuda" else "not measured"
    return "\n".join([
        "# `iterate` on a GPU",
        "",
        f"{card}, beside one core of {cores().count} ({platform.machine()}); {versions}, Python"
        f" {platform.python_version()}; {date.today()}. `make bench-gpu` writes this page.",
        "",
        "| map | recurrences × steps | kernel, ms | floor, ms (kernel/floor) | CUDA graph, ms (/kernel) |"
        " torch loop, ms (/kernel) | NumPy, ms (/kernel) |",
        "|---|---|---|---|---|---|---|",
        *lines,
        "",
        f"Medians of {rounds} rounds by turns (NumPy of 3), after one that is not counted; GPU times are the device's"
        " own events, all in float32, with parameters on the device, and only the last state kept. Answers were"
        " compared before anything was timed. The floor is what the float32 instructions of the compiled step"
        " need at least, on all multiprocessors at full clock.",
        "",
        f"From where on a GPU pays (`GPU_PAYS` is {GPU_PAYS:,}), by the wall clock, with parameters from NumPy and the"
        " answer back in NumPy, 200 steps; NumPy in float64, as on a CPU:",
        "",
        "| recurrences | kernel, ms | NumPy, ms |",
        "|---|---|---|",
        *crossing(sizes, device, rounds),
        "",
        f"Lecture 05's figure of many units, from the controls' values to arrays at home: {figure}.",
        "",
    ])  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--into", type=Path, default=PAGE, help="the page to write, instead of benchmarks/gpu.md"
    )
    into = parser.parse_args().into
    if not torch.cuda.is_available():
        if into.exists() and into.read_text(encoding="utf-8") != NOT_MEASURED:
            print(f"{into.name}: there is no GPU here, so nothing was measured; what stands there stays")
            return 0
        into.write_text(NOT_MEASURED, encoding="utf-8")
        print(f"{into.name}: there is no GPU here, so nothing was measured, and the page says so")
        return 0
    torch.set_num_threads(1)
    sizes = (1_000, 10_000, 30_000, 50_000, 100_000, 300_000, 1_000_000)
    into.write_text(page(1_000_000, 2_000, "cuda", 15, sizes), encoding="utf-8")
    print(into.read_text(encoding="utf-8"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
