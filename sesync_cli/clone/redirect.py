"""The step that has an existing clone go to its server another way."""

from dataclasses import dataclass
from pathlib import Path

from sesync_cli.git.attempt import ServerAttempt
from sesync_cli.git.client import Connection, GitFailed, ask_git, origin, remote, talk
from sesync_cli.git.failures import explain
from sesync_cli.plan import Report, by_hand


@dataclass(frozen=True)
class Redirect:
    """Give a clone another address of the same repository, once it has proved to work."""

    attempt: ServerAttempt
    before: str
    connection: Connection

    @property
    def folder(self) -> Path:
        return self.attempt.folder

    @property
    def doing(self) -> str:
        return f"Trying {self.attempt.address.scheme} to {self.attempt.where} ..."

    def do(self, report: Report) -> None:
        try:
            talk(["ls-remote", "--quiet", "--", self.attempt.address.url], self.connection, report)
        except GitFailed as failed:
            raise explain(str(failed), self.attempt) from None
        self._set(self.attempt.address.url)

    def undo(self) -> None:
        if origin(self.folder) == self.attempt.address.url:  # else nothing was changed, and a password may be in it
            self._set(self.before)

    def _set(self, url: str) -> None:
        ask_git(["remote", "set-url", "--", remote(self.folder), url], self.folder, writes=True)

    def __str__(self) -> str:
        return by_hand("git", "-C", self.folder, "remote", "set-url", remote(self.folder), self.attempt.address.url)
