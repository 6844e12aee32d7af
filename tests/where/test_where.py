"""Where single files should be, and why."""

import gzip
import json
import os
import socket
import stat

import pytest

from tests.where.conftest import BIG, TIFF

LEAVE = None


def test_a_large_file_in_home_goes_to_the_data_directory(sesync, write, home):
    write(home / "dem.tif", TIFF, BIG)
    result = sesync("where", "dem.tif")
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines() == [
        "dem.tif",
        "  what  raster or array, 6 MB",
        "  now   your home",
        "  to    the data directory",
        "  why   Large data is kept once, in the data directory, where your group can use it.",
        "  do    sesync put --move dem.tif cooltrees",
    ]


def test_json_has_all_that_is_said(sesync, table, home):
    table(home / "trees.csv", 800)
    answer = sesync("where", "trees.csv", "--json").json
    assert set(answer) == {"named", "kinds", "advice", "same"}
    [path] = answer["named"]
    assert (path["path"], path["typed"], path["is_folder"]) == (f"{home}/trees.csv", "trees.csv", False)
    assert (path["not_entered"], path["unreadable"], path["complete"], path["fetch_command"]) == ([], [], True, None)
    assert answer["kinds"] == [{"kind": "large table", "files": 1, "bytes": path["bytes"]}]
    [said] = answer["advice"]
    assert set(said) == {"now", "should", "why", "command", "items"}
    assert (said["now"], said["should"]) == ("home", "data directory")
    assert said["items"] == [
        {"path": f"{home}/trees.csv", "kind": "large table", "bytes": path["bytes"], "rows": 800, "rows_exact": True}
        | {"git": None, "files": 1, "companions": []}
    ]


def test_the_site_says_how_many_rows_are_small(advised, table, home, site):
    table(home / "trees.csv", 800)
    assert "more than 500 rows" in advised("trees.csv")["trees.csv"]["why"]
    site(where={"small_table_rows": 1000})
    said = advised("trees.csv")["trees.csv"]
    assert (said["kind"], said["should"], said["command"]) == ("small table", "home", LEAVE)


def test_a_very_large_table_is_for_a_database(advised, sesync, home, site):
    site(where={"database_rows": 100_000})
    with open(home / "huge.csv", "w") as file:
        file.write("id,value\n")
        file.writelines(f"{row},{'x' * 40}\n" for row in range(200_000))
    said = advised("huge.csv")["huge.csv"]
    assert (said["should"], said["rows_exact"]) == ("database", False)
    assert 180_000 < said["rows"] < 220_000
    assert "about 2" in sesync("where", "huge.csv").out
    # what loads it is named once there is such a command
    assert said["command"] in ("sesync put --move huge.csv cooltrees", "sesync db load huge.csv")


def test_packed_tables_are_counted(advised, home):
    (home / "x.csv.gz").write_bytes(gzip.compress(b"id,h\n" + b"1,2\n" * 7))
    said = advised("x.csv.gz")["x.csv.gz"]
    assert (said["kind"], said["rows"]) == ("small table", 7)


@pytest.mark.parametrize("name", [".pgpass", "credentials.json", "deploy"])
def test_a_secret_is_for_its_owner_only(advised, write, home, name):
    secret = write(home / name, "-----BEGIN OPENSSH PRIVATE KEY-----\n")
    secret.chmod(0o644)
    said = advised(name)[name]
    assert (said["kind"], said["command"]) == ("secret", f"chmod 600 {name}")
    secret.chmod(0o600)
    said = advised(name)[name]
    assert (said["should"], said["command"]) == ("home", LEAVE)
    assert "Never commit it" in said["why"]


def test_a_secret_in_git(advised, write, git, home):
    secret = write(home / "analysis/.env", "TOKEN=1")
    secret.chmod(0o600)
    git(home / "analysis", "init")
    said = advised("analysis/.env")["analysis/.env"]
    assert said["command"] == rf"printf '%s\n' .env >> {home}/analysis/.gitignore"
    git(home / "analysis", "add", ".env")
    said = advised("analysis/.env")["analysis/.env"]
    assert (said["git"], "make it invalid" in said["why"]) == ("tracked", True)
    assert said["command"] == f"git -C {home}/analysis rm -r --cached .env"
    (home / "analysis/.gitignore").write_text(".env\n")
    git(home / "analysis", "rm", "--cached", ".env")
    assert advised("analysis/.env")["analysis/.env"]["command"] == LEAVE


def test_a_secret_in_the_data_directory(advised, write, linked, home):
    write(linked / ".netrc", "x").chmod(0o600)
    write(linked / ".pg_service.conf", "x").chmod(0o640)
    said = advised(linked / ".netrc", linked / ".pg_service.conf")
    assert said[f"{linked}/.netrc"]["command"] == f"mv -n {linked}/.netrc {home}/"
    assert said[f"{linked}/.pg_service.conf"]["command"] == LEAVE
    (linked / ".pg_service.conf").chmod(0o644)
    said = advised(linked / ".pg_service.conf")
    assert said[f"{linked}/.pg_service.conf"]["command"] == f"chmod o-rwx {linked}/.pg_service.conf"


def test_code_and_small_data_go_into_git(advised, write, table, git, home):
    git(home / "analysis", "init")
    write(home / "analysis/heat.py", "1")
    table(home / "analysis/sites.csv", 20)
    said = advised("heat.py", "sites.csv", cwd=home / "analysis")
    assert {one["command"] for one in said.values()} == {"git add heat.py", "git add sites.csv"}
    git(home / "analysis", "add", ".")
    said = advised("heat.py", "sites.csv", cwd=home / "analysis")
    assert {(one["git"], one["should"], one["command"]) for one in said.values()} == {
        ("tracked", "git repository", LEAVE)
    }


def test_large_data_in_git_is_taken_out(advised, write, git, home):
    write(home / "analysis/dem.tif", TIFF, BIG)
    git(home / "analysis", "init")
    git(home / "analysis", "add", ".")
    said = advised("dem.tif", cwd=home / "analysis")["dem.tif"]
    assert (said["should"], said["git"]) == ("data directory", "tracked")
    assert said["command"] == "git rm -r --cached dem.tif && sesync put --move dem.tif cooltrees"


def test_code_in_the_data_directory_belongs_in_home(advised, write, linked, home):
    write(linked / "heat.py", "1")
    said = advised(linked / "heat.py")[f"{linked}/heat.py"]
    assert (said["now"], said["should"]) == ("data directory", "git repository")
    assert said["command"] == f"cp -rn {linked}/heat.py {home}/"


def test_data_in_the_data_directory_stays(advised, write, linked):
    write(linked / "dem.tif", TIFF, BIG)
    assert advised("cooltrees-data/dem.tif")["cooltrees-data/dem.tif"]["command"] == LEAVE


def test_scratch_and_a_node_of_its_own(advised, write, home, nfs, tmp_path, site):
    site(scratch={"path": str(nfs / "scratch"), "node_path": str(tmp_path / "node")})
    write(nfs / "scratch/run.nc", b"CDF\x01", BIG)
    write(tmp_path / "node/run.nc", b"CDF\x01", BIG)
    write(home / "download.part", b"x", BIG)
    said = advised(nfs / "scratch/run.nc", tmp_path / "node/run.nc", "download.part")
    commands = [one["command"] for one in said.values()]
    assert sorted(commands, key=str) == [
        LEAVE,
        f"mv -n download.part {nfs}/scratch/",
        f"sesync put --move {tmp_path}/node/run.nc cooltrees",
    ]


def test_a_notebook_that_is_mostly_output(advised, home):
    cells = [{"cell_type": "code", "source": [], "outputs": [{"data": {"image/png": "A" * BIG}}]}]
    (home / "a.ipynb").write_text(json.dumps({"cells": cells}))
    assert advised("a.ipynb")["a.ipynb"]["command"] == "jupyter nbconvert --clear-output --inplace a.ipynb"


def test_the_files_of_a_shapefile_are_one(advised, write, home):
    for suffix in ("shp", "dbf", "shx", "prj"):
        write(home / f"roads.{suffix}", b"", 2_000_000)
    write(home / "roads.csv", "a,b\n1,2\n")
    said = advised("roads.shp")["roads.shp"]
    assert (said["bytes"], said["command"]) == (8_000_000, "sesync put --move roads.shp cooltrees")
    assert set(advised(".")) == {"roads.shp"}
    assert advised("roads.dbf") == {"roads.shp": said}


@pytest.mark.parametrize("main, parts", [("dem.tif", ("dem.tfw", "dem.tif.aux.xml")), ("cover", ("cover.hdr",))])
def test_a_set_that_is_in_git_leaves_it_as_a_whole(advised, write, git, home, main, parts):
    write(home / "analysis" / main, b"II*", BIG)
    for part in parts:
        write(home / "analysis" / part, "ENVI\n")
    git(home / "analysis", "init")
    git(home / "analysis", "add", ".")
    names = {"dem.tif": "dem.{tif,tfw,tif.aux.xml}", "cover": "cover cover.hdr"}[main]
    command = advised(f"analysis/{parts[0]}")[f"analysis/{main}"]["command"]
    assert command.startswith(f"git -C {home}/analysis rm -r --cached {names} && sesync put --move analysis/{main} ")


def test_links_are_left_alone(advised, sesync, home, linked):
    (home / "loop").symlink_to("loop")
    (home / "gone").symlink_to("nowhere")
    said = advised("cooltrees-data", "loop", "gone")
    assert {(one["kind"], one["command"]) for one in said.values()} == {("link", LEAVE)}
    assert str(linked) in said["cooltrees-data"]["why"]
    assert "  behind  'sesync where cooltrees-data/' looks there\n" in sesync("where", "cooltrees-data").out


def test_what_is_no_file(advised, home):
    os.mkfifo(home / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(home / "socket"))
        said = advised("pipe", "socket", "/dev/null")
    assert {one["kind"] for one in said.values()} == {"special file"}


def test_names_that_are_hard_to_type(sesync, home):
    names = ["it's [bold]\nnew.tif", os.fsdecode(b"b\xe4ume.tif"), "-x.tif"]
    for name in names:
        (home / name).write_bytes(TIFF)
        os.truncate(home / name, BIG)
    result = sesync("where", ".")
    assert r"$'it\'s [bold]\x0anew.tif'" in result.out
    assert r"$'b\xe4ume.tif'" in result.out
    assert " ./-x.tif " in result.out
    paths = [item["path"] for item in sesync("where", "--json", ".").json["advice"][0]["items"]]
    assert sorted(os.fsencode(os.path.basename(path)) for path in paths) == [
        b"-x.tif",
        b"b\xe4ume.tif",
        b"it's [bold]\nnew.tif",
    ]


def test_without_a_known_project_the_word_stands_in(advised, write, home):
    (home / "cooltrees-data").unlink()
    write(home / "dem.tif", TIFF, BIG)
    assert advised("dem.tif")["dem.tif"]["command"] == "sesync put --move dem.tif PROJECT"


def test_of_two_projects_the_one_that_a_repository_is_of(advised, write, git, home, nfs):
    (home / "oaks-data").symlink_to(nfs / "oaks-data")
    write(home / "dem.tif", TIFF, BIG)
    write(home / "analysis/dem.tif", TIFF, BIG)
    write(home / "oaks-paper/dem.tif", TIFF, BIG)
    git(home / "analysis", "init")
    git(home / "analysis", "remote", "add", "origin", "git@gitlab.example.org:cooltrees/analysis.git")
    said = advised("dem.tif", "analysis/dem.tif", "oaks-paper/dem.tif")
    projects = {path: one["command"].split()[-1] for path, one in said.items()}
    assert projects == {"dem.tif": "PROJECT", "analysis/dem.tif": "cooltrees", "oaks-paper/dem.tif": "oaks"}


def test_a_file_that_no_browser_can_fetch(sesync, write, linked, site):
    write(linked / "mosaic.tif", TIFF, 3_000_000_000)  # sparse
    site(uploads={"limit_gb": 2})
    assert "fetch  a browser cannot; on your own computer: sftp" in sesync("where", "cooltrees-data/mosaic.tif").out
    [path] = sesync("where", "cooltrees-data/mosaic.tif", "--json").json["named"]
    assert path["fetch_command"] == f"sftp jsmith@ssh.sesync.org:{linked}/mosaic.tif"


def test_a_file_that_is_not_here_yet(sesync, write, home, linked):
    write(home / "mosaic.tif", TIFF)
    result = sesync("where", "mosaik.tif")
    assert (result.code, result.out) == (1, "")
    assert "Error: there is no mosaik.tif on this machine\n" in result.err
    assert "Did you mean mosaic.tif?" in result.err
    assert "https://files.sesync.org" in result.err and "larger than 10 GB" in result.err
    assert f"'sftp jsmith@ssh.sesync.org:{linked}', and then 'put -r mosaik.tif'." in result.err
    assert sesync("where", "nope", "--json").json["error"]["kind"] == "not-found"


def test_nothing_is_written(sesync, write, home):
    write(home / "dem.tif", TIFF, BIG)
    before = {path: path.lstat().st_mtime_ns for path in home.rglob("*")}
    sesync("where")
    assert {path: path.lstat().st_mtime_ns for path in home.rglob("*")} == before
    assert stat.S_IMODE((home / "dem.tif").stat().st_mode) == 0o644


def test_a_link_to_scratch_is_no_project(advised, write, home, nfs, site):
    site(scratch={"path": str(nfs / "scratch")})
    (home / "scratch").symlink_to(nfs / "scratch")
    write(home / "dem.tif", TIFF, BIG)
    assert advised("dem.tif")["dem.tif"]["command"] == "sesync put --move dem.tif cooltrees"


def test_what_is_of_nobody_here_is_left_alone(advised):
    assert {one["command"] for one in advised("/etc/passwd", "/usr/bin/env").values()} == {LEAVE}


def test_a_script_of_many_megabytes_is_no_code(advised, write, git, home):
    write(home / "analysis/load.sql", "INSERT INTO trees VALUES (1);\n" * 200_000)
    git(home / "analysis", "init")
    assert advised("analysis/load.sql")["analysis/load.sql"]["should"] == "data directory"


def test_other_modules_can_ask_for_one_file(write, home, site):
    from contextlib import nullcontext

    from sesync_cli.session import Session
    from sesync_cli.where.answer import advice_for
    from sesync_cli.where.locations import Place, WhereContext

    write(home / "dem.tif", TIFF, BIG)
    session = Session()
    context = WhereContext(session.caller, session.site)
    said = advice_for(home / "dem.tif", context, lambda words: nullcontext(lambda fraction, detail: None))
    assert (said.should, said.command) == (Place.DATA, f"sesync put --move {home}/dem.tif cooltrees")


PARTS = [
    ("dem.tif", ("dem.tfw", "dem.tif.aux.xml"), "raster or array"),
    ("trees.shp", ("trees.dbf", "trees.shx"), "map data"),
    ("cover", ("cover.hdr",), "raster or array"),
]


@pytest.mark.parametrize("main, parts, kind", PARTS)
def test_whatever_of_a_data_set_is_named_all_of_it_is_told(sesync, write, home, main, parts, kind):
    write(home / main, b"", BIG)
    for part in parts:
        write(home / part, b"ENVI\n", 600_000)
    total = (BIG + 600_000 * len(parts)) / 1e6
    for named in (main, *parts):
        said = sesync("where", named).out.splitlines()
        assert said[:3] == [main, f"  what  {kind}, {total:.0f} MB", f"  with  {', '.join(parts)} (one data set)"]
        assert said[-1] == f"  do    sesync put --move {main} cooltrees"
    said = sesync("where").out
    count = "2 files that belong" if len(parts) == 2 else "1 file that belongs"
    assert f"{main}: {kind}, with {count} to it\n" in said
    assert said.startswith(f"This folder: {2 + len(parts)} files, {total:.0f} MB\n")  # with a link
