"""What is there already: ~/.ssh, its keys, ssh's settings for a server, and what the agent holds."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import chain, count
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.errors import Refused
from sesync_cli.git import known_hosts
from sesync_cli.git.attempt import ServerAttempt
from sesync_cli.git.ssh_keys import USUAL, KeyPair, candidates, find_keys, in_agent, public_half
from sesync_cli.run import ProgramFailed
from sesync_cli.sshkey.rights import Open, find_open, stranger_of


@dataclass(frozen=True)
class Ground:
    """The facts about one person and one server; `tried` are the private files that ssh would try there."""

    attempt: ServerAttempt
    caller: Caller
    ssh: tuple[str, ...]
    settings: Mapping[str, str]
    tried: tuple[Path, ...]
    keys: list[KeyPair]
    agent: frozenset[str]
    open: list[Open]

    @property
    def folder(self) -> Path:
        return self.caller.home / ".ssh"

    @property
    def host(self) -> known_hosts.Host | None:
        return known_hosts.resolve(self.ssh, self.attempt.address)

    @property
    def best(self) -> KeyPair | None:
        """The key to use; None if there is none in files that could be used."""
        return next((key for key in self.keys if not key.problem or key.bare in self.agent), None)

    @property
    def locked(self) -> list[KeyPair]:
        """The keys with a passphrase that has to be typed."""
        return [key for key in self.keys if key.has_passphrase and key.bare not in self.agent]

    @property
    def has_any(self) -> bool:
        """Whether ssh has anything to show to a server, good or not."""
        return bool(self.agent) or any(os.path.lexists(key.path) for key in self.keys)

    def port(self) -> str:
        """The port that ssh would go to if none were said."""
        return known_hosts.settings(self.ssh, replace(self.attempt.address, port=None)).get("port", "22")

    def free_path(self) -> Path:
        """Where a new key goes: under the name that the settings ask for, else the usual one, else one of its own."""
        asked = [path for path in self.tried if path.name not in USUAL and path.parent.is_dir()]
        own = f"id_ed25519_{self.attempt.address.host}"
        spare = (self.folder / (own if number == 1 else f"{own}_{number}") for number in count(1))
        return next(path for path in chain(asked, [self.folder / "id_ed25519"], spare) if _is_free(path))


def read_state(attempt: ServerAttempt, caller: Caller) -> Ground:
    """The facts as they are now. Settings that ssh does not understand are an error with its words."""
    folder = caller.home / ".ssh"
    config = folder / "config"
    if stranger := stranger_of(config):
        raise Refused(stranger, hint=f"'ls -l {config}' shows whose it is; ask support.")
    ssh = known_hosts.ssh_argv(caller.home, attempt.site.data_patience_seconds, False)
    if "-F" not in ssh and any(one.path == config for one in find_open(folder, ())):
        ssh = (*ssh, "-F", str(config))  # else ssh would not say a word before others are kept from writing there
    try:
        settings = known_hosts.settings(ssh, attempt.address)
    except ProgramFailed as failed:
        lines = [line.strip() for line in failed.output.err.splitlines() if line.strip()]
        said = next(iter(lines), "it did not say why")
        raise Refused(f"ssh does not understand its settings: {said}", hint=f"Mend that line of {config}.") from None
    tried = candidates(settings, attempt.address, folder)
    keys = find_keys(tried)
    opened = find_open(folder, [key.path for key in keys])
    agent = in_agent(attempt.site.data_patience_seconds)
    return Ground(attempt, caller, ssh, settings, tuple(tried), keys, agent, opened)


def _is_free(path: Path) -> bool:
    return not os.path.lexists(path) and not os.path.lexists(public_half(path))
