"""Gradients: the derivations of the lectures as code, and the independent ways that check them."""

from rnnlab.gradients.numerical import complex_step, finite_differences
from rnnlab.gradients.unit import state_gradients

__all__ = ["complex_step", "finite_differences", "state_gradients"]
