"""Many files of middling size, and folders that are one thing: by the numbers that the built-in site has."""

import os
from pathlib import Path

import pytest

from tests.where.conftest import TIFF

TILES = 4_000_000  # bytes of a file that is small by itself


def sparse(path: Path, head: bytes, size: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(head)
    os.truncate(path, size)


def test_two_thousand_tiles_go_as_the_folder_that_they_are_in(advised, sesync, home):
    for number in range(2000):
        sparse(home / f"tiles/{number % 40:02}/{number:04}.tif", TIFF, TILES)
    said = advised(".")
    assert set(said) == {"tiles"}
    assert (said["tiles"]["files"], said["tiles"]["bytes"]) == (2000, 2000 * TILES)
    assert (said["tiles"]["kind"], said["tiles"]["should"]) == ("raster or array", "data directory")
    assert said["tiles"]["command"] == "sesync put --move tiles cooltrees"
    assert "2,000 files, raster or array" in sesync("where").out
    # inside of it, one is in the folder that stays
    assert {path.split("/")[0] for path in advised(".", cwd=home / "tiles")} == {f"{part:02}" for part in range(40)}


def test_thirty_photos_go_and_a_few_stay(advised, home):
    for number in range(30):
        sparse(home / f"photos/IMG_{number:04}.JPG", b"\xff\xd8\xff\xe0", TILES)
        sparse(home / f"icons/{number}.png", b"\x89PNG\r\n\x1a\n", 50_000)
    said = advised(".")
    assert {path: one["command"] for path, one in said.items()} == {"photos": "sesync put --move photos cooltrees"}
    assert said["photos"]["kind"] == "image"


def test_a_store_without_its_suffix_is_one_thing(advised, home):
    for name in (".zgroup", ".zattrs", "t/.zarray"):
        sparse(home / "temperature" / name, b"{}", 0)
    for number in range(300):
        sparse(home / f"temperature/t/{number}.0.0", b"x", 400_000)
    for named in (".", "temperature", "temperature/"):
        said = advised(named)["temperature"]
        assert (said["kind"], said["files"], said["bytes"]) == ("raster or array", 303, 120_000_000)
        assert said["command"] == "sesync put --move temperature cooltrees"


@pytest.mark.parametrize(
    "names",
    [
        [f"part-{number:05}-6f.c000.snappy.parquet" for number in range(30)] + ["_SUCCESS"],
        [f"part.{number}.parquet" for number in range(30)],
        [f"year={2000 + number}/6f-0.parquet" for number in range(30)],
        [f"year=2020/month={number}/data.csv" for number in range(30)],
        [f"{number:02}" for number in range(30)],
        [f"data_{number}.parquet" for number in range(30)],
    ],
    ids=["spark", "dask", "hive", "hive-csv", "no-suffix", "duckdb"],
)
def test_the_parts_of_a_table_go_together(advised, home, names):
    for name in names:
        sparse(home / "trips" / name, b"PAR1" if name[0] != "_" else b"", TILES if name[0] != "_" else 0)
    said = advised(".")
    assert set(said) == {"trips"}
    assert (said["trips"]["bytes"], said["trips"]["should"]) == (30 * TILES, "data directory")
    assert "table" in said["trips"]["kind"]


def test_a_tree_of_days_goes_as_a_whole(advised, home):
    for year in range(2015, 2020):
        for day in range(1, 40):
            sparse(home / f"era/{year}/{day:03}/t2m.nc", b"CDF\x01", 1_500_000)
        (home / f"era/{year}/README.md").write_text("Daily means.\n")
    said = advised(".")
    assert {path: one["command"] for path, one in said.items()} == {"era": "sesync put --move era cooltrees"}
    assert said["era"]["files"] >= 5 * 39


def test_many_small_tables_below_the_limit_stay(advised, home, table, site):
    table(home / "sites/000.csv", 400)
    for number in range(1, 500):
        os.link(home / "sites/000.csv", home / f"sites/{number:03}.csv")
    assert advised(".") == {}
    for number in range(500):
        sparse(home / f"grids/{number:03}.tif", TIFF, 100_000)
    assert advised(".") == {}
    for number in range(500, 1001):
        sparse(home / f"grids/{number:03}.tif", TIFF, 100_000)
    assert set(advised(".")) == {"grids"}


def test_in_a_folder_with_code_only_the_data_goes(advised, home):
    for number in range(30):
        sparse(home / f"analysis/{number:02}.tif", TIFF, TILES)
        sparse(home / f"analysis/raw/{number:02}.tif", TIFF, TILES)
    for name in ("heat.py", "lib/plot.R", "work.ipynb"):
        (home / "analysis" / name).parent.mkdir(exist_ok=True)
        (home / "analysis" / name).write_text("1\n")
    said = advised(".")
    assert set(said) == {"analysis/raw", *(f"analysis/{number:02}.tif" for number in range(30))}
    assert {one["should"] for one in said.values()} == {"data directory"}


def test_in_a_work_tree_what_git_does_not_have_goes(advised, git, home):
    for number in range(30):
        sparse(home / f"analysis/raw/{number:02}.tif", TIFF, TILES)
        sparse(home / f"analysis/kept/{number:02}.tif", TIFF, TILES)
    (home / "analysis/heat.py").write_text("1\n")
    git(home / "analysis", "init")
    git(home / "analysis", "add", "heat.py", "kept")
    said = advised("analysis")
    assert {path: one["command"] for path, one in said.items()} == {
        "analysis/raw": "sesync put --move analysis/raw cooltrees"
    }
    (home / "analysis/.gitignore").write_text("raw\n")
    assert advised("analysis")["analysis/raw"]["should"] == "data directory"


def test_where_a_secret_lies_between_them_it_stays(advised, home):
    for number in range(30):
        sparse(home / f"tiles/{number:02}.tif", TIFF, TILES)
    (home / "tiles/.netrc").write_text("machine x login jo password Sommerregen\n")
    (home / "tiles/.netrc").chmod(0o600)
    said = advised(".")
    assert set(said) == {f"tiles/{number:02}.tif" for number in range(30)}


def test_data_sets_of_several_files_count_with_all_their_bytes(advised, home):
    for number in range(30):
        sparse(home / f"envi/{number:02}.dat", b"x", TILES)
        sparse(home / f"envi/{number:02}.hdr", b"ENVI\nsamples = 2\n", 400)
        sparse(home / f"shapes/{number:02}.shp", b"\0\0\x27\x0a", 1_000_000)
        sparse(home / f"shapes/{number:02}.dbf", b"\x03", 3_000_000)
    said = advised(".")
    assert {path: one["kind"] for path, one in said.items()} == {"envi": "raster or array", "shapes": "map data"}
    assert {one["bytes"] for one in said.values()} == {30 * (TILES + 400), 30 * TILES}
