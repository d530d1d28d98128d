"""Exercise 02: other wirings, machines that guess, and three networks that have lost something."""

from rnnlab.questions.q02_recurrent_networks.answers import ANSWERS
from rnnlab.questions.q02_recurrent_networks.lost import LOST
from rnnlab.questions.q02_recurrent_networks.reached import REACHED
from rnnlab.questions.q02_recurrent_networks.unit import UNIT
from rnnlab.questions.q02_recurrent_networks.words import WORDS

QUESTIONS = (ANSWERS, REACHED, UNIT, WORDS, LOST)
