# %% [markdown]
# # Exercise 01 · Impulse response
#
# *The lecture's unit again, with other wires, other losses and other conventions.*
#
# **Time** 77 minutes. **Points** 20. **You need** lecture 01, sections 1 to 3 and 7; loops and NumPy; paper for the derivations.
#
# Each question stands alone: leave one, and the others still count. `check` looks at an answer as often as you like and says what it sees;
# it sends nothing anywhere, and keeps only your best marks, in a file of yours. Questions 1.3, 1.5 and 1.6 have numbers of your own, drawn from your id, so write it in the next cell.
#
# Throughout, a sequence $x_1, \dots, x_T$ is an array `xs` of shape `(T,)`, whose entry `xs[0]` is $x_1$. States are stored in the same way:
# `hs[0]` is $h_1$, and what was before the first step is zero.

# %%
import numpy as np

from rnnlab.figures import exercise_01 as figures
from rnnlab.questions import check, numbers

student_id = "ada"  # your own id here

# %% [markdown]
# {{ card 1.1 }}
#
# In the lecture a unit hears itself one step later. Real wires are longer: let its output take $d$ steps to come back, and give the input a weight $u$,
#
# $$h_t = w\,h_{t-d} + u\,x_t , \qquad h_t = 0 \text{ for } t \le 0 .$$
#
# Write the function that steps it. `xs` has shape `(T,)`, `w` and `u` are numbers, `d` is a whole number of at least 1; return the states, `(T,)`.


# %%
def echoes(xs, w, u, d):
    """h_t = w h_{t-d} + u x_t, from silence. xs (T,) -> hs (T,)."""
    ### BEGIN SOLUTION
    hs = np.zeros(len(xs))
    for t in range(len(xs)):
        returning = hs[t - d] if t >= d else 0.0
        hs[t] = w * returning + u * xs[t]
    return hs
    ### END SOLUTION


# %%
figures.response(echoes(np.eye(20)[0], w=0.8, u=1.0, d=3))

# %% [markdown]
# This is your unit's answer to a single one at $t = 1$. At which steps should it be heard, and how high should the second stem be?

# %%
check("1.1", echoes)

# %% [markdown]
# {{ card 1.2 }}
#
# The same slow wire, with $u = 1$: $h_t = w\,h_{t-d} + x_t$. The loss looks at every state,
#
# $$L = \tfrac12 \sum_{t=1}^{T} (h_t - y_t)^2 .$$
#
# Nudge $h_t$ and follow what happens, at once and later. Derive $\partial L / \partial h_t$ for all $t$ as in section 2 of the lecture, then write it.
# The states `hs` and the targets `ys` have shape `(T,)`; return the derivatives, `(T,)`, with $\partial L / \partial h_1$ first.


# %%
def blame(hs, ys, w, d):
    """dL/dh_t for t = 1 ... T, where L = 1/2 sum (h_t - y_t)^2. hs, ys (T,) -> (T,)."""
    ### BEGIN SOLUTION
    dh = hs - ys  # felt at once
    for t in reversed(range(len(hs) - d)):
        dh[t] += w * dh[t + d]  # felt d steps later, by way of the finished derivative there
    return dh
    ### END SOLUTION


# %%
check("1.2", blame)

# %% [markdown]
# {{ card 1.3 }}
#
# An impulse at $t = 1$ enters the unit of question 1.1, with $u = 1$ and with a $w$ and a $d$ of your own. It comes back as echoes.
# **How many steps after the impulse does the first echo arrive that is at most 1 % of the impulse, in size?** Assign a number of steps to `steps`.

# %%
w, d = numbers("1.3", student_id)
print(f"w = {w}, d = {d}")

# %%
### BEGIN SOLUTION
steps = d * int(np.ceil(np.log(0.01) / np.log(abs(w))))  # whole rounds, of d steps each
### END SOLUTION

# %%
check("1.3", steps, student=student_id)

# %% [markdown]
# {{ card 1.4 }}
#
# Some authors squash the state before the weight meets it, and add the input outside:
#
# $$r_t = w \tanh(r_{t-1}) + x_t , \qquad r_0 = 0 .$$
#
# The loss looks at the last state only, $L = \tfrac12 (r_T - y)^2$. Derive $\partial L / \partial r_{t-1}$ from $\partial L / \partial r_t$, then $dL/dw$, on paper;
# begin with $T = 2$ and $T = 3$. Equation (1.6) of the lecture is for a unit without tanh and (1.7) for the other wiring, so neither can be copied.
# Then write it by hand, without automatic differentiation: `xs` of shape `(T,)`, numbers `y` and `w` in, one number out.


# %%
def weight_gradient(xs, y, w):
    """dL/dw for r_t = w tanh(r_{t-1}) + x_t and L = 1/2 (r_T - y)^2. xs (T,) -> a number."""
    ### BEGIN SOLUTION
    rs = [0.0]  # r_0 ... r_T
    for x in xs:
        rs.append(w * np.tanh(rs[-1]) + x)
    dr, dw = rs[-1] - y, 0.0
    for r_prev in reversed(rs[:-1]):
        dw += dr * np.tanh(r_prev)  # this step's use of w
        dr *= w * (1 - np.tanh(r_prev) ** 2)  # one step back
    return dw
    ### END SOLUTION


# %%
check("1.4", weight_gradient)

# %% [markdown]
# {{ card 1.5 }}
#
# Your cost is a bowl in two parameters, with its minimum at $\theta^*$. Mind that there is no factor $\tfrac12$:
#
# $$V(\theta) = (\theta - \theta^*)^{\!\top} A\, (\theta - \theta^*), \qquad A = \begin{pmatrix} a & b \\ b & c \end{pmatrix} .$$
#
# Gradient descent, $\theta_n = \theta_{n-1} - \mu \nabla V(\theta_{n-1})$, shrinks the error $\theta_n - \theta^*$ in each direction by a factor of its own,
# and the slowest direction decides. **Which $\mu$ makes the largest of these factors, in size, as small as possible, and how large is it then?**
# Assign the pair (rate, factor) to `best`. For the second derivatives of $V$ and their eigenvalues NumPy has `np.linalg.eigvalsh`.

# %%
a, b, c = numbers("1.5", student_id)
print(f"a = {a}, b = {b}, c = {c}")

# %%
### BEGIN SOLUTION
curvatures = np.linalg.eigvalsh(2 * np.array([[a, b], [b, c]]))
best = (2 / curvatures.sum(), np.ptp(curvatures) / curvatures.sum())  # where both factors are equal in size
### END SOLUTION

# %%
figures.descent(a, b, c, best)

# %% [markdown]
# Twelve steps with your rate, begun in both directions at once. Does the path jump across the bowl, creep along its floor, or do a little of both?

# %%
check("1.5", best, student=student_id)

# %% [markdown]
# {{ card 1.6 }}
#
# The figure shows $|\partial L / \partial h_t|$ of three units, A, B and C, drawn for you alone. Each has another story:
#
# | cause | the unit |
# |---|---|
# | `"weight"` | linear, with the weight $w$ printed below; the loss looks at the last state |
# | `"saturation"` | the same weight, with tanh around it and a steady input; the loss looks at the last state |
# | `"delay"` | the same weight on a wire that takes several steps; the loss looks at the last state |
# | `"every step"` | linear, the same weight; the loss looks at every state, and finds the same error everywhere |
# | `"explosion"` | linear, with the weight $1/w$; the loss looks at the last state |
#
# The last step is the square; all values are divided by that one. Two causes can look alike until you divide a value by its neighbour
# and compare the ratio with $w$, so the last six values are printed below the figure.
# Assign the three causes to `causes`, that of A first.

# %%
*cases, w = numbers("1.6", student_id)
print(f"w = {w}")
figures.three_gradients(*cases, w)

# %%
for name, case in zip("ABC", cases, strict=True):
    print(name, "ends with", figures.sick_gradient(case, w)[-6:].round(3))

# %%
### BEGIN SOLUTION
causes = ("explosion", "weight", "delay")  # ada's: grows for ever, fades by w a step, comes in steps of four
### END SOLUTION

# %%
check("1.6", causes, student=student_id)

# %% [markdown]
# **What to take along.** A wire's delay spaces the echoes and leaves their heights alone; the way back makes the same leaps as the way out.
# Where the squashing sits decides at which state its slope is taken. And a gradient's picture tells its story, if you read it from the right.
