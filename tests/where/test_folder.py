"""Folders are looked into: how much of what there is, what belongs elsewhere, and what is there twice."""

import os
from pathlib import Path

import pytest

from tests.where.conftest import BIG, TIFF


def test_a_folder_says_what_is_in_it_and_what_belongs_elsewhere(sesync, write, table, home):
    write(home / "work/heat.py", "print(1)\n")
    table(home / "work/sites.csv", 10)
    write(home / "work/dem.tif", TIFF, BIG)
    result = sesync("where", "work")
    assert result.code == 0
    assert result.out.splitlines() == [
        "work: 3 files, 6 MB",
        "",
        "WHAT             FILES  SIZE",
        "raster or array  1      6 MB",
        "small table      1      70 bytes",
        "source code      1      9 bytes",
        "",
        "From your home to the data directory",
        "  what  6 MB  work/dem.tif: raster or array",
        "  why   Large data is kept once, in the data directory, where your group can use it.",
        "  do    sesync put --move work/dem.tif cooltrees",
    ]


def test_without_words_it_is_the_folder_that_one_is_in(sesync, write, home):
    write(home / "work/dem.tif", TIFF, BIG)
    result = sesync("where", cwd=home / "work")
    assert result.out.startswith("This folder: 1 file, 6 MB\n")
    assert "sesync put --move dem.tif cooltrees" in result.out


def test_a_folder_of_data_goes_as_a_whole_with_its_small_files(advised, write, table, home):
    for number in range(9):
        write(home / f"work/rasters/{number // 3}/{number}.tif", TIFF, BIG - number * 400_000)
    write(home / "work/heat.py", "1")
    said = advised("work")
    assert list(said) == ["work/rasters"]
    assert (said["work/rasters"]["files"], said["work/rasters"]["command"]) == (
        9,
        "sesync put --move work/rasters cooltrees",
    )


def test_what_nobody_has_looked_at_is_not_moved_along(advised, write, home, site):
    for name in ("a", "b"):
        write(home / f"work/data/{name}/1.tif", TIFF, BIG)
        write(home / f"work/data/{name}/2.tif", TIFF, BIG)
    assert set(advised("work")) == {"work"}
    write(home / "work/data/a/.hidden/heat.py", "1")
    assert set(advised("work")) == {"work/data/a/1.tif", "work/data/a/2.tif", "work/data/b"}
    site(where={"most_files": 3})
    assert set(advised("work")) == {"work/data/a/1.tif", "work/data/a/2.tif", "work/data/b/1.tif"}


def test_a_folder_may_be_written_in_many_ways(advised, write, home):
    write(home / "work/a.tif", TIFF, BIG)
    write(home / "work/b.py", "1")
    for named in ("work", "work/", "./work", ".//work//", "././work"):
        assert set(advised(named)) == {"work/a.tif"}
    for named in (".", "./", ".//", "./."):
        assert {os.path.normpath(path) for path in advised(named)} == {"work/a.tif"}
    assert set(advised("/tmp/../" + str(home / "work"))) == {f"/tmp/../{home}/work/a.tif".replace("//", "/")}


def test_neither_home_nor_a_whole_data_directory_is_moved(advised, write, home, linked):
    for name in ("a.tif", "b.tif"):
        write(home / name, TIFF, BIG)
    for name in ("a.py", "b.py"):
        write(linked / name, "1")
    assert set(advised(home, linked)) == {f"{home}/a.tif", f"{home}/b.tif", f"{linked}/a.py", f"{linked}/b.py"}
    assert set(advised("..", cwd=home)) >= {"../home/a.tif"}


def test_secrets_come_first_and_then_what_is_biggest(sesync, write, home):
    write(home / "a.tif", TIFF, BIG)
    write(home / "b.part", b"x", BIG + 1)
    write(home / ".netrc", "x").chmod(0o644)
    said = sesync("where", "--json").json["advice"]
    paths = [[item["path"] for item in one["items"]] for one in said]
    assert paths == [[f"{home}/.netrc"], [f"{home}/b.part"], [f"{home}/a.tif"]]


def test_many_files_are_not_all_named_on_the_screen(sesync, write, home):
    for number in range(30):
        write(home / f"{number:02}.tif", TIFF, BIG + number)
    result = sesync("where")
    assert "  what  6 MB  29.tif: raster or array\n" in result.out
    assert "and 22 more; '--json' names them all" in result.out
    assert "sesync put --move FILE... cooltrees" in result.out
    assert len(sesync("where", "--json").json["advice"][0]["items"]) == 30


def test_software_and_hidden_folders_are_left_out(sesync, write, home):
    write(home / ".cache/big.tif", TIFF, BIG)
    write(home / "env/pyvenv.cfg", "home = /usr")
    write(home / "env/lib/x.rds", b"", BIG)
    write(home / "R/library/sf/DESCRIPTION", "Package: sf")
    (home / "R/library/sf/Meta").mkdir()
    write(home / "R/library/sf/data.rda", b"", BIG)
    answer = sesync("where", "--json").json
    assert (answer["advice"], len(answer["named"][0]["not_entered"])) == ([], 3)
    assert "Nothing here belongs elsewhere." in sesync("where").out
    assert sesync("where", ".cache", "--json").json["advice"]


def test_a_store_is_one_thing(advised, write, home):
    for number in range(3):
        write(home / f"work/cube.zarr/c/{number}", b"", BIG)
    write(home / "work/a.py", "1")
    for named in ("work", "work/cube.zarr"):
        said = advised(named)["work/cube.zarr"]
        assert (said["kind"], said["bytes"], said["files"]) == ("raster or array", 3 * BIG, 3)


def test_the_same_file_twice(sesync, write, home, linked):
    content = os.urandom(BIG)
    for path in (home / "a.tif", home / "work/copy.tif", linked / "a.tif"):
        write(path, TIFF + content)
    write(home / "other.tif", TIFF + content[:-1] + b"x")
    os.link(home / "a.tif", home / "hard.tif")
    answer = sesync("where", ".", "cooltrees-data/", "--json").json
    [same] = answer["same"]
    assert (same["bytes"], len(same["paths"])) == (BIG + 4, 3)
    assert same["command"] == " && ".join(
        f"ln -sf {home}/cooltrees-data/a.tif {path}" for path in ("a.tif", "work/copy.tif")
    )
    seen = sesync("where", ".", "cooltrees-data/").out
    assert "3 times the same, each 6 MB" in seen


def test_several_repositories_are_asked_once_each(advised, write, git, home):
    for name in ("one", "two"):
        write(home / name / "new.py", "1")
        write(home / name / "old.py", "1")
        git(home / name, "init")
        git(home / name, "add", "old.py")
    said = advised()
    assert {path: one["command"] for path, one in said.items()} == {
        f"{name}/new.py": f"git -C {home}/{name} add new.py" for name in ("one", "two")
    }


def test_each_files_own_repository_is_asked_whatever_the_shell_names(advised, write, git, home, monkeypatch):
    write(home / "work/old.py", "1")
    git(home / "work", "init")
    git(home / "work", "add", "old.py")
    git(home, "init", "other")
    monkeypatch.setenv("GIT_DIR", str(home / "other/.git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(home / "other/.git/index"))
    assert "work/old.py" not in advised()


def test_there_is_a_limit(sesync, write, home, site):
    site(where={"most_files": 5})
    for number in range(9):
        write(home / f"{number}.py", "1")
    answer = sesync("where", "--json").json
    assert (answer["named"][0]["files"], answer["named"][0]["complete"]) == (5, False)
    assert "there is more than 5 files: name a folder inside to see it" in sesync("where").out


def test_a_deep_tree(sesync, home):
    here = Path.cwd()
    for _ in range(300):
        os.mkdir("d" * 20)
        os.chdir("d" * 20)
    Path("x.tif").touch()
    os.chdir(here)
    answer = sesync("where", "--json").json
    [one] = answer["named"][0]["unreadable"]
    assert (len(one["path"]) > 3000, one["problem"]) == (True, "File name too long")


def test_a_narrow_terminal(terminal, write, home):
    write(home / "work/crown_height_model_2019.tif", TIFF, BIG)
    write(home / "work/a.py", "1")
    seen = terminal("where", "work", columns=40)
    assert seen.ended() == 0
    lines = seen.screen.splitlines()
    assert "  why   Large data is kept once, in the" in lines
    assert "        data directory, where your group" in lines


@pytest.mark.parametrize(
    "names", [[f"{number}.tif" for number in range(4)], ["a.jpg", "b/c.jpg", "b/d/e.jpg", "f.pdf"]]
)
def test_many_files_of_middling_size_are_large_together(advised, write, site, home, names):
    site(where={"large_folder_mb": 10})
    for name in names:
        write(home / "tiles" / name, b"x", 3_000_000)
    said = advised(".")
    assert set(said) == {"tiles"}
    assert (said["tiles"]["files"], said["tiles"]["bytes"], said["tiles"]["should"]) == (
        4,
        12_000_000,
        "data directory",
    )
    assert said["tiles"]["command"] == "sesync put --move tiles cooltrees"


def test_beside_code_they_go_without_it_and_few_stay(advised, write, site, home):
    site(where={"large_folder_mb": 10})
    for number in range(4):
        write(home / f"photos/{number}.jpg", b"\xff\xd8\xff", 3_000_000)
        write(home / f"few/{number}.jpg", b"\xff\xd8\xff", 1_000_000)
    write(home / "photos/heat.py", "1\n")
    said = advised(".")
    assert set(said) == {f"photos/{number}.jpg" for number in range(4)}
    assert said["photos/0.jpg"]["command"].startswith("sesync put --move photos/0.jpg photos/1.jpg ")


def test_what_git_has_is_not_judged_by_its_sum(advised, write, site, git, home):
    site(where={"large_folder_mb": 10})
    for number in range(4):
        write(home / f"analysis/data/{number}.tif", b"II*", 3_000_000)
    git(home / "analysis", "init")
    assert advised("analysis")["analysis/data"]["should"] == "data directory"
    git(home / "analysis", "add", ".")
    assert advised("analysis") == {}


def test_a_folder_that_is_one_thing_is_known_by_what_is_in_it(advised, write, home):
    write(home / "temperature/.zgroup", "{}")
    for number in range(3):
        write(home / f"temperature/t/{number}", b"x", 2_000_000)
    assert advised(".")["temperature"]["kind"] == advised("temperature")["temperature"]["kind"] == "raster or array"
