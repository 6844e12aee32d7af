"""Bytecode that kernels share."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.conftest import Ended

pytestmark = pytest.mark.bare_home


def bytecode(home: Path, name: str) -> dict[str, os.stat_result]:
    packages = next((home / ".local/share/sesync/kernels" / name).glob("lib/python3*/site-packages"))
    return {str(path.relative_to(packages)): path.stat() for path in packages.rglob("*.pyc")}


def test_the_second_kernel_has_what_the_first_compiled(sesync, site, home: Path) -> None:
    assert sesync("kernel", "create", "one").code == 0
    assert sesync("kernel", "create", "two").code == 0
    one, two = bytecode(home, "one"), bytecode(home, "two")
    assert len(one) > 300
    assert {path: facts.st_ino for path, facts in one.items()} == {path: facts.st_ino for path, facts in two.items()}
    sizes = {row["name"]: row["alone_bytes"] for row in sesync("kernel", "list", "--json").json}
    assert sizes["two"] < 8_000_000


def test_a_module_that_changes_is_compiled_anew_for_that_kernel_alone(sesync, site, home: Path) -> None:
    for name in ("one", "two"):
        assert sesync("kernel", "create", name).code == 0
    packages = next((home / ".local/share/sesync/kernels/two").glob("lib/python3*/site-packages"))
    source = packages / "traitlets/log.py"
    text = source.read_text()
    source.unlink()  # as an installer replaces a file: it does not write through a hard link
    source.write_text(text + "CHANGED = True\n")
    for name, expected in (("two", "True"), ("one", "False")):
        code = "import traitlets.log; print(hasattr(traitlets.log, 'CHANGED'))"
        assert sesync("kernel", "run", name, "python", "-c", code).out.strip() == expected


def test_a_cache_that_is_gone_or_broken_costs_nothing_but_time(sesync, site, home: Path) -> None:
    assert sesync("kernel", "create", "one").code == 0
    cache = home / ".cache/sesync/bytecode"
    for compiled in cache.iterdir():
        compiled.unlink()
        compiled.write_bytes(b"no bytecode")
    made: Ended = sesync("kernel", "create", "two")
    assert made.code == 0, made.err
    subprocess.run(["rm", "-rf", cache], check=True)
    assert sesync("kernel", "create", "three").code == 0
    assert json.loads(sesync("kernel", "show", "three", "--json").out)["state"] == "ok"
