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
    for text in ("notes\n", "", whole[:200], whole[:200].replace("\n", "\r\n")):
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


@pytest.mark.parametrize("passphrase", ["", LOCKED], ids=["open", "locked"])
@pytest.mark.parametrize(
    "spoil,words",
    [
        (lambda text: text.replace(b"\n", b"\r\n"), "the line ends of Windows"),
        (lambda text: text.rstrip(b"\n"), "no end to its last line"),
        (lambda text: b"\xef\xbb\xbf" + text, "a mark of Windows at its beginning"),
        (lambda text: text.replace(b"\n", b"\r\n").rstrip(), "the line ends of Windows and no end to its last line"),
    ],
)
def test_a_key_that_another_system_has_spoilt_says_how_it_is_mended(passphrase, spoil, words, home: Path):
    path = home / "a key"
    public = made(path, "-t", "ed25519", passphrase=passphrase)
    path.write_bytes(spoil(path.read_bytes()))
    key = found(path)
    assert key.problem == f"{path} has {words}, and so ssh does not read it"
    subprocess.run(["sh", "-c", key.mend], check=True)
    key = found(path)
    assert (key.bare, key.problem, key.mend, path.stat().st_mode & 0o777) == (public, "", "", 0o600)


def test_a_key_of_putty_says_what_turns_it_into_one_of_openssh(home: Path):
    path = home / "id_rsa"
    path.write_text("PuTTY-User-Key-File-3: ssh-ed25519\r\nEncryption: none\r\n")
    key = found(path)
    assert key.problem == f"{path} is a key in the format of PuTTY, which ssh does not read"
    assert key.mend == f"puttygen {path} -O private-openssh -o {path}.openssh && mv {path}.openssh {path}"
