"""sesync report: nothing is drafted where nothing is wrong, and nothing is told of rights that are beside the point."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Ended, needed, needed_root
from tests.install.ground import PLACES, own_kernel, prefix, wheel

Run = Callable[..., Ended]
WELL = "Collecting pandas\nInstalling collected packages: pandas\nSuccessfully installed pandas-2.0.3\n"
AS_ROOT = WELL + "WARNING: Running pip as the 'root' user can result in broken permissions\n"


@pytest.fixture(autouse=True)
def centre(site: Callable[..., Path]) -> Callable[..., Path]:
    site(support={"email": "help@example.org"}, python={"default": "3.8", "places": PLACES})
    return site


@pytest.fixture
def logs(home: Path) -> Path:
    folder = home / ".local/state/sesync/logs"
    folder.mkdir(parents=True)
    return folder


@pytest.mark.parametrize("name", ["file", "my folder", "folder/deep"])
def test_a_path_that_one_may_read_and_write_is_fine(sesync: Run, home: Path, name: str) -> None:
    place = home / name
    place.parent.mkdir(exist_ok=True)
    place.touch() if name == "file" else place.mkdir()
    done = sesync("report", place)
    word = f"'{place}'" if " " in name else str(place)
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        f"You may read and write {place}: there is nothing to report.\n"
        f'If something else is wrong there: sesync report {word} "what is wrong"\n'
    )
    document = sesync("report", place, "--json").json
    assert (document["steps"], document["result"]["body"]) == ([], None)
    saved = sesync("report", place, "-o", "mail.txt")
    assert (saved.code, saved.out, (home / "mail.txt").exists()) == (0, done.out, False)


def test_what_it_says_to_type_drafts_a_mail(sesync: Run, home: Path) -> None:
    (home / "my data").mkdir()
    typed = sesync("report", "my data").out.splitlines()[-1].partition(": ")[2]
    words = subprocess.run(["sh", "-c", f"printf '%s\\n' {typed}"], capture_output=True, text=True).stdout.splitlines()
    done = sesync(*words[1:])
    assert done.out.splitlines()[1] == "Subject: what is wrong"
    assert f"  I may read and write {home}/my data\n" in done.out


def test_one_thing_that_is_wrong_brings_all_into_the_mail(sesync: Run, home: Path) -> None:
    (home / "a").mkdir()
    done = sesync("report", "a", "./b")
    assert f"  there is no {home}/b\n" in done.out and f"  I may read and write {home}/a\n" in done.out
    (home / "b").mkdir()
    assert sesync("report", "a", "./b").out.splitlines()[:2] == [
        f"You may read and write {home}/{name}: there is nothing to report." for name in "ab"
    ]


def test_a_full_file_system_is_something_to_report(sesync: Run, nfs: Path) -> None:
    needed_root()
    place = nfs / "cooltrees-data"
    subprocess.run([needed("mount"), "-t", "tmpfs", "-o", "size=1m", "tmpfs", place], check=True)
    try:
        assert sesync("report", place).out.startswith("You may")
        (place / "x").write_bytes(bytes(1 << 20))
        assert f"  I may read and write {place}, but its file system is full\n" in sesync("report", place).out
    finally:
        subprocess.run([needed("umount"), "-l", place], check=True)


@pytest.mark.parametrize("text", [WELL, AS_ROOT, "Resolved 1 package in 2ms\n + pandas==2.0.3\n"])
def test_a_log_that_ended_well_is_fine(sesync: Run, logs: Path, text: str) -> None:
    log = logs / "20260301-090000-install-pandas.log"
    log.write_text(text)
    for word in ("pandas", log):
        done = sesync("report", word)
        assert (done.code, done.out.splitlines()[0]) == (0, f"{log} ended well: there is nothing to report.")
    told = sesync("report", "pandas", "it is the wrong one").out
    assert "Subject: it is the wrong one" in told and f"The log {log} ended well" in told


def test_a_kernel_that_works_is_fine(sesync: Run, home: Path, logs: Path) -> None:
    own_kernel(home, "heat")
    done = sesync("report", "heat")
    assert (done.code, done.out.splitlines()[0]) == (0, "The kernel heat works: there is nothing to report.")
    assert done.out.splitlines()[1].endswith('sesync report heat "what is wrong"')
    (logs / "kernel-create-heat.log").write_text(WELL)
    assert sesync("report", "heat").out == done.out
    assert "The kernel heat" in sesync("report", "heat", "it is slow").out


def test_a_kernel_whose_last_log_failed_or_that_is_broken_is_reported(sesync: Run, home: Path, logs: Path) -> None:
    own_kernel(home, "heat")
    (logs / "kernel-create-heat.log").write_text("error: pg_config executable not found\n")
    assert "What matters in the log" in sesync("report", "heat").out
    (home / ".local/share/jupyter/kernels/heat/kernel.json").write_text(json.dumps({"argv": ["/gone/python"]}))
    assert "Subject: kernel heat: " in sesync("report", "heat").out


@pytest.fixture
def system(tmp_path: Path, centre: Callable[..., Path]) -> Path:
    """A Python that belongs to the system, and is the usual one."""
    found = prefix(tmp_path / "system", "3.11", managed=True)
    centre(python={"default": "3.11", "places": [str(found.parent)]})
    return found


def test_a_rule_that_names_a_path_is_not_about_rights(sesync: Run, home: Path, system: Path) -> None:
    failed = sesync("install", "treetool", "--python", system)
    assert failed.code == 1 and "belongs to the system" in failed.err
    body = sesync("report", "--json").json["body"]
    assert "The path" not in body and "belongs to the system" in body


def test_what_is_no_path_s_fault_has_none_and_a_missing_one_has(sesync: Run, home: Path) -> None:
    (home / "oaks-data").mkdir()
    assert sesync("put", home / "oaks-data", "cooltrees", "--nope").code == 2
    own_kernel(home, "bare")
    (home / ".local/share/sesync/kernels/bare/pyvenv.cfg").unlink()
    assert sesync("install", "treetool", "--kernel", "bare").code != 0
    assert "The path" not in sesync("report").out
    assert sesync("link", "pines").code == 1
    assert "The path " in sesync("report").out


def test_a_refused_install_offers_the_kernels_that_one_has(sesync: Run, home: Path, system: Path, index: Path) -> None:
    wheel(index, "sesynctree", "1.0")
    words = ("install", "sesynctree>=1", "--python", system)
    assert "Hint:  A kernel has packages of its own.\n" in sesync(*words).err
    own_kernel(home, "heat")
    adds = "Try:   Your kernel heat can have sesynctree 1.0:\n       sesync install 'sesynctree>=1' --kernel heat\n"
    assert adds in sesync(*words).err
    assert sesync("install", "sesynctree>=1", "--kernel", "heat").code == 0


def test_a_list_that_is_refused_is_offered_to_a_kernel_whole(
    sesync: Run, home: Path, system: Path, index: Path
) -> None:
    wheel(index, "treetool")
    (home / "my reqs.txt").write_text("treetool\n")
    own_kernel(home, "heat")
    said = sesync("install", "-r", "my reqs.txt", "--python", system).err
    assert f"       sesync install -r '{home}/my reqs.txt' --kernel heat\n" in said
    assert sesync("install", "-r", "my reqs.txt", "--kernel", "heat").code == 0
