"""`claim("1.2", lhs, rhs)`: an equation of the lecture, with numbers in it, on both sides.

It is an assertion of equality that prints one line. At least one side is the equation as typed in the cell,
and the two sides come by different ways, or the claim could not fail.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from rnnlab.arrays import Array, is_tensor, to_numpy


@dataclass(frozen=True)
class Claim:
    """One equation that held: its number, both sides, and how near they had to be."""

    tag: str
    lhs: np.ndarray
    rhs: np.ndarray
    rtol: float
    atol: float


_open_records: list[list[Claim]] = []


@contextmanager
def recording() -> Iterator[list[Claim]]:
    """Collects the claims made while it is open, for the tests that perturb each of them."""
    record: list[Claim] = []
    _open_records.append(record)
    try:
        yield record
    finally:
        _open_records.remove(record)


def claim(tag: str, lhs: Array, rhs: Array, rtol: float = 1e-12, atol: float = 1e-12) -> None:
    """lhs = rhs, to |lhs − rhs| ≤ atol + rtol·|rhs| in every element.

    Strict: both sides have one shape, are finite, are not empty, and are not the very same object.
    Booleans and integers must be equal exactly.
    """
    if lhs is rhs and not np.isscalar(lhs):
        raise ValueError(f"claim {tag}: both sides are the same object; give two computations, not one twice")
    left, right = _side(tag, "left", lhs, rtol), _side(tag, "right", rhs, rtol)
    if left.shape != right.shape:
        raise ValueError(f"claim {tag}: the left side has shape {left.shape}, the right {right.shape}")
    exact = all(side.dtype.kind in "biu" for side in (left, right)) or rtol == atol == 0
    difference = np.abs(np.subtract(left, right, dtype=np.result_type(left, right, np.float64)))
    bound = 0.0 if exact else atol + rtol * np.abs(right)
    if np.any(difference > bound):
        worst = np.unravel_index(np.argmax(difference - bound), left.shape)
        raise AssertionError(
            f"claim {tag} does not hold: largest difference {difference.max():.3g}"
            f" at index {tuple(int(i) for i in worst)}, where the left side is {left[worst]!r}"
            f" and the right side {right[worst]!r}\n  left:  {_brief(left)}\n  right: {_brief(right)}"
        )
    for record in _open_records:
        record.append(Claim(tag, left, right, rtol, atol))
    count = "1 value" if left.size == 1 else f"{left.size} values"
    print(f"({tag})  both sides agree · {count} · {'exactly' if exact else f'within {max(rtol, atol):.0e}'}")


def _side(tag: str, name: str, value: Array, rtol: float) -> np.ndarray:
    array = to_numpy(value)
    if array.dtype.kind not in "biufc":
        raise ValueError(f"claim {tag}: the {name} side holds {array.dtype}; expected numbers or booleans")
    if array.size == 0:
        raise ValueError(f"claim {tag}: the {name} side is empty, so nothing would be compared")
    if not np.all(np.isfinite(array)):
        raise ValueError(f"claim {tag}: the {name} side is not finite: {_brief(array)}")
    if array.dtype.kind in "fc" and array.dtype.itemsize < 8 and rtol < 1e-7:
        kind = "tensor" if is_tensor(value) else "array"
        raise ValueError(
            f"claim {tag}: the {name} side is a {array.dtype} {kind}, which has 7 digits;"
            f" compute it in float64, or name a tolerance of at least 1e-7"
        )
    return array


def _brief(array: np.ndarray) -> str:
    return np.array2string(array, precision=6, threshold=12, edgeitems=3).replace("\n", " ")
