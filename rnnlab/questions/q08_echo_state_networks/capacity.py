"""Question 8.6: the memory capacity of a reservoir, from its states and its input."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnnlab.questions.question import Misconception, Part, Probe, Question


def capacity(hs: np.ndarray, us: np.ndarray, washout: int, delays: int) -> float:
    return float(_squares(hs, us, washout, range(1, delays + 1)).sum())


def _squares(hs: np.ndarray, us: np.ndarray, washout: int, ks: Any) -> np.ndarray:
    """r²_k of the best read-out with a constant, over the steps from `washout` on."""
    steps = np.arange(washout, len(us))
    A = np.column_stack([hs[steps], np.ones(len(steps))])
    Y = np.stack([us[(steps - k) % len(us)] for k in ks], axis=1)
    answers = A @ np.linalg.lstsq(A, Y, rcond=None)[0]
    return 1 - ((Y - answers) ** 2).sum(0) / ((Y - Y.mean(0)) ** 2).sum(0)


def _by_loops(hs: Any, us: Any, washout: Any, delays: Any) -> float:
    total, h = 0.0, hs[washout:] - hs[washout:].mean(0)
    for k in range(1, delays + 1):
        u = us[washout - k : len(us) - k] - us[washout - k : len(us) - k].mean()
        answer = h @ np.linalg.solve(h.T @ h, h.T @ u)
        total += np.corrcoef(answer, u)[0, 1] ** 2
    return total


def _by_projection(hs: Any, us: Any, washout: Any, delays: Any) -> np.ndarray:
    """The length of each delayed input's shadow on the space of the states."""
    h = hs[washout:] - hs[washout:].mean(0)
    Q = np.linalg.qr(h)[0]
    total = 0.0
    for k in range(1, delays + 1):
        u = us[washout - k : len(us) - k]
        u = u - u.mean()
        total += ((Q.T @ u) ** 2).sum() / (u @ u)
    return np.array(total)


def _torch(hs: Any, us: Any, washout: Any, delays: Any) -> Any:
    import torch

    h, u = torch.as_tensor(hs[washout:]), torch.as_tensor(us)
    h = h - h.mean(0)
    Y = torch.stack([u[washout - k : len(u) - k] for k in range(1, delays + 1)], dim=1)
    Y = Y - Y.mean(0)
    P = h.T @ Y
    return ((P * torch.linalg.solve(h.T @ h, P)).sum(0) / (Y**2).sum(0)).sum()


def _single_units(hs: Any, us: Any, washout: Any, delays: Any) -> float:
    """The best unit for each delay, instead of the best mixture."""
    best = []
    for k in range(1, delays + 1):
        u = us[washout - k : len(us) - k]
        best.append(max(np.corrcoef(h, u)[0, 1] ** 2 for h in hs[washout:].T))
    return float(np.sum(best))


def _future(hs: Any, us: Any, washout: Any, delays: Any) -> float:
    """Says what is still to come."""
    total = 0.0
    for k in range(1, delays + 1):
        A = np.column_stack([hs[washout : len(us) - k], np.ones(len(us) - k - washout)])
        u = us[washout + k :]
        answer = A @ np.linalg.lstsq(A, u, rcond=None)[0]
        total += 1 - ((u - answer) ** 2).sum() / ((u - u.mean()) ** 2).sum()
    return total


def _from_the_start(hs: Any, us: Any, washout: Any, delays: Any) -> float:
    """The washout left in, as far as the delays allow."""
    return float(_squares(hs, us, delays, range(1, delays + 1)).sum())


def _probes(rng: np.random.Generator) -> tuple[Probe, ...]:
    def probe(part: int, N: int, T: int, washout: int, delays: int) -> Probe:
        W = rng.normal(size=(N, N))
        W *= 0.8 / np.abs(np.linalg.eigvals(W)).max()
        U, us, h, hs = (
            rng.uniform(0.5, 1, N) * rng.choice((-1, 1), N),
            rng.uniform(-1, 1, T),
            5 * rng.normal(size=N),
            [],
        )
        for u in us:
            h = W @ h + U * u
            hs.append(h)
        noise = 0.1 * rng.normal(size=(T, N))
        return Probe(part, ((np.array(hs) + noise).round(4), us.round(4), washout, delays))

    return (
        probe(0, 2, 30, 6, 1),
        probe(1, 2, 40, 8, 4),
        probe(0, 3, 50, 10, 1),
        probe(1, 3, 60, 12, 5),
        probe(1, 4, 70, 15, 8),
    )


CAPACITY = Question(
    number="8.6",
    title="How much is in there?",
    goal="Count from states and input alone how many past inputs a reservoir holds.",
    look="lecture 08, section 6, (8.11)",
    minutes=12,
    difficulty=2,
    answer="capacity",
    arguments=("hs", "us", "washout", "delays"),
    returns="one number",
    parts=(Part("one delay", 1), Part("many delays", 2)),
    reference=capacity,
    alternatives=(_by_loops, _by_projection, _torch),
    probes=_probes,
    misconceptions=(
        Misconception(
            "correlations not squared",
            lambda hs, us, washout, delays: np.sqrt(_squares(hs, us, washout, range(1, delays + 1))).sum(),
            "that r itself adds up",
            "Then ten delays recalled at random would count for much, and N units could hold more than N numbers.",
            "lecture 08, section 6, (8.11) and the sum it is about",
        ),
        Misconception(
            "the future",
            _future,
            "that u at t + k is what a state at t can hold",
            "The input is noise and nobody knows its future; what you measure is chance.",
            "lecture 08, section 6: which input the read-out is asked for",
        ),
        Misconception(
            "washout scored",
            _from_the_start,
            "that the first states hold the input alone",
            "They hold the start, which is large here, and the read-out cannot see the input behind it.",
            "lecture 08, section 2, where the washout is cut",
        ),
        Misconception(
            "the present counted",
            lambda hs, us, washout, delays: _squares(hs, us, washout, range(delays)).sum(),
            "that the delays run from 0 to one less than asked",
            "The present input is not memory; the question begins with the delay of one step.",
            "the text of question 8.6, beside lecture 08, section 6",
        ),
        Misconception(
            "the best unit for each delay",
            _single_units,
            "that one unit has to hold an input by itself",
            "A read-out mixes the units, and the mixture recalls what none of them does alone.",
            "lecture 08, section 6: whose answer is compared with the truth",
        ),
        Misconception(
            "the average instead of the sum",
            lambda hs, us, washout, delays: capacity(hs, us, washout, delays) / (delays + 1),
            "that capacity is a share",
            "It is a number of delays: it grows with the reservoir, up to its number of units.",
            "lecture 08, section 6, (8.11)",
        ),
    ),
)
