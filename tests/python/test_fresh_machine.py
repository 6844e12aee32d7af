"""A fresh machine behind an institution's proxy: whatever pip can install there, every way of sesync's can."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import missing
from tests.kernel import ground
from tests.services.clone import fresh_clone
from tests.services.packageindex import HOST, PackageIndex, closed_machine, package_index

SYSTEM_PYTHON = Path("/usr/bin/python3")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PackageIndex]:
    """An index that only the system's store knows, with one package that stands nowhere else."""
    with package_index(tmp_path_factory.mktemp("index")) as running:
        ground.wheel(running.wheels, "sesync_tools")
        yield running


@pytest.fixture
def bare(home: Path, tmp_path: Path) -> dict[str, str]:
    """The environment of a person who has just logged in: a home, the system's programs, and nothing in any cache."""
    return {"HOME": str(home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TMPDIR": os.environ["TMPDIR"]}


@pytest.fixture
def untold() -> dict[str, str]:
    """The environment of a test, in which nothing tells pip or uv about an index."""
    strangers = ("PIP_", "SSL_", "REQUESTS_", "CURL_")
    return {name: value for name, value in os.environ.items() if not name.startswith(strangers)}


def write_settings(file: Path, index: PackageIndex, *more: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join(["[global]", f"index-url = {index.url}", f"proxy = {index.proxy}", *more, ""]))


def test_make_tour_in_a_fresh_clone(index: PackageIndex, home: Path, bare: dict[str, str], tmp_path: Path) -> None:
    done = subprocess.run([SYSTEM_PYTHON, "-c", "import ensurepip, sys; sys.exit(sys.version_info < (3, 11))"])
    if done.returncode:
        missing(f"{SYSTEM_PYTHON} 3.11 or newer with venv")
    write_settings(home / ".config/pip/pip.conf", index)
    index.tunnels.clear()
    argv = [*closed_machine(index), "make", "tour"]
    done = subprocess.run(argv, cwd=fresh_clone(tmp_path / "clone"), env=bare, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    assert "each metre of crown makes the pavement" in done.stdout
    assert set(index.tunnels) == {HOST}


@pytest.mark.parametrize("way", ["file", "variables"])
def test_a_kernel_with_a_private_package(
    index: PackageIndex, sesync, site, home: Path, untold: dict[str, str], tmp_path: Path, way: str
) -> None:
    site(python={"default": "3.11", "places": [str(ground.python("3.11").parent)]})
    if way == "file":
        write_settings(home / ".config/pip/pip.conf", index)
    else:
        untold |= {"PIP_INDEX_URL": index.url, "https_proxy": index.proxy}
    untold["UV_CACHE_DIR"] = str(tmp_path / "cache")
    index.tunnels.clear()
    made = sesync("kernel", "create", "trees", "sesync_tools", prefix=closed_machine(index), env=untold)
    assert made.code == 0, made.err
    assert set(index.tunnels) == {HOST}
    ran = sesync("kernel", "run", "trees", "--", "python", "-c", "import sesync_tools", env=untold)
    assert (ran.code, ran.err) == (0, "")
