"""Failures that a person can do something about."""

from enum import IntEnum


class Exit(IntEnum):
    """What the shell is told."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NOT_READY = 3
    BUG = 70
    INTERRUPTED = 130


class SesyncError(Exception):
    """What went wrong, and what to do about it.

    `kind` is the stable word for programs; the message starts small, has no full stop and names the thing;
    the hint is a sentence.
    """

    kind = "failed"
    exit_code = Exit.FAILED

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint

    def as_dict(self) -> dict[str, str]:
        return {"kind": self.kind, "message": str(self), "hint": self.hint}


class NotFound(SesyncError):
    """The thing named does not exist."""

    kind = "not-found"


class Conflict(SesyncError):
    """Something else is in the way, and it stays."""

    kind = "conflict"


class Refused(SesyncError):
    """Somebody (a file system, a server, a rule of the site) says no."""

    kind = "refused"


class NoAnswer(SesyncError):
    """A server did not answer within the site's patience, or could not be reached."""

    kind = "no-answer"


class NoRoom(SesyncError):
    """A file system is full, or the user is over quota there."""

    kind = "no-room"


class NotReady(SesyncError):
    """The machine or the account lacks something that this command needs."""

    kind = "not-ready"
    exit_code = Exit.NOT_READY


class Stopped(SesyncError):
    """The person said no, or pressed Ctrl-C."""

    kind = "interrupted"
    exit_code = Exit.INTERRUPTED


class WrongWords(SesyncError):
    """The command line itself does not make sense."""

    kind = "usage"
    exit_code = Exit.USAGE
