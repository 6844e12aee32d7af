"""What may be typed as a repository, and which addresses mean the same one."""

import pytest

from sesync_cli.errors import WrongWords
from sesync_cli.git.address import read_address, typed
from sesync_cli.site.reading import load_site

SITE = load_site({}).site


@pytest.mark.parametrize(
    ("text", "way", "url"),
    [
        ("cooltrees/analysis", "", "git@gitlab.sesync.org:cooltrees/analysis.git"),
        ("cooltrees/analysis.git", "", "git@gitlab.sesync.org:cooltrees/analysis.git"),
        ("a/b/c", "", "git@gitlab.sesync.org:a/b/c.git"),
        ("a/b", "https", "https://gitlab.sesync.org/a/b.git"),
        ("https://gitlab.sesync.org/a/b", "ssh", "git@gitlab.sesync.org:a/b.git"),
        ("git@gitlab.sesync.org:a/b.git", "https", "https://gitlab.sesync.org/a/b.git"),
        ("https://gitlab.sesync.org/a/b/-/tree/main/data", "", "https://gitlab.sesync.org/a/b"),
        ("https://jsmith@example.org/x/y.git", "", "https://jsmith@example.org/x/y.git"),
        ("ssh://git@[::1]:2222/x/y.git", "", "ssh://git@[::1]:2222/x/y.git"),
        ("git://example.org/y", "", "git://example.org/y"),
        ("http://localhost:8080/y/", "", "http://localhost:8080/y/"),
        ("git@example.org:~me/y z.git", "", "git@example.org:~me/y z.git"),
    ],
)
def test_what_is_typed_becomes_an_address(text, way, url):
    assert typed(text, SITE, way).url == url


@pytest.mark.parametrize(
    "text",
    [
        "ext::sh -c date",
        "ext://sh",
        "fd::3",
        "transport::https://example.org/x",
        "file:///etc/x",
        "/etc/x",
        "./x",
        "../a/b",
        "~/x",
        "a/../b",
        "a//b",
        "analysis",
        "--upload-pack=date",
        "-x/y",
        "ssh://-oProxyCommand=date/x",
        "ssh://git@-oProxyCommand=date/x",
        "-oProxyCommand=date:x",
        "git@-h:x",
        "git@h:-x",
        "git@h:..",
        "https://h/",
        "https://h/..",
        "https:///x",
        "https://h/x?private_token=secret",
        "https://h/x#secret",
        "ssh://git@h:99999/x",
        "host:a/b",
        "a\nb/c",
        "https://h/x\x1b[31m",
        "https://h/\udcff",
        "ftp://h/x",
        "HTTPS",
    ],
)
def test_nothing_else_is_an_address(text):
    with pytest.raises(WrongWords) as caught:
        typed(text, SITE, "")
    assert text not in f"{caught.value}{caught.value.hint}"


@pytest.mark.parametrize(
    "text",
    [
        "https://jsmith:pw-secret@h/x",
        "https://oauth2:pw-secret@h/x",
        "https://glpat-pw-secret@h/x",
        "https://ghp_pwsecret0123456789@h/x",
        "https://0123456789abcdef0123@h/x/pw-secret",
        "ssh://git:pw-secret@h/x",
        "git:pw-secret@h:x",
        "https://:pw-secret@h/x",
        "https://u:pw@secret@h/x",
    ],
)
def test_a_password_in_an_address_is_refused_and_never_repeated(sesync, text):
    done = sesync("clone", text)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("Error: this address carries a password or a token\nHint:  Type it without")
    assert "secret" not in done.err
    assert "secret" not in sesync("clone", text, "--json", "-n").out


def test_another_servers_address_is_not_turned_into_another_way():
    with pytest.raises(WrongWords):
        typed("https://example.org/a/b", SITE, "ssh")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("git@h:a/b.git", "https://h/a/b", True),
        ("git@h:a/b.git", "https://jsmith@H/a/b.git/", True),
        ("ssh://git@h:22/a/b", "git@h:a/b", True),
        ("ssh://git@h:2222/a/b", "https://h:8443/a/b", True),
        ("http://h/a/b", "https://h/a/b", True),
        ("https://h/a/b", "https://h:8443/a/b", False),
        ("git@h:a/b.git", "git@h:a/c.git", False),
        ("git@h:a/b.git", "git@g:a/b.git", False),
        ("file:///srv/a/b.git", "file:///srv/a/b", True),
    ],
)
def test_the_way_to_a_repository_does_not_make_it_another(one, other, same):
    assert read_address(one).is_same(read_address(other)) is same


@pytest.mark.parametrize(
    ("url", "name"), [("git@h:a/b.git", "b"), ("https://h/a/b.git/", "b"), ("git@h:a/.git", "a"), ("ssh://h/~/x", "x")]
)
def test_the_name_is_the_folder_that_git_would_make(url, name):
    assert read_address(url).name == name


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://oauth2:s3cret@example.org/a/b.git", "https://example.org/a/b.git"),
        ("https://jsmith:s3cret@[::1]:8443/a/b", "https://[::1]:8443/a/b"),
        ("https://jsmith:p@s3cret@example.org/a/b", "https://example.org/a/b"),
        ("https://jsmith%3As3cret@example.org/a/b", "https://example.org/a/b"),
        ("https://glpat-s3cret@example.org/a/b", "https://example.org/a/b"),
        ("https://glpat%2Ds3cret@example.org/a/b", "https://example.org/a/b"),
        ("HTTPS://glpat-s3cret@example.org/a/b", "HTTPS://example.org/a/b"),
        ("https://ghp_s3cret:x-oauth-basic@github.com/a/b.git", "https://github.com/a/b.git"),
        ("https://glpat-s3cret:@example.org/a/b", "https://example.org/a/b"),
        ("ssh://git:s3cret@example.org:2222/a/b.git", "ssh://git@example.org:2222/a/b.git"),
        ("git:s3cret@example.org:a/b.git", "git@example.org:a/b.git"),
        ("https://example.org/https://jsmith:s3cret@github.com/a/b", "https://example.org/https://github.com/a/b"),
        ("https://example.org/a/b.git?private_token=s3cretword", "https://example.org/a/b.git?private_token=***"),
    ],
)
def test_what_is_said_of_an_address_has_no_password(url: str, shown: str) -> None:
    address = read_address(url)
    assert address
    assert (address.shown, "s3cret" in address.label) == (shown, False)


@pytest.mark.parametrize(
    "url",
    [
        "https://oauth2@example.org/a/b.git",
        "https://jsmith:@example.org/a/b",
        "ssh://git@example.org/a/b",
        "git@example.org:a/b@2.git",
        "server:repos@2019/x.git",
        "https://example.org/a@b:c@d/e",
        "/srv/a:b@c:d.git",
        "file:///srv/a:b@c/d.git",
    ],
)
def test_an_address_without_a_secret_is_shown_as_it_is(url: str) -> None:
    address = read_address(url)
    assert address
    assert (address.shown, address.label) == (url, url)
