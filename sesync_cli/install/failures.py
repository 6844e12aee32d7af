"""What pip's output means when it failed: one clear sentence, and what to do next."""

import re
from pathlib import Path

from sesync_cli.diagnosis import explain
from sesync_cli.diagnosis.diagnose import diagnose
from sesync_cli.diagnosis.explain import Attempt
from sesync_cli.disk import full_in, no_room, room
from sesync_cli.errors import SesyncError
from sesync_cli.lock import scratch
from sesync_cli.run import Output


def explained(output: Output, attempt: Attempt, folder: Path) -> SesyncError:
    """The first known cause in the whole output of a pip that should have written to `folder`."""
    text = output.out
    if number := full_in(text):
        return no_room(_full_place(text, attempt, folder), number)
    if output.code < 0 and not diagnose(text, attempt.facts):
        hint = f"All that the installer said is in {attempt.log}."
        return SesyncError("pip was ended from outside, perhaps for want of memory", hint=hint)
    return explain.explained(text, attempt)


def _full_place(text: str, attempt: Attempt, folder: Path) -> Path:
    """Where the disk is full: pip seldom says it."""
    said = re.search(r"(?:No space left on device|Disk quota exceeded): b?'(/[^']+)'", text)
    if said:
        return Path(said[1])
    return min((folder, attempt.log.parent, scratch()), key=lambda place: room(place).free)
