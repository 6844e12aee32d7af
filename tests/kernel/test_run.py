"""sesync kernel run: a command in a kernel's environment, as if it were typed there."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from tests.conftest import SESYNC
from tests.kernel import ground
from tests.kernel.conftest import Shared

ARGV = "import sys; print(sys.argv[1:])"


@pytest.fixture
def trees(shared: Shared) -> Path:
    """The environment of the kernel trees, which sets a variable."""
    shared.kernel("trees", "humanize", "--env", "TREES=oak and $HOME")
    return ground.environments(shared.home) / "trees"


def test_programs_are_the_kernels_own(sesync, trees: Path):
    assert sesync("kernel", "run", "trees", "python", "-c", "import sys; print(sys.prefix)").out == f"{trees}\n"
    assert sesync("kernel", "run", "TREES", "--", "sh", "-c", "command -v pip").out == f"{trees}/bin/pip\n"
    path = sesync("kernel", "run", "trees", "printenv", "PATH").out.strip()
    assert path == f"{trees}/bin:{os.environ['PATH']}"


def test_the_variables_are_as_in_the_notebook(sesync, trees: Path, shared: Shared, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    code = "import os; print(os.environ['TREES'], repr(os.environ.get('PYTHONPATH')), os.environ['PIP_USER'])"
    expected = f"oak and {shared.home} '' 0\n"
    assert sesync("kernel", "run", "trees", "python", "-c", code).out == expected
    with ground.notebook("trees", tmp_path / "said") as run:
        assert run(code) == expected


def test_a_git_of_the_persons_own_works_where_they_have_told_it(sesync, trees: Path, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "dotfiles"))
    assert sesync("kernel", "run", "trees", "printenv", "GIT_DIR").out == f"{tmp_path}/dotfiles\n"


@pytest.mark.parametrize("dashes", [(), ("--",)])
def test_words_reach_the_command_as_they_are(sesync, trees: Path, dashes: tuple[str, ...]):
    words = ("--help", "-y", "a b", "", "--", "it's [bold]", "*", "$HOME", "--json")
    assert sesync("kernel", "run", "trees", *dashes, "python", "-c", ARGV, *words).out == f"{list(words)!r}\n"


def test_the_exit_code_is_the_commands(sesync, trees: Path):
    assert sesync("kernel", "run", "trees", "python", "-c", "raise SystemExit(7)").code == 7
    assert sesync("kernel", "run", "trees", "sh", "-c", "kill -TERM $$").code == -signal.SIGTERM
    result = sesync("kernel", "run", "trees", "python", "-c", "import sys; print(1); print(2, file=sys.stderr)")
    assert (result.out, result.err) == ("1\n", "2\n")


def test_standard_input_and_closed_pipes_are_the_commands(trees: Path):
    shell = f"echo hello | {SESYNC} kernel run trees cat; {SESYNC} kernel run trees yes | head -1"
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("hello\ny\n", "")


def test_a_command_that_is_nowhere(sesync, trees: Path):
    result = sesync("kernel", "run", "trees", "pythn")
    assert (result.code, result.out) == (3, "")
    assert result.err == "Error: the program pythn is not on this machine\nHint:  Is it spelt rightly?\n"


def test_a_command_that_is_no_program(sesync, trees: Path, tmp_path: Path):
    (tmp_path / "text").write_bytes(b"\x00\x01")
    (tmp_path / "text").chmod(0o755)
    result = sesync("kernel", "run", "trees", tmp_path / "text")
    assert (result.code, "cannot be run: Exec format error" in result.err) == (1, True)


@pytest.mark.parametrize("words", [(), ("trees",), ("trees", "--")])
def test_without_a_command(sesync, trees: Path, words: tuple[str, ...]):
    result = sesync("kernel", "run", *words)
    assert (result.code, result.out) == (2, "")
    assert "Error: " in result.err


def test_a_kernel_that_cannot_run_commands(sesync, home: Path):
    ground.spec(home, "bare", ["/usr/bin/python3"])
    result = sesync("kernel", "run", "bare", "true")
    assert (result.code, "Error: the kernel bare cannot run commands: it has no environment" in result.err) == (3, True)
    ground.spec(home, "gone", [str(home / "gone/bin/python")])
    result = sesync("kernel", "run", "gone", "true")
    assert (result.code, f"cannot run commands: {home}/gone/bin/python is gone" in result.err) == (3, True)
    shutil.rmtree(ground.specs(home))
    assert sesync("kernel", "run", "gone", "true").code == 1
