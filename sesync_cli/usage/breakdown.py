"""What a folder takes: its parts, its largest files, the room that is left, and what may go."""

from dataclasses import dataclass
from pathlib import Path

from sesync_cli.caller import Caller
from sesync_cli.files.unread import Unread
from sesync_cli.last_look import HOME, keep_looks
from sesync_cli.plan import Watch
from sesync_cli.site.settings import Site
from sesync_cli.usage.advice import Suggestion, suggestions
from sesync_cli.usage.categories import is_within, usage_context
from sesync_cli.usage.largest import Large, largest_of
from sesync_cli.usage.measuring import measure
from sesync_cli.usage.parts import Part, parts_of
from sesync_cli.usage.request import UsageRequest


@dataclass(frozen=True)
class Usage:
    """What a file or folder takes. `quota_bytes` and `used_bytes` are null where there is no quota that is known.

    `quota_source` is `system` where the system told the quota, and `site` where it is the site's word; `free_bytes` and
    `total_bytes` are those of its file system. `quota_files` and `used_files` are the same of files, which only the
    system tells; `free_files` is how many more its file system takes, null where that is not limited.
    """

    path: Path
    bytes: int
    files: int
    quota_bytes: int | None
    used_bytes: int | None
    quota_source: str | None
    free_bytes: int
    total_bytes: int
    quota_files: int | None
    used_files: int | None
    free_files: int | None
    parts: tuple[Part, ...] = ()
    advice: tuple[Suggestion, ...] = ()
    largest: tuple[Large, ...] = ()
    unreadable: tuple[Unread, ...] = ()
    not_entered: tuple[Path, ...] = ()


def usage_of(request: UsageRequest, caller: Caller, site: Site, watch: Watch) -> Usage:
    """What a file or folder takes, looked at now; the site's quota counts where the system tells none of home."""
    context = usage_context(caller, site)
    one = measure(request, context, watch)
    parts = tuple(parts_of(one, context))
    total = sum(part.bytes for part in parts) or one.blocks * 512
    whole_home = str(one.path) == context.home
    bytes_told, files_told = one.quotas if whole_home or not is_within(str(one.path), context.home) else (None, None)
    of_home = (site.home_quota, total) if whole_home and site.home_quota is not None else (None, None)
    limit, used = (bytes_told.limit, bytes_told.used) if bytes_told else of_home
    if whole_home:
        keep_looks(caller.state, HOME, {str(caller.home): {"used_bytes": used or total, "quota_bytes": limit}})
    tally = one.tally
    return Usage(
        one.path,
        total,
        tally.files,
        limit,
        used,
        "system" if bytes_told else "site" if limit is not None else None,
        one.free,
        one.total,
        files_told.limit if files_told else None,
        files_told.used if files_told else None,
        one.free_files,
        parts,
        tuple(suggestions(parts, context)) if not request.by else (),
        largest_of(tally.largest, site.data_patience_seconds, watch),
        tuple(Unread(Path(path), problem) for path, problem in sorted(tally.silent)),
        tuple(Path(path) for path in sorted(tally.not_entered)),
    )
