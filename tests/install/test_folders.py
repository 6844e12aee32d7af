"""sesync install FOLDER and -e FOLDER: the source of a package, as a copy and as a link."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Ended
from tests.install.ground import own_kernel, python, source, user_folder
from tests.install.test_kernel import environment, kernel

Run = Callable[..., Ended]
SETUP = "from setuptools import setup\nsetup(name='treetool', version='1.0', py_modules=['treetool'])\n"
PROJECT = (
    '[build-system]\nrequires = ["setuptools>=61"]\nbuild-backend = "setuptools.build_meta"\n'
    '[project]\nname = "treetool"\nversion = "1.0"\n'
)
VERSIONS = ["3.6", "3.8", "3.11", "3.13"]


def folder(home: Path, name: str = "my tree", **files: str) -> Path:
    return source(home, name, SETUP, treetool_dot_py="rings = 1\n", **files)


def project(home: Path) -> Path:
    """A folder as people begin one today, without a setup.py."""
    at = source(home, "newtree", "", pyproject_dot_toml=PROJECT, treetool_dot_py="rings = 1\n")
    (at / "setup.py").unlink()
    return at


def rings(program: Path) -> str:
    said = subprocess.run([program, "-c", "import treetool; print(treetool.rings)"], capture_output=True, text=True)
    return said.stdout.strip()


@pytest.mark.parametrize("version", VERSIONS)
def test_an_edited_folder_is_installed_again(sesync: Run, home: Path, version: str) -> None:
    at = folder(home)
    assert sesync("install", "./my tree", "--python", python(version)).out.startswith("Installed treetool 1.0 for")
    (at / "treetool.py").write_text("rings = 20\n")
    done = sesync("install", "./my tree", "--python", python(version), "--json")
    assert done.json["message"].startswith(
        f"Installed treetool 1.0 again for Python {version} ({home}/.local). Then, in open"
    )
    assert done.json["result"]["packages"] == {"treetool": "1.0"}
    assert rings(python(version)) == "20"


@pytest.mark.parametrize("version", VERSIONS)
def test_what_is_changed_in_a_link_counts_at_once(sesync: Run, home: Path, version: str) -> None:
    at = folder(home)
    shown = sesync("install", "-e", "my tree", "--python", python(version), "-n").out
    assert shown == f"{python(version)} -m pip install --user -e './my tree'\n"
    done = sesync("install", "-e", "my tree", "--python", python(version))
    assert (done.code, done.err, done.out.partition(" for ")[0]) == (0, "", "Installed treetool 1.0")
    (at / "treetool.py").write_text("rings = 300\n")
    assert rings(python(version)) == "300"
    listed = sesync("install", "--list", "--python", python(version), "--json").json
    assert [(one["name"], one["asked_for"]) for one in listed] == [("treetool", True)]
    assert "treetool 1.0 again for" in sesync("install", "-e", "./my tree", "--python", python(version)).out
    gone = sesync("uninstall", "treetool", "-y", "--python", python(version))
    assert (gone.code, rings(python(version))) == (0, "")
    assert (at / "treetool.py").exists()


def test_the_folder_one_is_in_and_a_package_beside(sesync: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder(home))
    monkeypatch.setenv("PWD", str(home / "my tree"))
    done = sesync("install", "humanize==4.9.0", "-e", ".[none]")
    assert (done.code, done.out.partition(" for ")[0]) == (0, "Installed humanize 4.9.0 and 1 more")
    assert rings(python("3.8")) == "1"


def test_a_pip_that_cannot_link_says_what_to_do(sesync: Run, home: Path) -> None:
    project(home)
    done = sesync("install", "-e", "newtree", "--python", "3.6")
    assert (done.code, done.out) == (3, "")
    assert done.err == (
        "Error: pip 18.1 of Python 3.6 cannot link to newtree, which has no setup.py\n"
        "Hint:  'sesync install --python 3.6 ./newtree' installs a copy: type it again after each change. "
        "A newer Python can link.\n"
    )
    assert sesync("install", "-e", "newtree", "--python", "3.8").code == 0
    assert rings(python("3.8")) == "1"


@pytest.mark.parametrize("words", [["-e", "nosuch"], ["-e", "git+https://example.org/tree.git"], ["-e", "--user"]])
def test_a_link_is_to_a_folder(sesync: Run, home: Path, words: list[str]) -> None:
    done = sesync("install", *words)
    assert (done.code, done.err.splitlines()[0]) == (1, f"Error: there is no folder {words[-1]}")


@pytest.mark.parametrize("words", [["-e", "data"], ["./data"], ["./data", "--kernel", "trees"]])
def test_a_folder_without_a_package_is_named(sesync: Run, home: Path, words: list[str]) -> None:
    (home / "data").mkdir()
    done = sesync("install", *words)
    assert done.code == 3
    assert done.err.startswith("Error: data is no folder of a package: it has no setup.py or pyproject.toml\n")


def test_in_a_kernel_an_edited_folder_is_installed_again(sesync: Run, home: Path, tmp_path: Path) -> None:
    at = folder(home)
    environment(tmp_path / "venv")
    program = tmp_path / "venv/bin/python"
    kernel(home, "trees", program)
    assert sesync("install", "./my tree", "--kernel", "trees").code == 0
    (at / "treetool.py").write_text("rings = 20\n")
    done = sesync("install", "./my tree", "--kernel", "trees")
    assert done.out.startswith("Installed treetool 1.0 again in the kernel trees.")
    assert rings(program) == "20"
    linked = sesync("install", "-e", "my tree", "--kernel", "trees", "--json")
    assert linked.json["steps"] == [f"{program} -m ensurepip && {program} -m pip install -e './my tree'"]
    (at / "treetool.py").write_text("rings = 300\n")
    assert rings(program) == "300"


def recipe(home: Path) -> list[str]:
    text = (home / ".local/share/jupyter/kernels/trees/kernel.json").read_text()
    added: list[str] = json.loads(text)["metadata"]["sesync"]["recipe"]["added"]
    return added


def test_a_kernels_recipe_keeps_where_a_folder_is(sesync: Run, home: Path) -> None:
    folder(home, "tree")
    own_kernel(home, "trees", packages=[])
    assert sesync("install", "./tree", "--kernel", "trees").code == 0
    assert recipe(home) == [f"{home}/tree"]
    assert sesync("install", "-e", "tree", "--kernel", "trees").code == 0
    assert recipe(home) == [f"-e {home}/tree"]
    (home / "list.txt").write_text("-e ./tree\n")
    assert sesync("install", "-r", "list.txt", "--kernel", "trees").code == 0
    assert recipe(home) == [f"-e {home}/tree"]
    assert sesync("uninstall", "treetool", "--kernel", "trees", "-y").code == 0
    assert recipe(home) == []


def test_a_kernel_that_is_made_again_has_its_links(sesync: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = project(home)
    assert sesync("kernel", "create", "trees", "./newtree", "--python", python("3.11")).code == 0
    assert sesync("install", "-e", "newtree", "--kernel", "trees").code == 0
    monkeypatch.chdir("/")
    monkeypatch.setenv("PWD", "/")
    for number, words in enumerate((["repair"], ["update", "--upgrade"])):
        assert sesync("kernel", *words, "trees", "--yes").code == 0
        (at / "treetool.py").write_text(f"rings = {'5' * (number + 1)}\n")
        program = sesync("kernel", "run", "trees", "python", "-c", "import treetool; print(treetool.rings)")
        assert program.out == f"{'5' * (number + 1)}\n"


def test_a_kernel_of_an_old_python_says_what_to_do(sesync: Run, home: Path) -> None:
    folder(home, "tree")
    assert sesync("kernel", "create", "old", "--python", python("3.6")).code == 0
    done = sesync("install", "-e", "./tree", "--kernel", "old")
    assert (done.code, done.err.splitlines()) == (
        3,
        [
            "Error: setuptools for Python 3.6 cannot link to ./tree from a kernel",
            "Hint:  'sesync install --kernel old ./tree' installs a copy: type it again after each change. "
            "A newer Python can link.",
        ],
    )


def test_the_list_and_links_do_not_go_together(sesync: Run, home: Path) -> None:
    folder(home)
    assert sesync("install", "--list", "-e", "my tree").code == 2
    assert list(user_folder(home, "3.8").glob("*")) == []
