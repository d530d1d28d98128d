"""Exercise 04: both gradients for a network that hears its own output, their costs, three wrong programs."""

from rnnlab.questions.q04_bptt_and_rtrl.adjoints import ADJOINTS
from rnnlab.questions.q04_bptt_and_rtrl.budget import BUDGET
from rnnlab.questions.q04_bptt_and_rtrl.feedback import FEEDBACK
from rnnlab.questions.q04_bptt_and_rtrl.programs import PROGRAMS
from rnnlab.questions.q04_bptt_and_rtrl.sensitivity import SENSITIVITY

QUESTIONS = (ADJOINTS, FEEDBACK, SENSITIVITY, BUDGET, PROGRAMS)
