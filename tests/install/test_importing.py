"""After an install, each package that was asked for is imported once, and one that cannot be is named."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import HANG, Ended
from tests.install.ground import PLACES, python, user_folder, wheel
from tests.install.test_kernel import environment, kernel

Run = Callable[..., Ended]
LACKS = b"raise ImportError('libgdal.so.30: cannot open shared object file')\n"


def broken(index: Path, name: str, code: bytes, meta: str = "") -> None:
    wheel(index, name, files={f"{name}.py": code}, meta=meta)


@pytest.mark.parametrize("version", ["3.6", "3.8", "3.13"])
def test_what_cannot_be_imported_is_said_with_what_is_missing(sesync: Run, home: Path, index: Path, version: str):
    broken(index, "beech", LACKS)
    done = sesync("install", "beech", "--python", python(version))
    assert (done.code, done.out.startswith("Installed beech 1.0 for")) == (0, True)
    assert done.err.startswith(
        "Warning: beech is installed, but cannot be imported: "
        "ImportError: libgdal.so.30: cannot open shared object file (GDAL is missing: "
    )
    assert done.err.endswith(f". 'sesync uninstall --python {python(version)} beech' takes it away\n")
    assert (user_folder(home, version) / "beech.py").exists()


def test_in_a_kernel_it_is_said_too_and_what_takes_it_away_does(sesync: Run, home: Path, tmp_path: Path, index: Path):
    broken(index, "ash", b"import no_such_tree\n")
    packages = environment(tmp_path / "venv")
    kernel(home, "trees", tmp_path / "venv/bin/python")
    done = sesync("install", "ash", "--kernel", "trees")
    assert done.err == (
        "Warning: ash is installed, but cannot be imported: ModuleNotFoundError: No module named 'no_such_tree'. "
        "'sesync uninstall --kernel trees ash' takes it away\n"
    )
    assert sesync("uninstall", "--kernel", "trees", "ash", "--yes").code == 0
    assert not (packages / "ash.py").exists()


def test_one_that_ends_python_is_said_and_the_next_is_tried(sesync: Run, index: Path):
    broken(index, "ash", b"import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n")
    broken(index, "elm", b"raise RuntimeError('[bold]no[/bold] trees')\n")
    first, second = sesync("install", "ash", "elm").err.splitlines()
    assert "ash is installed, but cannot be imported: it ends Python (SIGSEGV)" in first
    assert "elm is installed, but cannot be imported: RuntimeError: [bold]no[/bold] trees" in second


@pytest.mark.parametrize(
    "code",
    [
        b"import atexit\nprint('loud')\natexit.register(print, 'to the end')\n",
        b"import time\ntime.sleep(1_000)\n",
        b"import sys\nassert '' not in sys.path\n",
    ],
    ids=["loud", "slow", "elsewhere"],
)
def test_what_is_loud_or_slow_is_no_failure(sesync: Run, site: Callable[..., Path], index: Path, code: bytes):
    site(kernels={"start_seconds": 2.0 if b"sleep" in code else HANG}, python={"default": "3.8", "places": PLACES})
    broken(index, "birch", code)
    done = sesync("install", "birch")
    assert (done.code, done.err) == (0, "")


def test_what_came_along_is_not_tried_but_what_a_file_asks_for_is(sesync: Run, index: Path, home: Path):
    broken(index, "beech", LACKS)
    broken(index, "oak", b"", meta="Requires-Dist: beech\n")
    assert sesync("install", "oak").err == ""
    broken(index, "elm", LACKS)
    (home / "requirements.txt").write_text("elm  # a tree\n")
    assert "elm is installed, but cannot be imported" in sesync("install", "-r", home / "requirements.txt").err
