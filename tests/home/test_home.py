"""sesync alone: the home screen, on real links, clones, kernels and groups, made with sesync or by hand."""

import grp
import json
import os
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.clone.conftest import git, publish
from tests.conftest import SESYNC, needed
from tests.kernel import ground
from tests.services.autofs import automounted
from tests.services.fuse import hang, hangs, served

BEGIN = """\
Your home may have 20.0 GB; 'sesync usage' counts what it has.

Begin with 'sesync start PROJECT', which brings your group's data and code here, and makes a kernel for it.
'sesync tour' shows all of it in a sandbox, and 'sesync help' lists every command.
"""
WHO = ("-c", "user.name=Ann Doe", "-c", "user.email=adoe@example.org")
AT_GITLAB = "git@gitlab.sesync.org:{}.git"


def repository(tmp_path: Path, home: Path, folder: str, address: str = "") -> Path:
    """A clone that git made; it says that it is from this address."""
    bare = publish(tmp_path / f"{folder.replace('/', '-')}.git", {"heat.py": "print(1)\n"})
    git("clone", "--quiet", bare, home / folder)
    if address:
        git("remote", "set-url", "origin", address, cwd=home / folder)
    return home / folder


def table(out: str) -> list[list[str]]:
    """The rows of the home screen's table, in cells."""
    lines = out.split("\n\n")[1].splitlines()
    starts = [lines[0].index(word) for word in ("PROJECT", "DATA", "CODE", "KERNEL")]
    return [
        [line[start:end].strip() for start, end in zip(starts, [*starts[1:], None], strict=True)] for line in lines[1:]
    ]


def looks(home: Path, kind: str) -> Path:
    return home / f".local/state/sesync/last-look/{kind}.json"


def aged(page: Path, age: timedelta) -> None:
    """As if all these looks had been so long ago."""
    found = json.loads(page.read_text())
    for one in found.values():
        for moment in ("at", "tried"):
            one[moment] = (datetime.fromisoformat(one[moment]) - age).isoformat(timespec="seconds")
    page.write_text(json.dumps(found))


def test_who_has_nothing_is_told_how_to_begin(sesync, site):
    assert (shown := sesync()).out == BEGIN and shown.code == 0
    document = sesync("--json").json
    assert [document[key] for key in ("data", "clones", "kernels", "installed", "next")] == [[], [], [], [], None]


def test_who_has_packages_alone_is_told_how_to_begin_too(sesync, site, home: Path):
    (home / ".local/lib/python3.8/site-packages/numpy-1.0.dist-info").mkdir(parents=True)
    shown = sesync().out
    assert "\nPackages of your own, beside all kernels: 1 for Python 3.8.\n" in shown
    assert shown.endswith(BEGIN.partition("\n\n")[2]) and "All is well" not in shown


def test_what_people_made_by_hand_counts(sesync, site, nfs: Path, home: Path, tmp_path: Path):
    (home / "trees").symlink_to(nfs / "cooltrees-data")
    (nfs / "heat-data/raw").mkdir(parents=True)
    (home / "raw").symlink_to("../nfs/heat-data/raw")
    repository(tmp_path, home, "projects/analysis", AT_GITLAB.format("cooltrees/analysis"))
    heat = repository(tmp_path, home, "summers", AT_GITLAB.format("heat/summers"))
    (heat / "new.py").write_text("print(2)\n")
    (heat / "heat.py").write_text("print(3)\n")
    git(*WHO, "commit", "--quiet", "--allow-empty", "-m", "More", cwd=heat)
    git("init", "--quiet", home / "notes")
    pipenv = home / ".local/share/virtualenvs/summers-x1Y2"
    subprocess.run([ground.python("3.11"), "-m", "venv", "--without-pip", pipenv], check=True)
    (pipenv / ".project").write_text(str(heat))
    (next(pipenv.glob("lib/python3*/site-packages")) / "ipykernel_launcher.py").touch()
    ground.spec(home, "warm", [str(pipenv / "bin/python")])
    ground.spec(home, "old", ["/opt/python2/bin/python"])
    for package in ("numpy-1.0", "pandas-2.0"):
        (home / f".local/lib/python3.8/site-packages/{package}.dist-info").mkdir(parents=True)
    shown = sesync()
    assert table(shown.out) == [
        ["cooltrees", "linked as trees", "projects/analysis: all sent", ""],
        ["heat", "linked in part", "summers: 1 new file, 1 file changed, 1 commit to send", "warm: Python 3.11"],
        ["notes", "", "only here", ""],
        ["old", "", "", "no Python"],
    ]
    assert "\nPackages of your own, beside all kernels: 2 for Python 3.8.\n" in shown.out
    assert shown.out.endswith("\nCommits in summers are only here. Send them:\n  sesync sync ~/summers\n")
    assert "'sesync kernel remove old' removes it" in sesync("kernel", "show", "old").out


def test_what_sesync_made_stands_there(sesync, site, nfs: Path, home: Path, index: Path):
    ground.wheel(index, "sesync_tree")
    assert sesync("link", "cooltrees").code == 0
    assert sesync("kernel", "create", "cooltrees", "sesync_tree").code == 0
    assert table(sesync().out) == [["cooltrees", "linked", "", "Python 3.11"]]


def test_the_one_next_command_leads_from_a_group_to_its_data(sesync, site, nfs: Path, home: Path):
    group = grp.getgrgid(os.getgid()).gr_name
    (nfs / f"{group}-data").mkdir()
    assert table(sesync().out) == [[group, "not linked", "", ""]]
    step = sesync("--json").json["next"]
    assert step["command"] == f"sesync start {group}"
    subprocess.run(
        ["/bin/sh", "-c", f"{step['command']} -y"], env={**os.environ, "PATH": f"{SESYNC.parent}:/usr/bin:/bin"}
    )
    assert table(sesync().out) == [[group, "linked", "", ""]]
    assert sesync("--json").json["next"]["command"] == "sesync clone"


def test_a_member_of_a_group_sees_its_data_and_nobody_else_does(here):
    name = f"cooltrees-{os.getpid()}"
    (here.nfs / f"{name}-data").mkdir()
    assert table(here.ann.sesync().out) == [[name, "not linked", "", ""]]
    assert here.carl.sesync("--json").json["data"] == []


def test_a_clone_says_which_project_one_works_in(sesync, site, nfs: Path, home: Path, tmp_path: Path):
    repository(tmp_path, home, "summers", AT_GITLAB.format("cooltrees/summers"))
    repository(tmp_path, home, "moss", AT_GITLAB.format("moss/moss"))
    assert table((shown := sesync()).out) == [
        ["cooltrees", "not linked", "summers: all sent", ""],
        ["moss", "", "all sent", ""],
    ]
    assert shown.out.endswith("\nHave the data of cooltrees in your home:\n  sesync link cooltrees\n")


def test_a_groups_data_is_asked_for_once_and_no_server_ever_after(sesync, site, nfs: Path, home: Path, tmp_path: Path):
    needed("automount")
    (nfs / "cooltrees-data").rmdir()
    export = tmp_path / "export"
    export.mkdir()
    group = grp.getgrgid(os.getgid()).gr_name
    sources = {f"{group}-data": export, "heat-data": export}
    with automounted(nfs, sources, slow=0.01) as asked:
        names = asked.with_name("names")
        (home / "heat-data").symlink_to(nfs / "heat-data")
        assert [row[:2] for row in table(sesync().out)] == [["heat", "linked"], [group, "not linked"]]
        before = names.read_text()
        assert {f"{group}-data", "heat-data"} <= {*before.split()}
        for mount in sources:
            subprocess.run(["umount", nfs / mount], check=True)
        assert [row[:2] for row in table(sesync().out)] == [["heat", "linked"], [group, "not linked"]]
        assert sesync("ls").code == 0
        assert names.read_text() == before


def test_a_server_that_hangs_is_waited_for_once(sesync, site, nfs: Path, home: Path, tmp_path: Path):
    site(data={"patience_seconds": 0.5})
    (home / "heat-data").symlink_to(nfs / "heat-data")
    with served(nfs / "cooltrees-data", nfs / "heat-data") as server:
        hang(server)
        assert table(sesync().out) == [["heat", "linked, no answer", "", ""]]
        at = sesync("--json").json["data"][0]["at"]
        assert table((shown := sesync()).out) == [["heat", "linked, no answer", "", ""]] and hangs(server)
        assert shown.out.endswith("If it stays so, tell support:\n  sesync report ~/heat-data\n")
        aged(looks(home, "data"), timedelta(hours=2))
        os.utime(home / "heat-data", (0, 0), follow_symlinks=False)
        assert sesync().out.endswith("\nheat-data could not be reached 2 hours ago. Look again:\n  sesync link\n")
        assert hangs(server) and at
    (nfs / "heat-data").mkdir(exist_ok=True)
    assert sesync("link").code == 0
    assert table(sesync().out) == [["heat", "linked", "", ""]]


def test_a_link_that_is_made_anew_is_looked_at_anew(sesync, site, nfs: Path, home: Path):
    (home / "heat-data").symlink_to(nfs / "heat-data")
    assert table(sesync().out) == [["heat", "linked, missing", "", ""]]
    (nfs / "heat-data").mkdir()
    aged(looks(home, "data"), timedelta(hours=2))
    (home / "heat-data").unlink()
    (home / "heat-data").symlink_to(nfs / "heat-data")
    assert table(sesync().out) == [["heat", "linked", "", ""]]


def test_a_link_that_led_nowhere_some_time_ago_is_looked_at_before_it_goes(sesync, site, nfs: Path, home: Path):
    (home / "heat-data").symlink_to(nfs / "heat-data")
    assert sesync("--json").json["next"]["command"] == "sesync unlink heat-data"
    os.utime(home / "heat-data", (0, 0), follow_symlinks=False)
    aged(looks(home, "data"), timedelta(days=3))
    assert sesync("--json").json["next"]["command"] == "sesync link"
    assert "\nData was looked at 3 days ago: 'sesync link' looks again.\n" in sesync().out
    assert sesync("link").code == 0
    assert sesync("--json").json["next"]["command"] == "sesync unlink heat-data"


def test_what_takes_long_is_as_it_was_with_its_age(
    sesync, site, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    repository(tmp_path, home, "heat", AT_GITLAB.format("heat/heat"))
    for folder in ("a/oak", "b/oak"):
        repository(tmp_path, home, folder)
    assert table(sesync().out) == [["heat", "", "all sent", ""], ["oak", "", "2 clones", ""]]
    (home / "heat/heat.py").write_text("print(2)\n")
    site(data={"patience_seconds": 2})
    program = tmp_path / "bin/git"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nexec sleep 1000\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    aged(looks(home, "clones"), timedelta(hours=3))
    assert table(sesync().out) == [
        ["heat", "", "all sent (3 hours ago)", ""],
        ["oak", "", "2 clones (3 hours ago)", ""],
    ]
    assert sesync("--json").json["clones"][0]["now"] is False
    program.unlink()
    site(data={"patience_seconds": 80})
    aged(looks(home, "clones"), timedelta(hours=3))
    assert table((shown := sesync()).out) == [["heat", "", "1 file changed", ""], ["oak", "", "2 clones", ""]]
    assert shown.out.endswith("\nChanges in heat are only here. See how to commit them:\n  sesync sync ~/heat\n")


def test_a_killed_sync_comes_first(sesync, site, home: Path, tmp_path: Path):
    heat = repository(tmp_path, home, "heat")
    (heat / ".git/.sesync-journal").write_text(json.dumps({"head": "", "host": os.uname().nodename, "process": 2**22}))
    ground.spec(home, "old", ["/opt/python2/bin/python"])
    assert table((shown := sesync()).out)[0] == ["heat", "", "half done", ""]
    assert shown.out.endswith("something half done in heat. Put it right:\n  sesync sync ~/heat\n")


def test_a_clone_that_git_does_not_open_keeps_nobody_from_the_others(sesync, site, home: Path, tmp_path: Path):
    repository(tmp_path, home, "heat")
    git("init", "--quiet", home / "broken")
    (home / "broken/.git/config").write_text("[core\n")
    assert table(sesync().out) == [["broken", "", "unreadable", ""], ["heat", "", "all sent", ""]]
    [broken, _] = sesync("--json").json["clones"]
    assert (broken["state"], "bad config line 1" in broken["problem"]) == ("unreadable", True)


def test_a_kernel_for_a_clone_that_asks_for_packages(sesync, site, home: Path, tmp_path: Path):
    heat = repository(tmp_path, home, "a heat's work")
    (heat / "requirements.txt").write_text("six\n")
    git("add", ".", cwd=heat)
    git(*WHO, "commit", "--quiet", "-m", "Packages", cwd=heat)
    git("push", "--quiet", "origin", cwd=heat)
    assert sesync().out.endswith("""\n  sesync kernel create --from ~/'a heat'"'"'s work'\n""")


def test_what_was_counted_is_told_with_its_age(sesync, site, home: Path):
    (home / "big.bin").write_bytes(bytes(3_000_000))
    assert sesync("usage").code == 0
    assert sesync().out.startswith("Your home has 3 MB of 20.0 GB, 20.0 GB free.\n")
    aged(looks(home, "home"), timedelta(days=2))
    assert sesync().out.startswith("Your home has 3 MB of 20.0 GB, 20.0 GB free, as counted 2 days ago.\n")


def test_a_home_that_is_nearly_full_is_told(sesync, site, home: Path):
    (home / "heat").mkdir()
    git("init", "--quiet", home / "heat")
    assert sesync("usage").code == 0
    page = looks(home, "home")
    found = json.loads(page.read_text())
    found[str(home)]["found"] = {"used_bytes": 19_500_000_000, "quota_bytes": 20_000_000_000}
    page.write_text(json.dumps(found))
    assert sesync().out.endswith("\nYour home is nearly full. See what can go:\n  sesync usage\n")
    aged(page, timedelta(days=2))
    assert sesync().out.endswith("nearly full 2 days ago. See how it is now, and what can go:\n  sesync usage\n")
    assert sesync("usage").code == 0
    assert sesync("--json").json["next"] is None


def test_what_was_cleaned_up_is_counted_off(sesync, site, home: Path):
    trash = home / ".local/share/Trash/files"
    trash.mkdir(parents=True)
    (trash / "old.bin").write_bytes(bytes(5_000_000))
    (home / "big.bin").write_bytes(bytes(3_000_000))
    assert sesync("usage").code == 0
    assert sesync().out.startswith("Your home has 8 MB of")
    assert sesync("usage", "--clean", "--yes").code == 0 and not (trash / "old.bin").exists()
    assert sesync().out.startswith("Your home has 3 MB of")


@pytest.mark.parametrize("found", [3, [1], {"name": "x"}, [{"name": "x"}], None])
def test_looks_that_were_damaged_are_no_looks(sesync, site, nfs: Path, home: Path, tmp_path: Path, found: object):
    ground.spec(home, "old", ["/opt/python2/bin/python"])
    repository(tmp_path, home, "heat")
    (home / "cooltrees-data").symlink_to(nfs / "cooltrees-data")
    before = table(sesync().out)
    kinds = ("kernels", "packages", "groups", "clones", "data", "home")
    sesync("usage")
    for kind in kinds:
        page = json.loads(looks(home, kind).read_text())
        assert page
        looks(home, kind).write_text(json.dumps({name: {**one, "found": found} for name, one in page.items()}))
    assert table(sesync().out) == before


def test_where_nothing_can_be_kept_it_looks_each_time(sesync, site, nfs: Path, home: Path, tmp_path: Path):
    (home / ".local").mkdir()
    (home / ".local/state").write_text("no folder")
    (home / "cooltrees-data").symlink_to(nfs / "cooltrees-data")
    repository(tmp_path, home, "heat")
    for _ in range(2):
        assert table(sesync().out) == [["cooltrees", "linked", "", ""], ["heat", "", "all sent", ""]]


def test_a_site_without_data_directories_has_a_home_screen_too(sesync, home: Path, tmp_path: Path, monkeypatch):
    (tmp_path / "own.toml").write_text('[site]\nname = "The Tree Centre"\n')
    monkeypatch.setenv("SESYNC_SITE", str(tmp_path / "own.toml"))
    repository(tmp_path, home, "heat")
    assert table(sesync().out) == [["heat", "", "all sent", ""]]


def test_many_projects_are_told_by_those_that_want_something(sesync, site, nfs: Path, home: Path):
    for number in range(20):
        (nfs / f"heat{number:02}-data").mkdir()
        (home / f"heat{number:02}-data").symlink_to(nfs / f"heat{number:02}-data")
    (nfs / "heat17-data").rmdir()
    rows = table((shown := sesync()).out)
    assert (len(rows), rows[-1][:2]) == (12, ["heat17", "linked, missing"])
    assert "\nAnd 8 more: 'sesync link' and 'sesync kernel list' tell them all.\n" in shown.out
    assert len(sesync("--json").json["data"]) == 20


def test_ones_own_projects_stand_before_clones_of_no_project(sesync, site, nfs: Path, home: Path):
    (home / "cooltrees-data").symlink_to(nfs / "cooltrees-data")
    for name in ("a\n[bold]b", "-dash", *(f"repo {number:02}" for number in range(15))):
        git("init", "--quiet", "--", home / name)
    rows = table((shown := sesync()).out)
    assert rows[:3] == [
        ["cooltrees", "linked", "", ""],
        ["-dash", "", "only here", ""],
        ["a\\n[bold]b", "", "only here", ""],
    ]
    assert len(rows) == 12 and "\nAnd 6 more:" in shown.out


@pytest.mark.parametrize("columns", [40, 80])
def test_it_fits_on_a_terminal(terminal, site, nfs: Path, home: Path, tmp_path: Path, columns: int):
    (home / "cooltrees-data").symlink_to(nfs / "cooltrees-data")
    repository(tmp_path, home, "summers", AT_GITLAB.format("cooltrees/summers"))
    (home / "summers/heat.py").write_text("print('[bold]')\n")
    seen = terminal(columns=columns)
    assert seen.ended() == 0
    assert all(len(line) <= columns for line in seen.screen.splitlines())
    assert "sesync sync ~/summers" in seen.screen and "summers: 1 file changed" in " ".join(seen.screen.split())


@pytest.mark.parametrize("word", ["ls", "list", "status", "home"])
def test_words_for_it_are_understood(sesync, site, word: str):
    assert sesync(word).out == BEGIN
    assert sesync(word, "--json").json["next"] is None


def test_json_stands_behind_a_command(sesync, site):
    ended = sesync("--json", "kernel", "list")
    assert (ended.code, ended.json["error"]["hint"]) == (2, "Type 'sesync kernel list --json'.")


def test_a_broken_site_file_is_an_error(sesync, home: Path, tmp_path: Path, monkeypatch):
    (tmp_path / "own.toml").write_text("[site\n")
    monkeypatch.setenv("SESYNC_SITE", str(tmp_path / "own.toml"))
    ended = sesync()
    assert ended.code != 0 and ended.err.startswith("Error: ") and "own.toml" in ended.err


def sent(home: Path, tmp_path: Path, folder: str = "heat") -> Path:
    return repository(tmp_path, home, folder, AT_GITLAB.format(f"{folder}/{folder}"))


def next_command(sesync) -> str:
    return (sesync("--json").json["next"] or {}).get("command", "")


def test_work_on_other_branches_and_what_is_put_away_is_told(sesync, site, home: Path, tmp_path: Path):
    heat = sent(home, tmp_path)
    git("checkout", "--quiet", "-b", "plots", cwd=heat)
    git(*WHO, "commit", "--quiet", "--allow-empty", "-m", "Plots", cwd=heat)
    git("checkout", "--quiet", "-", cwd=heat)
    (heat / "heat.py").write_text("print(2)\n")
    git(*WHO, "stash", "--quiet", cwd=heat)
    shown = sesync().out
    assert table(shown) == [["heat", "", "1 commit on other branches, 1 stash", ""]]
    assert "All is well" not in shown and next_command(sesync) == ""


def test_new_files_alone_are_nobodys_worry(sesync, site, home: Path, tmp_path: Path):
    (sent(home, tmp_path) / "notes.txt").touch()
    shown = sesync().out
    assert table(shown) == [["heat", "", "1 new file", ""]] and shown.endswith("\n\nAll is well.\n")


def test_a_conflict_is_told(sesync, site, home: Path, tmp_path: Path):
    heat = sent(home, tmp_path)
    for branch, text in (("theirs", "print(2)\n"), ("ours", "print(3)\n")):
        git("checkout", "--quiet", "-b", branch, "origin/HEAD", cwd=heat)
        (heat / "heat.py").write_text(text)
        git(*WHO, "commit", "--quiet", "-a", "-m", branch, cwd=heat)
    assert subprocess.run(["git", *WHO, "-C", heat, "merge", "theirs"], capture_output=True).returncode == 1
    assert table(sesync().out) == [["heat", "", "in conflict", ""]]
    assert next_command(sesync) == f"sesync sync {heat}"


def test_the_step_is_the_same_wherever_one_is(sesync, site, home: Path, tmp_path: Path, monkeypatch):
    heat = sent(home, tmp_path)
    git(*WHO, "commit", "--quiet", "--allow-empty", "-m", "More", cwd=heat)
    (home / "other/heat").mkdir(parents=True)
    monkeypatch.chdir(home / "other")
    assert sesync().out.endswith("\nCommits in heat are only here. Send them:\n  sesync sync ~/heat\n")


def test_what_cannot_be_linked_or_made_is_not_offered(sesync, site, nfs: Path, home: Path, tmp_path: Path):
    heat = sent(home, tmp_path)
    (nfs / "heat-data").mkdir()
    (home / "heat-data").mkdir()  # in the way
    (heat / "pyproject.toml").write_text("[tool.black]\n")
    git("add", ".", cwd=heat)
    git(*WHO, "commit", "--quiet", "-m", "Format", cwd=heat)
    git("push", "--quiet", tmp_path / "heat.git", "HEAD", cwd=heat)
    git("fetch", "--quiet", tmp_path / "heat.git", "HEAD:refs/remotes/origin/x", cwd=heat)
    assert table(sesync().out) == [["heat", "not linked", "all sent", ""]]
    assert next_command(sesync) == ""


def test_links_in_folders_count_and_a_lost_one_is_taken_away_there(sesync, site, nfs: Path, home: Path):
    (home / "work").mkdir()
    (nfs / "heat-data").mkdir()
    (home / "work/-data").symlink_to(nfs / "heat-data")
    assert table(sesync().out) == [["heat", "linked as -data", "", ""]]
    (nfs / "heat-data").rmdir()
    assert sesync("link", "--in", "work").code == 0
    step = next_command(sesync)
    assert step == f"sesync unlink --in {home}/work -- -data"
    subprocess.run(["/bin/sh", "-c", step], env={**os.environ, "PATH": f"{SESYNC.parent}:/usr/bin:/bin"}, check=True)
    assert not (home / "work/-data").is_symlink()


def test_who_may_not_read_it_is_told_whom_to_ask(here):
    name = f"cooltrees-{os.getpid()}-data"
    (here.nfs / name).mkdir(mode=0o700)
    (here.nfs / name).chmod(0o700)
    (here.carl.home / name).symlink_to(here.nfs / name)
    shown = here.carl.sesync().out
    assert table(shown)[0][1] == "linked, no access" and "All is well" not in shown
    assert shown.endswith(f"\nYou may not read what {name} leads to. Tell support:\n  sesync report ~/{name}\n")


def test_a_project_that_is_gone_is_not_offered_for_ever(sesync, site, nfs: Path, home: Path):
    group = grp.getgrgid(os.getgid()).gr_name
    (nfs / f"{group}-data").mkdir()
    assert next_command(sesync) == f"sesync start {group}"
    (nfs / f"{group}-data").rmdir()
    assert sesync("link", group).code == 1
    assert (next_command(sesync), sesync("--json").json["data"]) == ("", [])
    (nfs / f"{group}-data").mkdir()
    aged(looks(home, "data"), timedelta(days=2))
    assert next_command(sesync) == f"sesync start {group}"


def test_a_clone_that_is_slow_from_the_first_is_told_and_waited_for_once(
    sesync, site, home: Path, tmp_path: Path, monkeypatch
):
    sent(home, tmp_path)
    sent(home, tmp_path, "oak")
    real = needed("git")
    program = tmp_path / "bin/git"
    program.parent.mkdir()
    program.write_text(f"""#!/bin/sh
case "$PWD $*" in *oak*status*|*status*oak*) echo x >>{tmp_path}/asked; exec sleep 1000;; esac
exec {real} "$@"
""")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    site(data={"patience_seconds": 4})
    assert table(sesync().out)[1] == ["oak", "", "not looked at", ""]
    assert (tmp_path / "asked").exists()
    site(data={"patience_seconds": 1000})  # which is not waited for in vain again
    assert table(sesync().out)[1] == ["oak", "", "not looked at", ""]


def test_more_links_than_files_may_be_open(sesync, site, nfs: Path, home: Path):
    for number in range(100):
        (nfs / f"p{number:03}-data").mkdir()
        (home / f"p{number:03}-data").symlink_to(nfs / f"p{number:03}-data")
    shown = subprocess.run(
        ["/bin/sh", "-c", f"ulimit -n 64; {SESYNC} --json; {SESYNC} link --json"], capture_output=True, text=True
    )
    assert shown.stderr == ""
    first, second = shown.stdout.split("\n}\n", 1)
    assert [one["state"] for one in json.loads(first + "}")["data"]] == ["ok"] * 100
    assert [one["state"] for one in json.loads(second)] == ["ok"] * 100


def test_a_home_behind_a_link_with_a_mounted_folder(sesync, site, home: Path, tmp_path: Path, monkeypatch):
    sent(home, tmp_path)
    (tmp_path / "disk/.git").mkdir(parents=True)
    (tmp_path / "way").symlink_to(home)
    monkeypatch.setenv("HOME", str(tmp_path / "way"))
    with served(tmp_path / "disk", home / "far") as server:
        hang(server)
        assert table(sesync().out) == [["heat", "", "all sent", ""]] and hangs(server)


def test_a_folder_of_many_files_hides_no_clone(sesync, site, home: Path, tmp_path: Path):
    (home / "runs").mkdir()
    for number in range(2000):
        (home / f"runs/{number:04}.csv").touch()
        (home / f"{number:04}.csv").touch()
    repository(tmp_path, home, "runs/zeta")
    assert table(sesync().out) == [["zeta", "", "runs/zeta: all sent", ""]]


def test_a_kernel_that_nobody_can_mend_keeps_nothing_back(sesync, site, home: Path, tmp_path: Path):
    ground.spec(home, "rain", ["sesync-no-such-R", "--slave"])
    assert next_command(sesync) == "sesync kernel show rain"
    heat = sent(home, tmp_path)
    (heat / "heat.py").write_text("print(2)\n")
    assert next_command(sesync) == f"sesync sync {heat}"


def test_kernels_that_cannot_be_looked_at_keep_nobody_from_the_rest(sesync, site, home: Path, tmp_path: Path):
    sent(home, tmp_path)
    (tmp_path / "disk").mkdir()
    with served(tmp_path / "disk", ground.specs(home)) as server:
        hang(server)
        site(data={"patience_seconds": 5})
        assert table((shown := sesync()).out) == [["heat", "", "all sent", ""]] and hangs(server)
        assert "\nYour kernels could not be looked at in time.\n" in shown.out and "All is well" not in shown.out
        site(data={"patience_seconds": 1000})  # which is not waited for in vain again
        assert sesync("--json").json["not_seen"] == ["kernels"]


def test_a_clone_that_one_may_not_read_any_more_is_told(here):
    git_as = here.ann.run("git", "init", "--quiet", here.ann.home / "heat")
    assert git_as.code == 0 and table(here.ann.sesync().out)[-1] == ["heat", "", "only here", ""]
    (here.ann.home / "heat").chmod(0)
    assert table((shown := here.ann.sesync()).out)[-1] == ["heat", "", "unreadable", ""]
    assert shown.out.endswith("\nGit cannot read heat. See why:\n  sesync sync ~/heat\n")
    (here.ann.home / "heat").chmod(0o700)
