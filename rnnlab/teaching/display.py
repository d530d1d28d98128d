"""Where an output goes: into the notebook where there is one, else to the terminal as text."""

from __future__ import annotations

import sys
from typing import Any


def emit(data: dict[str, Any], metadata: dict[str, Any] | None = None) -> None:
    """Show a bundle {mime type: content}. Its `text/plain` is what a terminal prints."""
    ipython = sys.modules.get("IPython")
    if ipython is not None and ipython.get_ipython() is not None:
        from IPython.display import display

        display(data, metadata=metadata or {}, raw=True)
    else:
        print(data["text/plain"])
