# %% [markdown]
# # 00 · Start here
#
# *A course on recurrent networks in which every numbered equation is executed.*
#
# A recurrent network is a function that hears its own last answer. From that one loop come memory, rhythm, chaos, and most of what makes such networks hard to train.
# This course takes you from one neuron with one weight to networks that identify systems, model language and act, and it derives everything it uses.
#
# **Afterwards you can**
#
# - derive the gradient of any recurrent network by hand, in two directions, and say what each costs;
# - predict from its weights what a network can remember, and see why its gradient vanishes or explodes;
# - choose between a gated network, a reservoir, a delay line and a state-space model, and defend the choice with a number;
# - identify a dynamical system from data, and know what noise and feedback do to the answer;
# - find the error in a training run from its symptom.
#
# **You need** calculus, linear algebra and some Python with NumPy. PyTorch is explained where it is used.

# %%
from rnnlab.analysis.impulse import memory
from rnnlab.figures import impulse_response as figures
from rnnlab.live import live, slider
from rnnlab.questions import check, progress
from rnnlab.teaching import predict

# %% [markdown]
# ## The map
#
# Each lecture is a notebook of about 45 minutes; each has an exercise of 60 to 90 minutes and 20 points. Later lectures build on 01, 02 and 04; the rest can be taken in almost any order.
#
# {{ map }}
#
# ## Your copy
#
# You are reading your own copy, in the folder `my`. Change anything. It is never overwritten; when the course brings a newer edition of a notebook that you changed, it is put beside yours.
# Run a cell with *Shift + Enter*, and a whole notebook from the menu *Run → Run All Cells*.

# %% [markdown]
# ## The words of this course
#
# There are few words of our own. Each is a function of the package `rnnlab`:
#
# | word | stands for |
# |---|---|
# | `claim` | an assertion: both sides of a numbered equation, evaluated, are equal. It prints a line |
# | `published` | a published number beside ours, and the band in which we call it reproduced |
# | `show` | the library's source, printed: what you read is what runs |
# | `predict` | your guess, noted before you move anything |
# | `live` | a figure with controls |
# | `check` | looks at your answer to a question, and says what it assumes where it is wrong |
#
# ## A live figure
#
# Every live figure comes after a question. Here is the first. A neuron is given a single 1 at the first step, and nothing afterwards. At each step it holds $w$ times its old value.
# **Predict first:** what is left of it after two steps at $w = 0.5$? At which $w$ does it last for ever? Then move the slider there, with the mouse or with the arrow keys.

# %%
guess = predict("at which w does the one last for ever?", guess=..., marks="w")
live(
    memory,
    figures.memory,
    figures.memory_words,
    guess=guess,
    w=slider(-1.2, 1.2, 0.8, step=0.01, label="recurrent weight w"),
)

# %% [markdown]
# <details><summary>After you have moved it</summary>
#
# A quarter is left after two steps: half of a half. At $w = 1$ it stays for ever, and at $w = -1$ it stays and changes its sign at each step. Lecture 01 is about this one number.
# The solid line on the right is the same fading on a logarithmic axis; the dashed one is explained there.
# </details>
#
# ## A question
#
# Exercises ask you to write a few lines, and `check` looks at them as often as you like. Try it here, where nothing is marked.
# A neuron keeps half of its old state $h$ and adds its input $x$. Write its step: replace the dots and run both cells.
# Try a wrong answer first, for example `0.5 * (h + x)`.


# %%
def fade(h, x):
    return ...


# %%
check("0.1", fade)

# %% [markdown]
# <details><summary>The answer</summary>
#
# `return 0.5 * h + x`. It is the neuron of the figure at $w = 0.5$, and you have just written a recurrent network.
# </details>
#
# In the exercises `check` keeps your best marks in a file on this computer, and sends them nowhere. Come back and run this cell to see how far you are:

# %%
progress.picture()

# %% [markdown]
# ## What help is honest
#
# The exercises measure what *you* can do, and the marks are computed from the numbers your functions return.
#
# - **Talk** about the lecture, the question and the idea of a solution with anyone. Write the answer on your own.
# - **Books, papers, documentation, search**: always. Name what you used in a comment.
# - **Language models**: good for explaining a sentence of a lecture, an error message or a NumPy function. An answer that one wrote for you, or that you cannot explain line by line, is not yours.
# - **`check`** as often as you like: it says what your answer assumes and where to read again. It does not give the answer away.
# - Your teacher's rules come before these.
#
# ## Notation
#
# We write columns, as on the board: a state is $h$ with shape `(N,)`, a sequence `xs` has shape `(T, D)`, a row a step. The five lecture documents this course grew from, the *seeds*, each have letters of their own:
#
# | quantity | ours | code | shape | S0 | S1 | S2 | S3 | S4 |
# |---|---|---|---|---|---|---|---|---|
# | input at $t$ | $x_t$ | `x` | (D,) | $z_t$ | $u(k)$ | $p(t)$ | $x_t$ | $x_t$ |
# | state | $h_t$ | `h` | (N,) | $x_t$ | $x(k)$ | $a(t)$ | $h_t$ | $r_t$ |
# | pre-activation | $a_t$ | `a` | (N,) | | $v(k)$ | $n(t)$ | $a_t$ | $r_t$ |
# | output; before a softmax | $\hat y_t$; $o_t$ | `y`; `o` | (K,) | $\hat y_t$ | $y(k)$ | $a^M(t)$ | $\hat y_t$ | $\hat y$ |
# | recurrent weights | $W$ | `W` | (N, N) | in $f$ | $A$ | $LW$ | $W$ | $W^{\rm rec}$ |
# | input weights | $U$ | `U` | (N, D) | in $f$ | $B$ | $IW$ | $U$ | $W^{\rm in}$ |
# | output weights | $V$ | `V` | (K, N) | in $g$ | $C$ | $LW^{2,1}$ | $V$ | $W^{\rm out}$ |
# | cost over the data | $V(\theta)$, in lecture 01 only | `V` | () | $V(\theta)$ | | | | |
# | biases | $b, c$ | `b`, `c` | as the state, as the output | in $f, g$ | $b_x, b_y$ | $b$ | $b, c$ | |
# | one step | $h_t = f(h_{t-1}, x_t)$ | a step function | | $f$ | $f$ | | $f$ | |
# | all states | $h_1 \dots h_T$ | `hs` | (T, N) | | | | | |
# | gradient of the loss | $\partial L/\partial h_t$ | `dh` | (N,) | | | $\partial F/\partial a(t)$ | $\nabla_{h_t} L$ | $\partial E/\partial r_t$ |
# | gradient of a weight | $\partial L/\partial W$ | `dW` | (N, N) | $\nabla V$ | $\partial L/\partial a_{ij}$ | $\partial F/\partial LW$ | $\nabla_W L$ | $\partial E/\partial\theta$ |
# | explicit derivative | $\partial^{e}$ | | | | | $\partial^{e}$ | | $\partial^{+}$ |
# | Jacobian of a step | $\partial h_t/\partial h_{t-1}$ | `J` | (N, N) | | $J(k)$ | | | |
# | spectral radius, exponent | $\rho, \lambda$ | `rho`, `lyap` | | | | | | |
# | leak | $\alpha$ | `alpha` | | | | | | $\alpha$ |
# | learning rate | $\mu$ | `lr` | | $\mu$ | | | $\eta$ | |
#
# S0 is A. H. Ribeiro's thesis defence (UFMG, 2020), S1 N. Mohajerin's lecture on recurrent networks (Waterloo, 2017), S2 the lecture *Nonlinear Sequence Processing*,
# S3 S. Zhang's *Introduction to RNN* (Toulouse), S4 the lecture *Stateful DNNs* of the machine learning group of TU Berlin (2018).
# Each lecture says where they differ from one another, and which is right.
#
# **Begin:** [01 · Impulse response](01_impulse_response.ipynb)
