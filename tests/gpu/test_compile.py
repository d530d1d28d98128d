"""Every map through Triton's compiler, down to machine code for two cards, with no card needed: state in registers."""

import os
import re
import subprocess
import sys

import pytest

pytest.importorskip("triton", reason="triton is not installed: it exists for Linux alone")

# A process of its own: here the kernel may be the interpreter's.
COMPILE = """
import sys, subprocess, tempfile, torch
from triton import knobs
from rnnlab.models import iterate_triton as kernel
sys.path.insert(0, "tests/gpu")
from no_card import compile_for
from test_iterate import SIZES

compile_for(int(sys.argv[1]))
for step, (n, S, D) in SIZES.items():
    w, xs = torch.zeros(1000), None if D == 0 else torch.zeros(200, D)
    kept, arguments = kernel.prepare(step, (w, *[w if n < 17 else 1.0] * (n - 1)), (0.0,) * S, 200, 3, xs, (1000,))
    compiled = kernel._iterate.warmup(**arguments, grid=(1,))
    with tempfile.NamedTemporaryFile(suffix=".cubin") as file:
        file.write(compiled.asm["cubin"])
        file.flush()
        use = subprocess.run([knobs.nvidia.cuobjdump.path, "-res-usage", file.name], capture_output=True, text=True)
    print(step.__name__, use.stdout.replace(chr(10), " "))
"""


@pytest.mark.parametrize("capability", [80, 90])
def test_every_map_compiles_and_spills_nothing(capability, tmp_path):
    """STACK and LOCAL are bytes of memory in which a thread keeps what its registers cannot hold.

    With 64 registers each, 1,024 threads share a multiprocessor; with 80, which nine numbers of state need, 768 do.
    """
    environment = {k: v for k, v in os.environ.items() if k != "TRITON_INTERPRET"}
    run = subprocess.run(
        [sys.executable, "-c", COMPILE, str(capability)],
        env=environment | {"TRITON_CACHE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    found = re.findall(r"^(\w+) .*REG:(\d+) STACK:(\d+) SHARED:\d+ LOCAL:(\d+)", run.stdout, re.M)
    from test_iterate import SIZES

    assert [name for name, *_ in found] == [step.__name__ for step in SIZES]
    for name, registers, stack, local in found:
        most = 80 if name == "scaled_lstm_stretch" else 64
        assert int(registers) <= most and stack == local == "0", (name, registers, stack, local)
