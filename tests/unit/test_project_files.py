"""No file of the course names a machine, a registry or a place on someone's disk; the licences are whole."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
# Written so that this file itself holds none of what it looks for.
HOSTS = [
    rf"{name}\.{end}"
    for name, end in (("py" + "pi", "org"), ("python" + "hosted", "org"), ("anaconda", "org"))
]
HOSTS += [
    rf"{name}\.{end}"
    for name, end in (("npmjs", "(org|com)"), ("download.pytorch", "org"), ("debian", "org"))
]
PLACES = ["work", "root", "tmp", r"home/\w+", r"Users/\w+", "private/var", "mnt", "content"]
HOST = re.compile("|".join(HOSTS), re.IGNORECASE)
PLACE = re.compile(rf"(?<![\w.~/*-])/(?:{'|'.join(PLACES)})(?![\w-])")
INDEX = re.compile("--(?:extra-)?index" + "-url|--find" + "-links|https?://[^ ]+/" + r"simple\b")
INVENTED = re.compile("/" + r"(?:home/some(?:one|body)|tmp/x)\b")  # what tests of such checks may name
PICTURE = re.compile(r'"image/(?:png|jpeg)": (?:"[^"]*"|\[[^\]]*\])')  # base64 can spell anything


def course_files():
    """Everything that git tracks or would track."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if listed.returncode and not os.environ.get("RNNLAB_REQUIRE_ALL"):
        pytest.skip("this copy of the course is not under git")
    assert listed.returncode == 0, listed.stderr
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def offences(text):
    text = INVENTED.sub("", PICTURE.sub("", text))
    return [match.group() for pattern in (HOST, PLACE, INDEX) for match in pattern.finditer(text)]


def test_no_file_names_a_registry_or_a_place_on_a_disk():
    found = {}
    for file in course_files():
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if seen := offences(text):
            found[file.relative_to(ROOT).as_posix()] = seen
    assert found == {}


@pytest.mark.parametrize(
    "text",
    [
        "https://" + "py" + "pi" + ".org/simple/numpy",
        "see files." + "python" + "hosted" + ".org",
        "pip install --extra-index" + "-url=x",
        'open("/' + 'tmp/ab")',
        "File /" + "work/main/rnnlab/cells.py",
        "cd /" + "home/ann",
        "(/" + "root)",
    ],
)
def test_an_offence_is_seen(text):
    assert offences(text)


@pytest.mark.parametrize(
    "text",
    [
        "lectures/work/x and/or my/tmp",
        "https://example.net/" + "work/paper",
        "the framework/rooted",
        '"image/png": "iVBOR/' + 'tmp/aa="',
        "~/" + "tmp",
        "/proc/meminfo",
    ],
)
def test_what_only_looks_like_one_passes(text):
    assert offences(text) == []


def test_both_licences_are_whole():
    mit, text = (ROOT / "LICENSE").read_text(), (ROOT / "LICENSE-TEXT").read_text()
    assert (
        "Permission is hereby granted, free of charge" in mit
        and "SOFTWARE.\n" in mit
        and "LICENSE-TEXT" in mit
    )
    headings = re.findall(r"^Section (\d) -- ", text, re.MULTILINE)
    assert headings == list("12345678")
    assert len(re.findall(r"[A-Za-z0-9/]+", text)) == 2610  # as in two independent copies
    assert text.rstrip().endswith("Creative Commons may be contacted at creativecommons.org.")


def test_the_citation_is_of_the_contributors_and_of_this_version():
    from rnnlab import __version__

    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert citation["authors"] == [{"name": "rnnlab contributors"}]
    assert str(citation["version"]) == __version__
    assert {"cff-version", "message", "title"} <= set(citation)


def test_the_workflow_is_read_as_github_reads_it():
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "test.yml").read_text())
    (job,) = workflow["jobs"].values()
    assert job["steps"][-1] == {"run": "make test"}
    assert workflow[True]  # YAML reads the key `on` as true, and GitHub knows
