"""`rnnlab page LECTURE [FIGURE]`: a live figure of a notebook as one HTML file, or the list of its figures.

The notebook runs from the top, as its reader would run it, and each live figure is noted as it is made.
"""

import sys
from collections.abc import Sequence
from contextlib import chdir
from pathlib import Path

import matplotlib

from rnnlab.cli.course import CourseError
from rnnlab.live import LiveFigure, save_page
from rnnlab.live.figure import noted
from rnnlab.live.recording import MOST_CONTROLS
from rnnlab.questions.running import run_notebook


def run(root: Path, lecture: str, figure: str | None, out: Path | None, controls: str | None) -> int:
    """Write the page and say where it is; without a figure, list those of the notebook."""
    notebook = find_notebook(root, lecture)
    figures, said = live_figures(notebook)
    if figure is None:
        print(f"{notebook.name}: {len(figures)} live figures, by number or by name\n{said}")
        return 0
    shown = choose(figures, figure, notebook, said)
    path = (out or Path(f"{notebook.stem}-{shown.name}.html")).absolute()
    if not path.parent.is_dir():
        raise CourseError(f"there is no folder {path.parent} for {path.name}: make it, or give another --out")
    chosen = [name.strip() for name in controls.split(",")] if controls else list(shown.controls)
    if set(chosen) - set(shown.controls) or len(chosen) > MOST_CONTROLS:
        raise CourseError(
            f"a page moves at most {MOST_CONTROLS} of this figure's controls ({', '.join(shown.controls)});"
            f" got {', '.join(chosen)}: choose, as in --controls {','.join(list(shown.controls)[:2])}"
        )
    print(f"{shown.name} over {', '.join(chosen)}: computing its frames …", flush=True)
    try:
        save_page(shown, path, chosen)
    except (ValueError, OSError) as error:
        raise CourseError(f"no page of {shown.name}: {error}") from None
    print(f"written: {path}, {path.stat().st_size / 1000:.0f} kB; it needs nothing but a browser")
    return 0


def find_notebook(root: Path, lecture: str) -> Path:
    """A file, or a lecture by its name or number: my/mine.ipynb, 01_impulse_response, 01, 1."""
    file = Path(lecture)
    if file.suffix == ".ipynb" and file.is_file():
        return file.absolute()
    known = sorted((root / "lectures").glob("[0-9]*.ipynb"))
    name = file.stem.zfill(2)
    found = [path for path in known if path.stem == name or path.stem.split("_")[0] == name]
    if not found:
        names = ", ".join(path.stem for path in known)
        raise CourseError(f"there is no lecture or notebook {lecture}; expected a file or one of: {names}")
    return found[0]


def live_figures(notebook: Path) -> tuple[list[LiveFigure], str]:
    """The notebook's live figures in order, and their list, with a line for each cell that stopped."""
    print(f"{notebook.name}: running it …", flush=True)
    matplotlib.use("agg")  # no window opens
    sys.path.insert(0, str(notebook.parent))
    try:
        with chdir(notebook.parent), noted() as figures:
            troubles = run_notebook(notebook).troubles
    except ValueError as error:
        raise CourseError(str(error)) from None
    finally:
        sys.path.remove(str(notebook.parent))
    if not figures:
        none = "has no live figure: no cell of it calls live(compute, figure, …)"
        raise CourseError("\n".join([f"{notebook.name} {none}", *troubles]))
    width = max(len(figure.name) for figure in figures)
    lines = [f"  {i}  {one.name:{width}}  {', '.join(one.controls)}" for i, one in enumerate(figures, 1)]
    return figures, "\n".join([*lines, *troubles])


def choose(figures: Sequence[LiveFigure], wanted: str, notebook: Path, said: str) -> LiveFigure:
    """The figure of this number, from 1, or the only one of this name."""
    found = [figure for i, figure in enumerate(figures, start=1) if wanted in (str(i), figure.name)]
    if len(found) == 1:
        return found[0]
    which = f"{len(found)} live figures" if found else "no live figure"
    raise CourseError(f"{notebook.name} has {which} {wanted}; give the number of one of these:\n{said}")
