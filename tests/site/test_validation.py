"""What a value in a site file must be like, and that no command falls over one that is called good."""

import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sesync_cli.run import run
from tests.conftest import PROJECT, Ended
from tests.site.conftest import Standing

Run = Callable[..., Ended]
WEB = (
    "an address that begins with https:// or http:// and a host, as in https://HOST:PORT/PATH",
    "https://...",
    "https://[:::::]",
    "https://",
    "https://.",
    "https://a..b",
    "https://-a.org",
    f"https://{'a' * 64}.org",
    "https://300.1.1.1",
    "https://[::1",
    "https://[fe80::1%eth0]",
    "https://[127.0.0.1]",
    "https://::1",
    "https://a.org:",
    "https://a.org:0",
    "https://a.org:65536",
    "https://a.org:8o80",
    "https://a.org:-1",
    "https://gitläb.org",
    "https://a.org/wäld",
    "https://a.org/a b",
    "https://me:x@a.org",
    "ftp://a.org",
    "a.org",
)
KEY = "AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
REPOSITORY = (
    "an address for git, with {repo} once in its path",
    "-oProxyCommand=x@a.org:{repo}.git",
    "-git@a.org:{repo}",
    "ftp://a.org/{repo}.git",
    "a.org:{repo}.git",
    "git@a..org:{repo}.git",
    "git@-a.org:{repo}.git",
    "git@a.org:{repo}/{repo}.git",
    "git@a.org:-{repo}",
    "git@a.org/{repo}.git",
    "ssh://git@a.org:99999/{repo}.git",
    "ssh://-o@a.org/{repo}.git",
    "ssh://{repo}/a.git",
    "https://me:secret@a.org/{repo}.git",
    "https://a.org/{repo} .git",
    "https://a.org/?x={repo}",
    "file:{repo}",
    "file://{repo}",
    "/srv/{repo}.git",
)
HOST = (
    "the name of a host, such as ssh.example.org",
    "-oProxyCommand=x",
    "a b",
    " ssh.example.org",
    "ssh..example.org",
    "ssh.example.org:22",
    "https://ssh.example.org",
    "me@ssh.example.org",
    "1.2.3",
)
BAD: dict[str, tuple[Any, ...]] = {
    "gitlab.url": (*WEB, "https://a.org/?q=1", "https://a.org/#x"),
    "uploads.url": WEB,
    "jupyter.url": WEB,
    "accounts.password_url": WEB,
    "support.url": WEB,
    "gitlab.ssh": REPOSITORY,
    "gitlab.https": REPOSITORY,
    "uploads.sftp_host": HOST,
    "accounts.gateway": HOST,
    "database.host": (HOST[0], "-{host}.example.org", "{host} .example.org", "{host}..example.org", "{host}:5432"),
    "support.search_url": (
        f"{WEB[0]}, with {{words}} once in its path",
        "https://example.org/{words}/{words}",
        "https://{words}.example.org/",
        "https://example.{words}org/",
    ),
    "support.mailer": ("a command line such as 'sendmail -t', or empty", "'", "  ", "''", '"/bin/mail', "mail \\"),
    "support.email": (
        "one address such as help@example.org, and no more",
        "   ",
        "a b@c.org",
        "help",
        "@c.org",
        "a@",
        "a@b@c.org",
        "A <a@c.org>",
        "a@c.org, b@c.org",
        "a..b@c.org",
        "a@c..org",
        "a@[127.0.0.1]",
    ),
    "gitlab.host_keys": (
        "keys such as 'ssh-ed25519 AAAA...', each whole",
        [f"gitlab.example.org ssh-ed25519 {KEY}"],
        [f"ssh-ed25519 {KEY}", f"[gitlab.example.org]:22 ssh-ed25519 {KEY}"],
        [f"ssh-ed25519 {KEY[:-4]}"],
        ["ssh-ed25519 AAAA"],
        ["ssh-ed25519 not-base64!"],
        ["ssh-ed25519"],
        [KEY],
        [f"ssh-rsa {KEY}"],
        [f"ssh-nonsense {KEY}"],
        [" "],
    ),
    "home.warn_percent": ("from 1 to 100", 0, -1, 101),
    "where.small_table_rows": ("from 0 to 1_000_000_000_000", -1, 10**12 + 1, 10**30),
    "home.path": ("an absolute path", "home/{user}", "~/{user}"),
    "python.system": ("a version such as 3.8", "3", "3.x", "2.7"),
    "site.name": ("more than blanks", "  "),
    "python.places": ("more than blanks", [""], ["/usr/bin", " "]),
}
COUNTS = (
    *("home.quota_gb", "scratch.node_gb", "uploads.limit_gb", "gitlab.large_gb", "cluster.nodes"),
    *("cluster.cores_per_node", "cluster.memory_gb_per_node", "cluster.array_at_once", "accounts.failed_logins"),
    *("accounts.blocked_days", "where.large_mb", "where.large_folder_mb", "where.database_rows", "where.most_files"),
)
BAD |= {key: ("from 1 to 1_000_000_000_000", 0, -1, 10**12 + 1) for key in COUNTS}
GOOD: dict[str, tuple[Any, ...]] = {
    "gitlab.url": (
        "https://gitlab.example.org/git",
        "http://localhost:1",
        "https://127.0.0.1:65535/",
        "http://[::1]:80",
    ),
    "support.search_url": ("https://example.org/?q=site%3Aexample.org+{words}", "http://[::1]:80/{words}/"),
    "support.url": ("https://example.org/help?page=1#top", "https://my_host/~me/a%20b"),
    "gitlab.ssh": (
        "git@gitlab.example.org:{repo}.git",
        "git@[::1]:{repo}",
        "ssh://git@127.0.0.1:2222/{repo}.git",
        "ssh://a.org/x/{repo}",
        "file:///srv/my git/{repo}.git",
    ),
    "gitlab.https": ("https://gitlab.example.org/{repo}.git", "http://[::1]:80/git/{repo}"),
    "uploads.sftp_host": ("ssh.example.org", "files", "10.0.0.1", "[::1]"),
    "database.host": ("{host}.example.org", "db-{host}"),
    "support.mailer": ("", "sendmail -t", "'/opt/my mail/send' -t"),
    "support.email": ("help@example.org", "o'neil+help@it.example.org", "root@localhost"),
    "gitlab.host_keys": ([], [f"ssh-ed25519 {KEY}", f"ssh-ed25519 {KEY} root@gitlab of May"]),
    "home.warn_percent": (1, 100),
    "home.quota_gb": (1, 10**12),
    "where.small_table_rows": (0,),
}


def written(key: str, value: object) -> str:
    table, _, name = key.partition(".")
    return f"[{table}]\n{name} = {json.dumps(value, ensure_ascii=False)}\n"


@pytest.mark.parametrize("key", BAD)
def test_a_value_that_is_none_is_an_error_of_the_file(sesync: Run, standing: Standing, key: str) -> None:
    words, *values = BAD[key]
    for value in values:
        path = standing(written(key, value))
        done = sesync("site", "check")
        assert (done.code, done.out) == (3, ""), value
        assert done.err.startswith(f"Error: the site file {path}: {key} must be {words}, and "), value


@pytest.mark.parametrize("key", GOOD)
def test_a_value_that_is_one_is_good(sesync: Run, standing: Standing, key: str) -> None:
    for value in GOOD[key]:
        standing('extends = "sesync"\n[data]\npatience_seconds = 1\n' + written(key, value))
        done = sesync("site", "check")
        assert (done.code, done.err) == (0, ""), value
        assert sesync("link", "nothing").code == 1


@pytest.mark.parametrize(
    "text,says",
    [
        (
            written("gitlab.url", "https://..."),
            "and is 'https://...'\nHint:  A host is a name such as gitlab.example.org",
        ),
        (written("gitlab.host_keys", [f"a.org ssh-ed25519 {KEY}"]), "and one is 'a.org ssh-ed25519 AAAA"),
        (
            written("gitlab.host_keys", [f"a.org ssh-ed25519 {KEY}"]),
            "Hint:  Leave out the host's name, which ssh-keyscan",
        ),
        (written("accounts.gateway", "a.org:22"), "Hint:  It has no blank, no port and no path."),
        (written("gitlab.ssh", "a.org:{repo}"), "Hint:  It is as git@HOST:{repo}.git, ssh://"),
        (f"[home]\nquota_gb = 0x{'f' * 5000}\n", "and is 0xffff"),
        (f"[home]\nquota_gb = {'9' * 5000}\n", "is not TOML"),
        (f"[python]\nplaces = {'[' * 3000}{']' * 3000}\n", "is not TOML"),
    ],
)
def test_an_error_shows_the_value_and_helps(sesync: Run, standing: Standing, text: str, says: str) -> None:
    standing(text)
    done = sesync("site", "check")
    assert done.code == 3
    assert says in done.err


@pytest.mark.parametrize(
    "key", ["site.name", "support.email", "support.mailer", "data.path", "home.path", "jupyter.url"]
)
@pytest.mark.parametrize("letter", ["\n", "\t", "\x1b", "\x85", "\u2028", "\u202e"])
def test_a_text_is_one_line(sesync: Run, standing: Standing, key: str, letter: str) -> None:
    places = {"data.path": "/x/{project}", "home.path": "/x/{user}"}
    value = json.dumps(f"{places.get(key, 'a@b.org')}{letter}Bcc: c@d.org")
    table, _, name = key.partition(".")
    standing(f"[{table}]\n{name} = {value}\n")
    done = sesync("report", "x", "--send", "-y")
    assert done.code == 3
    assert f"{key} must be one line without control characters, and is " in done.err
    assert letter == "\n" or letter not in done.err


def test_each_text_of_a_list_is_one_line(sesync: Run, standing: Standing) -> None:
    standing('[database]\nkinds = ["postgresql", "my\\nsql"]\n')
    assert "must be one line without control characters, and one is 'my\\nsql'" in sesync("site", "check").err


@pytest.mark.parametrize("mailer", ["nosuchmailer", "/", "/bin/false -t", "-t"])
def test_a_mailer_that_is_called_good_never_ends_in_a_crash(sesync: Run, standing: Standing, mailer: str) -> None:
    standing(written("support.mailer", mailer) + 'email = "help@example.org"\n')
    assert sesync("site", "check").code == 0
    assert sesync("report", "x", "--send", "-y").code in (1, 3)


@pytest.mark.parametrize("name", ["site.toml", "anywhere.toml"])
def test_what_is_built_in_keeps_the_rules(sesync: Run, name: str) -> None:
    assert sesync("site", "check", PROJECT / "sesync_cli/site" / name).code == 0


def test_keys_of_each_type_are_good(sesync: Run, standing: Standing, tmp_path: Path) -> None:
    for number, words in enumerate(["ed25519", "rsa -b 2048", "ecdsa -b 256", "ecdsa -b 384", "ecdsa -b 521"]):
        run(["ssh-keygen", "-q", "-N", "", "-f", str(tmp_path / f"key{number}"), "-t", *words.split()])
    keys = [path.read_text().strip() for path in sorted(tmp_path.glob("key*.pub"))]
    standing(written("gitlab.host_keys", keys))
    assert (len(keys), sesync("site", "check").code) == (5, 0)


def test_a_file_that_begins_with_a_byte_order_mark_is_read(sesync: Run, standing: Standing) -> None:
    standing('\ufeff[site]\nname = "The Tree Centre"\n')
    assert sesync("site", "check").code == 0
    assert "The Tree Centre" in sesync("site", "show").out


def test_a_mailer_that_is_none_is_shown_as_none(sesync: Run, standing: Standing) -> None:
    standing('[support]\nmailer = ""\n')
    assert re.search(r"^support\.mailer\s+(?:value\s+)?\(none\)", sesync("site", "show").out, re.MULTILINE)


@contextmanager
def saying(answer: bytes) -> Iterator[int]:
    """A server that says this to everybody; its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            caller, _ = server.accept()
            with caller:
                caller.recv(10_000)
                caller.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join(10)


@pytest.mark.parametrize(
    "answer",
    [
        b"220 mail.example.org ESMTP\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://a..b/\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://[:::::]/\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:99999/\r\n\r\n",
        b"HTTP/1.1 200 " + b"x" * 70_000 + b"\r\n\r\n",
        b"",
    ],
)
def test_whatever_a_server_says_is_a_note(sesync: Run, standing: Standing, answer: bytes) -> None:
    with saying(answer) as port:
        standing(written("gitlab.url", f"http://127.0.0.1:{port}"))
        done = sesync("site", "check")
    assert (done.code, done.err) == (0, "")
    (note,) = (line for line in done.out.splitlines() if line.startswith("Note: "))
    assert note.startswith(f"Note: gitlab.url: http://127.0.0.1:{port} does not answer: ")
