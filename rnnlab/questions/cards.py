"""The card that opens a question, in Markdown."""

from __future__ import annotations

from rnnlab.questions.question import Question, question

HARDEST = 3


def card_markdown(number: str) -> str:
    """Title, goal, points with their parts, minutes, and the difficulty as ●○○."""
    wanted = question(number)
    dots = "●" * wanted.difficulty + "○" * (HARDEST - wanted.difficulty)
    points = f"{wanted.points} point{'s' * (wanted.points != 1)}"
    return "\n".join(
        [
            f"## {number} {wanted.title}",
            "",
            f"> **Goal.** {wanted.goal}  ",
            f"> **{points}** ({_parts(wanted)}) · **{wanted.minutes} minutes** · difficulty {dots}",
        ]
    )


def _parts(wanted: Question) -> str:
    if len(wanted.parts) == 1:
        return "all or none"
    return "; ".join(f"{part.marks} for {part.what}" for part in wanted.parts)
