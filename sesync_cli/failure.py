"""The last command that failed, kept until the next one does: what a report to support begins with."""

import json
import os
import re
import shlex
import stat
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sesync_cli.disk import is_full
from sesync_cli.errors import SesyncError, log_of
from sesync_cli.leftovers import written_whole
from sesync_cli.lock import scratch
from sesync_cli.secrets import without_secrets

_NAME = "last-failure.json"
_OTHERS = stat.S_IWGRP | stat.S_IWOTH
_LARGEST = 1_000_000  # bytes of a record
_OFFER = "('sesync report' drafts the mail)"
_END = re.compile(r"[.!?](?=\s|$)")


@dataclass(frozen=True)
class Failure:
    """A command that failed: as it was typed, where and when (as in 2026-11-25T09:30:00), and what it said.

    `log` is the file that keeps what a program said; empty if there is none. `diagnosis` is that of a failed install.
    """

    command: str
    folder: str
    at: str
    exit_code: int
    kind: str
    message: str
    hint: str
    log: str
    diagnosis: Mapping[str, Any] | None = None


def kept(error: SesyncError, argv: Sequence[str], state: Path) -> None:
    """Keep a failure for the user's eyes alone: in their state folder, or elsewhere if that is full or closed.

    Raises OSError where it can be kept nowhere.
    """
    failure = Failure(
        command=command_line(argv),
        folder=_here(),
        at=time.strftime("%Y-%m-%dT%H:%M:%S"),
        exit_code=int(error.exit_code),
        kind=error.kind,
        message=without_secrets(str(error)),
        hint=without_secrets(error.hint),
        log=str(log_of(error) or ""),
        diagnosis=error.diagnosis,
    )
    record = json.dumps(asdict(failure)).encode()
    problem: OSError | None = None
    # a quota that is used up is seen in the error alone; what is left of such a home the rest has to go on with
    places = (*_elsewhere(), state) if error.kind == "no-room" else (state, *_elsewhere())
    for folder in sorted(places, key=is_full):
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with written_whole(folder / _NAME, owner=folder / str(os.getpid())) as file:  # a name that no other run has
                file.write(record)
            return
        except OSError as failed:
            problem = problem or failed
    assert problem
    raise problem


def last(state: Path) -> Failure | None:
    """The last command that failed, wherever it is kept; None if none did, or if no record can be read."""
    found = [_read(state / _NAME, private=False), *(_read(folder / _NAME, private=True) for folder in _elsewhere())]
    return max(filter(None, found), key=lambda one: one.at, default=None)


def command_line(argv: Sequence[str]) -> str:
    """A command line of sesync's as one types it, without secrets: what a variable is set to may be one."""
    words = [_hidden(word, before) for before, word in zip(["", *argv], argv, strict=False)]
    return without_secrets(shlex.join(["sesync", *words]))


def offering(hint: str, support: str) -> str:
    """The hint, which says what drafts the mail behind the sentence that sends the person to support, if one does."""
    sends = re.search(rf"(?<![\w./-])(?:{re.escape(support)}|support)(?![\w/-]|\.\w)", hint, re.IGNORECASE)
    if not sends:
        return hint
    end = _END.search(hint, sends.end())
    at = end.start() if end else len(hint)
    return f"{hint[:at]} {_OFFER}{hint[at:]}"


def _elsewhere() -> Iterator[Path]:
    """Folders of the user's own that are not in their home, and that nobody else may write to."""
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    with suppress(OSError):
        facts = os.stat(runtime)
        if os.path.isabs(runtime) and facts.st_uid == os.getuid() and not facts.st_mode & _OTHERS:
            yield Path(runtime, "sesync")
    with suppress(SesyncError, OSError):
        yield scratch()


def _read(file: Path, *, private: bool) -> Failure | None:
    """What is kept in a file; one that is to be `private` counts only if nobody else can have written it."""
    try:
        with open(os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW), "rb") as opened:
            facts = os.fstat(opened.fileno())
            own = facts.st_uid == os.getuid() and not facts.st_mode & _OTHERS
            if not stat.S_ISREG(facts.st_mode) or (private and not own):
                return None
            return Failure(**json.loads(opened.read(_LARGEST)))
    except (OSError, ValueError, TypeError):
        return None


def _hidden(word: str, before: str) -> str:
    name, equals, _ = word.partition("=")
    if before == "--env" and equals:
        return f"{name}=***"
    return re.sub(r"^(--env=[^=]*=).*", r"\1***", word, flags=re.DOTALL)


def _here() -> str:
    try:
        return os.getcwd()
    except OSError:
        return ""
