"""Models: one-step maps (cells), and the one loop that unrolls them."""

from rnnlab.models.cells import linear_step, linear_unit, tanh_step, tanh_unit, threshold_step
from rnnlab.models.unroll import unroll

__all__ = ["linear_step", "linear_unit", "tanh_step", "tanh_unit", "threshold_step", "unroll"]
