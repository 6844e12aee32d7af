"""What folders and files ask for: each tool's own files, as these tools write them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import needed
from tests.kernel import ground
from tests.services.uv import run_uv

BIN = Path(sys.executable).parent

PYPROJECT = '[project]\nname = "heat"\nversion = "0"\nrequires-python = ">=3.9"\ndependencies = ["sesync-tree"]\n'
PIPFILE = """
[packages]
sesync-tree = {version = ">=1", markers = "python_version >= '3.6'"}
sesync-moss = {version = "*", sys_platform = "== 'win32'"}

[dev-packages]
sesync-fern = "*"

[requires]
python_version = "3.11"
"""
POETRY = """
[tool.poetry]
name = "heat"
version = "0.1.0"
description = ""
authors = ["J. Smith <jsmith@example.org>"]

[tool.poetry.dependencies]
python = "^3.9"
sesync-tree = "^1.0"
sesync-moss = {version = "*", optional = true}

[tool.poetry.group.dev.dependencies]
sesync-fern = "*"
"""
NOTEBOOK = {
    "cells": [
        {"cell_type": "markdown", "source": ["import nothing\n"]},
        {"cell_type": "code", "source": ["%matplotlib inline\n", "!ls -l\n", "import pandas as pd, os\n"]},
        {"cell_type": "code", "source": "from sklearn.svm import SVC\nfrom . import own\nimport model"},
        {"cell_type": "code", "source": "%%R\nlibrary(raster)"},
        {"cell_type": "code", "source": "this is no Python"},
    ]
}


@pytest.fixture
def trees(index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is entered, and packages that its files can ask for."""
    for name in ("sesync_tree", "sesync_moss", "sesync_fern"):
        ground.wheel(index, name)
    folder = tmp_path / "heat"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PWD", str(folder))
    return folder


def ours(home: Path, name: str = "heat") -> set[str]:
    """Which of the packages are in a kernel."""
    found = ground.environments(home).glob(f"{name}/lib/python3*/site-packages/sesync_*.dist-info")
    return {path.name.partition("-")[0].removeprefix("sesync_") for path in found}


@pytest.mark.parametrize(
    ("file", "text", "words", "wanted"),
    [
        ("requirements.txt", "-r more.txt\n-c limits.txt\n", (), {"tree", "moss"}),
        ("Pipfile", PIPFILE, (), {"tree"}),
        ("Pipfile", PIPFILE, ("--dev",), {"tree", "fern"}),
        ("pyproject.toml", PYPROJECT, (), {"tree"}),
        (
            "pyproject.toml",
            PYPROJECT + '[dependency-groups]\ndev = ["sesync-fern"]\n',
            ("--dev",),
            {"tree", "fern"},
        ),
        ("pyproject.toml", POETRY, (), {"tree"}),
        ("pyproject.toml", POETRY, ("--dev",), {"tree", "fern"}),
    ],
)
def test_each_tools_file_makes_the_kernel(sesync, home: Path, trees: Path, file, text, words, wanted):
    (trees / "more.txt").write_text("sesync-tree ; python_version >= '3'\nsesync-moss[all]<2\n")
    (trees / "limits.txt").write_text("sesync-moss==1.0\n")
    (trees / file).write_text(text)
    result = sesync("kernel", "create", *words)
    assert (result.code, result.out) == (
        0,
        f"Made the kernel heat from {file}. Reload the page of JupyterLab: its Launcher shows 'heat (Python 3.11)'.\n",
    ), result.err
    assert ours(home) == wanted
    assert sesync("kernel", "create", *words).out.startswith("The kernel heat is there already")


def test_what_uv_locked_makes_the_kernel(sesync, home: Path, trees: Path):
    (trees / "pyproject.toml").write_text(PYPROJECT + '[dependency-groups]\ndev = ["sesync-fern"]\n')
    run_uv("lock", "--quiet", "--python", ground.python("3.11"))
    trees.chmod(0o500)
    before = sorted(os.listdir(trees))
    result = sesync("kernel", "create")
    assert result.code == 0, result.err
    assert result.out.startswith("Made the kernel heat from uv.lock, not pyproject.toml. Reload")
    assert (ours(home), sorted(os.listdir(trees))) == ({"tree"}, before)


def test_what_pipenv_locked_makes_the_kernel_with_its_hashes(sesync, home: Path, trees: Path, monkeypatch):
    (trees / "Pipfile").write_text(PIPFILE.replace("sesync-tree", "humanize").replace("sesync-fern", "six"))
    monkeypatch.setenv("PIPENV_PYTHON", str(ground.python("3.11")))
    subprocess.run([BIN / "pipenv", "lock", "--dev"], check=True, capture_output=True)
    locked = json.loads((trees / "Pipfile.lock").read_text())
    result = sesync("kernel", "create")
    assert result.code == 0, result.err
    assert result.out.startswith("Made the kernel heat from Pipfile.lock, not Pipfile.")
    packages = sesync("kernel", "show", "heat", "--json").json["packages"]
    assert f"=={packages['humanize']}" == locked["default"]["humanize"]["version"]
    locked["default"]["humanize"]["hashes"] = ["sha256:" + "0" * 64]
    (trees / "Pipfile.lock").write_text(json.dumps(locked))
    result = sesync("kernel", "create", "other", "--from", ".")
    assert result.code == 1
    assert "does not have the hash that the requirements give" in result.err
    assert not (ground.environments(home) / "other").exists()


def test_a_lock_of_pipenv_is_taken_as_it_is(sesync, home: Path, trees: Path, index: Path):
    """What it does not name, nobody has tried together with the rest."""
    ground.wheel(index, "sesync_tree", "2.0", meta="Requires-Dist: sesync-moss\n")
    locked = {"_meta": {}, "default": {"sesync-tree": {"version": "==2.0"}}, "develop": {}}
    (trees / "Pipfile.lock").write_text(json.dumps(locked))
    assert sesync("kernel", "create").code == 0
    assert ours(home) == {"tree"}
    (trees / "Pipfile.lock").write_text(json.dumps(locked | {"default": {}}))
    assert sesync("kernel", "create", "none", "--from", ".").code == 0
    assert ours(home, "none") == set()


def test_more_can_be_added_to_a_lock_that_has_all(sesync, home: Path, trees: Path, index: Path):
    (trees / "requirements.txt").write_text("sesync-tree\n")
    assert sesync("kernel", "create").code == 0
    assert sesync("kernel", "lock", "heat").code == 0
    (trees / "more.txt").write_text("sesync-fern\n")
    result = sesync("kernel", "create", "second", "--from", "pylock.toml", "-r", "more.txt")
    assert result.code == 0, result.err
    assert ours(home, "second") == {"tree", "fern"}


def test_the_hashes_of_requirements_are_kept_to(sesync, home: Path, trees: Path, index: Path):
    line = "sesync-tree==1.0 --hash=sha256:" + "0" * 64
    (trees / "requirements.txt").write_text(f"{line}\n")
    result = sesync("kernel", "create")
    assert (result.code, ours(home)) == (1, set())
    assert "sesync-tree 1.0 does not have the hash that the requirements give" in result.err


def test_a_file_can_be_named_and_packages_beside_it(sesync, home: Path, trees: Path):
    (trees / "needs.in").write_text("sesync-tree\n")
    assert sesync("kernel", "create", "other", "sesync-moss", "--from", "needs.in").code == 0
    assert ours(home, "other") == {"tree", "moss"}
    result = sesync("kernel", "create", "--from", "nothing.txt")
    assert (result.code, result.err.splitlines()[0]) == (1, "Error: there is no file or folder nothing.txt")


def test_the_nearest_file_counts_and_the_repository_gives_the_name(sesync, trees: Path, monkeypatch):
    (trees / ".git").mkdir()
    (trees / "requirements.txt").write_text("sesync-tree\n")
    inner = trees / "analysis"
    inner.mkdir()
    monkeypatch.chdir(inner)
    monkeypatch.setenv("PWD", str(inner))
    assert f"-r {trees}/requirements.txt " in sesync("kernel", "create", "-n").out
    (inner / "requirements.txt").write_text("sesync-moss\n")
    plan = sesync("kernel", "create", "-n", "--json").json
    assert plan["result"]["name"] == "heat"
    assert f"-r {inner}/requirements.txt " in "\n".join(plan["steps"])


def test_files_are_named_by_the_way_that_one_has_come(sesync, trees: Path, tmp_path: Path):
    (trees / ".git").mkdir()
    (trees / "requirements.txt").write_text("sesync-tree\n")
    (trees / "analysis").mkdir()
    (tmp_path / "elm").symlink_to(trees)
    here = tmp_path / "elm/analysis"
    plan = sesync("kernel", "create", "-n", "--json", cwd=here, env={**os.environ, "PWD": str(here)}).json
    assert (plan["result"]["name"], f"-r {tmp_path}/elm/requirements.txt " in "\n".join(plan["steps"])) == ("elm", True)


def test_the_python_that_is_asked_for(sesync, trees: Path):
    (trees / "Pipfile").write_text(PIPFILE.replace('"3.11"', '"3.8"'))
    ground.python("3.8")
    assert sesync("kernel", "create", "-n", "--json").json["result"]["python_version"].startswith("3.8.")
    result = sesync("kernel", "create", "--python", "3.11", "-n")
    assert (result.code, result.err) == (0, "Warning: the files ask for Python 3.8, and this is 3.11\n")
    (trees / "Pipfile").write_text(PIPFILE.replace('"3.11"', '"3.99"'))
    result = sesync("kernel", "create", "-n")
    assert (result.code, result.err.splitlines()[0]) == (1, "Error: no Python on this machine is 3.99")


def test_imports_are_guessed_shown_and_taken_only_if_agreed(sesync, terminal, trees: Path, home: Path):
    (trees / "plot.ipynb").write_text(json.dumps(NOTEBOOK))
    (trees / "broken.ipynb").write_text("no JSON")
    (trees / "model.py").write_text("import sesync_tree, json\n")
    (trees / "code").mkdir()
    (trees / "code" / "more.py").write_text("import code, heat\nimport broken syntax\n")
    (trees / "heat.py").touch()
    for place, mark in ((".hidden", "x"), ("venv", "pyvenv.cfg")):
        (trees / place).mkdir()
        (trees / place / mark).touch()
        (trees / place / "far.py").write_text("import faraway\n")
    result = sesync("kernel", "create", "--guess")
    question = "what these packages seem to be: matplotlib, pandas, scikit-learn, sesync-tree."
    assert (result.code, question.replace("matplotlib, ", "") in result.err) == (2, True)
    assert "--yes" in result.err and not ground.environments(home).exists()
    (trees / "plot.ipynb").unlink()
    person = terminal("kernel", "create", "--guess")
    person.wait_for("[y/N]")
    person.type("y\n")
    assert person.ended() == 0
    assert ours(home) == {"tree"}


def test_a_folder_that_says_nothing(sesync, trees: Path):
    (trees / "pyproject.toml").write_text("[tool.black]\nline-length = 80\n")
    result = sesync("kernel", "create")
    assert result.code == 2
    assert result.err.startswith(f"Error: {trees} has no file that says which packages it needs\n")
    assert "--guess" in result.err


def test_what_conda_alone_has_is_condas_to_install(sesync, trees: Path):
    (trees / "environment.yml").write_text("channels:\n  - conda-forge\nname: heat-maps\ndependencies:\n  - gdal\n")
    result = sesync("kernel", "create")
    assert result.code == 3
    said = " ".join(result.err.split())
    assert f"conda env create --file {trees}/environment.yml, then 'sesync kernel adopt heat-maps'." in said
    (trees / "requirements.txt").write_text("sesync-tree\n")
    assert sesync("kernel", "create", "-n").code == 0


ENVIRONMENT = """
name: heat-maps
channels: [conda-forge]
dependencies:
  - python=3.11
  - conda-forge::sesync_tree=1.0
  - gdal
  - r-base>=4
  - pip
  - pip:
    - sesync-fern==1.*
"""


def test_what_pip_can_have_of_condas_file_is_taken_once_agreed(sesync, terminal, home: Path, trees: Path):
    (trees / "environment.yml").write_text(ENVIRONMENT)
    result = sesync("kernel", "create")
    said = " ".join(result.err.split())
    assert result.code == 2 and not ground.environments(home).exists()
    assert "environment.yml is conda's: pip can have 2 of its 4 packages, and not gdal and r-base." in said
    assert f"conda env create --file {trees}/environment.yml, then 'sesync kernel adopt heat-maps'" in said
    person = terminal("kernel", "create")
    person.wait_for("[y/N]")
    person.type("y\n")
    assert person.ended() == 0
    assert ours(home) == {"tree", "fern"}
    assert "environment.yml, lines 7 and 8: without gdal and r-base: conda alone has that" in " ".join(
        sesync("kernel", "create", "again", "--from", ".", "-n").err.split()
    )
    assert "is there already" in sesync("kernel", "create").out


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("requirements.txt", b"-r gone.txt\n", "gone.txt, which"),
        ("requirements.txt", b"sesync-tree\n\0\n", "is no text"),
        ("requirements.txt", b"<!DOCTYPE html>\n<p>sesync-tree", "is a web page, and no list of packages"),
        (
            "requirements.txt",
            b"-r requirements.txt\nnot a package\n",
            "requirements.txt, line 2 is not a package: not a package",
        ),
        ("pylock.toml", b"[[[", "is not a lock of packages"),
        ("pylock.toml", b"lock-version = '9'\n", "is not a lock of packages"),
        ("Pipfile.lock", b"[]", "it is not as pipenv writes it"),
        ("Pipfile.lock", b"[" * 100_000, "it is not as pipenv writes it"),
        ("Pipfile", b"[packages]\n'--upgrade' = '*'\n", "something that is no package: '--upgrade'"),
        ("Pipfile", b"[packages]\nx = '*'\n[[source]]\nurl = 'https://me:pa55@x.org'\n", "a name or a password"),
        ("pyproject.toml", b"[project\n", "it is not TOML"),
        ("pyproject.toml", b"[tool.poetry]\nname = 1\ndependencies = 2\n", "Poetry cannot read"),
        ("uv.lock", b"", "says nothing without the pyproject.toml"),
    ],
)
def test_files_that_are_not_what_they_seem(sesync, home: Path, trees: Path, name, content, message):
    (trees / name).write_bytes(content)
    result = sesync("kernel", "create")
    assert result.code in (1, 3), result.err
    assert message in " ".join(result.err.split())
    assert "pa55" not in result.err and not (ground.environments(home) / "heat").exists()


def test_a_list_that_powershell_wrote_is_read(sesync, home: Path, trees: Path):
    (trees / "requirements.txt").write_bytes("sesync-tree\r\npywin32==306\r\nsesync-moss\r\n".encode("utf-16"))
    result = sesync("kernel", "create")
    assert (result.code, result.err) == (
        0,
        "Warning: requirements.txt, line 2: without pywin32: that is for another operating system\n",
    )
    assert ours(home) == {"tree", "moss"}


def test_a_list_from_windows_is_read(sesync, home: Path, trees: Path):
    (trees / "requirements.txt").write_bytes(b"\xef\xbb\xbfsesync-tree\r\n# caf\xc3\xa9\r\nsesync-moss\r\n")
    result = sesync("kernel", "create")
    assert result.code == 0, result.err
    assert ours(home) == {"tree", "moss"}


def test_a_file_that_may_not_be_read(sesync, trees: Path):
    (trees / "requirements.txt").write_text("sesync-tree\n")
    (trees / "requirements.txt").chmod(0)
    powers = "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"
    prefix = (needed("setpriv"), *powers) if os.getuid() == 0 else ()
    result = sesync("kernel", "create", prefix=prefix)
    assert (result.code, "cannot be read: Permission denied" in result.err) == (3, True)
