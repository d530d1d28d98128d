# %% [markdown]
# # 01 · Impulse response
#
# *Memory is a number: what one recurrent weight remembers.*
#
# **Time** 45 minutes. **You need** the chain rule, complex numbers, NumPy.
# **Afterwards you can**
#
# - *derive* what a linear recurrence still holds of an input, $n$ steps later;
# - *compute* how long a given weight remembers, and which weight a given memory needs;
# - *derive* the gradient of a loss with respect to every state and to the weight, by walking backwards;
# - *recognise* the same object under four names;
# - *choose* a learning rate, and *diagnose* a descent that stopped in the wrong place.
#
# A one goes into a neuron and never again anything. How much of it is there ten steps later?
# And if something goes wrong at step ten, how much of the blame reaches step one?

# %%
import numpy as np
import torch

from rnnlab.analysis.cost_curve import descend
from rnnlab.analysis.impulse import four_names, impulse_response, memory
from rnnlab.figures import impulse_response as figures
from rnnlab.gradients import complex_step, finite_differences, state_gradients
from rnnlab.live import live, log_slider, slider, toggle
from rnnlab.models import linear_step, linear_unit, tanh_unit, unroll
from rnnlab.systems import ecg, fibonacci, heater, speech, text
from rnnlab.teaching import claim, predict, published, show
from rnnlab.training import cost, cross_entropy, gradient_descent, squared_error

# %%
figures.two_roads(memory(w=0.5, T=10), memory(w=0.9, T=10))

# %% [markdown]
# The two panels are mirror images: what the neuron forgets going forward, learning forgets going backward, at the same rate.
# One number sets that rate. This lecture is about that number.

# %% [markdown]
# ## 1. One weight
#
# **What does a neuron that hears itself hold of its past?**
#
# The smallest recurrent network has one state $h$, one input $x$ and one recurrent weight $w$. It starts from $h_0 = 0$ and steps
#
# $$h_t = w\,h_{t-1} + x_t .$$
#
# That is a definition. What follows from it is obtained by putting the equation into itself:
#
# $$h_t = w\,(w\,h_{t-2} + x_{t-1}) + x_t = w^2 h_{t-2} + w\,x_{t-1} + x_t = \dots$$
#
# Each step back multiplies by one more $w$. After $t-1$ substitutions only $h_0 = 0$ and the inputs are left:
#
# $$h_t = \sum_{k=1}^{t} w^{\,t-k}\, x_k . \tag{1.1}$$
#
# The left side is a loop and the right side a sum. They should give the same numbers, so let us try. (Python counts from 0: `xs[0]` is $x_1$.)

# %%
w, xs = 0.5, np.array([1.0, 2.0, -1.0, 0.5])

h, loop = 0.0, []
for x in xs:
    h = w * h + x
    loop.append(h)

sums = [sum(w ** (t - k) * xs[k] for k in range(t + 1)) for t in range(4)]
assert np.allclose(loop, sums, rtol=1e-12)

# %% [markdown]
# No error, so they agree. In this course every numbered equation is tried like that, in the lecture, by `claim`.
# It is the assertion above with a few more demands (same shape, finite, not empty), and it prints a line:

# %%
claim("1.1", loop, sums)

# %% [markdown]
# The loop is the same for every recurrent network of the course, so the package has it once, and the step apart from it:

# %%
show(linear_unit)
show(unroll)

# %% [markdown]
# Put in a single one, $x = (1, 0, 0, \dots)$, an *impulse*. In (1.1) only the term $k = 1$ is left:
#
# $$g_t = w^{\,t-1} . \tag{1.2}$$
#
# This is the *impulse response*. With it, (1.1) says that the state is the input convolved with $g$:
# every past input is still there, weighted by how long ago it was. At $w = \tfrac12$ even the rounding errors vanish, since powers of two are exact.

# %%
t = np.arange(1, 11)
claim("1.2", impulse_response(0.5, T=10), 0.5 ** (t - 1), rtol=0, atol=0)

rng = np.random.default_rng(1)
xs = rng.normal(size=40)
claim("1.1", unroll(linear_unit, 0.0, xs, 0.9), np.convolve(xs, impulse_response(0.9, T=40))[:40])

# %% [markdown]
# How long does the unit remember? Ask for the number of steps $n$ after which a fraction $\varepsilon$ is left, $|w|^n = \varepsilon$, and take logarithms:
#
# $$n = \frac{\ln \varepsilon}{\ln |w|} , \qquad 0 < |w| < 1 . \tag{1.3}$$
#
# Half of it is gone after one step at $w = 0.5$, after 7 at $w = 0.9$ and after 69 at $w = 0.99$.

# %%
n = np.log(0.5) / np.log(0.9)
claim("1.3", 0.9**n, 0.5)
print("steps to one half:", [round(np.log(0.5) / np.log(w)) for w in (0.5, 0.9, 0.99)])

# %% [markdown]
# The sign of $w$ decides whether the memory alternates; its size, whether it fades ($|w| < 1$), stays ($|w| = 1$) or grows ($|w| > 1$).
#
# <details><summary>Check yourself: which weight has forgotten all but 1 % of an input after 100 steps?</summary>
#
# From $|w|^{100} = 0.01$: $|w| = 0.01^{1/100} = 0.955$. Twice as long a memory needs $0.01^{1/200} = 0.977$: the interesting weights crowd below one.
# </details>

# %% [markdown]
# ## 2. The gradient walks the same road backwards
#
# **How does a loss at the end depend on a state long before it?**
#
# Let $L$ be a loss that may look at every state. Nudge $h_t$. The loss feels it in two ways:
# at once, because it looks at $h_t$ itself, and later, because $h_{t+1} = w\,h_t + x_{t+1}$ has moved too.
# Write $\partial^{e}$ (e for *explicit*) for what is felt at once with everything else held fixed. The chain rule adds the two:
#
# $$\frac{\partial L}{\partial h_t} = \frac{\partial^{e} L}{\partial h_t} + w\,\frac{\partial L}{\partial h_{t+1}} . \tag{1.4}$$
#
# At $t = T$ there is no next state, so the second term is absent there. This gives every $\partial L / \partial h_t$, from the last to the first.
#
# PyTorch finds the same by its own way, without knowing that time exists. It writes down every operation on a number that has `requires_grad`,
# or was made from one, and `backward()` applies the chain rule to that record. `retain_grad` keeps the derivative by a number on the way.

# %%
w = torch.tensor(0.7, dtype=torch.float64, requires_grad=True)
xs, ys = torch.tensor([1.0, -0.5, 2.0, 0.3]).double(), torch.tensor([0.0, 1.0, 1.0, -1.0]).double()
hs, h = [], torch.zeros(()).double()
for x in xs:
    h = linear_unit(h, x, w)
    h.retain_grad()
    hs.append(h)
loss = sum((h - y) ** 2 for h, y in zip(hs, ys, strict=True))
loss.backward()

dh = torch.stack([h.grad for h in hs])
explicit = 2 * (torch.stack(hs) - ys).detach()
claim("1.4", dh[:-1], explicit[:-1] + 0.7 * dh[1:])

# %% [markdown]
# Now let the loss look at the last state only. Then $\partial^{e} L / \partial h_t = 0$ for $t < T$, and (1.4) is a multiplication by $w$ at each step back:
#
# $$\frac{\partial L}{\partial h_t} = w^{\,T-t}\,\frac{\partial L}{\partial h_T} . \tag{1.5}$$
#
# It is the impulse response, read from the end. With $w = \tfrac12$ and $T = 10$ the first state gets $2^{-9} = 1/512$ of the blame.

# %%
w, T = torch.tensor(0.5).double(), 10
h1 = torch.tensor(1.0).double().requires_grad_()
states = [h1]
for _ in range(T - 1):
    states.append(linear_unit(states[-1], torch.tensor(0.0).double(), w))
    states[-1].retain_grad()
states[-1].backward()
claim("1.5", [h.grad.item() for h in states], 0.5 ** (T - np.arange(1, 11)), rtol=0, atol=0)

# %% [markdown]
# The weight itself is used at every step. Call the copy that is used at step $t$ by its own name, $w_t$, for a moment: it multiplies $h_{t-1}$,
# so $\partial h_t / \partial w_t = h_{t-1}$. All copies are the same weight, so their gradients add up:
#
# $$\frac{dL}{dw} = \sum_{t=1}^{T} \frac{\partial L}{\partial h_t}\, h_{t-1} . \tag{1.6}$$
#
# Mind the index: the gradient at $t$ meets the state *before* it. This sum is back-propagation through time for one unit; lecture 04 does it for matrices.

# %%
h_before = torch.stack([torch.zeros(()).double(), *hs[:-1]]).detach()
show(state_gradients)
claim("1.4", state_gradients(torch.ones(4).double(), explicit, 0.7), dh)

w = torch.tensor(0.7, dtype=torch.float64, requires_grad=True)
((unroll(linear_unit, torch.zeros(()).double(), xs, w) - ys) ** 2).sum().backward()
claim("1.6", w.grad, (dh * h_before).sum())

# %% [markdown]
# **Predict first.** The figure below starts at $w = 0.5$. An input should keep a tenth of its effect for 29 steps.
# Which $w$ does that? Write it down, then move the slider there. Try $w = -0.9$ and $w = 1.1$ too, and look at both slopes on the right.

# %%
guess = predict("which w leaves a tenth after 29 steps?", guess=..., marks="w")
live(
    memory,
    figures.memory,
    figures.memory_words,
    guess=guess,
    w=slider(-1.2, 1.2, 0.5, step=0.01, label="recurrent weight w"),
    size=slider(0.1, 3.0, 1.0, step=0.1, label="size of the impulse"),
    squashed=toggle(False, label="tanh"),
)

# %% [markdown]
# <details><summary>After you have moved it</summary>
#
# $0.1^{1/29} = 0.924$. On the logarithmic axis both curves are straight lines with slopes $\pm\log_{10}|w|$: one number sets both.
# At $w = -0.9$ the stems alternate and the magnitudes are those of $0.9$. At $w = 1.1$ the state grows, and so does the gradient: the blame of the first step
# is $1.1^{29} \approx 16$ times that of the last. A gradient that vanishes and one that explodes are one formula on the two sides of $|w| = 1$.
# Switching tanh on does little to small impulses where $|w| < 1$, and much to large ones. At $w = 1.1$ it tames even the smallest: the state comes to rest instead of growing, and the gradient no longer explodes. That is the next section.
# </details>

# %% [markdown]
# ## 3. Squashing
#
# **What changes when the neuron cannot grow?**
#
# Put a tanh around the step, $h_t = \tanh(a_t)$ with $a_t = w\,h_{t-1} + x_t$. Its derivative is $1 - \tanh^2$, and $\tanh(a_t)$ is $h_t$ itself. So
#
# $$\frac{\partial h_t}{\partial h_{t-1}} = w\,(1 - h_t^2) . \tag{1.7}$$
#
# The state that stands there is the one *after* the step. (With $1 - a_t^2$ instead, the usual slip, the derivative can even be negative.)
# From $t$ to $T$ the chain rule multiplies such factors, and since $0 < 1 - h^2 \le 1$ none of them exceeds $|w|$ in size:
#
# $$\frac{\partial h_T}{\partial h_t} = \prod_{k=t+1}^{T} w\,(1 - h_k^2) , \qquad \Bigl|\frac{\partial h_T}{\partial h_t}\Bigr| \le |w|^{\,T-t} . \tag{1.8}$$
#
# The same slope stands before the weight's own use, $\partial h_t/\partial w_t = (1 - h_t^2)\, h_{t-1}$, so in (1.6) each term gets one more factor: $dL/dw = \sum_t \partial L/\partial h_t\, (1 - h_t^2)\, h_{t-1}$.
#
# The check below uses no chain rule. It moves $h_1$ by $10^{-30}$ in the imaginary direction and sees what arrives; (1.18) says why that works.

# %%
w, xs = 1.5, np.array([0.4, -0.2, 0.1, 0.3, -0.5, 0.2])
hs = unroll(tanh_unit, 0.0, xs, w)
one_step = complex_step(lambda h: tanh_unit(h, xs[1], w), hs[0])
claim("1.7", one_step, w * (1 - hs[1] ** 2))

onward = complex_step(lambda h: unroll(tanh_unit, h, xs[1:], w)[-1], hs[0])
claim("1.8", onward, np.prod(w * (1 - hs[1:] ** 2)))
dh = state_gradients(1 - hs**2, np.eye(6)[-1], w)
claim("1.8", dh[0], onward)

by_weight = complex_step(lambda w: unroll(tanh_unit, 0.0, xs, w)[-1], w)
all_uses = (dh * (1 - hs**2) * np.r_[0.0, hs[:-1]]).sum()
print("dh_6/dw is the sum over its uses:", np.isclose(by_weight, all_uses))
print(f"|dh_6/dh_1| = {onward:.4f}, the bound w^5 = {w**5:.4f}")

# %% [markdown]
# So for one unit a squashing nonlinearity can only make the gradient fade faster. Two consequences, one good and one bad:
#
# - at $|w| > 1$ the state stays bounded, and where the unit saturates the gradient does not explode;
# - at $|w| < 1$ it forgets even sooner than the linear unit, and where the unit saturates it learns next to nothing.
#
# For vectors only the bound survives, not the "always faster". Lecture 05 has the counterexample.

# %% [markdown]
# ## 4. One object, four names
#
# **Where have you met this equation before?**
#
# A recurrent unit is its first name. Here are three others.
#
# *A leaky integrator.* A charge leaks by the fraction $\alpha$ at each step and is filled by $\alpha$ of the input, $h_t = (1-\alpha)\,h_{t-1} + \alpha\,u_t$.
# That is our unit with $w = 1-\alpha$ and $x_t = \alpha u_t$. Under a constant input $u_t = 1$, (1.1) is a geometric sum:
#
# $$h_t = \alpha \sum_{k=1}^{t} (1-\alpha)^{t-k} = 1 - (1-\alpha)^t . \tag{1.9}$$
#
# The next two need $|w| < 1$, and a process that has run for so long that its covariances depend on the lag alone.
#
# *An autoregressive process.* Statisticians feed the unit with white noise, $y_t = w\,y_{t-1} + \varepsilon_t$, and call it AR(1).
# Multiply by $y_{t-k}$, $k \ge 1$, and take expectations. The new noise is independent of the past, so the covariances $\gamma_k = \mathbb E[y_t\, y_{t-k}]$ obey $\gamma_k = w\,\gamma_{k-1}$, and the correlations are
#
# $$\rho_k = \frac{\gamma_k}{\gamma_0} = w^k . \tag{1.10}$$
#
# The check below goes another way: $y$ is the noise convolved with $g$, so $\gamma_k$ is in proportion to $\sum_n g_n\, g_{n+k}$.
#
# *A filter.* Engineers call it a first-order filter with infinite impulse response. A wave $e^{i\omega t}$ comes out multiplied by $H = \sum_{n\ge 0} w^n e^{-i\omega n} = 1/(1 - w e^{-i\omega})$:
#
# $$|H(\omega)|^2 = \frac{1}{1 - 2 w \cos\omega + w^2} . \tag{1.11}$$
#
# With $z = e^{i\omega}$ it is $H = z/(z - w)$, with a *pole* at $z = w$: inside the unit circle the response fades, outside it grows.

# %%
alpha, t = 0.2, np.arange(1, 31)
claim("1.9", unroll(linear_unit, 0.0, alpha * np.ones(30), 1 - alpha), 1 - (1 - alpha) ** t)

w, g = 0.8, impulse_response(0.8, T=200)
gamma = np.array([(g[: 200 - k] * g[k:]).sum() for k in range(10)])
claim("1.10", gamma / gamma[0], w ** np.arange(10))

omega = np.linspace(0, np.pi, 50)
H = np.exp(-1j * np.outer(omega, np.arange(200))) @ g
claim("1.11", np.abs(H) ** 2, 1 / (1 - 2 * w * np.cos(omega) + w**2))

# %% [markdown]
# **Predict first.** At which $w$ does the filter turn from letting slow inputs pass to letting fast ones pass? And what do the other panels do there?
# Then try $w = 0.95$, $w = -0.95$ and $w = 1.05$.

# %%
guess = predict("at which w does low-pass become high-pass?", guess=..., marks="w")
live(
    four_names,
    figures.four_names,
    figures.four_names_words,
    guess=guess,
    w=slider(-1.1, 1.1, 0.8, step=0.01, label="pole w"),
)

# %% [markdown]
# <details><summary>After you have moved it</summary>
#
# At $w = 0$ there is no memory: the pole is at the origin, neighbours are uncorrelated, and all frequencies pass alike.
# At $w = 0.95$ the integrator charges slowly and only slow inputs pass; at $-0.95$ everything alternates and only fast ones do.
# At $w = 1.05$ the pole has left the circle. The recurrence still runs, but a correlation and a frequency response no longer exist: both are sums that diverge.
# </details>
#
# <details><summary>Check yourself: an exponential moving average keeps 98 % of its old value at each step. What are its weight, its pole and its half-life?</summary>
#
# $\alpha = 0.02$, so $w = 0.98$, which is also the pole. By (1.3) half of it is gone after $\ln 0.5 / \ln 0.98 = 34$ steps.
# </details>

# %% [markdown]
# ## 5. Two states
#
# **What is the memory of a network with more than one unit?**
#
# The most famous recurrence of all has two. Each Fibonacci number is the sum of the two before it, so the state must hold both, and the step is a matrix:
#
# $$\begin{pmatrix} F_{t+1} \\ F_t \end{pmatrix} = \begin{pmatrix} 1 & 1 \\ 1 & 0 \end{pmatrix} \begin{pmatrix} F_t \\ F_{t-1} \end{pmatrix} . \tag{1.12}$$
#
# It is a linear recurrent network with no input. Its name is companion matrix: the first row holds the recurrence, the row below shifts.

# %%
W, U, b = np.array([[1.0, 1.0], [1.0, 0.0]]), np.zeros((2, 1)), np.zeros(2)
hs = unroll(linear_step, np.array([1.0, 0.0]), np.zeros((14, 1)), W, U, b)
us, ys = fibonacci(T=14)
claim("1.12", hs[:, 1], us[:, 0])
print(*hs[:, 1].astype(int))

# %% [markdown]
# A direction $v$ that the matrix only stretches, $W v = \lambda v$, behaves like a single unit with weight $\lambda$.
# So look for the stretches: $\det(W - \lambda I) = \lambda^2 - \lambda - 1 = 0$, with the solutions $\varphi$, the golden ratio, and $\psi$:
#
# $$\varphi = \frac{1 + \sqrt5}{2} , \qquad \psi = \frac{1 - \sqrt5}{2} . \tag{1.13}$$
#
# The directions are $(\varphi, 1)$ and $(\psi, 1)$. Since $\varphi - \psi = \sqrt5$, the start is $(1, 0) = \tfrac{1}{\sqrt5}\bigl[(\varphi, 1) - (\psi, 1)\bigr]$.
# Each direction grows as section 1 says, and the second entry of their sum, after $t$ steps, is $F_t$:
#
# $$F_t = \frac{\varphi^{\,t} - \psi^{\,t}}{\sqrt 5} . \tag{1.14}$$

# %%
phi, psi = (1 + 5**0.5) / 2, (1 - 5**0.5) / 2
claim("1.13", np.sort(np.linalg.eigvals(W)), np.array([psi, phi]))

t = np.arange(1, 15)
claim("1.14", us[:, 0], (phi**t - psi**t) / 5**0.5)

# %% [markdown]
# So where such directions span the space, the memory of a linear network of any size is a few numbers, **the eigenvalues of its step.** Here one of them, $1.618$, makes the sequence grow;
# the other, $-0.618$, is a memory that alternates and fades.
#
# Need they span it? Let five units stand in a line, each passing on what it hears. There is no stretch but zero, and yet an input is there for five steps, and then gone at once:

# %%
W = np.eye(5, k=-1)
hs = unroll(linear_step, np.eye(5)[0], np.zeros((5, 1)), W, np.zeros((5, 1)), np.zeros(5))
print("eigenvalues all zero:", not np.linalg.eigvals(W).any(), " what is held:", *hs.sum(1).astype(int))

# %% [markdown]
# Every symmetric $W$ has enough directions; this one has a single one. Lecture 05 asks what is left of this when the matrix is not symmetric and the step not linear.

# %% [markdown]
# ## 6. Signals and systems
#
# **What will these units be used for?**
#
# A *sequence* is symbols in an order: whole numbers, a sentence. A *signal* is a measured quantity over time: a heart, a voice. A *system* takes one signal and returns another: power in, temperature out.
# For each we have a function that returns pairs $(u_t, y_t)$, one row a step: what is seen at step $t$, and what should be said then.
# The task is to say the next value, or, for the system, its output. A letter is its number, from a = 0 to z = 25, and a space is 26. The heart and the voice are synthetic stand-ins, made by formulas.

# %%
rng = np.random.default_rng(6)
pairs = {
    "Sequence: Fibonacci": fibonacci(14),
    "Sequence: a sentence": text(),
    "Signal: heart (stand-in)": ecg(300, rng),
    "Signal: voice (stand-in)": speech(400, rng),
    "System: heater": heater(300, rng),
}
for name, (us, ys) in pairs.items():
    print(f"{name:26s} u {us.shape}, y {ys.shape}")
figures.signals(pairs)

# %% [markdown]
# ## 7. Learning
#
# **How does a unit find its weight from data?**
#
# Three things are needed. A *model* that predicts, $\hat y_t(\theta)$, with parameters $\theta$. A *loss* $l(y, \hat y)$ for one step: the squared error for numbers,
# $-\log p$ of what happened for symbols. And their average over the data, the *cost*
#
# $$V(\theta) = \frac1T \sum_{t=1}^{T} l\bigl(y_t, \hat y_t(\theta)\bigr) .$$
#
# (The seeds write the sum. The average has the same minimum, and its size does not depend on how much data there is.)

# %%
show(cost)
us, ys = np.array([1.0, -0.5, 2.0]), np.array([0.8, 0.1, 1.9])
by_hand = ((1.0 - 0.8) ** 2 + (0.2 - 0.1) ** 2 + (2.14 - 1.9) ** 2) / 3
V = cost(lambda us: unroll(linear_unit, 0.0, us, 0.7), (us, ys), squared_error)
print("squared error, cost equals the hand sum:", abs(V - by_hand) < 1e-12)

labels, p = np.array([0, 2]), np.array([[0.7, 0.2, 0.1], [0.3, 0.3, 0.4]])
V = cost(lambda _: p, (us[:2], labels), cross_entropy)
print("cross-entropy, cost equals the hand sum:", abs(V + (np.log(0.7) + np.log(0.4)) / 2) < 1e-12)

# %% [markdown]
# For the linear unit with $\hat y_t = h_t$ and the squared error, differentiate $V$ with respect to $w$. The state depends on $w$ twice, through the product and through the state before:
# $s_t = \partial h_t / \partial w$ obeys $s_t = h_{t-1} + w\,s_{t-1}$, with $s_0 = 0$. Then
#
# $$\frac{dV}{dw} = \frac2T \sum_{t=1}^{T} (h_t - y_t)\, s_t . \tag{1.15}$$
#
# This walks *forward*. Equations (1.4) and (1.6) walk backward, and give the same number. Lecture 04 is about these two ways.

# %%
w = 0.7
hs = unroll(linear_unit, 0.0, us, w)
h_before = np.r_[0.0, hs[:-1]]
s = unroll(linear_unit, 0.0, h_before, w)
forward = 2 / 3 * ((hs - ys) * s).sum()

dh = state_gradients(np.ones(3), 2 / 3 * (hs - ys), w)
claim("1.15", forward, (dh * h_before).sum())

# %% [markdown]
# With the gradient in hand, go downhill: $\theta_n = \theta_{n-1} - \mu \nabla V(\theta_{n-1})$, with a learning rate $\mu$.
# How large may $\mu$ be? Near a minimum $\theta^*$ a smooth cost is, up to a constant, a quadratic, $V = \tfrac12 (\theta - \theta^*)^{\!\top} H (\theta - \theta^*)$, with gradient $H(\theta - \theta^*)$. Put it in:
#
# $$\theta_n - \theta^* = (I - \mu H)^n\, (\theta_0 - \theta^*) . \tag{1.16}$$
#
# Again a linear recurrence, now over steps of learning. Its eigenvalues are $1 - \mu\lambda_i$, with $\lambda_i > 0$ those of $H$.
# All of them are inside $(-1, 1)$, so descent converges from everywhere, exactly when $0 < \mu < 2/\lambda_{\max}$.

# %%
show(gradient_descent)
H, best, start = np.array([[3.0, 1.0], [1.0, 2.0]]), np.array([1.0, -2.0]), np.array([4.0, 4.0])
path = gradient_descent(lambda theta: H @ (theta - best), start, lr=0.1, steps=20)
claim("1.16", path[20] - best, np.linalg.matrix_power(np.eye(2) - 0.1 * H, 20) @ (start - best))

limit = 2 / np.linalg.eigvalsh(H).max()
for share in (0.99, 1.01):
    path = gradient_descent(lambda theta: H @ (theta - best), start, share * limit, steps=2000)
    print(f"{share} of the limit: converges is", bool(np.linalg.norm(path[-1] - best) < 1e-6))

# %% [markdown]
# With many examples each step over all of them, a *batch* step, is dear. A *stochastic* step takes one example $i$, drawn at random, and its own gradient. On average nothing is lost:
#
# $$\mathbb{E}_i\bigl[\nabla l_i(\theta)\bigr] = \frac1N \sum_{i=1}^{N} \nabla l_i(\theta) = \nabla V(\theta) . \tag{1.17}$$
#
# The left side is an average over draws, the right side is the gradient of the average. We take all draws, so there is no chance in the check.

# %%
rng = np.random.default_rng(7)
A, y, theta = rng.normal(size=(50, 3)), rng.normal(size=50), rng.normal(size=3)
each = np.array([2 * (a @ theta - target) * a for a, target in zip(A, y, strict=True)])
claim("1.17", each.mean(0), 2 / 50 * A.T @ (A @ theta - y))

# %% [markdown]
# Nobody differentiates large models by hand. *Automatic differentiation* applies the chain rule to the program. To check it, use something that does not know the chain rule.
# Differences $(f(\theta+\varepsilon) - f(\theta-\varepsilon))/2\varepsilon$ lose digits, since nearly equal numbers are subtracted.
# A step in the imaginary direction subtracts nothing. From the Taylor series $f(\theta + i\varepsilon) = f(\theta) + i\varepsilon f'(\theta) - \dots$, for analytic $f$,
#
# $$f'(\theta) = \frac{\operatorname{Im} f(\theta + i\varepsilon)}{\varepsilon} + O(\varepsilon^2) . \tag{1.18}$$

# %%
show(complex_step)


def V(w):  # it starts from 0.0 * w, a zero of the kind of w: real, complex or a tensor
    return ((unroll(tanh_unit, 0.0 * w, us, w)[-1] - 0.5) ** 2).sum()


w = torch.tensor(0.7, dtype=torch.float64, requires_grad=True)
V(w).backward()
claim("1.18", complex_step(V, 0.7), w.grad)
difference = abs(finite_differences(V, 0.7) - w.grad.item()) / abs(w.grad.item())
print("finite differences agree to six digits:", bool(difference < 1e-6))

# %% [markdown]
# **Predict first.** One tanh unit is pushed up, later down, and later a little up again. At $w = 2$ it holds its state against the push down.
# The curve is the cost of every other weight, compared with that unit's answers. From $w = 1.6$ descent moves towards $2$. Where will it end from $0.3$?
# Write it down and move the start there; then to $1.42$, with learning rates from $0.1$ to $4$.

# %%
guess = predict("descent from w = 0.3 ends at which w?", guess=..., marks="x")
live(
    descend,
    figures.descent,
    figures.descent_words,
    guess=guess,
    start=slider(-0.8, 3.2, 1.6, step=0.02, label="start w"),
    lr=log_slider(0.1, 4.0, 0.5, label="learning rate μ"),
)

# %% [markdown]
# <details><summary>After you have moved it</summary>
#
# From $0.3$ descent rolls into the valley at $0.94$ and stays there, at a cost of $0.84$. Nothing is wrong with the gradient: it is a local minimum.
# Left of the wall the unit's memory is flipped by the push down; right of it the unit holds, as the data does. Between the two kinds of behaviour the cost has to climb.
# From $1.6$ it is at $1.94$ after 40 steps, on its way to $2.00$. From $1.42$, on the wall, the gradient is so steep that a single step can throw the weight out of the picture.
# Lecture 05 is about that wall.
# </details>
#
# The cost of a model that is linear in its parameters is a bowl. With feedback and a nonlinearity it has valleys and walls. The count is the figure's key number:

# %%
result = descend(start=0.3, lr=0.5)
print("local minima:", len(result.minima), "at w =", result.ws[result.minima].round(2))

# %% [markdown]
# <details><summary>Check yourself: would a smaller learning rate, more steps or more data of the same kind get descent from 0.3 to 2.0?</summary>
#
# No, none of them. All three leave the valley where it is. Another start does, and so does another cost: lecture 11 cuts the sequence into short pieces, and the wall goes away.
# </details>

# %% [markdown]
# ## Further: recurrence came back
#
# <details><summary>Why this lecture's linear unit is at the heart of models from 2021 on (not examined)</summary>
#
# A tanh network must be stepped one by one. A *linear* recurrence need not be, and this is why it came back.
# By (1.1) it is a convolution with $w^{n}$, which a fast Fourier transform computes for all $t$ at once.
# And two steps $(w_1, x_1)$, $(w_2, x_2)$ combine into one, $(w_2 w_1,\; w_2 x_1 + x_2)$; that rule is associative,
# so $T$ steps take $\log_2 T$ rounds on a parallel machine (Blelloch 1990; Martin and Cundy 2018).
# State-space models (S4, Gu et al. 2021) are many such units side by side, with complex weights just inside the unit circle: by (1.3), long memories.
# Mamba (Gu and Dao 2023) and minGRU (Feng et al. 2024) let the input choose $w_t$ at each step, which still combines by the same rule.
# The nonlinearity moves out of the recurrence, between layers. Lecture 19 will build them; after this one you know their core.
# </details>

# %% [markdown]
# ## What to remember
#
# | | |
# |---|---|
# | state of a linear unit | the input, convolved with $w^n$ |
# | memory down to a fraction ε | $\ln\varepsilon/\ln\lvert w\rvert$ steps |
# | gradient through time | the same $w^n$, walked backwards |
# | gradient of the weight | $\sum_t \partial L/\partial h_t \cdot h_{t-1}$: the state *before*; with tanh, times $1-h_t^2$ |
# | tanh | each factor $w(1-h_t^2)$, never above $\lvert w\rvert$ |
# | $N$ linear units | $N$ eigenvalues, each a unit of its own, where their directions span the space |
# | learning rate on a quadratic | $0 < \mu < 2/\lambda_{\max}$ |
# | feedback and nonlinearity | a cost with several valleys |
#
# ## Where each seed stands
#
# | seed | writes | ours |
# |---|---|---|
# | S0 (Ribeiro) | $V(\theta) = \sum_k l(y_k, \hat y_k(\theta))$, step $\mu$ | the average; the same minimum, a gradient $T$ times smaller |
# | S1 (Mohajerin) | $x(k) = f(A x(k-1) + B u(k) + b)$ | $h$, $x$ for his $x$, $u$; $W$, $U$ for $A$, $B$ |
# | S2 (Nonlinear Sequence Processing) | $a(t) = iw\,p(t) + lw\,a(t-1)$ | $h$, $x$ for $a$, $p$; $w$ for $lw$, and $iw = 1$ |
# | S3 (Zhang) | $h_t = \tanh(U x_t + b + W h_{t-1})$ | the same letters |
# | S4 (TU Berlin) | $r_t = W^{\rm in} x_t + W^{\rm rec}\sigma(r_{t-1})$ | squashed before the weight, not after; lecture 02 translates |
#
# They agree on everything in this lecture. S0's sum and our average differ by the factor $T$, and so do the learning rates that go with them.
#
# ## Replications

# %%
source = "S2, Nonlinear Sequence Processing"
published("impulse response, step 10", 0.5**9, source, impulse_response(0.5, 10)[9], (0.5**9, 0.5**9))
published("gradient at t = 1 of 10", 0.5**9, source, memory(0.5, T=10).gradients[0], (0.5**9, 0.5**9))
published("14th Fibonacci number", 377, "S0, Ribeiro 2020", fibonacci(14)[0][13, 0], (377, 377))

# %% [markdown]
# ## Exercises
#
# [Exercise 01](../exercises/01_impulse_response.ipynb): other wirings and other losses, on the same two roads. 20 points.
#
# ## References
#
# - G. E. Blelloch (1990), *Prefix sums and their applications*, CMU-CS-90-190.
# - A. H. Ribeiro (2020), *Learning nonlinear differentiable models for signals and systems*, UFMG. Its shooting methods: [arXiv:1905.00820](https://arxiv.org/abs/1905.00820).
# - G. U. Yule (1927), On a method of investigating periodicities in disturbed series, [doi:10.1098/rsta.1927.0007](https://doi.org/10.1098/rsta.1927.0007): the first autoregression.
# - H. Robbins and S. Monro (1951), A stochastic approximation method, [doi:10.1214/aoms/1177729586](https://doi.org/10.1214/aoms/1177729586).
# - Y. Bengio, P. Simard and P. Frasconi (1994), Learning long-term dependencies with gradient descent is difficult, [doi:10.1109/72.279181](https://doi.org/10.1109/72.279181).
# - W. Squire and G. Trapp (1998), Using complex variables to estimate derivatives of real functions, [doi:10.1137/S003614459631241X](https://doi.org/10.1137/S003614459631241X).
# - R. Pascanu, T. Mikolov and Y. Bengio (2013), On the difficulty of training recurrent neural networks, [arXiv:1211.5063](https://arxiv.org/abs/1211.5063).
# - E. Martin and C. Cundy (2018), Parallelizing linear recurrent neural nets over sequence length, [arXiv:1709.04057](https://arxiv.org/abs/1709.04057).
# - A. Gu, K. Goel and C. Ré (2021), Efficiently modeling long sequences with structured state spaces, [arXiv:2111.00396](https://arxiv.org/abs/2111.00396).
# - A. Gu and T. Dao (2023), Mamba, [arXiv:2312.00752](https://arxiv.org/abs/2312.00752). L. Feng et al. (2024), Were RNNs all we needed?, [arXiv:2410.01201](https://arxiv.org/abs/2410.01201).
