"""Reservoirs against dense matrices, the generic loop, torch, and reservoirpy where it is installed."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.models import tanh_step, unroll
from rnnlab.models.reservoir import Reservoir, Sparse, free_step, make_reservoir, reservoir_step, run
from rnnlab.models.wave import trough

SEEDS = st.integers(0, 10_000)


def drawn(seed: int, N: int = 30, D: int = 2, T: int = 15):
    rng = np.random.default_rng(seed)
    return make_reservoir(N, D, rng, fan_in=5, bias=0.4), rng.normal(size=(T, D)), rng.uniform(-1, 1, N)


def by_hand(net, xs, h0, rho, alpha, scale):
    return unroll(reservoir_step, h0, xs, rho * net.W.dense(), scale * net.U, net.b, alpha)


@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_a_sparse_matrix_multiplies_as_its_dense_one(seed):
    net, _, h = drawn(seed)
    H = np.random.default_rng(seed).normal(size=(30, 4))
    assert np.allclose(net.W @ h, net.W.dense() @ h, rtol=0, atol=1e-13)
    assert np.allclose(net.W @ H, net.W.dense() @ H, rtol=0, atol=1e-13)
    assert np.allclose(net.W.scaled(-2.5).dense(), -2.5 * net.W.dense())
    W = Sparse(torch.from_numpy(net.W.columns), torch.from_numpy(net.W.values))
    assert np.allclose(W @ torch.from_numpy(h), net.W.dense() @ h, rtol=0, atol=1e-13)
    assert np.allclose(W @ torch.from_numpy(H), net.W.dense() @ H, rtol=0, atol=1e-13)


def test_a_processor_without_mkl_gathers_instead(monkeypatch):
    net, xs, h = drawn(8)
    by_rows, states = net.W @ h, run(net, xs)
    monkeypatch.setattr(torch.backends.mkl, "is_available", lambda: False)
    assert np.allclose(net.W @ h, by_rows, rtol=0, atol=1e-13)
    assert np.allclose(run(net, xs), states, rtol=0, atol=1e-12)
    W = Sparse(torch.from_numpy(net.W.columns), torch.from_numpy(net.W.values))
    assert np.allclose(W @ torch.from_numpy(h), by_rows, rtol=0, atol=1e-13)


def test_states_have_the_type_of_the_reservoir():
    """Single precision in, single precision out, and the states of double precision to its digits."""
    net, xs, _ = drawn(9)
    single = Reservoir(
        Sparse(net.W.columns, net.W.values.astype("f4")), net.U.astype("f4"), net.b.astype("f4")
    )
    knobs = np.float64(0.9), np.float64(0.5), np.float64(0.8)  # a NumPy number is of double precision
    for rho in (knobs[0], np.array([0.9, 0.9])):
        hs = run(single, xs, rho, *knobs[1:])
        assert hs.dtype == np.float32
        assert np.abs(hs - run(net, xs, rho, *knobs[1:])).max() < 1e-5


def test_states_go_where_there_is_room():
    net, xs, _ = drawn(10)
    room, rhos = np.empty((2, 12, 30)), np.array([0.5, 1.1])
    hs = run(net, xs, rhos, washout=3, out=room)
    assert np.shares_memory(hs, room)
    assert np.array_equal(hs, run(net, xs, rhos, washout=3))


def test_a_column_heard_twice_counts_twice():
    W = Sparse(np.array([[1, 0], [1, 1]]), np.array([[2.0, 5.0], [3.0, 7.0]]))
    assert np.array_equal(W.dense(), [[0, 5], [5, 7]])
    assert np.array_equal(W @ np.array([1.0, 10.0]), [50, 75])


@pytest.mark.parametrize("N, fan_in", [(2, 1), (40, 10), (100, 100)])
def test_a_reservoir_has_spectral_radius_one_and_its_fan_in(N, fan_in):
    net = make_reservoir(N, 3, np.random.default_rng(4), fan_in=fan_in, bias=0.2)
    assert np.isclose(np.abs(np.linalg.eigvals(net.W.dense())).max(), 1)
    assert ((net.W.dense() != 0).sum(1) == fan_in).all()
    assert net.U.shape == (N, 3)
    assert np.abs(net.U).max() <= 1
    assert np.abs(net.b).max() <= 0.2


@settings(max_examples=30, deadline=None)
@given(SEEDS, st.floats(0.1, 1.5), st.floats(0.05, 1.0), st.floats(0.1, 2.0), st.integers(0, 10))
def test_run_is_unroll(seed, rho, alpha, scale, washout):
    net, xs, h0 = drawn(seed)
    expected = by_hand(net, xs, h0, rho, alpha, scale)
    assert np.allclose(run(net, xs, rho, alpha, scale, washout, h0), expected[washout:], rtol=0, atol=1e-12)


@settings(max_examples=20, deadline=None)
@given(SEEDS)
def test_settings_side_by_side_are_settings_one_by_one(seed):
    net, xs, _ = drawn(seed)
    rng = np.random.default_rng(seed)
    rhos, alphas, scales = rng.uniform(0.1, 1.5, 3), rng.uniform(0.1, 1, 3), rng.uniform(0.1, 2, 3)
    h0, each = rng.uniform(-1, 1, (30, 3)), rng.normal(size=(15, 2, 3))
    together = run(net, xs, rhos, alphas, scales, 4, h0)
    apart = run(net, each, 0.9, 0.5, 1.0, 4, h0)
    for j in range(3):
        expected = by_hand(net, xs, h0[:, j], rhos[j], alphas[j], scales[j])[4:]
        assert np.allclose(together[:, :, j], expected, rtol=0, atol=1e-12)
        expected = by_hand(net, each[:, :, j], h0[:, j], 0.9, 0.5, 1.0)[4:]
        assert np.allclose(apart[:, :, j], expected, rtol=0, atol=1e-12)


def test_the_same_line_runs_on_torch():
    net, xs, h0 = drawn(1)
    W = Sparse(torch.from_numpy(net.W.columns), torch.from_numpy(net.W.values))
    twin = Reservoir(W, torch.from_numpy(net.U), torch.from_numpy(net.b))
    xt, rhos = torch.from_numpy(xs), np.array([0.5, 1.1])
    assert np.allclose(
        run(twin, xt, 0.8, 0.4, h0=torch.from_numpy(h0)), run(net, xs, 0.8, 0.4, h0=h0), atol=1e-12
    )
    assert np.allclose(run(twin, xt, rhos, washout=3), run(net, xs, rhos, washout=3), atol=1e-12)


def test_without_a_leak_it_is_the_simple_recurrent_step():
    net, xs, h0 = drawn(2)
    weights = net.W.dense(), net.U, net.b
    assert np.array_equal(reservoir_step(h0, xs[0], *weights, 1.0), tanh_step(h0, xs[0], *weights))


def test_a_free_step_is_a_read_out_and_a_step():
    net, _, h0 = drawn(3)
    rng = np.random.default_rng(3)
    V, c, x = rng.normal(size=(2, 32)), rng.normal(size=2), rng.normal(size=2)
    W = net.W.dense()
    z = free_step(np.concatenate([x, h0]), np.zeros(0), W, net.U, net.b, 0.3, V, c)
    y = V[:, :2] @ x + V[:, 2:] @ h0 + c
    assert np.allclose(z, np.concatenate([y, 0.7 * h0 + 0.3 * np.tanh(W @ h0 + net.U @ y + net.b)]))


def test_progress_changes_nothing(capsys):
    net, xs, _ = drawn(5)
    assert np.array_equal(run(net, xs, progress=True), run(net, xs))


def test_bad_input_gets_a_sentence():
    net, xs, _ = drawn(6)
    with pytest.raises(ValueError, match="one row a step"):
        run(net, xs[:, :1])
    with pytest.raises(ValueError, match="a washout of 15 leaves none of 15 steps"):
        run(net, xs, washout=15)
    xs[7, 1] = np.nan
    with pytest.raises(ValueError, match="not finite, first at step 7"):
        run(net, xs)
    with pytest.raises(ValueError, match="fan_in between 1 and N"):
        make_reservoir(5, 1, np.random.default_rng(0), fan_in=6)
    with pytest.raises(ValueError, match="M ≥ 2"):
        trough(1)


def test_water_keeps_its_amount_and_comes_to_rest():
    """Without friction a push only adds what it adds; with friction the surface is a stable linear reservoir."""
    W, U = trough(12, damping=0.0)
    hs = unroll(lambda h, x: W @ h + U @ x, np.zeros(24), np.eye(60)[:, :1])
    amount = hs[:, :12].sum(1)
    assert np.allclose(np.diff(amount), 1.0)  # the push is a velocity: the level rises evenly
    assert np.abs(np.linalg.eigvals(trough(12)[0])).max() < 1


def test_states_are_those_of_reservoirpy():
    nodes = pytest.importorskip("reservoirpy.nodes")
    net, xs, _ = drawn(7, N=80, T=60)
    node = nodes.Reservoir(W=0.9 * net.W.dense(), Win=0.5 * net.U, bias=net.b, lr=0.3)
    assert np.abs(node.run(xs) - run(net, xs, 0.9, 0.3, 0.5)).max() < 1e-10
