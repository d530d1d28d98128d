"""Tests made from the questions themselves: every question of every exercise goes through all of them."""

import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from rnnlab.questions import card_markdown, check
from rnnlab.questions.check import Status
from rnnlab.questions.identity import digest
from rnnlab.questions.question import Question, exercises, numbers, questions
from rnnlab.questions.scoring import SLACK, marks_of, score
from rnnlab.questions.sheet import confusions, make_sheet
from rnnlab.questions.values import excess

ROOT = Path(__file__).resolve().parents[2]
ALL = [one for exercise in exercises() for one in questions(exercise)]
FUNCTIONS = [one for one in ALL if one.asks_function]
VALUES = [one for one in ALL if not one.asks_function]
KEYS = [f"key {i}" for i in range(100)]

pytestmark = [pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning"), pytest.mark.thorough]
each = pytest.mark.parametrize("one", ALL, ids=lambda one: one.number)
each_function = pytest.mark.parametrize("one", FUNCTIONS, ids=lambda one: one.number)
each_value = pytest.mark.parametrize("one", VALUES, ids=lambda one: one.number)
MARKED = [exercise for exercise in exercises() if any(one.points for one in questions(exercise))]
each_exercise = pytest.mark.parametrize("exercise", MARKED)


@cache
def students(one: Question) -> dict[tuple, str]:
    """A student's id for every set of numbers that the question can draw."""
    found: dict[tuple, str] = {}
    for i in range(100 * len(one.draws)):
        found.setdefault(numbers(one.number, f"s{i}"), f"s{i}")
    return found


def given(one: Question, answer, student: str):
    """What a notebook would hold: the function, or the value it gives for this student's numbers."""
    return answer if one.asks_function else answer(*numbers(one.number, student))


def some_students(one: Question) -> list[str]:
    return ["ada"] if one.asks_function else list(students(one).values())


@each
def test_the_reference_and_the_alternatives_are_right(one):
    assert len(one.alternatives) >= 2
    for student in some_students(one):
        for answer in (one.reference, *one.alternatives):
            verdict = check(one.number, given(one, answer, student), student)
            assert verdict.status is Status.RIGHT, (answer, student, verdict)


@each_function
def test_each_misconception_gets_its_own_message_and_no_other(one):
    sheet = make_sheet(one)
    said = confusions(one, sheet)
    for misconception, mine in zip(one.misconceptions, said, strict=True):
        verdict = check(one.number, misconception.wrong)
        assert verdict.status is Status.MISCONCEPTION
        assert verdict.misconception == misconception.name
        assert verdict.lines[0] == misconception.message
        agreeing = [
            other.name
            for other in said
            if all(excess(a, b, one.rtol, one.atol) <= 1 for a, b in zip(mine.said, other.said, strict=True))
        ]
        assert agreeing == [misconception.name]


@each_value
def test_each_misconception_is_told_for_every_set_of_numbers(one):
    """Where a misconception happens to give the right value there is nothing to tell."""
    assert set(students(one)) == set(one.draws), "some numbers are never drawn"
    for misconception in one.misconceptions:
        told = 0
        for draw, student in students(one).items():
            wrong, right = misconception.wrong(*draw), one.reference(*draw)
            verdict = check(one.number, wrong, student)
            if verdict.status is Status.RIGHT:
                assert wrong == right, f"{misconception.name} passes for {draw} without being right"
                continue
            assert verdict.misconception == misconception.name, (draw, verdict)
            assert marks_of(one, wrong, student=student) == 0
            told += 1
        assert told >= len(one.draws) / 3, f"{misconception.name} can be told for {told} of {len(one.draws)}"


@pytest.mark.parametrize("one", [one for one in VALUES if one.words], ids=lambda one: one.number)
def test_a_diagnosis_that_is_right_in_part_is_told_how_many_of_its_words_are(one):
    student = some_students(one)[0]
    sheet = make_sheet(one, student)
    right = sheet.expected[0].tolist()
    slips = [confused.said[0].tolist() for confused in confusions(one, sheet)]
    answers = [[*right[:i], word, *right[i + 1 :]] for word in one.words for i in range(len(right))]
    others = [answer for answer in answers if answer not in [right, *slips]]
    assert others
    for answer in others:
        said = (
            f"Of your {len(right)} words {len(right) - 1} are right, and this is not one of the usual slips"
        )
        assert said in repr(check(one.number, answer, student))


@pytest.mark.parametrize(
    "one",
    [one for one in VALUES if not one.words and np.size(one.reference(*one.draws[0])) > 1],
    ids=lambda one: one.number,
)
def test_numbers_that_are_right_in_part_are_counted(one):
    for draw, student in list(students(one).items())[:60]:
        right = np.array(one.reference(*draw))
        slips = [np.array(m.wrong(*draw)) for m in one.misconceptions]
        for i in range(right.size):
            answer = right + 1.37 * np.abs(right).max() * (np.arange(right.size) == i)
            assert not any(np.allclose(answer, slip) for slip in slips), (draw, i)
            many = f"{right.size - 1} {'is' if right.size == 2 else 'are'} right"
            verdict = check(one.number, answer, student)
            assert f"Of your {right.size} numbers {many}, and this is not" in repr(verdict), (draw, i)
            assert marks_of(one, answer, student=student) == 0


@each_function
def test_a_misconception_never_scores_full_and_whatever_is_right_always_does(one):
    for key in KEYS:
        for answer in (one.reference, *one.alternatives):
            assert marks_of(one, answer, key) == one.points, (answer, key)
        for misconception in one.misconceptions:
            assert marks_of(one, misconception.wrong, key) < max(one.points, 1), (misconception.name, key)


@each_function
@pytest.mark.parametrize("share", [-0.98, 0.98])
def test_an_answer_at_the_edge_of_right_gets_full_marks_under_every_key(one, share):
    def edge(*arguments):
        right = np.asarray(one.reference(*arguments), dtype=float)
        return right + share * (one.atol + one.rtol * np.max(np.abs(right)))

    assert check(one.number, edge).status is Status.RIGHT
    for key in KEYS:
        assert marks_of(one, edge, key) == one.points


@each
def test_beyond_the_edge_is_almost_right_and_gets_nothing(one):
    if one.words or one.rtol == 0:
        return
    student = some_students(one)[0]

    def beyond(*arguments):
        right = np.asarray(one.reference(*arguments), dtype=float)
        sizes = np.abs(right)
        return right + 2 * SLACK * (one.atol + one.rtol * (sizes.max() if one.asks_function else sizes))

    assert check(one.number, given(one, beyond, student), student).status is Status.ALMOST
    assert marks_of(one, given(one, beyond, student), student=student) == 0


@each
def test_a_stub_is_not_attempted(one):
    assert check(one.number, ..., "ada").status is Status.NOT_ATTEMPTED
    if one.asks_function:
        assert check(one.number, lambda *arguments: ...).status is Status.NOT_ATTEMPTED


@each_exercise
def test_the_untouched_exercise_scores_nothing_and_the_references_everything(exercise):
    asked = questions(exercise)
    stubs = {one.answer: (lambda *arguments: ...) if one.asks_function else ... for one in asked}
    for untouched in (stubs, {}, stubs | {"student_id": "ada"}):
        assert [mark.marks for mark in score(untouched, exercise)] == [0] * len(asked)
    right = {one.answer: given(one, one.reference, "ada") for one in asked} | {"student_id": "ada"}
    for key in KEYS[:10]:
        assert [mark.marks for mark in score(right, exercise, key)] == [one.points for one in asked]


@each_function
def test_lazy_answers_get_nothing(one):
    """Zeros, ones and the first argument handed back: no part of a question may be that cheap."""
    lazy = (
        lambda *arguments: one.reference(*arguments) * 0,
        lambda *arguments: one.reference(*arguments) * 0 + 1,
        lambda *arguments: arguments[0],
    )
    for answer in lazy:
        assert [marks_of(one, answer, key) for key in KEYS[:10]] == [0] * 10


@each_function
def test_probes_are_small_first_and_repeat_for_the_same_key(one):
    def sizes(key):
        probes = make_sheet(one, key=key).probes
        return [sum(np.size(argument) for argument in probe.arguments) for probe in probes]

    assert sizes("public") == sorted(sizes("public"))
    again, other = make_sheet(one, key="a"), make_sheet(one, key="b")
    assert repr(again) == repr(make_sheet(one, key="a")) != repr(other)
    assert {probe.part for probe in again.probes} == set(range(len(one.parts)))


@each_function
def test_a_table_of_the_public_probes_does_not_score(one):
    sheet = make_sheet(one)
    table = {repr(p.arguments): e for p, e in zip(sheet.probes, sheet.expected, strict=True)}

    def by_heart(*arguments):
        return table.get(repr(arguments), 0.0)

    assert check(one.number, by_heart).status is Status.RIGHT
    assert max(marks_of(one, by_heart, key) for key in KEYS[:10]) == 0


def test_what_carries_marks_is_an_exercise_and_what_does_not_is_none():
    written = {int(path.name[:2]) for path in (ROOT / "sources" / "exercises").glob("*.py")}
    assert set(MARKED) <= written
    assert all(one.points for exercise in MARKED for one in questions(exercise))
    assert not written & (set(exercises()) - set(MARKED))


@each_exercise
def test_an_exercise_has_its_size(exercise):
    asked = questions(exercise)
    assert 4 <= len(asked) <= 7
    assert sum(one.points for one in asked) == 20
    assert 60 <= sum(one.minutes for one in asked) <= 90
    assert [one.number for one in asked] == [f"{exercise}.{i}" for i in range(1, len(asked) + 1)]
    assert len({one.answer for one in asked}) == len(asked)
    assert sum(not one.asks_function and len(one.draws) >= 30 for one in asked) >= 1


@each
def test_a_question_is_complete(one):
    assert len(one.misconceptions) >= 4
    assert len({m.name for m in one.misconceptions}) == len(one.misconceptions)
    assert 1 <= one.difficulty <= 3
    assert one.minutes > 0
    assert all(part.marks > 0 for part in one.parts) or one.points == 0, "marks for all parts, or for none"
    assert one.asks_function != bool(one.draws)
    assert len(set(one.draws)) == len(one.draws)


@each
def test_messages_say_where_to_look_and_each_equation_is_there(one):
    lecture = next((ROOT / "sources" / "lectures").glob(f"{one.number.split('.')[0]:0>2}_*.py")).read_text()
    for misconception in one.misconceptions:
        for text in (misconception.assumes, misconception.differs, misconception.look):
            assert len(text) > 20, misconception.name
        assert misconception.message.endswith(".")
        assert not misconception.message.endswith(("..", "?."))
        place = (
            r"lecture \d\d|question \d" if one.points else r"above"
        )  # without marks: it stands in a lecture
        assert re.search(place, misconception.look), misconception.name
        assert misconception.differs.endswith((".", "?"))
    text = " ".join(m.message for m in one.misconceptions) + one.look
    for tag in re.findall(r"\((\d+\.\d+)\)", text):
        assert rf"\tag{{{tag}}}" in lecture, f"{one.number} points to ({tag}), which is not in the lecture"
    for section in re.findall(r"section (\d)", text):
        assert re.search(rf"^# ## {section}\. ", lecture, re.MULTILINE), f"there is no section {section}"


@each_value
def test_no_verdict_on_a_value_tells_the_value(one):
    for draw, student in list(students(one).items())[:60]:
        right = np.atleast_1d(np.asarray(one.reference(*draw)))
        given_numbers = ", ".join(f"{n} = {v:.4g}" for n, v in zip(one.arguments, draw, strict=True))
        wrongs = [m.wrong(*draw) for m in one.misconceptions]
        texts = [
            repr(v) for v in (check(one.number, w, student) for w in wrongs) if v.status is not Status.RIGHT
        ]
        texts += [repr(check(one.number, right[::-1] * 1.3, student))] if not one.words else []
        for text in texts:
            said = set(re.findall(r"\d+(?:\.\d+)?", text.replace(given_numbers, "")))
            if one.words:
                assert ", ".join(right) not in text
            else:
                assert not {f"{value:.3g}" for value in right} & said, (draw, text)


@each_exercise
def test_no_card_and_no_message_holds_a_line_of_the_solution(exercise):
    (source,) = (ROOT / "sources" / "exercises").glob(f"{exercise:02d}_*.py")
    regions = re.findall(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", source.read_text(), re.DOTALL)
    lines = {line.split("  #")[0].strip() for region in regions for line in region.splitlines()}
    texts = [card_markdown(one.number) for one in questions(exercise)]
    texts += [m.message for one in questions(exercise) for m in one.misconceptions]
    assert len(regions) == len(questions(exercise))
    for region in regions:
        assert len(region.strip().splitlines()) <= 10
    for line in lines:
        assert len(line) < 12 or not any(line in text for text in texts), line


@each_exercise
def test_the_source_shows_every_card_and_solves_every_question(exercise):
    (path,) = (ROOT / "sources" / "exercises").glob(f"{exercise:02d}_*.py")
    source, asked = path.read_text(), questions(exercise)
    for one in asked:
        assert source.count(f"{{{{ card {one.number} }}}}") == 1
        assert source.count(f'check("{one.number}", {one.answer}') == 1
        if one.asks_function:
            assert f"def {one.answer}({', '.join(one.arguments)}):" in source
    assert f"**Time** {sum(one.minutes for one in asked)} minutes. **Points** 20." in source
    namespace: dict = {}
    exec(compile(source, str(path), "exec"), namespace)
    for key in KEYS[:5]:
        assert sum(mark.marks for mark in score(namespace, exercise, key)) == 20


@each
def test_the_card_says_all_of_it(one):
    card = card_markdown(one.number)
    assert card.startswith(f"## {one.number} {one.title}\n")
    for text in (one.goal, f"{one.points} point", f"{one.minutes} minutes"):
        assert text in card
    assert card.count("●") == one.difficulty
    assert card.count("●") + card.count("○") == 3


def test_numbers_do_not_depend_on_the_process():
    assert digest("1.3", "ada") == 231905405000310472167932412924155602685
    assert numbers(VALUES[0].number, " ADA ") == numbers(VALUES[0].number, "ada")
