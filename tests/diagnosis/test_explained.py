"""What a person and a program are told of a failed install."""

import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from sesync_cli.diagnosis.explain import reason
from tests.conftest import Ended
from tests.install.ground import python, source, wheel

Run = Callable[..., Ended]
NO_HEADER = """
import sys
sys.stderr.write('leaf.c:1:10: fatal error: png.h: No such file or directory\\n')
sys.exit(1)
"""


def sdist(folder: Path, name: str, version: str, setup: str) -> None:
    """The source of a package, as an index has it."""
    with tarfile.open(folder / f"{name}-{version}.tar.gz", "w:gz") as archive:
        for file, text in {"setup.py": setup, "PKG-INFO": f"Name: {name}\nVersion: {version}\n"}.items():
            entry = tarfile.TarInfo(f"{name}-{version}/{file}")
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))


def test_a_version_that_is_ready_made_is_named(sesync: Run, index: Path) -> None:
    wheel(index, "sesynctree", "1.0")
    sdist(index, "sesynctree", "2.0", NO_HEADER)
    error = sesync("install", "sesynctree", "--json").json["error"]
    assert error["message"] == "sesynctree could not be built: libpng is missing (there is no png.h)"
    assert error["hint"].startswith("Support can install what is missing (")
    [one] = error["remedies"]
    assert one == {
        "message": "sesynctree 1.0 is ready-made for Python 3.8",
        "commands": ["sesync install sesynctree==1.0"],
    }


def test_the_keys_of_a_diagnosis(sesync: Run, tmp_path: Path) -> None:
    error = sesync("install", source(tmp_path, "bark", NO_HEADER), "--json").json["error"]
    assert Path(error["log"]).is_file()
    keys = "cause kind package message missing debian rhel extra alone support lines newest instead beside modules"
    assert list(error["diagnosis"]) == keys.split()
    assert error["diagnosis"]["lines"] == ["leaf.c:1:10: fatal error: png.h: No such file or directory"]
    assert (error["diagnosis"]["debian"], error["diagnosis"]["rhel"]) == (["libpng-dev"], ["libpng-devel"])


def test_what_nobody_knows_is_shown_with_the_lines_that_matter(sesync: Run, tmp_path: Path) -> None:
    setup = "def grow():\n    raise RuntimeError('the moon is not full')\ngrow()\n"
    folder = source(tmp_path, "bark", setup)
    said = sesync("install", folder).err.splitlines()
    assert said[0] == "Error: bark could not be built: RuntimeError: the moon is not full"
    assert (
        "    RuntimeError: the moon is not full" in said[1:-1] or "  RuntimeError: the moon is not full" in said[1:-1]
    )
    assert said[-1].startswith("Hint:  Send ")
    diagnosis = sesync("install", folder, "--json").json["error"]["diagnosis"]
    assert (diagnosis["cause"], diagnosis["package"]) == (None, "bark")
    assert len(diagnosis["lines"]) <= 10


REFUSED = {
    "os": ("os comes with Python itself", "'import os' works without an install."),
    "sklearn": ("there is no package named sklearn", "The package is called scikit-learn: ask for that."),
    "PIL>=1": ("there is no package named PIL", "The package is called pillow: ask for that."),
    "cv2": ("there is no package named cv2", "The package is called opencv-python-headless: ask for that."),
}


@pytest.mark.parametrize("word", REFUSED)
@pytest.mark.parametrize("command", [("install",), ("kernel", "create", "trees")], ids=" ".join)
def test_a_name_that_is_no_packages_is_refused_before_anything_runs(
    sesync: Run, home: Path, command: tuple[str, ...], word: str
) -> None:
    error = sesync(*command, word, "--json").json["error"]
    assert (error["message"], error["hint"]) == REFUSED[word]
    assert not (home / ".local/state/sesync/logs").exists()


def test_a_module_that_old_pythons_lack_may_be_installed(sesync: Run, index: Path) -> None:
    wheel(index, "dataclasses")
    assert sesync("install", "dataclasses", "--python", python("3.6")).code == 0


REASONS = {
    "ImportError: libGL.so.1: cannot open shared object file: No such file or directory": ("OpenGL is missing: "),
    "ImportError: /lib64/libc.so.6: version `GLIBC_2.28' not found (required by /x/cv2.so)": (
        "cv2 was made for a newer system: this one has no GLIBC_2.28"
    ),
    "ValueError: numpy.dtype size changed, may indicate binary incompatibility. Expected 96 from C header": (
        "cv2 was made for another version of numpy than the one that is there"
    ),
    "ImportError: /x/cv2.so: undefined symbol: GEOSGeom_clone_r": "cv2 was built without a library that it needs",
    "KeyError: 'HOME'": "",
}


@pytest.mark.parametrize("said", REASONS)
def test_why_something_cannot_be_imported(said: str) -> None:
    assert reason("cv2", said).startswith(f"{said} ({REASONS[said]}" if REASONS[said] else said)
    assert REASONS[said] or reason("cv2", said) == said
