"""Exercise 01: what one recurrent weight remembers, with other wires, other losses and other conventions."""

from rnnlab.questions.q01_impulse_response.blame import BLAME
from rnnlab.questions.q01_impulse_response.causes import CAUSE
from rnnlab.questions.q01_impulse_response.echoes import ECHOES
from rnnlab.questions.q01_impulse_response.gradient import GRADIENT
from rnnlab.questions.q01_impulse_response.rate import RATE
from rnnlab.questions.q01_impulse_response.steps import STEPS

QUESTIONS = (ECHOES, BLAME, STEPS, GRADIENT, RATE, CAUSE)
