"""What a question forbids its answers: automatic differentiation and the package's own gradients, where the
point is to derive the gradient.

It is switched off while the answer is called, in the notebook as where it is marked, so that `check` says what
marking will. This is a reminder and no wall, not even in a sandbox: what Python switched off it can switch on again,
for whoever means to. Nor is anybody kept from differences, from complex steps, which give the same digits, or from
pasting a formula.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FunctionType
from typing import Any, NoReturn

AUTOGRAD = "automatic differentiation"
GRADIENTS = "the package's own gradients"


@contextmanager
def without(forbidden: tuple[str, ...]) -> Iterator[None]:
    """Inside, what is forbidden refuses, under whatever name a notebook has it, unless it is put back on purpose."""
    with _without_autograd(forbidden), _without_gradients(forbidden):
        yield


@contextmanager
def _without_gradients(forbidden: tuple[str, ...]) -> Iterator[None]:
    """Each function of rnnlab.gradients refuses to run; differences and complex steps still do."""
    modules = [m for name, m in sys.modules.items() if name.startswith("rnnlab.gradients.") and m is not None]
    functions = [
        thing
        for module in modules
        if module.__name__ != "rnnlab.gradients.numerical"
        for thing in vars(module).values()
        if isinstance(thing, FunctionType)
        and thing.__module__ == module.__name__
        and not thing.__code__.co_freevars
    ]
    codes = [function.__code__ for function in functions] if GRADIENTS in forbidden else []
    try:
        for function, _ in zip(functions, codes, strict=False):
            function.__code__ = _refuse.__code__
        yield
    finally:
        for function, code in zip(functions, codes, strict=False):
            function.__code__ = code


def _refuse(*arguments: Any, **named: Any) -> NoReturn:
    raise RuntimeError("the package's own gradients are switched off in this question; derive and write it")


@contextmanager
def _without_autograd(forbidden: tuple[str, ...]) -> Iterator[None]:
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
