# %% [markdown]
# # Exercise 02 · Recurrent networks
#
# *Other wirings, a machine that goes several ways, and three networks that have lost something.*
#
# **Time** 71 minutes. **Points** 20. **You need** lecture 02, sections 1 to 3 and 5; loops and NumPy; paper for 2.3.
#
# Each question stands alone: leave one, and the others still count. Questions 2.3 and 2.5 have numbers of your own, drawn from your id,
# so write it in the next cell. Sequences are arrays with a row a step: `xs[0]` is $x_1$.

# %%
import numpy as np

from rnnlab.figures import exercise_02 as figures
from rnnlab.models import unroll
from rnnlab.models.connections import Layer, connection_step, linear
from rnnlab.models.pairs import run_pairs
from rnnlab.questions import check, numbers
from rnnlab.teaching import show

student_id = "ada"  # your own id here

# %% [markdown]
# {{ card 2.1 }}
#
# The lecture's Jordan network hears its last answer. Jordan's own (1986) heard more: it has $K$ *state units* $s$, which take in each answer and let the older ones fade,
#
# $$s_t = \alpha\, s_{t-1} + o_{t-1} , \qquad h_t = \tanh(W s_t + U x_t + b) , \qquad o_t = V h_t + c .$$
#
# Before the first step nothing has been said: $s_1 = 0$. Write the function that runs it over `xs` of shape `(T, D)`.
# `W` is `(N, K)`, `U` `(N, D)`, `V` `(K, N)`, and `alpha` a number from 0 to 1. Return the answers, `(T, K)`.


# %%
def answers(xs, W, U, b, V, c, alpha):
    """o_1 ... o_T of a network whose state units are s_t = alpha s_{t-1} + o_{t-1}. xs (T, D) -> (T, K)."""
    ### BEGIN SOLUTION
    s, os = np.zeros(len(c)), []
    for x in xs:
        o = V @ np.tanh(W @ s + U @ x + b) + c
        os.append(o)
        s = alpha * s + o  # for the next step
    return np.array(os)
    ### END SOLUTION


# %%
one = np.ones((1, 1))
figures.said(answers(np.eye(20)[:, :1], -1.5 * one, one, np.zeros(1), one, np.zeros(1), 0.8))

# %% [markdown]
# One hidden unit, one state unit that is heard with weight $-1.5$, and a push at $t = 1$. Why does it swing from side to side? At which weight would it stop doing so?

# %%
check("2.1", answers)

# %% [markdown]
# {{ card 2.2 }}
#
# Some machines may go *several ways*: in state $q$, reading $s$, the next state is any $r$ with `ways[q, s, r] == 1`. (There may be one, or several.)
# Such a machine need not choose. A network can follow all ways at once: let the unit of the pair $(q, s)$ be on when the machine **may have been in** $q$ and has just read $s$.
#
# Set the weights of this network. It has the lecture's `N = Q * S` units for pairs, the pair $(q, s)$ at index `q * S + s`.
# The function `run_pairs` runs it, and gives the pairs of the start state one vote at the first step, so you need no further unit for the start.

# %%
show(run_pairs)

# %% [markdown]
# `ways` has shape `(Q, S, Q)`, `symbols` `(T,)`. Return what `run_pairs` returns. Any weights that do it are right.


# %%
def reached(ways, start, symbols):
    """Which pairs (state before, symbol read) are possible, after each symbol. -> (T, Q * S), zeros and ones."""
    ### BEGIN SOLUTION
    Q, S, _ = ways.shape
    N = Q * S
    W = np.repeat(
        ways.reshape(N, Q).T, S, axis=0
    )  # the pair (p, r) votes for the pairs of each state it may lead to
    U = N * np.tile(np.eye(S), (Q, 1))  # all votes together are at most N ...
    b = np.full(N, -N - 0.5)  # ... so the symbol is needed, and one vote with it
    return run_pairs(W, U, b, start, symbols)
    ### END SOLUTION


# %%
ways = np.zeros((3, 2, 3))  # is the last symbol but one a 1?
ways[0, 0, 0] = ways[0, 1, 0] = ways[0, 1, 1] = ways[1, 0, 2] = ways[1, 1, 2] = 1
figures.on(reached(ways, 0, np.array([0, 1, 0, 0, 1, 1, 0, 1, 0, 0])))

# %% [markdown]
# This machine waits in state 0; on a 1 it may go to state 1, and from there to 2 whatever comes. When a unit of state 1 is on, what do you know about the string?

# %%
check("2.2", reached)

# %% [markdown]
# {{ card 2.3 }}
#
# Three linear units, each a layer of its own, with the connection matrix
#
# $$\begin{pmatrix} 0 & 0 & p \\ a & 0 & 0 \\ d & c & q \end{pmatrix}$$
#
# read as in (2.12) of the lecture; the input enters unit 1 with weight 1, and unit 3 is the output $y$. From outside nobody can tell it from a single unit
#
# $$y_t = w\,y_{t-1} + u\,x_t .$$
#
# **Which $w$ and which $u$?** Find both as formulas, on paper, then assign the pair $(w, u)$ to `unit`. The figure shows the three units after an impulse.

# %%
a, c, d, p, q = numbers("2.3", student_id)
print(f"a = {a}, c = {c}, d = {d}, p = {p}, q = {q}")

matrix = np.array([[0, 0, p], [a, 0, 0], [d, c, q]])
entry, layers = np.eye(3)[:, :1], (Layer(1, linear),) * 3
zs = unroll(connection_step, np.zeros(3), np.eye(8)[:, :1], matrix, entry, np.zeros(3), layers)
figures.three_units(zs)

# %%
### BEGIN SOLUTION
up = d + a * c  # from unit 1 to unit 3 within the step: directly, and by way of unit 2
unit = (up * p + q, up)  # round the loop: down by p and up again, or by q alone
### END SOLUTION

# %%
check("2.3", unit, student=student_id)

# %% [markdown]
# {{ card 2.4 }}
#
# Write the state of a machine with $Q$ states as a column with a single one. Then reading a symbol is a product with a matrix, and so is reading a whole word.
#
# Return the matrix $M$, `(Q, Q)`, with *(state after the word)* $= M$ *(state before the word)*, for every state before. `table[q, s]` is the state that follows $q$ on $s$;
# `word` holds the symbols, `(T,)`, the first one first.


# %%
def word_matrix(table, word):
    """M with (state after) = M @ (state before), for columns with a single one. table (Q, S) -> (Q, Q)."""
    ### BEGIN SOLUTION
    M = np.eye(len(table))
    for s in word:
        M = np.eye(len(table))[:, table[:, s]] @ M  # column q of the new factor has its one where q goes
    return M
    ### END SOLUTION


# %%
check("2.4", word_matrix)

# %% [markdown]
# {{ card 2.5 }}
#
# Three copies of the parity network have an accident each. They read bits of your own, and the figure shows what they say.
#
# | cause | what happened |
# |---|---|
# | `"no loop"` | $W = 0$ |
# | `"transposed"` | $W$ was stored transposed |
# | `"late"` | each bit reaches the units one step late, and a 0 comes first |
# | `"zeros"` | the units hear $1 - x$ instead of $x$ |
# | `"unit 2 unheard"` | the second column of $W$ is zero |
#
# Step (2.7) by hand for two or three bits with each of them. Assign the three causes to `causes`, that of A first.

# %%
*cases, seed = numbers("2.5", student_id)
figures.three_networks(*cases, seed)

# %%
### BEGIN SOLUTION
causes = ("transposed", "zeros", "late")  # ada's: stuck at one; even and odd changed places; a step behind
### END SOLUTION

# %%
check("2.5", causes, student=student_id)

# %% [markdown]
# **What to take along.** What passes from step to step is what a network remembers, and a drawing of who hears whom says how much that is.
# A threshold network can be a machine, or all the machines at once that a string allows. And a symbol is a matrix: reading is multiplying.
