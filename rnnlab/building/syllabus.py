"""The nineteen lectures, in order, and the map of them: what is written is linked, what is not is grey."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from rnnlab.building.layout import ROOT


class Lecture(NamedTuple):
    """A row of the map. `name` names the source, the lecture, its exercise and its solution."""

    part: str
    name: str
    title: str
    lets_you: str

    @property
    def number(self) -> str:
        return self.name[:2]


MEMORY, GRADIENTS, ARCHITECTURES = "I Memory", "II Gradients", "III Architectures"
ONLINE, RELATIVES = "IV Learning online and identifying systems", "V Relatives and applications"
AFTER = "VI After the seeds"

LECTURES = (
    Lecture(
        MEMORY,
        "01_impulse_response",
        "Impulse response",
        "say what one recurrent weight remembers, and for how long",
    ),
    Lecture(
        MEMORY,
        "02_recurrent_networks",
        "Recurrent networks",
        "wire any recurrent network, and build one that is an automaton",
    ),
    Lecture(MEMORY, "03_delay_lines", "Delay lines", "remember without feedback, and know the price"),
    Lecture(
        GRADIENTS,
        "04_bptt_and_rtrl",
        "BPTT and RTRL",
        "derive the same gradient in two directions, and count what each costs",
    ),
    Lecture(
        GRADIENTS,
        "05_gradient_clipping",
        "Gradient clipping",
        "see why gradients vanish and explode, and what clipping does about it",
    ),
    Lecture(
        ARCHITECTURES,
        "06_lstm_and_gru",
        "LSTM and GRU",
        "build a gated cell, gate by gate, and convert between its conventions",
    ),
    Lecture(
        ARCHITECTURES,
        "07_attractors_and_smoothness",
        "Attractors and smoothness",
        "read a network's attractors, and what they do to its cost",
    ),
    Lecture(
        ARCHITECTURES,
        "08_echo_state_networks",
        "Echo state networks",
        "train nothing but the read-out, and set the reservoir",
    ),
    Lecture(
        ONLINE,
        "09_truncated_bptt",
        "Truncated BPTT",
        "know when a cheap gradient is slow, and when it is wrong",
    ),
    Lecture(
        ONLINE,
        "10_narx_parallel_training",
        "NARX and parallel training",
        "choose what to train by the noise in the data",
    ),
    Lecture(ONLINE, "11_multiple_shooting", "Multiple shooting", "cut a trajectory to smooth its cost"),
    Lecture(
        ONLINE, "12_temporal_convolutions", "Temporal convolutions", "replace recurrence by a receptive field"
    ),
    Lecture(
        ONLINE, "13_ecg_diagnosis", "ECG diagnosis", "read a heart with a residual network, and its limits"
    ),
    Lecture(
        RELATIVES,
        "14_associative_memory_and_rhythm",
        "Associative memory and rhythm",
        "store patterns in attractors, and make a network swim",
    ),
    Lecture(
        RELATIVES, "15_language_models", "Language models", "predict the next symbol, and sample from it"
    ),
    Lecture(
        RELATIVES,
        "16_sequence_to_sequence",
        "Sequence to sequence",
        "map one sequence to another, with attention",
    ),
    Lecture(
        RELATIVES, "17_explaining_predictions", "Explaining predictions", "say which input made it say so"
    ),
    Lecture(RELATIVES, "18_recurrent_agents", "Recurrent agents", "act where the state is hidden"),
    Lecture(
        AFTER,
        "19_modern_recurrence",
        "Modern recurrence",
        "see a state-space model as lecture 01, many times",
    ),
)


def course_map(folder: str, root: Path = ROOT) -> str:
    """The table of lectures in Markdown, its links as seen from `folder` of the course ("" for its root)."""
    up = "../" if folder else ""
    rows = ["| part | lecture | lets you | exercise |", "|---|---|---|---|"]
    part = ""
    for lecture in LECTURES:
        title = f"{lecture.number} · {lecture.title}"
        if (root / "sources" / "lectures" / f"{lecture.name}.py").exists():
            here = "" if folder == "lectures" else f"{up}lectures/"
            title = f"[{title}]({here}{lecture.name}.ipynb)"
            practice = f"[20 points]({up}exercises/{lecture.name}.ipynb)"
            lets_you = lecture.lets_you
        else:
            title, lets_you, practice = _grey(title), _grey(lecture.lets_you), _grey("to come")
        rows.append(f"| {lecture.part if lecture.part != part else ''} | {title} | {lets_you} | {practice} |")
        part = lecture.part
    return "\n".join(rows)


def readme(root: Path = ROOT) -> str:
    """The README with its table of lectures as it should be now; "" where there is no README."""
    path = root / "README.md"
    if not path.exists():
        return ""
    table = f"<!-- map -->\n{course_map('', root)}\n<!-- /map -->"
    return re.sub(r"<!-- map -->.*?<!-- /map -->", lambda _: table, path.read_text("utf-8"), flags=re.DOTALL)


def _grey(text: str) -> str:
    return f'<span style="color:gray">{text}</span>'
