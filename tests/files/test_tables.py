"""How many rows tables have."""

import bz2
import gzip
import lzma
import random

import pytest

from sesync_cli.files.tables import Rows, count_rows

ROWS = 100_000

BY_HAND = {
    "plain.csv": ("id,h\n1,2\n3,4\n", 2),
    "no_end.csv": ("id,h\n1,2\n3,4", 2),
    "no_heading.csv": ("1,2\n3,4\n", 2),
    "quoted.csv": ('id,note\n1,"two\nlines, ""said"""\n2,"x"\n', 2),
    "inches.tsv": ('what\tsize\nplank\t5"\npipe\t6"\nrod\t7\n', 3),
    "windows.csv": ("id;h\r\n1;2\r\n3;4\r\n", 2),
    "mac.csv": ("id,h\r1,2\r3,4\r", 2),
    "blank_lines.csv": ("id,h\n\n1,2\n\n", 1),
    "next_line.csv": ("id,place\n1,Å\n2,Å\n", 2),
    "only_heading.csv": ("id,h\n", 0),
    "objects.jsonl": ('{"a": 1}\n{"a": 2}\n', 2),
    "one_column.csv": ("height\n1\n2\n", 2),
    "comment.csv": ("# of 2024\nid,h\n1,2\n3,4\n", 2),
    "heading_as_comment.csv": ("#id,h\noak,elm\nash,fir\n", 2),
    "comments.dat": ("# a buoy\n#YY MM DD\n#yr mo dy\n2024 1 1\n2024 1 2\n", 2),
    "excel.csv": ("sep=;\nid;h\n1;2\n", 1),
    "objects": ('{"a": 1}\n{"a": 2}\n', 2),
    "years.txt": ("year rain\n1990 3.5\n1991 4\n", 2),
    "only_comments.csv": ("# nothing yet\n", 0),
}


@pytest.mark.parametrize("name", BY_HAND)
def test_rows_of_a_small_table_are_counted(tmp_path, name):
    text, rows = BY_HAND[name]
    (tmp_path / name).write_bytes(text.encode())
    assert count_rows(tmp_path / name) == Rows(rows, exact=True)


def test_utf16_as_excel_writes_it(tmp_path):
    (tmp_path / "x.csv").write_bytes("id\th\n1\t2\n3\t4\n".encode("utf-16"))
    assert count_rows(tmp_path / "x.csv") == Rows(2, exact=True)


@pytest.mark.parametrize("suffix,module", [("gz", gzip), ("bz2", bz2), ("xz", lzma)])
def test_packed_tables(tmp_path, suffix, module):
    small, large = tmp_path / f"small.csv.{suffix}", tmp_path / f"large.csv.{suffix}"
    small.write_bytes(module.compress(b"id,h\n1,2\n3,4\n"))
    assert count_rows(small) == Rows(2, exact=True)
    text = "id,h\n" + "".join(f"{row},{random.getrandbits(160)}\n" for row in range(ROWS))
    with module.open(large, "wb", **({"preset": 0} if module is lzma else {"compresslevel": 1})) as packed:
        packed.write(text.encode())
    rows = count_rows(large)
    assert rows and not rows.exact and 0.7 < rows.number / ROWS < 1.3


def test_rows_of_a_large_table_are_told_from_samples(tmp_path):
    with open(tmp_path / "x.csv", "w") as file:
        file.write("id,note,value\n")
        file.writelines(f'{row},"two\n{"lines" * 20}",{row / 7}\n' for row in range(ROWS))
    rows = count_rows(tmp_path / "x.csv")
    assert rows and not rows.exact and 0.95 < rows.number / ROWS < 1.05


def test_what_is_cut_off_has_no_known_rows(tmp_path):
    (tmp_path / "cut.csv.gz").write_bytes(gzip.compress(b"a,b\n" * 9999)[:-20])
    (tmp_path / "x.csv.xz").write_bytes(b"\xfd7zXZ\0no")
    assert count_rows(tmp_path / "cut.csv.gz") is None
    assert count_rows(tmp_path / "x.csv.xz") is None


def test_rows_of_a_packed_table_are_counted_by_what_it_is_and_not_by_its_name(tmp_path):
    (tmp_path / "plain.csv.gz").write_bytes(b"id,h\n1,2\n3,4\n")
    (tmp_path / "packed.csv").write_bytes(gzip.compress(b"id,h\n1,2\n3,4\n"))
    (tmp_path / "other.csv.gz").write_bytes(bz2.compress(b"id,h\n1,2\n3,4\n"))
    for name in ("plain.csv.gz", "packed.csv", "other.csv.gz"):
        assert count_rows(tmp_path / name) == Rows(2, exact=True)
    (tmp_path / "image.csv.gz").write_bytes(gzip.compress(b"II*\0" + bytes(9999)))
    (tmp_path / "trees.parquet").write_bytes(b"PAR1\n\n\n")
    assert count_rows(tmp_path / "image.csv.gz") is None
    assert count_rows(tmp_path / "trees.parquet") is None


@pytest.mark.parametrize("parts", [1, 2, 50])
def test_a_packed_table_in_several_parts_is_read_as_a_whole(tmp_path, parts):
    text = b"".join(b"%d,%d\n" % (row, random.getrandbits(60)) for row in range(ROWS))
    (tmp_path / "x.csv.gz").write_bytes(gzip.compress(b"id,h\n" + text, 1) + gzip.compress(text, 1) * (parts - 1))
    for closely in (True, False):
        rows = count_rows(tmp_path / "x.csv.gz", closely=closely)
        assert rows and 0.9 < rows.number / (ROWS * parts) < 1.1
