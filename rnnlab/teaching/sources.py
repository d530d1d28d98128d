"""`show(f)`: the library's own source, in the lecture. What you read is what runs."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from rnnlab.teaching.display import emit


def show(f: Callable[..., Any]) -> None:
    """Prints the source of `f`, headed by the file it lives in.

    The lecture stores this output, so it fails its test when the library changes and it was not rebuilt.
    """
    if not hasattr(f, "__module__") or not hasattr(f, "__qualname__"):
        raise ValueError(f"show takes a function or a class of rnnlab; got {type(f).__name__}")
    where = f.__module__.replace(".", "/") + ".py"
    source = inspect.getsource(f).rstrip()
    emit({"text/markdown": f"`{where}`\n```python\n{source}\n```", "text/plain": f"# {where}\n{source}"})
