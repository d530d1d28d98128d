"""The small rooms of the grader, each by itself: what crosses, what is found, what tables say."""

import ast
import io
import random
import subprocess
import sys
import tempfile
import zipfile
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hostile import FORGE

from rnnlab.grading import corrections, people, scratch
from rnnlab.grading.corrections import Decision, decided
from rnnlab.grading.crossing import pack_calls, pack_said, unpack_calls, unpack_said
from rnnlab.grading.files import safe_name, write
from rnnlab.grading.inside.needs import draws, needed, statements, worth_running
from rnnlab.grading.ladder import Place, Rung
from rnnlab.grading.limits import Limits
from rnnlab.grading.marking import Marker, Outcome, Result, from_plain, plain
from rnnlab.grading.people import Person, class_of, days_late, read_roster
from rnnlab.grading.sandbox import Gone, Reply, Sandbox
from rnnlab.grading.spreadsheet import TableError, text_of
from rnnlab.grading.submissions import Submission, find, strangers
from rnnlab.questions.question import question, questions
from rnnlab.questions.sheet import make_sheet
from rnnlab.questions.values import LARGEST, Fault

NAME = "01_impulse_response"


def test_calls_cross_with_their_types():
    for one in questions(1):
        if one.asks_function:
            calls = [probe.arguments for probe in one.probes(np.random.default_rng(3))]
            for mine, theirs in zip(calls, unpack_calls(pack_calls(calls)), strict=True):
                for a, b in zip(mine, theirs, strict=True):
                    assert (
                        type(a) is type(b)
                        and np.array_equal(a, b)
                        and np.asarray(a).dtype == np.asarray(b).dtype
                    )


def test_what_was_said_crosses():
    said = (
        np.arange(3.0),
        np.array("delay"),
        np.array(["a", "ü"]),
        np.zeros((0, 2)),
        Fault("None", "look"),
        np.array(2.5),
    )
    back, notes = unpack_said(pack_said(said, {"student": "ada\x1b\n"}), len(said))
    for mine, theirs in zip(said, back, strict=True):
        assert (
            mine == theirs
            if isinstance(mine, Fault)
            else np.array_equal(mine, theirs) and mine.shape == theirs.shape
        )
    assert notes == {"student": "ada  "}


def npz(**entries):
    file = io.BytesIO()
    np.savez(file, **entries)
    return file.getvalue()


def raw_entry(header, body=b"", name="array.0.npy", how=zipfile.ZIP_STORED):
    file = io.BytesIO()
    text = str(header).encode()
    with zipfile.ZipFile(file, "w", how) as archive:
        archive.writestr(name, b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + body)
    return file.getvalue()


space: dict[str, Any] = {"np": np}
exec(FORGE, space)
FLOAT = {"descr": "<f8", "fortran_order": False, "shape": (3,)}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"PK\x03\x04",
        b"\x80\x04\x95",
        npz(),
        npz(**{"array.0": np.array([object()])}),
        npz(**{"array.0": np.array([1 + 2j])}),
        npz(**{"array.0": np.zeros(LARGEST + 1)}),
        npz(**{"array.0": np.zeros(2, dtype=[("a", float)])}),
        npz(**{"array.0": np.array(["2026-01-01"], dtype="M8[D]")}),
        raw_entry(FLOAT),
        raw_entry(FLOAT, bytes(25)),
        raw_entry(FLOAT | {"shape": (10**13,)}),
        raw_entry(FLOAT | {"shape": (-3,)}, bytes(24)),
        raw_entry(FLOAT | {"shape": (2**62, 4)}, bytes(24)),
        raw_entry(FLOAT | {"shape": (0,) * 40}),
        raw_entry(FLOAT | {"descr": "|O"}, bytes(24)),
        raw_entry(FLOAT | {"descr": "<U1"}, b"\xff" * 12),
        raw_entry("__import__('os').abort()", bytes(24)),
        raw_entry("(" * 3000, bytes(24)),
        raw_entry(FLOAT, bytes(24), how=zipfile.ZIP_DEFLATED),
        raw_entry(FLOAT, bytes(24), name="note.x.npy"),
        raw_entry(FLOAT | {"shape": (True,)}, bytes(8)),
        raw_entry(FLOAT | {"shape": (False,)}),
        raw_entry(FLOAT | {"descr": ">U1", "shape": (1,)}, b"\x00\x11\x00\x00"),
        raw_entry(FLOAT | {"descr": ">U1", "shape": (1,)}, b"\xff\x11\x00\x00"),
        space["far_off"](),
        space["crowd"](),
    ],
)
def test_nothing_odd_comes_in(raw):
    with pytest.raises(ValueError):
        unpack_said(raw, 1)


def test_a_fault_always_has_words():
    """Without any it would pass for an answer that can be compared."""
    for came in ("", "\x00", [1.0]):
        ((fault,), _) = unpack_said(npz(**{"came.0": np.array(came)}), 1)
        assert fault.came


def test_text_and_numbers_are_read_whichever_way_round_their_bytes_are():
    text = np.array(["delay", "ü"])
    for one in (
        text.astype(">U5"),
        np.array([1.0, -2.5], ">f8"),
        np.array([3.0], "<f2"),
        np.longdouble([2.0]),
    ):
        ((back,), _) = unpack_said(npz(**{"array.0": one}), 1)
        assert np.array_equal(back, one) and back.dtype.isnative
    ((large,), _) = unpack_said(npz(**{"array.0": np.longdouble(["1e4000"])}), 1)
    assert not large.size or large[0] > 1e300  # and no warning is given


def test_the_reader_survives_any_change_of_a_few_bytes():
    whole = pack_said((np.arange(3.0), np.array("abc"), Fault("None", "look")), {"student": "ada"})
    draw = random.Random(1)
    for _ in range(3000):
        raw = bytearray(whole)
        for _ in range(draw.randint(1, 4)):
            raw[draw.randrange(len(raw))] = draw.choice((0, 128, 255, draw.randrange(256)))
        with suppress(ValueError):
            unpack_said(bytes(raw), 3)


@pytest.mark.parametrize(
    "line",
    [
        b'{"how": "whole", "length": Infinity}',
        b'{"how": "whole", "length": NaN}',
        b'{"how": "whole", "length": true}',
        b'{"how": "whole", "length": -1}',
        b'{"how": "ended", "signal": []}',
        b'{"length": {}}',
        b"[" * 4000,
        b"[]",
        b"1" * 4000,
        b"\xff",
        b"x" * 5000,
    ],
)
def test_a_line_of_nonsense_from_a_child_is_the_end_of_that_child(tmp_path, line):
    (tmp_path / "line").write_bytes(line + b"\n")
    with Sandbox(Rung.PLAIN, Place(tmp_path, tmp_path), Limits(), []) as sandbox:
        sandbox.child = subprocess.Popen(
            [sys.executable, "-c", "import sys; sys.stdout.buffer.write(open('line', 'rb').read())"],
            cwd=tmp_path,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        with pytest.raises(Gone, match="nonsense"):
            sandbox._read(sandbox.child, 20)


class Says:
    """A sandbox that gives these bytes whatever it is asked."""

    def __init__(self, raw):
        self.raw = raw

    def ask(self, *asked):
        return Reply(self.raw)


def test_what_cannot_be_read_is_not_quoted():
    """An answer that has seen a hidden probe could write it where NumPy's own complaint repeats it."""
    wanted = question("1.1")
    said = Says(raw_entry(FLOAT | {"shape": (2**31, 2**31, 2**31, 1414, 0)}))
    look = Marker("key", Rung.PLAIN, None, Limits())._ask(said, wanted, make_sheet(wanted))
    assert (look.trouble.trouble, look.trouble.because) == ("crashed", "what it gave cannot be read")


def touch(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)


def test_three_layouts_are_found(tmp_path):
    touch(
        tmp_path,
        f"ada/{NAME}.ipynb",
        f"bob/{NAME}/{NAME}.ipynb",
        f"cleo_{NAME}.ipynb",
        f"dörte/my {NAME} (1).ipynb",
    )
    touch(tmp_path, f"ada/.ipynb_checkpoints/{NAME}-checkpoint.ipynb", "ada/notes.txt", "eve/homework.ipynb")
    touch(tmp_path, f"fay_LATE_123_{NAME.upper()}.ipynb")
    found = find(tmp_path, [NAME, "02_other"])
    assert [one.student for one in found] == ["ada", "bob", "cleo", "dörte", "fay_LATE_123"]
    assert not any(one.note for one in found)
    assert [path.name for path in strangers(tmp_path, [NAME])] == ["homework.ipynb"]


def test_of_two_notebooks_the_one_of_the_right_name_counts_and_it_is_said(tmp_path):
    touch(tmp_path, f"ada/{NAME}.ipynb", f"ada/{NAME} old.ipynb")
    (one,) = find(tmp_path, [NAME])
    assert one.path.name == f"{NAME}.ipynb" and "old.ipynb" in one.note


def test_a_name_is_found_whole_whatever_its_capitals_are_made_of(tmp_path):
    names = ("Strauß", "Strauss", "İpek", "ﬁsh", "Ann")
    touch(tmp_path, *(f"{name}_{NAME}.ipynb" for name in names), f"ann_{NAME.upper()}.ipynb")
    found = find(tmp_path, [NAME])
    assert sorted(one.student for one in found) == sorted(names)
    assert ["not marked" in one.note for one in found if one.student == "Ann"] == [True]


def test_a_decision_is_about_one_name(tmp_path):
    (tmp_path / "overrides.csv").write_text(
        "student,question,marks,reason\nStrauß,1.1,3,ok\n", encoding="utf-8"
    )
    overrides = corrections.read_overrides(tmp_path / "overrides.csv")
    failed = Outcome("1.1", Result.TIMEOUT, None, 4)
    given = [decided(name, failed, {}, overrides).marks for name in ("strauß", "Strauss")]
    assert given == [3, None]


def test_a_folder_that_bears_somebodys_id_is_not_theirs():
    """In the roster m123 hands in under another name, and so the folder m123 is a stranger's."""
    roster = [Person("m123", "Mallory", folder="mallory"), Person("ann", folder="ann")]
    handed_in = [
        Submission(name, NAME, Path(name)) for name in ("ann", "M123", "mallory", "m123 (not in the roster)")
    ]
    people = class_of(roster, handed_in)
    assert [one.id for one in people[:2]] == ["m123", "ann"]
    assert [one.folder for one in people[2:]] == ["M123", "m123 (not in the roster)"]
    assert len({one.id.casefold() for one in people}) == 4
    assert [one.id for one in class_of(None, handed_in)] == sorted(one.student for one in handed_in)


def test_a_roster_is_read_however_a_spreadsheet_saved_it(tmp_path):
    roster = tmp_path / "roster.csv"
    roster.write_bytes("\ufeffID;Name;E-mail;Folder;Extension\r\n7;Ann;a@b;x1;2\r\n8;;;;\r\n\r\n".encode())
    ann, other = read_roster(roster)
    assert (ann.id, ann.email, ann.folder, ann.extension, other.folder) == ("7", "a@b", "x1", 2.0, "8")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name\nann\n", "expected"),
        ("id,extension\n7,soon\n", "no number of days"),
        ("id\n7\n7\n", "more than once"),
        ("id,folder\n7,x\n8,X\n", "more than once"),
        ("id,name\n,ann\n", "each line needs id"),
    ],
)
def test_a_roster_that_cannot_be_meant_is_refused(tmp_path, text, says):
    (tmp_path / "roster.csv").write_text(text)
    with pytest.raises(TableError, match=says):
        read_roster(tmp_path / "roster.csv")


def test_days_late_are_begun_days_after_the_extension():
    due = datetime(2026, 11, 20, 18)
    hours = {(20, 18): 0, (20, 19): 1, (21, 18): 1, (21, 19): 2}
    assert {at: days_late(datetime(2026, 11, *at), due, 0) for at in hours} == hours
    assert days_late(datetime(2026, 11, 22, 17), due, 2) == 0


def test_a_decision_needs_a_reason_and_fits_the_points(tmp_path):
    table = tmp_path / "overrides.csv"
    table.write_text("student,question,marks,reason\nada,1.1,3,\n")
    with pytest.raises(TableError, match="reason"):
        corrections.read_overrides(table)
    table.write_text("student,question,marks,reason\nAda,1.1,3,ok\n")
    overrides = corrections.read_overrides(table)
    failed = Outcome("1.1", Result.TIMEOUT, None, 4)
    given = decided("ada", failed, {}, overrides)
    assert (given.marks, given.result, given.note) == (3, Result.GRADED, "override: ok")
    with pytest.raises(TableError, match="expected 0 to 4"):
        decided("ada", failed, {}, {("ada", "1.1"): Decision(5, "kind")})


def test_an_outcome_is_the_same_after_json():
    import json

    one = Outcome("1.1", Result.WRONG_TYPE, None, 4, "v", "m", ("a", "b"), "n")
    assert from_plain(json.loads(json.dumps(plain(one)))) == one


def test_no_cell_of_a_table_is_a_formula():
    assert text_of([["=1+1", "@x", "-2", "fine", "-"]]) == "'=1+1,'@x,'-2,fine,-\n"


def test_a_name_that_is_a_formula_comes_back_from_a_table_that_people_filled(tmp_path):
    waiting = [("=cmd|' /C calc'!A0", Outcome("1.4 essay", Result.MANUAL, None, 3, note="+look"))]
    table = tmp_path / "manual.csv"
    table.write_text(corrections.manual_table(waiting, {}))
    assert table.read_text().split("\n")[1] == "'=cmd|' /C calc'!A0,1.4 essay,3,,'+look"
    table.write_text(table.read_text().replace(",3,,", ",3,2,"))
    assert corrections.read_manual(table) == {("=cmd|' /c calc'!a0", "1.4 essay"): Decision(2, "+look")}


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a/b", "CON:", "", "..", "x" * 300, "a\0b", "ünï", "😀" * 63, "\ud800"]
)
def test_a_file_name_stays_in_its_folder(tmp_path, name):
    write(tmp_path / f"{safe_name(name)}.html", "x")
    assert [path.parent for path in tmp_path.rglob("*.html")] == [tmp_path]


def test_two_names_never_share_a_file():
    names = ["a/b", "a:b", "a_b", "", " ", "ü" * 90, "ü" * 91]
    assert len({safe_name(name) for name in names}) == len(names)


CODE = [
    "import numpy as np\nfrom rnnlab.figures import x as pictures",
    "a = 1\nb = slow()",
    "def f(z):\n    return np.sin(z) + helper(z) * a",
    "table = {}\ntable['k'] = 2\na += 1",
    "pictures.draw(f)\nprint(b)",
    "def helper(z):\n    return table['k']",
]


def test_an_answer_needs_what_it_names_and_what_changes_that():
    got = [ast.unparse(one.tree).split("\n")[0] for one in needed(statements(CODE), ["f"])]
    assert got == [
        "import numpy as np",
        "a = 1",
        "def f(z):",
        "table = {}",
        "table['k'] = 2",
        "a += 1",
        "def helper(z):",
    ]


def test_what_only_shows_is_not_worth_running():
    loop = "for k in range(3):\n    y = pictures.look(k)\n    print(y)"
    acts = "for k in range(3):\n    print(k)\n    remember(k)"
    every = statements([*CODE, loop, acts])
    kept = [ast.unparse(one.tree) for one in worth_running(every, [])]
    assert "pictures.draw(f)" not in kept and "print(b)" not in kept and "b = slow()" in kept
    assert loop not in kept and acts in kept
    assert not any("rnnlab.figures" in line for line in kept)
    assert loop in [ast.unparse(one.tree) for one in worth_running(every, needed(every, ["y"]))]


@pytest.mark.parametrize(
    ("cells", "drawn"),
    [
        (["import matplotlib.pyplot as plt\nplt.plot([1])"], True),
        (["from rnnlab.figures import x as pictures\ny = pictures.look(3)"], True),
        (["from rnnlab.figures import x as pictures\npictures.look(3)"], False),
        (["import numpy as np\ny = np.ones(3)"], False),
    ],
)
def test_pictures_are_loaded_only_where_something_worth_running_draws(cells, drawn):
    assert draws(worth_running(statements(cells), [])) is drawn


HOLD = """
import time
from rnnlab.grading.scratch import folder
with folder() as mine:
    print(mine, flush=True)
    time.sleep(60)
"""


def test_what_a_killed_run_left_is_cleared_and_what_a_live_one_holds_is_not(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    runs = [
        subprocess.Popen([sys.executable, "-c", HOLD], stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    try:
        dead, live = (Path(run.stdout.readline().strip()) for run in runs)
        runs[0].kill()
        runs[0].wait()
        (tmp_path / "rnnlab-grade-of-somebody").mkdir()
        assert dead.is_dir() and live.is_dir()
        scratch.clear()
        assert {path.name for path in tmp_path.iterdir()} == {live.name, "rnnlab-grade-of-somebody"}
    finally:
        for run in runs:
            run.kill()
            run.communicate()
    with scratch.folder() as mine:
        assert mine.parent == tmp_path
    assert not mine.exists()


def test_the_grader_writes_no_place_of_the_students(tmp_path):
    source = "".join(path.read_text() for path in Path(people.__file__).parent.glob("*.py"))
    assert "submissions.write" not in source and "shell=True" not in source and "pickle.load" not in source
