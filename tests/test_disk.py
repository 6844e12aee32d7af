"""File systems that are full, and what is said about them."""

import errno
import subprocess

import pytest

from sesync_cli.disk import full_in, full_place, need_room, no_room, room, system_failure
from sesync_cli.errors import NoRoom, Refused
from tests.conftest import needed_root


@pytest.fixture
def small(tmp_path):
    """A file system of one megabyte."""
    needed_root()
    mount = tmp_path / "small"
    mount.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", mount], check=True)
    yield mount
    subprocess.run(["umount", mount], check=True)


def test_the_numbers_are_those_of_df(small):
    (small / "file").write_bytes(b"x" * 500_000)
    here = room(small / "not/yet/there")
    out = subprocess.run(["df", "-B1", "--output=target,size,used,avail", small], capture_output=True, text=True).stdout
    mount, *numbers = out.splitlines()[1].split()
    assert (str(here.mount), here.total, here.used, here.free) == (mount, *map(int, numbers))


def test_the_error_names_the_file_system_and_what_is_used(small):
    with pytest.raises(OSError) as caught:
        (small / "file").write_bytes(b"x" * 2_000_000)
    error = system_failure(caught.value, small)
    assert isinstance(error, NoRoom)
    assert f"the file system {small} is full (1 MB of 1 MB used)" in str(error)


def test_what_cannot_fit_is_not_begun(small):
    with pytest.raises(NoRoom, match=r"this takes about 30\.0 MB, and .*/small has 1 MB free"):
        need_room([(10_000_000, small), (20_000_000, small)])


def test_over_quota_says_that_the_disk_has_room(tmp_path):
    assert "the disk itself has" in str(no_room(tmp_path, errno.EDQUOT))


def test_other_errors_of_the_system():
    assert isinstance(system_failure(PermissionError(errno.EACCES, "Permission denied", "/x"), None), Refused)
    assert "read-only" in str(system_failure(OSError(errno.EROFS, "Read-only file system", "/x"), None))
    assert system_failure(OSError(errno.EBADF, "Bad file descriptor", "/x"), None) is None


def test_a_programs_words_are_understood():
    assert full_in("cp: error writing 'x': No space left on device") == errno.ENOSPC
    assert full_in("OSError: [Errno 122] Disk quota exceeded: 'x'") == errno.EDQUOT
    assert full_in("failed to write to the cache: Quota exceeded (os error 122)") == errno.EDQUOT
    assert full_in("OSError: [Errno 28] Auf dem Gerät ist kein Speicherplatz mehr verfügbar") == errno.ENOSPC
    assert full_in("[Errno 2] No such file or directory") is None


def test_what_is_neither_home_nor_for_temporary_files_has_advice_of_its_own(small, home, sesync):
    with pytest.raises(OSError):
        (small / "file").write_bytes(b"x" * 2_000_000)
    hint = no_room(small / "not/there", errno.ENOSPC).hint
    assert hint == f"Make room there first: 'sesync usage {small}' shows what fills it."
    assert sesync("usage", small).code == 0


def test_a_full_place_is_found_by_a_programs_words_or_by_what_is_free(small, tmp_path):
    for said in (
        f"OSError: [Errno 28] No space left on device: '{small}/a b/c'",
        f"{small}/ccX1.s: No space left on device",
        f"failed to copy file from `{tmp_path}/x` to `{small}/y`: No space left on device (os error 28)",
        "error: could not write 'build/x.o': No space left on device",
    ):
        assert room(full_place(said, tmp_path, small)).mount == small
    (small / "file").write_bytes(b"x" * 1_000_000)
    assert full_place("No space left on device: '/nowhere/x'", tmp_path, small) == small


def test_numbers_of_files_are_told_where_they_are_what_is_used_up(small):
    subprocess.run(["mount", "-o", "remount,nr_inodes=10", small], check=True)
    with pytest.raises(OSError):
        for number in range(20):
            (small / f"file{number}").touch()
    assert "is full (it takes no more files than the 10 that it has)" in str(no_room(small, errno.ENOSPC))


def test_numbers_that_do_not_explain_it_are_left_out(small):
    assert str(no_room(small / "x", errno.ENOSPC)) == f"the file system {small} is full, while writing below {small}/x"
