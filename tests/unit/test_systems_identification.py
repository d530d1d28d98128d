"""Chen's system, the tank and its loader, and the flows."""

import os

import numpy as np
import pytest

from rnnlab.systems.chen import chen, chen_map, held_input, low_pass
from rnnlab.systems.flows import flow, lorenz, lorenz_field, van_der_pol
from rnnlab.systems.tank import PILOT_ROWS, pilot_plant, tank, valve


def test_chen_is_the_published_equation():
    rng = np.random.default_rng(0)
    us = held_input(40, rng)
    ys = chen(us, np.random.default_rng(1))[:, 0]
    u = us[:, 0]
    for k in range(2, 40):
        bump = np.exp(-(ys[k - 1] ** 2))
        expected = (0.8 - 0.5 * bump) * ys[k - 1] - (0.3 + 0.9 * bump) * ys[k - 2]
        expected += u[k - 1] + 0.2 * u[k - 2] + 0.1 * u[k - 1] * u[k - 2]
        assert np.isclose(ys[k], expected, atol=1e-12)
    assert np.array_equal(us[:5], np.repeat(us[:1], 5, 0))


def test_each_noise_enters_where_it_should():
    us = held_input(3000, np.random.default_rng(2))
    clean, output, equation = (
        chen(us, np.random.default_rng(3), **n) for n in ({}, {"sigma_w": 0.5}, {"sigma_v": 0.5})
    )
    assert np.isclose((output - clean).std(), 0.5, rtol=0.05)
    past = lambda ys: np.stack([ys[1:-1, 0], ys[:-2, 0]])  # noqa: E731
    v = equation[2:, 0] - chen_map(past(equation), np.stack([us[1:-1, 0], us[:-2, 0]]))
    assert np.isclose(v.std(), 0.5, rtol=0.05)
    assert abs(np.corrcoef(v[1:], v[:-1])[0, 1]) < 0.05


def test_columns_may_have_levels_of_their_own():
    us = held_input(500, np.random.default_rng(4), 3)
    clean = chen(us, np.random.default_rng(5))
    noisy = chen(us, np.random.default_rng(5), sigma_w=np.array([0.0, 1.0, 2.0]))
    assert np.allclose((noisy - clean).std(0), [0.0, 1.0, 2.0], rtol=0.1)


def test_low_passed_noise_keeps_its_size_and_loses_its_high_frequencies():
    noise = np.random.default_rng(6).normal(size=(1000, 2))
    slow = low_pass(noise, 0.2)
    assert np.allclose(slow.std(0), noise.std(0))
    power = np.abs(np.fft.rfft(slow, axis=0)) ** 2
    assert power[101:].max() < 1e-9 * power.max()


def test_the_tank_rests_where_inflow_is_outflow():
    us, ys = tank(4000, np.random.default_rng(7), sigma_v=0.0, sigma_w=0.0, hold=1000)
    for end in (999, 1999, 2999):
        assert np.isclose(3.0 * np.sqrt(ys[end]), valve(us[end]), rtol=1e-6)
    _, noisy = tank(711, np.random.default_rng(8))
    assert noisy.shape == (711,)
    assert 50 < noisy.min() < noisy.max() < 800


def write(folder, name, rows, header="time,input,output"):
    lines = [header] + [f"{10 * i},3.5,{300 + i}" for i in range(rows)]
    (folder / name).write_text("\n".join(lines) + "\n")


def test_the_loader_reads_what_is_there_and_says_what_is_not(tmp_path):
    with pytest.raises(FileNotFoundError, match="MultipleShootingPEM.jl"):
        pilot_plant(tmp_path)
    for name, rows in PILOT_ROWS.items():
        write(tmp_path, name, rows)
    (us, ys), (us_test, ys_test) = pilot_plant(tmp_path)
    assert us.shape == ys.shape == (711,)
    assert us_test.shape == ys_test.shape == (359,)
    assert ys[:3].tolist() == [300.0, 301.0, 302.0]
    write(tmp_path, "test_set.csv", 3590)
    with pytest.raises(ValueError, match="359 rows"):
        pilot_plant(tmp_path)
    write(tmp_path, "test_set.csv", 359, "t,u,y")
    with pytest.raises(ValueError, match="expected time, input, output"):
        pilot_plant(tmp_path)


@pytest.mark.skipif(
    "RNNLAB_PILOT_PLANT" not in os.environ, reason="RNNLAB_PILOT_PLANT names no folder with the record"
)
def test_the_real_record_has_its_published_shape():
    (us, ys), (us_test, ys_test) = pilot_plant(os.environ["RNNLAB_PILOT_PLANT"])
    assert (len(us), len(us_test)) == (711, 359)
    assert np.isclose(us_test[0], 3.733796970557161)
    assert np.isclose(ys_test[-1], 232.27570935978085)


def test_the_flows_integrator_is_of_fourth_order():
    start = np.array([1.0, 1.0, 25.0])
    fine = flow(lorenz_field, start, 6, 0.1, substeps=200)[-1]
    errors = [np.abs(flow(lorenz_field, start, 6, 0.1, substeps=n)[-1] - fine).max() for n in (10, 20)]
    assert 12 < errors[0] / errors[1] < 20


def test_the_attractor_and_the_cycle_are_where_they_are_known_to_be():
    x = lorenz(3000)
    assert x.shape == (3000, 3)
    assert 15 < np.abs(x[:, 0]).max() < 21
    y = van_der_pol(np.array([[0.1, 2.0, -3.0], [0.0, 2.0, 0.0]]), 1000)
    assert y.shape == (1000, 2, 3)
    assert np.allclose(y[500:, 0].max(0), 2.0, atol=0.02), "every start ends on the cycle of amplitude 2"
    z = np.array([[0.5], [-1.5]])
    assert np.allclose(
        van_der_pol(z, 2, 1e-4)[1] - z, 1e-4 * np.array([[-1.5], [(1 - 0.25) * -1.5 - 0.5]]), atol=1e-7
    )
