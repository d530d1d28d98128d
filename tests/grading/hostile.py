"""What is handed in to get marks that were not earned, or to harm the run. Each was tried for real.

`needs_walls` names those that the plain subprocess does not stop; all others are stopped on every rung.
"""

import numpy as np
from notebooks import ANSWERS, ECHOES, Case, cells

from rnnlab.questions.question import question
from rnnlab.questions.sheet import make_sheet


def case(name, expected, needs_walls=False, **changes):
    return Case(name, cells(name, **changes), expected, needs_walls=needs_walls)


def echoes(body, before=""):
    """An answer to 1.1 that does `body` and returns what it finds in `out`."""
    lines = "\n".join(f"    {line}" for line in body.strip("\n").split("\n"))
    return f"{before}\ndef echoes(xs, w, u, d):\n    out = xs * 0 + 7.7\n{lines}\n    return out\n"


WRONG = "def echoes(xs, w, u, d):\n    return xs * 7.7"
NOTHING = {"1.1": 0}

PATCHES = [
    case("numpy_compares_everything_equal", NOTHING, q11=WRONG, first=(
        "import numpy as np\nyes = lambda *a, **k: True\n"
        "np.allclose = np.isclose = np.array_equal = np.testing.assert_allclose = yes\n"
        "np.max = np.abs = lambda *a, **k: 0.0")),
    case("the_courses_comparison_replaced", NOTHING, q11=WRONG, first=(
        "import rnnlab.questions as q\nq.check = lambda *a, **k: 'right'\n"
        "import sys, types\nfor name in list(sys.modules):\n"
        "    if name.startswith('rnnlab'):\n"
        "        for what in ('excess', 'judge', 'distances', 'marks_of', 'parts_right'):\n"
        "            setattr(sys.modules[name], what, lambda *a, **k: 0)")),
    case("an_object_equal_to_everything", {"1.1": "wrong type"}, q11=echoes("out = Yes()", before=(
        "class Yes:\n    def __eq__(s, o): return True\n    def __sub__(s, o): return s\n"
        "    __rsub__ = __abs__ = __le__ = __lt__ = __sub__\n    def __float__(s): return 0.0\n    shape = (3,)"))),
    case("raises_when_touched", {"1.1": "wrong type"}, q11=echoes("out = Bomb()", before=(
        "class Bomb:\n    def _f(s, *a): raise SystemExit('no')\n"
        "    __eq__ = __len__ = __iter__ = __float__ = __array__ = __bool__ = __getattr__ = __hash__ = _f\n"
        "    __class__ = property(_f)"))),
    case("an_array_that_lies", NOTHING, q11=echoes("out = out.view(Liar)", before=(
        "class Liar(np.ndarray):\n    def __array_function__(s, *a): return 0.0\n"
        "    def __array_ufunc__(s, *a, **k): return 0.0\n    def __sub__(s, o): return s * 0"))),
    case("changes_what_it_returned_later", NOTHING, q11=echoes(
        "kept.append(out)\nfor i, one in enumerate(kept[:-1]):\n    one[:] = 0", before="kept = []")),
    case("objects_that_would_be_unpickled", {"1.1": "wrong type"}, q11=echoes("out = np.array([Evil()], dtype=object)", before=(
        "class Evil:\n    def __reduce__(s): return (exec, (\"open('owned', 'w')\",))"))),
    case("a_type_with_a_false_name", {"1.1": "wrong type"}, q11=echoes("out = type('<script>alert(1)</script>', (), {})()")),
    case("script_in_its_error", {"1.1": "wrong type"}, q11=echoes(
        "raise ValueError('</p><script>document.title=1</script><img src=x onerror=alert(1)>')")),
    case("the_packer_replaced", NOTHING, q11=WRONG.replace("return", "student; return"), first=(
        "import rnnlab.grading.crossing as crossing, rnnlab.grading.inside.student as student\n"
        "keep = student.pack_said\n"
        "def forged(said, notes):\n"
        "    import numpy as np, io\n    file = io.BytesIO()\n"
        "    np.savez(file, **{f'array.{i}': np.zeros(3) for i in range(len(said))}, status=np.array('right'), marks=np.array(99))\n"
        "    return file.getvalue()\n"
        "student.pack_said = crossing.pack_said = forged")),
]  # fmt: skip

FORGE = """
import os, struct, io, json, zipfile
def everywhere(data):
    for fd in range(3, 64):
        try:
            os.write(fd, data)
        except OSError:
            pass
def framed(body):
    return struct.pack("<Q", len(body)) + body
def arrays(count=14):
    file = io.BytesIO()
    np.savez(file, **{f"array.{i}": np.zeros(3) for i in range(count)})
    return file.getvalue()
def bomb():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("array.0.npy", bytes(10**8))
    return file.getvalue()
def claims():
    header = str({"descr": "<f8", "fortran_order": False, "shape": (10**13,)}).ljust(117) + "\\n"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as z:
        for i in range(14):
            z.writestr(f"array.{i}.npy", b"\\x93NUMPY\\x01\\x00" + struct.pack("<H", len(header)) + header.encode())
    return file.getvalue()
def made(descr, shape, body=b"", count=14):
    header = str({"descr": descr, "fortran_order": False, "shape": shape}).ljust(400) + "\\n"
    entry = b"\\x93NUMPY\\x01\\x00" + struct.pack("<H", len(header)) + header.encode() + body
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as z:
        for i in range(count):
            z.writestr(f"array.{i}.npy", entry)
    return file.getvalue()
def far_off():
    raw = made("<f8", (1,), bytes(8), 1)
    listed, end = raw.rfind(b"PK\\x01\\x02"), raw.rfind(b"PK\\x05\\x06")
    extra = struct.pack("<HHQ", 1, 8, 2**63)
    middle, last = bytearray(raw[listed:end] + extra), bytearray(raw[end:])
    struct.pack_into("<H", middle, 30, len(extra))
    struct.pack_into("<L", middle, 42, 2**32 - 1)
    struct.pack_into("<L", last, 12, len(middle))
    return raw[:listed] + middle + last
def crowd():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as z:
        for i in range(30_000):
            z.writestr(f"{i}", b"")
    return file.getvalue()
"""


def forge(name, data, expected="crashed"):
    return case(name, {"1.1": expected}, q11=echoes(f"everywhere({data})\nos._exit(0)", before=FORGE))


PIPES = [
    forge("writes_its_own_verdict", 'json.dumps({"how": "whole", "marks": 99, "status": "right", "length": 0}).encode() + b"\\n"'),
    forge("writes_arrays_of_its_own", "framed(arrays())", 0),
    forge("writes_too_few_arrays", "framed(arrays(2))"),
    forge("writes_a_zip_bomb", "framed(bomb())"),
    forge("writes_a_header_of_80_terabytes", "framed(claims())"),
    forge("writes_a_pickle", 'framed(b"\\x80\\x04\\x95cos\\nsystem\\n(S\'touch owned\'\\ntR.")'),
    forge("says_an_endless_length", 'struct.pack("<Q", 2**63)'),
    forge("writes_garbage", "os.urandom(100_000)"),
    forge("writes_a_truth_value_for_a_size", 'framed(made("<f8", (True,), bytes(8)))'),
    forge("writes_what_is_no_text_the_other_way_round", 'framed(made(">U1", (1,), b"\\x00\\x11\\x00\\x00"))'),
    forge("writes_an_entry_that_lies_far_off", "framed(far_off())"),
    forge("writes_a_crowd_of_entries", "framed(crowd())"),
    forge("writes_hidden_probes_into_its_header",
          'framed(made("<f8", (2**31, 2**31, 2**31, *(int(x * 1e6) for x in xs), 0))) if len(xs) > 6 else framed(arrays(2))'),
    case("closes_every_door", {"1.1": "crashed"}, q11=echoes("import os\nos.closerange(0, 256)")),
]  # fmt: skip

LOOK = """
import os, sys, gc, glob
found = []
def walk(*tops):
    for top in tops:
        for folder, _, files in os.walk(top):
            yield from (os.path.join(folder, f) for f in files)
"""
PUBLIC = make_sheet(question("1.1"))
BY_HEART = {
    repr([np.asarray(a).tolist() for a in probe.arguments]): expected.tolist()
    for probe, expected in zip(PUBLIC.probes, PUBLIC.expected, strict=True)
}
READS = [
    case("imports_the_reference", NOTHING | {"1.1": "wrong type"},
         q11="from rnnlab.questions.q01_impulse_response.echoes import echoes as theirs\n" + echoes("out = theirs(xs, w, u, d)")),
    case("finds_the_reference_by_its_path", NOTHING, True, q11=echoes(
        "for path in found:\n"
        "    space = {}\n    exec(open(path).read(), space)\n    return space['echoes'](xs, w, u, d)",
        before=LOOK + "extra = [p for f in glob.glob(os.path.join(sys.prefix, 'lib', '*', 'site-packages', '*.pth'))"
        " for p in open(f).read().split('\\n') if p.startswith('/')]\n"
        "tops = [*extra, *(p for p in sys.path if 'site-packages' not in p), '/course', '/home', '/srv']\n"
        "found = [p for p in walk(*tops) if p.endswith('q01_impulse_response/echoes.py')]\n")),
    case("asks_the_installed_course", NOTHING, q11=echoes(
        "import subprocess, json\n"
        "code = ('import sys, json; from rnnlab.questions.question import question; '\n"
        "        f'print(json.dumps(list(question(\"1.1\").reference(__import__(\"numpy\").array({xs.tolist()}), {w}, {u}, {d}))))')\n"
        "try:\n    done = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True)\n"
        "    out = np.array(json.loads(done.stdout))\nexcept Exception:\n    pass", before=LOOK)),
    case("searches_the_memory_for_expected_values", NOTHING, q11=echoes(
        "for one in gc.get_objects():\n"
        "    if type(one).__name__ in ('Sheet', 'Question', 'Misconception'):\n"
        "        out = getattr(one, 'reference', lambda *a: one.expected[0])(xs, w, u, d)", before=LOOK)),
    case("looks_up_the_frames", NOTHING, q11=echoes(
        "frame = sys._getframe()\nwhile frame:\n"
        "    for value in list(frame.f_locals.values()) + list(frame.f_globals.values()):\n"
        "        for name in ('expected', 'reference', 'key'):\n"
        "            if hasattr(value, name) and type(value).__module__.startswith('rnnlab'):\n"
        "                out = np.asarray(getattr(value, name), dtype=float)\n"
        "    frame = frame.f_back", before=LOOK)),
    case("looks_for_the_key", {"1.1": 4}, q11=ECHOES, first=LOOK + (
        "for path in [*glob.glob('/proc/*/environ'), *glob.glob('/proc/*/cmdline'), *walk('/scratch', os.path.expanduser('~'))]:\n"
        "    try:\n        if b'the key of the tests' in open(path, 'rb').read(100_000): found.append(path)\n"
        "    except OSError: pass\n"
        "seen = found or any('the key of the tests' in v for v in os.environ.values())"),
        q12="def blame(hs, ys, w, d):\n    assert not seen\n" + "    dh = hs - ys\n    for t in reversed(range(len(hs) - d)):\n"
        "        dh[t] += w * dh[t + d]\n    return dh"),
    case("reads_and_writes_other_students", {"1.1": 4}, True, first=LOOK + (
        "for path in walk(os.path.dirname(os.path.dirname(os.getcwd())), '/srv'):\n"
        "    if path.endswith('.ipynb'):\n"
        "        found.append(path)\n"
        "        try: open(path, 'a').write('spoilt')\n        except OSError: pass\n"),
        q12="def blame(hs, ys, w, d):\n    assert not found\n    dh = hs - ys\n    for t in reversed(range(len(hs) - d)):\n"
        "        dh[t] += w * dh[t + d]\n    return dh"),
    case("knows_the_public_probes_by_heart", NOTHING, q11=f"TABLE = {BY_HEART!r}\n" + echoes(
        "out = TABLE.get(repr([np.asarray(a).tolist() for a in (xs, w, u, d)]), out)")),
    case("right_for_the_first_calls", NOTHING, q11="count = [0]\n" + ECHOES.replace(
        "    return hs", "    count[0] += 1\n    return hs if count[0] <= 1 else hs * 0")),
    case("adas_own_answers", {"1.3": "manual", "1.5": "manual", "1.6": "manual"}, first="student_id = 'ada'"),
    case("numbers_replaced", {"1.3": 0}, q13="numbers = lambda *a: (0.9, 2)\nw, d = numbers()\n"
         "steps = d * int(np.ceil(np.log(0.01) / np.log(abs(w))))\nfrom rnnlab.questions import numbers"),
]  # fmt: skip

OTHERS_DIE = "\n    ".join(["import os, signal", "for who in (os.getppid(), -1, 0, 1, 2):", "    try: who == os.getpid() or os.kill(who, 9)",
                            "    except OSError: pass"])  # fmt: skip
HARM = [
    case("leaves_the_process", {"1.1": "crashed"}, q11=echoes("import os\nos._exit(0)")),
    case("leaves_in_a_cell", {}, middle="import os\nos._exit(0)"),
    case("leaves_where_it_is_needed", dict.fromkeys(ANSWERS, "crashed"), first="import os\nstudent_id = os._exit(0)"),
    case("exits_politely", {"1.1": "wrong type"}, q11=echoes("raise SystemExit(0)")),
    case("loops_and_swallows_interrupts", {"1.1": "timeout"}, q11=echoes(
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass")),
    case("sleeps", {"1.1": "timeout"}, q11=echoes("import time\ntime.sleep(10**6)")),
    case("ignores_the_end_of_its_time", {"1.1": "timeout"}, q11=echoes(
        "import signal\nfor s in range(1, 32):\n    try: signal.signal(s, signal.SIG_IGN)\n    except OSError: pass\n"
        "while True: pass")),
    case("ten_gigabytes_at_once", {"1.1": "memory"}, q11=echoes("out = np.ones(10 * 2**27)")),
    case("memory_bit_by_bit", {"1.1": "memory"}, q11=echoes("heap = []\nwhile True: heap.append(bytearray(10**6))")),
    case("memory_and_swallows_the_error", {"1.1": "timeout"}, q11=echoes(
        "heap = []\nwhile True:\n    try: heap.append(bytearray(10**6))\n    except MemoryError: pass")),
    case("an_answer_of_a_gigabyte", {"1.1": "wrong type"}, q11=echoes("out = np.ones(2**20)")),
    case("words_of_a_gigabyte", {"1.1": "memory"}, q11=echoes("out = np.full(90_000, 'x' * 900)")),
    case("prints_for_ever", {"1.1": "timeout"}, q11=echoes("while True: print('x' * 10**6)")),
    case("floods_the_descriptors", {"1.1": "timeout"}, q11=echoes("import os\nwhile True:\n    os.write(1, b'x' * 10**6); os.write(2, b'x' * 10**6)")),
    case("crashes_the_interpreter", {"1.1": "crashed"}, q11=echoes("import ctypes\nctypes.string_at(0)")),
    case("recurses_without_end", {"1.1": "crashed"}, q11=echoes(
        "import sys\nsys.setrecursionlimit(10**9)\nf = lambda n: max([0], key=lambda _: f(n))\nf(0)")),
    case("kills_everybody", {"1.1": 4}, q11=ECHOES.replace("    hs =", "    " + OTHERS_DIE + "\n    hs =", 1)),
    case("fork_bomb", {"1.1": "wrong type"}, q11=echoes("import os\nwhile True: os.fork()")),
    case("a_daemon_that_waits", {"1.1": 4}, q11=ECHOES.replace("    hs =", (
        "    import os, time\n    try:\n        if os.fork() == 0:\n            os.setsid(); time.sleep(3600)\n"
        "    except OSError: pass\n    hs ="), 1)),
    case("a_thread_that_stays", {}, q11="import threading, time\n"
         "thread = threading.Thread(target=time.sleep, args=(3600,))\nthread.start()\n"
         + ECHOES.replace("    hs =", "    thread.is_alive()\n    hs =", 1)),
    case("fills_the_disk", {"1.1": "wrong type"}, True, q11=echoes(
        "for i in range(20):\n    with open(f'f{i}', 'wb') as f: f.write(bytes(15 * 2**20))\nout = echo(xs, w, u, d)", before=ECHOES.replace("echoes", "echo"))),
    case("a_file_too_large", {"1.1": "wrong type"}, q11=echoes(
        "with open('f', 'wb') as f:\n    for i in range(1000): f.write(bytes(2**20))")),
    case("raises_its_own_limits", {"1.1": "memory"}, q11=echoes(
        "import resource\nfor which in (resource.RLIMIT_AS, resource.RLIMIT_CPU):\n"
        "    try: resource.setrlimit(which, (-1, -1))\n    except (OSError, ValueError): pass\n"
        "heap = []\nwhile True: heap.append(bytearray(10**6))")),
    case("calls_home", {"1.1": "wrong type"}, q11=echoes(
        "import socket\nsocket.create_connection(('127.0.0.1', PORT), timeout=2).sendall(b'hello')", before="PORT = 9")),
    case("writes_into_the_course", {}, True, first=LOOK + (
        "for path in [os.path.join(p, 'rnnlab', '__init__.py') for p in sys.path] + [np.__file__]:\n"
        "    try: open(path, 'a').write('# spoilt')\n    except OSError: pass")),
    case("plants_something_for_the_next_question", {"1.1": 4}, first=(
        "for name in ('sitecustomize.py', 'numpy.py', 'usercustomize.py', '.pythonrc.py'):\n"
        "    open(name, 'w').write('raise SystemExit')")),
    case("looks_into_its_parent", NOTHING, q11=echoes(
        "import os\ntry:\n    memory = open(f'/proc/{os.getppid()}/mem', 'r+b')\n"
        "    out = np.frombuffer(memory.read(8 * len(xs)))\nexcept (OSError, ValueError): pass")),
    case("another_program_in_its_place", {"1.1": "wrong type"}, q11=echoes(
        "import os, sys\nos.execv(sys.executable, [sys.executable, '-c', 'while True: pass'])")),
    case("removes_its_folder", {}, first="import shutil, os\nshutil.rmtree(os.getcwd(), ignore_errors=True)"),
]  # fmt: skip

HOSTILE = PATCHES + PIPES + READS + HARM
