"""What is wrong, as values: checks that every slice can be asked for, and what they find, in one shape for all."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sesync_cli.errors import NoAnswer, Refused, SesyncError
from sesync_cli.plan import Plan, by_hand

NO_ANSWER = "no answer"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: a word or two for programs, which stay as they are, a sentence, and what to do about it.

    `why` says in a sentence why it matters, and `command` is what one types to mend it, or to see how. What is not
    `broken` works, and one should know of it. `mend` is the plan that puts it right, where sesync can do that without
    a loss and without asking.
    """

    kind: str
    message: str
    hint: str = ""
    mend: Plan | None = field(default=None, compare=False, repr=False)
    why: str = ""
    command: str = ""
    broken: bool = True

    @property
    def warning(self) -> str:
        """The same as one sentence, for who can go on."""
        return f"{self.message}: {self.hint.removesuffix('.')}"

    @property
    def plain(self) -> dict[str, Any]:
        """What a child can tell of it: all but what mends it, as the arguments that make it again."""
        return {"kind": str(self.kind), **{name: getattr(self, name) for name in _TOLD}}

    def as_error(self) -> SesyncError:
        error = NoAnswer if self.kind == NO_ANSWER else Refused
        return error(self.message, hint=self.hint)


_TOLD = ("message", "hint", "why", "command", "broken")

Look = Callable[[], Iterable[Finding]]


@dataclass(frozen=True)
class Check:
    """Something that can be looked at for trouble: its name, the seconds that this may take, and how it is done.

    `look` changes nothing, and gives nothing if all is well.
    """

    name: str
    seconds: float
    look: Look


def found_by(check: Check) -> Iterator[Finding]:
    """All that a check finds, as it finds it; that it could not be made is a finding, too."""
    try:
        yield from check.look()
    except SesyncError as error:
        yield Finding(error.kind, str(error), error.hint)
    except (OSError, ValueError, LookupError, RecursionError, MemoryError) as error:
        said = getattr(error, "strerror", None) or str(error) or type(error).__name__
        place = f"{os.fsdecode(error.filename)}: " if isinstance(error, OSError) and error.filename else ""
        message = f"{check.name} could not be looked at: {place}{said}"
        yield Finding("not looked at", message, command=by_hand("sesync", "report", message))
