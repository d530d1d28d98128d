"""What honest students hand in: right answers in many styles, and notebooks as they are left at night."""

import json

from notebooks import BLAME, CHECKS, ECHOES, GRADIENT, IMPORTS, STEPS, Case, cells, notebook


def case(name, expected=None, raw=None, file=None, **changes):
    more = {"file": file} if file else {}
    return Case(name, cells(name, **changes), expected or {}, raw, **more)


def stub(source):
    """The answer's first line, with the dots."""
    head = source.strip().split("\n")[0]
    return f"{head}\n    return ...  # your answer"


CLOSED = """
def echoes(xs, w, u, d):
    lag = np.subtract.outer(np.arange(len(xs)), np.arange(len(xs)))
    return np.where((lag >= 0) & (lag % d == 0), w ** np.maximum(lag // d, 0), 0.0) @ (u * xs)
"""
TORCH = """
import torch
def echoes(xs, w, u, d):
    hs = list(torch.zeros(d))
    for x in torch.as_tensor(xs, dtype=torch.float32):
        hs.append(w * hs[-d] + u * x)
    return torch.stack(hs[d:])
"""
LISTS = """
def echoes(xs, w, u, d):
    hs = []
    for t, x in enumerate(xs):
        hs.append((w * hs[t - d] if t >= d else 0) + u * float(x))
    return hs
"""
RECURSIVE = """
from functools import lru_cache
def echoes(xs, w, u, d):
    @lru_cache
    def h(t):
        return 0.0 if t < 0 else w * h(t - d) + u * xs[t]
    return tuple(h(t) for t in range(len(xs)))
"""
CALLABLE = """
class Unit:
    def __call__(self, xs, w, u, d):
        hs = np.zeros(len(xs), dtype=np.longdouble)
        for t in range(len(xs)):
            hs[t] = w * (hs[t - d] if t >= d else 0) + u * xs[t]
        return hs
echoes = Unit()
"""
COMPLEX_STEP = """
def weight_gradient(xs, y, w):
    r, v = 0j, w + 1e-20j
    for x in xs:
        r = v * np.tanh(r) + x
    return (((r - y) ** 2 / 2).imag / 1e-20)
"""
HELPERS_LATER = """
def blame(hs, ys, w, d):
    return step_back(np.asarray(hs) - ys, w, d)
"""
STEP_BACK = """
def step_back(e, w, d):
    for t in range(len(e) - 1 - d, -1, -1):
        e[t] = e[t] + w * e[t + d]
    return e
"""
BUILT_UP = """
from rnnlab.analysis.cases import place
rows = []
for case in cases:
    rows.append(["weight", "saturation", "delay", "every step", "explosion"][place(case, 5)])
causes = np.array(rows)
"""
PATCHED_TOGETHER = """
table = {}
def remember(name, value):
    table[name] = value
"""

RIGHT = [
    case("as_in_the_solution"),
    case("vectorised", q11=CLOSED),
    case("with_torch", q11=TORCH),
    case("plain_lists", q11=LISTS),
    case("recursive", q11=RECURSIVE),
    case("callable_object", q11=CALLABLE),
    case("complex_step", q14=COMPLEX_STEP),
    case("helper_defined_later", q12=HELPERS_LATER, last=STEP_BACK),
    case("answer_built_up", q16='*cases, w = numbers("1.6", student_id)\n' + BUILT_UP),
    case("types_around_numbers", q13=STEPS + "\nsteps = np.array([steps], dtype=np.int32)[0]"),
    case("answer_through_a_side_effect", first=PATCHED_TOGETHER, q13=STEPS.replace("steps =", "n =") + 'remember("s", n)\nsteps = table["s"]'),
    case("answer_by_exec", q11="exec('''" + ECHOES + "''')"),
    case("from_numpy_import_everything", first="from numpy import *", q12=BLAME.replace("hs - ys", "subtract(hs, ys)")),
    case("changes_its_arguments", q12="def blame(hs, ys, w, d):\n    hs -= ys\n    for t in range(len(hs) - 1 - d, -1, -1):\n"
         "        hs[t] += w * hs[t + d]\n    return hs"),
    case("one_buffer_for_all", q11="buffer = np.zeros(10000)\n" + ECHOES.replace(
        "hs = np.zeros(len(xs))", "hs = buffer[: len(xs)]; hs[:] = 0")),
    case("ünïcödé_näme"),
]  # fmt: skip

UNTOUCHED = dict.fromkeys(("1.1", "1.2", "1.3", "1.4", "1.5", "1.6"), "not attempted")

MESSY = [
    Case("untouched_stubs", (IMPORTS, "student_id = 'untouched_stubs'", stub(ECHOES), stub(BLAME), "steps = ...",
         stub(GRADIENT), "best = ...", "causes = ...", *CHECKS.values()), UNTOUCHED),
    Case("nothing_in_it", (), UNTOUCHED),
    case("magics", first="%matplotlib inline\n!pip list\nfiles = !ls\n?np\n%load_ext autoreload",
         q12="%%time\n" + BLAME, middle="%%bash\nrm -rf /", last="%%html\n<b>"),
    case("scratch_cells_that_raise", first="1 / 0", middle="raise SystemExit", last="import nothing_of_this_name"),
    case("a_cell_half_written", middle="for t in range(10:\n    print("),
    case("ten_minutes_of_training", middle="import time\nfor epoch in range(600):\n    time.sleep(1)\nloss = 0.1"),
    case("training_that_one_wrong_answer_waits_for", {"1.2": 0},
         q12="def blame(hs, ys, w, d):\n    return 7.7 * hs", middle="import time\nwhile True:\n    time.sleep(1)"),
    case("asks_for_input", first="name = input('who are you? ')", middle="while not input('go on? '):\n    pass"),
    case("duplicated_cells", q11=ECHOES + "\n" + ECHOES, last=ECHOES),
    Case("checks_deleted", tuple(c for c in cells("checks_deleted") if not c.startswith("check("))),
    case("function_renamed", {"1.1": "not attempted"}, q11=ECHOES.replace("def echoes", "def my_echoes")),
    case("defined_twice_the_last_counts", {"1.1": 0}, last="def echoes(xs, w, u, d):\n    return xs * 7.5"),
    case("set_aside_at_the_end", {"1.3": "not attempted"}, last="steps = ..."),
    case("prints_a_lot", first="for _ in range(1000):\n    print('x' * 100_000)",
         q11=ECHOES.replace("    hs =", "    print('x' * 10_000_000)\n    hs =", 1)),
    case("one_answer_raises", {"1.1": "wrong type"}, q11="def echoes(xs, w, u, d):\n    return hs"),
    case("raises_for_long_sequences", {"1.4": 2},
         q14=GRADIENT.replace("    rs = [0.0]", "    assert len(xs) < 4\n    rs = [0.0]")),
    case("value_for_a_function", {"1.1": "wrong type"}, q11="echoes = np.zeros(3)"),
    case("function_for_a_value", {"1.3": "wrong type"}, q13="def steps():\n    return 3"),
    case("called_in_place", {"1.2": "wrong type"}, q12=BLAME + "blame = blame(np.ones(3), np.zeros(3), 0.5, 1)"),
    case("returns_nothing", {"1.1": "wrong type"}, q11=ECHOES.replace("    return hs", "    print(hs)")),
    case("gives_nan", {"1.1": "wrong type"}, q11="def echoes(xs, w, u, d):\n    return xs * np.nan"),
    case("a_generator", {"1.1": "wrong type"}, q11="def echoes(xs, w, u, d):\n    yield from xs"),
    case("complex_numbers", {"1.4": "wrong type"}, q14="def weight_gradient(xs, y, w):\n    return 1 + 2j"),
    case("torch_on_a_device_not_there", {"1.1": "wrong type"},
         q11="import torch\ndef echoes(xs, w, u, d):\n    return torch.as_tensor(xs, device='cuda:7') * w"),
    case("by_automatic_differentiation", {"1.4": "wrong type"},
         q14="import torch\ndef weight_gradient(xs, y, w):\n    v, r = torch.tensor(w, requires_grad=True), torch.zeros(())\n"
         "    for x in xs:\n        r = v * torch.tanh(r) + float(x)\n    ((r - y) ** 2 / 2).backward()\n    return v.grad"),
    case("right_but_for_another_id", {"1.3": "manual", "1.5": "manual", "1.6": "manual"},
         last="", first="student_id = 'somebody else'"),
    case("windows_line_ends", raw=notebook(cells("windows_line_ends")).replace(b"\\n", b"\\r\\n")),
    case("byte_order_mark", raw=b"\xef\xbb\xbf" + notebook(cells("byte_order_mark"))),
    case("source_as_one_string", raw=json.dumps({"nbformat": 4, "nbformat_minor": 0, "metadata": {}, "cells": [
        {"cell_type": "code", "source": c} for c in cells("source_as_one_string")]}).encode()),
    case("notebook_of_2014", raw=json.dumps({"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [
        {"cells": [{"cell_type": "code", "input": c} for c in cells("notebook_of_2014")]}]}).encode()),
]  # fmt: skip

BROKEN = dict.fromkeys(UNTOUCHED, "unreadable")
UNREADABLE = [
    Case("broken_json", raw=b'{"cells": [{"cell_type": "code", "sour', expected=BROKEN),
    Case("saved_half_way", raw=notebook(cells("saved_half_way"))[:900], expected=BROKEN),
    Case("empty_file", raw=b"", expected=BROKEN),
    Case("a_picture", raw=b"\x89PNG\r\n\x1a\n\x00\xff", expected=BROKEN),
    Case("a_list", raw=b"[1, 2]", expected=BROKEN),
    Case(
        "cells_of_nonsense",
        raw=b'{"cells": [3, {"cell_type": "code", "source": 7}], "nbformat": 4}',
        expected=BROKEN,
    ),
    Case("nested_without_end", raw=b"[" * 200_000, expected=BROKEN),
]
HONEST = RIGHT + MESSY + UNREADABLE
