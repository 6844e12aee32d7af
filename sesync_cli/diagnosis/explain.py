"""A failed install as an error: what happened in one sentence, and what to do about it in a few more."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from sesync_cli.diagnosis.culprit import building, culprit
from sesync_cli.diagnosis.diagnose import Diagnosis, LogContext, diagnose, plain_text
from sesync_cli.diagnosis.excerpt import ends_traceback, telling
from sesync_cli.diagnosis.system import DEBIAN, RHEL, family
from sesync_cli.diagnosis.system_packages import there_already
from sesync_cli.errors import Conflict, NoAnswer, NoRoom, NotFound, NotReady, Refused, SesyncError
from sesync_cli.names import joined

_OF_THE_SYSTEM = ("compiler", "library", "other")
_ERRORS: Mapping[str, type[SesyncError]] = {
    one.kind: one for one in (SesyncError, NotFound, Conflict, Refused, NoAnswer, NoRoom, NotReady)
}
_LONGEST = 200  # letters of a line of the log in a message


@dataclass(frozen=True)
class InstallAttempt:
    """What was tried: packages in words, for which Python (its version), with which log, and whom to ask."""

    asked: tuple[str, ...]
    version: str
    log: Path
    support: str = "support"

    @property
    def facts(self) -> LogContext:
        return LogContext(self.asked, self.version)


def explained(text: str, attempt: InstallAttempt) -> SesyncError:
    """The error for a log: its cause if that is known, else the lines that matter."""
    found = diagnose(text, attempt.facts)
    if found is None:
        return unknown(text, attempt)
    return _told(found, " ".join(filter(None, _advice(found, attempt))))


def reason(name: str, said: str) -> str:
    """Why a module cannot be imported, as Python says it, with what that means in brackets if the table knows."""
    found = diagnose(said, LogContext((name,)))
    if not found:
        return said
    packages = ", ".join(_packages(found))
    return f"{said} ({found.missing} is missing: {packages})" if packages else f"{said} ({found.message})"


def unknown(text: str, attempt: InstallAttempt, said: str = "") -> SesyncError:
    """The error for a log whose cause is in no table: the lines that matter, and to whom they should go."""
    text = plain_text(text)
    lines = telling(text)
    package = culprit(text, attempt.asked) if building(text) else ""
    reason = said or _short(_first(lines))
    message = f"{package} could not be built" if package else "the packages could not be installed"
    return SesyncError(
        f"{message}: {reason}" if reason else message,
        hint=f"Send {attempt.log} to {attempt.support}, with the package's name.",
        diagnosis=as_facts(Diagnosis("", "", "", package, message, support=True, lines=lines)),
    )


def _told(found: Diagnosis, hint: str) -> SesyncError:
    return _ERRORS[found.error](found.message, hint=hint, diagnosis=as_facts(found))


def as_facts(found: Diagnosis) -> dict[str, object]:
    """A diagnosis for programs, without what the error says itself; what is not known is None."""
    facts = {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(found).items()}
    return {key: None if value == "" else value for key, value in facts.items() if key != "error"}


def _advice(found: Diagnosis, attempt: InstallAttempt) -> Iterator[str]:
    """What to do beside what has been tried, the simplest first."""
    yield found.alone
    if not found.support:
        yield f"All that the installer said is in {attempt.log}."
    elif found.kind in _OF_THE_SYSTEM:
        what = f" ({packages})" if (packages := _wanted(found)) else ""
        name = f"the package's name ({found.package})"
        yield f"Support can install what is missing{what}: send {name} and {attempt.log} to {attempt.support}."
    else:
        yield f"If it stays so, send {attempt.log} to {attempt.support}."


def _wanted(found: Diagnosis) -> str:
    """What support is to install, and what of it this machine has already."""
    needed = found.rhel if family() == RHEL else found.debian
    there = there_already(needed)
    already = f"{joined(there)} {'is' if len(there) == 1 else 'are'} there already" if there else ""
    if there and len(there) == len(needed):
        return f"{already}, and not found"
    return "; ".join(filter(None, (", ".join(_packages(found, there)), already)))


def _packages(found: Diagnosis, there: Collection[str] = ()) -> Iterator[str]:
    """The system packages by the names of this machine's family; by all, with the family, if that is not known.

    What is `there` already is not among them.
    """
    here = family()
    debian, rhel = ([name for name in names if name not in there] for names in (found.debian, found.rhel))
    if debian and here != RHEL:
        yield " ".join(debian) + ("" if here else " on Debian")
    if rhel and here != DEBIAN:
        extra = f" from {' and '.join(found.extra).upper()}" if found.extra else ""
        yield " ".join(rhel) + extra + ("" if here else " on RHEL")


def _first(lines: tuple[str, ...]) -> str:
    """The line that says most: that of a compiler, else the last exception, else the first."""
    compiler = [line for line in lines if re.search(r"\berror: ", line)]
    raised = [line for line in lines if ends_traceback(line)]
    return (compiler or raised[-1:] or list(lines) or [""])[0]


def _short(line: str) -> str:
    line = " ".join(line.split()).removeprefix("ERROR: ").removeprefix("error: ").rstrip(".")
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
