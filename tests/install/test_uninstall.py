"""sesync uninstall, without --kernel: the user's own packages, and no others."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Ended, Terminal, needed, needed_root
from tests.install.ground import placed, prefix, python, user_folder, wheel

Run = Callable[..., Ended]


@pytest.mark.parametrize("version", ["3.6", "3.8", "3.13"])
def test_ones_own_package_is_uninstalled(sesync: Run, home: Path, index: Path, version: str) -> None:
    wheel(index, "treetool")
    sesync("install", "treetool", "--python", version)
    done = sesync("uninstall", "TreeTool", "--python", version, "--yes")
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        f"Uninstalled treetool 1.0 from Python {version} (~/.local). Then, in open notebooks: Kernel ▸ Restart.\n"
    )
    assert list(user_folder(home, version).glob("treetool*")) == []


def test_it_asks_first(sesync: Run, terminal: Callable[..., Terminal], home: Path, index: Path) -> None:
    wheel(index, "treetool")
    sesync("install", "treetool")
    unasked = sesync("uninstall", "treetool")
    assert unasked.code == 2
    assert "Hint:  Add '--yes' to answer yes beforehand.\n" in unasked.err
    window = terminal("uninstall", "treetool")
    window.wait_for("Uninstall treetool 1.0 from Python 3.8 (~/.local)? [y/N]")
    window.type("n\n")
    assert window.ended() == 1
    assert (user_folder(home, "3.8") / "treetool.py").exists()


def test_the_dry_run_shows_pips_command(sesync: Run, home: Path, index: Path) -> None:
    wheel(index, "treetool")
    sesync("install", "treetool")
    assert sesync("uninstall", "treetool", "-n").out == f"{python('3.8')} -m pip uninstall -y treetool\n"
    assert (user_folder(home, "3.8") / "treetool.py").exists()


def test_what_is_not_installed_is_nothing_to_do(sesync: Run) -> None:
    done = sesync("uninstall", "nosuchtree", "leaf")
    assert (done.code, done.err) == (0, "")
    assert done.out == "nosuchtree and leaf are not installed in Python 3.8 (~/.local).\n"


def test_one_that_is_there_goes_and_the_other_is_named(sesync: Run, index: Path) -> None:
    wheel(index, "treetool")
    sesync("install", "treetool")
    done = sesync("uninstall", "treetool", "leaf", "-y")
    assert (done.code, done.err) == (0, "Warning: leaf is not installed in Python 3.8 (~/.local)\n")
    assert done.out.startswith("Uninstalled treetool 1.0 from")


def test_what_belongs_to_the_python_itself_is_never_touched(sesync: Run, tmp_path: Path, index: Path) -> None:
    open_venv = tmp_path / "venv"
    subprocess.run([python("3.8"), "-m", "venv", "--system-site-packages", open_venv], check=True)
    subprocess.run([open_venv / "bin/pip", "install", "-q", wheel(index, "treetool")], check=True)
    done = sesync("uninstall", "treetool", "--python", open_venv / "bin/python", "-y")
    place = open_venv / "lib/python3.8/site-packages"
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(f"Error: treetool 1.0 is not among your own packages, but in {place}\n")
    assert (place / "treetool.py").exists()


def test_the_json_has_these_keys(sesync: Run, index: Path) -> None:
    wheel(index, "treetool")
    sesync("install", "treetool")
    result = sesync("uninstall", "treetool", "-y", "--json").json["result"]
    assert list(result) == ["kernel", "python", "python_version", "packages", "log"]
    assert result["packages"] == {"treetool": "1.0"}
    assert "Successfully uninstalled treetool" in Path(result["log"]).read_text()


@pytest.mark.parametrize("word", ["treetool==1.0", "--all", "./x.whl", "a/b"])
def test_only_names_are_taken(sesync: Run, word: str) -> None:
    done = sesync("uninstall", "-y", "--", word)
    assert done.code == 2
    assert done.err.startswith(f"Error: {word!r} is not the name of a package\n")


def test_of_a_python_of_the_system_only_ones_own_packages_can_be_uninstalled(
    sesync: Run, home: Path, index: Path, tmp_path: Path
) -> None:
    system = prefix(tmp_path / "usr", "3.11", managed=True)
    there = system.parent.parent / "lib/python3.11/site-packages"
    placed(there, "theirs")
    shutil.copytree(python("3.11").parent.parent / "lib/python3.11/site-packages/pip", there / "pip")
    own = home / ".local/lib/python3.11/site-packages"
    placed(own, "mine")
    (own / "mine-1.0.dist-info/RECORD").write_text("mine-1.0.dist-info/METADATA,,\nmine-1.0.dist-info/RECORD,,\n")
    done = sesync("uninstall", "theirs", "-y", "--python", system)
    assert (done.code, "is not among your own packages" in done.err) == (1, True), done.err
    shown = sesync("uninstall", "mine", "-n", "--python", system).out
    assert shown == f"{system} -m pip uninstall -y --break-system-packages mine\n"
    assert sesync("uninstall", "mine", "-y", "--python", system).code == 0
    assert not (own / "mine-1.0.dist-info").exists() and (there / "theirs-1.0.dist-info").is_dir()


def test_a_full_home_can_be_emptied(sesync: Run, home: Path, index: Path) -> None:
    needed_root()
    subprocess.run([needed("mount"), "-t", "tmpfs", "-o", "size=1m", "tmpfs", home], check=True)
    try:
        wheel(index, "forest", files={f"forest/tree{number}": bytes(50_000) for number in range(8)})
        assert sesync("install", "forest").code == 0
        with pytest.raises(OSError, match="No space left"), open(home / "filler", "wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))
        done = sesync("uninstall", "forest", "-y")
        assert (done.code, done.out[:22]) == (0, "Uninstalled forest 1.0")
        assert not (user_folder(home, "3.8") / "forest").exists()
    finally:
        subprocess.run([needed("umount"), "-l", home], check=True)
