"""Automata against counting, compiled networks against automata."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.models.automata import Automaton, compiled, parity_network, run
from rnnlab.systems import strings


@st.composite
def automata(draw):
    Q, S = draw(st.integers(1, 5)), draw(st.integers(1, 3))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return Automaton(rng.integers(0, Q, (Q, S)), int(rng.integers(Q)), rng.integers(0, 3, Q))


@settings(max_examples=60, deadline=None)
@given(automata(), st.integers(1, 5))
def test_a_compiled_network_says_what_the_machine_says_on_every_string(automaton, T):
    S = automaton.table.shape[1]
    every = strings.all_strings(T, S)
    network = compiled(automaton)
    says = network.says(strings.one_hot(every, S))
    assert np.array_equal(says.sum(1), np.ones((T, S**T))), "it says one thing at a time"
    assert np.array_equal(says.argmax(1), run(automaton, every))
    assert np.array_equal(network.states(strings.one_hot(every, S)).sum(1), np.ones((T, S**T)))


@settings(max_examples=30, deadline=None)
@given(automata(), st.lists(st.integers(0, 2), min_size=1, max_size=8))
def test_a_run_follows_the_table(automaton, symbols):
    symbols = [s % automaton.table.shape[1] for s in symbols]
    q, said = automaton.start, []
    for s in symbols:
        q = automaton.table[q, s]
        said.append(automaton.outputs[q])
    assert run(automaton, np.array(symbols)).tolist() == said


@pytest.mark.parametrize("T", range(1, 11))
def test_even_zeros_compiled_on_all_strings(T):
    every = strings.all_strings(T)
    network = compiled(strings.even_zeros_machine())
    assert np.array_equal(network.says(strings.one_hot(every, 2))[:, 1], strings.even_zeros(every))


def test_parity_on_ten_thousand_bits_alone_and_in_a_batch():
    bits = np.random.default_rng(0).integers(0, 2, (10_000, 1, 3))
    odd = np.cumsum(bits[:, 0], axis=0) % 2 == 1
    assert np.array_equal(parity_network().says(1.0 * bits)[:, 0], odd)
    assert np.array_equal(parity_network().says(1.0 * bits[:, :, 1])[:, 0], odd[:, 1])


@pytest.mark.parametrize("T", [2, 3, 10, 300])
def test_the_pq_machine_is_always_right(T):
    words, classes = strings.pq_strings(np.random.default_rng(T), T, 300)
    assert np.array_equal((words < 2).sum(0), np.full(300, 2))
    for word, kind in zip(words.T[:20], classes[:20], strict=True):
        first, second = word[word < 2]
        assert kind == 2 * first + second
    says = compiled(strings.pq_machine()).says(strings.one_hot(words, strings.PQ_SYMBOLS))[-1]
    assert np.array_equal(says.argmax(0), classes)
    assert not says[4].any(), "not yet, at the end of a whole string"
    assert len(np.unique(classes)) == 4


def test_all_strings_are_all_of_them():
    every = strings.all_strings(3)
    assert sorted("".join(map(str, word)) for word in every.T) == sorted(f"{k:03b}" for k in range(8))
    assert strings.all_strings(2, 3).shape == (2, 9)


def test_training_strings_grow_and_are_judged_by_counting():
    batches = list(strings.even_zeros_batches(np.random.default_rng(0), steps=200, longest=4))
    assert [len(xs) for xs, _ in batches[::60]] == [2, 3, 4, 4]
    xs, ys = batches[-1]
    assert set(np.unique(xs)) == {-1.0, 1.0}
    assert np.array_equal(ys[-1, 0] == 1, (xs[:, 0] < 0).sum(0) % 2 == 0)
    xs, ys = next(strings.echo_batches(np.random.default_rng(0), steps=1))
    assert np.array_equal(ys[1:], xs[:-1]) and not ys[0].any()


@pytest.mark.parametrize(
    "automaton, words",
    [
        (Automaton(np.array([[0, 2]]), 0, np.array([1])), "states are numbered 0 to 0"),
        (Automaton(np.array([[0, -1]]), 0, np.array([1])), "states are numbered 0 to 0"),
        (Automaton(np.array([[0, 0]]), 1, np.array([1])), "the start is 1"),
        (Automaton(np.array([[0, 0]]), 0, np.array([1, 0])), "one output a state"),
        (Automaton(np.array([0, 0]), 0, np.array([1, 0])), "expected a table"),
    ],
)
def test_a_table_that_is_none_gets_a_sentence(automaton, words):
    with pytest.raises(ValueError, match=words):
        compiled(automaton)
    with pytest.raises(ValueError, match=words):
        run(automaton, np.array([0]))


def test_an_unknown_symbol_gets_a_sentence():
    with pytest.raises(ValueError, match="symbols are numbered 0 to 1; got -1 … 2"):
        run(strings.even_zeros_machine(), np.array([0, 2, -1]))
