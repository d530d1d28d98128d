# %% [markdown]
# # 04 · BPTT and RTRL
#
# *Two ways to the same gradient, and what each costs.*
#
# **Time** 45 minutes. **You need** lectures 01 and 02; the chain rule with matrices.
# **Afterwards you can**
#
# - *derive* the gradient of a recurrent network backward and forward in time, with every index and transposition;
# - *implement* both by hand, for a wiring that no library has;
# - *translate* between the ways in which textbooks write them;
# - *count* what each costs for given $N$ and $T$, and *choose*;
# - *diagnose* a wrong gradient from its symptom.
#
# A network runs for eight steps, and each step may be blamed. One weight, $W_{12}$, is used eight times. What is $dL/dW_{12}$?
# Here are two algorithms at work, each adding one number at each time step.

# %%
import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

from rnnlab.analysis.gradient_costs import by_bptt, by_rtrl, error, peak_bytes, random_problem
from rnnlab.analysis.two_walks import MISTAKES, terms, two_walks
from rnnlab.figures import bptt_and_rtrl as figures
from rnnlab.gradients import bptt, complex_step, finite_differences, influence_step, weight_gradients
from rnnlab.gradients.rtrl import rtrl, rtrl_in_blocks, rtrl_one_by_one
from rnnlab.live import choice, integer, live, log_slider
from rnnlab.models import tanh_step, unroll
from rnnlab.teaching import claim, predict, published, show
from rnnlab.teaching.results import result

# %%
rng = np.random.default_rng(4)
h0, xs, ys, W, U, b = random_problem(N=3, D=2, T=8, rng=rng)
hs = unroll(tanh_step, h0, xs, W, U, b)
slopes = 1 - hs**2
triangle = terms(h0, hs, W, slopes, hs - ys, i=0, j=1)
figures.two_orders(triangle)

# %% [markdown]
# No bar on the left has its equal on the right, yet both sides sum to $-1.4420$. What are they adding?

# %% [markdown]
# ## 1. One weight, used at every step
#
# **What does a weight owe, that is used again and again?**
#
# The network is the one of the board, with states $h_t \in \mathbb{R}^N$ and inputs $x_t \in \mathbb{R}^D$:
#
# $$a_t = W h_{t-1} + U x_t + b , \qquad h_t = \tanh(a_t) , \qquad L = \tfrac12 \sum_{t=1}^{T} \lVert h_t - y_t \rVert^2 .$$
#
# The loss is a sum over time. For a batch of sequences it is also a sum over the batch, and then it is half of what torch calls
# the squared error with `reduction="sum"`:
#
# $$\tfrac12 \sum_{d} \sum_{t} e_{d,t}^{\top} e_{d,t} = \tfrac12\,\mathrm{MSE}_{\rm sum}(H, Y) , \qquad e_{d,t} = h_{d,t} - y_{d,t} . \tag{4.1}$$

# %%
H, Y = rng.normal(size=(5, 8, 3)), rng.normal(size=(5, 8, 3))  # 5 sequences, 8 steps, 3 units
L = sum(0.5 * (H[d, t] - Y[d, t]) @ (H[d, t] - Y[d, t]) for d in range(5) for t in range(8))
mse = torch.nn.MSELoss(reduction="sum")(torch.from_numpy(H), torch.from_numpy(Y))
claim("4.1", L, mse / 2)

# %% [markdown]
# Three derivatives are *explicit*: they look at one equation and hold everything else in it fixed. We write them with $\partial^{e}$, as S2 does.
# What the loss feels of $h_t$ at once, not through later states:
#
# $$\frac{\partial^{e} L}{\partial h_t} = h_t - y_t . \tag{4.2}$$
#
# How a state moves with the one before it. With $D_t = \operatorname{diag}(1 - h_t^2)$, the slopes of tanh,
#
# $$J_t = \frac{\partial^{e} h_t}{\partial h_{t-1}^{\top}} = D_t\, W . \tag{4.3}$$
#
# Row $k$, column $l$ is $\partial h_{t,k} / \partial h_{t-1,l}$; this layout holds throughout. And how $a_t$ moves with the weight that is used in this step.
# $W_{ij}$ multiplies unit $j$ of the state *before* and enters row $i$. With the $i$th unit vector $e_i$,
#
# $$\frac{\partial^{e} a_t}{\partial W_{ij}} = e_i\, h_{t-1,j} . \tag{4.4}$$
#
# Each can be checked by a step in the imaginary direction, which knows no calculus.

# %%
claim("4.2", complex_step(lambda hs: 0.5 * ((hs - ys) ** 2).sum(), hs), hs - ys)

t = 4  # h_5 from h_4: Python counts from 0
rows = [complex_step(lambda h, k=k: tanh_step(h, xs[t], W, U, b)[k], hs[t - 1]) for k in range(3)]
claim("4.3", np.diag(slopes[t]) @ W, rows)

e = np.eye(3)
for k in range(3):  # unit k of a_5, by all nine weights at once
    by_weights = complex_step(lambda W, k=k: (W @ hs[t - 1] + U @ xs[t] + b)[k], W)
    claim("4.4", by_weights, [[e[i, k] * hs[t - 1, j] for j in range(3)] for i in range(3)])

# %% [markdown]
# Now follow one use of $W_{ij}$, at step $k$, to one loss, at step $t \ge k$. The use moves $a_k$ by (4.4), $D_k$ takes that to $h_k$,
# the Jacobians $J_{k+1}, \dots, J_t$ take it to $h_t$, and the loss feels it by (4.2). The weight is used at every step and there is a loss at every step, so add over both:
#
# $$\frac{dL}{dW_{ij}} = \sum_{t=1}^{T} \sum_{k=1}^{t} \Bigl(\frac{\partial^{e} L}{\partial h_t}\Bigr)^{\!\top} J_t\, J_{t-1} \cdots J_{k+1}\; D_k\, e_i\, h_{k-1,j} . \tag{4.5}$$
#
# Later factors stand on the left. That is the whole gradient. Autograd agrees, term by term, if we give it a copy $W_k$ of the weight for each step and one loss at a time:
# these are the $T(T+1)/2$ terms.


# %%
def tensors(*arrays):
    return [torch.tensor(array, requires_grad=True) for array in arrays]


copies, grid = tensors(*[W] * 8), np.zeros((8, 8))
h, states = torch.tensor(h0), []
for x, W_k in zip(xs, copies, strict=True):
    h = tanh_step(h, torch.tensor(x), W_k, torch.tensor(U), torch.tensor(b))
    states.append(h)
for t, (h, y) in enumerate(zip(states, ys, strict=True)):
    loss = 0.5 * ((h - torch.tensor(y)) ** 2).sum()
    used = torch.autograd.grad(loss, copies[: t + 1], retain_graph=True)
    grid[t, : t + 1] = [W_k[0, 1] for W_k in used]
claim("4.5", terms(h0, hs, W, slopes, hs - ys, i=0, j=1), grid)

# %% [markdown]
# The function that made the left side multiplies the factors of (4.5) from the left to the right. Here is the triangle, with the sums of its rows and of its columns.

# %%
figures.triangle_of_terms(triangle)

# %% [markdown]
# So that is the answer to the puzzle. The column sums are the bars of the first algorithm: everything that *one use* of the weight will ever be blamed for.
# The row sums are the bars of the second: everything that the weight has ever done to *one loss*.
# The first is complete only when the last loss is known. It must wait, and walk back. The second is known at once, at each step. It can walk forward.
#
# S4 has a loss $E$ at the last step only, which leaves the bottom row, and squashes before the weight: $r_t = W^{\rm in} x_t + W^{\rm rec} \sigma(r_{t-1})$.
# Its gradient is the sum of that row over the uses $k$:
#
# $$\frac{\partial E}{\partial \theta} = \sum_{k=1}^{T} \Bigl(\frac{\partial E}{\partial r_T}\Bigr)^{\!\top} \frac{\partial r_T}{\partial r_k}\, \frac{\partial^{+} r_k}{\partial \theta} , \qquad \frac{\partial r_T}{\partial r_k} = \prod_{T \ge i > k} W^{\rm rec} \operatorname{diag}\bigl(\sigma'(r_{i-1})\bigr) . \tag{4.6}$$
#
# S4's $\partial^{+}$ is our $\partial^{e}$. Its slide has $(W^{\rm rec})^{\top}$ inside the product and marks it with an exclamation mark. With rows and columns exchanged a factor would be $\operatorname{diag}(\sigma')\,(W^{\rm rec})^{\top}$, in the opposite order.
# So the slide's factor is the Jacobian in neither layout (lecture 05 says where it belongs), and whoever copies it gets other numbers. Term by term, with the copies of the weight again:

# %%
copies = tensors(*[W] * 8)
r, rs = torch.tensor(h0), [h0]
for x, W_k in zip(xs, copies, strict=True):
    r = W_k @ torch.tanh(r) + torch.tensor(U @ x)
    rs.append(r.detach().numpy())
E = 0.5 * ((r - torch.tensor(ys[7])) ** 2).sum()
per_k = [W_k[0, 1].item() for W_k in torch.autograd.grad(E, copies)]

# %%
for name, W_rec in (("ours", W), ("slide", W.T)):
    blame, onward = [], e
    for k in range(8, 0, -1):
        used = e[0] * np.tanh(rs[k - 1])[1]  # ∂⁺r_k / ∂W_12
        blame.insert(0, (rs[8] - ys[7]) @ onward @ used)
        onward = onward @ W_rec @ np.diag(1 - np.tanh(rs[k - 1]) ** 2)
    if name == "ours":
        claim("4.6", blame, per_k)
    print(f"{name:5s}", np.round(blame, 4))

slope = np.diag(1 - np.tanh(rs[7]) ** 2)
for name, J in (("ours", W @ slope), ("ours, transposed", (W @ slope).T)):
    print(f"the slide's last factor is {name}:", np.allclose(W.T @ slope, J))

# %% [markdown]
# <details><summary>Check yourself: in which cells of the triangle does a loss at the last step only, and a weight used at the first step only, leave something?</summary>
#
# In one, at the lower left: $t = T$, $k = 1$. It has the longest product of Jacobians, and this is where gradients vanish or explode. Lecture 05 is about that cell.
# </details>

# %% [markdown]
# ## 2. Backward, by hand
#
# **How can the columns be summed without forming each cell?**
#
# Take two steps and a loss at the end, S2's example, in its letters: net inputs $n(t)$, states $a(t) = f(n(t))$ with the slopes $\dot F(n(t)) = \operatorname{diag}\bigl(\dot f(n(t))\bigr)$, weights $LW$, a target $\mathbf t$, the error $\mathbf e = \mathbf t - a(2)$ and the loss $F = \mathbf e^{\top} \mathbf e$.
# Two rules make it a real test. The first state $a(0)$ is not zero, or half of the answer would vanish; and $LW$ is not symmetric, or a forgotten transpose would not show.
#
# At the last step only the explicit derivative is left, since nothing comes after it:
#
# $$\frac{\partial F}{\partial a(2)} = -2\,\mathbf e . \tag{4.7}$$
#
# At the step before it, $F$ does not look at $a(1)$ at all. It feels it through $a(2)$ alone. A gradient is a column, so the Jacobian $\dot F(n(2))\, LW$ of (4.3) arrives transposed:
#
# $$\frac{\partial F}{\partial a(1)} = LW^{\top}\, \dot F(n(2))^{\top}\, [-2\,\mathbf e] . \tag{4.8}$$

# %%
LW, IW = np.array([[0.5, -1.0], [0.3, 0.8]]), np.array([[1.0], [-0.5]])
a0, ps, target = np.array([0.9, -0.8]), np.array([[1.0], [0.5]]), np.array([0.5, -0.5])
no_bias = np.zeros(2)
a1, a2 = unroll(tanh_step, a0, ps, LW, IW, no_bias)
Fdot1, Fdot2 = np.diag(1 - a1**2), np.diag(1 - a2**2)
e_vec = target - a2

claim("4.7", complex_step(lambda a: ((target - a) ** 2).sum(), a2), -2 * e_vec)
onward = complex_step(lambda a: ((target - tanh_step(a, ps[1], LW, IW, no_bias)) ** 2).sum(), a1)
claim("4.8", onward, LW.T @ Fdot2.T @ (-2 * e_vec))
print("dF/da(2) =", np.round(-2 * e_vec, 4), "  dF/da(1) =", np.round(onward, 4))

# %% [markdown]
# Each use of $lw_{ij}$ adds its part. By (4.4) the use at $t$ moves $n_i(t)$ by $a_j(t-1)$, so its part is $a_j(t-1)\, \dot f(n_i(t))\, \partial F / \partial a_i(t)$.
# For all $i, j$ at once this is a column times a row:
#
# $$\frac{\partial F}{\partial LW} = \underbrace{\dot F(n(1))^{\top} LW^{\top} \dot F(n(2))^{\top} [-2\,\mathbf e]\; a(0)^{\top}}_{\text{the use at } t = 1} + \underbrace{\dot F(n(2))^{\top} [-2\,\mathbf e]\; a(1)^{\top}}_{\text{the use at } t = 2} . \tag{4.9}$$

# %%
first = np.outer(Fdot1.T @ LW.T @ Fdot2.T @ (-2 * e_vec), a0)
second = np.outer(Fdot2.T @ (-2 * e_vec), a1)


def F(LW):
    return ((target - unroll(tanh_step, a0, ps, LW, IW, no_bias)[-1]) ** 2).sum()


claim("4.9", complex_step(F, LW), first + second)
print("use at t = 1:", first.round(4).tolist(), "\nuse at t = 2:", second.round(4).tolist())

# %% [markdown]
# S2 prints the general recursion as $\partial F/\partial a(t) = \partial^{e} F/\partial a(t) + \partial^{e} a(t+1)/\partial a(t)^{\top} \times \partial F/\partial a(t+1)$.
# By S2's own layout the middle factor is the Jacobian $\dot F LW$, and it needs a transpose that the formula does not have. Its worked example does have it.
# Which of them is right is not a matter of taste:

# %%
printed = Fdot2 @ LW @ (-2 * e_vec)
print("by complex step     ", onward.round(4))
print("the worked example  ", (LW.T @ Fdot2.T @ (-2 * e_vec)).round(4))
print("the printed formula ", printed.round(4))

# %% [markdown]
# <details><summary>Check yourself: why would a symmetric LW and a linear network have hidden the difference?</summary>
#
# The two expressions are $(\dot F LW)^{\top} v$ and $\dot F LW\, v$. In a linear network $\dot F = I$, and with a symmetric $LW$ both are $LW\,v$.
# A test is as good as the case it is tried on: use states that are not zero, matrices that are not symmetric, units that are not alike.
# </details>

# %% [markdown]
# ## 3. Backward, in general
#
# **What is back-propagation through time?**
#
# Nudge $h_t$. The loss feels it at once, by $\partial^{e} L/\partial h_t$, and it feels it through $h_{t+1}$, which moves by $J_{t+1}$. Nothing else depends on $h_t$. So, in columns,
#
# $$\frac{\partial L}{\partial h_t} = \frac{\partial^{e} L}{\partial h_t} + W^{\top} D_{t+1}\, \frac{\partial L}{\partial h_{t+1}} , \qquad t = T, \dots, 0 , \tag{4.10}$$
#
# where the second term is absent at $t = T$ and the first at $t = 0$. The right side has total derivatives, $\partial$, only of what comes later. That is why it is walked backward.
#
# Each use of $W$ at step $t$ adds the column $\partial L/\partial a_t = D_t\, \partial L/\partial h_t$ times the row $h_{t-1}^{\top}$. Put the columns of all steps side by side,
# $\Delta = [\partial L/\partial a_1, \dots, \partial L/\partial a_T]$ and $H_{-} = [h_0, \dots, h_{T-1}]$, and the sum is one matrix product:
#
# $$\frac{dL}{dW} = \sum_{t=1}^{T} \frac{\partial L}{\partial a_t}\, h_{t-1}^{\top} = \Delta\, H_{-}^{\top} . \tag{4.11}$$
#
# With $x_t$ in place of $h_{t-1}$ it gives $dL/dU$, with $1$ it gives $dL/db$. These few lines are back-propagation through time, BPTT (Werbos 1990):

# %%
show(bptt)
show(weight_gradients)

# %% [markdown]
# Autograd finds every $\partial L / \partial h_t$ by its own way. The sum of the first form of (4.11) is formed here term by term, the product by the library.

# %%
tW, tU, tb, th0 = tensors(W, U, b, h0)
h, states = th0, []
for x in xs:
    h = tanh_step(h, torch.tensor(x), tW, tU, tb)
    h.retain_grad()
    states.append(h)
(0.5 * ((torch.stack(states) - torch.tensor(ys)) ** 2).sum()).backward()
dhs = torch.stack([th0.grad, *(h.grad for h in states)]).numpy()  # t = 0 ... 8

explicit = np.vstack([np.zeros(3), hs - ys])
claim("4.10", dhs[:-1], explicit[:-1] + (slopes * dhs[1:]) @ W)  # each row is Wᵀ D dh, transposed
gradients = bptt(h0, xs, hs, W, slopes, explicit=hs - ys)
claim("4.10", gradients.dhs, dhs[1:])
claim("4.11", gradients.dW, sum(np.outer(slopes[t] * dhs[t + 1], [h0, *hs][t]) for t in range(8)))

# %% [markdown]
# *Static back-propagation gives the same.* Unroll the network into a feed-forward one with $T$ layers, each with a weight $W^m$ of its own, as S2 and S3 draw it.
# Ordinary back-propagation has its sensitivities $s^m = \partial L/\partial n^m$ there, with $s^m = \dot F^m (W^{m+1})^{\top} s^{m+1}$, and $\partial L/\partial W^m = s^m (a^{m-1})^{\top}$.
# The layers are the time steps, and what a layer's weight gets is the term of the use at that step. In the course's loss each layer also has an error of its own:
#
# $$s_t = D_t \Bigl( \frac{\partial^{e} L}{\partial h_t} + W^{\top} s_{t+1} \Bigr) , \qquad \frac{\partial L}{\partial W^{(t)}} = s_t\, h_{t-1}^{\top} , \qquad \frac{dL}{dW} = \sum_t \frac{\partial L}{\partial W^{(t)}} . \tag{4.12}$$

# %%
layers = tensors(*[W] * 8)
h, out = torch.tensor(h0), []
for x, W_m in zip(torch.tensor(xs), layers, strict=True):
    h = torch.tanh(W_m @ h + torch.tensor(U) @ x + torch.tensor(b))
    out.append(h)
per_layer = torch.autograd.grad(0.5 * ((torch.stack(out) - torch.tensor(ys)) ** 2).sum(), layers)

s, by_hand = np.zeros(3), []
for t in range(7, -1, -1):
    s = slopes[t] * ((hs - ys)[t] + W.T @ s)
    by_hand.insert(0, np.outer(s, [h0, *hs][t]))
claim("4.12", by_hand, torch.stack(per_layer))
claim("4.12", sum(per_layer), gradients.dW)
print("unrolled = looped:", bool(np.allclose(torch.stack(out).detach(), hs, rtol=1e-14)))

# %% [markdown]
# ## 4. Forward
#
# **Can the gradient be known at every step, without looking back?**
#
# Sum the rows instead. Carry with the state how it depends on the weight, $\partial h_t / \partial W_{ij}$. It is a total derivative: all uses so far are in it.
# The state $h_t$ depends on $W_{ij}$ explicitly, by this step's use, and through $h_{t-1}$, which depends on it already:
#
# $$\frac{\partial h_t}{\partial W_{ij}} = D_t \Bigl( e_i\, h_{t-1,j} + W\, \frac{\partial h_{t-1}}{\partial W_{ij}} \Bigr) , \qquad \frac{\partial h_0}{\partial W_{ij}} = 0 . \tag{4.13}$$
#
# What stands on the right is known when $h_t$ is. And each loss adds its row as soon as it is seen:
#
# $$\frac{dL}{dW_{ij}} = \sum_{t=1}^{T} \Bigl(\frac{\partial^{e} L}{\partial h_t}\Bigr)^{\!\top} \frac{\partial h_t}{\partial W_{ij}} . \tag{4.14}$$
#
# This is real-time recurrent learning, RTRL (Williams and Zipser 1989). It has no transpose and no walk back, and it forgets the past as it goes.
# S1 derives the same, one weight $a_{ij}$ at a time, under the heading of back-propagation.

# %%
S12, s = [], np.zeros(3)
for t in range(8):
    s = slopes[t] * (e[0] * [h0, *hs][t][1] + W @ s)
    S12.append(s)


def states_by(W):
    return unroll(tanh_step, h0, xs, W, U, b)


nudged = W.astype(complex)
nudged[0, 1] += 1e-30j
claim("4.13", S12, states_by(nudged).imag / 1e-30)
claim("4.14", ((hs - ys) * S12).sum(), gradients.dW[0, 1])
claim("4.14", ((hs - ys) * S12).sum(1), grid.sum(1))

# %% [markdown]
# Now all weights at once. Put them into one matrix, $\Theta = [\,W\;\;U\;\;b\,]$, and all that they multiply into one column, $z_t = (h_{t-1}, x_t, 1)$ of length $P = N + D + 1$, so that $a_t = \Theta z_t$.
# The *influence matrix* $S_t$ holds $\partial h_{t,k} / \partial \Theta_{ij}$ at $[k, i, j]$. With $(I \otimes z_t)_{kij} = [k = i]\, z_{t,j}$, which is (4.4), all of (4.13) is
#
# $$S_t = D_t \bigl( W S_{t-1} + I \otimes z_t \bigr) , \tag{4.15}$$
#
# a product of an $N \times N$ with an $N \times NP$ matrix. The library has it in two forms, the first one for reading:

# %%
show(rtrl_one_by_one)
show(influence_step)
show(rtrl)

# %%
Theta = np.hstack([W, U, b[:, None]])
S = np.zeros((3, 3, 6))
for t in range(8):
    S = influence_step(S, np.concatenate([[h0, *hs][t], xs[t], [1.0]]), slopes[t], W)


def last_unit(Theta, k):
    return unroll(tanh_step, h0, xs, Theta[:, :3], Theta[:, 3:5], Theta[:, 5])[-1][k]


claim("4.15", S, [complex_step(lambda Theta, k=k: last_unit(Theta, k), Theta) for k in range(3)])

# %% [markdown]
# *Four ways.* Hand-written BPTT, RTRL in both forms, autograd and complex steps have nothing in common but the definition of the network. Every number of the gradient agrees.


# %%
def loss(Theta):
    return 0.5 * ((unroll(tanh_step, h0, xs, Theta[:, :3], Theta[:, 3:5], Theta[:, 5]) - ys) ** 2).sum()


ways = {"BPTT": gradients[:3]}
ways["RTRL"] = rtrl(h0, zip(xs, ys, strict=True), W, U, b, error)[:3]
ways["RTRL, one by one"] = rtrl_one_by_one(h0, zip(xs, ys, strict=True), W, U, b, error)[:3]
stepped = complex_step(loss, Theta)
autograd = np.hstack([tW.grad, tU.grad, tb.grad[:, None]])
for name, (dW, dU, db) in ways.items():
    dTheta = np.hstack([dW, dU, db[:, None]])
    for other, tolerance in ((autograd, 1e-12), (stepped, 1e-10)):
        assert np.abs(dTheta - other).max() < tolerance * np.abs(other).max()
    print(f"{name:17s} = autograd to 1e-12, = complex step to 1e-10, {dTheta.size} values")

# %% [markdown]
# **Predict first.** Below, both algorithms work on the network of the beginning, a step at a time. The lower right panel says what a network of $n$ units, one input and $T$ steps costs. Backward keeps every state and every input, forward its influence matrix.
# At $n = 64$, from which $T$ on does the backward walk have to keep more numbers than the forward one? Write it down.
# Then play the steps, move $T$ there, and try $n = 8$ and $n = 512$. Last, choose some of the mistakes at step 8 and look at which sum misses.

# %%
guess = predict("with n = 64, from which T on is backward heavier to keep?", guess=..., marks="T")
live(
    two_walks,
    figures.two_walks,
    figures.two_walks_words,
    guess=guess,
    step=integer(0, 8, 5, label="steps taken", play=6),
    n=log_slider(1, 1024, 64, step=2, label="units n (for the cost)"),
    T=log_slider(1, 1_000_000, 1000, label="time steps T (for the cost)"),
    mistake=choice(MISTAKES, "none", label="mistake"),
)

# %% [markdown]
# <details><summary>After you have moved it</summary>
#
# Backward fills columns from the right and carries one vector, $\partial L/\partial h_t$, for all weights; it needs every state of the forward pass. Forward fills rows from the top and carries one vector *for each weight*.
# The sums differ on the way, and end at one number. At $n = 64$ the influence matrix has $64^2 \cdot 66 = 270{,}336$ numbers and each time step keeps $65$, so backward is the heavier from $T = 4160$ on.
# At $n = 8$ that is $T = 72$; at $n = 512$, $T = 262{,}656$. In multiplications backward is always the cheaper, by about $n^2/2$.
#
# The mistakes: with *the last step only* the sum stops after its first step. *1 − a² for 1 − h²* runs away, since $1 - a^2$ has no bound. *The losses on the way forgotten* leaves the bottom row. *Mean instead of sum* is eight times too small, in the right direction.
# *Influence not moved by J* is right at step 1, and in a network without memory.
#
# *W instead of its transpose* ($-1.51$) and *h after the step* ($-1.06$) look harmless in this one weight: the sign is right, and the size is not far off. A network has more than one weight. How do the two look over all of $W$?
# </details>

# %%
transposed = bptt(h0, xs, hs, W.T, slopes, hs - ys).dW
after = (slopes * gradients.dhs).T @ hs
for name, dW in (("W instead of its transpose", transposed), ("h after the step", after)):
    cosine = (dW * gradients.dW).sum() / (np.linalg.norm(dW) * np.linalg.norm(gradients.dW))
    print(f"{name:26s} dL/dW_12 {dW[0, 1]:.2f}, cosine with the gradient {cosine:.2f}")

# %% [markdown]
# The first still points downhill, so a network trained with it learns, badly. That is the dangerous one. The second points uphill.
#
# <details><summary>Check yourself: which of the two can update the weights in the middle of a sequence, and what is lost when it does?</summary>
#
# RTRL: its gradient is complete at each step. But $S_t$ was built up with older weights, so after an update it is no longer the derivative for the present ones.
# With small learning rates the error is small. Lecture 09 looks at this, and at cutting BPTT short.
# </details>

# %% [markdown]
# ## 5. Outputs
#
# **What changes when the network speaks through an output layer?**
#
# Nothing but $\partial^{e} L/\partial h_t$. S3's network says $o_t = V h_t + c$, $\hat y_t = \operatorname{softmax}(o_t)$, and is judged by $L = -\sum_t \log \hat y_{t, y_t}$, with the label $y_t$.
# Write $\log \hat y_k = o_k - \log \sum_l e^{o_l}$. The derivative of the second term by $o_k$ is $\hat y_k$ itself, so with the column $\mathbb 1_{y_t}$ that has a one at the label's place and zeros elsewhere,
#
# $$\nabla_{o_t} L = \hat y_t - \mathbb 1_{y_t} . \tag{4.16}$$
#
# S3 leaves this as a question, and then needs two steps: from $o_t$ to $h_t$, and from $h_{t+1}$ to $h_t$. Together,
#
# $$\nabla_{h_t} L = \Bigl(\frac{\partial h_{t+1}}{\partial h_t}\Bigr)^{\!\top} \nabla_{h_{t+1}} L + V^{\top} \nabla_{o_t} L . \tag{4.17}$$
#
# The second term is our explicit derivative, the first is the one of (4.10). So `bptt` needs no change:

# %%
V, c, labels = rng.normal(size=(4, 3)), rng.normal(size=4), rng.integers(4, size=8)


def say(os):
    return np.exp(os) / np.exp(os).sum(-1, keepdims=True)


def softmax_loss(os):
    return -np.log(say(os)[np.arange(8), labels]).sum()


os = hs @ V.T + c  # all o_t, one a row
claim("4.16", complex_step(softmax_loss, os), say(os) - np.eye(4)[labels])
differences = finite_differences(softmax_loss, os)
print("finite differences to 1e-6:", bool(np.abs(differences - (say(os) - np.eye(4)[labels])).max() < 1e-6))

# %%
spoken = bptt(h0, xs, hs, W, slopes, explicit=(say(os) - np.eye(4)[labels]) @ V)


def from_state(h, t):
    """The loss of steps t ... T as a function of h_t."""
    later = unroll(tanh_step, h, xs[t:], W, U, b) if t < 8 else np.zeros((0, 3))
    return -sum(np.log(say(V @ h + c)[labels[t - 1 + k]]) for k, h in enumerate([h, *later]))


claim("4.17", spoken.dhs, [complex_step(lambda h, t=t: from_state(h, t), hs[t - 1]) for t in range(1, 9)])

# %% [markdown]
# S3 makes the sharing of parameters visible by a trick: call the bias $b_t$ where it is used at step $t$, differentiate by each, and add:
#
# $$\nabla_b L = \sum_{t=1}^{T} \nabla_{b_t} L = \sum_{t=1}^{T} \Bigl(\frac{\partial h_t}{\partial b_t}\Bigr)^{\!\top} \nabla_{h_t} L = \sum_{t=1}^{T} D_t\, \nabla_{h_t} L . \tag{4.18}$$
#
# The copies are what (4.12) did to $W$. Here they are, one row of `bs` a step:


# %%
def with_copies(bs):
    h, total = h0, 0
    for x, b_t, label in zip(xs, bs, labels, strict=True):
        h = tanh_step(h, x, W, U, b_t)
        total = total - np.log(say(V @ h + c)[label])
    return total


by_copy = complex_step(with_copies, np.tile(b, (8, 1)))  # (8, 3)
claim("4.18", by_copy, slopes * spoken.dhs)
claim("4.18", by_copy.sum(0), spoken.db)

# %% [markdown]
# S1's output is $y = g(Cx + b_y)$, and its slide has $\partial y / \partial a_{ij} = C\, (\partial x/\partial a_{ij})\, g'$. As printed the product has the wrong order: $C\,(\partial x / \partial a_{ij})$ is a column of outputs and $g'$ is another.
# As a matrix, $g'$ is diagonal and stands on the left:
#
# $$\frac{\partial y_t}{\partial W_{ij}} = \operatorname{diag}\bigl(g'(V h_t + c)\bigr)\; V\, \frac{\partial h_t}{\partial W_{ij}} . \tag{4.19}$$
#
# The same holds for its $\partial x/\partial a_{ij} = (\partial v/\partial a_{ij})\, f'(v)$: read it element by element, as $\operatorname{diag}(f'(v))\, \partial v/\partial a_{ij}$, and it is (4.13).

# %%
outputs = np.tanh(hs @ V.T + c)
right = [np.diag(1 - y**2) @ V @ s for y, s in zip(outputs, S12, strict=True)]
claim("4.19", right, np.tanh(states_by(nudged) @ V.T + c).imag / 1e-30)

square = np.diag(1 - outputs[0, :3] ** 2)  # even where the shapes allow the printed order ...
print("V s g' and g' V s agree:", bool(np.allclose(V[:3] @ square @ S12[0], square @ V[:3] @ S12[0])))

# %% [markdown]
# ## 6. What it costs
#
# **Which of the two should one use?**
#
# Count multiplications in matrix products, after the forward pass, which is the same for both. Backward, a step needs $W^{\top}\, \partial L/\partial a_t$ and the two products of (4.11), with $h_{t-1}$ and $x_t$:
#
# $$m_{\rm BPTT} = T\,(2N^2 + ND) . \tag{4.20}$$
#
# Forward, (4.15) multiplies $N \times N$ by $N \times NP$, and (4.14) a row by $N \times NP$:
#
# $$m_{\rm RTRL} = T\,(N^3 P + N^2 P) , \qquad P = N + D + 1 . \tag{4.21}$$
#
# What must be kept is every state and input for the one, and the influence matrix for the other:
#
# $$k_{\rm BPTT} = T\,(N + D) , \qquad k_{\rm RTRL} = N^2 P . \tag{4.22}$$
#
# The torch library counts what its matrix products do, two operations for each multiplication. We let it count.


# %%
def counted(run):
    with FlopCounterMode(display=False) as counter:
        run()
    return counter.get_total_flops() // 2


N, D, T, P = 12, 2, 30, 15
problem = random_problem(N, D, T, rng)
one = [torch.tensor(a)[..., None] for a in (problem.h0, problem.xs, problem.ys)]  # a batch of one
tW, S = torch.tensor(problem.W), torch.zeros(N, N, P).double()
states = unroll(tanh_step, one[0], one[1], *(torch.tensor(a) for a in (*problem[3:5], problem.b[:, None])))
back = counted(lambda: bptt(one[0], one[1], states, tW, 1 - states**2, states - one[2]))
claim("4.20", back, T * (2 * N**2 + N * D))

# %%
move = counted(lambda: influence_step(S, torch.zeros(P).double(), torch.ones(N).double(), tW))
add = counted(lambda: torch.ones(1, N).double() @ S.reshape(N, N * P))
claim("4.21", T * (move + add), T * (N**3 * P + N**2 * P))
claim("4.22", (states.nbytes + one[1].nbytes) // 8, T * (N + D))
claim("4.22", rtrl(*problem[:1], zip(*problem[1:3], strict=True), *problem[3:], error).S.size, N**2 * P)

# %% [markdown]
# With $n$ for $N$, where only the growth matters: BPTT costs $O(n^2)$ a step and memory that grows with $T$. RTRL costs $O(n^4)$ a step and memory $O(n^3)$ that does not know $T$. The memory can be watched while they work:

# %%
short, long = (random_problem(8, 1, T, rng) for T in (100, 10_000))
for name, run in (("BPTT", by_bptt), ("RTRL", by_rtrl)):
    run(short)  # once before, so that nothing is loaded while we watch
    ratio = peak_bytes(lambda run=run: run(long)) / peak_bytes(lambda run=run: run(short))
    print(
        f"{name}: T from 100 to 10,000 multiplies the peak memory by about {round(ratio, -1 if ratio > 10 else 0):.0f}"
    )

# %% [markdown]
# Time is another matter. The right panel was measured, on one thread, and stored:

# %%
figures.costs(result("04_costs"))

# %% [markdown]
# From $n = 4$ to $16$ RTRL's counts grow more than a hundredfold, and its measured time less than twofold. A small matrix product takes about a microsecond, whatever is in it; there Python and the calls are what one pays for.
# A count tells how a cost grows; it does not tell which of two small costs is smaller. From $n = 32$ on RTRL's curve bends upwards, and approaches slope 4.
#
# | | BPTT | RTRL |
# |---|---|---|
# | multiplications a step | $2n^2$ | $n^4$ |
# | numbers kept | $T n$ | $n^3$ |
# | gradient known | at the end | at every step |
# | carried | one vector for all weights | one vector for each weight |
# | use it when | nearly always | $n$ small, $T$ without end, or learning while running |
#
# <details><summary>Check yourself: a sensor with n = 10 units learns from a stream that never ends, and has room for 5,000 numbers. Which one?</summary>
#
# RTRL needs $10^2 \cdot 12 = 1200$ numbers with one input, whatever $T$ is. BPTT fits for $T \le 454$ steps and would have to cut there.
# </details>

# %% [markdown]
# ## Further: forward learning at the price of n³
#
# <details><summary>RTRL in blocks (Schmidhuber 1992), and what came after (not examined)</summary>
#
# Move the influence matrix not at every step, but once in a block of $m$ steps, from its start $s$ to its end $e$. Inside the block the dependence on the weights is that of BPTT:
#
# $$S_e = \frac{\partial h_e}{\partial h_s}\, S_s + \sum_{t=s+1}^{e} \frac{\partial h_e}{\partial a_t} \otimes z_t . \tag{4.23}$$
#
# The matrices $\partial h_e/\partial a_t$ come from back-propagating the identity, which costs $n^3$ a step; the loss goes along as one more row. The sum over $t$ is one matrix product, $n^3$ a step.
# The first term costs $n^4$, but once a block: $n^4/m + 2n^3$ a step on average, and with $m$ in proportion to $n$, $O(n^3)$. The memory still does not depend on $T$. At the end of each block nothing is approximated.
#
# Others gave up exactness for speed: UORO (Tallec and Ollivier 2018) replaces $S_t$ by a random product of two vectors that is right on average. A diagonal $W$ makes the exact thing cheap: each unit then depends on its own weights only.
# </details>

# %%
show(rtrl_in_blocks)
last = rtrl(h0, zip(xs, ys, strict=True), W, U, b, error)
for block in (1, 3, 8):  # 3 does not divide 8: the last block is shorter
    pieces = rtrl_in_blocks(h0, zip(xs, ys, strict=True), W, U, b, error, block)
    assert np.allclose(pieces.dW, gradients.dW, rtol=1e-12)
claim("4.23", rtrl_in_blocks(h0, zip(xs, ys, strict=True), W, U, b, error, block=3).S, last.S)

# %% [markdown]
# ## What to remember
#
# | | |
# |---|---|
# | $\partial^{e}$ and $\partial$ | one equation alone; everything that follows from it |
# | the gradient | a triangle of terms: use at $k$, loss at $t \ge k$ |
# | BPTT | sums columns, from the right: $\partial L/\partial h_t = \partial^{e} L/\partial h_t + W^{\top} D_{t+1}\, \partial L/\partial h_{t+1}$ |
# | its weight gradient | $\sum_t \partial L/\partial a_t\, h_{t-1}^{\top}$: the state before, one product |
# | RTRL | sums rows, from the top: $S_t = D_t (W S_{t-1} + I \otimes z_t)$ |
# | an output layer | changes $\partial^{e} L/\partial h_t$ and nothing else; softmax: $V^{\top}(\hat y - \mathbb 1_y)$ |
# | cost a step, and memory | BPTT $2n^2$, $Tn$; RTRL $n^4$, $n^3$ |
# | a good test | $h_0 \ne 0$, $W$ not symmetric, $T > 2$, a loss at every step |
#
# ## Where each seed stands
#
# | seed | writes | ours |
# |---|---|---|
# | S1 (Mohajerin) | $\partial L/\partial a_{ij} = \sum_k e^{\top} \partial e/\partial a_{ij}$, products with $g'$, $f'$ on the right | RTRL for one weight, (4.13), (4.14), (4.19); read $g'$, $f'$ as diagonal matrices on the left |
# | S2 (Nonlinear Sequence Processing) | RTRL and BPTT with $\partial^{e}$; $Q$ steps, $a$, $LW$ | the same; its general recursion lacks the transpose that its example has, (4.8), (4.10) |
# | S3 (Zhang) | $\nabla_{h_t} L$ with transposed Jacobians; $b_t$ | the same, (4.16) to (4.18) |
# | S4 (TU Berlin) | $\sum_k$ over uses, $\partial^{+}$, $(W^{\rm rec})^{\top}$ in the product | the bottom row of the triangle, (4.6); the slide's factor is the Jacobian in neither layout |
#
# S0 (Ribeiro) uses such gradients, and does not derive them here.
#
# ## Replications

# %%
counts = result("04_costs")
slope = np.log2(counts["rtrl products"][-1] / counts["rtrl products"][-2])
source = "Williams and Zipser 1989"
published("RTRL: multiplications a step grow as n to the", 4, source, slope, (3.9, 4.0))
slope = np.log2(counts["block products"][-1] / counts["block products"][-2])
published("RTRL in blocks: grow as n to the", 3, "Schmidhuber 1992", slope, (2.9, 3.1))

# %% [markdown]
# ## Exercises
#
# [Exercise 04](../exercises/04_bptt_and_rtrl.ipynb): a network that hears its own output; both algorithms for it, their cost, and a wrong one to diagnose. 20 points.
#
# ## References
#
# - P. J. Werbos (1990), Backpropagation through time: what it does and how to do it, [doi:10.1109/5.58337](https://doi.org/10.1109/5.58337).
# - R. J. Williams and D. Zipser (1989), A learning algorithm for continually running fully recurrent neural networks, [doi:10.1162/neco.1989.1.2.270](https://doi.org/10.1162/neco.1989.1.2.270).
# - J. Schmidhuber (1992), A fixed size storage O(n³) time complexity learning algorithm for fully recurrent continually running networks, [doi:10.1162/neco.1992.4.2.243](https://doi.org/10.1162/neco.1992.4.2.243).
# - C. Tallec and Y. Ollivier (2018), Unbiased online recurrent optimization, [arXiv:1702.05043](https://arxiv.org/abs/1702.05043).
# - R. Pascanu, T. Mikolov and Y. Bengio (2013), On the difficulty of training recurrent neural networks, [arXiv:1211.5063](https://arxiv.org/abs/1211.5063): the sum over $k$ and $\partial^{+}$.
