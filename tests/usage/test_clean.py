"""sesync usage --clean: what goes, what is asked, and what stays whatever is said."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import SESYNC
from tests.kernel import ground
from tests.kernel.test_remove import made
from tests.usage.test_usage import Run, du, full, own_caches, write  # noqa: F401

pytestmark = pytest.mark.usefixtures("site", "own_caches")
DIES = """
import os, signal, sys
from pathlib import Path
from sesync_cli import leftovers
def stop(path, aside):
    path.rename(aside)
    os.kill(os.getpid(), signal.SIGKILL)
leftovers.vanish.__code__ = stop.__code__
leftovers.vanish.__globals__["signal"] = signal
sys.argv[1:] = ["usage", "--clean", "--yes"]
from sesync_cli.app import main
main()
"""


def files(home: Path) -> list[str]:
    return sorted(str(path.relative_to(home)) for path in home.rglob("*") if not path.is_dir())


def cache(home: Path) -> Path:
    """A cache of uv with two files: one that only it has, one that a kernel has too."""
    made(home, "trees")
    write(home / ".cache/uv/archive-v0/a/alone.py", 50_000)
    shared = write(home / ".cache/uv/archive-v0/a/shared.py", 70_000)
    os.link(shared, ground.environments(home) / "trees/lib/python3.11/site-packages/shared.py")
    (home / ".cache/uv/CACHEDIR.TAG").touch()
    return home / ".cache/uv"


def broken(home: Path, name: str) -> Path:
    """A kernel that somebody registered by hand, and whose Python is gone."""
    return ground.spec(home, name, [f"{home}/gone/bin/python"])


def test_there_is_nothing_to_clean(sesync: Run, home: Path):
    write(home / "work/notes.md")
    result = sesync("usage", "--clean")
    assert (result.code, result.out) == (0, "There is nothing here that can go.\n")


def test_who_has_neither_pip_nor_uv_can_type_it_too(sesync: Run, home: Path, monkeypatch: pytest.MonkeyPatch):
    write(home / ".cache/pip/wheels/x", 100_000)
    write(home / ".cache/uv/wheels-v5/x", 200_000)
    (home / ".cache/uv/CACHEDIR.TAG").touch()
    monkeypatch.setenv("PATH", "/bin/nowhere")
    commands = [line.partition("  # ")[0] for line in sesync("usage", "--clean", "-n").out.splitlines()]
    assert commands == [f"{SESYNC.with_name('uv')} cache clean", f"rm -r {home}/.cache/pip"]


def test_the_dry_run_shows_what_one_would_type_and_what_it_frees(sesync: Run, home: Path):
    write(home / ".cache/pip/wheels/x", 100_000)
    write(home / ".local/share/Trash/files/a b", 50_000)
    write(home / "work/.ipynb_checkpoints/old-checkpoint.ipynb", 20_000)
    before = files(home)
    result = sesync("usage", "--clean", "-n")
    assert result.out.splitlines() == [
        "pip cache purge  # frees 111 kB",
        "rm -r ~/'.local/share/Trash/files/a b'  # frees 53 kB",
        "rm ~/work/.ipynb_checkpoints/old-checkpoint.ipynb  # frees 20 kB",
    ]
    assert files(home) == before


def test_all_that_may_go_goes_and_nothing_else(sesync: Run, full: Path):  # noqa: F811
    (full / ".local/share/Trash/info").mkdir()
    write(full / ".local/share/Trash/info/gone.csv.trashinfo")
    write(full / "heat/.ipynb_checkpoints/new-checkpoint.ipynb")
    write(full / "heat/.ipynb_checkpoints/notes-checkpoint.md")
    write(full / "heat/new.ipynb")
    write(full / "work/deep/.ipynb_checkpoints/a-checkpoint.ipynb")
    before, size = files(full), du(full)
    result = sesync("usage", "--clean", "--yes", "--json")
    gone = set(before) - set(files(full))
    assert gone == {
        ".cache/pip/http-v2/x",
        ".cache/uv/archive-v0/a/x",
        ".local/share/Trash/files/gone.csv",
        ".local/share/Trash/info/gone.csv.trashinfo",
        "heat/.ipynb_checkpoints/old-checkpoint.ipynb",
        "work/deep/.ipynb_checkpoints/a-checkpoint.ipynb",
    }
    assert not (full / "work/deep/.ipynb_checkpoints").exists()
    assert result.json["message"].startswith("Freed ")
    assert result.json["warnings"] == []
    assert all(one["gone"] for one in result.json["result"]["items"])
    assert 0 <= size - du(full) - result.json["result"]["freed_bytes"] <= 16_384  # a few folders
    assert sesync("usage", "--clean").out == "There is nothing here that can go.\n"


def test_the_keys_of_the_json(sesync: Run, home: Path):
    write(home / ".cache/pip/wheels/x", 100_000)
    document = sesync("usage", "--clean", "-n", "--json").json
    frees = du(home / ".cache/pip")
    assert document["done"] is False
    assert document["result"] == {
        "freed_bytes": 0,
        "items": [{"kind": "caches", "path": f"{home}/.cache/pip", "frees_bytes": frees, "gone": False}],
    }


def test_a_cache_frees_what_no_kernel_has(sesync: Run, home: Path):
    uv = cache(home)
    frees = du(uv) - du(uv / "archive-v0/a/shared.py")
    assert sesync("usage", "--clean", "-n", "--json").json["result"]["items"][0]["frees_bytes"] == frees
    before = du(home)
    assert sesync("usage", "--clean", "-y", "--json").json["result"]["freed_bytes"] == frees == before - du(home)
    assert not uv.exists()
    assert (ground.environments(home) / "trees/lib/python3.11/site-packages/shared.py").stat().st_size == 70_000


def test_each_is_asked_about_and_what_is_not_wanted_stays(terminal, home: Path):
    write(home / ".cache/pip/wheels/x", 300_000)
    write(home / ".local/share/Trash/files/x", 200_000)
    write(home / "work/.ipynb_checkpoints/old-checkpoint.ipynb", 100_000)
    seen = terminal("usage", "--clean", columns=200)
    seen.wait_for("Empty the cache of pip, which is filled again when needed? That frees 311 kB. [y/N]:")
    seen.type("y\n")
    seen.wait_for("Empty JupyterLab's trash, 1 thing? That frees 201 kB. [y/N]:")
    seen.type("n\n")
    seen.wait_for("Remove the checkpoints of notebooks that are gone (~/work/old.ipynb)? That frees 102 kB. [y/N]:")
    seen.type("y\n")
    assert seen.ended() == 0
    assert "Freed 414 kB." in seen.screen
    assert files(home) == [".local/share/Trash/files/x"]


def test_whoever_says_no_to_all_keeps_all(terminal, home: Path):
    write(home / ".cache/pip/wheels/x", 300_000)
    seen = terminal("usage", "--clean")
    seen.wait_for("[y/N]:")
    seen.type("\n")
    assert seen.ended() == 1
    assert "As you wish: nothing was done." in seen.screen
    assert files(home) == [".cache/pip/wheels/x"]


def test_without_a_terminal_it_says_which_option_answers(sesync: Run, home: Path):
    write(home / ".cache/pip/wheels/x", 300_000)
    result = sesync("usage", "--clean")
    assert (result.code, result.out) == (2, "")
    assert "this needs an answer: Empty the cache of pip" in result.err and "'--yes'" in result.err
    assert files(home) == [".cache/pip/wheels/x"]


def test_what_changed_since_it_was_asked_stays(terminal, home: Path):
    write(home / ".local/share/Trash/files/changed", 200_000)
    write(home / ".local/share/Trash/files/same", 200_000)
    write(home / "work/.ipynb_checkpoints/back-checkpoint.ipynb", 100_000)
    seen = terminal("usage", "--clean", columns=200)
    seen.wait_for("[y/N]:")
    write(home / ".local/share/Trash/files/changed", 10)
    write(home / ".local/share/Trash/files/later", 10)
    write(home / "work/back.ipynb", 10)
    seen.type("y\n")
    seen.wait_for("checkpoints")
    seen.type("y\n")
    assert seen.ended() == 0
    trash = home / ".local/share/Trash/files"
    assert sorted(path.name for path in trash.iterdir()) == ["changed", "later"]
    assert (home / "work/.ipynb_checkpoints/back-checkpoint.ipynb").exists()
    assert f"~/{trash.relative_to(home)}/changed stays: it has changed meanwhile" in seen.screen
    assert "Freed 201 kB." in seen.screen


def test_links_are_not_followed(sesync: Run, home: Path, tmp_path: Path):
    precious = write(tmp_path / "precious/file")
    trash = home / ".local/share/Trash/files"
    write(trash / "folder/x")
    (trash / "folder/link").symlink_to(precious.parent)
    (trash / "link").symlink_to(precious.parent)
    (home / ".cache").mkdir()
    (home / ".cache/pip").symlink_to(precious.parent)
    (home / "work/.ipynb_checkpoints").mkdir(parents=True)
    (home / "work/.ipynb_checkpoints/old-checkpoint.ipynb").symlink_to(precious)
    assert sesync("usage", "--clean", "--yes").code == 0
    assert precious.exists()
    assert not list(trash.iterdir())


def test_a_trash_that_is_a_link_is_left_alone(sesync: Run, home: Path, tmp_path: Path):
    precious = write(tmp_path / "precious/files/file")
    (home / ".local/share").mkdir(parents=True)
    (home / ".local/share/Trash").symlink_to(precious.parent.parent)
    assert sesync("usage", "--clean", "--yes").out == "There is nothing here that can go.\n"
    assert precious.exists()


def test_odd_names_go(sesync: Run, home: Path):
    trash = os.fsencode(home / ".local/share/Trash/files")
    os.makedirs(trash)
    for name in (b"two\nlines", b"caf\xe9", b"-rf", b"[bold]", b"x" * 255):
        os.makedirs(os.path.join(trash, name))
    (home / ".local/share/Trash/files/locked/in").mkdir(parents=True)
    (home / ".local/share/Trash/files/locked").chmod(0o500)
    assert sesync("usage", "--clean", "--yes").code == 0
    assert os.listdir(trash) == []


@pytest.mark.parametrize("variable", ["UV_CACHE_DIR", "PIP_CACHE_DIR"])
def test_a_cache_that_holds_something_else_is_no_cache(sesync: Run, home: Path, monkeypatch, variable: str):
    write(home / "work/wheels/x", 100_000)
    write(home / "work/archive-v0/x", 100_000)
    write(home / "work/thesis.tex")
    for folder in ("work", "."):
        monkeypatch.setenv(variable, str(home / folder))
        assert sesync("usage", "--clean", "--yes").out == "There is nothing here that can go.\n"
    assert len(files(home)) == 3


def test_a_cache_elsewhere_is_left_alone(sesync: Run, home: Path, tmp_path: Path, monkeypatch):
    write(tmp_path / "cache/wheels/x", 100_000)
    monkeypatch.setenv("PIP_CACHE_DIR", str(tmp_path / "cache"))
    assert sesync("usage", "--clean", "--yes").out == "There is nothing here that can go.\n"


def test_a_cache_that_uv_works_with_stays(sesync: Run, home: Path):
    uv = cache(home)
    with (uv / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        result = sesync("usage", "--clean", "--yes")
    assert (result.code, result.out) == (0, "Freed 0 bytes.\n")
    assert f"Warning: ~/{uv.relative_to(home)} stays: a program is at work with it" in result.err
    assert (uv / "archive-v0/a/alone.py").exists()
    assert sesync("usage", "--clean", "--yes").code == 0
    assert not uv.exists()


def test_uv_holds_that_lock_and_fills_its_cache_again(sesync: Run, home: Path):
    python = Path(sys.executable)
    subprocess.run([python.with_name("uv"), "venv", "-q", "--python", python, home / "venv"], check=True)
    assert (home / ".cache/uv/.lock").exists()
    assert sesync("usage", "--clean", "--yes").code == 0
    assert not (home / ".cache/uv").exists()
    subprocess.run([python.with_name("uv"), "venv", "-q", "--python", python, home / "again"], check=True)


def test_a_kernel_that_can_be_mended_is_not_removed(sesync: Run, home: Path):
    environment = made(home, "trees")
    (environment / "bin/python").unlink()
    (environment / "bin/python").symlink_to(home / "gone/python3.11")
    assert sesync("kernel", "list", "--json").json[0]["state"] == "no Python"
    result = sesync("usage", "--clean", "--yes")
    assert (result.code, result.out) == (0, "There is nothing here that can go.\n")
    assert "'sesync kernel repair trees' mends it, 'sesync kernel remove trees' frees " in result.err
    assert environment.exists()


def test_a_kernel_that_nothing_can_mend_goes(sesync: Run, home: Path):
    spec, whole = broken(home, "lost"), made(home, "whole")
    result = sesync("usage", "--clean", "--dry-run")
    assert result.out == "sesync kernel remove lost  # frees 0 bytes\n"
    assert sesync("usage", "--clean", "--yes").code == 0
    assert not spec.exists() and whole.exists()
    assert ground.leftovers(home) == []


def test_a_kernel_that_was_mended_meanwhile_stays(terminal, home: Path):
    spec = broken(home, "lost")
    seen = terminal("usage", "--clean", columns=200)
    seen.wait_for("Remove the kernel lost, which nothing can mend? That frees next to nothing. [y/N]:")
    (home / "gone/bin").mkdir(parents=True)
    (home / "gone/bin/python").symlink_to(sys.executable)
    seen.type("y\n")
    assert seen.ended() == 0
    assert f"~/{spec.relative_to(home)} stays: it has changed meanwhile" in seen.screen
    assert spec.exists()


def test_an_interrupt_in_the_middle_of_a_kernel_ends_it_all(sesync: Run, home: Path):
    lost = [broken(home, name) for name in ("lost", "gone")]
    stopped = DIES.replace("SIGKILL", "SIGTERM")
    ended = subprocess.run([sys.executable, "-c", stopped], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert ended.returncode == 130, ended.stderr
    assert "all else is still there" in ended.stderr
    assert sum(spec.exists() for spec in lost) == 1


def test_leftovers_of_dead_runs_go_and_those_of_the_living_stay(sesync: Run, background, home: Path):
    build = (
        "import sys, time\nfrom pathlib import Path\nfrom contextlib import nullcontext\n"
        "from sesync_cli.leftovers import partial; from sesync_cli.lock import alone\nplace = Path(sys.argv[1])\n"
        "with alone(place, nullcontext()):\n    partial(place, owner=place).mkdir(parents=True)\n"
        "    (partial(place, owner=place) / 'x').write_bytes(b'x' * 50_000)\n"
        "    print('building', flush=True)\n    time.sleep(1000)\n"
    )
    dead = background("-c", build, home / "dead", program=(sys.executable,))
    living = background("-c", build, home / "living", program=(sys.executable,))
    for one in (dead, living):
        assert one.stdout.readline() == "building\n"
    dead.kill()
    dead.wait()
    result = sesync("usage", "--clean", "--yes", "--json")
    assert result.json["result"]["freed_bytes"] == 57_344
    assert [path.name.rpartition("-")[2] for path in home.iterdir()] == ["living"]


def test_a_run_that_is_killed_leaves_nothing_that_the_next_does_not_find(sesync: Run, home: Path):
    write(home / ".cache/pip/wheels/x", 300_000)
    killed = subprocess.run([sys.executable, "-c", DIES], stdin=subprocess.DEVNULL, capture_output=True)
    assert killed.returncode == -9, killed.stderr
    assert not (home / ".cache/pip").exists()
    assert files(home)
    assert sesync("usage", "--clean", "--yes").code == 0
    assert files(home) == []


def test_a_part_of_the_home_is_cleaned_alone(sesync: Run, home: Path):
    write(home / ".cache/pip/wheels/x", 300_000)
    write(home / "work/.ipynb_checkpoints/old-checkpoint.ipynb")
    write(home / "play/.ipynb_checkpoints/old-checkpoint.ipynb")
    assert sesync("usage", "work", "--clean", "--yes").code == 0
    assert files(home) == [".cache/pip/wheels/x", "play/.ipynb_checkpoints/old-checkpoint.ipynb"]


def test_a_data_directory_is_not_cleaned(sesync: Run, nfs: Path, home: Path):
    write(nfs / "cooltrees-data/.ipynb_checkpoints/old-checkpoint.ipynb")
    (home / "cooltrees-data").symlink_to(nfs / "cooltrees-data")
    result = sesync("usage", "cooltrees-data", "--clean", "--yes")
    assert (result.code, "is not in your home" in result.err) == (1, True)
    assert sesync("usage", "--clean", "--yes").out == "There is nothing here that can go.\n"


def test_two_at_once(background, home: Path):
    for number in range(50):
        write(home / f".local/share/Trash/files/{number}/x")
    runs = [background("usage", "--clean", "--yes") for _ in range(2)]
    assert [(run.communicate()[1], run.returncode) for run in runs] == [("", 0), ("", 0)]
    assert files(home) == []
