"""What Ribeiro and Aguirre recorded: medians and quartiles from the result files of their public repositories.

Medians of the free-run MSE over 12 realisations: github.com/antonior92/ParallelTrainingNN.jl, white noise of
σ = 0, 0.1, …, 2.0, and equation noise of σ = 1 low-passed at 1, 0.8, 0.6, 0.4 and 0.2. The pilot plant's 100 starts:
github.com/antonior92/MultipleShootingPEM.jl, examples/ex2, here as least, quartiles and greatest, in mm².
"""

from __future__ import annotations

import numpy as np

LEVELS = np.arange(21) / 10
CUTOFFS = np.array([1.0, 0.8, 0.6, 0.4, 0.2])


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(map(float, text.split()))


MEDIANS = {
    "output_series_parallel": _numbers(
        ".016 .030 .108 .202 .269 .376 .417 .434 .494 .542 .583"
        " .639 .661 .661 .686 .688 .691 .764 .815 .760 .777"
    ),
    "output_parallel": _numbers(
        ".022 .022 .018 .021 .027 .043 .046 .061 .078 .093 .124"
        " .157 .126 .137 .160 .175 .210 .240 .290 .299 .349"
    ),
    "equation_series_parallel": _numbers(
        ".016 .022 .042 .064 .119 .152 .177 .198 .277 .250 .367"
        " .423 .404 .537 .544 .729 .788 .808 .890 .978 1.208"
    ),
    "equation_parallel": _numbers(
        ".022 .052 .112 .212 .258 .303 .397 .402 .474 .502 .802"
        " .674 .565 .668 .709 .802 .965 1.008 1.039 1.293 1.449"
    ),
    "coloured_series_parallel": _numbers(".36 .53 .94 1.86 2.60"),
    "coloured_parallel": _numbers(".78 .58 .75 1.07 1.16"),
}
PLANT = {
    "series_parallel": (356.9, 998.1, 1258.0, 1519.1, 2281.3),
    "parallel": (296.4, 586.1, 715.5, 863.9, 155327.1),
}
