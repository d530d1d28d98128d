"""A card that Triton's compiler can compile for where there is none. Run in a process of its own: the driver stays."""

from types import SimpleNamespace

import torch
from triton.backends.compiler import GPUTarget
from triton.runtime import driver


def compile_for(capability: int, multiprocessors: int = 100, kilohertz: int = 1_000_000) -> None:
    """From now on kernels are compiled for this card; they cannot be run."""
    card = {"multiprocessor_count": multiprocessors, "sm_clock_rate": kilohertz}
    driver.set_active(
        SimpleNamespace(
            get_current_device=lambda: 0,
            get_current_stream=lambda device: 0,
            get_current_target=lambda: GPUTarget("cuda", capability, 32),
            utils=SimpleNamespace(get_device_properties=lambda device: card),
        )
    )
    torch.cuda.current_device = lambda: 0
    torch.cuda.get_device_capability = lambda: divmod(capability, 10)
