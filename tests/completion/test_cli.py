"""Completions: generated, installed, and asked for in real shells."""

import os
import subprocess

import pytest

from tests.conftest import HANG, PROJECT, SESYNC, needed


def completed(*words: str, env: dict[str, str] | None = None) -> list[str]:
    asked = {
        "_SESYNC_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(("sesync", *words)),
        "COMP_CWORD": str(len(words)),
    }
    out = subprocess.run([SESYNC], env={**os.environ, **asked, **(env or {})}, capture_output=True, text=True).stdout
    return [line.partition(",")[2] for line in out.splitlines() if line]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_the_one_in_the_project(sesync, shell):
    assert sesync("completion", shell).out == (PROJECT / f"completions/sesync.{shell}").read_text()


def test_commands_and_projects_and_kernels_and_pythons_are_completed(sesync, site, nfs, home):
    sesync("link", "cooltrees")
    spec = home / ".local/share/jupyter/kernels/heat"
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text('{"argv": ["/bin/true"], "display_name": "heat"}')
    assert completed("ker") == ["kernel"]
    assert completed("kernel", "rem") == ["remove"]
    assert completed("kernel", "remove", "h") == ["heat"]
    assert completed("link", "co") == ["cooltrees"]
    assert completed("start", "co") == ["cooltrees"]
    assert completed("unlink", "co") == ["cooltrees-data"]
    assert any(version.startswith("3.") for version in completed("kernel", "create", "--python", "3"))
    assert completed("completion", "b") == ["bash"]


def test_a_broken_site_file_does_not_spill_into_the_line(site):
    site(home={"quota": 1})
    assert completed("link", "c") == []


@pytest.mark.parametrize(
    "shell,script",
    [
        (
            "bash",
            "source {path}; COMP_WORDS=(sesync kern); COMP_CWORD=1; _sesync_completion sesync; echo ${{COMPREPLY[@]}}",
        ),
        ("fish", 'source {path}; complete -C "sesync kern"'),
        ("zsh", "autoload -Uz compinit; compinit -u; source {path}; echo ${{_comps[sesync]}}"),
    ],
)
def test_a_real_shell_takes_the_script(shell, script):
    needed(shell)
    path = PROJECT / f"completions/sesync.{shell}"
    env = {**os.environ, "PATH": f"{SESYNC.parent}:{os.environ['PATH']}"}
    argv = [shell, "-c", script.format(path=path)]
    done = subprocess.run(argv, env=env, capture_output=True, text=True, timeout=HANG)
    expected = "_sesync_completion" if shell == "zsh" else "kernel"
    assert expected in done.stdout, done.stderr
