"""What `compute` gave back: brought home to NumPy, and where it had been."""

from __future__ import annotations

import sys
from dataclasses import fields, is_dataclass, replace
from typing import Any

from rnnlab.arrays import is_tensor, to_numpy


def bring_home(result: Any) -> Any:
    """The same result with NumPy arrays for tensors, in tuples, lists, dictionaries and dataclasses as well."""
    if "torch" not in sys.modules:
        return result
    if is_tensor(result):
        return to_numpy(result)
    if isinstance(result, tuple):
        parts = [bring_home(part) for part in result]
        return type(result)(*parts) if hasattr(result, "_fields") else tuple(parts)
    if isinstance(result, list):
        return [bring_home(part) for part in result]
    if isinstance(result, dict):
        return {key: bring_home(part) for key, part in result.items()}
    if is_dataclass(result) and not isinstance(result, type) and where(result) is not None:
        changes = {f.name: bring_home(getattr(result, f.name)) for f in fields(result) if f.init}
        return replace(result, **changes)
    return result


def where(result: Any) -> str | None:
    """The kind of device that the first tensor in `result` lives on; None where there is no tensor."""
    if "torch" not in sys.modules:
        return None
    if is_tensor(result):
        return str(result.device.type)
    parts: list[Any] = []
    if isinstance(result, tuple | list):
        parts = list(result)
    elif isinstance(result, dict):
        parts = list(result.values())
    elif is_dataclass(result) and not isinstance(result, type):
        parts = [getattr(result, f.name) for f in fields(result)]
    return next((device for part in parts if (device := where(part)) is not None), None)


def settle(device: str | None) -> None:
    """Waits until a device has finished, so that a time measured is the computation's and not the launch's."""
    if device == "cuda":
        sys.modules["torch"].cuda.synchronize()
