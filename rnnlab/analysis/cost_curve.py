"""The cost of one weight, drawn as a curve, and the path that descent takes on it. Lecture 01, section 7."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnnlab.gradients import finite_differences
from rnnlab.models import tanh_unit, unroll
from rnnlab.systems import pushes
from rnnlab.training import cost, gradient_descent, squared_error


def local_minima(values: np.ndarray) -> np.ndarray:
    """Where a curve on a grid is lower than at both neighbours: their indices."""
    return np.flatnonzero((values[1:-1] < values[:-2]) & (values[1:-1] < values[2:])) + 1


class Descent(NamedTuple):
    """A cost curve, its local minima, and a path of gradient descent on it."""

    ws: np.ndarray  # (P,) the weights at which the cost was computed
    costs: np.ndarray  # (P,)
    minima: np.ndarray  # indices into ws
    path: np.ndarray  # (steps + 1,) the weight after each step
    path_costs: np.ndarray  # (steps + 1,)


def weight_cost(w: np.ndarray, w_true: float = 2.0, T: int = 40) -> np.ndarray:
    """V(w) = (1/T) Σ_t (h_t(w) − h_t(w_true))² for one tanh unit that is pushed up and, later, down."""
    us = pushes(T)
    ys = unroll(tanh_unit, 0.0, us, w_true)
    ys = ys.reshape(T, *(1,) * np.ndim(w))
    return cost(lambda xs: unroll(tanh_unit, 0.0, xs, w), (us, ys), squared_error)


def descend(start: float, lr: float, steps: int = 40, span: tuple[float, float] = (-1.0, 3.5)) -> Descent:
    """The cost over `span` and the path from `start`; a path that leaves the span is held at its edge."""
    ws = np.linspace(*span, 451)
    costs = weight_cost(ws)

    def slope(w: np.ndarray) -> np.ndarray:
        return finite_differences(lambda v: float(weight_cost(v)), w)

    path = np.clip(gradient_descent(slope, np.asarray(start), lr, steps), *span)
    return Descent(ws, costs, local_minima(costs), path, weight_cost(path))
