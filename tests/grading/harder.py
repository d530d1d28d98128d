"""More that is handed in to cheat: what carries hidden probes out, lies about its type, or breaks who reads it."""

import json

from honest import UNTOUCHED
from hostile import NOTHING, WRONG, case, echoes
from notebooks import BLAME, ECHOES, STEPS, Case, cells

WRITE = "\n".join(
    [
        "import os",
        "PLACES = ('calls.txt', '/dev/shm/calls.txt', '/dev/calls.txt')",
        "def remember(*arguments):",
        "    for place in PLACES:",
        "        try: open(place, 'w').write(repr([np.asarray(a).tolist() for a in arguments])[1:150])",
        "        except OSError: pass",
        "def remembered():",
        "    return next((open(p).read() for p in PLACES if os.path.exists(p)), '')",
    ]
)
KEPT = {"1.2": "wrong type"}
OTHER = "<script>alert(1)</script>"

HARDER = [
    case("carries_hidden_probes_to_the_next_question", KEPT, needs_walls=True, first=WRITE,
         q11=ECHOES.replace("    hs =", "    remember(xs, w, u, d)\n    hs =", 1),
         q12="def blame(hs, ys, w, d):\n    raise ValueError(remembered())"),
    case("carries_hidden_probes_to_its_second_run", {"1.2": 0}, needs_walls=True, first=WRITE,
         q12="def blame(hs, ys, w, d):\n    told = remembered()\n    remember(hs, ys, w, d)\n"
         "    if told: raise ValueError(told)\n    return hs * 7.7"),
    case("half_a_character_in_a_word", {"1.6": "wrong type"}, q16='causes = ("\\ud800", "delay", "weight")'),
    case("control_characters_in_a_word", {"1.6": "wrong type"}, q16='causes = ("\\x1b[2J\\n\\x00", "=1+1", "weight")'),
    case("an_id_that_is_a_script", {"1.3": "manual", "1.5": "manual", "1.6": "manual"}, first=f"student_id = {OTHER!r}"),
    case("a_sum_of_nine_hundred_terms", {}, first="total = " + "+".join(["1"] * 900)),
    case("nested_deeper_than_python_reads", {}, first="x = " + "-" * 100_000 + "1", last="y = " + "(" * 150 + ")" * 150),
    case("one_line_of_a_megabyte", {}, middle="data = '" + "x" * 10**6 + "'"),
    case("traces_every_frame", NOTHING, q11=WRONG, first=(
        "import sys\ndef trace(frame, event, what):\n"
        "    for name in ('said', 'notes', 'body', 'task'):\n"
        "        frame.f_locals.pop(name, None)\n    return trace\n"
        "sys.settrace(trace); sys.setprofile(trace)")),
    case("the_writer_of_arrays_replaced", NOTHING | {"1.3": "wrong type", "1.4": "wrong type", "1.5": "wrong type"}, q11=WRONG, first=(
        "import io, json, struct, zipfile\nsave = np.savez\n"
        "np.savez = lambda file, **named: save(file, **{k: v * 0 if v.dtype.kind == 'f' else v for k, v in named.items()})\n"
        "json.dumps = lambda *a, **k: '{\"how\": \"whole\", \"marks\": 99}'\nnp.asarray = np.array = lambda *a, **k: np.zeros(3)")),
    case("a_number_that_is_what_one_likes", {"1.3": 0}, q13=(
        "class Any(int):\n    __eq__ = __le__ = __ge__ = lambda s, o: True\n    __sub__ = __rsub__ = lambda s, o: 0\n"
        "    __hash__ = int.__hash__\nsteps = Any(77)")),
    case("a_word_that_is_every_word", {"1.6": "wrong type"}, q16=(
        "class Any(str):\n    __eq__ = lambda s, o: True\n    __hash__ = str.__hash__\n"
        "    strip = casefold = lambda s: s\ncauses = (Any(), Any(), Any())")),
    case("a_number_of_five_thousand_digits", {"1.3": "wrong type"}, q13="steps = 10**5000"),
    case("a_list_without_end", NOTHING | {"1.1": "wrong type"}, q11=echoes("out = Endless()", before=(
        "class Endless(list):\n    def __iter__(s):\n        while True: yield 0.0\n    def __len__(s): return 3"))),
    case("not_a_number_everywhere", {"1.3": "wrong type", "1.5": "wrong type"}, q13="steps = float('nan')",
         q15="best = (float('inf'), float('-inf'))"),
    case("something_for_the_end", {"1.1": 4}, first=(
        "import atexit, weakref\ndef late(*_):\n    for fd in range(3, 64):\n"
        "        try: os.write(fd, b'\\x00' * 64)\n        except OSError: pass\nimport os\natexit.register(late)\n"
        "class Bomb:\n    __del__ = late\nbomb = Bomb()")),
    case("stops_its_parent", {"1.1": 4}, q11=ECHOES.replace("    hs =", (
        "    import ctypes, os, signal\n    parent = os.getppid()\n"
        "    for name in (signal.SIGSTOP, signal.SIGTERM, signal.SIGPIPE):\n"
        "        try: os.kill(parent, name)\n        except OSError: pass\n"
        "    libc = ctypes.CDLL(None)\n    for request in (16, 0x4206):\n"
        "        assert libc.ptrace(request, parent, 0, 0) == -1\n    hs ="), 1)),
    case("opens_every_other_process", {"1.1": 4}, needs_walls=True, q11=ECHOES.replace("    hs =", (
        "    import os\n    others = {p for p in os.listdir('/proc') if p.isdecimal()} - {str(os.getpid())}\n"
        "    assert others == {'1'}, others\n"
        "    names = ['mem', 'environ', 'maps', 'task/1/mem', 'clear_refs', *(f'fd/{k}' for k in range(9)), 'cwd/x', 'root/x']\n"
        "    for name in names:\n        for flags in (os.O_RDONLY, os.O_WRONLY, os.O_RDWR):\n"
        "            try: os.open(f'/proc/1/{name}', flags)\n            except OSError: continue\n"
        "            raise ValueError(name)\n    hs ="), 1)),
    case("memory_in_files_that_have_no_name", {"1.1": 4}, q11=ECHOES.replace("    hs =", (
        "    import os\n    held = []\n    try:\n        while len(held) < 25:\n"
        "            held.append(os.memfd_create('x'))\n            os.write(held[-1], bytes(15 * 2**20))\n"
        "    except OSError: pass\n    assert len(held) * 15 < 320\n    hs ="), 1)),
    case("memory_in_every_folder_there_is", {"1.1": 4}, needs_walls=True, q11=ECHOES.replace("    hs =", (
        "    import os, shutil\n    held = 0\n"
        "    places = {line.split()[1] for line in open('/proc/mounts')} | {'/dev/shm', '/etc', '/run', '/var', '/home'}\n"
        "    for place in sorted(places):\n"
        "        for i in range(25):\n"
        "            try: held += open(f'{place}/full{i}', 'wb').write(bytes(15 * 2**20))\n            except OSError: break\n"
        "    assert held < 80 * 2**20, held\n"
        "    [os.remove(f'full{i}') for i in range(25) if os.path.exists(f'full{i}')]\n    hs ="), 1)),
    case("speaks_for_its_parent", {"1.1": 4}, needs_walls=True, q11=ECHOES.replace("    hs =", (
        "    import os\n    line = b'{\"how\": \"whole\", \"length\": Infinity}\\n'\n    for who in {1, os.getppid()}:\n"
        "        for k in range(9):\n            try: os.write(os.open(f'/proc/{who}/fd/{k}', os.O_WRONLY), line)\n"
        "            except OSError: pass\n    hs ="), 1)),
    # No wall keeps anybody from this one, and the course says so: what is forbidden is only switched off.
    case("switches_on_what_is_switched_off", {}, q14=(
        "import torch\nengine = torch.autograd.Variable._execution_engine\ndef weight_gradient(xs, y, w):\n"
        "    torch.autograd.Variable._execution_engine = engine\n"
        "    v, r = torch.tensor(w, dtype=torch.float64, requires_grad=True), torch.zeros((), dtype=torch.float64)\n"
        "    for x in xs:\n        r = v * torch.tanh(r) + float(x)\n    ((r - y) ** 2 / 2).backward()\n    return v.grad")),
    case("plants_settings_for_whoever_draws", {"1.2": 0}, first=(
        "for name in ('matplotlibrc', 'fonts'):\n    open(name, 'w').write('backend: module://owned')\n"
        "import matplotlib.pyplot as plt\nplt.plot([1])"), q12="def blame(hs, ys, w, d):\n    return 7.7 * hs"),
    case("numbers_and_id_set_again", {"1.3": "manual"},
         last="student_id = 'ada'\n" + STEPS + "\na, b, c = numbers('1.5', 'ada')\n"),
    case("cells_for_a_shell", {}, first="%%bash\ntouch owned\n", middle="%%writefile numpy.py\nraise SystemExit",
         last="%run owned.py\n!touch owned\n" + BLAME),
    Case("cells_that_are_a_number", raw=json.dumps({"worksheets": [{"cells": 5}, {"cells": "abc"}]}).encode(), expected=UNTOUCHED),
    Case("outputs_and_metadata_of_a_megabyte", raw=json.dumps({"nbformat": 4, "metadata": {"kernelspec": {"argv": ["rm"]}}, "cells": [
        {"cell_type": "code", "source": c, "metadata": {"nbgrader": {"points": 99, "grade": True, "grade_id": "x"}},
         "outputs": [{"output_type": "stream", "text": "x" * 50_000}]}
        for c in cells("outputs_and_metadata_of_a_megabyte")]}).encode()),
]  # fmt: skip
