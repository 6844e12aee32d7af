"""sesync kernel repair: a broken kernel anew under its name, so that its notebooks go on."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import SESYNC
from tests.kernel import ground
from tests.services.locks import held

BIN = Path(sys.executable).parent


def packages(sesync, name: str) -> dict[str, str]:
    return dict(sesync("kernel", "show", name, "--json").json["packages"])


def state(sesync, name: str) -> str:
    return next(one["state"] for one in sesync("kernel", "list", "--json").json if one["name"].lower() == name)


def test_the_python_under_a_kernel_is_gone_and_its_notebook_goes_on(sesync, home: Path, index, tmp_path: Path):
    """Made for a Python that is then removed; made anew with another one."""
    ground.wheel(index, "sesync_tree", "1.0")
    python = tmp_path / "python"
    shutil.copytree(ground.python("3.13").parent.parent, python, copy_function=os.link, symlinks=True)
    cell = "import sesync_tree, sys; print(sesync_tree.version, *sys.version_info[:2])"
    (home / "requirements.txt").write_text("sesync-tree\n")
    words = ("trees", "-r", "requirements.txt", "--python", python / "bin/python3.13", "--env", "OAK=1")
    assert sesync("kernel", "create", *words, "--display-name", "Our trees").code == 0
    assert sesync("install", "--kernel", "trees", "six").code == 0
    with ground.notebook("trees", tmp_path / "said") as run:
        assert run(cell) == "1.0 3 13\n"
    shutil.rmtree(python)
    ground.wheel(index, "sesync_tree", "2.0")
    listed = sesync("kernel", "list")
    assert state(sesync, "trees") == "no Python"
    assert "'sesync kernel repair trees' mends it" in listed.err
    result = sesync("kernel", "repair", "trees", "--python", "3.11")
    assert (result.code, result.out) == (
        0,
        "Made the kernel trees anew. Then, in open notebooks: Kernel ▸ Restart.\n",
    ), result.err
    with ground.notebook("trees", tmp_path / "said") as run:
        assert run(cell) == "1.0 3 11\n"
        assert run("import os, six; print(os.environ['OAK'])") == "1\n"
    assert state(sesync, "trees") == "ok"
    assert sesync("kernel", "list", "--json").json[0]["display_name"] == "Our trees"
    assert ground.leftovers(home) == [] and len(list(ground.environments(home).iterdir())) == 1


def gone(environment: Path, spec: Path) -> None:
    shutil.rmtree(environment)


def mute(environment: Path, spec: Path) -> None:
    shutil.rmtree(next(environment.glob("lib/python*/site-packages/ipykernel")))
    next(environment.glob("lib/python*/site-packages/ipykernel_launcher.py")).unlink()


def torn(environment: Path, spec: Path) -> None:
    (spec / "kernel.json").write_text('{"argv": [')


def unseen(environment: Path, spec: Path) -> None:
    shutil.rmtree(spec)


@pytest.mark.parametrize("harm", [gone, mute, torn, unseen])
def test_each_harm_is_mended_with_the_same_versions(harm, sesync, home: Path, index: Path, tmp_path: Path):
    ground.wheel(index, "sesync_tree", "1.0")
    assert sesync("kernel", "create", "trees", "sesync-tree").code == 0
    before = packages(sesync, "trees")
    ground.wheel(index, "sesync_tree", "2.0")
    harm(ground.environments(home) / "trees", ground.specs(home) / "trees")
    assert state(sesync, "trees") != "ok"
    result = sesync("kernel", "repair", "trees")
    assert result.code == 0, result.err
    assert (state(sesync, "trees"), packages(sesync, "trees")) == ("ok", before)
    assert ground.starts("trees", tmp_path / "said")
    assert ground.leftovers(home) == [] and len(list(ground.environments(home).iterdir())) == 1
    assert sesync("kernel", "remove", "trees", "--yes").code == 0
    assert ground.nothing(home)


def test_a_lock_that_is_damaged_is_passed_over_and_named(sesync, home: Path, index: Path):
    ground.wheel(index, "sesync_tree", "1.0")
    assert sesync("kernel", "create", "trees", "sesync-tree").code == 0
    gone(ground.environments(home) / "trees", ground.specs(home) / "trees")
    lock = ground.specs(home) / "trees/pylock.toml"
    lock.write_text("[[packages")
    result = sesync("kernel", "repair", "trees")
    assert (result.code, state(sesync, "trees")) == (0, "ok"), result.err
    assert result.err.startswith(f"Warning: {lock} is not a lock of packages")
    assert packages(sesync, "trees")["sesync-tree"] == "1.0"


def test_a_whole_kernel_is_made_anew_only_if_one_wishes(sesync, home: Path):
    assert sesync("kernel", "create", "trees", "six").code == 0
    assert "pip" in sesync("kernel", "repair", "trees", "-n").out
    result = sesync("kernel", "repair", "trees")
    assert (result.code, "looks whole" in result.err) == (2, True)
    for _ in range(2):
        assert sesync("kernel", "repair", "trees", "--yes").code == 0
    assert state(sesync, "trees") == "ok"


def test_what_another_run_has_mended_meanwhile_is_left_as_it_is(sesync, terminal, home: Path):
    assert sesync("kernel", "create", "trees", "six").code == 0
    environment = ground.environments(home) / "trees"
    (environment / "bin").rename(environment / "aside")
    assert state(sesync, "trees") == "no Python"
    with held(environment) as other:
        screen = terminal("kernel", "repair", "trees")
        screen.wait_for("Waiting for another sesync")
        (environment / "aside").rename(environment / "bin")
        other.stdin.close()
        assert screen.ended() == 0
    assert screen.screen.endswith("The kernel trees was mended meanwhile.")


def test_a_failed_repair_leaves_all_as_it_was(sesync, home: Path, index: Path):
    ground.wheel(index, "sesync_tree", "1.0")
    assert sesync("kernel", "create", "trees", "sesync-tree").code == 0
    place = ground.environments(home) / "trees"
    next(place.glob("lib/python*/site-packages/ipykernel_launcher.py")).unlink()
    was = {str(path): path.lstat().st_mtime_ns for path in home.rglob("*") if ".cache" not in path.parts}
    (index / "sesync_tree-1.0-py3-none-any.whl").unlink()
    env = {**os.environ, "UV_CACHE_DIR": str(home / ".cache/empty"), "UV_OFFLINE": "1"}
    result = sesync("kernel", "repair", "trees", env=env)
    assert result.code == 1
    now = {str(path): path.lstat().st_mtime_ns for path in home.rglob("*") if ".cache" not in path.parts}
    moved = {path for path in {*was, *now} if was.get(path) != now.get(path) and "/logs" not in path}
    assert {Path(path).name for path in moved} <= {"kernels", "state", ".local", "sesync", "trees", "last-failure.json"}
    assert state(sesync, "trees") == "no ipykernel"


def test_killed_at_any_moment_the_kernel_is_the_old_one_or_the_new_one(sesync, home: Path, background):
    assert sesync("kernel", "create", "trees", "six").code == 0
    begun = time.monotonic()
    assert sesync("kernel", "repair", "trees", "--yes").code == 0
    whole = time.monotonic() - begun
    for turn in range(10):
        run = background("kernel", "repair", "trees", "--yes", program=(str(SESYNC),), start_new_session=True)
        time.sleep(whole * (turn + 0.5) / 9)
        os.killpg(run.pid, signal.SIGKILL)
        run.wait()
        assert state(sesync, "trees") == "ok", turn
        assert sesync("kernel", "run", "trees", "--", "python", "-c", "import six, ipykernel").code == 0, turn
    assert sesync("kernel", "repair", "trees", "--yes").code == 0
    assert ground.leftovers(home) == []
    assert len(list(ground.environments(home).iterdir())) == 1


def test_a_kernel_made_by_hand_is_made_like_it(sesync, home: Path, tmp_path: Path):
    environment = ground.venv(tmp_path / "by hand", "ipykernel", "six==1.16.0")
    spec = ground.spec(home, "Mine", [str(environment / "bin/python")])
    (environment / "bin/python").unlink()
    (environment / "bin/python").symlink_to("/nowhere/python3.11")
    assert state(sesync, "mine") == "no Python"
    result = sesync("kernel", "repair", "mine")
    assert result.code == 0, result.err
    assert packages(sesync, "mine")["six"] == "1.16.0"
    assert environment.is_dir() and [one.name for one in ground.specs(home).iterdir()] == [spec.name]
    assert json.loads((spec / "kernel.json").read_text())["display_name"] == "The Mine"
    assert ground.starts("mine", tmp_path / "said")


def test_pipenvs_kernel_is_made_from_its_project(sesync, home: Path, monkeypatch: pytest.MonkeyPatch):
    project = home / "heat"
    project.mkdir()
    (project / "Pipfile").write_text('[packages]\nsix = "==1.16.0"\n[requires]\npython_version = "3.11"\n')
    python = str(ground.python("3.11"))
    subprocess.run([BIN / "pipenv", "--python", python], cwd=project, check=True, capture_output=True)
    environment = next((home / ".local/share/virtualenvs").iterdir())
    ground.spec(home, "heat", [str(environment / "bin/python")])
    (environment / "bin/python").unlink()
    result = sesync("kernel", "repair", "heat")
    assert result.code == 0, result.err
    assert packages(sesync, "heat")["six"] == "1.16.0"
    assert json.loads((ground.specs(home) / "heat/kernel.json").read_text())["metadata"]["sesync"]["recipe"][
        "source"
    ] == str(project / "Pipfile")


def test_what_cannot_be_repaired_says_why(sesync, home: Path, tmp_path: Path, site):
    server = tmp_path / "server"
    site(kernels={"server_folders": [str(server)]})
    (server / "shared").mkdir(parents=True)
    (server / "shared/kernel.json").write_text('{"argv": ["/nowhere/bin/python"], "display_name": "Shared"}')
    ground.spec(home, "lost", ["/nowhere/bin/python"])
    conda = tmp_path / "conda"
    (conda / "conda-meta").mkdir(parents=True)
    ground.spec(home, "forge", [str(conda / "bin/python")])
    ground.spec(home, "folder", [])
    (ground.specs(home) / "folder/kernel.json").unlink()
    (ground.specs(home) / "folder/kernel.json").mkdir()
    for name, code, message in (
        ("shared", 1, "shared is a kernel of the server"),
        ("lost", 3, "nothing tells any more which packages lost had"),
        ("forge", 3, "the kernel forge is a conda environment"),
        ("folder", 3, "kernel.json is a folder, and no file, which cannot be replaced"),
        ("nope", 1, "there is no kernel named nope"),
    ):
        result = sesync("kernel", "repair", name)
        assert (result.code, result.err.splitlines()[0]) == (code, f"Error: {message}")


def test_a_version_of_python_that_is_nowhere_any_more(sesync, home: Path):
    assert sesync("kernel", "create", "trees", "six").code == 0
    file = ground.specs(home) / "trees/kernel.json"
    file.write_text(file.read_text().replace('"python": "3.11', '"python": "3.99'))
    result = sesync("kernel", "repair", "trees", "--yes")
    assert (result.code, result.err.splitlines()[0]) == (1, "Error: there is no Python 3.99 on this machine")
    assert "'sesync kernel repair trees --python 3." in result.err
