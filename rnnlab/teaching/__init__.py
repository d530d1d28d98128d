"""What the cells of a lecture call: `claim`, `published`, `show`, `predict`."""

from rnnlab.teaching.claims import claim
from rnnlab.teaching.predictions import predict
from rnnlab.teaching.replications import published
from rnnlab.teaching.sources import show

__all__ = ["claim", "predict", "published", "show"]
