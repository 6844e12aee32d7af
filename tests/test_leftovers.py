"""What is built before it appears, and what killed runs leave."""

import errno
import os
import stat
import subprocess
import sys
import time

import pytest

from sesync_cli.leftovers import (
    appear,
    is_unfinished,
    mark_finished,
    mark_unfinished,
    partial,
    sweep,
    throwaway,
    written_whole,
)
from tests.conftest import HANG
from tests.services.locks import held


def test_what_a_killed_run_left_is_swept_and_what_a_living_one_builds_is_not(tmp_path):
    thing = tmp_path / "thing"
    beside = partial(thing, owner=thing)
    beside.mkdir()
    with held(thing):
        sweep(tmp_path)
        assert beside.exists()
    sweep(tmp_path)
    assert not beside.exists()


def test_an_unfinished_folder_is_swept_unless_the_file_that_finishes_it_names_it(tmp_path):
    for name in ("left", "whole"):
        (tmp_path / name).mkdir()
        mark_unfinished(tmp_path / name, tmp_path / name, tmp_path / f"{name}.spec", "made")
    (tmp_path / "left.spec").write_text("something else")
    (tmp_path / "whole.spec").write_text("this one: made")
    assert is_unfinished(tmp_path / "left") and not is_unfinished(tmp_path / "whole")
    sweep(tmp_path)
    assert not (tmp_path / "left").exists() and (tmp_path / "whole").exists()
    mark_finished(tmp_path / "whole")
    assert list((tmp_path / "whole").iterdir()) == []


def test_another_machines_leftover_is_swept_only_after_a_day(tmp_path):
    left = tmp_path / ".sesync-partial-0123456789abcdef-elsewhere-thing"
    left.mkdir()
    sweep(tmp_path)
    assert left.exists()
    yesterday = time.time() - 25 * 3600
    os.utime(left, (yesterday, yesterday))
    sweep(tmp_path)
    assert not left.exists()


def test_what_a_run_with_another_tmpdir_builds_is_not_swept(tmp_path, monkeypatch):
    thing = tmp_path / "thing"
    beside = partial(thing, owner=thing)
    beside.mkdir()
    (tmp_path / "other").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "other"))
    sweep(tmp_path)
    assert beside.exists()


def test_sweeping_leaves_everything_else(tmp_path):
    (tmp_path / ".sesync-partial").write_text("a person's own")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / "notes").write_text("x")
    (tmp_path / "dangling").symlink_to("nowhere")
    before = sorted(path.name for path in tmp_path.iterdir())
    sweep(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_a_sweep_says_whether_there_was_anything(tmp_path):
    beside = partial(tmp_path / "thing", owner=tmp_path / "thing")
    beside.touch()
    with held(tmp_path / "thing"):
        assert not sweep(tmp_path)
    assert sweep(tmp_path) and not sweep(tmp_path) and not sweep(tmp_path / "missing")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "folder").mkdir()
    return tmp_path / "folder"


def test_a_file_is_there_only_once_it_is_whole_and_is_private_from_the_start(folder):
    at = folder / "secret"
    with written_whole(at, at) as file:
        file.write(b"whole")
        file.flush()
        (beside,) = folder.iterdir()
        assert beside == partial(at, at) and stat.S_IMODE(beside.stat().st_mode) == 0o600
    assert [at] == list(folder.iterdir()) and at.read_bytes() == b"whole"
    assert stat.S_IMODE(at.stat().st_mode) == 0o600


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt, OSError])
def test_a_file_that_is_not_finished_leaves_nothing_and_the_old_one_stays(folder, failure):
    at = folder / "file"
    at.write_text("old")
    with pytest.raises(failure), written_whole(at, at) as file:
        file.write(b"half")
        raise failure
    assert [at] == list(folder.iterdir()) and at.read_text() == "old"


def test_what_a_killed_run_left_is_neither_followed_nor_kept(folder):
    """A link where the unfinished file would be leads nobody to write into what it names."""
    at, other = folder / "file", folder / "other"
    other.write_text("precious")
    partial(at, at).symlink_to(other)
    with written_whole(at, at) as file:
        file.write(b"new")
    assert (at.read_text(), at.is_symlink(), other.read_text()) == ("new", False, "precious")


def test_what_has_appeared_meanwhile_stays_where_it_is_not_to_be_replaced(folder):
    at = folder / "file"
    with pytest.raises(FileExistsError), written_whole(at, at, replaces=False) as file:
        file.write(b"new")
        at.write_text("somebody else's")
    assert [at] == list(folder.iterdir()) and at.read_text() == "somebody else's"


def test_a_file_appears_on_a_disk_without_hard_links_too(tmp_path, monkeypatch):
    def no_links(*names, **options):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    (tmp_path / "made").write_text("new")
    appear(tmp_path / "made", tmp_path / "final")
    assert (tmp_path / "final").read_text() == "new"
    (tmp_path / "made").write_text("newer")
    with pytest.raises(FileExistsError):
        appear(tmp_path / "made", tmp_path / "final")
    assert (tmp_path / "final").read_text() == "new"


def test_a_folder_to_throw_away_goes_with_its_block_or_with_the_next_of_its_kind():
    with throwaway("trial") as mine, throwaway("trial") as other:
        (mine / "file").write_text("x")
        assert mine.is_dir() and other.is_dir() and mine != other
    assert not mine.exists() and not other.exists()
    code = (
        "import os, signal; from sesync_cli.leftovers import throwaway\n"
        "with throwaway('trial') as folder:\n"
        "    print(folder, flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    left = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=HANG).stdout.strip()
    assert os.path.isdir(left)
    with throwaway("trial"):
        assert not os.path.lexists(left)


def test_many_who_throw_folders_away_at_once_do_not_disturb_each_other():
    code = (
        "import os; from sesync_cli.leftovers import throwaway\n"
        "for _ in range(500):\n"
        "    with throwaway('crowd') as folder: assert os.path.isdir(folder)"
    )
    crowd = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(3)]
    assert [one.wait(HANG) for one in crowd] == [0, 0, 0]
