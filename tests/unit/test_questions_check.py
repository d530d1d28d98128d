"""`check` gets a verdict out of anything at all, and says what it saw in words that do not change."""

import sys
import warnings

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rnnlab.questions import check, numbers
from rnnlab.questions.check import Status, Verdict, judge
from rnnlab.questions.q01_impulse_response.echoes import echoes
from rnnlab.questions.question import exercises, question, questions
from rnnlab.questions.sheet import confusions, make_sheet
from rnnlab.questions.values import LARGEST, Fault, as_data, excess, shown

VALUES = [one for exercise in exercises() for one in questions(exercise) if not one.asks_function]


class RaisesOnEverything:
    """Compared, converted, measured or named, it raises; and it lies about its class."""

    def _raise(self, *arguments):
        raise SystemExit("no")

    __eq__ = __ne__ = __lt__ = __bool__ = __len__ = __iter__ = __float__ = __array__ = _raise
    __repr__ = __str__ = __getattr__ = __hash__ = __index__ = _raise
    __class__ = property(_raise)


class EqualsEverything(float):
    def __eq__(self, other):
        return True

    def __sub__(self, other):
        return EqualsEverything(0)

    __rsub__ = __sub__
    __hash__ = float.__hash__


class Unprintable(Exception):
    def __str__(self):
        raise ValueError("nothing to say")


class EndlessList(list):
    def __iter__(self):
        while True:
            yield 1.0


class Masquerading(np.ndarray):
    def __array_finalize__(self, other):
        pass

    def __sub__(self, other):
        return np.zeros(3)

    def __array_function__(self, *arguments):
        raise RuntimeError

    def __array_ufunc__(self, *arguments, **more):
        return np.zeros(3)


class Lying(np.ndarray):
    size = property(lambda self: 10**12)
    shape = property(lambda self: (1,))


def nested(depth):
    found: list = [1.0]
    for _ in range(depth):
        found = [found]
    return found


def objects(*things):
    found = np.empty(len(things), dtype=object)
    for i, thing in enumerate(things):
        found[i] = thing
    return found


def loop():
    found: list = []
    found.append(found)
    return found


THINGS = {
    "None": None,
    "dots": ...,
    "NotImplemented": NotImplemented,
    "truth": True,
    "text": "fifty",
    "long text": "x" * 10**6,
    "bytes": b"\0",
    "huge integer": 10**400,
    "nan": float("nan"),
    "infinity": np.inf,
    "complex": 1j,
    "empty list": [],
    "ragged list": [[1, 2], [3]],
    "deep list": nested(500),
    "list in itself": loop(),
    "endless list": EndlessList([1.0]),
    "long list": [0.0] * (LARGEST + 1),
    "list of dots": [..., ...],
    "list of lists": [[1.0], [2.0], [3.0]],
    "words and numbers": [1.0, "two"],
    "set": {1, 2},
    "dict": {"h": 1},
    "range": range(3),
    "generator": (i for i in range(3)),
    "iterator": iter([1, 2]),
    "class": int,
    "module": np,
    "lambda": lambda: 1,
    "exception": ValueError("x"),
    "0-d array": np.array(7.0),
    "object array": objects(RaisesOnEverything(), None),
    "structured": np.zeros(3, dtype=[("a", float)]),
    "dates": np.zeros(3, dtype="datetime64[s]"),
    "matrix": np.zeros((2, 2)).view(Masquerading),
    "subclass": np.full(3, 9.0).view(Masquerading),
    "masked": np.ma.masked_array([1.0, 2.0, 3.0], mask=True),
    "ten gigabytes": np.broadcast_to(np.float64(0), (10**9,)),
    "float16": np.float16(3),
    "tensor": torch.ones(3),
    "tensor with gradient": torch.ones(3, requires_grad=True) * 2,
    "complex tensor": torch.ones(3, dtype=torch.complex64),
    "bool tensor": torch.ones(3, dtype=torch.bool),
    "bfloat16 tensor": torch.ones(3, dtype=torch.bfloat16),
    "sparse tensor": torch.eye(3).to_sparse(),
    "tensor on no device": torch.ones(3, device="meta"),
    "tensors in a list": [torch.tensor(9.0)] * 3,
    "raises on everything": RaisesOnEverything(),
    "equals everything": EqualsEverything(3),
    "list of hostile": [RaisesOnEverything()] * 3,
}


def raising(error):
    def answer(*arguments):
        raise error

    return answer


def endless(*arguments):
    return endless(*arguments)


def flood(xs, w, u, d):
    print("x" * 10**6)
    print("x", file=sys.stderr)
    warnings.warn("look at me", stacklevel=1)
    return np.log(-xs)


ANSWERS = {
    "no arguments": lambda: 1,
    "too many arguments": lambda a, b, c, d, e: 1,
    "keywords only": lambda *, xs: xs,
    "a generator function": lambda *a: (yield 1),
    "sys.exit": lambda *a: sys.exit(0),
    "endless recursion": endless,
    "value error": raising(ValueError("no such thing")),
    "error that cannot be printed": raising(Unprintable()),
    "GeneratorExit": raising(GeneratorExit()),
    "MemoryError": raising(MemoryError()),
    "multiline error": raising(ValueError("`c` at 0x7fdeadbeef\nand more")),
    "class": list,
    "builtin": print,
    "prints a lot": flood,
    "dots now and then": lambda xs, w, u, d: ... if d > 2 else echoes(xs, w, u, d),
}


@pytest.mark.parametrize("name", THINGS)
@pytest.mark.parametrize("number", ["1.1", "1.2", "1.3", "1.4", "1.5", "1.6"])
def test_whatever_the_answer_is_there_is_a_verdict(number, name):
    for answer in (THINGS[name], lambda *arguments: THINGS[name]):
        verdict = check(number, answer, "ada")
        assert type(verdict) is Verdict
        assert verdict.status is not Status.RIGHT
        assert len(repr(verdict)) < 2000
        assert set(verdict._repr_mimebundle_()) == {"text/plain", "text/html"}
        if name != "generator":
            assert repr(check(number, answer, "ada")) == repr(verdict)


@pytest.mark.parametrize("name", ANSWERS)
def test_whatever_the_answer_does_there_is_a_verdict(name, capfd):
    verdict = check("1.1", ANSWERS[name])
    assert verdict.status in (Status.WRONG_KIND, Status.WRONG)
    assert repr(verdict) == repr(check("1.1", ANSWERS[name]))
    assert "0x7f" not in repr(verdict)
    assert capfd.readouterr() == ("", "")


def test_without_an_id_the_verdict_says_how_to_give_one():
    for student in (None, ..., 3.5, "", "  ", ["ada"], RaisesOnEverything()):
        verdict = check("1.3", 44, student)
        assert verdict.status is Status.WRONG_KIND
        assert 'check("1.3", steps, student=student_id)' in repr(verdict)


def test_an_interrupt_gets_through():
    with pytest.raises(KeyboardInterrupt):
        check("1.1", raising(KeyboardInterrupt()))


def test_an_unknown_question_is_the_callers_mistake():
    for number in ("1.99", "99.1", "one", "1", ""):
        with pytest.raises(ValueError, match="expected|there is no question"):
            check(number, echoes)
    with pytest.raises(ValueError, match="same for everybody"):
        numbers("1.1", "ada")
    with pytest.raises(ValueError, match="NoneType"):
        numbers("1.3", None)


def test_an_answer_that_spoils_its_inputs_or_reuses_its_output_is_judged_by_what_it_returned():
    kept = np.zeros(100)

    def spoils(xs, w, u, d):
        hs = echoes(xs, w, u, d)
        xs[:] = np.nan
        return hs

    def reuses(xs, w, u, d):
        kept[: len(xs)] = echoes(xs, w, u, d)
        return kept[: len(xs)]

    def spoils_and_errs(xs, w, u, d):
        xs[:] = 7.0
        return xs

    assert "xs = [1, 0, 0], w" in repr(check("1.1", spoils_and_errs))
    assert check("1.1", spoils).status is Status.RIGHT
    assert check("1.1", reuses).status is Status.RIGHT


def test_an_array_that_lies_about_its_size_is_taken_as_it_is():
    data = as_data(np.arange(3.0).view(Lying))
    assert type(data) is np.ndarray
    assert data.tolist() == [0.0, 1.0, 2.0]


def test_settings_of_numpy_and_of_printing_are_put_back():
    before, out = np.geterr(), sys.stdout

    def meddles(xs, w, u, d):
        np.seterr(all="raise")
        sys.stdout = None
        warnings.simplefilter("error")
        return xs

    check("1.1", meddles)
    assert np.geterr() == before
    assert sys.stdout is out


def test_the_six_verdicts_read_well():
    assert repr(check("1.1", ...)) == (
        "1.1  not attempted\n     Write your answer as `echoes`, then run this again."
    )
    assert repr(check("1.1", lambda xs, w, u, d: np.append(0.0, echoes(xs, w, u, d)))) == (
        "1.1  not the right kind of thing\n"
        "     Came an array of shape (4,); expected an array of shape (3,): the states, h₁ first.\n"
        "     Probe: xs = [1, 0, 0], w = 0.5, u = 1, d = 2"
    )
    assert "the wait is ignored" in repr(check("1.1", lambda xs, w, u, d: echoes(xs, w, u, 1)))
    wrong = repr(check("1.1", lambda xs, w, u, d: u * xs))
    assert "expected [1, 0, 0.5]\n     got      [1, 0, 0]" in wrong
    almost = check("1.1", lambda xs, w, u, d: 1.003 * echoes(xs, w, u, d))
    assert almost.status is Status.ALMOST
    assert "off by 3e-03 of the largest value; 1e-04 is allowed" in repr(almost)
    assert check("1.1", echoes).status is Status.RIGHT


def test_what_is_right_already_is_said():
    answer = question("1.1").misconceptions[4].wrong
    assert "What is right already: an impulse, with u = 1." in check("1.1", answer).lines


def test_a_word_that_is_not_on_the_list_is_named():
    verdict = check("1.6", ("weight", "saturated", "delay"), "ada")
    assert verdict.status is Status.WRONG_KIND
    assert "the word 'saturated'" in repr(verdict)


def test_of_several_numbers_the_right_ones_are_counted_and_not_named():
    first, second, third = question("4.4").reference(*numbers("4.4", "ada"))
    place = "Look again at lecture 04, section 6, (4.20) to (4.22)."
    counted = {
        (first, second, third + 1): "Of your 3 numbers 2 are right",
        (first + 1, second, third): "Of your 3 numbers 2 are right",
        (first + 1, second, third + 1): "Of your 3 numbers 1 is right",
        (first + 1, second + 1, third + 1): "Not for your numbers, N = 8, D = 2, T = 30, M = 500",
    }
    for answer, some in counted.items():
        (line,) = check("4.4", answer, "ada").lines
        assert line == f"{some}, and this is not one of the usual slips. {place}"


@pytest.mark.parametrize("number", ["1.3", "1.5", "1.6"])
def test_a_fault_without_words_gets_a_verdict(number):
    """A child that a sandbox has stopped can leave one."""
    one = question(number)
    sheet = make_sheet(one, "ada")
    assert judge(one, sheet, confusions(one, sheet), (Fault(""),)).status is Status.WRONG


@pytest.mark.parametrize("number", [one.number for one in VALUES if one.words])
def test_what_is_made_of_words_is_right_for_what_was_shown(number):
    right = question(number).reference(*numbers(number, "ada"))
    assert check(number, right, "ada").lines == ("Right for what you were given.",)


@pytest.mark.parametrize("number", [one.number for one in VALUES if one.rtol and not one.words])
def test_a_value_is_measured_number_by_number(number):
    """Each number may be off by the same share, and a small one by no more because another is large."""
    one, own = question(number), numbers(number, "ada")
    right = np.atleast_1d(one.reference(*own))
    for i in range(right.size):
        for share, status in ((0.9, Status.RIGHT), (1.1, Status.ALMOST)):
            answer = right + share * (one.atol + one.rtol * np.abs(right[i])) * (np.arange(right.size) == i)
            shaped = answer.reshape(np.shape(one.reference(*own)))
            assert check(number, shaped, "ada").status is status, (i, share)


def test_nothing_is_near_nothing_without_a_tolerance():
    zero = np.zeros(2)
    assert excess(zero, zero, 1e-3, 0.0, own_size=True) == 0
    assert excess(zero + 1e-300, zero, 1e-3, 0.0, own_size=True) == np.inf


def test_almost_is_said_in_a_number_where_there_is_no_share():
    rho, *steps = question("5.3").reference(*numbers("5.3", "ada"))
    verdict = check("5.3", (rho + 0.01, *steps), "ada")
    assert verdict.status is Status.ALMOST
    assert verdict.lines[0] == "It is within 0.05 and should be within 0.0005."


GARBAGE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.complex_numbers() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
    max_leaves=10,
)


@settings(max_examples=200, deadline=None)
@given(GARBAGE)
def test_data_is_an_array_of_its_own_or_a_fault(value):
    data = as_data(value)
    assert isinstance(data, Fault) or (
        type(data) is np.ndarray and data.dtype.kind in "fU" and data.base is None
    )


SOUND = arrays(np.float64, st.integers(1, 6), elements=st.floats(-1e6, 1e6))


@settings(max_examples=200, deadline=None)
@given(SOUND, st.floats(-0.99, 0.99), st.floats(1, 10))
def test_what_is_within_a_tolerance_is_within_any_looser_one(expected, share, looser):
    came = expected + share * (1e-7 + 1e-5 * np.abs(expected).max())
    assert excess(expected, expected, 1e-5, 1e-7) == 0
    assert excess(came, expected, 1e-5, 1e-7) <= 1
    assert excess(came, expected, looser * 1e-5, looser * 1e-7) <= 1


@settings(max_examples=100, deadline=None)
@given(SOUND, st.integers(0, 5), st.sampled_from([np.nan, np.inf, -np.inf]))
def test_nothing_that_is_not_finite_is_near_anything_finite(expected, where, bad):
    came = expected.copy()
    came[where % len(came)] = bad
    assert excess(came, expected, 1e3, 1e3) == np.inf


@settings(max_examples=200, deadline=None)
@given(st.text(min_size=1).filter(str.strip))
def test_everybody_has_numbers_and_keeps_them(student):
    mine = numbers("1.3", student)
    assert mine in question("1.3").draws
    assert mine == numbers("1.3", f"  {student}\n")


def test_arrays_are_shown_in_four_digits_and_cut():
    assert shown(np.array([1.0, 1 / 3, -2e-9])) == "[1, 0.3333, -2e-09]"
    assert shown(np.zeros(12)).endswith("0, … 12 in all]")
    assert shown(3) == "3"
