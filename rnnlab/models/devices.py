"""Where a sweep is computed: NumPy on a CPU, where torch is several times slower, and torch on a GPU where it pays.

What needs gradients is torch's anywhere, and stays where its tensors are. torch takes a second to import, so here it is
imported only on a machine with NVIDIA's driver.
"""

from __future__ import annotations

import os
from ctypes import CDLL
from functools import cache

from rnnlab.arrays import Array

GPU_PAYS = 50_000  # recurrences abreast: 200 steps of them are 15 ms in NumPy, less than an eye sees; not yet measured
DRIVERS = ("libcuda.so.1", "nvcuda.dll")
CHOICES = ("cpu", "cuda")


def devices() -> list[str]:
    """What a sweep can be computed on here, the preferred one first; one alone where RNNLAB_DEVICE names it."""
    forced = _forced()
    return [forced] if forced else ["cuda", "cpu"] if _gpu() else ["cpu"]


def device_for(parallel: int, device: str | None = None) -> str:
    """The GPU, "cuda", for `GPU_PAYS` recurrences abreast or more where there is one, else "cpu".

    `device` forces it; where it is None, the environment variable RNNLAB_DEVICE does.
    """
    forced = _allowed(device, "device") if device else _forced()
    return forced or ("cuda" if parallel >= GPU_PAYS and _gpu() else "cpu")


def put(value: Array, device: str) -> Array:
    """The array where it is to be computed: as it is on a CPU, on a GPU a float32 tensor. Once, before the loop."""
    if device == "cpu":
        return value
    import torch

    return torch.as_tensor(value, dtype=torch.float32, device=device)


def _forced() -> str | None:
    return _allowed(os.environ.get("RNNLAB_DEVICE", ""), "RNNLAB_DEVICE") or None


def _allowed(device: str, where: str) -> str:
    if device not in ("", *CHOICES):
        raise ValueError(f"came {where}={device!r}; expected one of {', '.join(CHOICES)}, or none")
    if device == "cuda" and not _gpu():
        raise ValueError(
            f"came {where}='cuda', and torch finds no GPU here: take 'cpu', or ask `rnnlab doctor` why"
        )
    return device


@cache
def _gpu() -> bool:
    """Whether torch finds a GPU. Where the driver is missing, torch need not be asked, and is not loaded."""
    for driver in DRIVERS:
        try:
            CDLL(driver)
        except OSError:
            continue
        import torch

        return bool(torch.cuda.is_available())
    return False
