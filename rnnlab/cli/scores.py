"""`rnnlab check FILE`: an exercise notebook, run and scored in the terminal, in the words of `check`."""

from pathlib import Path

from rnnlab.cli.course import CourseError
from rnnlab.questions.progress import note
from rnnlab.questions.scoring import score_notebook


def run(file: Path) -> int:
    """Print a verdict and its marks for each question, then the sum; 0 only for full marks."""
    if not file.is_file():
        raise CourseError(
            f"there is no {file}; expected a notebook, as my/exercises/01_impulse_response.ipynb"
        )
    try:
        marks = score_notebook(file)
    except ValueError as error:
        raise CourseError(str(error)) from None
    for mark in marks:
        note(mark.question, mark.marks)
        print(f"{mark.verdict!r}\n     {mark.marks} of {mark.points} points\n")
    got, of = sum(mark.marks for mark in marks), sum(mark.points for mark in marks)
    print(f"{got} of {of} points")
    return 0 if got == of else 1
