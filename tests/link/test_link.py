"""sesync link and unlink, where every file server answers at once."""

import os
import pty
import subprocess
from pathlib import Path

import pytest

from tests.conftest import DRAFTS, HANG, SESYNC, names_in, needed

pytestmark = pytest.mark.usefixtures("site")
ODD = ["a b", "it's", 'say "hi"', "[bold]x", "-n", "wald-äöü", "two\nlines", "$HOME", "\x1b[31mred"]


@pytest.mark.parametrize("project", ["cooltrees", "cooltrees-data"])
def test_a_project_and_its_directory_are_the_same_word(sesync, nfs, home, project):
    result = sesync("link", project)
    assert (result.code, result.out) == (0, f"Linked ~/cooltrees-data to {nfs}/cooltrees-data.\n")
    assert os.readlink(home / "cooltrees-data") == f"{nfs}/cooltrees-data"


def test_the_dry_run_shows_what_one_would_type(sesync, nfs, home):
    result = sesync("link", "cooltrees", "--dry-run")
    assert (result.code, result.out) == (0, f"ln -s {nfs}/cooltrees-data ~/cooltrees-data\n")
    assert names_in(home) == []


def test_the_second_time_it_is_so_already(sesync, nfs):
    sesync("link", "cooltrees")
    result = sesync("link", "cooltrees")
    assert (result.code, result.out) == (0, f"~/cooltrees-data is linked to {nfs}/cooltrees-data already.\n")


@pytest.mark.parametrize(
    "text", ["../nfs/cooltrees-data", "{nfs}//cooltrees-data/", "{nfs}/./cooltrees-data", "{alias}"]
)
def test_a_link_that_is_spelt_otherwise_is_the_same_link(sesync, nfs, home, tmp_path, text):
    alias = tmp_path / "alias"
    alias.symlink_to(nfs)
    (home / "cooltrees-data").symlink_to(text.format(nfs=nfs, alias=alias / "cooltrees-data"))
    before = os.readlink(home / "cooltrees-data")
    result = sesync("link", "cooltrees", "--replace")
    assert (result.code, result.out.endswith("already.\n")) == (0, True)
    assert os.readlink(home / "cooltrees-data") == before


def test_home_may_be_a_link(sesync, nfs, home, tmp_path, monkeypatch):
    deep = tmp_path / "disks" / "one" / "home"
    deep.mkdir(parents=True)
    (tmp_path / "way").symlink_to(deep)
    monkeypatch.setenv("HOME", str(tmp_path / "way"))
    (deep / "cooltrees-data").symlink_to("../../../nfs/cooltrees-data")
    assert sesync("link", "cooltrees").out == f"~/cooltrees-data is linked to {nfs}/cooltrees-data already.\n"
    assert [line["state"] for line in sesync("link", "--json").json] == ["ok"]
    assert sesync("unlink", "cooltrees").code == 0
    assert sesync("link", "cooltrees").code == 0
    assert names_in(deep) == ["cooltrees-data"]


def test_the_data_root_may_be_spelt_otherwise(sesync, site, nfs, home, tmp_path):
    (tmp_path / "alias").symlink_to(tmp_path)
    site(data={"path": f"{tmp_path}/alias/nfs/{{project}}-data"})
    (home / "mine").symlink_to(nfs / "cooltrees-data")
    assert [line["name"] for line in sesync("link", "--json").json] == ["mine"]
    assert (sesync("unlink", "mine").code, names_in(home)) == (0, [])


def test_a_name_and_a_folder_of_ones_own(sesync, nfs, home, monkeypatch):
    monkeypatch.setenv("COLUMNS", "400")
    (home / "my work").mkdir()
    result = sesync("link", "cooltrees", "--as", "data", "--in", "my work")
    assert (result.code, result.out) == (0, f"Linked ~/my work/data to {nfs}/cooltrees-data.\n")
    assert os.readlink(home / "my work" / "data") == f"{nfs}/cooltrees-data"
    assert sesync("link", "--in=~/my work").out.split()[4:7] == ["data", f"{nfs}/cooltrees-data", "ok"]
    assert sesync("unlink", "cooltrees", "--in", home / "my work").code == 0
    assert os.listdir(home / "my work") == []


@pytest.mark.parametrize("folder", ["nowhere", "notes.txt"])
def test_a_folder_that_is_none_is_no_place(sesync, home, folder):
    (home / "notes.txt").touch()
    result = sesync("link", "cooltrees", "--in", folder)
    assert (result.code, f"~/{folder}" in result.err, "Traceback" in result.err) == (1, True, False)


@pytest.mark.parametrize("odd", ODD)
def test_odd_folders_are_folders(sesync, home, odd):
    (home / odd).mkdir()
    assert sesync("link", "cooltrees", f"--in={home}/{odd}").code == 0
    assert (home / odd / "cooltrees-data").is_dir()
    shown = sesync("link", f"--in={home}/{odd}", "--json").json
    assert shown[0]["link"] == f"{home}/{odd}/cooltrees-data"
    assert sesync("unlink", "cooltrees", f"--in={home}/{odd}").code == 0


@pytest.mark.parametrize("odd", ODD)
def test_odd_links_are_listed_and_removed(sesync, nfs, home, odd):
    (home / odd).symlink_to(nfs / "cooltrees-data")
    listed = sesync("link")
    assert (listed.code, "\x1b" in listed.out) == (0, False)
    assert (sesync("unlink", "--", odd).code, names_in(home)) == (0, [])


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".", "..", "x\ny", "[bold]", "$(reboot)", "ä", "x" * 101])
def test_names_are_checked(sesync, home, name):
    for words in (("link", "--", name), ("link", "cooltrees", f"--as={name or '/'}")):
        result = sesync(*words)
        assert (result.code, "cannot be the name of a" in result.err) == (2, True)
    assert names_in(home) == []


def test_a_leading_dash_is_no_name(sesync):
    assert sesync("link", "--", "-rf").code == 2


def test_another_link_stays_unless_it_is_to_be_replaced(sesync, nfs, home):
    (home / "cooltrees-data").symlink_to("/somewhere")
    result = sesync("link", "cooltrees")
    assert (result.code, result.out) == (1, "")
    assert "Error: ~/cooltrees-data is a link to /somewhere, and it stays\n" in result.err
    assert "'--as NAME'" in result.err and "'--replace'" in result.err
    assert os.readlink(home / "cooltrees-data") == "/somewhere"
    shown = sesync("link", "cooltrees", "--replace", "-n").out
    assert shown == f"ln -sfn {nfs}/cooltrees-data ~/cooltrees-data\n"
    assert sesync("link", "cooltrees", "--replace").code == 0
    assert os.readlink(home / "cooltrees-data") == f"{nfs}/cooltrees-data"
    assert names_in(home) == ["cooltrees-data"]


@pytest.mark.parametrize("what", ["file", "folder"])
@pytest.mark.parametrize("options", [(), ("--replace",)])
def test_a_file_or_a_folder_stays(sesync, home, what, options):
    at = home / "cooltrees-data"
    at.mkdir() if what == "folder" else at.write_text("mine")
    result = sesync("link", "cooltrees", *options)
    assert (result.code, f"~/cooltrees-data is a {what}, and it stays" in result.err) == (1, True)
    assert "'--as NAME'" in result.err and "'--replace'" not in result.err
    assert at.is_dir() if what == "folder" else at.read_text() == "mine"


def test_an_unknown_project_names_near_ones_and_whom_to_ask(sesync, nfs, home):
    (home / "trees").symlink_to(nfs / "cooltrees2-data")
    result = sesync("link", "cooltree", "--json")
    assert (result.code, result.json["error"]["kind"]) == (1, "not-found")
    assert result.json["error"]["message"] == f"there is no data directory {nfs}/cooltree-data"
    hint = "Did you mean cooltrees or cooltrees2? Else "
    assert result.json["error"]["hint"] == f"{hint}ask cyberhelp@sesync.org for your project's short name {DRAFTS}."


def test_a_file_in_the_place_of_a_directory(sesync, nfs):
    (nfs / "oaks-data").touch()
    result = sesync("link", "oaks")
    assert (result.code, f"Error: {nfs}/oaks-data is not a folder" in result.err) == (1, True)


def test_the_answer_for_programs(sesync, nfs, home):
    document = sesync("link", "cooltrees", "--json").json
    link, target = f"{home}/cooltrees-data", f"{nfs}/cooltrees-data"
    assert document == {
        "done": True,
        "steps": [f"ln -s {target} {link}"],
        "message": f"Linked {link} to {target}.",
        "warnings": [],
        "result": {"project": "cooltrees", "link": link, "target": target, "state": "ok"},
    }
    listed = sesync("link", "--json").json
    numbers = {"free_bytes": listed[0]["free_bytes"], "total_bytes": listed[0]["total_bytes"]}
    numbers |= {"quota_bytes": None, "used_bytes": None}
    what = {"name": "cooltrees-data", "link": link, "target": target, "inside": None, "state": "ok"}
    assert listed == [what | numbers]
    assert 0 < listed[0]["free_bytes"] <= listed[0]["total_bytes"]
    assert sesync("unlink", "cooltrees", "--json").json["result"] == {"link": link, "target": target}
    assert sesync("unlink", "cooltrees", "--json").json["result"] == {"link": None, "target": None}


def test_the_list_shows_links_into_the_data_root_alone(sesync, nfs, home, monkeypatch):
    monkeypatch.setenv("COLUMNS", "400")
    assert sesync("link").err == "No links yet: 'sesync link PROJECT' makes one.\n"
    (nfs / "cooltrees-data" / "raw").mkdir()
    (home / "gone").symlink_to(nfs / "oaks-data")
    (home / "raw").symlink_to(nfs / "cooltrees-data" / "raw")
    (home / "elsewhere").symlink_to("/usr")
    (home / "root").symlink_to(nfs)
    (home / "out").symlink_to(f"{nfs}/cooltrees-data/../../../etc")
    lines = [line.split() for line in sesync("link").out.splitlines()]
    assert lines[0] == ["LINK", "TO", "STATE", "FREE"]
    assert [line[:3] for line in lines[1:]] == [
        ["gone", f"{nfs}/oaks-data", "missing"],
        ["raw", f"{nfs}/cooltrees-data/raw", "ok"],
    ]


def test_the_list_fits_a_narrow_terminal(terminal, nfs, home):
    (home / "cooltrees-data").symlink_to(nfs / "cooltrees-data")
    seen = terminal("link", columns=40)
    assert seen.ended() == 0
    lines = seen.screen.splitlines()
    assert lines[0] == "cooltrees-data"
    assert any(line.split() == ["state", "ok"] for line in lines)
    assert max(map(len, lines)) <= 40


@pytest.mark.parametrize("options", [("--as", "x"), ("--replace",)])
def test_options_for_a_link_need_a_project(sesync, options):
    result = sesync("link", *options)
    assert (result.code, "Error: which project?" in result.err) == (2, True)


def test_unlink_takes_the_link_and_leaves_the_data(sesync, nfs, home):
    (nfs / "cooltrees-data" / "trees.csv").write_text("id")
    sesync("link", "cooltrees", "--as", "trees")
    assert sesync("unlink", "cooltrees", "-n").out == "rm ~/trees\n"
    result = sesync("unlink", "cooltrees")
    assert (result.code, result.out) == (0, f"Removed the link ~/trees; the data in {nfs}/cooltrees-data stays.\n")
    assert names_in(home) == []
    assert (nfs / "cooltrees-data" / "trees.csv").read_text() == "id"


def test_unlink_takes_the_name_as_a_shell_completes_it(sesync, home):
    sesync("link", "cooltrees")
    assert (sesync("unlink", "cooltrees-data/").code, names_in(home)) == (0, [])


def test_unlink_asks_which_of_several_links(sesync, nfs, home):
    for name in ("a", "b", "cooltrees-data"):
        (home / name).symlink_to(nfs / "cooltrees-data")
    assert sesync("unlink", "cooltrees").code == 0  # the one that 'sesync link cooltrees' makes
    assert names_in(home) == ["a", "b"]
    result = sesync("unlink", "cooltrees")
    assert (result.code, "Hint:  Say which: 'sesync unlink a' or 'sesync unlink b'." in result.err) == (2, True)


def test_unlink_finds_the_link_beside_a_repository_of_the_same_name(sesync, home):
    (home / "cooltrees").mkdir()
    sesync("link", "cooltrees")
    assert (sesync("unlink", "cooltrees").code, names_in(home)) == (0, ["cooltrees"])


@pytest.mark.parametrize("what", ["a file", "a folder", "a link to /usr"])
def test_unlink_removes_nothing_else(sesync, nfs, home, what):
    at = home / "cooltrees-data"
    {"a file": at.touch, "a folder": at.mkdir, "a link to /usr": lambda: at.symlink_to("/usr")}[what]()
    for name in ("cooltrees", "cooltrees-data"):
        result = sesync("unlink", name)
        assert (result.code, f"~/{at.name} is {what}, and it stays" in result.err) == (1, True)
        assert f"below {nfs}, and nothing else" in result.err
    assert os.path.lexists(at)


def test_unlink_a_second_time_is_no_error_and_names_a_near_link(sesync, nfs, home):
    assert sesync("unlink", "cooltrees").out == "There is no link cooltrees in ~.\n"
    (home / "cooltrees2-data").symlink_to(nfs / "cooltrees2-data")
    result = sesync("unlink", "cooltrees-data")
    there = "There is no link cooltrees-data in ~."
    assert (result.code, result.out) == (0, f"{there} Did you mean cooltrees2-data?\n")
    assert names_in(home) == ["cooltrees2-data"]


@pytest.mark.parametrize("name", ["../home/cooltrees-data", "/etc/passwd", "no such\nlink", "*"])
def test_unlink_takes_no_paths(sesync, home, name):
    sesync("link", "cooltrees")
    assert sesync("unlink", name).code == 2
    assert names_in(home) == ["cooltrees-data"]


def test_two_at_once_make_one_link(background, nfs, home):
    both = [background("link", "cooltrees"), background("link", "cooltrees")]
    said = sorted(run.communicate(timeout=HANG)[0] for run in both)
    target = f"{nfs}/cooltrees-data"
    assert [run.returncode for run in both] == [0, 0]
    assert said[0] == f"Linked ~/cooltrees-data to {target}.\n"
    assert said[1] in (said[0], f"~/cooltrees-data is linked to {target} already.\n")
    assert names_in(home) == ["cooltrees-data"]


KILLER = """
import os, signal, sys
left = int(sys.argv.pop(1))
def hook(event, arguments):
    global left
    if event in ("os.symlink", "os.rename", "os.remove"):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(hook)
from sesync_cli.app import main
main()
"""


def test_killed_at_any_step_the_old_link_is_there_or_the_new_one(sesync, nfs, home):
    seen = []
    for step in range(12):
        (home / "cooltrees-data").unlink(missing_ok=True)
        (home / "cooltrees-data").symlink_to("/old")
        argv = [Path(SESYNC).with_name("python"), "-c", KILLER, str(step), "link", "cooltrees", "--replace"]
        code = subprocess.run(argv, capture_output=True).returncode
        seen.append((code, os.readlink(home / "cooltrees-data"), len(names_in(home))))
        if code == 0:
            break
        assert sesync("link", "cooltrees", "--as", "other").code == 0  # the next run clears what was left
        assert names_in(home) == ["cooltrees-data", "other"]
        (home / "other").unlink()
    assert set(seen[:-1]) == {(-9, "/old", 1), (-9, "/old", 2)}
    assert seen[-1] == (0, f"{nfs}/cooltrees-data", 1)


def test_the_quick_answer_loads_nothing_heavy(sesync, nfs):
    sesync("link", "cooltrees")
    code = "import sys\nfrom sesync_cli.app import main\ntry: main()\nfinally: print(*sys.modules, sep='\\n')"
    python = Path(SESYNC).with_name("python")
    parent, child = pty.openpty()
    done = subprocess.run([python, "-c", code, "link", "cooltrees"], stdout=subprocess.PIPE, stderr=child, text=True)
    os.close(parent), os.close(child)
    assert "already." in done.stdout
    heavy = {
        "rich",
        "filelock",
        "difflib",
        "subprocess",
        "humanize",
        "multiprocessing",
        "hashlib",
        "socket",
        "tempfile",
    }
    assert heavy & set(done.stdout.split()) == set()


def test_tab_offers_nothing_where_the_site_is_broken(sesync, tmp_path):
    (tmp_path / "site.toml").write_text("broken")
    env = dict(os.environ, _SESYNC_COMPLETE="bash_complete", COMP_WORDS="sesync link ", COMP_CWORD="2")
    assert (sesync(env=env).out.strip(), sesync(env=env).err) == ("", "")


def test_tab_looks_into_the_folder_that_was_said(sesync, nfs, home):
    (home / "work").mkdir()
    (home / "work" / "inner").symlink_to(nfs / "cooltrees-data")
    env = dict(os.environ, _SESYNC_COMPLETE="bash_complete", COMP_WORDS="sesync unlink --in work ", COMP_CWORD="4")
    assert sesync(env=env).out == "plain,inner\n"


@pytest.mark.parametrize("count", [1, 25])
def test_what_leads_into_a_directory_is_a_number_beside_the_links(sesync, nfs, home, count, monkeypatch):
    """As 'put --move' leaves them, files and folders."""
    monkeypatch.setenv("COLUMNS", "400")
    (nfs / "cooltrees-data/raw").mkdir()
    for number in range(count):
        target = nfs / f"cooltrees-data/raw/{number}.tif"
        target.mkdir() if number % 2 else target.touch()
        (home / f"{number}.tif").symlink_to(target)
    leads = "1 link leads" if count == 1 else "25 links lead"
    end = f"{leads} to what is in data directories; '--json' names them all.\n"
    result = sesync("link")
    assert (result.out, result.err) == (
        end,
        "No links to whole data directories yet: 'sesync link PROJECT' makes one.\n",
    )
    sesync("link", "cooltrees")
    assert [line.split()[0] for line in sesync("link").out.splitlines()[:2]] == ["LINK", "cooltrees-data"]
    assert sesync("link").out.splitlines()[-1] + "\n" == end
    said = sesync("link", "--json").json
    assert {(line["inside"], line["state"]) for line in said if line["name"] != "cooltrees-data"} == {
        (f"raw/{number}.tif", "ok" if number % 2 else "file") for number in range(count)
    }


def test_a_link_into_a_directory_that_leads_nowhere_is_named(sesync, nfs, home, monkeypatch):
    monkeypatch.setenv("COLUMNS", "400")
    sesync("link", "cooltrees")
    (home / "dem.tif").symlink_to(nfs / "cooltrees-data/maps/dem.tif")
    lines = sesync("link").out.splitlines()
    assert [line.split()[0] for line in lines] == ["LINK", "cooltrees-data", "dem.tif"]
    assert lines[-1].split()[-1] == "missing"


def test_fifteen_hundred_links_are_looked_at_by_one_process(sesync, nfs, home, tmp_path):
    """As 'put --move' leaves them; one per link would take longer than anybody's patience."""
    needed("strace")
    (nfs / "cooltrees-data/raw").mkdir()
    for number in range(1500):
        (nfs / f"cooltrees-data/raw/{number}.tif").touch()
        (home / f"{number}.tif").symlink_to(nfs / f"cooltrees-data/raw/{number}.tif")
    (home / "oaks").symlink_to(nfs / "oaks-data")
    trace = ("strace", "-f", "-qq", "-e", "trace=%process", "-o", str(tmp_path / "trace"))
    said = sesync("link", "--json", prefix=trace).json
    states = {(line["name"] == "oaks", line["state"]) for line in said}
    assert (len(said), states) == (1501, {(False, "file"), (True, "missing")})
    begun = {line.split()[0] for line in (tmp_path / "trace").read_text().splitlines()}
    assert len(begun) <= 5
