"""The table of causes keeps its promises: its own examples, and what pip and uv really printed."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from sesync_cli.diagnosis import table
from sesync_cli.diagnosis.conflict import conflict
from sesync_cli.diagnosis.diagnose import LogContext, diagnose
from sesync_cli.diagnosis.evidence import evidence
from sesync_cli.diagnosis.excerpt import telling
from sesync_cli.diagnosis.system import family, family_of
from sesync_cli.diagnosis.system_packages import there_already
from sesync_cli.diagnosis.table import Cause, causes
from tests.conftest import HANG, missing
from tests.diagnosis.ground import log, logs

EVERY = causes().ordered
FOLDERS = ("recorded", "unseen", "heldout")
LOGS = [(folder, name, cause) for folder in FOLDERS for name, cause in logs(folder)]
HERE = Path(__file__).parent


@pytest.mark.parametrize("cause", EVERY, ids=lambda cause: cause.name)
def test_a_causes_own_example_is_found_first_among_all(cause: Cause) -> None:
    built = "\nFailed building wheel for trees" if cause.kind == "build" else ""
    found = diagnose(cause.example + built, LogContext(("trees",), "3.8.18"))
    assert found
    assert found.cause == cause.name
    assert not re.search(r"[{}]|\s\s|\(\)", found.message + found.alone)
    assert found.message[-1] != "." and len(found.message) < 200
    assert found.alone == "" or found.alone[-1] in ".?"
    assert found.lines


def test_there_are_many_and_no_two_have_one_name() -> None:
    assert len(EVERY) >= 60
    assert len({cause.name for cause in EVERY}) == len(EVERY)


def test_every_cause_says_where_it_is_from_and_what_helps() -> None:
    rows = tomllib.loads(Path(table.__file__).with_name("causes.toml").read_text())["cause"]
    assert not [row["name"] for row in rows if not (row.get("source") and row.get("example"))]
    helpless = [cause.name for cause in EVERY if not (cause.alone or cause.instead or cause.debian or cause.support)]
    assert not set(helpless) - {"no-version"}, "what a person can do is not said"


def test_no_advice_has_a_command_that_nobody_has_tried() -> None:
    typed = re.compile(r"sesync (?!usage)|\bpip3? (?:install|cache)|module avail|\bexport |--python|\bunset (?!CC\b)")
    assert not [cause.name for cause in EVERY if typed.search(f"{cause.says} {cause.alone}")]
    names = [name for cause in EVERY for others in cause.instead.values() for name in others]
    assert all(re.fullmatch(r"[\w.-]+(?:\[[\w,-]+\])?", name) for name in names)
    assert all(re.fullmatch(r"[\w.-]+[<>=!~\d.,]*", one) for cause in EVERY for one in cause.beside)


def test_debian_has_the_packages() -> None:
    if not shutil.which("apt-cache") or family() != "debian":
        missing("apt-cache")
    names = set(subprocess.run(["apt-cache", "pkgnames"], capture_output=True, text=True, check=True).stdout.split())
    if "gcc" not in names:
        missing("a list of Debian's packages")
    assert not {name for cause in EVERY for name in cause.debian} - names


def test_rhels_packages_have_names_and_come_from_places_that_there_are() -> None:
    assert all(re.fullmatch(r"[A-Za-z0-9][\w.+-]*", name) for cause in EVERY for name in (*cause.rhel, *cause.debian))
    assert {place for cause in EVERY for place in cause.extra} == {"epel", "crb"}


@pytest.mark.parametrize(("folder", "name", "cause"), LOGS, ids=[f"{folder}-{name}" for folder, name, _ in LOGS])
def test_what_an_installer_printed(folder: str, name: str, cause: str) -> None:
    text = log(folder, name)
    package, _, python = name.partition(".")
    version = f"{python.removeprefix('uv')}.2" if python and folder != "heldout" else "3.8.18"
    found = diagnose(text, LogContext((package,) if folder != "heldout" else (), version))
    assert (found.cause if found else "") == cause
    assert found is None or all(line.strip() in text for line in found.lines)


@pytest.mark.parametrize("package", ["psycopg2", "mysqlclient", "netcdf4"])
def test_old_and_new_installers_say_the_same_in_other_words(package: str) -> None:
    """pip 18 on Python 3.6, pip 23 on 3.8, today's pip on 3.12, and uv."""
    versions = ("3.6", "3.8", "3.12", "uv3.11")
    found = [diagnose(log("recorded", f"{package}.{version}"), LogContext((package,))) for version in versions]
    assert {one.package.lower() for one in found if one} == {package}
    assert all(one and one.debian and one.kind == "library" for one in found)


@pytest.mark.parametrize(("name", "line"), logs("other"), ids=[name for name, _ in logs("other")])
def test_failures_of_other_kinds_are_not_recognised_but_their_lines_are_found(name: str, line: str) -> None:
    text = log("other", name)
    assert diagnose(text) is None
    lines = telling(text)
    assert any(line in one for one in lines)
    assert len(lines) <= 10


def test_the_lines_are_found_in_the_middle() -> None:
    noise = "\n".join(f"copying tree/{number}.py -> build/lib/tree" for number in range(500))
    text = f"{noise}\n{log('other', 'setup_7')}\n{noise}\n"
    assert telling(text)[0] == "leaf.c:1:7: error: unknown type name \u2018tree\u2019"
    assert telling("") == ()


def test_what_a_build_only_asks_about_is_no_cause() -> None:
    text = "checking for pg_config... not found\n-- Could NOT find GDAL (missing: GDAL_LIBRARY)\nerror: it is Monday\n"
    assert [one.enough for one in evidence(text)] == [False] * len(evidence(text))
    own = 'leaf.c:1:10: fatal error: leaf.h: No such file or directory\n    1 | #include "leaf.h"\n'
    assert diagnose(own) is None


def test_an_answer_that_came_later_is_no_failure() -> None:
    once = "WARNING: Retrying (Retry(total=4, connect=None)) after connection broken by 'ReadTimeoutError()': /simple\n"
    assert diagnose(f"{once}error: it is Monday\n") is None
    found = diagnose(once.replace("total=4", "total=0"))
    assert found and found.cause == "time-out"


CONFLICTS = {
    "The conflict is caused by:\n    The user requested leaf>=2\n    tree 1.0 depends on leaf<2\n": (
        "tree 1.0 needs leaf<2, and you ask for leaf>=2"
    ),
    "    dgb 0.2 depends on numpy==1.23.4\n    dgb 0.1 depends on numpy==1.23.4\n": (
        "dgb 0.2 and dgb 0.1 need numpy==1.23.4, which is not to be had here"
    ),
    "Because tree==1.0 depends on leaf<2 and you require tree==1.0, we can conclude that you require leaf<2.\n"
    "And because you require leaf>=2, we can conclude that your requirements are unsatisfiable.\n": (
        "tree 1.0 needs leaf<2, and you ask for leaf>=2"
    ),
    "": "",
}


@pytest.mark.parametrize("text", CONFLICTS)
def test_who_wants_what(text: str) -> None:
    assert conflict(text) == CONFLICTS[text]


def test_all_that_a_package_needs_of_the_system_is_told_at_once() -> None:
    names = {cause.name: cause for cause in EVERY}
    assert {need for needs in causes().needs.values() for need in needs} <= set(names)
    text = "ValueError: did not find HDF5 headers\nFailed building wheel for netCDF4\n"
    found = diagnose(text, LogContext(("netCDF4",)))
    assert found and found.message == "netCDF4 could not be built: HDF5 is missing"
    assert found.debian[:2] == ("libhdf5-dev", "libnetcdf-dev") and len({*found.debian}) == len(found.debian)
    both = "a.c:1:10: fatal error: png.h: No such file or directory\n/usr/bin/ld: cannot find -lgsl: No such file\n"
    found = diagnose(both)
    assert found and found.debian == ("libpng-dev", "libgsl-dev")
    version = diagnose(
        "error: Minimum supported PROJ version is 9.4.0, installed version is 9.1.1", LogContext(("pyproj",))
    )
    assert version and (version.debian, version.modules) == ((), ("proj",))


@pytest.mark.timeout(HANG)
def test_a_log_of_megabytes_takes_no_long_time() -> None:
    """What looks at each line and then at each line once more takes hours for so many of them."""
    line = "gcc -pthread -Wall -I/usr/include/tree -c leaf/bark_{0}.c -o build/temp/leaf/bark_{0}.o\n"
    text = "".join(line.format(number) for number in range(50_000)) + log("recorded", "shapely.3.12")
    found = diagnose(text)
    assert found and found.cause == "geos"


@pytest.mark.parametrize(("name", "program"), [("debian", "dpkg-query"), ("rhel", "rpm")])
def test_what_of_the_systems_packages_is_there(
    name: str, program: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sesync_cli.diagnosis.system_packages.family", lambda: name)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert there_already(["gcc", "libgeos-dev"]) == []
    lists = tmp_path / program
    lists.write_text("#!/bin/sh\nprintf 'gcc\\tinstalled\\nmake\\tconfig-files\\n'; echo no such package >&2; exit 1\n")
    lists.chmod(0o755)
    assert there_already(["make", "gcc", "libgeos-dev"]) == ["gcc"]
    assert there_already([]) == []


def test_the_family_of_a_system() -> None:
    for release, name in (
        ({"ID": "almalinux", "ID_LIKE": "rhel centos fedora"}, "rhel"),
        ({"ID": "ubuntu", "ID_LIKE": "debian"}, "debian"),
        ({"ID": "alpine"}, ""),
        ({}, ""),
    ):
        assert family_of(release) == name
