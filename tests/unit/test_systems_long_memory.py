"""The adding problem by its definition, and Reber's strings by their grammar."""

import re
from collections import Counter

import numpy as np
import pytest

from rnnlab.systems.adding import adding, variance
from rnnlab.systems.reber import SYMBOLS, stream, strings

GRAPH = {0: "B1", 1: "T2P3", 2: "S2X4", 3: "T3V5", 4: "X3S6", 5: "P4V6", 6: "E7"}


def is_reber(text):
    node = 0
    for letter in text:
        arcs = dict(re.findall(r"([A-Z])(\d)", GRAPH.get(node, "")))
        if letter not in arcs:
            return False
        node = int(arcs[letter])
    return node == 7


@pytest.mark.parametrize("low", [-1.0, 0.0])
def test_the_answer_is_the_sum_of_two_marked_numbers_one_in_each_half(low):
    xs, ys = adding(np.random.default_rng(0), T=11, B=2000, low=low)
    marks = xs[:, 1]
    assert (marks[:5].sum(0) == 1).all() and (marks[5:].sum(0) == 1).all()
    assert set(np.unique(marks)) == {0, 1}
    for b in range(20):
        first, second = np.flatnonzero(marks[:, b])
        assert ys[0, b] == xs[first, 0, b] + xs[second, 0, b]
    assert xs[:, 0].min() >= low and xs[:, 0].max() < 1
    assert np.isclose(ys.var(), variance(low), rtol=0.1)


def test_too_short_a_sequence_gets_a_sentence():
    with pytest.raises(ValueError, match="T is at least 2"):
        adding(np.random.default_rng(0), 1, 3)


def test_every_string_of_a_stream_is_an_embedded_reber_string():
    symbols, _, _ = stream(np.random.default_rng(1), T=3000, B=3)
    seen = Counter()
    for column in symbols.T:
        found = strings(column)
        assert len(found) > 150
        assert "".join(found) == "".join(SYMBOLS[k] for k in column)[: sum(map(len, found))]
        for text in found:
            assert text[0] == "B" and text[-1] == "E"
            assert text[1] == text[-2] in "TP"
            assert is_reber(text[2:-2]), text
            seen[text[1]] += 1
    assert 0.4 < seen["T"] / seen.total() < 0.6


def test_the_moments_of_truth_are_the_last_symbol_but_one_of_each_string():
    symbols, due, _ = stream(np.random.default_rng(2), T=1500, B=1)
    expected, start = [], 0
    for text in strings(symbols[:, 0]):
        expected.append(start + len(text) - 2)
        start += len(text)
    assert np.flatnonzero(due[:, 0])[: len(expected)].tolist() == expected


def test_a_stream_goes_on_where_it_was():
    whole, due, end = stream(np.random.default_rng(3), T=50, B=4)
    rng = np.random.default_rng(3)
    first, _, place = stream(rng, T=20, B=4)
    second, later_due, last = stream(rng, T=30, B=4, place=place)
    assert np.array_equal(np.concatenate([first, second]), whole)
    assert np.array_equal(later_due, due[20:]) and np.array_equal(last, end)
