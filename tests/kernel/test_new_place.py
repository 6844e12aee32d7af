"""Kernels whose files have moved: what says so, and how a kernel follows them to their new place."""

import os
import re
import shlex
from pathlib import Path

import pytest

from tests.conftest import tilde
from tests.kernel import ground


@pytest.fixture
def heat(sesync, index: Path, home: Path) -> Path:
    """The folder of a project that a kernel was made from; it has a list in a folder of its own too."""
    for name in ("sesync_tree", "sesync_moss"):
        ground.wheel(index, name)
    folder = home / "heat"
    (folder / "env").mkdir(parents=True)
    (folder / "requirements.txt").write_text("sesync-tree\n-r env/more.txt\n")
    (folder / "env/more.txt").write_text("sesync-moss\n")
    return folder


def hinted(err: str) -> list[str]:
    """The words of the command that a hint has."""
    [command] = re.findall(r"'sesync (kernel update .*?)' (?:follows|says)", " ".join(err.split()))
    return [os.path.expanduser(word) for word in shlex.split(command)]


def shown(sesync, name: str) -> dict[str, object]:
    return dict(sesync("kernel", "show", name, "--json").json)


@pytest.mark.parametrize("words", [("--from",), ("-r",)], ids=["from", "r"])
@pytest.mark.parametrize("place", ["papers/heat 2021", "drought", "../elsewhere"])
def test_a_folder_that_moved_is_named_and_the_command_of_the_hint_follows_it(
    words: tuple[str, ...], place: str, sesync, heat: Path, home: Path, monkeypatch: pytest.MonkeyPatch
):
    assert sesync("kernel", "create", "oak", *words, heat / "requirements.txt").code == 0
    new = Path(os.path.normpath(home / place))
    new.parent.mkdir(exist_ok=True)
    heat.rename(new)
    assert shown(sesync, "oak")["missing"] == [f"{heat}/requirements.txt", f"{heat}/env/more.txt"]
    card = "".join(sesync("kernel", "show", "oak").out.split())
    assert f"~/{heat.relative_to(home)}/env/more.txt:'sesynckernelupdateoak--fromDIR'sayswhereitis" in card
    if place == "drought":
        monkeypatch.chdir(home)
    else:
        said = sesync("kernel", "update", "oak")
        assert hinted(said.err)[-2:] == ["--from", "DIR"] and "'sesync kernel repair oak' makes" in said.err
        monkeypatch.chdir(new)
        monkeypatch.setenv("PWD", str(new))
    said = sesync("kernel", "update", "oak")
    assert (said.code, said.err.splitlines()[0]) == (
        1,
        f"Error: {heat}/requirements.txt is gone, from which the kernel oak was made",
    )
    assert hinted(said.err)[-1] == str(new)
    done = sesync(*hinted(said.err))
    assert done.code == 0, done.err
    after = shown(sesync, "oak")
    assert (after["changed"], after["missing"], after["packages"]["sesync-moss"]) == ([], [], "1.0")
    assert sesync("kernel", "update", "oak").out.startswith("The kernel oak is as its files say")
    (new / "env/more.txt").write_text("sesync-moss\nsix\n")
    assert sesync("kernel", "update", "oak").code == 0
    assert "six" in shown(sesync, "oak")["packages"]


@pytest.mark.parametrize("words", [("--from",), ("-r",)], ids=["from", "r"])
def test_a_repair_does_without_the_files(words: tuple[str, ...], sesync, heat: Path, home: Path):
    assert sesync("kernel", "create", "oak", *words, heat / "requirements.txt").code == 0
    before = shown(sesync, "oak")["packages"]
    heat.rename(home / "papers")
    (ground.environments(home) / "oak/bin/python").unlink()
    done = sesync("kernel", "repair", "oak")
    assert done.code == 0, done.err
    assert tilde(f"{heat}/requirements.txt is gone: the packages stay those that oak had") in " ".join(done.err.split())
    assert shown(sesync, "oak")["packages"] == before and sesync("kernel", "check", "oak").code == 0
    assert sesync("kernel", "update", "oak", "--from", "papers").code == 0
    assert shown(sesync, "oak")["missing"] == []


def test_what_is_in_its_place_may_be_another_tools_file_or_one_file(sesync, heat: Path, home: Path):
    assert sesync("kernel", "create", "oak", "--from", heat).code == 0
    heat.rename(home / "papers")
    text = '[project]\nname = "papers"\nversion = "1"\ndependencies = ["sesync-moss"]\n'
    (home / "papers/requirements.txt").rename(home / "papers/list.txt")
    done = sesync("kernel", "update", "oak", "--from", "papers")
    assert (done.code, "papers has no file that says which packages it needs" in done.err) == (2, True)
    assert sesync("kernel", "update", "oak", "--from", "papers/list.txt").code == 0
    assert shown(sesync, "oak")["changed"] == []
    (home / "papers/pyproject.toml").write_text(text)
    (home / "papers/papers.py").write_text("")
    (home / "papers/list.txt").unlink()
    assert sesync("kernel", "update", "oak", "--from", "papers").code == 0
    there = shown(sesync, "oak")["packages"]
    assert "sesync-moss" in there and "sesync-tree" not in there


def test_from_is_for_one_kernel_and_says_what_is_not_there(sesync, heat: Path, home: Path):
    result = sesync("kernel", "update", "--all", "--from", "heat")
    assert (result.code, "Error: --from says where the files of one kernel are" in result.err) == (2, True)
    assert sesync("kernel", "create", "oak", "-r", heat / "requirements.txt", "-r", heat / "env/more.txt").code == 0
    heat.rename(home / "papers")
    assert "there is no file or folder nowhere/else" in sesync("kernel", "update", "oak", "--from", "nowhere/else").err
    (home / "empty").mkdir()
    result = sesync("kernel", "update", "oak", "--from", "empty")
    assert (result.code, f"Error: there is no requirements.txt in {home}/empty" in result.err) == (1, True)
    assert sesync("kernel", "update", "oak", "--from", "papers").code == 0
    assert shown(sesync, "oak")["requirements"] == [f"{home}/papers/requirements.txt", f"{home}/papers/env/more.txt"]
