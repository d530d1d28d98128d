"""The box that `check` shows: what it says, that nothing in it runs, and how long it takes."""

import re
import time
from html.parser import HTMLParser

import numpy as np
import pytest

from rnnlab.questions import check
from rnnlab.questions.check import Status, Verdict
from rnnlab.questions.face import FACES, html
from rnnlab.questions.q01_impulse_response.echoes import ECHOES, echoes


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.seen = [], []

    def handle_starttag(self, tag, attributes):
        self.seen.append((tag, dict(attributes)))
        if tag != "img":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def tags(text):
    parser = Tags()
    parser.feed(text)
    assert parser.open == []
    return parser.seen


def test_every_status_has_a_face_of_its_own_in_sign_or_words():
    assert set(FACES) == {str(status) for status in Status}
    assert len({aloud for _, aloud, _ in FACES.values()}) == len(FACES)


@pytest.mark.parametrize("status", list(Status))
def test_a_box_is_whole_and_says_its_status(status):
    verdict = Verdict(
        "1.1", status, ("one line", "another"), "a name" if status is Status.MISCONCEPTION else ""
    )
    text = html(verdict)
    (box, *_) = tags(text)
    assert box[1]["role"] == "group" and box[1]["aria-label"].startswith("Question 1.1: ")
    assert str(status) in text and "one line" in text and "another" in text


def test_the_misconception_is_named_with_the_place_to_reread():
    slip = ECHOES.misconceptions[0]
    text = check("1.1", slip.wrong)._repr_mimebundle_()["text/html"]
    assert slip.name in text and "lecture 01, section 1" in text


def test_what_an_answer_says_is_never_html():
    def hostile(xs, w, u, d):
        raise ValueError("<img src=x onerror=alert(1)><script>1</script>")

    text = html(check("1.1", hostile))
    assert {tag for tag, _ in tags(text)} == {"div", "p", "span", "strong"}
    assert "&lt;script&gt;" in text


def test_a_wrong_array_is_drawn_with_words_and_a_right_one_is_not():
    text = html(check("1.1", lambda xs, w, u, d: echoes(xs, w, u, d) + 1))
    ((_, picture),) = [tag for tag in tags(text) if tag[0] == "img"]
    assert re.fullmatch(
        r"Your array beside the expected one: 3 of 3 entries differ, first at \[0\]\.", picture["alt"]
    )
    assert picture["src"].startswith("data:image/png;base64,")
    assert "<img" not in html(check("1.1", echoes))
    assert "<img" not in html(check("1.3", 7, student="ada"))


@pytest.mark.parametrize("bad", [np.inf, np.nan, 1e300])
def test_a_picture_of_anything_is_drawn(bad):
    verdict = check("1.1", lambda xs, w, u, d: np.where(xs == 1, bad, 0.0))
    assert "<div" in html(verdict)


def test_it_takes_at_most_half_a_second_once_pictures_are_loaded():
    html(check("1.1", lambda xs, w, u, d: xs * 3.3))
    began = time.process_time()
    html(check("1.1", lambda xs, w, u, d: xs * 3.3))
    assert time.process_time() - began < 0.5


def test_text_stays_beside_it():
    bundle = check("1.1", echoes)._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"} and bundle["text/plain"].startswith("1.1  right")
