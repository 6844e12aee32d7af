"""sesync install -r: lists as people have them, for a Python and for a kernel."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Ended
from tests.install.ground import wheel
from tests.install.test_kernel import environment, kernel

Run = Callable[..., Ended]

TABLE = "Package  Version\n-------- -------\ntreetool 1.0\npywin32  306\n"
CONDAS = "# platform: linux-64\ntreetool=1.0=py_0\nlibgdal=3.0=h1\n"
FREEZE = "treetool @ file:///croot/treetool_1/work\npkg-resources==0.0.0\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (TABLE, "needs.txt, line 4: without pywin32: that is for another operating system"),
        (CONDAS, "needs.txt, line 3: without libgdal: conda alone has that"),
        (FREEZE, "needs.txt, line 1: took treetool in a version that fits"),
    ],
)
def test_a_list_is_installed_as_it_is_meant(sesync: Run, home: Path, tmp_path: Path, index: Path, text: str, said: str):
    wheel(index, "treetool")
    (home / "needs.txt").write_text(text)
    packages = environment(tmp_path / "venv")
    kernel(home, "trees", tmp_path / "venv/bin/python")
    for words in (("--kernel", "trees"), ()):
        shown = sesync("install", "-r", "needs.txt", *words, "-n")
        assert "install" in shown.out and " treetool" in shown.out and "needs.txt" not in shown.out
        done = sesync("install", "-r", "needs.txt", *words, "--yes")
        assert done.code == 0, done.err
        assert said in " ".join(done.err.split())
    assert (packages / "treetool.py").exists()
    site = home / ".local/lib/python3.8/site-packages"
    assert (site / "treetool.py").exists()


def test_what_conda_alone_has_is_asked_about(sesync: Run, home: Path, index: Path) -> None:
    wheel(index, "treetool")
    (home / "environment.yml").write_text("dependencies:\n- treetool\n- gdal\n")
    done = sesync("install", "-r", "environment.yml")
    assert done.code == 2 and "Conda alone has gdal. Install the rest?" in " ".join(done.err.split())
    assert sesync("install", "-r", "environment.yml", "--yes").code == 0


def test_a_password_in_a_list_stays_in_no_command(sesync: Run, home: Path, tmp_path: Path, index: Path) -> None:
    wheel(index, "treetool")
    environment(tmp_path / "venv")
    kernel(home, "trees", tmp_path / "venv/bin/python")
    (home / "needs.txt").write_text(
        f"--extra-index-url http://me:birch7fern@localhost:1/\n--find-links {index}\ntreetool 1.0\n"
    )
    for words in (("--kernel", "trees"), ()):
        done = sesync("install", "-r", "needs.txt", *words, "--json")
        assert done.code == 0, done.out
        logs = "".join(path.read_text() for path in (home / ".local/state/sesync/logs").iterdir())
        assert "birch7fern" not in done.out + done.err + logs
    kept = subprocess.run(
        ["grep", "-rl", "birch7fern", home / ".local", home / ".cache"], capture_output=True, text=True
    )
    assert kept.stdout == ""


@pytest.mark.parametrize("name", ["pyproject.toml", "Pipfile.lock", "setup.py"])
def test_what_is_no_list(sesync: Run, home: Path, name: str) -> None:
    (home / name).write_text("")
    done = sesync("install", "-r", name)
    assert (done.code, done.err) == (
        3,
        f"Error: {home}/{name} is no list of packages\n"
        f"Hint:  A kernel can be made of it: 'sesync kernel create NAME --from {home}/{name}'.\n",
    )
