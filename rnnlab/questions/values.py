"""What an answer handed over, as plain arrays: taken out by copying, measured, put into words.

Nothing here trusts the value. It is looked at by its type alone, and none of its own comparisons is used.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

import numpy as np

LARGEST = 100_000  # entries; no answer needs more
DEEPEST = 4  # lists in lists
SHOWN = 8  # entries


@dataclass(frozen=True)
class Fault:
    """Why there is no array to look at, as the end of the sentence "It gave …"."""

    came: str
    advice: str = ""


Data = np.ndarray | Fault


def as_data(value: Any, depth: int = 0) -> Data:
    """A float64 or text array of its own that holds `value`, or what is wrong with it. Never raises."""
    try:
        return _as_data(value, depth)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # whatever a stranger's object does when it is touched
        return Fault(f"{_a(type(value))} that cannot be read ({type(error).__name__})")


def _as_data(value: Any, depth: int) -> Data:
    kind = type(value)
    torch = sys.modules.get("torch")
    if value is None:
        return Fault("None", "Is there a `return` at the end of every branch?")
    if value is ...:
        return Fault("the dots of an unfinished answer")
    if kind is bool or kind is np.bool_:
        return Fault("a truth value")
    if kind is str:
        return np.array(value) if len(value) <= 1000 else Fault(f"a text of {len(value)} characters")
    if issubclass(kind, (int, float, np.integer, np.floating)):
        return np.array(float(value))
    if issubclass(kind, np.ndarray):
        return _copied(np.ndarray.view(value, np.ndarray))
    if torch is not None and issubclass(kind, torch.Tensor):
        if value.is_complex():
            return Fault("a tensor of complex numbers")
        if value.numel() > LARGEST:
            return Fault(f"a tensor of {value.numel()} entries")
        return _copied(value.detach().to("cpu").to_dense().resolve_neg().to(_wide(torch, value)).numpy())
    if issubclass(kind, (list, tuple)):
        return _stacked(value, list if issubclass(kind, list) else tuple, depth)
    if issubclass(kind, (complex, np.complexfloating)):
        return Fault("a complex number")
    if hasattr(kind, "__next__"):
        return Fault(f"{_a(kind)}, which makes its values one at a time", "Return an array of them.")
    return Fault(_a(kind))


def _wide(torch: Any, tensor: Any) -> Any:
    return torch.bool if tensor.dtype == torch.bool else torch.float64


def _copied(array: np.ndarray) -> Data:
    if array.size > LARGEST:
        return Fault(f"an array of {array.size} entries")
    if array.dtype.kind in "iuf":
        return np.array(array, dtype=float)
    return np.array(array) if array.dtype.kind == "U" else Fault(f"an array of dtype {array.dtype}"[:80])


def _stacked(value: Any, kind: Any, depth: int) -> Data:
    if depth == DEEPEST:
        return Fault(f"lists in lists, more than {DEEPEST} deep")
    if kind.__len__(value) > LARGEST:
        return Fault(f"a list of {kind.__len__(value)} entries")
    rows = [as_data(one, depth + 1) for one in kind.__iter__(value)]
    for index, row in enumerate(rows):
        if isinstance(row, Fault):
            return Fault(f"{_a(kind)} whose entry {index} is {row.came}", row.advice)
    if len({(row.shape, row.dtype.kind) for row in rows if isinstance(row, np.ndarray)}) > 1:
        return Fault(f"{_a(kind)} whose entries differ in shape or kind")
    if sum(row.size for row in rows if isinstance(row, np.ndarray)) > LARGEST:
        return Fault("nested lists of too many entries")
    return np.array(rows) if rows else np.zeros(0)


def name_of(kind: type) -> str:
    """A type's own name, whatever its metaclass says, in at most 40 characters."""
    return type.__dict__["__name__"].__get__(kind)[:40]


def _a(kind: type) -> str:
    name = name_of(kind)
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def excess(came: np.ndarray, expected: np.ndarray, rtol: float, atol: float, own_size: bool = False) -> float:
    """max |came − expected| / (atol + rtol max |expected|), or by each number's own size: at most 1 is right.

    Another shape, other words and other places that are not finite are infinitely far off.
    """
    if came.shape != expected.shape or came.dtype.kind != expected.dtype.kind:
        return np.inf
    if expected.dtype.kind == "U":
        return 0.0 if all(map(same, came.ravel(), expected.ravel())) else np.inf
    finite = np.isfinite(expected)
    if not np.array_equal(np.isfinite(came), finite):
        return np.inf
    with np.errstate(all="ignore"):
        distances, sizes = np.abs(came[finite] - expected[finite]), np.abs(expected[finite])
        size = sizes if own_size else np.max(sizes, initial=0.0)
        far = np.where(distances > 0, distances / (atol + rtol * size), 0.0)
        return float(np.max(far, initial=0.0)) if np.all(np.isfinite(distances)) else np.inf


def matching(came: np.ndarray, expected: np.ndarray, rtol: float, atol: float) -> np.ndarray:
    """Which entries are right, for finite numbers or words of one shape: near by their own size, or the same."""
    if expected.dtype.kind == "U":
        return np.array(list(map(same, came.ravel(), expected.ravel())))
    return np.abs(came - expected) <= atol + rtol * np.abs(expected)


def same(word: str, other: str) -> bool:
    """Whether two words are the same, apart from capitals and the blanks around them."""
    return word.strip().casefold() == other.strip().casefold()


def form(expected: np.ndarray) -> str:
    """The kind of thing that `expected` is: "a number", "an array of shape (4,)", "3 words"."""
    if expected.dtype.kind == "U":
        return "a word" if expected.ndim == 0 else f"{expected.size} words"
    return "a number" if expected.ndim == 0 else f"an array of shape {expected.shape}"


def misfit(came: np.ndarray, expected: np.ndarray) -> str:
    """What about `came` makes it another kind of thing than `expected`; empty when nothing does."""
    if came.dtype.kind != expected.dtype.kind or came.shape != expected.shape:
        return form(came)
    bad = np.flatnonzero(~np.isfinite(came.ravel())) if came.dtype.kind == "f" else np.zeros(0, int)
    if bad.size == 0:
        return ""
    if came.ndim == 0:
        return f"the number {float(came)}"
    where = ", ".join(str(int(i)) for i in np.unravel_index(bad[0], came.shape))
    return f"{form(came)} with {bad.size} entries that are not finite, the first at [{where}]"


def shown(value: Any) -> str:
    """A probe's argument or an array in four digits, cut where it is long."""
    array = np.asarray(value)
    if array.ndim == 0:
        return str(array) if array.dtype.kind == "U" else f"{float(array):.4g}"
    rows = [shown(row) for row in array[:SHOWN]]
    return "[" + ", ".join(rows) + (f", … {len(array)} in all]" if len(array) > SHOWN else "]")
