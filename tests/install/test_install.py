"""sesync install, without --kernel: the Python's own pip, into the user's own folder."""

import os
import re
import signal
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import HANG, Ended, Terminal, needed, needed_root, wait_for
from tests.install.ground import held_installer, prefix, python, source, user_folder, wheel

Run = Callable[..., Ended]
RESTART = "Then, in open notebooks: Kernel ▸ Restart."
POWERLESS = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search")


def test_a_package_of_the_index_is_installed_for_the_default_python(sesync: Run, home: Path) -> None:
    done = sesync("install", "humanize==4.9.0")
    assert (done.code, done.err) == (0, "")
    assert done.out == f"Installed humanize 4.9.0 for Python 3.8 (~/.local). {RESTART}\n"
    assert (user_folder(home, "3.8") / "humanize/__init__.py").exists()


@pytest.mark.parametrize("version", ["3.6", "3.8", "3.11", "3.13"])
def test_each_python_installs_with_its_own_pip(sesync: Run, home: Path, index: Path, version: str) -> None:
    wheel(index, "treetool")
    done = sesync("install", "treetool", "--python", python(version))
    assert (done.code, done.out) == (0, f"Installed treetool 1.0 for Python {version} (~/.local). {RESTART}\n")
    here = subprocess.run(
        [python(version), "-c", "import treetool; print(treetool.__file__)"], capture_output=True, text=True
    )
    assert here.stdout.strip() == str(user_folder(home, version) / "treetool.py")


def test_the_dry_run_shows_what_one_would_type_and_does_nothing(sesync: Run, home: Path) -> None:
    done = sesync("install", "treetool>=1", "--upgrade", "-n")
    assert (done.code, done.out) == (0, f"{python('3.8')} -m pip install --user --upgrade 'treetool>=1'\n")
    assert not (home / ".local/lib").exists()
    assert not (home / ".local/state").exists()


def test_what_is_there_already_is_said_and_is_no_error(sesync: Run, index: Path) -> None:
    wheel(index, "treetool")
    sesync("install", "treetool")
    again = sesync("install", "Treetool")
    assert (again.code, again.out) == (0, "treetool 1.0 is there already for Python 3.8 (~/.local).\n")


def test_an_upgrade_says_the_new_version(sesync: Run, index: Path) -> None:
    wheel(index, "treetool")
    sesync("install", "treetool")
    wheel(index, "treetool", "2.0")
    assert "treetool 1.0 is there already" in sesync("install", "treetool").out
    assert "Installed treetool 2.0 for" in sesync("install", "--upgrade", "treetool").out


def test_packages_that_come_along_are_counted(sesync: Run, index: Path) -> None:
    wheel(index, "treetool", meta="Requires-Dist: bark\nRequires-Dist: leaf\n")
    wheel(index, "bark")
    wheel(index, "leaf")
    done = sesync("install", "treetool")
    assert done.out.startswith("Installed treetool 1.0 and 2 more for Python 3.8 (~/.local). Then, in open notebooks")


def test_requirement_files_are_read_by_pip(sesync: Run, index: Path, home: Path) -> None:
    wheel(index, "treetool")
    wheel(index, "bark")
    (home / "my requirements.txt").write_text("treetool==1.0  # trees\nbark\n")
    done = sesync("install", "-r", "my requirements.txt")
    assert (done.code, done.out.partition(" for ")[0]) == (0, "Installed bark 1.0 and treetool 1.0")
    assert "there already" in sesync("install", "-r", "my requirements.txt").out


def test_a_local_wheel_is_installed(sesync: Run, tmp_path: Path, home: Path) -> None:
    file = wheel(tmp_path / "a b", "treetool")
    done = sesync("install", file)
    assert (done.code, done.out.partition(" for ")[0]) == (0, "Installed treetool 1.0")


def test_the_folder_one_is_in_is_installed(sesync: Run, home: Path) -> None:
    (home / "setup.py").write_text("from setuptools import setup\nsetup(name='treetool', version='1.0')\n")
    assert sesync("install", ".").out.startswith("Installed treetool 1.0 for Python 3.8")


def test_the_json_has_these_keys(sesync: Run, index: Path, home: Path) -> None:
    wheel(index, "treetool")
    answer = sesync("install", "treetool", "--json").json
    assert list(answer) == ["done", "steps", "message", "warnings", "result"]
    assert answer["done"] is True
    assert answer["steps"] == [f"{python('3.8')} -m pip install --user treetool"]
    result = answer["result"]
    assert list(result) == ["kernel", "python", "python_version", "packages", "log"]
    assert (result["kernel"], result["python"], result["python_version"][:4]) == (None, str(python("3.8")), "3.8.")
    assert result["packages"] == {"treetool": "1.0"}
    assert "Successfully installed treetool" in Path(result["log"]).read_text()


def test_the_log_is_for_its_owner_alone(sesync: Run, index: Path, home: Path) -> None:
    wheel(index, "treetool")
    sesync("install", "treetool")
    [log] = (home / ".local/state/sesync/logs").iterdir()
    assert re.fullmatch(r"\d{8}-\d{6}-install-treetool\.log", log.name)
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert stat.S_IMODE(log.parent.stat().st_mode) == 0o700


def test_without_the_default_python_another_serves_with_a_warning(
    sesync: Run, site: Callable[..., Path], tmp_path: Path, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel(index, "treetool")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/python3").symlink_to(python("3.11"))
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    site(python={"default": "3.5", "places": []})
    done = sesync("install", "treetool")
    assert done.code == 0
    assert "Installed treetool 1.0 for Python 3.11 (~/.local)" in done.out
    assert (
        done.err == "Warning: Python 3.5 is not on this machine, so this is Python 3.11: '--python' chooses another\n"
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--", "--index-url=http://evil"), "'--index-url=http://evil' is not a package"),
        (("--", "-rfile"), "'-rfile' is not a package"),
        (("a\nb",), "'a\\nb' is not a package"),
        (("pandas=1.1",), "'pandas=1.1' is not a package"),
        (("",), "'' is not a package"),
        (("; rm -rf ~",), "'; rm -rf ~' is not a package"),
        ((), "no package is named"),
        (("x", "--python", "3.8", "--kernel", "k"), "a kernel has its own Python"),
    ],
)
def test_other_words_are_refused_before_pip_runs(sesync: Run, home: Path, words: tuple[str, ...], message: str) -> None:
    done = sesync("install", *words)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"Error: {message}\n")
    assert not (home / ".local").exists()


def test_a_password_in_an_address_is_refused_and_not_repeated(sesync: Run, home: Path) -> None:
    for word in ("https://me:s3cret@example.org/x.whl", "x @ git+https://s3cret@example.org/x.git"):
        done = sesync("install", word)
        assert done.code == 2
        assert "s3cret" not in done.out + done.err
        assert "~/.netrc" in done.err
    assert not (home / ".local").exists()


def test_a_password_of_the_index_reaches_neither_log_nor_error(
    sesync: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://me:s3c@ret@127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    for version in ("3.6", "3.8"):
        done = sesync("install", "treetool", "--python", version)
        assert done.code == 1
        assert "cannot be reached" in done.err
        assert "ret@" not in done.err
    for log in (home / ".local/state/sesync/logs").iterdir():
        assert "ret@" not in log.read_text()
        assert "127.0.0.1:9" in log.read_text()


def test_a_python_of_the_system_is_never_forced(
    sesync: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = prefix(tmp_path / "usr", "3.11", managed=True)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    done = sesync("install", "pandas>=2", "--python", system)
    assert done.code == 1
    assert done.err == (
        f"Error: Python 3.11 ({system}) belongs to the system, which lets nobody install into it\n"
        "Hint:  A kernel has packages of its own.\n"
    )
    assert not (home / ".local/lib").exists()


def test_a_python_without_pip_says_so(sesync: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    bare = prefix(tmp_path / "opt", "3.8")
    done = sesync("install", "treetool", "--python", bare)
    assert done.code == 3
    assert done.err == (f"Error: Python 3.8 ({bare}) has no pip\nHint:  A kernel has packages of its own.\n")


def test_a_closed_virtual_environment_is_refused(sesync: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    subprocess.run([python("3.8"), "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    done = sesync("install", "treetool", "--python", tmp_path / "venv/bin/python")
    assert done.code == 1
    assert f"Error: {tmp_path}/venv/bin/python is a virtual environment, which does not see ~/.local\n" in done.err


def test_the_callers_settings_do_not_lead_pip_astray(
    sesync: Run, index: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel(index, "treetool")
    (tmp_path / "stray").mkdir()
    (tmp_path / "stray/pip.py").write_text("raise SystemExit('not this one')")
    (home / "random.py").write_text("raise SystemExit('nor this one')")
    for name, value in {
        "PIP_REQUIRE_VIRTUALENV": "1",
        "PIP_TARGET": str(tmp_path / "elsewhere"),
        "PIP_USER": "1",
        "PIP_DRY_RUN": "1",
        "PYTHONPATH": str(tmp_path / "stray"),
        "PYTHONNOUSERSITE": "1",
    }.items():
        monkeypatch.setenv(name, value)
    for version in ("3.6", "3.13"):
        done = sesync("install", "treetool", "--python", version)
        assert (done.code, done.err) == (0, "")
        assert (user_folder(home, version) / "treetool.py").exists()


def test_a_user_base_of_ones_own_is_kept(
    sesync: Run, index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel(index, "treetool")
    monkeypatch.setenv("PYTHONUSERBASE", str(tmp_path / "base"))
    assert f"for Python 3.8 ({tmp_path}/base)" in sesync("install", "treetool").out
    assert (tmp_path / "base/lib/python3.8/site-packages/treetool.py").exists()


def test_a_home_that_is_a_link_with_an_odd_name(
    sesync: Run, index: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel(index, "treetool")
    odd = tmp_path / "it's [bold] an ödd home"
    odd.symlink_to(home)
    monkeypatch.setenv("HOME", str(odd))
    assert "Installed treetool 1.0 for Python 3.8 (~/.local)" in sesync("install", "treetool").out
    assert "Uninstalled treetool 1.0" in sesync("uninstall", "treetool", "-y").out


def test_what_jupyter_runs_on_is_installed_only_after_a_question(sesync: Run, index: Path) -> None:
    wheel(index, "treetool", meta="Requires-Dist: tornado\n")
    wheel(index, "tornado")
    assert sesync("install", "treetool", "-n").err == ""
    warning = (
        "Warning: Jupyter itself runs on tornado: what is installed here takes the place of the server's own. "
        "If notebooks stop working, 'sesync uninstall --python 3.8 tornado' mends it\n"
    )
    ended = sesync("install", "tornado")
    assert (ended.code, "Jupyter itself runs on tornado" in ended.err, "'--yes'" in ended.err) == (2, True, True)
    assert sesync("install", "tornado", "--yes").err == warning
    assert sesync("uninstall", "tornado", "--yes").code == 0
    assert sesync("install", "treetool").err == warning  # which brings tornado along, as nobody could know before


def test_progress_is_drawn_on_a_terminal_and_goes_away(
    terminal: Callable[..., Terminal], index: Path, tmp_path: Path
) -> None:
    setup = "import time, setuptools\ntime.sleep(2)\nsetuptools.setup(name='slowtree', version='1.0')\n"
    window = terminal("install", "--python", "3.8", source(tmp_path, "slowtree", setup), columns=40)
    window.wait_for("Installing packages")
    assert window.ended() == 0
    assert window.screen.replace("\n", "").startswith("Installed slowtree 1.0 for Python 3.8")
    assert "Processing" not in window.screen


def test_an_interrupted_build_leaves_nothing(
    background: Callable[..., "subprocess.Popen[str]"], home: Path, tmp_path: Path
) -> None:
    begun = tmp_path / "begun"
    setup = f"import pathlib, time\npathlib.Path({str(begun)!r}).touch()\ntime.sleep(60)\n"
    process = background("install", source(tmp_path, "slowtree", setup))
    wait_for(begun.exists)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=HANG)
    assert (process.returncode, err.strip()) == (130, "Stopped; what was begun is undone.")
    assert not (home / ".local/lib").exists()
    assert not _thrown_away(tmp_path)


@pytest.mark.parametrize("version", ["3.6", "3.8", "3.13"])
def test_an_interrupt_while_pip_copies_waits_for_a_whole_package(
    background: Callable[..., "subprocess.Popen[str]"], index: Path, home: Path, version: str
) -> None:
    wheel(index, "forest", files={f"forest/tree{number}.py": b"" for number in range(3000)})
    process = background("install", "forest", "--python", version)
    wait_for((user_folder(home, version) / "forest").exists)
    with held_installer(process.pid):
        process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=HANG)
    assert (process.returncode, out.partition(" for ")[0]) == (0, "Installed forest 1.0")
    assert len(list((user_folder(home, version) / "forest").glob("tree*.py"))) == 3000


def test_a_second_interrupt_takes_the_half_package_away(
    terminal: Callable[..., Terminal], index: Path, home: Path, tmp_path: Path
) -> None:
    wheel(index, "forest", files={f"forest/tree{number}.py": b"" for number in range(3000)})
    wheel(index, "bark")
    window = terminal("install", "bark", "forest")
    window.wait_until((user_folder(home, "3.8") / "forest").exists, "the package")
    with held_installer(window.child.pid):
        window.type("\x03")
        window.wait_for("nearly done; Ctrl-C again breaks it off")
        window.type("\x03")
        assert window.ended() == 130
    assert "Stopped; what was begun is undone." in window.screen
    assert list(user_folder(home, "3.8").glob("[!_]*")) == []
    assert not _thrown_away(tmp_path)


def test_a_full_home_leaves_no_half_package(sesync: Run, home: Path, index: Path) -> None:
    needed_root()
    subprocess.run([needed("mount"), "-t", "tmpfs", "-o", "size=1m", "tmpfs", home], check=True)
    try:
        wheel(index, "treetool")
        wheel(index, "forest", files={f"forest/tree{number}": os.urandom(100_000) for number in range(30)})
        assert sesync("install", "treetool").code == 0
        before = sorted(path.name for path in user_folder(home, "3.8").iterdir())
        done = sesync("install", "forest")
        assert (done.code, done.out) == (1, "")
        assert f"Error: the file system {home} is full (" in done.err
        assert "Hint:  Make room first: " in done.err
        assert sorted(path.name for path in user_folder(home, "3.8").iterdir()) == before
    finally:
        subprocess.run([needed("umount"), "-l", home], check=True)


def test_an_upgrade_that_does_not_fit_keeps_the_old_version(sesync: Run, home: Path, index: Path) -> None:
    needed_root()
    subprocess.run([needed("mount"), "-t", "tmpfs", "-o", "size=1m", "tmpfs", home], check=True)
    try:
        wheel(index, "forest", "1.0", files={"forest/__init__.py": b"version = 1\n"})
        assert sesync("install", "forest").code == 0
        big = {f"forest/tree{number}": os.urandom(100_000) for number in range(30)}
        wheel(index, "forest", "2.0", files=big | {"forest/__init__.py": b"version = 2\n"})
        assert sesync("install", "--upgrade", "forest").code == 1
        words = [python("3.8"), "-c", "import forest; print(forest.version)"]
        assert subprocess.run(words, capture_output=True, text=True).stdout == "1\n"
        assert "forest 1.0 is there already" in sesync("install", "forest==1.0").out
    finally:
        subprocess.run([needed("umount"), "-l", home], check=True)


def test_a_folder_of_somebody_elses_is_named(sesync: Run, home: Path, index: Path) -> None:
    needed_root()
    wheel(index, "treetool")
    folder = user_folder(home, "3.8")
    folder.mkdir(parents=True)
    os.chown(folder, 12345, 12345)
    done = sesync("install", "treetool", prefix=POWERLESS)
    assert done.code == 1
    assert done.err.startswith(f"Error: you may not write or read {folder}")


def test_two_at_once_wait_for_each_other(
    background: Callable[..., "subprocess.Popen[str]"], index: Path, home: Path
) -> None:
    for name in ("treetool", "bark"):
        wheel(index, name)
    both = [background("install", name) for name in ("treetool", "bark")]
    assert [process.wait(timeout=HANG) for process in both] == [0, 0]
    assert {"treetool.py", "bark.py"} <= {path.name for path in user_folder(home, "3.8").iterdir()}


def test_what_a_killed_run_left_is_swept_by_the_next(
    background: Callable[..., "subprocess.Popen[str]"], sesync: Run, index: Path, tmp_path: Path
) -> None:
    begun = tmp_path / "begun"
    setup = f"import pathlib, time\npathlib.Path({str(begun)!r}).touch()\ntime.sleep(60)\n"
    process = background("install", source(tmp_path, "slowtree", setup))
    wait_for(begun.exists)
    process.kill()
    process.wait()
    assert _thrown_away(tmp_path)
    wheel(index, "treetool")
    assert sesync("install", "treetool").code == 0
    assert not _thrown_away(tmp_path)


def test_an_error_is_json_too(sesync: Run, index: Path) -> None:
    done = sesync("install", "nosuchtree", "--json")
    error = done.json["error"]
    assert (done.code, error["kind"], error["remedies"], error["left"]) == (1, "not-found", [], [])
    assert Path(error["log"]).is_file()


def _thrown_away(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "tmp").glob("*/.sesync-partial*"))
