"""What the README says of the lectures is what is there."""

import re

from rnnlab.building.layout import ROOT
from rnnlab.building.syllabus import LECTURES, course_map, readme


def test_the_table_of_lectures_is_up_to_date():
    assert (ROOT / "README.md").read_text("utf-8") == readme(), "run `make build`"


def test_every_source_is_on_the_map_and_what_is_not_written_is_not_linked():
    written = {path.stem for path in (ROOT / "sources" / "lectures").glob("*.py")}
    assert written - {"00_start_here"} <= {lecture.name for lecture in LECTURES}
    linked = set(re.findall(r"\]\(lectures/(\w+)\.ipynb\)", course_map("")))
    assert linked == written - {"00_start_here"}


def test_the_map_leads_to_files_seen_from_the_lectures_and_from_the_root():
    for folder in ("", "lectures"):
        for target in re.findall(r"\]\(([^)]+)\)", course_map(folder)):
            assert (ROOT / folder / target).exists(), f"{target} is missing: run `make build`"


def test_the_pictures_are_there():
    for target in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", (ROOT / "README.md").read_text("utf-8")):
        assert (ROOT / target).exists(), target
