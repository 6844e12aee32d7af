"""What a kernel's error says to type is a whole command, and typing it helps."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Ended
from tests.kernel import ground

Sesync = Callable[..., Ended]


def typed(sesync: Sesync, refused: Ended, says: str) -> Ended:
    """Type the command that a hint has before these words."""
    assert refused.code
    [command] = re.findall(rf"'sesync ([^']*(?:'[^']*'[^']*)*?)' {says}", " ".join(refused.err.split()))
    return sesync(*shlex.split(command))


def create(sesync: Sesync, *words: str | Path) -> None:
    done = sesync("kernel", "create", "oak", *words)
    assert done.code == 0, done.err


def test_other_packages_are_added(sesync: Sesync, home: Path):
    create(sesync, "six")
    refused = sesync("kernel", "create", "oak", "toolz>=1", "six")
    assert typed(sesync, refused, "adds to it").code == 0
    assert "toolz" in sesync("kernel", "show", "oak", "--json").json["packages"]
    refused = sesync("kernel", "create", "oak", "toolz")
    assert "update" not in refused.err and "adds" not in refused.err
    assert "this needs an answer: Remove the kernel oak" in typed(sesync, refused, "makes room").err


def test_a_kernel_without_files_is_told_of_the_file(sesync: Sesync, home: Path):
    create(sesync, "six")
    (home / "my files").mkdir()
    (home / "my files/requirements.txt").write_text("toolz\n")
    refused = sesync("kernel", "create", "oak", "six", "--from", "my files")
    done = typed(sesync, refused, "has it follow that file")
    assert done.code == 0, done.err
    shown = sesync("kernel", "show", "oak", "--json").json
    assert {"six", "toolz"} <= {*shown["packages"]} and shown["requirements"] == [f"{home}/my files/requirements.txt"]
    (home / "my files/requirements.txt").write_text("humanize\n")
    refused = sesync("kernel", "create", "oak", "six", "--from", "my files")
    assert typed(sesync, refused, "follows its files").code == 0
    assert "humanize" in sesync("kernel", "show", "oak", "--json").json["packages"]


def test_another_python_is_given(sesync: Sesync, home: Path):
    ground.python("3.13")
    create(sesync, "six")
    refused = sesync("kernel", "create", "oak", "six", "--python", "3.13")
    done = typed(sesync, refused, "gives it that Python")
    assert done.code == 0, done.err
    assert sesync("kernel", "show", "oak", "--json").json["python_version"].startswith("3.13.")


@pytest.mark.parametrize("command", ["update", "repair"])
def test_condas_kernel_is_sent_to_conda(command: str, sesync: Sesync, home: Path, tmp_path: Path):
    (tmp_path / "conda/conda-meta").mkdir(parents=True)
    ground.spec(home, "conda", [f"{tmp_path}/conda/bin/python"])
    result = sesync("kernel", command, "conda")
    assert (result.code, "conda install --prefix" in " ".join(result.err.split())) == (3, True)
