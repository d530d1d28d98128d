# %% [markdown]
# # Exercise 08 · Echo state networks
#
# *Other leaks, honest read-outs, and verdicts from states alone.*
#
# **Time** 81 minutes. **Points** 20. **You need** lecture 08, sections 1 to 6; NumPy and its `linalg`.
#
# Each question stands alone: leave one, and the others still count. `check` looks at an answer as often as you like and says what it sees;
# it sends nothing anywhere, and keeps only your best marks, in a file of yours. Question 8.7 has numbers of your own, drawn from your id, so write it in the next cell.
#
# Throughout, row $t$ of an array holds step $t$; states $h$ have $N$ entries, and before the first step they are zero.

# %%
import numpy as np

from rnnlab.figures import exercise_08 as figures
from rnnlab.questions import check, numbers

student_id = "ada"  # your own id here

# %% [markdown]
# {{ card 8.1 }}
#
# In the lecture all units share one leak. Give neuron $i$ its own, $\alpha_i$, and let the reservoir also hear the output $y$ of the step before:
#
# $$\tilde h_t = \tanh(W h_{t-1} + u\,x_t + f\,y_{t-1}), \qquad h_{t,i} = (1-\alpha_i)\,h_{t-1,i} + \alpha_i\,\tilde h_{t,i}, \qquad h_0 = 0,\ y_0 = 0 .$$
#
# `xs` and `ys` have shape `(T,)`, with $x_1$ and $y_1$ first; `W` is `(N, N)`; `u`, `f` and `alphas` are `(N,)`. Return the states, `(T, N)`.


# %%
def reservoir(xs, ys, W, u, f, alphas):
    """Each neuron with its own leak, and the last output fed back. xs, ys (T,) -> hs (T, N)."""
    ### BEGIN SOLUTION
    h, hs = np.zeros(len(u)), []
    heard = np.concatenate([[0.0], ys[:-1]])  # the output of the step before
    for x, y in zip(xs, heard, strict=True):
        h = (1 - alphas) * h + alphas * np.tanh(W @ h + u * x + f * y)
        hs.append(h)
    return np.array(hs)
    ### END SOLUTION


# %%
alphas, switch = np.array([1.0, 0.3, 0.05]), np.repeat([1.0, 0.0], 30)
hs = reservoir(switch, np.zeros(60), np.zeros((3, 3)), np.ones(3), np.zeros(3), alphas)
figures.states(hs, alphas)

# %% [markdown]
# Three neurons that hear an input which is on for 30 steps and then off, and nothing else. Do the slow ones rise and fall by the same curve?

# %%
check("8.1", reservoir)

# %% [markdown]
# {{ card 8.2 }}
#
# The echoes of a leaky reservoir fade by the eigenvalues of $(1-\alpha) I + \alpha\,s\,W$, where $s$ is the factor by which a random $W$ is scaled.
# Find the $s > 0$ for which this map has the spectral radius `radius`, where $1 - \alpha <$ `radius`. At $\alpha = 1$ that is a division. With a leak it is not:
# each eigenvalue is moved along its own line, and you need the first that reaches the circle. The probes have complex and negative eigenvalues.


# %%
def factor(W, alpha, radius):
    """s > 0 such that the spectral radius of (1 - alpha) I + alpha s W is `radius`. W (N, N) -> a number."""
    ### BEGIN SOLUTION
    lams = np.linalg.eigvals(W)
    a = (alpha * np.abs(lams)) ** 2  # |1 - alpha + alpha s lam|^2 = a s^2 + 2 b s + (1 - alpha)^2
    b = (1 - alpha) * alpha * lams.real
    c = (1 - alpha) ** 2 - radius**2
    return np.min((-b + np.sqrt(b**2 - a * c)) / a)
    ### END SOLUTION


# %%
check("8.2", factor)

# %% [markdown]
# {{ card 8.3 }}
#
# States `hs` `(T, N)` and targets `ys` `(T,)` are for training, states `new_hs` `(T2, N)` are the test. Cut the first `washout` steps of the training data.
# Scale each state to mean zero and standard deviation one, by numbers of what is left, and the new states by the same numbers.
# Fit $\hat y = v \cdot z + c$ by making $\sum_t (\hat y_t - y_t)^2 + \lambda \lVert v \rVert^2$ small. Return the answers for the new states, `(T2,)`.


# %%
def read(hs, ys, new_hs, washout, lam):
    """Ridge answers for new states; nothing is learnt from them. hs (T, N), new_hs (T2, N) -> (T2,)."""
    ### BEGIN SOLUTION
    Z, y = hs[washout:], ys[washout:]
    mean, std = Z.mean(0), Z.std(0)
    Z = (Z - mean) / std
    v = np.linalg.solve(Z.T @ Z + lam * np.eye(Z.shape[1]), Z.T @ (y - y.mean()))
    return (new_hs - mean) / std @ v + y.mean()
    ### END SOLUTION


# %%
check("8.3", read)

# %% [markdown]
# {{ card 8.4 }}
#
# The read-out of this network says the *change* of the signal: after hearing $y_t$,
#
# $$h_t = \tanh(W h_{t-1} + u\,y_t), \qquad \hat y_{t+1} = y_t + v \cdot h_t .$$
#
# It hears the first `known` values of `ys` `(T,)`; after that it runs freely, and wherever the equations say $y_t$ it has only its own answer.
# Return the answers for the values that it did not hear, `(T - known,)`. `W` is `(N, N)`, `u` and `v` are `(N,)`.


# %%
def foretell(ys, known, W, u, v):
    """Answers for ys[known:], from ys[:known] alone. ys (T,) -> (T - known,)."""
    ### BEGIN SOLUTION
    h, said = np.zeros(len(u)), []
    for y in ys[:known]:
        h = np.tanh(W @ h + u * y)
    for _ in ys[known:]:
        y = y + v @ h
        said.append(y)
        h = np.tanh(W @ h + u * y)
    return np.array(said)
    ### END SOLUTION


# %%
wave, e = np.sin(np.arange(80) / 5), 0.01
W, u = np.array([[0.0, 0.0], [1.0, 0.0]]), np.array([e, 0.0])
v = np.array([2 * np.cos(0.2) - 1, -1.0]) / e
figures.forecast(wave, 40, foretell(wave, 40, W, u, v))

# %% [markdown]
# Two units can continue a sine: the first holds a hundredth of this value, the second of the one before, and a sine obeys $y_{t+1} = 2\cos\omega\, y_t - y_{t-1}$.
# Does yours keep swinging? The picture cannot tell whether it hears itself or the truth; the check can.

# %%
check("8.4", foretell)

# %% [markdown]
# {{ card 8.5 }}
#
# `runs` has shape `(S, T, N)`: the states of one network under one input, from `S` different starts. Take at each step the largest Euclidean distance between any two of the runs.
# **From which step on does it stay at or below one hundredth of what it is at step 0, until the end?** Count steps as the array does, from 0, and return $-1$ if there is no such step.
# (A finite record cannot prove the echo state property. It can show that runs have not merged.)


# %%
def merged(runs):
    """First step from which on all runs stay together; -1 if they never do. runs (S, T, N) -> a whole number."""
    ### BEGIN SOLUTION
    apart = np.linalg.norm(runs[:, None] - runs[None], axis=3).max((0, 1))  # (T,)
    late = np.flatnonzero(apart > 0.01 * apart[0])[-1]
    return -1 if late == len(apart) - 1 else late + 1
    ### END SOLUTION


# %%
rng = np.random.default_rng(8)
W = rng.normal(size=(20, 20)) / 20**0.5
runs = np.zeros((4, 60, 20))
runs[:, 0] = rng.uniform(-1, 1, (4, 20))
for t in range(1, 60):
    runs[:, t] = np.tanh(runs[:, t - 1] @ W.T + rng.normal(size=20))
figures.runs(runs, merged(runs))

# %% [markdown]
# Four runs of twenty units at a spectral radius near one, driven by noise. The dashed line is one hundredth of the first distance. Is your dotted line where the curve crosses it for the last time?

# %%
check("8.5", merged)

# %% [markdown]
# {{ card 8.6 }}
#
# `hs` `(T, N)` are the states of a reservoir under the noise `us` `(T,)`, with some measurement noise on them. Use the steps from index `washout` on.
# For each delay $k = 1, \dots,$ `delays` find the least-squares read-out, with a constant, of $u_{t-k}$ from $h_t$ (the delayed input may lie before the washout, and `washout` is never smaller than `delays`).
# Square the correlation between its answers and the truth over the same steps, and return the sum over the delays.


# %%
def capacity(hs, us, washout, delays):
    """Sum of squared correlations over delays 1 ... delays. hs (T, N), us (T,) -> a number."""
    ### BEGIN SOLUTION
    total, A = 0.0, np.column_stack([hs[washout:], np.ones(len(us) - washout)])
    for k in range(1, delays + 1):
        past = us[washout - k : len(us) - k]
        answers = A @ np.linalg.lstsq(A, past, rcond=None)[0]
        total += np.corrcoef(answers, past)[0, 1] ** 2
    return total
    ### END SOLUTION


# %%
check("8.6", capacity)

# %% [markdown]
# {{ card 8.7 }}
#
# Your signal is a wave of period $P$ steps, and what is to be said depends on what happened $m$ steps ago. Two conditions set two knobs.
#
# - A neuron without connections should keep $1/e$ of its state after a quarter of the period.
# - The largest eigenvalue of $W$ is real and positive, $\lambda = \rho$. The echo that belongs to it in the leaky map should be down to a tenth after $m$ steps.
#
# Assign the pair (α, ρ) to `knobs`. The number that defends it: with your pair, compute how much of that echo is left after $m$ steps.

# %%
P, m = numbers("8.7", student_id)
print(f"P = {P}, m = {m}")

# %%
### BEGIN SOLUTION
alpha = 1 - np.exp(-4 / P)
knobs = (alpha, (0.1 ** (1 / m) - (1 - alpha)) / alpha)
### END SOLUTION

# %%
check("8.7", knobs, student=student_id)

# %% [markdown]
# **What to take along.** The leak belongs to the map as much as the matrix does. A read-out is only as honest as the data that was kept from it.
# And a free run hears itself, or it is no forecast.
