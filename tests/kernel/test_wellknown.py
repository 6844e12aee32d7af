"""Well-known public lists of packages: each makes a kernel, and its lock the same kernel for somebody else."""

import csv
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from sesync_cli.kernel.record import changed
from tests.conftest import HANG
from tests.kernel import ground

LISTS = Path(__file__).with_name("wellknown")
INSTALLERS_OWN = {"INSTALLER", "REQUESTED", "RECORD", "direct_url.json", "uv_build.json", "uv_cache.json"}


@dataclass(frozen=True)
class List:
    """A list that somebody has published, and the Python that it is for; README.md says where each is from."""

    file: str
    python: str
    words: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.file.partition("/")[0] + self.file.endswith("/Pipfile") * "-unlocked"


WELL_KNOWN = (
    List("binder/Pipfile", "3.7"),
    List("ehrql/requirements.prod.txt", "3.9"),
    List("inflammation/requirements.txt", "3.11"),
    List("lectures/jl-build-requirements.txt", "3.12"),
    List("mooc/requirements.txt", "3.10"),
    List("opensafely/requirements.txt", "3.8"),
    List("pyosmeta/pyproject.toml", "3.11", ("--dev",)),
    List("pythonuv/uv.lock", "3.13", ("--dev",)),
    List("thinkstats/requirements.txt", "3.10"),
    List("turing/pyproject.toml", "3.8"),
)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("one", WELL_KNOWN, ids=lambda one: one.name)
def test_a_well_known_list_makes_the_same_kernel_for_somebody_else(sesync, home: Path, tmp_path: Path, one: List):
    shutil.copytree(LISTS / one.file.partition("/")[0], home / "lists")
    source, lock = home / "lists" / Path(one.file).name, tmp_path / f"pylock.{one.name}.toml"
    python = ground.python(one.python)
    result = sesync("kernel", "create", one.name, "--from", source, "--python", python, *one.words, timeout=3 * HANG)
    assert result.code == 0, result.err
    result = sesync("kernel", "lock", one.name, "-o", lock)
    assert result.code == 0, result.err
    other = tmp_path / "other"
    other.mkdir()
    elsewhere = {"cwd": other, "env": {**os.environ, "HOME": str(other), "PWD": str(other), "UV_OFFLINE": "1"}}
    result = sesync("kernel", "create", "--from", lock, **elsewhere)
    assert result.code == 0, result.err
    shown, again = (sesync("kernel", "show", one.name, "--json", **where).json for where in ({}, elsewhere))
    assert shown["packages"] and again["packages"] == shown["packages"]
    assert again["display_name"] == shown["display_name"] == f"{one.name} (Python {one.python})"
    assert _files(home, one.name) == _files(other, one.name)
    assert changed(ground.environments(home) / one.name, every_byte=True) == {}


def _files(home: Path, name: str) -> set[tuple[str, ...]]:
    """What its packages' records say is installed, with hashes and sizes, but for what is an installer's own.

    Scripts begin with the path of their own environment.
    """
    records = list(ground.environments(home).glob(f"{name}/lib/python3*/site-packages/*.dist-info/RECORD"))
    assert records
    lines = {tuple(line) for record in records for line in csv.reader(record.read_text().splitlines())}
    return {line for line in lines if Path(line[0]).name not in INSTALLERS_OWN and "/bin/" not in line[0]}
