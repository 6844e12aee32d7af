"""Locks between runs, and how one learns that another run has had one."""

import os
import subprocess
import sys
import time
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest

from sesync_cli.errors import NotReady
from sesync_cli.leftovers import partial
from sesync_cli.lock import alone, hold, key_of, lock_file
from tests.conftest import HANG
from tests.services.locks import held


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


def test_a_lock_folder_of_somebody_else_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "shared"))
    (tmp_path / "shared").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / f"shared/sesync-{os.getuid()}").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotReady), alone(tmp_path / "thing", nullcontext()):
        pass


def now():
    return time.monotonic_ns()


def test_a_lock_that_nobody_has_had_has_not_changed_hands(tmp_path):
    with hold([tmp_path / "thing"], nullcontext()) as had_since:
        assert not had_since(0)


def test_a_lock_that_another_run_has_had_meanwhile_has_changed_hands(tmp_path):
    before = now()
    with held(tmp_path / "thing") as other:
        during = now()
        other.communicate(timeout=HANG)
    with hold([tmp_path / "other", tmp_path / "thing"], nullcontext()) as had_since:
        assert had_since(before) and had_since(during) and not had_since(now())


def test_what_this_run_itself_has_held_has_not_changed_hands(tmp_path):
    before = now()
    with alone(tmp_path / "thing", nullcontext()):
        pass
    with hold([tmp_path / "thing"], nullcontext()) as had_since:
        assert not had_since(before)


def test_a_run_that_was_killed_may_have_held_its_lock_until_now(tmp_path):
    with held(tmp_path / "thing") as other:
        before = now()
        other.kill()
        other.wait()
    with hold([tmp_path / "thing"], nullcontext()) as had_since:
        assert had_since(before)
    with hold([tmp_path / "thing"], nullcontext()) as had_since:
        assert not had_since(now())


@pytest.mark.parametrize("text", ["", "nonsense", "12-34 soon", "\xff", "x " + "9" * 5000, "a b c"])
def test_a_note_of_the_last_hands_that_says_nothing_counts_as_a_change(tmp_path, text):
    with alone(tmp_path / "thing", nullcontext()):
        pass
    Path(f"{lock_file(key_of(tmp_path / 'thing'))}.last").write_bytes(text.encode("latin-1"))
    with hold([tmp_path / "thing"], nullcontext()) as had_since:
        assert had_since(now())


def test_several_locks_are_waited_for_under_one_word_and_all_let_go(tmp_path):
    things, words = [tmp_path / "one", tmp_path / "two", tmp_path / "three"], []
    with held(things[0]) as first, held(things[2]) as last:

        @contextmanager
        def waiting():
            words.append("waiting")
            first.stdin.close()
            last.stdin.close()
            yield
            words.append("over")

        with hold(things, waiting()):
            assert words == ["waiting", "over"]
            assert all((tmp_path / f"{name}.freed").exists() for name in ("one", "three"))
    for thing in things:
        with held(thing):
            pass


def test_two_who_want_the_same_locks_in_another_order_both_come_to_their_end(tmp_path):
    code = (
        "import sys; from pathlib import Path; from contextlib import nullcontext; from sesync_cli.lock import hold\n"
        "things = [Path(one) for one in sys.argv[1:]]\n"
        "for _ in range(200):\n    with hold(things, nullcontext()): pass"
    )
    words = [str(tmp_path / name) for name in "abc"]
    both = [subprocess.Popen([sys.executable, "-c", code, *order]) for order in (words, words[::-1])]
    assert [process.wait(timeout=HANG) for process in both] == [0, 0]


def seen_as_held(thing):
    """Whether another process finds this lock taken."""
    code = (
        "import sys; from pathlib import Path; from sesync_cli.lock import is_held, key_of\n"
        "print(is_held(key_of(Path(sys.argv[1]))))"
    )
    return subprocess.run([sys.executable, "-c", code, thing], capture_output=True, text=True, timeout=HANG).stdout


def test_a_lock_that_is_held_already_is_not_let_go_by_who_takes_it_again(tmp_path):
    with alone(tmp_path / "thing", nullcontext()):
        with hold([tmp_path / "thing", tmp_path / "more"], nullcontext()):
            assert (seen_as_held(tmp_path / "thing"), seen_as_held(tmp_path / "more")) == ("True\n", "True\n")
        assert (seen_as_held(tmp_path / "thing"), seen_as_held(tmp_path / "more")) == ("True\n", "False\n")
    assert seen_as_held(tmp_path / "thing") == "False\n"
