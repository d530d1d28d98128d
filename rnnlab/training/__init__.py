"""Training: what is to be made small, and the steps that make it so."""

from rnnlab.training.cost import cost, cross_entropy, squared_error
from rnnlab.training.descent import gradient_descent

__all__ = ["cost", "cross_entropy", "gradient_descent", "squared_error"]
