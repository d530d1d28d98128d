"""Who may import whom, read from the code: in `arrays → … → live`, each may use what stands left of it."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "rnnlab"
ROW = ("arrays", "models", "systems", "gradients", "training", "analysis", "figures", "live")
MAY = {room: set(ROW[:place]) for place, room in enumerate(ROW)} | {
    "teaching": {"arrays"},
    "questions": set(ROW[:6]),
    "grading": {"questions"},
    "building": {"teaching", "questions"},
    "cli": {*ROW, "teaching", "questions", "grading", "building"},
    "": set(),  # `import rnnlab` alone
}
DRAWS = {"questions"}  # may import figures, but only inside the function that draws
WIDGETS = {"ipywidgets", "anywidget"}


def imports(tree):
    """(module, inside a function?) of each import; `from rnnlab import x` counts as rnnlab.x."""

    def walk(node, inside):
        inside = inside or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        if isinstance(node, ast.Import):
            yield from ((alias.name, inside) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: a relative import; write it out from rnnlab"
            whole = node.module in ("rnnlab", "__future__")
            yield from (
                (f"{node.module}.{alias.name}" if whole else node.module, inside) for alias in node.names
            )
        for child in ast.iter_child_nodes(node):
            yield from walk(child, inside)

    return sorted(set(walk(tree, False)))


def room_of(path):
    """rnnlab/models/cells.py → models, rnnlab/arrays.py → arrays, rnnlab/__init__.py → the empty name."""
    first = path.relative_to(PACKAGE).parts[0]
    return "" if first == "__init__.py" else first.removesuffix(".py")


def offences(source, room):
    found = []
    for module, inside in imports(ast.parse(source)):
        top, *below = module.split(".")
        if top in WIDGETS and room != "live":
            found.append(f"{module}: only live/ imports widgets")
        if top != "rnnlab" or not below or below[0] in ("__version__", room):
            continue
        if below[0] == "figures" and room in DRAWS:
            if not inside:
                found.append(f"{module}: import it inside the function that draws")
        elif below[0] not in MAY[room]:
            found.append(
                f"{module}: {room or 'rnnlab'} may import only {', '.join(sorted(MAY[room])) or 'nothing'}"
            )
    return found


modules = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", modules, ids=[path.relative_to(PACKAGE).as_posix() for path in modules])
def test_each_module_imports_only_what_stands_left_of_it(path):
    assert room_of(path) in MAY, (
        f"{room_of(path)} is no room of the course: give it a place in this test and in the order"
    )
    assert offences(path.read_text(encoding="utf-8"), room_of(path)) == []


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("models", "from rnnlab.analysis import impulse"),
        ("models", "def f():\n    from rnnlab import training"),
        ("arrays", "import rnnlab.models.cells"),
        ("teaching", "from rnnlab.figures.canvas import canvas"),
        ("questions", "from rnnlab.figures.canvas import canvas"),
        ("building", "if True:\n    import rnnlab.live"),
        ("figures", "import ipywidgets"),
        ("", "from rnnlab import arrays"),
    ],
)
def test_the_rule_sees_an_offence(room, source):
    assert len(offences(source, room)) == 1


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("figures", "from rnnlab.analysis import impulse\nfrom rnnlab import arrays"),
        ("questions", "def draw():\n    from rnnlab.figures.canvas import canvas"),
        ("live", "import ipywidgets, anywidget"),
        ("models", "import numpy as np\nfrom rnnlab.models.cells import step"),
    ],
)
def test_the_rule_lets_the_rest_pass(room, source):
    assert offences(source, room) == []


@pytest.mark.parametrize(
    "statement",
    ["import rnnlab", "import rnnlab.cli\ntry: rnnlab.cli.main(['--help'])\nexcept SystemExit: pass"],
)
def test_the_package_alone_and_the_help_import_nothing_heavy(statement):
    report = "\nimport sys; print('loaded', sorted({'numpy', 'torch', 'matplotlib'} & set(sys.modules)))"
    run = subprocess.run(
        [sys.executable, "-c", statement + report], capture_output=True, text=True, check=True
    )
    assert run.stdout.splitlines()[-1] == "loaded []"
