"""One example of each kind of sequence in lecture 01, section 6.

Each returns (us, ys), both (T, 1): what is seen at step t, and what a model should say then.
For the first four the task is to predict the next value, so ys is us one step later.
"""

from __future__ import annotations

import numpy as np

Pair = tuple[np.ndarray, np.ndarray]


def fibonacci(T: int) -> Pair:
    """F_t = F_{t−1} + F_{t−2} with F_1 = F_2 = 1: a sequence of whole numbers."""
    numbers = [1, 1]
    while len(numbers) < T + 1:
        numbers.append(numbers[-1] + numbers[-2])
    return _next_value(np.array(numbers[: T + 1], dtype=float))


def text(sentence: str = "what comes next depends on what came before") -> Pair:
    """A sentence as numbers: a = 0 … z = 25, a space = 26."""
    codes = [26 if letter == " " else ord(letter) - ord("a") for letter in sentence.lower()]
    if not codes or not all(0 <= code <= 26 for code in codes):
        raise ValueError(f"a sentence of letters a to z and spaces was expected; got {sentence!r}")
    return _next_value(np.array(codes, dtype=float))


def ecg(T: int, rng: np.random.Generator, rate: float = 72.0, sampling: float = 100.0) -> Pair:
    """A synthetic stand-in for one lead of a heart, in mV: each beat is a sum of five bumps, P Q R S T.

    `rate` is in beats a minute, `sampling` in samples a second; the baseline carries a little noise.
    """
    phase = (np.arange(T + 1) / sampling * rate / 60.0) % 1.0
    bumps = (
        (0.12, 0.18, 0.025),
        (-0.10, 0.27, 0.010),
        (1.0, 0.30, 0.012),
        (-0.22, 0.33, 0.010),
        (0.3, 0.55, 0.045),
    )
    wave = sum(height * np.exp(-0.5 * ((phase - centre) / width) ** 2) for height, centre, width in bumps)
    return _next_value(wave + 0.01 * rng.normal(size=T + 1))


def speech(T: int, rng: np.random.Generator, pitch: float = 110.0, sampling: float = 8000.0) -> Pair:
    """A synthetic stand-in for the vowel in "father": a pulse train through two resonances.

    Each resonance is y_t = 2 r cos(ω) y_{t−1} − r² y_{t−2} + x_t, with two states; r sets how long it rings.
    """
    sound = (np.arange(T + 1) % int(sampling / pitch) == 0) + 0.01 * rng.normal(size=T + 1)
    for frequency, r in ((730.0, 0.97), (1090.0, 0.96)):
        ringing = np.zeros(T + 3)
        for t in range(T + 1):
            turn = 2 * r * np.cos(2 * np.pi * frequency / sampling)
            ringing[t + 2] = turn * ringing[t + 1] - r**2 * ringing[t] + sound[t]
        sound = ringing[2:]
    return _next_value(sound / np.abs(sound).max())


def heater(T: int, rng: np.random.Generator, w: float = 0.95, hold: int = 25) -> Pair:
    """y_t = w y_{t−1} + (1 − w) u_t: power in, temperature out, both as fractions of their range.

    The power is drawn anew every `hold` steps and held. Here ys is the system's answer at the same step.
    """
    us = np.repeat(rng.uniform(0, 1, size=T // hold + 1), hold)[:T]
    ys, y = np.empty(T), 0.0
    for t in range(T):
        y = w * y + (1 - w) * us[t]
        ys[t] = y
    return us[:, None], ys[:, None]


def pushes(T: int = 40) -> np.ndarray:
    """The input of lecture 01, section 7, shape (T,): three pushes of three steps, up, down and, faintly, up again."""
    us = np.zeros(T)
    us[:3], us[15:18], us[28:31] = 1.0, -0.5, 0.3
    return us


def _next_value(values: np.ndarray) -> Pair:
    return values[:-1, None], values[1:, None]
