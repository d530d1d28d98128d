# %% [markdown]
# # 09 · Truncated BPTT
#
# *The price of forgetting: truncated BPTT on the Gaussian toy.*
#
# **Time** 45 minutes. **You need** lecture 04, sections 1 to 3; eigenvalues; variances.
# **Afterwards you can**
#
# - *write* full, truncated and randomly truncated gradients for a given recurrence;
# - *put* `detach` in the right place in a training loop;
# - *compute* the largest learning rate of each of them on a problem that can be solved by hand;
# - *predict* in which variance a noisy learner ends;
# - *decide* whether truncation slows the learning down, or leads it away.
#
# A parameter is learned online. At every time step the newest loss is looked at, and $\theta$ takes a small step down its slope.
# Every step is downhill. Here is what becomes of $\theta$ on a problem whose solution is $\theta = 0$, beside learning with the full gradient:

# %%
import numpy as np
import torch

from rnnlab.analysis import influence_walks, online_walks
from rnnlab.analysis.gradient_costs import random_problem
from rnnlab.analysis.kept_numbers import memory_of
from rnnlab.analysis.two_walks import terms
from rnnlab.figures import truncated_bptt as figures
from rnnlab.gradients import truncated
from rnnlab.live import choice, integer, live, log_slider, slider, toggle
from rnnlab.models import tanh_step, unroll
from rnnlab.systems import gaussian_toy as toy
from rnnlab.systems import influence_balancing as balancing
from rnnlab.teaching import claim, predict, published, show

# %%
full = online_walks.toy_walk(p=10, lr=0.0008, reset=True)
online = online_walks.toy_walk(p=1, lr=0.02)
figures.downhill_in_circles(full, online)

# %% [markdown]
# It goes round for ever, at any small rate. No noise is in it, and no nonlinearity. What is wrong with going downhill?

# %% [markdown]
# ## 1. A problem that can be solved by hand
#
# **What is the best push, and how fast may one learn it?**
#
# S3's toy is the smallest recurrence with a parameter that is used at every step. A number starts at random and is pushed $T$ times. (We keep S3's letters: $\mu$ is a mean here, and $\eta$ the learning rate.)
#
# $$h_0 = x_0 \sim \mathcal N(\mu, \sigma^2) , \qquad h_t = h_{t-1} + \theta .$$
#
# S3's Example 3 asks that the *last* state be near $\mu$. Since $h_T - \mu = (x_0 - \mu) + T\theta$ and the two parts are independent,
#
# $$L_T = \mathbb E\,(h_T - \mu)^2 = \sigma^2 + T^2 \theta^2 . \tag{9.1}$$
#
# The best push is none, $\theta^* = 0$, and $\sigma^2$ is the cost that stays. Gradient descent multiplies $\theta$ by the same number at each step:
#
# $$\theta^{(k+1)} = \theta^{(k)} - \eta \cdot 2 T^2 \theta^{(k)} = (1 - 2 \eta T^2)\, \theta^{(k)} . \tag{9.2}$$
#
# It converges where that number is between $-1$ and $1$: for $0 < \eta < 1/T^2$.
# The expectation on the left sides below is a sum over three points that is exact for squares; the gradient is autograd's.

# %%
mu, sigma, T = 0.4, 2.0, 10
starts, weights = toy.expected(mu, sigma)  # E f(x_0) = Σ weights · f(starts)


def losses(theta, T=T):
    """L_1 ... L_T, each an expectation."""
    h, out = starts + 0 * theta, []
    for _ in range(T):
        h = toy.push_step(h, None, theta)
        out.append((weights * (h - mu) ** 2).sum())
    return out


claim("9.1", [losses(0.3, T)[-1] for T in (1, 5, 10)], [sigma**2 + (T * 0.3) ** 2 for T in (1, 5, 10)])

# %%
starts, weights = torch.tensor(starts), torch.tensor(weights)
theta, rate = torch.tensor(0.3, requires_grad=True, dtype=torch.float64), 0.001
(slope,) = torch.autograd.grad(losses(theta)[-1], theta)
claim("9.2", 0.3 - rate * slope, (1 - 2 * rate * T**2) * 0.3)

for share in (0.99, 1.01):
    print(f"η = {share} / T²: after 500 steps |θ| = {abs((1 - 2 * share) ** 500 * 0.3):.1e}")

# %% [markdown]
# In S3's Example 4 there is a loss at every step, $L = \sum_t L_t$. Sum (9.1) over $t$, with $S_2 = 1^2 + 2^2 + \dots + T^2$ (squares, not the seed):
#
# $$L = T \sigma^2 + S_2\, \theta^2 , \qquad S_2 = \tfrac16\, T (T+1) (2T+1) . \tag{9.3}$$
#
# The optimum is the same. One pass of BPTT gives the full gradient, and one step with it again multiplies $\theta$:
#
# $$\nabla L = 2 S_2\, \theta , \qquad \theta^{(k+1)} = (1 - 2 \eta S_2)\, \theta^{(k)} . \tag{9.4}$$
#
# So the full gradient asks for $\eta < 1/S_2$, which is $1/385 = 0.0026$ at $T = 10$. At half of that, a single step lands on $\theta^*$.

# %%
S2 = toy.sum_of_squares(T)
claim("9.3", sum(losses(theta)), T * sigma**2 + S2 * 0.3**2)
(slope,) = torch.autograd.grad(sum(losses(theta)), theta)
claim("9.4", slope, 2 * S2 * 0.3)

for share in (0.99, 1.01):
    lr = share * toy.largest_full_rate(T)
    walk = online_walks.toy_walk(p=T, lr=lr, reset=True)
    print(f"{share} of the limit: θ goes from 1 to {abs(walk.theta[-1]):.2f} in 40 passes")

# %% [markdown]
# <details><summary>Check yourself: a sequence ten times as long. By how much must the rate of the full gradient fall?</summary>
#
# $S_2 \approx T^3/3$, so by about a thousand. With the loss at the end only it is a hundred. The sum of many losses is a steep function.
# </details>

# %% [markdown]
# ## 2. Cutting the gradient
#
# **What does truncation keep?**
#
# Lecture 04 wrote the gradient as a triangle of terms: the weight is used at step $k$, and a loss at $t \ge k$ feels it. BPTT adds them all, so it must keep all states. S3's *truncated gradient* keeps the diagonal only:
# what the newest loss owes to the newest use. For the bias of the softmax network of lecture 04, section 5,
#
# $$\widetilde\nabla_b L_t = \Bigl(\frac{\partial^{e} h_t}{\partial b}\Bigr)^{\!\top} \Bigl(\frac{\partial o_t}{\partial h_t}\Bigr)^{\!\top} \nabla_{o_t} L_t = D_t\, V^{\top} (\hat y_t - y_t) . \tag{9.5}$$
#
# Its cost does not depend on $T$. In PyTorch it is a `detach` of the state at each step: the number passes, its past does not.

# %%
rng = np.random.default_rng(9)
h0, xs, ys, W, U, b = random_problem(N=3, D=2, T=9, rng=rng)
V, labels = rng.normal(size=(4, 3)), rng.integers(4, size=9)
hs = unroll(tanh_step, h0, xs, W, U, b)

tW, tU, tb = (torch.tensor(a, requires_grad=True) for a in (W, U, b))
h, by_detach, by_hand = torch.tensor(h0), [], []
for t, x in enumerate(torch.tensor(xs)):
    h = tanh_step(h.detach(), x, tW, tU, tb)
    loss = torch.nn.functional.cross_entropy(torch.tensor(V) @ h, torch.tensor(labels[t]))
    by_detach.append(torch.autograd.grad(loss, tb)[0])
    said = np.exp(V @ hs[t]) / np.exp(V @ hs[t]).sum()
    by_hand.append((1 - hs[t] ** 2) * (V.T @ (said - np.eye(4)[labels[t]])))
claim("9.5", torch.stack(by_detach), by_hand)

# %% [markdown]
# One can keep more. *$p$-truncated BPTT* lets each loss look back on the last $p$ uses, a band of the triangle. With (4.5) and its squared loss,
#
# $$\widetilde\nabla^{(p)}_{ij} = \sum_{t=1}^{T} \; \sum_{k=\max(1,\, t-p+1)}^{t} \Bigl(\frac{\partial^{e} L}{\partial h_t}\Bigr)^{\!\top} J_t \cdots J_{k+1}\, D_k\, e_i\, h_{k-1,j} . \tag{9.6}$$
#
# Done so, each loss needs its own walk back. In practice one cuts the sequence into blocks of $p$ steps and walks back once a block. The $j$th loss of a block then sees only $j$ uses:
#
# $$\widetilde\nabla^{[p]}_{ij} = \sum_{t=1}^{T} \; \sum_{k = s(t)+1}^{t} \Bigl(\frac{\partial^{e} L}{\partial h_t}\Bigr)^{\!\top} J_t \cdots J_{k+1}\, D_k\, e_i\, h_{k-1,j} , \qquad s(t) = p \,\Bigl\lfloor \frac{t-1}{p} \Bigr\rfloor . \tag{9.7}$$
#
# Here are the four ways of this lecture. A darker term counts more. The last way is for section 6.

# %%
factors = truncated.artbp_factors(9, 1, np.random.default_rng(3), mean=3)
figures.triangles(3, factors[:, 0])

# %%
triangle = terms(h0, hs, W, 1 - hs**2, hs - ys, i=0, j=1)
t, k = np.mgrid[1:10, 1:10]


def half_square(h, y):
    return ((h - y) ** 2).sum() / 2


def estimate(how, *more):
    samples = zip(torch.tensor(xs), torch.tensor(ys), strict=True)
    return how(tanh_step, half_square, torch.tensor(h0), samples, (tW, tU, tb), *more).gradients[0]


# %%
claim("9.6", estimate(truncated.truncated, 3)[0, 1], triangle[t - k < 3].sum())
claim("9.7", estimate(truncated.truncated_in_blocks, 3)[0, 1], triangle[(t - 1) // 3 == (k - 1) // 3].sum())
print("full", round(triangle.sum(), 4), " diagonal", round(np.trace(triangle), 4))

# %%
show(truncated.truncated_in_blocks)

# %% [markdown]
# The state before a block is kept as a number, and nothing that made it. So memory depends on $p$, and not on $T$. Autograd tells what it puts aside for the way back; this counts it:

# %%
Ts = [30, 100, 300, 1000]
kept = memory_of(Ts)
print(kept)
figures.memory(Ts, kept)

# %% [markdown]
# ARTBP, of section 6, has blocks of random length. What it keeps on average does not know $T$. Its peak is the longest of about $T/8$ blocks: it scatters, and in the long run it grows as slowly as $T^{1/5}$, since long blocks are rare (9.23); on this range still faster. A step of ARTBP puts more aside than a step of BPTT, so at $T = 30$ its longest block outweighs the whole.
#
# **The loop, line by line.** This is how it is written in PyTorch. The three lines that matter are numbered.

# %%
parameters = [torch.nn.Parameter(torch.tensor(a)) for a in (W, U, b)]
optimiser = torch.optim.SGD(parameters, lr=0.0)  # rate 0 here, to compare gradients
h, found = torch.tensor(h0), []
for block_x, block_y in zip(torch.tensor(xs).split(3), torch.tensor(ys).split(3), strict=True):
    h = h.detach()  # 1: between blocks
    optimiser.zero_grad()  # 2: forget the last block's gradient
    loss = 0.0
    for x, y in zip(block_x, block_y, strict=True):
        h = tanh_step(h, x, *parameters)
        loss = loss + half_square(h, y)
    loss.backward()  # 3: after all losses of the block
    optimiser.step()
    found.append(parameters[0].grad.clone())
claim("9.7", sum(found)[0, 1], triangle[(t - 1) // 3 == (k - 1) // 3].sum())

# %% [markdown]
# | line | what it does to the triangle | without it |
# |---|---|---|
# | `h = h.detach()` between blocks | cuts it; the number $h$ goes on | `backward` reaches into a graph that is already freed: an error |
# | `zero_grad()` | each block counts once | every block counts again in all later ones |
# | `backward()` after the losses | a triangle for each block | one walk back for each loss, or none |
#
# Two mistakes raise no error. The first detaches *after the last step and before the loss*, so that the loss has no past at all. Where there is an output layer $V$, it goes on learning, and hides that nothing else does.
# The second starts each block from $h_0$ instead of the state it ended in, so the network trains on short sequences that never occur.


# %%
def last_step(h, mistake):
    h = tanh_step(h, torch.tensor(xs[8]), *parameters)
    said = V_out @ (h.detach() if mistake == "detach before the loss" else h)
    return torch.autograd.grad(half_square(said, 1.0), (parameters[0], V_out), allow_unused=True)


V_out = torch.tensor(V, requires_grad=True)
for mistake in ("none", "detach before the loss", "state not carried"):
    start = h0 if mistake == "state not carried" else hs[7]
    dW, dV = last_step(torch.tensor(start), mistake)
    shown = "nothing" if dW is None else f"{dW[0, 1].item():.4f}"
    print(f"{mistake:23s} W gets {shown:8s} V gets {dV[0, 1].item():.4f}")

# %% [markdown]
# On the toy, a use $k \le t$ moves $h_t$ by one, whenever it was. So the $p$-truncated gradient of $L_t$ sees $\min(p, t)$ uses of $t$:
#
# $$\widetilde\nabla^{(p)} L_t = 2\,t\,\theta \cdot \min(p, t) . \tag{9.8}$$
#
# The full one has $2 t \theta \cdot t$. Both have the sign of $\theta$, and both vanish at $\theta = 0$ only. Keep $\theta$ for a whole pass, add the gradients for $p = 1$ and update at the end:
#
# $$\sum_{t=1}^{T} 2\,t\,\theta = T(T+1)\,\theta , \qquad \text{converges for } 0 < \eta < \frac{2}{T(T+1)} . \tag{9.9}$$
#
# At $T = 10$ that is $0.0182$, seven times what the full gradient allows. Here truncation changes the speed and leaves the optimum: *biased* does not mean *wrong*.

# %%
theta = torch.tensor(0.3, requires_grad=True, dtype=torch.float64)
given = (toy.push_step, lambda h, _: (weights * (h - mu) ** 2).sum(), starts)
sums = [
    [truncated.truncated(*given, [(0, 0)] * t, (theta,), p).gradients[0] for t in range(11)] for p in (1, 3)
]
claim("9.8", np.diff(sums), [[2 * t * 0.3 * min(p, t) for t in range(1, 11)] for p in (1, 3)])
claim("9.9", sums[0][-1], T * (T + 1) * 0.3)

for share in (0.99, 1.01):
    walk = online_walks.toy_walk(p=1, lr=share * toy.largest_frozen_rate(T), reset=True, frozen=True)
    print(f"{share} of the limit: θ goes from 1 to {abs(walk.theta[-1]):.2f} in 40 passes")

# %% [markdown]
# <details><summary>Check yourself: for which p are (9.6) and (9.7) the same?</summary>
#
# For $p = 1$, the diagonal, and for $p \ge T$, the whole triangle. In between blocks keep fewer terms: the losses look back on $(p+1)/2$ uses on average.
# </details>

# %% [markdown]
# ## 3. Learning while running
#
# **Why does the online learner go round?**
#
# S3's principle for updates of truncated BPTT is that a step is a pair, the parameter and the state that it left behind:
#
# $$\tilde h_{k+1} = f(\tilde h_k;\, \theta^{(k)}) , \qquad \theta^{(k+1)} = \theta^{(k)} - \eta\, \widetilde\nabla L_{k+1}(\theta^{(k)}) .$$
#
# The state was made by all the older parameters, and so it has a memory of its own. On the toy let $m_k = \mathbb E\,\tilde h_k - \mu$ and $\theta_k = \theta^{(k)}$. The newest loss is $\mathbb E (\tilde h_k + \theta - \mu)^2$, with the slope $2 (m_k + \theta_k)$, and both updates are linear:
#
# $$\begin{pmatrix} m_{k+1} \\ \theta_{k+1} \end{pmatrix} = M \begin{pmatrix} m_k \\ \theta_k \end{pmatrix} , \qquad M = \begin{pmatrix} 1 & 1 \\ -2\eta & 1 - 2\eta \end{pmatrix} . \tag{9.10}$$
#
# What such a map does to areas is its determinant. Here it is
#
# $$\det M = (1 - 2\eta) + 2\eta = 1 , \qquad \text{for every rate } \eta . \tag{9.11}$$
#
# A map that keeps areas cannot shrink all starts to a point. No constant rate makes $(m, \theta)$ converge. For $\eta < 2$ both eigenvalues lie on the unit circle, and for $\eta > 2$ one is outside.

# %%
rates = (0.001, 0.02, 0.5, 1.9)
both = []
for rate in rates:
    columns = []
    for m, theta_k in ((1.0, 0.0), (0.0, 1.0)):  # by autograd, from each basis vector
        theta = torch.tensor(theta_k, requires_grad=True, dtype=torch.float64)
        h = toy.push_step(starts + m, None, theta)
        (slope,) = torch.autograd.grad((weights * (h - mu) ** 2).sum(), theta)
        columns.append([(weights * h).sum().item() - mu, theta_k - rate * slope.item()])
    both.append(np.array(columns).T)
claim("9.10", both, [[[1, 1], [-2 * rate, 1 - 2 * rate]] for rate in rates])
claim("9.11", np.linalg.det(both), np.ones(4))
print("sizes of the eigenvalues:", np.abs(np.linalg.eigvals(both)).round(6).ravel())
print("just above η = 2:        ", np.abs(np.linalg.eigvals(toy.online_map(2.1))).round(3))

# %% [markdown]
# Where does it stay? Multiply out, and a quantity comes back unchanged:
#
# $$Q = \theta^2 + 2\eta\, m\,\theta + 2\eta\, m^2 . \tag{9.12}$$
#
# For $0 < \eta < 2$ the curve $Q = \text{const}$ is an ellipse, the one in the opening picture. There is a name for this motion. $m$ is a position, $\theta$ a velocity, and the gradient a force $-2\eta\, m$ that pulls back:
# **the online learner is a mass on a spring.** It arrives at $m = 0$ with full speed, because the gradient has looked at the state and moved the parameter, which moves the state later. Nothing rubs.

# %%
walk = online_walks.toy_walk(p=1, lr=0.02)
Q = walk.theta**2 + 2 * 0.02 * walk.m * walk.theta + 2 * 0.02 * walk.m**2
claim("9.12", Q, np.ones(401))  # at the start m = 0 and θ = 1

# %% [markdown]
# What helps is to interrupt it. Reset the state after $T$ steps, so that $m = 0$ again, and only $\theta$ is carried into the next pass. With $\varphi = \arccos(1 - \eta)$ the eigenvalues of $M$ are $e^{\pm i \varphi}$, so
# $\theta_k$ is a wave of the angle $\varphi$. With $m_0 = 0$ the first step gives $\theta_1 = (1 - 2\eta)\,\theta_0 = (2\cos\varphi - 1)\,\theta_0$, and $\cos\bigl((k + \tfrac12)\varphi\bigr)$ is the wave that does so:
#
# $$\frac{\theta_T}{\theta_0} = \frac{\cos\bigl((T + \tfrac12)\,\varphi\bigr)}{\cos(\varphi/2)} . \tag{9.13}$$
#
# This is the multiplier of a pass. It starts at 1 and falls; it is $-1$ for the first time where $(T + \tfrac12)\varphi = \pi - \varphi/2$, at $\varphi = \pi/(T+1)$. So every rate is safe up to
#
# $$\eta < 1 - \cos \frac{\pi}{T+1} \approx \frac{\pi^2}{2 (T+1)^2} . \tag{9.14}$$

# %%
rates = np.linspace(0.01, 1.95, 200)
phi = np.arccos(1 - rates)
waves = [np.cos((T + 0.5) * phi) / np.cos(phi / 2) for T in range(1, 51)]
claim("9.13", [online_walks.online_pass(rates, T) for T in range(1, 51)], waves)

limits = [1 - np.cos(np.pi / (T + 1)) for T in range(1, 51)]
claim("9.14", [online_walks.online_pass(limits[T - 1], T) for T in range(1, 51)], -np.ones(50))
for share in (0.99, 1.01):
    print(
        f"T = 10, {share} of the limit: |θ₁₀/θ₀| = {abs(online_walks.online_pass(share * limits[9], 10)):.5f}"
    )

# %%
figures.multipliers(T=10)

# %% [markdown]
# Above the limit the multiplier leaves the band and returns: $\lvert\theta_T/\theta_0\rvert > 1$ exactly in the windows $m\pi/(T+1) < \varphi < m\pi/T$, $m = 1, \dots, T$. Between them it converges, by luck.
# At $T = 10$ the safe limits are $0.0026$, $0.0182$ and $0.0405$: three different answers to "which rate", for one problem.
#
# And longer blocks without a reset? Inside a block $\theta$ is frozen, $m_j = m + j\theta$, and the block's gradient is $\sum_j 2 j\,(m + j \theta)$. So $m^+ = m + p\,\theta$ and $\theta^+ = \theta - \eta\,\bigl(p(p+1)\,m + 2 S_2(p)\,\theta\bigr)$, whose determinant is
#
# $$\det M_p = 1 - 2\eta\, S_2(p) + \eta\, p^2 (p+1) = 1 + \frac{\eta}{3}\, p\,(p^2 - 1) . \tag{9.15}$$
#
# It is *above* one as soon as $p \ge 2$. With a carried state, a better gradient makes the toy spiral outwards.


# %%
def after_a_block(m, theta, p, rate):
    gradient = 0.0
    for j in range(1, p + 1):
        m = m + theta
        gradient = gradient + 2 * m * j
    return m, theta - rate * gradient


maps = [np.array([after_a_block(*e, p, 0.001) for e in np.eye(2)]).T for p in range(1, 13)]
claim("9.15", np.linalg.det(maps), [1 + 0.001 / 3 * p * (p**2 - 1) for p in range(1, 13)])

# %% [markdown]
# **Predict first.** The figure starts at $\eta = 0.02$, where the mass on the spring takes 31 steps for one round. How many does it take at $\eta = 0.005$? Write it down, and move the rate there.
# Then look at $p = 3$; at $p = 1$ and $p = 10$ with the state reset, on both sides of their limits; and at the mistakes.

# %%
guess = predict("steps of one round at a rate of 0.005", guess=..., marks="x", unit="steps")
live(
    online_walks.toy_walk,
    figures.walk,
    figures.walk_words,
    guess=guess,
    p=integer(1, 10, 1, label="truncation: block of p steps"),
    lr=log_slider(2e-4, 1.0, 0.02, label="learning rate η"),
    reset=toggle(False, label="state reset every 10 steps"),
    frozen=toggle(False, label="θ updated every 10 steps only"),
    mistake=choice(online_walks.MISTAKES, "none", label="mistake"),
)

# %% [markdown]
# <details><summary>After you have moved it</summary>
#
# 63: a round is $2\pi/\varphi \approx 2\pi/\sqrt{2\eta}$ steps, so a quarter of the rate doubles it. A smaller rate makes the circle slower, and no smaller. (The scaling of the horizontal axis turns all the ellipses into near circles.)
# At $p = 3$ the path spirals out. With reset, $p = 1$ converges up to $0.0405$, and $p = 10$, which is BPTT, up to $0.0026$. With both switches and $p = 1$ it is the frozen pass of (9.9), good up to $0.0182$. With $\theta$ updated every 10 steps and no reset everything spirals out.
#
# The mistakes: with *detach before the loss* no gradient arrives, and $\theta$ stays. *State not carried* converges beautifully; it solves the problem with sequences of $p$ steps, which has the same optimum here and elsewhere need not.
# *Old gradient added again* is a force that grows with all past positions: it swings out, with reset or without.
# </details>
#
# <details><summary>Check yourself: real networks are trained online and do converge. What do they have that the toy has not?</summary>
#
# They forget. Let the state leak, $h_t = a\,h_{t-1} + \theta$ with $0 < a < 1$. The map becomes $\begin{pmatrix} a & 1 \\ -2\eta a & 1 - 2\eta \end{pmatrix}$ with determinant $a$: the spring has friction. A state that fades forgets the older parameters that made it.
# </details>

# %% [markdown]
# ## 4. Noise
#
# **Where does a learner end that sees samples?**
#
# So far each loss was an expectation. A real learner draws one $x_0$ a pass. Its full gradient is $\sum_t 2 t\,(x_0 - \mu + t\theta)$:
#
# $$G = 2 S_2\, \theta + T(T+1)\,(x_0 - \mu) , \qquad \operatorname{var} G = \sigma^2\, T^2 (T+1)^2 . \tag{9.16}$$
#
# The noise does not fade at the optimum. Let $v$ be the variance of $\theta$ when it no longer changes. One step maps it to $(1 - 2\eta S_2)^2 v + \eta^2 \operatorname{var} G$; set that equal to $v$ and solve:
#
# $$v = \frac{\eta\, \sigma^2\, T^2 (T+1)^2}{4\, S_2\, (1 - \eta S_2)} . \tag{9.17}$$
#
# Small rates leave little noise and take long. Towards the limit $\eta S_2 = 1$ the variance has no bound: at nine tenths of it, it is already nine times what it is at one half.

# %%
theta = torch.tensor(0.3, requires_grad=True, dtype=torch.float64)
drawn = toy.expected(mu, sigma)[0]  # three samples; with their weights they have the right variance
gradients = []
for x0 in drawn:
    total = sum((x0 + t * theta - mu) ** 2 for t in range(1, T + 1))
    gradients.append(torch.autograd.grad(total, theta)[0].item())
claim("9.16", gradients, 2 * S2 * 0.3 + T * (T + 1) * (drawn - mu))
claim("9.16", np.cov(gradients, aweights=weights, ddof=0), (sigma * T * (T + 1)) ** 2)

v, eta = 0.0, 0.3 / S2  # the variance, a pass at a time
for _ in range(2000):
    v = (1 - 2 * eta * S2) ** 2 * v + eta**2 * (sigma * T * (T + 1)) ** 2
claim("9.17", v, eta * sigma**2 * T**2 * (T + 1) ** 2 / (4 * S2 * (1 - eta * S2)))

# %% [markdown]
# **Predict first.** At $\eta S_2 = 0.5$ the twelve learners below scatter with a variance of about $0.08$. At which $\eta S_2$ is it ten times that? Write it down and move there. Then let the rate fall, as Robbins and Monro ask.

# %%
guess = predict("rate of the limit for a variance of 0.8", guess=..., marks="fraction")
live(
    online_walks.noisy_descent,
    figures.noise,
    figures.noise_words,
    guess=guess,
    fraction=slider(0.02, 0.98, 0.5, step=0.01, label="rate η S₂, of the limit"),
    sigma=slider(0.5, 4.0, 2.0, step=0.1, label="spread of the starts σ"),
    decay=toggle(False, label="let the rate fall as 20/(20 + k)"),
)

# %% [markdown]
# <details><summary>After you have moved it</summary>
#
# $v \propto x/(1-x)$ with $x = \eta S_2$, which is 1 at $x = 0.5$, so ten times that is at $x = 10/11 = 0.91$. At $0.02$ the variance is $0.0017$, and the start is remembered for the first 100 passes.
# With a falling rate, $\sum \eta_k = \infty$ and $\sum \eta_k^2 < \infty$, the variance goes to zero, at the rate $1/k$: first the large steps that arrive, then the small ones that average.
# </details>
#
# <details><summary>Check yourself: would a batch of B starts instead of one make the limit of the rate larger?</summary>
#
# No. The limit $1/S_2$ comes from the mean, which is the same. The variance falls by $B$.
# </details>

# %% [markdown]
# ## 5. Where truncation leads away
#
# **Is a truncated gradient always a slower full one?**
#
# On the toy, every use of $\theta$ pushes in one direction. Take a system in which near and far uses disagree. In *influence balancing* (Tallec and Ollivier) there are 23 units in a row. At every step each keeps half of itself and passes the other half on to the next one, and $\theta$ enters unit $k$ with a sign:
#
# $$h_t = A\,h_{t-1} + \theta\,v , \qquad A = \tfrac12 \bigl(I + N\bigr) , \quad v = (\underbrace{+1, \dots, +1}_{n_+},\; \underbrace{-1, \dots, -1}_{n_-}) , \qquad \ell_t = \tfrac12 (h_{t,1} - 1)^2 .$$
#
# $N$ has ones above its diagonal. Everything moves towards unit 1, the only one that is judged. With $n_+ = 10$ and $n_- = 13$ the near units have the wrong sign.
# In the long run each unit's input arrives at unit 1 and stays there for two steps on average. So $h_1$ settles at $\theta\,s$, with
#
# $$s = e_1^{\top} (I - A)^{-1} v = 2\,(n_+ - n_-) = -6 , \qquad \theta^* = \frac1s = -\tfrac16 . \tag{9.18}$$
#
# But what does a loss see that looks back on the last $j$ uses? A use that is $i$ steps old has moved $k$ places with probability $2^{-i} \binom{i}{k}$:
#
# $$q_j = \sum_{i=0}^{j-1} e_1^{\top} A^{i}\, v = \sum_{i=0}^{j-1} \sum_{k=0}^{22} 2^{-i} \binom{i}{k}\, v_{k+1} . \tag{9.19}$$

# %%
few = balancing.lagged(10, 400)
claim("9.18", np.linalg.solve(np.eye(23) - few.A, few.v)[0], 2.0 * (10 - 13))

choose = np.zeros((400, 23))  # Pascal's triangle, divided by 2 at every row
choose[0, 0] = 1
for i in range(1, 400):
    choose[i] = (choose[i - 1] + np.append(0, choose[i - 1, :-1])) / 2
claim("9.19", few.reach[1:], np.cumsum(choose @ few.v))
print("q_1, q_10, q_20, q_41, q_100:", few.reach[[1, 10, 20, 41, 100]].round(2))

# %% [markdown]
# Up to 40 uses, the influence is positive: $\theta$ seems to raise $h_1$, although in truth it lowers it. A learner that believes it goes the wrong way.
#
# **Predict first.** A loss that looks back on 41 uses sees the right sign. How long must blocks be, with 10 positive signs, before $\theta$ finds $-1/6$? Write it down. Then try 13 positive signs and 8, with $p = 10$.

# %%
guess = predict("shortest block that finds the optimum", guess=..., marks="p")
live(
    influence_walks.influence_walk,
    figures.influence,
    figures.influence_words,
    guess=guess,
    p=integer(1, 300, 10, label="truncation p"),
    positive=integer(6, 17, 10, label="how many signs are +1"),
    lr=log_slider(1e-6, 1e-3, 1e-4, label="learning rate η"),
)

# %% [markdown]
# <details><summary>After you have moved it</summary>
#
# 110 steps, in the long run. Near that border $\theta$ moves slowly, and the 10,000 steps of the picture are too few for it to arrive; the cell below counts on. The last losses of a block of 41 see the right sign, and the early ones see only a few uses. With 13 positive signs near and far agree, and $p = 10$ arrives at $\theta^* = 1/6$.
# With 8 blocks of 10 still go the wrong way. But now the far influence is $-14$, and blocks of 58 are long enough to see it.
# </details>

# %% [markdown]
# **Why 110 and not 41?** With blocks of $p$ steps the pair $(h, \theta)$ again follows a linear map. At $\eta = 0$ its eigenvalue for $\theta$ is 1. How it moves is a small perturbation: the state follows, $h_1 = \theta s$, and the block's gradient is $\sum_j (\theta s - 1)\, q_j$, so
#
# $$\frac{d\lambda}{d\eta}\Big|_{\eta = 0} = - s \sum_{j=1}^{p} q_j . \tag{9.20}$$
#
# For small rates $\theta$ converges exactly if the *sum* of what the block's losses see has the sign of the whole.

# %%
ps = (1, 2, 10, 50, 100, 109, 110, 120, 200)
ahead, behind = ([influence_walks.leading(p, 10, eta) for p in ps] for eta in (1e-7, -1e-7))
moved = np.subtract(ahead, behind) / 2e-7
claim("9.20", moved, [6 * few.reach[1 : p + 1].sum() for p in ps], rtol=1e-5)

# %%
lengths = np.arange(1, 351)
growths = np.array([influence_walks.growth(p, 10, 1e-4) for p in lengths])
print("p:          ", *ps, 300)
print("θ converges:", *(bool(growths[p - 1] < 1) for p in (*ps, 300)))
start = np.r_[np.ones(influence_walks.UNITS), 0.5, 1.0]
for p in (109, 110, 134):
    block = influence_walks.block_map(p, 10, 1e-4)
    thetas = [(np.linalg.matrix_power(block, steps // p) @ start)[-2] for steps in (10_000, 1_000_000)]
    print(f"p = {p}: θ after 10,000 steps {thetas[0]:.2g}, after a million {thetas[1]:.2g}")
figures.influences(balancing.lagged(10, influence_walks.HORIZON).reach[:121], lengths, growths, 1e-4)

# %% [markdown]
# At the rate $10^{-4}$ blocks of 1 to 109 steps diverge, and blocks of 110 to 282 converge. Beyond 282 the reason is another one: a block adds up more losses, and the step is too large. A smaller rate cures that, and never the other.
# Mind what diverges. The truncated gradient is zero at $h_1 = 1$, like the full one. It has the right optimum and the wrong sign around it: a zero in the right place does not mean that one arrives.
#
# <details><summary>Check yourself: the truncated gradient is biased on the toy and on influence balancing. What is the difference?</summary>
#
# On the toy all terms of the triangle have one sign, so whatever one keeps of it points the right way. Here the diagonal and the far corner disagree, and the corner is the larger.
# The bias itself tells nothing; the sign of the truncated gradient on either side of the optimum does.
# </details>

# %% [markdown]
# ## 6. Random cuts, and what makes up for them
#
# **Can a truncated gradient be right on average?**
#
# Draw the cuts. After step $t$ cut with probability $c_t$; if not, what crosses counts $1/(1 - c_t)$ times. With $\xi_t = 1$ for a cut, the walk back is
#
# $$\widetilde{\frac{\partial L}{\partial h_t}} = \frac{\partial^{e} L}{\partial h_t} + \frac{1 - \xi_t}{1 - c_t}\; J_{t+1}^{\top}\; \widetilde{\frac{\partial L}{\partial h_{t+1}}} . \tag{9.21}$$
#
# This is *anticipated reweighted truncated back-propagation*, ARTBP (Tallec and Ollivier 2017). The term of the triangle from $k$ to $t$ has crossed $t - k$ steps, and has been multiplied by as many factors. Each has the mean $(1 - c)\cdot\frac{1}{1-c} + c \cdot 0 = 1$, whatever was drawn before it, so
#
# $$\mathbb E \prod_{i=k}^{t-1} \frac{1 - \xi_i}{1 - c_i} = 1 : \qquad \text{the estimate is the full gradient, on average.} \tag{9.22}$$
#
# In code it is `detach` with a number instead of a switch:

# %%
show(truncated.scaled)
show(truncated.artbp)

# %% [markdown]
# The expectation can be taken exactly where there are few steps, by adding over all patterns of cuts. Six steps have 32:

# %%
few6 = balancing.lagged(10, 400)
errors = influence_walks.state_errors(0.5, T=6)
mean, mean_factor = 0.0, 0.0
for cuts in np.ndindex(2, 2, 2, 2, 2):  # 1 is a cut
    age, chance, factors = 1, 1.0, []
    for cut in cuts:
        c = truncated.cut_probability(age, mean=3)
        chance *= c if cut else 1 - c
        factors.append(0.0 if cut else 1 / (1 - c))
        age = 1 if cut else age + 1
    mean += chance * influence_walks.walk_back(few6, errors, np.array(factors)[:, None])[0]
    mean_factor += chance * np.prod(factors)
claim("9.22", mean, influence_walks.exact_gradient(0.5, T=6))
claim("9.22", mean_factor, 1.0)

# %%
samples = list(zip(torch.tensor(xs), torch.tensor(ys), strict=True))
drawn = np.random.default_rng(5)
ours = truncated.artbp(tanh_step, half_square, torch.tensor(h0), samples, (tW, tU, tb), drawn, mean=3)
factors = truncated.artbp_factors(9, 1, np.random.default_rng(5), mean=3)[:, 0]
dh, dhs = np.zeros(3), []
for step in range(8, -1, -1):
    onward = W.T @ ((1 - hs[step + 1] ** 2) * dh) * factors[step] if step < 8 else 0 * dh
    dh = hs[step] - ys[step] + onward
    dhs.insert(0, dh)
claim("9.21", ours.gradients[2], ((1 - hs**2) * dhs).sum(0))
print("factors:", factors.round(2))

# %% [markdown]
# How often should one cut? Always with the same $c$, and the weight of a term grows as $(1-c)^{-(t-k)}$, exponentially with the distance, and its noise with it. Tallec and Ollivier let the chance fall with the age $l$ of the block,
#
# $$c(l) = \frac{\alpha - 1}{(\alpha - 2)\, \bar L + l} , \qquad \text{so that blocks have the mean length } \sum_{l \ge 0} \prod_{i=1}^{l} \bigl(1 - c(i)\bigr) = \bar L . \tag{9.23}$$
#
# Then $P(\text{longer than } l)$ falls as a power, $l^{1-\alpha}$, and the weights grow as a power only.

# %%
survives = np.cumprod(1 - truncated.cut_probability(np.arange(1.0, 500_000), mean=16, alpha=6))
claim("9.23", 1 + survives.sum(), 16.0, rtol=1e-10)

# %% [markdown]
# Now the test at full size: influence balancing, 60 steps at a fixed $\theta = 0.5$, and $10^5$ draws of the cuts. Then the same without the factors.

# %%
exact = influence_walks.exact_gradient(0.5, T=60)
draws = influence_walks.draw_gradients(0.5, 60, 100_000, np.random.default_rng(0))
error = draws.std() / 100_000**0.5
bare = influence_walks.draw_gradients(0.5, 60, 20_000, np.random.default_rng(0), compensated=False)
print(f"full gradient         {exact:.1f}")
print(f"ARTBP, 100,000 draws  {draws.mean():.1f} ± {3 * error:.1f} (three standard errors)")
print(f"without compensation  {bare.mean():.1f} ± {3 * bare.std() / 20_000**0.5:.1f}")
print(f"one draw of ARTBP is off by {draws.std():.0f} (standard deviation)")

# %% [markdown]
# No bias that $10^5$ draws can see, and half of the gradient missing without the factors. The last line is the price: a single estimate is off by almost its own size. Unbiased is not accurate.
#
# **Predict first.** The figure starts with random cuts, 16 steps apart on average, and the compensation forgotten: it diverges, as blocks of 16 do. Now compensate: at $\eta = 3\cdot 10^{-5}$, where is $\theta$ after 10,000 steps? Write it down.
# Then raise the rate to $10^{-4}$, and try a mean of 4.

# %%
guess = predict("theta after 10,000 steps of ARTBP", guess=..., marks="y")
live(
    influence_walks.influence_walk,
    figures.influence,
    figures.influence_words,
    guess=guess,
    p=integer(1, 300, 16, label="mean length of a block p"),
    lr=log_slider(1e-6, 1e-3, 3e-5, label="learning rate η"),
    cuts=choice(influence_walks.CUTS, influence_walks.CUTS[2], label="cuts"),
    seed=integer(0, 20, 0, label="seed of the cuts"),
)

# %%
walk, at_random, forgotten = influence_walks.influence_walk, *influence_walks.CUTS[1:]
arrived = {}
for lr in (3e-5, 1e-4):
    ends = [walk(16, 10, lr, at_random, seed) for seed in range(100)]
    arrived[lr] = sum(abs(end.theta[-1] + 1 / 6) < 1e-3 and not end.left for end in ends)
    print(f"η = {lr:g}: {arrived[lr]} of 100 runs of ARTBP arrive")
print("at η = 3e-05, blocks of 16 leave at step", walk(16, 10, 3e-5).left)
print("random cuts without compensation leave at step", walk(16, 10, 3e-5, forgotten).left)

# %% [markdown]
# <details><summary>After you have moved it</summary>
#
# At $-0.1667$, the optimum, where blocks of 16 leave the picture; so do random cuts without compensation. At $\eta = 10^{-4}$ most runs are thrown out: the factors make single steps large.
# A mean of 4 is worse still, since short blocks have large factors. The noise vanishes at the optimum of this problem, because there every error does; that is why $\theta$ comes to rest.
# </details>
#
# <details><summary>Check yourself: ARTBP with c = 1/2 at every step, 20 steps back. What weight does the term have, and how often?</summary>
#
# $2^{20}$, about a million, once in a million draws. It is right on average, and useless.
# </details>

# %% [markdown]
# ## What to remember
#
# | | |
# |---|---|
# | truncation | keeps part of the triangle: the diagonal ($p = 1$), a band, blocks, or random blocks |
# | `detach` | between blocks, after the update, never before the loss; the number is carried, its past is not |
# | the toy, $\theta^* = 0$ | full: $\eta < 1/S_2$ · frozen pass: $\eta < 2/(T(T+1))$ · online with reset: $\eta < 1 - \cos\frac{\pi}{T+1}$ |
# | online with a carried state | $\det M = 1$: a spring without friction; no constant rate converges |
# | samples | leave $v = \eta \sigma^2 T^2 (T+1)^2 / (4 S_2 (1 - \eta S_2))$; let the rate fall |
# | biased | need not be wrong (the toy); right in its zero need not arrive (influence balancing) |
# | ARTBP | cut with chance $c$, else multiply by $1/(1-c)$: unbiased, noisy; needs a smaller rate |
# | memory | BPTT $\propto T$; truncated $\propto p$ |
#
# ## Where each seed stands
#
# | seed | writes | ours |
# |---|---|---|
# | S3 (Zhang) | Examples 3 and 4; $\theta^{(k)}$, $\tilde h_k$, $\widetilde\nabla L_{k+1}$; asks for the gradients, the algorithms and the rate | answered: (9.1) to (9.4), (9.8) to (9.14); its $\widetilde\nabla$ is (9.5) |
# | S3, on updates | "find an optimal $\theta$" with truncated BPTT online | on Example 4 as written, with a state that is carried on, no constant rate does (9.11); with a reset it does (9.14) |
# | S3, on cost | BPTT $O(T)$, truncated $O(1)$, in CPU and memory | memory as printed; the work of truncated BPTT is $O(1)$ *a step*, so a sequence still takes $O(T)$ |
#
# S0, S1 and S4 do not treat truncation. The first LSTM, which S2 tells of, had one of its own: its gradient passed only through the cell. That is in lecture 06.
#
# ## Replications

# %%
rise = {name: np.log(n[-1] / n[0]) / np.log(Ts[-1] / Ts[0]) for name, n in kept.items()}
published("BPTT: memory grows as T to the", 1, "Zhang (S3)", rise["BPTT"], (0.95, 1.05))
published("truncated BPTT: memory grows as T to the", 0, "Zhang (S3)", rise["blocks"], (-0.01, 0.01))
source = "Tallec and Ollivier 2017"
published("ARTBP: bias, in standard errors", 0, source, (draws.mean() - exact) / error, (-3, 3), digits=1)
published("ARTBP: share of runs that converge", 1, source, arrived[3e-5] / 100, (0.95, 1))

# %% [markdown]
# The paper's abstract says that truncated BPTT is unreliable on this task and in the worst case diverges, and that ARTBP converges reliably. It does at our $\eta = 3 \cdot 10^{-5}$; at $10^{-4}$ it does not. The set-up with 23 units is that of later code for the same task.
#
# ## Exercises
#
# [Exercise 09](../exercises/09_truncated_bptt.ipynb): a toy with a drift, S3's two questions, `detach` with two states, the weights of ARTBP. 20 points.
#
# ## References
#
# - C. Tallec and Y. Ollivier (2017), Unbiasing truncated backpropagation through time, [arXiv:1705.08209](https://arxiv.org/abs/1705.08209).
# - C. Tallec and Y. Ollivier (2018), Unbiased online recurrent optimization, [arXiv:1702.05043](https://arxiv.org/abs/1702.05043).
# - R. J. Williams and J. Peng (1990), An efficient gradient-based algorithm for on-line training of recurrent network trajectories, [doi:10.1162/neco.1990.2.4.490](https://doi.org/10.1162/neco.1990.2.4.490).
# - H. Robbins and S. Monro (1951), A stochastic approximation method, [doi:10.1214/aoms/1177729586](https://doi.org/10.1214/aoms/1177729586).
