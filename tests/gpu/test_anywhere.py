"""Every function that takes arrays takes tensors of a device, gives NumPy's answer there, and does not go home for it.

Where there is no GPU the tensors are the CPU's, of a class that behaves as if they were far away: NumPy cannot read
them, they do not mix with tensors at home, and each look at a value, which waits for a GPU, is counted.
"""

from contextlib import nullcontext

import numpy as np
import pytest
import torch
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves

from rnnlab.analysis import echoes, flow_network, one_unit, spectra
from rnnlab.arrays import is_tensor
from rnnlab.gradients import norm_preserving as omega
from rnnlab.gradients.bptt import bptt
from rnnlab.gradients.gates import gru_bptt, lstm_bptt
from rnnlab.gradients.rtrl import rtrl, rtrl_in_blocks, rtrl_one_by_one
from rnnlab.gradients.truncated import truncated, truncated_in_blocks
from rnnlab.gradients.unit import state_gradients
from rnnlab.models import cells, gates, maps, narx, reservoir, seven_terms, spiking, wirings
from rnnlab.models.adapters import cascade
from rnnlab.models.connections import Layer, connection_step
from rnnlab.models.iterate import iterate
from rnnlab.models.unroll import unroll
from rnnlab.training import clipping, readout
from rnnlab.training.cost import cost, squared_error

N, D, B, K = 5, 3, 4, 2
LOOKS = {torch.Tensor.__bool__, torch.Tensor.item, torch.Tensor.__float__, torch.Tensor.__int__}
HOME = {torch.Tensor.numpy, torch.Tensor.__array__, torch.Tensor.tolist}


class Afar(torch.Tensor):
    """A tensor on the CPU that a function treats as one of a GPU, or fails."""

    looks = 0

    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        if func in HOME:
            raise AssertionError(f"{func.__name__} brings a tensor home")
        Afar.looks += func in LOOKS
        for tensor in tree_leaves((args, kwargs)):
            if type(tensor) is torch.Tensor and tensor.ndim > 0 and tensor.layout is torch.strided:
                raise AssertionError(
                    f"{func} mixes a tensor of the device with one at home, {tuple(tensor.shape)}"
                )
        return super().__torch_function__(func, types, args, kwargs or {})


class There(TorchFunctionMode):
    """What is made on the device that its maker names, which is another tensor's, is far away too."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        made = func(*args, **(kwargs or {}))
        named = (kwargs or {}).get("device") is not None
        return made.as_subclass(Afar) if named and type(made) is torch.Tensor else made


class Numbers:
    """Random arrays of given shapes: NumPy's, or the same on the device."""

    def __init__(self, give):
        self.rng, self.give = np.random.default_rng(0), give

    def __call__(self, *shape, scale=0.5):
        return self.give(scale * self.rng.normal(size=shape))

    def layer(self, rows=1, batch=False):
        return self(rows * N, N), self(rows * N, D), self(rows * N, *((1,) if batch else ()))


def backward(n, T, batch):
    tail = (B,) if batch else ()
    W, U, b = n.layer(batch=batch)
    h0, xs, explicit = n(N, *tail), n(T, D, *tail), n(T, N, *tail)
    hs = unroll(cells.tanh_step, h0, xs, W, U, b)
    return bptt(h0, xs, hs, W, 1 - hs * hs, explicit)


def gated(n, T, rows, step, walk, batch):
    tail = (B,) if batch else ()
    W, U, b = n.layer(rows, batch)
    s0 = n(2, N, *tail) if rows == 4 else n(N, *tail)
    xs, explicit = n(T, D, *tail), n(T, N, *tail)
    return walk(s0, xs, unroll(step, s0, xs, W, U, b), W, U, b, explicit)


def forward(n, T, form, *more):
    weights, samples = n.layer(), zip(n(T, D), n(T, N), strict=True)
    return form(n(N), samples, *weights, lambda h, y: h - y, *more)


def omegas(n, T):
    W, slopes, dhs = n(N, N), n(T, N), n(T, N)
    return omega.norm_preserving(W, slopes, dhs), omega.norm_preserving_squared(W, slopes, dhs)


def gru_after(n, T):
    return unroll(gates.gru_after_step, n(N, B), n(T, D, B), *n.layer(3, True), n(N, 1))


def two_lstms(n, T):
    layers = [n.layer(4), (n(4 * N, N), n(4 * N, N), n(4 * N))]
    return unroll(cascade(gates.lstm_step, layers), n(2, 2 * N), n(T, D))


def many_narx(n, T):
    weights = n(B, N, 2), n(B, N, 2), n(B, N, 1), n(B, 1, N), n(B, 1, 1)
    us, ys = n(T, B), n(T, B)

    def f(y_past, u_past):
        return narx.narx_network(y_past, u_past, *weights)

    runs = (narx.free_run, narx.one_step)
    return [run(f, us, ys, 2, 2) for run in runs] + [
        narx.ahead(f, us, ys, 2, 2, 3),
        narx.regressors(us, ys, 2, 2),
    ]


def echo(n, T, settings):
    net = reservoir.make_reservoir(30, D, np.random.default_rng(1), bias=0.3)
    W = reservoir.Sparse(n.give(net.W.columns), n.give(net.W.values))
    net = reservoir.Reservoir(W, n.give(net.U), n.give(net.b))
    rho = n.give(np.array([0.5, 0.9])) if settings else 0.9
    return reservoir.run(net, n(T, D), rho=rho, alpha=0.7, washout=2)


def spikes(n, T):
    W, U, b = n(N, N), n(N, D), n(N)
    return unroll(spiking.lif_step, 0 * n(2, N), n(T, D, scale=3.0), W, U, b, 0.9, 0.9)


def readouts(n, T):
    Z, Y = n(T + 20, N), n(T + 20, K)
    fits = [fit(Z, Y, 0.1) for fit in (readout.ridge, readout.ridge_svd, readout.ridge_dual)]
    return fits + readout.ridge_path(Z, Y, [0.1, 1.0]) + [fits[0](Z)]


def clipped(n, T):
    g = [n(N, N), n(N), n(T)]
    return clipping.clip_by_norm(g, 0.1), clipping.clip_by_element(g, 0.1), clipping.joint_norm(g)


def a_unit(n, T):
    r, w, b = n(6), n(6, scale=3.0), n(6)
    rs = one_unit.orbit(r, w, b, T)
    return rs, one_unit.reach(rs, w), one_unit.wall(w), one_unit.cost_and_gradient(w, b, T)


def networks(n, T):
    W, U, b = n.layer(batch=True)
    V, c, xs = n(K, N), n(K, 1), n(T, D, B)
    V_back = n(N, K)
    return (
        wirings.elman(xs, W, U, b, V, c),
        wirings.jordan(xs, V_back, U, b, V, c),
        wirings.feed_forward(xs, U, b, V, c),
        wirings.softmax(n(T, K)),
        unroll(wirings.rate_step, n(N, B), xs, W, U),
        unroll(cells.threshold_step, n(N, B), xs, W, U, b),
        unroll(cells.linear_step, n(N, B), xs, W, U, b),
    )


def wired(n, T):
    layers = (Layer(2), Layer(3))
    return unroll(connection_step, n(N), n(T, D), n(N, N), n(N, D), n(N), layers)


def scalars(n, T):
    xs, w = n(T, 6), n(6)
    hs = unroll(cells.tanh_unit, n(6), xs, w)
    model = cost(lambda us: unroll(cells.linear_unit, 0 * w, us, w), (xs, n(T, 6)), squared_error)
    return (
        hs,
        state_gradients(1 - hs * hs, n(T, 6), w),
        model,
        iterate(cells.tanh_unit, (w, w), 0.2, T, keep=2),
    )


def spectrum(n, T):
    W, slopes = n(N, N), n(T, N)
    sizes = W / spectra.spectral_radius(W), W / spectra.spectral_norm(W)
    return *sizes, spectra.jacobian_product(W, slopes), spectra.lengths_back(W, slopes, n(N))


def remembered(n, T):
    hs, us = n(T + 40, N), n(T + 40)
    return echoes.jacobian(hs[0], hs[1], n(N, N), 0.7), echoes.capacity(hs, us, 3)


def flow(n, T):
    net = flow_network.FlowNetwork(n(N, D), n(N, 1), n(D, N), n(D, 1))
    return flow_network.follow(net, n(D, B), T), flow_network.hidden_step(n(N, B), 0, *net)


def seven(n, T):
    us, ys, theta, starts = n(T + 20, B), n(T + 20, B), n(B, 7, scale=0.2), n(2, B)
    predicted = narx.free_run(lambda y, u: seven_terms.seven_terms(y, u, theta), us, ys, 2, 2)
    moved = [seven_terms.sensitivities(theta, us, starts, fed_back) for fed_back in (True, False)]
    return predicted, seven_terms.least_squares(us, ys), seven_terms.run(theta, us, starts), moved


def stretched(n, T):
    weights, s = [n(6, scale=3.0) for _ in range(16)], n(6)
    return iterate(maps.scaled_lstm_stretch, (s, *weights), (0.5,) * 8 + (0.0,), T)


CASES = {
    "bptt": lambda n, T: backward(n, T, False),
    "bptt of a batch": lambda n, T: backward(n, T, True),
    "LSTM": lambda n, T: gated(n, T, 4, gates.lstm_step, lstm_bptt, False),
    "LSTM of a batch": lambda n, T: gated(n, T, 4, gates.lstm_step, lstm_bptt, True),
    "GRU": lambda n, T: gated(n, T, 3, gates.gru_step, gru_bptt, False),
    "GRU of a batch": lambda n, T: gated(n, T, 3, gates.gru_step, gru_bptt, True),
    "GRU, reset after": gru_after,
    "two LSTMs": two_lstms,
    "reversed": lambda n, T: (gates.reversed_update(*n.layer(3)), gates.never_forgets(*n.layer(4))),
    "RTRL, one by one": lambda n, T: forward(n, T, rtrl_one_by_one),
    "RTRL": lambda n, T: forward(n, T, rtrl),
    "RTRL in a block": lambda n, T: forward(n, T, rtrl_in_blocks, 50),
    "RTRL in blocks": lambda n, T: forward(n, T, rtrl_in_blocks, 5),
    "omega": omegas,
    "wirings": networks,
    "connections": wired,
    "scalars": scalars,
    "NARX": many_narx,
    "reservoir": lambda n, T: echo(n, T, False),
    "reservoirs": lambda n, T: echo(n, T, True),
    "spikes": spikes,
    "read-outs": readouts,
    "clipping": clipped,
    "one unit": a_unit,
    "spectra": spectrum,
    "memory": remembered,
    "flow": flow,
    "seven terms": seven,
    "stretching": stretched,
}


def afar(device):
    def give(array):
        return (
            torch.tensor(array, device=device) if device == "cuda" else torch.tensor(array).as_subclass(Afar)
        )

    return give


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_device_gives_numpys_numbers_and_keeps_them(case, device):
    right = [np.asarray(leaf) for leaf in tree_leaves(case(Numbers(np.asarray), 12)) if leaf is not None]
    with nullcontext() if device == "cuda" else There():
        ours = [leaf for leaf in tree_leaves(case(Numbers(afar(device)), 12)) if leaf is not None]
    assert len(ours) == len(right) > 0
    for a, b in zip(ours, right, strict=True):
        assert is_tensor(a) and (isinstance(a, Afar) or a.device.type == "cuda")
        home = a.as_subclass(torch.Tensor).detach().cpu().numpy()
        assert home.shape == b.shape and np.allclose(home, b, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_values_are_not_looked_at_in_a_loop(case):
    counts = []
    for T in (8, 16):
        Afar.looks = 0
        with There():
            case(Numbers(afar("cpu")), T)
        counts.append(Afar.looks)
    assert counts[0] == counts[1]


def test_truncated_gradients_stay_with_their_weights(device):
    n = Numbers(lambda array: torch.tensor(array, device=device))
    weights = [weight.requires_grad_() for weight in n.layer()]
    samples = [(n(D), n(N)) for _ in range(9)]
    for walk in (truncated, truncated_in_blocks):
        result = walk(cells.tanh_step, lambda h, y: ((h - y) ** 2).sum(), n(N), samples, weights, 4)
        assert all(leaf.device.type == device for leaf in tree_leaves(result))


def test_a_trip_home_and_a_mixture_are_seen():
    far = torch.ones(3).as_subclass(Afar)
    for trip in (lambda: np.tanh(far), lambda: far.numpy(), lambda: far + torch.ones(3)):
        with pytest.raises(AssertionError, match="home"):
            trip()
    Afar.looks = 0
    assert bool((far * 2).sum() > 1) and Afar.looks == 1
