"""Question 4.3: one step of RTRL for one feedback weight, ∂h_t/∂F_ij from ∂h_{t−1}/∂F_ij."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnnlab.questions.draws import sequence
from rnnlab.questions.forbidding import AUTOGRAD, GRADIENTS
from rnnlab.questions.q04_bptt_and_rtrl.adjoints import matrix, state
from rnnlab.questions.question import Misconception, Part, Probe, Question

A = np.ndarray


def _explicit(h_before: A, V: A, i: int, j: int) -> A:
    """e_i o_{t−1,j}"""
    return np.eye(len(h_before))[i] * (V @ h_before)[j]


def sensitivity_step(s: A, h_before: A, h: A, W: A, F: A, V: A, i: int, j: int) -> A:
    return (1 - h**2) * (W @ s + F @ (V @ s) + _explicit(h_before, V, i, j))


def _in_one_matrix(s: A, h_before: A, h: A, W: A, F: A, V: A, i: int, j: int) -> list[float]:
    a = (W + F @ V) @ s
    a[i] += V[j] @ h_before
    return (np.diag(1 - h * h) @ a).tolist()


def _sideways(s: A, h_before: A, h: A, W: A, F: A, V: A, i: int, j: int) -> A:
    """A step in the imaginary direction, of the state before along s and of the weight along one."""
    before, moved = h_before + 1e-30j * s, F.astype(complex)
    drive = np.arctanh(h) - W @ h_before - F @ (V @ h_before)
    moved[i, j] += 1e-30j
    return np.tanh(W @ before + moved @ (V @ before) + drive).imag / 1e-30


def _in_torch(s: A, h_before: A, h: A, W: A, F: A, V: A, i: int, j: int) -> Any:
    import torch

    s, h_before, h, W, F, V = (torch.tensor(a, dtype=torch.float32) for a in (s, h_before, h, W, F, V))
    a = W @ s + F @ (V @ s)
    a[i] = a[i] + (V @ h_before)[j]
    return (1 - h**2) * a


def _probes(rng: np.random.Generator) -> tuple[Probe, ...]:
    def one(part: int, N: int, K: int) -> Probe:
        s = sequence(rng, N) if part else np.zeros(N)
        weights = matrix(rng, N, N), matrix(rng, N, K), matrix(rng, K, N)
        i, j = int(rng.integers(N)), int(rng.integers(K))
        return Probe(part, (s, state(rng, N), state(rng, N), *weights, i, j))

    return (one(0, 2, 2), one(1, 2, 2), one(0, 3, 2), one(1, 3, 2), one(1, 4, 2), one(1, 4, 3))


SENSITIVITY = Question(
    number="4.3",
    title="Forward through two feedback paths",
    goal="Write one step of real-time recurrent learning for one weight of another wiring.",
    look="lecture 04, section 4, (4.13)",
    minutes=15,
    difficulty=2,
    answer="sensitivity_step",
    arguments=("s", "h_before", "h", "W", "F", "V", "i", "j"),
    returns="the new sensitivity, of shape (N,)",
    parts=(Part("the first step, where s = 0", 1), Part("any step", 3)),
    reference=sensitivity_step,
    alternatives=(_in_one_matrix, _sideways, _in_torch),
    probes=_probes,
    forbidden=(AUTOGRAD, GRADIENTS),
    misconceptions=(
        Misconception(
            "the past not moved by J",
            lambda s, hb, h, W, F, V, i, j: s + (1 - h**2) * _explicit(hb, V, i, j),
            "that what earlier uses did to the state before is still there unchanged",
            "It has gone through this step as the state itself has: weights first, then tanh.",
            "lecture 04, section 4, (4.13): what multiplies the old sensitivity",
        ),
        Misconception(
            "the output's feedback forgotten",
            lambda s, hb, h, W, F, V, i, j: (1 - h**2) * (W @ s + _explicit(hb, V, i, j)),
            "that earlier uses arrive by way of the state alone",
            "They moved the output before as well, and this network hears it.",
            "lecture 04, section 4: through what this state depends on the one before",
        ),
        Misconception(
            "this step's use only",
            lambda s, hb, h, W, F, V, i, j: (1 - h**2) * _explicit(hb, V, i, j),
            "the explicit derivative for the total one",
            "It forgets all uses of the weight before this step.",
            "lecture 04, section 4, (4.13): its second term",
        ),
        Misconception(
            "this step's use forgotten",
            lambda s, hb, h, W, F, V, i, j: (1 - h**2) * (W @ s + F @ (V @ s)),
            "that the weight acts by the past alone",
            "It is used in this step too; without that, a sensitivity that starts at zero stays there.",
            "lecture 04, section 4, (4.13): its first term",
        ),
        Misconception(
            "the state in place of the output",
            lambda s, hb, h, W, F, V, i, j: (1 - h**2) * (W @ s + F @ (V @ s) + np.eye(len(h))[i] * hb[j]),
            "that this weight multiplies a state",
            "It belongs to the other matrix, which multiplies what the network said.",
            "lecture 04, section 1, (4.4), for the matrix of this question",
        ),
        Misconception(
            "the output after the step",
            lambda s, hb, h, W, F, V, i, j: (1 - h**2) * (W @ s + F @ (V @ s) + _explicit(h, V, i, j)),
            "that the weight meets the output of this step",
            "That output is not there yet when the weight is used.",
            "lecture 04, section 4, (4.13): the index of the state in its first term",
        ),
        Misconception(
            "the slope of the step before",
            lambda s, hb, h, W, F, V, i, j: (1 - hb**2) * (W @ s + F @ (V @ s) + _explicit(hb, V, i, j)),
            "that the slope belongs to the state before",
            "The squashing happens when the new state is made.",
            "lecture 04, section 1, (4.3): the index of D",
        ),
        Misconception(
            "the slope on the new part only",
            lambda s, hb, h, W, F, V, i, j: W @ s + F @ (V @ s) + (1 - h**2) * _explicit(hb, V, i, j),
            "that the past arrives unsquashed",
            "Old and new are added inside tanh, so both pass it.",
            "lecture 04, section 4, (4.13): the brackets",
        ),
        Misconception(
            "the slope left out",
            lambda s, hb, h, W, F, V, i, j: W @ s + F @ (V @ s) + _explicit(hb, V, i, j),
            "a network without tanh",
            "This is how the sum inside tanh moves. The state moves less.",
            "lecture 04, section 4, (4.13): what stands before the brackets",
        ),
        Misconception(
            "W transposed",
            lambda s, hb, h, W, F, V, i, j: (1 - h**2) * (W.T @ s + F @ (V @ s) + _explicit(hb, V, i, j)),
            "that going forward needs the transpose which going backward needs",
            "Sensitivities travel in the direction of the states, through the same matrix.",
            "lecture 04, section 4: what is said there of transposes",
        ),
        Misconception(
            "1 − a² for 1 − h²",
            lambda s, hb, h, W, F, V, i, j: (
                (1 - np.arctanh(h) ** 2) * (W @ s + F @ (V @ s) + _explicit(hb, V, i, j))
            ),
            "that the slope of tanh is one minus the square of what goes in",
            "It is known from what comes out. Yours can be negative, and tanh never falls.",
            "lecture 04, section 1, (4.3): which letter stands in the slopes",
        ),
    ),
)
