# %% [markdown]
# # 08 · Echo state networks
#
# *Train nothing but the read-out.*
#
# **Time** 45 minutes. **You need** lecture 01, least squares, eigenvalues and singular values.
# **Afterwards you can**
#
# - *implement* a leaky reservoir and scale it to a given spectral radius;
# - *fit* a read-out without touching the test data, by a solver that suits the conditioning;
# - *decide* from states whether a network forgets where it started;
# - *compute* how many past inputs a reservoir holds;
# - *choose* spectral radius and leak for a signal, and *defend* the choice by a number.
#
# Draw a thousand neurons and ten thousand connections at random. Drive them with a chaotic signal. Train none of them.
# Only a weighted sum of their states is fitted, to say the next value of the signal. Then its answers are fed back as the input:

# %%
import numpy as np
import torch

from rnnlab.analysis import echoes as analysis
from rnnlab.analysis import forecast as task
from rnnlab.analysis.explore import MISTAKES, explore, explore_fast
from rnnlab.analysis.forecast import Knobs, chaos, features, forecast, free_run, narma, nrmse, reservoir
from rnnlab.figures import echo_state_networks as figures
from rnnlab.live import choice, live, log_slider, slider
from rnnlab.models import linear_step, tanh_step, unroll
from rnnlab.models.reservoir import free_step, reservoir_step, run
from rnnlab.teaching import claim, predict, published, show
from rnnlab.training.readout import ridge, ridge_dual, ridge_path, ridge_svd

# %%
figures.opening(*task.opening(units=4, before=100, after=200))

# %% [markdown]
# After the dotted line the network has no signal to look at, and the signal is chaotic: small errors grow. Yet the two curves do not part for two hundred steps.
# **How can a network be good at something when nobody taught its connections anything?**

# %% [markdown]
# ## 1. A reservoir and a read-out
#
# **What is drawn, and what is trained?**
#
# The *reservoir* is the simple recurrent network of lecture 02, with a leak. Its weights $W$, $U$ and $b$ are drawn at random and stay as they are:
#
# $$\tilde h_t = \tanh(W h_{t-1} + U x_t + b), \qquad h_t = (1-\alpha)\, h_{t-1} + \alpha\, \tilde h_t, \qquad 0 < \alpha \le 1 .$$
#
# The *read-out* is a weighted sum of what the reservoir holds and of the input itself, $z_t = \mathrm{concat}(x_t, h_t)$:
#
# $$\hat y_t = V z_t + c .$$
#
# Only $V$ and $c$ are trained. Before we do that, what does the leak do? Put the second equation into itself, as in lecture 01:
#
# $$h_t = (1-\alpha)^t\, h_0 + \alpha \sum_{k=1}^{t} (1-\alpha)^{\,t-k}\, \tilde h_k . \tag{8.1}$$
#
# Each unit is an exponential average of what it would have said: the leaky integrator of lecture 01 with $w = 1 - \alpha$. A small $\alpha$ makes slow units, for slow signals.

# %%
rng = np.random.default_rng(8)
net, alpha, T = reservoir(50), 0.3, 30
W, U, b = 0.9 * net.W.dense(), net.U, net.b
h0, xs = rng.uniform(-1, 1, 50), rng.normal(size=(T, 1))

hs = unroll(reservoir_step, h0, xs, W, U, b, alpha)
tilde = np.tanh(np.vstack([h0, hs[:-1]]) @ W.T + xs @ U.T + b)
claim("8.1", hs[-1], (1 - alpha) ** T * h0 + alpha * (1 - alpha) ** np.arange(T - 1, -1, -1) @ tilde)

# %% [markdown]
# At $\alpha = 1$ it is the simple recurrent network and nothing else. The package has the step as it stands on the board,
# and the loop over it once more as `run`, made fast for a matrix that is nearly all zeros: each unit hears ten others, however many there are.

# %%
show(reservoir_step)
print(
    "alpha = 1 is the simple recurrent step:",
    bool((reservoir_step(h0, xs[0], W, U, b, 1.0) == tanh_step(h0, xs[0], W, U, b)).all()),
)
fast = run(net, xs, rho=0.9, alpha=alpha, h0=h0)
print("run gives the states of unroll:", bool(np.abs(fast - hs).max() < 1e-12))

# %% [markdown]
# ## 2. A convex problem
#
# **How is the read-out found, and by which solver?**
#
# Stack the features $z_t$ as rows of $Z$ $(T, M)$ and the targets as rows of $Y$ $(T, K)$. The first steps still remember the start $h_0$, which means nothing;
# they are the *washout*, and are cut from both. We make the squared error small, and the weights too, with a penalty $\lambda \ge 0$ that does not touch the constant $c$:
#
# $$E(V, c) = \lVert Z V^{\!\top} + \mathbf 1 c^{\top} - Y \rVert^2 + \lambda \lVert V \rVert^2 .$$
#
# The best $c$ makes the errors average to zero, so take the means from $Z$ and $Y$ first and forget $c$. Setting the gradient by $V$ to zero gives the *normal equations*
#
# $$(Z^{\top} Z + \lambda I)\, V^{\!\top} = Z^{\top} Y . \tag{8.2}$$
#
# The same minimum is that of a plain least-squares problem with rows $\sqrt\lambda\, I$ appended, which NumPy solves by another way:

# %%
show(ridge)
xs = chaos()[:601]
hs = run(reservoir(50), xs[:600], *Knobs(), washout=100)
Z, Y, lam = features(xs[:600], hs), xs[101:601], 1e-2
V, c = ridge(Z, Y, lam)

Zc, Yc = Z - Z.mean(0), Y - Y.mean(0)
taller, zeros = np.vstack([Zc, np.sqrt(lam) * np.eye(51)]), np.zeros((51, 1))
claim("8.2", V.T, np.linalg.lstsq(taller, np.vstack([Yc, zeros]), rcond=None)[0], atol=1e-10)

# %%
V_, c_ = (torch.tensor(v, requires_grad=True) for v in (V, c))
E = ((torch.tensor(Z) @ V_.T + c_ - torch.tensor(Y)) ** 2).sum() + lam * (V_**2).sum()
E.backward()
print(
    "largest gradient at the solution below 1e-8:", bool(max(V_.grad.abs().max(), c_.grad.abs().max()) < 1e-8)
)

# %% [markdown]
# Is it the only minimum? Move away from it by any $D$. The terms linear in $D$ are the gradient, which is zero, and what is left is a sum of squares:
#
# $$E(V + D) = E(V) + \lVert Z D^{\!\top} \rVert^2 + \lambda \lVert D \rVert^2 . \tag{8.3}$$
#
# For $\lambda > 0$ every step away costs something. There is one valley and no wall: none of the trouble of lecture 01, section 7, and no learning rate.


# %%
def cost(V):
    return ((Zc @ V.T - Yc) ** 2).sum() + lam * (V**2).sum()


D = rng.normal(size=V.shape)
claim("8.3", cost(V + D), cost(V) + ((Zc @ D.T) ** 2).sum() + lam * (D**2).sum(), rtol=1e-9)

# %% [markdown]
# The right $\lambda$ is found by trying, on data that was not trained on. One eigendecomposition $Z^{\top}Z = Q \Lambda Q^{\top}$ serves all values, since adding $\lambda I$ moves the eigenvalues and leaves $Q$ alone:
#
# $$V^{\!\top}(\lambda) = Q\, (\Lambda + \lambda I)^{-1}\, Q^{\top} Z^{\top} Y . \tag{8.4}$$
#
# And one can do without the product $Z^{\top} Z$ altogether. With the singular values $Z = P\,\Sigma\,R^{\top}$,
#
# $$V^{\!\top}(\lambda) = R\; \mathrm{diag}\!\Bigl(\frac{\sigma_i}{\sigma_i^2 + \lambda}\Bigr)\; P^{\top} Y . \tag{8.5}$$

# %%
lams = np.array([1e-2, 1.0, 100.0])
path = np.stack([readout.V for readout in ridge_path(Z, Y, lams)])
claim("8.4", path, np.stack([ridge(Z, Y, one).V for one in lams]), atol=1e-9)

P, sigma, Rt = np.linalg.svd(Zc, full_matrices=False)
claim("8.5", Rt.T @ np.diag(sigma / (sigma**2 + lam)) @ P.T @ Yc, V.T, atol=1e-10)

# %% [markdown]
# Why three ways to one answer? Because they lose different numbers of digits. The condition number, the largest singular value over the smallest, says how many, and the product squares it:
#
# $$\operatorname{cond}(Z^{\top} Z) = \operatorname{cond}(Z)^2 . \tag{8.6}$$
#
# A thousand echoes of one signal look much alike. Their singular values span more than eight decades; those of $Z^{\top}Z$ more than sixteen, which is all that float64 has.

# %%
few = Zc[:, :6]
claim("8.6", np.linalg.cond(few.T @ few), np.linalg.cond(few) ** 2, rtol=1e-4)

big = features(chaos()[:3000], run(reservoir(1000), chaos()[:3000], *Knobs(), washout=1000))
singular = np.linalg.svd(big - big.mean(0), compute_uv=False)
print("1,000 units: more than 8 decades of singular values:", bool(singular[0] / singular[-1] > 1e8))

# %% [markdown]
# **Predict first.** The task is to say the next value of the chaotic signal, with 1,000 units. Cholesky on $Z^{\top} Z$ in float32, the same in float64, and singular values:
# how many decades lie between the best errors of the first and the last?

# %%
predict("decades between the best float32 and the best singular-value error", guess=...)

# %%
lams = 10.0 ** np.arange(-14, 1, 2)
figures.solvers(lams, task.solver_errors(lams))

# %% [markdown]
# <details><summary>What the figure shows</summary>
#
# In float32 the Gram matrix is not even positive definite below $\lambda = 10^{-2}$, and Cholesky stops; where it goes through, the penalty it needs costs two decades of error.
# In float64 it is right down to about $10^{-12}$ and stops below. The singular values go on. So: Cholesky while you explore and $\lambda$ is not tiny, singular values when digits matter.
# </details>
#
# <details><summary>Check yourself: why is the constant not penalised?</summary>
#
# A penalty pulls towards zero. For $V$ that means: use little of each echo. For $c$ it would mean: prefer signals near zero, so that adding 100 to a temperature scale would change the forecast.
# </details>

# %% [markdown]
# ## 3. At work
#
# **What can a sum of echoes do?**
#
# A read-out that says the next input can be connected to the input. From then on the network runs free: an autonomous system, whose state is the features $z$.

# %%
show(free_step)

# %% [markdown]
# *A sine generator.* Twenty units hear a sine wave for 300 steps; the read-out learns to say the next value; then the wave is switched off.

# %%
ys = 0.5 * np.sin(np.arange(701) / 5)[:, None]
small, knobs = reservoir(20), Knobs(rho=0.5, alpha=0.5, scale=2.0)
hs = run(small, ys[:300], *knobs, washout=100)
readout = ridge_svd(features(ys[:300], hs), ys[101:301], lam=1e-8)

z = features(ys[:301], run(small, ys[:301], *knobs))[-1]
wave = free_run(small, knobs, readout, z, steps=400)
print("400 free steps within 1 % of the amplitude:", bool(np.abs(wave - ys[301:]).max() < 0.005))
figures.generator(ys[301:421, 0], wave[:120, 0])

# %% [markdown]
# *Chaos.* The Mackey–Glass equation feeds a variable back to itself after a delay of $\tau = 17$:
# $\dot x(t) = 0.2\,x(t-\tau)/(1 + x(t-\tau)^{10}) - 0.1\,x(t)$. Jaeger's experiment gives 3,000 steps of $\tanh(x - 1)$, discards the first 1,000, fits 1,000 units,
# and lets them run free from 50 places of a new stretch. The score is the error 84 steps ahead, divided by the signal's spread, in decimal logarithm: 0 is no better than the mean.

# %%
score = forecast(reservoir(1000), Knobs(rho=0.95, alpha=0.6, scale=1.0), lam=1e-12).score
print(f"log10 NRMSE after 84 free steps: {score:.1f}")

# %% [markdown]
# That is less than one part in ten thousand of the signal's spread, by one linear fit of about a second. The best earlier result that Jaeger's report of 2001 could list is $0.0088$.
#
# <details><summary>Check yourself: in the free run, one feeds back the true values instead of the answers. What does one measure?</summary>
#
# The error one step ahead, 84 times. It is far smaller, since the network is put right at each step, and says nothing about the forecast. Lecture 10 gives the two their names.
# </details>

# %% [markdown]
# ## 4. Echoes
#
# **Why should random states be useful?**
#
# Leave the tanh out for a moment. With $A = (1-\alpha) I + \alpha W$ the step is $h_t = A h_{t-1} + \alpha U x_t$, and as in (1.1)
#
# $$h_t = \sum_{n \ge 0} A^{n}\, \alpha U\, x_{t-n} . \tag{8.7}$$
#
# Each unit holds the past input, weighted by a curve of its own: entry $i$ of $A^n \alpha U$, its *echo* of an impulse. A read-out mixes these curves.
# With $N$ different echoes it can build any weighting of the past that is a mixture of them. The tanh mixes products of past inputs in, too.
#
# How long do echoes last? The eigenvalues of $A$ say it, and they are those of $W$, moved:
#
# $$\mu_i = (1-\alpha) + \alpha\,\lambda_i . \tag{8.8}$$
#
# The largest $|\lambda_i|$ is the *spectral radius* $\rho(W)$. To check (8.8) without sorting complex numbers, compare power sums: $\operatorname{tr} A^k = \sum_i \mu_i^k$.

# %%
alpha, xs = 0.3, rng.normal(size=(40, 1))
A, nothing = (1 - alpha) * np.eye(50) + alpha * W, np.zeros(50)
hs = unroll(linear_step, nothing, xs, A, alpha * U, nothing)
claim("8.7", hs[-1], sum(np.linalg.matrix_power(A, n) @ (alpha * U @ xs[39 - n]) for n in range(40)))

mu = (1 - alpha) + alpha * np.linalg.eigvals(W)
traces = [np.trace(np.linalg.matrix_power(A, k)) for k in range(1, 6)]
claim("8.8", [(mu**k).sum().real for k in range(1, 6)], traces, rtol=1e-10)

# %%
figures.impulse_echoes(
    {rho: analysis.echoes(reservoir(100), Knobs(rho, 1.0, 1.0))[:, :5] for rho in (0.5, 0.9, 1.05)}
)

# %% [markdown]
# A larger spectral radius, a longer echo. Now one sees what the name means: the network is a room, and the read-out listens to how the room answers.
#
# Or a bucket. A stone falls into water, and for a while the waves tell when and where. Water does not learn, and its surface holds the recent past for anyone who can read it.
# Fernando and Sojakka built this with a real bucket, a motor and a camera. Our trough has 40 columns of water; noise pushes the first, and a read-out looks at the heights.
#
# | bucket | equation |
# |---|---|
# | stones | input $x_t$ |
# | surface | state $h_t$ |
# | how waves run and meet walls | $W$, which nobody chose |
# | friction | $\rho(W) < 1$: old stones are forgotten |
# | the eye | read-out $V$, the only thing trained |

# %%
from rnnlab.models.wave import trough

us = rng.uniform(-1, 1, 4000)
W_water, U_water = trough(40, damping=0.1)
surface = unroll(linear_step, np.zeros(80), us[:, None], W_water, U_water, np.zeros(80))[200:, :40]
print("spectral radius of the water:", round(np.abs(np.linalg.eigvals(W_water)).max(), 3))
print("40 heights hold more than 30 past inputs:", bool(analysis.capacity(surface, us[200:], 120).sum() > 30))

# %% [markdown]
# How one counts "past inputs held" is section 6. First the question on which all this stands.

# %% [markdown]
# ## 5. The echo state property
#
# **When do states depend on the input alone, and not on where the network started?**
#
# *Echo state property*: for every admissible input, runs from any two starts approach each other. Then the state is a function of the input's past, and a read-out of it means something.
#
# Nudge the state before a step and see what arrives. By the chain rule, with $1 - \tanh^2$ for the derivative,
#
# $$J_t = \frac{\partial h_t}{\partial h_{t-1}} = (1-\alpha)\, I + \alpha\, \mathrm{diag}(1 - \tilde h_t^2)\, W . \tag{8.9}$$
#
# That is for small nudges. For two runs at any distance $d_t = h_t - h'_t$, replace the derivative by the slope of the secant between the two arguments $a$ and $a'$:
#
# $$d_t = \bigl[(1-\alpha)\, I + \alpha\, S_t W\bigr]\, d_{t-1}, \qquad S_t = \mathrm{diag}\,\frac{\tanh a_t - \tanh a'_t}{a_t - a'_t}, \qquad 0 < S_t \le 1 . \tag{8.10}$$

# %%
x, alpha = xs[0], 0.3
h_prev, h_other = rng.uniform(-1, 1, (2, 50))
h = reservoir_step(h_prev, x, W, U, b, alpha)
Wt, Ut, bt, xt = (torch.tensor(v) for v in (W, U, b, x))
J = torch.autograd.functional.jacobian(
    lambda h: reservoir_step(h, xt, Wt, Ut, bt, alpha), torch.tensor(h_prev)
)
claim("8.9", analysis.jacobian(h_prev, h, W, alpha), J)

a, a_other = (W @ start + U @ x + b for start in (h_prev, h_other))
S = np.diag((np.tanh(a) - np.tanh(a_other)) / (a - a_other))
apart = h - reservoir_step(h_other, x, W, U, b, alpha)
claim("8.10", apart, ((1 - alpha) * np.eye(50) + alpha * S @ W) @ (h_prev - h_other))

# %% [markdown]
# From (8.10) everything follows.
#
# **A linear network.** Without tanh, $S = I$ and $d_t = A^t d_0$ with $A = (1-\alpha) I + \alpha W$. This goes to zero from everywhere if and only if $\rho(A) < 1$.
# If $\rho(W) < 1$, all $\lambda_i$ are inside the circle, so are the $\mu_i$ of (8.8), and that settles it.
#
# **With tanh, $\sigma_{\max}(W) < 1$ suffices.** Norms multiply, and the norm of $S_t$ is at most one: $\lVert d_t \rVert \le (1 - \alpha + \alpha\,\sigma_{\max})\, \lVert d_{t-1} \rVert$, a factor below one at each step, for every input.
#
# **With tanh, $\rho(W) < 1$ does not suffice.** The spectral radius bounds what $W$ does in the long run, when it is applied alone. Here something else, $S_t$, comes between, at each step another.
# It can take away just the part of $W$ that held the other part down. Two units show it:

# %%
W2 = np.array([[2.0, -0.25], [7.61, -0.5]])
starts = rng.uniform(-1, 1, (2, 40))
paths = unroll(tanh_step, starts, np.zeros((400, 1, 40)), W2, np.zeros((2, 1)), np.zeros((2, 1)))
kept = np.linalg.norm(paths[-1], axis=0) > 0.1
rest = paths[-1][:, kept][:, 0]

radius, norm = np.abs(np.linalg.eigvals(W2)).max(), np.linalg.norm(W2, 2)
print("spectral radius:", round(radius, 6), " largest singular value:", round(norm, 2))
print("a state it keeps, up to sign:", np.abs(rest).round(4))
print("one more step leaves it where it is:", np.allclose(np.tanh(W2 @ rest), rest))
figures.two_units(np.concatenate([starts[None], paths[:120]]), kept)

# %% [markdown]
# The first unit excites itself with weight 2 and would stay up; the second is there to pull it down, and saturates at 1 before it pulls enough.
#
# **Where zero input is admissible, $\rho\bigl((1-\alpha) I + \alpha W\bigr) > 1$ breaks it.** Let $b = 0$. Under zero input the zero state stays zero, and there (8.9) is $J = (1-\alpha) I + \alpha W$.
# With an eigenvalue outside the circle the smallest nudge grows: two runs that do not meet. Mind that the leak matters: $\rho(W) > 1$ alone does not say it.
#
# **For a given driving input, $\rho(W) < 1$ is not necessary.** A strong input pushes the units to where tanh is flat. There $S_t$ is small, and (8.10) contracts although $\rho(W) > 1$.
#
# **Predict first.** Two runs of 100 units, one input, two starts. Without input, they part at $\rho = 1$. Drive them with noise of standard deviation 1 and set $\rho = 1.3$: do they still part?
# Guess the largest $\rho$ at which noise of size 1 still makes them merge. Then try size 0 and size 2, and a leak of 0.3.

# %%
guess = predict("largest ρ at which input of size 1 makes two runs merge", guess=..., marks="rho")
live(
    analysis.merging,
    figures.merging,
    figures.merging_words,
    guess=guess,
    rho=slider(0.1, 2.5, 0.9, step=0.05, label="spectral radius ρ"),
    size=slider(0.0, 3.0, 0.0, step=0.1, label="input size"),
    alpha=slider(0.1, 1.0, 1.0, step=0.05, label="leak α"),
)

# %% [markdown]
# <details><summary>After you have moved it</summary>
#
# Without input they merge below $\rho = 1$ and stay apart above. Input of size 1 carries the merging to $\rho = 1.55$, size 2 further: the drive tames the network.
# A leak pulls every eigenvalue towards 1, so those on the left can be far outside for $W$ and inside for the leaky map. Near 1 they are slow, though: with a leak of 0.3, three hundred steps are too few for radii that merge without.
# </details>

# %%
for size, alpha in ((0, 1.0), (1, 1.0), (2, 1.0), (1, 0.3)):
    runs = {rho: analysis.merging(rho, size, alpha).distance for rho in np.arange(2, 51) / 20}
    merged = [rho for rho, distance in runs.items() if distance[-1] < 1e-3 * distance[0]]
    print(f"input size {size}, leak {alpha}: merged after 300 steps up to ρ = {max(merged)}")

# %% [markdown]
# <details><summary>Check yourself: W has the single eigenvalue −1.4 on one unit, α = 0.5, no input. Does the unit forget its start?</summary>
#
# Yes. $\mu = 0.5 + 0.5 \cdot (-1.4) = -0.2$, and with tanh the step is $0.5\,h + 0.5 \tanh(-1.4\,h)$, which shrinks every $h$. The spectral radius of $W$ is 1.4.
# </details>

# %% [markdown]
# ## 6. How much is held?
#
# **How many past inputs can be read from a state?**
#
# Drive the reservoir with white noise $u_t$ and train a read-out for each delay $k$, to say $u_{t-k}$. The squared correlation $r_k^2$ of its answer with the truth is 1 for perfect recall and 0 for none.
# The *memory capacity* is $\sum_k r_k^2$. With $C = \langle h_t h_t^{\top} \rangle$ and $p_k = \langle h_t u_{t-k} \rangle$ the best read-out is $v = C^{-1} p_k$. Its answer $v^{\top} h_t$ has the covariance $v^{\top} p_k$ with $u_{t-k}$ and the variance $v^{\top} C v = v^{\top} p_k$, so for noise of variance one the squared correlation is $r_k^2 = v^{\top} p_k = p_k^{\top} C^{-1} p_k$.
#
# For a linear network without a leak, $p_k = W^k U$ and $C = \sum_k p_k p_k^{\top}$ by (8.7). So the sum is a trace, $\sum_k p_k^{\top} C^{-1} p_k = \operatorname{tr}\, C^{-1} \sum_k p_k p_k^{\top}$, and
#
# $$\sum_{k=0}^{\infty} r_k^2 = N , \tag{8.11}$$
#
# whenever $C$ can be inverted, however $W$ was drawn. $N$ units hold $N$ numbers, no more. What $W$ decides is which.

# %%
W6, U6 = 0.8 * reservoir(6).W.dense(), reservoir(6).U
ps = np.stack([np.linalg.matrix_power(W6, k) @ U6[:, 0] for k in range(200)])
r2 = np.einsum("ki,ij,kj->k", ps, np.linalg.inv(ps.T @ ps), ps)
claim("8.11", r2.sum(), 6.0, rtol=1e-6)

# %% [markdown]
# With tanh the capacity is below $N$: some of what a unit holds are products of inputs, which no linear read-out can take for an input. How does it depend on $\rho$?
# S1 says: set the reservoir to the edge of stability, where the eigenvalues of the Jacobian are near one. We sweep $\rho$ and measure both, in one batch: all settings share one sparse product.

# %%
result = analysis.edge(np.arange(1, 17) / 10)
print("memory is largest at rho =", result.rhos[result.capacities.argmax()])
print("radius of the Jacobian there:", round(result.radii[result.capacities.argmax()], 1))
figures.edge(result)

# %% [markdown]
# S1's rule is right for memory: the capacity rises up to the edge, where the mean spectral radius of $J_t$ reaches one, and falls beyond it, since a state that depends on its start has less room for the input.
# It is a rule about memory only. A task that needs little memory and much nonlinearity may want less.
#
# <details><summary>Check yourself: a linear network of 100 units is measured to have a capacity of 70. Is (8.11) wrong?</summary>
#
# No. The last directions of $C$ are tiny, smaller than the rounding errors and than the chance correlations of a finite run. The capacity is there, but no measurement of this length sees it.
# </details>

# %% [markdown]
# ## 7. A kernel
#
# **What kind of model is this, seen by a statistician?**
#
# The reservoir maps a whole past to a vector, $\phi(x_{\le t}) = z_t$, and the read-out is linear in it. Put $(Z^{\top}Z + \lambda I)\, Z^{\top} = Z^{\top} (Z Z^{\top} + \lambda I)$ into (8.2):
# a new answer $\hat y = V z$ is
#
# $$\hat y = k^{\top} (K + \lambda I)^{-1}\, Y, \qquad K_{st} = \langle z_s, z_t \rangle, \quad k_t = \langle z, z_t \rangle . \tag{8.12}$$
#
# (The means are taken away first, as before.) Only inner products of pasts are left: kernel regression, with the kernel $k_{\rm ESN}(x, x') = \langle \phi(x), \phi(x') \rangle$. The echo state property is what makes this a function of two pasts and nothing else.
# It also tells what to compute: with fewer steps than units, the $T \times T$ matrix is the smaller one.

# %%
xs = chaos()[:701]
hs = run(reservoir(400), xs[:700], *Knobs(), washout=100)
Z, Y, new = features(xs[:600], hs[:500]), xs[101:601], features(xs[600:700], hs[500:])
mean_z, mean_y, lam = Z.mean(0), Y.mean(0), 1e-3
K, k = (Z - mean_z) @ (Z - mean_z).T, (Z - mean_z) @ (new - mean_z).T
dual = mean_y + k.T @ np.linalg.solve(K + lam * np.eye(500), Y - mean_y)
claim("8.12", dual, ridge(Z, Y, lam)(new), atol=1e-8)
claim("8.12", ridge_dual(Z, Y, lam)(new), ridge_svd(Z, Y, lam)(new), atol=1e-8)

# %% [markdown]
# ## 8. Choosing
#
# **Which $\rho$, which leak, which input scale, how many units?**
#
# **Predict first.** A thousand units forecast the chaotic signal. Which $\rho$ gives the smallest error 84 steps ahead at $\alpha = 0.6$? Note it; then move one knob at a time, and watch which panel shows the damage first.
# Then give the network one of the exercise's mistakes.

# %%
guess = predict("best spectral radius at α = 0.6", guess=..., marks="rho")
live(
    explore,
    figures.explore,
    figures.explore_words,
    guess=guess,
    preview=explore_fast,
    rho=slider(0.1, 1.6, 0.95, step=0.05, label="spectral radius ρ"),
    alpha=slider(0.05, 1.0, 0.6, step=0.05, label="leak α"),
    scale=log_slider(0.05, 5.0, 0.5, label="input scale"),
    mistake=choice(MISTAKES, "none", label="mistake"),
)

# %% [markdown]
# <details><summary>After you have moved it</summary>
#
# While you drag, the read-out is fitted by Cholesky with $\lambda = 10^{-7}$; when you let go, by singular values with $10^{-12}$.
#
# At $\rho = 0.3$ the echoes are short, and the one-step error is good while the free run fails. Above $\rho \approx 1.3$ the echoes do not fade, and the forecast is lost.
# A small input scale makes the network linear; a large one drives all units flat. The careful fit is the better one for good knobs and can be the worse for bad ones: large read-out weights make a free run unstable.
#
# The mistakes: the *norm* is about twice the spectral radius, so scaling by it halves ρ. *Washout scored* judges before the start is forgotten. *True outputs fed back* is no forecast at all, and at good knobs nothing betrays it. At $\rho = 0.3$ its curve stays flat while the honest one climbs to nearly no better than the mean.
# *Leak on the wrong term* turns fast units into slow ones. *Test data in the scaling* and a *regularised bias* change next to nothing here. That is what makes them dangerous: no picture shows them.
# </details>

# %% [markdown]
# At $\alpha = 0.6$ all of $\rho = 0.8$ to $1.05$ is good to a thousandth, and beyond it that is lost:

# %%
for rho in (0.8, 0.95, 1.05, 1.15):
    print(f"ρ = {rho}: log10 NRMSE after 84 steps is below -3: {explore(rho, 0.6, 0.5).score < -3}")

# %% [markdown]
# What the figure lets one feel, a sweep measures. This one took a minute and is stored; `python -m rnnlab.building.results 08_knobs` makes it again.

# %%
from rnnlab.teaching.results import result as stored

figures.knob_map(stored("08_knobs"))

# %% [markdown]
# And the number of units, on two tasks. The second is NARMA-10, a system whose output mixes ten steps of the past with a product of two inputs nine steps apart,
# $y_{t+1} = 0.3\,y_t + 0.05\,y_t \sum_{i=0}^{9} y_{t-i} + 1.5\,u_{t-9}\,u_t + 0.1$. There the input is noise, and the network must answer as the system does.

# %%
for N in (100, 400):
    print(f"NARMA-10, {N} units: NRMSE {narma(N):.2f}; with squared states {narma(N, squares=True):.2f}")
sweep = stored("08_sizes")
figures.sizes(sweep)

# %% [markdown]
# "As large as you can afford (typically more than 10,000)", says S4. Up to 1,500 the first half is true on both tasks. The price is in the read-out: the run costs $10\,N$ a step, the fit $T N^2 + N^3$.
# The second half is advice for large tasks, not a result: at 1,000 units the published error is reached. All four knobs together:
#
# | knob | sets | S4 says | measured |
# |---|---|---|---|
# | spectral radius ρ | how long echoes last | below one | near one: here 0.8 to 1.05, in the map 1.1 |
# | leak α | how fast a unit moves | near zero for slow signals | 0.4 to 0.6 here, where a wave takes about 50 steps |
# | input scale | how far into the tanh | large for abrupt nonlinearity | 1; both 0.05 and 8 lose two decades or more |
# | units N | how many echoes | as many as you can afford | each doubling pays, less and less |
#
# <details><summary>Check yourself: the error on the training data falls with N as well. Why is that no argument for a larger N?</summary>
#
# With as many features as steps the read-out can reproduce any training targets, noise included. Only data that took no part in the fit, the scaling or the choice of knobs counts.
# </details>

# %% [markdown]
# ## 9. Spikes
#
# **Must the units be tanh?**
#
# In the same years Maass and colleagues came to the same idea from neurons. In their *liquid state machine* the reservoir's units are leaky integrate-and-fire: a voltage leaks and collects, at the threshold 1 it fires a spike and returns to 0.
# Between spikes it is the leaky integrator of (1.9). With a steady current $I > 1$ and $\beta$ kept of the voltage each step, $v_n = I\,(1 - \beta^n)$ after $n$ steps, and it fires every
#
# $$n = \Bigl\lceil \frac{\ln(1 - 1/I)}{\ln \beta} \Bigr\rceil \tag{8.13}$$
#
# steps. What the read-out sees of a neuron is a running average of its spikes.

# %%
from rnnlab.models.spiking import lif_step, make_liquid

show(lif_step)
currents = np.array([1.1, 1.5, 2.0, 4.0])
states = unroll(
    lif_step, np.zeros((2, 4)), np.zeros((60, 1)), np.zeros((4, 4)), np.zeros((4, 1)), currents, 0.9, 0.5
)
first = (states[:, 1] > 0).argmax(0) + 1
claim("8.13", first, np.ceil(np.log(1 - 1 / currents) / np.log(0.9)).astype(int))

# %% [markdown]
# A hundred such neurons, and a hundred tanh units, on the same task: to say the chaotic signal ten steps on.

# %%
xs, ahead, T = chaos(), 10, 4000
liquid = make_liquid(100, 1, np.random.default_rng(0), gain=2.0, drive=3.0)
states = unroll(lif_step, np.zeros((2, 100)), xs[:T], liquid.W, liquid.U, liquid.b, 0.5, 0.9)
seen = {"spikes": states[:, 1], "tanh": run(reservoir(100), xs[:T], *Knobs()), "the last value": xs[:T]}

answers, truth = {}, xs[ahead : T + ahead]
for name, hs in seen.items():
    readout = ridge(hs[500:3000], truth[500:3000], lam=1e-8)
    answers[name] = readout(hs[3000:])
    print(f"{name:15s} NRMSE {nrmse(answers[name], truth[3000:]):.2g}")

# %%
spikes = states[3000:3200, 1] - 0.9 * states[2999:3199, 1] > 0.05
some = {name: answers[name][:200, 0] for name in ("spikes", "tanh")}
figures.liquid(spikes, truth[3000:3200, 0], some)

# %% [markdown]
# The neurons speak in ones and zeros, and a weighted sum of a hundred of them still follows the chaos ten steps ahead, five times better than the last value alone can. The tanh units do it better by another factor of forty:
# they hand over real numbers, and a spike train averaged over ten steps is a coarse one. What the comparison shows is that the idea does not hang on the unit.

# %% [markdown]
# ## For and against
#
# | for | against |
# |---|---|
# | one convex fit, no learning rate, no local minima | a random reservoir must be large where a trained network is small |
# | training in seconds; many read-outs share one reservoir | three knobs that must be tuned, and the tuning is the training |
# | works as a kernel, with all that is known about those | one or a few inputs; with hundreds, random mixing drowns |
# | runs in water, light and spikes | memory never above $N$, and less with tanh |
#
# Lukoševičius's guide, which S4 recommends, is the place to go on: it orders the knobs as we did.
#
# <details><summary>Further: should the units hear more than ten others? (not examined)</summary>
#
# Hardly. The guide recommends a small fixed number, and what it buys is time: a step costs $10\,N$ instead of $N^2$. Since scaling commutes with the product, $(\rho W) h = \rho\,(W h)$,
# settings that share a matrix share the product as well, which is how the sweeps of this lecture run.
# What they cannot share is the Gram matrix, unless they differ in $\lambda$ only. It is symmetric and costs $N^2/2$ a step, beside the $10\,N$ of the state.
# </details>

# %% [markdown]
# ## What to remember
#
# | | |
# |---|---|
# | echo state network | a random recurrence that stays, a linear read-out that is fitted |
# | leak | an exponential average over about $1/\alpha$ steps |
# | read-out | convex; Cholesky for speed, singular values where digits matter |
# | $\sigma_{\max}(W) < 1$ | sufficient for the echo state property |
# | $\rho(W) < 1$ | settles the linear network; with tanh neither sufficient nor, for a given input, necessary |
# | $\rho((1-\alpha)I + \alpha W) > 1$ | breaks it where zero input is admissible |
# | memory | at most $N$; largest at the edge |
# | scoring | after the washout, on new data, with the network's own answers fed back |
#
# ## Where each seed stands
#
# | seed | says | ours |
# |---|---|---|
# | S1 (Mohajerin) | eigenvalues of $J(k) = \partial x(k)/\partial x(k-1)$ near one | measured: right for memory |
# | S4 (TU Berlin) | $W^{\rm in}, W^{\rm rec}, W^{\rm out}$, $\mathrm{concat}(x_t, h_t)$ | $U, W, V$, and a bias and a constant more |
# | S4 | echo state property: guaranteed for linear networks if ρ < 1; for nonlinear ones no formal guarantee | there is one, $\sigma_{\max} < 1$; and ρ < 1 fails for two units at 0.95 |
# | S4 | "the condition still works empirically" | for random $W$ it does; zero input or not decides more |
# | S4 | "typically M > 10,000" | advice; 1,000 reach the published error |
#
# ## Replications

# %%
paper, report = "Jaeger & Haas 2004, as quoted", "Jaeger 2001, GMD report 148"
published("log10 NRMSE84, Mackey-Glass, 1,000 units", -4.2, paper, score, (-4.8, -3.7), digits=2)
ours = 10 ** np.median(sweep["mackey_glass"][sweep["M"].index(400)])
published("NRMSE84, Mackey-Glass, 400 units", 0.00028, report, ours, (0.0001, 0.0008), digits=2)
published("linear memory capacity over N", 1, "Jaeger 2002, GMD report 152", r2.sum() / 6, (0.999, 1.001))

# %% [markdown]
# ## Exercises
#
# [Exercise 08](../exercises/08_echo_state_networks.ipynb): other leaks, honest read-outs, and a verdict from states alone. 20 points.
#
# ## References
#
# - H. Jaeger (2001), *The "echo state" approach to analysing and training recurrent neural networks*, GMD report 148, with an erratum of 2010.
# - H. Jaeger (2002), *Short term memory in echo state networks*, GMD report 152.
# - H. Jaeger and H. Haas (2004), Harnessing nonlinearity, [doi:10.1126/science.1091277](https://doi.org/10.1126/science.1091277).
# - H. Jaeger, M. Lukoševičius, D. Popovici and U. Siewert (2007), Optimization and applications of echo state networks with leaky-integrator neurons, [doi:10.1016/j.neunet.2007.04.016](https://doi.org/10.1016/j.neunet.2007.04.016).
# - M. Lukoševičius (2012), A practical guide to applying echo state networks, [doi:10.1007/978-3-642-35289-8_36](https://doi.org/10.1007/978-3-642-35289-8_36).
# - I. B. Yildiz, H. Jaeger and S. J. Kiebel (2012), Re-visiting the echo state property, [doi:10.1016/j.neunet.2012.07.005](https://doi.org/10.1016/j.neunet.2012.07.005).
# - W. Maass, T. Natschläger and H. Markram (2002), Real-time computing without stable states, [doi:10.1162/089976602760407955](https://doi.org/10.1162/089976602760407955).
# - C. Fernando and S. Sojakka (2003), Pattern recognition in a bucket, [doi:10.1007/978-3-540-39432-7_63](https://doi.org/10.1007/978-3-540-39432-7_63).
# - M. C. Mackey and L. Glass (1977), Oscillation and chaos in physiological control systems, [doi:10.1126/science.267326](https://doi.org/10.1126/science.267326).
# - A. F. Atiya and A. G. Parlos (2000), New results on recurrent network training, [doi:10.1109/72.846741](https://doi.org/10.1109/72.846741): NARMA-10.
# - M. Hermans and B. Schrauwen (2012), Recurrent kernel machines, [doi:10.1162/NECO_a_00200](https://doi.org/10.1162/NECO_a_00200).
