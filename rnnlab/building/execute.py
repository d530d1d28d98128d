"""Runs a notebook's cells in a fresh kernel, in place. An error or a word on stderr ends it."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from traitlets.config import Config

from rnnlab.building.environment import kernel_environment
from rnnlab.building.layout import ROOT, BuildError
from rnnlab.building.source import code_cells

CELL_TIMEOUT = 120  # seconds
QUIET = Config(
    KernelManager={"transport_encryption": "auto"}
)  # or each kernel warns that it talks in plain text
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def execute(notebook: NotebookNode, name: str, folder: Path, root: Path = ROOT) -> None:
    """Fills in the outputs and execution counts of `notebook`; its cells run in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    _warm_font_cache()
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=CELL_TIMEOUT,
        record_timing=False,
        coalesce_streams=True,
        store_widget_state=False,
        resources={"metadata": {"path": str(folder)}},
        config=QUIET,
    )
    with tempfile.TemporaryDirectory(prefix="rnnlab-build-") as home:
        environment = kernel_environment(Path(home), root)
        with client.setup_kernel(env={**os.environ, **environment}):
            for number, cell in code_cells(notebook):
                _run(client, cell, number, name)


def _run(client: NotebookClient, cell: NotebookNode, number: int, name: str) -> None:
    where = f"{name} cell {number}"
    try:
        client.execute_cell(cell, number - 1)
    except CellExecutionError as error:
        raised = next(output for output in cell.outputs if output.output_type == "error")
        text = ANSI.sub("", "\n".join(raised.traceback))
        raise BuildError(
            f"{where}: raised {error.ename}: {error.evalue}; expected no error; mend the cell\n{text}"
        ) from None
    except CellTimeoutError:
        raise BuildError(
            f"{where}: ran over {CELL_TIMEOUT} s; make it smaller, or store its result"
        ) from None
    except DeadKernelError:
        raise BuildError(f"{where}: the kernel died; it may have run out of memory") from None
    said = "".join(o.text for o in cell.outputs if o.output_type == "stream" and o.name == "stderr")
    if said:
        raise BuildError(
            f"{where}: wrote to stderr, which is a warning or an error; expected nothing there;"
            f" mend what it complains of\n{said.strip()}"
        )


def _warm_font_cache() -> None:
    """On a new machine matplotlib says on stderr that it builds its font cache: here, not in a cell."""
    import matplotlib.font_manager  # noqa: F401
