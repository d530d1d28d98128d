"""The gradient of one recurrent unit, walked backwards in time: the smallest case of BPTT."""

from __future__ import annotations

from rnnlab.arrays import Array, namespace


def state_gradients(slopes: Array, explicit: Array, w: Array) -> Array:
    """∂L/∂h_t = ∂ᵉL/∂h_t + w f'(a_{t+1}) ∂L/∂h_{t+1}, from t = T down to 1. Lecture 01, (1.4) and (1.7).

    slopes (T, …) holds f'(a_t): ones for a linear unit, 1 − h_t² for tanh.
    explicit (T, …) holds ∂ᵉL/∂h_t, what the loss feels of h_t at once; for a loss at the end, zeros and a last one.
    """
    if slopes.shape != explicit.shape:
        raise ValueError(
            f"slopes has shape {tuple(slopes.shape)} and explicit {tuple(explicit.shape)}; both take one row a step"
        )
    dh, dhs = explicit[-1], [explicit[-1]]
    for t in range(len(slopes) - 2, -1, -1):
        dh = explicit[t] + w * slopes[t + 1] * dh
        dhs.append(dh)
    return namespace(slopes, explicit).stack(dhs[::-1])
