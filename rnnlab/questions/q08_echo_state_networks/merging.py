"""Question 8.5: from which step on several runs of one network agree, seen from their states."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnnlab.questions.question import Misconception, Part, Probe, Question

LEFT = 0.01


def _from_distances(distances: np.ndarray) -> int:
    """The first step from which on all distances are at most one hundredth of the first; −1 if there is none."""
    late = np.flatnonzero(distances > LEFT * distances[0])
    return -1 if late[-1] == len(distances) - 1 else int(late[-1]) + 1


def merged(runs: np.ndarray) -> int:
    apart = np.linalg.norm(runs[:, None] - runs[None], axis=3)
    return _from_distances(apart.max((0, 1)))


def _by_pairs(runs: np.ndarray) -> float:
    S = len(runs)
    pairs = [np.sqrt(((runs[i] - runs[j]) ** 2).sum(1)) for i in range(S) for j in range(i)]
    return float(_from_distances(np.max(pairs, axis=0)))


def _from_the_end(runs: np.ndarray) -> np.ndarray:
    def largest(states: np.ndarray) -> float:
        return max(float(np.linalg.norm(a - b)) for a in states for b in states)

    limit, first = LEFT * largest(runs[:, 0]), -1
    for t in range(runs.shape[1] - 1, -1, -1):
        if largest(runs[:, t]) > limit:
            break
        first = t
    return np.array(first)


def _torch(runs: np.ndarray) -> Any:
    import torch

    states = torch.as_tensor(runs).transpose(0, 1)
    apart = torch.cdist(states, states, compute_mode="donot_use_mm_for_euclid_dist").amax((1, 2))
    return torch.tensor(_from_distances(apart.numpy()))


def _first_dip(runs: np.ndarray) -> int:
    distances = np.linalg.norm(runs[:, None] - runs[None], axis=3).max((0, 1))
    below = np.flatnonzero(distances <= LEFT * distances[0])
    return int(below[0]) if len(below) else -1


def _mean_of_pairs(runs: np.ndarray) -> int:
    return _from_distances(np.linalg.norm(runs[:, None] - runs[None], axis=3).mean((0, 1)))


def _from_run_0(runs: np.ndarray) -> int:
    return _from_distances(np.linalg.norm(runs - runs[0], axis=2).max(0))


def _neighbours(runs: np.ndarray) -> int:
    return _from_distances(np.linalg.norm(np.diff(runs, axis=0), axis=2).max(0))


def _by_norm(order: float) -> Callable[[np.ndarray], int]:
    """The answer with another norm than the Euclidean one."""
    return lambda runs: _from_distances(np.linalg.norm(runs[:, None] - runs[None], order, axis=3).max((0, 1)))


def _from_the_last(runs: np.ndarray) -> int:
    return _from_run_0(runs[::-1])


def _in_a_ring(runs: np.ndarray) -> int:
    return _neighbours(np.concatenate([runs, runs[:1]]))


def _from_their_mean(runs: np.ndarray) -> int:
    return _from_distances(np.linalg.norm(runs - runs.mean(0), axis=2).max(0))


# slips that chance could make right
_HIDDEN = (
    _mean_of_pairs,
    _from_run_0,
    _from_the_last,
    _neighbours,
    _in_a_ring,
    _from_their_mean,
    _by_norm(1),
    _by_norm(np.inf),
)


def _centred(runs: np.ndarray) -> int:
    means = runs.mean(2)
    return _from_distances(np.ptp(means, axis=0))


def _probes(rng: np.random.Generator) -> tuple[Probe, ...]:
    def common(T: int, N: int, moving: bool) -> np.ndarray:
        """What the input makes of every run: it moves, or stands still, and is not zero."""
        return 0.6 * np.sin(0.9 * moving * np.arange(T)[:, None] + np.arange(N)) + 0.3

    def directions(S: int, N: int) -> np.ndarray:
        """Where the runs start: the first two close by, and one that differs from another without changing the mean."""
        d = rng.normal(size=(S, N))
        return d / np.linalg.norm(d, axis=1, keepdims=True)

    def runs(
        S: int, T: int, N: int, rate: float, stuck: bool = False, bump: int = 0, moving: bool = True
    ) -> np.ndarray:
        d, t = directions(S, N), np.arange(T)
        size = np.repeat(rate ** t[None], S, axis=0)
        size[:2] = (0.5 * rate) ** t  # two runs that forget sooner than the others
        hs = common(T, N, moving) + size[:, :, None] * d[:, None]
        if stuck:
            hs[-1] += (
                0.7 * np.eye(N)[0] - 0.7 * np.eye(N)[1]
            )  # another attractor, of the same mean over the units
        if bump:
            hs[-1, bump] += 0.4 * (np.eye(N)[0] - np.eye(N)[1])
        return hs.round(6)

    def drawn_in(offsets: np.ndarray, rates: np.ndarray, T: int) -> np.ndarray:
        """Runs that start at `offsets` (S, N) from one another's common path, and forget at `rates` (S,)."""
        t = np.arange(T)[:, None]
        return (common(T, offsets.shape[1], True) + rates[:, None, None] ** t * offsets[:, None]).round(6)

    def opposite() -> np.ndarray:
        """Two slow runs on opposite sides of run 0, so that each is half as far from it as from the other."""
        far, side = np.linalg.qr(rng.normal(size=(3, 2)))[0].T
        return drawn_in(
            np.stack([0 * far, far, 0.3 * side, -0.3 * side]), np.array([0.0, 0.4, 0.75, 0.75]), 20
        )

    def one_late() -> np.ndarray:
        """Five runs, the second and fourth far apart, the fifth slow; drawn until `_HIDDEN` are all wrong."""
        while True:
            offsets = directions(5, 3) * np.array([1, 1.5, 1, 1, 1])[:, None]
            offsets[3] = -offsets[1]
            found = drawn_in(offsets, np.array([0.4, 0.4, 0.4, 0.4, 0.85]), 34)
            if all(slip(found) != merged(found) for slip in _HIDDEN):
                return found

    rate = float(rng.uniform(0.55, 0.65))
    wait = int(rng.integers(16, 19))
    return (
        Probe(1, (runs(2, 20, 2, rate),)),  # these merge: nobody may say −1 to all of a part
        Probe(0, (runs(3, 20, 2, rate),)),
        Probe(1, (runs(3, 21, 2, rate, stuck=True),)),
        Probe(0, (runs(3, 24, 3, rate + 0.03, moving=False),)),
        Probe(0, (opposite(),)),
        Probe(0, (runs(4, 26, 3, rate, bump=wait),)),
        Probe(1, (runs(4, 28, 3, rate, stuck=True),)),
        Probe(0, (one_late(),)),
    )


MERGING = Question(
    number="8.5",
    title="Verdict from states",
    goal="Diagnose from the states of several runs whether they forget where they started, and when.",
    look="lecture 08, section 5",
    minutes=10,
    difficulty=2,
    answer="merged",
    arguments=("runs",),
    returns="a whole number: a step, or −1",
    parts=(Part("runs that merge", 1), Part("runs that do not, told from runs that do", 1)),
    reference=merged,
    alternatives=(_by_pairs, _from_the_end, _torch),
    probes=_probes,
    rtol=0.0,
    atol=1e-3,
    almost=1.0,
    misconceptions=(
        Misconception(
            "rest taken for merging",
            lambda runs: _from_distances(np.linalg.norm(np.diff(runs, axis=1, prepend=0), axis=2).max(0)),
            "that states which forget their start come to rest",
            "A driven network never rests: the input goes on, and the state follows it. Compare runs, not steps.",
            "lecture 08, section 5, the definition of the echo state property",
        ),
        Misconception(
            "zero taken for merging",
            lambda runs: _from_distances(np.linalg.norm(runs, axis=2).max(0)),
            "that states which forget their start go to zero",
            "They go to one another. Where they go together is for the input to say.",
            "lecture 08, section 5, the definition of the echo state property",
        ),
        Misconception(
            "the first two runs only",
            lambda runs: merged(runs[:2]),
            "that two runs speak for all",
            "Two starts may lie in one basin and a third in another, as those of the two units do.",
            "lecture 08, section 5, the picture of two units and forty starts",
        ),
        Misconception(
            "all compared with the first",
            _from_run_0,
            "that the two runs which are farthest apart include the first",
            "Two others may lie on opposite sides of it, and are then farther from each other than from it.",
            "the text of question 8.5: between which runs the distance is taken",
        ),
        Misconception(
            "each compared with the next",
            _neighbours,
            "that runs which are neighbours in the array are all that need comparing",
            "The array has no order of nearness: the first and the last may be farther apart than any two"
            " neighbours.",
            "the text of question 8.5: between which runs the distance is taken",
        ),
        Misconception(
            "the mean over the pairs",
            _mean_of_pairs,
            "that runs have merged when they are close on average",
            "One run that is late hides among pairs that have met long ago. The question asks for the two that"
            " are farthest apart.",
            "the text of question 8.5: which distance is taken at each step",
        ),
        Misconception(
            "all compared with their mean",
            _from_their_mean,
            "that the distance from the mean of the runs stands for the distance between two of them",
            "The mean lies where most runs are. One that is late is nearer to it than to the others.",
            "the text of question 8.5: between which runs the distance is taken",
        ),
        Misconception(
            "the largest coordinate",
            _by_norm(np.inf),
            "that two states are as far apart as their most different unit",
            "The Euclidean distance adds up the squares of all units.",
            "the text of question 8.5: which distance is taken at each step",
        ),
        Misconception(
            "the first dip",
            _first_dip,
            "that runs which have once been close stay close",
            "A distance may shrink and grow again; what counts is that it stays small until the end.",
            "lecture 08, section 5: (8.10) holds a different matrix at each step",
        ),
        Misconception(
            "means over the units",
            _centred,
            "that two states agree when their averages do",
            "Units that differ upwards and downwards cancel in the average, and the states are far apart.",
            "lecture 08, section 5, (8.10): the distance is that of two vectors",
        ),
        Misconception(
            "counted from one",
            lambda runs: merged(runs) + 1 if merged(runs) >= 0 else -2,
            "that the first stored state is step 1",
            "The question counts as the array does, from 0, so that your number can be used as an index.",
            "the text of question 8.5, where the count is set",
        ),
    ),
)
