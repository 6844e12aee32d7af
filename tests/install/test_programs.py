"""Programs that packages bring into a folder where the shell does not look."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Ended
from tests.install.ground import own_kernel, python, source, wheel

Run = Callable[..., Ended]
ADD = 'echo "PATH=~/.local/bin:\\$PATH" >> ~/.bashrc'


def with_programs(index: Path, *names: str) -> None:
    points = "".join(f"{name} = cowtree:say\n" for name in names)
    files = {
        "cowtree.py": b"def say():\n    print('moo')\n",
        "cowtree-1.0.dist-info/entry_points.txt": f"[console_scripts]\n{points}".encode(),
    }
    wheel(index, "cowtree", files=files)


def bash(line: str) -> str:
    """What one sees who types this line in a new terminal."""
    done = subprocess.run(["bash", "--noprofile", "-i", "-c", line], capture_output=True, text=True)
    return done.stdout


def typed(said: str) -> list[str]:
    """The two lines that a warning wants to be typed."""
    first, _, rest = said.partition("type '")[2].partition("', or once, for all new terminals, '")
    return [first, rest.strip().removesuffix("'")]


@pytest.mark.parametrize("version", ["3.6", "3.8", "3.13"])
def test_a_program_that_the_shell_does_not_find_is_named(sesync: Run, home: Path, index: Path, version: str) -> None:
    with_programs(index, "cowsaid")
    done = sesync("install", "cowtree", "--python", python(version))
    assert (done.code, done.err) == (
        0,
        "Warning: the program cowsaid is in ~/.local/bin, which is not on your PATH: "
        f"type '~/.local/bin/cowsaid', or once, for all new terminals, '{ADD}'\n",
    )
    assert bash("~/.local/bin/cowsaid") == "moo\n"


def test_what_it_says_works_in_a_home_with_spaces(
    sesync: Run, home: Path, tmp_path: Path, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = tmp_path / "it's a $HOME"
    odd.mkdir()
    monkeypatch.setenv("HOME", str(odd))
    with_programs(index, "cowsaid")
    first, once = typed(sesync("install", "cowtree").err)
    assert (bash(first), bash("cowsaid")) == ("moo\n", "")
    bash(once)
    assert bash("cowsaid") == "moo\n"


def test_what_it_says_works_in_another_place(
    sesync: Run, home: Path, tmp_path: Path, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONUSERBASE", str(tmp_path / "a base"))
    with_programs(index, "cowsaid")
    said = sesync("install", "cowtree").err
    assert f"the program cowsaid is in {tmp_path}/a base/bin, which is not on your PATH" in said
    first, once = typed(said)
    assert bash(first) == "moo\n"
    bash(once)
    assert bash("cowsaid") == "moo\n"


def test_several_programs_are_one_warning(sesync: Run, home: Path, index: Path) -> None:
    with_programs(index, "cowsaid", "cowasked", "cowheard")
    done = sesync("install", "cowtree", "--json")
    [warning] = done.json["warnings"]
    assert warning.startswith("the programs cowasked, cowheard and cowsaid are in ~/.local/bin, which is not on your")


@pytest.mark.parametrize("version", ["3.6", "3.8", "3.11"])
def test_a_folder_brings_programs_too(sesync: Run, home: Path, version: str) -> None:
    setup = (
        "from setuptools import setup\nsetup(name='cowtree', version='1.0', py_modules=['cowtree'], "
        "entry_points={'console_scripts': ['cowsaid = cowtree:say']})\n"
    )
    source(home, "cow", setup, cowtree_dot_py="def say():\n    print('moo')\n")
    assert "the program cowsaid is in ~/.local/bin" in sesync("install", "./cow", "--python", python(version)).err


def test_where_the_shell_looks_there_nothing_is_said(
    sesync: Run, home: Path, tmp_path: Path, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_programs(index, "cowsaid")
    (tmp_path / "by another way").symlink_to(home)
    monkeypatch.setenv("PATH", f"{tmp_path}/by another way/.local/bin/:{os.environ['PATH']}")
    done = sesync("install", "cowtree")
    assert (done.code, done.err) == (0, "")
    assert bash("cowsaid") == "moo\n"


def test_in_a_kernel_there_is_nothing_to_say(sesync: Run, home: Path, index: Path) -> None:
    with_programs(index, "cowsaid")
    own_kernel(home, "trees")
    done = sesync("install", "cowtree", "--kernel", "trees")
    assert (done.code, done.err) == (0, "")
