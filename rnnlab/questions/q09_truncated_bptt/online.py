"""Question 9.2: truncated BPTT of the toy with a drift as it runs, an update at every step."""

from __future__ import annotations

from typing import Any

import numpy as np

from rnnlab.questions.draws import sequence
from rnnlab.questions.question import Misconception, Part, Probe, Question

A = np.ndarray


def online(x0: float, theta: float, cs: A, mu: float, lr: float) -> A:
    h, thetas = x0, []
    for c in cs:
        h = h + c * theta
        theta = theta - lr * 2 * (h - mu) * c
        thetas.append(theta)
    return np.array(thetas)


def _by_matrices(x0: float, theta: float, cs: A, mu: float, lr: float) -> list[float]:
    z, thetas = np.array([x0 - mu, theta]), []
    for c in cs:
        z = np.array([[1, c], [-2 * lr * c, 1 - 2 * lr * c**2]]) @ z
        thetas.append(float(z[1]))
    return thetas


def _by_autograd(x0: float, theta: float, cs: A, mu: float, lr: float) -> Any:
    import torch

    push, h, thetas = torch.tensor(theta, dtype=torch.float64, requires_grad=True), torch.tensor(x0), []
    for c in cs:
        h = h.detach() + float(c) * push
        (slope,) = torch.autograd.grad((h - mu) ** 2, push)
        push = (push - lr * slope).detach().requires_grad_()
        thetas.append(push.detach())
    return torch.stack(thetas)


def _frozen(x0: float, theta: float, cs: A, mu: float, lr: float) -> A:
    errors = x0 + theta * np.cumsum(cs) - mu
    return theta - lr * np.cumsum(2 * errors * cs)


def _not_carried(x0: float, theta: float, cs: A, mu: float, lr: float) -> A:
    thetas = []
    for c in cs:
        theta = theta - lr * 2 * (x0 + c * theta - mu) * c
        thetas.append(theta)
    return np.array(thetas)


def _again(x0: float, theta: float, cs: A, mu: float, lr: float) -> A:
    h, gradient, thetas = x0, 0.0, []
    for c in cs:
        h = h + c * theta
        gradient = gradient + 2 * (h - mu) * c
        theta = theta - lr * gradient
        thetas.append(theta)
    return np.array(thetas)


def _old_state(x0: float, theta: float, cs: A, mu: float, lr: float) -> A:
    h, thetas = x0, []
    for c in cs:
        before, h = h, h + c * theta
        theta = theta - lr * 2 * (before - mu) * c
        thetas.append(theta)
    return np.array(thetas)


def _step_again(x0: float, theta: float, cs: A, mu: float, lr: float) -> A:
    h, thetas = x0, []
    for c in cs:
        before, h = h, h + c * theta
        theta = theta - lr * 2 * (h - mu) * c
        h = before + c * theta
        thetas.append(theta)
    return np.array(thetas)


def _all_uses(x0: float, theta: float, cs: A, mu: float, lr: float) -> A:
    h, thetas = x0, []
    for c, total in zip(cs, np.cumsum(cs), strict=True):
        h = h + c * theta
        theta = theta - lr * 2 * (h - mu) * total
        thetas.append(theta)
    return np.array(thetas)


def _no_drift(x0: float, theta: float, cs: A, mu: float, lr: float) -> A:
    h, thetas = x0, []
    for c in cs:
        h = h + c * theta
        theta = theta - lr * 2 * (h - mu)
        thetas.append(theta)
    return np.array(thetas)


def _probes(rng: np.random.Generator) -> tuple[Probe, ...]:
    def one(part: int, T: int) -> Probe:
        x0, theta, mu = np.round(rng.uniform((0.8, 0.3, -0.6), (1.5, 0.9, -0.3)), 2)
        cs = np.round(1.6 - np.abs(sequence(rng, T)) / 2, 2)
        return Probe(
            part, (float(x0), float(theta), cs, float(mu), float(np.round(rng.uniform(0.05, 0.15), 3)))
        )

    return (one(0, 1), one(0, 1), one(1, 2), one(1, 3), one(1, 5), one(1, 8))


ONLINE = Question(
    number="9.2",
    title="Truncated BPTT as it runs",
    goal="Write S3's online algorithm for the toy with a drift: parameter and state, step by step.",
    look="lecture 09, section 3, the two updates before (9.10)",
    minutes=12,
    difficulty=2,
    answer="online",
    arguments=("x0", "theta", "cs", "mu", "lr"),
    returns="the parameter after each step, one number a step",
    parts=(Part("a single step", 1), Part("several steps", 3)),
    reference=online,
    alternatives=(_by_matrices, _by_autograd, lambda *given: online(*given).astype(np.float32)),
    probes=_probes,
    misconceptions=(
        Misconception(
            "the parameter frozen for the pass",
            _frozen,
            "that states and gradients are all made with the first parameter",
            "That is a frozen pass. Online, each step uses the parameter that the step before left.",
            "lecture 09, section 3: the index of the parameter in both updates",
        ),
        Misconception(
            "state not carried",
            _not_carried,
            "that every step begins at the start of the sequence",
            "The past of the state is cut from the gradient. Its number goes on.",
            "lecture 09, section 2: the two mistakes after the loop",
        ),
        Misconception(
            "detach before the loss",
            lambda x0, theta, cs, mu, lr: np.full(len(cs), theta),
            "that no gradient arrives at all",
            "The newest use is never cut off: the newest loss looks back on it.",
            "lecture 09, section 2: the two mistakes after the loop",
        ),
        Misconception(
            "the truncated gradient summed twice",
            _again,
            "that old gradients stay in the sum",
            "Each one has been used at its own step, and is then forgotten.",
            "lecture 09, section 2: the second line of the table on the loop",
        ),
        Misconception(
            "the loss of the old state",
            _old_state,
            "that the loss looks at the state before the push",
            "Step first, then judge: the loss is the newest state's.",
            "lecture 09, section 3: what the gradient is taken of",
        ),
        Misconception(
            "the step taken again",
            _step_again,
            "that the state is made anew after the update",
            "The state that goes on is the one that was judged. It was made with the older parameter.",
            "lecture 09, section 3: the index of the parameter in the state's update",
        ),
        Misconception(
            "all uses",
            _all_uses,
            "that the loss looks back on every push so far",
            "Those are in the state, as a number. The shortest truncation looks at the newest one only.",
            "lecture 09, section 2, (9.5)",
        ),
        Misconception(
            "the drift forgotten in the gradient",
            _no_drift,
            "that the newest push moves the state by the parameter itself",
            "It moves it by the parameter times the drift of the step, so the slope has that drift in it.",
            "lecture 09, section 3, what comes before (9.10), for the step of this exercise",
        ),
        Misconception(
            "uphill",
            lambda x0, theta, cs, mu, lr: online(x0, theta, cs, mu, -lr),
            "a step in the direction of the gradient",
            "The gradient points to where the loss grows.",
            "lecture 09, section 3: the sign in the parameter's update",
        ),
    ),
)
