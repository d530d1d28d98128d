"""`claim` is strict, `published` is honest, `show` shows what runs, `predict` notes one finite number."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rnnlab.models import linear_unit
from rnnlab.teaching import claim, predict, published, show
from rnnlab.teaching.claims import recording

NUMBERS = st.floats(-1e6, 1e6).filter(lambda x: abs(x) > 1e-6)


@given(st.lists(NUMBERS, min_size=1, max_size=8), st.data())
def test_a_claim_holds_for_equal_sides_and_fails_when_one_element_moves_by_one_per_cent(values, data):
    left = np.array(values)
    claim("1.1", left, left.copy())
    wrong = left.copy()
    i = data.draw(st.integers(0, len(values) - 1))
    wrong[i] += 0.01 * np.abs(left).max()
    with pytest.raises(AssertionError, match=r"claim 1\.1 does not hold: largest difference"):
        claim("1.1", left, wrong)


@pytest.mark.parametrize(
    ("left", "right", "says"),
    [
        (np.ones(3), np.ones((3, 1)), "shape"),
        (np.array([]), np.array([]), "empty"),
        (np.array([np.nan]), np.array([np.nan]), "not finite"),
        (np.array([np.inf]), np.array([np.inf]), "not finite"),
        (np.ones(2, np.float32), np.ones(2), "7 digits"),
        (np.array(["a"]), np.array(["a"]), "expected numbers"),
    ],
)
def test_a_claim_refuses_what_it_cannot_compare(left, right, says):
    with pytest.raises(ValueError, match=says):
        claim("1.1", left, right)


def test_a_claim_refuses_one_object_on_both_sides():
    side = np.ones(3)
    with pytest.raises(ValueError, match="same object"):
        claim("1.1", side, side)


def test_whole_numbers_and_booleans_must_be_equal_exactly():
    claim("1.1", np.array([1, 2]), np.array([1, 2]))
    with pytest.raises(AssertionError):
        claim("1.1", np.array([10**15]), np.array([10**15 + 1]), rtol=1e-3)
    with pytest.raises(AssertionError):
        claim("1.1", np.array([True, False]), np.array([True, True]), atol=2.0)


def test_a_claim_prints_one_line_without_the_measured_difference(capsys):
    claim("1.1", np.ones(3), np.ones(3) + 1e-15)
    claim("1.2", torch.tensor(0.5).double(), 0.5, rtol=0, atol=0)
    assert capsys.readouterr().out == (
        "(1.1)  both sides agree · 3 values · within 1e-12\n(1.2)  both sides agree · 1 value · exactly\n"
    )


def test_recording_collects_claims_while_it_is_open():
    with recording() as record:
        claim("1.1", 1.0, 1.0)
    claim("1.2", 2.0, 2.0)
    assert [made.tag for made in record] == ["1.1"]


def test_published_says_when_a_number_is_not_reproduced(capsys):
    published("error", 0.39, "somebody 2018", 0.47, (0.30, 0.45))
    assert capsys.readouterr().out == (
        "error: published 0.39 (somebody 2018) · ours 0.47 · band 0.3 to 0.45 · not reproduced\n"
    )


def test_published_sets_a_finding_in_words_beside_our_number(capsys):
    published("strings", "fails", "somebody 2000", 0.47, (0.4, 0.6))
    assert capsys.readouterr().out == (
        "strings: published fails (somebody 2000) · ours 0.47 · band 0.4 to 0.6 · reproduced\n"
    )


@pytest.mark.parametrize("band", [(0.45, 0.30), (0.3, np.nan)])
def test_published_refuses_a_band_that_is_none(band):
    with pytest.raises(ValueError, match="band"):
        published("error", 0.39, "somebody 2018", 0.35, band)


def test_show_prints_the_source_that_runs(capsys):
    show(linear_unit)
    shown = capsys.readouterr().out
    assert shown.startswith("# rnnlab/models/cells.py\ndef linear_unit(")
    assert "return w * h + x" in shown


def test_predict_asks_then_notes(capsys):
    assert predict("how long?").value is None
    assert "in place of the dots" in capsys.readouterr().out
    noted = predict("how long?", guess=7, marks="x", unit="steps")
    assert (noted.value, noted.marks) == (7.0, "x")
    assert capsys.readouterr().out.startswith("Noted: 7 steps.")
    for wrong in ("7", True, float("nan"), None):
        with pytest.raises(ValueError, match="one finite number"):
            predict("how long?", guess=wrong)
