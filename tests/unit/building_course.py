"""A course of one's own in a temporary folder, for the tests of the builder."""

from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from rnnlab.building.layout import Product, products, write_atomic
from rnnlab.building.products import compose, hashes, seal
from rnnlab.building.source import code_cells

LECTURE = """\
# %% [markdown]
# # One
#
# $$1 + 1 = 2 \\tag{1.1}$$

# %%
claim("1.1", 1 + 1, 2)
"""

EXERCISE = """\
# %% [markdown]
# # Exercise one

# %%
def double(x):
    ### BEGIN SOLUTION
    return x + x
    ### END SOLUTION

# %%
check("1.1", double)
"""


@dataclass
class Course:
    root: Path

    def write(self, path: str, text: str) -> Path:
        write_atomic(self.root / path, text)
        return self.root / path

    def lecture(self, text: str = LECTURE, name: str = "01_one") -> Product:
        self.write(f"sources/lectures/{name}.py", text)
        return next(p for p in products(self.root) if p.kind == "lecture" and p.name == name)

    def exercise(self, text: str = EXERCISE, name: str = "01_one", kind: str = "exercise") -> Product:
        self.write(f"sources/exercises/{name}.py", text)
        return next(p for p in products(self.root) if p.kind == kind and p.name == name)


def pretend_built(product: Product, outputs: list[dict] | None = None) -> NotebookNode:
    """Stores a product as the builder would, with these outputs of its last code cell, without a kernel."""
    notebook = compose(product)
    made_from = hashes(product, notebook)
    if product.executed:
        for count, (_, cell) in enumerate(code_cells(notebook), start=1):
            cell.execution_count = count
        cell.outputs = [NotebookNode(output) for output in outputs or []]
    write_atomic(product.path, seal(notebook, product, made_from))
    return notebook


def display(data: dict, metadata: dict | None = None) -> dict:
    return {"output_type": "display_data", "data": data, "metadata": metadata or {}}
