"""sesync usage: each byte is counted once, where it belongs."""

import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import HANG, SESYNC, Ended, needed_root
from tests.kernel import ground
from tests.kernel.test_remove import made
from tests.link.test_servers import AS_ANYBODY, OTHER

pytestmark = pytest.mark.usefixtures("site")
Run = Callable[..., Ended]


def write(path: Path, size: int = 10_000) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(os.urandom(size))
    return path


def du(*paths: Path) -> int:
    """What du counts, in bytes."""
    said = subprocess.run(["du", "-scx", "-B1", *paths], capture_output=True).stdout
    return int(said.splitlines()[-1].split()[0])


def part(document: Any, kind: str) -> dict[str, Any]:
    """The parts of a kind by name; the whole of it is named ''."""
    (group,) = (one for one in document["parts"] if one["kind"] == kind)
    return {"": group} | {one["name"] or one["kind"]: one for one in group["parts"]}


@pytest.fixture
def full(home: Path) -> Path:
    """A home with something of everything."""
    write(home / "heat/raw/trees.csv", 8_000_000)
    write(home / "heat/notes.md")
    write(home / "heat/.git/objects/pack/x")
    write(home / "heat/.ipynb_checkpoints/old-checkpoint.ipynb")
    write(home / ".cache/pip/http-v2/x", 20_000)
    write(home / ".cache/uv/archive-v0/a/x")
    write(home / ".cache/huggingface/x")
    write(home / ".local/lib/python3.11/site-packages/x.py")
    write(home / ".local/share/Trash/files/gone.csv", 30_000)
    write(home / ".sesync-partial-0123456789abcdef-elsewhere_0-clone/x")
    made(home, "trees")
    write(ground.environments(home) / "trees/lib/python3.11/site-packages/alone.py")
    shared = ground.environments(home) / "trees/lib/python3.11/site-packages/shared.py"
    os.link(home / ".cache/uv/archive-v0/a/x", shared)
    return home


@pytest.fixture
def own_caches(monkeypatch: pytest.MonkeyPatch) -> None:
    """The caches of uv and pip in the home, where people have them."""
    monkeypatch.delenv("UV_CACHE_DIR")
    monkeypatch.delenv("PIP_CACHE_DIR")


def test_the_keys_of_the_json(sesync: Run, full: Path, own_caches):
    document = sesync("usage", "--json").json
    assert list(document) == [
        *("path", "bytes", "files", "quota_bytes", "used_bytes", "quota_source", "free_bytes", "total_bytes"),
        *("quota_files", "used_files", "free_files"),
        *("parts", "advice", "largest", "unreadable", "not_entered"),
    ]
    assert list(document["parts"][0]) == ["kind", "name", "path", "bytes", "shared_bytes", "files", "parts"]
    assert (document["path"], document["quota_bytes"], document["quota_source"]) == (str(full), 20_000_000_000, "site")
    assert document["used_bytes"] == document["bytes"]
    assert 0 < document["free_bytes"] <= document["total_bytes"]
    assert document["largest"] == [
        {"path": f"{full}/heat/raw/trees.csv", "bytes": du(full / "heat/raw/trees.csv"), "kind": "other"}
        | {"companions": []}
    ]
    assert (document["unreadable"], document["not_entered"]) == ([], [])


def test_every_byte_is_in_one_part(sesync: Run, full: Path, own_caches):
    document = sesync("usage", "--json").json
    kinds = {one["kind"] for one in document["parts"]}
    assert kinds == {"kernels", "caches", "local", "trash", "checkpoints", "git", "data", "leftovers", "rest"}
    assert document["bytes"] == du(full) == sum(one["bytes"] for one in document["parts"])
    assert document["files"] == sum(len(folders) + len(files) for _, folders, files in os.walk(full))
    for group in document["parts"]:
        assert group["bytes"] == sum(one["bytes"] for one in group["parts"])
    assert part(document, "trash")[""]["bytes"] == du(full / ".local/share/Trash")
    assert part(document, "git")["heat"]["bytes"] == du(full / "heat/.git")
    assert part(document, "checkpoints")[""]["bytes"] == du(full / "heat/.ipynb_checkpoints")
    assert part(document, "data")["raw"]["bytes"] == du(full / "heat/raw/trees.csv")
    assert part(document, "caches")["pip"]["bytes"] == du(full / ".cache/pip")
    assert part(document, "caches")["huggingface"]["bytes"] == du(full / ".cache/huggingface")


def test_the_site_says_what_is_large(sesync: Run, site, home: Path):
    write(home / "work/trees.csv", 2_000_000)
    assert [one["kind"] for one in sesync("usage", "--json").json["parts"]] == ["rest"]
    site(where={"large_mb": 1})
    assert "data" in [one["kind"] for one in sesync("usage", "--json").json["parts"]]
    site(where={"large_mb": 100})
    write(home / "work/trees.csv", 8_000_000)
    assert [one["kind"] for one in sesync("usage", "--json").json["parts"]] == ["rest"]


def test_what_kernels_and_caches_share_is_counted_once(sesync: Run, full: Path, own_caches):
    document = sesync("usage", "--json").json
    environment, file = ground.environments(full) / "trees", full / ".cache/uv/archive-v0/a/x"
    kernels = part(document, "kernels")
    assert kernels["shared"]["bytes"] == du(file)
    assert kernels["trees"]["bytes"] == du(environment) - du(file)
    assert kernels["trees"]["shared_bytes"] == part(document, "caches")["uv"]["shared_bytes"] == du(file)


def test_the_tree(sesync: Run, full: Path, own_caches):
    result = sesync("usage")
    assert result.code == 0
    lines = result.out.splitlines()
    assert lines[0].split(maxsplit=3)[2:] == [
        "~",
        f"20.0 GB left of 20.0 GB, {sum(len(one[1]) + len(one[2]) for one in os.walk(full))} files",
    ]
    assert "     8 MB  ├─ data that belongs elsewhere  'sesync where' says where" in lines
    assert "     8 MB  │  └─ ~/heat/raw" in lines
    assert "     8 MB  └─ ~/heat/raw/trees.csv  other" in lines
    assert any(line.endswith("├─ JupyterLab's trash") for line in lines)


@pytest.mark.parametrize("columns", [80, 40])
def test_a_narrow_terminal_breaks_no_line(terminal, full: Path, own_caches, columns: int):
    write(full / ("a folder with a name that is too long for any terminal that people have " * 2) / "x", 9_000_000)
    seen = terminal("usage", columns=columns, rows=100)
    assert seen.ended() == 0
    lines = seen.screen.splitlines()
    assert max(map(len, lines)) <= columns
    assert all(line[9:11] == "  " for line in lines[: lines.index("") - 1])
    assert "JupyterLab's trash" in seen.screen


def test_over_quota(sesync: Run, site, full: Path):
    site(home={"quota_gb": 1})
    with (full / "large").open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, 1_000_000_000)
    assert "~  over your quota of 1.0 GB" in sesync("usage").out


def test_an_empty_home(sesync: Run, home: Path):
    assert sesync("usage").out.splitlines()[0].split()[2] == "~"
    assert sesync("usage", "--json").json["bytes"] == du(home)


def test_a_folder_a_file_and_a_link(sesync: Run, full: Path):
    (full / "way").symlink_to("heat")
    (full / "file").symlink_to("heat/raw/trees.csv")
    for path in ("heat", "~/heat", f"{full}/heat/", "way"):
        document = sesync("usage", path, "--json").json
        assert (document["path"], document["bytes"]) == (str(full / "heat"), du(full / "heat"))
        assert document["quota_bytes"] is None
    for path in ("heat/raw/trees.csv", "file"):
        document = sesync("usage", path, "--json").json
        assert (document["bytes"], document["files"]) == (du(full / "heat/raw/trees.csv"), 1)
    assert sesync("usage", "way").out.splitlines()[0].split()[2] == "~/heat"


def test_a_part_of_something_is_what_the_whole_is(sesync: Run, full: Path, own_caches):
    document = sesync("usage", ".cache/uv/archive-v0", "--json").json
    assert [one["kind"] for one in document["parts"]] == ["caches"]
    document = sesync("usage", ground.environments(full) / "trees/lib", "--json").json
    assert part(document, "kernels")["trees"]["bytes"] == du(ground.environments(full) / "trees/lib")


def test_data_belongs_into_a_data_directory(sesync: Run, nfs: Path, home: Path):
    write(nfs / "cooltrees-data/trees.csv", 6_000_000)
    (home / "cooltrees-data").symlink_to(nfs / "cooltrees-data")
    document = sesync("usage", "cooltrees-data", "--json").json
    assert [one["kind"] for one in document["parts"]] == ["rest"]
    assert document["bytes"] == du(nfs / "cooltrees-data")
    wide = {**os.environ, "COLUMNS": "400"}
    assert "free on its disk" in sesync("usage", "cooltrees-data", env=wide).out


@pytest.mark.parametrize("path", ["nowhere", "file/x", "circle"])
def test_what_is_not_there(sesync: Run, home: Path, path: str):
    write(home / "file")
    (home / "circle").symlink_to("circle")
    result = sesync("usage", path, "--json")
    assert (result.code, result.json["error"]["kind"]) == (1, "not-found")


def odd_tree(home: Path) -> Path:
    """Everything that makes walkers stumble."""
    odd = home / "odd"
    for name in (b"two\nlines", b"quo'te\"", b"caf\xe9", b"[bold]x", b"-rf", "wald-äöü".encode()):
        folder = os.path.join(os.fsencode(odd), name)
        os.makedirs(folder)
        with open(os.path.join(folder, name), "wb") as file:
            file.write(b"x" * 5000)
    (odd / "loop").symlink_to(".")
    (odd / "out").symlink_to("/")
    (odd / "lost").symlink_to("nowhere")
    os.mkfifo(odd / "fifo")
    with socket.socket(socket.AF_UNIX) as server:
        before = os.getcwd()
        os.chdir(odd)
        server.bind("socket")
        os.chdir(before)
    with (odd / "sparse").open("wb") as file:
        file.truncate(4 << 30)
        file.write(b"x" * 4096)
    os.link(odd / "sparse", odd / "sparse too")
    return odd


def deep_tree(top: Path, depth: int, name: str) -> None:
    """Folders in folders, whose paths are longer than the system takes."""
    here = os.open(top, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir(name, dir_fd=here)
        below = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(os.open("file", os.O_WRONLY | os.O_CREAT, dir_fd=here))
    os.close(here)


def test_odd_trees_are_counted_as_du_counts_them(sesync: Run, home: Path):
    odd = odd_tree(home)
    result = sesync("usage", "odd")
    assert (result.code, result.err) == (0, "")
    assert all(name in result.out for name in ("two\\nlines\n", "caf\\udce9\n", "[bold]x\n", "-rf\n", "quo'te\"\n"))
    deep_tree(odd, 300, "a folder of forty letters in the depths ")
    assert sesync("usage", "--json").json["bytes"] == du(home)
    document = sesync("usage", "odd", "--json").json
    assert document["bytes"] == du(odd) < 10_000_000
    assert document["unreadable"] == []


def test_many_links_and_many_processes_make_one_sum(sesync: Run, home: Path):
    for number in range(300):
        file = write(home / f"work/{number % 7}/{number}/a", 5000)
        for other in range(3):
            os.link(file, file.with_name(f"b{other}"))
        os.link(file, home / f"work/x{number}")
    assert sesync("usage", "--json").json["bytes"] == du(home)


def test_a_large_file_with_several_names_is_named_once(sesync: Run, home: Path):
    file = write(home / "a/large", 6_000_000)
    for number in range(20):
        (home / f"{number}").mkdir()
        os.link(file, home / f"{number}/large")
    assert len(sesync("usage", "--json").json["largest"]) == 1


def test_the_ten_largest_files(sesync: Run, home: Path):
    for number in range(14):
        with write(home / f"{number % 3}/{number}.bin", 0).open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, 6_000_000 + number * 100_000)
    largest = sesync("usage", "--json").json["largest"]
    assert [Path(one["path"]).name for one in largest] == [f"{number}.bin" for number in range(13, 3, -1)]


@pytest.fixture
def disk(home: Path) -> Iterator[Path]:
    """Another file system in the home."""
    needed_root()
    disk = home / "work/disk"
    disk.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=10m", "tmpfs", disk], check=True)
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def test_other_file_systems_are_not_entered_and_named(sesync: Run, home: Path, disk: Path):
    write(disk / "x", 1_000_000)
    document = sesync("usage", "--json").json
    assert (document["not_entered"], document["bytes"]) == ([str(disk)], du(home))
    assert "  ~/work/disk\n" in sesync("usage").out
    assert sesync("usage", "work/disk", "--json").json["bytes"] == du(disk)


def test_the_data_root_is_not_entered(sesync: Run, site, home: Path):
    site(data={"path": f"{home}/nfs/{{project}}-data"})
    write(home / "nfs/cooltrees-data/x", 1_000_000)
    document = sesync("usage", "--json").json
    assert document["not_entered"] == [f"{home}/nfs"]
    assert document["bytes"] < 100_000


def test_what_may_not_be_read_is_named(sesync: Run, home: Path):
    needed_root()
    for name, mode in (("closed", 0o700), ("named", 0o744)):
        write(home / name / "x")
        os.chown(home / name, OTHER, OTHER)
        (home / name).chmod(mode)
    result = sesync("usage", "--json", prefix=AS_ANYBODY)
    assert result.json["unreadable"] == [
        {"path": f"{home}/{name}", "problem": "Permission denied"} for name in ("closed", "named")
    ]
    assert "  ~/closed: Permission denied\n" in sesync("usage", prefix=AS_ANYBODY).out
    result = sesync("usage", "closed", prefix=AS_ANYBODY)
    assert (result.code, "Error: you may not read ~/closed" in result.err) == (1, True)


def test_home_may_be_a_link(sesync: Run, full: Path, tmp_path: Path, own_caches, monkeypatch):
    (tmp_path / "way").symlink_to(full)
    monkeypatch.setenv("HOME", str(tmp_path / "way"))
    document = sesync("usage", "--json").json
    assert document["quota_bytes"] and part(document, "caches")["pip"]["bytes"]
    assert sesync("usage").out.splitlines()[0].split()[2] == "~"


def test_it_writes_nothing(sesync: Run, full: Path, own_caches):
    before = sorted(full.rglob("*"))
    sesync("usage")
    sesync("usage", "--clean", "-n")
    assert sorted(full.rglob("*")) == before


def test_it_works_without_a_standard_input(site, home: Path):
    write(home / "data.csv", 1_000)
    ended = subprocess.run(["sh", "-c", 'exec "$0" usage <&-', SESYNC], capture_output=True, text=True, timeout=HANG)
    assert (ended.returncode, ended.stderr) == (0, "")
