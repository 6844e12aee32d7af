"""What servers say when they refuse is told in our words where it is known, and else in theirs, without the frame."""

import re
import tomllib
from pathlib import Path

import pytest

from sesync_cli.git import refusals
from sesync_cli.git.address import read_address
from sesync_cli.git.attempt import ServerAttempt
from sesync_cli.git.failures import explain
from sesync_cli.session import Session

ROWS = tomllib.loads(Path(refusals.__file__).with_suffix(".toml").read_text())["refusals"]
FRAME = "remote: \nremote: {rule}\nremote: \nremote: {words}\nremote: \nremote: {rule}\nremote: \n{end}"
END = "fatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights\n"


def found(row: dict[str, str], text: str) -> bool:
    return bool(re.search(row["signs"], text) or ("git" in row and re.search(row["git"], text)))


def framed(words: str) -> str:
    """As gitlab-shell prints it: of several lines, only the first is marked."""
    return FRAME.format(words=words, rule="=" * 72, end=END)


def told(text: str, host: str = "gitlab.sesync.org"):
    address = read_address(f"git@{host}:cooltrees/analysis.git")
    assert address
    return explain(text, ServerAttempt(address, Path("/tmp"), Session().site))


@pytest.mark.parametrize("row", ROWS, ids=[row["signs"][:30] for row in ROWS])
def test_each_is_found_by_its_own_row_in_whatever_frame_it_comes(home, row):
    assert next(one for one in ROWS if found(one, row["example"])) is row
    words = row["example"].removeprefix("remote: ").removeprefix("ERROR: ")
    said = {str(told(text)) for text in (framed(words), framed(f"ERROR: {words}"), f"ERROR: {words}\n{END}")}
    if not row["example"].startswith((" !", "remote: fatal")):
        assert len(said) == 1
    error = told(f"{row['example']}\n{END}")
    assert error.kind == row.get("kind", "refused")
    assert "{" not in f"{error} {error.hint}" and "remote:" not in str(error) and "====" not in str(error)
    assert str(error)[0].islower() or str(error).startswith("gitlab.sesync.org")
    assert (error.hint.endswith(".") and not str(error).endswith(".")) or "{said}" in row["error"]


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (
            "OTP verification is required to access the repository.\n\n   Use: ssh git@gitlab.sesync.org 2fa_verify",
            "gitlab.sesync.org wants the code of your two-factor login first",
            "'ssh git@gitlab.sesync.org 2fa_verify' asks for it; then try again.",
        ),
        (
            "You (@jsmith) must accept the Terms of Service in order to perform this action. To accept these terms,"
            " please access GitLab from a web browser at https://gitlab.sesync.org.",
            "gitlab.sesync.org waits for you to accept its terms of use",
            "Log in at https://gitlab.sesync.org in a browser and accept them; then try again.",
        ),
        (
            "You can't push code to an archived project.",
            "cooltrees/analysis is archived: it can be read, and takes nothing new",
            "Ask its owner to take it out of the archive.",
        ),
    ],
)
def test_it_says_what_to_do(home, words, message, hint):
    error = told(framed(words))
    assert (str(error), error.hint) == (message, hint)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (framed("ERROR: The moon is in the wrong quarter."), "refuses this: The moon is in the wrong quarter."),
        (f"ERROR: Not today.\n{END}", "refuses this: Not today."),
        (framed("Two\nlines"), "refuses this:\n  Two\n  lines"),
        (
            "remote: Enumerating objects: 5, done.\nremote: Total 3 (delta 0), reused 0\nremote: GitLab: No.\n",
            "refuses this: No.",
        ),
        (
            "remote: Not allowed [bold] here\nfatal: unable to access 'https://h/': returned error: 403",
            "refuses this: Not allowed [bold] here",
        ),
    ],
)
def test_what_is_not_known_is_quoted_without_the_frame(home, text, message):
    error = told(text)
    assert str(error) == f"gitlab.sesync.org {message}"
    assert error.hint == "If that says nothing to you: ask cyberhelp@sesync.org."


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (
            "ERROR: Repository not found.",
            "github.com has no repository",
            "Check the spelling at https://github.com/cooltrees/analysis, or ask the owner to make you a member",
        ),
        ("ERROR: This repository was archived so it is read-only.", "is archived", "out of the archive"),
        (
            "ERROR: The key you are authenticating with has been marked as read only.",
            "deploy key",
            "ssh-key github.com",
        ),
        (
            "remote: Write access to repository not granted.",
            "does not send to it",
            "https://github.com/settings/tokens",
        ),
        (
            "remote: Invalid username or token. Password authentication is not supported for Git operations.\n"
            "fatal: Authentication failed for 'https://github.com/x/y.git/'",
            "takes no password from git",
            "https://github.com/settings/tokens",
        ),
        (
            "remote: The 'cooltrees' organization has enabled or enforced SAML SSO.\nremote: To access this repository,"
            " visit https://github.com/orgs/cooltrees/sso?authorization_request=A and try your request again.",
            "the organization cooltrees at github.com wants its own login first",
            "Open https://github.com/orgs/cooltrees/sso?authorization_request=A in a browser",
        ),
        ("ERROR: Your account is suspended. Please visit https://support.github.com", "is blocked", "Ask whoever runs"),
    ],
)
def test_github_is_known_too(home, text, message, hint):
    error = told(f"{text}\n{END}", "github.com")
    assert (message in str(error), hint in error.hint) == (True, True), f"{error} / {error.hint}"


def test_a_token_that_a_server_repeats_is_not_shown(home):
    error = told(framed("ERROR: no glpat-R7zQ4vX1pLw9KcYd2mTs here, see https://u:tok-123-secret@h/x"))
    assert "glpat-" not in str(error) and "tok-123" not in str(error)


@pytest.mark.parametrize(
    ("text", "folder", "blamed"),
    [
        ("fatal: detected dubious ownership in repository at '/nfs/x/a.git'", "/home/j/a", "/nfs/x/a.git belongs"),
        ("fatal: detected dubious ownership in repository at '/home/j/a'", "/home/j/a", "/home/j/a belongs"),
    ],
)
def test_the_folder_that_belongs_to_somebody_else_is_named(home, text, folder, blamed):
    address = read_address("/nfs/x/a.git")
    assert address
    error = explain(text, ServerAttempt(address, Path(folder), Session().site))
    assert blamed in str(error) and f"safe.directory {blamed.split()[0]}" in error.hint


def test_a_folder_at_the_server_is_the_servers_affair(home):
    error = told("fatal: detected dubious ownership in repository at '/srv/git/a.git'")
    assert str(error).startswith("at gitlab.sesync.org, /srv/git/a.git belongs to another account")
    assert "safe.directory" not in error.hint


@pytest.mark.parametrize("words", ["No space left on device", "Disk quota exceeded"])
def test_a_full_disk_of_the_server_is_not_ones_own(home, words):
    error = told(f"remote: fatal: write error: {words}\nerror: remote unpack failed: index-pack abnormal exit\n")
    assert (error.kind, str(error)) == ("no-room", "the disk of gitlab.sesync.org is full, so it takes nothing new")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("remote: warning: suboptimal pack\nfatal: early EOF", "the connection to gitlab.sesync.org broke off"),
        ("fatal: repository 'https://h/x/GH007/' not found", "gitlab.sesync.org has no repository"),
        (
            "error: Your account has been blocked in file a.txt",
            "git failed: Your account has been blocked in",
        ),
    ],
)
def test_only_what_the_server_says_is_taken_for_its_refusal(home, text, message):
    assert str(told(text)).startswith(message)


def test_of_what_a_server_says_only_the_count_of_its_work_is_left_out(home):
    work = "remote: Enumerating objects: 5, done.\nremote: Counting objects: 100% (5/5)\nremote: Total 3 (delta 0)"
    words = "remote: Checking commit 3a4f1: no issue number\nremote: Total size 12 MB is over what we take"
    assert refusals.said_by(f"{work}\n{words}") == [
        "The server says:\n  Checking commit 3a4f1: no issue number\n  Total size 12 MB is over what we take"
    ]
    own = "=====\nmy checks: fine\nERROR: none\nDelta compression using up to 2 threads\n====="
    assert refusals.said_by(own) == []
