"""Real packages, built from source on a Debian with gcc and without their libraries; then with what was named."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import INDEX, PROJECT, SESYNC, missing, needed_root
from tests.install.ground import python

BARE = Path(__file__).with_name("bare")
SITE = 'extends = "sesync"\n[python]\ndefault = "3.11"\nplaces = []\n[support]\nemail = "help@example.org"\n'

# the cause of each; and those that are built once more with what the diagnosis names
MENDED = {
    "mysqlclient": "mysql",
    "plyvel": "leveldb",
    "psycopg2": "postgresql",
    "pyalsaaudio": "alsa",
    "pyaudio": "portaudio",
    "pycups": "cups",
    "pycurl": "curl",
    "pykerberos": "kerberos",
    "pylibacl": "acl",
    "pysqlite3": "sqlite",
    "python-ldap": "ldap",
    "python-lzo": "lzo",
}
NOT_BUILT = {
    "gmpy2": "gmp",
    "lxml": "xml",
    "netcdf4": "netcdf",
    "pillow": "jpeg",
    "pycairo": "cairo",
    "pyproj": "proj",
    "rasterio": "gdal",
    "shapely": "geos",
}
WITH_UV = ("psycopg2", "python-ldap")
pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Bare:
    """A namespace in which there are roots without libraries."""

    holder: "subprocess.Popen[str]"
    env: dict[str, str]

    def run(self, root: str, *words: str, **env: str) -> "subprocess.CompletedProcess[str]":
        """Run a command in the root of this name, which is made when it is first named."""
        enter = ["nsenter", "--mount", "--target", str(self.holder.pid), str(BARE), "in", root]
        return subprocess.run(
            [*enter, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL, env=self.env | env, cwd="/"
        )

    def installed(self, package: str, *words: str, root: str = "") -> dict[str, Any]:
        """What a command of sesync's says of an install from source."""
        argv = (str(SESYNC), *words, package, "--python", str(python("3.11")), "--json")
        said = self.run(root or package, *argv, PIP_NO_BINARY=package)
        found: dict[str, Any] = json.loads(said.stdout)
        return found


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bare]:
    needed_root()
    for program in ("apt-get", "unshare", "nsenter", "gcc"):
        if not shutil.which(program):
            missing(program)
    folder = tmp_path_factory.mktemp("bare")
    (folder / "home").mkdir()
    (folder / "site.toml").write_text(SITE)
    kept = INDEX | {name: os.environ[name] for name in ("SSL_CERT_FILE",) if name in os.environ}
    env = {"HOME": str(folder / "home"), "SESYNC_SITE": str(folder / "site.toml"), "LANG": "C.UTF-8"}
    # what is written to the caches stays in the root: a wheel that was built here must not be found by the next run
    env |= {"PIP_CACHE_DIR": str(PROJECT / ".cache/pip"), "UV_CACHE_DIR": str(PROJECT / ".cache/uv")}
    env |= {"PIP_NO_COMPILE": "1"}  # what builds a package is used once
    env |= kept | {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "DEBIAN_FRONTEND": "noninteractive"}
    argv = ["unshare", "--mount", "--propagation", "private", str(BARE), "hold"]
    with subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as ran:
        assert ran.stdout and ran.stderr
        if ran.stdout.readline() != "ready\n":
            missing(f"a root to throw away ({ran.stderr.read().strip()[-200:]})")
        yield Bare(ran, env)


@pytest.mark.parametrize("package", MENDED | NOT_BUILT)
def test_what_is_missing_is_named_and_mends_it(bare: Bare, package: str) -> None:
    error = bare.installed(package, "install")["error"]
    found = error["diagnosis"]
    assert (found["cause"], found["package"].lower()) == ((MENDED | NOT_BUILT)[package], package)
    assert error["kind"] == "not-ready"
    assert f"Support can install what is missing ({found['debian'][0]}" in error["hint"]
    if package in MENDED:
        apt = ("apt-get", "-qq", "-o", "Dpkg::Options::=--force-unsafe-io", "install", "-y", "--no-install-recommends")
        added = bare.run(package, *apt, *found["debian"])
        assert added.returncode == 0, added.stderr
        assert bare.installed(package, "install")["done"] is True


@pytest.mark.parametrize("package", WITH_UV)
def test_a_kernel_names_the_same(bare: Bare, package: str) -> None:
    found = bare.installed(package, "kernel", "create", "trees", root=f"{package}-uv")["error"]["diagnosis"]
    assert found["cause"] == MENDED[package]
