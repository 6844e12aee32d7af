"""All checks of all slices, made side by side by children, each with its own time."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sesync_cli.caller import Caller
from sesync_cli.check import NO_ANSWER, Check, found_by
from sesync_cli.doctor.request import DoctorRequest
from sesync_cli.errors import WrongWords
from sesync_cli.names import did_you_mean, near
from sesync_cli.plan import Watch, by_hand, unwatched
from sesync_cli.site.settings import Site
from sesync_cli.workers import ask_many

_OVER = "over"  # comes behind all that a check has found
_FOR_ADMINISTRATORS = ("server",)


@dataclass(frozen=True)
class Diagnosed:
    """A finding of the check of this name; `fixable` is true where sesync can mend it itself, without a loss."""

    check: str
    kind: str
    message: str
    why: str | None
    hint: str | None
    command: str | None
    broken: bool
    fixable: bool


@dataclass(frozen=True)
class Examination:
    """What was found, what is broken first, and the names of all checks that were made; it `works` if nothing is."""

    works: bool
    checks: tuple[str, ...]
    findings: tuple[Diagnosed, ...]


def examine(request: DoctorRequest, caller: Caller, site: Site, watch: Watch) -> Examination:
    """Look at all that is asked for; what does not answer in time is a finding, too."""
    checks = _chosen(request, all_checks(caller, site, unwatched))
    began = time.monotonic()
    questions = {check.name: partial(_plain, check) for check in checks}
    until = {check.name: began + check.seconds for check in checks}
    came = ask_many(questions, until, lambda words: watch("Looking for what is wrong"))
    found = [one for check in checks for one in _heard(check, came[check.name], site)]
    findings = (*(one for one in found if one.broken), *(one for one in found if not one.broken))
    return Examination(not any(one.broken for one in findings), tuple(check.name for check in checks), findings)


def all_checks(caller: Caller, site: Site, watch: Watch) -> tuple[Check, ...]:
    """The checks of every slice, in the order in which people read of them."""
    from sesync_cli.doctor import checks as own
    from sesync_cli.git import checks as git
    from sesync_cli.gitlab import checks as gitlab
    from sesync_cli.install import checks as install
    from sesync_cli.kernel import checks as kernel
    from sesync_cli.link import checks as link
    from sesync_cli.python import checks as python
    from sesync_cli.site import checks as site_checks
    from sesync_cli.sshkey import checks as sshkey
    from sesync_cli.sync import checks as sync
    from sesync_cli.usage import checks as usage

    slices = (usage, own, python, install, kernel, link, git, sshkey, gitlab, sync, site_checks)
    return tuple(check for one in slices for check in one.checks(caller, site, watch))


def _chosen(request: DoctorRequest, checks: Sequence[Check]) -> tuple[Check, ...]:
    """Those that are asked for; an error with near names for what is none."""
    known = {check.name: check for check in checks}
    for word in request.what:
        if word.lower() not in known:
            hint = f"{did_you_mean(near(word, known))} There are: {', '.join(known)}.".lstrip()
            raise WrongWords(f"there is no check named '{word}'", hint=hint)
    if request.what:
        return tuple(dict.fromkeys(known[word.lower()] for word in request.what))
    return tuple(check for check in checks if check.name not in _FOR_ADMINISTRATORS)


def _plain(check: Check) -> Iterator[Any]:
    """What a child tells of a check: each finding in plain values, and that there are no more."""
    for found in found_by(check):
        yield found.plain | {"mend": found.mend is not None}
    yield _OVER


def _heard(check: Check, came: Sequence[Any], site: Site) -> Iterator[Diagnosed]:
    is_over = _OVER in came
    for facts in came:
        if facts != _OVER:
            told = {key: facts[key] or None for key in ("why", "hint", "command")}
            kind, message = facts["kind"], facts["message"]
            fixable = facts["mend"] and is_over  # what does not end is not asked once more for what mends it
            yield Diagnosed(check.name, kind, message, **told, broken=facts["broken"], fixable=fixable)
    if not is_over:
        message = f"{check.name} could not be looked at within {check.seconds:g} seconds"
        hint = f"Try again in a few minutes; if it stays so, tell {site.support}."
        way = by_hand("sesync", "report", message)
        yield Diagnosed(check.name, NO_ANSWER, message, None, hint, way, broken=True, fixable=False)
