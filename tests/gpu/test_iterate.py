"""The kernel against NumPy: every map, sizes off the block, no step, one step, overflow, NaN, chaos by statistics.

What float32 may cost is not guessed: NumPy's own float32 run is measured against float64 on the same numbers, and the
kernel may be four times as far off. Its tanh, σ and division are within two last digits where NumPy's are within one,
and the maps carry both kinds of error on alike. Chaos carries them to the size of the orbit, so there, statistics.
"""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.models import linear_unit, maps, tanh_unit
from rnnlab.models.iterate import _suits_triton, iterate

pytest.importorskip("triton", reason="triton is not installed: it exists for Linux alone")
from rnnlab.models import iterate_triton  # noqa: E402

EPS = float(np.finfo(np.float32).eps)
CHAOTIC = (-1, -4, -3, -2, -2, 6, 0, -6, -1, -6, 6, -9, 4, 1, -9, -7)  # Ribeiro et al. 2020, two LSTM units
SIZES = {  # parameters, entries of the state, entries of an input
    linear_unit: (2, 1, 0),
    tanh_unit: (2, 1, 0),
    maps.logistic_map: (1, 1, 0),
    maps.tanh_unit_stretch: (2, 2, 0),
    maps.tanh_pair: (4, 2, 0),
    maps.tanh_pair_stretch: (4, 5, 0),
    maps.twist: (1, 2, 0),
    maps.driven_unit: (2, 3, 1),
    maps.driven_cost: (2, 6, 2),
    maps.logistic_unit: (2, 3, 0),
    maps.scaled_lstm: (17, 4, 0),
    maps.scaled_lstm_stretch: (17, 9, 0),
}
STEPS = pytest.mark.parametrize("step", SIZES, ids=lambda step: step.__name__)


def on(device, value):
    """A float32 tensor of an array; a number stays one."""
    return torch.tensor(value, dtype=torch.float32, device=device) if isinstance(value, np.ndarray) else value


def both(step, parameters, start, steps, device, keep=1, xs=None, way="triton"):
    """NumPy in float64, NumPy in float32, and the kernel, on numbers that float32 holds exactly."""

    def cast(value, dtype):
        if isinstance(value, tuple):
            return tuple(cast(one, dtype) for one in value)
        return value.astype(np.float32).astype(dtype) if isinstance(value, np.ndarray) else value

    exact, single = (
        iterate(step, cast(tuple(parameters), t), cast(start, t), steps, keep, cast(xs, t))
        for t in (np.float64, np.float32)
    )
    first = tuple(on(device, one) for one in start) if isinstance(start, tuple) else on(device, start)
    given = [on(device, value) for value in parameters]
    with np.errstate(over="ignore", invalid="ignore"):  # the interpreter's own NumPy, where it must overflow
        ours = iterate(step, given, first, steps, keep, None if xs is None else on(device, xs), way)
    assert ours.device.type == device and ours.dtype == torch.float32
    return exact, single, ours.cpu().numpy()


def allowed(exact, single):
    """Four times the largest error of NumPy's float32 in each entry of the state, and 16 last digits of its size."""
    axes = tuple(i for i in range(exact.ndim) if i != 1) if exact.ndim == 3 else None
    error = np.abs(single - exact).max(axis=axes, keepdims=True)
    return 4 * error + 16 * EPS * np.maximum(1, np.abs(exact).max(axis=axes, keepdims=True))


def a_case(step, rng, P, T):
    """Random parameters, starts and inputs of this map, tame enough not to be chaotic."""
    n, S, D = SIZES[step]
    parameters = [rng.uniform(-1.2, 1.2, P) for _ in range(n)]
    if step in (maps.scaled_lstm, maps.scaled_lstm_stretch):
        parameters = [rng.uniform(0.2, 0.7, P), *map(float, CHAOTIC)]
    if step is maps.logistic_map:
        parameters = [rng.uniform(0.5, 3.4, P)]
    start = tuple(rng.uniform(0.1, 0.9, P) for _ in range(S))
    xs = None if D == 0 else rng.normal(size=(T,) if D == 1 else (T, D))
    return parameters, start if S > 1 else start[0], xs


@STEPS
@settings(max_examples=12)
@given(
    seed=st.integers(0, 2**31),
    P=st.sampled_from([1, 2, 255, 256, 257, 600]),
    T=st.integers(0, 25),
    d=st.data(),
)
def test_every_map_is_numpys(step, device, seed, P, T, d):
    parameters, start, xs = a_case(step, np.random.default_rng(seed), P, T)
    exact, single, ours = both(step, parameters, start, T, device, d.draw(st.integers(1, T + 1)), xs)
    assert ours.shape == exact.shape
    assert (np.abs(ours - exact) <= allowed(exact, single)).all()


def test_all_maps_are_tested():
    assert set(SIZES) == set(iterate_triton.STEPS)


@STEPS
def test_no_step_gives_the_start_and_one_step_is_the_step(step, device):
    parameters, start, xs = a_case(step, np.random.default_rng(1), 300, 1)
    starts = np.stack(start) if isinstance(start, tuple) else start
    _, single, ours = both(step, parameters, start, 0, device, xs=None if xs is None else xs[:0])
    assert np.array_equal(ours[0], starts.astype(np.float32)) and np.array_equal(ours, single)
    exact, single, ours = both(step, parameters, start, 1, device, keep=2, xs=xs)
    assert np.array_equal(ours[0], starts.astype(np.float32))
    assert (np.abs(ours - exact) <= allowed(exact, single)).all()


def test_a_grid_keeps_its_shape_and_numbers_go_with_arrays(device):
    w, b = np.linspace(-2, 2, 17)[:, None], np.linspace(-1, 1, 31)
    exact, single, ours = both(maps.tanh_unit_stretch, (b, w), (0.25, 0.0), 40, device, keep=3)
    assert ours.shape == (3, 2, 17, 31) and (np.abs(ours - exact) <= allowed(exact, single)).all()
    for start in (0.25, np.array([0.25])):
        exact, _, ours = both(tanh_unit, (0.5, np.linspace(-2, 2, 300)), start, 40, device)
        assert np.allclose(ours, exact, atol=1e-5)


def test_what_overflows_is_infinite_and_nothing_else_is_touched(device):
    w = np.array([0.5, 10.0, -10.0, 1e30, 1.0] * 60)
    exact, single, ours = both(linear_unit, (1.0, w), 1.0, 60, device)
    assert np.array_equal(np.isinf(ours), np.isinf(single)) and np.isinf(ours).sum() == 180
    assert np.array_equal(np.sign(ours[np.isinf(ours)]), np.sign(single[np.isinf(ours)]))
    assert np.allclose(ours[np.isfinite(ours)], exact[np.isfinite(ours)], rtol=1e-5)


def test_squashing_bends_at_no_size(device):
    """tanh and σ, which the kernel makes of exponentials, from the smallest numbers to those whose e^a overflows."""
    a = np.concatenate([s * np.geomspace(1e-30, 3e38, 3001) for s in (1, -1)] + [[0.0, np.inf, -np.inf]])
    _, _, ours = both(tanh_unit, (a, 0.0 * np.ones(a.shape)), 0.0, 1, device)
    a = a.astype(np.float32)
    assert np.allclose(ours[0], np.tanh(a.astype(float)), rtol=4 * EPS, atol=0)
    _, _, ours = both(maps.logistic_unit, (0.0, 1.0), (a, 0.0, 0.0), 1, device)
    right = (1 + np.tanh(a.astype(float) / 2)) / 2
    assert np.allclose(ours[0, 0], right, rtol=8 * EPS, atol=EPS / 8) and np.isfinite(ours).all()


@STEPS
def test_a_nan_stays_in_its_lane(step, device):
    parameters, start, xs = a_case(step, np.random.default_rng(2), 300, 5)
    parameters[0][77] = np.nan
    exact, single, ours = both(step, parameters, start, 5, device, xs=xs)
    lanes = np.isnan(ours).reshape(-1, 300).any(0)
    assert np.array_equal(np.flatnonzero(lanes), [77]) and np.array_equal(np.isnan(ours), np.isnan(exact))


@pytest.mark.parametrize(
    ("step", "parameters", "S"),
    [(maps.logistic_map, (np.full(512, 3.9),), 1), (maps.scaled_lstm, (np.full(512, 1.0), *CHAOTIC), 4)],
    ids=["logistic_map", "scaled_lstm"],
)
def test_chaos_has_numpys_statistics(step, parameters, S, device):
    """First and second moments of 512 orbits over 40 kept steps, apart by at most four of their standard errors."""
    start = tuple(np.random.default_rng(3).uniform(0.3, 0.7, (S, 512)))
    exact, _, ours = both(step, parameters, start if S > 1 else start[0], 120, device, keep=40)
    assert np.abs(ours - exact).max() > 0.1  # no orbit is the same in the end
    for power in (1, 2):
        a, b = (x.reshape(40, S, 512).astype(float) ** power for x in (ours, exact))
        error = np.sqrt((a.mean(0).var(-1) + b.mean(0).var(-1)) / 512)
        assert (np.abs(a.mean((0, 2)) - b.mean((0, 2))) < 4 * error).all()


def test_the_loop_gives_the_same_and_keeps_a_graph(device):
    parameters, start, xs = a_case(maps.driven_cost, np.random.default_rng(4), 50, 20)
    exact, single, ours = both(maps.driven_cost, parameters, start, 20, device, xs=xs, way="loop")
    assert (np.abs(ours - exact) <= allowed(exact, single)).all()
    w = torch.linspace(-1, 1, 5, device=device, requires_grad=True)
    (slope,) = torch.autograd.grad(iterate(tanh_unit, (0.1, w), 0.5, 20)[-1].sum(), w)
    assert slope.device.type == device and bool(torch.isfinite(slope).all())


def test_what_suits_the_kernel():
    def tensor(is_cuda=True, dtype=torch.float32, requires_grad=False):
        return SimpleNamespace(is_cuda=is_cuda, dtype=dtype, requires_grad=requires_grad)

    assert _suits_triton(tanh_unit, [tensor(), tensor()])
    for other in (tensor(is_cuda=False), tensor(dtype=torch.float64), tensor(requires_grad=True)):
        assert not _suits_triton(tanh_unit, [tensor(), other])
    assert not _suits_triton(abs, [tensor()]) and not _suits_triton(tanh_unit, [])


def test_the_kernel_is_chosen_on_a_gpu_in_float32_without_a_graph(gpu, monkeypatch):
    ran = []
    monkeypatch.setattr(iterate_triton, "run", lambda *a: ran.append(a) or torch.zeros(1, 1, 4))
    w = torch.zeros(4, device=gpu)
    iterate(tanh_unit, (0.0, w), 0.0, 1)
    assert len(ran) == 1
    iterate(tanh_unit, (0.0, w.double()), 0.0, 1)
    iterate(tanh_unit, (0.0, w.clone().requires_grad_()), 0.0, 1)
    iterate(lambda h, w: w * h, (w,), 0.0, 1)
    assert len(ran) == 1


def test_what_the_kernel_cannot_do_is_told(device):
    w = torch.zeros(4, device=device)
    with pytest.raises(ValueError, match="does not know <lambda>; it knows linear_unit, tanh_unit"):
        iterate(lambda h, w: w * h, (w,), 0.0, 1, way="triton")
    with pytest.raises(ValueError, match="came torch.float64"):
        iterate(tanh_unit, (0.0, w.double()), 0.0, 1, way="triton")
    with pytest.raises(ValueError, match="came no tensor"):
        iterate(tanh_unit, (0.0, np.zeros(4)), 0.0, 1, way="triton")
