"""sesync doctor as people meet it: what it says, what it mends when asked, and what it does not wait for."""

import contextlib
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clone.conftest import git
from tests.conftest import HANG, Ended, Terminal, names_in, needed, needed_root, tilde
from tests.doctor.conftest import Well
from tests.kernel import ground
from tests.kernel.test_remove import made
from tests.services.fuse import hang, served
from tests.services.uv import run_uv

Run = Callable[..., Ended]


def broken(well: Well) -> None:
    """A kernel that does not start, rights that are too open, and work that is only here."""
    (well.kernel / "bin/python").unlink()
    well.home.chmod(0o777)
    (well.code.here / "heat.py").write_text("print(2)\n")


def test_each_thing_is_told_with_why_it_matters_and_what_to_type(well: Well, sesync: Run, home: Path) -> None:
    broken(well)
    done = sesync("doctor")
    python = tilde(well.kernel / "bin/python")
    assert (done.code, done.out) == (
        3,
        f"""\
✗ Others can write in your home folder ~.
  They can change and remove what is yours, and nobody can log in to here with a key.
  chmod 755 ~

✗ The kernel heat does not work: {python} is gone.
  Notebooks that ask for it do not start.
  sesync kernel repair heat

! ~/analysis has work that is nowhere else: 1 changed file.
  Nobody else sees it, and a lost home takes it along.
  sesync sync ~/analysis

All else is well: home, shell, jupyter, clock, sesync, python, uv, packages, index, cache, links, git, ssh-key,
token and site.
'sesync doctor --fix' mends 1 of these, once you agree.
""".replace("ssh-key,\ntoken", "ssh-key, token"),
    )
    assert done.err in ("", "For administrators: 'sesync doctor server' looks at what concerns all users.\n\n")


def test_what_is_named_alone_is_looked_at(well: Well, sesync: Run) -> None:
    broken(well)
    said = sesync("doctor", "LINKS", "kernels", "--json").json
    assert said["checks"] == ["links", "kernels"]
    assert [one["check"] for one in said["findings"]] == ["kernels"]
    assert sesync("doctor", "links").out == "All is well: links.\n"
    told = sesync("doctor", "kernels")
    assert (told.code, told.err) == (3, "") and "All" not in told.out and said["findings"][0]["command"] in told.out
    wrong = sesync("doctor", "kernel")
    assert wrong.code == 2 and wrong.err.startswith("Error: there is no check named 'kernel'\n")
    assert "Did you mean kernels?" in wrong.err and "server" in wrong.err


def test_fix_shows_what_it_would_do_asks_once_and_says_what_is_left(
    well: Well, sesync: Run, terminal: Callable[..., Terminal], home: Path
) -> None:
    broken(well)
    (well.home / ".ssh/id_ed25519").chmod(0o644)
    shown = sesync("doctor", "--fix", "--dry-run")
    assert shown.code == 3 and shown.out.splitlines() == ["chmod 755 ~", "chmod 600 ~/.ssh/id_ed25519"]
    refused = sesync("doctor", "--fix")
    assert refused.code == 2 and "Add '--yes'" in refused.err and well.home.stat().st_mode & 0o777 == 0o777
    said = terminal("doctor", "--fix")
    said.wait_for("Do it? [y/N]")
    assert "  others can write in your home folder ~:\n    chmod 755 ~\n" in said.screen
    said.type("n\r")
    assert said.ended() == 1 and "As you wish: nothing was done." in said.screen
    done = sesync("doctor", "--fix", "--yes")
    assert done.code == 3 and done.out == "Set the rights of ~.\nClosed ~/.ssh/id_ed25519.\n"
    assert done.err == ("Error: one thing is left, which needs you\nHint:  'sesync doctor' tells what to type.\n")
    assert well.home.stat().st_mode & 0o777 == 0o755
    again = sesync("doctor", "--fix", "--yes", "--json")
    assert (again.code, again.json["error"]["message"]) == (3, "one thing is left, which needs you")


def test_one_mend_that_fails_keeps_no_other_from_being_done(
    well: Well, sesync: Run, terminal: Callable[..., Terminal]
) -> None:
    well.home.chmod(0o777)
    settings = well.write(".jupyter/labconfig/page_config.json", "{")
    well.write(".jupyter/labconfig/page_config.json.off", "mine")
    asked = terminal("doctor", "--fix")
    asked.wait_for("Do it? [y/N]")
    well.write(".jupyter/labconfig/page_config.json.off2", "theirs")  # meanwhile
    asked.type("y\r")
    assert asked.ended() == 1 and well.home.stat().st_mode & 0o777 == 0o755, asked.screen
    assert "is there already, and it stays" in asked.screen
    kept = {one.name: one.read_text() for one in settings.parent.iterdir()}
    assert kept == {
        "page_config.json": "{",
        "page_config.json.off": "mine",
        "page_config.json.off2": "theirs",
    }
    assert sesync("doctor", "--fix", "--yes").code == 0
    assert (settings.parent / "page_config.json.off3").read_text() == "{"


@pytest.mark.parametrize("columns", [40, 80])
def test_it_can_be_read_on_a_narrow_screen(well: Well, terminal: Callable[..., Terminal], columns: int) -> None:
    broken(well)
    said = terminal("doctor", columns=columns)
    assert said.ended() == 3
    lines = [line.rstrip() for line in said.screen.splitlines()]
    assert max(map(len, lines)) <= columns and "  sesync kernel repair heat" in lines, lines
    hanging = ("✗ ", "! ", "  ", "All else", "index, cache", "For admin", "'sesync")
    assert columns == 40 or all(line.startswith(hanging) for line in lines if line), lines


def test_a_home_made_wholly_by_hand_is_well(
    home: Path, nfs: Path, site: Callable[..., Path], sesync: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Links, clones, kernels, packages and settings as people make them without sesync."""
    monkeypatch.setenv("PYENV_ROOT", str(ground.PYENV))
    for line in ("export EDITOR=vim", 'export PATH="$HOME/.local/bin:$PATH"', "alias ll='ls -l'"):
        with (home / ".bashrc").open("a") as file:
            file.write(line + "\n")
    (home / ".gitconfig").write_text("[user]\n\tname = Ann Doe\n\temail = adoe@example.org\n")
    (home / "trees").symlink_to(nfs / "cooltrees-data")
    (home / "elsewhere").symlink_to("/nowhere at all")
    git("init", "--quiet", home / "only-mine")
    bare = tmp_path / "bare.git"
    git("init", "--quiet", "--bare", bare)
    git("clone", "--quiet", bare, home / "code of others")
    venv = ground.venv(home / "env", "ipykernel")
    subprocess.run(
        [venv / "bin/python", "-m", "ipykernel", "install", "--user", "--name", "Heat", "--display-name", "Heat"],
        check=True,
        capture_output=True,
    )
    wheel = ground.wheel(tmp_path, "sesync_tree")
    run_uv("pip", "install", "--quiet", "--target", home / ".local/lib/python3.11/site-packages", wheel)
    (home / ".jupyter").mkdir()
    (home / ".jupyter/jupyter_notebook_config.json").write_text("{}")
    (home / ".jupyter/migrated").write_text("2026-01-01")
    (home / ".ssh").mkdir(mode=0o700)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", home / ".ssh/id_ed25519"], check=True)
    before = names_in(home)
    done = sesync("doctor", "--json")
    assert (done.code, done.json["findings"]) == (0, []), json.dumps(done.json["findings"])
    assert names_in(home) == before, names_in(home)


def test_an_empty_home_is_well(home: Path, site: Callable[..., Path], sesync: Run) -> None:
    done = sesync("doctor", "--json")
    assert (done.code, done.json["findings"]) == (0, [])
    assert sesync("doctor").out.startswith("All is well: home, files, shell, ")


def test_a_file_server_that_hangs_keeps_nobody_from_the_rest(
    well: Well, sesync: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, mount = tmp_path / "rain", well.nfs / "rain-data"
    source.mkdir()
    with served(source, mount) as server:
        (well.home / "rain-data").symlink_to(mount)
        well.site(data={"patience_seconds": 3})
        hang(server)
        done = sesync("doctor", "links", "kernels", "files", "--json")
    assert done.code == 3
    (one,) = done.json["findings"]
    assert (one["check"], one["kind"]) == ("links", "no answer")
    assert one["command"] == f"sesync report {well.home}/rain-data"


def test_pipes_in_the_place_of_files_are_passed_over(well: Well, sesync: Run) -> None:
    os.mkfifo(well.home / ".jupyter.json")
    (well.home / ".jupyter").mkdir()
    os.mkfifo(well.home / ".jupyter/jupyter_config.json")
    well.site(data={"patience_seconds": 3})
    os.mkfifo(well.home / ".bash_profile")
    (well.home / ".config/pip").mkdir(parents=True)
    os.mkfifo(well.home / ".config/pip/pip.conf")
    done = sesync("doctor", "jupyter", "files", "shell", "index", "--fix")
    assert (done.code, done.out) == (0, "All is well: there is nothing to mend.\n")


def test_a_check_that_does_not_end_is_told_and_not_asked_what_mends_it(well: Well, sesync: Run) -> None:
    (well.home / ".python-gitlab.cfg").unlink()
    os.mkfifo(well.home / ".python-gitlab.cfg")
    well.home.chmod(0o777)
    well.site(data={"patience_seconds": 3})
    done = sesync("doctor", "token", "files", "--json")
    found = {one["check"]: (one["kind"], one["fixable"]) for one in done.json["findings"]}
    assert found == {"token": ("no answer", False), "files": ("open home", True)}
    assert sesync("doctor", "token", "files", "--fix", "--yes").code == 3
    assert well.home.stat().st_mode & 0o777 == 0o755


def test_a_clone_that_hangs_keeps_nobody_from_the_others(well: Well, sesync: Run) -> None:
    git("clone", "--quiet", well.code.bare, well.home / "a")
    (well.home / "a/.git/config").unlink()
    os.mkfifo(well.home / "a/.git/config")
    (well.code.here / "heat.py").write_text("print(2)\n")
    well.site(data={"patience_seconds": 3})
    found = sesync("doctor", "clones", "--json").json["findings"]
    assert {(one["kind"], one["command"]) for one in found} == {
        ("no answer", f"sesync report {well.home}/a"),
        ("only here", f"sesync sync {well.code.here}"),
    }


def test_a_module_of_ones_own_on_pythonpath_does_not_break_sesync(
    well: Well, sesync: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("random", "click", "subprocess"):
        well.write(f"lib/{name}.py", "raise ImportError('mine')\n")
    monkeypatch.setenv("PYTHONPATH", str(well.home / "lib"))
    (one,) = sesync("doctor", "--json").json["findings"]
    assert (one["kind"], one["broken"], one["command"]) == ("PYTHONPATH", True, "unset PYTHONPATH")


def test_a_home_that_has_moved_is_told_once_and_mended_by_fix(
    well: Well, sesync: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    made(well.home, "rain")
    git("remote", "set-url", "origin", well.server.url("x/y"), cwd=well.code.here)
    new = tmp_path / "moved here"
    well.home.rename(new)
    monkeypatch.setenv("HOME", str(new))
    monkeypatch.chdir(new)
    monkeypatch.setenv("PWD", str(new))
    said = sesync("doctor", "kernels", "--json").json
    assert [(one["kind"], one["fixable"]) for one in said["findings"]] == [("moved", True)]
    assert sesync("doctor", "kernels", "--fix", "-y").code == 0
    assert sesync("doctor", "kernels").code == 0


def test_a_full_home_is_told_and_nothing_is_written(
    site: Callable[..., Path], sesync: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed_root()
    home = tmp_path / "small"
    home.mkdir(mode=0o700)
    subprocess.run([needed("mount"), "-t", "tmpfs", "-o", "size=1m,mode=700", "tmpfs", home], check=True)
    try:
        monkeypatch.setenv("HOME", str(home))
        monkeypatch.chdir(home)
        (home / "big.bin").write_bytes(b"x" * 1_020_000)
        done = sesync("doctor", "--json")
        assert len(done.json["findings"]) == 1, json.dumps(done.json["findings"])
        (one,) = done.json["findings"]
        assert (done.code, one["check"], one["kind"], one["command"]) == (3, "home", "full", "sesync usage --clean")
        assert names_in(home) == ["big.bin"], names_in(home)
        assert sesync("doctor", "--fix").code == 3
        # what needs no room is mended all the same
        (home / "big.bin").unlink()
        (home / ".bashrc").write_text("export PYTHONHOME=/x\n")
        (home / ".jupyter").mkdir()
        (home / ".jupyter/jupyter_config.json").write_text("{")
        with (home / "big.bin").open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while file.write(b"x" * 512):
                pass
        mended = sesync("doctor", "shell", "jupyter", "--fix", "--yes", "--json").json["result"]["mends"]
        assert [(one["check"], one["done"]) for one in mended] == [("shell", False), ("jupyter", True)]
        assert (home / ".bashrc").read_text() == "export PYTHONHOME=/x\n"
    finally:
        subprocess.run(["umount", "-l", home], check=False)


def test_other_accounts_folders_in_home_are_told_with_whose_they_are(here) -> None:
    (here.ann.home / ".cache").mkdir()
    os.chown(here.ann.home / ".cache", here.bob.number, -1)
    (here.ann.home / ".local").mkdir(mode=0o500)
    os.chown(here.ann.home / ".local", here.ann.number, -1)
    done = here.ann.sesync("doctor", "files", "--json")
    found = {one["kind"]: one for one in json.loads(str(done.out))["findings"]}
    said = {Path(one["message"].split()[-1]).name: one["fixable"] for one in json.loads(str(done.out))["findings"]}
    assert done.code == 3 and set(found) == {"no access"}
    assert said[".local"] is True
    assert any("which belongs to bob-" in one["message"] for one in json.loads(str(done.out))["findings"])
    assert here.ann.sesync("doctor", "files", "--fix", "-y").code == 3
    assert (here.ann.home / ".local").stat().st_mode & 0o700 == 0o700


def test_a_start_file_that_one_may_not_read_hides_no_other(here) -> None:
    for name, text, mode in ((".bashrc", ":\n", 0), (".profile", "export PYTHONHOME=/x\n", 0o600)):
        (here.ann.home / name).write_text(text)
        os.chown(here.ann.home / name, here.ann.number, -1)
        (here.ann.home / name).chmod(mode)
    found = json.loads(str(here.ann.sesync("doctor", "shell", "--json").out))["findings"]
    assert [(one["kind"], one["command"]) for one in found] == [
        ("start file", f"chmod u+r {here.ann.home}/.bashrc"),
        ("PYTHONHOME", f"sed -i --follow-symlinks -e '1s/^/# /' {here.ann.home}/.profile"),
    ]


def test_a_directory_that_one_may_not_read_is_told(here) -> None:
    folder = here.directory(0o770)
    (here.carl.home / "trees").symlink_to(folder)
    done = here.carl.sesync("doctor", "links", "--json")
    (one,) = json.loads(str(done.out))["findings"]
    assert (one["kind"], one["command"]) == ("no access", f"sesync report {here.carl.home}/trees")


def test_report_takes_the_findings_along(well: Well, sesync: Run) -> None:
    broken(well)
    (well.home / "a\nX-Evil: b").symlink_to(well.nfs / "gone-data")
    body = sesync("report", "notebooks are slow", "--json").json["body"]
    assert "What sesync doctor finds\n  - others can write in your home folder ~\n" in body
    assert "  - the kernel heat does not work" in body
    assert "X-Evil" in body and not [one for one in body.splitlines() if one.strip().startswith("X-Evil")]


@pytest.mark.parametrize("name", ["a b", "it's", "-n", "[bold]", "ü\nü"])
def test_odd_names_come_out_as_they_are(well: Well, sesync: Run, name: str) -> None:
    git("clone", "--quiet", well.code.bare, well.home / name)
    (well.home / name / "heat.py").write_text("print(2)\n")
    (well.home / f"{name} data").symlink_to(well.nfs / "gone-data")
    said = sesync("doctor", "clones", "links", "--json").json["findings"]
    assert [one["kind"] for one in said] == ["missing", "only here"]
    for one in said:
        typed = subprocess.run(
            ["bash", "-c", f"sesync() {{ printf '%s\\n' \"$@\"; }}; {one['command']}"],
            capture_output=True,
            text=True,
            timeout=HANG,
            check=True,
        )
        assert name in typed.stdout
