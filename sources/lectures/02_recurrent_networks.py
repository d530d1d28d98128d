# %% [markdown]
# # 02 · Recurrent networks
#
# *One equation, many wirings: what an RNN is.*
#
# **Time** 45 minutes. **You need** lecture 01, matrices, a little logic.
# **Afterwards you can**
#
# - *step* a recurrent network of any wiring, and *unroll* it;
# - *set* the weights of a threshold network by hand, for any finite automaton;
# - *read* a connection matrix: what acts within a step, and what a step later;
# - *tell* which wiring can hold what a task needs, and which cannot;
# - *translate* the five notations of this course's sources into one.
#
# In lecture 01 the memory of every stable unit faded. Here are two networks. Each hears the same bits twice, with only the first of them changed. How far are its two answers apart, and for how long?

# %%
from itertools import product

import numpy as np
import torch

from rnnlab.analysis.parity_plane import MISTAKES, first_bit_flipped, parity_plane
from rnnlab.figures import parity_plane as plane
from rnnlab.figures import recurrent_networks as figures
from rnnlab.live import choice, integer, live, point
from rnnlab.models import adapters, automata, connections, linear_step, tanh_step, unroll, wirings
from rnnlab.systems import letters, mackey_glass, moving_dot, strings
from rnnlab.teaching import claim, predict, published, show
from rnnlab.training.fit import drawn, fit

# %%
fading, lasting = first_bit_flipped(T=10_000)
print("steps at which the second network still shows the first bit:", int(lasting.sum()), "of", len(lasting))
figures.first_bit(fading[:40], lasting[:40])

# %% [markdown]
# Ten thousand steps, and the first bit is as present as ever. The network has two units and eleven numbers.
# By the end of section 3 you can write them down yourself.

# %% [markdown]
# ## 1. One equation
#
# **What is a recurrent network?**
#
# A state $h$ of $N$ numbers, an input $x$ of $D$ numbers, an output of $K$ numbers, and
#
# $$h_t = f(W h_{t-1} + U x_t + b) , \qquad o_t = V h_t + c .$$
#
# | $W$ | $U$ | $b$ | $V$ | $c$ |
# |---|---|---|---|---|
# | $(N, N)$, state to state | $(N, D)$, input to state | $(N,)$ | $(K, N)$, state to output | $(K,)$ |
#
# That is lecture 01's unit, with a matrix for each number. The function $f$ acts on each unit alone; here it is tanh, in section 3 a threshold.
# PyTorch's network of the same name has two biases, which can only ever act as their sum:
#
# $$h_t = \tanh\bigl(W_{ih}\, x_t + b_{ih} + W_{hh}\, h_{t-1} + b_{hh}\bigr) . \tag{2.1}$$
#
# Let PyTorch draw weights and run its network. We take the weights and run ours.

# %%
rnn, linear = torch.nn.RNN(3, 5).double(), torch.nn.Linear(5, 2).double()
xs = np.random.default_rng(1).normal(size=(9, 3))  # T = 9, D = 3
theirs = linear(rnn(torch.tensor(xs))[0])

((W, U, b),) = adapters.torch_layers(rnn)
V, c = linear.weight.detach().numpy(), linear.bias.detach().numpy()
hs = unroll(tanh_step, np.zeros(5), xs, W, U, b)
print("W", W.shape, " U", U.shape, " V", V.shape, " states", hs.shape)
claim("2.1", theirs, hs @ V.T + c)
show(tanh_step)

# %% [markdown]
# What stands behind the output depends on the question. For a choice among $K$ symbols it is the softmax, $\hat y_k = e^{o_k} / \sum_j e^{o_j}$.
# All entries are positive, and dividing by the sum makes them probabilities:
#
# $$\sum_{k=1}^{K} \hat y_{t,k} = 1 \quad\text{at every } t . \tag{2.2}$$
#
# The network with tanh inside and softmax outside is the standard one. It is called after Elman (1990), who described its memory as *context units*:
# a copy of the hidden units, kept for one step. The copy is $h_{t-1}$.

# %%
ys = wirings.softmax(wirings.elman(xs, W, U, b, V, c))
claim("2.2", ys.sum(1), np.ones(9))
print("probabilities:", ys.shape, "all positive:", bool((ys > 0).all()))
show(wirings.elman)

# %% [markdown]
# <details><summary>Check yourself: how many numbers does a network with N = 100, D = 10, K = 5 learn, and how many of them are memory?</summary>
#
# $100\cdot100 + 100\cdot10 + 100 + 5\cdot100 + 5 = 11\,605$. They are the *long-term* memory: fixed while a sequence runs.
# The *short-term* memory is the state: 100 numbers. The length of the sequence appears in neither.
# </details>

# %% [markdown]
# ## 2. Unrolled
#
# **How can a network of fixed size read a sequence of any length?**
#
# By being used again. Write $f(h, x)$ for the whole step, and put it into itself, as in lecture 01:
#
# $$h_3 = f\bigl(f\bigl(f(h_0, x_1),\, x_2\bigr),\, x_3\bigr) . \tag{2.3}$$
#
# Written out, or drawn out, the loop has become a chain of three layers. It is an ordinary deep network with two peculiarities:
# each layer gets an input of its own, and all layers share one set of weights $\theta$.


# %%
def f(h, x):
    return np.tanh(W @ h + U @ x + b)


h0 = np.zeros(5)
claim("2.3", f(f(f(h0, xs[0]), xs[1]), xs[2]), unroll(tanh_step, h0, xs[:3], W, U, b)[-1])
figures.unrolled(T=3)

# %% [markdown]
# A system left to itself has no input: $h_t = f(h_{t-1}; \theta)$. It needs no code of its own. Give the network an input with no entries, $D = 0$, and $U x$ is a sum of nothing:
#
# $$h_T = \underbrace{f(f(\cdots f}_{T}(h_0)\cdots)) . \tag{2.4}$$

# %%
start = np.array([1.0, -1.0, 0.5, 0.0, 2.0])
alone = unroll(tanh_step, start, np.zeros((4, 0)), W, np.zeros((5, 0)), b)


def g(h, W, b):
    return np.tanh(W @ h + b)


claim("2.4", g(g(g(g(start, W, b), W, b), W, b), W, b), alone[-1])
claim("2.4", alone, unroll(adapters.autonomous(g), start, np.zeros((4, 0)), W, b))

# %% [markdown]
# Sharing weights over time is not the only way to read sequences of any length. A *convolution* shares them too: the same few weights slide along the input.
# Both take 7 steps or 70 without change, and in both an answer depends on the past alone:
#
# $$o_{1:7}\,(x_{1:70}) = o_{1:7}\,(x_{1:7}) . \tag{2.5}$$
#
# They differ in how far back they look. Change the first input and count the answers that change.


# %%
def convolve(xs):
    return np.convolve(xs[:, 0], [1.0, 0.8, 0.6, 0.4, 0.2])[: len(xs)]


def recur(xs):
    return unroll(linear_step, np.zeros(1), xs, np.array([[0.8]]), np.ones((1, 1)), np.zeros(1))[:, 0]


xs70 = np.random.default_rng(2).normal(size=(70, 1))
for name, model in (("convolution", convolve), ("recurrence", recur)):
    claim("2.5", model(xs70)[:7], model(xs70[:7]))
    changed = model(xs70) != model(xs70 + np.eye(70)[:, :1])
    print(f"{name}: the first input still changes the answer at step {np.flatnonzero(changed).max() + 1}")

# %% [markdown]
# A convolution of five weights has forgotten an input after five steps, all at once. A recurrence forgets by degrees, if at all.
# Lecture 03 is about the first kind of memory, lecture 12 about making it deep.

# %% [markdown]
# ## 3. A machine with finitely many states
#
# **Can a network keep a bit for ever?**
#
# A *finite automaton* is in one of a few states, and each symbol it reads takes it to another. It has no fading: a state is kept or left.
# A computer is one. So is a light switch: *off*, *on*, and each press goes from one to the other. Reading bits, with a one as a press, it says whether the number of ones so far is odd: the *parity*.
# If $q_{t-1}$ is the parity so far, the new one is the exclusive or of it and the bit, $q_t = q_{t-1} \oplus x_t$.
#
# A threshold unit is $H(a) = 1$ where $a \ge 0$, else $0$. No single one computes $\oplus$ of two bits. Two do: one asks whether *at least one* is on, the other whether *both* are, and
#
# $$q \oplus x = H(q + x - \tfrac12) - H(q + x - \tfrac32) . \tag{2.6}$$

# %%
q, x = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
at_least_one, both = np.heaviside(q + x - 0.5, 1), np.heaviside(q + x - 1.5, 1)
claim("2.6", q ^ x, (at_least_one - both).astype(int))

# %% [markdown]
# Now close the loop. Let $h = (h^1, h^2)$ be the two units. The parity is $q = h^1 - h^2$, so wherever (2.6) says $q$, each unit hears $h^1$ with weight $1$ and $h^2$ with $-1$:
#
# $$W = \begin{pmatrix} 1 & -1 \\ 1 & -1 \end{pmatrix},\; U = \begin{pmatrix} 1 \\ 1 \end{pmatrix},\; b = \begin{pmatrix} -\frac12 \\ -\frac32 \end{pmatrix} \quad\Longrightarrow\quad h^1_t - h^2_t = \Bigl(\sum_{k \le t} x_k\Bigr) \bmod 2 . \tag{2.7}$$
#
# These are the weights that seed S2 prints. Its output unit, $V = (1, -1)$ and $c = -\frac12$, makes it eleven numbers.

# %%
bits = np.random.default_rng(3).integers(0, 2, size=(10_000, 1))
network = automata.parity_network()
hs = network.states(1.0 * bits)
claim("2.7", (hs[:, 0] - hs[:, 1]).astype(int), bits[:, 0].cumsum() % 2)
parity_share = np.mean(network.says(1.0 * bits)[:, 0] == (bits[:, 0].cumsum() % 2 == 1))
print("right on", round(1e4 * parity_share), "of 10000 bits")

# %% [markdown]
# Why does it not fade? A threshold throws away how far the net input was above it. Small errors do not add up over time, because each step rounds them off.
# How large may an error be? That you can find with your hands.
#
# **Predict first.** The figure's first panel is the plane of the net inputs $(a_1, a_2)$. It shows where the network stands after each bit.
# The green plus is $b$, where it stands when nothing is on. Drag it to the right: at which $b_1$ does the network begin to err? And to the left?
# Then drag the three marks in the third panel, one at a time: which of them can you drag to the edge, in some direction, without an error? Two of them begin at the same place; a click brings the other one to the front.

# %%
guess = predict("at which b_1, to the right, does it begin to err?", guess=..., marks="x")
live(
    parity_plane,
    plane.parity_plane,
    plane.parity_words,
    guess=guess,
    t=integer(1, 24, 12, label="bits arrived", play=6.0),
    bias=point((-3, 3), (-3, 3), (-0.5, -1.5), step=0.05, label="bias b"),
    bit=point((-2, 2), (-2, 2), (1.0, 1.0), step=0.05, label="a bit of 1 adds (U)", axes=2),
    one=point((-2, 2), (-2, 2), (1.0, 1.0), step=0.05, label="unit 1 adds (W, column 1)", axes=2),
    two=point((-2, 2), (-2, 2), (-1.0, -1.0), step=0.05, label="unit 2 adds (W, column 2)", axes=2),
    mistake=choice(MISTAKES, "none", label="mistake"),
)

# %% [markdown]
# <details><summary>After you have moved it</summary>
#
# Only three places are ever visited, for $q + x = 0, 1, 2$. They lie on a diagonal, one step of $(1, 1)$ apart, and the lines $a_1 = 0$ and $a_2 = 0$ pass half-way between them.
# So $b_1$ may move until the first place crosses its line at $b_1 = 0$ or the second at $b_1 < -1$: the network is right for $-1 \le b_1 < 0$, and at chance outside. S2's value is in the middle.
# Being half wrong is not half as good: one error turns every later answer round.
#
# A mark that moves splits the three places into more, and each of them has to stay on its side of the lines. For unit 1's that leaves a square, from 0.5 to 1.5 both ways.
# The bit may add as much to $a_1$ as it likes, and unit 2 may take away from $a_2$ as much as it likes: they only push places further from a line.
# "W transposed": unit 2 stays off for ever, and after the first one the answer is always *odd*. "Bits one step late" answers the question of the step before.
# "Unit by unit" lets unit 2 hear what unit 1 says *now*. Both must read the old state.
# </details>

# %% [markdown]
# Another machine accepts strings with an *even number of zeros* (S3's example). It is the parity network with $1 - x$ for $x$, and the opposite answer. We try it on all strings of up to 12 bits.

# %%
acceptor = network._replace(U=-network.U, b=network.b + 1, V=-network.V, c=-network.c)
by_hand = []
for T in range(1, 13):
    every = strings.all_strings(T)
    by_hand.append(acceptor.says(1.0 * every[:, None])[-1, 0] == strings.even_zeros(every)[-1])
by_hand = np.concatenate(by_hand)
print("even number of zeros, by hand: right on", by_hand.sum(), "of", by_hand.size, "strings")

# %% [markdown]
# Must one be clever for every machine? No. Give each *pair* of a state $q$ and a symbol $s$ a unit of its own, meant to be on when the machine *was in $q$ and has read $s$*.
# The machine was in $q$ if a pair that leads to $q$ was on one step before. So the unit needs two votes, one from those pairs and one from the symbol:
#
# $$h^{qs}_t = H\Bigl(\sum_{q' s'\,:\;\delta(q', s') = q} h^{q's'}_{t-1} + [x_t = s] - \tfrac32\Bigr) = \bigl[\,q_{t-1} = q \text{ and } x_t = s\,\bigr] . \tag{2.8}$$
#
# $\delta$ is the machine's table: $\delta(q', s')$ is the state that follows $q'$ on reading $s'$. A bracket is $1$ where what it says is true, else $0$. All weights are 0 or 1. The network for $Q$ states and $S$ symbols has $QS$ units, and one more for the start.
# Minsky (1967) built such nets. Any computation with a fixed number of states is therefore an RNN.

# %%
show(automata.compiled)
machine = strings.even_zeros_machine()
network = automata.compiled(machine)
symbols = np.random.default_rng(4).integers(0, 2, size=50)
states = [0, *np.cumsum(symbols == 0) % 2]  # 0 even, 1 odd
pairs = [[states[t] == q and symbols[t] == s for q, s in product((0, 1), (0, 1))] for t in range(50)]
claim("2.8", network.states(strings.one_hot(symbols, 2))[:, :4].astype(bool), np.array(pairs))
figures.machine(machine, network, names=("even", "odd"))

# %% [markdown]
# Two tests. All strings of up to 10 bits. And the task of seed S0: among distracting letters there are two that count, each $p$ or $q$, and at the end one must say which pair it was.
# The distance between them may be anything, which makes it hard to *learn* (lecture 07). To *set* it takes seven states.

# %%
right = []
for T in range(1, 11):
    every = strings.all_strings(T)
    accepted = network.says(strings.one_hot(every, 2))[-1, 1]
    right.append(accepted == strings.even_zeros(every)[-1])
right = np.concatenate(right)
print("compiled acceptor: right on", right.sum(), "of", right.size, "strings")

pq = automata.compiled(strings.pq_machine())
for T in (2, 10, 100, 1000):
    words, classes = strings.pq_strings(np.random.default_rng(T), T, B=200)
    pq_share = np.mean(pq.says(strings.one_hot(words, 6))[-1].argmax(0) == classes)
    print(f"p/q with {len(pq.b)} units, length {T}: {pq_share:.0%} right")

# %% [markdown]
# <details><summary>Check yourself: why can no network of this kind, however large, tell whether a string has as many zeros as ones?</summary>
#
# $N$ threshold units have at most $2^N$ states, and after $2^N + 1$ zeros it must have been in one of them twice. It cannot tell these two counts apart, and one of them needs another number of ones.
# With real numbers instead of bits in the state a network could count further, as far as its digits reach: Siegelmann and Sontag (1995) get a Turing machine from unlimited digits.
# </details>

# %% [markdown]
# ## 4. A machine with a past
#
# **Are there recurrences that nobody calls a network?**
#
# Physics writes change as a differential equation. Where an effect takes time to arrive, a delay appears: $\dot x(t) = f\bigl(t, x(t), x(t - \tau)\bigr)$.
# Mackey and Glass (1977) wrote such an equation for the number of blood cells, which are made $\tau$ later than they are called for:
#
# $$\dot x(t) = \beta\,\frac{x(t-\tau)}{1 + x(t-\tau)^{10}} - \gamma\, x(t) , \qquad \beta = 0.2,\; \gamma = 0.1,\; \tau = 17 .$$
#
# What is its state? Not $x(t)$: to go on, one must know $x$ over the whole last stretch of length $\tau$. On a grid of steps $\Delta$ that is a list of $\tau/\Delta + 1$ numbers, and ours keeps one more, for the value half-way through a step.
# A step puts a new number in front and drops the oldest. So it is a recurrent network: one unit with a nonlinearity, and a line of units that only pass on.

# %%
show(mackey_glass.delayed_step)

# %% [markdown]
# Is the step right? Begin with $x = x_0$ at all times up to $0$. Until $t = \tau$ the delayed value is the constant $x_0$, and the equation is linear with a known solution:
#
# $$x(t) = x_\infty + (x_0 - x_\infty)\, e^{-\gamma t} , \qquad x_\infty = \frac{\beta}{\gamma}\,\frac{x_0}{1 + x_0^{10}} , \qquad 0 \le t \le \tau . \tag{2.9}$$
#
# Our step, a Runge–Kutta step of order four, meets it to $10^{-9}$. Beyond $\tau$ nobody has a formula. There one compares a step with two half steps.

# %%
x0, t = 1.2, 0.1 * np.arange(1, 161)
x_inf = 0.2 / 0.1 * x0 / (1 + x0**10)
claim("2.9", mackey_glass.mackey_glass(time=16), x_inf + (x0 - x_inf) * np.exp(-0.1 * t), rtol=1e-9)

whole, half, quarter = (mackey_glass.mackey_glass(time=20, dt=dt) for dt in (0.1, 0.05, 0.025))
first, second = np.abs(whole - half[1::2]).max(), np.abs(half - quarter[1::2]).max()
print(f"over 20 units of time a step and two half steps differ by {first:.1e}")
print(f"with steps half as long by {second:.1e}, {first / second:.1f} times less")
figures.delayed(mackey_glass.mackey_glass(time=600), dt=0.1, tau=17)

# %% [markdown]
# Here the two views of a recurrent network stand side by side, and one equation covers both.
#
# | | automaton | dynamical system |
# |---|---|---|
# | state | one of finitely many | a point, or a stretch of the past |
# | $f$ | a threshold: rounds errors off | smooth: passes errors on, shrunk or grown |
# | memory | kept or lost, at once | fades, stays or grows (lecture 01) |
# | gradient | zero nearly everywhere | useful (lecture 04) |
#
# A trained tanh network is a dynamical system. Where it has learned to latch, large weights drive tanh to its ends, and it behaves like the automaton.
#
# <details><summary>Check yourself: in the cell above half the step makes the difference 4 times smaller, and for a method of order four it should be 16. Who spoilt it?</summary>
#
# The history: it is flat up to $t = 0$ and slopes after it. That corner comes back at $t = \tau$ as the delayed value, and the cubic through four neighbours is poor across a corner.
# Methods for delay equations put a grid point on every corner, and interpolate on one side of it.
# </details>

# %% [markdown]
# ## 5. Wirings
#
# **Who should hear whom?**
#
# Jordan (1986) let the hidden units hear not themselves but the network's last *answer*: $h_t = \tanh(W o_{t-1} + U x_t + b)$, $o_t = V h_t + c$, with $W$ of shape $(N, K)$.
# Start from $h_0 = 0$, so that $o_0 = c$, and put the second equation into the first:
#
# $$h_t = \tanh\bigl( (W V)\, h_{t-1} + U x_t + (b + W c) \bigr) . \tag{2.10}$$
#
# So Jordan's network is an Elman network, with a recurrent matrix $WV$ of rank $K$ at most. However many hidden units it has, what passes from step to step are the $K$ numbers of the answer.

# %%
rng = np.random.default_rng(5)
N, D, K, T = 6, 3, 2, 12
W, U, b, V, c = (rng.normal(size=shape) for shape in ((N, K), (N, D), (N,), (K, N), (K,)))
xs = rng.normal(size=(T, D))
claim("2.10", wirings.jordan(xs, W, U, b, V, c), wirings.elman(xs, W @ V, U, b + W @ c, V, c))
show(wirings.jordan_step)

# %% [markdown]
# When does that hurt? When the answer does not say what must be remembered. Take the smallest such task, the *echo*: say each random sign one step late, $o_t = x_{t-1}$.
# Suppose a Jordan network has been exactly right. Then all it has is $o_{t-1} = x_{t-2}$ and the input $x_t$. Neither is $x_{t-1}$. There are 16 functions of two bits; the best of them is right
#
# $$\max_f\; P\bigl[f(x_{t-2}, x_t) = x_{t-1}\bigr] = \tfrac12 \tag{2.11}$$
#
# of the time, like a coin. Elman's network does it with two hidden units: one holds $x_t$, and the other hears it a step later.

# %%
triples = np.array(list(product((0, 1), repeat=3)))  # x_{t-2}, x_{t-1}, x_t, all equally likely
tables = product((0, 1), repeat=4)
shares = [np.mean(np.array(f)[2 * triples[:, 0] + triples[:, 2]] == triples[:, 1]) for f in tables]
claim("2.11", max(shares), 1 / 2)

# %% [markdown]
# A real network could cheat: hide $x_{t-1}$ in the small digits of its answer, and be a little wrong on purpose. Does training find that?
# `fit` follows the gradient of a cost; **until lecture 04 it is a black box**, run by PyTorch. Sixteen hidden units each, the same data, 600 steps.

# %%
show(fit)


def squared(model, weights):
    """The cost of a batch: the mean squared error of this model with these weights."""
    return lambda xs, ys: ((model(xs, *weights) - ys) ** 2).mean()


# %%
xs, ys = next(strings.echo_batches(np.random.default_rng(8), steps=1, T=50, B=500))
results = {}
for name, model, heard in (("Elman", wirings.elman, 16), ("Jordan", wirings.jordan, 1)):
    weights = drawn(np.random.default_rng(6), (16, heard), (16, 1), (16, 1), (1, 16), (1, 1))
    batches = strings.echo_batches(np.random.default_rng(7), steps=600)
    fit(squared(model, weights), weights, batches, lr=0.02)
    right = (model(torch.tensor(xs), *weights).detach().numpy() > 0) == (ys > 0)
    results[name] = right[1:].mean()
print("Elman says the echo, more than 99 % right:", bool(results["Elman"] > 0.99))
print("Jordan does, more than 75 % right:", bool(results["Jordan"] > 0.75))

# %% [markdown]
# Jordan's wiring is not a mistake. In training, the true answer may be fed back in place of the network's own, and then no gradient need go through time: lecture 10 does that.
# It suits tasks whose answer *is* the state, such as the position of an arm.
#
# Now stack networks: let layer $l$ hear itself a step ago, and the layer below it now, $h^l_t = \tanh(W_l h^l_{t-1} + U_l h^{l-1}_t + b_l)$.
# Skip a layer? Let the top speak to the bottom? One picture holds all of these. Put all layers' outputs into one vector $z = (z_1, z_2, \dots)$, and the weights into one **connection matrix**: its block $W_{ij}$ says how layer $i$ hears layer $j$.
# Compute the layers in order. Then what stands left of the diagonal arrives *within* the step, and the rest, diagonal included, *one step later*:
#
# $$z_i(t) = f_i\Bigl(\sum_{j < i} W_{ij}\, z_j(t) + \sum_{j \ge i} W_{ij}\, z_j(t-1) + U_i x_t + b_i\Bigr) . \tag{2.12}$$

# %%
show(connections.connection_step)
deep = torch.nn.RNN(3, 4, num_layers=3).double()
xs = np.random.default_rng(9).normal(size=(9, 3))
wiring = connections.stacked(adapters.torch_layers(deep))
zs = unroll(connections.connection_step, np.zeros(12), xs, *wiring)
claim("2.12", zs[:, 8:], deep(torch.tensor(xs))[0])

# %% [markdown]
# PyTorch's three layers are one matrix with three blocks on the diagonal and two below it. Jordan's network is one with two layers, hidden and answer, and two blocks:
# the answer hears the hidden layer within the step, the hidden layer hears the answer a step later. Elman's is a single block.
#
# | wiring | matrix | | wiring | matrix |
# |---|---|---|---|---|
# | Elman | $(W)$ | | stack of two | $\begin{pmatrix} W_1 & 0 \\ U_2 & W_2 \end{pmatrix}$ |
# | Jordan | $\begin{pmatrix} 0 & W \\ V & 0 \end{pmatrix}$ | | its output fed back | $\begin{pmatrix} W_1 & W_{12} \\ U_2 & W_2 \end{pmatrix}$ |

# %%
xs = np.random.default_rng(10).normal(size=(T, D))
two = (connections.Layer(N), connections.Layer(K, connections.linear))
block = np.block([[np.zeros((N, N)), W], [V, np.zeros((K, K))]])
Uc, bc = np.vstack([U, np.zeros((K, D))]), np.concatenate([b, c])
zs = unroll(connections.connection_step, np.concatenate([np.zeros(N), c]), xs, block, Uc, bc, two)
claim("2.12", zs[:, N:], wirings.jordan(xs, W, U, b, V, c))

# %% [markdown]
# If all blocks are left of the diagonal, $W = L$, nothing is remembered: the network is *feed-forward*. With $f$ linear, $z = L z + u$ where $u = U x + b$, and $n$ layers solve it in one pass.
# A signal can climb at most $n - 1$ times, so $L^n = 0$, and the inverse is a finite sum over paths of 0, 1, 2, … arrows:
#
# $$z = (I - L)^{-1} u = \sum_{k=0}^{n-1} L^k\, u . \tag{2.13}$$

# %%
rng, sizes = np.random.default_rng(11), (3, 4, 2)
L = connections.within_step(rng.normal(size=(9, 9)), sizes)
flat = tuple(connections.Layer(size, connections.linear) for size in sizes)
u = rng.normal(size=9)
once = connections.connection_step(np.zeros(9), np.zeros(0), L, np.zeros((9, 0)), u, flat)
claim("2.13", once, np.linalg.solve(np.eye(9) - L, u))
claim("2.13", once, u + L @ u + L @ L @ u)

# %% [markdown]
# The order is part of the wiring. Number the layers of a chain from top to bottom instead, and each arrow stands right of the diagonal: it takes a step.
# For a chain of $n$ layers the top then says the same, $n - 1$ steps late:
#
# $$z^{\text{reversed}}_{\text{top}}(t) = z_{\text{top}}\bigl(t - (n-1)\bigr) . \tag{2.14}$$

# %%
chain = np.array([[0, 0, 0], [1.5, 0, 0], [0, -0.8, 0]])  # 1 → 2 → 3, within the step
xs, entry, layers = (
    np.random.default_rng(12).normal(size=(20, 1)),
    np.eye(3)[:, :1],
    (connections.Layer(1),) * 3,
)
zs = unroll(connections.connection_step, np.zeros(3), xs, chain, entry, np.zeros(3), layers)
late = unroll(
    connections.connection_step, np.zeros(3), xs, chain[::-1, ::-1], entry[::-1], np.zeros(3), layers
)
claim("2.14", late[2:, 0], zs[:-2, 2])

# %% [markdown]
# One example with everything in it: layer 1 feeds 2 and 3, layer 2 feeds 3 and hears itself, and layer 3 speaks back to layer 1. We write it out by hand once and compare.

# %%
rng = np.random.default_rng(13)
mask = np.kron([[0, 0, 1], [1, 1, 0], [1, 1, 0]], np.ones((3, 3)))
Wz, Uz, bz = mask * rng.normal(size=(9, 9)), np.eye(9)[:, :1], np.zeros(9)
push = np.eye(30)[:, :1]
zs = unroll(connections.connection_step, np.zeros(9), push, Wz, Uz, bz, (connections.Layer(3),) * 3)

one, two, three, written_out = np.zeros(3), np.zeros(3), np.zeros(3), []
for x in push:
    one = np.tanh(Wz[:3, 6:] @ three + Uz[:3] @ x)
    two = np.tanh(Wz[3:6, :3] @ one + Wz[3:6, 3:6] @ two)
    three = np.tanh(Wz[6:, :3] @ one + Wz[6:, 3:6] @ two)
    written_out.append(np.concatenate([one, two, three]))
claim("2.12", zs, written_out)
figures.connections(Wz, (3, 3, 3), zs)

# %% [markdown]
# <details><summary>Check yourself: two layers, and all four blocks are full. How many steps does a signal need from layer 2 to itself by way of layer 1?</summary>
#
# One. It takes a step to reach layer 1, and from there it arrives within the same step. The direct way through $W_{22}$ takes one step as well.
# </details>

# %% [markdown]
# ## 6. What memory is good for
#
# **What does a network do with its state that it could not do without?**
#
# First, our acceptor, *learned* this time: the black box gets strings of at most 15 bits, and after each bit whether the zeros so far are even.

# %%
rng = np.random.default_rng(14)
weights = drawn(rng, (8, 8), (8, 1), (8, 1), (1, 8), (1, 1))  # W, U, b, V, c
log_loss = torch.nn.functional.binary_cross_entropy_with_logits
batches = strings.even_zeros_batches(rng, steps=1000)
fit(lambda xs, ys: log_loss(wirings.elman(xs, *weights), ys), weights, batches, lr=0.02)

bits = np.random.default_rng(15).integers(0, 2, size=(100, 1, 1000))
says = wirings.elman(torch.tensor(2.0 * bits - 1), *weights).detach().numpy() > 0
print("1000 strings of 100 bits, right after every bit:", bool((says == strings.even_zeros(bits)).all()))

# %% [markdown]
# It was never shown a string longer than 15 and does not tire at 100: it has found an automaton. (Its strings began short and grew. With long ones from the beginning some starts fail, and lecture 05 says why.)
#
# Second, *structure without being told*. Elman (1990) wrote three consonants in random order and after each its vowels: *ba*, *dii*, *guuu*. The network sees letters, as six features each, and predicts the next.
# The consonant is drawn by chance. Its features *high* and *back* are $1$ for one of the three letters, so the best prediction of either is $\frac13$. The other four are the same for all three letters. No network can have a mean error below
#
# $$\sum_{j=1}^{6} p_j\,(1 - p_j) = 2 \cdot \tfrac13 \cdot \tfrac23 = \tfrac49 , \tag{2.15}$$
#
# where $p_j$ is the probability of feature $j$ in a consonant. Vowels follow from the past, and so does the end of the syllable: one must have counted.

# %%
p = letters.features("bdg").mean(0)
claim("2.15", np.mean(((letters.features("bdg") - p) ** 2).sum(1)), 4 / 9)

rng = np.random.default_rng(16)
weights = drawn(rng, (20, 20), (20, 6), (20, 1), (6, 20), (6, 1))
batches = letters.letter_batches(rng, steps=300)
fit(lambda xs, ys: ((wirings.elman(xs, *weights).sigmoid() - ys) ** 2).mean(), weights, batches, lr=0.01)

text = letters.letters(1000, np.random.default_rng(17))
xs = torch.tensor(letters.features(text)[:, :, None])
squares = ((wirings.elman(xs[:-1], *weights).sigmoid() - xs[1:]) ** 2)[:, :, 0].detach().numpy()
errors = squares.sum(1)

# %%
consonant = np.array([letter in "bdg" for letter in text[1:]])
near_floor = abs(errors[consonant].mean() - 4 / 9) < 0.05
print("at consonants the mean error is within 0.05 of 4/9:", bool(near_floor))
print("at vowels it is below 0.02:", bool(errors[~consonant].mean() < 0.02))
guessed = squares[consonant].mean(0) > 0.1
print(
    "at consonants guessed:",
    *np.array(letters.NAMES)[guessed],
    "- known:",
    *np.array(letters.NAMES)[~guessed],
)
figures.letter_errors(text[101:141], errors[100:140])

# %% [markdown]
# Nobody marked the syllables. The error does: it jumps where a new one begins, and dips within. (For *b*, neither high nor back, it is about $\frac29$; for *d* and *g* $\frac59$.) And look at what the error at a consonant is made of: two features are guessed, and the other four, *consonant* itself among them, are known.
# The network knows *that* one comes, and not *which*.
#
# Third, *persistence*. A dot moves to and fro, a camera of 16 pixels looks on, and in the middle there is a wall. Where is the dot? The obvious approach answers for each frame alone.
# Behind the wall all frames are dark and the same, so whatever it has learned, it says one number $c$ for all of them. On these $n$ frames its error is
#
# $$\frac1n \sum_{t\ \text{hidden}} (y_t - c)^2 = \operatorname{Var}(y) + (c - \bar y)^2 \;\ge\; \operatorname{Var}(y) . \tag{2.16}$$
#
# No size and no training brings it below the variance of the hidden places. A recurrent network saw the dot go in, and how fast.

# %%
rng = np.random.default_rng(18)
recurrent = drawn(rng, (24, 24), (24, 16), (24, 1), (1, 24), (1, 1))
alone = drawn(rng, (24, 16), (24, 1), (1, 24), (1, 1))
for model, weights in ((wirings.elman, recurrent), (wirings.feed_forward, alone)):
    batches = moving_dot.film_batches(np.random.default_rng(19), steps=1000)
    fit(squared(model, weights), weights, batches, lr=0.01)

frames, places, hidden = moving_dot.film(np.random.default_rng(20), T=40, B=400)
follows = wirings.elman(torch.tensor(frames), *recurrent).detach().numpy()
guesses = wirings.feed_forward(torch.tensor(frames), *alone).detach().numpy()
c, y = guesses[hidden][0], places[hidden]
print("its error is within 5 % of the variance:", bool(np.mean((guesses[hidden] - y) ** 2) < 1.05 * y.var()))
claim("2.16", np.mean((guesses[hidden] - y) ** 2), y.var() + (c - y.mean()) ** 2)

# %%
later = hidden & (np.arange(40) >= 20)[:, None, None]  # by then every dot has been seen
ratio = np.mean((guesses - places)[later] ** 2) / np.mean((follows - places)[later] ** 2)
print("where the dot is hidden, each frame alone has more than 8 times the squared error:", bool(ratio > 8))
one = int(np.argmax(hidden[20:, 0].sum(0)))
figures.behind_the_wall(places[:, 0, one], hidden[:, 0, one], follows[:, 0, one], guesses[:, 0, one])

# %% [markdown]
# This dot begins behind the wall. In the first three frames neither network has seen it yet, and both guess the middle.
#
# <details><summary>Check yourself: could a network without recurrence follow the dot if it saw the last five frames at once?</summary>
#
# Only while one of the five shows the dot. The slowest dots are hidden for 15 frames: a window has to be as long as the longest gap, and one must know it beforehand.
# </details>

# %% [markdown]
# ## 7. The same network in other letters
#
# **How do you read somebody else's equation?**
#
# S0 writes every network as a pair. With $s$ for its state, and our $x$ for its input, it is $s_{t+1} = f(s_t, x_t)$ and $y_t = g(s_t, x_t)$. Beware of the index: the state that stands beside $x_t$ is the one *before* it is read, $s_t = h_{t-1}$. So
#
# $$f(s, x) = \tanh(W s + U x + b) , \qquad g(s, x) = V f(s, x) + c . \tag{2.17}$$
#
# The pair covers stacks too, with all layers in $s$. It will cover the LSTM and the GRU in lecture 06. Here a stack of two from PyTorch is cast into it.

# %%
show(adapters.state_space)
deep, out = torch.nn.RNN(3, 4, num_layers=2).double(), torch.nn.Linear(4, 2).double()
V, c = out.weight.detach().numpy(), out.bias.detach().numpy()
wiring = connections.stacked(adapters.torch_layers(deep))
pair = adapters.state_space(connections.connection_step, lambda z: V @ z[4:] + c, *wiring)
xs = np.random.default_rng(21).normal(size=(9, 3))
claim("2.17", adapters.respond(pair, np.zeros(8), xs), out(deep(torch.tensor(xs))[0]))

# %% [markdown]
# S4 squashes before the weights and not after: $r_t = U x_t + W\,\sigma(r_{t-1})$, from $r_0 = 0$, and it answers $\hat y = r_T$. Apply $\sigma$ to both sides and call $h_t = \sigma(r_t)$:
#
# $$\sigma(r_t) = \sigma\bigl(W\,\sigma(r_{t-1}) + U x_t\bigr) , \quad\text{so}\quad h_t = \sigma(W h_{t-1} + U x_t) . \tag{2.18}$$
#
# It is Elman's network with $r$, the net input, for a state. Two traps. The starts match only as $h_0 = \sigma(r_0)$: zero for tanh, but $\frac12$ for the logistic function.
# And the answer $r_T$ is the last net input, *before* squashing.

# %%
rng = np.random.default_rng(22)
W, U, xs = rng.normal(size=(4, 4)), rng.normal(size=(4, 2)), rng.normal(size=(10, 2))
rs = unroll(wirings.rate_step, np.zeros(4), xs, W, U)
hs = unroll(tanh_step, np.zeros(4), xs, W, U, np.zeros(4))
claim("2.18", np.tanh(rs), hs)
claim("2.18", rs[-1], W @ hs[-2] + U @ xs[-1])

# %% [markdown]
# ## What to remember
#
# | | |
# |---|---|
# | the equation | $h_t = f(W h_{t-1} + U x_t + b)$, $o_t = V h_t + c$ |
# | unrolled | a deep network with shared weights and an input at each layer |
# | with thresholds | any finite automaton: one unit for each pair (state, symbol), two votes |
# | a delay equation | a recurrence whose state is a stretch of the past |
# | Jordan's wiring | Elman's with rank $K$: it remembers what it said, and no more |
# | connection matrix | left of the diagonal within the step, the rest one step later |
# | the best error | a variance: of what the past does not tell (2.15), of what a frame does not show (2.16) |
#
# ## Where each seed stands
#
# | seed | writes | ours |
# |---|---|---|
# | S0 (Ribeiro) | $x_{t+1} = f(x_t, z_t; \theta)$, $\hat y_t = g(x_t, z_t; \theta)$ | $x_t = h_{t-1}$, $z_t = x_t$: (2.17) |
# | S1 (Mohajerin) | $x(k) = f(A x(k-1) + B u(k) + b_x)$, $y = g(C x + b_y)$ | $W, U, b, V, c$ for $A, B, b_x, C, b_y$ |
# | S2 (Nonlinear Sequence Processing) | $a(t) = f(IW\, p(t) + LW\, a(t-1) + b)$ | $U, W$ for $IW, LW$; $x$, $h$ for $p$, $a$ |
# | S3 (Zhang) | $a_t = U x_t + b + W h_{t-1}$, $h_t = \tanh a_t$, $\hat y_t = \mathrm{softmax}(c + V h_t)$ | the same letters |
# | S4 (TU Berlin) | $r_t = W^{\rm in} x_t + W^{\rm rec} \sigma(r_{t-1})$, $\hat y = r_T$ | $h_t = \sigma(r_t)$: (2.18) |
#
# S3's second example is Jordan's wiring. Its third is titled "feedback only come from the final output": nothing is fed back there, the *loss* looks at the last output only, as S4's $\hat y = r_T$ does.
# S1's picture of the connection matrix has no formula beside it; (2.12) is our reading of it.
#
# ## Replications

# %%
published(
    "parity network, share of 10,000 bits right",
    1.0,
    "S2, Nonlinear Sequence Processing",
    parity_share,
    (1, 1),
)
published("p/q automaton, share right at length 1000", 1.0, "S0, Ribeiro 2020", pq_share, (1, 1))
published("even zeros, share of all strings up to 12 bits", 1.0, "S3, Zhang", by_hand.mean(), (1, 1))

# %% [markdown]
# ## Exercises
#
# [Exercise 02](../exercises/02_recurrent_networks.ipynb): other wirings, machines that guess, and a network that has lost a weight. 20 points.
#
# ## References
#
# - W. S. McCulloch and W. Pitts (1943), A logical calculus of the ideas immanent in nervous activity, [doi:10.1007/BF02478259](https://doi.org/10.1007/BF02478259): threshold units, and the first networks with loops.
# - M. L. Minsky (1967), *Computation: Finite and Infinite Machines*, Prentice-Hall: every finite automaton is a net.
# - M. C. Mackey and L. Glass (1977), Oscillation and chaos in physiological control systems, [doi:10.1126/science.267326](https://doi.org/10.1126/science.267326).
# - M. I. Jordan (1986), Attractor dynamics and parallelism in a connectionist sequential machine, *Proceedings of the 8th Annual Conference of the Cognitive Science Society*.
# - J. L. Elman (1990), Finding structure in time, [doi:10.1207/s15516709cog1402_1](https://doi.org/10.1207/s15516709cog1402_1).
# - H. T. Siegelmann and E. D. Sontag (1995), On the computational power of neural nets, [doi:10.1006/jcss.1995.1013](https://doi.org/10.1006/jcss.1995.1013).
