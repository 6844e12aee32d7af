"""What a report is about: the command that failed, or what a person names: a path, a kernel, a package, a log."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sesync_cli.diagnosis.diagnose import LogContext, diagnose
from sesync_cli.diagnosis.excerpt import telling
from sesync_cli.diagnosis.explain import as_facts
from sesync_cli.diagnosis.logs import UnreadableLog, about, ended_well, log_text, package_in_name
from sesync_cli.diagnosis.system import RHEL, family
from sesync_cli.diagnosis.system_packages import there_already
from sesync_cli.errors import SesyncError
from sesync_cli.failure import Failure
from sesync_cli.kernel.freeze import contents_of
from sesync_cli.kernel.specs import Kernel
from sesync_cli.python.distributions import canonical
from sesync_cli.report.draft import Section
from sesync_cli.report.rights import Rights

_PATH = re.compile(r"(?<![\w:/.~*])~?/[^\s'\",:;()]+")
_MOST = 3  # paths of a message that are looked at
_LAST = 5  # lines of a log that ended well
_OF_PLACES = ("not-found", "no-room", "no-answer")  # kinds of failures in which a path is what it is about
_OF_RIGHTS = re.compile(
    r"may not|can (?:read|write)|cannot be (?:read|written|looked|reached|opened|removed)|read-only|[Pp]ermission"
    r"|I/O|Input/output|[Ss]tale|not connected|[Nn]o such|[Nn]ot a directory"
)


@dataclass(frozen=True)
class Subject:
    """One thing that the mail is about: what its subject says, the sections that tell of it, the log of an install.

    `fine` says so where nothing is wrong with it.
    """

    title: str
    sections: tuple[Section, ...]
    log: Path | None = None
    fine: str = ""


def of_words(words: Sequence[str]) -> Subject:
    """What the person says in words of their own."""
    said = " ".join(words)
    return Subject(said, (Section("What I want to say", (said,)),))


def of_failure(failure: Failure) -> Subject:
    """The command that failed, why, and what its log says."""
    said = [f"Error: {failure.message}", *([f"Hint: {failure.hint}"] if failure.hint else [])]
    when = failure.at.replace("T", " ")
    tried = (f"$ {failure.command}", *said, f"(in {failure.folder}, at {when}, exit code {failure.exit_code})")
    log = Path(failure.log) if failure.log else None
    found = failure.diagnosis or {}
    title = _wish(found) or f"{_verb(failure.command)}: {failure.message}"
    sections = (Section("What I tried", tried), *_why(found))
    return Subject(title, (*sections, *(_log(log, found.get("lines")) if log else ())), log)


def of_log(log: Path) -> Subject:
    """A log, what it says, and why the install failed if that can be told."""
    try:
        text = log_text(log)
    except UnreadableLog as reason:
        return Subject(f"{log} {reason}", (Section("The log", (f"{log} {reason}",)),))
    if ended_well(text):
        last = [line for line in text.splitlines() if line.strip()][-_LAST:]
        return Subject(f"{log} ended well", (Section(f"The log {log} ended well", last),), fine=f"{log} ended well")
    name = about(log)
    asked = package_in_name(log)
    diagnosis = diagnose(text, LogContext((asked,) if asked else ()))
    found: Mapping[str, Any] = as_facts(diagnosis) if diagnosis else {}
    title = _wish(found) or str(found.get("message") or f"{name or log.name} does not install")
    return Subject(title, (*_why(found), *_log(log, found.get("lines") or telling(text))), log)


def of_path(found: Rights) -> Subject:
    """A path, and what one may do there."""
    fine = f"You may read and write {found.path}" if found.fine else ""
    return Subject(found.says, (Section(f"The path {found.path}", (found.says, *found.lines)),), fine=fine)


def of_kernel(kernel: Kernel, logs: Iterable[Path]) -> Subject:
    """A kernel, its state, and its newest log."""
    lines = [f"state: {kernel.state}{f', {kernel.problem}' if kernel.problem else ''}"]
    lines += [f"spec: {kernel.spec}", f"starts: {' '.join(kernel.argv)}"]
    if kernel.environment:
        lines.append(f"environment: {kernel.environment}, Python {kernel.python or 'unknown'}")
    if recipe := kernel.recipe:
        lines.append(f"asked for: {' '.join((*recipe.packages, *recipe.added)) or 'no packages by name'}")
        lines += [f"made from: {path}" for path, _ in recipe.files]
        lines += [f"modules: {' '.join(recipe.modules)}"] if recipe.modules else []
    try:
        lines.append(f"packages: {contents_of(kernel).count}")
    except SesyncError as error:
        lines.append(str(error))
    newest = max(logs, key=_age, default=None)
    log = of_log(newest) if newest else None
    sections = (Section(f"The kernel {kernel.name}", lines), *(log.sections if log else ()))
    fine = f"The kernel {kernel.name} works" if kernel.works and (log is None or log.fine) else ""
    return Subject(f"kernel {kernel.name}: {kernel.state}", sections, fine=fine)


def paths_in(failure: Failure) -> list[Path]:
    """The paths that one may have no right to, or that are not there, as a failure's message says; not its log.

    A rule may name a path, too, such as that of a Python which belongs to the system: rights to it change nothing.
    """
    if failure.kind not in _OF_PLACES and not _OF_RIGHTS.search(failure.message):
        return []
    named = dict.fromkeys(match.rstrip(".") for match in _PATH.findall(failure.message))
    return [Path(one).expanduser() for one in named if one != failure.log][:_MOST]


def logs_about(name: str, folder: Path) -> list[Path]:
    """The logs of a package or a kernel, the newest last."""
    plain = canonical(name)
    found = [path for path in folder.glob("*.log") if canonical(about(path)) == plain]
    return sorted(found, key=_age)


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0


def _verb(command: str) -> str:
    words = command.split()
    return " ".join(words[: 3 if words[1:2] in (["kernel"], ["site"]) else 2])


def _wish(found: Mapping[str, Any]) -> str:
    """What support can do, in the names of this machine's packages; empty if they can do nothing alone."""
    needed = found.get("rhel" if family() == RHEL else "debian") or ()
    there = there_already(needed)
    packages = [name for name in needed if name not in there] or needed
    return f"please install {' '.join(packages)}: {found['message']}" if packages and found.get("support") else ""


def _why(found: Mapping[str, Any]) -> Iterable[Section]:
    if found.get("cause"):
        names = (("Debian", found["debian"]), ("RHEL", found["rhel"]))
        packages = [f"{family} packages: {' '.join(words)}" for family, words in names if words]
        lines = (f"{found['message']}.", *packages, *([found["alone"]] if found["alone"] else []))
        yield Section("Why, as far as sesync can tell", lines)


def _log(log: Path, lines: Sequence[str] | None) -> Iterable[Section]:
    if lines is None:
        try:
            lines = telling(log_text(log))
        except UnreadableLog as reason:
            lines = (f"{log} {reason}",)
    yield Section(f"What matters in the log ({log})", tuple(lines))
