"""The parity network of lecture 02 with something wrong, and what it then says: exercise 02 diagnoses it."""

from __future__ import annotations

import numpy as np

from rnnlab.analysis.cases import place
from rnnlab.models.automata import parity_network

CAUSES = ("no loop", "transposed", "late", "zeros", "unit 2 unheard")
SHOWN = 16


def bits_of(seed: int) -> np.ndarray:
    """SHOWN bits, (SHOWN,): 0, 1, 1, which tell most causes apart, and then drawn ones."""
    return np.concatenate([[0, 1, 1], np.random.default_rng(seed).integers(0, 2, SHOWN - 3)])


def sick_answers(kind: int, bits: np.ndarray) -> np.ndarray:
    """What the parity network says, 0 or 1 for each of `bits` (T,), with the cause of this case at work."""
    network, heard = parity_network(), bits
    kind = place(kind, len(CAUSES))
    if CAUSES[kind] == "no loop":
        network = network._replace(W=0 * network.W)
    elif CAUSES[kind] == "transposed":
        network = network._replace(W=network.W.T)
    elif CAUSES[kind] == "late":
        heard = np.concatenate([[0], bits[:-1]])
    elif CAUSES[kind] == "zeros":
        heard = 1 - bits
    elif CAUSES[kind] == "unit 2 unheard":
        network = network._replace(W=network.W * np.array([1.0, 0.0]))
    return 1 * network.says(1.0 * heard[:, None])[:, 0]
