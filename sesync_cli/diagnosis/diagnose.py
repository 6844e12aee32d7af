"""From an installer's log to the one cause in the table that explains it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sesync_cli.diagnosis.conflict import conflict, held
from sesync_cli.diagnosis.culprit import building, culprit, imported
from sesync_cli.diagnosis.evidence import Evidence, evidence, own_header
from sesync_cli.diagnosis.excerpt import excerpt
from sesync_cli.diagnosis.logs import brief
from sesync_cli.diagnosis.needed import needed
from sesync_cli.diagnosis.server import index_named, server_named
from sesync_cli.diagnosis.table import Cause, causes
from sesync_cli.diagnosis.together import together
from sesync_cli.diagnosis.versions import no_version
from sesync_cli.python.distributions import canonical

_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|\r(?=\n)")
_PYTHON = re.compile(r"/(?:lib|include)(?:64)?/python(3\.\d+)/|\bPython (3\.\d+)\.\d|-cpython-3(\d+)\b")
_BUILT = ("python", "memory", "compiler", "library", "build", "wheel", "versions", "other")  # another may be ready-made
_FIRST, _LAST = 100_000, 300_000  # letters of a log that are read: hundreds of patterns take a second for them
_MAY_YET_SUCCEED = re.compile(r"^.*Retrying \(Retry\(total=[1-9].*$", re.MULTILINE)


@dataclass(frozen=True)
class LogContext:
    """What is known beside the log: the packages asked for, in words, and the Python's version, as 3.8.18."""

    asked: tuple[str, ...] = ()
    python: str = ""

    @property
    def minor(self) -> str:
        """The Python as people say it: 3.8."""
        return ".".join(self.python.split(".")[:2])


@dataclass(frozen=True)
class Diagnosis:
    """Why an install failed.

    `message` is a sentence without its full stop. `missing` is a noun. `debian` and `rhel` are system packages that
    bring it, `extra` the repositories that RHEL has them in. `alone` is what the person can do without support.
    `lines` are those of the log that prove it. `newest` is a version that this Python can have, if one is known.
    `instead` names packages that may do without it, `beside` requirements that may mend it if asked for with the
    package, `modules` how the names of environment modules begin that may bring it.
    """

    cause: str
    kind: str
    error: str
    package: str
    message: str
    missing: str = ""
    debian: tuple[str, ...] = ()
    rhel: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    alone: str = ""
    support: bool = False
    lines: tuple[str, ...] = ()
    newest: str = ""
    instead: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()


def diagnose(text: str, facts: LogContext | None = None) -> Diagnosis | None:
    """The cause of the failure that this log tells of; None if it is not in the table."""
    case = _Case(_ends(brief(plain_text(text))), facts or LogContext())
    return case.early() or case.missing() or case.late() or case.no_version() or case.other()


def plain_text(text: str) -> str:
    """The text without what only a terminal needs, and without warnings of what was tried again."""
    return _MAY_YET_SUCCEED.sub("", _COLOURS.sub("", text))


def _ends(text: str) -> str:
    """The beginning and the end of a long log, in whole lines: what fails does so near the end."""
    if len(text) <= _FIRST + _LAST:
        return text
    return text[: text.rfind("\n", 0, _FIRST) + 1] + text[text.find("\n", len(text) - _LAST) + 1 :]


class _Case:
    """One log, and what was found in it so far."""

    def __init__(self, text: str, facts: LogContext) -> None:
        self.text = text
        self.facts = facts
        self.evidence = evidence(text)
        self.python = self.facts.minor or _python_in(text)

    def pattern(self, cause: Cause) -> Diagnosis | None:
        """This cause, if one of its own patterns is in the log."""
        for one in cause.patterns:
            if one.fits(self.python) and (match := one.pattern.search(self.text)):
                wanted = {"wanted": f">={one.below}"} if one.below else {}
                return self._told(cause, match.start(), match.end(), wanted | match.groupdict())
        return None

    def early(self) -> Diagnosis | None:
        """A cause that leaves no doubt, whatever else is missing."""
        return next((found for cause in causes().ordered if not cause.late and (found := self.pattern(cause))), None)

    def missing(self) -> Diagnosis | None:
        """The cause that has what the log says is missing."""
        for found in self.evidence:
            cause = causes().having(found.kind, found.name)
            if cause and cause.kind != "other":
                return self._lacking(cause, found)
        return None

    def late(self) -> Diagnosis | None:
        """A cause that is believed only where nothing is missing."""
        inside = building(self.text)
        late = (cause for cause in causes().ordered if cause.late and (inside or cause.kind != "build"))
        return next((found for cause in late if (found := self.pattern(cause))), None)

    def no_version(self) -> Diagnosis | None:
        """That no version can be had, in pip's words or in uv's."""
        if found := no_version(self.text):
            return self._told(causes().named(found.cause), found.start, found.end, found.words)
        return None

    def other(self) -> Diagnosis | None:
        """What is missing although no row of the table has it."""
        for found in self.evidence:
            if found.enough and not (found.kind == "headers" and own_header(self.text, found)):
                cause = causes().having(found.kind, found.name)
                return self._lacking(cause, found) if cause else None
        return None

    def _lacking(self, cause: Cause, found: Evidence) -> Diagnosis:
        is_it = found.called.lower() in cause.missing.lower()
        words = {"name": found.name, "found": "" if is_it else f" (there is no {found.called})"}
        return self._told(cause, found.start, found.end, words)

    def _told(self, cause: Cause, start: int, end: int, words: Mapping[str, str | None]) -> Diagnosis:
        package = words.get("what") or culprit(self.text, self.facts.asked)
        known = self._known(cause, package, words)
        return Diagnosis(
            cause.name,
            cause.kind,
            cause.error,
            package,
            _filled(cause.says, known),
            known["missing"],
            *together(cause, package, self.evidence),
            _filled(cause.alone, known),
            cause.support,
            excerpt(self.text, start, end),
            known.get("newest", ""),
            *_others(cause, known),
        )

    def _known(self, cause: Cause, package: str, words: Mapping[str, str | None]) -> dict[str, str]:
        """What the cause's sentences may speak of."""
        known: dict[str, str] = {
            "package": package,
            "what": package,
            "name": package,
            "missing": cause.missing,
            "python": self.python or "of this kernel",
            "version": self.facts.python or self.python or "another",
            "fails": "cannot be imported" if imported(self.text) else "could not be built",
            "index": index_named(self.text),
            "server": server_named(self.text) if "{server}" in cause.says else "",
            "for": package,
            **{word: value for word, value in words.items() if value},
        }
        if cause.name == "conflict":
            known["conflict"], known["how"] = conflict(self.text) or known["what"], held(self.text)
        known["pythons"] = f"Python {known['wanted']}" if "wanted" in known else "a newer Python"
        known |= needed(known)
        known["because"] = f" ({known['reason']})" if "reason" in known else ""
        known["refused"] = f", or the package index{known['index']} does not give it out" * bool(known["index"])
        known["where"] = f" {known['path']}" if "path" in known else ""
        known["missing"] = _filled(cause.missing, known)
        return known


def _others(cause: Cause, known: Mapping[str, str]) -> tuple[tuple[str, ...], ...]:
    """Packages in its place, requirements beside it, modules: a library that is too old has those of the library."""
    owner = causes().having("packages", known["library"]) if "library" in known else None
    owner = owner if owner and owner.kind != "other" else None
    package = canonical(known["package"])
    rows = (one.instead[package] for one in causes().ordered if package in one.instead)
    instead = next(rows, ()) if cause.kind in _BUILT else ()
    return tuple(instead), cause.beside, cause.modules or (owner.modules if owner else ())


def _python_in(text: str) -> str:
    """The Python that a log is about, as 3.8, if its paths tell."""
    found = _PYTHON.search(text)
    return (found[1] or found[2] or f"3.{found[3]}") if found else ""


class _Words(dict[str, str]):
    def __missing__(self, word: str) -> str:
        return ""


def _filled(sentence: str, words: Mapping[str, str]) -> str:
    said = " ".join(sentence.format_map(_Words(words)).split())
    return re.sub(r" '(?=[.;,]|$)", "'", said)  # a command whose last words are not known
