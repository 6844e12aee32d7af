"""Which needs are not met by what is installed beside: judged, and told before and after an uninstall."""

import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from sesync_cli.install.neighbours import needing, unmet
from tests.conftest import Ended, Terminal
from tests.install.ground import own_kernel, placed, prefix, python, user_folder, wheel
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
    assert window.ended() == 1
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
    assert sesync("uninstall", "webtree", "--kernel", "trees", "-n").out.splitlines()[0].endswith(" -y webtree")


def recorded(folder: Path, name: str, version: str) -> None:
    """A package that an installer can take away."""
    info = placed(folder, name, version=version)
    (info / "RECORD").write_text("".join(f"{info.name}/{file},,\n" for file in ("METADATA", "RECORD")))


@pytest.fixture
def talkers(home: Path, index: Path) -> Path:
    """As after installing requests, which needs urllib3, and botocore, which has been broken for long."""
    folder = user_folder(home, "3.8")
    placed(folder, "requesttree", "urltree (<3,>=1.21.1)", version="2.31.0", asked_for=True)
    placed(folder, "botocoretree", "urltree==1.25", "absent>=2", version="1.3", asked_for=True)
    recorded(folder, "urltree", "2.0.7")
    for version in ("1.20", "1.26", "2.0.7", "3.1"):
        wheel(index, "urltree", version)
    wheel(index, "newtree", meta="Requires-Dist: urltree<1.21\n")
    wheel(index, "leaf")
    return folder


FEARED = "requesttree 2.31.0 needs urltree>=1.21.1,<3, and would have urltree 1.20: it may stop working"
BROKEN = (
    "requesttree 2.31.0 needs urltree>=1.21.1,<3, and urltree 1.20 is there now: "
    "'sesync install --python 3.8 urltree==2.0.7' brings urltree 2.0.7 back"
)


@pytest.mark.parametrize("word", ["urltree==1.20", "newtree", "urltree<1.21"])
def test_what_would_break_is_asked_about(sesync: Run, home: Path, talkers: Path, word: str) -> None:
    done = sesync("install", word)
    assert (done.code, done.err.splitlines()[0]) == (
        2,
        f"Error: this needs an answer: {FEARED}. Install all the same?",
    )
    assert (talkers / "urltree-2.0.7.dist-info").exists()
    assert sesync("install", word, "-n").err == f"Warning: {FEARED}\n"
    assert FEARED in sesync("install", word, "-n", "--json").json["warnings"]


def test_a_list_may_break_something_too(sesync: Run, home: Path, talkers: Path) -> None:
    (home / "list.txt").write_text("leaf\nurltree==1.20\n")
    assert f"this needs an answer: {FEARED}. Install all the same?" in sesync("install", "-r", "list.txt").err


def test_what_is_upgraded_may_break_something_too(sesync: Run, home: Path, talkers: Path) -> None:
    done = sesync("install", "--upgrade", "urltree")
    assert "needs urltree>=1.21.1,<3, and would have urltree 3.1: it may stop working. Install" in done.err


@pytest.mark.parametrize("words", [["leaf"], ["urltree"], ["urltree==1.26"], ["leaf", "urltree>1.25"]])
def test_what_breaks_nothing_is_not_asked_about(sesync: Run, home: Path, talkers: Path, words: list[str]) -> None:
    done = sesync("install", *words)
    assert (done.code, done.err) == (0, "")


def test_what_is_broken_now_is_told_with_what_mends_it(sesync: Run, home: Path, talkers: Path) -> None:
    done = sesync("install", "urltree==1.20", "--yes")
    assert (done.code, done.err) == (0, f"Warning: {BROKEN}\n")
    command = BROKEN.split("'")[1].split()
    mended = sesync(*command[1:])
    assert (mended.code, mended.err, mended.out[:23]) == (0, "", "Installed urltree 2.0.7")


def test_what_nobody_can_mend_by_that_has_no_command(sesync: Run, home: Path, talkers: Path) -> None:
    done = sesync("install", "newtree", "--yes")
    assert done.err == ("Warning: requesttree 2.31.0 needs urltree>=1.21.1,<3, and urltree 1.20 is there now\n")


def test_on_a_terminal_it_is_a_question(
    sesync: Run, terminal: Callable[..., Terminal], home: Path, talkers: Path
) -> None:
    window = terminal("install", "urltree==1.20", columns=250)
    window.wait_for(f"{FEARED}. Install all the same? [y/N]")
    window.type("n\n")
    assert window.ended() == 1
    assert (talkers / "urltree-2.0.7.dist-info").exists()


def test_one_of_the_pythons_own_comes_back_by_an_uninstall(
    sesync: Run, home: Path, tmp_path: Path, talkers: Path
) -> None:
    program = prefix(tmp_path / "opt", "3.8")
    subprocess.run([program, "-m", "ensurepip"], check=True, capture_output=True)
    own = tmp_path / "opt/lib/python3.8/site-packages"
    (talkers / "urltree-2.0.7.dist-info").rename(own / "urltree-2.0.7.dist-info")
    done = sesync("install", "urltree==1.20", "--yes", "--python", program)
    assert f"'sesync uninstall --python {program} urltree' brings urltree 2.0.7 back" in done.err
    assert sesync("uninstall", "--python", program, "urltree", "--yes").code == 0


def test_what_cannot_be_found_out_is_no_question(
    sesync: Run, home: Path, talkers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_FIND_LINKS", str(home))
    done = sesync("install", "urltree==1.20")
    assert (done.code, done.err) == (0, f"Warning: {BROKEN}\n")


def test_an_index_that_says_nothing_is_not_waited_for(
    sesync: Run, home: Path, talkers: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.delenv("UV_OFFLINE")
        monkeypatch.delenv("UV_FIND_LINKS")
        monkeypatch.setenv("UV_DEFAULT_INDEX", f"http://127.0.0.1:{silent.getsockname()[1]}/simple")
        monkeypatch.setenv("PIP_FIND_LINKS", "")
        wheel_file = next((home.parent / "index").glob("urltree-1.20-*"))
        done = sesync("install", wheel_file, "newtree @ file://" + str(next((home.parent / "index").glob("newtree*"))))
    assert done.code == 0
    assert "requesttree 2.31.0 needs urltree>=1.21.1,<3, and urltree 1.20 is there now" in done.err


def test_in_a_kernel_it_is_asked_and_told_too(sesync: Run, home: Path, talkers: Path) -> None:
    packages = own_kernel(home, "trees", packages=["requesttree"])
    placed(packages, "requesttree", "urltree (<3,>=1.21.1)", version="2.31.0")
    recorded(packages, "urltree", "2.0.7")
    done = sesync("install", "urltree==1.20", "--kernel", "trees")
    assert (done.code, done.err.splitlines()[0]) == (2, f"Error: this needs an answer: {FEARED}. Install all the same?")
    assert sesync("install", "urltree==1.20", "--kernel", "trees", "-n").err == f"Warning: {FEARED}\n"
    done = sesync("install", "urltree==1.20", "--kernel", "trees", "--yes", "--json")
    assert done.json["warnings"] == [BROKEN.replace("--python 3.8", "--kernel trees")]
    mended = sesync("install", "--kernel", "trees", "urltree==2.0.7")
    assert (mended.code, mended.err) == (0, "")


def test_where_nothing_could_break_nobody_is_asked(sesync: Run, home: Path, tmp_path: Path, index: Path) -> None:
    wheel(index, "leaf")
    environment(tmp_path / "venv")
    kernel(home, "trees", tmp_path / "venv/bin/python")
    traced = sesync("install", "leaf", "--kernel", "trees", "-n", prefix=("strace", "-f", "-qq", "-e", "trace=execve"))
    assert traced.code == 0 and "/uv" not in traced.err
