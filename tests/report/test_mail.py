"""sesync report: what support asks next is in the mail, and nothing that hangs keeps it waiting."""

import os
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Ended
from tests.install.ground import PLACES, python, source, wheel

Run = Callable[..., Ended]
SECRET = "Zq8kW2vN5xT7bR4m"


@pytest.fixture(autouse=True)
def centre(site: Callable[..., Path]) -> Callable[..., Path]:
    site(support={"email": "help@example.org"}, python={"default": "3.8", "places": PLACES})
    return site


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Programs before all others on PATH: programs(gcc="echo ...")."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")

    def put(**scripts: str) -> Path:
        for name, text in scripts.items():
            at = folder / name.replace("_", "-")
            at.write_text(f"#!/bin/sh\n{text}\n")
            at.chmod(stat.S_IRWXU)
        return folder

    return put


def facts(sesync: Run, *words: str | Path) -> dict[str, str]:
    """The facts of the mail by their names, each in one line."""
    done = sesync("report", *(words or ("help",)))
    assert done.code == 0, done.err
    found: dict[str, str] = {}
    name = ""
    for line in done.out.partition("\nThe machine\n")[2].splitlines():
        if not line.startswith("  "):
            continue
        said, colon, text = line.strip().partition(": ") if line[2:3].strip() else ("", "", line.strip())
        name = said if colon else name
        found[name] = f"{found.get(name, '')} {text.strip()}".strip()
    return found


def test_the_shell_that_one_is_in_is_told(sesync: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOADEDMODULES", "gcc/12.2:gdal/3.6.2")
    monkeypatch.setenv("_LMFILES_", "/sw/gcc/12.2:/sw/gdal/3.6.2")
    monkeypatch.setenv("LD_LIBRARY_PATH", f"/sw/gdal/lib:{home}/lib:{home}ly/lib")
    monkeypatch.setenv("PYTHONPATH", f"{home}/code")
    monkeypatch.setenv("CONDA_PREFIX", f"{home}/miniconda3")
    monkeypatch.setenv("CONDA_DEFAULT_ENV", "base")
    monkeypatch.setenv("VIRTUAL_ENV", f"{home}/venv")
    monkeypatch.setenv("PATH", f"{home}/bin:{os.environ['PATH']}")
    told = facts(sesync)
    assert told["modules"] == "gcc/12.2 gdal/3.6.2"
    assert told["LD_LIBRARY_PATH"].replace(": ", ":") == f"/sw/gdal/lib:~/lib:{home}ly/lib"
    assert (told["PYTHONPATH"], told["environment"]) == ("~/code", "~/venv")
    assert told["conda"] == "base (~/miniconda3)"
    assert told["PATH"].startswith("~/bin:")


def test_what_is_not_set_has_no_line(sesync: Run, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = facts(sesync)
    assert not {"modules", "conda", "environment", "LD_LIBRARY_PATH", "PYTHONPATH"} & set(told)
    monkeypatch.setenv("MODULESHOME", "/usr/share/modules")
    assert facts(sesync)["modules"] == "none is loaded"


@pytest.mark.parametrize(
    "index,shown",
    [
        (f"https://jsmith:{SECRET}@pypi.example.org/simple", "https://***@pypi.example.org/simple"),
        (f"https://{SECRET}@pypi.example.org/simple/", "https://***@pypi.example.org/simple/"),
        (f"https://pypi.example.org/basic/{SECRET}/simple/", "https://pypi.example.org/basic/***/simple/"),
        (f"https://pypi.example.org/simple?key={SECRET}", "https://pypi.example.org/simple?***"),
        ("https://pypi.example.org/simple", "https://pypi.example.org/simple"),
    ],
)
def test_the_index_is_told_and_no_login(
    sesync: Run, home: Path, monkeypatch: pytest.MonkeyPatch, index: str, shown: str
) -> None:
    monkeypatch.delenv("PIP_INDEX_URL", raising=False)
    (home / ".config/pip").mkdir(parents=True)
    (home / ".config/pip/pip.conf").write_text(f"[global]\nindex-url = {index}\n[install]\nprefer-binary = yes\n")
    (home / ".config/uv").mkdir(parents=True)
    (home / ".config/uv/uv.toml").write_text(f'[[index]]\nname = "ours"\nurl = "{index}"\ndefault = true\n')
    monkeypatch.setenv("UV_INDEX_OURS_PASSWORD", SECRET)
    monkeypatch.setenv("https_proxy", f"jsmith:{SECRET}@proxy.example.org:3128")
    told = facts(sesync)
    assert told["pip"].startswith(f"index-url = {shown}") and "prefer-binary = yes" in told["pip"]
    assert told["uv"].startswith(f"UV_DEFAULT_INDEX = ours={shown}")
    assert told["https_proxy"] == "***@proxy.example.org:3128"
    for words in (("--json",), ("--link",)):
        assert SECRET not in sesync("report", "help", *words).out


@pytest.mark.parametrize("login", ["//jsmith:{}@", "jsmith:{}/ss@", "http://jsmith:{}/ss@", "http://jsmith:{}@"])
def test_a_proxy_is_told_without_its_login(sesync: Run, monkeypatch: pytest.MonkeyPatch, login: str) -> None:
    monkeypatch.setenv("https_proxy", f"{login.format(SECRET)}proxy.example.org:3128")
    told = facts(sesync)["https_proxy"]
    assert told.endswith("***@proxy.example.org:3128") and SECRET not in told and "jsmith" not in told


def test_where_nothing_is_set_that_is_told(sesync: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    told = facts(sesync)
    assert (told["pip"], told["uv"]) == ("the usual index", "as pip's")


def test_a_file_of_settings_that_is_broken_is_named(sesync: Run, home: Path) -> None:
    (home / ".config/uv").mkdir(parents=True)
    (home / ".config/uv/uv.toml").write_text("index-url = \n")
    assert f"{home}/.config/uv/uv.toml is not TOML" in facts(sesync)["uv"]


def test_the_programs_of_builds_are_told_with_their_versions(sesync: Run, programs: Callable[..., Path]) -> None:
    folder = programs(
        gcc="echo 'gcc (GCC) 8.5.0 20210514 (Red Hat 8.5.0-4)'",
        gdal_config="echo 3.0.4",
        proj="echo 'Rel. 7.2.1, January 1st, 2021' >&2; echo 'usage: proj' >&2; exit 1",
        R="""echo 'R version 4.2.2 Patched (2022-11-10 r83330) -- "Innocent and Trusting"'""",
        cmake="echo 'cannot open shared object' >&2; exit 127",
        nvcc="echo 'Copyright (c) 2005-2023'; echo 'Cuda compilation tools, release 12.1, V12.1.105'",
    )
    told = facts(sesync)["programs"]
    for words in ("gcc 8.5.0", "gdal-config 3.0.4", "proj 7.2.1", "R 4.2.2", "cmake does not start", "nvcc 12.1"):
        name = words.partition(" ")[0]
        assert f"{words} ({folder}/{name})" in told
    assert "git 2." in told and told.count("gcc") == 2


def test_the_pythons_that_are_there_are_told(sesync: Run) -> None:
    told = facts(sesync)
    assert "3.8" in told["Pythons here"].split(", ")
    assert told["installs go to"].startswith(f"{python('3.8')}, pip ")


@pytest.mark.parametrize("name", ["gcc", "R", "quota"])
def test_a_program_that_hangs_keeps_nobody_waiting(
    sesync: Run, centre: Callable[..., Path], programs: Callable[..., Path], name: str
) -> None:
    centre(data={"patience_seconds": 4.0})
    programs(**{name: "exec sleep 1000"})
    told = facts(sesync)
    assert (f"{name} does not answer" in told["programs"]) == (name != "quota")
    assert "my own share" not in told


def test_ones_own_share_of_the_home_is_told(sesync: Run, programs: Callable[..., Path]) -> None:
    line = "nfs1:/export/home 15360000 19000000 20000000 0 151234 0 0 0"
    programs(quota=f"echo 'Disk quotas for user jsmith (uid 1001):'; echo Filesystem; echo '{line}'")
    assert facts(sesync)["my own share"] == "15.7 GB of 20.5 GB used"


def failing(at: Path, name: str) -> Path:
    return source(at, name, "import sys; print('Error: pg_config executable not found.'); sys.exit(1)")


def before(sesync: Run, *words: str | Path) -> list[str]:
    text: str = sesync("report", *words, "--json").json["body"]
    return [line.strip() for line in text.partition("Whether it worked before\n")[2].partition("\n\n")[0].splitlines()]


def test_a_first_install_has_never_worked(sesync: Run, home: Path) -> None:
    failing(home, "bark")
    assert sesync("install", "./bark").code == 3
    assert before(sesync) == ["I know of no install that worked here."]
    assert before(sesync, "bark") == ["I know of no install that worked here."]


def test_the_last_install_that_worked_is_named(sesync: Run, home: Path, index: Path) -> None:
    wheel(index, "treetool")
    failing(home, "bark")
    assert sesync("install", "treetool").code == 0
    [log] = (home / ".local/state/sesync/logs").iterdir()
    assert sesync("install", "./bark").code == 3
    said = before(sesync)
    assert said[0] == "I know of no install of bark that worked here."
    assert said[1].startswith("The last install that worked was that of treetool, at 20")
    assert said[2:] == [f"~/.local/state/sesync/logs/{log.name}"]


WORKED = """Collecting rasterio
  Using cached rasterio-1.3.9-cp38-cp38-manylinux2014_x86_64.whl (20.6 MB)
Installing collected packages: rasterio
Successfully installed rasterio-1.3.9
WARNING: Running pip as the 'root' user can result in broken permissions and conflicting behaviour
[notice] A new release of pip is available: 23.0.1 -> 25.0
"""
FAILED = """Collecting rasterio
  Using cached rasterio-1.4.3.tar.gz (442 kB)
  error: subprocess-exited-with-error
      /tmp/pip-build-env-x/overlay/lib/python3.11/site-packages/setuptools/dist.py:1: Warning
      ERROR: A GDAL API version must be specified. Provide a path to gdal-config using a GDAL_CONFIG variable
"""


def logged(home: Path, name: str, text: str, age: float) -> Path:
    """A log of this name that is so many hours old."""
    at = home / ".local/state/sesync/logs" / name
    at.parent.mkdir(parents=True, exist_ok=True)
    at.write_text(text)
    os.utime(at, (then := time.time() - age * 3600, then))
    return at


def test_what_is_new_since_it_worked_is_told(sesync: Run, home: Path) -> None:
    logged(home, "20260201-090000-install-rasterio.log", WORKED, 48)
    logged(home, "20260201-100000-uninstall-rasterio.log", "Successfully uninstalled rasterio-1.3.9\n", 47)
    logged(home, "20260202-090000-install-numpy.log", "Successfully installed numpy-1.26.4\n", 24)
    logged(home, "20260301-090000-install-rasterio.log", FAILED, 1)
    said = before(sesync, "rasterio")
    assert said[0].startswith("rasterio 1.3.9 was last installed for Python 3.8 at 20")
    assert said[1] == "~/.local/state/sesync/logs/20260201-090000-install-rasterio.log"
    assert said[2].startswith("The last install that worked was that of numpy, at 20")
    assert said[4:] == ["New since then: the Python was 3.8, and is 3.11; the version was 1.3.9, and is 1.4.3."]


def test_of_a_kernel_its_own_installs_count(sesync: Run, home: Path) -> None:
    there = "Using Python 3.8.18 environment at: .local/share/sesync/kernels/{0}\nResolved 1 package in 1ms\n + {1}\n"
    logged(home, "20260201-090000-install-dask.log", there.format("heat@2", "dask==2023.5.0"), 30)
    logged(home, "20260201-100000-install-xarray.log", there.format("soil", "xarray==2023.1.0"), 20)
    logged(home, "20260201-110000-install-numpy.log", "Successfully installed numpy-1.26.4\n", 10)
    logged(home, "20260301-090000-install-rasterio.log", there.format("heat", "x==1") + FAILED, 1)
    said = before(sesync, "rasterio")
    assert said[0] == "I know of no install of rasterio that worked here."
    assert said[1].startswith("The last install in the kernel heat that worked was that of dask, at 20")
    assert len(said) == 3


def test_of_what_was_no_install_nothing_is_told(sesync: Run, home: Path, nfs: Path) -> None:
    logged(home, "20260201-090000-install-rasterio.log", WORKED, 48)
    assert sesync("link", "oaks").code == 1
    assert before(sesync) == [] == before(sesync, "it hangs")
