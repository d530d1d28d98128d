"""The squashing functions, each with its slope as a function of what came out: f'(a) from h = f(a)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from rnnlab.arrays import Array, namespace


class Activation(NamedTuple):
    """h = f(a) for each element, and f'(a) written in h, so that the sums a need not be kept."""

    f: Callable[[Array], Array]
    slope: Callable[[Array], Array]


LINEAR = Activation(lambda a: a, lambda h: 0 * h + 1)
TANH = Activation(lambda a: namespace(a).tanh(a), lambda h: 1 - h * h)
LOGISTIC = Activation(lambda a: 1 / (1 + namespace(a).exp(-a)), lambda h: h * (1 - h))
SOFTPLUS = Activation(lambda a: namespace(a).log1p(namespace(a).exp(a)), lambda h: 1 - namespace(h).exp(-h))
