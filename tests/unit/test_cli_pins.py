"""How constraints.txt is made: the closure of what pyproject.toml asks for, as installed."""

from types import SimpleNamespace

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from rnnlab.cli import pins
from rnnlab.cli.course import CourseError


@pytest.fixture
def installed(monkeypatch):
    """A small world of packages in place of the installed ones."""

    def install(**packages):
        def distribution(name):
            if name not in packages:
                raise pins.PackageNotFoundError(name)
            version, *requires = packages[name]
            return SimpleNamespace(version=version, requires=requires or None)

        monkeypatch.setattr(pins, "distribution", distribution)

    return install


def needed(*lines):
    return {name: str(version) for name, version in pins.needed(map(Requirement, lines)).items()}


def test_what_is_wanted_and_what_that_wants_is_pinned_and_nothing_else(installed):
    installed(
        lab=("1.0", "server>=2"), server=("2.5", "Shared_Thing"), stray=("9",), **{"shared-thing": ("0.1",)}
    )
    assert needed("lab") == {"lab": "1.0", "server": "2.5", "shared-thing": "0.1"}


def test_extras_count_only_where_they_are_asked_for(installed):
    installed(tool=("1.0", 'more; extra == "all"'), more=("2.0",), user=("3.0", "tool[all]"))
    assert needed("tool") == {"tool": "1.0"}
    everything = {"tool": "1.0", "more": "2.0", "user": "3.0"}
    assert needed("tool", "user") == needed("user", "tool") == everything


def test_other_systems_packages_are_not_asked_for(installed):
    installed(tool=("1.0", 'winonly; sys_platform == "nosuch"'))
    assert needed("tool") == {"tool": "1.0"}


def test_two_packages_that_want_each_other_end(installed):
    installed(a=("1", "b"), b=("2", "a"))
    assert needed("a") == {"a": "1", "b": "2"}


def test_what_is_missing_is_named_with_who_wants_it(installed):
    installed(lab=("1.0", "server>=2"))
    with pytest.raises(
        CourseError, match="lab 1.0 asks for server, which is not installed here; `make test`"
    ):
        needed("lab")


def test_an_environment_at_odds_with_itself_is_refused(installed):
    installed(lab=("1.0", "server>=2"), server=("1.9",))
    with pytest.raises(CourseError, match="lab 1.0 asks for server>=2, but 1.9 is installed here"):
        needed("lab")


def test_local_labels_and_cuda_go_and_triton_comes_with_its_torch(installed):
    installed(
        torch=("2.13.0+cpu", "triton", "nvidia-cudnn-cu13"),
        triton=("3.7.1",),
        **{"nvidia-cudnn-cu13": ("9",)},
    )
    text = pins.constraints(pins.needed([Requirement("torch")]))
    assert text.splitlines()[-2:] == ["torch==2.13.0", 'triton==3.7.1 ; platform_system == "Linux"']
    assert "+" not in text.replace(pins.HEADER, "") and "nvidia" not in text


def test_a_torch_whose_triton_nobody_wrote_down_is_refused():
    with pytest.raises(CourseError, match="torch is 9.9, and it is not written down which triton"):
        pins.constraints({"torch": Version("9.9")})


def test_what_is_written_is_read_back(tmp_path):
    versions = {"numpy": Version("2.4.6"), "torch": Version("2.13.0")}
    (tmp_path / "constraints.txt").write_text(
        pins.constraints(versions) + 'other==1 ; sys_platform == "nosuch"\n'
    )
    read = pins.read_pins(tmp_path)
    assert {name: read[name] for name in versions} == versions
    assert "other" not in read


def test_lock_writes_the_file(installed, tmp_path, capsys):
    installed(torch=("2.13.0+cpu",))
    (tmp_path / "pyproject.toml").write_text(
        '[project]\ndependencies = ["torch>=2"]\n'
        '[project.optional-dependencies]\nlab = []\ndask = []\ntest = ["rnnlab[lab]"]\n'
    )
    assert pins.lock(tmp_path) == 0
    assert capsys.readouterr().out == "constraints.txt: 1 versions, as installed here\n"
    assert "torch==2.13.0\n" in (tmp_path / "constraints.txt").read_text()
