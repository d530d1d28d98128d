"""Wirings and connection matrices against torch.nn, against one another, and by hand."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnlab.models import adapters, connections, tanh_step, unroll, wirings
from rnnlab.models.connections import Layer, connection_step, linear, stacked, within_step

SIZES = st.integers(1, 5)
SEEDS = st.integers(0, 2**32 - 1)
often = settings(max_examples=40, deadline=None)


def weights(seed, *shapes):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=shape) for shape in shapes]


def torch_rnn(D, N, layers, seed):
    rnn = torch.nn.RNN(D, N, num_layers=layers).double()
    rng = np.random.default_rng(seed)
    for parameter in rnn.parameters():
        parameter.data = torch.tensor(rng.normal(size=tuple(parameter.shape)))
    return rnn


@often
@given(SEEDS, SIZES, SIZES, st.integers(1, 3), st.integers(1, 8))
def test_a_stack_is_torchs_and_is_one_matrix(seed, D, N, layers, T):
    rnn, (xs,) = torch_rnn(D, N, layers, seed), weights(seed, (T, D))
    theirs, last = rnn(torch.tensor(xs))
    wiring = stacked(adapters.torch_layers(rnn))
    zs = unroll(connection_step, np.zeros(layers * N), xs, *wiring)
    assert np.allclose(zs[:, -N:], theirs.detach(), atol=1e-12)
    assert np.allclose(zs[-1].reshape(layers, N), last.detach(), atol=1e-12)


@often
@given(SEEDS, SIZES, SIZES, st.integers(1, 6))
def test_an_elman_network_is_rnn_and_linear(seed, D, K, T):
    rnn, (xs, V, c) = torch_rnn(D, 4, 1, seed), weights(seed, (T, D), (K, 4), (K,))
    ((W, U, b),) = adapters.torch_layers(rnn)
    theirs = rnn(torch.tensor(xs))[0] @ torch.tensor(V.T) + torch.tensor(c)
    assert np.allclose(wirings.elman(xs, W, U, b, V, c), theirs.detach(), atol=1e-12)


@often
@given(SEEDS, SIZES, SIZES, SIZES, st.integers(1, 6))
def test_jordan_is_elman_of_low_rank_and_a_matrix_of_two_layers(seed, D, N, K, T):
    W, U, b, V, c, xs = weights(seed, (N, K), (N, D), (N,), (K, N), (K,), (T, D))
    os = wirings.jordan(xs, W, U, b, V, c)
    assert np.allclose(os, wirings.elman(xs, W @ V, U, b + W @ c, V, c), atol=1e-10)
    assert np.linalg.matrix_rank(W @ V) <= K
    block = np.block([[np.zeros((N, N)), W], [V, np.zeros((K, K))]])
    layers = (Layer(N), Layer(K, linear))
    both = np.vstack([U, np.zeros((K, D))]), np.concatenate([b, c]), layers
    zs = unroll(connection_step, np.concatenate([np.zeros(N), c]), xs, block, *both)
    assert np.allclose(zs[:, N:], os, atol=1e-10)


@often
@given(SEEDS, st.lists(SIZES, min_size=1, max_size=4), st.integers(1, 5))
def test_what_is_left_of_the_diagonal_is_nilpotent_and_solved_in_one_pass(seed, sizes, D):
    N = sum(sizes)
    W, U, b, x, old = weights(seed, (N, N), (N, D), (N,), (D,), (N,))
    L = within_step(W, sizes)
    assert not np.linalg.matrix_power(L, len(sizes)).any()
    layers = [Layer(size, linear) for size in sizes]
    z = connection_step(old, x, W, U, b, layers)
    assert np.allclose(z, np.linalg.solve(np.eye(N) - L, (W - L) @ old + U @ x + b), rtol=1e-8, atol=1e-8)


@often
@given(SEEDS, SIZES, SIZES, st.integers(1, 5))
def test_a_batch_is_its_sequences_side_by_side(seed, D, B, T):
    N, K = 3, 2
    W, U, b, V, c, xs = weights(seed, (N, N), (N, D), (N,), (K, N), (K,), (T, D, B))
    Wj = W[:, :K]
    for network, given_ in (
        (wirings.elman, (W, U)),
        (wirings.jordan, (Wj, U)),
        (wirings.feed_forward, (U,)),
    ):
        batch = network(xs, *given_, b[:, None], V, c[:, None])
        assert batch.shape == (T, K, B)
        for k in range(B):
            assert np.allclose(batch[:, :, k], network(xs[:, :, k], *given_, b, V, c), atol=1e-12)
    step = connection_step(np.zeros((N, B)), xs[0], W, U, b[:, None], (Layer(1), Layer(2)))
    assert np.allclose(step[:, 0], connection_step(np.zeros(N), xs[0, :, 0], W, U, b, (Layer(1), Layer(2))))


def test_the_same_lines_run_on_torch_and_give_gradients():
    W, U, b, V, c, xs = (torch.tensor(w) for w in weights(3, (4, 4), (4, 2), (4,), (3, 4), (3,), (6, 2)))
    V.requires_grad_()
    os = wirings.elman(xs, W, U, b, V, c)
    p = wirings.softmax(os)
    assert torch.allclose(p, torch.softmax(os, -1), atol=1e-12)
    p[:, 0].sum().backward()
    assert V.grad is not None and torch.isfinite(V.grad).all()


def test_softmax_keeps_its_head_at_large_numbers():
    p = wirings.softmax(np.array([[1000.0, 0.0, -1000.0], [3.0, 3.0, 3.0]]))
    assert np.allclose(p, [[1, 0, 0], [1 / 3] * 3])


@often
@given(SEEDS, SIZES, SIZES, st.integers(1, 6))
def test_rates_are_states_before_squashing(seed, N, D, T):
    W, U, xs = weights(seed, (N, N), (N, D), (T, D))
    rs = unroll(wirings.rate_step, np.zeros(N), xs, W, U)
    assert np.allclose(np.tanh(rs), unroll(tanh_step, np.zeros(N), xs, W, U, np.zeros(N)), atol=1e-12)


def test_a_pair_of_functions_gives_what_the_step_gives():
    W, U, b, V, c, xs = weights(5, (4, 4), (4, 2), (4,), (3, 4), (3,), (6, 2))
    pair = adapters.state_space(tanh_step, lambda h: V @ h + c, W, U, b)
    ys = adapters.respond(pair, np.zeros(4), xs)
    assert np.allclose(ys, wirings.elman(xs, W, U, b, V, c), atol=1e-12)
    assert np.allclose(pair.g(np.zeros(4), xs[0]), ys[0])
    assert np.allclose(pair.f(np.zeros(4), xs[0]), tanh_step(np.zeros(4), xs[0], W, U, b))


def test_a_step_without_input_is_unrolled_over_inputs_of_no_entries():
    W, b, h0 = weights(6, (3, 3), (3,), (3,))
    hs = unroll(adapters.autonomous(lambda h, W, b: np.tanh(W @ h + b)), h0, np.zeros((5, 0)), W, b)
    assert np.allclose(hs, unroll(tanh_step, h0, np.zeros((5, 0)), W, np.zeros((3, 0)), b))


@pytest.mark.parametrize(
    "module",
    [torch.nn.GRU(2, 3), torch.nn.RNN(2, 3, nonlinearity="relu"), torch.nn.RNN(2, 3, bidirectional=True), 3],
    ids=["gru", "relu", "both ways", "a number"],
)
def test_other_modules_get_a_sentence(module):
    with pytest.raises(ValueError, match="expected a torch.nn.RNN with tanh"):
        adapters.torch_layers(module)


@pytest.mark.parametrize("wrong", ["z", "W", "U", "b", "axes"])
def test_layers_that_do_not_fit_get_a_sentence(wrong):
    given_ = {
        "z": np.zeros(5),
        "x": np.zeros(2),
        "W": np.zeros((5, 5)),
        "U": np.zeros((5, 2)),
        "b": np.zeros(5),
    }
    given_ |= {"axes": {"b": np.zeros((5, 1))}}.get(wrong) or {wrong: given_[wrong][1:]}
    with pytest.raises(ValueError, match="the layers have 5 units in all"):
        connection_step(**given_, layers=(connections.Layer(2), connections.Layer(3)))
