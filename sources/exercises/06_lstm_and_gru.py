# %% [markdown]
# # Exercise 06 · LSTM and GRU
#
# *Gates in other places, and what they are good for.*
#
# **Time** 79 minutes. **Points** 20. **You need** lecture 06, sections 1 to 6; NumPy; paper for one derivation.
#
# The cells of this exercise are not the lecture's: blocks are stacked in other orders, and gates look elsewhere. Read each convention twice before you write.
# Write by hand; the package's own steps are for comparing afterwards. Each question stands alone.
# Questions 6.3 and 6.6 have numbers of your own, drawn from your id, so write it in the next cell.

# %%
import numpy as np

from rnnlab.figures import exercise_06 as figures
from rnnlab.questions import check, numbers

student_id = "ada"  # your own id here


def sigma(a):
    return 0.5 * (1 + np.tanh(0.5 * a))


# %% [markdown]
# {{ card 6.1 }}
#
# An LSTM with two gates instead of three. What the forget gate does not keep is written: $i = 1 - f$. Forget and output gate have peepholes.
# The blocks of $W$ (3N, N), $U$ (3N, D) and $b$ (3N,) stand in the order **f, o, g**. $P$ has shape (2, N): row 0 is the forget gate's peephole, which looks at $c_{t-1}$, row 1 the output gate's, which looks at $c_t$.
# The state is the pair $(h, c)$, as in the lecture. Everything else is as in the lecture.


# %%
def coupled_step(s, x, W, U, b, P):
    """One step. s (2, N) = (h, c), x (D,), W (3N, N), U (3N, D), b (3N,), P (2, N) -> (2, N)."""
    ### BEGIN SOLUTION
    h, c = s
    a_f, a_o, a_g = np.split(W @ h + U @ x + b, 3)
    f = sigma(a_f + P[0] * c)
    c = f * c + (1 - f) * np.tanh(a_g)
    o = sigma(a_o + P[1] * c)  # this gate sees the new cell
    return np.stack([o * np.tanh(c), c])
    ### END SOLUTION


# %%
check("6.1", coupled_step)

# %% [markdown]
# {{ card 6.2 }}
#
# A GRU with this convention. Blocks in the order **z, n, r**. An *open* update gate takes the *new*: $h_t = (1 - z) \odot h_{t-1} + z \odot n$.
# The reset gate weighs the past *after* its product with $W_n$, together with a bias $d$ (N,) of its own; what the input brings is not reset.


# %%
def mixed_step(h, x, W, U, b, d):
    """One step. h (N,), x (D,), W (3N, N), U (3N, D), b (3N,), d (N,) -> (N,)."""
    ### BEGIN SOLUTION
    z_h, n_h, r_h = np.split(W @ h, 3)
    z_x, n_x, r_x = np.split(U @ x + b, 3)
    z, r = sigma(z_h + z_x), sigma(r_h + r_x)
    n = np.tanh(n_x + r * (n_h + d))
    return (1 - z) * h + z * n
    ### END SOLUTION


# %%
check("6.2", mixed_step)

# %% [markdown]
# {{ card 6.3 }}
#
# One LSTM cell, as in the live figure of section 3. Its forget gate is held by a constant, $f = \sigma(b_f)$. Its input gate hears a constant and the mark: $\sigma(b_i)$ without a mark, $\sigma(b_i + m)$ with one. Candidates lie between $-1$ and $1$.
#
# - Of what was written, the share $p$ shall be left after 1,000 more steps.
# - What unmarked values leave behind shall never add up to more than $e$, even if the candidate is $1$ at every step for ever. Use up all of $e$.
# - At a mark the input gate shall be open by $0.99$.
#
# $p$ and $e$ are yours. Assign to `latch` the three numbers **$b_f$, $b_i$, $m$**, to four digits.

# %%
p, e = numbers("6.3", student_id)
print(f"p = {p} left after 1,000 steps, at most e = {e} from all that is unmarked")

# %%
### BEGIN SOLUTION
f = p ** (1 / 1000)
i = e * (1 - f)  # i + i f + i f² + … = i / (1 − f) = e
b_f, b_i = np.log(f / (1 - f)), np.log(i / (1 - i))
latch = (b_f, b_i, np.log(0.99 / 0.01) - b_i)
### END SOLUTION

# %%
figures.latched(latch, p, e)

# %% [markdown]
# This is your cell. At step 1 a value comes with a mark; from then on the worst candidates come without one. Does the blue line end where it should?

# %%
check("6.3", latch, student=student_id)

# %% [markdown]
# {{ card 6.4 }}
#
# A colleague has trained a GRU whose blocks stand in the order **n, z, r** and whose open $z$ *takes the new*. Your code wants the order **r, z, n** and an open $z$ that *keeps the old*. Both reset before the product.
# Return the converted weights as one matrix with $W$, $U$ and $b$ side by side, of shape (3N, N + D + 1).


# %%
def convert(W, U, b):
    """The same network for the other convention. W (3N, N), U (3N, D), b (3N,) -> (3N, N + D + 1)."""
    ### BEGIN SOLUTION
    n, z, r = np.split(np.column_stack([W, U, b]), 3)
    return np.concatenate([r, -z, n])  # sigma(-a) = 1 - sigma(a)
    ### END SOLUTION


# %%
check("6.4", convert)

# %% [markdown]
# {{ card 6.5 }}
#
# The gates of this cell hear the input alone, except that the output gate has a peephole: $o_t = \sigma(a_t + p \odot c_t)$, where $a_t$ comes from the input. As always $c_t = f_t \odot c_{t-1} + i_t \odot g_t$ and $h_t = o_t \odot \tanh(c_t)$.
# The forward pass is done: `fs`, `os`, `cs` hold $f_t$, $o_t$, $c_t$, and `explicit` holds $\partial^{e} L/\partial h_t$, all (T, N). On which paths does $c_t$ reach the loss? Derive all $\partial L/\partial c_t$ and write them, (T, N), that by $c_1$ first.


# %%
def carousel_gradient(fs, os, cs, p, explicit):
    """dL/dc_t for t = 1 ... T. fs, os, cs, explicit (T, N), p (N,) -> (T, N)."""
    ### BEGIN SOLUTION
    shown = np.tanh(cs)
    direct = (os * (1 - shown**2) + shown * os * (1 - os) * p) * explicit  # by tanh, and by the gate
    dcs = direct.copy()
    for t in range(len(cs) - 2, -1, -1):
        dcs[t] += fs[t + 1] * dcs[t + 1]
    return dcs
    ### END SOLUTION


# %%
check("6.5", carousel_gradient)

# %% [markdown]
# {{ card 6.6 }}
#
# Three cells, A, B and C, drawn for you alone. Each was built to do this: at step 5 the input gate opens and the value $1.5$ is written, by way of the candidate $\tanh 1.5$; it is kept until step 25, where the forget gate shuts for one step; the output gate is open all the time.
# Each has one slip, or none:
#
# | slip | the cell |
# |---|---|
# | `"order"` | reads its blocks as i, f, o, g instead of i, f, g, o |
# | `"exchanged"` | takes the forget gate's weights for the input gate, and the other way round |
# | `"h for c"` | keeps $f \odot h_{t-1}$ instead of $f \odot c_{t-1}$ |
# | `"no tanh"` | shows $o \odot c$ |
# | `"never forgets"` | has no forget gate |
# | `"none"` | is right |
#
# You see what they show. The dotted lines are steps 5 and 25. Assign the three to `slips`, that of A first.

# %%
cases = numbers("6.6", student_id)
figures.three_cells(*cases)

# %%
for name, case in zip("ABC", cases, strict=True):
    h = figures.shows(case)
    print(name, ", ".join(f"step {t}: {h[t - 1]:.3f}" for t in (5, 6, 15, 24, 26)))

# %%
### BEGIN SOLUTION
slips = ("no tanh", "order", "exchanged")  # ada's: too high; another height at step 5; gone at once
### END SOLUTION

# %%
check("6.6", slips, student=student_id)

# %% [markdown]
# **What to take along.** A gated cell is a handful of conventions: the order of blocks, which way a gate opens, what a window shows, where the reset stands. Each of them is one line of code, and each of them wrong still runs.
# The tests that tell are the extreme ones: force a gate, write one value, wait.
