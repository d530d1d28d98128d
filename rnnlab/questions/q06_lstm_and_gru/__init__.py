"""Exercise 06: cells wired otherwise, conventions, a latch for a thousand steps, a gradient, three sick cells."""

from rnnlab.questions.q06_lstm_and_gru.carousel import CAROUSEL
from rnnlab.questions.q06_lstm_and_gru.convert import CONVERT
from rnnlab.questions.q06_lstm_and_gru.coupled import COUPLED
from rnnlab.questions.q06_lstm_and_gru.latch import LATCH
from rnnlab.questions.q06_lstm_and_gru.mixed import MIXED
from rnnlab.questions.q06_lstm_and_gru.sick import SICK

QUESTIONS = (COUPLED, MIXED, LATCH, CONVERT, CAROUSEL, SICK)
