"""The ways to install sesync, typed as the README and the administrators' page print them."""

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.conftest import PROJECT, needed, needed_root
from tests.kernel import ground
from tests.services.clone import fresh_clone
from tests.services.uv import run_uv

README, ADMINISTRATORS = PROJECT / "README.md", PROJECT / "docs/administrators.md"
NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")


def blocks(page: Path, title: str, prompt: str) -> list[list[str]]:
    """What a section of a page tells people to type, block by block."""
    section = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", page.read_text(), re.MULTILINE | re.DOTALL)
    assert section, title
    fenced = re.findall(r"```console\n(.*?)```", section[1], re.DOTALL)
    typed = [[line.removeprefix(prompt) for line in one.splitlines() if line.startswith(prompt)] for one in fenced]
    return [lines for lines in typed if lines]


def in_table(page: Path, row: str) -> list[str]:
    """The commands in a row of a page's table."""
    found = re.search(rf"^\| {row} \|(.*)\|$", page.read_text(), re.MULTILINE)
    assert found, row
    return re.findall(r"`([^`]+)`", found[1])


def type_in(lines: list[str], env: Mapping[str, str], folder: Path) -> str:
    """Type these lines one after the other, and stop at the first that fails; what was printed."""
    done = subprocess.run(
        ["bash", "-e", "-c", "\n".join(lines)], env=dict(env), cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def env(home: Path, tmp_path: Path) -> dict[str, str]:
    """The environment of a person on a server with Python 3.8 and 3.11; a closed network has no Python to fetch."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for version in ("3.8", "3.11"):
        system = Path(f"/usr/bin/python{version}")  # which other accounts may run, too
        (programs / f"python{version}").symlink_to(system if system.exists() else ground.python(version))
    kept = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "UV_CACHE"))}
    person = {"HOME": str(home), "PATH": f"{programs}:/usr/bin:/bin", "LANG": "C.UTF-8", "UV_PYTHON_DOWNLOADS": "never"}
    index = kept.get("PIP_INDEX_URL", "")  # of which the pages say that uv has to be told
    proxies = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
    return kept | person | proxies | ({"UV_DEFAULT_INDEX": index} if index else {})


@pytest.mark.parametrize("number,row", [(0, "by uv"), (1, "without")])
def test_for_oneself(env: dict[str, str], home: Path, tmp_path: Path, number: int, row: str) -> None:
    clone, program = fresh_clone(tmp_path / "clone"), home / ".local/bin/sesync"
    type_in(blocks(README, "Install", r"$ ")[number], env, clone)
    assert type_in([f"{program} --version"], env, home).startswith("sesync, version ")
    env["PATH"] = f"{home}/.local/bin:{env['PATH']}"  # as after the next login
    completion = in_table(README, "bash")
    type_in(completion, env, home)
    assert "sesync" in (home / ".local/share/bash-completion/completions/sesync").read_text()
    upgrade, remove = in_table(README, row)
    version = clone / "pyproject.toml"
    version.write_text(version.read_text().replace('version = "0.1.0"', 'version = "99.0"'))
    type_in([upgrade], env, clone)
    assert type_in(["sesync --version"], env, home) == "sesync, version 99.0\n"
    type_in([remove], env, home)
    assert not os.path.lexists(program)


@pytest.mark.parametrize("number", [0, 1], ids=["uv", "without"])
def test_for_everyone(env: dict[str, str], tmp_path_factory: pytest.TempPathFactory, number: int) -> None:
    needed_root()
    needed("setpriv")
    place = Path("/tmp") / f"sesync-for-everyone-{os.getpid()}-{number}"
    clone = fresh_clone(tmp_path_factory.mktemp("source") / "clone")
    places = {"/opt/sesync": f"{place}/opt", "/usr/local/bin": f"{place}/bin", "/usr/share": f"{place}/share"}
    ways = blocks(ADMINISTRATORS, "Install for everyone", "# ")
    assert len(ways) == 3
    lines = [*ways[number], *ways[2]]
    for real, other in places.items():
        lines = [line.replace(real, other) for line in lines]
    try:
        for folder in ("bin", "share/bash-completion/completions"):
            (place / folder).mkdir(parents=True)
        env["PATH"] = f"{place}/bin:{env['PATH']}"
        type_in(["umask 077", *lines], env, clone)
        stranger = {"HOME": "/nonexistent", "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
        said = subprocess.run(
            [*NOBODY, place / "bin/sesync", "--version"], env=stranger, capture_output=True, text=True, cwd="/"
        )
        assert said.stdout.startswith("sesync, version "), said.stderr
        assert "sesync" in (place / "share/bash-completion/completions/sesync").read_text()
    finally:
        subprocess.run(["rm", "-rf", place], check=True)


def test_the_licence_goes_along(env: dict[str, str], tmp_path: Path) -> None:
    clone = fresh_clone(tmp_path / "clone")
    run_uv("build", "--wheel", "-q", "--python", ground.python("3.11"), "--out-dir", tmp_path / "out", clone, env=env)
    (wheel,) = (tmp_path / "out").glob("*.whl")
    listed = subprocess.run(["python3", "-m", "zipfile", "-l", wheel], capture_output=True, text=True).stdout
    assert "dist-info/licenses/LICENSE" in listed
