"""Kernels in a home that has moved: they are told where they are, and nothing is made anew."""

import json
import os
import shutil
import signal
import subprocess
import time
from contextlib import ExitStack, nullcontext
from pathlib import Path

import pytest

from sesync_cli.kernel.environment import python_in_spec
from sesync_cli.kernel.moved import Move
from sesync_cli.leftovers import mark_unfinished
from sesync_cli.lock import alone
from tests.conftest import SESYNC, needed
from tests.kernel import ground
from tests.services.locks import held


@pytest.fixture
def moves(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Move the home to another place, and be at home there."""

    def move(to: Path = tmp_path / "new place/jsmith") -> Path:
        to.parent.mkdir(parents=True, exist_ok=True)
        home.rename(to)
        monkeypatch.setenv("HOME", str(to))
        monkeypatch.setenv("PWD", str(to))
        monkeypatch.chdir(to)
        return to

    return move


def states(sesync) -> dict[str, str]:
    return {one["name"]: one["state"] for one in sesync("kernel", "list", "--json").json}


def names_of(home: Path, old: Path) -> list[str]:
    """The files of kernels and environments that still name the old home, but for what is kept about the past."""
    folders = (ground.specs(home), ground.environments(home))
    files = (file for folder in folders for file in folder.rglob("*") if file.is_file() and file.suffix != ".pyc")
    return [str(file) for file in files if f"{old}/".encode() in file.read_bytes()]


def grow(sesync, home: Path) -> None:
    """Kernels of each kind: plain, with variables, made anew, from files, with what is edited in home, adopted."""
    project = home / "heat"
    project.mkdir()
    (project / "pyproject.toml").write_text('[project]\nname = "sesync-heat"\nversion = "1"\n')
    (project / "sesync_heat.py").write_text("here = __file__\n")
    (project / "requirements.txt").write_text("six\n-e .\n")
    for words in (
        ("create", "plain", "six", "--env", f"MAPS={home}/maps", "--display-name", "The plain one"),
        ("create", "anew", "six"),
        ("repair", "anew", "--yes"),
        ("create", "heat", "-r", "requirements.txt"),
        ("run", "plain", "--", "pip", "install", "-q", "--no-deps", "wcwidth", "pipdeptree"),
        ("adopt", str(ground.venv(home / "by hand", "ipykernel")), "--as", "mine"),
    ):
        done = sesync("kernel", *words, cwd=project)
        assert done.code == 0, done.err


def test_one_repair_tells_all_kernels_where_they_are(sesync, home: Path, moves, tmp_path: Path):
    grow(sesync, home)
    kernels = ["anew", "heat", "mine", "plain"]
    inodes = {name: os.stat(ground.environments(home) / name).st_ino for name in ("plain", "heat")}
    new = moves()
    assert states(sesync) == dict.fromkeys(kernels, "moved")
    listed = sesync("kernel", "list")
    assert listed.err.startswith("Your home has moved: 'sesync kernel repair ")
    failed = sesync("kernel", "run", "plain", "python", "--version")
    assert failed.err.splitlines()[-1] == "Hint:  'sesync kernel repair plain' mends it."
    lock = sesync("kernel", "lock", "heat", "-o", "pylock.before.toml")
    assert lock.code == 0, lock.err

    dry = sesync("kernel", "repair", "plain", "--dry-run").out
    assert (len(dry.splitlines()), states(sesync)["plain"]) == (4, "moved")
    done = sesync("kernel", "repair", "plain")
    assert (done.code, done.err) == (0, "")
    what = "The kernels plain, anew, heat and mine name the new place of your home now."
    assert done.out == f"{what} Reload the page of JupyterLab.\n"
    assert states(sesync) == dict.fromkeys(kernels, "ok")
    assert {name: os.stat(ground.environments(new) / name).st_ino for name in inodes} == inodes
    assert names_of(new, home) == []
    assert ground.leftovers(new) == []

    checked = sesync("kernel", "check", "--all")
    assert checked.code == 0, checked.out
    for name in kernels:
        assert ground.starts(name, tmp_path / "said")
    with ground.notebook("plain", tmp_path / "said") as run:
        assert run("import os; print(os.environ['MAPS'])") == f"{new}/maps\n"
        assert run("import subprocess; print(subprocess.getoutput('pipdeptree --version'))")[0].isdigit()
    run_heat = sesync("kernel", "run", "heat", "python", "-c", "import sesync_heat; print(sesync_heat.here)")
    assert run_heat.out == f"{new}/heat/sesync_heat.py\n"
    spec = json.loads((ground.specs(new) / "plain/kernel.json").read_text())
    assert spec["display_name"] == "The plain one"
    assert sesync("kernel", "lock", "heat", "-o", "pylock.after.toml").code == 0
    assert "is as its files say" in sesync("kernel", "update", "heat").out
    (new / "heat/requirements.txt").write_text("six\ntoolz\n-e .\n")
    assert sesync("kernel", "update", "heat", cwd=new / "heat").code == 0
    assert "toolz" in sesync("kernel", "show", "heat", "--json").json["packages"]


@pytest.mark.parametrize("again", [False, True], ids=["made once", "made anew"])
def test_what_moved_can_be_removed(again: bool, sesync, home: Path, moves):
    assert sesync("kernel", "create", "trees", "six").code == 0
    assert not again or sesync("kernel", "repair", "trees", "--yes").code == 0
    new = moves()
    assert sesync("kernel", "remove", "trees", "--yes").code == 0
    assert ground.nothing(new)


def test_it_moves_twice_and_home_again(sesync, home: Path, moves, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    assert sesync("kernel", "create", "trees", "six").code == 0
    second, third = tmp_path / "home/below" / "jsmith", tmp_path / "$HOME [it's] 木"
    home.rename(tmp_path / "aside")
    second.parent.mkdir(parents=True)
    (tmp_path / "aside").rename(second)  # a home that is now below the place where it was
    now = second
    for place in (second, third, home):
        if place != second:
            shutil.rmtree(place, ignore_errors=True)
            now.rename(place)
        now = place
        monkeypatch.setenv("HOME", str(now))
        monkeypatch.chdir(now)
        assert states(sesync) == {"trees": "moved"}
        done = sesync("kernel", "repair", "trees")
        assert (done.code, states(sesync)) == (0, {"trees": "ok"}), done.err
        assert ground.starts("trees", tmp_path / "said")
    assert sesync("kernel", "check", "trees").code == 0


def test_its_python_has_moved_along(sesync, home: Path, moves, tmp_path: Path):
    """A Python of pyenv's or uv's own is in the home."""
    python = home / ".python/3.13"
    python.parent.mkdir()
    ground.copied(ground.python("3.13").parent.parent, python)
    assert sesync("kernel", "create", "trees", "six", "--python", python / "bin/python3.13").code == 0
    new = moves()
    done = sesync("kernel", "repair", "trees")
    assert (done.code, states(sesync)) == (0, {"trees": "ok"}), done.err
    with ground.notebook("trees", tmp_path / "said") as run:
        assert run("import os, sys; print(os.path.realpath(sys.executable))").startswith(f"{new}/.python/3.13/")


def test_its_python_is_gone_too_and_it_is_made_anew(sesync, home: Path, moves, tmp_path: Path):
    python = home / ".python"
    ground.copied(ground.python("3.13").parent.parent, python)
    assert sesync("kernel", "create", "trees", "six==1.16.0", "--python", python / "bin/python3.13").code == 0
    assert sesync("kernel", "create", "other", "six").code == 0
    shutil.rmtree(python)
    new = moves()
    done = sesync("kernel", "repair", "trees", "--python", "3.11")
    assert (done.code, states(sesync)["trees"]) == (0, "ok"), done.err
    assert sesync("kernel", "show", "trees", "--json").json["packages"]["six"] == "1.16.0"
    assert sesync("kernel", "repair", "other").code == 0
    assert set(states(sesync).values()) == {"ok"}
    assert len(list(ground.environments(new).iterdir())) == 2


def test_two_at_once(sesync, terminal, home: Path, moves):
    """Both have seen what is to be done before either may do it."""
    for name in ("oak", "elm"):
        assert sesync("kernel", "create", name, "six").code == 0
    new = moves()
    with ExitStack() as locks:
        others = [locks.enter_context(held(ground.environments(new) / name)) for name in ("oak", "elm")]
        runs = [terminal("kernel", "repair", name) for name in ("oak", "elm")]
        for run in runs:
            run.wait_for("Waiting for another sesync")
        for other in others:
            other.stdin.close()
        for run in runs:
            assert run.ended() == 0, run.screen
    found = states(sesync)
    assert (found["oak"], found["elm"]) == ("ok", "ok")
    assert ground.leftovers(new) == []


def test_killed_at_any_moment_another_repair_ends_it(sesync, background, home: Path, moves, tmp_path: Path):
    assert sesync("kernel", "create", "trees", "six").code == 0
    places = [tmp_path / f"home-{number}" for number in range(8)]
    now = home
    for number, place in enumerate(places):
        now.rename(place)
        now, env = place, {**os.environ, "HOME": str(place)}
        run = background("kernel", "repair", "trees", program=(str(SESYNC),), env=env, cwd=now, start_new_session=True)
        time.sleep(0.1 + number * 0.07)
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
        done = sesync("kernel", "repair", "trees", "--yes", env=env, cwd=now)
        assert done.code == 0, done.err
        said = sesync("kernel", "run", "trees", "--", "python", "-c", "import six, ipykernel", env=env, cwd=now)
        assert said.code == 0, said.err
        assert ground.leftovers(now) == []


@pytest.mark.parametrize("again", [False, True], ids=["made", "made anew"])
def test_what_a_killed_run_had_marked_is_not_swept_after_the_move(again: bool, sesync, home: Path, moves):
    """The mark of an unfinished environment that a spec names already: the run was killed before it took it away."""
    for name in ("good", "victim"):
        assert sesync("kernel", "create", name, "six").code == 0
    assert not again or sesync("kernel", "repair", "victim", "--yes").code == 0
    [environment] = ground.environments(home).glob("victim*")
    spec = ground.specs(home) / "victim/kernel.json"
    mark_unfinished(environment, ground.environments(home) / "victim", spec, python_in_spec(environment))
    assert states(sesync) == {"good": "ok", "victim": "ok"}
    new = moves()
    assert states(sesync) == {"good": "moved", "victim": "moved"}
    assert sesync("kernel", "create", "other", "six").code == 0
    done = sesync("kernel", "repair", "good")
    assert (done.code, states(sesync)) == (0, dict.fromkeys(("good", "other", "victim"), "ok")), done.err
    assert sesync("kernel", "create", "last", "six").code == 0
    assert sesync("kernel", "check", "victim").code == 0
    assert ground.leftovers(new) == []


def test_what_cannot_be_told_is_named_and_all_others_are_told(sesync, home: Path, moves):
    """One kernel is at work in another run, and one is a spec that nobody can write."""
    for name in ("elm", "oak", "yew"):
        assert sesync("kernel", "create", name, "six").code == 0
    new = moves()
    spec = ground.specs(new) / "yew/kernel.json"
    (spec.parent / "kept.json").write_bytes(spec.read_bytes())
    spec.unlink()
    spec.symlink_to("kept.json")
    subprocess.run([needed("chattr"), "+i", spec.parent / "kept.json", spec.parent], check=True)
    try:
        with alone(ground.environments(new) / "elm", nullcontext()):
            done = sesync("kernel", "repair", "oak", "--json")
        assert (done.code, done.json["result"]["moved"]) == (0, ["oak"]), done.err
        for name in ("elm", "yew"):
            assert f"the kernel {name} is still to be mended: 'sesync kernel repair {name}'" in done.json["warnings"]
        assert states(sesync) == {"elm": "moved", "oak": "ok", "yew": "moved"}
        failed = sesync("kernel", "repair", "yew")
        assert (failed.code, str(spec) in failed.err) == (1, True), failed.err
        assert states(sesync)["elm"] == "moved"
    finally:
        subprocess.run([needed("chattr"), "-i", spec.parent, spec.parent / "kept.json"], check=True)
    assert sesync("kernel", "repair", "yew").code == 0
    assert set(states(sesync).values()) == {"ok"}
    assert ground.leftovers(new) == []


@pytest.mark.parametrize("verb", ["repair", "remove"])
def test_a_spec_that_names_something_else_leaves_no_packages_in_the_way(verb: str, sesync, home: Path, tmp_path: Path):
    assert sesync("kernel", "create", "trees", "six").code == 0
    file = ground.specs(home) / "trees/kernel.json"
    file.write_text(file.read_text().replace(f"{home}/.local/share/sesync/kernels/trees", "/nowhere/env"))
    assert states(sesync)["trees"] == "no environment"
    done = sesync("kernel", verb, "trees", "--yes")
    assert done.code == 0, done.err
    assert ground.leftovers(home) == []
    left = [] if verb == "remove" else ["trees"]
    assert list(states(sesync)) == left and len(list(ground.environments(home).iterdir())) == len(left)
    assert verb == "remove" or ground.starts("trees", tmp_path / "said")


MOVE = Move(Path("/home/ann"), Path("/nfs/home/ann"))


@pytest.mark.parametrize(
    ("text", "followed"),
    [
        ("/home/ann", "/nfs/home/ann"),
        ("/home/ann/.local/bin:${PATH}", "/nfs/home/ann/.local/bin:${PATH}"),
        ("/usr/bin:/home/ann/bin:/home/ann", "/usr/bin:/nfs/home/ann/bin:/nfs/home/ann"),
        ("#!/home/ann/x/bin/python -E", "#!/nfs/home/ann/x/bin/python -E"),
        ('{"url": "file:///home/ann/heat"}', '{"url": "file:///nfs/home/ann/heat"}'),
        ("home = /home/ann/py\nother", "home = /nfs/home/ann/py\nother"),
        ("-I/home/ann/inc -L/home/ann/lib", "-I/nfs/home/ann/inc -L/nfs/home/ann/lib"),
        ("a,/home/ann,b (/home/ann)", "a,/nfs/home/ann,b (/nfs/home/ann)"),
        ("/home/anna/x /home/ann-2 /home/ann.old", "/home/anna/x /home/ann-2 /home/ann.old"),
        ("/nfs/home/ann/x", "/nfs/home/ann/x"),
        ("https://example.org/home/ann/x", "https://example.org/home/ann/x"),
    ],
)
def test_paths_follow_and_nothing_else_does(text: str, followed: str):
    assert MOVE.follow(text) == followed
    assert MOVE.follow(MOVE.follow(text)) == followed


def test_addresses_follow_as_each_tool_quotes_them():
    move = Move(Path("/h/u+v@dom (x)"), Path("/h/ä b"))
    for before in ("file:///h/u+v@dom%20(x)/p", "file:///h/u%2Bv%40dom%20%28x%29/p"):
        assert move.follow(before) == "file:///h/%C3%A4%20b/p"


def test_what_moved_is_told_by_the_home_alone():
    below = ".local/share/sesync/kernels/heat"
    assert Move.of(Path("/home/ann", below), Path("/nfs/home/ann", below)) == MOVE
    scratch = Move.of(Path("/home/ann", below), Path("/scratch/ann/sesync/kernels/heat"))
    assert scratch == Move(Path("/home/ann/.local/share"), Path("/scratch/ann"))
    assert Move(Path("/a"), Path("/a/b")).follow("/a/x /a/b/x /a") == "/a/b/x /a/b/x /a/b"
