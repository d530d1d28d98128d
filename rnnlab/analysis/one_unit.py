"""One unit, r ← w σ(r) + b: where it can rest, how far a nudge gets, and the cliff in its cost. Lecture 05.

After Pascanu, Mikolov and Bengio (2013), figure 6: 50 steps from r_0 = ½, and the cost E = (σ(r_50) − 0.7)².
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from rnnlab.arrays import Array, namespace
from rnnlab.models.devices import device_for, put
from rnnlab.models.iterate import iterate
from rnnlab.models.maps import logistic_unit
from rnnlab.training.clipping import clip_by_element, clip_by_norm

START, STEPS, TARGET = 0.5, 50, 0.7
W_AXIS, B_AXIS = (4.2, 6.0), (-3.4, -1.9)  # the plane around the wall
SIDE = {"cpu": 141, "cuda": 500}  # points of its picture, along each side
BESIDE = {"cpu": 1, "cuda": 2}  # costs to a point, along each side


def sigma(r: Array) -> Array:
    """1/(1 + e^−r), written so that nothing overflows."""
    return (1 + namespace(r).tanh(r / 2)) / 2


def slope(r: Array) -> Array:
    """σ'(r) = σ(r) (1 − σ(r)), never above ¼."""
    return sigma(r) * (1 - sigma(r))


def orbit(r0: Array, w: Array, b: Array, T: int = STEPS) -> Array:
    """r_0 … r_T of r_t = w σ(r_{t−1}) + b, (T + 1, …), for a sweep of starts or weights."""
    rs = [r0 + 0 * (w + b)]
    for _ in range(T):
        rs.append(w * sigma(rs[-1]) + b)
    return namespace(*rs).stack(rs)


def reach(rs: Array, w: Array) -> Array:
    """∂r_T/∂r_0 = Π_t w σ'(r_{t−1}), for rs = r_0 … r_T. Lecture 05, (5.9)."""
    return (w * slope(rs[:-1])).prod(0)


def folds(w: Array) -> tuple[Array, Array]:
    """The two b between which there are three fixed points, lower first; w above 4. Lecture 05, (5.11)."""
    w = np.asarray(w, dtype=float)
    if np.any(w <= 4):
        raise ValueError(
            f"came w = {w}; the slope w σ' reaches 1 only for w above 4, so below there is no fold"
        )
    s = (1 + np.sqrt(1 - 4 / w) * np.array([1, -1]).reshape(2, *[1] * w.ndim)) / 2  # σ(r) where w σ'(r) = 1
    r = np.log(s / (1 - s))
    ends = r - w * s
    return ends[0], ends[1]


def fixed_points(w: float, b: float) -> np.ndarray:
    """All r = w σ(r) + b, in order: one or three. By bisection between the places where w σ' = 1."""
    turns = []
    if w > 4:
        s = (1 + np.sqrt(1 - 4 / w) * np.array([-1, 1])) / 2
        turns = list(np.log(s / (1 - s)))
    edges = [min(b, w + b) - 1, *turns, max(b, w + b) + 1]

    def excess(r: float) -> float:
        return r - w * sigma(r) - b

    found = []
    for lo, hi in zip(edges[:-1], edges[1:], strict=True):
        rising = excess(hi) > 0
        if (excess(lo) > 0) == rising:
            continue
        for _ in range(60):
            middle = (lo + hi) / 2
            lo, hi = (lo, middle) if (excess(middle) > 0) == rising else (middle, hi)
        found.append((lo + hi) / 2)
    return np.array(found)


def cost_and_gradient(w: Array, b: Array, T: int = STEPS) -> tuple[Array, Array, Array]:
    """E = (σ(r_T) − 0.7)², ∂E/∂w and ∂E/∂b, for any sweep: carried forward, s_t = ∂r_t + w σ'(r_{t−1}) s_{t−1}."""
    r, r_w, r_b = iterate(logistic_unit, (b, w), (START, 0.0, 0.0), T)[-1]
    error = sigma(r) - TARGET
    blame = 2 * error * slope(r)
    return error**2, blame * r_w, blame * r_b


def wall(w: Array) -> Array:
    """b = r_0 − w σ(r_0): where the start itself is a fixed point, and stays. Lecture 05, (5.13)."""
    return START - w * sigma(START)


@lru_cache(maxsize=16)
def surface(T: int, device: str) -> Array:
    """E over `W_AXIS` and `B_AXIS`, a row for each b; on a GPU a million costs, and the mean of four at each point."""
    side, beside = SIDE[device], BESIDE[device]
    w, b = np.meshgrid(np.linspace(*W_AXIS, side * beside), np.linspace(*B_AXIS, side * beside))
    E, _, _ = cost_and_gradient(put(w, device), put(b, device), T)
    return E.reshape(side, beside, side, beside).mean((1, 3))


RULES = ("clip by norm", "no clipping", "by element", "parameters clipped", "always to the threshold")


class Step(NamedTuple):
    """One step of descent from a point (w, b), plain and by the rule chosen, and the cost along the plain one."""

    at: np.ndarray  # (2,)
    cost: float
    gradient: np.ndarray  # (2,)
    plain: np.ndarray  # (2,) where the plain step ends
    ruled: np.ndarray  # (2,) where the step by the rule ends
    costs: tuple[float, float]  # at both ends
    along: np.ndarray  # (K,) distances from the point, downhill positive
    profile: np.ndarray  # (K,) the cost there
    rule: str
    threshold: float
    lr: float
    T: int
    surface: Array  # (side, side) the cost over the whole plane


def clipped(theta: np.ndarray, g: np.ndarray, rule: str, threshold: float, lr: float) -> np.ndarray:
    """Where one step ends: by the norm of the gradient, or by one of the rules that people mistake for it."""
    if rule == "clip by norm":
        return theta - lr * clip_by_norm([g], threshold)[0]
    if rule == "by element":
        return theta - lr * clip_by_element([g], threshold)[0]
    if rule == "parameters clipped":
        return clip_by_norm([theta - lr * g], threshold)[0]
    if rule == "always to the threshold":
        return theta - lr * threshold * g / max(float(np.linalg.norm(g)), 1e-300)
    if rule == "no clipping":
        return theta - lr * g
    raise ValueError(f"came the rule {rule!r}; expected one of {', '.join(RULES)}")


REACH = 0.6  # how far the profile looks ahead and behind


def cliff_step(
    at: tuple[float, float], threshold: float, lr: float, rule: str, T: int = STEPS, device: str | None = None
) -> Step:
    """One step from `at` = (w, b), the cost along the gradient's direction, and the cost all over the plane."""
    theta = np.array(at)
    E, g_w, g_b = cost_and_gradient(theta[0], theta[1], T)
    g = np.array([float(g_w), float(g_b)])
    plain, ruled = theta - lr * g, clipped(theta, g, rule, threshold, lr)
    norm = float(np.linalg.norm(g))
    downhill = -g / norm if norm > 0 else np.array([1.0, 0.0])
    along = np.linspace(-REACH, REACH, 241)
    profile, _, _ = cost_and_gradient(theta[0] + along * downhill[0], theta[1] + along * downhill[1], T)
    w_ends, b_ends = np.clip(np.stack([plain, ruled], axis=1), -1e3, 1e3)
    costs, _, _ = cost_and_gradient(w_ends, b_ends, T)
    return Step(
        theta,
        float(E),
        g,
        plain,
        ruled,
        (float(costs[0]), float(costs[1])),
        along,
        profile,
        rule,
        threshold,
        lr,
        T,
        surface(T, device_for((SIDE["cuda"] * BESIDE["cuda"]) ** 2, device)),
    )


def descend(at: tuple[float, float], lr: float, steps: int, threshold: float | None = None) -> np.ndarray:
    """Descent on (w, b), clipped by norm where a threshold is given. Returns the path (steps + 1, 2)."""
    path = [np.array(at, dtype=float)]
    for _ in range(steps):
        _, g_w, g_b = cost_and_gradient(*path[-1])
        g = np.array([float(g_w), float(g_b)])
        path.append(path[-1] - lr * (g if threshold is None else clip_by_norm([g], threshold)[0]))
    return np.stack(path)
