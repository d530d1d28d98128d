"""From the measured results to the page that a person reads: the table in a minute, everything else below it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Result = Mapping[str, Any]

TOP = """# How fast the course is, beside what you would use instead

A number says how many times as long the other takes as ours, for the same problem and the same answer: above 1 ours is
faster, **bold** below 1 it is slower. Goals are judged with one thread.
"""

HOW = """## How

- `make bench` measures all rows, `make bench ARGS="rtrl ridge"` these two, in under 15 minutes on two cores; this page
  is made by it. The peers (jax, reservoirpy) are installed into an environment of their own, `build/bench-env`; the
  package never needs them.
- First every contestant solves the problem, and all answers are compared; where one lies further away than the
  tolerance stated below, nothing is timed.
- Then all take turns in one process, in the one order and back, so that a busy moment meets all of them. The number is
  the median over the rounds of the ratio within a round; below, times are medians, with their quartiles in brackets.
- One thread: the libraries are told so before they are loaded, and the process is bound to one core where the system
  can. All threads: nothing is told.
- What is compiled is compiled beforehand. Conversions between libraries are outside the time, except that the answer
  is always handed back as it is used.
- Rows in italics under a list of times are work that ours cannot do without, timed alone in the same turns: the
  profile on which any sentence about what limits a row stands.
"""


def page(results: Mapping[str, Result]) -> str:
    contests = {name: result for name, result in results.items() if "measured" in result}
    parts = [
        TOP,
        "\n".join(_table(contests)),
        *_notebooks(results),
        HOW,
        *_measured_on(results),
        "## Every time",
    ]
    parts += ["\n".join(_details(name, result)) for name, result in contests.items()]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _table(contests: Mapping[str, Result]) -> Iterator[str]:
    most = max((m["threads"] for r in contests.values() for m in r["measured"]), default=1)
    yield f"| problem | ours | against | 1 thread | {most} threads | goal | |"
    yield "|---|---|---|--:|--:|--:|---|"
    for name, result in contests.items():
        what, fast = f"{result['what']} (`{name}`)", None
        for index, goal in enumerate(result["goals"]):
            one, *more = (measured["ratios"][index] for measured in result["measured"])
            ours = "" if goal["fast"] == fast else goal["fast"]
            cells = (
                what,
                ours,
                goal["slow"],
                _ratio(one),
                _ratio(more[0]) if more else "",
                _goal(goal["times"]),
            )
            yield f"| {' | '.join(cells)} | {verdict(goal['times'], one)} |"
            what, fast = "", goal["fast"]


def verdict(times: float | None, ratio: list[float] | None) -> str:
    """What came of the goal: of the median, unrounded."""
    if ratio is None:
        return "not installed"
    if times is None:
        return ""
    return "reached" if ratio[1] >= times else "**missed**"


def _ratio(ratio: list[float] | None) -> str:
    if ratio is None:
        return "–"
    return _number(ratio[1]) if ratio[1] >= 1 else f"**{_number(ratio[1])}**"


def _goal(times: float | None) -> str:
    """Below 1 as a fraction: to be at most five times as long is to reach 1/5."""
    return "" if times is None else f"≥ {times:g}" if times >= 1 else f"≥ 1/{1 / times:g}"


def _number(value: float) -> str:
    """Three digits of what is small, whole numbers of what is large."""
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _notebooks(results: Mapping[str, Result]) -> Iterator[str]:
    if "notebooks" not in results:
        return
    times = results["notebooks"]["seconds"]
    lines = ["| notebook, executed with one thread | kernel and imports, s | cells, s |", "|---|--:|--:|"]
    lines += [f"| {name} | {imports:.1f} | {cells:.1f} |" for name, (imports, cells) in times.items()]
    lines.append(
        f"| all {len(times)} | {sum(a for a, _ in times.values()):.0f} | {sum(b for _, b in times.values()):.0f} |"
    )
    yield "## The notebooks themselves"
    yield "\n".join(lines)


def _measured_on(results: Mapping[str, Result]) -> Iterator[str]:
    """One line for all rows that were measured on the same machine, with the same versions, on the same day."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for name, result in results.items():
        versions = ", ".join(f"{library} {version}" for library, version in result["versions"].items())
        groups.setdefault((result["date"], result["machine"], versions), []).append(f"`{name}`")
    yield "## Where and when"
    for (date, machine, versions), names in groups.items():
        rows = "All rows" if len(groups) == 1 else ", ".join(names)
        yield f"{rows}: {date}, {machine}; {versions}."


def _details(name: str, result: Result) -> Iterator[str]:
    measured = result["measured"]
    gap = max(m["gap"] for m in measured)
    yield f"### `{name}`"
    apart = f"All answers lie within {gap:.1g} of the largest number (allowed: {result['within']:g})."
    yield f"\n{result['what']}. {apart}\n"
    heads = [
        f"{m['threads']} thread{'s' if m['threads'] > 1 else ''}, ms ({m['rounds']} rounds)" for m in measured
    ]
    yield f"| | {' | '.join(heads)} |"
    yield f"|---|{'--:|' * len(measured)}"
    for who in (*result["contestants"], *result["pieces"]):
        times = [_milliseconds(m["seconds"].get(who)) for m in measured]
        share = result["share"].get(who)
        scaled = "" if share is None else f", times {1 / share:g}: it solved {share:.0%} of the problem"
        yield f"| {f'*{who}*' if who in result['pieces'] else who}{scaled} | {' | '.join(times)} |"
    if result["note"]:
        yield f"\n{result['note']}"


def _milliseconds(seconds: list[float] | None) -> str:
    if seconds is None:
        return "not installed"
    low, median, high = (_number(1e3 * s) for s in seconds)
    return f"{median} ({low} – {high})"
