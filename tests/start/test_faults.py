"""What others may have put into a data directory, what somebody may type, and what else may go wrong with a start."""

import os
import re
import subprocess
import time
from pathlib import Path

import pytest

from tests.clone.conftest import git
from tests.services.leaks import EXPIRED
from tests.services.sshd import Sshd
from tests.start.test_shared import LIST
from tests.start.test_start import states

PLAIN = {"heat.py": "print(1)\n"}


def listed(nfs: Path, text: str) -> Path:
    """The list of cooltrees, with this text."""
    (nfs / LIST).parent.mkdir(exist_ok=True)
    (nfs / LIST).write_text(text)
    return nfs / LIST


def test_a_pipe_in_the_place_of_a_list_or_a_lock_keeps_nobody_waiting(sesync, site, nfs: Path):
    listed(nfs, "").unlink()
    os.mkfifo(nfs / LIST)
    (nfs / "cooltrees-data/.sesync/kernels/old").mkdir(parents=True)
    os.mkfifo(nfs / "cooltrees-data/.sesync/kernels/old/pylock.toml")
    shown = sesync("start", "cooltrees", "-n")
    assert shown.code == 1 and f"Error: {nfs}/{LIST} is no file\n" in shown.err
    assert sesync("start", "cooltrees", "--share", "a/b").code == 1


@pytest.mark.parametrize("name", ["x\ny", "-x", "[bold]"])
def test_what_cannot_be_a_kernels_name_is_none(sesync, site, nfs: Path, name: str):
    lock = nfs / "cooltrees-data/.sesync/kernels" / name / "pylock.toml"
    lock.parent.mkdir(parents=True)
    lock.write_text('lock-version = "1.0"\ncreated-by = "x"\npackages = []\n')
    parts = sesync("start", "cooltrees", "-n", "--json").json["result"]["parts"]
    assert [one["kind"] for one in parts] == ["data"]


def test_a_list_that_is_too_long_is_not_cut(sesync, site, nfs: Path):
    text = "#" * 131_000 + "\ncooltrees/heat\n# the end\n"
    listed(nfs, text)
    for words in (("--share", "a/b"), ("-n",)):
        done = sesync("start", "cooltrees", *words)
        assert (done.code, "is too large for a list of repositories" in done.err) == (1, True)
    assert (nfs / LIST).read_text() == text


def test_a_list_has_a_limit(sesync, site, nfs: Path):
    listed(nfs, "".join(f"cooltrees/part{number}\n" for number in range(40)))
    shown = sesync("start", "cooltrees", "-n", "--https")
    assert shown.out.count("git clone ") == 30
    before = (nfs / LIST).read_text()
    assert "knows cooltrees/part39 already" in sesync("start", "cooltrees", "--share", "part39").out
    assert (nfs / LIST).read_text() == before
    asked = sesync("start", "cooltrees", "--https").err
    assert f"{nfs}/{LIST} has more than 30 repositories: the first 30 are taken" in asked


def test_the_way_to_gitlab_is_none_to_other_servers(sesync, site, nfs: Path):
    site(gitlab={"https": "https://gitlab.example.org/{repo}.git", "ssh": "git@gitlab.example.org:{repo}.git"})
    listed(nfs, "cooltrees/heat\nhttps://github.com/a/rain.git\n")
    shown = sesync("start", "cooltrees", "-n", "--https").out
    assert "git clone https://gitlab.example.org/cooltrees/heat.git" in shown
    listed(nfs, "ssh://git@127.0.0.1:1/a/rain.git\ncooltrees/heat\n")
    shown = sesync("start", "cooltrees", "-n", "--https", "--json").json
    assert [one["kind"] for one in shown["result"]["parts"]].count("code") == 2 and not shown["warnings"]


def test_one_way_or_the_other_it_is_the_same_repository(sesync, site, nfs: Path):
    site(gitlab={"https": "https://git.example.org/x/{repo}.git", "ssh": "git@gitlab.example.org:{repo}.git"})
    words = ("https://git.example.org/x/cooltrees/heat.git", "heat", "https://me@git.example.org/x/cooltrees/heat.git")
    shown = sesync("start", "cooltrees", *words, "-n", "--json").json
    assert [one["kind"] for one in shown["result"]["parts"]].count("code") == 1


def test_a_project_of_an_odd_name_takes_no_other_away(sesync, code, member, nfs: Path, home: Path):
    member.publish("cooltrees/.dot", code("cooltrees/heat", PLAIN))
    done = sesync("start", "cooltrees", "-y")
    assert done.code == 0 and (home / "heat/heat.py").exists()
    assert "Warning: cooltrees/.dot is passed over: this is not the address of a repository\n" in done.err


def test_a_server_of_two_repositories_takes_one_key(sesync, code, stranger: Sshd, site, nfs: Path, home: Path):
    site(gitlab={"ssh": "git@gitlab.example.org:{repo}.git"})
    urls = [stranger.url(code(name, PLAIN)) for name in ("cooltrees/heat", "cooltrees/rain")]
    parts = sesync("start", "cooltrees", *urls, "-n", "--json").json["result"]["parts"]
    assert [(one["kind"], one["state"]) for one in parts if one["kind"] == "key"] == [("key", "to do")]


def test_nothing_is_written_behind_a_link(sesync, site, nfs: Path, tmp_path: Path):
    (tmp_path / "elsewhere").mkdir()
    (nfs / "cooltrees-data/.sesync").symlink_to(tmp_path / "elsewhere")
    done = sesync("start", "cooltrees", "--share", "a/b")
    assert (done.code, "is a link, and nothing is written behind it" in done.err) == (1, True)
    assert not [*(tmp_path / "elsewhere").iterdir()]


def test_the_dry_run_of_share_can_be_typed(sesync, site, nfs: Path):
    for before in (None, "a/b # no line break"):
        if before:
            listed(nfs, before)
        shown = sesync("start", "cooltrees", "--share", "c/d", "https://x.org/it%27s.git", "-n").out
        subprocess.run(["/bin/sh", "-ec", shown], check=True)
        lines = (nfs / LIST).read_text().splitlines()
        assert lines == [*([before] if before else []), "c/d", "https://x.org/it%27s.git"]


def test_nobodys_name_is_shared(sesync, site, nfs: Path):
    site(gitlab={"https": "https://gitlab.example.org/{repo}.git", "url": "https://gitlab.example.org"})
    words = ("https://jsmith@gitlab.example.org/cooltrees/heat.git", "https://jsmith@github.com/a/b.git")
    assert sesync("start", "cooltrees", "--share", *words).code == 0
    assert (nfs / LIST).read_text().splitlines()[1:] == ["cooltrees/heat", "https://github.com/a/b.git"]


def test_a_yes_beforehand_is_none_to_a_server_that_others_have_written_down(
    sesync, code, stranger: Sshd, site, nfs: Path, home: Path
):
    site(gitlab={"ssh": "git@gitlab.example.org:{repo}.git"})
    address = stranger.url(code("cooltrees/heat", PLAIN))
    listed(nfs, f"{address}\n")
    done = sesync("start", "cooltrees", "-y")
    assert done.code == 1 and not (home / ".ssh/known_hosts").exists() and not (home / "heat").exists()
    assert "nobody has confirmed the key of 127.0.0.1" in done.err
    command = re.search(r"'(sesync ssh-key [^']*)' shows it, and asks", done.err)
    assert command and f":{stranger.port}" in command[1]


@pytest.mark.parametrize("words", [("heat", "cooltrees/heat", "cooltrees/heat.git", "URL"), ("URL", "heat")])
def test_a_repository_that_is_named_in_many_ways_is_one(sesync, code, friend, words):
    code("cooltrees/heat", PLAIN)
    named = [friend.url("cooltrees/heat") if word == "URL" else word for word in words]
    assert sesync("start", "cooltrees", *named, "-n").out.count("git clone ") == 1


def test_two_repositories_do_not_go_to_one_folder(sesync, code, friend, home: Path):
    for name in ("cooltrees/heat", "rain/heat", "cooltrees/.dot"):
        code(name, PLAIN)
    (home / "heat-2").mkdir()
    dot = friend.url("cooltrees/.dot")
    shown = sesync("start", "cooltrees", "heat", "rain/heat", dot, "-n")
    assert (shown.code, shown.out.count("git clone ")) == (1, 1)
    commands = re.findall(r"'(sesync clone [^']*)' clones it to another folder", shown.err)
    assert commands == ["sesync clone rain/heat ~/heat-3", f"sesync clone {dot} ~/dot"]
    for command in commands:
        assert sesync(*command.replace("~", str(home)).split()[1:]).code == 0
    assert git("remote", "get-url", "origin", cwd=home / "heat-3").strip() == friend.url("rain/heat")
    assert states(sesync("start", "cooltrees", "rain/heat", dot, "-n", "--json"))["code 2"] == "there"


def test_the_dry_run_tells_what_cannot_be_done(sesync, site, nfs: Path, home: Path, monkeypatch: pytest.MonkeyPatch):
    (home / "cooltrees-data").mkdir()
    shown = sesync("start", "cooltrees", "a/b", "-n", "--https")
    assert (shown.code, shown.out.startswith("git clone ")) == (1, True)
    assert shown.err.startswith(f"Error: {home}/cooltrees-data is a folder, and it stays\n")
    document = sesync("start", "cooltrees", "a/b", "-n", "--https", "--json")
    assert (document.code, document.json["done"]) == (1, False)
    assert document.json["message"] == "cooltrees is set up, but for what cannot be done."


def test_a_group_that_nobody_can_be_asked_about_keeps_no_data_away(sesync, member, nfs: Path, home: Path, monkeypatch):
    monkeypatch.delenv("GITLAB_TOKEN")
    done = sesync("start", "cooltrees", "cooltrees/", "-y")
    assert (done.code, (home / "cooltrees-data").is_symlink()) == (2, True)
    assert "Error: to list what is in cooltrees/ takes a token\n" in done.err
    monkeypatch.setenv("GITLAB_TOKEN", EXPIRED)
    done = sesync("start", "cooltrees", "cooltrees/")
    assert done.code == 1 and EXPIRED not in done.err and "Already there: ~/cooltrees-data." in done.out


def test_a_gitlab_that_is_silent_is_waited_for_once(
    sesync, code, member, friend, site, nfs: Path, home: Path, monkeypatch: pytest.MonkeyPatch
):
    code("cooltrees/heat", PLAIN)
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.delenv(f"GIT_{who}_NAME")
        monkeypatch.delenv(f"GIT_{who}_EMAIL")
    listed(nfs, "cooltrees/heat\n")
    site(data={"patience_seconds": 1.5})
    asked = []

    def silent(answer) -> bool:
        asked.append(answer.path)
        time.sleep(6)
        return True

    member.fault = silent
    done = sesync("start", "cooltrees", "-y")
    assert (done.code, (home / "heat/heat.py").exists()) == (0, True)
    assert len(asked) == 1 and "did not answer" in done.err


def test_nothing_at_the_choice_is_a_no(terminal, member, nfs: Path, home: Path):
    for number in range(7):
        member.publish(f"cooltrees/part{number}")
    listed(nfs, "cooltrees/part1\n")
    person = terminal("start", "cooltrees")
    person.wait_for("Numbers, or a part of a name")
    person.type("\r")
    assert person.ended() == 1
    assert "As you wish: nothing was done." in person.screen and "To begin with" not in person.screen


def test_a_lock_that_cannot_be_read_takes_no_codes_kernel_away(sesync, code, friend, nfs: Path, home: Path):
    code("cooltrees/heat")
    broken = nfs / "cooltrees-data/.sesync/kernels/old/pylock.toml"
    broken.parent.mkdir(parents=True)
    broken.write_text("broken [")
    done = sesync("start", "cooltrees", "heat", "-y")
    assert done.code == 3 and f"{broken} is not a lock of packages" in done.err
    assert "Made the kernel heat from requirements.txt.\n" in done.out


def test_a_site_without_data_directories_starts_with_the_code(sesync, code, friend, tmp_path: Path, monkeypatch):
    address = friend.url(code("cooltrees/heat", PLAIN))
    alone = tmp_path / "alone.toml"
    alone.write_text('[site]\nname = "X"\n')
    monkeypatch.setenv("SESYNC_SITE", str(alone))
    done = sesync("start", "cooltrees", address, "-y", "--json")
    assert done.code == 0, done.out
    assert states(done) == {"key 1": "there", "code 1": "done", "kernel 1": "not needed"}
    assert done.json["result"]["url"] is None
