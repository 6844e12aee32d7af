"""sesync site missing: what the system lacks, by many people's logs."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Ended
from tests.install.ground import PLACES, source

Run = Callable[..., Ended]
PG = "Collecting {0}\n  error: subprocess-exited-with-error\n  Error: pg_config executable not found.\n"
GEOS = "Building wheel for {0} (setup.py)\n src/x.c:9:10: fatal error: geos_c.h: No such file or directory\n"
FULL = "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device\n"
ODD = "Traceback (most recent call last):\n  File 'x.py', line 1\nTreeError: too tall\n"
WELL = "Collecting x\n  gcc: fatal error: geos_c.h: No such file or directory\nSuccessfully installed x-1.0\n"


@pytest.fixture(autouse=True)
def centre(site: Callable[..., Path]) -> None:
    """A site of no particular kind."""


@pytest.fixture
def homes(tmp_path: Path) -> Path:
    """Logs of three people, as they lie in their homes."""
    logs = {
        "ann": {"install-psycopg2": PG, "install-psycopg": PG, "install-cartopy": GEOS, "install-x": WELL},
        "bob": {"install-psycopg2": PG, "install-y": FULL, "install-z": ODD},
        "eve": {"install-cartopy": GEOS},
    }
    for user, texts in logs.items():
        folder = tmp_path / "research-home" / user / ".local/state/sesync/logs"
        folder.mkdir(parents=True)
        for number, (name, text) in enumerate(texts.items()):
            (folder / f"20260301-09000{number}-{name}.log").write_text(text.format(name.removeprefix("install-")))
    return tmp_path / "research-home"


def test_what_would_mend_most_failures_stands_first(sesync: Run, homes: Path) -> None:
    done = sesync("site", "missing", homes, "--for", "debian")
    assert done.code == 0
    table, line = done.out.split("\n\n")
    assert [row.split() for row in table.splitlines()] == [
        ["MISSING", "FAILURES", "USERS", "OF"],
        ["libpq-dev", "3", "2", "psycopg2,", "psycopg"],
        ["libgeos-dev", "2", "2", "cartopy"],
    ]
    assert line == "apt-get install libpq-dev libgeos-dev\n"
    assert done.err == (
        "8 logs read: 1 ended well, 5 failed for want of a package of the system, 1 failed for another reason, "
        "1 failed for a reason that sesync does not know.\n"
    )


def test_red_hat_has_names_of_its_own(sesync: Run, homes: Path) -> None:
    line = sesync("site", "missing", homes, "--for", "rhel").out.split("\n\n")[1]
    assert line.endswith("dnf install libpq-devel geos-devel\n") and line.startswith("# some of these are in ")


def test_the_json_has_these_keys(sesync: Run, homes: Path) -> None:
    found = sesync("site", "missing", homes, "--for", "debian", "--json").json
    counts = ["logs", "successes", "other_failures", "unknown_failures"]
    assert list(found) == ["family", "missing", "command", *counts, "unreadable"]
    assert found["missing"][0] == {
        "system": ["libpq-dev"],
        "failures": 3,
        "needed_by": ["psycopg2", "psycopg"],
        "users": ["ann", "bob"],
        "extra": [],
    }
    assert ([found[one] for one in counts], found["unreadable"]) == ([8, 1, 1, 1], [])


def test_what_cannot_be_read_is_named_and_the_rest_counts(sesync: Run, homes: Path, tmp_path: Path) -> None:
    (tmp_path / "core.log").write_bytes(b"PK\0\1")
    with (tmp_path / "huge.log").open("wb") as file:
        file.truncate(30_000_000)
    (tmp_path / "lost.log").symlink_to("nowhere")
    (tmp_path / "[bold]\n\udcff.log").write_text(PG.format("p"))
    done = sesync("site", "missing", tmp_path, homes, "--for", "debian")
    assert f"{tmp_path}/core.log is not text\n{tmp_path}/huge.log is too large (30 MB)\n" in done.err
    assert f"{tmp_path}/lost.log cannot be read: No such file or directory" in done.err
    assert done.err.startswith("12 logs read: 1 ended well, 6 failed for want of")  # each once, although named twice


def test_without_words_ones_own_logs_are_read(sesync: Run, home: Path) -> None:
    empty = sesync("site", "missing", "--for", "debian")
    assert (empty.code, empty.out) == (0, "")
    assert empty.err.startswith("No failure that a package of the system would mend.\n0 logs read")
    folder = home / ".local/state/sesync/logs"
    folder.mkdir(parents=True)
    (folder / "kernel-create-heat.log").write_text(GEOS.format("shapely"))
    assert "libgeos-dev  1" in sesync("site", "missing", "--for", "debian").out


def test_a_place_that_is_not_there_is_an_error(sesync: Run) -> None:
    done = sesync("site", "missing", "nowhere")
    assert (done.code, done.err.splitlines()[0]) == (1, "Error: there is no file or folder nowhere")


@pytest.fixture
def kept(home: Path, site: Callable[..., Path]) -> Path:
    """The folder of logs that sesync itself writes here."""
    site(python={"default": "3.8", "places": PLACES})
    return home / ".local/state/sesync/logs"


def counts(sesync: Run, *places: Path) -> tuple[int, int, int, int, int]:
    found = sesync("site", "missing", *places, "--for", "debian", "--json").json
    return (
        found["logs"],
        found["successes"],
        sum(row["failures"] for row in found["missing"]),
        found["other_failures"],
        found["unknown_failures"],
    )


def test_what_root_has_installed_and_uninstalled_ended_well(sesync: Run, home: Path, kept: Path) -> None:
    for words in (("install", "humanize==4.9.0"), ("uninstall", "humanize", "--yes")):
        done = sesync(*words)
        assert done.code == 0, done.err
    said = {log.name: log.read_text() for log in kept.iterdir()}
    assert os.getuid() or any("as the 'root' user" in text for text in said.values())
    assert counts(sesync) == (2, 2, 0, 0, 0), said


def test_real_failures_of_several_causes_are_all_known(sesync: Run, home: Path, kept: Path) -> None:
    for name, words in {
        "bark": "Error: pg_config executable not found.",
        "leaf": "src/x.c:9:10: fatal error: geos_c.h: No such file or directory",
    }.items():
        source(home, name, f"import sys; sys.exit({words!r})")
        assert sesync("install", f"./{name}").code == 3
    assert sesync("install", "nosuchpackagehere").code == 1
    assert sesync("install", "humanize>999").code == 1
    assert sesync("kernel", "create", "heat", "humanize>999").code == 1
    assert counts(sesync) == (5, 0, 2, 3, 0)


def test_a_kernel_is_no_package(sesync: Run, home: Path, kept: Path) -> None:
    kept.mkdir(parents=True)
    (kept / "kernel-create-heat.log").write_text("src/x.c:9:10: fatal error: geos_c.h: No such file or directory\n")
    [row] = sesync("site", "missing", "--for", "debian", "--json").json["missing"]
    assert (row["system"], row["needed_by"]) == (["libgeos-dev"], ["a package"])
    (kept / "kernel-lock-heat.log").write_text("")
    (kept / "20260301-090000-uninstall-x.log").write_text("WARNING: Skipping x as it is not installed.\n")
    assert counts(sesync) == (3, 2, 1, 0, 0)


@pytest.mark.parametrize("place", [".", "ann"])
def test_of_homes_their_logs_are_read_and_not_what_people_write(sesync: Run, homes: Path, place: str) -> None:
    before = counts(sesync, homes / place)
    for at in ("ann/notes.txt", "ann/.local/lib/python3.8/site-packages/x-1.dist-info/top_level.txt", "ann/model.log"):
        (homes / at).parent.mkdir(parents=True, exist_ok=True)
        (homes / at).write_text("Error: this is no log of an installer\n")
    (homes / "noa").mkdir()
    (homes / "noa/thesis.txt").write_text("It was the best of trees.\n")
    (homes / "noa/empty.txt").touch()
    assert counts(sesync, homes / place) == before
    assert counts(sesync, homes / "noa/thesis.txt") == (1, 0, 0, 0, 1)
