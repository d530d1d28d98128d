"""Would a claim notice? One side changed by 1 % in one place must make it raise."""

from collections.abc import Iterator

import numpy as np

from rnnlab.teaching.claims import Claim, claim


def deaf(made: Claim) -> list[str]:
    """A sentence for each perturbation that the claim does not notice, on either side."""
    unnoticed = []
    for side in ("left", "right"):
        for place, values in perturbations(made.lhs if side == "left" else made.rhs):
            sides = (values, made.rhs) if side == "left" else (made.lhs, values)
            try:
                claim(made.tag, *sides, rtol=made.rtol, atol=made.atol)
            except AssertionError:
                continue
            unnoticed.append(
                f"claim {made.tag} holds with its {side} side changed at {place};"
                f" expected it to raise; choose smaller rtol={made.rtol} and atol={made.atol}"
            )
    return unnoticed


def perturbations(values: np.ndarray) -> Iterator[tuple[tuple[int, ...], np.ndarray]]:
    """Copies with one element changed: the first, the middle and the last one in turn.

    Booleans are flipped, integers get 1 more, floats 1 % of the largest magnitude (0.01 where all are zero).
    """
    for flat in sorted({0, values.size // 2, values.size - 1}):
        place = tuple(int(i) for i in np.unravel_index(flat, values.shape))
        changed = values.copy()
        if values.dtype.kind == "b":
            changed[place] = not changed[place]
        elif values.dtype.kind in "iu":
            changed[place] += 1
        else:
            changed[place] += 0.01 * (np.abs(values).max() or 1.0)
        yield place, changed
