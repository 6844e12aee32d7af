"""What to type in the place of words that are no command of sesync's."""

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.kernel.advice import REMOVE, command
from sesync_cli.kernel.context import kernel_folders
from sesync_cli.kernel.discovery import find_kernels
from sesync_cli.link.links import find_links, read_link
from sesync_cli.names import joined, listed
from sesync_cli.plan import by_hand, operand
from sesync_cli.put.paths import first_link
from sesync_cli.site.settings import Site
from sesync_cli.synonyms import REMOVING, Instead, instead_of, same_as

_REMOVED = {"unlink": "a link", "kernel remove": "a kernel", "uninstall": "a package"}


def instead(words: Sequence[str], groups: Mapping[str, Collection[str]], caller: Caller, site: Site) -> str:
    """A sentence with the command that somebody means who typed these words behind `sesync`; empty if nobody knows.

    `groups` are the commands that have commands of their own, each with these.
    """
    word, *rest = words
    if word in REMOVING:
        return _removing(_operands(rest), caller, site)
    if found := instead_of(words):
        one, behind = found
        return f"'{_typed(one, behind)}' {one.does}."
    named = operand(rest[0]) if len(rest) == 1 and _operands(rest) else ()
    inner = [f"'{by_hand('sesync', group, known, *named)}'" for group, known in _inner(word, groups)]
    return f"{listed(inner)} does that." if inner else ""


def _operands(words: Sequence[str]) -> list[str]:
    """The words that are no options."""
    stop = words.index("--") if "--" in words else len(words)
    return [*(word for word in words[:stop] if not word.startswith("-")), *words[stop + 1 :]]


def _inner(word: str, groups: Mapping[str, Collection[str]]) -> Iterator[tuple[str, str]]:
    """The groups that have a command of this meaning, each with its word for it."""
    for group, names in groups.items():
        if known := word if word in names else same_as(word, names):
            yield group, known


def _typed(one: Instead, behind: Sequence[str]) -> str:
    """The command with what was typed behind the words that it stands for; what options mean to another is unknown."""
    if behind and _operands(behind) == [*behind] and len(behind) <= one.takes:
        return by_hand("sesync", *one.command.split(), *behind)
    return " ".join(filter(None, ("sesync", one.command, one.wants)))


def _removing(names: Sequence[str], caller: Caller, site: Site) -> str:
    """What takes away the things of these names, or each kind of things; what is none of sesync's, it leaves alone."""
    ways = [f"'{way}'" for name in names for way in _ways(name, caller, site)]
    if ways:
        return f"{joined(ways)} {'do' if len(ways) > 1 else 'does'} that."
    all_ways = [f"'sesync {command} NAME' removes {what}" for command, what in _REMOVED.items()]
    return f"{joined(all_ways)}."


def _ways(name: str, caller: Caller, site: Site) -> Iterator[str]:
    """The commands that remove a kernel of this name, or a link to data; no file server is asked."""
    if any(one.name == name and not one.server for one in find_kernels(kernel_folders(caller, site))):
        yield command(REMOVE, name)
    if not site.has("data_path") or not name:
        return
    link = _link_at(name, caller, site)
    if link and link.parent != caller.home:
        yield by_hand("sesync", "unlink", "--in", link.parent, *operand(link.name))
    elif link:
        yield by_hand("sesync", "unlink", *operand(link.name))
    elif any(name in (one.at.name, site.project(one.directory)) for one in find_links(caller.home, site.data_root)):
        yield by_hand("sesync", "unlink", *operand(name))


def _link_at(name: str, caller: Caller, site: Site) -> Path | None:
    """The link to data at this path in home, by its text: with a slash behind it, too, it is the link that is meant."""
    path = Path(os.path.normpath(caller.cwd / os.path.expanduser(name)))
    if first_link(path, caller.home) != path:  # what is behind another link may be on a server that hangs
        return None
    link = read_link(path, site.data_root)
    return path if link and link.below else None
