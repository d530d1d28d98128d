"""A course folder for nbgrader: source/<name>/<name>.ipynb, which its generate_assignment takes.

nbgrader clears what stands between the markers of a solution and gives a check cell its points unless it raises
or ends with a smaller number. So the stub of an answer stands beside its markers, and a check cell ends with the
marks of its answer: without that a wrong answer would get full marks, for `check` never raises.
"""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

from rnnlab.building.layout import BuildError
from rnnlab.building.student import STUB, answers

CONFIG = """c = get_config()
c.CourseDirectory.course_id = "rnnlab"
c.ClearSolutions.code_stub = {"python": "# your answer"}
"""
MARKED = """from rnnlab.questions import question, scoring

display({check})
{marks}  # nbgrader reads this number"""


def lay_out(root: Path, folder: Path) -> str:
    """Every exercise of the course, with its solutions; a line that says so."""
    solutions = sorted((root / "solutions").glob("*.ipynb"))
    for path in solutions:
        whole, stubbed = (_read(root / kind / path.name) for kind in ("solutions", "exercises"))
        for number, (cell, student) in enumerate(zip(whole["cells"], stubbed["cells"], strict=True), start=1):
            if cell["cell_type"] == "code":
                cell["outputs"], cell["execution_count"] = [], None
                where = f"{path.stem} cell {number}"
                source = _with_stub("".join(cell["source"]), "".join(student["source"]), where)
                graded = cell["metadata"].get("nbgrader", {}).get("grade")
                cell["source"] = _with_marks(source, where) if graded else source
        target = folder / "source" / path.stem / path.name
        target.parent.mkdir(parents=True)
        target.write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (folder / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    return f"{len(solutions)} exercises laid out for nbgrader, solutions included: that folder is the instructor's"


def _with_stub(source: str, student: str, where: str) -> str:
    """The cell with the stub that its students have: after the answer where it returns, else before it."""
    regions = list(answers(source, where))
    if not regions:
        return source
    if len(regions) > 1:
        raise BuildError(f"{where}: {len(regions)} answers came; nbgrader's layout expects one a cell")
    (first, last), lines, others = regions[0], source.split("\n"), student.split("\n")
    stub = [line.replace(STUB, "...") for line in others[first : len(others) - (len(lines) - last - 1)]]
    at = last + 1 if stub[0].lstrip().startswith("return") else first
    return "\n".join([*lines[:at], *stub, *lines[at:]])


def _with_marks(source: str, where: str) -> str:
    """`check("1.1", f)` as a cell that shows the verdict and ends with the marks."""
    match ast.parse(source).body:
        case [ast.Expr(ast.Call(ast.Name("check"), [ast.Constant(number), answer], keywords))]:
            asked = ast.parse(f"question.question({number!r})", mode="eval").body
            call = ast.Call(ast.parse("scoring.marks_of", mode="eval").body, [asked, answer], keywords)
            return MARKED.format(check=source, marks=ast.unparse(call))
    raise BuildError(f"{where}: {source!r} came; expected one check and nothing else in its cell")


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
