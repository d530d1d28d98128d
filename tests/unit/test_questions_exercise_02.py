"""Exercise 02 against oracles: sets of states, impulse responses, and running the machine."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.figures import exercise_02 as figures
from rnnlab.models.automata import Automaton, compiled, run
from rnnlab.models.wirings import jordan
from rnnlab.questions.q02_recurrent_networks.answers import answers
from rnnlab.questions.q02_recurrent_networks.reached import _reached_sets, reached
from rnnlab.questions.q02_recurrent_networks.unit import UNIT, unit
from rnnlab.questions.q02_recurrent_networks.unit import run as three_units
from rnnlab.questions.q02_recurrent_networks.words import word_matrix
from rnnlab.systems.strings import one_hot

SEEDS = st.integers(0, 2**32 - 1)


@settings(max_examples=30, deadline=None)
@given(SEEDS, st.integers(1, 4), st.integers(1, 6))
def test_without_a_memory_of_its_own_it_is_the_lectures_network(seed, K, T):
    rng = np.random.default_rng(seed)
    W, U, b, V, xs = (rng.normal(size=shape) for shape in ((3, K), (3, 2), (3,), (K, 3), (T, 2)))
    assert np.allclose(answers(xs, W, U, b, V, np.zeros(K), 0.0), jordan(xs, W, U, b, V, np.zeros(K)))


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(1, 4), st.integers(1, 3), st.integers(1, 8))
def test_the_network_follows_every_way(seed, Q, S, T):
    rng = np.random.default_rng(seed)
    ways, symbols = rng.integers(0, 2, (Q, S, Q)) * 1.0, rng.integers(0, S, T)
    assert np.array_equal(reached(ways, 0, symbols), _reached_sets(ways, 0, symbols))


def test_for_a_machine_with_one_way_it_is_the_lectures_network():
    rng = np.random.default_rng(1)
    table, symbols = rng.integers(0, 4, (4, 3)), rng.integers(0, 3, 20)
    states = compiled(Automaton(table, 2, np.zeros(4, int))).states(one_hot(symbols, 3))
    assert np.array_equal(reached(np.eye(4)[table], 2, symbols), states[:, :-1])


@pytest.mark.parametrize("draw", UNIT.draws)
def test_the_one_unit_says_what_the_three_say(draw):
    w, u = unit(*draw)
    assert np.allclose(three_units(*draw)[:, 2], u * w ** np.arange(8), atol=1e-12)


@settings(max_examples=50, deadline=None)
@given(SEEDS, st.integers(1, 5), st.integers(1, 8))
def test_the_matrix_of_a_word_leads_where_the_machine_goes(seed, Q, T):
    rng = np.random.default_rng(seed)
    table, word = rng.integers(0, Q, (Q, 2)), rng.integers(0, 2, T)
    for q in range(Q):
        end = run(Automaton(table, q, np.arange(Q)), word)[-1]
        assert np.array_equal(word_matrix(table, word) @ np.eye(Q)[q], np.eye(Q)[end])


@pytest.mark.parametrize("answer", [..., np.zeros((5, 1)), np.ones(4), np.full((3, 2), np.nan)], ids=str)
def test_the_pictures_show_right_and_wrong_answers(answer):
    for drawing in (figures.said(answer), figures.on(answer)):
        assert drawing.alt
        picture, _ = drawing._repr_mimebundle_()
        assert picture["image/png"].startswith(b"\x89PNG")


def test_the_picture_of_three_networks_can_be_read_without_seeing_it():
    alt = figures.three_networks(0, 1, 2, 1).alt
    assert "bit: 0110111001100100." in alt
    assert "A says: 0110111001100100." in alt
    assert "B says: 0111111111111111." in alt
