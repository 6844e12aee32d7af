"""sesync clone --login: a token is taken unseen, proven, and kept where the person's programs find it."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.gitlab.test_tokens import find, write
from tests.services.leaks import TOKEN

LOGIN = ("clone", "--login")


@pytest.fixture
def at(api, site):
    """The site's GitLab is the server with this API."""
    site(gitlab={"url": api.url.rstrip("/")}, support={"email": "help@example.org"})
    return api


def logged_in(sesync, text: str, *words: str):
    return sesync(*LOGIN, *words, stdin=None, input=text + "\n")


def test_a_token_from_standard_input_is_proven_and_kept(sesync, at, home):
    done = logged_in(sesync, TOKEN)
    assert (done.code, done.err) == (0, "")
    url = at.url.rstrip("/")
    assert done.out == f"Logged in to {url} as J. Smith (@jsmith). The token is kept in ~/.python-gitlab.cfg.\n"
    kept = home / ".python-gitlab.cfg"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert find(home, url=url).value == TOKEN
    asked = len(at.asked)
    again = logged_in(sesync, TOKEN, "--json").json
    assert (again["done"], again["steps"], again["result"]["user"]) == (True, [], "jsmith")
    assert again["result"] == {"url": url, "user": "jsmith", "helper": None, "file": str(kept)}
    assert len(at.asked) > asked


def test_settings_of_a_repository_that_the_shell_names_are_not_the_persons(sesync, at, home, monkeypatch):
    write(home / "other-config", f"[credential]\n\thelper = store --file {home}/stolen\n", 0o644)
    monkeypatch.setenv("GIT_CONFIG", str(home / "other-config"))
    done = logged_in(sesync, TOKEN)
    assert (done.code, "The token is kept in ~/.python-gitlab.cfg." in done.out) == (0, True), done
    git = ["git", "-C", home / "bare"]
    subprocess.run(["git", "init", "--quiet", "--bare", home / "bare"], check=True)
    subprocess.run([*git, "config", "credential.helper", f"store --file {home}/stolen"], check=True)
    monkeypatch.setenv("GIT_DIR", str(home / "bare"))
    (home / ".python-gitlab.cfg").unlink()
    done = logged_in(sesync, TOKEN)
    assert (done.code, "The token is kept in ~/.python-gitlab.cfg." in done.out) == (0, True), done
    assert not (home / "stolen").exists()


def test_where_git_s_settings_are_broken_it_is_kept_in_the_file(sesync, at, home):
    (home / ".gitconfig").write_text("[user\n")
    done = logged_in(sesync, TOKEN)
    assert (done.code, "The token is kept in ~/.python-gitlab.cfg." in done.out) == (0, True)
    assert find(home, url=at.url.rstrip("/")).value == TOKEN


def test_python_gitlab_itself_finds_it(sesync, at, home):
    logged_in(sesync, TOKEN)
    code = "import gitlab; g = gitlab.Gitlab.from_config(); g.auth(); print(g.user.username)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "jsmith\n"


def test_the_dry_run_asks_nobody_and_touches_nothing(sesync, at, home):
    done = sesync(*LOGIN, "-n")
    assert (done.code, done.out) == (0, "$EDITOR '~/.python-gitlab.cfg'\n".replace("'", ""))
    assert (at.asked, list(home.iterdir())) == ([], [])


def test_other_lines_of_the_file_stay_as_they_are(sesync, at, home):
    ours = "[global]\ndefault = work\n; why\nssl_verify = true\n\n"
    old = f"# mine\n{ours}[work]\nurl = https://work.example\nprivate_token = w\n"
    write(home / ".python-gitlab.cfg", old, 0o644)
    assert logged_in(sesync, TOKEN).code == 0
    new = (home / ".python-gitlab.cfg").read_text()
    assert new.startswith(old)
    assert new.removeprefix(old).split() == [
        f"[{at.url[7:-1].replace(':', '-')}]", "url", "=", at.url.rstrip("/"), "private_token", "=", TOKEN,
    ]  # fmt: skip
    assert stat.S_IMODE((home / ".python-gitlab.cfg").stat().st_mode) == 0o600


def test_an_older_token_for_this_server_gives_way(sesync, at, home):
    text = f"[ours]\nurl = {at.url}\n# since May\noauth_token = old-token-123\ntimeout = 5\n"
    write(home / ".python-gitlab.cfg", text)
    logged_in(sesync, TOKEN)
    new = (home / ".python-gitlab.cfg").read_text()
    assert "old-token-123" not in new and "# since May\n" in new and "timeout = 5\n" in new
    assert find(home, url=at.url).value == TOKEN


def test_a_file_that_is_a_link_stays_one(sesync, at, home, tmp_path):
    kept = write(tmp_path / "dotfiles/.python-gitlab.cfg", "")
    (home / ".python-gitlab.cfg").symlink_to(kept)
    logged_in(sesync, TOKEN)
    assert (home / ".python-gitlab.cfg").is_symlink() and TOKEN in kept.read_text()


def test_gits_own_helper_keeps_it_where_there_is_one(sesync, at, home):
    write(home / ".gitconfig", "[credential]\n\thelper = store\n")
    done = logged_in(sesync, TOKEN)
    assert done.out.endswith("The token is kept in git's credential helper (store).\n")
    assert not (home / ".python-gitlab.cfg").exists()
    assert (find(home, url=at.url).source, find(home, url=at.url).value) == ("git's credential helper", TOKEN)
    assert sesync(*LOGIN, "-n").out == "git credential approve\n"


@pytest.mark.parametrize("helper", ["cache", "!f() { :; }; f", ""])
def test_a_helper_that_forgets_is_not_trusted_with_it(sesync, at, home, helper):
    write(home / ".gitconfig", f'[credential]\n\thelper = "{helper}"\n')
    assert logged_in(sesync, TOKEN).out.endswith("kept in ~/.python-gitlab.cfg.\n")


def test_a_helper_that_does_not_keep_it_is_an_error(sesync, at, home, program_folder):
    write(program_folder / "git-credential-deaf", "#!/bin/sh\ncat > /dev/null\n", 0o700)
    write(home / ".gitconfig", "[credential]\n\thelper = deaf\n")
    done = logged_in(sesync, TOKEN)
    assert (done.code, "did not keep the token" in done.err) == (3, True)


@pytest.fixture
def program_folder(tmp_path, monkeypatch) -> Path:
    """A folder of programs that is first on PATH."""
    (tmp_path / "programs").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'programs'}:{os.environ['PATH']}")
    return tmp_path / "programs"


@pytest.mark.parametrize(
    "text,words",
    [
        ("", "none came on standard input"),
        ("short", "this is no token"),
        ("two words here", "this is no token"),
        ("wrong-token-1234", "does not accept your token (just given)"),
    ],
)
def test_what_is_no_token_is_neither_kept_nor_repeated(sesync, at, home, text, words):
    done = logged_in(sesync, text)
    assert done.code != 0
    assert words in done.err and ("/-/user_settings/personal_access_tokens" in done.err or "glpat-" in done.err)
    assert not text or text not in done.err
    assert {one.name for one in home.iterdir()} <= {".local"}  # what failed last, without secrets


@pytest.mark.parametrize("scopes", [("read_user",), ("read_repository",), ("write_repository", "read_user")])
def test_a_token_that_lists_no_projects_is_refused(sesync, at, home, scopes):
    at.scopes |= {"some-token-123": scopes}
    done = logged_in(sesync, "some-token-123")
    assert (done.code, "lacks the scope for this: api or read_api" in done.err) == (1, True)
    assert not (home / ".python-gitlab.cfg").exists()


@pytest.mark.parametrize(
    "scopes,lacking",
    [
        (("api",), ""),
        (("read_api", "write_repository"), ""),
        (("read_api",), "neither clones nor sends over https"),
        (("read_api", "read_user", "sudo"), "neither clones nor sends over https"),
        (("read_api", "read_repository"), "clones over https, but does not send"),
    ],
)
def test_what_a_token_does_not_do_is_said_once(sesync, at, home, scopes, lacking):
    at.scopes |= {"some-token-123": scopes}
    done = logged_in(sesync, "some-token-123")
    warning = f"Warning: this token {lacking}: that takes the scope write_repository, or api\n" if lacking else ""
    assert (done.code, done.err) == (0, warning)


@pytest.mark.parametrize("more", [(), ("User: Read",), ("User: Read", "Personal Access Token: Read")])
def test_a_fine_grained_token_is_proven_by_what_it_does(sesync, at, home, more):
    at.permissions["glpat-fine-grained-1"] = ("Project: Read", *more)
    done = logged_in(sesync, "glpat-fine-grained-1")
    whose = " as J. Smith (@jsmith)" if more else ""
    assert (done.code, done.err) == (0, "")
    assert done.out == f"Logged in to {at.url.rstrip('/')}{whose}. The token is kept in ~/.python-gitlab.cfg.\n"
    assert sesync("clone").err == "You are a member of no project yet.\n"


def test_a_permission_that_is_missing_is_named_as_gitlab_names_it(sesync, at, home):
    at.permissions["glpat-fine-grained-1"] = ("User: Read", "Code: Download")
    done = logged_in(sesync, "glpat-fine-grained-1")
    assert done.code == 1
    assert "your token (just given) lacks these user permissions: Project: Read" in done.err
    assert "It takes a fine-grained token that is made with them. Make a new one at " in done.err
    assert not (home / ".python-gitlab.cfg").exists()


def test_a_variable_that_goes_first_is_pointed_out(sesync, at, home, monkeypatch):
    monkeypatch.setenv("GITLAB_TOKEN", "another-token-12")
    assert "'unset GITLAB_TOKEN'" in logged_in(sesync, TOKEN).err


def test_on_a_terminal_it_is_typed_unseen(terminal, at, home):
    login = terminal(*LOGIN, columns=60)
    login.wait_for("not shown")
    assert "the scope api, or read_api and write_repository" in " ".join(login.screen.split())
    login.type(f"{TOKEN}\r")
    assert login.ended() == 0
    assert TOKEN not in login.raw
    assert find(home, url=at.url).value == TOKEN


def test_a_token_on_the_command_line_is_refused_and_not_repeated(sesync, at):
    done = sesync(*LOGIN, "some-token-12345")
    assert (done.code, "some-token-12345" in done.err) == (2, False)


def test_ctrl_c_at_the_prompt_leaves_nothing(terminal, at, home):
    login = terminal(*LOGIN)
    login.wait_for("not shown")
    login.type("\x03")
    assert (login.ended(), list(home.iterdir())) == (130, [])


def test_a_file_that_is_no_settings_is_left_alone(sesync, at, home):
    text = f"[ours\nprivate_token = {TOKEN}"
    write(home / ".python-gitlab.cfg", text)
    done = logged_in(sesync, "wrong-token-1234")
    assert done.code != 0 and TOKEN not in done.err
    assert (home / ".python-gitlab.cfg").read_text() == text
