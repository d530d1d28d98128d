"""How JupyterLab is called: on the start page of the reader's copy, for this computer only."""

import os

import pytest

from rnnlab.cli import lab
from rnnlab.cli.course import CourseError
from rnnlab.cli.machine import Cores


def test_the_server_is_bound_to_this_computer_and_opens_the_start_page(tmp_path):
    arguments = lab.command(tmp_path / "my", browser=True, port=None)
    assert f"--ServerApp.root_dir={tmp_path / 'my'}" in arguments
    assert "--ServerApp.ip=127.0.0.1" in arguments
    assert "--LabApp.default_url=/lab/tree/lectures/00_start_here.ipynb" in arguments
    assert "--LabApp.news_url=None" in arguments
    assert "--no-browser" not in arguments and not any("port" in argument for argument in arguments)


def test_port_and_browser_are_the_readers_choice(tmp_path):
    arguments = lab.command(tmp_path, browser=False, port=9999)
    assert "--no-browser" in arguments and "--ServerApp.port=9999" in arguments


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="a system without users like root")
@pytest.mark.parametrize(("user", "allowed"), [(0, True), (1000, False)])
def test_only_root_is_told_to_be_allowed(monkeypatch, tmp_path, user, allowed):
    monkeypatch.setattr(os, "geteuid", lambda: user)
    assert ("--allow-root" in lab.command(tmp_path, browser=True, port=None)) == allowed


def test_kernels_get_the_containers_threads_unless_the_reader_chose(monkeypatch):
    monkeypatch.setattr(lab, "cores", lambda: Cores(3, 64))
    assert lab.threads_of_the_container({})["OMP_NUM_THREADS"] == "3"
    assert lab.threads_of_the_container({"OMP_NUM_THREADS": "7"})["OMP_NUM_THREADS"] == "7"


def test_the_copy_is_made_and_the_server_started_in_it(monkeypatch, tmp_path, capsys):
    (tmp_path / "lectures").mkdir()
    (tmp_path / "lectures" / "00_start_here.ipynb").write_text("start")
    started = []
    monkeypatch.setattr(lab, "start", lambda arguments, environment: started.append(os.getcwd()) or 5)
    monkeypatch.chdir(tmp_path)
    assert lab.run(tmp_path, browser=False, port=None) == 5
    assert started == [str(tmp_path / "my")]
    assert "1 new file in my/" in capsys.readouterr().out


def test_without_jupyterlab_one_is_told_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setattr(lab.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(CourseError, match=r'pip install -e "\.\[lab\]"'):
        lab.run(tmp_path, browser=False, port=None)
