"""sesync report: what failed, and all that support needs to know, in a mail that one sees first."""

import json
import os
import stat
from collections.abc import Callable
from email import message_from_string, policy
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.conftest import DRAFTS, Ended, Terminal
from tests.install.ground import PLACES, python, source

Run = Callable[..., Ended]
PG = """Collecting psycopg2
  Using cached psycopg2-2.9.9.tar.gz (384 kB)
  Preparing metadata (setup.py): finished with status 'error'
  error: subprocess-exited-with-error
  │ exit code: 1
  ╰─> [10 lines of output]
      Looking in indexes: https://jsmith:s3cretword@pypi.example.org/simple
      Error: pg_config executable not found.
      pg_config is required to build psycopg2 from source.
"""


@pytest.fixture(autouse=True)
def centre(site: Callable[..., Path]) -> Callable[..., Path]:
    site(support={"email": "help@example.org"})
    return site


@pytest.fixture
def log(home: Path) -> Path:
    """The log of an install that failed."""
    path = home / ".local/state/sesync/logs/20260301-090000-install-psycopg2.log"
    path.parent.mkdir(parents=True)
    path.write_text(PG)
    return path


def test_a_failure_is_kept_and_its_hint_offers_the_mail(sesync: Run, home: Path, nfs: Path) -> None:
    failed = sesync("link", "oaks")
    assert failed.err == (
        f"Error: there is no data directory {nfs}/oaks-data\n"
        f"Hint:  Ask help@example.org for your project's short name {DRAFTS}.\n"
    )
    record = home / ".local/state/sesync/last-failure.json"
    assert stat.S_IMODE(record.stat().st_mode) == 0o600
    assert json.loads(record.read_text())["command"] == "sesync link oaks"
    done = sesync("report")
    assert done.code == 0 and done.err.startswith("This is a draft.")
    to, subject, blank, *body = done.out.splitlines()
    assert (to, blank) == ("To: help@example.org", "")
    assert subject == f"Subject: sesync link: there is no data directory {nfs}/oaks-data"
    assert body[:3] == [
        "What I tried",
        "  $ sesync link oaks",
        f"  Error: there is no data directory {nfs}/oaks-data",
    ]
    assert f"The path {nfs}/oaks-data" in body and f"  there is no {nfs}/oaks-data" in body
    facts = "\n".join(body[body.index("The machine") :])
    assert all(word in facts for word in ("host: ", "account: ", "sesync: ", "uv 0.", "git 2.", "pip ", " free; "))


def test_nothing_has_failed(sesync: Run, home: Path) -> None:
    done = sesync("report")
    assert (done.code, done.err.splitlines()[0]) == (1, "Error: no command of yours has failed here lately")
    assert os.listdir(home) == []


@pytest.mark.parametrize("words", [("kernl",), ("link", "a b"), ("install",), ("uninstall", "x", "--nope")])
def test_wrong_words_are_no_failure_to_report(sesync: Run, home: Path, words: tuple[str, ...]) -> None:
    assert sesync(*words).code == 2
    assert not (home / ".local/state").exists()


def test_a_failed_install_is_reported_with_its_log_and_its_python(
    sesync: Run, home: Path, centre: Callable[..., Path]
) -> None:
    centre(support={"email": "help@example.org"}, python={"default": "3.8", "places": PLACES})
    source(home, "bark", "import sys; print('Error: pg_config executable not found.'); sys.exit(1)")
    failed = sesync("install", "./bark", "--python", python("3.8"))
    assert (failed.code, f"to help@example.org {DRAFTS}." in failed.err) == (3, True), failed.err
    answer = sesync("report", "--json").json
    [log] = (home / ".local/state/sesync/logs").iterdir()
    assert answer["subject"].startswith("please install libpq-dev")
    assert f"  $ sesync install ./bark --python {python('3.8')}\n" in answer["body"]
    assert f"What matters in the log ({log})\n" in answer["body"]
    assert f"installs go to: {python('3.8')}, pip " in answer["body"]


def test_variables_and_passwords_on_the_command_line_are_not_kept(sesync: Run, home: Path) -> None:
    sesync("kernel", "create", "x", "--env", "MY_VALUE=s3cretword", "--env=B=s3cretword", "--python", "2.1")
    sesync("clone", "https://me:s3cretword@127.0.0.1:1/a/b.git")
    for path in (home / ".local/state/sesync").rglob("*"):
        assert path.is_dir() or "s3cretword" not in path.read_text()


def test_a_log_is_diagnosed_and_cleaned(sesync: Run, log: Path) -> None:
    for word in ("psycopg2", log):
        answer = sesync("report", word, "--json").json
        assert list(answer) == ["to", "subject", "body", "mailto"]
        assert answer["subject"].startswith("please install libpq-dev")
        assert "Debian packages: libpq-dev" in answer["body"] and "\n  RHEL packages: libpq-devel" in answer["body"]
        assert f"What matters in the log ({log})\n  " in answer["body"]
        assert "pg_config executable not found" in answer["body"]
        assert "s3cretword" not in json.dumps(answer)


def test_a_log_that_nobody_knows_is_told_by_its_lines(sesync: Run, log: Path) -> None:
    log.write_text("x\n" * 50 + "Traceback (most recent call last):\n  File 'a.py', line 1\nTreeError: too tall\n")
    answer = sesync("report", log, "--json").json
    assert "TreeError: too tall" in answer["body"] and "Why" not in answer["body"]
    log.write_bytes(b"\0\1")
    assert f"{log} is not text" in sesync("report", log).out


def test_a_kernel_is_told_of(sesync: Run, home: Path) -> None:
    spec = home / ".local/share/jupyter/kernels/heat"
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text(json.dumps({"argv": ["/gone/bin/python"], "env": {"T": "s3cretword"}}))
    done = sesync("report", "Heat")
    assert done.out.splitlines()[1] == "Subject: kernel heat: no Python"
    assert "  state: no Python, /gone/bin/python is gone\n" in done.out
    assert "s3cretword" not in done.out


def test_ones_own_words_stand_first_and_more_things_may_be_named(sesync: Run, nfs: Path) -> None:
    done = sesync("report", "it hangs since noon", nfs / "cooltrees-data", "[bold]\x1b[31m")
    assert done.out.splitlines()[1] == "Subject: it hangs since noon [bold]\\x1b[31m"
    assert f"  I may read and write {nfs}/cooltrees-data\n" in done.out and "\x1b" not in done.out


def test_it_is_seen_and_asked_for_before_it_is_saved(
    sesync: Run, terminal: Callable[..., Terminal], home: Path
) -> None:
    unasked = sesync("report", "help", "-o", "mail.txt")
    assert (unasked.code, unasked.err.splitlines()[0]) == (
        2,
        f"Error: this needs an answer: Save it in {home}/mail.txt?",
    )
    window = terminal("report", "help", "-o", "mail.txt", columns=200)
    window.wait_for("mail.txt? [y/N]")
    assert "Subject: help" in window.raw and not (home / "mail.txt").exists()
    window.type("y\n")
    assert window.ended() == 0
    assert stat.S_IMODE((home / "mail.txt").stat().st_mode) == 0o600
    assert (
        (home / "mail.txt").read_text().startswith("To: help@example.org\nSubject: help\n\nWhat I want to say\n  help")
    )
    again = sesync("report", "other", "-o", "mail.txt", "-y")
    assert (again.code, again.err.splitlines()[0]) == (1, f"Error: {home}/mail.txt is there already, and it stays")
    assert [path.name for path in home.glob("*mail*")] == ["mail.txt"]


def test_the_link_fits_and_says_where_the_whole_is(sesync: Run, home: Path) -> None:
    word = "tree & bärk 100%? " * 300
    link = sesync("report", word, "--link").out.rstrip("\n")
    assert len(link) <= 2000 and link.isascii() and "\n" not in link
    assert (urlsplit(link).scheme, urlsplit(link).path) == ("mailto", "help@example.org")
    asked = parse_qs(urlsplit(link).query, strict_parsing=True)
    assert asked["subject"][0].startswith("tree & bärk 100%? tree") and len(asked["subject"][0]) == 140
    assert asked["body"][0].endswith("[shortened; 'sesync report' prints the whole mail]")
    saved = sesync("report", word, "-o", "mail.txt", "-y", "--json").json["result"]
    assert list(saved) == ["to", "subject", "body", "mailto", "file", "sent"]
    assert parse_qs(urlsplit(saved["mailto"]).query)["body"][0].endswith(f"the whole mail is in {home}/mail.txt]")
    whole = parse_qs(urlsplit(sesync("report", "short", "--link").out.rstrip("\n")).query)["body"][0]
    assert whole.startswith("What I want to say\r\n  short\r\n")


def mailer(at: Path, code: int = 0) -> Path:
    """A program that takes mails as sendmail does, and keeps them instead of sending them."""
    at.write_text(f'#!/bin/sh\necho "$@" > "{at}.words"\ncat > "{at}.mail"\nexit {code}\n')
    at.chmod(0o755)
    return at


def test_it_is_sent_with_the_sites_mailer(sesync: Run, tmp_path: Path, centre: Callable[..., Path]) -> None:
    program = mailer(tmp_path / "send mail")
    centre(support={"email": "help@example.org", "mailer": f"'{program}' -t"})
    shown = sesync("report", "bärk", "--send", "-n").out
    assert shown == f"sesync report | '{program}' -t\n" and not Path(f"{program}.mail").exists()
    done = sesync("report", "bärk", "--send", "-y")
    assert (done.code, done.out) == (0, "Sent the mail to help@example.org.\n")
    mail = message_from_string(Path(f"{program}.mail").read_text(), policy=policy.default)
    assert (mail["To"], mail["Subject"], Path(f"{program}.words").read_text()) == ("help@example.org", "bärk", "-t\n")
    assert mail.get_content().startswith("What I want to say\n  bärk\n")
    mailer(program, code=1)
    done = sesync("report", "bärk", "--send", "-y")
    assert (done.code, done.err.splitlines()[0]) == (1, "Error: the mail was not sent: send mail failed: exit code 1")


def test_a_site_without_a_mailer_sends_nothing(sesync: Run) -> None:
    done = sesync("report", "help", "--send", "-y")
    assert (done.code, done.err.splitlines()[0]) == (3, "Error: this site does not send mails")


@pytest.mark.parametrize(
    "words",
    [
        ("db.example.org:5432:cool:jsmith:Zq8kW2vN5xT7bR4m",),
        ("it", "says", "db.example.org:5432:cool:jsmith:Zq8kW2vN5xT7bR4m", "here"),
        ("  *:*:*:jsmith:Zq8kW2vN5xT7bR4m",),
        ("psql 'postgresql://jsmith:Zq8kW2vN5xT7bR4m@db.example.org/cool' fails",),
        ("my password: Zq8kW2vN5xT7bR4m", "is refused"),
    ],
)
def test_no_password_in_one_s_own_words_is_in_the_mail(sesync: Run, home: Path, words: tuple[str, ...]) -> None:
    done, document = sesync("report", *words), sesync("report", *words, "--json")
    saved = sesync("report", *words, "-o", home / "mail.txt", "--yes")
    assert (done.code, document.code, saved.code) == (0, 0, 0)
    for text in (done.out, done.err, document.out, saved.out, (home / "mail.txt").read_text()):
        assert "Zq8kW2vN5xT7bR4m" not in text
    assert "***" in done.out


ADDRESSES = [
    "postgresql://jsmith:Sup3rS3cr3t@db/x",
    "smb://jsmith:Sup3rS3cr3t@files.example.org/share",
    "ftp://jsmith:Sup3rS3cr3t@h",
    "s3://jsmith:Sup3rS3cr3t@bucket/x",
    "git+https://jsmith:Sup3rS3cr3t@h/x.git",
    "see https://jo:Sup3rS3cr3t@h/x",
    "postgresql:/jsmith:Sup3rS3cr3t@db/x",
    "it says\n/nfs/a: password Sup3rS3cr3t\nand ends",
    "[::1]:5432:cool:jsmith:Sup3rS3cr3t",
    "password Sup3rS3cr3t fails",
    "smbclient //h/share jsmith%Sup3rS3cr3t",
]


@pytest.mark.parametrize("said", ADDRESSES)
def test_an_address_is_no_path_and_loses_its_password(sesync: Run, home: Path, said: str) -> None:
    done = [
        sesync("report", said, *more) for more in ((), ("--json",), ("--link",), ("-o", home / "mail.txt", "--yes"))
    ]
    assert [one.code for one in done] == [0] * 4
    for text in (*(one.out + one.err for one in done), (home / "mail.txt").read_text()):
        assert "Sup3rS3cr3t" not in text
    if not said.startswith("postgresql:/j"):
        assert "The path" not in done[0].out and "What I want to say" in done[0].out


def test_a_path_that_is_there_is_one_whatever_its_name(sesync: Run, home: Path) -> None:
    place = home / "my data/it's a://b"
    place.mkdir(parents=True)
    assert f"The path {place}" in sesync("report", place, "slow").out
    assert "What I want to say" in sesync("report", f"{place} is gone").out
    assert f"The path {home}/none" in sesync("report", home / "none").out
    assert sesync("report", "~nobody/here or there").code == 0


@pytest.mark.parametrize("folder", ["none", "file"])
def test_a_mail_is_not_saved_where_there_is_no_folder(sesync: Run, home: Path, folder: str) -> None:
    (home / "file").touch()
    done = sesync("report", "help", "-o", home / folder / "mail.txt", "--yes")
    assert (done.code, done.err.splitlines()[0][:6]) == (1, "Error:"), done.err
    if folder == "none":
        assert done.err == (f"Error: there is no folder {home}/none\nHint:  Make it first, or choose another one.\n"), (
            done.err
        )
