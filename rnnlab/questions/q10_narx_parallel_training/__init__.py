"""Exercise 10: other lags, other models, and which training an experiment asks for."""

from rnnlab.questions.q10_narx_parallel_training.alone import ALONE
from rnnlab.questions.q10_narx_parallel_training.bias import BIAS
from rnnlab.questions.q10_narx_parallel_training.choices import CHOICES
from rnnlab.questions.q10_narx_parallel_training.noises import NOISES
from rnnlab.questions.q10_narx_parallel_training.returning import RETURNING
from rnnlab.questions.q10_narx_parallel_training.rows import ROWS
from rnnlab.questions.q10_narx_parallel_training.scores import SCORES

QUESTIONS = (ROWS, ALONE, SCORES, RETURNING, BIAS, NOISES, CHOICES)
