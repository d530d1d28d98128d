"""Gradients: the derivations of the lectures as code, and the independent ways that check them."""

from rnnlab.gradients.bptt import Gradients, bptt, weight_gradients
from rnnlab.gradients.numerical import complex_step, finite_differences
from rnnlab.gradients.rtrl import influence_step, rtrl, rtrl_in_blocks, rtrl_one_by_one
from rnnlab.gradients.unit import state_gradients

__all__ = [
    "Gradients",
    "bptt",
    "complex_step",
    "finite_differences",
    "influence_step",
    "rtrl",
    "rtrl_in_blocks",
    "rtrl_one_by_one",
    "state_gradients",
    "weight_gradients",
]
