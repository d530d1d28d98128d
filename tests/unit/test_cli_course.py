"""Where the course is found, and what is said where there is none."""

from pathlib import Path

import pytest

import rnnlab
from rnnlab.cli.course import CourseError, course_root

COURSE = '[project]\nname = "rnnlab"\n'


@pytest.fixture
def not_editable(monkeypatch, tmp_path):
    """As if rnnlab came from a wheel: no course lies around the package."""
    monkeypatch.setattr(rnnlab, "__file__", str(tmp_path / "site-packages" / "rnnlab" / "__init__.py"))


def test_the_folder_itself_and_any_folder_below_it_lead_to_the_course(tmp_path):
    (tmp_path / "pyproject.toml").write_text(COURSE)
    deep = tmp_path / "my" / "lectures"
    deep.mkdir(parents=True)
    assert course_root(tmp_path) == course_root(deep) == tmp_path


def test_another_project_on_the_way_is_passed_over(tmp_path):
    (tmp_path / "pyproject.toml").write_text(COURSE)
    inner = tmp_path / "other"
    inner.mkdir()
    (inner / "pyproject.toml").write_text('[project]\nname = "other"\n')
    assert course_root(inner) == tmp_path
    (inner / "pyproject.toml").write_text("not toml [")
    assert course_root(inner) == tmp_path


def test_from_elsewhere_the_course_is_the_one_rnnlab_was_installed_from(tmp_path):
    assert course_root(tmp_path) == Path(rnnlab.__file__).resolve().parents[1]


def test_without_a_course_one_is_told_where_to_go(tmp_path, not_editable):
    with pytest.raises(CourseError, match=r"found no course in .*Go into the folder you cloned"):
        course_root(tmp_path)
