"""Passwords and tokens in the addresses that a clone keeps, and the commands that take them out."""

import re
from collections.abc import Iterator
from pathlib import Path

from sesync_cli.check import Finding
from sesync_cli.git.address import carries_secret, read_address, without_secret
from sesync_cli.git.attempt import ServerAttempt
from sesync_cli.git.client import ask_git
from sesync_cli.plan import by_hand
from sesync_cli.site.settings import Site

_KEYS: dict[str, tuple[str, ...]] = {"url": (), "pushurl": ("--push",)}  # what `git remote set-url` calls each
_BEFORE_HOST = re.compile(r"^([\w+.-]*://)?([^/@]*@)?")
_SPECIAL = re.compile(r"([][.*+?(){}|^$\\])")


def exposed(folder: Path, shown: str, site: Site, *, moves: bool = False) -> tuple[str, ...]:
    """A warning for each password or token in an address of this clone's own settings, which are no place for one.

    If it `moves`, its address is about to be replaced by another, and can only be told of.
    """
    return tuple(one.warning for one in exposures(folder, shown, site, moves=moves))


def exposures(folder: Path, shown: str, site: Site, *, moves: bool = False) -> Iterator[Finding]:
    """The same as findings."""
    for remote, key, urls in _addresses(folder):
        for url in filter(carries_secret, urls):
            if moves and key == "url":
                message, take_out = f"a password or a token stands in the address that {shown} had until now", ""
                hint = "whoever has read its .git/config has it, so make a new one."
            else:
                what = "the address" if key == "url" else "the address for sending"
                reader = "where whoever reads its .git/config finds it"
                message = f"a password or a token stands in {what} of {shown}, {reader}"
                take_out = _take_out(folder, remote, key, url, is_alone=len(urls) == 1)
                hint = f"'{take_out}' takes it out{_instead(url, folder, site)}."
            yield Finding("exposed secret", message, hint, command=take_out)


def _addresses(folder: Path) -> Iterator[tuple[str, str, list[str]]]:
    """The servers in a clone's own settings, each with its addresses for getting or for sending."""
    said = ask_git(["config", "--local", "-z", "--get-regexp", r"^remote\..*\.(url|pushurl)$"], folder)
    found: dict[tuple[str, str], list[str]] = {}
    for line in filter(None, said.out.split("\0")):
        name, _, url = line.partition("\n")
        remote, _, key = name.removeprefix("remote.").rpartition(".")
        found.setdefault((remote, key), []).append(url)
    return ((remote, key, urls) for (remote, key), urls in found.items())


def _take_out(folder: Path, remote: str, key: str, url: str, *, is_alone: bool) -> str:
    bare = without_secret(url)
    which: tuple[str, ...] = ()
    if not is_alone:  # git has to be told which of them: by what stands behind the secret
        which = ("@" + _SPECIAL.sub(r"\\\1", _BEFORE_HOST.sub("", bare)) + "$",)
    return by_hand("git", "-C", folder, "remote", "set-url", *_KEYS[key], remote, bare, *which)


def _instead(url: str, folder: Path, site: Site) -> str:
    address = read_address(without_secret(url))
    if (
        address is None
        or address.scheme not in ("http", "https")
        or not ServerAttempt(address, folder, site).is_at_site
    ):
        return ""
    return ", and 'sesync clone --login' keeps a token for git instead"
