# %% [markdown]
# # Exercise 09 · Truncated BPTT
#
# *A toy with a drift: its gradients, its rates, its noise; where `detach` goes; and what truncation does to an optimum.*
#
# **Time** 80 minutes. **Points** 20. **You need** lecture 09, sections 1 to 6; NumPy, PyTorch; paper for the derivations.
#
# The toy of this exercise is not the lecture's. The push of step $t$ is the parameter times a drift $c_t$:
#
# $$h_0 = x_0 , \qquad h_t = h_{t-1} + c_t\, \theta , \qquad L_t = \operatorname{mean}\,(h_t - \mu)^2 .$$
#
# The mean is over samples of $x_0$. Questions 9.1 to 9.3 and 9.6 are about it. Two of them are S3's own: *what are BPTT and truncated BPTT for this problem*, and *how to choose the learning rate*.
# Each question stands alone. Questions 9.3, 9.6 and 9.7 have numbers of your own, drawn from your id, so write it in the next cell.

# %%
import numpy as np
import torch

from rnnlab.figures import exercise_09 as figures
from rnnlab.questions import check, numbers

student_id = "ada"  # your own id here

# %% [markdown]
# {{ card 9.1 }}
#
# Hold $\theta$ fixed. Write the gradient of each loss $L_t$ when it looks back on the last $p$ uses of $\theta$, the use of its own step included; with $p \ge T$ that is BPTT.
# `x0s` holds the samples of $x_0$, `cs` the drifts, shape `(T,)`. Return $T$ numbers.


# %%
def gradients(x0s, theta, cs, mu, p):
    """The p-truncated gradient of L_1 ... L_T. x0s (B,), cs (T,) -> (T,)."""
    ### BEGIN SOLUTION
    found = []
    for t in range(1, len(cs) + 1):
        h = x0s + theta * cs[:t].sum()
        seen = cs[max(0, t - p) : t].sum()  # how h moves with the uses that are seen
        found.append(2 * (h - mu).mean() * seen)
    return np.array(found)
    ### END SOLUTION


# %%
check("9.1", gradients)

# %% [markdown]
# {{ card 9.2 }}
#
# Now let it run, with one sample $x_0$ and $p = 1$. At each step the state is pushed, the newest loss is judged, and $\theta$ is updated with its truncated gradient; the state goes on as it is.
# Return $\theta$ after each step.


# %%
def online(x0, theta, cs, mu, lr):
    """theta after each of T online updates. x0, theta, mu, lr numbers, cs (T,) -> (T,)."""
    ### BEGIN SOLUTION
    h, thetas = x0, []
    for c in cs:
        h = h + c * theta
        theta = theta - lr * 2 * (h - mu) * c
        thetas.append(theta)
    return np.array(thetas)
    ### END SOLUTION


# %%
drifts = np.tile([1.0, 0.5, 1.5], 100)
figures.own_path(online(0.0, 1.0, drifts, 0.0, 0.02))

# %% [markdown]
# This is your learner over 300 steps, with drifts that repeat. Does it come nearer to the optimum? Is that what (9.11) makes you expect?

# %%
check("9.2", online)

# %% [markdown]
# {{ card 9.3 }}
#
# Let all drifts be equal, $c_t = c$, and take expectations, as the lecture does. **How large may the learning rate be**, so that every smaller one brings $\theta$ nearer to the optimum at each pass of $T$ steps?
# Give it for three learners: BPTT on $\sum_t L_t$; truncated gradients, $p = 1$, added up over a pass with $\theta$ frozen; and truncated gradients, $p = 1$, with an update at each step and the state reset after each pass.
# Assign the three numbers to `rates`, in this order.

# %%
T, c = numbers("9.3", student_id)
print(f"T = {T} steps, drift c = {c}")

# %%
### BEGIN SOLUTION
t = np.arange(1, T + 1)
rates = (
    1 / (c**2 * (t**2).sum()),
    1 / (c**2 * t.sum()),
    (1 - np.cos(np.pi / (T + 1))) / c**2,
)
### END SOLUTION

# %%
check("9.3", rates, student=student_id)

# %% [markdown]
# {{ card 9.4 }}
#
# A unit with two states, a fast one and a slow one, as an LSTM has:
#
# $$h_t = \tanh(w\, h_{t-1} + s_{t-1} + x_t) , \qquad s_t = 0.8\, s_{t-1} + 0.2\, h_t , \qquad \ell_t = \tfrac12 (h_t - y_t)^2 .$$
#
# Train $w$ in blocks of $p$ steps: the loss of a block is the sum of its $\ell_t$; after each block, one step of gradient descent with rate `lr`. Both states are carried from block to block, and no gradient passes from one block to another.
# The length of `xs` is a multiple of $p$. Return $w$ after each block. Use autograd, or derive it by hand.


# %%
def train(w, h, s, xs, ys, p, lr):
    """w after each block. w, h, s, lr numbers; xs, ys (T,); p steps a block -> (T / p,)."""
    ### BEGIN SOLUTION
    xs, ys, h, s, w = (torch.as_tensor(a, dtype=torch.float64) for a in (xs, ys, h, s, w))
    ws = []
    for block_x, block_y in zip(xs.split(p), ys.split(p), strict=True):
        h, s, w, loss = h.detach(), s.detach(), w.detach().requires_grad_(), 0.0
        for x, y in zip(block_x, block_y, strict=True):
            h = torch.tanh(w * h + s + x)
            s, loss = 0.8 * s + 0.2 * h, loss + (h - y) ** 2 / 2
        w = w - lr * torch.autograd.grad(loss, w)[0]
        ws.append(w.item())
    return ws
    ### END SOLUTION


# %%
check("9.4", train)

# %% [markdown]
# {{ card 9.5 }}
#
# One unit, any recurrence. You are given the explicit derivatives $e_t = \partial^{e} L/\partial h_t$, the Jacobians $J_t = \partial^{e} h_{t+1}/\partial h_t$ between neighbours, and the uses $u_t = \partial^{e} h_t/\partial \theta$.
# After step $t$ a cut was drawn with chance $c_t$: `cuts` has a 1 where there is a cut, and a 0 where there is none. Write ARTBP's estimate of $dL/d\theta$, one number.
# `es` and `us` have $T$ entries; `Js`, `cuts` and `cs` have $T - 1$, the first of them between steps 1 and 2.


# %%
def artbp_gradient(es, Js, us, cuts, cs):
    """The estimate for these cuts. es, us (T,); Js, cuts, cs (T - 1,) -> a number."""
    ### BEGIN SOLUTION
    dh, total = es[-1], es[-1] * us[-1]
    for t in range(len(es) - 2, -1, -1):
        crossing = 0.0 if cuts[t] else Js[t] * dh / (1 - cs[t])
        dh = es[t] + crossing
        total = total + dh * us[t]
    return total
    ### END SOLUTION


# %%
check("9.5", artbp_gradient)

# %% [markdown]
# {{ card 9.6 }}
#
# The drift is $c$ at every step again. Each pass draws one $x_0 \sim \mathcal N(\mu, \sigma^2)$ and makes one step with the full gradient of $\sum_t L_t$, at the constant rate $\eta$. After very many passes, **what is the variance of $\theta$** over many such learners?
# Assign it to `variance`.

# %%
T, c, sigma, eta = numbers("9.6", student_id)
print(f"T = {T} steps, drift c = {c}, σ = {sigma}, η = {eta}")

# %%
### BEGIN SOLUTION
S2 = T * (T + 1) * (2 * T + 1) / 6
of_gradient = (c * T * (T + 1) * sigma) ** 2
variance = eta**2 * of_gradient / (1 - (1 - 2 * eta * c**2 * S2) ** 2)
### END SOLUTION

# %%
check("9.6", variance, student=student_id)

# %% [markdown]
# {{ card 9.7 }}
#
# Three systems, drawn for you. Each has two outputs, $o_i = \theta \sum_j g_{ij}$, where $g_{ij}$ is the influence of a use that is $j$ steps old, and the loss $\tfrac12 \sum_i (o_i - y_i)^2$.
# The bars are the influences by age. A truncated gradient sees the two youngest uses only, left of the line: it replaces the *last* factor of $\sum_i (o_i - y_i) \sum_j g_{ij}$ by the sum over $j = 0, 1$. The outputs are made by all uses.
# What becomes of a learner that goes down this truncated gradient in small steps?
#
# | fate | the learner |
# |---|---|
# | `"same"` | arrives at the optimum of the loss, perhaps at another speed |
# | `"moved"` | arrives somewhere else |
# | `"away"` | runs away |
#
# Assign three words to `fates`, that of A first.

# %%
*cases, seed = numbers("9.7", student_id)
figures.three_systems(*cases, seed)

# %%
for name, case in zip("ABC", cases, strict=True):
    g, y = figures.system(case, seed)
    print(f"{name}: g_1 = {g[0].tolist()}, g_2 = {g[1].tolist()}, y = {y.tolist()}")

# %%
### BEGIN SOLUTION
fates = ("away", "same", "moved")  # ada's: by the zero and the slope of each
### END SOLUTION

# %%
check("9.7", fates, student=student_id)

# %% [markdown]
# **What to take along.** A truncated gradient is a sum of fewer terms. Whether that is slower, elsewhere or away depends on which terms are left, and on the state that it meets.
# Cut between blocks, carry every state, and use each gradient once.
