"""Pythons of this machine, found by version or path."""

import os
from pathlib import Path

import pytest

from sesync_cli.errors import NotFound, WrongWords
from sesync_cli.python.interpreters import Interpreter, Places, find_default, find_python, versions
from tests.kernel import ground


@pytest.fixture
def search(tmp_path: Path):
    """Look in these folders alone."""

    def run(wanted: str, *folders: Path, path: str = "", **env: str) -> Interpreter:
        places = Places({"PATH": path, "HOME": str(tmp_path / "home")} | env, tuple(map(str, folders)))
        return find_python(wanted, places, tmp_path / "cache")

    return run


def program(at: Path, text: str) -> Path:
    at.parent.mkdir(parents=True, exist_ok=True)
    at.write_text(text)
    at.chmod(0o755)
    return at


@pytest.mark.parametrize("wanted", ["3.8", "python3.8", "python3.8.18", "3.8.18"])
def test_a_version_in_any_words(search, wanted: str):
    real = ground.python("3.8")
    version = real.parent.parent.name
    found = search(wanted.replace("3.8.18", version), real.parent)
    assert (found.minor, found.version, found.base, found.virtual) == ("3.8", version, real, False)


def test_the_path_counts_before_the_sites_folders_and_those_before_pyenv(search, tmp_path: Path):
    real = ground.python("3.11")
    for name in ("a", "b", "pyenv/versions/3.11.0"):
        (tmp_path / name / "bin").mkdir(parents=True)
        (tmp_path / name / "bin/python3.11").symlink_to(real)
    first, second = tmp_path / "a/bin", tmp_path / "b/bin"
    pyenv = {"PYENV_ROOT": str(tmp_path / "pyenv")}
    assert search("3.11", second, path=str(first), **pyenv).executable == first / "python3.11"
    assert search("3.11", second, **pyenv).executable == second / "python3.11"
    assert search("3.11", **pyenv).executable == tmp_path / "pyenv/versions/3.11.0/bin/python3.11"


def test_what_has_the_name_but_is_another_python_is_passed_over(search, tmp_path: Path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/python3.8").symlink_to(ground.python("3.11"))
    program(tmp_path / "broken/python3.8", "#!/bin/sh\nexit 127\n")
    program(tmp_path / "noise/python3.8", "#!/bin/sh\necho '{}'\n")
    (tmp_path / "loop").mkdir()
    (tmp_path / "loop/python3.8").symlink_to("python3.8")
    (tmp_path / "folder/python3.8").mkdir(parents=True)
    bad = [tmp_path / name for name in ("bin", "broken", "noise", "loop", "folder", "nowhere")]
    with pytest.raises(NotFound, match=r"Python 3\.8 does not start: .*/broken/python3\.8: it ends with exit code 127"):
        search("3.8", *bad)
    assert search("3.8", *bad, ground.python("3.8").parent).minor == "3.8"


def test_a_program_that_was_broken_is_found_once_it_works(search, tmp_path: Path):
    at = program(tmp_path / "bin/python3.8", "#!/bin/sh\nexit 127\n")
    with pytest.raises(NotFound):
        search("3.8", at.parent)
    at.unlink()
    at.symlink_to(ground.python("3.8"))
    assert search("3.8", at.parent).minor == "3.8"


def test_pythons_of_uv_are_found(search, tmp_path: Path):
    at = tmp_path / "home/.local/share/uv/python/cpython-3.8-linux/bin"
    at.mkdir(parents=True)
    (at / "python3.8").symlink_to(ground.python("3.8"))
    assert search("3.8").executable == at / "python3.8"


def test_the_callers_pythonpath_breaks_no_search(search, tmp_path: Path):
    program(tmp_path / "poison/json.py", "raise SystemExit('poison')\n")
    assert search("3.8", ground.python("3.8").parent, PYTHONPATH=str(tmp_path / "poison")).minor == "3.8"


def test_versions_are_listed_as_numbers_without_shims(tmp_path: Path):
    for name in ("3.9.1/bin/python3.9", "3.10.2/bin/python3.10", "3.6.3/bin/python3.6"):
        program(tmp_path / "pyenv/versions" / name, "")
    shims = program(tmp_path / "pyenv/shims/python3.4", "").parent
    places = Places({"PATH": str(shims), "PYENV_ROOT": str(tmp_path / "pyenv")}, ())
    assert versions(places) == ["3.6", "3.9", "3.10"]


def test_words_that_are_no_python(search):
    for word in ("pypy3", "3.8\n", "", "python3.8 -c", "../python3.8/"):
        if word:
            with pytest.raises((WrongWords, NotFound)):
                search(word)


def test_the_default_and_what_stands_in_for_it(tmp_path: Path):
    real = ground.python("3.11")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/python3").symlink_to(real)
    places = Places({"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path)}, ())
    found, warnings = find_default("3.8", places, tmp_path / "cache")
    assert found.minor == "3.11"
    assert warnings == ("Python 3.8 is not on this machine, so this is Python 3.11: '--python' chooses another",)
    assert not os.path.exists(tmp_path / ".cache")
