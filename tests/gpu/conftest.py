"""The kernel on a GPU where there is one, and in Triton's interpreter on the CPU where there is none; it says which."""

import os

import pytest
import torch

REAL = torch.cuda.is_available()
if not REAL:
    os.environ["TRITON_INTERPRET"] = "1"  # before the kernel is imported: it then runs in NumPy, step by step


def pytest_terminal_summary(terminalreporter):
    where = torch.cuda.get_device_name() if REAL else "Triton's interpreter on the CPU: there is no GPU here"
    terminalreporter.write_line(f"the kernel ran on {where}")


@pytest.fixture(scope="session")
def device():
    return "cuda" if REAL else "cpu"


@pytest.fixture
def gpu():
    if not REAL:
        pytest.skip("there is no GPU here")
    return torch.device("cuda")
