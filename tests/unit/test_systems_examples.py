"""The examples of lecture 01 have the shapes they promise, and what can be known of them is true."""

import numpy as np
import pytest

from rnnlab.systems import ecg, fibonacci, heater, pushes, speech, text


def test_each_kind_of_sequence_is_a_pair_of_columns():
    rng = np.random.default_rng(0)
    for us, ys in (fibonacci(14), text(), ecg(300, rng), speech(400, rng), heater(300, rng)):
        assert us.shape == ys.shape == (len(us), 1)
        assert np.isfinite(us).all() and np.isfinite(ys).all()


def test_where_the_task_is_the_next_value_the_output_is_the_input_one_step_later():
    rng = np.random.default_rng(0)
    for us, ys in (fibonacci(14), text("abc z"), ecg(300, rng), speech(400, rng)):
        np.testing.assert_array_equal(us[1:], ys[:-1])


def test_fibonacci_and_text_hold_what_they_say():
    assert fibonacci(14)[0][:, 0].tolist() == [1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377]
    assert fibonacci(1)[1].tolist() == [[1]]
    assert text("ab z")[0][:, 0].tolist() == [0, 1, 26]
    for wrong in ("", "a1", "é"):
        with pytest.raises(ValueError, match="letters a to z"):
            text(wrong)


def test_the_heart_beats_at_its_rate():
    us, _ = ecg(6000, np.random.default_rng(1), rate=72)
    signal = us[:, 0]
    peaks = (signal[1:-1] > 0.6) & (signal[1:-1] >= signal[:-2]) & (signal[1:-1] > signal[2:])
    assert abs(peaks.sum() - 72) <= 1


def test_the_voice_rings_at_its_formants():
    us, _ = speech(8000, np.random.default_rng(2))
    spectrum = np.abs(np.fft.rfft(us[:, 0]))
    assert spectrum[600:1200].mean() > 5 * spectrum[2500:3500].mean()


def test_the_heater_settles_where_it_is_told():
    us, ys = heater(1000, np.random.default_rng(3), w=0.9, hold=200)
    np.testing.assert_allclose(ys[199::200], us[199::200], atol=1e-6)


def test_pushes_are_three():
    us = pushes()
    assert (
        us.shape == (40,) and np.count_nonzero(us) == 9 and np.flatnonzero(np.diff(us) != 0).tolist()[0] == 2
    )
