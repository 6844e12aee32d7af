"""Our lines in ~/.ssh/config: whether a server needs some, and how they are put where they take effect.

Ssh takes the first value that it finds, so the block stands at the top. Its last line ends it: what follows is for all
servers again, as it was before. The person's own lines stay as they are, byte for byte.
"""

import os
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sesync_cli.errors import Refused
from sesync_cli.git.address import Address
from sesync_cli.plan import by_hand
from sesync_cli.steps import RewriteFile


@dataclass(frozen=True)
class Block:
    """What ssh has to be told about a server, for one user there; no lines where it gets it right by itself."""

    host: str
    user: str
    lines: tuple[str, ...]

    @property
    def text(self) -> list[str]:
        # by user too: a login to the same machine under one's own name may go another way
        begin, end = _marks(self.host)
        match = f"Match originalhost {self.host} user {self.user}"
        return [begin, match, *(f"    {line}" for line in self.lines), "Match all", end]


def needed(address: Address, key: Path, tried: Sequence[Path], port: str, login: str) -> Block:
    """The block for a server: its port if ssh, which has `port`, would miss it, and its key if that is not tried."""
    lines = []
    if address.port and str(address.port) != port and address.user != login:
        lines.append(f"Port {address.port}")
    if key not in tried:
        lines.append('IdentityFile "{}"'.format(str(key).replace("%", "%%")))
    return Block(address.host, address.user, tuple(lines))


def configure(config: Path, block: Block) -> RewriteFile:
    """The step that writes the block; what is read-only is left to whoever made it so."""
    words, file = by_hand("printf", "%s\\n", *block.text), by_hand(config)
    shown = f"{words} > {file}"
    if config.exists():
        if not (config.stat().st_mode & stat.S_IWUSR and os.access(config, os.W_OK)):
            lines = "\n".join(block.text)
            raise Refused(f"{config} is read-only, and has to begin with these lines:\n{lines}", hint="Put them there.")
        shown = f"{words} | cat - {file} > {file}.new && mv {file}.new {file}"
    return RewriteFile(config, partial(_with, block), shown, f"Telling ssh about {block.host}")


def _with(block: Block, old: str) -> str:
    begin, end = map(re.escape, _marks(block.host))
    rest = re.sub(rf"^{begin}\n.*?^{end}\n", "", old, flags=re.MULTILINE | re.DOTALL)
    return "\n".join([*block.text, rest])


def _marks(host: str) -> tuple[str, str]:
    return f"# >>> sesync: {host} >>>", f"# <<< sesync: {host} <<<"
