# %% [markdown]
# # Exercise 05 · Gradient clipping
#
# *Clip, measure, foretell, preserve, diagnose.*
#
# **Time** 75 minutes. **Points** 20. **You need** lecture 05, sections 1 to 6; lecture 04 for the way back; NumPy.
#
# The networks here are wired otherwise than those of the lecture, so derive before you write. The package's own clips and walks are for checking afterwards.
# Each question stands alone. Questions 5.3 and 5.5 have numbers of your own, drawn from your id, so write it in the next cell.

# %%
import numpy as np

from rnnlab.figures import exercise_05 as figures
from rnnlab.questions import check, numbers

student_id = "ada"  # your own id here

# %% [markdown]
# {{ card 5.1 }}
#
# A batch of $B$ sequences gives $B$ gradients by the recurrent weights and $B$ by the bias, `dWs` of shape `(B, N, N)` and `dbs` of shape `(B, N)`.
# One sequence on a cliff should not drown the others. So cut each sequence's gradient, its two tensors together, at the length `longest`. Average over the batch, and take one step of descent with rate `lr`.
# Return the new weights and the new bias side by side: shape `(N, N + 1)`, the bias in the last column.


# %%
def clipped_step(W, b, dWs, dbs, longest, lr):
    """One step of descent. W (N, N), b (N,), dWs (B, N, N), dbs (B, N) -> (N, N + 1)."""
    ### BEGIN SOLUTION
    g = np.concatenate([dWs, dbs[..., None]], axis=-1)  # (B, N, N + 1): one gradient a sequence
    norms = np.linalg.norm(g.reshape(len(g), -1), axis=1)
    shares = np.minimum(1, longest / norms)
    return np.hstack([W, b[:, None]]) - lr * np.mean(shares[:, None, None] * g, axis=0)
    ### END SOLUTION


# %%
check("5.1", clipped_step)

# %% [markdown]
# {{ card 5.2 }}
#
# A leaky network keeps part of its state and mixes in the rest:
#
# $$h_t = (1 - \alpha)\, h_{t-1} + \alpha\, z_t , \qquad z_t = \tanh(W h_{t-1} + U x_t + b) .$$
#
# The loss looks at $h_T$ alone, and $\partial L / \partial h_T$ is given as `dh_last`. The forward pass is done: `zs`, of shape `(T, N)`, holds $z_1 \dots z_T$.
# Derive the Jacobian of a step, and return the lengths $\lVert \partial L / \partial h_t \rVert$ for $t = 1 \dots T$, an array of shape `(T,)`.


# %%
def gradient_lengths(zs, W, alpha, dh_last):
    """The length of dL/dh_t for t = 1 ... T. zs (T, N), W (N, N), dh_last (N,) -> (T,)."""
    ### BEGIN SOLUTION
    dh, lengths = dh_last, [np.linalg.norm(dh_last)]
    for z in zs[:0:-1]:  # z_T ... z_2: each made the state that we come from
        dh = (1 - alpha) * dh + alpha * (W.T @ ((1 - z**2) * dh))
        lengths.append(np.linalg.norm(dh))
    return np.array(lengths[::-1])
    ### END SOLUTION


# %%
rng = np.random.default_rng(0)
W, zs = rng.normal(size=(8, 8)) / 8**0.5, rng.uniform(-0.9, 0.9, (40, 8))
figures.lengths(gradient_lengths(zs, W, 0.1, rng.normal(size=8)))

# %% [markdown]
# Forty steps back with a leak of 0.1. Try 1.0, a network without a leak, and compare how fast the two fade.

# %%
check("5.2", gradient_lengths)

# %% [markdown]
# {{ card 5.3 }}
#
# Three linear networks with two units each, and with numbers of your own:
#
# $$S = Q \begin{pmatrix} p & 0 \\ 0 & q \end{pmatrix} Q^{\top} \text{ with a rotation or reflection } Q , \qquad R = \begin{pmatrix} x & -y \\ y & x \end{pmatrix} , \qquad C = \begin{pmatrix} \lambda & 0 \\ c & \lambda \end{pmatrix} .$$
#
# One of them explodes in the end. Assign to `forecast` three numbers: **the spectral radius of the one that explodes**, to three decimals or more;
# **the number of steps $n \ge 1$ at which $\lVert C^n \rVert$ is largest**; and **the last $n$ at which $\lVert C^n \rVert$ is still above one**. The norm is the largest singular value.

# %%
p, q, x, y, lam, c = numbers("5.3", student_id)
print(f"p = {p}, q = {q}; x = {x}, y = {y}; lambda = {lam}, c = {c}")

# %%
### BEGIN SOLUTION
C = np.array([[lam, 0], [c, lam]])
norms = np.array([np.linalg.norm(np.linalg.matrix_power(C, n), 2) for n in range(1, 200)])
radius = max(abs(p), abs(q), np.hypot(x, y), lam)
forecast = (radius, norms.argmax() + 1, np.flatnonzero(norms > 1)[-1] + 1)
### END SOLUTION

# %%
check("5.3", forecast, student=student_id)

# %% [markdown]
# {{ card 5.4 }}
#
# S4's network squashes before the weights: $r_t = W \tanh(r_{t-1}) + x_t$. Given are its states `rs`, of shape `(T + 1, N)`, with $r_0$ first, and $\partial E/\partial r_T$ as `dr_last`. The loss looks at nothing else. Return
#
# $$\Omega = \sum_{t=1}^{T} \Bigl( \frac{\lVert \partial E/\partial r_{t-1} \rVert}{\lVert \partial E/\partial r_t \rVert} - 1 \Bigr)^{2} .$$


# %%
def omega(rs, W, dr_last):
    """S1's regulariser for r_t = W tanh(r_{t-1}) + x_t. rs (T + 1, N), W (N, N), dr_last (N,) -> a number."""
    ### BEGIN SOLUTION
    dr, total = dr_last, 0.0
    for r in rs[-2::-1]:
        earlier = (1 - np.tanh(r) ** 2) * (W.T @ dr)
        total += (np.linalg.norm(earlier) / np.linalg.norm(dr) - 1) ** 2
        dr = earlier
    return total
    ### END SOLUTION


# %%
check("5.4", omega)

# %% [markdown]
# {{ card 5.5 }}
#
# The one-unit network of the lecture, trained three times: A, B and C, drawn for you alone. Above, the cost. In the middle, the length of the gradient before it is cut, with the threshold dashed, if there is one. Below, how far a nudge of $r_0$ gets.
#
# | word | the training |
# |---|---|
# | `"vanishing"` | has no gradient to go by, and is not done |
# | `"exploding"` | was thrown by one long gradient |
# | `"threshold"` | is cut much too short at every update |
# | `"slow"` | is not cut, and has a learning rate that is much too small |
# | `"uphill"` | steps along the gradient instead of against it |
# | `"healthy"` | is done |
#
# Assign the three words to `diagnoses`, that of A first.

# %%
cases = numbers("5.5", student_id)
figures.three_trainings(*cases)

# %%
for name, case in zip("ABC", cases, strict=True):
    print(f"{name}: {figures.symptoms(case)}")

# %%
### BEGIN SOLUTION
diagnoses = ("healthy", "exploding", "threshold")  # ada's: low and flat; one long gradient; all of them cut
### END SOLUTION

# %%
check("5.5", diagnoses, student=student_id)

# %% [markdown]
# **What to take along.** The length of a gradient is a product of many factors, and each wiring has its own. A spectrum tells where the product ends, singular values how far it may stray before.
# And before a remedy is chosen, one looks at three curves: the cost, the gradient's length before it is cut, and how far back it reaches.
