"""Exercise 09: the toy with a drift, its rates and its noise, detach with two states, ARTBP, three systems."""

from rnnlab.questions.q09_truncated_bptt.attached import ATTACHED
from rnnlab.questions.q09_truncated_bptt.cuts import CUTS
from rnnlab.questions.q09_truncated_bptt.gradients import GRADIENTS
from rnnlab.questions.q09_truncated_bptt.noise import NOISE
from rnnlab.questions.q09_truncated_bptt.online import ONLINE
from rnnlab.questions.q09_truncated_bptt.rates import RATES
from rnnlab.questions.q09_truncated_bptt.systems import SYSTEMS

QUESTIONS = (GRADIENTS, ONLINE, RATES, ATTACHED, CUTS, NOISE, SYSTEMS)
