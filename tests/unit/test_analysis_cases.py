"""A case stands for one of several possibilities and does not show which."""

from itertools import permutations

import numpy as np
import pytest

from rnnlab.analysis.cases import HIGHEST, OPEN, cases, place
from rnnlab.analysis.sick_parity import bits_of, sick_answers
from rnnlab.figures import exercise_01, exercise_04, exercise_05, exercise_06, exercise_09, exercise_10
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


SHOWN = {  # what a student sees of a case; what follows the cases in the numbers is passed on
    "1.6": exercise_01.sick_gradient,
    "2.5": lambda case, seed: sick_answers(case, bits_of(seed)),
    "4.5": exercise_04.symptoms,
    "5.5": exercise_05.symptoms,
    "6.6": exercise_06.shows,
    "9.7": exercise_09.system,
    "10.6": exercise_10.record,
}


@pytest.mark.parametrize("one", DIAGNOSES, ids=[one.number for one in DIAGNOSES])
def test_a_figure_shows_the_case_that_is_marked(one):
    """The picture of a case is that of the place which the right word has in the list."""
    show = SHOWN[one.number]
    for own in one.draws[:: max(1, len(one.draws) // 12)]:
        for case, word in zip(own, one.reference(*own), strict=False):
            seen, meant = show(case, *own[3:]), show(one.words.index(word), *own[3:])
            assert (
                all(map(np.array_equal, seen, meant))
                if isinstance(seen, tuple)
                else np.array_equal(seen, meant)
            )


def test_every_diagnosis_is_shown():
    assert set(SHOWN) == {one.number for one in DIAGNOSES}
