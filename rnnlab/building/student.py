"""An exercise's solution → the version its students get: answers become stubs that return `...`.

An answer stands between `### BEGIN SOLUTION` and `### END SOLUTION`. Inside a function the stub is
`return ...  # your answer`; at top level it is `name = ...  # your answer` for each name the answer assigns.
Both versions carry nbgrader's cell metadata, schema version 3.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Callable, Iterator
from copy import deepcopy

from nbformat import NotebookNode

from rnnlab.building.layout import BuildError
from rnnlab.building.source import code_cells

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
STUB = "...  # your answer"


def student_version(solution: NotebookNode, name: str) -> NotebookNode:
    """A copy of the unexecuted solution with each answer replaced by its stub."""
    student = deepcopy(solution)
    for number, cell in code_cells(student):
        cell.source = _stubbed(cell.source, f"{name} cell {number}")
    return student


def answers(source: str, where: str) -> Iterator[tuple[int, int]]:
    """(first, last) line index of each answer region of a cell, its markers included."""
    begin = None
    for index, line in enumerate(source.split("\n")):
        if line.strip() == BEGIN and begin is None:
            begin = index
        elif line.strip() == END and begin is not None:
            yield begin, index
            begin = None
        elif line.strip() in (BEGIN, END):
            raise BuildError(
                f"{where}: `{line.strip()}` where its partner was expected; markers come in pairs"
            )
    if begin is not None:
        raise BuildError(f"{where}: `{BEGIN}` is never closed; put `{END}` after the answer")


def add_grading_metadata(notebook: NotebookNode, name: str, points: Callable[[str], float]) -> None:
    """Marks answer cells and check cells as nbgrader does; an answer belongs to the first check after it."""
    waiting: list[NotebookNode] = []
    checked: set[str] = set()
    for number, cell in code_cells(notebook):
        where = f"{name} cell {number}"
        questions = checks(cell.source)
        is_answer = any(answers(cell.source, where))
        if is_answer and questions:
            raise BuildError(
                f"{where}: answers and checks; expected one or the other; check in a cell of its own"
            )
        if is_answer:
            waiting.append(cell)
        if not questions:
            continue
        question = questions[0]
        if len(questions) > 1 or question in checked:
            raise BuildError(
                f"{where}: question {question} is checked again; expected one check, in its own cell"
            )
        checked.add(question)
        stem = "q" + question.replace(".", "-")
        for count, answer in enumerate(waiting, start=1):
            suffix = "" if count == 1 else f"-{count}"
            answer.metadata["nbgrader"] = _grading(f"{stem}-answer{suffix}", grade=False)
        cell.metadata["nbgrader"] = _grading(f"{stem}-check", grade=True) | {"points": points(question)}
        waiting = []
    if waiting:
        raise BuildError(
            f'{name}: the last answer has no check after it; add a cell with check("N.M", answer)'
        )


def checks(source: str) -> list[str]:
    """The questions that a cell checks: the first argument of each `check("1.1", answer)`."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return [
        str(call.args[0].value)
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id == "check"
        if call.args and isinstance(call.args[0], ast.Constant)
    ]


def leftovers(solution: NotebookNode, student: NotebookNode, name: str) -> list[str]:
    """A sentence for each answer, or trace of its markers, that a student could read in the exercise."""
    found = []
    whole = {n: _squeeze(cell.source) for n, cell in enumerate(student.cells, start=1)}
    for number, text in whole.items():
        if re.search(r"#\s*(begin|end)\s+solution", text, re.IGNORECASE):
            found.append(
                f"{name} cell {number}: a solution marker is left; expected exactly `{BEGIN}` … `{END}`"
            )
    for number, cell in code_cells(solution):
        lines = cell.source.split("\n")
        for first, last in answers(cell.source, f"{name} cell {number}"):
            answer = _squeeze("\n".join(lines[first + 1 : last]))
            found += [
                f"{name} cell {other}: holds the answer of cell {number}; expected it only between markers"
                for other, text in whole.items()
                if answer and f"\n{answer}\n" in f"\n{text}\n"
            ]
    return found


def _stubbed(source: str, where: str) -> str:
    lines = source.split("\n")
    for first, last in reversed(list(answers(source, where))):
        indent = lines[first][: len(lines[first]) - len(lines[first].lstrip())]
        if _inside_function(source, first + 1):
            stubs = [f"return {STUB}"]
        else:
            stubs = [f"{name} = {STUB}" for name in _assigned("\n".join(lines[first + 1 : last]))]
        if not stubs:
            raise BuildError(f"{where}: the answer assigns no name; expected one that a student can fill in")
        lines[first : last + 1] = [indent + stub for stub in stubs]
    return "\n".join(lines)


def _inside_function(source: str, line: int) -> bool:
    functions = (n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef))
    return any(f.lineno < line <= (f.end_lineno or 0) for f in functions)


def _assigned(answer: str) -> list[str]:
    """The names an answer binds, in order, once each, those inside its own functions left out."""
    names: list[str] = []

    class Bound(ast.NodeVisitor):
        def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
            names.append(node.name)

        def visit_ClassDef(self, node: ast.ClassDef) -> None:
            names.append(node.name)

        def visit_Lambda(self, node: ast.Lambda) -> None:
            pass

        def visit_ListComp(self, node: ast.ListComp) -> None:
            pass

        visit_SetComp = visit_DictComp = visit_GeneratorExp = visit_ListComp  # type: ignore[assignment]

        def visit_Name(self, node: ast.Name) -> None:
            if isinstance(node.ctx, ast.Store):
                names.append(node.id)

    Bound().visit(ast.parse(textwrap.dedent(answer)))
    return list(dict.fromkeys(names))


def _grading(grade_id: str, grade: bool) -> dict[str, object]:
    return {
        "grade": grade,
        "grade_id": grade_id,
        "locked": grade,
        "schema_version": 3,
        "solution": not grade,
        "task": False,
    }


def _squeeze(text: str) -> str:
    return "\n".join(line.strip() for line in text.split("\n") if line.strip())
