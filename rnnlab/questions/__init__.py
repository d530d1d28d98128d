"""The questions of the exercises: `check` looks at an answer, `numbers` gives a student's own numbers."""

from rnnlab.questions.cards import card_markdown
from rnnlab.questions.check import check
from rnnlab.questions.question import numbers

__all__ = ["card_markdown", "check", "numbers"]
