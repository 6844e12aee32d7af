"""What the survey of one path tells, collected; and the errors for a path that cannot be looked at."""

import errno
import os
import re
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from sesync_cli.disk import explained
from sesync_cli.errors import NoAnswer, NotFound, SesyncError
from sesync_cli.files.inspection import FileFacts
from sesync_cli.names import near
from sesync_cli.plan import Report, Watch
from sesync_cli.where.advice import typed
from sesync_cli.where.places import WhereContext, project_of
from sesync_cli.where.survey import survey
from sesync_cli.workers import stream


@dataclass
class Facts:
    """What is at a path: `top` is its name, `at` its real path, `tree` the repository that it stands in.

    `whole` is false where there is more than was looked at. Paths begin with `top`; that is empty for this very folder.
    """

    top: str
    at: str = ""
    folder: bool = False
    tree: str = ""
    found: list[FileFacts] = field(default_factory=list)
    repositories: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    closed: list[tuple[str, str]] = field(default_factory=list)
    whole: bool = True


def gather(named: str, context: WhereContext, watch: Watch) -> Facts:
    """Look at a path, which may be on a server that hangs: what was seen until then counts."""
    named = re.sub("/+", "/", named)
    facts, patience = Facts(_plain(named)), context.site.data_patience_seconds
    entering = facts.top
    with stream(partial(survey, named, context.site.where_most_files), patience) as told, watch("Looking") as report:
        try:
            for name, value in told:
                if name == "failed":
                    raise _failed(facts.top, value, context)
                entering = value if name == "folder" else entering
                _note(facts, name, value, report)
        except TimeoutError:
            if not facts.found:
                raise _no_answer(facts.top, context) from None
            facts.closed.append((_plain(entering), "no answer"))
            facts.whole = False
    return facts


def _note(facts: Facts, name: str, value: Any, report: Report) -> None:
    match name:
        case "at":
            facts.at, facts.folder = value
        case "tree":
            facts.tree = value
        case "found":
            found = FileFacts(*value)
            facts.found.append(found._replace(path=_plain(found.path)))
        case "repository":
            facts.repositories.append(_plain(value))
        case "left":
            facts.left.append(_plain(value))
        case "closed":
            facts.closed.append((_plain(value[0]), value[1]))
        case "most":
            facts.whole = False
        case "folder":
            report(None, f"{len(facts.found):,} files, {value}")


def _plain(path: str) -> str:
    """A path as short as one would type it, and never to be taken for an option."""
    short = "" if path == "." else re.sub(r"^(\./)+", "", path)
    return f"./{short}" if short.startswith("-") else short.rstrip("/") or short[:1]


def _no_answer(top: str, context: WhereContext) -> NoAnswer:
    patience = f"{context.site.data_patience_seconds:g} seconds"
    hint = f"Try again in a few minutes; if it stays so, tell {context.site.support}."
    return NoAnswer(f"the file server of {top or 'this folder'} did not answer within {patience}", hint=hint)


def _failed(top: str, number: int, context: WhereContext) -> SesyncError:
    if number in (errno.ENOENT, errno.ENOTDIR):
        return NotFound(f"there is no {top or typed(top)} on this machine", hint=_upload(top, context))
    error = OSError(number, os.strerror(number), top)
    return explained(error, context.caller.home) or SesyncError(f"{top} cannot be looked at: {error.strerror}")


def _upload(top: str, context: WhereContext) -> str:
    """How a file that is on one's own computer comes here."""
    site, name, here = context.site, os.path.basename(top), context.caller.cwd
    like = near(name, _names(here / os.path.dirname(top)))
    meant = f"Did you mean {like[0]}? " if like else ""
    page = f"upload it at {site.uploads_url}" if site.has("uploads_url") else ""
    limit = f"larger than {site.uploads_limit_gb} GB, " if page and site.has("uploads_limit_gb") else ""
    host = ""
    if site.has("uploads_sftp_host"):
        directory = ""
        if site.has("data_path"):
            directory = str(site.data_directory(project_of(here / "x", "", context)))
        place = f"{context.caller.user}@{site.uploads_sftp_host}:{directory}"
        host = f"{limit}type there: sftp {typed(place.removesuffix(':'))}, and then: put -r {typed(name)}"
    ways = "; ".join(filter(None, (page, host)))
    if not ways:
        return meant.strip() or "Is it spelt rightly? What is on your own computer has to be uploaded first."
    return f"{meant}If it is on your own computer, {ways}{'' if host else '.'}"


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []
