"""The environment of every kernel that builds or tests a notebook: the same numbers on every machine.

One thread for each numeric library (sums in one order), a fixed hash seed, an empty home for what a reader
stores, no progress bars (they carry times), and rnnlab from this working tree.
"""

from __future__ import annotations

import os
from pathlib import Path

from rnnlab.building.layout import ROOT

ONE_THREAD = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "MKL", "OPENBLAS", "NUMEXPR", "VECLIB")}
FIXED = {**ONE_THREAD, "PYTHONHASHSEED": "0", "TQDM_DISABLE": "1"}


def kernel_environment(home: Path, root: Path = ROOT) -> dict[str, str]:
    """What a kernel's variables are set to, beside those of this process. `home` is an empty folder."""
    inherited = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    python_path = [str(root), *(part for part in inherited if part and part != str(root))]
    return {
        **FIXED,
        "RNNLAB_HOME": str(home / "rnnlab"),
        "IPYTHONDIR": str(home / "ipython"),
        "PYTHONPATH": os.pathsep.join(python_path),
    }
