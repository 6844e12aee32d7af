"""What somebody wants exchanged, as it was said."""

from dataclasses import dataclass, replace

from sesync_cli.caller import Caller
from sesync_cli.errors import WrongWords
from sesync_cli.plan import by_hand
from sesync_cli.sync.working_copy import is_named


@dataclass(frozen=True)
class SyncRequest:
    """An exchange of a working copy with its server; `repo` is its folder or name, None for the current folder's.

    With a `message`, these files are committed first, and `repo` may be one of them (`told_apart`). With `merge`, what
    both sides have new is joined.
    """

    repo: str | None = None
    files: tuple[str, ...] = ()
    message: str | None = None
    merge: bool = False

    def told_apart(self, caller: Caller) -> "SyncRequest":
        """The same once it is clear whether the first word is the working copy or a file: it may be either."""
        if "" in (self.repo, *self.files):
            raise WrongWords(
                "an empty name names nothing", hint="A variable of the shell may not be set: name the files."
            )
        if self.message is None and self.files:
            raise _no_message(*self.files)
        if self.message is None and self.repo and (caller.cwd / self.repo).is_file():
            raise _no_message(self.repo)
        if self.message is not None and not self.message.strip():
            raise WrongWords("the message is empty", hint="Say what you did, as in '-m \"Take the mean\"'.")
        if self.repo is None or self.message is None or is_named(self.repo, caller, alone=not self.files):
            return self
        return replace(self, repo=None, files=(self.repo, *self.files))


def _no_message(*files: str) -> WrongWords:
    hint = f"'{by_hand('sesync', 'sync', '-m', 'TEXT', *files)}' commits what is named."
    return WrongWords("files are named, and no message says what you did to them", hint=hint)
