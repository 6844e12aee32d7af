"""sesync install says who will see a package before it installs it, and whose package it takes the place of."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Ended, Terminal
from tests.install.ground import own_kernel, prefix, python, user_folder, wheel
from tests.install.test_kernel import environment, kernel

Run = Callable[..., Ended]


def test_kernels_that_see_it_are_named_beforehand(sesync: Run, home: Path, tmp_path: Path, index: Path) -> None:
    wheel(index, "treetool")
    words = ("-m", "venv", "--without-pip", "--system-site-packages")
    subprocess.run([python("3.8"), *words, tmp_path / "open"], check=True)
    environment(tmp_path / "closed")
    kernel(home, "bare", python("3.8"))
    kernel(home, "open", tmp_path / "open/bin/python")
    kernel(home, "closed", tmp_path / "closed/bin/python")
    kernel(home, "other", python("3.11"))
    spec = kernel(home, "own", python("3.8")) / "kernel.json"
    spec.write_text(json.dumps(json.loads(spec.read_text()) | {"env": {"PYTHONNOUSERSITE": "1"}}))
    note = (
        "Every kernel of Python 3.8 will see it: bare and open. "
        "A kernel for one project alone: 'sesync kernel create NAME treetool'."
    )
    shown = sesync("install", "treetool", "-n")
    assert (shown.code, shown.err) == (0, f"{note}\n")
    assert sesync("install", "treetool", "-n", "--json").json["warnings"] == [note]
    done = sesync("install", "treetool")
    assert (done.code, done.err) == (0, f"{note}\n")
    assert "will see it" not in sesync("install", "treetool", "--python", "3.13", "-n").err


def test_in_a_repository_its_own_kernel_is_offered(sesync: Run, home: Path, index: Path, monkeypatch) -> None:
    wheel(index, "treetool")
    kernel(home, "bare", python("3.8"))
    (home / "Analysis/.git").mkdir(parents=True)
    monkeypatch.chdir(home / "Analysis")
    monkeypatch.setenv("PWD", str(home / "Analysis"))
    assert "this project alone: 'sesync kernel create analysis treetool'." in sesync("install", "treetool", "-n").err


@pytest.fixture
def project(sesync: Run, home: Path, index: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository whose kernel has another name than it, and the folder in it that one is in."""
    wheel(index, "treetool")
    folder = home / "analysis"
    (folder / ".git").mkdir(parents=True)
    (folder / "deep").mkdir()
    (folder / "requirements.txt").write_text("")
    own_kernel(home, "heat", source=str(folder / "requirements.txt"))
    monkeypatch.chdir(folder / "deep")
    monkeypatch.setenv("PWD", str(folder / "deep"))
    return folder


def test_where_the_project_has_a_kernel_the_choice_is_asked_for(
    sesync: Run, terminal: Callable[..., Terminal], project: Path, home: Path
) -> None:
    unasked = sesync("install", "treetool")
    assert unasked.code == 2
    assert "'sesync install --kernel heat treetool' installs it there. Install it for all other" in unasked.err
    window = terminal("install", "treetool", columns=300)
    window.wait_for("other notebooks of Python 3.8? [y/N]")
    window.type("n\n")
    assert (window.ended(), user_folder(home, "3.8").exists()) == (1, False)
    assert sesync("install", "treetool", "--yes").code == 0
    assert sesync("install", "treetool", "--kernel", "heat").code == 0


def test_a_project_behind_a_link_has_its_kernel_too(sesync: Run, home: Path, index: Path, monkeypatch) -> None:
    wheel(index, "treetool")
    (home / "real/.git").mkdir(parents=True)
    (home / "analysis").symlink_to("real")
    own_kernel(home, "heat", source=str(home / "analysis/requirements.txt"))
    monkeypatch.chdir(home / "analysis")
    monkeypatch.setenv("PWD", str(home / "analysis"))
    assert "'sesync install --kernel heat treetool' installs it there." in sesync("install", "treetool").err


def test_a_package_that_takes_the_place_of_a_kernels_own_is_named(
    sesync: Run, home: Path, tmp_path: Path, index: Path
) -> None:
    for name in ("treetool", "bark"):
        wheel(index, name, "2.0", meta="Requires-Dist: bark\n" if name == "treetool" else "")
    server = prefix(tmp_path / "server", "3.8")
    packages = tmp_path / "server/lib/python3.8/site-packages"
    for entry in ("bark-1.0.dist-info", "treetool-2.0.dist-info"):
        (packages / entry).mkdir()
    (packages / "ipykernel_launcher.py").touch()
    kernel(home, "server", server)
    done = sesync("install", "treetool")
    assert done.code == 0
    assert done.err.splitlines()[1:] == ["Warning: bark 2.0 takes the place of bark 1.0 in the kernel server"]
