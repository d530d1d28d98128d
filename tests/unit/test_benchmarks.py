"""The benchmark's own machinery: who answers otherwise is refused, who is missing is named, the table is right."""

import importlib
import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))
import bench  # noqa: E402
import harness  # noqa: E402
import peers  # noqa: E402
from harness import Goal, Row, measure  # noqa: E402
from table import page, verdict  # noqa: E402

PROBLEM = np.array([[1.0, -2.0], [3.0, 4.0], [0.5, 8.0], [0.0, 1.0]])


class Clock:
    """Time that passes only where a contestant says so."""

    def __init__(self):
        self.now, self.calls = 0.0, []

    def contestant(self, name, seconds, answer=PROBLEM):
        def run():
            self.calls.append(name)
            self.now += seconds
            return answer

        return run


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(harness, "perf_counter", lambda: clock.now)
    return clock


def row(contestants, **more):
    return Row("a problem", contestants, within=1e-6, goals=(Goal("ours", "theirs", 2.0),), **more)


@pytest.mark.parametrize(
    "wrong, words",
    [
        (PROBLEM + 1e-5 * PROBLEM.max(), "differ by 1e-05"),
        (PROBLEM[:3], "shapes [(3, 2)]"),
        (np.where(PROBLEM == 4, np.nan, PROBLEM), "differ by nan"),
        (-PROBLEM, "differ by 2"),
    ],
)
def test_a_wrong_answer_is_refused_before_anything_is_timed(clock, wrong, words):
    piece = clock.contestant("piece", 1.0)
    contest = {"ours": clock.contestant("ours", 1.0), "theirs": clock.contestant("theirs", 3.0, wrong)}
    with pytest.raises(AssertionError, match=re.escape(words)):
        measure(row(contest, pieces={"piece": piece}), 1)
    assert clock.calls == ["ours", "theirs"]


def test_one_array_too_few_is_a_wrong_answer(clock):
    contest = {"ours": clock.contestant("ours", 1.0, (PROBLEM, PROBLEM)), "theirs": lambda: (PROBLEM,)}
    with pytest.raises(AssertionError, match="nothing was timed"):
        measure(row(contest), 1)


def test_times_and_ratios_are_what_the_clock_said(clock):
    contest = {
        "ours": clock.contestant("ours", 0.5),
        "theirs": clock.contestant("theirs", 1.5, PROBLEM + 1e-7),
    }
    measured = measure(row(contest, pieces={"piece": clock.contestant("piece", 0.25, None)}), 2, seconds=9.0)
    assert measured.threads == 2
    assert measured.rounds == 4  # of 2.25 s each: none is short enough to be warmed up
    assert measured.seconds == {"ours": [0.5] * 3, "theirs": [1.5] * 3, "piece": [0.25] * 3}
    assert measured.ratios == [[3.0, 3.0, 3.0]]
    assert measured.gap == pytest.approx(1e-7 / 8)


def test_the_turns_go_one_way_and_back(clock):
    contest = {name: clock.contestant(name, 1.0) for name in ("a", "b", "c")}
    harness.by_turns(contest, seconds=1.0)
    assert "".join(clock.calls) == "abc" + "abccbaabc"  # once to see how long each takes, then three rounds


def test_the_ratio_is_taken_within_a_round(clock):
    """A busy moment doubles both of a round; the ratio does not feel it."""
    slower = iter([1, 1] + [1, 1] + [1, 1] + [2, 2] + [4, 4])  # answers, the first look, three rounds

    def run(seconds):
        def call():
            clock.now += seconds * next(slower)
            return PROBLEM

        return call

    measured = measure(row({"ours": run(1.0), "theirs": run(3.0)}), 1, seconds=0.0)
    assert measured.seconds["ours"] == [1.5, 2.0, 3.0]
    assert measured.ratios == [[3.0, 3.0, 3.0]]


def test_what_is_short_is_called_often_and_once_for_nothing(clock):
    times = harness.by_turns({"short": clock.contestant("short", 0.001)}, seconds=0.063)
    assert len(clock.calls) == 1 + 3 * (1 + 20)
    assert times["short"] == pytest.approx([0.001] * 3)


def test_who_solves_a_part_is_compared_there_and_scaled(clock):
    contest = {
        "ours": clock.contestant("ours", 1.0),
        "theirs": clock.contestant("theirs", 1.0, PROBLEM[:1]),
    }
    measured = measure(row(contest, share={"theirs": 0.25}), 1)
    assert measured.seconds["theirs"] == [4.0, 4.0, 4.0]
    contest["theirs"] = clock.contestant("theirs", 1.0, PROBLEM[1:2])
    with pytest.raises(AssertionError, match="nothing was timed"):
        measure(row(contest, share={"theirs": 0.25}), 1)


def test_a_missing_peer_is_named_and_the_others_are_measured(clock):
    assert harness.peer("no_such_library.nodes") is None
    assert harness.peer("json.decoder").__name__ == "json.decoder"
    measured = measure(row({"ours": clock.contestant("ours", 1.0), "theirs": None}), 1)
    assert measured.missing == ["theirs"]
    assert measured.ratios == [None]
    assert "theirs" not in measured.seconds


def result(ratios, date="2026-01-02", goals=None, **seconds):
    """What the process of a row leaves behind, once with one thread and once with two."""
    goals = goals or [{"fast": "ours", "slow": "theirs", "times": 2.0}]
    measured = [
        {"threads": n, "rounds": 5, "gap": 2e-9, "seconds": seconds, "ratios": [ratio], "missing": []}
        for n, ratio in zip((1, 2), ratios, strict=True)
    ]
    return {
        **{
            "date": date,
            "machine": "2 cores, a processor",
            "versions": {"numpy": "2.0"},
            "what": "a problem",
        },
        **{"within": 1e-6, "goals": goals, "contestants": ["ours", "theirs"], "pieces": ["piece"]},
        **{"share": {}, "note": "What to make of it.", "measured": measured},
    }


def test_the_table_says_the_ratio_the_goal_and_whether_it_was_reached():
    times = {"ours": [0.001, 0.002, 0.003], "theirs": [0.5, 0.6, 0.7], "piece": [0.0004, 0.0005, 0.0006]}
    text = page({"quick": result([[2.9, 3.004, 3.1], [0.7, 0.8, 0.9]], **times)})
    assert "| problem | ours | against | 1 thread | 2 threads | goal | |" in text
    assert "| a problem (`quick`) | ours | theirs | 3.00 | **0.80** | ≥ 2 | reached |" in text
    assert "All answers lie within 2e-09 of the largest number (allowed: 1e-06)." in text
    assert "| ours | 2.00 (1.00 – 3.00) | 2.00 (1.00 – 3.00) |" in text
    assert "| theirs | 600 (500 – 700) | 600 (500 – 700) |" in text
    assert "| *piece* | 0.50 (0.40 – 0.60) |" in text
    assert "What to make of it." in text
    assert "All rows: 2026-01-02, 2 cores, a processor; numpy 2.0." in text


def test_rows_of_different_days_are_told_apart():
    both = {"old": result([[3.0] * 3] * 2), "new": result([[3.0] * 3] * 2, date="2026-02-03")}
    text = page(both)
    assert "`old`: 2026-01-02, 2 cores" in text
    assert "`new`: 2026-02-03, 2 cores" in text


def test_the_table_says_that_a_peer_is_not_installed():
    text = page({"quick": result([None, None], ours=[1.0, 1.0, 1.0], piece=[1.0, 1.0, 1.0])})
    assert "| theirs | – | – | ≥ 2 | not installed |" in text
    assert "| theirs | not installed | not installed |" in text


def test_the_notebooks_are_summed():
    notebooks = {"date": "2026-01-02", "machine": "m", "versions": {}}
    seconds = {"lectures/01_a": [2.04, 3.0], "lectures/02_b": [2.0, 6.5]}
    text = page({"notebooks": {**notebooks, "seconds": seconds}})
    assert "| lectures/01_a | 2.0 | 3.0 |" in text
    assert "| all 2 | 4 | 10 |" in text


@pytest.mark.parametrize(
    "times, ratio, says",
    [
        (2.0, 2.0, "reached"),
        (2.0, 1.9999, "**missed**"),
        (0.4, 0.41, "reached"),
        (0.4, 0.39, "**missed**"),
        (None, 9.0, ""),
    ],
)
def test_the_median_decides_unrounded(times, ratio, says):
    assert verdict(times, [0.0, ratio, 99.0]) == says


def test_a_goal_below_one_is_a_fraction():
    goals = [{"fast": "ours", "slow": "theirs", "times": 1 / 2.5}]
    assert "| **0.50** | **0.30** | ≥ 1/2.5 | reached |" in page(
        {"a": result([[0.5] * 3, [0.3] * 3], goals=goals)}
    )


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A place for results, with rows a, b and c that are measured at once; b may be made to fail."""
    made = []

    def in_processes(python, name):
        made.append(name)
        return (
            None if name in desk_fails else {**result([[3.0] * 3] * 2), "what": name, "date": bench.today()}
        )

    desk_fails: set[str] = set()
    for name, file in (("RESULTS", "results.json"), ("PAGE", "README.md"), ("UNFINISHED", "bench.json")):
        monkeypatch.setattr(bench, name, tmp_path / file)
    monkeypatch.setattr(bench, "HERE", tmp_path / "benchmarks")
    monkeypatch.setattr(bench, "names", lambda: ["a", "b", "c"])
    monkeypatch.setattr(bench, "in_processes", in_processes)
    monkeypatch.setattr(peers, "python_with_peers", lambda: Path("python"))

    def run(*rows, fails=()):
        made.clear()
        desk_fails.clear()
        desk_fails.update(fails)
        monkeypatch.setattr(sys, "argv", ["bench.py", *rows])
        return bench.main(), list(made)

    return run


def test_a_whole_run_is_resumed_and_counts_when_it_is_whole(desk):
    assert desk(fails=["b"]) == (1, ["a", "b", "c"])
    assert not bench.RESULTS.exists()
    assert not bench.PAGE.exists()
    assert desk() == (0, ["b"])
    assert set(json.loads(bench.RESULTS.read_text())) == {"a", "b", "c"}
    assert not bench.UNFINISHED.exists()
    assert desk() == (0, ["a", "b", "c"])  # the next run begins anew


def test_an_interrupted_run_of_another_day_is_not_resumed(desk):
    bench.write(bench.UNFINISHED, {"a": {**result([[3.0] * 3] * 2), "date": "2020-01-01"}})
    assert desk() == (0, ["a", "b", "c"])


def test_one_row_keeps_the_results_of_the_others(desk):
    desk()
    before = json.loads(bench.RESULTS.read_text())
    before["c"]["date"] = "2020-01-01"
    bench.write(bench.RESULTS, before)
    assert desk("b") == (0, ["b"])
    after = json.loads(bench.RESULTS.read_text())
    assert after["a"] == before["a"]
    assert after["c"] == before["c"]
    assert "`c`: 2020-01-01" in bench.PAGE.read_text()


def test_a_row_that_is_not_there_is_told_with_those_that_are(desk, capsys):
    with pytest.raises(SystemExit):
        desk("d")
    assert "no row d; there are a, b, c" in capsys.readouterr().err


def test_results_are_written_whole_or_not_at_all(tmp_path, monkeypatch):
    file = tmp_path / "results.json"
    bench.write(file, {"a": 1})
    with pytest.raises(TypeError):
        bench.write(file, {"a": object()})

    def interrupted(part, whole):
        raise KeyboardInterrupt

    monkeypatch.setattr(bench.os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        bench.write(file, {"a": 2})
    assert bench.read(file) == {"a": 1}


def test_a_peer_has_one_version_and_none_is_needed_by_the_package():
    pins = [line.split("#")[0].strip() for line in peers.PEERS.read_text().splitlines()]
    named = [pin for pin in pins if pin]
    locked = {line.split("==")[0] for line in peers.PINS.read_text().splitlines()}
    assert named
    for pin in named:
        assert ("==" in pin) != (pin.split("==")[0] in locked), (
            f"{pin}: exact here, or in constraints.txt, and not both"
        )
    project = (ROOT / "pyproject.toml").read_text()
    needed = project[project.index("dependencies") : project.index("[project.optional-dependencies]")]
    assert not [pin for pin in named if re.split(r"[=<>]", pin)[0] in needed]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*torch.jit.script")  # torch.func's own
@pytest.mark.parametrize("file", bench.FILES)
def test_the_contestants_of_each_row_give_one_answer(file):
    for name, build in importlib.import_module(file).ROWS.items():
        contest = build()
        answers = {who: run() for who, run in contest.contestants.items() if run is not None}
        assert len(answers) > 1, name
        harness.largest_gap(answers, contest.within, contest.share)


@pytest.mark.slow
def test_no_two_rows_have_one_name():
    assert len(bench.rows()) == sum(len(importlib.import_module(file).ROWS) for file in bench.FILES)
