"""sesync clone GROUP/: several repositories side by side, each whole or not at all."""

import shutil
import signal
import subprocess
import time

import pytest

from tests.clone.conftest import add_commit, git, leftovers, locking, publish
from tests.clone.test_choice import member, projects  # noqa: F401
from tests.conftest import HANG, wait_for
from tests.services.githttp import git_http
from tests.services.leaks import NARROW, PASSPHRASE, TOKEN


@pytest.fixture
def group(member):  # noqa: F811
    """A group of three, one of which only GitLab knows."""
    member.publish("cooltrees/analysis", "cooltrees/empty")
    return member


def test_a_group_is_cloned_with_yes(sesync, group, home):
    done = sesync("clone", "cooltrees/", "--yes")
    assert (done.code, done.err) == (0, "")
    assert done.out == "2 repositories are in ~: analysis, empty.\n"
    assert (home / "analysis/analysis.py").exists() and (home / "empty/.git").is_dir()
    assert leftovers(home) == []
    again = sesync("clone", "cooltrees/", "--yes")
    assert again.out == "2 repositories are cloned already; '--update' gets what is new.\n"


def test_without_a_terminal_it_takes_a_yes(sesync, group, home):
    done = sesync("clone", "cooltrees/")
    assert done.code == 2
    assert "clone 2 repositories to ~: cooltrees/analysis, cooltrees/empty?" in done.err and "'--yes'" in done.err
    assert not (home / "analysis").exists()


def test_the_dry_run_shows_each(sesync, group, friend, home):
    done = sesync("clone", "cooltrees/", "code", "-n")
    assert done.out == "".join(
        f"git clone {friend.url(f'cooltrees/{name}')} {home}/code/{name}\n" for name in ("analysis", "empty")
    )


def test_json_names_them_all(sesync, group, friend, home):
    document = sesync("clone", "cooltrees/", "-y", "--json").json
    assert document["result"] == {
        "repositories": [
            {"repository": f"cooltrees/{name}", "address": friend.url(f"cooltrees/{name}"), "path": f"{home}/{name}"}
            for name in ("analysis", "empty")
        ]
    }


def test_one_that_fails_takes_no_other_away(sesync, group, home):
    group.publish("cooltrees/forbidden", "cooltrees/gone")
    (home / "empty").mkdir()
    (home / "empty/mine.txt").touch()
    done = sesync("clone", "cooltrees/", "--yes")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("Error: 3 of 4 repositories could not be cloned; the others are there:\n")
    assert "cooltrees/forbidden: " in done.err and "cooltrees/gone: " in done.err
    assert f"cooltrees/empty: {home}/empty is there already" in done.err
    assert sorted(path.name for path in home.iterdir() if path.name[0] != ".") == ["analysis", "empty"]
    assert leftovers(home) == []


def test_update_takes_all_along(sesync, group, friend, repositories, home):
    sesync("clone", "cooltrees/", "--yes")
    git("reset", "--quiet", "--hard", cwd=home / "analysis")
    (home / "analysis/analysis.py").unlink()
    group.publish("a/b/deep")
    done = sesync("clone", "cooltrees/", "--yes", "--update")
    assert (done.code, done.out) == (0, "2 repositories are in ~: analysis, empty.\n")
    assert not (home / "analysis/analysis.py").exists()


def test_an_update_of_a_group_overwrites_nothing_and_names_where_it_would(sesync, group, friend, home):
    bare = publish(friend.folder / "repos/cooltrees/moving.git", {"a.txt": "one\n"})
    group.publish("cooltrees/moving")
    assert sesync("clone", "cooltrees/", "--yes").code == 0
    (home / "moving/.git/info/exclude").write_text("*.log\n")
    (home / "moving/results.log").write_text("three days of computing\n")
    add_commit(bare, {"results.log": "hers\n"})
    done = sesync("clone", "cooltrees/", "--yes", "--update")
    assert (done.code, "cooltrees/moving: results.log: changed by you, and meanwhile also" in done.err) == (1, True), (
        done
    )
    assert (home / "moving/results.log").read_text() == "three days of computing\n"
    shutil.rmtree(bare)


def test_an_update_of_a_group_that_is_interrupted_leaves_no_lock(background, sesync, group, friend, home):
    """Not even one that git made in that very instant."""
    bare = publish(friend.folder / "repos/cooltrees/locked.git", {"a.txt": "one\n"})
    group.publish("cooltrees/locked")
    assert sesync("clone", "cooltrees/", "--yes").code == 0
    add_commit(bare, {"a.txt": "two\n"})
    hook = locking(home / "locked", "refs/heads/main", "index.lock", "sleep 600")
    process = background("clone", "cooltrees/", "--yes", "--update")
    wait_for((home / "locked/.git/waits").exists)
    process.send_signal(signal.SIGINT)
    assert (process.communicate(timeout=HANG)[1].startswith("Stopped"), process.returncode) == (True, 130)
    hook.unlink()
    assert not (home / "locked/.git/index.lock").exists()
    assert git("status", "--porcelain", cwd=home / "locked") == ""
    assert sesync("clone", "cooltrees/", "--yes", "--update").code == 0
    assert (home / "locked/a.txt").read_text() == "two\n"
    shutil.rmtree(bare)


def test_two_of_one_name_in_subgroups_are_told_apart(sesync, member, repositories, home):  # noqa: F811
    member.publish("a/b/deep", "a/c/deep")
    try:
        shutil.copytree(repositories / "a/b/deep.git", repositories / "a/c/deep.git")
        assert sesync("clone", "a/", "--yes").out == "2 repositories are in ~: b-deep, c-deep.\n"
    finally:
        shutil.rmtree(repositories / "a/c")


def test_a_group_that_is_none_and_one_that_is_empty(sesync, group):
    done = sesync("clone", "nobody/", "--yes")
    assert (done.code, "there is no group nobody, or you may not see it" in done.err) == (1, True)
    assert sesync("clone", "jsmith/", "--yes").err.startswith("Error: jsmith/ has no repositories that you may see\n")


def test_on_a_terminal_several_are_chosen(terminal, group, home):
    group.publish("cooltrees/unwanted")
    choice = terminal("clone", "cooltrees/", columns=40)
    choice.wait_for("part of a name")
    choice.type("1, 2\r")
    assert choice.ended() == 0
    assert sorted(path.name for path in home.iterdir() if path.name[0] != ".") == ["analysis", "empty"]


@pytest.fixture
def slow(member, repositories):  # noqa: F811
    """The names of three repositories of a group that take their time."""
    names = [f"slow{n}" for n in range(3)]
    member.publish(*(f"cooltrees/{name}" for name in names))
    for name in names:
        (repositories / f"cooltrees/{name}.git").symlink_to(repositories / "cooltrees/big.git")
    yield names
    for name in names:
        (repositories / f"cooltrees/{name}.git").unlink()


def there(home):
    """The clones in home, each of which is whole."""
    names = sorted(path.name for path in home.iterdir() if path.name[0] != ".")
    assert not [name for name in names if git("status", "--porcelain", cwd=home / name)]
    return names


def test_each_has_a_bar_and_ctrl_c_leaves_none_half(terminal, slow, home):
    choice = terminal("clone", "cooltrees/")
    choice.wait_for("part of a name")
    choice.type("all\r")
    for name in slow:
        choice.wait_for(f"{name} ")
    choice.type("\x03")
    assert choice.ended() in (0, 130)
    assert set(there(home)) <= set(slow)
    assert leftovers(home) == []


@pytest.mark.parametrize("seconds", [0.5, 0.9, 1.3])
def test_killed_at_any_moment_each_is_whole_or_not_there_and_the_next_run_goes_on(
    sesync, background, slow, home, seconds
):
    run = background("clone", "cooltrees/", "--yes")
    time.sleep(seconds)
    run.kill()
    run.wait()
    assert set(there(home)) <= set(slow)
    assert sesync("clone", "cooltrees/", "--yes").code == 0
    assert (there(home), leftovers(home)) == (slow, [])


def test_a_passphrase_is_asked_for_once(terminal, group, home):
    key = home / ".ssh/id_ed25519"
    subprocess.run(["ssh-keygen", "-q", "-p", "-N", PASSPHRASE, "-f", str(key)], check=True)
    choice = terminal("clone", "cooltrees/")
    choice.wait_for("part of a name")
    choice.type("all\r")
    choice.wait_for("Enter passphrase")
    choice.type(f"{PASSPHRASE}\r")
    assert choice.ended() == 0, choice.screen
    assert choice.raw.count("Enter passphrase") == 1
    assert (home / "analysis/analysis.py").exists() and (home / "empty/.git").is_dir()


@pytest.fixture
def over_tls(member, site, tmp_path, repositories, monkeypatch):  # noqa: F811
    """A GitLab whose repositories come over https, for the token alone."""
    folder = tmp_path / "https"
    for name in ("analysis", "empty"):
        shutil.copytree(repositories / f"cooltrees/{name}.git", folder / f"repos/cooltrees/{name}.git")
    with git_http(folder, "https", {"oauth2": TOKEN}) as server:
        site(gitlab={"https": server.template, "prefer": "https"})
        monkeypatch.setenv("GIT_SSL_CAINFO", str(server.certificate))
        member.publish("cooltrees/analysis", "cooltrees/empty")
        yield server


def test_over_https_git_is_lent_the_token_and_keeps_none_of_it(sesync, over_tls, home):
    (home / ".git-credentials").touch()
    git("config", "--file", home / ".gitconfig", "credential.helper", "store")
    done = sesync("clone", "cooltrees/", "--yes")
    assert (done.code, done.out) == (0, "2 repositories are in ~: analysis, empty.\n"), done.err
    assert (home / ".git-credentials").read_text() == ""
    assert TOKEN not in "".join(path.read_text() for path in home.glob("*/.git/config"))


def test_what_git_has_itself_goes_first(sesync, over_tls, home, monkeypatch):
    monkeypatch.setenv("GITLAB_TOKEN", NARROW)
    (home / ".git-credentials").write_text(over_tls.root.replace("//", f"//oauth2:{TOKEN}@") + "\n")
    git("config", "--file", home / ".gitconfig", "credential.helper", "store")
    assert sesync("clone", "cooltrees/analysis").code == 0


def test_another_server_is_lent_nothing(sesync, over_tls, site, home):
    url = over_tls.url("cooltrees/analysis")
    site(gitlab={"https": "https://gitlab.example.org/{repo}.git"})
    done = sesync("clone", url)
    assert (done.code, "asks for a name and a password" in done.err) == (2, True)
    assert TOKEN not in (over_tls.folder / "error.log").read_text()


def test_a_token_that_does_not_open_repositories_says_so(sesync, over_tls, home, monkeypatch):
    monkeypatch.setenv("GITLAB_TOKEN", NARROW)
    done = sesync("clone", "cooltrees/analysis")
    assert done.code == 1
    assert "does not accept this name and password" in done.err and "with the scope write_repository" in done.err
    assert NARROW not in done.err and leftovers(home) == []
