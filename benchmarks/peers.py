"""An environment with the course and its peers in it, so that all contestants run in one process, by turns.

It is made once, in build/, which git ignores: it sees the packages of the environment that made it and adds those
of peers.txt. The course's own environment is not touched.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

PEERS = Path(__file__).with_name("peers.txt")
ROOT = PEERS.parents[1]
PINS = ROOT / "constraints.txt"


def python_with_peers(folder: Path = ROOT / "build" / "bench-env") -> Path:
    """The interpreter of that environment; anew if this Python, peers.txt or constraints.txt changed."""
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    made_from = "\n".join((sys.version, sys.prefix, PEERS.read_text("utf-8"), PINS.read_text("utf-8")))
    note = folder / "made_from.txt"
    if note.is_file() and note.read_text("utf-8") == made_from:
        return python
    print(f"making {folder.relative_to(ROOT)} and installing the peers into it", flush=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
    inside = subprocess.check_output(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True
    )
    ours = sysconfig.get_path("purelib")
    Path(inside.strip(), "course.pth").write_text(f"import site; site.addsitedir({ours!r})\n", "utf-8")
    install = [python, "-m", "pip", "install", "--disable-pip-version-check", "-q", "-r", PEERS, "-c", PINS]
    if subprocess.call(install) == 0:
        note.write_text(made_from, "utf-8")
    else:
        print(
            "the peers could not be installed: the table says which are missing", file=sys.stderr, flush=True
        )
    return python
