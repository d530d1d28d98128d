"""A liquid state machine: the reservoir's units replaced by leaky integrate-and-fire neurons. Lecture 08, section 9."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnnlab.arrays import Array, namespace


class Liquid(NamedTuple):
    """Weights of N neurons, and two factors: how much of its voltage and of its trace a neuron keeps a step."""

    W: Array  # (N, N) from trace to current
    U: Array  # (N, D)
    b: Array  # (N,) steady current
    keep: float = 0.9
    trace: float = 0.9


def lif_step(state: Array, x: Array, W: Array, U: Array, b: Array, keep: float, trace: float) -> Array:
    """v ← keep·v + (1 − keep)(W r + U x + b); where v ≥ 1 a spike s = 1, v ← 0; r ← trace·r + (1 − trace) s.

    state (2, N) stacks the voltages v and the traces r, a running average of each neuron's spikes. Between spikes
    the neuron is the leaky integrator of lecture 01; the threshold is its only nonlinearity. Lecture 08, section 9.
    """
    v, r = state
    v = keep * v + (1 - keep) * (W @ r + U @ x + b)
    s = (v >= 1.0) * 1.0
    return namespace(v).stack([v * (1 - s), trace * r + (1 - trace) * s])


def make_liquid(
    N: int, D: int, rng: np.random.Generator, gain: float = 1.0, drive: float = 1.0, fan_in: int = 10
) -> Liquid:
    """Four fifths of the neurons excite, one fifth inhibits four times as strongly; each hears `fan_in` others."""
    heard = np.argsort(rng.random((N, N)), axis=1)[:, :fan_in]
    sign = np.where(np.arange(N) < 0.8 * N, 1.0, -4.0)
    W = np.zeros((N, N))
    np.put_along_axis(W, heard, gain * rng.uniform(0.5, 1.5, (N, fan_in)) * sign[heard] / fan_in, axis=1)
    return Liquid(W, drive * rng.normal(size=(N, D)), rng.uniform(0.8, 1.6, N))
