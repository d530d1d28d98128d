# %% [markdown]
# # Exercise 10 · NARX and parallel training
#
# *Other lags, other models, and which training an experiment asks for.*
#
# **Time** 86 minutes. **Points** 20. **You need** lecture 10, sections 1 to 4; loops and NumPy; paper for the derivations.
#
# Each question stands alone: leave one, and the others still count. `check` looks at an answer as often as you like and says what it sees;
# it sends nothing anywhere, and keeps only your best marks, in a file of yours. Questions 10.5 to 10.7 are drawn from your id, so write it in the next cell.
#
# Throughout, a record is two arrays `us` and `ys` of shape `(T,)`, with an entry a step.

# %%
import numpy as np

from rnnlab.figures import exercise_10 as figures
from rnnlab.questions import check, numbers

student_id = "ada"  # your own id here

# %% [markdown]
# {{ card 10.1 }}
#
# Some authors let the input of the same step be felt, and put inputs first. With $d_x$ and $d_y$ the *oldest* lags,
#
# $$\hat y_t = F(u_t, u_{t-1}, \dots, u_{t-d_x},\; y_{t-1}, \dots, y_{t-d_y}) .$$
#
# Build its regressors: a row for each $t$ whose whole past is in the record, in the order of the equation. `d_x` is a whole number from 0 on, `d_y` from 1 on.


# %%
def rows(us, ys, d_x, d_y):
    """(u_t ... u_{t-d_x}, y_{t-1} ... y_{t-d_y}), a row a t. us, ys (T,) -> (T - max(d_x, d_y), d_x + 1 + d_y)."""
    ### BEGIN SOLUTION
    n, T = max(d_x, d_y), len(ys)
    inputs = [us[n - k : T - k] for k in range(d_x + 1)]
    outputs = [ys[n - k : T - k] for k in range(1, d_y + 1)]
    return np.stack(inputs + outputs, axis=1)
    ### END SOLUTION


# %%
check("10.1", rows)

# %% [markdown]
# {{ card 10.2 }}
#
# A model is given, with two output lags and their product:
#
# $$\hat y_t = \theta_1\, \hat y_{t-1} + \theta_2\, \hat y_{t-2} + \theta_3\, u_{t-1} + \theta_4\, \hat y_{t-1}\, \hat y_{t-2} .$$
#
# Run it freely. `theta` holds the four numbers; of `ys` only the first two outputs may matter, as the memory it starts from. Return the predictions of all later outputs, `(T - 2,)`.


# %%
def alone(us, ys, theta):
    """The free run from the first two outputs. us, ys (T,), theta (4,) -> (T - 2,)."""
    ### BEGIN SOLUTION
    older, newer = ys[0], ys[1]
    said = []
    for u in us[1:-1]:  # u_{t-1}, for each t that is predicted
        y = theta[0] * newer + theta[1] * older + theta[2] * u + theta[3] * newer * older
        older, newer = newer, y
        said.append(y)
    return np.array(said)
    ### END SOLUTION


# %%
u_seen = np.sin(0.4 * np.arange(40))
y_seen = 1.5 * np.sin(0.4 * np.arange(40) - 1.0)
figures.left_alone(alone(u_seen, y_seen, np.array([0.6, -0.3, 0.9, 0.1])), u_seen, y_seen)

# %% [markdown]
# This is your run on a record of another machine, so it need not fit. Change one point in the middle of `y_seen`: does your curve move? Should it?

# %%
check("10.2", alone)

# %% [markdown]
# {{ card 10.3 }}
#
# A model was trained on scaled outputs, $x_t = (y_t - c)/b$, where $c$ is the mean of the training outputs `ys_train` and $b$ their standard deviation (NumPy's `std`). In those units it says
#
# $$\hat x_t = \theta_1\, x_{t-1} + \theta_2\, u_{t-1} ;$$
#
# its inputs are not scaled. You get a test record `us`, `ys` in the units of the machine.
# Report two mean squared errors *in the units of the machine*: one step ahead, and in a free run that starts from the first test output.
# Both are means over the outputs that are predicted, which are all but the first.


# %%
def scores(ys_train, us, ys, theta):
    """Mean squared errors, one step ahead and free run. ys_train (N,), us, ys (T,), theta (2,) -> (2,)."""
    ### BEGIN SOLUTION
    centre, width = ys_train.mean(), ys_train.std()
    xs = (ys - centre) / width
    ahead = theta[0] * xs[:-1] + theta[1] * us[:-1]
    free = [xs[0]]
    for u in us[:-1]:
        free.append(theta[0] * free[-1] + theta[1] * u)
    errors = [xs[1:] - ahead, xs[1:] - np.array(free[1:])]
    return np.array([width**2 * (e**2).mean() for e in errors])
    ### END SOLUTION


# %%
check("10.3", scores)

# %% [markdown]
# {{ card 10.4 }}
#
# The model hears its last two outputs through a tanh,
#
# $$\hat y_t = \tanh(\theta_1\, \hat y_{t-1} + \theta_2\, \hat y_{t-2} + \theta_3\, u_{t-1}) , \qquad t = 3, \dots, T ,$$
#
# started from the two measured outputs, which do not depend on $\theta$. The cost is that of parallel training,
#
# $$V = \frac{1}{T-2} \sum_{t=3}^{T} (y_t - \hat y_t)^2 .$$
#
# Derive $s_t = d\hat y_t / d\theta$ from $s_{t-1}$ and $s_{t-2}$ on paper; the slope of the tanh multiplies *all* of it. Then write the gradient $dV/d\theta$, forward in time and by hand.


# %%
def returning(us, ys, theta):
    """dV/dtheta of the free run's cost. us, ys (T,), theta (3,) -> (3,)."""
    ### BEGIN SOLUTION
    y1, y2, s1, s2 = ys[1], ys[0], np.zeros(3), np.zeros(3)
    gradient = np.zeros(3)
    for u, measured in zip(us[1:-1], ys[2:], strict=True):
        y = np.tanh(theta @ np.array([y1, y2, u]))
        s = (1 - y**2) * (np.array([y1, y2, u]) + theta[0] * s1 + theta[1] * s2)
        gradient += -2 * (measured - y) * s
        y1, y2, s1, s2 = y, y1, s, s1
    return gradient / (len(ys) - 2)
    ### END SOLUTION


# %%
check("10.4", returning)

# %% [markdown]
# {{ card 10.5 }}
#
# The machine is $y^*_t = a\, y^*_{t-1} + u_{t-1} + v_t$, measured as $y_t = y^*_t + w_t$. Inputs and both noises are white and independent; the inputs have variance one, the noises the *standard deviations*
# $\sigma_v$ and $\sigma_w$. The weight of the input is known to be one, and series-parallel training estimates $a$ from a very long record.
# **To which value does the estimate tend?** Follow the lecture from (10.11) to (10.12), and ask at each step what the second noise changes. Assign the number to `limit`.

# %%
a, sigma_v, sigma_w = numbers("10.5", student_id)
print(f"a = {a}, sigma_v = {sigma_v}, sigma_w = {sigma_w}")

# %%
### BEGIN SOLUTION
variance = (1 + sigma_v**2) / (1 - a**2)  # of the state; v moves it as the input does
limit = a * variance / (variance + sigma_w**2)
### END SOLUTION

# %%
check("10.5", limit, student=student_id)

# %% [markdown]
# {{ card 10.6 }}
#
# Three records of the machine of question 10.5, with $a = 0.8$ known. Each has another noise, drawn for you:
#
# | noise | the record |
# |---|---|
# | `"equation"` | white $v$, no $w$ |
# | `"output"` | white $w$, no $v$ |
# | `"both"` | both of them, white |
# | `"coloured"` | a slow $v$, its high frequencies taken away; no $w$ |
#
# The figure shows how the residuals of the true model correlate with their own past, one step ahead and in a free run. Assign the three noises to `noises`, that of A first.

# %%
*cases, seed = numbers("10.6", student_id)
figures.three_records(*cases, seed)

# %%
for name, case in zip("ABC", cases, strict=True):
    ahead, free = figures.correlations(*figures.record(case, seed))
    print(f"{name}: at lags 1 to 3, one step {ahead[1:4].round(1) + 0.0}, free {free[1:4].round(1) + 0.0}")

# %%
### BEGIN SOLUTION
noises = ("both", "coloured", "output")
### END SOLUTION

# %%
check("10.6", noises, student=student_id)

# %% [markdown]
# {{ card 10.7 }}
#
# Which training would you choose, `"parallel"` or `"series-parallel"`, and why? Your four experiments are printed below the list.
#
# 1. A mixer is stirred by fresh turbulence at every sample, which changes its state; the sensor is exact. The model shall simulate whole days.
# 2. An insulated oven, a thermocouple with a hissing amplifier. The model shall simulate a night.
# 3. A kiln whose flame drifts slowly, over many samples, and heats more or less than the valve says; the sensor is exact. The model shall simulate a day.
# 4. The oven of 2, but the model's only use is to say what the same noisy thermocouple will show at the next sample, from what it showed so far.
# 5. A machine without any noise worth speaking of, and a model linear in its parameters. It must be refitted a thousand times a second.
# 6. Nothing is known, but two fits were tried: the one-step residuals are white, the free run's have a correlation of 0.7 with their neighbours. The model shall simulate.
# 7. As 6, but the one-step residuals have a correlation of −0.5 with their neighbours, and the free run's are white.
#
# Assign your four words to `choices`, in the order of the numbers printed. For each, say to yourself in one sentence which equation of the lecture is your reason.

# %%
print("your experiments:", *numbers("10.7", student_id))

# %%
### BEGIN SOLUTION
choices = ("series-parallel", "series-parallel", "parallel", "series-parallel")
### END SOLUTION

# %%
check("10.7", choices, student=student_id)

# %% [markdown]
# **What to take along.** The rows decide what a model can know; the mode, what it hears; the noise, what it should be trained on.
# And before all of that: look at the residuals.
