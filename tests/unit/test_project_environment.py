"""pyproject.toml, environment.yml and constraints.txt agree, and can be read by the tools they are for."""

import importlib
import os
import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
CONDA_NAMES = {"torch": "pytorch-cpu"}  # all others are named alike


def rattler():
    """conda's own grammar, offline."""
    if not os.environ.get("RNNLAB_REQUIRE_ALL"):
        pytest.importorskip("rattler")
    return importlib.import_module("rattler")


def requirements(*groups):
    lines = [line for group in groups for line in group]
    return {r.name: r for r in map(Requirement, lines) if r.name != "rnnlab"}


EXTRAS = PROJECT["optional-dependencies"]
FOR_READERS = requirements(PROJECT["dependencies"], EXTRAS["lab"])
FOR_ALL = requirements(PROJECT["dependencies"], *EXTRAS.values())


def conda_lines(text):
    """The specs of an environment file, and the lines of its pip section."""
    environment = yaml.safe_load(text)
    listed = environment["dependencies"]
    specs = [entry for entry in listed if isinstance(entry, str)]
    (pip,) = [entry["pip"] for entry in listed if isinstance(entry, dict)]
    return specs, pip


def disagreements(specs, required, python):
    """What an environment's specs and the project's requirements do not say alike; empty where they do."""
    parse = rattler().MatchSpec
    said = {}
    for line in specs:
        spec = parse(line, strict=True)
        said[line.split()[0]] = ",".join(sorted(str(spec.version or "").split(",")))
    wanted = {
        CONDA_NAMES.get(name, name.lower()): ",".join(sorted(map(str, r.specifier)))
        for name, r in required.items()
    }
    wanted |= {"python": python, "pip": ""}
    return sorted(set(said.items()) ^ set(wanted.items()))


def pins(text):
    """name → (version, marker) of each line that is neither empty nor a comment."""
    lines = [Requirement(line) for line in text.splitlines() if line and not line.startswith("#")]
    return {canonicalize_name(line.name): line for line in lines}


def test_conda_gets_what_pip_gets():
    specs, pip = conda_lines((ROOT / "environment.yml").read_text())
    assert pip == ["-e ."]
    assert disagreements(specs, FOR_READERS, PROJECT["requires-python"]) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("numpy >=2", "numpy >=1"),
        ("  - tqdm >=4.66\n", ""),
        ("pytorch-cpu", "torch"),
        ("python >=3.11", "python >=3.10"),
    ],
)
def test_a_conda_list_that_says_something_else_is_seen(old, new):
    text = (ROOT / "environment.yml").read_text()
    assert old in text
    specs, _ = conda_lines(text.replace(old, new))
    assert disagreements(specs, FOR_READERS, PROJECT["requires-python"]) != []


def test_a_spec_that_conda_cannot_read_is_seen():
    with pytest.raises(Exception, match="unable to parse"):
        disagreements(["numpy =>2"], {}, "")


def test_conda_takes_everything_from_conda_forge_and_says_what_to_change_for_a_gpu():
    text = (ROOT / "environment.yml").read_text()
    assert yaml.safe_load(text)["channels"] == ["conda-forge", "nodefaults"]
    assert re.search("# For an NVIDIA GPU: .*pytorch-gpu", text)


def test_constraints_are_exact_sorted_and_portable():
    text = (ROOT / "constraints.txt").read_text()
    found = pins(text)
    names = [
        canonicalize_name(re.split("=", line)[0]) for line in text.splitlines() if not line.startswith("#")
    ]
    assert names == sorted(set(names))
    for line in found.values():
        (exact,) = line.specifier
        assert exact.operator == "==" and "*" not in exact.version
        assert Version(exact.version).local is None and not line.url and not line.extras
    assert not {"pip", "rnnlab"} & set(found)
    assert not [line for line in text.splitlines() if line.startswith("-") or ":" in line and line[0] != "#"]


@pytest.mark.parametrize("name", FOR_ALL)
def test_constraints_satisfy_pyproject_and_conda(name):
    (exact,) = pins((ROOT / "constraints.txt").read_text())[canonicalize_name(name)].specifier
    assert FOR_ALL[name].specifier.contains(exact.version, prereleases=True)
    specs, _ = conda_lines((ROOT / "environment.yml").read_text())
    for line in specs:
        if line.split()[0] == CONDA_NAMES.get(name, name.lower()):
            conda = rattler()
            asked = conda.VersionSpec(str(conda.MatchSpec(line, strict=True).version))
            assert asked.matches(conda.Version(exact.version))


def test_triton_is_the_one_torch_asks_for_on_linux():
    found = pins((ROOT / "constraints.txt").read_text())
    assert str(found["torch"].specifier) == "==2.13.0" and str(found["triton"].specifier) == "==3.7.1"
    assert (
        str(found["triton"].marker)
        == str(Requirement(EXTRAS["gpu"][0]).marker)
        == 'platform_system == "Linux"'
    )
