"""sesync report PATH: why somebody may not read or write there."""

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Ended, needed, needed_root
from tests.services.fuse import hang, served

Run = Callable[..., Ended]
OTHER = 4711  # a user that nobody is
ANYBODY = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search")


@pytest.fixture
def place(nfs: Path) -> Path:
    """A folder that is somebody else's."""
    needed_root()
    needed("setpriv")
    os.chown(nfs / "cooltrees-data", OTHER, 4)  # the group adm is on every Debian
    return nfs / "cooltrees-data"


def says(sesync: Run, path: Path) -> str:
    """What the mail says of a path, of somebody who is not almighty."""
    done = sesync("report", path, prefix=ANYBODY)
    assert done.code == 0, done.err
    return done.out.splitlines()[4].strip()


def shown(sesync: Run, path: Path | str, *, prefix: tuple[str, ...] = ()) -> str:
    """The mail about a path with which something else is wrong."""
    return sesync("report", path, "it is slow", prefix=prefix).out


def test_the_group_that_one_is_not_in_is_named(sesync: Run, place: Path) -> None:
    place.chmod(0o770)
    assert says(sesync, place) == f"I may not read or write {place}: I am not in its group 'adm'"
    place.chmod(0o755)
    assert says(sesync, place) == f"I may not write {place}: its mode does not let the group 'adm'"
    assert f"drwxr-xr-x {OTHER} adm {place}" in shown(sesync, place)


def test_a_folder_on_the_way_that_is_closed_is_named(sesync: Run, place: Path) -> None:
    (place / "deep").mkdir()
    place.chmod(0o700)
    assert says(sesync, place / "deep/x") == f"I may not reach {place}/deep/x: I may not enter {place}"


def test_what_is_not_there_and_links(sesync: Run, nfs: Path, home: Path) -> None:
    (home / "data").symlink_to(nfs / "cooltrees-data")
    assert says(sesync, home / "data/x") == f"there is no {nfs}/cooltrees-data/x"
    assert f"{home}/data leads to {nfs}/cooltrees-data" in shown(sesync, "~/data")


def test_an_access_control_list_is_told(sesync: Run, place: Path) -> None:
    needed("setfacl")
    done = subprocess.run(["setfacl", "-m", "user:daemon:r-x", place], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "access control list: user:daemon:r-x, mask::r-x" in shown(sesync, place)


def test_a_read_only_file_system_is_named(sesync: Run, nfs: Path) -> None:
    needed_root()
    place = nfs / "cooltrees-data"
    subprocess.run([needed("mount"), "-t", "tmpfs", "-o", "ro,size=1m", "tmpfs", place], check=True)
    try:
        assert says(sesync, place) == f"I may not write {place}: its file system is read-only"
        assert f"mounted at {place} (tmpfs): " in sesync("report", place).out
    finally:
        subprocess.run([needed("umount"), "-l", place], check=True)


def test_a_server_that_hangs_or_is_dead_is_told_and_not_waited_for(
    sesync: Run, site: Callable[..., Path], nfs: Path, tmp_path: Path
) -> None:
    site(data={"patience_seconds": 0.5})
    place = nfs / "cooltrees-data"
    (tmp_path / "export").mkdir()
    with served(tmp_path / "export", place) as server:
        hang(server)
        assert says(sesync, place / "maps") == f"{place}/maps does not answer within 0.5 seconds"
        server.send_signal(signal.SIGKILL)
        server.wait()
        site(data={"patience_seconds": 30.0})
        assert says(sesync, place / "maps") == f"{place}: Transport endpoint is not connected"


def with_a_mount_named_in_bytes(at: Path) -> tuple[str, ...]:
    """What runs a program where a file system is mounted at this place, which nobody else sees."""
    needed_root()
    at.mkdir()
    script = 'mount -t tmpfs -o size=1m tmpfs "$0" && exec "$@"'
    return (needed("unshare"), "--mount", "sh", "-c", script, str(at))


def test_a_mount_whose_name_is_not_utf_8_is_no_silence(sesync: Run, nfs: Path) -> None:
    place, odd = nfs / "cooltrees-data", nfs / os.fsdecode(b"caf\xe9 \\n 1")
    prefix = with_a_mount_named_in_bytes(odd)
    assert f"I may read and write {place}" in shown(sesync, place, prefix=prefix)
    name = f"{nfs}/caf\\udce9 \\n 1"
    within = shown(sesync, odd, prefix=prefix)
    assert f"mounted at {name} (tmpfs): 1 MB of 1 MB free" in within and f"I may read and write {name}" in within


def test_a_mail_about_such_a_name_can_be_saved_and_linked(sesync: Run, nfs: Path, home: Path) -> None:
    odd = nfs / os.fsdecode(b"caf\xe9")
    odd.mkdir()
    assert sesync("report", odd, "slow", "-o", "mail.txt", "--yes").code == 0
    assert "caf\\udce9" in (home / "mail.txt").read_text()
    assert "caf%5Cudce9" in sesync("report", odd, "slow", "--link").out
    assert "caf\\udce9" in sesync("report", odd, "slow", "--json").json["body"]
