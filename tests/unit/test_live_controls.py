"""Controls: where they stop, what they refuse, and that a vector of numbers brings their values back."""

import numpy as np
import pytest

from rnnlab.live import choice, integer, log_slider, point, slider, toggle
from rnnlab.live.corners import any_value, end_values

CONTROLS = [
    slider(-1.2, 1.2, 0.9),
    slider(0, 1, 0.333),
    slider(0.05, 1.0, 0.8, step=0.05, label="memory rate", unit="per step", play=3.0),
    log_slider(1e-4, 1.0, 0.03),
    log_slider(0.1, 4.0, 1.0, step=1.1),
    integer(1, 8, 4, label="stages"),
    toggle(True),
    choice(["relu", "tanh"], "tanh"),
    choice({"right": 0, "transposed W": 1}, 0),
    point((-1, 1), (-2, 2), (0.5, 0.25), step=0.05),
    point((0, 1), (3, 3), (0.5, 3)),
]


@pytest.mark.parametrize("control", CONTROLS)
def test_every_value_of_a_control_survives_the_way_to_the_browser_and_back(control):
    rng = np.random.default_rng(0)
    for value in [control.value, *end_values(control), *(any_value(control, rng) for _ in range(20))]:
        assert control.read(control.numbers(value)) == value
        assert type(control.read(control.numbers(value))) is type(value)


@pytest.mark.parametrize("control", CONTROLS)
def test_a_number_that_is_none_is_refused(control):
    with pytest.raises(ValueError, match="finite"):
        control.read([float("nan")] * len(control.numbers(control.value)))


def test_a_slider_stops_at_round_numbers_its_ends_and_its_start():
    stops = slider(-1.2, 1.2, 0.9).stops
    assert stops[0] == -1.2 and stops[-1] == 1.2 and 0.9 in stops and 0.3 in stops
    assert 100 <= len(stops) <= 251
    assert len(str(stops[37])) < 7  # 0.1 + 0.2 reads 0.3
    assert 0.333 in slider(0, 1, 0.333, step=0.1).stops
    assert slider(0, 1, 0.5, step=0.25).stops == (0.0, 0.25, 0.5, 0.75, 1.0)


def test_a_logarithmic_slider_has_even_ratios_and_three_digits():
    control = log_slider(1e-3, 1e3, 1.0)
    ratios = np.divide(control.stops[1:], control.stops[:-1])
    assert len(control.stops) == 6 * 40 + 1
    assert ratios.max() / ratios.min() < 1.02


def test_a_value_between_stops_goes_to_the_nearest_and_beyond_the_ends_to_the_end():
    control = integer(1, 8, 4)
    assert control.read([3.4]) == 3 and control.read([99]) == 8 and control.read([-99]) == 1


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: slider(1, 0, 0.5), "lower to a higher"),
        (lambda: slider(0, 1, 2), "between its ends"),
        (lambda: slider(0, 1, float("nan")), "finite"),
        (lambda: slider(0, 1, True), "finite number"),
        (lambda: slider(0, 1, 0.5, step=0), "positive"),
        (lambda: slider(0, 1, 0.5, step=1e-6), "at most"),
        (lambda: slider(0, 1, 0.5, label=3), "text"),
        (lambda: slider(0, 1, 0.5, play=-1), "seconds"),
        (lambda: log_slider(0, 1, 0.5), "above 0"),
        (lambda: log_slider(0.1, 1, 0.5, step=0.9), "factor above 1"),
        (lambda: log_slider(1e-300, 1e300, 1), "at most"),
        (lambda: integer(0, 1.5, 1), "whole"),
        (lambda: integer(0, 10**6, 1), "at most"),
        (lambda: toggle(1), "True or False"),
        (lambda: choice(["a"], "a"), "at least two"),
        (lambda: choice("ab", "a"), "at least two"),
        (lambda: choice(["a", "b"], "c"), "one of its options"),
        (lambda: choice(["a", "a"], "a"), "differ"),
        (lambda: point((0, 1), (0, 1), (2, 0)), "between its ends"),
        (lambda: point(0.5, (0, 1), (0, 0)), "takes"),
        (lambda: point((0, 1), (0, 1), (0, 0), axes=-1), "counted from 0"),
    ],
)
def test_a_control_that_makes_no_sense_is_refused_in_words(make, says):
    with pytest.raises((ValueError, TypeError), match=says):
        make()
