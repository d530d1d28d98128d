"""The live parity network against counting, with each mistake, and at every corner of its controls."""

from itertools import product

import numpy as np
import pytest

from rnnlab.analysis.parity_plane import LENGTH, MISTAKES, SHOWN, first_bit_flipped, parity_plane
from rnnlab.analysis.sick_parity import CAUSES, bits_of, sick_answers
from rnnlab.figures import parity_plane as figures
from rnnlab.live import choice, integer, live, point
from rnnlab.live.corners import corners_and_random

START = {"t": 12, "bias": (-0.5, -1.5), "bit": (1.0, 1.0), "one": (1.0, 1.0), "two": (-1.0, -1.0)}


def share(**changes) -> float:
    return parity_plane(**START | changes).share


def test_the_given_weights_are_right_and_stand_in_three_places():
    result = parity_plane(**START)
    assert result.share == 1.0 and np.array_equal(result.answers, result.odd)
    assert np.array_equal(result.odd, np.cumsum(result.bits) % 2 == 1)
    assert np.unique(result.nets, axis=0).tolist() == [[-0.5, -1.5], [0.5, -0.5], [1.5, 0.5]]


@pytest.mark.parametrize(
    "name, inside, outside",
    [
        (
            "bias",
            [(-1, -1.5), (-0.05, -1.5), (-0.5, -2), (-0.5, -1.05)],
            [(-1.05, -1.5), (0, -1.5), (-0.5, -1)],
        ),
        ("bit", [(2, 1), (0.5, 1), (1, 1.45), (1, 0.5)], [(0.45, 1), (1, 1.5), (1, 0.45)]),
        ("one", [(0.5, 1), (1.45, 1), (1, 0.5), (1, 1.45)], [(0.45, 1), (1.5, 1), (1, 0.45), (1, 1.5)]),
        ("two", [(-1, -2), (-1, -0.55), (-1.5, -1), (-0.55, -1)], [(-1, -0.5), (-0.5, -1), (-1.55, -1)]),
    ],
)
def test_how_far_each_point_may_move_as_the_lecture_says(name, inside, outside):
    assert {share(**{name: place}) for place in inside} == {1.0}
    assert all(share(**{name: place}) < 0.75 for place in outside)


@pytest.mark.parametrize("mistake", MISTAKES[1:])
def test_each_mistake_breaks_it(mistake):
    assert share(mistake=mistake) < 0.75


def test_a_transposed_loop_says_odd_for_ever_after_the_first_one():
    result = parity_plane(**START | {"mistake": "W transposed"})
    assert np.array_equal(result.answers, np.cumsum(result.bits) > 0)


def test_the_first_bit_stays_in_one_network_and_fades_in_the_other():
    fading, lasting = first_bit_flipped(T=50)
    assert np.allclose(fading, 0.9 ** np.arange(50)) and np.array_equal(lasting, np.ones(50))


def test_every_corner_of_every_control_gives_finite_numbers_and_a_picture():
    ends = list(product((-3.0, 3.0), repeat=2)), list(product((-2.0, 2.0), repeat=2))
    fig, update = figures.parity_plane(parity_plane(**START))
    rng = np.random.default_rng(0)
    for t, bias, mistake in product((1, SHOWN), ends[0], MISTAKES):
        bit, one, two = (ends[1][k] for k in rng.integers(0, 4, 3))
        result = parity_plane(t, bias, bit, one, two, mistake)
        assert np.isfinite(result.nets).all() and result.accuracy.shape == (LENGTH,)
        update(result)
        assert "answers so far are wrong" in figures.parity_words(result)
        low, high = fig.axes[0].get_xlim()
        assert low < result.nets.min() and result.nets.max() < high, "a point outside the plane"
    assert fig.png().startswith(b"\x89PNG")


@pytest.mark.thorough
def test_the_live_figure_of_the_lecture_holds_at_its_corners_and_anywhere():
    figure = live(
        parity_plane,
        figures.parity_plane,
        figures.parity_words,
        t=integer(1, SHOWN, 12, label="bits arrived"),
        bias=point((-3, 3), (-3, 3), (-0.5, -1.5), step=0.05, label="b"),
        bit=point((-2, 2), (-2, 2), (1.0, 1.0), step=0.05, label="U", axes=2),
        one=point((-2, 2), (-2, 2), (1.0, 1.0), step=0.05, label="W 1", axes=2),
        two=point((-2, 2), (-2, 2), (-1.0, -1.0), step=0.05, label="W 2", axes=2),
        mistake=choice(MISTAKES, "none", label="mistake"),
    )
    assert corners_and_random(figure, seconds=4.0) >= 128


def test_the_sick_networks_do_what_their_names_say():
    bits = bits_of(1)
    says = {cause: sick_answers(kind, bits) for kind, cause in enumerate(CAUSES)}
    odd = np.cumsum(bits) % 2
    assert np.array_equal(says["no loop"], bits)
    assert np.array_equal(says["transposed"], np.cumsum(bits) > 0)
    assert np.array_equal(says["late"], np.concatenate([[0], odd[:-1]]))
    assert np.array_equal(says["zeros"], np.cumsum(1 - bits) % 2)
    seen = np.cumsum(bits) - bits > 0
    assert np.array_equal(says["unit 2 unheard"], np.where(seen, 1 - bits, bits))


@pytest.mark.parametrize("seed", [1, 2])
def test_the_five_accidents_can_be_told_apart(seed):
    rows = [sick_answers(kind, bits_of(seed)) for kind in range(len(CAUSES))] + [np.cumsum(bits_of(seed)) % 2]
    assert len({tuple(row) for row in rows}) == len(CAUSES) + 1
