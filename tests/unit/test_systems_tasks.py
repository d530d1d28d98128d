"""Mackey–Glass against its formula and half steps; letters and the moving dot against what they should be."""

import numpy as np
import pytest

from rnnlab.systems import letters, moving_dot
from rnnlab.systems.mackey_glass import mackey_glass


@pytest.mark.parametrize("start", [0.3, 0.9, 1.2])
def test_until_the_delay_has_passed_it_is_an_exponential(start):
    t, end = 0.1 * np.arange(1, 161), 2 * start / (1 + start**10)
    assert np.allclose(mackey_glass(16, start=start), end + (start - end) * np.exp(-0.1 * t), rtol=1e-9)


@pytest.mark.parametrize("dt, gap", [(0.1, 1e-4), (0.5, 1e-3), (1.0, 1e-2)])
def test_a_step_and_two_half_steps_agree(dt, gap):
    whole, half = mackey_glass(20, dt), mackey_glass(20, dt / 2)
    assert np.abs(whole - half[1::2]).max() < gap
    quarter = mackey_glass(20, dt / 4)
    assert np.abs(half - quarter[1::2]).max() < 0.3 * np.abs(whole - half[1::2]).max()


def test_it_rests_where_making_and_dying_balance():
    assert np.allclose(mackey_glass(50, start=1.0), 1.0, atol=1e-12)


def test_several_starts_run_side_by_side():
    starts = np.array([0.5, 1.2])
    assert np.allclose(mackey_glass(30, start=starts)[:, 1], mackey_glass(30, start=1.2))


@pytest.mark.parametrize("dt, tau", [(0.3, 17.0), (10.0, 20.0)])
def test_a_delay_that_is_no_whole_number_of_steps_gets_a_sentence(dt, tau):
    with pytest.raises(ValueError, match="whole number, 3 or more"):
        mackey_glass(20, dt, tau)


def test_letters_come_in_syllables():
    text = letters.letters(300, np.random.default_rng(1))
    assert len(text) == 300
    rest = text.replace("guuu", "").replace("dii", "").replace("ba", "")
    assert rest in ("", "b", "d", "di", "g", "gu", "guu")
    assert {text.count(k) > 20 for k in "bdg"} == {True}
    assert letters.features("ba").tolist() == [[1, 0, 1, 0, 0, 1], [0, 1, 0, 0, 1, 1]]
    assert len({letters.FEATURES[k] for k in letters.FEATURES}) == 6


@pytest.mark.parametrize("text", ["", "bax"])
def test_unknown_letters_get_a_sentence(text):
    with pytest.raises(ValueError, match="expected some of the letters b, d, g, a, i, u"):
        letters.features(text)


def test_a_letter_batch_is_shifted_by_one():
    xs, ys = next(letters.letter_batches(np.random.default_rng(2), steps=1))
    assert xs.shape == ys.shape == (30, 6, 16)
    assert np.array_equal(xs[1:], ys[:-1])


def test_a_dot_moves_evenly_turns_at_the_ends_and_is_dark_behind_the_wall():
    film = moving_dot.film(np.random.default_rng(3), T=60, B=50)
    assert film.places.min() >= 0 and film.places.max() <= 1
    speed = np.abs(np.diff(film.places, axis=0))
    assert speed.max() <= 0.08 + 1e-12
    assert np.median(speed) > 0.03
    dark = film.frames.sum(1, keepdims=True) == 0
    assert np.array_equal(dark, film.hidden)
    assert film.hidden.any(0).mean() > 0.9
    inside = (film.places > moving_dot.WALL[0] + 1 / 16) & (film.places < moving_dot.WALL[1] - 1 / 16)
    assert film.hidden[inside].all()
    outside = (film.places > 1 / 16) & (film.places < moving_dot.WALL[0] - 1 / 16)
    seen = (film.frames * (np.arange(16)[:, None] + 0.5) / 16).sum(1, keepdims=True)
    assert np.allclose(seen[outside], film.places[outside]), "the mean of the light is the place"
