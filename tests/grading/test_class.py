"""Every submission that we could think of, in one class: who gets what, and that nothing else happens."""

import re
import textwrap

import numpy as np
import pytest
from classes import (
    KEY,
    LIMITS,
    cut,
    marks,
    needs_sandbox,
    on_rung,
    order,
    quietly,
    sandboxed_processes,
    snapshot,
)
from harder import HARDER
from honest import HONEST
from hostile import HOSTILE
from notebooks import ROOT, Case, cells, wrong_code

from rnnlab.grading.ladder import Rung
from rnnlab.questions import q01_impulse_response as exercise
from rnnlab.questions.q01_impulse_response import blame, echoes, gradient
from rnnlab.questions.question import numbers, question
from rnnlab.questions.scoring import marks_of
from rnnlab.questions.sheet import make_sheet

EVERY = [*HONEST, *HOSTILE, *HARDER]
MODULES = {"1.1": echoes, "1.2": blame, "1.4": gradient}
# Without walls an answer reads whatever its user may read, and fills the disk. Seven are not tried there at all:
# they would write into the notebooks of others, into the course itself and into folders of the whole machine, or
# look into every process of it.
NOT_STOPPED_PLAIN = {"finds_the_reference_by_its_path", "fills_the_disk"}
NOT_TRIED_PLAIN = {
    "reads_and_writes_other_students",
    "writes_into_the_course",
    "carries_hidden_probes_to_the_next_question",
    "carries_hidden_probes_to_its_second_run",
    "opens_every_other_process",
    "speaks_for_its_parent",
    "memory_in_every_folder_there_is",
}


def held(one, number, slip):
    """A student who holds a misconception, with the marks that are left."""
    name = f"{number} {slip.name}".replace(" ", "_").replace(".", "_").replace("/", "_")
    if one.asks_function:
        helpers, wrong = wrong_code(MODULES[number], slip.name)
        inside = textwrap.indent(f"{helpers}\nreturn {wrong}", "    ")
        answer = f"def held():\n{inside}\n{one.answer} = held()"
        left = marks_of(one, slip.wrong, KEY)
    else:
        value = slip.wrong(*numbers(number, name))
        answer = f"{one.answer} = {np.asarray(value).tolist()!r}".replace("nan", "float('nan')")
        left = marks_of(one, value, KEY, name)
    return Case(name, cells(name, **{"q" + number.replace(".", ""): answer}), {number: left})


HELD = {
    (one.number, m.name): held(one, one.number, m) for one in exercise.QUESTIONS for m in one.misconceptions
}


def differences(everybody, cases):
    got = marks(everybody)
    return {
        case.name: {
            q: (got[case.name][q], want) for q, want in case.wanted().items() if got[case.name][q] != want
        }
        for case in cases
        if got[case.name] != case.wanted()
    }


def test_there_are_enough_of_them_and_no_two_of_one_name():
    names = [case.name for case in [*EVERY, *HELD.values()]]
    assert len(EVERY) >= 100 and len(HELD) >= 40 and len(set(names)) == len(names)


@pytest.mark.slow
@pytest.mark.parametrize("rung", [Rung.BUBBLEWRAP, Rung.NAMESPACES])
def test_every_submission_gets_its_marks_and_harms_nothing(tmp_path, tmp_path_factory, monkeypatch, rung):
    needs_sandbox(tmp_path_factory, rung)
    on_rung(monkeypatch, rung)
    asked = order(tmp_path, EVERY, jobs=2)
    watched = (asked.submissions, ROOT / "rnnlab", ROOT / "solutions", ROOT / "exercises")
    before, processes = [snapshot(folder) for folder in watched], sandboxed_processes()
    everybody, said = quietly(asked)
    assert differences(everybody, EVERY) == {}
    assert [snapshot(folder) for folder in watched] == before
    assert sandboxed_processes() <= processes
    assert not list(tmp_path.rglob("owned"))
    no_hidden_probe(asked)


def no_hidden_probe(asked):
    """No number that only the keyed probes hold is in a page that a student gets."""
    for one in exercise.QUESTIONS:
        if not one.asks_function:
            continue
        public, hidden = make_sheet(one), make_sheet(one, key=KEY)
        said = {repr(np.asarray(a).tolist()) for p in public.probes for a in p.arguments}
        secret = {
            repr(np.asarray(a).tolist()) for p in hidden.probes for a in p.arguments if np.size(a) > 4
        } - said
        for page in (asked.out / "feedback").glob("*.html"):
            text = re.sub(r'src="data:[^"]*"', "", page.read_text())
            assert not any(array.strip("[]")[:40] in text for array in secret), page.name


@pytest.mark.slow
def test_the_plain_rung_lists_exactly_what_it_cannot_stop(tmp_path):
    """The marks it gives are the parent's too; what it cannot hide are the references and other files."""
    assert {case.name for case in EVERY if case.needs_walls} == NOT_STOPPED_PLAIN | NOT_TRIED_PLAIN
    cases = [case for case in EVERY if case.name not in NOT_TRIED_PLAIN]
    everybody, said = quietly(order(tmp_path, cases, unsandboxed=True, jobs=2))
    assert set(differences(everybody, cases)) == NOT_STOPPED_PLAIN
    assert said[-1] == "NOT ISOLATED: every table and page says so"
    out = tmp_path / "out"
    assert all(
        line.endswith(",isolation") or line.endswith(",NOT ISOLATED") for line in lines(out / "grades.csv")
    )
    for page in [*out.glob("*.html"), *out.glob("feedback/*.html")]:
        assert "WITHOUT isolation" in page.read_text()
    assert '"isolation": "plain subprocess, NOT isolated"' in (out / "grades.json").read_text()


def lines(path):
    return path.read_text().splitlines()


@pytest.mark.slow
def test_each_misconception_is_named_and_gets_what_is_right_in_it(tmp_path, tmp_path_factory):
    needs_sandbox(tmp_path_factory)
    everybody, _ = quietly(order(tmp_path, HELD.values(), jobs=2, limits=cut(LIMITS, memory=2**30)))
    assert differences(everybody, HELD.values()) == {}
    outcomes = {one.person.id: {o.question: o for o in one.outcomes} for one in everybody}
    for (number, slip), case in HELD.items():
        outcome = outcomes[case.name][number]
        one = question(number)
        message = next(m.message for m in one.misconceptions if m.name == slip)
        if outcome.marks != one.points:
            assert (outcome.misconception, outcome.lines[0]) == (slip, message)
