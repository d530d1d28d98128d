"""A case stands for one of several possibilities and does not show which."""

from itertools import permutations

import pytest

from rnnlab.analysis.cases import HIGHEST, OPEN, cases, place
from rnnlab.questions.question import exercises, numbers, questions

DIAGNOSES = [one for n in exercises() for one in questions(n) if one.words and "A" in one.arguments]


@pytest.mark.parametrize("of", [3, 4, 5, 6])
def test_cases_are_all_choices_in_order_and_nothing_can_be_read_off_them(of):
    drawn = cases(of, 3, [(0.5,), (0.7,)])
    assert [tuple(place(case, of) for case in one[:3]) for one in drawn[::2]] == list(
        permutations(range(of), 3)
    )
    assert {one[3] for one in drawn} == {0.5, 0.7}
    stands = {k: [case for case in range(OPEN, HIGHEST) if place(case, of) == k] for k in range(of)}
    for among in stands.values():
        assert len(among) > 0.7 * (HIGHEST - OPEN) / of
        for m in range(2, 11):  # no remainder, and no digit, tells
            assert {case % m for case in among} == set(range(m))
    assert [place(k, of) for k in range(of)] == list(range(of))  # below 100 it says so


@pytest.mark.parametrize("one", DIAGNOSES, ids=[one.number for one in DIAGNOSES])
def test_a_students_numbers_do_not_name_the_answer(one):
    """Neither as places in the list of words, nor by a case that stands for the same word in all sheets."""
    assert all(min(own[:3]) >= OPEN for own in one.draws)
    said = {}
    for own in one.draws:
        for case, word in zip(own, one.reference(*own), strict=False):
            said.setdefault(word, set()).add(case)
    assert min(len(meant) for meant in said.values()) >= 6
    assert numbers(one.number, "ada") == numbers(one.number, " ADA ")
