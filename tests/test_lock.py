"""Locks between runs, and what killed runs leave."""

import os
import subprocess
import sys
import time
from contextlib import contextmanager, nullcontext

import pytest

from sesync_cli.errors import NotReady
from sesync_cli.lock import alone, is_unfinished, mark_finished, mark_unfinished, partial, sweep

HOLD = """
import sys
from contextlib import nullcontext
from pathlib import Path
from sesync_cli.lock import alone
with alone(Path(sys.argv[1]), nullcontext()):
    print("held", flush=True)
    sys.stdin.read()
    Path(sys.argv[1] + ".freed").touch()
"""


@contextmanager
def held(path):
    """Another process that holds the lock of this path, until its input ends; then there is a file beside it."""
    argv = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        try:
            assert holder.stdout.readline() == "held\n"
            yield holder
        finally:
            holder.kill()


def test_a_second_run_waits_for_the_first(tmp_path):
    freed, waited = tmp_path / "thing.freed", []

    with held(tmp_path / "thing") as holder:

        @contextmanager
        def waiting():
            waited.append(freed.exists())
            holder.stdin.close()
            yield

        with alone(tmp_path / "thing", waiting()):
            assert freed.exists()
    assert waited == [False]


def test_runs_on_different_things_do_not_wait(tmp_path):
    with held(tmp_path / "one") as holder, alone(tmp_path / "other", nullcontext()):
        assert holder.poll() is None and not (tmp_path / "one.freed").exists()


def test_the_same_thing_by_another_way_is_the_same_lock(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "way").symlink_to(tmp_path / "real")
    assert (
        partial(tmp_path / "real/x", tmp_path / "real/x").name == partial(tmp_path / "way/x", tmp_path / "way/x").name
    )


def test_a_killed_run_frees_its_lock(tmp_path):
    with held(tmp_path / "thing") as holder:
        holder.kill()
        holder.wait()
        with alone(tmp_path / "thing", nullcontext()):
            pass


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


def test_a_lock_folder_of_somebody_else_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "shared"))
    (tmp_path / "shared").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / f"shared/sesync-{os.getuid()}").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotReady), alone(tmp_path / "thing", nullcontext()):
        pass
