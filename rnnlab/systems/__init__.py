"""Systems: what there is to learn. Each is a function that makes inputs and outputs (us, ys), one row a step."""

from rnnlab.systems.examples import ecg, fibonacci, heater, pushes, speech, text

__all__ = ["ecg", "fibonacci", "heater", "pushes", "speech", "text"]
