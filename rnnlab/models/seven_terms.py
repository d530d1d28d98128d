"""Chen's system with its seven weights unknown: a predictor that is linear in its parameters.

One step ahead it is least squares, with a closed form. In a free run its own outputs come back through e^{−y²},
and the same seven weights make a cost with valleys. Lecture 10, section 3.
"""

from __future__ import annotations

import numpy as np

from rnnlab.arrays import Array, namespace

TRUE = np.array([0.8, -0.5, -0.3, -0.9, 1.0, 0.2, 0.1])
FAR = 1e3  # a free run beyond this has diverged; it is held there, so that no number overflows


def terms(y1: Array, y2: Array, u1: Array, u2: Array) -> Array:
    """ψ = (y₁, e^{−y₁²} y₁, y₂, e^{−y₁²} y₂, u₁, u₂, u₁u₂), with y₁ = y_{t−1}, …; shape (7, …)."""
    xp = namespace(y1)
    bump = xp.exp(-(y1**2))
    return xp.stack([y1, bump * y1, y2, bump * y2, u1, u2, u1 * u2])


def seven_terms(y_past: Array, u_past: Array, theta: Array) -> Array:
    """ŷ_t = θᵀψ_t, for θ (7,) or (P, 7); a predictor once θ is bound. With θ = `TRUE` it is `chen_map`."""
    psi = terms(y_past[..., 0, :], y_past[..., 1, :], u_past[..., 0, :], u_past[..., 1, :])
    xp = namespace(psi)
    return xp.clip(xp.einsum("...i,i...B->...B", theta, psi), -FAR, FAR)


def least_squares(us: Array, ys: Array) -> Array:
    """θ = (ΨᵀΨ)⁻¹Ψᵀy from measured outputs: series-parallel training in one line. us, ys (T, P); returns (P, 7)."""
    psi = terms(ys[1:-1], ys[:-2], us[1:-1], us[:-2]).swapaxes(0, 2)  # (P, T − 2, 7)
    back = psi.swapaxes(1, 2)
    return namespace(psi).linalg.solve(back @ psi, back @ ys[2:].T[..., None])[..., 0]


def run(theta: Array, us: Array, starts: Array) -> Array:
    """The free run of P parameter vectors (P, 7) from starts (2, P) on us (T, P); returns (T, P), starts included."""
    a, b, c, d, e, f, g = theta.T
    known = e * us[1:-1] + f * us[:-2] + g * us[1:-1] * us[:-2]
    xp = namespace(us)
    ys = xp.empty_like(us)
    ys[:2] = y2, y1 = starts
    for t, u in enumerate(known, start=2):
        bump = xp.exp(-(y1 * y1))
        y2, y1 = y1, xp.clip((a + b * bump) * y1 + (c + d * bump) * y2 + u, -FAR, FAR)
        ys[t] = y1
    return ys


def sensitivities(theta: Array, us: Array, starts: Array, fed_back: bool = True) -> tuple[Array, Array]:
    """The free run (T − 2, P) after its starts, and s_t = ψ_t + Σ_k (∂ŷ_t/∂y_{t−k}) s_{t−k}, (T − 2, P, 7).

    Without `fed_back` it is ψ_t alone: the mistake that lecture 10 shows.
    """
    ys, xp = run(theta, us, starts), namespace(us)
    y1, y2 = ys[1:-1], ys[:-2]
    s = xp.stack(tuple(terms(y1, y2, us[1:-1], us[:-2])), -1)
    if not fed_back:
        return ys[2:], s
    a, b, c, d = theta.T[:4]
    bump = xp.exp(-(y1**2))
    first = (a + b * bump * (1 - 2 * y1**2) - 2 * d * bump * y1 * y2)[..., None]
    second = (c + d * bump)[..., None]
    for t in range(1, len(s)):
        s[t] += first[t] * s[t - 1]
        if t > 1:
            s[t] += second[t] * s[t - 2]
    return ys[2:], s
