"""Question 2.4: every word is a matrix that takes the state before it to the state after it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnnlab.models.automata import Automaton, run
from rnnlab.questions.question import Misconception, Part, Probe, Question

Array = np.ndarray


def _letter(table: Array, s: int) -> Array:
    """M with M[r, q] = 1 where symbol s takes state q to state r."""
    return np.eye(len(table))[:, table[:, s]]


def word_matrix(table: Array, word: Array) -> Array:
    M = np.eye(len(table))
    for s in word:
        M = _letter(table, s) @ M
    return M


def _by_running(table: Array, word: Array) -> Array:
    """The automaton, begun in each state; column q is where it ends."""
    Q = len(table)
    ends = [run(Automaton(table, q, np.arange(Q)), word)[-1] for q in range(Q)]
    return np.eye(Q)[:, ends]


def _by_loops(table: Array, word: Array) -> list[list[int]]:
    ends = []
    for q in range(len(table)):
        for s in word:
            q = int(table[q, s])
        ends.append(q)
    return [[int(end == r) for end in ends] for r in range(len(table))]


def _by_torch(table: Array, word: Array) -> Any:
    import torch

    letters = [torch.as_tensor(_letter(table, s), dtype=torch.float32) for s in word]
    return torch.linalg.multi_dot(letters[::-1]) if len(letters) > 1 else letters[0]


def _summed(table: Array, word: Array) -> Array:
    return np.minimum(sum(_letter(table, s) for s in word), 1.0)


_WRONG: dict[str, Callable[[Array, Array], Array]] = {
    "transposed": lambda table, word: word_matrix(table, word).T,
    "reversed": lambda table, word: word_matrix(table, word[::-1]),
    "last": lambda table, word: _letter(table, word[-1]),
    "short": lambda table, word: word_matrix(table, word[:-1]),
    "summed": _summed,
    "both": lambda table, word: word_matrix(table, word[::-1]).T,
}


def _probes(rng: np.random.Generator) -> tuple[Probe, ...]:
    def one(part: int, Q: int, S: int, T: int) -> Probe:
        """Nearly permutations, so that long words do not lead everywhere to one state."""
        while True:
            table = np.stack([rng.permutation(Q) for _ in range(S)], axis=1)
            table[rng.integers(Q), rng.integers(S)] = rng.integers(Q)
            given = (table, rng.integers(0, S, T))
            right, wrongs = word_matrix(*given), [wrong(*given) for wrong in _WRONG.values()]
            if T == 1:
                wrongs = [_WRONG["transposed"](*given), _WRONG["short"](*given)]
            everything = [right, *wrongs]
            if all(not np.array_equal(x, y) for i, x in enumerate(everything) for y in everything[:i]):
                return Probe(part, given)

    return (
        one(0, 3, 2, 1),
        one(1, 3, 3, 3),
        one(0, 4, 3, 1),
        one(1, 4, 3, 4),
        one(1, 4, 3, 7),
        one(1, 5, 4, 9),
    )


WORDS = Question(
    number="2.4",
    title="A word is a matrix",
    goal="Find the state after any sequence, from any state before it, as a product.",
    look="lecture 02, sections 2 and 3, (2.3)",
    minutes=12,
    difficulty=2,
    answer="word_matrix",
    arguments=("table", "word"),
    returns="a matrix of zeros and ones, shape (Q, Q)",
    parts=(Part("words of one symbol", 1), Part("any word", 3)),
    reference=word_matrix,
    alternatives=(_by_running, _by_loops, _by_torch),
    probes=_probes,
    misconceptions=(
        Misconception(
            "rows for columns",
            _WRONG["transposed"],
            "that row q says where state q goes",
            "The matrix stands left of the state, so it is column q that is picked out by a one in place q.",
            "lecture 02, section 1: the shapes in W h, and question 2.4: what is multiplied by what",
        ),
        Misconception(
            "the last symbol acts first",
            _WRONG["reversed"],
            "that matrices stand in the order in which the word is written",
            "The first symbol acts first, so it stands next to the state.",
            "lecture 02, section 2, (2.3): which step is innermost",
        ),
        Misconception(
            "rows for columns, and so the other order",
            _WRONG["both"],
            "a state that stands left of its matrices, as a row",
            "Then the word does read from left to right. Here the state is a column: two mistakes that"
            " almost cancel.",
            "question 2.4: what is multiplied by what",
        ),
        Misconception(
            "the last symbol only",
            _WRONG["last"],
            "that the last symbol alone decides",
            "It acts on the state that the symbols before it have left.",
            "lecture 02, section 2, (2.3)",
        ),
        Misconception(
            "the last symbol is missing",
            _WRONG["short"],
            "that the word ends one symbol earlier",
            "A word of one symbol must be that symbol's matrix; yours changes nothing.",
            "lecture 02, section 2, (2.3): count the steps",
        ),
        Misconception(
            "ways side by side",
            _summed,
            "that the symbols act at once, each on the state before the word",
            "They act one after another. Each column must have a single one, for a machine is in one state.",
            "lecture 02, section 2, (2.3), and section 3",
        ),
    ),
)
