"""What an executed notebook keeps: outputs that are the same on every run and small. In place."""

from __future__ import annotations

import base64
import io

from nbformat import NotebookNode

from rnnlab.building.layout import BuildError
from rnnlab.building.source import code_cells

WIDGET = "application/vnd.jupyter.widget-view+json"
COLOURS = 128


def prune(notebook: NotebookNode, name: str) -> None:
    """Drops widget state, widget views and times; reduces the palette of every PNG."""
    notebook.metadata.pop("widgets", None)
    for number, cell in code_cells(notebook):
        cell.metadata = {k: v for k, v in cell.metadata.items() if k in ("tags", "nbgrader")}
        for output in cell.outputs:
            data = output.get("data", {})
            if WIDGET in data and "image/png" not in data:
                raise BuildError(
                    f"{name} cell {number}: a widget without a picture beside it; expected image/png in"
                    " the same output, for pages without a kernel; use rnnlab.live"
                )
            data.pop(WIDGET, None)
            if "image/png" in data:
                data["image/png"] = _small(data["image/png"])


def _small(encoded: str) -> str:
    """The same picture with a palette of 128 colours and nothing else in the file; as it is, if it is so."""
    from PIL import Image

    picture = Image.open(io.BytesIO(base64.b64decode(encoded)))
    if picture.mode == "P" and not picture.info.keys() - {"dpi", "transparency"}:
        return encoded.replace("\n", "")
    file = io.BytesIO()
    flat = Image.new("RGB", picture.size, "white")
    flat.paste(picture.convert("RGB"), mask=picture.convert("RGBA").getchannel("A"))
    flat.quantize(COLOURS, dither=Image.Dither.NONE).save(file, format="png", optimize=True)
    return base64.b64encode(file.getvalue()).decode()
