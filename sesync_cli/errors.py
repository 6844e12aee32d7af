"""Failures that a person can do something about."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any

_LEFT = "not undone: "
_UNDONE = "undone"


class Exit(IntEnum):
    """What the shell is told."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    NOT_READY = 3
    BUG = 70
    INTERRUPTED = 130


@dataclass(frozen=True)
class Remedy:
    """What would mend a failure, as has been tried: a sentence without its full stop, and the commands to type.

    A command is its words, the first of which is `sesync`, or `env` with what is to be unset.
    """

    says: str
    commands: tuple[tuple[str, ...], ...]

    @property
    def typed(self) -> tuple[str, ...]:
        """The commands as one types them."""
        return tuple(map(shlex.join, self.commands))


class SesyncError(Exception):
    """What went wrong, and what to do about it.

    `kind` is the stable word for programs; the message starts small, has no full stop and names the thing;
    the hint is a sentence; `log` is the file that keeps what a program said; `remedies` have been tried. For programs,
    `diagnosis` is what is known of a failed install, and `problems` are all that the message names only some of.
    """

    kind = "failed"
    exit_code = Exit.FAILED
    log: Path | None = None
    remedies: tuple[Remedy, ...] = ()

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        diagnosis: Mapping[str, Any] | None = None,
        problems: Sequence[str] = (),
    ) -> None:
        super().__init__(message)
        self.hint = hint
        self.diagnosis = diagnosis
        self.problems = problems

    @property
    def warning(self) -> str:
        """The same as one sentence, for who can go on."""
        return f"{self}: {self.hint.removesuffix('.')}" if self.hint else str(self)

    @property
    def sentences(self) -> str:
        """The same as sentences that stand alone."""
        message = str(self)
        return f"{message[:1].upper()}{message[1:]}. {self.hint}".rstrip()

    @property
    def lines(self) -> Sequence[str]:
        """The lines of a log that matter, where nobody knows what they mean and the message has but one of them."""
        lines = self.diagnosis["lines"] if self.diagnosis and self.diagnosis["cause"] is None else ()
        return lines if len(lines) > 1 else ()

    def as_dict(self) -> dict[str, Any]:
        """All of it, for programs."""
        return {
            "kind": self.kind,
            "message": str(self),
            "hint": self.hint or None,
            "log": log_of(self),
            "remedies": [{"message": one.says, "commands": one.typed} for one in self.remedies],
            "diagnosis": self.diagnosis,
            "problems": list(self.problems),
            "left": left_by(self),
        }


def log_of(error: BaseException | None) -> Path | None:
    """The log of this failure, or of the program's failure that it tells of."""
    while error:
        if isinstance(error, SesyncError) and error.log:
            return error.log
        error = error.__cause__ or error.__context__
    return None


def not_undone(error: BaseException, step: str, failed: BaseException) -> None:
    """Tell the error of a failure what of that which was begun could not be undone, and why."""
    why = failed.strerror if isinstance(failed, OSError) and failed.strerror else str(failed) or type(failed).__name__
    error.add_note(f"{_LEFT}{step}: {why}")


def leaving(error: SesyncError, left: Sequence[str]) -> SesyncError:
    """The same error, which has left this too."""
    for one in left:
        if one not in left_by(error):
            error.add_note(_LEFT + one)
    return error


def undone(error: BaseException) -> None:
    """Tell the error that something was begun, and is undone."""
    error.add_note(_UNDONE)


def stopped(error: BaseException) -> "Stopped":
    """What an interrupt means for the person: what was begun, if anything was, and whether it is undone."""
    if isinstance(error, Stopped) and str(error):
        return error
    begun = _UNDONE in _notes(error)
    after = "; not all that was begun is undone" if left_by(error) else "; what was begun is undone" if begun else ""
    return Stopped(f"stopped{after}", hint=getattr(error, "hint", ""))


def stopped_after(error: BaseException, done: Sequence[str]) -> "Stopped":
    """What an interrupt or a no means where each thing stands for itself, and these were done before."""
    what = "stopped, as you wish" if isinstance(error, Declined) else str(stopped(error))
    kind = Declined if isinstance(error, Declined) else Stopped
    ended = kind(f"{what}; {' and '.join(done)} came before that", hint=getattr(error, "hint", ""))
    leaving(ended, left_by(error))
    return ended


def of_each(message: str, failed: Mapping[str, "SesyncError"]) -> "SesyncError":
    """One failure for those of several things, each with its own line under its name."""
    lines = [f"{name}: {error}" for name, error in failed.items()]
    hints = dict.fromkeys(error.hint for error in failed.values() if error.hint)
    return SesyncError("\n  ".join([f"{message}:", *lines]), hint="\n".join(hints), problems=lines)


def left_by(error: BaseException) -> list[str]:
    """What a failure has left that could not be undone, each as the command that made it, and why it is left."""
    return [note.removeprefix(_LEFT) for note in _notes(error) if note.startswith(_LEFT)]


def _notes(error: BaseException) -> list[str]:
    return [note for one in (error, error.__cause__) for note in getattr(one, "__notes__", ())]


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
    """The person ended it, with Ctrl-C or a signal; what it means is said by `stopped` where there is no message."""

    kind = "interrupted"
    exit_code = Exit.INTERRUPTED

    def __init__(self, message: str = "", *, hint: str = "") -> None:
        super().__init__(message, hint=hint)


class Declined(Stopped):
    """The person answered no."""

    kind = "declined"
    exit_code = Exit.FAILED


class WrongWords(SesyncError):
    """The command line itself does not make sense."""

    kind = "usage"
    exit_code = Exit.USAGE


class Unanswered(WrongWords):
    """Something has to be said or typed first, and nobody is there to be asked."""

    kind = "unanswered"
