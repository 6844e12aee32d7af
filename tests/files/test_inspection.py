"""One file looked at, and what a site calls large."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sesync_cli.files.datasets import data_set_of
from sesync_cli.files.inspection import PLAIN, FileFacts, by_name, inspected, looked_into, with_parts
from sesync_cli.files.kinds import Kind
from sesync_cli.files.sizes import MB, is_big, is_mostly_output, refined
from sesync_cli.site.reading import load_site
from sesync_cli.site.settings import Site
from tests.conftest import needed_root

KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n-----END OPENSSH PRIVATE KEY-----\n"


@pytest.fixture
def rules(site) -> Site:
    site(where={"small_table_rows": 10, "large_mb": 10})
    return load_site(os.environ).site


def test_contents_tell_more_than_the_name(tmp_path):
    (tmp_path / "trees.csv").write_text("id,height\n1,2\n3,4\n")
    (tmp_path / "notes.txt").write_text(KEY)
    (tmp_path / "heat.py").write_text("1\n")
    trees, notes, heat = (inspected(str(tmp_path / name)) for name in ("trees.csv", "notes.txt", "heat.py"))
    assert (trees.kind, trees.rows, trees.exact, trees.bytes) == (Kind.TABLE, 2, True, 18)
    assert (notes.kind, heat.kind, heat.rows) == (Kind.SECRET, Kind.SOURCE, -1)


def test_what_is_no_file_is_not_opened(tmp_path):
    (tmp_path / "link.csv").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe.csv")
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(tmp_path / "s"))
    assert [inspected(str(tmp_path / name)).kind for name in ("link.csv", "pipe.csv", "s")] == [
        "link",
        *["special file"] * 2,
    ]
    assert inspected(str(tmp_path / "link.csv")).target == "nowhere"
    (tmp_path / "empty.py").touch()
    assert inspected(str(tmp_path / "empty.py"))[:3] == (str(tmp_path / "empty.py"), Kind.SOURCE, 0)
    with pytest.raises(FileNotFoundError):
        inspected(str(tmp_path / "gone"))


def test_what_cannot_be_read_is_what_its_name_says(tmp_path):
    for name in ("trees.csv", "roads.shp", "roads.dbf"):
        (tmp_path / name).write_text("a,b\n1,2\n")
        (tmp_path / name).chmod(0)
    with as_nobody(tmp_path):
        trees, roads = inspected(str(tmp_path / "trees.csv")), inspected(str(tmp_path / "roads.shp"))
        with pytest.raises(PermissionError):
            looked_into(trees, closely=True)
    assert (trees.kind, trees.bytes, trees.rows) == (Kind.TABLE, 8, -1)
    assert (roads.kind, roads.bytes) == (Kind.MAP, 16)


@contextmanager
def as_nobody(folder: Path) -> Iterator[None]:
    """What is done in the block is done by an account that may enter this folder, and no more."""
    needed_root()
    for one in (folder, *folder.parents[:3]):
        one.chmod(0o711 | one.stat().st_mode)
    folder.chmod(0o755)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_data_set_is_one_thing(tmp_path):
    for name, size in {"roads.shp": 100, "roads.SHX": 20, "roads.dbf": 3, "roads.txt": 7, "other.dbf": 9}.items():
        (tmp_path / name).write_bytes(b"x" * size)
    roads = inspected(str(tmp_path / "roads.shp"))
    assert (roads.kind, roads.bytes, roads.parts) == (Kind.MAP, 123, ("roads.SHX", "roads.dbf"))
    assert inspected(str(tmp_path / "roads.dbf")).parts == ()
    (tmp_path / "link.shp").symlink_to(tmp_path / "roads.shp")
    (tmp_path / "link.dbf").symlink_to(tmp_path / "roads.dbf")
    link = inspected(str(tmp_path / "link.shp"))
    assert (link.kind, link.parts, link.bytes) == (Kind.LINK, (), len(link.target))


def test_a_table_is_small_or_large_by_the_site_s_numbers(tmp_path, rules):
    (tmp_path / "small.csv").write_text("a,b\n" + "1,2\n" * 10)
    (tmp_path / "large.csv").write_text("a,b\n" + "1,2\n" * 11)
    kinds = [refined(inspected(str(tmp_path / name)), rules) for name in ("small.csv", "large.csv")]
    assert kinds == [Kind.SMALL_TABLE, Kind.LARGE_TABLE]
    # where nobody has counted, its length tells
    uncounted = FileFacts("x.parquet", Kind.TABLE, 10 * MB)
    assert (refined(uncounted, rules), is_big(uncounted, rules)) == (Kind.TABLE, False)
    assert refined(uncounted._replace(bytes=10 * MB + 1), rules) == Kind.LARGE_TABLE


def test_a_notebook_is_mostly_output(tmp_path):
    def notebook(name: str, out: int, source: int) -> FileFacts:
        cell = {"cell_type": "code", "source": "x" * source, "outputs": [{"text": "y" * out}]}
        (tmp_path / name).write_text(json.dumps({"cells": [cell]}))
        return inspected(str(tmp_path / name))

    full, long, short = notebook("a.ipynb", 2 * MB, 0), notebook("b.ipynb", 2 * MB, 3 * MB), notebook("c.ipynb", 10, 0)
    assert [is_mostly_output(one) for one in (full, long, short)] == [True, False, False]
    assert full.told > 2 * MB and short.told == 0


def test_from_afar_only_doubtful_and_large_files_are_read(tmp_path):
    def seen(name: str, contents: bytes) -> FileFacts:
        path = tmp_path / name
        path.write_bytes(contents)
        return looked_into(by_name(str(path), path.lstat()), closely=False)

    assert seen("photo.tif", b"id,height\n" * 10).kind == Kind.RASTER
    assert seen("settings.yml", KEY.encode()).kind == Kind.SECRET
    assert seen("data", b"SQLite format 3\0" + b"x" * 100).kind == Kind.DATABASE
    for name, size in {"small.png": PLAIN, "large.png": PLAIN + 1}.items():
        (tmp_path / name).write_bytes(b"x" * size)
        (tmp_path / name).chmod(0)
    small, large = (by_name(str(path), path.lstat()) for path in (tmp_path / "small.png", tmp_path / "large.png"))
    with as_nobody(tmp_path):
        assert looked_into(small, closely=False) == small
        with pytest.raises(PermissionError):
            looked_into(large, closely=False)


def test_a_small_shapefile_with_a_large_table_is_not_opened(tmp_path):
    (tmp_path / "roads.shp").write_text("x" * 500)
    (tmp_path / "roads.shp").chmod(0)
    (tmp_path / "roads.dbf").write_bytes(b"x" * 3 * PLAIN)
    path = str(tmp_path / "roads.shp")
    with as_nobody(tmp_path):
        file = looked_into(by_name(path, os.lstat(path), data_set_of(Path(path))), closely=False)
    assert (file.kind, with_parts(file).bytes) == (Kind.MAP, 3 * PLAIN + 500)


def test_nothing_is_looked_for_outside_the_folder(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("roads.shp", "roads.dbf"):
        Path(name).write_text("x")
    assert inspected("roads.shp").parts == ("roads.dbf",)
