"""What a question forbids its answers: automatic differentiation, where the point is to derive the gradient.

It is switched off while the answer is called, in the notebook as where it is marked, so that `check` says what
marking will. Nobody is kept from differences or from pasting a formula, and nobody needs to be.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

AUTOGRAD = "automatic differentiation"


@contextmanager
def without(forbidden: tuple[str, ...]) -> Iterator[None]:
    """Inside, torch walks no graph backwards and carries no derivative forwards."""
    torch = sys.modules.get("torch")
    if AUTOGRAD not in forbidden or torch is None:
        yield
        return
    places = ((torch.autograd.Variable, "_execution_engine"), (torch.autograd.forward_ad, "make_dual"))
    before = [getattr(place, name) for place, name in places]
    refusal = _Refusal()
    try:
        for place, name in places:
            setattr(place, name, refusal)
        yield
    finally:
        for (place, name), was in zip(places, before, strict=True):
            setattr(place, name, was)


class _Refusal:
    """Whatever is asked of it, it says the same."""

    def __call__(self, *arguments: Any, **named: Any) -> NoReturn:
        raise RuntimeError(f"{AUTOGRAD} is switched off in this question; derive the gradient and write it")

    run_backward = is_checkpoint_valid = queue_callback = __call__
