"""Stands for `rnnlab.questions` where a student's notebook is marked: a student's numbers and nothing else.

There is no reference here, no expected value and no verdict.
"""

import json
from pathlib import Path

from rnnlab.questions.identity import own

_DRAWS = Path(__file__).with_name("draws.json")


def check(number, answer, student=None):
    """In the notebook it looks at an answer; here nobody reads what it would say."""


def card_markdown(number):
    """A card is for readers."""
    return ""


def numbers(number, student):
    """The numbers of question `number` that are this student's own."""
    draws = json.loads(_DRAWS.read_text(encoding="utf-8"))
    if number not in draws:
        raise ValueError(f"question {number} has no numbers of one's own")
    return own(number, student, tuple(tuple(draw) for draw in draws[number]))
