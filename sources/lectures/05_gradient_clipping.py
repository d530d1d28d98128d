# %% [markdown]
# # 05 · Gradient clipping
#
# *Why gradients vanish and explode, and what clipping does about it.*
#
# **Time** 45 minutes. **You need** lectures 01 and 04; eigenvalues and singular values.
# **Afterwards you can**
#
# - *predict* from a spectrum what happens to a gradient $n$ steps back, and *say* when a spectrum is not enough;
# - *derive* where a unit can rest, where its cost has a wall, and how steep the wall is;
# - *implement* clipping, and the regulariser Ω, for a wiring that no library has;
# - *diagnose* from a training curve whether gradients vanish, explode, or are cut too short;
# - *choose* a threshold and a momentum, and *justify* them by a number.
#
# A network with one unit and two weights learns by gradient descent. The learning rate is always the same, and the gradient is right to all its digits.

# %%
import numpy as np
import torch

from rnnlab.analysis import momentum
from rnnlab.analysis.one_unit import RULES, START, TARGET, cliff_step, cost_and_gradient, descend
from rnnlab.analysis.steady_states import steady_states
from rnnlab.figures import gradient_clipping as figures
from rnnlab.figures import gradient_clipping_live as moving
from rnnlab.gradients import bptt, complex_step
from rnnlab.gradients.norm_preserving import norm_preserving, norm_preserving_squared
from rnnlab.live import choice, integer, live, log_slider, point, slider
from rnnlab.models import linear_step, tanh_step, tanh_unit, unroll
from rnnlab.teaching import claim, predict, published, show
from rnnlab.teaching.results import result
from rnnlab.training.clipping import RpropState, clip_by_element, clip_by_norm, heavy_ball, rprop_step

# %%
path = descend((5.5, -2.6), lr=0.5, steps=60)
figures.thrown(path)

# %% [markdown]
# For twelve updates it learns, with some jumps. Its cost is $0.009$, the best so far. Then one gradient is five thousand long, and from there on the cost is $0.09$ and the gradient is zero for ever.
# What stood there? And what are the long vanishing gradients of lecture 01 doing in the same picture?

# %% [markdown]
# ## 1. Eigenvalues
#
# **What does a product of many Jacobians do to the length of a gradient?**
#
# Lecture 04 left one cell of its triangle for today: a loss at the end, a use at the beginning. Between them stands the product
#
# $$\frac{\partial h_T}{\partial h_k} = J_T\, J_{T-1} \cdots J_{k+1} , \qquad J_t = D_t W . \tag{5.1}$$
#
# The gradient is a column and goes through the transposes. In S4's wiring, $r_t = W^{\rm in} x_t + W \sigma(r_{t-1})$ with the logistic $\sigma(r) = 1/(1 + e^{-r})$, the Jacobian is $W \operatorname{diag}(\sigma'(r_{t-1}))$, so
#
# $$\frac{\partial E}{\partial r_k} = \operatorname{diag}\bigl(\sigma'(r_k)\bigr) W^{\top} \operatorname{diag}\bigl(\sigma'(r_{k+1})\bigr) W^{\top} \cdots \operatorname{diag}\bigl(\sigma'(r_{T-1})\bigr) W^{\top}\, \frac{\partial E}{\partial r_T} . \tag{5.2}$$
#
# S4 prints $\prod W^{\top} \operatorname{diag}(\sigma')$: the transposed layout, with the two factors of each step exchanged. Does it matter? Measure the length of the gradient without any chain rule, and compare.

# %%
from rnnlab.analysis.one_unit import fixed_points, folds, orbit, reach, sigma, slope, wall
from rnnlab.analysis.spectra import KINDS, jacobian_product, lengths_back, spectral_radius, through_time

rng = np.random.default_rng(5)
N, T = 4, 12
W, xs, h0 = rng.normal(size=(N, N)) * 0.7, rng.normal(size=(T, N)), 0.5 * rng.normal(size=N)
hs = unroll(tanh_step, h0, xs, W, np.eye(N), np.zeros(N))
onward = [
    complex_step(lambda h, i=i: unroll(tanh_step, h, xs, W, np.eye(N), np.zeros(N))[-1][i], h0)
    for i in range(N)
]
claim("5.1", jacobian_product(W, 1 - hs**2), onward)

# %%
R, rs = 4 * W, [h0]
for x in xs:
    rs.append(x + R @ sigma(rs[-1]))


def E(r):  # ½|r_T|² from r_0
    for x in xs:
        r = x + R @ sigma(r)
    return 0.5 * (r**2).sum()


ours = swapped = rs[-1]
for r in rs[-2::-1]:
    ours, swapped = slope(r) * (R.T @ ours), R.T @ (slope(r) * swapped)

# %%
measured = complex_step(E, h0)
claim("5.2", ours, measured)
for name, gradient in (("measured", measured), ("ours", ours), ("slide", swapped)):
    print(f"{name:9s} length {np.linalg.norm(gradient):.4e}")

# %% [markdown]
# It matters. The slide's factors belong to the other wiring, $h_t = \sigma(W h_{t-1})$, written in rows.
#
# Now let the units be linear, so that all factors are equal, and look along the eigenvectors. With $W = Q \Lambda Q^{-1}$, every inner $Q^{-1} Q$ cancels:
#
# $$\frac{\partial h_T}{\partial h_k} = W^{T-k} = Q\, \Lambda^{T-k}\, Q^{-1} . \tag{5.3}$$
#
# (S4 writes $U \Lambda V$, and has a power $k$ *inside* the product, where none belongs.)
# If $W$ is symmetric, $Q$ is a rotation, and nothing else happens to the gradient than this: its part along eigenvector $i$ is multiplied by $\lambda_i$ at each step back,
#
# $$Q^{\top} \frac{\partial L}{\partial h_k} = \Lambda^{T-k}\; Q^{\top} \frac{\partial L}{\partial h_T} . \tag{5.4}$$
#
# Two troubles follow. *Imbalance*: what is known of step $T-n$ is $\lambda_1^n$ times what is known of step $T$.
# *Conditioning*: at one and the same step, directions differ in size by
#
# $$\operatorname{cond}(W^n) = \Bigl|\frac{\lambda_1}{\lambda_d}\Bigr|^{n} , \qquad \lVert W^n \rVert = \rho(W)^n , \tag{5.5}$$
#
# where $\lVert \cdot \rVert$ is the largest singular value, $\rho$ the spectral radius $|\lambda_1|$ and $\lambda_d$ the smallest eigenvalue.

# %%
n, G = 10, rng.normal(size=(5, 5))
S = (G + G.T) / 4  # symmetric
lam, Q = np.linalg.eigh(S)
claim(
    "5.3",
    np.linalg.matrix_power(W, n),
    (np.linalg.eig(W)[1] * np.linalg.eigvals(W) ** n) @ np.linalg.inv(np.linalg.eig(W)[1]),
)
v = rng.normal(size=5)
back = [v]
for _ in range(n):
    back.append(S.T @ back[-1])
claim("5.4", Q.T @ back[-1], lam**n * (Q.T @ v))

# %%
sizes = np.sort(np.abs(lam))
claim("5.5", np.linalg.norm(np.linalg.matrix_power(S, n), 2), spectral_radius(S) ** n)
claim("5.5", np.linalg.cond(np.linalg.matrix_power(S, 3)), (sizes[-1] / sizes[0]) ** 3)
conds = [np.linalg.cond(np.linalg.matrix_power(S, k)) for k in range(1, 6)]
grows = np.polyfit(range(1, 6), np.log(conds), 1)[0]
print(f"log cond(W^n) grows by {grows:.6f} a step, log(λ1/λd) = {np.log(sizes[-1] / sizes[0]):.6f}")

# %% [markdown]
# All of (5.5) needs eigenvectors that are orthogonal, a *normal* matrix. Where they are not, only a sandwich is left,
# $\rho(W)^n \le \lVert W^n \rVert \le \lVert W \rVert^n$. Between its sides there is room. Take a chain of two units with the same eigenvalue, the first of which also pushes the second:
#
# $$W = \begin{pmatrix} \lambda & 0 \\ c & \lambda \end{pmatrix} , \qquad W^n = \begin{pmatrix} \lambda^n & 0 \\ n c \lambda^{n-1} & \lambda^n \end{pmatrix} . \tag{5.6}$$
#
# The push may happen in any of the $n$ steps, therefore the $n$. The corner $n c \lambda^{n-1}$ grows before it decays. Its derivative $c \lambda^{n-1} (1 + n \ln \lambda)$ is zero at
#
# $$n^{*} = -\frac{1}{\ln \lambda} . \tag{5.7}$$

# %%
chain = np.array([[0.9, 0.0], [0.9, 0.9]])
claim("5.6", np.linalg.matrix_power(chain, 7), [[0.9**7, 0.0], [7 * 0.9 * 0.9**6, 0.9**7]])
corner = [np.linalg.matrix_power(chain, n)[1, 0] for n in range(40)]
fine = np.linspace(1, 40, 390_001)
claim("5.7", fine[(fine * 0.9 ** (fine - 1)).argmax()], -1 / np.log(0.9), atol=1e-4)
most = np.flatnonzero(np.isclose(corner, max(corner)))
print("n* =", round(-1 / np.log(0.9), 2), " largest at n =", *most, "with", round(max(corner), 2))
figures.two_powers(("symmetric", "chain, c = 0.9"), (np.diag([0.9, -0.4]), chain))

# %% [markdown]
# So "all eigenvalues are below one" says what happens in the end, and not what happens in the next ten steps. A training sequence may have only ten.
#
# **Predict first.** A chain of *four* units with $\lambda = 0.9$, each pushed by the one before with half of that. The loss hears the last one. How many steps back is its gradient longest?
# Write it down, and set $N$ to 4. Then try *symmetric* and *orthogonal* with $\rho = 0.9$ and $1.1$; *random* with 20 units and with 100; and switch the curve to ρⁿ, which many take for a bound.

# %%
guess = predict("a chain of four, λ = 0.9: longest after how many steps back?", guess=..., marks="x")
live(
    through_time,
    moving.through_time,
    moving.through_time_words,
    guess=guess,
    kind=choice(KINDS, "chain", label="recurrent matrix"),
    rho=slider(0.3, 1.6, 0.9, step=0.01, label="spectral radius ρ"),
    N=integer(2, 100, 2, label="units N"),
    activation=choice(("linear", "tanh"), "linear", label="units are"),
    drive=slider(0.0, 2.0, 0.5, step=0.05, label="size of the inputs"),
    bound=choice({"‖W‖ⁿ, spectral norm": "norm", "ρⁿ, spectral radius": "radius"}, "norm", label="bound"),
)

# %% [markdown]
# <details><summary>After you have moved it</summary>
#
# The chain of four is longest 29 steps back, where it has 22 times its length; its spectral radius is below one all the while. With 20 units it has not stopped growing after 60 steps.
# Symmetric and orthogonal matrices are normal: their $\lVert W \rVert$ equals their $\rho$, and no measured point is above either curve. An orthogonal matrix times $\rho$ gives $\rho^n$ exactly.
# A random matrix has $\lVert W \rVert \approx 2\rho$. With 20 units and $\rho = 0.9$ its gradient stays above $\rho^n$ (the crosses), never above $\lVert W \rVert^n$; with 100 units there is no cross.
# With tanh every curve bends down, the more the larger the inputs. At $\rho = 1.6$ the linear network explodes; the one with tanh need not.
# </details>
#
# <details><summary>Check yourself: W has the eigenvalues 0.99 and −0.99. Must a gradient through 20 steps stay below its first length?</summary>
#
# Not unless $W$ is normal. The eigenvalues give the rate in the end; the singular value gives the most that one step can do, and $\lVert W^n \rVert$ the most that $n$ steps can do.
# </details>

# %% [markdown]
# ## 2. What squashing does
#
# **Do the slopes of tanh always make a gradient shorter?**
#
# S2 says that a nonlinear transfer function increases the decay, since $|\dot f| \le 1$. For one unit that is (1.8): each factor is $w (1 - h_t^2)$, never above $|w|$, so at every $t$ the gradient is at most that of the linear unit.

# %%
w, drive = 1.3, np.random.default_rng(0).normal(size=30)
states = unroll(tanh_unit, 0.0, drive, w)
squashed = lengths_back(np.array([[w]]), (1 - states**2)[:, None], np.ones(1))
linear = lengths_back(np.array([[w]]), np.ones((30, 1)), np.ones(1))
print("one unit, tanh never above linear:", bool((squashed <= linear).all()))

# %% [markdown]
# For two units the sentence is wrong. This matrix sends every state to a multiple of $(1, -1)$, and that to zero, so $W^2 = 0$: the linear network forgets everything in two steps. Put slopes between:
#
# $$W = \begin{pmatrix} 1 & 1 \\ -1 & -1 \end{pmatrix} , \qquad W \begin{pmatrix} 1 & 0 \\ 0 & s \end{pmatrix} W = (1 - s)\, W . \tag{5.8}$$
#
# Two parts that cancelled no longer cancel, because one of them was made smaller. What is left for vectors is the bound: each $D_t$ has norm at most one, so $\lVert J_T \cdots J_{k+1} \rVert \le \lVert W \rVert^{T-k}$.

# %%
A = np.array([[1.0, 1.0], [-1.0, -1.0]])
s = np.linspace(0, 1, 6)
claim("5.8", [A @ np.diag([1.0, x]) @ A for x in s], [(1 - x) * A for x in s])

draws = np.random.default_rng(2)
longer, beyond = 0, 0
for _ in range(1000):
    M, slopes = draws.normal(size=(2, 2)), draws.uniform(0.5, 1, size=(4, 2))
    product, power = jacobian_product(M, slopes), np.linalg.matrix_power(M, 4)
    longer += np.linalg.norm(product, 2) > np.linalg.norm(power, 2)
    beyond += np.linalg.norm(product, 2) > np.linalg.norm(M, 2) ** 4
print(f"1000 random pairs, slopes from 0.5 to 1: {longer} longer than linear, {beyond} beyond the bound")

# %% [markdown]
# So "always faster" is a property of one unit. For random networks it is "nearly always".
#
# What does that mean at the start of training? Long-term memory is in the weights, says S2, and short-term memory in the states. If the first weights make the short-term memory short, the gradient that could lengthen it is small,
# and if they make it long, the network is close to instability. Both can be seen, before anything is learned:

# %%
from rnnlab.analysis.spectra import steps_to_a_tenth

rhos = np.array([0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5])
by_kind = [
    [
        np.median([steps_to_a_tenth(rho, 30, kind, 0.5, np.random.default_rng(k)) for k in range(5)])
        for rho in rhos
    ]
    for kind in (False, True)
]
figures.memory(rhos, *map(np.array, by_kind))

# %% [markdown]
# At $\rho = 0.5$ nothing older than three or four steps can be learned from. Around one it is ten, and only beyond, where the linear network would explode, does it become dozens.
#
# <details><summary>Check yourself: would larger inputs at ρ = 1.2 make the memory longer or shorter?</summary>
#
# Shorter: they push the units to where tanh is flat, and the slopes shrink. In the live figure above, 100 random tanh units at $\rho = 1.2$ reach a tenth after 13 steps with inputs of size 0.5, and after 4 with inputs of size 2.
# </details>

# %% [markdown]
# ## 3. A dynamical view
#
# **Why does the same weight give a vanishing gradient here and an exploding one next to it?**
#
# Eigenvalues are exact for linear networks. For others, S4 goes back to what a derivative is: start a little differently, and see how different the end is,
#
# $$\frac{\partial r_{100}}{\partial r_0} = \lim_{r_0' \to r_0} \frac{r_{100}' - r_{100}}{r_0' - r_0} = \prod_{t=1}^{100} w\, \sigma'(r_{t-1}) . \tag{5.9}$$
#
# The unit is $r_t = w\,\sigma(r_{t-1}) + b$, with nothing coming in.

# %%
w, b = 5.0, -2.5
r0 = np.array([-1.0, -0.01, 0.01, 2.0])
limit = [complex_step(lambda r: orbit(r, w, b, T=100)[-1], start) for start in r0]
claim("5.9", reach(orbit(r0, w, b, T=100), w), limit, rtol=1e-9, atol=0)
near = (orbit(r0 + 1e-6, w, b, T=10)[-1] - orbit(r0 - 1e-6, w, b, T=10)[-1]) / 2e-6
agree = np.allclose(near, reach(orbit(r0, w, b, T=10), w), rtol=1e-4, atol=0)
print("after 10 steps, two starts that differ by 2e-6 give the same to 4 digits:", agree)
print(
    "derivative from -2, -0.01 and 0:",
    *(f"{d:.0e}" for d in reach(orbit(np.array([-2, -0.01, 0]), w, b, T=100), w)),
)
figures.far_away(w, b)

# %% [markdown]
# There are two places where this unit comes to rest, and almost every start ends in one of them. Within a basin it does not matter where one starts: the derivative is $10^{-21}$ far from the border, and still only $10^{-14}$ a hundredth beside it. On the border between the basins it is $5 \cdot 10^{9}$.
# The gradient does not fade *or* explode. It does both, a little apart.
#
# How many resting places are there? A tanh unit rests where $h = \tanh(w h + b)$. Do not solve that for $h$. Solve it for $w$:
#
# $$w = \frac{\operatorname{artanh}(h) - b}{h} . \tag{5.10}$$
#
# Each $h$ has one $w$ for which it is a resting place, so the curve of all resting places is drawn without any search. One is stable when a step shrinks nudges, $|w (1 - h^2)| < 1$.

# %%
weights, biases = np.array([0.5, 1.5, 2.0, 3.0]), np.array([0.3, 0.2, -0.4, 0.1])
rest = unroll(tanh_unit, np.full(4, 0.5), np.tile(biases, (2000, 1)), weights)[-1]
claim("5.10", (np.arctanh(rest) - biases) / rest, weights)

# %% [markdown]
# **Predict first.** With $b = 0$, at which $w$ does one resting place become three? Write it down. Then set $b = 0.1$ and move $w$ from 0 to 4: does anything jump?
# At $w = 2$, $b = 0.1$, move the start through the unstable place near $-0.1$, and look at the panel on the right. Last, try $w = -1.5$.

# %%
guess = predict("with b = 0: from which w on are there three resting places?", guess=..., marks="w")
live(
    steady_states,
    moving.steady_states,
    moving.steady_states_words,
    guess=guess,
    w=slider(-2.5, 4.5, 1.5, step=0.01, label="weight w", play=8),
    b=slider(-1.0, 1.0, 0.0, step=0.01, label="bias b"),
    h0=slider(-1.0, 1.0, 0.3, step=0.01, label="start h₀"),
)

# %% [markdown]
# <details><summary>After you have moved it</summary>
#
# At $w = 1$: there $w (1 - h^2)$ reaches one at $h = 0$, and the resting place splits. With $b = 0.1$ the upper branch goes on smoothly, and a pair appears elsewhere, near $w = 1.3$. Nothing jumps for a unit that is up;
# what jumps is the fate of a unit that starts low. Near the unstable place the nudge first grows, then dies: the longer the start hesitates, the larger is its derivative.
# At $w = -1.5$ the place in the middle is unstable too, and the unit swings between two values. Bifurcations are of more than one kind.
# </details>
#
# Back to the logistic unit. Resting places appear and vanish in pairs where the curve $w\,\sigma(r) + b$ touches the diagonal: there $w\,\sigma'(r) = 1$. With $\sigma' = \sigma(1 - \sigma)$ that is a quadratic equation, and its two solutions give two borders:
#
# $$\sigma_{\pm} = \tfrac12 \bigl(1 \pm \sqrt{1 - 4/w}\bigr) , \qquad b_{\pm} = \ln\frac{\sigma_{\pm}}{1 - \sigma_{\pm}} - w\,\sigma_{\pm} . \tag{5.11}$$
#
# For positive $w$ they are real only from $w = 4$ on: since $\sigma' \le \tfrac14$, a smaller weight cannot reach the slope one. (With negative weights no pair appears; below $-4$ the one place may turn into a swing, as at $w = -1.5$ above.)

# %%
low, high = folds(np.array([4.5, 6.0, 8.0]))
counts = [
    [len(fixed_points(w, b)) for b in (lo - 1e-3, lo + 1e-3, hi - 1e-3, hi + 1e-3)]
    for w, lo, hi in zip((4.5, 6.0, 8.0), low, high, strict=True)
]
claim("5.11", counts, [[1, 3, 3, 1]] * 3)
few = {len(fixed_points(w, b)) for w in np.linspace(-3.9, 3.9, 40) for b in np.linspace(-6, 6, 61)}
print("numbers of resting places for |w| < 4, over 2440 pairs (w, b):", few)
figures.wedge()

# %% [markdown]
# That is S4's "small weights will reduce the number of bifurcations", with its number: below 4 for the logistic function, below 1 for tanh, there is no fold to fall over. It is also where no memory lasts.
#
# <details><summary>Check yourself: to keep one bit for ever, on which side of the border must a unit be, and what does its gradient do there?</summary>
#
# Inside the wedge: two stable places are needed to tell 0 from 1. At rest in either of them a nudge shrinks at every step, so its gradient vanishes. A unit that remembers surely is one whose gradient is small, and on the border it explodes (Bengio et al. 1994).
# </details>

# %% [markdown]
# ## 4. Cliffs
#
# **What does a border between basins do to the cost?**
#
# Give the unit a task. From $r_0 = \tfrac12$ it shall be at $0.7$ after 50 steps, $E = (\sigma(r_{50}) - 0.7)^2$: the example of Pascanu et al. (2013). The gradient by $w$ and $b$ is carried forward as in lecture 04,
#
# $$\frac{\partial r_t}{\partial w} = \sigma(r_{t-1}) + w\,\sigma'(r_{t-1})\, \frac{\partial r_{t-1}}{\partial w} , \qquad \frac{\partial r_t}{\partial b} = 1 + w\,\sigma'(r_{t-1})\, \frac{\partial r_{t-1}}{\partial b} . \tag{5.12}$$
#
# Where is the border? The start must be on it. It is, if $r_0$ itself is the resting place, and unstable:
#
# $$b_{\rm wall} = r_0 - w\,\sigma(r_0) , \qquad \text{for } w\,\sigma'(r_0) > 1 . \tag{5.13}$$
#
# On this line the state never moves, all factors of (5.12) are the same, and the second is a geometric sum:
#
# $$\frac{\partial r_T}{\partial b} = \frac{\gamma^{T} - 1}{\gamma - 1} , \qquad \gamma = w\,\sigma'(r_0) . \tag{5.14}$$

# %%
ws, bs = np.array([3.0, 4.5, 5.0]), np.array([-1.0, -2.4, -2.6])
for i, gradient in enumerate(zip(*cost_and_gradient(ws, bs)[1:], strict=True)):
    both = complex_step(lambda p: (sigma(orbit(START, p[0], p[1])[-1]) - TARGET) ** 2, [ws[i], bs[i]])
    claim("5.12", gradient, both)

claim("5.13", orbit(START, 4.5, wall(4.5), T=20)[-1], START)
gamma = 4.5 * slope(START)
by_step = complex_step(lambda b: orbit(START, 4.5, b)[-1], wall(4.5))
claim("5.14", by_step, (gamma**50 - 1) / (gamma - 1), rtol=1e-9)
for w in (4.5, 5.0, 6.0):
    gamma = w * slope(START)
    print(
        f"w = {w}: γ^10 = {gamma**10:.2g}, γ^50 = {gamma**50:.2g}, sum for T = 50 {(gamma**50 - 1) / (gamma - 1):.2g}"
    )

# %% [markdown]
# At $w = 5$ the sum is 18 thousand and at $w = 6$ seventy million. Beside the line the unit moves away from its start, and the factors become small. That is the wall:

# %%
w_axis, b_axis = np.linspace(4.2, 6, 181), np.linspace(-3.4, -1.9, 601)
surface, _, _ = cost_and_gradient(*np.meshgrid(w_axis, b_axis))
across = np.unique(np.concatenate([wall(5.0) + np.linspace(-0.5, 0.5, 1001), [wall(5.0)]]))
norms = np.hypot(*cost_and_gradient(5.0, across)[1:])
print(
    "along w = 5, longest gradient over the median exceeds 1000:", bool(norms.max() > 1e3 * np.median(norms))
)
figures.cost_surface(w_axis, b_axis, surface, across, norms)

# %% [markdown]
# Now the puzzle of the beginning can be told. The valley where $E$ is small runs along the foot of the wall. Descent went down into it, crossed the wall by a step that was a little too long, climbed back, crossed again; and once it landed *on* the wall.
# There the gradient was 5,400 long, half of it was the step, and the weights were thrown to $w = 1442$, $b = 2305$, where $\sigma(r_{50}) = 1$, the cost is $(1 - 0.7)^2 = 0.09$, and the slope is zero.

# %%
kept = descend((5.5, -2.6), lr=0.5, steps=400, threshold=0.1)
print(f"thrown to w = {path[-1, 0]:.0f}, b = {path[-1, 1]:.0f}, cost {cost_and_gradient(*path[-1])[0]:.2f}")
print(
    "clipped at 0.1, after 400 updates the cost is below 0.002:",
    bool(cost_and_gradient(*kept[-1])[0] < 0.002),
)

# %% [markdown]
# <details><summary>Check yourself: is a smaller learning rate as good?</summary>
#
# Near the wall no rate is small enough: by (5.14) the gradient there grows as $\gamma^{50}$, which is 16 at $w = 4.5$, three thousand at $w = 5$ and thirty million at $w = 6$. And away from it, where the gradient is about 0.1, a rate of $10^{-6}$ would need millions of updates.
# From the same start, plain descent with $\mu = 0.2$ or $0.1$ is thrown out of the picture as well.
# </details>

# %% [markdown]
# ## 5. Clipping
#
# **What is the least that one can do about it?**
#
# On the wall the direction of the gradient is good, and its length says nothing: it is right for a distance of $10^{-4}$ and not beyond. So keep the direction and limit the length.
# A network's gradient is a list of arrays, and as one vector its length is
#
# $$\lVert g \rVert = \sqrt{\lVert g_1 \rVert^2 + \lVert g_2 \rVert^2 + \dots} . \tag{5.15}$$
#
# Clipping with threshold $v$ (Pascanu et al. 2013) multiplies *all* of it by one number:
#
# $$\hat g = g \cdot \min\Bigl(1, \frac{v}{\lVert g \rVert}\Bigr) , \qquad \lVert \hat g \rVert = \min(\lVert g \rVert, v) , \quad \hat g \parallel g . \tag{5.16}$$
#
# S1 writes it with $>$, S4 with $\ge$; at equality both do nothing.

# %%
gradients = [rng.normal(size=(4, 4)), rng.normal(size=(4, 2)), rng.normal(size=4)]
flat = np.concatenate([g.ravel() for g in gradients])
cut = np.concatenate([g.ravel() for g in clip_by_norm(gradients, 2.0)])
claim("5.15", np.sqrt(sum(np.linalg.norm(g) ** 2 for g in gradients)), np.linalg.norm(flat))
claim("5.16", cut, flat * 2.0 / np.linalg.norm(flat))
claim("5.16", [np.linalg.norm(cut), cut @ flat / np.linalg.norm(flat)], [2.0, 2.0])
print("below the threshold nothing changes:", np.array_equal(clip_by_norm([flat], 100.0)[0], flat))
theirs = [torch.nn.Parameter(torch.tensor(g)) for g in gradients]
for parameter, g in zip(theirs, gradients, strict=True):
    parameter.grad = torch.tensor(g)
torch.nn.utils.clip_grad_norm_(theirs, 2.0)
print(
    "torch agrees to 1e-6:", np.allclose(np.concatenate([p.grad.flatten() for p in theirs]), cut, rtol=1e-6)
)

# %% [markdown]
# An older rule cuts each *number* at $\pm v$ (Mikolov 2012, whom S4 names with the other). It also limits the step, and it turns it. A gradient of $(3, 0.1)$ cut at $0.5$ becomes $(0.5, 0.1)$:

# %%
g = np.array([3.0, 0.1])
for name, clipped in (("by norm", clip_by_norm([g], 0.5)[0]), ("by element", clip_by_element([g], 0.5)[0])):
    turned = np.degrees(np.arctan2(*clipped[::-1]) - np.arctan2(*g[::-1]))
    print(f"{name:10s} {clipped.round(3)}  turned by {turned:.1f} degrees")

# %% [markdown]
# In the limit it keeps the signs alone, and all directions become diagonals: in $n$ dimensions it can turn a gradient by nearly $\arccos(1/\sqrt n)$, which for large $n$ is close to a right angle. It never turns it further: no sign changes, so both rules go downhill, and in practice, say Pascanu et al., they behave alike.
#
# **Predict first.** Below is the surface, with a point to drag. At $(4.51, -2.31)$, on the wall, the gradient is 67 long. With $\mu = 0.5$, which threshold makes the clipped step $0.1$ long?
# Write it down, drag the point there, move the threshold, and watch both steps. Then choose the other rules, which are mistakes one meets: look at the direction, at what happens far from the wall, at $(5.6, -2.2)$, and at where *parameters clipped* ends.
# Last, ask for fewer steps than 50, and see (5.14) at work: when does the wall become a slope?

# %%
guess = predict("which threshold makes the step at the wall 0.1 long?", guess=..., marks="threshold")
live(
    cliff_step,
    moving.cliff,
    moving.cliff_words,
    guess=guess,
    at=point((4.2, 6.0), (-3.4, -1.9), (5.0, -2.5), step=0.01, label="start (w, b)"),
    threshold=log_slider(0.01, 10.0, 0.1, label="threshold v"),
    lr=log_slider(0.05, 2.0, 0.5, label="learning rate μ"),
    rule=choice(RULES, RULES[0], label="rule"),
    T=integer(2, 100, 50, label="steps T", play=6),
)

# %% [markdown]
# <details><summary>After you have moved it</summary>
#
# The clipped step is $\mu v$ long wherever the gradient is above the threshold, so $v = 0.2$. From the wall it goes down from 0.22 to a cost of 0.014, and with $v = 0.1$ to 0.007. The plain step is 34 long, and ends on the plain with cost 0.09.
# *By element* turns the step towards the diagonal: by 14° on the wall, and by 32° at $(4.3, -2.4)$ with $v = 0.05$. With two weights of one number each it is the same as cutting each tensor by its own norm, the other common slip. With matrices the two differ, and both turn the direction.
# *Parameters clipped* pulls the weights themselves to length $v$: they leave for the origin, whatever the gradient was.
# *Always to the threshold* is as good at the wall, and wrong on the plain: it lengthens short gradients, so descent never comes to rest. Clipping is not normalising.
# With ten steps the wall is a slope that a step can go down: at $w = 5$, $\gamma^{10} = 5$, where $\gamma^{50}$ is three thousand. A cliff is a matter of length.
# Which threshold? Pascanu et al. look at the average length over many updates, and take half of it to ten times.
# </details>
#
# <details><summary>Check yourself: does clipping help against vanishing gradients?</summary>
#
# No. It only shortens. And where a loss at every step gives both long-range and short-range gradients, clipping their sum leaves the proportion between them as it is.
# </details>

# %% [markdown]
# ## 6. Other remedies
#
# **What can be done about the product itself?**
#
# *Normalise the first eigenvalue.* All eigenvalues of $cW$ are $c$ times those of $W$, so scale once, at the start, to a radius $\rho^{*}$ a bit below one:
#
# $$W \leftarrow \frac{\rho^{*}}{\rho(W)}\, W \quad\Rightarrow\quad \rho(W) = \rho^{*} . \tag{5.17}$$
#
# That sets the imbalance and leaves the conditioning, since $\lambda_1/\lambda_d$ has not changed.

# %%
raw = rng.normal(size=(30, 30))
scaled = 0.95 / spectral_radius(raw) * raw
claim("5.17", np.abs(np.linalg.eigvals(scaled)).max(), 0.95)
for name, M in (("as drawn", raw), ("scaled", scaled)):
    far = lengths_back(M, np.ones((20, 30)), np.eye(30)[0])[-1]
    print(f"{name:9s} length 20 steps back {far:.1e}, cond(W) {np.linalg.cond(M):.1f}")

# %% [markdown]
# *Momentum.* Bad conditioning makes plain descent slow. On a quadratic with curvatures $\kappa_i$ from $1$ to $\kappa$, a step multiplies each direction by $1 - \mu\kappa_i$. The two ends are the worst, and they are equally bad at $\mu = 2/(1 + \kappa)$, where each keeps in size, at each step, the fraction
#
# $$q_{\rm plain} = \frac{\kappa - 1}{\kappa + 1} , \tag{5.18}$$
#
# so it needs about $\kappa$ steps. The heavy ball (Polyak 1964) adds a fraction $\beta$ of its last step. Then a direction obeys a recurrence with two terms, $\theta_{n+1} = (1 + \beta - \mu\kappa_i)\,\theta_n - \beta\,\theta_{n-1}$. The product of its two eigenvalues is $\beta$.
# As long as $|1 + \beta - \mu\kappa_i| \le 2\sqrt\beta$, which is $1 - \sqrt\beta \le \sqrt{\mu\kappa_i} \le 1 + \sqrt\beta$, they are a conjugate pair (or equal), so both have the size $\sqrt\beta$. All directions fit if both ends just do, $\sqrt\mu = 1 - \sqrt\beta$ and $\sqrt{\mu\kappa} = 1 + \sqrt\beta$. The quotient of the two gives
#
# $$q_{\rm heavy} = \sqrt{\beta} = \frac{\sqrt\kappa - 1}{\sqrt\kappa + 1} : \tag{5.19}$$
#
# about $\sqrt\kappa$ steps. S4's advice is "a LOT of momentum". How much is a lot?

# %%
show(heavy_ball)
kappa = 50.0
ball = heavy_ball(lambda theta: np.array([1, kappa]) * theta, np.ones(2), momentum.best_plain(kappa), 0.0, 40)
claim("5.18", ball[40] / ball[39], np.array([1, -1]) * (kappa - 1) / (kappa + 1))
lr, beta = momentum.best_heavy(kappa)
claim("5.19", momentum.slowest_factor(kappa, lr, beta), (kappa**0.5 - 1) / (kappa**0.5 + 1), rtol=1e-6)

# %%
kappas = [10, 30, 100, 300, 1000]
plain = [momentum.iterations(k, momentum.best_plain(k), 0.0) for k in kappas]
heavy = [momentum.iterations(k, *momentum.best_heavy(k)) for k in kappas]
slopes = [np.polyfit(np.log(kappas[2:]), np.log(steps[2:]), 1)[0] for steps in (plain, heavy)]
print(f"steps grow as κ to the {slopes[0]:.2f} without and {slopes[1]:.2f} with momentum")
betas = 1 - np.geomspace(1, 1e-3, 25)
figures.momentum(kappas, plain, heavy, betas, np.array([momentum.steps_needed(1000, b) for b in betas]))

# %% [markdown]
# As much as $1 - \beta \approx 4/\sqrt\kappa$, and not more: past the best value the ball rolls on and on. It is a rule for quadratics, and it is not a cure. By (5.5) a ratio of $\lambda_1/\lambda_d = 2$ has become $10^6$ after 20 steps; in the curvature it is squared, and even the root of $10^{12}$ is a million steps.
#
# *RProp* (Riedmiller and Braun 1993) goes further than clipping: it takes only the sign. Each weight has a step size of its own, which grows by 1.2 while the sign stays and halves when it turns. Lengths of any size do no harm; nor do they help, and with small batches signs are noise.

# %%
show(rprop_step)
theta, state = np.array([4.0, -3.0]), RpropState(np.full(2, 0.01), np.zeros(2))
parameter = torch.tensor(theta, requires_grad=True)
optimiser, H = torch.optim.Rprop([parameter], lr=0.01), np.array([[3.0, 1.0], [1.0, 2.0]])
for _ in range(60):
    theta, state = rprop_step(theta, H @ theta, state)
    parameter.grad = torch.tensor(H) @ parameter.detach()
    optimiser.step()
print(
    "after 60 steps equal to torch.optim.Rprop:",
    np.allclose(theta, parameter.detach(), rtol=1e-12, atol=1e-15),
)

# %% [markdown]
# *Ω.* Against vanishing none of these helps. Pascanu et al. (2013) change what is minimised. Let $\delta_t = \partial L/\partial h_t$, which becomes $v_t = W^{\top} u_t$ with $u_t = D_t \delta_t$ one step earlier. The regulariser punishes every step on which the length changes. S1 has
#
# $$\Omega = \sum_t (q_t - 1)^2 , \qquad q_t = \frac{\lVert v_t \rVert}{\lVert \delta_t \rVert} ,$$
#
# as the paper does first. The paper's gradient and its code have $q_t^2$ in place of $q_t$, and the code a mean over time and batch in place of the sum. Both are zero at the same places. Differentiate explicitly, with $\delta_t$ and $D_t$ held fixed: since $\partial \lVert v \rVert/\partial v = v/\lVert v \rVert$ and $v = W^{\top} u$,
#
# $$\frac{\partial^{e} \Omega}{\partial W} = \sum_t \frac{2\,(q_t - 1)}{q_t \lVert \delta_t \rVert^2}\; u_t\, v_t^{\top} \quad \text{(S1)} , \tag{5.20}$$
#
# $$\frac{\partial^{e} \Omega}{\partial W} = \frac1T \sum_t \frac{4\,(q_t^2 - 1)}{\lVert \delta_t \rVert^2}\; u_t\, v_t^{\top} \quad \text{(the code)} . \tag{5.21}$$

# %%
explicit = np.zeros((T, N))
explicit[-1] = hs[-1]  # L = ½|h_T|²
deltas = bptt(h0, xs, hs, W, 1 - hs**2, explicit).dhs


def omega(W, squared):
    u, d = (torch.tensor(a) for a in ((1 - hs**2) * deltas, deltas))
    q = (u @ W).norm(dim=1) / d.norm(dim=1)  # the rows of u @ W are Wᵀu
    return ((q**2 - 1) ** 2).mean() if squared else ((q - 1) ** 2).sum()


# %%
leaves = [torch.tensor(W, requires_grad=True) for _ in range(2)]
omega(leaves[0], squared=False).backward()
omega(leaves[1], squared=True).backward()
claim("5.20", norm_preserving(W, 1 - hs**2, deltas).dW, leaves[0].grad)
claim("5.21", norm_preserving_squared(W, 1 - hs**2, deltas).dW, leaves[1].grad)

# %% [markdown]
# A rotation changes no length. So in a linear network with an orthogonal $W$ nothing is punished,
#
# $$W^{\top} W = I ,\; D_t = I \quad\Rightarrow\quad q_t = 1 ,\; \Omega = 0 . \tag{5.22}$$
#
# Two remarks. Ω asks for the length of *the error's own* direction to be kept, not for all directions. And "explicit" is a choice: through $\delta_t$ and $D_t$ the weights change Ω as well, and the full gradient points elsewhere.

# %%
show(norm_preserving)
Q = np.linalg.qr(rng.normal(size=(N, N)))[0]
linear = unroll(linear_step, h0, xs, Q, np.eye(N), np.zeros(N))
turned = bptt(h0, xs, linear, Q, np.ones((T, N)), explicit).dhs
for ours in (norm_preserving, norm_preserving_squared):
    claim("5.22", ours(Q, np.ones((T, N)), turned).ratios, np.ones(T))
    print("Ω is zero:", bool(ours(Q, np.ones((T, N)), turned).value < 1e-24))

# %%
tW, h, states = torch.tensor(W, requires_grad=True), torch.tensor(h0), []
for x in torch.tensor(xs):
    h = torch.tanh(tW @ h + x)
    states.append(h)
loss = 0.5 * (states[-1] ** 2).sum()
d = torch.stack(torch.autograd.grad(loss, states, create_graph=True))
q = ((1 - torch.stack(states) ** 2) * d @ tW).norm(dim=1) / d.norm(dim=1)
(full,) = torch.autograd.grad(((q - 1) ** 2).sum(), tW)
held = norm_preserving(W, 1 - hs**2, deltas).dW
cosine = (held * full.numpy()).sum() / (np.linalg.norm(held) * np.linalg.norm(full))
print(f"cosine of the explicit and the full gradient: {cosine:.2f}")

# %% [markdown]
# <details><summary>Check yourself: a network with W = 0 has Ω = T by S1's form. In which direction does the gradient of Ω push it?</summary>
#
# In none. There $v_t = 0$, and (5.20) has $0/0$: the length of $v$ has no derivative at zero. (5.21) gives zero. A network that starts without any recurrence is not helped by Ω; a small random $W$ is.
# </details>

# %% [markdown]
# ## 7. Does it help?
#
# **Plain, clipped, clipped with Ω: which of them learns?**
#
# The task is temporal order. Among twenty symbols two count: an A or a B at the beginning, and an A or a B in the middle. At the end the network must say which came in which order, AA, AB, BA or BB. Everything between is noise.

# %%
from rnnlab.analysis.temporal_order_runs import METHODS, train
from rnnlab.systems.temporal_order import temporal_order

xs_task, labels = temporal_order(np.random.default_rng(1), T=20, B=4)
for k in range(4):
    print(
        "".join("ABcdef"[symbol] for symbol in xs_task[:, :, k].argmax(1)),
        " answer",
        ("AA", "BA", "AB", "BB")[labels[k]],
    )

# %% [markdown]
# The set-up is that of the paper's code: 50 tanh units with $\rho = 0.95$, $\mu = 0.01$, batches of 20, threshold 1, Ω weighted by 2 (the paper's text says 4). A threshold of 10 is our addition. A start counts as solved when 1,000 fresh sequences are all answered rightly, within 5,000 updates.
# Ten starts, and each with the same first weights and the same sequences for all four. Forty trainings take about a minute, so they are stored; a short one is run here.

# %%
short = {method: train(method, seed=0, T=10, updates=60) for method in METHODS}
print("reduced run, T = 10, all losses finite:", all(np.isfinite(run.losses).all() for run in short.values()))
values = result("05_temporal_order")
for method in METHODS:
    updates = np.array(values[method])
    done = updates > 0
    median, mean = np.median(updates[done]), np.mean(values[f"{method}: mean gradient"])
    print(f"{method:15s} {done.sum():2d} of {len(updates)} solved, median {median:4.0f} updates,", end=" ")
    print(f"mean gradient {mean:.1f}, cut {np.mean(values[f'{method}: share cut']):3.0%}")
figures.solved(values)

# %%
failed = np.concatenate([values[method] for method in METHODS]) == 0
known, felt, losses = (
    np.concatenate([values[f"{method}: {what}"] for method in METHODS])
    for what in ("known", "felt", "last loss")
)
print(
    f"the {failed.sum()} that fail: loss from {losses[failed].min():.2f} to {losses[failed].max():.2f},",
    end=" ",
)
print(
    f"earlier symbol right in {known[failed, 0].min():.0%}, later in {np.median(known[failed, 1]):.0%} (median)"
)
for name, which in (("fail", failed), ("solve it", ~failed)):
    print(f"gradient at the later symbol, beside the end, of those that {name}: {np.median(felt[which]):.4f}")

# %% [markdown]
# With Ω every start solves it. Read the other rows with care: *clipping alone did not help here, and a threshold of 1 did harm.*
# Plain descent solves eight of ten. Its gradients are at most 43 long, the learning rate is small, and nothing needs saving. A threshold of 1 cuts two updates in five, and five starts fail.
# Nor does it keep the gradients short: the shortened steps lead elsewhere, and in three of the clipped trainings single gradients of 600 to 10,000 turn up, which plain descent on its own way never meets. A threshold of 10 comes close to plain descent again.
#
# The starts that fail end near $\ln 2 = 0.69$: of two symbols one is known, and the other is a guess. Which one? Not the nearer: all of them know the *earlier* symbol, seventeen steps back, and guess at the later one, ten steps back.
# So the distance is not what decides. They learned one symbol, and with it a $W$ through which nothing comes back any more: the gradient is a thousand times shorter at the later symbol than at the end, where in those that solve it, it is as long. That is a vanishing gradient, learned on the way.
# A clip cannot lengthen it, and Ω is there to keep that from happening.
# For longer sequences Pascanu et al. (footnote 4 and section 4.1) report that clipping becomes important, and that Ω without clipping usually fails.
#
# <details><summary>Check yourself: which threshold does the paper's rule suggest here, and would you expect it to solve more than plain descent?</summary>
#
# Half to ten times the average length, which is 1.6 for plain descent: from 0.8 to 16, so 1 and 10 are both within. They solved five and seven, plain descent eight. With so few starts seven is no difference. Where plain descent meets nothing that explodes, the best a threshold can do is no harm.
# </details>

# %% [markdown]
# ## Further: a million units at once
#
# **How does a resting place come into being, and what does the gradient do there?**
#
# A resting place $h^{*}$ of the tanh unit multiplies a nudge by $w (1 - h^{*2})$ at each step. It can lose its stability in two ways: this factor becomes $+1$ or $-1$. Put $w = \pm 1/(1 - h^2)$ into (5.10), and each $h$ gives one point on each border in the plane of $w$ and $b$:
#
# $$w = \frac{\pm 1}{1 - h^2} , \qquad b = \operatorname{artanh} h \mp \frac{h}{1 - h^2} . \tag{5.23}$$
#
# At $+1$ the curve touches the diagonal: two resting places appear together, a *fold*. At $-1$ each nudge comes back with the other sign and the same size: the place stays, and beyond it the unit swings between two states, a *period doubling*.

# %%
from rnnlab.analysis.bifurcation import bifurcation, border
from rnnlab.analysis.steady_states import resting_places
from rnnlab.figures import gradient_clipping_many as many
from rnnlab.models.iterate import iterate
from rnnlab.models.maps import tanh_unit_stretch

biases = np.array([0.05, 0.3, -0.8])
for sign in (+1, -1):
    w, h = border(biases, sign)  # from the second half of (5.23), by bisection
    claim("5.23", np.tanh(w * h + biases), h)
    factors = [complex_step(lambda x, k=k, w=w: np.tanh(w[k] * x + biases[k]), h[k]) for k in range(3)]
    claim("5.23", factors, [sign] * 3)
fold, doubling = border(0.3, +1)[0], border(0.3, -1)[0]
counts = [len(resting_places(w, 0.3)) for w in (fold - 0.01, fold + 0.01, doubling - 0.01, doubling + 0.01)]
print(f"b = 0.3: fold at {fold:.3f}, doubling at {doubling:.3f}; resting places beside them {counts}")

# %% [markdown]
# Without a bias both borders are at $h = 0$, $w = \pm 1$, and there tanh gives more. It is odd, so the sign of the weight is only the sign of every second state:
#
# $$h_t(-w) = (-1)^t\, h_t(w) \qquad (b = 0) . \tag{5.24}$$
#
# The doubling at $-1$ is the split at $1$ seen in a mirror. How fast does a unit come to rest? Each step multiplies a nudge by its factor, so in the long run by $e^{\lambda}$ on average, where
#
# $$\lambda = \frac1T \ln \Bigl| \frac{\partial h_T}{\partial h_0} \Bigr| = \frac1T \sum_{t=1}^{T} \ln \bigl| w\,(1 - h_t^2) \bigr| \tag{5.25}$$
#
# is *Lyapunov's exponent*, for $T \to \infty$. A sum over time is one more number to carry along:

# %%
show(tanh_unit_stretch)
w = np.array([0.6, 1.4, 2.2])
orbits = iterate(tanh_unit, (0.0, np.stack([w, -w])), 0.4, 30, keep=31)
claim("5.24", orbits[:, 1], (-1.0) ** np.arange(31)[:, None] * orbits[:, 0])
ends = [
    complex_step(lambda h, w=w: unroll(tanh_unit, h, np.full(30, 0.1), w)[-1], 0.4) for w in (0.6, 1.4, -2.2)
]
summed = iterate(tanh_unit_stretch, (0.1, np.array([0.6, 1.4, -2.2])), (0.4, 0.0), 30)[-1, 1]
claim("5.25", summed / 30, np.log(np.abs(ends)) / 30)

# %% [markdown]
# On the border $\lambda = 0$. What is slower than every exponential? At $w = 1$, $b = 0$ the unit is $h \leftarrow \tanh h \approx h - h^3/3$, so $1/h^2$ grows by $\tfrac23$ at each step, and the logarithms $\ln(1 - h_t^2) \approx -h_t^2 \approx -3/(2t)$ sum up to $-\tfrac32 \ln t$. For large $t$
#
# $$h_t \simeq \sqrt{\frac{3}{2t}} , \qquad \frac{\partial h_t}{\partial h_0} \propto t^{-3/2} : \tag{5.26}$$
#
# a power. It is the longest memory that a tanh unit at rest can have.

# %%
orbit_at_one = iterate(tanh_unit_stretch, (0.0, 1.0), (0.5, 0.0), 20_000, keep=10_001)
(h_half, l_half), (h_end, l_end) = orbit_at_one[0], orbit_at_one[-1]
claim("5.26", h_end**2, 3 / (2 * 20_000), rtol=1e-3, atol=0)
claim("5.26", (l_end - l_half) / np.log(2), -1.5, atol=1e-3)

# %% [markdown]
# Now all weights at once. In each column of the picture stand units with one weight and starts from everywhere, and the darker a place, the more of them are there. On a CPU these are 20,000 units; on a GPU a million, with the same code.
#
# **Predict first.** With $b = 0.3$ and a positive weight, from which $w$ on do some units end below zero? Write it down. Then go there with $b$, and to $b = 0$; and move $T$ from 10 to 1000: where is the picture sharp at once, and where last?

# %%
guess = predict("b = 0.3: from which positive weight on do some units end below zero?", guess=..., marks="x")
live(
    bifurcation,
    many.bifurcation,
    many.bifurcation_words,
    guess=guess,
    b=slider(-1.0, 1.0, 0.1, step=0.01, label="bias b", play=8),
    steps=integer(2, 1000, 30, label="steps T"),
)

# %% [markdown]
# <details><summary>After you have moved it</summary>
#
# At $b = 0.3$ the lower branch begins at $w = 1.65$, with the fold of (5.23), and the units below the dotted line go there. As $b$ goes to zero the fold moves to $w = 1$ and meets the other branch; with $b < 0$ the picture is turned over.
# After ten steps most columns are one or two dark points already. Near the dashed lines there is a cloud, and it is the last to go: with $\lambda$ near zero nothing is forgotten, neither the start nor its nudges.
# The lower panel is the gradient's whole story for one unit: below zero everywhere, and up to it only on the two borders. A unit at rest has no other place where gradients neither vanish nor explode.
# Above zero it is only for a while, and only for units that started beside an unstable place.
# </details>
#
# <details><summary>Check yourself: can a single tanh unit be chaotic, with λ > 0 for ever?</summary>
#
# No. For $w > 0$ the map rises, so an orbit that once goes up goes up for ever, and it is bounded: it comes to rest. For $w < 0$ two steps together rise. Chaos needs a map that folds its states back, and for that a second unit. Two LSTM units are enough (Ribeiro et al. 2020), and so are two tanh units, as the next figure shows.
# </details>

# %% [markdown]
# **And the spectral radius: what does it say about the gradient of tanh units?**
#
# For linear units and a matrix with a full set of eigenvectors, (5.3) puts $\lVert W^n \rVert$ between $\rho^n$ and $\operatorname{cond}(Q)\, \rho^n$. Take the $n$-th root. $\operatorname{cond}(Q)^{1/n}$ goes to one, and so does the $n^{1/n}$ of a chain (5.6): all that the sandwich left open is gone in the end (Gelfand's formula),
#
# $$\lim_{n \to \infty} \lVert W^n \rVert^{1/n} = \rho(W) . \tag{5.27}$$
#
# So linear units have $\lambda = \ln \rho$. Tanh units have it too while they are near zero, where all slopes are one, and with $\rho < 1$ that is where most of them go. With $\rho > 1$ zero is no place to rest, they go elsewhere, and (5.27) knows nothing of the slopes there.

# %%
from rnnlab.analysis.many_pairs import MATRICES, many_pairs
from rnnlab.models.maps import tanh_pair_stretch

for M in (rng.normal(size=(5, 5)), chain):
    rho, n = spectral_radius(M), 2**20
    claim("5.27", rho * np.linalg.norm(np.linalg.matrix_power(M / rho, n), 2) ** (1 / n), rho, rtol=2e-5)

# %% [markdown]
# In the picture each pair of units has a matrix and a start of its own. Its $\lambda$ is summed up along its orbit, for one random nudge.
#
# **Predict first.** Take rotations, times $\rho = 3$. Linear units have $\lambda = \ln 3 = 1.1$. Where are most pairs of tanh units, once $T$ is large? Write it down, choose the rotations, and move $T$ to 1000. Then look at the other matrices.

# %%
guess = predict("two tanh units, ρ = 3: around which λ are most pairs of rotations?", guess=..., marks="y")
live(
    many_pairs,
    many.pairs,
    many.pairs_words,
    guess=guess,
    matrices=choice(MATRICES, MATRICES[0], label="matrices"),
    steps=integer(2, 1000, 100, label="steps T"),
)

# %% [markdown]
# <details><summary>After you have moved it</summary>
#
# Left of the dashed line nearly all pairs do as linear units do. Right of it the curve $\ln \rho$ goes on, and the pairs do not.
# Most come to rest away from zero, and a nudge fades: the dark lower edge is a single unit with the weight $\rho$. Nearly all others go round for ever, with $\lambda = 0$: along the circle a nudge neither grows nor fades. Of the rotations two thirds do.
# Above zero there are many while $T$ is small, and three in a thousand in the end. Those are chaotic. So $\rho > 1$ says that zero is left, and not that gradients explode.
# </details>

# %%
lasting, turning = many_pairs("any", 3000, "cpu").growing, many_pairs("rotations", 1000, "cpu").staying
print(f"of the pairs with ρ above 1: {lasting:.1%} with λ above 0.01 after 3000 steps;", end=" ")
print(f"of the rotations {turning:.0%} between −0.01 and 0.01 after 1000")
for name, W_pair in (("chaotic", [-5.3, -14.5, 1.3, 2.8]), ("two homes", [-4.0, 1.8, -8.9, 4.0])):
    ends = iterate(tanh_pair_stretch, W_pair, (np.array([0.01, 0.9]), 0.0, 1.0, 0.0, 0.0), 20_000)[-1]
    rho = spectral_radius(np.reshape(W_pair, (2, 2)))
    print(f"{name:9s} ρ = {rho:.1f}, λ from two starts {(ends[4] / 20_000).round(1)}")

# %% [markdown]
# <details><summary>Check yourself: the second pair has a spectral radius far below one. Why does it not always return to zero?</summary>
#
# Its entries are large, and in the eigenvalues they cancel: it is far from normal. Near zero tanh leaves the cancelling as it is, and the pair returns. From a large start tanh cuts each sum by itself, nothing cancels any more, and the pair rests elsewhere. $\rho < 1$ is a statement about the neighbourhood of zero.
# </details>

# %% [markdown]
# ## What to remember
#
# | | |
# |---|---|
# | gradient $n$ steps back | a product of $n$ Jacobians, transposed |
# | normal $W$, linear | $\rho^n$; conditioning $(\lambda_1/\lambda_d)^n$ |
# | any $W$ | $\rho^n \le \lVert W^n \rVert \le \lVert W \rVert^n$; it may grow first |
# | squashing | one unit: always shorter; many: only the bound |
# | resting places | one for $w < 4$ (logistic), $w < 1$ (tanh); beyond, folds; a stable one for $\lvert w \rvert$ below that |
# | border of stability | $w (1 - h^2) = \pm 1$: a fold or a doubling; there a nudge fades as a power of $t$, elsewhere exponentially |
# | $\rho < 1$, $\rho > 1$, tanh | zero is a place to rest, or none; no more than that |
# | cliff | where the start lies on a border between basins; height $\gamma^T$, $\gamma = w \sigma'(r_0)$ |
# | clipping | one factor for all tensors; never by element, by tensor, or on the weights |
# | momentum | $\sqrt\kappa$ for $\kappa$, with $1 - \beta \approx 4/\sqrt\kappa$ |
# | RProp | signs only |
# | Ω | keeps the error's length; the one remedy here against vanishing |
#
# ## Where each seed stands
#
# | seed | says | ours |
# |---|---|---|
# | S0 (Ribeiro) | a wall in the cost, figure of Pascanu et al. | computed, with its place (5.13) and its height (5.14) |
# | S1 (Mohajerin) | if $\lVert g \rVert > v$, $g \leftarrow g\,v/\lVert g \rVert$; Ω with norms, summed | the same; the paper's code has squared norms, and a mean, (5.20), (5.21) |
# | S2 (Nonlinear Sequence Processing) | a nonlinear transfer function increases decay | true for one unit, false for two, (5.8) |
# | S4 (TU Berlin) | $\prod W^{\top} \operatorname{diag}(\sigma')$, $(W)^k$ in the product, $U \Lambda V$ | factors exchanged, (5.2); $W^{T-k}$; $Q \Lambda Q^{-1}$ |
# | S4 | normalise the first eigenvalue; "a LOT of momentum" | the first helps with imbalance only; the second is $1 - 4/\sqrt\kappa$ |
# | S4 | small weights, fewer bifurcations | none below $w = 4$, (5.11) |
#
# S3 (Zhang) derives gradients and does not ask for their length.
#
# ## Replications

# %%
source = "Pascanu et al. 2013, 5 starts, T from 50 to 200"
share = np.mean(np.array(values["clipped at 1, Ω"]) > 0)
published("temporal order, share of starts solved, clipped with Ω (ours: T = 20)", 1, source, share, (0.9, 1))
weights = np.arange(3.5, 5, 0.01)
resting = np.zeros(len(weights))  # where σ is steepest, and b = −w/2 keeps the unit there
stays = reach(orbit(resting, weights, -weights / 2, T=1000), weights)
first = weights[stays >= 1].min()
published(
    "logistic unit: weight below which gradients must vanish", 4, "Pascanu et al. 2013", first, (3.99, 4.02)
)

# %% [markdown]
# ## Exercises
#
# [Exercise 05](../exercises/05_gradient_clipping.ipynb): a clip for each sequence, gradients through a leaky network, three spectra, Ω in another wiring, and three training curves to diagnose. 20 points.
#
# ## References
#
# - R. Pascanu, T. Mikolov and Y. Bengio (2013), On the difficulty of training recurrent neural networks, [arXiv:1211.5063](https://arxiv.org/abs/1211.5063).
# - Y. Bengio, P. Simard and P. Frasconi (1994), Learning long-term dependencies with gradient descent is difficult, [doi:10.1109/72.279181](https://doi.org/10.1109/72.279181).
# - S. Hochreiter and J. Schmidhuber (1997), Long short-term memory, [doi:10.1162/neco.1997.9.8.1735](https://doi.org/10.1162/neco.1997.9.8.1735): the temporal-order task.
# - T. Mikolov (2012), *Statistical language models based on neural networks*, Brno University of Technology: clipping, by element.
# - B. T. Polyak (1964), Some methods of speeding up the convergence of iteration methods, [doi:10.1016/0041-5553(64)90137-5](https://doi.org/10.1016/0041-5553%2864%2990137-5).
# - A. H. Ribeiro, K. Tiels, L. A. Aguirre and T. B. Schön (2020), Beyond exploding and vanishing gradients: analysing RNN training using attractors and smoothness, [arXiv:1906.08482](https://arxiv.org/abs/1906.08482).
# - M. Riedmiller and H. Braun (1993), A direct adaptive method for faster backpropagation learning: the RPROP algorithm, [doi:10.1109/ICNN.1993.298623](https://doi.org/10.1109/ICNN.1993.298623).
