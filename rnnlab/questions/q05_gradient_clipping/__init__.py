"""Exercise 05: clipping by sequence, a leaky network's gradients, spectra, Ω in another wiring, training curves."""

from rnnlab.questions.q05_gradient_clipping.clipped import CLIPPED
from rnnlab.questions.q05_gradient_clipping.curves import CURVES
from rnnlab.questions.q05_gradient_clipping.leaky import LEAKY
from rnnlab.questions.q05_gradient_clipping.preserved import PRESERVED
from rnnlab.questions.q05_gradient_clipping.spectra import SPECTRA

QUESTIONS = (CLIPPED, LEAKY, SPECTRA, PRESERVED, CURVES)
