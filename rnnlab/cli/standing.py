"""`rnnlab progress`: one's own standing, from a file on this computer."""

from rnnlab.questions.progress import file, standing

WIDTH = 20


def run() -> int:
    """A bar an exercise, and where the file is."""
    everything = standing()
    for one in everything:
        full = round(WIDTH * one.marks / one.points)
        print(
            f"exercise {one.number:02d}  {'█' * full}{'·' * (WIDTH - full)}  {one.marks:3d} of {one.points}"
        )
    got, of = sum(one.marks for one in everything), sum(one.points for one in everything)
    print(f"\n{got} of {of} points. Kept in {file()}, sent nowhere; delete it to start again.")
    return 0
