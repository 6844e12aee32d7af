"""A person's own ssh keys, read from their files: which there are, and why ssh could not use one."""

import contextlib
import os
import pwd
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sesync_cli.errors import NoAnswer
from sesync_cli.git.address import Address
from sesync_cli.git.anonymous_files import place, written
from sesync_cli.names import few
from sesync_cli.plan import by_hand
from sesync_cli.run import ProgramFailed, need, run

USUAL = ("id_ed25519", "id_ecdsa", "id_rsa")  # ssh tries these by itself; the first is the best
PAGES = {  # where a public key is pasted
    "github.com": "https://github.com/settings/ssh/new",
    "ssh.github.com": "https://github.com/settings/ssh/new",
    "gitlab.com": "https://gitlab.com/-/user_settings/ssh_keys",
}
_TRIED = {*USUAL, "id_ecdsa_sk", "id_ed25519_sk", "id_xmss", "id_dsa"}  # the others need a device, or are of old times
_FEWEST_BITS = 3072  # of an RSA key, as ssh-keygen makes them today
_PUBLIC = re.compile(r"(?:sk-)?(?:ssh|ecdsa)-[\w@.-]+ [A-Za-z0-9+/]+=*(?: .*)?")
_PRIVATE = "PRIVATE KEY-----"
_MARK = os.fsdecode(b"\xef\xbb\xbf")
_LOCKED = "incorrect passphrase"  # ssh-keygen of a private key, where none was said


@dataclass(frozen=True)
class KeyPair:
    """A key pair: the private file, the public line (empty where only the passphrase could tell), and what is wrong.

    `mend` is the command that mends it, where one does.
    """

    path: Path
    public: str
    has_public: bool
    has_passphrase: bool
    problem: str = ""
    mend: str = ""

    @property
    def trouble(self) -> str:
        """What is wrong, and what mends it."""
        return f"{self.problem}; '{self.mend}' mends that" if self.mend else self.problem

    @property
    def public_path(self) -> Path:
        return public_half(self.path)

    @property
    def bare(self) -> str:
        """The public line without its comment, by which keys are compared."""
        return without_comment(self.public)


def public_half(path: Path) -> Path:
    return path.with_name(f"{path.name}.pub")


def without_comment(line: str) -> str:
    return " ".join(line.split()[:2])


def candidates(settings: Mapping[str, str], address: Address, folder: Path) -> list[Path]:
    """The private files that ssh would try for a server, those that somebody named for it first."""
    named = [path for line in settings.get("identityfile", "").splitlines() if (path := _named(line, address))]
    own = [path for path in named if path.name not in _TRIED]
    usual = [folder / name for name in USUAL]
    return [*dict.fromkeys(own), *(path for path in usual if not named or path in named)]


def find_keys(paths: Iterable[Path]) -> list[KeyPair]:
    """The keys under these names, as far as anything is there."""
    return [_key(path) for path in paths if os.path.lexists(path) or os.path.lexists(public_half(path))]


def refusal(where: str, command: str, page: str, home: Path | None) -> tuple[str, str]:
    """Why a server lets nobody in from this home, as far as its keys tell, and what to do: `command` mends most."""
    if home is None or _names_keys(home / ".ssh/config"):
        message = f"{where} does not accept your ssh key, or you have none"
        return message, f"'{command}' sets one up; '{command} --check' says more."
    keys = find_keys(home / ".ssh" / name for name in USUAL)
    if not keys:
        return f"{where} wants an ssh key, and you have none", f"'{command}' makes one and registers it."
    mendable = next((key for key in keys if key.mend), None)
    if mendable and all(key.problem for key in keys):
        return f"{where} did not let you in: {mendable.problem}", f"'{mendable.mend}' mends that; then try again."
    if all(key.has_passphrase for key in keys):
        message = (
            f"{where} did not let you in: your ssh key {keys[0].path} has a passphrase, asked for only in a terminal"
        )
        return message, f"Type it in a terminal. '{command} --check' says whether the server knows the key."
    paste = f", or paste the line in {keys[0].public_path} at {page}" if page else ""
    return f"{where} does not accept your ssh key {keys[0].path}", f"'{command}' registers it{paste}."


def in_agent(seconds: float) -> frozenset[str]:
    """The public halves, without comments, of the keys that the ssh agent holds; none where there is no agent."""
    if not os.environ.get("SSH_AUTH_SOCK"):
        return frozenset()
    with contextlib.suppress(ProgramFailed, NoAnswer, OSError):
        return frozenset(map(without_comment, run(["ssh-add", "-L"], seconds=seconds).out.splitlines()))
    return frozenset()


def _names_keys(config: Path) -> bool:
    with contextlib.suppress(OSError):
        return "identityfile" in config.read_text(encoding="utf-8", errors="replace").lower()
    return False


def _named(line: str, address: Address) -> Path | None:
    account = pwd.getpwuid(os.getuid())
    tokens = {"%d": account.pw_dir, "%u": account.pw_name, "%h": address.host, "%n": address.host, "%r": address.user}
    path = re.sub("%.", lambda found: tokens.get(found[0], found[0][1:]), re.sub("^~(?=/)", "%d", line))
    return Path(path.removesuffix(".pub")) if path.startswith("/") else None


def _key(path: Path) -> KeyPair:
    public, problem = "", ""
    with contextlib.suppress(OSError):
        public = _content(public_half(path)).decode(errors="replace").strip()
    bits = _bits(public) if public else 0
    if public and not bits:
        public, problem = "", f"{public_half(path)} is no public key"
    has_public = os.path.lexists(public_half(path))
    try:
        secret = os.fsdecode(_content(path))
    except FileNotFoundError:
        return KeyPair(path, public, has_public, False, f"{path} is missing: its public half alone opens nothing")
    except OSError as error:
        return KeyPair(path, public, has_public, False, f"{path} cannot be read: {os.strerror(error.errno or 0)}")
    inner = _inside(secret)
    if inner is None:
        return KeyPair(path, public, has_public, False, *_unreadable(path, secret))
    has_passphrase, own = inner
    if own and public and without_comment(public) != own:
        problem = f"{public_half(path)} belongs to another key than {path}"
    public = public or own
    bits = bits or _bits(own)
    if not problem and public.startswith("ssh-rsa ") and bits < _FEWEST_BITS:
        problem = f"{path} is an RSA key of {bits} bits, which is too short"
    return KeyPair(path, public, has_public, has_passphrase, problem)


def _unreadable(path: Path, secret: str) -> tuple[str, str]:
    """Why ssh does not read this as a private key, and the command that mends it, if one does."""
    if secret.startswith("PuTTY-User-Key-File"):
        new = f"{path}.openssh"
        words = by_hand("puttygen", path, "-O", "private-openssh", "-o", new), by_hand("mv", new, path)
        return f"{path} is a key in the format of PuTTY, which ssh does not read", " && ".join(words)
    faults = {
        "a mark of Windows at its beginning": ("1s/^\\xEF\\xBB\\xBF//", secret.startswith(_MARK)),
        "the line ends of Windows": (r"s/\r$//", "\r\n" in secret),
        "no end to its last line": ("$a\\", not secret.endswith("\n")),
    }
    found = [words for words, (_, applies) in faults.items() if applies]
    mended = secret.removeprefix(_MARK).replace("\r\n", "\n").removesuffix("\n") + "\n"
    if not found or _inside(mended) is None:
        return f"{path} is no private key", ""
    edits = [word for words in found for word in ("-e", faults[words][0])]
    return f"{path} has {few(found)}, and so ssh does not read it", by_hand("sed", "-i", *edits, path)


def _content(path: Path) -> bytes:
    return b"" if path.exists() and not path.is_file() else path.read_bytes()  # a pipe would have us wait


def _bits(line: str) -> int:
    """The length of a key by its public line; 0 if it is none."""
    if _PUBLIC.fullmatch(line):
        with contextlib.suppress(ProgramFailed, ValueError):
            return int(_keygen("-l", "-f", "/dev/stdin", said=line).split()[0])
    return 0


def _inside(secret: str) -> tuple[bool, str] | None:
    """Whether a private key has a passphrase, and its public half where that can be read without it."""
    if _PRIVATE not in secret:
        return None
    # in a file without a name: of its own, rights may be too open, and a public half beside it would be read instead
    with written(secret) as file:
        try:
            return False, without_comment(_keygen("-y", "-P", "", "-f", place(file)))
        except ProgramFailed as failure:
            if _LOCKED not in str(failure):
                return None
        with contextlib.suppress(ProgramFailed):
            exported = _keygen("-e", "-P", "", "-f", place(file))
            return True, without_comment(_keygen("-i", "-f", "/dev/stdin", said=exported))
    return True, ""


def _keygen(*words: str, said: str | None = None) -> str:
    program = need("ssh-keygen", hint="It comes with ssh: ask support to install it.")
    return run([program, *words], said=said, reads=True).out
