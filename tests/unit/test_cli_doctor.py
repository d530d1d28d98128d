"""Each way in which an installation breaks: the line says what, the mend says how, the exit code is 1."""

import importlib.metadata
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import rnnlab
from rnnlab.cli import doctor, machine
from rnnlab.cli.course import CourseError
from rnnlab.cli.machine import GIB, Cores, Memory


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A small course that is found and imported from."""
    for path in ("lectures/01_x.ipynb", "exercises/01_x.ipynb", "rnnlab/__init__.py"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("{}")
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "rnnlab"\ndependencies = ["numpy>=2"]\n[project.optional-dependencies]\nlab = []\n'
    )
    (tmp_path / "constraints.txt").write_text("numpy==2.4.6\nabsent==1.0\n")
    monkeypatch.setattr(doctor, "course_root", lambda: tmp_path)
    monkeypatch.setattr(rnnlab, "__file__", str(tmp_path / "rnnlab" / "__init__.py"))
    return tmp_path


def versions(monkeypatch, **known):
    def version(name):
        if name not in known:
            raise importlib.metadata.PackageNotFoundError(name)
        return known[name]

    monkeypatch.setattr(doctor, "version", version)


def a_torch(monkeypatch, **changes):
    """A torch that is only what a test says of it."""
    nothing = SimpleNamespace(is_available=lambda: False)
    torch = SimpleNamespace(cuda=nothing, version=SimpleNamespace(cuda=None), **changes)
    monkeypatch.setattr(doctor, "import_module", lambda name: torch)
    return torch


def test_ten_lines_and_0_where_nothing_is_broken(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "LOOKS", {name: lambda: ("fine", "") for name in doctor.LOOKS})
    assert doctor.run() == 0
    assert len(capsys.readouterr().out.splitlines()) == len(doctor.LOOKS)


def test_1_and_the_mend_where_one_is_broken(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "LOOKS", {"a": lambda: ("fine", ""), "b": lambda: ("bad", "do this")})
    assert doctor.run() == 1
    assert capsys.readouterr().out.splitlines() == [
        "ok     a         fine",
        "broken b         bad",
        "",
        "To mend it:",
        "  b: do this",
    ]


def test_paste_is_a_block_without_the_home_folder(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "LOOKS", {"a": lambda: (str(Path.home() / "course"), "")})
    doctor.run(paste=True)
    assert capsys.readouterr().out == "```\nok     a         ~/course\n```\n"


def test_a_look_that_raises_is_a_finding():
    def raises():
        raise OSError("libfoo.so is missing")

    found = doctor.examine("torch", raises)
    assert found.says == "OSError: libfoo.so is missing" and "pip install" in found.mend


def test_python_too_old(monkeypatch):
    assert doctor.look_at_python()[1] == ""
    monkeypatch.setattr(doctor.platform, "python_version_tuple", lambda: ("3", "10", "13"))
    assert "3.11 or newer" in doctor.look_at_python()[1]


def test_packages_as_pinned_and_otherwise_within_the_ranges(monkeypatch, course):
    versions(monkeypatch, numpy="2.4.6+local")
    assert doctor.look_at_packages() == ("1 as pinned", "")
    versions(monkeypatch, numpy="2.5.0")
    assert doctor.look_at_packages() == ("0 as pinned; not as pinned: numpy 2.5.0 (pinned 2.4.6)", "")


def test_a_package_outside_its_range_or_missing(monkeypatch, course):
    versions(monkeypatch, numpy="1.26.4")
    assert doctor.look_at_packages() == ("numpy 1.26.4 is not >=2", doctor.REINSTALL)
    versions(monkeypatch)
    assert doctor.look_at_packages() == ("numpy is missing", doctor.REINSTALL)


def test_torch_that_cannot_be_imported_or_talk_to_numpy(monkeypatch):
    assert doctor.look_at_torch()[1] == ""

    def no_numpy(number, dtype):
        raise RuntimeError("Numpy is not available")

    a_torch(monkeypatch, arange=no_numpy, float64=None, __version__="2.0")
    found = doctor.examine("torch", doctor.look_at_torch)
    assert found.says == "RuntimeError: Numpy is not available" and doctor.REINSTALL in found.mend


def test_jupyter_without_widgets(monkeypatch):
    assert doctor.look_at_jupyter()[1] == ""
    monkeypatch.setitem(sys.modules, "anywidget", None)
    found = doctor.examine("jupyter", doctor.look_at_jupyter)
    assert "anywidget" in found.says and doctor.REINSTALL in found.mend


@pytest.mark.parametrize("program", ["/nowhere/bin/python", "/bin/sh"])
def test_a_stray_kernel_is_named_with_its_folder(monkeypatch, program):
    manager = SimpleNamespace(
        get_kernel_spec=lambda name: SimpleNamespace(argv=[program], resource_dir="kernels/python3")
    )
    specs = SimpleNamespace(KernelSpecManager=lambda: manager)
    monkeypatch.setattr(doctor, "import_module", lambda name: specs)
    says, mend = doctor.look_at_kernel()
    assert says == f"the kernel python3 starts {program}, not {sys.executable}"
    assert mend == "remove the stray kernel: delete the folder kernels/python3"


def test_this_kernel_is_this_python(monkeypatch, tmp_path):
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))
    assert doctor.look_at_kernel() == (f"python3 is {sys.executable}", "")


def test_the_device(monkeypatch):
    monkeypatch.delenv("RNNLAB_DEVICE", raising=False)
    monkeypatch.setattr(doctor, "find_spec", lambda name: None)
    torch = a_torch(monkeypatch)
    monkeypatch.setattr(doctor.shutil, "which", lambda name: None)
    assert doctor.look_at_device() == ("CPU (all that the course needs)", "")
    monkeypatch.setattr(doctor.shutil, "which", lambda name: name)
    assert "this torch is a CPU build and finds no GPU" in doctor.look_at_device()[0]
    gpu = SimpleNamespace(name="NVIDIA H200", total_memory=139 * GIB)
    torch.cuda = SimpleNamespace(
        is_available=lambda: True, device_count=lambda: 1, get_device_properties=lambda number: gpu
    )
    says = "NVIDIA H200, 139 GiB; sweeps of 50,000 and more run on it, by torch alone, much slower than with triton"
    assert doctor.look_at_device() == (f"{says}; RNNLAB_DEVICE=cpu keeps them off", "")
    monkeypatch.setenv("RNNLAB_DEVICE", "cpu")
    says = "NVIDIA H200, 139 GiB; RNNLAB_DEVICE=cpu decides what sweeps run on"
    assert doctor.look_at_device() == (says, "")
    torch.cuda = SimpleNamespace(is_available=lambda: False)
    monkeypatch.setenv("RNNLAB_DEVICE", "cuda")
    assert doctor.look_at_device()[1] == "unset RNNLAB_DEVICE, or set it to cpu"


def test_torch_is_told_the_containers_cores(monkeypatch):
    told = []
    a_torch(monkeypatch, set_num_threads=told.append, get_num_threads=lambda: told[-1])
    monkeypatch.setattr(machine, "cores", lambda: Cores(2, 64))
    assert doctor.look_at_cores() == ("2 of the host's 64, torch computes with 2 threads", "")
    assert told == [2]


def test_memory_of_the_container_and_too_little_of_it(monkeypatch):
    monkeypatch.setattr(machine, "memory", lambda: Memory(8 * GIB, 256 * GIB))
    assert doctor.look_at_memory() == ("8.0 GiB of the host's 256.0", "")
    monkeypatch.setattr(machine, "memory", lambda: Memory(GIB, GIB))
    assert "2 GiB" in doctor.look_at_memory()[1]
    monkeypatch.setattr(machine, "memory", lambda: Memory(None, None))
    assert doctor.look_at_memory() == ("the system does not say", "")


def test_no_browser_is_said_but_breaks_nothing(monkeypatch):
    monkeypatch.setattr(machine, "browser", lambda: None)
    assert doctor.look_at_browser() == (
        "no Chromium or Google Chrome on the path: the browser tests are skipped",
        "",
    )
    monkeypatch.setattr(machine, "browser", lambda: "bin/chromium")
    assert doctor.look_at_browser() == ("bin/chromium", "")


def test_the_course_before_and_after_its_first_opening(course):
    assert doctor.look_at_course() == (f"{course}, 2 files; my/ comes with the first `rnnlab lab`", "")
    from rnnlab.cli.editions import hand_out

    hand_out(course)
    (course / "my" / "lectures" / "01_x.ipynb").write_text("mine")
    assert doctor.look_at_course() == (f"{course}, 2 files, 1 of them changed by you in my/", "")


def test_a_course_without_exercises(course):
    (course / "exercises" / "01_x.ipynb").unlink()
    assert doctor.look_at_course() == (
        f"{course} has nothing in exercises",
        "git checkout -- lectures exercises",
    )


def test_my_cannot_be_written(course, monkeypatch):
    (course / "my").mkdir()

    def refuse(*arguments, **more):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "touch", refuse)
    says, mend = doctor.look_at_course()
    assert "nothing can be written (Permission denied)" in says and "writable" in mend


def test_notebooks_that_would_import_another_copy(course, monkeypatch, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    monkeypatch.setattr(rnnlab, "__file__", str(other / "rnnlab" / "__init__.py"))
    says, mend = doctor.look_at_course()
    assert f"import rnnlab from {other}" in says and doctor.REINSTALL in mend


def test_no_course_at_all(monkeypatch):
    def none():
        raise CourseError("found no course in .")

    monkeypatch.setattr(doctor, "course_root", none)
    found = doctor.examine("course", doctor.look_at_course)
    assert found.says == "no course here" and found.mend == "found no course in ."


@pytest.mark.parametrize(("on", "says"), [(True, "every Jupyter"), (False, "40 ms later")])
def test_live_figures_that_are_slower_elsewhere_are_said_and_not_broken(monkeypatch, on, says):
    monkeypatch.setattr("rnnlab.live.server.switched_on", lambda: on)
    found = doctor.examine("live", doctor.look_at_live)
    assert says in found.says and not found.mend
