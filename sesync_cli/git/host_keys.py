"""Servers' own keys that somebody vouches for: the site for its GitLab, GitHub's page for GitHub."""

import base64
import hashlib
import os
import re
import stat
from pathlib import Path

from sesync_cli.errors import Refused
from sesync_cli.git.address import PORTS, Address, site_addresses, ssh_key_command
from sesync_cli.site.settings import Site

_GITHUB = (  # "GitHub's SSH key fingerprints" at docs.github.com
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl",
    "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBEmKSENjQEezOmxkZMy7opKgwFB9nkt5YRrYMjNuG5"
    "N87uRgg6CLrbo5wAdT/y6v0mKV0U2w0WZ2YB/++Tpockg=",
)
_SENT = re.compile(r"key sent by the remote host is\s+(SHA256:[\w+/=]+)")
_OLD = re.compile(r"Offending .*key in (/.+):\d+")
_CHANGED = re.compile(r"Host key for (?:\[(\S+)\]:(\d+)|(\S+)) has changed")


def pinned(host: str, port: int, site: Site) -> tuple[str, ...]:
    """The keys of a server that somebody vouches for; none where nobody does."""
    own = site_addresses("GROUP/NAME", site)[:1]
    where = (host.lower(), port)
    if any(one.scheme == "ssh" and (one.host.lower(), one.port or PORTS["ssh"]) == where for one in own):
        return site.gitlab_host_keys
    return _GITHUB if where in (("github.com", 22), ("ssh.github.com", 443)) else ()


def is_vouched_for(said: str, address: Address, site: Site) -> bool:
    """Whether the key of which ssh says that it is not the known one is one that somebody vouches for."""
    keys = pinned(address.host, (address.port if address.scheme == "ssh" else None) or PORTS["ssh"], site)
    if as_ssh_has_it := _CHANGED.search(said):
        name, number, alone = as_ssh_has_it.groups()
        keys += pinned(name or alone, int(number or PORTS["ssh"]), site)
    sent = _SENT.search(said)
    return bool(sent and any(fingerprint(key).endswith(f" {sent[1]}") for key in keys))


def vouched_change(said: str, address: Address, site: Site, where: str, ask: str) -> Refused | None:
    """The error for a server whose key is not the known one, but one that somebody vouches for; None for others."""
    if not is_vouched_for(said, address, site):
        return None
    old = _OLD.search(said)
    if old and not may_write(Path(old[1])):
        return kept_by_others(Path(old[1]), where, ask)
    whose = "GitHub" if address.host.lower().endswith("github.com") else "the site"
    return Refused(
        f"{where} has a new key, for which {whose} vouches; this account still knows the old one",
        hint=f"'{ssh_key_command(address, site)}' puts the new one in its place.",
    )


def kept_by_others(path: Path, where: str, ask: str) -> Refused:
    """The error for an old key in a file that is not this account's; `ask` says whom to ask."""
    return Refused(
        f"{where} has a new key, and {path} has the old one: that file is not yours to change",
        hint=f"{ask[:1].upper()}{ask[1:]} to renew the key in {path}.",
    )


def fingerprint(key: str) -> str:
    """How people compare a key: `ED25519 SHA256:...`, as ssh shows it."""
    kind, blob = key.split()[:2]
    digest = hashlib.sha256(base64.b64decode(blob)).digest()
    family = next((name for name in ("ed25519", "ecdsa", "rsa") if name in kind), kind).upper()
    return f"{family} SHA256:{base64.b64encode(digest).decode().rstrip('=')}"


def may_write(path: Path) -> bool:
    """Whether a file is this account's to change: what is read-only is left to whoever made it so."""
    return path.is_file() and bool(path.stat().st_mode & stat.S_IWUSR) and os.access(path, os.W_OK)
