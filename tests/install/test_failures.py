"""What sesync says when pip failed: real failures of real pips, old and new."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sesync_cli.diagnosis.explain import InstallAttempt
from sesync_cli.install.packages import pip_failure
from sesync_cli.run import Output
from tests.conftest import Ended
from tests.install.ground import python, source, wheel

Run = Callable[..., Ended]
VERSIONS = pytest.mark.parametrize("version", ["3.6", "3.8", "3.13"])
EXTENSION = """
from setuptools import setup, Extension
setup(name="{0}", version="1.0", ext_modules=[Extension("{0}", ["{0}.c"]{1})])
"""


def failed(sesync: Run, *words: object) -> tuple[str, str, Path]:
    """The message, the hint and the log of an install that fails."""
    done = sesync("install", *words, "--json")
    assert done.code in (1, 3), done.out
    [log] = Path(".local/state/sesync/logs").iterdir()
    return done.json["error"]["message"], done.json["error"]["hint"], log


@VERSIONS
def test_a_missing_header(
    sesync: Run, tmp_path: Path, home: Path, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = source(tmp_path, "bark", EXTENSION.format("bark", ""), bark_dot_c="#include <nosuchlib/api.h>\n")
    message, hint, log = failed(sesync, folder, "--python", python(version))
    assert message == "bark could not be built: the header file nosuchlib/api.h of a system library is missing"
    log = home / log
    what = f"Support can install what is missing: send the package's name (bark) and {log} to help@example.org"
    assert hint == f"{what} ('sesync report' drafts the mail)."
    assert "nosuchlib/api.h: No such file" in log.read_text()


@VERSIONS
def test_a_missing_library(sesync: Run, tmp_path: Path, version: str) -> None:
    folder = source(tmp_path, "bark", EXTENSION.format("bark", ", libraries=['nosuchlib']"), bark_dot_c="int x;\n")
    message, _, _ = failed(sesync, folder, "--python", python(version))
    assert message == "bark could not be built: the system library nosuchlib is missing"


@VERSIONS
def test_a_missing_config_program(sesync: Run, tmp_path: Path, version: str) -> None:
    setup = "import subprocess\nsubprocess.check_output(['nosuch-config', '--cflags'])\n"
    message, _, _ = failed(sesync, source(tmp_path, "bark", setup), "--python", python(version))
    assert message == "bark could not be built: the program nosuch-config is missing"


@VERSIONS
def test_a_missing_compiler(sesync: Run, tmp_path: Path, version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "nosuch-gcc")
    folder = source(tmp_path, "bark", EXTENSION.format("bark", ""), bark_dot_c="int x;\n")
    message, _, _ = failed(sesync, folder, "--python", python(version))
    assert message == "bark could not be built: the program nosuch-gcc is missing"


@VERSIONS
def test_a_build_that_fails_of_its_own(sesync: Run, tmp_path: Path, version: str) -> None:
    folder = source(tmp_path, "bark", "raise RuntimeError('the moon is not full')\n")
    message, hint, _ = failed(sesync, folder, "--python", python(version))
    assert message == "bark could not be built: RuntimeError: the moon is not full"
    assert hint.startswith("Send ") and " to help@example.org, with the package's name" in hint


@VERSIONS
def test_no_such_package(sesync: Run, index: Path, version: str) -> None:
    message, hint, _ = failed(sesync, "nunpy", "--python", python(version))
    assert message == "there is no package named nunpy, or none for this Python"
    assert hint.startswith("Did you mean numpy? All that the installer said is in ")


def test_the_name_that_is_imported_is_not_always_the_packages(sesync: Run, index: Path) -> None:
    for imported, package in {"cv2": "opencv-python-headless", "PIL": "pillow", "yaml": "pyyaml"}.items():
        done = sesync("install", imported)
        assert f"Error: there is no package named {imported}" in done.err
        assert f"Hint:  The package is called {package}: ask for that." in done.err


@VERSIONS
def test_no_such_version(sesync: Run, index: Path, version: str) -> None:
    wheel(index, "treetool", "1.5")
    message, _, _ = failed(sesync, "treetool>=2", "--python", version)
    assert message == f"there is no treetool>=2 for Python {version}"
    done = sesync("install", "treetool>=2", "--python", version)
    command = f"sesync install treetool==1.5 --python {version}"
    assert f"Try:   treetool 1.5 is ready-made for Python {version}:\n       {command}\n" in done.err


@VERSIONS
def test_a_package_for_a_newer_python(sesync: Run, tmp_path: Path, version: str) -> None:
    file = wheel(tmp_path, "treetool", meta="Requires-Python: >=3.99\n")
    message, hint, _ = failed(sesync, file, "--python", python(version))
    full = python(version).resolve().parent.parent.name
    assert message == f"treetool needs Python >=3.99, and this is {full}"
    assert "sesync kernel create" not in hint  # no Python of this machine is so new


def test_a_wheel_for_another_machine(sesync: Run, tmp_path: Path) -> None:
    file = wheel(tmp_path, "treetool").rename(tmp_path / "treetool-1.0-cp27-cp27m-win32.whl")
    message, _, _ = failed(sesync, file)
    assert message == "treetool-1.0-cp27-cp27m-win32.whl is made for another Python or another kind of machine"


@VERSIONS
def test_an_index_that_does_not_answer(sesync: Run, version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("PIP_RETRIES", "0")
    message, hint, _ = failed(sesync, "treetool", "--python", python(version))
    assert message == "the package index (http://127.0.0.1:9) cannot be reached"
    assert hint.startswith("Try again later. If it stays so, send ")


@VERSIONS
@pytest.mark.parametrize("host", ["127.0.0.1:9", "nosuch.invalid"])
def test_the_host_of_an_address_that_is_down(
    sesync: Run, version: str, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_RETRIES", "0")
    address = f"http://{host}/treetool-1.0-py3-none-any.whl"
    message, _, _ = failed(sesync, address, "--python", python(version))
    assert message in (
        "127.0.0.1:9 (treetool is to come from there) cannot be reached",
        "nosuch.invalid (treetool is to come from there) has no address: the network or its name server is down, "
        "or a name is misspelt",
    )
    assert message.startswith(host)


@pytest.mark.parametrize("version", ["3.8", "3.13"])
def test_packages_that_do_not_fit_together(sesync: Run, index: Path, version: str) -> None:
    wheel(index, "leaf", "1.0")
    wheel(index, "leaf", "2.0")
    wheel(index, "treetool", meta="Requires-Dist: leaf<2\n")
    message, hint, _ = failed(sesync, "treetool", "leaf>=2", "--python", python(version))
    assert message == "these packages do not fit together: treetool 1.0 needs leaf<2, and you ask for leaf>=2"
    assert "sesync kernel create" not in hint  # they fit nowhere


@VERSIONS
def test_a_download_that_is_not_what_was_promised(sesync: Run, index: Path, home: Path, version: str) -> None:
    wheel(index, "treetool")
    (home / "locked.txt").write_text(f"treetool==1.0 --hash=sha256:{'0' * 64}\n")
    message, _, _ = failed(sesync, "-r", "locked.txt", "--python", python(version))
    assert message == "a download is not the file that the requirements promise (its hash differs)"


def test_a_line_that_is_no_package(sesync: Run, home: Path) -> None:
    (home / "requirements.txt").write_text("pandas\nsome numbers\n")
    error = sesync("install", "-r", "requirements.txt", "--json").json["error"]
    assert error["message"] == f"{home}/requirements.txt, line 2 is not a package: some numbers"
    assert error["hint"].startswith("A line says a package as 'pandas' or 'pandas>=2'.")


# what programs print that cannot be made to fail here
SAID = {
    "ERROR: Could not install packages due to an OSError: [Errno 122] Disk quota exceeded\n": "is over your quota",
    "gcc: fatal error: Killed signal terminated program cc1plus\nERROR: Failed building wheel for scipy\n": (
        "scipy could not be built: the memory ran out"
    ),
    "Error: pg_config executable not found.\nERROR: No matching distribution found for psycopg2\n": (
        "psycopg2 could not be built: PostgreSQL's library is missing (there is no pg_config)"
    ),
    '/bin/sh: 1: mysql_config: not found\nCommand "python setup.py egg_info" failed with error code 1 in /tmp/x\n': (
        "psycopg2 could not be built: MySQL's library is missing (there is no mysql_config)"
    ),
    "error: can't find Rust compiler\nERROR: Failed building wheel for cryptography\n": (
        "cryptography could not be built: the Rust compiler is missing"
    ),
    "x.c:3:10: fatal error: Python.h: No such file or directory\nFailed building wheel for leaf\n": (
        "leaf could not be built: the header files of Python 3.8 are not installed"
    ),
    '    Proj 4.9.0 must be installed.\nCommand "python setup.py egg_info" failed with error code 1 in /tmp/x\n': (
        "psycopg2 could not be built: PROJ is missing"
    ),
    "a.c:7:18: error: unknown type name 'tree'\nerror: command 'gcc' failed\nFailed building wheel for leaf\n": (
        "leaf could not be built: a.c:7:18: error: unknown type name 'tree'"
    ),
    "FileNotFoundError: [Errno 2] No such file or directory: '../apps/gdal-config'\nFailed building wheel for gdal\n": (
        "gdal could not be built: GDAL is missing"
    ),
    "error: externally-managed-environment\n": "Python 3.8 belongs to the system, which lets nobody install into it",
    "WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by 'x'\nERROR: No matching": (
        "the package index cannot be reached"
    ),
    "": "the packages could not be installed",
}


@pytest.mark.parametrize("text", SAID)
def test_a_text_and_its_meaning(text: str, tmp_path: Path) -> None:
    attempt = InstallAttempt(("psycopg2",), "3.8.18", tmp_path / "x.log", "help@example.org")
    assert SAID[text] in str(pip_failure(Output(("pip",), 1, text, ""), attempt, tmp_path))


def test_a_pip_that_was_killed(tmp_path: Path) -> None:
    attempt = InstallAttempt(("scipy",), "3.8.18", tmp_path / "x.log", "help@example.org")
    said = str(pip_failure(Output(("pip",), -9, "Collecting scipy\n", ""), attempt, tmp_path))
    assert said.startswith("pip was ended from outside")
