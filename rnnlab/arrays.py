"""One namespace for NumPy arrays and torch tensors, so that one line of mathematics runs on both.

`tanh(W @ h + U @ x + b)` is the same line in either library once `tanh` is looked up in the right one.
torch takes a second to import, so it is only ever recognised here, never imported.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import numpy as np

Array = Any  # a NumPy array or a torch tensor; the two share no useful static type


def is_tensor(value: object) -> bool:
    """Whether `value` is a torch tensor, without importing torch to find out."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def namespace(*arrays: Array) -> ModuleType:
    """The module whose `tanh`, `stack`, ... fit these arrays: torch if any of them is a tensor, else NumPy."""
    return sys.modules["torch"] if any(is_tensor(a) for a in arrays) else np


def to_numpy(value: Array) -> np.ndarray:
    """The same numbers as a NumPy array: detached from any graph and brought back from any device."""
    return value.detach().cpu().numpy() if is_tensor(value) else np.asarray(value)
