"""Exercise 08: other leaks, honest read-outs, and verdicts from states alone."""

from rnnlab.questions.q08_echo_state_networks.capacity import CAPACITY
from rnnlab.questions.q08_echo_state_networks.choice import CHOICE
from rnnlab.questions.q08_echo_state_networks.foretell import FORETELL
from rnnlab.questions.q08_echo_state_networks.leaks import LEAKS
from rnnlab.questions.q08_echo_state_networks.merging import MERGING
from rnnlab.questions.q08_echo_state_networks.radius import RADIUS
from rnnlab.questions.q08_echo_state_networks.readout import READOUT

QUESTIONS = (LEAKS, RADIUS, READOUT, FORETELL, MERGING, CAPACITY, CHOICE)
