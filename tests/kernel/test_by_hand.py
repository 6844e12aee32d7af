"""What --dry-run prints is typed by somebody who has neither uv nor virtualenv, and leads to what sesync makes."""

import json
import os
import shlex
import shutil
import subprocess
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from tests.conftest import SESYNC, Ended
from tests.install.ground import prefix
from tests.kernel import ground
from tests.services.uv import run_uv

POOR = "/usr/bin:/bin"
BUILTIN = ("printf", "umask", "[", "cd")
BETWEEN = ("&&", "|", "(", "<(", ";")

Run = Callable[..., Ended]
Type = Callable[..., str]


def programs(line: str) -> list[str]:
    """The programs that a line starts."""
    words = shlex.shlex(line, posix=True, punctuation_chars=True)
    words.whitespace_split = True
    said = ["&&", *words]
    return [word for before, word in pairwise(said) if before in BETWEEN and word not in BETWEEN]


@pytest.fixture
def typed(sesync: Run, monkeypatch: pytest.MonkeyPatch) -> Type:
    """Type in a plain bash what a dry run prints, and give that: typed("kernel", "create", "heat")."""

    def type_(*words: str | Path) -> str:
        plan = sesync(*words, "-n")
        assert plan.code == 0, plan.err
        for line in plan.out.splitlines():
            strange = [one for one in programs(line) if "/" not in one and one not in BUILTIN]
            assert all(shutil.which(one, path=POOR) for one in strange), line
        env = {**os.environ, "PATH": POOR}
        done = subprocess.run(["bash", "-e", "-c", plan.out], env=env, capture_output=True, text=True)
        assert done.returncode == 0, plan.out + done.stdout + done.stderr
        return plan.out

    monkeypatch.setenv("PATH", POOR)
    return type_


@pytest.fixture
def wheels(index: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels that pip and uv can have, by hand too."""
    monkeypatch.setenv("PIP_FIND_LINKS", f"{index} {os.environ.get('PIP_FIND_LINKS', '')}")
    for name in ("sesync_tree", "sesync_moss"):
        for version in ("1.0", "2.0"):
            ground.wheel(index, name, version)
    return index


@pytest.fixture
def heat(home: Path) -> Path:
    """A project's folder."""
    (home / "heat").mkdir()
    return home / "heat"


def spec(name: str) -> dict[str, object]:
    """What Jupyter reads of a kernel; this is where JupyterLab's own library looks."""
    from jupyter_client.kernelspec import KernelSpecManager

    found = KernelSpecManager().get_kernel_spec(name)
    return {"argv": found.argv, "env": found.env, "display_name": found.display_name}


def ours(sesync: Run, name: str) -> dict[str, str]:
    """The packages in a kernel that its test has asked for."""
    there = sesync("kernel", "show", name, "--json").json["packages"]
    return {one: version for one, version in there.items() if one.startswith("sesync-") or one in ("six", "humanize")}


def works(sesync: Run, name: str) -> dict[str, str]:
    """The packages of a kernel that was typed, which sesync knows as its own, and which starts."""
    [listed] = [one for one in sesync("kernel", "list", "--json").json if one["name"] == name]
    checked = sesync("kernel", "check", name)
    assert (listed["state"], listed["managed"], checked.code) == ("ok", True, 0), checked.out + checked.err
    return ours(sesync, name)


def made_by_sesync(sesync: Run, name: str, *words: str | Path) -> tuple[dict[str, object], dict[str, str]]:
    """The spec and the packages of the same kernel as sesync makes it in its place."""
    assert sesync("kernel", "remove", name, "-y").code == 0
    made = sesync("kernel", "create", *words)
    assert made.code == 0, made.err
    return spec(name), ours(sesync, name)


@pytest.mark.parametrize("version", ["3.6", "3.8", "3.11", "3.13"])
def test_a_kernel_with_packages(sesync: Run, typed: Type, wheels: Path, version: str) -> None:
    words = ("heat", "sesync-tree<2", "sesync-moss", "--python", ground.python(version), "--env", "WHO=it's $me")
    shown = typed("kernel", "create", *words)
    assert shown.startswith(f"{ground.python(version)} -m venv ")
    found = spec("heat"), works(sesync, "heat")
    assert (found[1]["sesync-tree"], found[1]["sesync-moss"]) == ("1.0", "2.0")
    assert made_by_sesync(sesync, "heat", *words) == found


def test_no_secret_is_shown_and_none_is_open_to_others(sesync: Run, typed: Type, home: Path) -> None:
    shown = typed("kernel", "create", "heat", "--env", "API_TOKEN=birch7fernmoss9leaf", "--env", "MAPS=/maps")
    assert "birch7fern" not in shown and '"API_TOKEN": "***"' in shown
    assert (ground.specs(home) / "heat/kernel.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("version", ["3.11", "3.6"])
def test_a_python_that_cannot_make_environments(
    sesync: Run, typed: Type, wheels: Path, tmp_path: Path, version: str
) -> None:
    """As Debian's, before python3-venv is installed."""
    python = prefix(tmp_path / "python", version)
    (tmp_path / f"python/lib/python{version}/ensurepip").unlink()
    shown = typed("kernel", "create", "heat", "sesync-tree", "--python", python)
    assert shown.startswith(f"{SESYNC.parent}/uv venv ")
    assert works(sesync, "heat")["sesync-tree"] == "2.0"


OTHERWISE = "six\nsklearn==0 ; python_version < '3'\n"  # which makes it a list that is not given as it is
REQUIREMENTS = "-c limits.txt\nsesync-tree\nsix\n"
PIPFILE_LOCK = {
    "_meta": {"sources": [{"name": "pypi", "url": "https://pypi.org/simple"}]},
    "default": {"sesync-tree": {"version": "==1.0", "markers": "python_version >= '3.0'"}, "six": "==1.16.0"},
}
POETRY_LOCK = '[[package]]\nname = "sesync-tree"\nversion = "1.0"\n\n[metadata]\npython-versions = ">=3.8"\n'
POETRY = (
    "[tool.poetry]\npackage-mode = false\n\n"
    '[tool.poetry.dependencies]\npython = ">=3.8"\nsesync-tree = "*"\nsix = "*"\n'
)
HASH = "8abb2f1d86890a2dfb989f9a77cfcfd3e47c2a354b01111771326f8aa26e0254"
PYPROJECT = (
    '[project]\nname = "heat"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["sesync-tree<2", "six"]\n'
)


@pytest.mark.parametrize(
    "files",
    [
        {"requirements.txt": REQUIREMENTS},
        {"requirements.txt": f"{REQUIREMENTS}{OTHERWISE}"},
        {"requirements.txt": f"sesync-tree @ file://${{WHEELS}}/sesync_tree-1.0-py3-none-any.whl\n{OTHERWISE}"},
        {"requirements.txt": f"six==1.16.0 --hash=sha256:{HASH}\nsesync-tree<2\n"},
        {"pyproject.toml": PYPROJECT},
        {"pyproject.toml": POETRY, "poetry.lock": POETRY_LOCK},
        {"Pipfile.lock": json.dumps(PIPFILE_LOCK)},
    ],
    ids=["list", "list that is read otherwise", "variable", "hashes", "pyproject", "poetry", "pipenv"],
)
def test_a_kernel_of_a_projects_files(
    sesync: Run, typed: Type, wheels: Path, heat: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str]
) -> None:
    monkeypatch.setenv("WHEELS", str(wheels))
    (heat / "limits.txt").write_text("sesync-tree<2\n")
    for name, text in files.items():
        (heat / name).write_text(text)
    words = ("--from", "heat", "--python", ground.python("3.11"))
    typed("kernel", "create", *words)
    found = spec("heat"), works(sesync, "heat")
    assert found[1]["sesync-tree"] == "1.0" and "six" in found[1]
    assert made_by_sesync(sesync, "heat", *words) == found


def test_a_kernel_of_a_lock(sesync: Run, typed: Type, wheels: Path, heat: Path) -> None:
    assert sesync("kernel", "create", "trees", "sesync-tree<2", "six==1.16.0").code == 0
    typed("kernel", "lock", "trees", "-o", "heat/pylock.toml")
    assert (heat / "pylock.toml").read_bytes() == (ground.specs(heat.parent) / "trees/pylock.toml").read_bytes()
    words = ("heat", "--from", "heat", "sesync-moss")
    shown = typed("kernel", "create", *words)
    assert f"{SESYNC.with_name('uv')} pip install " in shown
    found = spec("heat"), works(sesync, "heat")
    assert found[1] == {"sesync-tree": "1.0", "six": "1.16.0", "sesync-moss": "2.0"}
    assert made_by_sesync(sesync, "heat", *words) == found


def test_a_kernel_of_uvs_lock(sesync: Run, typed: Type, wheels: Path, heat: Path) -> None:
    (heat / "pyproject.toml").write_text(PYPROJECT)
    run_uv("lock", "--quiet", "--python", ground.python("3.11"), cwd=heat)
    typed("kernel", "create", "--from", "heat")
    found = spec("heat"), works(sesync, "heat")
    assert found[1]["sesync-tree"] == "1.0" and "six" in found[1]
    assert made_by_sesync(sesync, "heat", "--from", "heat") == found


def test_packages_go_into_a_kernel_and_out_of_it(sesync: Run, typed: Type, wheels: Path, home: Path) -> None:
    assert sesync("kernel", "create", "heat", "sesync-tree<2").code == 0
    (home / "needs.txt").write_text(f"sesync-moss==1.0\n{OTHERWISE}")
    shown = typed("install", "--kernel", "heat", "-r", "needs.txt", "six")
    assert shown.startswith(f"{ground.environments(home)}/heat/bin/python -m pip install ")
    assert works(sesync, "heat").keys() == {"sesync-tree", "sesync-moss", "six"}
    typed("install", "--kernel", "heat", "--upgrade", "sesync-tree")
    typed("uninstall", "--kernel", "heat", "sesync-moss")
    assert works(sesync, "heat")["sesync-tree"] == "2.0" and "sesync-moss" not in ours(sesync, "heat")
    typed("kernel", "lock", "heat", "-o", "pylock.toml")
    (home / "pylock.broken.toml").write_text("no lock\n")
    typed("kernel", "lock", "heat", "-o", "pylock.broken.toml", "--replace")
    locked = sesync("kernel", "lock", "heat", "-o", "pylock.ours.toml", "--json").json["result"]["packages"]
    assert (home / "pylock.broken.toml").read_text().count("[[packages]]") == len(locked)


@pytest.mark.parametrize("lacks", ["nothing", "pip", "ensurepip"])
def test_packages_go_into_an_environment_without_pip(
    sesync: Run, typed: Type, wheels: Path, home: Path, tmp_path: Path, lacks: str
) -> None:
    python = prefix(tmp_path / "python", "3.11")
    if lacks == "ensurepip":
        (tmp_path / "python/lib/python3.11/ensurepip").unlink()
    environment = tmp_path / "by hand"
    without = ("--without-pip",) if lacks != "nothing" else ()
    subprocess.run([python, "-m", "venv", *without, environment], check=True)
    run_uv("pip", "install", "--quiet", "--python", environment / "bin/python", "ipykernel")
    shown = typed("kernel", "adopt", environment, "--as", "mine")
    found = spec("mine")
    assert found["display_name"] == "mine (Python 3.11)" and sesync("kernel", "check", "mine").code == 0, shown
    shown = typed("install", "--kernel", "mine", "six")
    assert ("ensurepip" in shown, str(SESYNC.with_name("uv")) in shown) == (lacks == "pip", lacks == "ensurepip")
    assert ours(sesync, "mine").keys() == {"six"}
    typed("uninstall", "--kernel", "mine", "six")
    assert ours(sesync, "mine") == {}
    typed("kernel", "remove", "mine")
    assert (environment / "bin/python").exists()
    assert sesync("kernel", "adopt", environment, "--as", "mine").code == 0
    assert spec("mine") == found


def test_a_kernel_follows_its_files_again_and_again(sesync: Run, typed: Type, wheels: Path, heat: Path) -> None:
    (heat / "requirements.txt").write_text("sesync-tree<2\n")
    assert sesync("kernel", "create", "--from", "heat").code == 0
    for text, has in (
        ("sesync-tree\nsesync-moss<2\n", {"sesync-tree": "2.0", "sesync-moss": "1.0"}),
        ("sesync-moss\n", {"sesync-moss": "2.0"}),
        ("sesync-tree<2\n", {"sesync-tree": "1.0"}),
    ):
        (heat / "requirements.txt").write_text(text)
        typed("kernel", "update", "heat")
        assert works(sesync, "heat") == has
        assert "is as its files say" in sesync("kernel", "update", "heat").out
        assert len(list(ground.environments(heat.parent).iterdir())) == 1
    assert sesync("kernel", "repair", "heat", "-y").code == 0 and works(sesync, "heat") == {"sesync-tree": "1.0"}


def test_a_broken_kernel_is_repaired_and_goes(sesync: Run, typed: Type, wheels: Path, home: Path) -> None:
    assert sesync("kernel", "create", "heat", "sesync-tree<2", "--display-name", "Hot").code == 0
    assert sesync("install", "--kernel", "heat", "sesync-moss<2").code == 0
    (ground.environments(home) / "heat/bin/python").unlink()
    typed("kernel", "repair", "heat")
    assert works(sesync, "heat") == {"sesync-tree": "1.0", "sesync-moss": "1.0"}
    assert spec("heat")["display_name"] == "Hot"
    shutil.rmtree(next(ground.environments(home).iterdir()) / "bin")
    typed("kernel", "repair", "heat", "--python", ground.python("3.8"))
    assert works(sesync, "heat")["sesync-tree"] == "1.0"
    typed("kernel", "remove", "heat")
    assert ground.nothing(home)


def test_kernels_of_a_home_that_has_moved(sesync: Run, typed: Type, wheels: Path, home: Path, monkeypatch) -> None:
    assert sesync("kernel", "create", "heat", "sesync-tree").code == 0
    new = home.rename(home.with_name("new home"))
    monkeypatch.setenv("HOME", str(new))
    monkeypatch.chdir(new)
    monkeypatch.setenv("PWD", str(new))
    assert sesync("kernel", "list", "--json").json[0]["state"] == "moved"
    typed("kernel", "repair", "heat")
    assert works(sesync, "heat") == {"sesync-tree": "2.0"}


def test_a_kernel_is_shared(sesync: Run, typed: Type, wheels: Path, home: Path, nfs: Path) -> None:
    at = nfs / "cooltrees-data/.sesync/kernels/heat/pylock.toml"
    (nfs / "cooltrees-data").chmod(0o2770)
    assert sesync("kernel", "create", "heat", "sesync-tree<2").code == 0
    typed("kernel", "share", "heat", "cooltrees")
    first = at.read_bytes()
    assert (at.stat().st_mode & 0o777, at.parent.stat().st_mode & 0o7777) == (0o660, 0o2770)
    assert "already, just as it is" in sesync("kernel", "share", "heat", "cooltrees").out
    assert sesync("install", "--kernel", "heat", "sesync-moss").code == 0
    typed("kernel", "share", "heat", "cooltrees")
    assert "sesync-moss" in at.read_text() and at.with_name("pylock.previous.toml").read_bytes() == first
    typed("kernel", "share", "heat", "cooltrees", "--undo")
    assert at.read_bytes() == first
    assert sesync("kernel", "create", "other", "--from", "cooltrees:heat").code == 0
    assert ours(sesync, "other") == {"sesync-tree": "1.0"}


def test_packages_of_ones_own(sesync: Run, typed: Type, wheels: Path, home: Path) -> None:
    python = ground.python("3.8")
    folder = home / ".local/lib/python3.8/site-packages"
    (home / "limits.txt").write_text("sesync-moss<2\n")
    (home / "needs.txt").write_text(f"-c limits.txt\nsesync-moss\n{OTHERWISE}")
    typed("install", "sesync-tree", "-r", "needs.txt", "--python", python)
    assert (folder / "sesync_tree-2.0.dist-info").is_dir() and (folder / "sesync_moss-1.0.dist-info").is_dir()
    typed("uninstall", "sesync-tree", "--python", python)
    assert not (folder / "sesync_tree.py").exists()
