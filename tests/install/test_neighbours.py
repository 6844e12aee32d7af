"""Which needs are not met by what is installed beside: judged, and told before and after an uninstall."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from sesync_cli.install.neighbours import needing, unmet
from tests.conftest import Ended, Terminal
from tests.install.ground import own_kernel, placed, python, user_folder, wheel
from tests.install.test_kernel import environment, kernel

Run = Callable[..., Ended]


@pytest.mark.parametrize(
    ("needs", "versions", "told"),
    [
        ({"requests": ["urllib3 (<3,>=1.21.1)"]}, {"urllib3": "1.20"}, ["requests 1 needs urllib3>=1.21.1,<3"]),
        ({"requests": ["urllib3 (<3,>=1.21.1)"]}, {"urllib3": "2.0.7"}, []),
        ({"rich": ["Pygments"]}, {}, ["rich 1 needs pygments"]),
        ({"rich": ["Pygments"]}, {"pygments": "odd one"}, []),
        ({"rich": ["pygments>=2"]}, {"pygments": "3.0rc1"}, []),
        ({"rich": ["dataclasses; python_version < '3.7'"]}, {}, []),
        ({"rich": ["ipywidgets; extra == 'jupyter'"]}, {}, []),
        ({"rich": ["][", "pygments!=2.1,>2"]}, {"pygments": "2.1"}, ["rich 1 needs pygments>2,!=2.1"]),
        ({"httpie": ["requests[socks]"], "requests": ["pysocks; extra == 'socks'"]}, {}, ["requests 1 needs pysocks"]),
    ],
)
def test_what_a_set_of_versions_does_not_meet(
    needs: dict[str, list[str]], versions: dict[str, str], told: list[str]
) -> None:
    found = unmet(needs, dict.fromkeys(needs, "1") | versions, "3.8.18")
    assert sorted(map(str, found)) == told


def test_what_is_not_there_needs_nothing() -> None:
    assert unmet({"rich": ["pygments"]}, {}, "3.8.18") == set()


def test_who_needs_what_is_one_sentence() -> None:
    needs = {"rich": ["pygments"], "httpie": ["pygments", "leaf"]}
    found = unmet(needs, {"rich": "1", "httpie": "1"}, "3.8.18")
    assert needing(found) == "httpie and rich need leaf and pygments"


@pytest.fixture
def forest(home: Path) -> Path:
    """As after installing rich and httpie, which need pygments."""
    folder = user_folder(home, "3.8")
    placed(folder, "rich", "pygments<3", asked_for=True)
    placed(folder, "httpie", "Pygments>=2; python_version > '3'", "rich", asked_for=True)
    placed(folder, "moss", "pygments; extra == 'all'", asked_for=True)
    (placed(folder, "pygments", version="2.1") / "RECORD").write_text("pygments-2.1.dist-info/METADATA,,\n")
    return folder


def test_the_question_says_who_needs_it(sesync: Run, terminal: Callable[..., Terminal], forest: Path) -> None:
    question = (
        "httpie and rich need pygments, and will not work without it. "
        "Uninstall pygments 2.1 from Python 3.8 (~/.local)?"
    )
    unasked = sesync("uninstall", "pygments")
    assert (unasked.code, unasked.err.splitlines()[0]) == (2, f"Error: this needs an answer: {question}")
    window = terminal("uninstall", "pygments", columns=200)
    window.wait_for(f"{question} [y/N]")
    window.type("n\n")
    assert window.ended() == 130
    assert (forest / "pygments-2.1.dist-info").exists()


def test_told_to_go_ahead_it_says_what_brings_it_back(sesync: Run, forest: Path) -> None:
    warning = (
        "httpie and rich need pygments, and will not work without it: "
        "'sesync install --python 3.8 pygments' brings it back"
    )
    assert sesync("uninstall", "pygments", "-n").err == f"Warning: {warning}\n"
    assert sesync("uninstall", "pygments", "-y", "--json").json["warnings"] == [warning]


def test_two_of_which_one_is_needed(sesync: Run, forest: Path) -> None:
    done = sesync("uninstall", "rich", "moss")
    assert "httpie needs rich, and will not work without it. Uninstall rich 1.0 and moss 1.0 from" in done.err


@pytest.mark.parametrize("names", [["rich", "httpie", "pygments"], ["httpie"], ["moss"]])
def test_what_nobody_else_needs_is_only_asked_for(sesync: Run, forest: Path, names: list[str]) -> None:
    assert "Error: this needs an answer: Uninstall " in sesync("uninstall", *names).err


@pytest.mark.parametrize(("version", "missed"), [("2.5", ""), ("1.9", "httpie needs pygments, and will not")])
def test_where_the_python_has_another_it_counts(
    sesync: Run, forest: Path, tmp_path: Path, version: str, missed: str
) -> None:
    open_venv = tmp_path / "venv"
    subprocess.run([python("3.8"), "-m", "venv", "--system-site-packages", open_venv], check=True)
    placed(open_venv / "lib/python3.8/site-packages", "pygments", version=version)
    done = sesync("uninstall", "pygments", "--python", open_venv / "bin/python")
    assert f"Error: this needs an answer: {missed or 'Uninstall pygments 2.1'}" in done.err


def test_in_a_kernel_it_is_asked_too(sesync: Run, home: Path) -> None:
    packages = own_kernel(home, "trees", packages=["rich"])
    placed(packages, "rich", "pygments")
    placed(packages, "pygments", version="2.1")
    done = sesync("uninstall", "pygments", "--kernel", "trees")
    question = "rich needs pygments, and will not work without it. Uninstall pygments 2.1 from the kernel trees?"
    assert (done.code, done.err.splitlines()[0]) == (2, f"Error: this needs an answer: {question}")
    shown = sesync("uninstall", "pygments", "--kernel", "trees", "-n").err
    assert "'sesync install --kernel trees pygments' brings it back" in shown


@pytest.fixture
def web(index: Path) -> None:
    wheel(index, "webtree", meta="Requires-Dist: richtree\n")
    wheel(index, "richtree", meta="Requires-Dist: barktree\n")
    wheel(index, "barktree")


@pytest.mark.parametrize(("version", "how"), [("3.8", "name"), ("3.8", "file"), ("3.11", "name"), ("3.13", "file")])
def test_what_came_along_and_was_asked_for_later_stays(
    sesync: Run, home: Path, web: None, version: str, how: str
) -> None:
    (home / "list.txt").write_text("RichTree>=1\n")
    words = ["-r", "list.txt"] if how == "file" else ["RichTree"]
    assert sesync("install", "webtree", "--python", python(version)).code == 0
    done = sesync("install", *words, "--python", python(version))
    assert (done.code, "there already" in done.out) == (0, True)
    assert "asked for" not in sesync("install", *words, "--python", python(version), "-n").out
    done = sesync("uninstall", "webtree", "-y", "--python", python(version))
    assert done.out.startswith("Uninstalled webtree 1.0 from")
    done = sesync("uninstall", "richtree", "-y", "--python", python(version))
    assert done.out.startswith("Uninstalled richtree 1.0 and barktree 1.0 from")
    assert list(user_folder(home, version).glob("*")) in ([], [user_folder(home, version) / "__pycache__"])


def test_a_pip_that_notes_nothing_is_not_helped_by_half(sesync: Run, home: Path, web: None) -> None:
    assert sesync("install", "webtree", "--python", "3.6").code == 0
    assert sesync("install", "richtree", "--python", "3.6").code == 0
    assert list(user_folder(home, "3.6").glob("*/REQUESTED")) == []
    assert sesync("uninstall", "webtree", "-y", "--python", "3.6").out.startswith("Uninstalled webtree 1.0 from")


def test_what_is_not_ones_own_is_not_marked(sesync: Run, home: Path, tmp_path: Path, web: None) -> None:
    open_venv = tmp_path / "venv"
    subprocess.run([python("3.8"), "-m", "venv", "--system-site-packages", open_venv], check=True)
    theirs = placed(open_venv / "lib/python3.8/site-packages", "richtree")
    (theirs / "RECORD").write_text("")
    assert "there already" in sesync("install", "richtree", "--python", open_venv / "bin/python").out
    assert not (theirs / "REQUESTED").exists() and (theirs / "RECORD").read_text() == ""


@pytest.mark.parametrize("how", ["name", "file"])
def test_a_kernels_recipe_keeps_what_is_asked_for_later(sesync: Run, home: Path, web: None, how: str) -> None:
    packages = own_kernel(home, "trees", packages=["webtree"])
    (home / "list.txt").write_text("richtree\n")
    words = ["-r", "list.txt"] if how == "file" else ["richtree"]
    assert sesync("install", "webtree", "--kernel", "trees").code == 0
    assert "there already" in sesync("install", *words, "--kernel", "trees").out
    assert sesync("uninstall", "webtree", "--kernel", "trees", "-y").out.startswith("Uninstalled webtree 1.0 from")
    assert (packages / "richtree.py").exists() and (packages / "barktree.py").exists()


def test_a_kernel_made_by_hand_keeps_it_too(sesync: Run, home: Path, tmp_path: Path, web: None) -> None:
    packages = environment(tmp_path / "venv")
    kernel(home, "trees", tmp_path / "venv/bin/python")
    placed(packages, "webtree", "richtree", asked_for=True)
    (placed(packages, "richtree") / "RECORD").write_text("richtree-1.0.dist-info/METADATA,,")
    assert sesync("install", "richtree", "--kernel", "trees").code == 0
    record = (packages / "richtree-1.0.dist-info/RECORD").read_text().splitlines()
    assert record[1] == "richtree-1.0.dist-info/REQUESTED,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0"
    assert sesync("uninstall", "webtree", "--kernel", "trees", "-n").out.splitlines()[0].endswith("bin/python webtree")
