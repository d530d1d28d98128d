"""Notebooks of exercise 01 made from cells: right answers, of which a case changes what it is about."""

import ast
import json
from dataclasses import dataclass, field
from pathlib import Path

from rnnlab.questions.question import questions

ROOT = Path(__file__).parents[2]
NAME = "01_impulse_response"
FULL = {one.number: one.points for one in questions(1)}

IMPORTS = "import numpy as np\nfrom rnnlab.figures import exercise_01 as figures\nfrom rnnlab.questions import check, numbers"
ECHOES = """
def echoes(xs, w, u, d):
    hs = np.zeros(len(xs))
    for t in range(len(xs)):
        hs[t] = w * (hs[t - d] if t >= d else 0.0) + u * xs[t]
    return hs
"""
BLAME = """
def blame(hs, ys, w, d):
    dh = hs - ys
    for t in reversed(range(len(hs) - d)):
        dh[t] += w * dh[t + d]
    return dh
"""
STEPS = """
w, d = numbers("1.3", student_id)
steps = d * int(np.ceil(np.log(0.01) / np.log(abs(w))))
"""
GRADIENT = """
def weight_gradient(xs, y, w):
    rs = [0.0]
    for x in xs:
        rs.append(w * np.tanh(rs[-1]) + x)
    dr, dw = rs[-1] - y, 0.0
    for r in reversed(rs[:-1]):
        dw += dr * np.tanh(r)
        dr *= w * (1 - np.tanh(r) ** 2)
    return dw
"""
BEST = """
a, b, c = numbers("1.5", student_id)
curvatures = np.linalg.eigvalsh(2 * np.array([[a, b], [b, c]]))
best = (2 / curvatures.sum(), np.ptp(curvatures) / curvatures.sum())
"""
CAUSES = """
from rnnlab.analysis.cases import place
*cases, w = numbers("1.6", student_id)
causes = [("weight", "saturation", "delay", "every step", "explosion")[place(case, 5)] for case in cases]
"""
ANSWERS = {"1.1": ECHOES, "1.2": BLAME, "1.3": STEPS, "1.4": GRADIENT, "1.5": BEST, "1.6": CAUSES}
CHECKS = {one.number: f'check("{one.number}", {one.answer}, student=student_id)' for one in questions(1)}


@dataclass(frozen=True)
class Case:
    """One student: what the notebook holds, and what each question must come to: marks, or a result's name."""

    name: str
    cells: tuple[str, ...] = ()
    expected: dict[str, int | str] = field(default_factory=dict)  # full marks where a question is not named
    raw: bytes | None = None  # the file itself, where it is no ordinary notebook
    file: str = f"{NAME}.ipynb"
    needs_walls: bool = False  # the plain rung does not stop it

    def content(self) -> bytes:
        return self.raw if self.raw is not None else notebook(self.cells)

    def wanted(self) -> dict[str, int | str]:
        return FULL | self.expected


def cells(name, **changes):
    """The cells of a right notebook; `q11=` replaces the answer of 1.1, `first`, `middle`, `last` are put in."""
    body = [IMPORTS, f"student_id = {name!r}", changes.pop("first", "")]
    for number, answer in ANSWERS.items():
        body += [changes.pop("q" + number.replace(".", ""), answer), CHECKS[number]]
        body += [changes.pop("middle", "")] if number == "1.3" else []
    body.append(changes.pop("last", ""))
    assert not changes, changes
    return tuple(cell for cell in body if cell)


def notebook(sources, **more):
    """nbformat 4 with cell ids, as Jupyter writes it."""
    body = [
        {"cell_type": "code", "id": f"c{i}", "metadata": {}, "execution_count": None, "outputs": []}
        | {"source": source.strip("\n").splitlines(keepends=True)}
        for i, source in enumerate(sources)
    ]
    whole = {"cells": body, "metadata": {}, "nbformat": 4, "nbformat_minor": 5} | more
    return json.dumps(whole, ensure_ascii=False, indent=1).encode("utf-8")


def wrong_code(module, name):
    """A misconception as a student would write it: the question's own functions and its one wrong line."""
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    calls = [
        n for n in ast.walk(tree) if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "Misconception"
    ]
    (wrong,) = [call.args[1] for call in calls if call.args[0].value == name]
    helpers = [n for n in tree.body if isinstance(n, ast.FunctionDef) and not n.name.endswith("_probes")]
    head = "import math\nimport numpy as np\nfrom collections.abc import Callable\nfrom typing import Any\nTerm = Any\n"
    return head + "\n".join(ast.unparse(one) for one in helpers), ast.unparse(wrong)
