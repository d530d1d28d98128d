"""constraints.txt: one exact version of everything the course installs, as in an environment that works."""

import tomllib
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from rnnlab.cli.course import CourseError
from rnnlab.cli.editions import write

HEADER = """\
# Exact versions of everything `pip install -e ".[test]"` brings, as in an environment where all tests passed.
# Made by `make lock`; do not edit. A line applies only where its package is installed at all.
"""
# torch asks for exactly one triton, but its CPU build, from which this file is made, does not say which.
TRITON = {"2.13.0": "3.7.1"}


def lock(root: Path) -> int:
    """Write constraints.txt from the packages installed here that the lab, dask and test extras need."""
    found = needed(declared(root, "lab", "dask", "test"))
    file = root / "constraints.txt"
    write(file, constraints(found).encode())
    print(f"{file.name}: {len(found)} versions, as installed here")
    return 0


def declared(root: Path, *extras: str) -> list[Requirement]:
    """What pyproject.toml asks for: the core, and the named extras (a mention of rnnlab itself left out)."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = list(project["dependencies"])
    for extra in extras:
        lines += project["optional-dependencies"][extra]
    return [line for line in map(Requirement, lines) if canonicalize_name(line.name) != "rnnlab"]


def needed(wanted: Iterable[Requirement]) -> dict[str, Version]:
    """Name → installed version of every package that is wanted, or wanted by a wanted one, on this system."""
    found: dict[str, Version] = {}
    waiting = [(line, "pyproject.toml") for line in wanted]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        line, by = waiting.pop()
        name, extras = canonicalize_name(line.name), frozenset(line.extras)
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        try:
            package = distribution(name)
        except PackageNotFoundError:
            raise CourseError(
                f"{by} asks for {line.name}, which is not installed here; `make test` installs it."
            ) from None
        version = Version(package.version)
        if not line.specifier.contains(version, prereleases=True):
            raise CourseError(f"{by} asks for {line}, but {version} is installed here. Make a fresh .venv.")
        if not own_companion(name):
            found[name] = version
        for text in package.requires or []:
            need = Requirement(text)
            if applies(need, extras):
                waiting.append((need, f"{name} {version}"))
    return found


def applies(need: Requirement, extras: frozenset[str]) -> bool:
    if need.marker is None:
        return True
    return any(need.marker.evaluate({"extra": extra}) for extra in extras or {""})


def own_companion(name: str) -> bool:
    """triton has a line of its own; CUDA's libraries are named exactly by each build of torch itself."""
    return name == "triton" or name.startswith(("nvidia-", "cuda-"))


def constraints(found: dict[str, Version]) -> str:
    """One line a package, sorted, without local labels: `2.13.0+cpu` exists only where it was built."""
    lines = {name: f"{name}=={version.public}" for name, version in found.items()}
    if "torch" in found:
        torch = found["torch"].public
        if torch not in TRITON:
            raise CourseError(
                f"torch is {torch}, and it is not written down which triton that needs. "
                f"Look it up in its requirements for Linux and add it to TRITON in {Path(__file__).name}."
            )
        lines["triton"] = f'triton=={TRITON[torch]} ; platform_system == "Linux"'
    return HEADER + "".join(lines[name] + "\n" for name in sorted(lines))


def read_pins(root: Path) -> dict[str, Version]:
    """Name → version of constraints.txt, the lines for other systems left out."""
    pins: dict[str, Version] = {}
    for text in (root / "constraints.txt").read_text(encoding="utf-8").splitlines():
        if not text.strip() or text.startswith("#"):
            continue
        line = Requirement(text)
        (exact,) = line.specifier
        if line.marker is None or line.marker.evaluate():
            pins[canonicalize_name(line.name)] = Version(exact.version)
    return pins
