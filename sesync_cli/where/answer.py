"""Looks at what is named, and answers with what is there and where it should be."""

import errno
import os
import stat
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sesync_cli.disk import system_failure
from sesync_cli.errors import NoAnswer, NotFound, SesyncError
from sesync_cli.files.kinds import Kind
from sesync_cli.files.sizes import MB, refined
from sesync_cli.files.stores import kind_by_end
from sesync_cli.files.unread import Unread
from sesync_cli.names import did_you_mean, near
from sesync_cli.plan import Watch, by_hand
from sesync_cli.where.advice import Advice, JudgedFile, above, advice, bash_word, gathered, judge
from sesync_cli.where.duplicates import duplicates, of_equal_size
from sesync_cli.where.locations import Place, WhereContext, is_ground, locator, place_of_path, project_of, real_path
from sesync_cli.where.rules import Verdict
from sesync_cli.where.survey import PathFacts, Unseen, gather
from sesync_cli.workers import stream

_GB = 1_000_000_000


@dataclass(frozen=True)
class OfKind:
    """How much there is of one kind."""

    kind: Kind
    files: int
    bytes: int


@dataclass(frozen=True)
class Looked:
    """A path that was named, as what it was `typed`, and how much of it was looked at.

    The folders of `not_entered` were left out; `complete` is false where there was more than the site has looked at.
    `fetch_command` is for one's own computer, where a browser cannot fetch it.
    """

    path: Path
    typed: str
    is_folder: bool
    now: Place
    files: int
    bytes: int
    not_entered: tuple[Path, ...]
    unreadable: tuple[Unread, ...]
    complete: bool
    fetch_command: str | None


@dataclass(frozen=True)
class Same:
    """One content that is there more than once, and the command that leaves one; each file is so many bytes."""

    bytes: int
    paths: tuple[Path, ...]
    command: str | None


@dataclass(frozen=True)
class Answer:
    """What is at some paths, and what should be done with it; of a file that was named, that may be to leave it."""

    named: tuple[Looked, ...]
    kinds: tuple[OfKind, ...]
    advice: tuple[Advice, ...]
    same: tuple[Same, ...]


def look_at(named: Iterable[str], context: WhereContext, watch: Watch) -> Answer:
    """What is at these paths; an error where one is not there or does not answer."""
    known = [_gathered(one, context, watch) for one in named]
    cases = [_cases(facts, context) for facts in known]
    asked = [case for facts, inside in zip(known, cases, strict=True) for case in _asked(facts, inside, context)]
    return Answer(
        tuple(_looked(facts, context) for facts in known),
        _kinds([case for inside in cases for case in inside], context),
        advice(asked, context),
        _same([case for inside in cases for case in inside], context, watch),
    )


def advice_for(path: Path, context: WhereContext, watch: Watch) -> Advice:
    """Where one file should be; errors as in `look_at`."""
    [one] = look_at([str(path)], context, watch).advice
    return one


def _gathered(named: str, context: WhereContext, watch: Watch) -> PathFacts:
    try:
        return gather(named, partial(is_ground, context=context), context.site, watch)
    except Unseen as unseen:
        if unseen.number is None:
            raise _no_answer(unseen.top, context) from None
        raise _failed(unseen.top, unseen.number, context) from None


def _cases(facts: PathFacts, context: WhereContext) -> list[JudgedFile]:
    location_of = locator(facts, context)
    return [judge(found, location_of(found.path), context) for found in facts.found]


def _asked(facts: PathFacts, cases: list[JudgedFile], context: WhereContext) -> list[JudgedFile]:
    # what nobody has looked at is not moved along
    unseen = {
        folder for path in (*facts.left, *(path for path, _ in facts.closed)) for folder in above(path, facts.top)
    }
    cases = [_kept(case, case.found.path in unseen, facts, context) for case in cases]
    if not facts.folder:
        return cases
    kept = unseen if _may_move(facts, context) else {*unseen, facts.top}
    return gathered(cases, facts.top, lambda folder: not facts.whole or folder in kept, context)


def _kept(case: JudgedFile, unseen: bool, facts: PathFacts, context: WhereContext) -> JudgedFile:
    """The same; what is one thing stays if there is something `unseen` in it, or somebody in what is not called so."""
    path = case.found.path
    if not stat.S_ISDIR(case.found.mode):
        return case
    if unseen:
        return case._replace(verdict=Verdict("Not all that is in it can be looked at, and what nobody has seen stays."))
    if (
        case.verdict.deeds
        and not kind_by_end(real := real_path(path, facts))
        and Path(os.path.realpath(context.caller.cwd)).is_relative_to(real)
    ):
        return case._replace(verdict=Verdict("You are in it: go to the folder above it, and ask for it by its name."))
    return case


def _looked(facts: PathFacts, context: WhereContext) -> Looked:
    size = sum(one.bytes for one in facts.found)
    return Looked(
        path=context.absolute(facts.top),
        typed=facts.top or ".",
        is_folder=facts.folder,
        now=place_of_path(Path(facts.at), context),
        files=facts.files,
        bytes=size,
        not_entered=tuple(map(context.absolute, facts.left)),
        unreadable=tuple(Unread(context.absolute(path), why) for path, why in facts.closed),
        complete=facts.whole,
        fetch_command=_fetch(facts, context) if _is_past_browsers(size, context) else None,
    )


def _kinds(cases: Iterable[JudgedFile], context: WhereContext) -> tuple[OfKind, ...]:
    files, sizes = Counter[Kind](), Counter[Kind]()
    for case in cases:
        kind = refined(case.found, context.site)
        files[kind] += case.files
        sizes[kind] += case.found.bytes
    return tuple(OfKind(kind, files[kind], size) for kind, size in sizes.most_common())


def _may_move(facts: PathFacts, context: WhereContext) -> bool:
    """Whether a folder may be advised to go as a whole: no home, no data directory, nothing that somebody is in."""
    cwd = os.path.realpath(context.caller.cwd)
    return not is_ground(facts.at, context) and not Path(cwd).is_relative_to(facts.at)


def _is_past_browsers(size: int, context: WhereContext) -> bool:
    """Whether so much is more than a browser can fetch, and there is a host that sends it another way."""
    site = context.site
    return site.has("uploads_limit_gb", "uploads_sftp_host") and size > site.uploads_limit_gb * _GB


def _fetch(facts: PathFacts, context: WhereContext) -> str:
    whole = ["-r"] if facts.folder else []
    return " ".join(["sftp", *whole, bash_word(f"{context.caller.user}@{context.site.uploads_sftp_host}:{facts.at}")])


def _same(cases: list[JudgedFile], context: WhereContext, watch: Watch) -> tuple[Same, ...]:
    groups = of_equal_size((case.found for case in cases), context.site.where_large_mb * MB)
    if not groups:
        return ()
    by_path = {case.found.path: case for case in cases}
    same = []
    pieces = partial(duplicates, groups)
    # where a server falls silent, what has been compared counts
    with stream(pieces, context.site.data_patience_seconds) as told, watch("Comparing"), suppress(TimeoutError):
        for paths in told:
            same.append(_leaving_one([by_path[path] for path in paths], context))
    return tuple(sorted(same, key=lambda one: -one.bytes * (len(one.paths) - 1)))


def _leaving_one(cases: list[JudgedFile], context: WhereContext) -> Same:
    """The one that stays is in a data directory, and the others are not."""
    shared = [case for case in cases if case.location.place == Place.DATA]
    command = None
    if shared:
        kept = context.caller.cwd / shared[0].found.path
        others = (case.found.path for case in cases if case.location.place in (Place.HOME, Place.GIT))
        command = " && ".join(f"ln -sf {bash_word(kept)} {bash_word(other)}" for other in others)
    paths = tuple(context.absolute(case.found.path) for case in cases)
    return Same(cases[0].found.bytes, paths, command)


def _no_answer(top: str, context: WhereContext) -> NoAnswer:
    patience = f"{context.site.data_patience_seconds:g} seconds"
    hint = f"Try again in a few minutes; if it stays so, tell {context.site.support}."
    return NoAnswer(f"the file server of {top or 'this folder'} did not answer within {patience}", hint=hint)


def _failed(top: str, number: int, context: WhereContext) -> SesyncError:
    if number in (errno.ENOENT, errno.ENOTDIR):
        return NotFound(f"there is no {top or bash_word(top)} on this machine", hint=_upload(top, context))
    error = OSError(number, os.strerror(number), top)
    return system_failure(error, context.caller.home) or SesyncError(f"{top} cannot be looked at: {error.strerror}")


def _upload(top: str, context: WhereContext) -> str:
    """How a file that is on one's own computer comes here."""
    site, name, here = context.site, os.path.basename(top), context.caller.cwd
    meant = did_you_mean(near(name, _names(here / os.path.dirname(top))))
    page = f"upload it at {site.uploads_url}" if site.has("uploads_url") else ""
    limit = f"larger than {site.uploads_limit_gb} GB, " if page and site.has("uploads_limit_gb") else ""
    host = ""
    if site.has("uploads_sftp_host"):
        directory = ""
        if site.has("data_path"):
            directory = str(site.data_directory(project_of(here / "x", "", context)))
        place = f"{context.caller.user}@{site.uploads_sftp_host}:{directory}"
        host = (
            f"{limit}type there '{by_hand('sftp', place.removesuffix(':'))}', and then '{by_hand('put', '-r', name)}'"
        )
    ways = "; ".join(filter(None, (page, host)))
    if not ways:
        return meant.strip() or "Is it spelt rightly? What is on your own computer has to be uploaded first."
    return f"{meant} If it is on your own computer, {ways}.".lstrip()


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []
