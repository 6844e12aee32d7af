"""Each trouble on the way to a repository over ssh has words of its own, from sshd and gitolite alike."""

import socket

import pytest

from tests.services.sshd import make_key
from tests.sshkey.conftest import at_site, keygen, know


@pytest.fixture
def way(site, lite, home):
    """The site's GitLab is the gitolite, and this home knows it."""
    at_site(site, lite.sshd, ssh=lite.template, host_keys=[])
    know(lite.sshd, home)
    return lite


def member(way, home, passphrase=""):
    public = make_key(home / ".ssh/id_ed25519", passphrase)
    way.accept(public.read_text())
    return public.with_suffix("")


def said(sesync, repo="cooltrees/analysis"):
    done = sesync("clone", repo)
    assert (done.code, done.out) == (1, "") or done.code == 2, done
    error, hint = done.err.splitlines()[0], done.err.splitlines()[-1]
    assert error.startswith("Error: ") and hint.startswith("Hint:  ")
    assert not any(word in done.err for word in ("fatal:", "Traceback", "FATAL:", "Please make sure"))
    return error.removeprefix("Error: "), hint.removeprefix("Hint:  ")


def test_every_row_has_its_own_message_and_its_own_next_step(sesync, way, home, site, tmp_path):
    rows = {"no key": said(sesync)}
    key = make_key(home / ".ssh/id_ed25519").with_suffix("")
    rows["wrong key"] = said(sesync)
    key.unlink(), key.with_suffix(".pub").unlink()
    member(way, home, passphrase="open sesame")
    rows["passphrase without agent"] = said(sesync)
    key.unlink(), key.with_suffix(".pub").unlink()
    member(way, home)
    key.chmod(0o644)
    rows["wrong rights"] = said(sesync)
    key.chmod(0o600)
    rows["missing repository"] = said(sesync, "cooltrees/nope")
    rows["forbidden repository"] = said(sesync, "cooltrees/secret")
    known = home / ".ssh/known_hosts"
    right = known.read_text()
    known.unlink()
    rows["unknown host"] = said(sesync)
    keygen("-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "old")
    known.write_text(f"{way.sshd.name} {(tmp_path / 'old.pub').read_text()}")
    rows["changed host key"] = said(sesync)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        known.write_text(right + right.replace(str(way.sshd.port), str(port)))
        site(gitlab={"ssh": f"ssh://git@127.0.0.1:{port}/{{repo}}.git"})
        rows["no network"] = said(sesync)
    signs = {
        "no key": "and you have none",
        "wrong key": "does not accept your ssh key",
        "passphrase without agent": "has a passphrase",
        "wrong rights": "others can read your ssh key",
        "missing repository": "has no repository cooltrees/nope, or you may not see it",
        "forbidden repository": "has no repository cooltrees/secret, or you may not see it",
        "unknown host": "does not know the server",
        "changed host key": "somebody may pretend to be it",
        "no network": "cannot be reached: it refuses connections",
    }
    assert {row: signs[row] in message for row, (message, _) in rows.items()} == dict.fromkeys(signs, True)
    assert len({message for message, _ in rows.values()}) == len({hint for _, hint in rows.values()}) == len(rows)


def test_once_it_is_set_up_the_clone_goes_through(sesync, way, home):
    member(way, home)
    assert sesync("ssh-key").code == 0
    assert sesync("clone", "cooltrees/analysis").out.splitlines()[0] == "Cloned cooltrees/analysis to ~/analysis."
