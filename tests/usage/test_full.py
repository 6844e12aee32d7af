"""sesync usage in a home that holds nothing more: it tells, it makes room, and it writes nothing first."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import needed
from tests.kernel.test_full import enter, tmpfs
from tests.services.btrfs import fill, limited
from tests.usage.test_usage import Run, du, own_caches, part, write  # noqa: F401

pytestmark = pytest.mark.usefixtures("site", "own_caches")


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home on a disk of 8 MB."""
    with tmpfs(tmp_path / "small", "8m") as home:
        yield enter(home, monkeypatch)


@pytest.fixture
def allotted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home with a quota of 8 MB on a disk with more room."""
    with limited(tmp_path / "image", tmp_path / "disk", "8M") as home:
        yield enter(home, monkeypatch)


@pytest.mark.parametrize("kind", ["small", "allotted"])
def test_a_full_home_is_told_and_cleaned(sesync: Run, request: pytest.FixtureRequest, kind: str):
    home: Path = request.getfixturevalue(kind)
    write(home / ".cache/pip/wheels/x", 1_000_000)
    write(home / ".local/share/Trash/files/folder/x", 2_000_000)
    write(home / ".local/share/Trash/files/y", 500_000)
    write(home / "work/.ipynb_checkpoints/old-checkpoint.ipynb", 500_000)
    fill(home)
    with pytest.raises(OSError):
        (home / "more").mkdir()
        (home / "more/file").write_bytes(os.urandom(500_000))
    document = sesync("usage", "--json").json
    assert document["bytes"] == du(home) and part(document, "trash")[""]["bytes"] > 2_500_000
    assert sesync("usage").code == 0
    result = sesync("usage", "--clean", "--yes", "--json")
    assert (result.code, result.json["warnings"][1:]) == (0, [])
    assert result.json["result"]["freed_bytes"] >= 4_000_000
    assert not (home / ".cache/pip").exists() and not list((home / ".local/share/Trash/files").iterdir())
    subprocess.run(["sync", "-f", str(home)], check=True)
    (home / "again").write_bytes(os.urandom(1_000_000))


def test_the_quota_of_a_subvolume_is_told(sesync: Run, allotted: Path):
    write(allotted / "x", 2_000_000)
    subprocess.run(["sync", "-f", str(allotted)], check=True)
    document = sesync("usage", "--json").json
    assert (document["quota_bytes"], document["quota_source"]) == (8 << 20, "system")
    assert 2_000_000 <= document["used_bytes"] <= 2_200_000
    assert "left of 8 MB, of which 2 MB are used" in sesync("usage").out


def test_whoever_is_near_the_quota_is_warned(sesync: Run, allotted: Path, nfs: Path):
    assert "has only" not in sesync("link", "cooltrees").err
    write(allotted / "x", 7_800_000)
    subprocess.run(["sync", "-f", str(allotted)], check=True)
    result = sesync("unlink", "cooltrees")
    assert result.code == 0
    assert "Warning: your home folder has only " in result.err
    assert " kB left, and 'sesync usage' shows what fills it" in result.err


def test_a_data_directory_with_a_quota_shows_what_is_left(sesync: Run, home: Path, nfs: Path, tmp_path: Path):
    with limited(tmp_path / "image", tmp_path / "disk", "20M") as folder:
        write(folder / "x", 5_000_000)
        subprocess.run(["sync", "-f", str(folder)], check=True)
        (nfs / "oaks-data").mkdir()
        subprocess.run(["mount", "--bind", folder, nfs / "oaks-data"], check=True)
        try:
            for name in ("oaks", "cooltrees"):
                sesync("link", name)
            oaks = {one["name"]: one for one in sesync("link", "--json").json}["oaks-data"]
            assert (oaks["quota_bytes"], oaks["total_bytes"]) == (20 << 20, 256_000_000 // 4096 * 4096)
            assert 5_000_000 <= oaks["used_bytes"] <= 5_200_000
            assert "  ok     16.0 MB of 21.0 MB\n" in sesync("link", env=os.environ | {"COLUMNS": "400"}).out
            document = sesync("usage", "oaks-data", "--json").json
            assert (document["quota_bytes"], document["quota_source"]) == (20 << 20, "system")
        finally:
            subprocess.run(["umount", "-l", nfs / "oaks-data"], check=True)


def test_anybody_may_ask_for_the_quota_of_a_subvolume(tmp_path: Path):
    asks = (
        "import fcntl, os, struct, sys\n"
        "opened = os.open(sys.argv[1], os.O_RDONLY)\n"
        "number, = struct.unpack_from('Q', fcntl.ioctl(opened, 0x81F8943C, bytes(504)))\n"
        "words = fcntl.ioctl(opened, 0x8400941F, bytes(1024))[16:32].hex()\n"
        "uuid = '-'.join((words[:8], words[8:12], words[12:16], words[16:20], words[20:]))\n"
        "print(open(f'/sys/fs/btrfs/{uuid}/qgroups/0_{number}/max_referenced').read())\n"
    )
    tmp_path.chmod(0o755)
    with limited(tmp_path / "image", tmp_path / "disk", "8M") as folder:
        opened = os.open(folder, os.O_RDONLY)
        argv = [needed("setpriv"), "--reuid", "12345", "--clear-groups", "/usr/bin/python3", "-c", asks]
        done = subprocess.run([*argv, f"/dev/fd/{opened}"], pass_fds=[opened], capture_output=True, text=True)
        os.close(opened)
        assert done.stdout.strip() == str(8 << 20), done.stderr
