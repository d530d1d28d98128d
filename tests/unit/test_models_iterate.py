"""`iterate` against the plain loop, closed forms and published counts; maps against the steps they repeat; devices."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rnnlab.arrays import to_numpy
from rnnlab.gradients import complex_step
from rnnlab.models import devices, linear_unit, maps, tanh_step, tanh_unit, unroll
from rnnlab.models.gates import lstm_step
from rnnlab.models.iterate import BLOCK, iterate

CHAOTIC = (-1, -4, -3, -2, -2, 6, 0, -6, -1, -6, 6, -9, 4, 1, -9, -7)  # Ribeiro et al. 2020, two LSTM units


@given(
    seed=st.integers(0, 2**31),
    P=st.sampled_from([1, 3, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 5]),
    T=st.integers(0, 12),
    data=st.data(),
)
def test_blocks_give_what_one_loop_gives(seed, P, T, data):
    keep = data.draw(st.integers(1, T + 1))
    rng = np.random.default_rng(seed)
    b, w, h = rng.normal(size=(3, P))
    whole = np.stack([h, *(h := tanh_unit(h, b, w) for _ in range(T))])
    kept = iterate(tanh_unit, (b, w), whole[0], T, keep)
    assert np.array_equal(kept, whole[T + 1 - keep :])


@pytest.mark.parametrize("library", ["numpy", "torch"])
def test_a_driven_cost_has_the_gradient_of_a_complex_step_on_a_grid(library):
    rng = np.random.default_rng(1)
    xs = rng.normal(size=(30, 2))
    w, u = np.meshgrid(np.linspace(-1.5, 1.5, 5), np.linspace(-1, 1, 4))
    give = torch.tensor if library == "torch" else np.asarray
    kept = iterate(maps.driven_cost, (give(w), give(u)), (0.0,) * 6, 30, xs=give(xs))
    assert tuple(kept.shape) == (1, 6, 4, 5)
    _, _, _, E, E_w, E_u = to_numpy(kept[-1])

    def cost(p):
        return ((unroll(tanh_unit, 0.0, p[1] * xs[:, 0], p[0]) - xs[:, 1]) ** 2).sum()

    for at in np.ndindex(w.shape):
        theta = np.array([w[at], u[at]])
        assert np.isclose(E[at], cost(theta), rtol=1e-12)
        assert np.allclose([E_w[at], E_u[at]], complex_step(cost, theta), rtol=1e-9, atol=1e-12)


def test_the_logistic_units_sensitivities_are_those_of_a_complex_step():
    def end(p):
        return iterate_complex(p[1], p[0])

    def iterate_complex(b, w, r=0.5):
        for _ in range(20):
            r = w / (1 + np.exp(-r)) + b
        return r

    r, r_w, r_b = iterate(maps.logistic_unit, (-1.3, 2.5), (0.5, 0.0, 0.0), 20)[-1]
    assert np.isclose(r, end((2.5, -1.3)), rtol=1e-13)
    assert np.allclose([r_w, r_b], complex_step(end, np.array([2.5, -1.3])), rtol=1e-10)


def test_pairs_are_the_layer_and_the_layer_with_scaled_weights_is_the_lstm():
    rng = np.random.default_rng(2)
    W, h = rng.normal(size=(2, 2)), rng.normal(size=2)
    kept = iterate(maps.tanh_pair, W.ravel(), tuple(h), 9, keep=9)
    assert np.allclose(
        kept, unroll(tanh_step, h, np.zeros((9, 0)), W, np.zeros((2, 0)), np.zeros(2)), rtol=1e-13
    )
    W, start = rng.normal(size=(8, 2)), rng.normal(size=(2, 2))
    kept = iterate(maps.scaled_lstm, (1.3, *W.ravel()), tuple(start.ravel()), 9, keep=9)
    right = unroll(lstm_step, start, np.zeros((9, 0)), 1.3 * W, np.zeros((8, 0)), np.zeros(8))
    assert np.allclose(kept, right.reshape(9, 4), rtol=1e-12)


def test_a_twist_grows_as_its_closed_form():
    theta, t = np.linspace(-1, 1, 7), np.arange(41)[:, None]
    a, b = iterate(maps.twist, (theta,), (0.0, 0.0), 40, keep=41).swapaxes(0, 1)
    assert np.allclose(a, t * theta, rtol=1e-12)
    assert np.allclose(b, theta**2 * (t - 1) * t * (2 * t - 1) / 12, rtol=1e-12)


def test_stretching_is_the_logarithm_of_the_product_of_jacobians():
    rng = np.random.default_rng(3)
    W, h = 1.4 * rng.normal(size=(2, 2)), rng.normal(size=2)
    v = along = np.array([0.6, 0.8])
    *_, v1, v2, l = iterate(maps.tanh_pair_stretch, W.ravel(), (*h, *v, 0.0), 12)[-1]
    for _ in range(12):
        h = np.tanh(W @ h)
        along = (1 - h**2) * (W @ along)
    assert np.allclose(np.exp(l) * np.array([v1, v2]), along, rtol=1e-10)
    w, b = np.array([0.7, -1.8, 2.5]), np.array([0.2, 0.3, -0.1])
    hs = unroll(tanh_unit, np.full(3, 0.4), np.tile(b, (25, 1)), w)
    l = iterate(maps.tanh_unit_stretch, (b, w), (0.4, 0.0), 25)[-1, 1]
    assert np.allclose(l, np.log(np.abs(w * (1 - hs**2))).sum(0), rtol=1e-12)


def test_the_logistic_map_is_the_doubling_of_an_angle():
    angle = np.linspace(0.1, 1.5, 9)
    kept = iterate(maps.logistic_map, (4.0,), np.sin(angle) ** 2, 10)[-1]
    assert np.allclose(kept, np.sin(2**10 * angle) ** 2, atol=1e-11)


@pytest.mark.parametrize(("s", "values"), [(0.6, 1), (0.8, 3), (1.6, 4)])
def test_the_chaotic_lstm_has_the_known_numbers_of_steady_values(s, values):
    h = iterate(maps.scaled_lstm, (s, *CHAOTIC), (0.5,) * 4, 2000, keep=100)[:, 0]
    assert len(np.unique(h.round(6))) == values


def test_at_scale_one_the_lstm_is_chaotic():
    h = iterate(maps.scaled_lstm, (1.0, *CHAOTIC), (0.5,) * 4, 2000, keep=100)[:, 0]
    assert len(np.unique(h.round(6))) > 90
    near = iterate(maps.scaled_lstm, (1.0, *CHAOTIC), (np.array([0.5, 0.5 + 1e-9]), 0.5, 0.5, 0.5), 300)[
        -1, 0
    ]
    assert np.ptp(near) > 1e-3


@given(
    seed=st.integers(0, 2**31),
    T=st.integers(1, 8),
    weights=st.sampled_from([CHAOTIC, np.linspace(-2, 2, 16)]),
)
def test_the_lstms_stretching_is_the_logarithm_of_the_product_of_its_jacobians(seed, T, weights):
    rng = np.random.default_rng(seed)
    start, s, v = tuple(rng.uniform(-1, 1, 4)), rng.uniform(0.3, 1.6), rng.normal(size=4)
    *state, d1, d2, d3, d4, l = iterate(maps.scaled_lstm_stretch, (s, *weights), (*start, *v, 0.0), T)[-1]
    step = 1e-30
    sideways = start + 1j * step * v  # ∂(state after T steps) v, by a complex step through the map itself
    after = sideways
    for _ in range(T):
        after = np.array(maps.scaled_lstm(tuple(after), s, *weights))
    assert np.allclose(state, after.real, rtol=1e-12)
    assert np.allclose(np.exp(l) * np.array([d1, d2, d3, d4]), after.imag / step, rtol=1e-9, atol=1e-12)
    assert np.isclose(np.linalg.norm([d1, d2, d3, d4]), 1, rtol=1e-12)


@pytest.mark.parametrize(("s", "known", "spread"), [(0.6, -0.33, 0), (1.0, 0.16, 0.006), (1.5, -0.49, 0)])
def test_the_chaotic_lstm_has_the_known_exponents(s, known, spread):
    """Two digits are known, of one orbit; in chaos orbits of 3,000 steps spread by 0.006, and the mean of 64 counts."""
    nudges = 1e-3 * np.random.default_rng(4).normal(size=64)
    start = (0.5 + nudges, 0.5, 0.5, 0.5, 1.0, 1.0, 1.0, 1.0, 0.0)
    early, late = (iterate(maps.scaled_lstm_stretch, (s, *CHAOTIC), start, T)[-1, -1] for T in (500, 3500))
    assert abs((late - early).mean() / 3000 - known) < 0.005 + 2 * spread


def test_what_overflows_is_infinite_without_a_warning():
    ends = iterate(linear_unit, (1.0, np.array([0.5, 10.0, np.nan])), 1.0, 400)[-1]
    assert np.isclose(ends[0], 2.0) and ends[1] == np.inf and np.isnan(ends[2])


def test_float32_stays_float32_and_tensors_stay_tensors_with_their_graph():
    w = np.linspace(-1, 1, 5, dtype=np.float32)
    assert iterate(tanh_unit, (0.1, w), 0.5, 3).dtype == np.float32
    w = torch.linspace(-1, 1, 5, dtype=torch.float64, requires_grad=True)
    end = iterate(tanh_unit, (0.1, w), 0.5, 30)[-1]
    end.sum().backward()
    right = [
        complex_step(lambda v: unroll(tanh_unit, 0.5, np.full(30, 0.1), v)[-1], v) for v in w.detach().numpy()
    ]
    assert np.allclose(w.grad, right, rtol=1e-10)


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        ({"steps": -1}, "steps=-1"),
        ({"keep": 0}, "keep=0"),
        ({"keep": 5}, "keep=5"),
        ({"xs": np.zeros(2)}, r"\(2,\); expected one row for each of 3"),
        ({"way": "fast"}, "way='fast'"),
        ({"start": np.zeros(7)}, "do not broadcast"),
        ({"way": "triton"}, "float32 tensors"),
    ],
)
def test_wrong_arguments_are_told(wrong, match):
    if wrong.get("way") == "triton":
        pytest.importorskip("triton")
    given = {"step": tanh_unit, "parameters": (0.1, np.zeros(4)), "start": 0.5, "steps": 3}
    with pytest.raises(ValueError, match=match):
        iterate(**(given | wrong))


@pytest.fixture
def a_gpu(monkeypatch):
    monkeypatch.delenv("RNNLAB_DEVICE", raising=False)

    def say(there):
        monkeypatch.setattr(devices, "_gpu", lambda: there)

    return say


def test_the_device_is_chosen_by_size_and_can_be_forced(a_gpu, monkeypatch):
    a_gpu(True)
    assert (
        devices.device_for(devices.GPU_PAYS) == "cuda" and devices.device_for(devices.GPU_PAYS - 1) == "cpu"
    )
    assert devices.device_for(1, "cuda") == "cuda" and devices.device_for(10**6, "cpu") == "cpu"
    assert devices.devices() == ["cuda", "cpu"]
    monkeypatch.setenv("RNNLAB_DEVICE", "cpu")
    assert devices.device_for(10**6) == "cpu" and devices.devices() == ["cpu"]
    assert devices.device_for(1, "cuda") == "cuda"
    a_gpu(False)
    monkeypatch.setenv("RNNLAB_DEVICE", "cuda")
    with pytest.raises(ValueError, match="RNNLAB_DEVICE='cuda', and torch finds no GPU"):
        devices.device_for(1)
    monkeypatch.setenv("RNNLAB_DEVICE", "tpu")
    with pytest.raises(ValueError, match="'tpu'; expected one of cpu, cuda"):
        devices.devices()


def test_without_a_gpu_everything_is_numpys(a_gpu):
    a_gpu(False)
    assert devices.device_for(10**9) == "cpu" and devices.devices() == ["cpu"]
    w = np.linspace(0, 1, 3)
    assert devices.put(w, "cpu") is w
