# %% [markdown]
# # 06 · LSTM and GRU
#
# *Gates: deciding what to keep.*
#
# **Time** 45 minutes. **You need** lectures 01, 02 and 04; section 1 of lecture 05 helps.
# **Afterwards you can**
#
# - *build* an LSTM and a GRU step by hand, in any published convention, and *convert* between them;
# - *set* the gates of a cell so that it latches, counts or forgets;
# - *derive* the gradient through a gated cell, and what the first LSTM left out of it;
# - *choose* a forget bias from the time that a memory has to last;
# - *diagnose* a cell that was wired wrongly from what it does.
#
# Lecture 01 found a unit whose memory never fades: its recurrent weight is one. Lecture 05 shows why everything else fades or explodes. So take units of weight one, and all is well?
# Here are two networks of such units. They read strings without end, in which one symbol must be kept while others pass. One of them is able to let go of what it keeps. The other keeps it for ever.

# %%
import numpy as np
import torch

from rnnlab.analysis.gated_cell import FORMS, MISTAKES, SEQUENCES, drive_gru, drive_lstm, gradient_flow
from rnnlab.figures import gated_cells as cells
from rnnlab.figures import lstm_and_gru as figures
from rnnlab.gradients import complex_step
from rnnlab.gradients.gates import gru_bptt, lstm_bptt
from rnnlab.live import choice, live, slider
from rnnlab.models import adapters, gates, linear_step, linear_unit, unroll, wirings
from rnnlab.models.gates import gru_after_step, gru_difference_step, gru_step, logistic, lstm_step
from rnnlab.systems.reber import stream, strings
from rnnlab.teaching import claim, predict, published, show
from rnnlab.teaching.results import result

# %%
reber = result("06_continual_reber")
figures.kept_symbol(reber)

# %% [markdown]
# The network that cannot forget answers as well as a coin. It *has* the perfect memory. Why does it fail?

# %% [markdown]
# ## 1. A weight of one
#
# **What does a self-connection of weight one remember, and what does it cost?**
#
# A linear unit without input multiplies its state by $w$ at each step:
#
# $$h_T = w^T h_0 . \tag{6.1}$$
#
# At $w = 1$ that is $h_0$ itself, to the last digit, however large $T$ is. At $w = 0.99$ there are $4 \cdot 10^{-5}$ of it left after a thousand steps.

# %%
silence = np.zeros(1000)
h0 = np.array([0.7, -1.3, 0.1])
claim("6.1", unroll(linear_unit, h0, silence, 1.0)[-1], h0, rtol=0, atol=0)
claim("6.1", unroll(linear_unit, h0, silence, 0.99)[-1], 0.99**1000 * h0)

# %% [markdown]
# A layer of such units has $W = I$ and no squashing. Its state $c$ goes round and round and only what comes in is added: $c_t = c_{t-1} + u_t$. A gradient goes round the same way, backward:
#
# $$\frac{\partial c_T}{\partial c_0^{\top}} = I \quad\text{for every } T . \tag{6.2}$$
#
# Hochreiter and Schmidhuber (1997) called it the *constant error carousel*. S2 arrives there from three demands: eigenvalues near one or gradients vanish, none above one or the network is unstable,
# and a transfer function of constant slope. With $W = I$ and a linear function all three hold, and they *stay* true in training if $W$ is not trained.

# %%
c0 = torch.tensor([0.3, -0.2, 0.9], dtype=torch.float64, requires_grad=True)
us = torch.tensor(np.random.default_rng(1).normal(size=(1000, 3)))
eye = torch.eye(3, dtype=torch.float64)
c_T = unroll(linear_step, c0, us, eye, eye, torch.zeros(3).double())[-1]
J = torch.stack([torch.autograd.grad(c_T[k], c0, retain_graph=True)[0] for k in range(3)])
claim("6.2", J, np.eye(3), rtol=0, atol=0)

# %% [markdown]
# The price: whatever comes is added, wanted or not.
#
# $$c_T = c_0 + \sum_{t=1}^{T} u_t . \tag{6.3}$$
#
# Noise of variance one has after a thousand steps moved the state by about $\sqrt{1000} \approx 32$, and what was to be kept is buried. A memory needs a door, and somebody who opens it.

# %%
claim("6.3", c_T, c0 + us.sum(0))

# %% [markdown]
# <details><summary>Check yourself: why not a tanh unit with w a little above one, which also keeps a sign for ever?</summary>
#
# It keeps one bit, not a number, and its slope at the two resting places is below one: the bit stays, the gradient vanishes. That is lecture 05's dilemma: what is robust against noise is deaf to gradients.
# </details>

# %% [markdown]
# ## 2. A gate
#
# **How can a network decide by itself what passes?**
#
# By multiplying with a number between 0 and 1 that it computes. S1 writes a gated function as
#
# $$g(x) = x \odot \sigma(A x + b) ,$$
#
# where $\odot$ multiplies element by element and $\sigma$ is the logistic function. Each entry of $x$ has a gate, and each gate has seen all of $x$. The product rule gives two paths, through what is gated and through the gate:
#
# $$\frac{\partial g}{\partial x^{\top}} = \operatorname{diag}\bigl(\sigma(Ax+b)\bigr) + \operatorname{diag}\bigl(x \odot \sigma'(Ax+b)\bigr)\, A , \qquad \sigma' = \sigma\,(1-\sigma) . \tag{6.4}$$

# %%
rng = np.random.default_rng(2)
A, b, x = rng.normal(size=(3, 3)), rng.normal(size=3), rng.normal(size=3)
by_step = [complex_step(lambda x, k=k: gates.gated(x, A, b)[k], x) for k in range(3)]
s = logistic(A @ x + b)
claim("6.4", by_step, np.diag(s) + np.diag(x * s * (1 - s)) @ A)

# %% [markdown]
# We compute $\sigma$ in a form that cannot overflow:
#
# $$\sigma(a) = \frac{1}{1 + e^{-a}} = \tfrac12\bigl(1 + \tanh \tfrac{a}{2}\bigr) . \tag{6.5}$$
#
# A large bias settles what a gate does. Open, it is as if it were not there; shut, nothing passes:
#
# $$b \to \infty: \; g(x) = x , \qquad b \to -\infty: \; g(x) = 0 . \tag{6.6}$$

# %%
a = np.linspace(-30, 30, 13)
claim("6.5", logistic(a), 1 / (1 + np.exp(-a)))
claim("6.6", gates.gated(x, A, 1000.0), x, rtol=0, atol=0)
claim("6.6", gates.gated(x, A, -1000.0), np.zeros(3), rtol=0, atol=0)

# %% [markdown]
# <details><summary>Check yourself: a gate is exactly shut. How much gradient reaches A and b, and what does that mean for learning?</summary>
#
# None: $\sigma' = \sigma(1-\sigma) = 0$. A gate that is quite shut, or quite open, cannot learn to be otherwise. Where it *starts* matters, and section 4 comes back to it.
# </details>

# %% [markdown]
# ## 3. Long short-term memory
#
# **Which doors does the carousel need?**
#
# Three, each a layer of its own that hears the input and what the network said last. One decides what is *written*, one what is *kept*, one what is *shown*:
#
# $$i_t, f_t, o_t = \sigma(W h_{t-1} + U x_t + b) , \qquad g_t = \tanh(W h_{t-1} + U x_t + b) , \qquad \text{each with its own } W, U, b ,$$
#
# $$c_t = f_t \odot c_{t-1} + i_t \odot g_t , \qquad h_t = o_t \odot \tanh(c_t) .$$
#
# The four weights are stacked, in PyTorch's order $i, f, g, o$: $W$ is $(4N, N)$. The state is the pair $(h, c)$. S4's picture says the same in signs: C joins $h$ and $x$ into one vector, LC is a matrix times it,
# ∘ multiplies element by element, + adds. On the path from $c_{t-1}$ to $c_t$ there is a ∘ and a +, and no matrix and no squashing function. That is the protected core.

# %%
show(gates.lstm_gates)
show(lstm_step)

# %% [markdown]
# Is it the LSTM that everybody uses? PyTorch has two biases per gate, which act as their sum:
#
# $$(h_t, c_t) = \mathtt{LSTMCell}\bigl(x_t, (h_{t-1}, c_{t-1})\bigr) . \tag{6.7}$$

# %%
cell = torch.nn.LSTMCell(3, 5).double()
((W, U, b),) = adapters.torch_gates(cell)
rng = np.random.default_rng(3)
x, h, c = rng.normal(size=3), rng.normal(size=5), rng.normal(size=5)
theirs = cell(torch.tensor(x[None]), (torch.tensor(h[None]), torch.tensor(c[None])))
claim("6.7", lstm_step(np.stack([h, c]), x, W, U, b), torch.cat(theirs))

# %% [markdown]
# *Each gate forced.* Hold $i$ and $f$ at 0 or 1 by biases of $\pm 1000$, and the core is one of four machines:
#
# $$(i, f) = (0, 1):\; c_t = c_{t-1} \qquad (1, 0):\; c_t = g_t \qquad (1, 1):\; c_t = c_{t-1} + g_t \qquad (0, 0):\; c_t = 0 . \tag{6.8}$$
#
# A latch, a simple recurrent layer whose core keeps nothing ($g_t$ still hears $h_{t-1}$), the carousel, and an eraser. And $o = 0$ silences the cell without touching what it keeps.


# %%
def forced(i, f, o=1):
    """The LSTM above with each gate held at 0 or 1, run for 1000 steps from (h, c)."""
    held = b.copy()
    for block, value in ((0, i), (1, f), (3, o)):
        held[5 * block : 5 * block + 5] += 1000 if value else -1000
    states = unroll(lstm_step, np.stack([h, c]), xs, W, U, held)
    before = np.concatenate([h[None], states[:-1, 0]])
    return states, np.tanh(before @ W[10:15].T + xs @ U[10:15].T + b[10:15])


xs = rng.normal(size=(1000, 3))
claim("6.8", forced(0, 1)[0][-1, 1], c, rtol=0, atol=0)
claim("6.8", forced(1, 0)[0][:, 1], forced(1, 0)[1])
claim("6.8", forced(1, 1)[0][:, 1], c + forced(1, 1)[1].cumsum(0))
print("erased:", not forced(0, 0)[0][:, 1].any(), " silent:", not forced(1, 1, o=0)[0][:, 0].any())

# %% [markdown]
# **Predict first.** Now you are the gates. One cell gets a value at each step, and sometimes a mark. Its candidate hears the value, $g = \tanh(\text{value})$; its gates hear a constant, which you set, and the mark, whose weight you set.
# With silence between the values, and everything else as it stands: which constant $a_f$ leaves half of a value after 20 steps? Write it down and move the slider there.
# Then choose *noise between*. Can you find settings at which the cell follows the dotted line, which holds the value last marked and nothing else? You need two constants and two weights.
# Last, try the mistakes there.

# %%
guess = predict("which constant a_f leaves half of a value after 20 steps?", guess=..., marks="a_f")
live(
    drive_lstm,
    cells.lstm_by_hand,
    cells.lstm_by_hand_words,
    guess=guess,
    a_i=slider(-10, 10, 4, step=0.1, label="write: constant"),
    mark_i=slider(-20, 20, 0, step=0.5, label="write: a mark adds"),
    a_f=slider(-10, 10, 1, step=0.1, label="keep: constant a_f"),
    mark_f=slider(-20, 20, 0, step=0.5, label="keep: a mark adds"),
    a_o=slider(-10, 10, 10, step=0.1, label="show: constant"),
    sequence=choice(SEQUENCES, SEQUENCES[0], label="sequence"),
    mistake=choice(MISTAKES, "none", label="mistake"),
)

# %% [markdown]
# <details><summary>After you have moved it</summary>
#
# $\sigma(a_f)^{20} = \frac12$ at $a_f = 3.3$. At $a_f = 1$ half is gone after $2.2$ steps.
#
# With noise between, no constants will do. Writing must wait for the mark: constant $-10$, a mark adds $20$. Keeping must stop at the mark, so that the new value *replaces* the old one: constant $10$, a mark adds $-20$.
# Then the cell is off by less than $0.01$. With only the first of the two it adds the values up. This is what the word *selective* means: the doors move with the input.
#
# The mistakes, at these settings. *Forget and input exchanged*: the cell writes all the time and erases at once, so it shows the newest value. *h where c belongs*: each step squashes what was kept, and the first value has faded from $0.72$ to $0.26$ when the second comes.
# *Gates' order*: the candidate gets what was meant for the output gate, a constant, so $c = 1$ whatever the value was. *tanh forgotten at the output*: $c$ is right, and $h$ is too large by up to $0.1$. Nothing else betrays it.
# </details>

# %% [markdown]
# *S2's diagram* draws the same network as layers in its own letters: outputs $a^k$, weights $LW^{k,6}$ from the network's output $a^6$ and $IW^{k,1}$ from the input $p$. Layer 1 is the candidate, layers 2, 3 and 4 are the gates, layer 5 is the carousel:
#
# $$a^5(t) = I\,\bigl(a^2(t) \circ a^1(t)\bigr) + I\,\bigl(a^3(t) \circ a^5(t-1)\bigr) , \qquad a^6(t) = I\,\bigl(a^4(t) \circ \tanh a^5(t)\bigr) . \tag{6.9}$$
#
# The identities $I$ are the fixed weights, which are not trained. S2's text fixes layer 3 as the feedback (forget) gate, by its bias $\mathbf{b}^3$, and layer 5 as the carousel. Its figure was not at hand, so the other numbers are our reading.
#
# | S2 | | PyTorch's `weight_ih_l0`, `weight_hh_l0`, `bias` | ours |
# |---|---|---|---|
# | $IW^{2,1}, LW^{2,6}, b^2$ | input gate | rows $0 \dots N-1$ | block $i$ |
# | $IW^{3,1}, LW^{3,6}, b^3$ | feedback (forget) gate | rows $N \dots 2N-1$ | block $f$ |
# | $IW^{1,1}, LW^{1,6}, b^1$ | candidate | rows $2N \dots 3N-1$ | block $g$ |
# | $IW^{4,1}, LW^{4,6}, b^4$ | output gate | rows $3N \dots 4N-1$ | block $o$ |

# %%
lstm = torch.nn.LSTM(3, 5).double()
((W, U, b),) = adapters.torch_gates(lstm)
layer, I = adapters.diagram_layers(W, U, b), np.eye(5)
a5, a6, a6s = np.zeros(5), np.zeros(5), []
for p in xs[:30]:
    n = {k: LW @ a6 + IW @ p + bias for k, (LW, IW, bias) in layer.items()}
    a1, a2, a3, a4 = np.tanh(n[1]), logistic(n[2]), logistic(n[3]), logistic(n[4])
    a5 = I @ (a2 * a1) + I @ (a3 * a5)
    a6 = I @ (a4 * np.tanh(a5))
    a6s.append(a6)
claim("6.9", a6s, lstm(torch.tensor(xs[:30]))[0])

# %% [markdown]
# *Cascades.* LSTMs are stacked as lecture 02 stacked layers: each hears the new $h$ of the one below. A linear layer and a softmax follow. All of it is one pair in S0's sense, $s_{t+1} = f(s_t, x_t)$ and $y_t = g(s_t, x_t)$, with the pairs $(h, c)$ of all layers in $s$:
#
# $$\operatorname{softmax}(V h^{(2)}_t + b_V) = \mathtt{Softmax}\bigl(\mathtt{Linear}(\mathtt{LSTM}_{2\ \text{layers}}(x))\bigr)_t . \tag{6.10}$$

# %%
show(adapters.cascade)
deep, out = torch.nn.LSTM(3, 5, num_layers=2).double(), torch.nn.Linear(5, 4).double()
V, bias = out.weight.detach().numpy(), out.bias.detach().numpy()
both = adapters.cascade(lstm_step, adapters.torch_gates(deep))
pair = adapters.state_space(both, lambda s: wirings.softmax(V @ s[0, 5:] + bias))
theirs = torch.softmax(out(deep(torch.tensor(xs[:30]))[0]), -1)
claim("6.10", adapters.respond(pair, np.zeros((2, 10)), xs[:30]), theirs)

# %% [markdown]
# <details><summary>Check yourself: how many weights has an LSTM with N = 100 units and D = 10 inputs, and how many numbers is its state?</summary>
#
# $4\,(100 \cdot 100 + 100 \cdot 10 + 100) = 44\,400$, four times those of a tanh layer (PyTorch counts $44\,800$, with its second bias). The state has $200$ numbers, $h$ and $c$.
# </details>

# %% [markdown]
# ## 4. The way back
#
# **Does the gradient live longer in this cell?**
#
# First along the core alone. If the gates do not listen to $h$, that is if $W = 0$, then $c_{t-1}$ reaches $c_t$ by the forget gate and by nothing else:
#
# $$\frac{\partial c_T}{\partial c_0^{\top}} = \prod_{t=1}^{T} \operatorname{diag}(f_t) . \tag{6.11}$$
#
# No matrix, no slope of tanh: open gates make it the carousel's identity, (6.2).

# %%
T, N = 20, 5
rng = np.random.default_rng(4)
s0, xs, ys = rng.normal(size=(2, N)), rng.normal(size=(T, 3)), rng.normal(size=(T, N))
W, U, b = rng.normal(size=(4 * N, N)), rng.normal(size=(4 * N, 3)), rng.normal(size=4 * N)
f = logistic(xs @ U[N : 2 * N].T + b[N : 2 * N])  # what the forget gate does when W = 0


def end_of_cell(c0, k):
    return unroll(lstm_step, np.stack([s0[0], c0]), xs, 0 * W, U, b)[-1, 1, k]


claim("6.11", np.diag(f.prod(0)), [complex_step(lambda c, k=k: end_of_cell(c, k), s0[1]) for k in range(N)])

# %% [markdown]
# Now the whole gradient. Nudge $c_t$: the loss feels it through $h_t$, and through $c_{t+1}$ by the next forget gate. So, with $\partial L/\partial h_t$ known,
#
# $$\frac{\partial L}{\partial c_t} = o_t \odot (1 - \tanh^2 c_t) \odot \frac{\partial L}{\partial h_t} + f_{t+1} \odot \frac{\partial L}{\partial c_{t+1}} . \tag{6.12}$$
#
# The second term is absent at $t = T$. The sums inside the gates get their shares by the slopes:
#
# $$\frac{\partial L}{\partial a^i_t} = \frac{\partial L}{\partial c_t} \odot g_t \odot i_t (1 - i_t) , \qquad \frac{\partial L}{\partial a^f_t} = \frac{\partial L}{\partial c_t} \odot c_{t-1} \odot f_t (1 - f_t) ,$$
#
# $$\frac{\partial L}{\partial a^g_t} = \frac{\partial L}{\partial c_t} \odot i_t \odot (1 - g_t^2) , \qquad \frac{\partial L}{\partial a^o_t} = \frac{\partial L}{\partial h_t} \odot \tanh c_t \odot o_t (1 - o_t) .$$
#
# The four stacked are $\partial L/\partial a_t$, of length $4N$.
# These sums heard $h_{t-1}$ through $W$. Nudge $h_{t-1}$: the loss feels it at once, and through all four:
#
# $$\frac{\partial L}{\partial h_{t-1}} = \frac{\partial^{e} L}{\partial h_{t-1}} + W^{\top} \frac{\partial L}{\partial a_t} . \tag{6.13}$$
#
# The weights' gradient is lecture 04's product, (4.11), with $4N$ rows. Autograd knows all of these derivatives too:

# %%
tW, tU, tb = (torch.tensor(part, requires_grad=True) for part in (W, U, b))
h, c = torch.tensor(s0)
pairs, L = [], 0
for x, y in zip(torch.tensor(xs), torch.tensor(ys), strict=True):
    gate = gates.lstm_gates(torch.stack([h, c]), x, tW, tU, tb)
    h, c = gate.o * torch.tanh(gate.c), gate.c
    pairs.append((h, c))
    L = L + 0.5 * ((h - y) ** 2).sum()
wanted = [h for h, _ in pairs] + [c for _, c in pairs] + [tW]
*found, dW_autograd = (part.numpy() for part in torch.autograd.grad(L, wanted))
dh, dc = np.array(found[:T]), np.array(found[T:])  # both (T, N)

# %%
states = unroll(lstm_step, s0, xs, W, U, b)
c, explicit = states[:, 1], states[:, 0] - ys
before = np.concatenate([s0[None], states[:-1]])
side_by_side = gates.lstm_gates(before.transpose(1, 2, 0), xs.T, W, U, b[:, None])
i, f, g, o, _ = (part.T for part in side_by_side)  # each (T, N)
onward = np.concatenate([f[1:] * dc[1:], np.zeros((1, N))])
claim("6.12", dc, o * (1 - np.tanh(c) ** 2) * dh + onward)

# %%
da_i, da_f = dc * g * i * (1 - i), dc * before[:, 1] * f * (1 - f)
da_g, da_o = dc * i * (1 - g**2), dh * np.tanh(c) * o * (1 - o)
da = np.concatenate([da_i, da_f, da_g, da_o], 1)  # (T, 4N)
claim("6.13", dh[:-1], explicit[:-1] + da[1:] @ W)  # each row is Wᵀ da, transposed
walk = lstm_bptt(s0, xs, states, W, U, b, explicit)
print("the library's dW is autograd's:", bool(np.allclose(walk.dW, dW_autograd, rtol=1e-12, atol=1e-12)))

# %%
show(lstm_bptt)

# %% [markdown]
# *The first LSTM did not compute this.* It let derivatives go back in time through the carousel only. Where $h_{t-1}$ enters a gate or the candidate it was taken for a constant, so the last term of (6.13) is cut:
#
# $$\frac{\partial L}{\partial h_t}\bigg|_{\rm cut} = \frac{\partial^{e} L}{\partial h_t} , \qquad \frac{\partial L}{\partial c_t}\bigg|_{\rm cut} \text{ by (6.12)} . \tag{6.14}$$
#
# Then each weight needs one running sum, and RTRL, which the first LSTM was trained with, costs no more than the network itself. The price is a wrong gradient. How wrong? With $W = 0$ nothing was cut. Otherwise we look at the angle:

# %%
cut = lstm_bptt(s0, xs, states, W, U, b, explicit, truncated=True)
h, c, L = *torch.tensor(s0), 0
for x, y in zip(torch.tensor(xs), torch.tensor(ys), strict=True):
    h, c = lstm_step(torch.stack([h.detach(), c]), x, tW, tU, tb)  # h came from nowhere
    L = L + 0.5 * ((h - y) ** 2).sum()
claim("6.14", cut.dW, torch.autograd.grad(L, tW)[0])

for size in (0.0, 0.1, 0.3, 1.0):
    states = unroll(lstm_step, s0, xs, size * W, U, b)
    arrays = s0, xs, states, size * W, U, b, states[:, 0] - ys
    one, other = lstm_bptt(*arrays).dW.ravel(), lstm_bptt(*arrays, truncated=True).dW.ravel()
    print(
        f"weights of size {size:.1f}: cosine {one @ other / np.linalg.norm(one) / np.linalg.norm(other):.3f}"
    )

# %% [markdown]
# It points roughly the right way while recurrent weights are small, as they are when training begins. Since memory is cheap and BPTT exact, nobody cuts today. But the cut gradient never *explodes*: it only ever meets factors $f \le 1$.
#
# *The forget bias.* At the beginning of training weights are small and $f_t \approx \sigma(b_f)$, the same at each step. What is left of a cell, and of a gradient, after $n$ steps is
#
# $$\frac{c_n}{c_0} = \sigma(b_f)^n , \qquad\text{and a half is left after}\quad n_{1/2} = \frac{\ln 2}{\ln(1 + e^{-b_f})} \approx \ln 2 \cdot e^{\,b_f} . \tag{6.15}$$
#
# (The last form holds for large $b_f$.) With the customary start $b_f = 0$ a gate is half open, and the cell, built to remember for ever, halves its memory at every step. The remedy costs nothing: start with $b_f = 1$ or more (Gers et al. 2000; Jozefowicz et al. 2015).

# %%
for bias in (0.0, 1.0, 5.0):
    held = np.array([-1000.0, bias, 0.0, 0.0])  # one cell, nothing written
    kept = unroll(lstm_step, np.ones((2, 1)), np.zeros((100, 1)), np.zeros((4, 1)), np.zeros((4, 1)), held)
    n = np.arange(1, 101)
    claim("6.15", kept[:, 1, 0], logistic(bias) ** n)
    half = np.log(2) / np.log1p(np.exp(-bias))
    claim("6.15", logistic(bias) ** half, 0.5)
    print(f"bias {bias:.0f}: half after {half:.1f} steps, {logistic(bias) ** 100:.0e} left after 100")
figures.memory_of_a_bias(np.linspace(-1, 8, 201))

# %% [markdown]
# **Predict first.** Below, an LSTM of 8 units with random weights has read a hundred random inputs, and a loss looks at its last output. How large is the gradient by the cell, so many steps back? A tanh network with the same recurrent weights is drawn beside it.
# With forget bias 0 and weights of size 0.5: after how many steps is the LSTM's gradient below $10^{-10}$? Write it down and move the bias there, then to 3 and 6. Last, set the size to 0, and to 3: which of the curves can grow?

# %%
guess = predict(
    "with forget bias 0, after how many steps back is the LSTM's gradient below 1e-10?", guess=..., marks="x"
)
live(
    gradient_flow,
    cells.gradient_by_bias,
    cells.gradient_by_bias_words,
    guess=guess,
    bias=slider(-3, 8, 1, step=0.1, label="forget bias"),
    gain=slider(0, 4, 0.5, step=0.05, label="size of recurrent weights"),
)

# %% [markdown]
# <details><summary>After you have moved it</summary>
#
# With bias 0 the part through the forget gates loses about a factor of two a step. It is below $10^{-10}$ after 34 steps, the whole gradient after 43; 99 steps back it is of the order $10^{-23}$.
# Bias 1 leaves $10^{-11}$, bias 3 a tenth. At bias 6 three quarters of what goes through the gates arrives, and the whole gradient has *grown*, to six times its size.
#
# At size 0 the blue line lies on the amber one: the path through the cell is all there is. The larger the recurrent weights, the further the two part. At bias 6 and size 3 it grows about ninetyfold: the gates' own paths, with a $W^{\top}$ in each step, can explode as any product of matrices can.
# The amber line never grows. So an LSTM cures vanishing, where its gates are open; it does not cure exploding. Clip its gradients (lecture 05).
#
# The tanh network's line falls fastest at size 0.5 (what is below $10^{-40}$ is drawn there). At size 2.5 it hardly falls, at 3 it grows by thousands: there is a size at which it would neither vanish nor explode, and training does not stay there.
# </details>
#
# *Does it matter in training?* The adding problem: a sequence of 50 numbers between $-1$ and $1$, two of them marked, one in each half; at the end their sum is to be said. Solved means that a tenth of the sum's variance is left as squared error.
# From stored runs, five for each bias, with the same starts and the same data:

# %%
adding = result("06_forget_bias")
groups = [f"forget bias {bias:.0f}" for bias in adding["biases"]]
for group, updates, median in zip(groups, adding["updates"], adding["medians"], strict=True):
    print(f"{group}: {updates}, median {median:.0f}")
figures.updates_to_solve(
    groups, adding["updates"], 500, "An open forget gate learns sooner", "updates until solved (line: median)"
)

# %% [markdown]
# And where does it not help? The same task with numbers from 0 to 1:

# %%
positive = result("06_forget_bias_positive")
for bias, updates, median in zip(*(positive[k] for k in ("biases", "updates", "medians")), strict=True):
    print(f"numbers from 0 to 1, forget bias {bias:.0f}: {updates}, median {median:.0f}")

# %% [markdown]
# No difference. A likely reason: half-open gates now let in numbers of one sign, and what these leave behind adds up instead of cancelling. An open forget gate keeps that, too. The bias sets what is kept at the start; it does not choose *what* is worth keeping.
#
# <details><summary>Check yourself: a task needs something kept for about 150 steps. Which forget bias is a sensible start?</summary>
#
# By (6.15) half is left after $\ln 2 \cdot e^{b}$ steps, so $b = \ln(150/\ln 2) \approx 5.4$. This is how biases are set when the length of a task is known.
# </details>

# %% [markdown]
# ## 5. Without a forget gate, and with a window
#
# **What did the first LSTM lack, and what else has been added?**
#
# The LSTM of 1997 had no forget gate: $c_t = c_{t-1} + i_t \odot g_t$. In today's code that is a forget gate whose bias is infinite. One thousand is enough, since $\sigma(1000)$ is $1$ to the last digit and its slope is $0$:
#
# $$b_f = \infty : \qquad c_t = c_{t-1} + i_t \odot g_t . \tag{6.16}$$

# %%
show(gates.never_forgets)
h, c = s0
first = []
for x in xs:
    a_i, _, a_g, a_o = np.split(W @ h + U @ x + b, 4)
    c = c + logistic(a_i) * np.tanh(a_g)
    h = logistic(a_o) * np.tanh(c)
    first.append([h, c])
claim("6.16", unroll(lstm_step, s0, xs, *gates.never_forgets(W, U, b)), first)

# %% [markdown]
# Now the puzzle. The strings are made by a small grammar, Reber's, inside two identical symbols: after the first B comes T or P by chance, then a Reber string of any length, then *the same* T or P again.
# To foresee it, one has to keep it while the inner string, with T's and P's of its own, goes by. Strings follow one another without end, and no mark says where one stops:

# %%
symbols, due, _ = stream(np.random.default_rng(5), T=60, B=1)
for text in strings(symbols[:, 0])[:3]:
    print(text)

# %% [markdown]
# A memory with $f = 1$ can only add. It writes $+1$ for T; at the next string it must be empty again. It would have to write exactly the opposite of what it holds, which no gate has been told.
# So its state walks away, as in (6.3). On fresh streams of a thousand symbols its cells reach several hundred, where $\tanh c = \pm 1$ whatever is added: a memory that keeps everything holds nothing.
# Gers, Schmidhuber and Cummins (2000) found this and added the forget gate. With it a network can empty its cells when a string ends.

# %%
right = np.array(reber["right"])[:, :, -1]  # after the last update: with the gate, and without
for name, shares in zip(("with forget gate   ", "without forget gate"), right, strict=True):
    print(f"{name}: kept symbol right in {np.round(100 * shares).astype(int).tolist()} % (chance 50 %)")
for name, runs in zip(("with", "without"), reber["largest cell"], strict=True):
    print(f"{name} forget gate: largest cell state {min(run[-1] for run in runs):.0f} or more")

# %% [markdown]
# *Peepholes.* While the output gate is shut, $h = 0$: the gates cannot know what the cell holds. Gers and Schmidhuber (2000) gave them a window, one weight a cell and gate: $p_i \odot c_{t-1}$ is added to the input gate's sum, $p_f \odot c_{t-1}$ to the forget gate's, and $p_o \odot c_t$, the *new* cell, to the output gate's.
# With it a single cell without any input is a clock. It writes $1/P$ at each step. The output opens when the cell has passed $1 - \frac{1}{2P}$, and one step later the forget gate sees the same and clears it:
#
# $$h_t > \tfrac12 \iff t \text{ is a multiple of } P . \tag{6.17}$$

# %%
P, steep = 12, 1000.0
threshold = 1 - 0.5 / P
bias = np.array([1000.0, steep * threshold, np.arctanh(1 / P), -steep * threshold])  # i, f, g, o
window = np.array([[0.0], [-steep], [steep]])  # seen by i, f, o
no_input = np.zeros((600, 0))
clock = unroll(lstm_step, np.zeros((2, 1)), no_input, np.zeros((4, 1)), np.zeros((4, 0)), bias, window)
blind = unroll(lstm_step, np.zeros((2, 1)), no_input, np.zeros((4, 1)), np.zeros((4, 0)), bias, 0 * window)
t = np.arange(1, 601)
claim("6.17", clock[:, 0, 0] > 0.5, t % P == 0)
print("the same without peepholes shows anything:", bool((blind[:, 0] > 0.5).any()))
figures.timer(clock[:, 1, 0], clock[:, 0, 0], shown=60)

# %% [markdown]
# <details><summary>Check yourself: could recurrent weights W replace the peepholes in this clock?</summary>
#
# Not while it is silent: they hear $h$, which is zero until the output opens. One could leave the output gate open and let the gates hear $h = \tanh c$; then the network would show what it counts all the time.
# </details>

# %% [markdown]
# ## 6. The gated recurrent unit, three times
#
# **Can the same be had with fewer doors?**
#
# Cho et al. (2014) used two gates and no separate cell. A *reset* gate $r$ says how much of the old state the candidate $n$ may hear; an *update* gate $z$ mixes old and new. S1 writes it, in our letters ($g_f = r$, $g_i = z$, $m = n$), as
#
# $$r, z = \sigma(W h_{t-1} + U x_t + b) , \qquad n = \tanh\bigl(W_n (r \odot h_{t-1}) + U_n x_t + b_n\bigr) , \qquad h_t = z \odot h_{t-1} + (1 - z) \odot n .$$
#
# What one gate keeps, it does not write: $z$ is a forget gate, and $1 - z$ its input gate.
# S2 draws it with a *differencing* layer, in its letters $a^1 = n$, $a^4$ the update gate and $a^6 = h$, and prints two forms:
#
# $$a^4 \circ \bigl[a^1 - a^6(t-1)\bigr] + a^6(t-1) = a^4 \circ a^1 + \bigl[1 - a^4\bigr] \circ a^6(t-1) . \tag{6.18}$$

# %%
show(gates.gru_gates)
show(gru_step)
show(gru_difference_step)
rng = np.random.default_rng(6)
W, U, b = rng.normal(size=(9, 3)), rng.normal(size=(9, 2)), rng.normal(size=9)
h0, xs = rng.normal(size=3), rng.normal(size=(40, 2))
h, hs = h0, []
for x in xs:
    _, a4, a1 = gates.gru_gates(h, x, W, U, b)
    h = a4 * a1 + (1 - a4) * h
    hs.append(h)
claim("6.18", unroll(gru_difference_step, h0, xs, W, U, b), hs)

# %% [markdown]
# Look at the ends: S2's gate *open* takes the new, S1's and PyTorch's gate open keeps the old. They are one another's $1 - z$. Since $\sigma(-a) = 1 - \sigma(a)$, the rows of $z$ change their sign, and nothing else:
#
# $$\mathrm{GRU}_{\rm S2}(W, U, b) = \mathrm{GRU}_{\rm S1}(D W, D U, D b) , \qquad D = \operatorname{diag}(1_r, -1_z, 1_n) . \tag{6.19}$$

# %%
show(gates.reversed_update)
s2 = unroll(gru_difference_step, h0, xs, W, U, b)
claim("6.19", s2, unroll(gru_step, h0, xs, *gates.reversed_update(W, U, b)))
print("without the conversion, up to", np.abs(s2 - unroll(gru_step, h0, xs, W, U, b)).max().round(2), "apart")

# %% [markdown]
# PyTorch resets *after* the product. It spares the separate product with $r \odot h$, so that all three blocks are one matrix product. And it puts a bias inside:
#
# $$n = \tanh\bigl(W_{in} x_t + b_{in} + r \odot (W_{hn} h_{t-1} + b_{hn})\bigr) . \tag{6.20}$$
#
# Elsewhere PyTorch's two biases act as their sum. Here they do not: $r$ multiplies one of them. So a GRU of PyTorch has $b_{hn}$ as a weight of its own, our $d$.

# %%
show(gru_after_step)
gru = torch.nn.GRU(2, 3, num_layers=2).double()
layers = adapters.torch_gates(gru)
pair = adapters.state_space(adapters.cascade(gru_after_step, layers), lambda h: h[3:])
claim("6.20", adapters.respond(pair, np.zeros(6), xs), gru(torch.tensor(xs))[0])

cell = torch.nn.GRUCell(2, 3).double()
((Wt, Ut, bt, d),) = adapters.torch_gates(cell)
theirs = cell(torch.tensor(xs[:1]), torch.tensor(h0[None]))[0]
claim("6.20", gru_after_step(h0, xs[0], Wt, Ut, bt, d), theirs)
merged = gru_after_step(h0, xs[0], Wt, Ut, bt + np.concatenate([np.zeros(6), d]), 0 * d)
print("b_hn may be added to b_in:", bool(np.allclose(merged, theirs.detach())))

# %% [markdown]
# Is reset before or after only a matter of speed? $W_n (r \odot h)$ and $r \odot (W_n h)$ differ: one weighs what comes from each unit, the other what goes to each. They agree when $W_n$ is diagonal and $d = 0$, for there each unit hears itself alone:
#
# $$W_n \text{ diagonal}, \; d = 0 : \qquad \mathrm{GRU}_{\rm before} = \mathrm{GRU}_{\rm after} . \tag{6.21}$$
#
# Otherwise weights trained for one are wrong in the other, and in general no change of weights converts them.

# %%
lonely = W.copy()
lonely[6:] = np.diag(np.diag(W[6:]))
no_d = np.zeros(3)
claim("6.21", unroll(gru_step, h0, xs, lonely, U, b), unroll(gru_after_step, h0, xs, lonely, U, b, no_d))
figures.two_resets(unroll(gru_step, h0, xs, W, U, b), unroll(gru_after_step, h0, xs, W, U, b, no_d))

# %% [markdown]
# | | reset | an open $z$ | biases of $n$ | function |
# |---|---|---|---|---|
# | S1; Cho et al. (2014) | before the product | keeps the old | one | `gru_step` |
# | S2 | before the product | takes the new | one | `gru_difference_step` |
# | PyTorch | after the product | keeps the old | two | `gru_after_step` |
#
# Its gradient is walked back as the LSTM's is; there is no cell, and $z$ stands where $f$ stood.

# %%
show(gru_bptt)
ys = rng.normal(size=(40, 3))
hs = unroll(gru_step, h0, xs, W, U, b)
by_hand = gru_bptt(h0, xs, hs, W, U, b, explicit=hs - ys)
by_step = complex_step(lambda W: 0.5 * ((unroll(gru_step, h0, xs, W, U, b) - ys) ** 2).sum(), W)
print("by hand = complex step:", bool(np.allclose(by_hand.dW, by_step, rtol=1e-10, atol=1e-10)))

# %% [markdown]
# **Predict first.** Two GRU units are coupled so that the pair turns in its plane, and get a push up at step 3 and down at step 31. You hold the gates. The switch reads *the same weights* in each of the three forms; S1's stays in the background. To read a weight in the wrong form is the commonest mistake with GRUs.
# With reset 1 shut (−8), reset 2 open (8): do S1's and PyTorch's forms differ? And with both at −8? Last, S2's form: which $a_z$ gives the same as S1's at $a_z = 1$?

# %%
guess = predict("which a_z gives S2's form what S1's has at 1?", guess=..., marks="a_z")
live(
    drive_gru,
    cells.gru_by_hand,
    cells.gru_by_hand_words,
    guess=guess,
    r_1=slider(-8, 8, -8, step=0.1, label="reset gate of unit 1"),
    r_2=slider(-8, 8, 8, step=0.1, label="reset gate of unit 2"),
    a_z=slider(-8, 8, 1, step=0.1, label="update gates a_z"),
    inner=slider(-2, 2, 0, step=0.05, label="PyTorch's inner bias"),
    form=choice(FORMS, FORMS[1], label="read as"),
)

# %% [markdown]
# <details><summary>After you have moved it</summary>
#
# With reset 1 shut and reset 2 open, S1's form lets *no unit hear unit 1*; PyTorch's lets *unit 1 hear nobody*. Two networks. With both shut, or both equally open, $r$ is one number, it passes through the product, and the forms agree as long as the inner bias is zero.
# An inner bias moves PyTorch's form alone, and only as far as the reset is open.
#
# S2's form at $a_z = -1$ is S1's at $1$. At $a_z = 8$ S2's form keeps nothing and S1's everything.
# </details>
#
# <details><summary>Check yourself: a GRU is to keep a number for 1,000 steps. Which gate, in which convention, and how far?</summary>
#
# In S1's and PyTorch's, $\sigma(a_z)^{1000}$ must be near one: $a_z = 9$ leaves $88\ \%$. In S2's, $a_z = -9$. The reset does not matter for keeping.
# </details>

# %% [markdown]
# ## 7. Which one?
#
# **Is one of the cells better?**
#
# Jozefowicz, Zaremba and Sutskever (2015) tried some ten thousand variants [on several tasks](https://proceedings.mlr.press/v37/jozefowicz15.html). None was better than both on all of them, and a forget bias of one closed most of the gap that there was between LSTM and GRU.
# Ours is small: the adding problem again, with sequences of 100 numbers, three cells with about the same number of weights, five runs each.

# %%
three = result("06_three_cells")
kinds = ("GRU", "LSTM", "tanh")
for kind, size, updates, errors in zip(
    kinds, *(three[k] for k in ("weights", "updates", "errors")), strict=True
):
    solved, last = sum(error < 0.1 for error in errors), np.median(errors)
    print(
        f"{kind:4s} {size} weights: solved {solved} of {len(errors)}, {np.median(updates):.0f} updates, {last:.0%} left"
    )

# %%
title = "Both gated cells solve it, tanh does not"
below = "updates until solved (line: median; cross: not in 1500)"
figures.updates_to_solve(list(kinds), three["updates"], 1500, title, below)

# %% [markdown]
# One task, one learning rate, one size: this shows that gates matter here, and it does not rank the two gated cells. A tanh network *can* be trained for it with care: with an identity for $W$ (Le et al. 2015) or with the means of lecture 05.
#
# <details><summary>Further: what came after (not examined)</summary>
#
# In an LSTM and in a GRU the gates hear $h_{t-1}$, so step $t$ must wait for step $t - 1$.
#
# *minGRU* (Feng et al. 2024) lets gate and candidate hear $x_t$ alone. The step is then linear in $h$, $h_t = (1 - z_t) \odot h_{t-1} + z_t \odot n_t$, and a parallel scan computes all $T$ states in $\log T$ rounds. Note the convention: S2's.
#
# *xLSTM* (Beck et al. 2024) keeps the LSTM, with exponential gates that can revise what was stored, and with a matrix in place of each cell.
#
# *State-space models* such as S4 (Gu et al. 2022) and Mamba (Gu and Dao 2023) start from a linear recurrence with carefully chosen eigenvalues; Mamba's depend on the input, which makes them gates again.
#
# All of them keep the idea of this lecture: a path through time with no matrix that mixes and no function that squashes. Lecture 19 has the derivations.
# </details>

# %% [markdown]
# ## What to remember
#
# | | |
# |---|---|
# | the carousel | weight one, linear: state and gradient stay for ever, and everything is added |
# | a gate | multiplication by $\sigma(\cdot)$: at 1 as if it were not there, at 0 shut; at either end it does not learn |
# | LSTM | $c = f \odot c + i \odot g$, $h = o \odot \tanh c$; order $i, f, g, o$ |
# | its gradient | through the cell $\prod f_t$; through the gates $W^{\top}$, which can explode |
# | the first LSTM | no forget gate, and a gradient cut outside of the cell |
# | forget bias | half is left after $\ln 2 \cdot e^{b}$ steps: start at 1 or more |
# | forgetting | without it, streams without end fill the cell |
# | GRU | one gate for keep and write; ask which way $z$ points, and where $r$ stands |
#
# ## Where each seed stands
#
# | seed | writes | ours |
# |---|---|---|
# | S0 (Ribeiro) | LSTM as $x_{t+1} = f(x_t, z_t)$, $\hat y_t = g(x_t, z_t)$ | the pair of `adapters`, with $(h, c)$ for the state |
# | S1 (Mohajerin) | $g_f, g_i, m, y_h$; $y_h = g_i \odot y_h(k-1) + (1 - g_i) \odot m$ | $r, z, n, h$: `gru_step`, without biases |
# | S2 (Nonlinear Sequence Processing) | $a^1 \dots a^6$, $LW$, $IW$; $a^6 = a^4 a^1 + (1 - a^4) a^6(t-1)$ | (6.9), (6.18); its $a^4$ is our $1 - z$ |
# | S4 (TU Berlin) | $i_g, f_g, o_g$; C, LC, ∘, + | $i, f, o$; joining, $W h + U x$, $\odot$, + |
# | PyTorch | $i, f, g, o$ and $r, z, n$, two biases each | (6.7), (6.20): two act as one, but for $b_{hn}$ |
#
# S1 and S2 use the letter of the update gate for opposite things; S1's is PyTorch's. PyTorch's reset after the product is neither's. S1's $g_i$ is called an input gate there, yet it keeps. S3 (Zhang) names both cells and leaves them.
#
# ## Replications

# %%
without, with_gate = np.median(right[1]), np.median(right[0])
what, source = "continual Reber strings, kept symbol right", "Gers et al. 2000"
published(f"{what}, no forget gate (chance: 0.5)", "fails", source, without, (0.4, 0.6))
published(f"{what}, with forget gate", "learns it", source, with_gate, (0.95, 1))

# %%
ratio = adding["medians"][1] / adding["medians"][0]
what = "adding problem: updates with forget bias 1 over those with 0"
published(what, "below 1", "S2 and Jozefowicz et al. 2015", ratio, (0, 0.99))

# %% [markdown]
# ## Exercises
#
# [Exercise 06](../exercises/06_lstm_and_gru.ipynb): cells wired otherwise, biases for a task of your own, and three cells to diagnose. 20 points.
#
# ## References
#
# - S. Hochreiter and J. Schmidhuber (1997), Long short-term memory, [doi:10.1162/neco.1997.9.8.1735](https://doi.org/10.1162/neco.1997.9.8.1735): the carousel, two gates, the cut gradient, the adding problem.
# - F. A. Gers, J. Schmidhuber and F. Cummins (2000), Learning to forget: continual prediction with LSTM, [doi:10.1162/089976600300015015](https://doi.org/10.1162/089976600300015015).
# - F. A. Gers and J. Schmidhuber (2000), Recurrent nets that time and count, [doi:10.1109/IJCNN.2000.861302](https://doi.org/10.1109/IJCNN.2000.861302): peepholes.
# - K. Cho et al. (2014), Learning phrase representations using RNN encoder–decoder, [arXiv:1406.1078](https://arxiv.org/abs/1406.1078): the GRU.
# - R. Jozefowicz, W. Zaremba and I. Sutskever (2015), An empirical exploration of recurrent network architectures, [PMLR 37](https://proceedings.mlr.press/v37/jozefowicz15.html).
# - Q. V. Le, N. Jaitly and G. E. Hinton (2015), A simple way to initialize recurrent networks of rectified linear units, [arXiv:1504.00941](https://arxiv.org/abs/1504.00941).
# - L. Feng et al. (2024), Were RNNs all we needed?, [arXiv:2410.01201](https://arxiv.org/abs/2410.01201). M. Beck et al. (2024), xLSTM, [arXiv:2405.04517](https://arxiv.org/abs/2405.04517).
# - A. Gu, K. Goel and C. Ré (2022), Efficiently modeling long sequences with structured state spaces, [arXiv:2111.00396](https://arxiv.org/abs/2111.00396). A. Gu and T. Dao (2023), Mamba, [arXiv:2312.00752](https://arxiv.org/abs/2312.00752).
