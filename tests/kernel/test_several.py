"""sesync kernel repair, update, lock and remove for several kernels: each for itself, all answered."""

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.kernel import ground
from tests.kernel.test_hints import typed


@pytest.fixture
def two(sesync, index: Path) -> Path:
    """Two small kernels, and the folder whose wheels they have."""
    ground.wheel(index, "sesync_tree")
    for name in ("elm", "oak"):
        made = sesync("kernel", "create", name, "sesync-tree")
        assert made.code == 0, made.err
    return index


def spec(home: Path, name: str) -> dict[str, object]:
    return dict(json.loads((ground.specs(home) / name / "kernel.json").read_text()))


@pytest.mark.parametrize("command", ["repair", "update", "lock", "remove"])
def test_without_a_name_it_asks_which(command: str, sesync):
    result = sesync("kernel", command)
    assert (result.code, result.err) == (
        2,
        f"Error: which kernel?\nHint:  'sesync kernel {command} NAME' {command}s one, "
        f"'sesync kernel {command} --all' every one.\n",
    )
    result = sesync("kernel", command, "oak", "--all")
    assert (result.code, "--all has them all: leave out the names" in result.err) == (2, True)
    result = sesync("kernel", command, "--all")
    assert (result.code, result.err) == (0, "")


@pytest.mark.parametrize("command", ["repair", "update", "lock", "remove"])
def test_one_wrong_name_and_nothing_is_done(command: str, sesync, home: Path):
    ground.spec(home, "oak", ["python3"])
    before = spec(home, "oak")
    result = sesync("kernel", command, "oak", "elm", "--yes")
    assert (result.code, "Error: there is no kernel named elm" in result.err) == (1, True)
    assert spec(home, "oak") == before


def test_several_are_removed_with_one_question(sesync, terminal, two, home: Path, tmp_path: Path):
    environment = ground.venv(tmp_path / "mine", "ipykernel")
    ground.spec(home, "mine", [str(environment / "bin/python")])
    screen = terminal("kernel", "remove", "--all", columns=200)
    screen.wait_for("Remove the kernels elm, mine and oak and all packages in elm and oak? [y/N]")
    screen.type("n\r")
    assert screen.ended() == 1 and len(list(ground.specs(home).iterdir())) == 3
    result = sesync("kernel", "remove", "OAK", "elm", "oak", "--yes", "--json")
    assert result.json["result"] == {"kernels": [{"name": "oak"}, {"name": "elm"}]}
    assert result.json["message"] == "Removed the kernel oak.\nRemoved the kernel elm."
    assert sesync("kernel", "remove", "--all", "--yes").code == 0
    assert ground.nothing(home) and environment.is_dir()


def test_those_that_are_broken_are_repaired_and_what_cannot_be_is_told(sesync, two, home: Path, tmp_path: Path):
    (tmp_path / "conda/conda-meta").mkdir(parents=True)
    ground.spec(home, "conda", [f"{tmp_path}/conda/bin/python"])
    whole = spec(home, "elm")
    python = ground.environments(home) / "oak/bin/python"
    python.unlink()
    result = sesync("kernel", "repair", "--all", "--json")
    assert result.code == 0, result.out
    assert [one["name"] for one in result.json["result"]["kernels"]] == ["elm", "oak"]
    assert result.json["message"].startswith("Made the kernel oak anew.")
    assert any(
        one.startswith("conda is passed over: the kernel conda is a conda env") for one in result.json["warnings"]
    )
    assert spec(home, "elm") == whole and sesync("kernel", "check", "oak").code == 0
    result = sesync("kernel", "repair", "oak", "conda", "--yes")
    assert (result.code, "Error: the kernel conda is a conda environment" in result.err) == (3, True)


def test_one_that_cannot_be_made_keeps_no_other_from_it(sesync, two: Path, home: Path):
    ground.wheel(two, "sesync_moss")
    for name in ("apple", "beech"):
        assert sesync("kernel", "create", name, f"sesync-{'moss' if name == 'apple' else 'tree'}").code == 0
    for name in ("apple", "beech", "oak"):
        shutil.rmtree(ground.environments(home) / name / "bin")
    (two / "sesync_moss-1.0-py3-none-any.whl").unlink()
    shutil.rmtree(next(ground.environments(home).glob("apple/lib/python3*/site-packages/sesync_moss*.dist-info")))
    env = {**os.environ, "UV_CACHE_DIR": str(home / ".cache/other")}
    result = sesync("kernel", "repair", "--all", env=env)
    assert result.code == 1, result.out
    assert result.err.startswith("Error: this failed for 1 of 3 kernels; the others are done:\n  apple: ")
    assert [sesync("kernel", "check", name).code for name in ("beech", "oak", "apple")] == [0, 0, 1]
    assert ground.leftovers(home) == []


def test_several_follow_their_files(sesync, index: Path, home: Path):
    for name in ("sesync_tree", "sesync_moss"):
        ground.wheel(index, name)
    for name in ("elm", "oak", "ash"):
        (home / name).mkdir()
        (home / name / "requirements.txt").write_text("sesync-tree\n")
        assert sesync("kernel", "create", "--from", home / name).code == 0
    for name in ("elm", "oak"):
        (home / name / "requirements.txt").write_text("sesync-tree\nsesync-moss\n")
    (home / "ash/requirements.txt").unlink()
    ground.spec(home, "mine", ["python3"])
    assert "sesync did not make the kernel mine" in sesync("kernel", "update", "mine", "oak").err
    result = sesync("kernel", "update", "--all")
    assert result.code == 0, result.err
    assert [line[:25] for line in result.out.splitlines()] == ["Made the kernel elm anew.", "Made the kernel oak anew."]
    told = " ".join(result.err.split())
    assert "ash is passed over: " in told and "mine is passed over: sesync did not make the kernel mine" in told
    for name in ("elm", "oak"):
        assert "sesync-moss" in sesync("kernel", "show", name, "--json").json["packages"]


def test_several_locks_are_files_in_a_folder(sesync, two, home: Path, tmp_path: Path):
    result = sesync("kernel", "lock", "elm", "oak", "--json")
    files = {name: f"{home}/pylock.{name}.toml" for name in ("elm", "oak")}
    assert {one["name"]: one["file"] for one in result.json["result"]["kernels"]} == files
    assert all(Path(file).is_file() for file in files.values())
    result = sesync("kernel", "lock", "--all", "-o", tmp_path / "none")
    assert (result.code, "is no folder, and one file holds one kernel" in result.err) == (2, True)
    (tmp_path / "my locks").mkdir()
    result = sesync("kernel", "lock", "--all", "-o", tmp_path / "my locks")
    assert result.code == 0, result.err
    assert f"'sesync kernel create --from '{tmp_path}/my locks/pylock.elm.toml''" in result.out
    assert sesync("kernel", "create", "ash", "--from", tmp_path / "my locks/pylock.oak.toml").code == 0


def test_a_kernel_that_is_running_is_said_to_be(sesync, two, home: Path, tmp_path: Path):
    assert "is running" not in sesync("kernel", "remove", "oak").err
    with ground.notebook("oak", tmp_path / "said") as run:
        assert run("print(1)") == "1\n"
        asked = " ".join(sesync("kernel", "remove", "oak", "elm").err.split())
        assert "The kernel oak is running, in a notebook that has been open since 2" in asked
        assert "kernel elm is running" not in asked and "Remove the kernels oak and elm and all" in asked
        with ground.notebook("oak", tmp_path / "also") as again:
            assert again("print(2)") == "2\n"
            assert "running, in 2 notebooks, the first of" in " ".join(sesync("kernel", "remove", "oak").err.split())
        told = sesync("kernel", "update", "oak", "--upgrade")
        assert (told.code, "The kernel oak is running, in a notebook" in told.err) == (0, True)
    assert "is running" not in sesync("kernel", "remove", "oak").err


def test_a_kernel_made_by_hand_is_said_to_be_running_too(sesync, home: Path, tmp_path: Path):
    environment = ground.venv(tmp_path / "by hand", "ipykernel")
    ground.spec(home, "mine", [str(environment / "bin/python")])
    with ground.notebook("mine", tmp_path / "said") as run:
        assert run("print(1)") == "1\n"
        assert "The kernel mine is running, in a notebook" in sesync("kernel", "remove", "mine").err


def test_a_lock_in_a_folder_has_the_kernels_name(sesync, two, home: Path, tmp_path: Path):
    (tmp_path / "locks").mkdir()
    result = sesync("kernel", "lock", "OAK", "-o", tmp_path / "locks", "--json")
    assert result.json["result"]["file"] == f"{tmp_path}/locks/pylock.oak.toml"
    assert sesync("install", "--kernel", "oak", "six").code == 0
    refused = sesync("kernel", "lock", "oak", "-o", tmp_path / "locks")
    assert typed(sesync, refused, "puts the lock").code == 0
    assert '"six"' in (tmp_path / "locks/pylock.oak.toml").read_text()
