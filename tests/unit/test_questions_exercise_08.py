"""Exercise 08 against oracles: searching, autograd-free loops, and the package."""

import numpy as np
import pytest

from rnnlab.figures import exercise_08 as figures
from rnnlab.models import unroll
from rnnlab.models.reservoir import reservoir_step
from rnnlab.questions import check
from rnnlab.questions.check import Status
from rnnlab.questions.q08_echo_state_networks.capacity import capacity
from rnnlab.questions.q08_echo_state_networks.choice import CHOICE, knobs
from rnnlab.questions.q08_echo_state_networks.foretell import foretell
from rnnlab.questions.q08_echo_state_networks.leaks import reservoir
from rnnlab.questions.q08_echo_state_networks.merging import MERGING, merged
from rnnlab.questions.q08_echo_state_networks.radius import factor
from rnnlab.questions.q08_echo_state_networks.readout import read
from rnnlab.questions.scoring import SLACK, marks_of
from rnnlab.training.readout import ridge


def test_one_leak_for_all_is_the_lectures_step():
    rng = np.random.default_rng(0)
    xs, W, u = rng.normal(size=9), rng.normal(size=(4, 4)), rng.normal(size=4)
    expected = unroll(reservoir_step, np.zeros(4), xs[:, None], W, u[:, None], np.zeros(4), 0.3)
    assert np.allclose(reservoir(xs, np.zeros(9), W, u, np.zeros(4), np.full(4, 0.3)), expected)


@pytest.mark.parametrize("seed", range(10))
def test_the_leaky_map_gets_its_radius(seed):
    rng = np.random.default_rng(seed)
    W, alpha = rng.normal(size=(6, 6)), rng.uniform(0.1, 1)
    radius = 1 - alpha + rng.uniform(0.05, 0.5)
    M = (1 - alpha) * np.eye(6) + alpha * factor(W, alpha, radius) * W
    assert np.isclose(np.abs(np.linalg.eigvals(M)).max(), radius)


def test_a_read_out_of_scaled_states_is_the_packages():
    rng = np.random.default_rng(1)
    hs, ys, new = rng.normal(size=(30, 4)) + 2, rng.normal(size=30), rng.normal(size=(5, 4))
    mean, std = hs[6:].mean(0), hs[6:].std(0)
    readout = ridge((hs[6:] - mean) / std, ys[6:, None], 0.8)
    assert np.allclose(read(hs, ys, new, 6, 0.8), readout((new - mean) / std)[:, 0])


def test_a_forecast_does_not_look_ahead():
    rng = np.random.default_rng(2)
    ys, W, u, v = rng.normal(size=12), rng.normal(size=(3, 3)), rng.normal(size=3), rng.normal(size=3)
    blind = np.where(np.arange(12) < 5, ys, 99.0)
    assert np.array_equal(foretell(ys, 5, W, u, v), foretell(blind, 5, W, u, v))


def test_runs_that_meet_at_a_known_step():
    size = np.where(np.arange(20) < 13, 1.0, 0.005)
    assert merged(np.stack([np.outer(size, [1.0, -1.0]), np.zeros((20, 2)), np.ones((20, 2)) * 0])) == 13
    assert merged(np.stack([np.ones((20, 2)), np.zeros((20, 2))])) == -1


def test_two_late_runs_on_either_side_of_the_first_are_farther_from_each_other():
    late = 0.75 ** np.arange(20)[:, None] * np.array([0.3, 0.0])
    soon = 0.4 ** np.arange(20)[:, None] * np.array([0.0, 1.0])
    runs = np.stack([0 * soon, soon, late, -late])
    lengths = np.linalg.norm(late, axis=1)
    expected = np.flatnonzero(2 * lengths <= 0.01 * np.hypot(1.0, 0.3))[0]
    assert merged(runs) == expected > np.flatnonzero(lengths <= 0.01)[0]


def solved(distance):
    """The published solution, with another distance at each step."""

    def answer(runs):
        apart = distance(runs)
        late = np.flatnonzero(apart > 0.01 * apart[0])[-1]
        return -1 if late == len(apart) - 1 else late + 1

    return answer


def compared(pairs, over, order=2):
    """The published solution, with the distances of other pairs, another summary of them or another norm."""
    return solved(
        lambda runs: over(
            [np.linalg.norm(runs[i] - runs[j], order, axis=1) for i, j in pairs(len(runs))], axis=0
        )
    )


def all_pairs(S):
    return [(i, j) for i in range(S) for j in range(i)]


@pytest.mark.parametrize(
    "pairs, over, name",
    [
        (all_pairs, np.mean, "the mean over the pairs"),
        (lambda S: [(i, 0) for i in range(1, S)], np.max, "all compared with the first"),
        (lambda S: [(i, i - 1) for i in range(1, S)], np.max, "each compared with the next"),
    ],
)
def test_the_largest_distance_of_all_pairs_is_needed_under_every_key(pairs, over, name):
    assert check("8.5", compared(pairs, over)).misconception == name
    assert check("8.5", compared(all_pairs, np.max)).status is Status.RIGHT
    for key in range(100):
        assert marks_of(MERGING, compared(pairs, over), f"key {key}") == 1


OTHERS = {
    "sum": compared(all_pairs, np.sum),
    "median": compared(all_pairs, np.median),
    "1-norm": compared(all_pairs, np.max, 1),
    "largest coordinate": compared(all_pairs, np.max, np.inf),
    "from the last": compared(lambda S: [(i, S - 1) for i in range(S - 1)], np.max),
    "in a ring": compared(lambda S: [(i, i - 1) for i in range(S)], np.max),
    "from their mean": solved(lambda runs: np.linalg.norm(runs - runs.mean(0), axis=2).max(0)),
    "spread": solved(lambda runs: np.sqrt(runs.var(0).sum(1))),
    "squared": solved(lambda runs: (np.linalg.norm(runs[:, None] - runs[None], axis=3) ** 2).max((0, 1))),
}


@pytest.mark.parametrize("name", OTHERS)
def test_no_other_distance_gets_full_marks_under_any_key(name):
    for key in range(100):
        assert marks_of(MERGING, OTHERS[name], f"key {key}") < MERGING.points


@pytest.mark.parametrize("constant", [-1, 0, 5, 20])
def test_saying_the_same_of_all_runs_gets_nothing(constant):
    for key in range(100):
        assert marks_of(MERGING, lambda runs: constant, f"key {key}") == 0


def test_a_delay_line_holds_its_length():
    us = np.random.default_rng(3).normal(size=400)
    hs = np.stack([np.roll(us, k) for k in (1, 2, 3)], axis=1)
    assert np.isclose(capacity(hs, us, 20, 3), 3)
    assert capacity(hs, us, 20, 10) < 3.5


@pytest.mark.parametrize("period, steps", CHOICE.draws)
def test_both_conditions_hold(period, steps):
    alpha, rho = knobs(period, steps)
    assert 0 < rho < 1
    assert np.isclose((1 - alpha) ** (period / 4), np.exp(-1))
    assert np.isclose((1 - alpha + alpha * rho) ** steps, 0.1)
    tight = 1.2 * SLACK * CHOICE.atol
    assert 4 / period - alpha > tight
    assert rho - (1 + np.log(0.1) / (steps * alpha)) > tight


def test_pictures_of_right_wrong_and_missing_answers_have_words():
    alphas, runs = np.array([1.0, 0.3]), np.random.default_rng(4).normal(size=(3, 10, 2))
    pictures = [
        figures.states(np.ones((5, 2)), alphas),
        figures.states(..., alphas),
        figures.forecast(np.arange(8.0), 5, [5.0, 1e9, np.nan]),
        figures.forecast(np.arange(8.0), 5, ...),
        figures.runs(runs, 4),
        figures.runs(runs, -1),
        figures.runs(runs, ...),
    ]
    for picture in pictures:
        assert len(picture.alt) > 20
        assert picture.png()
