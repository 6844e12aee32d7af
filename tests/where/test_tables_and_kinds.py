"""What tables and files with doubtful names are, and how many rows: asked of the whole command line."""

import bz2
import gzip
import io
import lzma
import os
import random
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.where.conftest import BIG, TIFF

PACKERS = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}
HEADING = b"id,site,height\n"


def rows_of_text(first: int, number: int) -> bytes:
    """Rows of a table of trees, of 20 bytes each at most."""
    return b"".join(
        b"%d,plot %d,%d.%d\n" % (row, row % 90, row * 7 % 40, row % 10) for row in range(first, first + number)
    )


def zipped(content: bytes, name: str = "trees.csv") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


# ---- packed tables


@pytest.mark.parametrize("rows", [7, 3000, 150_000])
@pytest.mark.parametrize("suffix", ["csv", "tsv", "txt"])
def test_a_packed_table_is_told_as_the_plain_one(advised, home, suffix, rows):
    content = (HEADING + rows_of_text(0, rows)).replace(b",", b"," if suffix == "csv" else b"\t")
    (home / f"trees.{suffix}").write_bytes(content)
    (home / f"trees.{suffix}.zip").write_bytes(zipped(content, f"trees.{suffix}"))
    for end, packed in PACKERS.items():
        (home / f"trees.{suffix}.{end}").write_bytes(packed(content))
    names = [f"trees.{suffix}", *(f"trees.{suffix}.{end}" for end in ("zip", *PACKERS))]
    said = advised(*names)
    told = {name: (said[name]["kind"], said[name]["rows"], said[name]["should"], said[name]["why"]) for name in names}
    assert set(told.values()) == {told[names[0]]}
    assert told[names[0]][:2] == ("small table" if rows < 500 else "large table", rows)
    [command] = {one["command"] for one in said.values()}
    assert (command or "").startswith("sesync put --move ") == (rows >= 500)


def test_a_table_that_only_says_that_it_is_packed_is_counted_all_the_same(advised, home):
    (home / "trees.csv.gz").write_bytes(HEADING + rows_of_text(0, 700))  # a browser has unpacked it
    (home / "oaks.csv").write_bytes(gzip.compress(HEADING + rows_of_text(0, 700)))
    (home / "elms").write_bytes(gzip.compress(HEADING + rows_of_text(0, 700)))
    said = advised("trees.csv.gz", "elms", "oaks.csv")
    assert {(one["kind"], one["rows"]) for one in said.values()} == {("large table", 700)}


def test_an_archive_of_several_tables_has_no_rows(advised, home):
    with zipfile.ZipFile(home / "trees.csv.zip", "w") as archive:
        for name in ("a.csv", "b.csv"):
            archive.writestr(name, HEADING + rows_of_text(0, 700))
    (home / "locked.csv.gz").write_bytes(gzip.compress(HEADING + rows_of_text(0, 90_000))[:-9000])
    said = advised("trees.csv.zip", "locked.csv.gz")
    assert {(one["kind"], one["rows"]) for one in said.values()} == {("table", None)}


# ---- rows of large tables

MILLIONS = 100_000_000


def one_member(path: Path, pieces: Iterator[tuple[bytes, int]]) -> int:
    """A gzip file in one piece of what is told so many times each; how many bytes it unpacks to.

    What is told again is packed once: each piece ends where another can follow.
    """
    size = sum_of_all = 0
    with open(path, "wb") as file:
        file.write(b"\x1f\x8b\x08\0\0\0\0\0\0\xff")
        for piece, times in pieces:
            packer = zlib.compressobj(1, wbits=-15)
            packed = packer.compress(piece) + packer.flush(zlib.Z_FULL_FLUSH)
            for _ in range(times):
                file.write(packed)
                sum_of_all = zlib.crc32(piece, sum_of_all)
                size += len(piece)
        file.write(b"\x03\0" + struct.pack("<LL", sum_of_all, size & 0xFFFFFFFF))
    return size


def members(path: Path, pieces: Iterator[tuple[bytes, int]]) -> int:
    """The same in many pieces, as 'cat a.gz b.gz' makes them."""
    size = 0
    with open(path, "wb") as file:
        for piece, times in pieces:
            packed = gzip.compress(piece, 1)
            for _ in range(times):
                file.write(packed)
                size += len(piece) * times
    return size


def alike() -> Iterator[tuple[bytes, int]]:
    """A hundred million rows of one kind."""
    yield HEADING, 1
    yield rows_of_text(3_000_000, 50_000), MILLIONS // 50_000


def longer() -> Iterator[tuple[bytes, int]]:
    """As many whose numbers become longer, as those of a counter do."""
    yield HEADING, 1
    for power in range(1, 8):
        first, last = 10**power, 10 ** (power + 1)
        number = min(50_000, last - first)
        yield rows_of_text(first, number), (last - first) // number
    yield rows_of_text(0, 10), 1


@pytest.mark.parametrize("pieces", [alike, longer])
@pytest.mark.parametrize("write", [one_member, members])
def test_a_hundred_million_rows_in_a_packed_table_are_told_well(sesync, advised, home, write, pieces):
    write(home / "trees.csv.gz", pieces())
    said = advised("trees.csv.gz")["trees.csv.gz"]
    assert (said["kind"], said["rows_exact"]) == ("large table", False)
    assert 0.9 < said["rows"] / MILLIONS < 1.1


@pytest.mark.parametrize("suffix", ["xz", "bz2", "zip"])
def test_many_rows_are_told_well_however_they_are_packed(advised, home, suffix):
    content = HEADING + rows_of_text(0, 1_500_000)
    packed = (
        zipped(content)
        if suffix == "zip"
        else (lzma.compress(content, preset=0) if suffix == "xz" else bz2.compress(content))
    )
    (home / f"trees.csv.{suffix}").write_bytes(packed)
    assert 0.9 < advised(f"trees.csv.{suffix}")[f"trees.csv.{suffix}"]["rows"] / 1_500_000 < 1.1


LONG = 31_000_000
LINES = {
    "one.csv": b"id,site\n" + b"x" * LONG,
    "only.csv": b"x" * LONG,
    "three.csv": b"id,site\n" + (b"1," + b"x" * (LONG // 3) + b"\n") * 3,
    "wide.csv": (b"1," * 50_000 + b"1\n") * 310,
    "one.jsonl": b'{"site": "' + b"x" * LONG + b'"}',
    "last.csv": b"id,site\n" + b"1,2\n" * 40 + b"x" * LONG,
}


@pytest.mark.parametrize("name", LINES)
def test_a_table_of_few_long_lines_is_never_of_no_rows(sesync, advised, home, name):
    (home / name).write_bytes(LINES[name])
    said = advised(name)[name]
    assert (said["kind"], said["should"]) == ("large table", "data directory")
    assert said["rows"] is None or said["rows"] > 0
    if name == "wide.csv":
        assert 290 < said["rows"] < 330
    seen = sesync("where", name).out
    assert "about 0" not in seen and " 0 rows" not in seen


# ---- names of several kinds


def test_a_table_of_mapinfo_is_map_data_and_one_with_tabs_a_table(advised, write, home):
    write(home / "trees.tab", "id\theight\n" + "1\t2\n" * 20)
    write(home / "roads.tab", "!table\n!version 300\n!charset Neutral\n\nDefinition Table\n")
    for part in ("dat", "map", "id"):
        write(home / f"roads.{part}", b"x" * 2_000_000)
    write(home / "alone.TAB", "!Table\r\n!Version 450\r\n!Charset WindowsLatin1\r\n")
    write(home / "image.tab", '!table\n!version 300\n\nDefinition Table\n  File "scan.tif"\n  Type "RASTER"\n')
    said = advised("trees.tab", "roads.tab", "alone.TAB", "image.tab")
    assert {name: one["kind"] for name, one in said.items()} == {
        "trees.tab": "small table",
        **dict.fromkeys(("roads.tab", "alone.TAB", "image.tab"), "map data"),
    }
    assert said["roads.tab"]["bytes"] > BIG and said["roads.tab"]["should"] == "data directory"
    assert advised("roads.dat") == {"roads.tab": said["roads.tab"]}


def test_a_raster_of_idrisi_is_told_from_a_text(advised, write, home):
    write(home / "cover.rst", random.randbytes(BIG))
    write(home / "cover.rdc", "file format : IDRISI Raster A.1\n")
    write(home / "lone.rst", bytes(range(256)) * 24_000)
    write(home / "index.rst", "Title\n=====\n\n.. toctree::\n")
    write(home / "long.rst", "Gr\u00fc\u00dfe\n=====\n\n" + "Text, and more of it.\n" * 300_000)
    said = advised("cover.rst", "lone.rst", "index.rst", "long.rst")
    assert {name: one["kind"] for name, one in said.items()} == {
        **dict.fromkeys(("cover.rst", "lone.rst"), "raster or array"),
        **dict.fromkeys(("index.rst", "long.rst"), "document"),
    }


TABLES = {
    "blanks.txt": ("station year rain\n", "KBWI 1990 3.5\n"),
    "blanks.dat": ("", "  1   2.5  -9.99\n"),
    "aligned.prn": ("   id    height\n", "    1    20.500\n"),
    "tabs.txt": ("id\theight\n", "1\t20.5\n"),
    "semicolons.dat": ("id;height;note\n", "1;20,5;oak, old\n"),
    "exponents.out": ("", " 1.0000E+00 2.5D+03 NaN\n"),
    "quoted.txt": ("id,note\n", '1,"a, b"\n'),
    "dates.txt": ("date time level\n", "2024-01-01 00:10 3.25\n"),
    "spectrum.asc": ("", "400.5 0.125\n"),
    "excel.csv": ("sep=;\nid;height\n", "1;2,5\n"),
    "ghcn.dly": ("", "USC00011084 -9999 12 0 6\n"),
    "points.xyz": ("", "1.0 2.0 3.0\n"),
    "comments.dat": ("# buoy 44009\n#YY MM DD WSPD\n", "2024 01 01 5.5\n"),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_of_text_is_one_whatever_separates_its_cells(advised, home, name):
    heading, row = TABLES[name]
    (home / name).write_text(heading + row * 3000)
    said = advised(name)[name]
    assert (said["kind"], said["should"]) == ("large table", "data directory")
    assert said["rows"] == 3000


TEXTS = {
    "login.csv": "<!DOCTYPE html>\n<html>\n<head><title>Sign in</title></head>\n</html>\n",
    "letter.txt": "Dear group,\n\nhere is the text, as told.\nYours, J.\n" * 300,
    "words.txt": "one two three\nfour five six\nseven eight nine\n" * 1000,
    "list.txt": "".join(f"sample-{number}\n" for number in range(3000)),
    "code.txt": "for x in range(9):\n    print(x)\n" * 900,
    "readme.dat": "This is it.\nIt has 3 columns, and 4 rows.\nThat is all 4 you.\n" * 300,
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_no_table(advised, home, name):
    (home / name).write_text(TEXTS[name])
    assert advised(name)[name]["kind"] in ("document", "other")


SCRIPTS = {
    "job": (b"#!/bin/bash\n#SBATCH --mem=4G\nsrun python heat.py\n", "source code"),
    "wide": ("#!/usr/bin/env python3\nprint('Grüße')\n".encode(), "source code"),
    "noise": (b"#!" + random.Random(1).randbytes(9_000_000), "other"),
    "zeros.q7": (b"#!\0\0" + bytes(BIG), "other"),
    "bits.bin": (b"#!" + bytes(range(256)) * 40, "other"),
    "without_zero": (b"#!" + bytes(range(1, 256)) * 40_000, "other"),
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_bytes_that_begin_as_a_script_does_are_no_code(advised, home, name):
    content, kind = SCRIPTS[name]
    (home / name).write_bytes(content)
    said = advised(name)[name]
    assert (said["kind"], said["should"]) == (kind, "data directory" if len(content) > 5_000_000 else "home")


# ---- what is there twice


def test_files_of_one_length_are_not_told_as_the_same(sesync, write, home):
    pixels = random.Random(2).randbytes(BIG)
    for name, head in {"a.tif": TIFF, "a.png": b"\x89PNG", "a.jp2": b"\0\0\0\x0c", "b.bil": b"1234"}.items():
        write(home / name, head + pixels)
    write(home / "late.tif", TIFF + pixels[:-1] + bytes([pixels[-1] ^ 1]))
    assert sesync("where", "--json").json["same"] == []


def test_parts_of_data_sets_are_not_told_as_superfluous(sesync, write, home):
    """Two data sets may have the same band, or the same projection: neither is whole without its own."""
    pixels = random.Random(3).randbytes(BIG)
    for name in ("one", "two"):
        write(home / f"{name}/cover.dat", pixels)
        write(home / f"{name}/cover.hdr", "ENVI\nsamples = 2\n")
        write(home / f"{name}/trees.shp", b"\0\0\x27\x0a")
        write(home / f"{name}/trees.dbf", pixels)
    write(home / "three/cover.bil", pixels)
    write(home / "three/cover.hdr", "BYTEORDER I\n")
    assert sesync("where", "--json").json["same"] == []


@pytest.mark.parametrize("names", [("a.tif", "copy/a.tif"), ("a.tif", "b.tif", "c/d.tif")])
def test_what_is_there_twice_is_told_whatever_it_is_called(sesync, write, home, names):
    content = TIFF + random.Random(4).randbytes(BIG)
    for name in names:
        write(home / name, content)
    [same] = sesync("where", "--json").json["same"]
    assert (len(same["paths"]), same["bytes"]) == (len(names), len(content))


def test_two_rasters_that_share_a_header_are_not_told_as_superfluous(sesync, write, home):
    content = random.Random(5).randbytes(BIG)
    for name in ("dem.bil", "dem.flt"):
        write(home / name, content)
    write(home / "dem.hdr", "BYTEORDER I\n")
    assert sesync("where", "--json").json["same"] == []


def test_empty_tables_of_one_length_are_the_same_and_small_ones_are_not_compared(sesync, write, home):
    for name in ("a.csv", "b.csv"):
        write(home / name, "id,height\n" + "1,2\n" * 100)
        write(home / f"zeros-{name}", b"", BIG)
    [same] = sesync("where", "--json").json["same"]
    assert sorted(map(os.path.basename, same["paths"])) == ["zeros-a.csv", "zeros-b.csv"]
