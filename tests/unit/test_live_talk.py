"""The conversation, without a browser: every message is answered, and a frame is what matplotlib would draw."""

import io

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from rnnlab.live import live, slider, toggle
from rnnlab.live import talk as talking
from rnnlab.live.talk import Talk


def compute(w, bad=False):
    if bad:
        raise ValueError("w is too much")
    return w


def draw(w):
    figure = Figure(figsize=(4, 2), layout="constrained")
    ax = figure.subplots()
    (line,) = ax.plot([0, 1], [0, w])
    ax.set(ylim=(-1, 1), title="a line")

    def update(w):
        line.set_ydata([0, w])
        ax.set_title(f"w is {w}" if w < 0 else "a line")
        ax.set_ylim((-1, 1) if w < 0.9 else (-2, 2))

    return figure, update


@pytest.fixture
def spoken():
    """A figure's talk, and what it said."""
    said = []
    figure = live(compute, draw, lambda w: f"w is {w}", w=slider(-1, 1, 0.5), bad=toggle(False))
    return Talk(figure, lambda content, buffers: said.append((content, buffers))), said


def ask(talk, *values, seq=1, **more):
    talk.hear({"kind": "ask", "client": "me", "seq": seq, "values": list(values), **more})


def test_hello_is_answered_with_everything(spoken):
    talk, said = spoken
    talk.hear({"kind": "hello", "client": "me", "seq": 1})
    ((content, (data, background)),) = said
    assert (
        content["kind"] == "frame"
        and content["client"] == "me"
        and content["seq"] == 1
        and content["greeting"]
    )
    assert content["values"] == [0.5, 0.0] and content["words"] == "w is 0.5"
    assert content["layout"]["size"] == [400, 200] and len(content["changes"]) == content["count"] == 2
    picture = Image.open(io.BytesIO(background))
    assert picture.size == (800, 400)
    assert content["changes"][0]["arrays"] == {
        "xy": ["f4", 0, 4],
        "edge": ["u1", 16, 4],
        "width": ["f4", 20, 1],
    }
    assert content["changes"][1]["style"]["letters"] and len(data) > 24  # the title, as outlines


def test_a_question_is_answered_with_what_changed_and_nothing_else(spoken):
    talk, said = spoken
    talk.hear({"kind": "hello"})
    ask(talk, 0.24, 0)
    content, buffers = said[-1]
    assert content["values"] == [0.24, 0.0] and content["words"] == "w is 0.24" and content["device"] == "cpu"
    assert "layout" not in content and len(buffers) == 1 and len(buffers[0]) == 16
    up = [np.frombuffer(said[i][1][0][:16], np.float32)[3] for i in (0, 1)]
    assert up[1] > up[0]  # downwards on the sheet


def test_the_background_is_drawn_again_only_when_something_that_stands_still_changed(spoken):
    talk, said = spoken
    talk.hear({"kind": "hello"})
    backgrounds = []
    for w in (0.4, 0.3, -0.3, -0.4, -0.5, 0.2, 0.95, 0.96, 0.2):
        ask(talk, w, 0)
        backgrounds.append(len(said[-1][1]) == 2)
    # the title changes at -0.3 and moves; the limits change at 0.95, and back
    assert backgrounds == [False, False, False, False, False, False, True, False, True]
    assert [change["i"] for change in said[3][0]["changes"]] == [0, 1]


def test_an_exception_is_answered_in_words_and_the_next_question_as_if_nothing_had_been(spoken):
    talk, said = spoken
    talk.hear({"kind": "hello"})
    ask(talk, 0.2, 1, seq=7)
    assert said[-1] == (
        {"kind": "error", "client": "me", "seq": 7, "message": "ValueError: w is too much"},
        [],
    )
    ask(talk, 0.2, 0, seq=8)
    assert said[-1][0]["kind"] == "frame" and said[-1][0]["seq"] == 8


def test_an_interrupt_is_answered_too():
    said = []

    def interrupted(w):
        if w < 0:
            raise KeyboardInterrupt
        return w

    talk = Talk(live(interrupted, draw, w=slider(-1, 1, 0.5)), lambda content, _: said.append(content))
    ask(talk, -0.5)
    assert said[-1]["message"] == "interrupted"


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"kind": "what"},
        {"kind": "ask", "values": [1]},
        {"kind": "ask"},
        {"kind": "ask", "values": [float("nan"), 0]},
        3,
    ],
)
def test_a_message_that_makes_no_sense_is_answered_with_an_error(spoken, message):
    talk, said = spoken
    talk.hear(message)
    assert len(said) == 1 and said[0][0]["kind"] == "error"


def test_an_artist_that_appears_later_is_mirrored_or_named(spoken):
    said = []

    def growing(w):
        figure, update = draw(w)
        ax = figure.axes[0]

        def grow(w):
            for old in ax.collections:
                old.remove()
            if w > 0.8:
                ax.pcolormesh(np.zeros((2, 2)))
            elif w < 0:
                ax.fill_between([0, 1], [0, w])

        return figure, grow

    talk = Talk(live(lambda w: w, growing, w=slider(-1, 1, 0.5)), lambda content, _: said.append(content))
    talk.hear({"kind": "hello"})
    ask(talk, -0.5)
    assert said[-1]["count"] == 3
    ask(talk, 0.95)
    assert "QuadMesh" in said[-1]["message"]
    ask(talk, 0.2)
    assert said[-1]["count"] == 2


def test_a_long_computation_is_announced_and_reports_its_progress(monkeypatch):
    monkeypatch.setattr(talking, "LONG", 0.0)
    said = []

    def slow(w, progress):
        progress(0.25)
        return w

    talk = Talk(live(slow, draw, w=slider(-1, 1, 0.5)), lambda content, _: said.append(content))
    ask(talk, 0.1, seq=1)
    ask(talk, 0.2, seq=2)
    assert [content["kind"] for content in said] == ["progress", "frame", "began", "progress", "frame"]
    assert said[3] == {"kind": "progress", "client": "me", "seq": 2, "fraction": 0.25}


def test_a_second_look_gets_the_present_picture(spoken):
    talk, said = spoken
    talk.hear({"kind": "hello"})
    ask(talk, -0.5, 0)
    talk.hear({"kind": "hello"})
    content, buffers = said[-1]
    assert content["values"] == [-0.5, 0.0] and content["words"] == "w is -0.5" and len(buffers) == 2
    assert len(content["changes"]) == content["count"] and all(
        "style" in change for change in content["changes"]
    )
