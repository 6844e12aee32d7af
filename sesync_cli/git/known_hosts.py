"""Servers' ssh keys: which are known, which the site vouches for, which a person has to be asked about."""

import contextlib
import math
import os
import pwd
import re
import shlex
import socket
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sesync_cli.errors import NoAnswer
from sesync_cli.git.address import PORTS, Address
from sesync_cli.git.attempt import ServerAttempt
from sesync_cli.git.failures import unreachable
from sesync_cli.git.host_keys import fingerprint, pinned
from sesync_cli.plan import by_hand
from sesync_cli.run import ProgramFailed, run
from sesync_cli.steps import RewriteFile

_SILENCE = 15  # seconds without a word from the server after which ssh asks whether it is still there
_KEYS = ("id_rsa", "id_ecdsa", "id_ecdsa_sk", "id_ed25519", "id_ed25519_sk")
_OWN_WAYS = ("proxyjump", "proxycommand", "knownhostscommand")


@dataclass(frozen=True)
class Host:
    """A server as ssh resolves it; `name` is how the files of known hosts call it.

    Some of them are the person's `own`, the first of which is written.
    """

    name: str
    address: str
    port: int
    files: tuple[Path, ...]
    own: tuple[Path, ...]

    @property
    def writes(self) -> Path:
        return self.own[0]


def ssh_argv(home: Path, patience: float, interactive: bool) -> tuple[str, ...]:
    """The ssh that git is to start, unless the user chose one."""
    options = [f"ConnectTimeout={math.ceil(patience)}", f"ServerAliveInterval={_SILENCE}"]
    if not interactive:
        options.append("BatchMode=yes")
    argv = ["ssh", *(word for option in options for word in ("-o", option))]
    if os.path.realpath(home) != os.path.realpath(_login_home()):
        argv += _settings_in(home / ".ssh")
    return tuple(argv)


def chosen_ssh(env: Mapping[str, str], configured: str) -> tuple[str, ...]:
    """The ssh that the user's own settings name, in git's order; empty if they name none."""
    if command := env.get("GIT_SSH_COMMAND") or configured:
        with contextlib.suppress(ValueError):
            return tuple(shlex.split(command))
        return (command,)
    return (env["GIT_SSH"],) if env.get("GIT_SSH") else ()


@cache
def resolve(ssh: tuple[str, ...], address: Address) -> Host | None:
    """The server that ssh would talk to; None where the user's settings decide otherwise about its key."""
    if Path(ssh[0]).name != "ssh":
        return None
    try:
        facts = settings(ssh, address)
    except ProgramFailed:
        return None  # ssh will say itself what is wrong with its settings
    if facts.get("stricthostkeychecking") in ("false", "no", "off", "accept-new"):
        return None
    users = _paths(facts.get("userknownhostsfile", ""))
    if not users or any(facts.get(way, "none") != "none" for way in _OWN_WAYS):
        return None
    name, number = facts.get("hostname", address.host), int(facts.get("port", PORTS["ssh"]))
    shown = facts.get("hostkeyalias") or (name if number == PORTS["ssh"] else f"[{name}]:{number}")
    return Host(shown, name, number, (*users, *_paths(facts.get("globalknownhostsfile", ""))), users)


def settings(ssh: Sequence[str], address: Address) -> dict[str, str]:
    """Ssh's own settings for a server as they are in force; lines of one name become one value of several lines."""
    facts: dict[str, str] = {}
    for line in run([*ssh, "-G", *destination(address)]).out.splitlines():
        name, _, value = line.partition(" ")
        facts[name] = f"{facts[name]}\n{value}" if name in facts else value
    return facts


def destination(address: Address) -> tuple[str, ...]:
    """The words that tell ssh where to go."""
    port = ("-p", str(address.port)) if address.port else ()
    return *port, f"{address.user}@{address.host}" if address.user else address.host


@cache
def is_known_host(host: Host) -> bool:
    """Whether some file of known hosts has a key of this server."""
    for path in host.files:
        with contextlib.suppress(ProgramFailed):
            if path.is_file() and run(["ssh-keygen", "-F", host.name, "-f", str(path)]).out.strip():
                return True
    return False


def pinned_keys(host: Host, attempt: ServerAttempt) -> tuple[str, ...]:
    """The keys of a server that somebody vouches for."""
    return pinned(host.address, host.port, attempt.site)


def reach(attempt: ServerAttempt, host: str, port: int) -> None:
    """Make sure that a server can be reached at all, within the site's patience."""
    try:
        socket.create_connection((host, port), timeout=attempt.site.data_patience_seconds).close()
    except OSError as error:
        raise unreachable(attempt, str(error)) from None


# asked once, though a plan is made twice: the key that a person was shown is the key that is written
@cache
def shown_keys(host: Host, attempt: ServerAttempt) -> tuple[str, ...]:
    """The keys that a server shows now, each as in `ssh-ed25519 AAAA...`."""
    reach(attempt, host.address, host.port)
    patience = str(math.ceil(attempt.site.data_patience_seconds))
    try:
        printed = run(["ssh-keyscan", "-T", patience, "-p", str(host.port), host.address]).out
    except ProgramFailed as failed:
        printed = failed.output.out
    lines = [line.split(" ", 1)[1] for line in printed.splitlines() if " " in line and not line.startswith("#")]
    if not lines:
        raise NoAnswer(f"{attempt.where} answers, but not as an ssh server", hint="Check the port in the address.")
    return tuple(sorted(lines))


def introduced(host: Host | None, attempt: ServerAttempt) -> tuple[tuple[RewriteFile, ...], str]:
    """The steps that make a server known where it is not, and what a person has to agree to first."""
    if host is None or is_known_host(host):
        return (), ""
    if pinned := pinned_keys(host, attempt):
        return (vouched(host, pinned),), ""
    keys = shown_keys(host, attempt)
    return (scanned(host, keys),), question(attempt, keys)


def question(attempt: ServerAttempt, keys: Iterable[str]) -> str:
    """What a person is asked about a server that nobody vouches for."""
    whom = attempt.site.support if attempt.is_at_site else f"whoever runs {attempt.address.host}"
    shown = "".join(f"  {fingerprint(key)}\n" for key in keys)
    return (
        f"this account does not know the server {attempt.where} yet. It shows:\n{shown}"
        f"Compare this with what {whom} says. Trust it from now on?"
    )


def vouched(host: Host, keys: Iterable[str]) -> RewriteFile:
    """The step that makes keys known which the site file names."""
    lines = [f"{host.name} {key.strip()}" for key in keys]
    words = by_hand("printf", "%s\\n", *lines)
    return _add(host, lines, f"{words} >> {by_hand(host.writes)}")


def scanned(host: Host, keys: Iterable[str]) -> RewriteFile:
    """The step that makes keys known which the server showed."""
    port = () if host.port == PORTS["ssh"] else ("-p", str(host.port))
    words = by_hand("ssh-keyscan", *port, host.address)
    return _add(host, [f"{host.name} {key}" for key in keys], f"{words} >> {by_hand(host.writes)}")


def _add(host: Host, lines: list[str], shown: str) -> RewriteFile:
    def text(old: str) -> str:
        new = [line for line in lines if line not in old.splitlines()]
        gap = "\n" if old and not old.endswith("\n") else ""
        return old + gap + "".join(f"{line}\n" for line in new)

    return RewriteFile(host.writes, text, shown, f"Remembering the key of {host.address}")


def _login_home() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        return ""


def _settings_in(folder: Path) -> list[str]:
    """Options that make ssh use this folder, since it takes the account's own whatever $HOME says."""
    config = folder / "config"
    known = f"UserKnownHostsFile={_as_setting(folder / 'known_hosts')}"
    words = ["-F", str(config) if config.is_file() else "none", "-o", known]
    keys = [folder / name for name in _KEYS if (folder / name).is_file()]
    return [*words, *(word for key in keys or [Path("none")] for word in ("-o", f"IdentityFile={_as_setting(key)}"))]


def _as_setting(path: Path) -> str:
    return '"{}"'.format(str(path).replace("%", "%%"))


def _paths(value: str) -> tuple[Path, ...]:
    """The files in a setting of ssh's, which are absolute and may have spaces in their names."""
    words = re.split(r" (?=[/~])", value)
    return tuple(Path(word).expanduser() for word in words if word not in ("", "none", "/dev/null"))
