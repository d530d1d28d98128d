"""`rnnlab page LECTURE [FIGURE]`: a live figure of a notebook as one HTML file, or the list of its figures.

Only what the figure depends on is run: from its call backwards, the statements that bind a name it needs.
"""

import ast
import inspect
import json
import symtable
import sys
from collections.abc import Iterator, Sequence
from contextlib import chdir, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from rnnlab.cli.course import CourseError
from rnnlab.live import live, save_page
from rnnlab.live.figure import LiveFigure
from rnnlab.live.recording import MOST_CONTROLS
from rnnlab.questions.asking import Nowhere
from rnnlab.questions.running import readable

FIXED = ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef  # bind a name once and for all
OWN = set(inspect.signature(live).parameters)  # of live() itself; every other keyword is a control


@dataclass(frozen=True)
class Call:
    """One call of `live` in a notebook, the statements before it, and the name of what it computes."""

    node: ast.Call
    before: tuple[ast.stmt, ...]
    name: str
    controls: tuple[str, ...]


def run(root: Path, lecture: str, figure: str | None, out: Path | None, controls: str | None) -> int:
    """Write the page and say where it is; without a figure, list those of the notebook."""
    notebook = find_notebook(root, lecture)
    calls = live_calls(notebook)
    if figure is None:
        print(f"{notebook.name}: {len(calls)} live figures, by number or by name\n{listed(calls)}")
        return 0
    call = choose(calls, figure, notebook)
    path = (out or Path(f"{notebook.stem}-{call.name}.html")).absolute()
    if not path.parent.is_dir():
        raise CourseError(f"there is no folder {path.parent} for {path.name}: make it, or give another --out")
    shown = made(call, notebook)
    chosen = [name.strip() for name in controls.split(",")] if controls else list(shown.controls)
    if set(chosen) - set(shown.controls) or len(chosen) > MOST_CONTROLS:
        raise CourseError(
            f"a page moves at most {MOST_CONTROLS} of this figure's controls ({', '.join(shown.controls)});"
            f" got {', '.join(chosen)}: choose, as in --controls {','.join(list(shown.controls)[:2])}"
        )
    print(f"{call.name} over {', '.join(chosen)}: computing its frames …", flush=True)
    try:
        save_page(shown, path, chosen)
    except (ValueError, OSError) as error:
        raise CourseError(f"no page of {call.name}: {error}") from None
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


def live_calls(notebook: Path) -> list[Call]:
    """The calls of `live` in the notebook's cells, in order."""
    before: list[ast.stmt] = []
    calls = []
    for statement in statements(notebook):
        if not isinstance(statement, FIXED):
            for node in ast.walk(statement):
                if isinstance(node, ast.Call) and _last(node.func) == "live" and node.args:
                    controls = tuple(k.arg for k in node.keywords if k.arg and k.arg not in OWN)
                    calls.append(Call(node, tuple(before), _last(node.args[0]), controls))
        before.append(statement)
    if not calls:
        raise CourseError(f"{notebook.name} has no live figure: no cell of it calls live(compute, figure, …)")
    return calls


def statements(notebook: Path) -> Iterator[ast.stmt]:
    """Of all code cells; lines for IPython or the shell are passed over."""
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError) as error:
        raise CourseError(f"{notebook.name} cannot be read as a notebook ({error})") from None
    for number, source in enumerate(sources, start=1):
        try:
            yield from ast.parse(readable(source)).body
        except SyntaxError as error:
            raise CourseError(f"{notebook.name}: code cell {number} is not Python ({error})") from None


def choose(calls: Sequence[Call], figure: str, notebook: Path) -> Call:
    """The figure of this number, from 1, or the only one of this name."""
    found = [call for i, call in enumerate(calls, start=1) if figure in (str(i), call.name)]
    if len(found) == 1:
        return found[0]
    which = "no live figure" if not found else f"{len(found)} live figures"
    raise CourseError(
        f"{notebook.name} has {which} {figure}; give the number of one of these:\n{listed(calls)}"
    )


def listed(calls: Sequence[Call]) -> str:
    width = max(len(call.name) for call in calls)
    rows = enumerate(calls, start=1)
    return "\n".join(f"  {i}  {call.name:{width}}  {', '.join(call.controls)}" for i, call in rows)


def made(call: Call, notebook: Path) -> LiveFigure:
    """The figure, from its own statements only; what they print is not shown."""
    namespace = {"__name__": "__main__", "display": lambda *values: None}
    at: ast.AST = call.node
    sys.path.insert(0, str(notebook.parent))
    try:
        with chdir(notebook.parent), redirect_stdout(Nowhere()):
            for statement in needed(call.before, names(ast.Expr(call.node))[0]):
                at = statement
                exec(compile(ast.Module([statement], []), notebook.name, "exec"), namespace)
            at = call.node
            shown = eval(compile(ast.Expression(call.node), notebook.name, "eval"), namespace)
    except Exception as error:
        code = ast.unparse(at).split("\n")[0]
        raise CourseError(
            f"{notebook.name}: `{code}` stopped with {type(error).__name__}: {error}. "
            "Run the notebook in Jupyter from the top and mend it there."
        ) from error
    finally:
        sys.path.remove(str(notebook.parent))
    if not isinstance(shown, LiveFigure):
        raise CourseError(f"{notebook.name}: expected live() of rnnlab.live; got {shown!r}")
    return shown


def needed(before: Sequence[ast.stmt], wanted: set[str]) -> list[ast.stmt]:
    """The statements that bind a wanted name, or touch a wanted value (they may change it), and theirs in turn."""
    values = {name for one in before if not isinstance(one, FIXED) for name in names(one)[1]}
    later = set(wanted)  # what is read in the end, by the call itself and by the functions that it calls
    while True:
        now, kept = set(later), []
        for statement in reversed(before):
            reads, binds = names(statement)
            if "*" in binds or binds & now or reads & now & values:
                kept.append(statement)
                if isinstance(statement, FIXED | ast.Assign):
                    now -= binds  # whatever the name was before is gone
                now |= reads
        called = {name for one in kept if isinstance(one, ast.FunctionDef) for name in names(one)[0]}
        if called <= later:
            return kept[::-1]
        later |= called


def names(statement: ast.stmt) -> tuple[set[str], set[str]]:
    """The names of the notebook that a statement reads, and those that it binds."""
    top = symtable.symtable(ast.unparse(statement), "cell", "exec")
    reads = {name.get_name() for name in top.get_symbols() if name.is_referenced()}
    binds = {name.get_name() for name in top.get_symbols() if name.is_assigned() or name.is_imported()}
    tables = list(top.get_children())
    for table in tables:
        tables.extend(table.get_children())
        reads |= {s.get_name() for s in table.get_symbols() if s.is_global() and s.is_referenced()}
    if isinstance(statement, ast.ImportFrom) and statement.names[0].name == "*":
        binds.add("*")
    return reads, binds


def _last(node: ast.expr) -> str:
    """`toy_walk` of `online_walks.toy_walk`."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "figure")
