"""An ordinary install, not an editable one, has the whole package and a command that answers."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_a_clean_environment_gets_the_whole_package(tmp_path):
    new = tmp_path / "new"
    subprocess.run([sys.executable, "-m", "venv", new], check=True)
    scripts = new / ("Scripts" if sys.platform == "win32" else "bin")
    quiet = ["--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run([scripts / "python", "-m", "pip", "install", *quiet, str(ROOT)], check=True)
    where = "import rnnlab, pathlib; print(pathlib.Path(rnnlab.__file__).parent)"
    said = subprocess.run(
        [scripts / "python", "-c", where], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    installed = Path(said.stdout.strip())
    assert new in installed.parents

    def files(folder):
        found = (file.relative_to(folder) for file in folder.rglob("*") if file.is_file())
        return {
            path.as_posix()
            for path in found
            if "__pycache__" not in path.parts and not path.name.startswith(".")
        }

    assert files(installed) == files(ROOT / "rnnlab")
    assert (new / "etc" / "jupyter" / "jupyter_server_config.d" / "rnnlab.json").is_file()
    helped = subprocess.run(
        [scripts / "rnnlab", "--help"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "usage: rnnlab" in helped.stdout
    lost = subprocess.run([scripts / "rnnlab", "lab"], cwd=tmp_path, capture_output=True, text=True)
    assert lost.returncode == 2 and "found no course in" in lost.stderr
