"""What a failed install says to type has been tried: each command is typed here as it is printed, and works."""

import os
import shlex
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import SESYNC, Ended, Terminal
from tests.diagnosis.test_explained import NO_HEADER, sdist
from tests.install.ground import prefix, python, source, wheel
from tests.services.modules import SYSTEMS, init, module
from tests.services.packageindex import package_index

Run = Callable[..., Ended]


def told(done: Ended) -> list[dict[str, Any]]:
    """The remedies of a command that failed."""
    assert done.code in (1, 3), done.out
    remedies: list[dict[str, Any]] = done.json["error"].get("remedies", [])
    return remedies


def typed(command: str) -> None:
    """The shell gets what is printed."""
    env = os.environ | {"PATH": f"{SESYNC.parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(["/bin/bash", "-c", command], env=env, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


def work(done: Ended) -> list[str]:
    """Every remedy that is told works, in the home as it was when it was told; what they say."""
    found, own = told(done), Path(os.environ["HOME"], ".local")
    shutil.copytree(own, before := own.with_name("before"), symlinks=True)
    for one in found:
        for command in one["commands"]:
            typed(command)
        shutil.rmtree(own)
        shutil.copytree(before, own, symlinks=True)
    shutil.rmtree(before)
    return [one["message"] for one in found]


# real packages, from the index that this machine has; what each says that mends it
REAL = {
    "an old pip": ("3.6", ["cryptography"], "A newer pip finds cryptography 40.0.2 ready-made"),
    "a pin for a newer Python": ("3.6", ["pandas==1.3.5"], "A kernel of Python 3.7 can have pandas 1.3.5, ready-made"),
    "a range for a newer Python": ("3.8", ["h5py>=3.12"], "A kernel of Python 3.9 can have h5py 3.14.0, ready-made"),
    "a pin that is too old": ("3.13", ["pandas==1.5.3"], "A kernel of Python 3.11 can have pandas 1.5.3, ready-made"),
    "an old library": ("3.13", ["h5py==2.10.0"], "A kernel of Python 3.8 can have h5py 2.10.0, ready-made"),
    "a geographer's": ("3.11", ["shapely==1.7.1"], "A kernel of Python 3.9 can have shapely 1.7.1, ready-made"),
    "two, and one of them": ("3.13", ["six", "scikit-learn==1.2.2"], "A kernel of Python 3.11 can have scikit-learn"),
    "a typing error": ("3.8", ["nunpy"], "There is a package numpy"),
    "what does not fit": ("3.8", ["pandas==1.3.5", "numpy==1.16.0"], "With numpy 1.24.4 they fit together"),
}


@pytest.mark.parametrize("case", REAL)
def test_a_person_on_their_own_python(sesync: Run, case: str) -> None:
    version, words, says = REAL[case]
    assert work(sesync("install", *words, "--python", python(version), "--json"))[0].startswith(says)


KERNELS = {
    "made": (
        ["kernel", "create", "oak", "pandas==1.5.3", "--python", "3.13"],
        "A kernel of Python 3.11 can have pandas",
    ),
    "made of a list": (
        ["kernel", "create", "oak", "-r", "old.txt", "--python", "3.13"],
        "A kernel of Python 3.9 can have",
    ),
    "of a folder": (["kernel", "create", "--python", "3.12"], "A kernel of Python 3.9 can have"),
    "for an old Python": (["kernel", "create", "oak", "h5py>=3.2", "--python", "3.6"], "A kernel of Python 3.7 can"),
    "added to": (["install", "--kernel", "elm", "h5py==2.10.0"], "A kernel of Python 3.8 can have h5py 2.10.0"),
}


@pytest.mark.parametrize("case", KERNELS)
def test_a_kernel(sesync: Run, home: Path, monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    words, says = KERNELS[case]
    folder = home / "my work"
    folder.mkdir()
    (folder / "requirements.txt").write_text("shapely==1.7.1\nsix\n")
    (folder / "old.txt").write_text("shapely==1.7.1\n")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PWD", str(folder))
    if case == "added to":
        assert sesync("kernel", "create", "elm", "toolz", "--python", "3.11").code == 0
    assert work(sesync(*words, "--json"))[0].startswith(says)


def test_a_mirror_behind_a_proxy(sesync: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
    with package_index(tmp_path / "mirror") as mirror:
        wheel(mirror.wheels, "sesynctree", "1.0")
        sdist(mirror.wheels, "sesynctree", "2.0", NO_HEADER)
        for name, value in (("PROXY", mirror.proxy), ("INDEX_URL", mirror.url), ("CERT", str(mirror.authority))):
            monkeypatch.setenv(f"PIP_{name}", value)
        for words in (("install",), ("kernel", "create", "oak")):
            done = sesync(*words, "sesynctree", "--json")
            assert work(done)[:1] == ["sesynctree 1.0 is ready-made for Python 3.8"], (words, done.out)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """An index of the wheels in this folder, at the address that is given."""
    for file in list(folder.glob("*.whl")):
        page = folder / "simple" / file.name.partition("-")[0]
        page.mkdir(parents=True)
        (page / "index.html").write_text(f'<a href="/{file.name}">{file.name}</a>')
    handler = partial(type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *said: None}), directory=folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/simple"
        server.shutdown()


def test_a_proxy_that_is_in_the_way(sesync: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel(tmp_path / "index", "sesynctree")
    monkeypatch.setenv("PIP_RETRIES", "0")
    for name in ("http_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with served(tmp_path / "index") as url:
        monkeypatch.setenv("PIP_INDEX_URL", url)
        done = sesync("install", "sesynctree", "--json")
        assert work(done) == ["Without the proxy that is set, the index answers"]
        assert told(done)[0]["commands"] == ["env -u http_proxy -u HTTPS_PROXY sesync install sesynctree"]


def test_uv_without_the_network(sesync: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    done = sesync("kernel", "create", "oak", "six", "--json")
    assert work(done) == ["With the network, which UV_OFFLINE switches off, it can be had"]


def test_where_nothing_answers_nothing_is_told(sesync: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "")
    for words in (("install", "treetool==1.5"), ("kernel", "create", "oak", "treetool==1.5")):
        assert told(sesync(*words, "--json")) == []


def test_what_has_no_file_for_any_python_here_is_not_advised(sesync: Run, index: Path) -> None:
    sdist(index, "sesynctree", "2.0", NO_HEADER)
    wheel(index, "sesynctree", "3.0", meta="Requires-Python: >=3.99\n")
    assert told(sesync("install", "sesynctree", "--json")) == []
    assert told(sesync("install", "sesynctree==3.0", "--json")) == []


def test_what_comes_along_is_pinned_where_it_would_be_built(sesync: Run, index: Path) -> None:
    wheel(index, "sesyncleaf", "1.0")
    sdist(index, "sesyncleaf", "2.0", NO_HEADER)
    wheel(index, "sesyncbark", "1.0")
    sdist(index, "sesyncbark", "2.0", NO_HEADER)
    wheel(index, "sesynctree", "1.0", meta="Requires-Dist: sesyncleaf\nRequires-Dist: sesyncbark\n")
    done = sesync("install", "sesynctree", "--upgrade", "--json")
    [says] = work(done)
    assert says.endswith(" 1.0 is ready-made for Python 3.8")
    [command] = told(done)[0]["commands"]
    assert {"sesyncleaf==1.0", "sesyncbark==1.0", "--upgrade"} <= set(shlex.split(command))


def test_another_package_may_do(sesync: Run, index: Path) -> None:
    sdist(index, "psycopg2", "2.9", "import sys\nsys.exit('Error: pg_config executable not found.')\n")
    wheel(index, "psycopg2_binary", "2.9")
    done = sesync("install", "psycopg2", "--json")
    assert work(done) == ["psycopg2-binary is ready-made, and may do instead of psycopg2"]


def test_a_file_for_a_newer_python(sesync: Run, tmp_path: Path) -> None:
    file = wheel(tmp_path / "my files", "treetool", meta="Requires-Python: >=3.11,<3.12\n")
    for words in (["kernel", "create", "oak", file], ["install", file]):
        [says] = work(sesync(*words, "--python", "3.8", "--json"))
        assert says.startswith("A kernel of Python 3.11 can have ")


def test_a_folder_that_does_not_build_anywhere(sesync: Run, tmp_path: Path) -> None:
    bark = source(tmp_path, "bark", "raise RuntimeError('the moon is not full')\n")
    assert told(sesync("install", bark, "--json")) == []


def test_what_a_kernel_has_comes_along(sesync: Run) -> None:
    words = ("--python", "3.11", "--env", "TREE=tall")
    assert sesync("kernel", "create", "ash", "toolz", *words).code == 0
    assert sesync("kernel", "create", "elm", "toolz", "--python", "3.11").code == 0
    found = told(sesync("install", "--kernel", "elm", "h5py==2.10.0", "--json"))
    assert found[0]["commands"] == ["sesync kernel create elm-3.8 toolz h5py==2.10.0 --python 3.8"]
    found = told(sesync("install", "--kernel", "ash", "h5py==2.10.0", "--json"))
    assert [one for one in found if "kernel create" in one["commands"][0]] == []  # its variables may be secret


def test_it_is_done_at_once(terminal: Callable[..., Terminal], sesync: Run, index: Path) -> None:
    wheel(index, "sesynctree", "1.0")
    sdist(index, "sesynctree", "2.0", NO_HEADER)
    screen = terminal("install", "sesynctree")
    screen.wait_for("Do it now?")
    assert "Try:   sesynctree 1.0 is ready-made for Python 3.8:\n       sesync install sesynctree==1.0" in screen.screen
    screen.type("y\n")
    screen.wait_for("Installed sesynctree 1.0")
    assert screen.ended() == 0
    assert sesync("uninstall", "sesynctree", "--yes").code == 0
    for answer in ("n\n", "\x03"):
        screen = terminal("install", "sesynctree")
        screen.wait_for("Do it now?")
        screen.type(answer)
        assert screen.ended() == 3
    assert "Installed" not in screen.screen
    screen = terminal("install", "sesynctree", "--yes")
    assert screen.ended() == 3
    assert "Try:" in screen.screen and "Do it now?" not in screen.screen


def test_nobody_is_asked_where_nobody_is(sesync: Run, index: Path) -> None:
    wheel(index, "sesynctree", "1.0")
    sdist(index, "sesynctree", "2.0", NO_HEADER)
    done = sesync("install", "sesynctree")
    assert "       sesync install sesynctree==1.0\n" in done.err and "Do it now?" not in done.err


def test_a_python_of_the_system_leads_to_kernels(sesync: Run, home: Path, tmp_path: Path) -> None:
    system = prefix(tmp_path / "usr", "3.11", managed=True)
    done = sesync("install", "toolz", "six==1.16.0", "--python", system, "--json")
    assert work(done)[0].startswith("A kernel of Python 3.11 can have toolz ")


@pytest.mark.parametrize("system", SYSTEMS)
def test_modules_that_there_are_are_told(
    sesync: Run, site: Callable[..., Path], index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: str
) -> None:
    site(modules={"init": [str(init(system))]})
    monkeypatch.setenv("MODULEPATH", str(tmp_path / "modules"))
    for name in ("HDF5/1.10.11", "HDF5/1.14.2", "hdf5view/3.1", "python/3.8"):
        module(tmp_path / "modules", name)
    sdist(index, "sesynctree", "2.0", NO_HEADER.replace("png.h", "hdf5.h"))
    sdist(index, "sesyncleaf", "2.0", NO_HEADER.replace("png.h", "netcdf.h"))
    told = "This server has the modules HDF5/1.14.2 and HDF5/1.10.11, which may bring what is missing. "
    assert sesync("install", "sesynctree", "--json").json["error"]["hint"].startswith(told)
    assert "This server has" not in sesync("install", "sesyncleaf", "--json").json["error"]["hint"]


def test_what_a_variable_is_set_to_is_told_to_nobody(sesync: Run) -> None:
    done = sesync("kernel", "create", "oak", "pandas==1.5.3", "--python", "3.13", "--env", "KEY=of-a-test", "--json")
    assert told(done) == [] and "of-a-test" not in done.out + done.err
