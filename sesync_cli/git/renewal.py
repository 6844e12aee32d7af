"""Files of known hosts that have an old key of a server, for whose new one somebody vouches."""

import base64
import binascii
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sesync_cli.git.attempt import ServerAttempt, support
from sesync_cli.git.host_keys import kept_by_others, may_write
from sesync_cli.git.known_hosts import Host, pinned_keys, shown_keys
from sesync_cli.plan import by_hand
from sesync_cli.steps import RewriteFile


@dataclass(frozen=True)
class _Known:
    """A line of such a file: the names that it has for this server and for others, and the key."""

    own: list[str]
    others: list[str]
    key: str


def renewed(host: Host | None, attempt: ServerAttempt, *, is_sent: bool) -> tuple[RewriteFile, ...]:
    """The steps that put the keys which somebody vouches for in the place of a server's old ones; none without need.

    If it is not known that the server has sent such a key (`is_sent`), it is asked. `Refused` for a file of old keys
    that is not the person's to write.
    """
    keys = {_bare(key) for key in pinned_keys(host, attempt)} if host else set()
    if host is None or not keys:
        return ()
    kinds = {key.split()[0] for key in keys}
    old = {path: [one.key for one in _lines(_read(path), host.name) if one.key not in keys] for path in host.files}
    stale = [path for path in host.files if any(key.split()[0] in kinds for key in old[path])]
    if not stale or not (is_sent or keys & set(map(_bare, shown_keys(host, attempt)))):
        return ()
    for path in stale:
        if path not in host.own or not may_write(path):
            raise kept_by_others(path, attempt.where, support(attempt))
    return tuple(_renewal(host, path, keys if path == host.writes else set(), keys) for path in {*stale, host.writes})


def _renewal(host: Host, path: Path, adds: set[str], keys: set[str]) -> RewriteFile:
    lines = [f"{host.name} {key}" for key in sorted(adds)]
    forget = by_hand("ssh-keygen", "-f", path, "-R", host.name)
    add = by_hand("printf", "%s\\n", *lines)
    shown = f"{forget} && {add} >> {by_hand(path)}" if lines else forget
    return RewriteFile(path, partial(_with, host.name, lines, keys), shown, f"Renewing the key of {host.address}")


def _with(name: str, lines: Sequence[str], keys: set[str], old: str) -> str:
    known = {one.key for one in _lines(old, name)}
    left = "\n".join(line for one in old.split("\n") for line in _left(one, name, keys))
    gap = "\n" if left and not left.endswith("\n") else ""
    new = [line for line in lines if line.partition(" ")[2] not in known]
    return left + "".join(f"{gap if line == new[0] else ''}{line}\n" for line in new)


def _left(line: str, name: str, keys: set[str]) -> list[str]:
    """What stays of a line: all, what other servers need of it, or nothing."""
    found = _parsed(line, name)
    if found is None or found.key in keys:
        return [line]
    return [line.replace(line.split()[0], ",".join(found.others), 1)] if found.others else []


def _lines(text: str, name: str) -> list[_Known]:
    return [found for line in text.split("\n") if (found := _parsed(line, name))]


def _parsed(line: str, name: str) -> _Known | None:
    """A line with a key of the server of this very name; patterns and marked lines say more, and count for none."""
    names, *rest = line.split() or [""]
    if len(rest) < 2 or names.startswith(("#", "@")):
        return None
    own = [one for one in names.split(",") if _is(one, name)]
    return _Known(own, [one for one in names.split(",") if one not in own], _bare(" ".join(rest))) if own else None


def _is(written: str, name: str) -> bool:
    if not written.startswith("|1|"):
        return written.lower() == name.lower()
    try:
        salt, digest = (base64.b64decode(part) for part in written.split("|")[2:])
    except (ValueError, binascii.Error):
        return False
    return hmac.compare_digest(hmac.digest(salt, name.encode(), "sha1"), digest)


def _bare(key: str) -> str:
    return " ".join(key.split()[:2])


def _read(path: Path) -> str:
    return path.read_bytes().decode(errors="surrogateescape") if path.is_file() else ""
