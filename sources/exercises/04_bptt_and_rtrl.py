# %% [markdown]
# # Exercise 04 · BPTT and RTRL
#
# *Both gradients again, for a network that hears its own output.*
#
# **Time** 73 minutes. **Points** 20. **You need** lecture 04, sections 1 to 6; NumPy; paper for the derivations.
#
# The network of this exercise is not the lecture's. It hears its state before, and also what it said before:
#
# $$h_t = \tanh(W h_{t-1} + F o_{t-1} + U x_t + b) , \qquad o_t = V h_t , \qquad L = \tfrac12 \sum_{t=1}^{T} \lVert o_t - y_t \rVert^2 .$$
#
# There are $N$ units, $K$ outputs and $D$ inputs; $W$ is $(N, N)$, $F$ is $(N, K)$ and $V$ is $(K, N)$. It starts from a state $h_0$ that is not zero, and $o_0 = V h_0$.
# States are an array `hs` of shape `(T, N)` whose first row is $h_1$, and targets an array `ys` of shape `(T, K)`.
#
# Derive on paper and write by hand: automatic differentiation and the package's own gradients are for checking afterwards.
# Each question stands alone. Questions 4.4 and 4.5 have numbers of your own, drawn from your id, so write it in the next cell.

# %%
import numpy as np

from rnnlab.figures import exercise_04 as figures
from rnnlab.questions import check, numbers

student_id = "ada"  # your own id here

# %% [markdown]
# {{ card 4.1 }}
#
# Nudge $h_t$. What moves at once, and on which two paths does it reach $h_{t+1}$? Derive the total derivative $\partial L/\partial h_t$ for all $t$, then write it.
# The forward pass is done: `hs` holds its states. Return the derivatives, `(T, N)`, with $\partial L/\partial h_1$ first.


# %%
def adjoints(hs, ys, W, F, V):
    """dL/dh_t for t = 1 ... T. hs (T, N), ys (T, K), W (N, N), F (N, K), V (K, N) -> (T, N)."""
    ### BEGIN SOLUTION
    da, dhs = np.zeros(len(W)), []
    for h, y in zip(hs[::-1], ys[::-1], strict=True):
        do = V @ h - y + F.T @ da  # this output: judged now, heard at the next step
        dh = V.T @ do + W.T @ da  # this state: said now, heard at the next step
        da = (1 - h**2) * dh
        dhs.append(dh)
    return np.array(dhs[::-1])
    ### END SOLUTION


# %%
rng = np.random.default_rng(0)
W, F, V = rng.normal(size=(3, 3)), rng.normal(size=(3, 2)), rng.normal(size=(2, 3))
figures.blame(adjoints(rng.uniform(-0.9, 0.9, (20, 3)), rng.normal(size=(20, 2)), W, F, V))

# %% [markdown]
# These are the sizes of your derivatives over twenty steps. Which step has the fewest losses after it, and is that what you see at the right end?

# %%
check("4.1", adjoints)

# %% [markdown]
# {{ card 4.2 }}
#
# Now let somebody else have finished the derivatives: `dhs`, `(T, N)`, holds every $\partial L/\partial h_t$. What is the gradient of the feedback weights, $dL/dF$?
# Ask of each step with what $F$ was multiplied there. `h0` has shape `(N,)`; return an array of shape `(N, K)`.


# %%
def feedback_gradient(h0, hs, V, dhs):
    """dL/dF from dL/dh_t. h0 (N,), hs (T, N), V (K, N), dhs (T, N) -> (N, K)."""
    ### BEGIN SOLUTION
    das = (1 - hs**2) * dhs  # by the sum inside tanh
    heard = np.vstack([h0, hs[:-1]]) @ V.T  # what was said one step before
    return das.T @ heard
    ### END SOLUTION


# %%
check("4.2", feedback_gradient)

# %% [markdown]
# {{ card 4.3 }}
#
# The other way. Let $s = \partial h_{t-1}/\partial F_{ij}$ be known. The new state depends on $F_{ij}$ by this step's use, and through everything that it hears.
# Derive $\partial h_t/\partial F_{ij}$ and write that one step. Besides $s$ it gets $h_{t-1}$ as `h_before` and $h_t$ as `h`, the matrices, and $i$ and $j$, counted from 0. Return an array of shape `(N,)`.


# %%
def sensitivity_step(s, h_before, h, W, F, V, i, j):
    """dh_t/dF_ij from s = dh_{t-1}/dF_ij. All vectors (N,)."""
    ### BEGIN SOLUTION
    da = W @ s + F @ (V @ s)  # earlier uses, on both paths
    da[i] += (V @ h_before)[j]  # this use
    return (1 - h**2) * da
    ### END SOLUTION


# %%
check("4.3", sensitivity_step)

# %% [markdown]
# {{ card 4.4 }}
#
# Back to the lecture's own network, without $F$ and $V$: $N$ units with a bias, $D$ inputs, $T$ steps, all of them yours. There is room for $M$ numbers, and one of the two algorithms does not fit.
# Count as section 6 of the lecture does. Assign to `budget` three whole numbers: **how many numbers BPTT keeps, how many RTRL keeps,
# and how many multiplications the one that fits needs** for the whole sequence, after the forward pass.

# %%
N, D, T, M = numbers("4.4", student_id)
print(f"N = {N} units, D = {D} inputs, T = {T} steps, room for M = {M} numbers")

# %%
### BEGIN SOLUTION
budget = (
    T * (N + D),  # every state and every input
    N**2 * (N + D + 1),  # one influence matrix
    T * (2 * N**2 + N * D) if T * (N + D) <= M else T * (N**3 + N**2) * (N + D + 1),
)
### END SOLUTION

# %%
check("4.4", budget, student=student_id)

# %% [markdown]
# {{ card 4.5 }}
#
# Three programs, A, B and C, drawn for you alone, compute $dL/dW$ for the lecture's network. Each has one slip:
#
# | slip | the program |
# |---|---|
# | `"transpose"` | goes back through $W$ instead of $W^{\top}$ |
# | `"last use"` | adds the last step's share and no other |
# | `"slope"` | has $1 - a_t^2$ where $1 - h_t^2$ belongs |
# | `"shift"` | pairs $\partial L/\partial a_t$ with $h_t$ instead of $h_{t-1}$ |
# | `"losses"` | walks back from the last loss and forgets the losses on the way |
# | `"mean"` | divides by $T$ |
#
# You cannot see them. You can see how far off each is in four trials, as $\lvert \text{wrong} - \text{right} \rvert / \lvert \text{right} \rvert$:
# a sequence of one step; a loss at the end only; a symmetric $W$; states so small that tanh is a straight line.
# The fifth line is the direction on an ordinary sequence: $1 - \cos$ of the angle to the right gradient. Circles are right, crosses are wrong.
# Assign the three slips to `slips`, that of A first.

# %%
cases = numbers("4.5", student_id)
figures.three_programs(*cases)

# %%
for name, case in zip("ABC", cases, strict=True):
    errors = figures.symptoms(case).round(3)
    print(name, ", ".join(f"{trial} {e}" for trial, e in zip(figures.TRIALS, errors, strict=True)))

# %%
### BEGIN SOLUTION
slips = ("last use", "losses", "shift")  # ada's: short even with one loss, right with one loss, wrong at once
### END SOLUTION

# %%
check("4.5", slips, student=student_id)

# %% [markdown]
# **What to take along.** A second feedback path is a second arrow, forward and backward. Adjoints go back through transposes, sensitivities go forward without.
# A weight's partner is what it was multiplied with, at the time. And a good test is one that each slip fails.
