"""What files tell of ssh keys, as ssh-keygen reads them."""

import shutil
import subprocess
from pathlib import Path

import pytest

from sesync_cli.git.ssh_keys import KeyPair, find_keys

LOCKED = "a phrase of the tests"


def made(path: Path, *words: str, passphrase: str = "") -> str:
    """The public half of a new key, without its comment."""
    subprocess.run(["ssh-keygen", "-q", *words, "-N", passphrase, "-f", path], check=True)
    return " ".join(path.with_name(f"{path.name}.pub").read_text().split()[:2])


def found(path: Path) -> KeyPair:
    [key] = find_keys([path])
    return key


@pytest.mark.parametrize("passphrase", ["", LOCKED], ids=["open", "locked"])
@pytest.mark.parametrize("mode", [0o600, 0o644], ids=["private", "too open"])
@pytest.mark.parametrize("pem", [False, True], ids=["of OpenSSH", "PEM"])
def test_a_key_tells_its_public_half_and_whether_it_has_a_passphrase(passphrase, mode, pem, home: Path):
    """Only a locked key in the form of other programs says nothing of its public half."""
    path = home / "a key [1]"
    public = made(path, "-t", "ecdsa", *(("-m", "PEM") if pem else ()), passphrase=passphrase)
    path.chmod(mode)
    key = found(path)
    assert (key.bare, key.has_public, key.has_passphrase, key.problem) == (public, True, bool(passphrase), "")
    path.with_name(f"{path.name}.pub").unlink()
    key = found(path)
    told = "" if pem and passphrase else public
    assert (key.public, key.has_public, key.has_passphrase, key.problem) == (told, False, bool(passphrase), "")


@pytest.mark.parametrize("passphrase", ["", LOCKED], ids=["open", "locked"])
def test_halves_that_do_not_belong_together(passphrase, home: Path):
    path, other = home / "one", home / "other"
    for one in (path, other):
        made(one, "-t", "ed25519", passphrase=passphrase)
    shutil.copy(home / "other.pub", home / "one.pub")
    assert found(path).problem == f"{path}.pub belongs to another key than {path}"
    path.unlink()
    assert found(path).problem == f"{path} is missing: its public half alone opens nothing"


@pytest.mark.parametrize("bits", [2048, 3072])
def test_a_short_rsa_key_is_called_so_with_and_without_its_public_half(bits, home: Path):
    path = home / "id_rsa"
    made(path, "-t", "rsa", "-b", str(bits))
    problem = f"{path} is an RSA key of 2048 bits, which is too short" if bits == 2048 else ""
    assert found(path).problem == problem
    path.with_name("id_rsa.pub").unlink()
    assert found(path).problem == problem


def test_what_is_no_key_is_called_none(home: Path):
    path = home / "id_ed25519"
    made(path, "-t", "ed25519")
    whole = path.read_text()
    for text in ("notes\n", "", whole[:200], whole.replace("\n", "\r\n")):
        path.write_bytes(text.encode())
        for mode in (0o600, 0o644):
            path.chmod(mode)
            assert found(path).problem == f"{path} is no private key"
    path.write_text(whole)
    public = home / "id_ed25519.pub"
    good = public.read_text()
    for text in ("notes\n", good[:40], good * 2):
        public.write_text(text)
        key = found(path)
        assert (key.problem, key.public) == (f"{public} is no public key", " ".join(good.split()[:2]))
