"""The last command that failed, kept until the next one does: what a report to support begins with."""

import json
import os
import re
import shlex
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sesync_cli.errors import SesyncError
from sesync_cli.leftovers import written_whole
from sesync_cli.secrets import without_secrets

_NAME = "last-failure.json"
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
    """Keep a failure in the user's state folder, for their eyes alone; raises OSError where that cannot be."""
    failure = Failure(
        command=command_line(argv),
        folder=_here(),
        at=time.strftime("%Y-%m-%dT%H:%M:%S"),
        exit_code=int(error.exit_code),
        kind=error.kind,
        message=without_secrets(str(error)),
        hint=without_secrets(error.hint),
        log=_log(error),
        diagnosis=error.diagnosis,
    )
    state.mkdir(parents=True, exist_ok=True, mode=0o700)
    with written_whole(state / _NAME, owner=state / str(os.getpid())) as file:  # under a name that no other run has
        file.write(json.dumps(asdict(failure)).encode())


def last(state: Path) -> Failure | None:
    """The last command that failed; None if none did, or if its record cannot be read."""
    try:
        return Failure(**json.loads((state / _NAME).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


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


def _hidden(word: str, before: str) -> str:
    name, equals, _ = word.partition("=")
    if before == "--env" and equals:
        return f"{name}=***"
    return re.sub(r"^(--env=[^=]*=).*", r"\1***", word, flags=re.DOTALL)


def _log(error: BaseException | None) -> str:
    """The log of this failure, or of the program's failure that it tells of."""
    while error:
        if isinstance(error, SesyncError) and error.log:
            return str(error.log)
        error = error.__cause__ or error.__context__
    return ""


def _here() -> str:
    try:
        return os.getcwd()
    except OSError:
        return ""
