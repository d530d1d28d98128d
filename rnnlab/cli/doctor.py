"""`rnnlab doctor`: a few lines on what matters when something fails, and the mend for what is broken."""

import os
import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from packaging.version import Version

import rnnlab
from rnnlab.cli import machine
from rnnlab.cli.course import CourseError, course_root
from rnnlab.cli.editions import FOLDERS, course_files, digest, read_manifest
from rnnlab.cli.machine import GIB
from rnnlab.cli.pins import declared, read_pins

REINSTALL = 'python -m pip install -c constraints.txt -e ".[lab]"'


@dataclass(frozen=True)
class Finding:
    name: str
    says: str
    mend: str = ""  # empty where nothing is broken


def run(paste: bool = False) -> int:
    findings = [examine(name, look) for name, look in LOOKS.items()]
    lines = [f"{'broken' if found.mend else 'ok':7}{found.name:10}{found.says}" for found in findings]
    mends = [f"{found.name}: {found.mend}" for found in findings if found.mend]
    if mends:
        lines += ["", "To mend it:", *(f"  {mend}" for mend in mends)]
    text = "\n".join(lines)
    print(f"```\n{text.replace(str(Path.home()), '~')}\n```" if paste else text)
    return 1 if mends else 0


def examine(name: str, look: Callable[[], tuple[str, str]]) -> Finding:
    """One look. Whatever it meets is a finding too: a doctor that crashes helps nobody."""
    try:
        return Finding(name, *look())
    except CourseError as error:
        return Finding(name, "no course here", str(error))
    except Exception as error:  # the broken installation may raise anything at all
        return Finding(name, f"{type(error).__name__}: {error}", f"install again: {REINSTALL}")


def look_at_python() -> tuple[str, str]:
    says = f"{platform.python_version()} on {platform.system()} {platform.machine()}, {sys.executable}"
    if tuple(map(int, platform.python_version_tuple()[:2])) < (3, 11):
        return says, "the course needs Python 3.11 or newer: delete .venv and make it with a newer Python"
    return says, ""


def look_at_packages() -> tuple[str, str]:
    """Outside pyproject's ranges is broken; not as pinned is only said, since conda has its own versions."""
    root = course_root()
    outside, missing = [], []
    for line in declared(root, "lab"):
        try:
            if not line.specifier.contains(Version(version(line.name)), prereleases=True):
                outside.append(f"{line.name} {version(line.name)} is not {line.specifier}")
        except PackageNotFoundError:
            missing.append(f"{line.name} is missing")
    if outside or missing:
        return ", ".join(missing + outside), REINSTALL
    pins, differ, same = read_pins(root), [], 0
    for name, pinned in pins.items():
        try:
            here = Version(version(name))
        except PackageNotFoundError:
            continue
        if here.public == pinned.public:
            same += 1
        else:
            differ.append(f"{name} {here} (pinned {pinned})")
    more = f", {len(differ) - 3} more" if len(differ) > 3 else ""
    return f"{same} as pinned" + (f"; not as pinned: {', '.join(differ[:3])}{more}" if differ else ""), ""


def look_at_torch() -> tuple[str, str]:
    """torch, and whether it can hand an array to NumPy and back: compiled apart, the two can disagree."""
    torch, numpy = import_module("torch"), import_module("numpy")
    ours = torch.arange(3.0, dtype=torch.float64)
    says = f"torch {torch.__version__}, numpy {numpy.__version__}"
    if not numpy.array_equal(torch.from_numpy(ours.numpy() + 1).numpy(), [1, 2, 3]):
        return f"{says} do not understand each other", REINSTALL
    return says, ""


def look_at_jupyter() -> tuple[str, str]:
    """JupyterLab, and the two packages that put controls under a live figure."""
    names = ("jupyterlab", "ipywidgets", "anywidget")
    for name in names:
        import_module(name)
    return ", ".join(f"{name} {version(name)}" for name in names), ""


def look_at_kernel() -> tuple[str, str]:
    """The kernel python3 is this Python; one left in the home folder by another installation goes first."""
    specs = import_module("jupyter_client.kernelspec").KernelSpecManager()
    import_module("ipykernel")
    spec = specs.get_kernel_spec("python3")
    program = shutil.which(spec.argv[0]) if spec.argv else None
    if spec.argv and spec.argv[0] in ("python", "python3"):  # jupyter takes its own Python for these
        program = sys.executable
    if program is None or Path(program).absolute() != Path(sys.executable).absolute():
        says = f"the kernel python3 starts {spec.argv[0] if spec.argv else 'nothing'}, not {sys.executable}"
        return says, f"remove the stray kernel: delete the folder {spec.resource_dir}"
    return f"python3 is {sys.executable}", ""


def look_at_device() -> tuple[str, str]:
    """What there is, and which of it the course's sweeps choose."""
    torch, forced = import_module("torch"), os.environ.get("RNNLAB_DEVICE")
    if torch.cuda.is_available():
        gpus = [torch.cuda.get_device_properties(number) for number in range(torch.cuda.device_count())]
        says = ", ".join(f"{gpu.name}, {gpu.total_memory / GIB:.0f} GiB" for gpu in gpus)
        return f"{says}; {_sweeps(forced)}", ""
    if forced == "cuda":
        return "CPU, and RNNLAB_DEVICE asks for a GPU", "unset RNNLAB_DEVICE, or set it to cpu"
    if shutil.which("nvidia-smi"):
        build = "is a CPU build" if torch.version.cuda is None else f"was built for CUDA {torch.version.cuda}"
        return f"CPU (there is an NVIDIA driver, but this torch {build} and finds no GPU)", ""
    return "CPU (all that the course needs)", ""


def _sweeps(forced: str | None) -> str:
    """Where many recurrences abreast are computed on a machine that has a GPU."""
    from rnnlab.models.devices import GPU_PAYS

    if forced:
        return f"RNNLAB_DEVICE={forced} decides what sweeps run on"
    by = f"triton {version('triton')}" if find_spec("triton") else "torch alone, much slower than with triton"
    return f"sweeps of {GPU_PAYS:,} and more run on it, by {by}; RNNLAB_DEVICE=cpu keeps them off"


def look_at_cores() -> tuple[str, str]:
    """The container's cores, which torch is then told; left alone it counts the host's."""
    torch = import_module("torch")
    cores = machine.cores()
    torch.set_num_threads(cores.count)
    of_host = f" of the host's {cores.host}" if cores.host != cores.count else ""
    return f"{cores.count}{of_host}, torch computes with {torch.get_num_threads()} threads", ""


def look_at_memory() -> tuple[str, str]:
    memory = machine.memory()
    if memory.limit is None:
        return "the system does not say", ""
    of_host = f" of the host's {memory.host / GIB:.1f}" if memory.host and memory.host != memory.limit else ""
    says = f"{memory.limit / GIB:.1f} GiB{of_host}"
    if memory.limit < 2 * GIB:
        return says, "JupyterLab and one lecture need 2 GiB: give the container or virtual machine more"
    return says, ""


def look_at_live() -> tuple[str, str]:
    """Whether any Jupyter of this environment, not only `rnnlab lab`, sends live figures at once."""
    if import_module("rnnlab.live.server").switched_on():
        return "figures answer at once in every Jupyter of this environment", ""
    return f"at once in `rnnlab lab`, about 40 ms later in another Jupyter until: {REINSTALL}", ""


def look_at_browser() -> tuple[str, str]:
    """A reader can do without; the browser tests are skipped then."""
    found = machine.browser()
    if found:
        return found, ""
    return "no Chromium or Google Chrome on the path: the browser tests are skipped", ""


def look_at_course() -> tuple[str, str]:
    """The course and the reader's copy of it: where, how much, and whether both can be used."""
    root = course_root()
    files = list(course_files(root))
    empty = [folder for folder in FOLDERS if not any(path.parts[0] == folder for path in files)]
    if empty:
        return f"{root} has nothing in {' and '.join(empty)}", "git checkout -- lectures exercises"
    imported_from = Path(rnnlab.__file__).resolve().parents[1]
    if imported_from != root:
        return f"{root}, but notebooks would import rnnlab from {imported_from}", f"in {root}: {REINSTALL}"
    mine = root / "my"
    if not mine.is_dir():
        return f"{root}, {len(files)} files; my/ comes with the first `rnnlab lab`", ""
    given = read_manifest(mine / ".editions.json")
    changed = sum(digest(mine / path) not in (None, given.get(path.as_posix())) for path in files)
    says = f"{root}, {len(files)} files, {changed} of them changed by you in my/"
    probe = mine / ".writable"
    try:
        probe.touch()
        probe.unlink()
    except OSError as error:
        return f"{says}, where nothing can be written ({error.strerror})", f"make {mine} writable for you"
    return says, ""


LOOKS: dict[str, Callable[[], tuple[str, str]]] = {
    "python": look_at_python,
    "packages": look_at_packages,
    "torch": look_at_torch,
    "jupyter": look_at_jupyter,
    "kernel": look_at_kernel,
    "device": look_at_device,
    "cores": look_at_cores,
    "memory": look_at_memory,
    "live": look_at_live,
    "browser": look_at_browser,
    "course": look_at_course,
}
